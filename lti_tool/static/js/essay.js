// The essay's page: counts words, saves the draft, and lets the writer choose between two texts.
import { attach, Autosave, Device } from "./autosave.js";
import { countWords } from "./words.js";

const form = document.querySelector("form[data-autosave]");
const text = form.elements.text;
const status = form.querySelector(".autosave");
const panel = document.getElementById("conflict");
const otherText = document.getElementById("other-text");

function say(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

function count() {
  const words = countWords(text.value);
  const shown = form.querySelector("[data-words]");
  const verdict = form.querySelector("[data-verdict]");
  const { min, max } = shown.closest("[data-min]").dataset;
  const said = words < Number(min) ? verdict.dataset.few : words > Number(max) ? verdict.dataset.many : verdict.dataset.fine;
  shown.textContent = words;
  if (verdict.textContent !== said) verdict.textContent = said;
}

const saved = { text: text.defaultValue };
const autosave = new Autosave({
  url: form.dataset.autosave,
  version: Number(form.elements.version.value),
  stored: form.dataset.base === "saved" ? saved : null,
  device: new Device(form.dataset.deviceKey),
  // Half a surrogate pair, left by deleting half an emoji, is no text that can be stored.
  content: () => ({ text: text.value.replace(/\p{Surrogate}/gu, "\uFFFD") }),
  replace: (content) => { text.value = content.text; count(); },
  say,
  conflict: (other) => {
    // Without moving the focus: somebody is typing.
    otherText.value = other.text;
    panel.hidden = false;
    panel.scrollIntoView({ block: "nearest" });
  },
  words: form.dataset,
});

text.addEventListener("input", count);
count();
panel.querySelector("[data-keep-mine]").addEventListener("click", (event) => {
  event.preventDefault();
  panel.hidden = true;
  text.focus();
  autosave.keepMine();
});
panel.querySelector("[data-take-other]").addEventListener("click", (event) => {
  event.preventDefault();
  panel.hidden = true;
  text.focus();
  autosave.takeOther();
});

if (form.dataset.base === "conflict") autosave.other = { text: otherText.defaultValue, version: autosave.version };
else await autosave.begin();
attach(autosave, form, form.elements.version);
