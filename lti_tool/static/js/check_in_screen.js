// Renews the code that is shown where people meet, in time.
const screen = document.querySelector("[data-screen]");
const place = (name) => screen.querySelector(`[data-${name}]`);
const picture = place("picture").src;
const AGAIN = 5000;

async function renew() {
  const answer = await fetch(screen.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) {
    place("status").textContent = screen.dataset.unreachable;
  } else {
    const { code, here } = await answer.json();
    // Over: the page says what can be done now.
    if (!code) return location.reload();
    place("status").textContent = "";
    if (place("code").textContent !== code) {
      place("code").textContent = code;
      // The address stays the same, and what it shows does not.
      place("picture").src = `${picture}?${Date.now()}`;
    }
    place("here").textContent = here;
  }
  return setTimeout(renew, AGAIN);
}

setTimeout(renew, AGAIN);
