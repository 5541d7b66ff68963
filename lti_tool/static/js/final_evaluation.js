// Either side's page of the final evaluation: saves the draft, and lets the writer choose between two versions.
import { attach, Autosave, Device } from "./autosave.js";

const form = document.querySelector("form[data-autosave]");
const status = form.querySelector(".autosave");
const panel = document.getElementById("conflict");
const place = panel.querySelector("[data-other]");
const sections = [...form.querySelectorAll("[data-outcome]")];
const keys = sections.map((section) => section.dataset.outcome);
// In the order in which the server stores them.
const TEXTS = ["development", "works", "change"];
// Half a surrogate pair, left by deleting half an emoji, is no text that can be stored.
const whole = (text) => text.replace(/\p{Surrogate}/gu, "\uFFFD");

function content(read = (field) => field.value, chosen = (radio) => radio.checked) {
  const level = (key) => [...form.elements[`level-${key}`]].find(chosen)?.value ?? "";
  const outcomes = keys.map((key) => [key, { level: level(key), comment: whole(read(form.elements[`comment-${key}`])) }]);
  const texts = TEXTS.map((name) => [name, whole(read(form.elements[name]))]);
  return { outcomes: Object.fromEntries(outcomes), ...Object.fromEntries(texts) };
}

const saved = () => content((field) => field.defaultValue, (radio) => radio.defaultChecked);

function replace({ outcomes, ...texts }) {
  for (const key of keys) {
    const { level, comment } = outcomes[key] ?? { level: "", comment: "" };
    for (const radio of form.elements[`level-${key}`]) radio.checked = radio.value === level;
    const field = form.elements[`comment-${key}`];
    field.value = comment;
    if (comment) field.closest("details").open = true;
  }
  for (const name of TEXTS) form.elements[name].value = texts[name] ?? "";
}

function element(name, text, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

function described(level, comment) {
  const description = element("dd", "");
  if (level) description.append(element("strong", level));
  if (comment) description.append(element("p", comment, "comment"));
  return description;
}

// As the server shows it: each learning outcome with its level and comment, then the texts.
function showOther({ outcomes = {}, ...texts }) {
  const list = element("dl", "", "evaluation");
  for (const section of sections) {
    const { level, comment } = outcomes[section.dataset.outcome] ?? {};
    const radio = [...section.querySelectorAll("[type=radio]")].find(({ value }) => value === level);
    list.append(element("dt", section.querySelector("h3").textContent), described(radio?.labels[0].textContent, comment));
  }
  for (const name of TEXTS) list.append(element("dt", form.elements[name].labels[0].textContent), described("", texts[name]));
  place.replaceChildren(list);
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
}

const autosave = new Autosave({
  url: form.dataset.autosave,
  version: Number(form.elements.version.value),
  stored: form.dataset.base === "saved" ? saved() : null,
  device: new Device(form.dataset.deviceKey),
  content: () => content(),
  replace,
  say: (sentence) => { if (status.textContent !== sentence) status.textContent = sentence; },
  // Without moving the focus: somebody is typing.
  conflict: showOther,
  words: form.dataset,
});

function settle(button, choose) {
  panel.querySelector(button).addEventListener("click", (event) => {
    event.preventDefault();
    panel.hidden = true;
    form.elements[TEXTS[0]].focus();
    choose();
  });
}

settle("[data-keep-mine]", () => autosave.keepMine());
settle("[data-take-other]", () => autosave.takeOther());

const { otherContent } = panel.dataset;
if (otherContent) autosave.other = { ...JSON.parse(otherContent), version: autosave.version };
else await autosave.begin();
attach(autosave, form, form.elements.version);
