// Saves each answer of the test as it is chosen, in the order of choosing, until the server has it.
import { Attention, watch } from "./attention.js";
import { ended, put, retryDelay, unreachable } from "./autosave.js";

const form = document.querySelector("form[data-autosave]");
const status = form.querySelector(".autosave");
// Field name -> the choice to send; a newer choice replaces an older one that has not gone out.
const waiting = new Map();
const attention = new Attention();
let running = null;
let failures = 0;

function say(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

function chosen(name) {
  return Array.from(form.querySelectorAll(`input[name="${name}"]:checked`), (input) => input.value);
}

function send() {
  running ??= sendAll().finally(() => { running = null; });
  return running;
}

async function sendAll() {
  while (waiting.size > 0) {
    const [name] = waiting.keys();
    waiting.delete(name);
    const seconds = attention.take(name);
    const answer = await put(form.dataset.autosave, { question: name.slice(2), chosen: chosen(name), seconds });
    if (settle(name, answer)) continue;
    attention.giveBack(name, seconds);
    break;
  }
}

function settle(name, { status: code, data }) {
  if (code === 200) {
    failures = 0;
    say(data.status);
    return true;
  }
  if (unreachable(code)) {
    waiting.set(name, true);
    failures += 1;
    say(form.dataset.offline);
    setTimeout(send, retryDelay(failures));
    return false;
  }
  say(ended(code) ? form.dataset.ended : form.dataset.refused);
  return true;
}

form.addEventListener("change", (event) => {
  if (!event.target.name.startsWith("q-")) return;
  attention.answer(event.target.name);
  waiting.set(event.target.name, true);
  send();
});
// The form carries every answer; what is still on its way must not arrive after it.
form.addEventListener("submit", async (event) => {
  waiting.clear();
  if (!running) return;
  event.preventDefault();
  await running;
  form.requestSubmit(event.submitter);
});
window.addEventListener("online", send);
watch(attention, form.querySelectorAll("fieldset"), (field) => field.id);
