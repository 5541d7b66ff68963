// In a sandbox this page has no origin, and may still send messages to every frame of the page it is part of.
addEventListener("message", (event) => {
  if (event.source !== parent) return;
  for (let frame = 0; frame < top.length; frame += 1) top[frame].postMessage(event.data, "*");
  parent.postMessage("said", "*");
});
