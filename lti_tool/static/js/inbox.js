// Through the list by keys: the focus goes from line to line, and what has it is opened or selected.
import { listen } from "./shortcuts.js";

const lines = [...document.querySelectorAll("[data-line]")];
const rowOf = (element) => element?.closest("tbody tr");
const place = () => lines.findIndex((line) => rowOf(line) === rowOf(document.activeElement));

function move(step) {
  const here = place();
  const next = here < 0 ? lines.at(step > 0 ? 0 : -1) : lines[here + step];
  next?.focus();
  return Boolean(next);
}

// The page scrolls by the arrow keys until somebody is in the list.
const within = (step) => place() >= 0 && move(step);
const act = (selector) => {
  const target = rowOf(lines[place()])?.querySelector(selector);
  target?.click();
  return Boolean(target);
};

listen({
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => within(1),
  ArrowUp: () => within(-1),
  o: () => act("[data-line]"),
  x: () => act("[type=checkbox]"),
});

const chosen = document.querySelector("[data-chosen]");
if (chosen) {
  const boxes = [...document.querySelectorAll("[data-choose]")];
  const count = () => {
    const number = boxes.filter((box) => box.checked).length;
    chosen.textContent = number ? chosen.dataset.chosen.replace("0", number) : "";
  };
  document.addEventListener("change", count);
  // Going back brings the ticks back after the page has loaded.
  window.addEventListener("pageshow", count);
}
