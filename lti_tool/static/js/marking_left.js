// Says at each session how many of its marks are still on this device (marking_queue.js keeps them).
function left(queue) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(`marks:${queue}:`)).length;
  } catch {
    return 0;
  }
}

for (const place of document.querySelectorAll("[data-left]")) {
  const number = left(place.dataset.left);
  place.textContent = (number === 1 ? place.dataset.one : place.dataset.many).replace("{number}", number);
  place.hidden = !number;
}
