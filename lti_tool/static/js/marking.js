// The list of a session: one tap marks a person, with or without a connection. A row shows what was tapped at once, and
// what of it the server has not got yet; where somebody else was faster, or a reason is wanting, the row asks.
import { Queue } from "./marking_queue.js";
import { listen } from "./shortcuts.js";

const LOOK_AGAIN = 20000;

const list = document.querySelector("[data-register]");
const words = list.dataset;
const status = document.querySelector("[data-status]");
const rows = new Map([...list.querySelectorAll("[data-person]")].map((row) => [Number(row.dataset.person), row]));
const endsAt = Date.parse(words.endsAt);
const loaded = Date.now();
// How the server has people, by what it said last; `until` is the end of the time in which a slip needs no reason.
const known = new Map([...rows].map(([person, { dataset }]) => [person, { presence: dataset.presence || null, until: loaded + dataset.slip * 1000 }]));

const queue = new Queue({
  name: words.queue,
  url: words.url,
  saved: (person, data) => learn(person, data),
  disputed: (tap, data) => { learn(tap.person, data); ask(tap.person, queue.latestOf(tap.person).presence, data.said); },
  refused: (tap, data) => refuse(tap.person, data),
  changed: show,
});

// Whether anything was ever waiting; before that there is nothing to say.
let announced = false;

const presenceOf = (person) => (queue.latestOf(person) ?? known.get(person)).presence;
const nameOf = (row) => row.querySelector("[data-name]").textContent;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function learn(person, { presence, note, slip, here }) {
  const row = rows.get(person);
  known.set(person, { presence, until: Date.now() + slip * 1000 });
  row.querySelector("[data-note]").textContent = note;
  row.querySelector("[data-here]").hidden = !here;
}

// The same rule as the server's, attendance/marks.py, so that the question comes while the answer is remembered.
function needsReason(person, presence) {
  const latest = queue.latestOf(person);
  const { presence: before, until } = latest ? { presence: latest.presence, until: latest.at + 600000 } : known.get(person);
  if (!before || before === presence) return false;
  if (before === "absent" && presence === "late" && Date.now() <= endsAt) return false;
  return Date.now() > until;
}

function tap(person, presence) {
  if (queue.held.has(person)) return decide(rows.get(person));
  if (presenceOf(person) === presence) return;
  close(rows.get(person));
  if (needsReason(person, presence)) ask(person, presence);
  else queue.add({ person, presence, seen: presenceOf(person) });
}

// The row asks already: that comes first.
function decide(row) {
  row.querySelector("[data-settle] input:not([type=hidden]), [data-settle] button")?.focus();
}

// What the row asks before somebody is changed; `said` is what somebody else did meanwhile.
function ask(person, presence, said) {
  const row = rows.get(person);
  const before = queue.held.has(person) ? known.get(person).presence : presenceOf(person);
  const titles = JSON.parse(words.titles);
  close(row);
  row.append(document.getElementById("settle").content.cloneNode(true));
  const form = row.querySelector("[data-settle]");
  const reason = form.elements.reason;
  form.querySelector("[data-said]").textContent = said ?? "";
  form.querySelector("[data-asked]").textContent = fill(before ? words.why : words.stillWanted, { name: nameOf(row), before: titles[before ?? "none"], after: titles[presence ?? "none"] });
  form.querySelector("[data-change]").textContent = fill(words.change, { after: titles[presence ?? "none"] });
  form.querySelector("[data-reason]").hidden = !before;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (before && !reason.value.trim()) return complain(form);
    queue.drop(person);
    queue.add({ person, presence, seen: before, reason: reason.value.trim() });
    return leave(row);
  });
  form.querySelector("[data-leave]").addEventListener("click", () => { queue.drop(person); leave(row); });
  if (said === undefined) reason.focus();
  show();
}

function complain(form) {
  form.querySelector("[data-missing]").hidden = false;
  form.elements.reason.setAttribute("aria-invalid", "true");
  form.elements.reason.focus();
}

function refuse(person, { error, explanation }) {
  const row = rows.get(person);
  close(row);
  row.append(document.getElementById("refused").content.cloneNode(true));
  const panel = row.querySelector("[data-settle]");
  panel.querySelector("[data-said]").textContent = [error, explanation].filter(Boolean).join(". ");
  panel.querySelector("[data-leave]").addEventListener("click", () => { queue.drop(person); leave(row); });
}

const close = (row) => row.querySelector("[data-settle]")?.remove();

function leave(row) {
  close(row);
  row.focus();
}

