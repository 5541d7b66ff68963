// Bringing questions in: weighs the file before it is sent, says how far reading is, and counts what is chosen.

const POLL_SECONDS = 1;

function weigh(form) {
  const file = form.elements.file;
  const error = document.getElementById("file-error");
  const status = form.querySelector("[role=status]");

  function say(sentence) {
    error.textContent = sentence;
    error.hidden = !sentence;
    file.setAttribute("aria-invalid", String(Boolean(sentence)));
  }

  const isTooLarge = () => file.files.length > 0 && file.files[0].size > Number(form.dataset.most);
  file.addEventListener("change", () => say(isTooLarge() ? form.dataset.tooLarge : ""));
  form.addEventListener("submit", (event) => {
    if (isTooLarge()) {
      event.preventDefault();
      say(form.dataset.tooLarge);
      file.focus();
    } else {
      status.textContent = form.dataset.sending;
    }
  });
}

async function watchReading(box) {
  const words = box.querySelector("[role=status]");
  const bar = box.querySelector("progress");
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, POLL_SECONDS * 1000); });
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer && !answer.ok) {
      words.textContent = box.dataset.ended;
      return;
    }
    const state = answer && await answer.json();
    if (state && !state.open) {
      window.location.replace(box.dataset.done);
      return;
    }
    if (state) show(words, bar, state);
  }
}

function show(words, bar, { done, total, text }) {
  if (total > 0) {
    bar.max = total;
    bar.value = done;
  }
  if (words.textContent !== text) words.textContent = text;
}

function count(form) {
  const number = form.querySelector("[data-number]");
  const ticked = () => form.querySelectorAll("input[name=take]:checked").length;
  const elsewhere = Number(form.dataset.chosen) - form.querySelectorAll("input[name=take][checked]").length;
  const tell = () => { number.textContent = String(elsewhere + ticked()); };
  form.addEventListener("change", tell);
  // A browser may have put back what was ticked before.
  window.addEventListener("pageshow", tell);
}

const sending = document.querySelector("form[data-most]");
const reading = document.querySelector("[data-progress]");
const choosing = document.querySelector("form[data-chosen]");
if (sending) weigh(sending);
if (reading) watchReading(reading);
if (choosing) count(choosing);
