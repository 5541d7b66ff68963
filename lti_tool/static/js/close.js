// Tells the platform that the registration is over, so that it closes the frame or window this page is in.
// https://www.imsglobal.org/spec/lti-dr/v1p0#step-4-registration-completed-and-activation
const platform = window.opener ?? (window.parent === window ? null : window.parent);
const button = document.querySelector("[data-close]");

if (platform) {
  document.querySelector("[data-close-by-hand]").hidden = true;
  button.hidden = false;
  // It says nothing that others may not hear, and many platforms show their pages under another address than the one
  // that describes them.
  button.addEventListener("click", () => platform.postMessage({ subject: "org.imsglobal.lti.close" }, "*"));
}