function show() {
  const waiting = queue.taps;
  const late = new Set(waiting.map((one) => one.person));
  const counts = { present: 0, late: 0, absent: 0, none: 0 };
  for (const [person, row] of rows) {
    const presence = presenceOf(person);
    if (presence || !("extra" in row.dataset)) counts[presence ?? "none"] += 1;
    row.dataset.presence = presence ?? "";
    row.toggleAttribute("data-unsent", late.has(person));
    row.querySelector("[data-unsent-mark]").hidden = !late.has(person);
    for (const button of row.querySelectorAll("[data-mark]")) button.setAttribute("aria-pressed", String(button.value === presence));
    row.querySelector("[data-clear]").hidden = !presence;
  }
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = counts[place.dataset.count];
  for (const place of document.querySelectorAll("[data-rest]")) place.hidden = !counts.none;
  say(waiting.length);
}

function say(number) {
  const sentence = fill(state(number), { number });
  if (status.textContent !== sentence) status.textContent = sentence;
  status.toggleAttribute("data-problem", number > 0 && (queue.stopped || queue.failures > 0 || !queue.works));
}

function state(number) {
  const one = number === 1 ? "One" : "";
  if (!number) return announced ? words.allSent : "";
  announced = true;
  if (queue.stopped) return queue.works ? words[`endedKept${one}`] : words[`endedUnkept${one}`];
  if (queue.failures || !navigator.onLine) return queue.works ? words[`kept${one}`] : words[`unkept${one}`];
  return queue.held.size ? words.decide : words[`sending${one}`];
}

// ---- Marking: the buttons, the keys, all that are left ----
list.addEventListener("submit", (event) => {
  const { submitter } = event;
  const row = event.target.closest("[data-person]");
  if (!submitter?.matches("[data-mark], [data-clear]")) return;
  event.preventDefault();
  tap(Number(row.dataset.person), submitter.matches("[data-clear]") ? null : submitter.value);
});

const visible = () => [...rows.values()].filter((row) => !row.hidden);
const here = () => visible().indexOf(document.activeElement?.closest("[data-person]"));

function move(step) {
  const place = here();
  const next = place < 0 ? visible().at(step > 0 ? 0 : -1) : visible()[place + step];
  next?.focus();
  return Boolean(next);
}

function press(presence) {
  const row = visible()[here()];
  if (!row) return false;
  tap(Number(row.dataset.person), presence);
  if (!row.querySelector("[data-settle]")) move(1);
  return true;
}

listen({
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => here() >= 0 && move(1),
  ArrowUp: () => here() >= 0 && move(-1),
  p: () => press("present"),
  l: () => press("late"),
  a: () => press("absent"),
  0: () => press(null),
});

const sure = document.querySelector("dialog[data-sure]");
for (const link of document.querySelectorAll("[data-rest]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const left = [...rows].filter(([person, row]) => !presenceOf(person) && !("extra" in row.dataset));
    sure.querySelector("[data-who]").textContent = left.map(([, row]) => nameOf(row)).join(", ");
    sure.querySelector("[data-sure-title]").textContent = fill(link.dataset.sure, { number: left.length });
    sure.returnValue = "";
    sure.onclose = () => {
      if (sure.returnValue !== "yes") return;
      for (const [person] of left) if (!presenceOf(person)) queue.add({ person, presence: link.dataset.rest, seen: null });
    };
    sure.showModal();
  });
}

// ---- Finding somebody in a long list ----
const find = document.querySelector("[data-find]");
const nobody = document.querySelector("[data-nobody]");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
find.closest("[data-scripted]").hidden = false;
find.addEventListener("input", () => {
  for (const row of rows.values()) row.hidden = !plain(nameOf(row)).includes(plain(find.value.trim()));
  nobody.hidden = visible().length > 0;
});

// ---- What others do meanwhile ----
async function look() {
  if (document.visibilityState !== "visible" || queue.stopped || !navigator.onLine) return;
  const answer = await fetch(words.state, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { people } = await answer.json();
  for (const [person, data] of Object.entries(people)) {
    if (!rows.has(Number(person))) document.querySelector("[data-more-people]").hidden = false;
    else if (!queue.latestOf(Number(person))) learn(Number(person), data);
  }
  show();
}
setInterval(look, LOOK_AGAIN);

window.addEventListener("online", () => queue.send());
window.addEventListener("offline", show);
window.addEventListener("storage", ({ key }) => { if (key?.startsWith(queue.prefix)) show(); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { queue.send(); look(); } });
window.addEventListener("beforeunload", (event) => { if (queue.unkept.size) event.preventDefault(); });

show();
queue.send();
