// Questions to the platform whose page is around this one, or has opened it.
// https://www.imsglobal.org/spec/lti-cs-pm/v0p1

// A frame may still be loading when it is asked, and says so to nobody: the question is repeated until the time is up.
const AGAIN = 400;
const PATIENCE = 2000;

export const platform = window.parent === window ? window.opener : window.parent;

// The window with this name in the platform's page. Asking another site's page for a name it lacks is an error.
function named(name) {
  if (name === "_parent") return platform;
  try {
    return typeof platform.frames[name].postMessage === "function" ? platform.frames[name] : null;
  } catch {
    return null;
  }
}

// Resolves to the event that answers, which comes from the window asked and from `origin` ("*" for any), and rejects on
// an error or silence. Only a page of `origin` can read the question.
export function ask(name, origin, question) {
  const message = { ...question, message_id: crypto.randomUUID() };
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const settle = (settled, value) => {
      clearInterval(again);
      clearTimeout(end);
      done.abort();
      settled(value);
    };
    const send = () => named(name)?.postMessage(message, origin);
    const hear = (event) => {
      const { data, source } = event;
      if (!source || source !== named(name) || (origin !== "*" && event.origin !== origin)) return;
      if (data?.message_id !== message.message_id || data.subject !== `${message.subject}.response`) return;
      settle(...(data.error ? [reject, new Error(String(data.error.code))] : [resolve, event]));
    };
    window.addEventListener("message", hear, { signal: done.signal });
    const again = setInterval(send, AGAIN);
    const end = setTimeout(() => settle(reject, new Error("silence")), platform ? PATIENCE : 0);
    send();
  });
}

export function tell(name, origin, message) {
  named(name)?.postMessage(message, origin);
}

// What the platform offers for the subject, which may name the frame to ask; rejects if it offers nothing. Nothing
// secret is asked, and the platform's page often has another origin than its authorisation.
export async function offer(subject) {
  const { data, origin } = await ask("_parent", "*", { subject: "lti.capabilities" });
  const found = [data.supported_messages].flat().find((message) => message?.subject === subject);
  // Nothing can be said to a page without an origin.
  if (!found || origin === "null") throw new Error(`${subject} is not offered`);
  return { frame: found.frame ?? "_parent", origin };
}
