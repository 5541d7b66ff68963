// Behind the scanned picture: shows the code, and leads on where a visit was open on this phone before.
const code = /^#[0-9A-Z]{6}$/.test(location.hash) ? location.hash.slice(1) : "";
const place = document.querySelector("[data-scan]");

function visit() {
  try {
    return localStorage.getItem("check-in");
  } catch {
    return null;
  }
}

if (code) {
  place.hidden = false;
  place.querySelector("[data-code]").textContent = `${code.slice(0, 3)} ${code.slice(3)}`;
  const known = visit();
  // Only ever a page of this tool.
  if (known?.startsWith("/l/")) {
    place.querySelector("[data-go]").href = `${known}#${code}`;
    place.querySelector("[data-known]").hidden = false;
  }
}
