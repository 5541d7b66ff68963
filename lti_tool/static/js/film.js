// Puts a video in its place once somebody asks for it; until then nothing is loaded from its host.
for (const place of document.querySelectorAll("[data-embed]")) {
  const button = place.querySelector("[data-play]");
  button.hidden = false;
  button.addEventListener("click", () => place.replaceChildren(film(place.dataset)));
}

function film({ embed, title }) {
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.className = "film-frame";
  frame.allow = "fullscreen; picture-in-picture";
  // YouTube plays nothing in a page that keeps its origin back.
  frame.referrerPolicy = "strict-origin";
  frame.src = embed;
  return frame;
}
