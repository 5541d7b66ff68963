// The evaluator's page: counts words, saves the draft, and lets the writer choose between two versions.
import { attach, Autosave, Device } from "./autosave.js";
import { countWords } from "./words.js";

const form = document.querySelector("form[data-autosave]");
const status = form.querySelector(".autosave");
const panel = document.getElementById("conflict");
const keys = [...form.querySelectorAll("[data-criterion]")].map((section) => section.dataset.criterion);
const lines = (text) => text.replace(/\r\n?/g, "\n");

// The same shape, in the same order, as the server stores it.
function content(read = (field) => field.value, chosen = (key) => form.elements[`level-${key}`].value) {
  const criteria = keys.map((key) => [key, { level: chosen(key), comment: lines(read(form.elements[`comment-${key}`])) }]);
  return { criteria: Object.fromEntries(criteria), overall: lines(read(form.elements.overall)) };
}

function stored() {
  const checked = (key) => [...form.elements[`level-${key}`]].find((radio) => radio.defaultChecked)?.value ?? "";
  return content((field) => field.defaultValue, checked);
}

function replace({ criteria, overall }) {
  for (const key of keys) {
    const { level, comment } = criteria[key] ?? { level: "", comment: "" };
    for (const radio of form.elements[`level-${key}`]) radio.checked = radio.value === level;
    form.elements[`comment-${key}`].value = comment;
  }
  form.elements.overall.value = overall;
  form.querySelectorAll("[data-comment]").forEach(count);
}

function count(field) {
  field.closest(".field").querySelector("[data-words]").textContent = countWords(field.value);
}

function showOther({ criteria = {}, overall = "" }) {
  const place = panel.querySelector("[data-other]");
  const texts = [...keys.map((key) => criteria[key]?.comment), overall].filter(Boolean);
  place.replaceChildren(...texts.map((text) => Object.assign(document.createElement("p"), { className: "comment", textContent: text })));
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
}

const autosave = new Autosave({
  url: form.dataset.autosave,
  version: Number(form.elements.version.value),
  stored: form.dataset.base === "saved" ? stored() : null,
  device: new Device(form.dataset.deviceKey),
  content: () => content(),
  replace,
  say: (sentence) => { if (status.textContent !== sentence) status.textContent = sentence; },
  conflict: showOther,
  words: form.dataset,
});

form.addEventListener("input", (event) => event.target.matches("[data-comment]") && count(event.target));
form.querySelectorAll("[data-comment]").forEach(count);
attach(autosave, form, form.elements.version);

panel.querySelector("[data-keep-mine]").addEventListener("click", (event) => {
  if (!autosave.other) return;
  event.preventDefault();
  panel.hidden = true;
  autosave.keepMine();
});
panel.querySelector("[data-take-other]").addEventListener("click", (event) => {
  if (!autosave.other) return;
  event.preventDefault();
  panel.hidden = true;
  autosave.takeOther();
});

if (form.dataset.base !== "conflict") autosave.begin();
