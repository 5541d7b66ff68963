// Buttons that print the page: within a platform's frame the browser's own menu prints the platform.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
