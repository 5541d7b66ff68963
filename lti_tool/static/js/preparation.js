// The page of a preparation: saves the answers, and lets the writer choose between two versions.
import { attach, Autosave, Device } from "./autosave.js";

const form = document.querySelector("form[data-autosave]");
const status = form.querySelector(".autosave");
const panel = document.getElementById("conflict");
const fields = [...form.querySelectorAll("textarea")];
// Half a surrogate pair, left by deleting half an emoji, is no text that can be stored.
const whole = (text) => text.replace(/\p{Surrogate}/gu, "\uFFFD");
const content = (read = (field) => field.value) => ({ answers: fields.map((field) => whole(read(field))) });

const autosave = new Autosave({
  url: form.dataset.autosave,
  version: Number(form.elements.version.value),
  stored: form.dataset.base === "saved" ? content((field) => field.defaultValue) : null,
  device: new Device(form.dataset.deviceKey),
  content: () => content(),
  replace: ({ answers }) => fields.forEach((field, place) => { field.value = answers[place] ?? ""; }),
  say: (sentence) => { if (status.textContent !== sentence) status.textContent = sentence; },
  // Without moving the focus: somebody is typing.
  conflict: ({ answers }) => {
    const lines = answers.map((answer) => Object.assign(document.createElement("li"), { textContent: answer }));
    panel.querySelector("[data-other]").replaceChildren(...lines);
    panel.hidden = false;
    panel.scrollIntoView({ block: "nearest" });
  },
  words: form.dataset,
});

function settle(button, choose) {
  panel.querySelector(button).addEventListener("click", (event) => {
    event.preventDefault();
    panel.hidden = true;
    fields[0].focus();
    choose();
  });
}

settle("[data-keep-mine]", () => autosave.keepMine());
settle("[data-take-other]", () => autosave.takeOther());

const { otherContent } = panel.dataset;
if (otherContent) autosave.other = { ...JSON.parse(otherContent), version: autosave.version };
else await autosave.begin();
attach(autosave, form, form.elements.version);
