// Single keys that press what carries them: data-key="a b" on a link or button is followed or pressed, on a field it
// takes the focus. They can be turned off for good (WCAG 2.1.4), stay away from whoever types, and "?" lists them.
const STORED = "lti-tool.shortcuts";
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

const help = document.querySelector("[data-shortcuts]");
const choice = help?.querySelector("[data-shortcuts-on]");

// Within a platform's frame storage may be closed to us; then the choice lasts as long as the page.
function remembered() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // It is an offer, not a promise.
  }
}

function press(key) {
  const target = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key.split(" ").includes(key) && !element.disabled,
  );
  if (target?.matches(TYPING)) {
    target.focus();
  } else {
    target?.click();
  }
  return Boolean(target);
}

// `keys` maps keys of the page's own to what they do; a true answer means that the key is used up.
export function listen(keys = {}) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (event.target.closest(TYPING) || document.querySelector("dialog[open]")) return;
    if (choice && !choice.checked) return;
    if (event.key === "?" && help) {
      help.showModal();
      event.preventDefault();
    } else if (keys[event.key]?.() || press(event.key)) {
      event.preventDefault();
    }
  });
}

if (help) {
  choice.checked = remembered() !== "off";
  choice.addEventListener("change", () => remember(choice.checked ? "on" : "off"));
  for (const button of document.querySelectorAll("[data-shortcuts-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
}
