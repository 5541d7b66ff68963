// Tells the server the browser's time zone where pages are shown in another: from the next page on, dates are in it.
const shown = document.querySelector('meta[name="time-zone"]');
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (zone && zone !== shown.content) {
  fetch(shown.dataset.keep, {
    method: "PUT",
    keepalive: true,
    body: JSON.stringify({ timezone: zone }),
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
    },
  }).catch(() => null);
}
