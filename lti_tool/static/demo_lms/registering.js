// The tool says when it has registered. https://www.imsglobal.org/spec/lti-dr/v1p0#step-4-registration-completed
const frame = document.getElementById("registration");
const { origin, done } = frame.dataset;

addEventListener("message", (event) => {
  if (event.origin !== origin || event.data?.subject !== "org.imsglobal.lti.close") return;
  if (event.source !== frame.contentWindow) event.source.close();
  location.assign(done);
});
