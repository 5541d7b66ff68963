// The page where a text of a module is written: saves the draft, shows Markdown as readers see it, and lets the writer
// choose between two texts.
import { attach, Autosave, Device } from "./autosave.js";

const PAUSE = 400;
const form = document.querySelector("form[data-autosave]");
const status = form.querySelector(".autosave");
const panel = document.getElementById("conflict");
const others = panel.querySelector("[data-others]");
const written = [...form.elements].filter(({ name }) => /^(t-|right-|kind$)/.test(name));

// Half a surrogate pair, left by deleting half an emoji, is no text that can be stored.
const clean = (text) => text.replace(/\p{Surrogate}/gu, "\uFFFD");
const value = (field) => (field.type === "checkbox" ? (field.checked ? "1" : "") : clean(field.value));
const initial = (field) => (field.type === "checkbox" ? (field.defaultChecked ? "1" : "") : field.defaultValue);

function collect(read, chosen) {
  const fields = {};
  for (const field of written) if (field.type !== "radio" || chosen(field)) fields[field.name] = read(field);
  return { fields };
}

const content = () => collect(value, ({ checked }) => checked);

function replace({ fields }) {
  for (const field of written) {
    const text = fields[field.name];
    if (text === undefined) continue;
    if (field.type === "radio") field.checked = field.value === text;
    else if (field.type === "checkbox") field.checked = text !== "";
    else field.value = text;
  }
  previews.forEach((preview) => preview.later());
}

function labelOf(name) {
  const field = written.find((one) => one.name === name);
  const group = field?.closest("fieldset")?.querySelector("legend")?.textContent.trim();
  const label = field?.labels?.[0]?.textContent.trim() ?? "";
  if (field?.type === "radio") return group;
  return group ? `${group}: ${label}` : label;
}

function shown(name, text) {
  if (name.startsWith("t-")) return text;
  if (name.startsWith("right-")) return text ? "✓" : "–";
  return written.find((field) => field.name === name && field.value === text)?.labels[0].textContent.trim() ?? text;
}

// What the other text says where it differs from this one.
function show({ fields }) {
  const mine = content().fields;
  others.replaceChildren();
  for (const [name, text] of Object.entries(fields)) {
    if (mine[name] === text) continue;
    const title = document.createElement("p");
    title.append(Object.assign(document.createElement("strong"), { textContent: labelOf(name) }));
    others.append(title, Object.assign(document.createElement("pre"), { className: "other-text", textContent: shown(name, text) }));
  }
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
}

class Preview {
  constructor(section) {
    this.field = document.getElementById(section.dataset.previewOf);
    this.sheet = section.querySelector(".prose");
    section.hidden = false;
    this.field.addEventListener("input", () => this.later());
    this.now();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async now() {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const answer = await fetch(form.dataset.markdown, {
        method: "POST",
        body: JSON.stringify({ markdown: clean(this.field.value) }),
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
        },
        signal: this.request.signal,
      });
      // Safe HTML: the server has made it of the text as it makes every page.
      if (answer.ok) this.sheet.innerHTML = (await answer.json()).html;
    } catch {
      // The text before stays until there is a connection again.
    }
  }
}

const previews = [...form.querySelectorAll("[data-preview-of]")].map((section) => new Preview(section));
if (window.matchMedia("(max-width: 56rem)").matches) for (const folded of form.querySelectorAll("details[data-fold]")) folded.open = false;

const autosave = new Autosave({
  url: form.dataset.autosave,
  version: Number(form.elements.version.value),
  stored: form.dataset.base === "saved" ? collect(initial, ({ defaultChecked }) => defaultChecked) : null,
  device: new Device(form.dataset.deviceKey),
  content,
  replace,
  say: (sentence) => { if (status.textContent !== sentence) status.textContent = sentence; },
  conflict: show,
  words: form.dataset,
});

panel.querySelector("[data-keep-mine]").addEventListener("click", (event) => {
  event.preventDefault();
  panel.hidden = true;
  autosave.keepMine();
});
panel.querySelector("[data-take-other]").addEventListener("click", (event) => {
  event.preventDefault();
  panel.hidden = true;
  autosave.takeOther();
});

if (form.dataset.base === "conflict") autosave.other = { fields: JSON.parse(form.dataset.other), version: autosave.version };
else await autosave.begin();
attach(autosave, form, form.elements.version);
