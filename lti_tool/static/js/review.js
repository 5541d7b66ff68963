// Deciding with the keyboard: a decision that takes a reason leads to the comment first, and Ctrl+Enter there decides.
import { listen } from "./shortcuts.js";

const comment = document.querySelector("[data-comment]");
const armed = document.querySelector("[data-armed]");
let chosen = null;

function choose(key) {
  const button = document.querySelector(`[data-with-reason="${key}"]`);
  if (!button) return false;
  chosen = button;
  armed.textContent = `${armed.dataset.armed} ${button.textContent.trim()}`;
  comment.focus();
  return true;
}

comment?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    comment.blur();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && chosen) {
    event.preventDefault();
    chosen.click();
  }
});

listen({ r: () => choose("r"), v: () => choose("v"), e: () => choose("e") });
