// How a storage may misbehave, so that tools can be tested against it.
import { MessageError } from "./answers.js";

const FORGED = "forged-by-the-platform";

/** The handlers as they behave in a mood: honest, silent, error, noisy (lies around a true answer) or hostile. */
export function inMood(mood, handlers) {
  const wrap = MOODS[mood];
  return Object.fromEntries(Object.entries(handlers).map(([subject, handler]) => [subject, wrap(handler)]));
}

const MOODS = {
  honest: (handler) => handler,
  silent: () => () => null,
  error: () => () => {
    throw new MessageError("bad_request", "The storage is out of order.");
  },
  noisy: (handler) => async (message, event) => {
    await tellLies(message, event);
    return handler(message, event);
  },
  hostile: () => async (message, event) => {
    await tellLies(message, event);
    return { key: message.key, value: FORGED };
  },
};

async function tellLies({ subject, message_id, key }, { source, origin }) {
  const lie = { subject: `${subject}.response`, message_id, key, value: FORGED };
  await saidByStranger(lie);
  for (const change of [{ message_id: `${message_id}x` }, { message_id: undefined }, { subject: "lti.lie.response" }]) {
    source.postMessage({ ...lie, ...change }, origin);
  }
  source.postMessage(JSON.stringify(lie), origin);
  source.postMessage(null, origin);
}

/** The stranger has an origin of its own, and says what it hears to every frame of the page. */
function saidByStranger(lie) {
  const stranger = document.getElementById("stranger").contentWindow;
  return new Promise((resolve) => {
    addEventListener("message", function heard(event) {
      if (event.source !== stranger) return;
      removeEventListener("message", heard);
      resolve();
    });
    stranger.postMessage(lie, "*");
  });
}
