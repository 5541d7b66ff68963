// The evaluator's page: counts words and says what is still wanting, saves the draft, and lets the writer choose between two versions.
import { attach, Autosave, Device } from "./autosave.js";
import { countWords } from "./words.js";

const form = document.querySelector("form[data-autosave]");
const status = form.querySelector(".autosave");
const panel = document.getElementById("conflict");
const place = panel.querySelector("[data-other]");
const sections = [...form.querySelectorAll("[data-criterion]")];
const keys = sections.map((section) => section.dataset.criterion);
const comments = form.querySelectorAll("[data-comment]");
const announced = form.querySelector("[data-announce]");
// Longer than somebody who writes stops between two words.
const PAUSE = 1500;
let announcing;
// Comments of which it was said that they are long enough, or that were from the beginning.
const told = new Set();
// Half a surrogate pair, left by deleting half an emoji, is no text that can be stored.
const whole = (text) => text.replace(/\p{Surrogate}/gu, "\uFFFD");

// The same shape, in the same order, as the server stores it.
function content(read = (field) => field.value, chosen = (radio) => radio.checked) {
  const level = (key) => [...form.elements[`level-${key}`]].find(chosen)?.value ?? "";
  const criteria = keys.map((key) => [key, { level: level(key), comment: whole(read(form.elements[`comment-${key}`])) }]);
  return { criteria: Object.fromEntries(criteria), overall: whole(read(form.elements.overall)) };
}

const saved = () => content((field) => field.defaultValue, (radio) => radio.defaultChecked);

function replace({ criteria, overall }) {
  for (const key of keys) {
    const { level, comment } = criteria[key] ?? { level: "", comment: "" };
    for (const radio of form.elements[`level-${key}`]) radio.checked = radio.value === level;
    form.elements[`comment-${key}`].value = comment;
  }
  form.elements.overall.value = overall;
  comments.forEach(count);
}

function count(field) {
  const words = countWords(field.value);
  const line = document.getElementById(`words-${field.id}`);
  line.querySelector("[data-words]").textContent = words;
  line.toggleAttribute("data-enough", words >= Number(field.dataset.comment));
}

// To those who hear the page: after a pause, while a comment is too short, and once when it is long enough.
function announce(field) {
  clearTimeout(announcing);
  announcing = setTimeout(() => {
    const line = document.getElementById(`words-${field.id}`);
    const enough = line.hasAttribute("data-enough");
    if (!enough || !told.has(field)) announced.textContent = line.textContent;
    if (enough) told.add(field);
    else told.delete(field);
  }, PAUSE);
}

function element(name, text, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

// As the server shows an evaluation: each criterion with its level and comment.
function showOther({ criteria = {}, overall = "" }) {
  const list = element("dl", "", "evaluation");
  for (const section of sections) {
    const { level, comment } = criteria[section.dataset.criterion] ?? {};
    const radio = [...section.querySelectorAll("[type=radio]")].find(({ value }) => value === level);
    list.append(element("dt", section.querySelector("h3").textContent), described(radio?.labels[0].textContent, comment));
  }
  list.append(element("dt", form.querySelector("#overall-title").textContent), described("", overall));
  place.replaceChildren(list);
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
}

function described(level, comment) {
  const description = element("dd", "");
  if (level) description.append(element("strong", level));
  if (comment) description.append(element("p", comment, "comment"));
  return description;
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
    comments[0].focus();
    choose();
  });
}

form.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-comment]")) return;
  count(target);
  announce(target);
});
comments.forEach(count);
for (const field of comments) if (document.getElementById(`words-${field.id}`).hasAttribute("data-enough")) told.add(field);
settle("[data-keep-mine]", () => autosave.keepMine());
settle("[data-take-other]", () => autosave.takeOther());

const { otherContent } = panel.dataset;
if (otherContent) autosave.other = { ...JSON.parse(otherContent), version: autosave.version };
else await autosave.begin();
attach(autosave, form, form.elements.version);
