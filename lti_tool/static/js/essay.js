// The essay's page: counts words, saves the draft, and lets the writer choose between two texts.
import { attach, Autosave, Device } from "./autosave.js";
import { countWords } from "./words.js";

const form = document.querySelector("form[data-autosave]");
const text = form.elements.text;
// Absent where the module has one language.
const { language } = form.elements;
const status = form.querySelector(".autosave");
const panel = document.getElementById("conflict");
const otherText = document.getElementById("other-text");
const otherLanguage = document.getElementById("other-language");

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

const withLanguage = (words, code) => (language ? { text: words, language: code } : { text: words });
const saved = withLanguage(text.defaultValue, language?.querySelector("option[selected]")?.value);
const autosave = new Autosave({
  url: form.dataset.autosave,
  version: Number(form.elements.version.value),
  stored: form.dataset.base === "saved" ? saved : null,
  device: new Device(form.dataset.deviceKey),
  // Half a surrogate pair, left by deleting half an emoji, is no text that can be stored.
  content: () => withLanguage(text.value.replace(/\p{Surrogate}/gu, "\uFFFD"), language?.value),
  replace: (content) => {
    text.value = content.text;
    if (language && content.language) language.value = content.language;
    count();
  },
  say,
  conflict: (other) => {
    // Without moving the focus: somebody is typing.
    otherText.value = other.text;
    if (language) otherLanguage.textContent = [...language.options].find(({ value }) => value === other.language)?.text ?? "";
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

if (form.dataset.base === "conflict") autosave.other = { ...withLanguage(otherText.defaultValue, otherLanguage?.dataset.language), version: autosave.version };
else await autosave.begin();
attach(autosave, form, form.elements.version);
