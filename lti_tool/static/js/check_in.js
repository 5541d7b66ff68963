// A code that was scanned with this phone is filled in, and the phone remembers where this page is for the next scan.
const form = document.querySelector("[data-check-in]");

if (form) {
  try {
    localStorage.setItem("check-in", form.dataset.visit);
  } catch {
    // Then the code is typed.
  }
  const scanned = /^#[0-9A-Z]{6}$/.test(location.hash) ? location.hash.slice(1) : "";
  if (scanned) {
    form.elements.code.value = scanned;
    form.querySelector("button").focus();
  }
}
