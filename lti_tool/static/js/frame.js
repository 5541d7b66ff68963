// Gives the platform's frame around the page the height of its content and begins each page at its top, where the
// platform offers that.
import { offer, tell } from "./platform_messages.js";

async function fit() {
  const subject = "lti.frameResize";
  const { frame, origin } = await offer(subject);
  // From here on the content alone makes the height; without this the page is never lower than its frame.
  document.documentElement.classList.add("framed");
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    const message = { subject, height, message_id: crypto.randomUUID() };
    tell(frame, origin, message);
    // Sakai's page reads only text.
    tell(frame, origin, JSON.stringify(message));
  }).observe(document.body);
}

// In a frame of full height it is the platform's page that scrolls, and stays where the page before was left.
// https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_window_post_message
async function begin() {
  const [visited] = performance.getEntriesByType("navigation");
  if (location.hash || visited?.type === "back_forward") return;
  const subject = "lti.scrollToTop";
  const { frame, origin } = await offer(subject);
  tell(frame, origin, { subject, message_id: crypto.randomUUID() });
}

if (window.parent !== window) {
  fit().catch(() => null);
  begin().catch(() => null);
}
