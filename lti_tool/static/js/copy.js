// Buttons that copy a value. Without script the value is still there to be selected, and there is no button.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const value = document.getElementById(button.dataset.copy);
  const copied = await toClipboard(value);
  const status = document.querySelector("[data-copy-status]");
  status.textContent = "";
  // A text that is the same as before would not be read out again.
  requestAnimationFrame(() => {
    status.textContent = `${button.dataset.name}: ${copied ? status.dataset.copied : status.dataset.selected}`;
  });
}

async function toClipboard(value) {
  try {
    await navigator.clipboard.writeText(value.textContent);
    return true;
  } catch {
    // Within a platform's frame the clipboard is often closed to us; what is selected can still be copied.
    getSelection().selectAllChildren(value);
    return document.execCommand("copy");
  }
}
