// The LMS's side of messages between windows. https://www.imsglobal.org/spec/lti-cs-pm/v0p1

export class MessageError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * Answers every message of a tool whose subject `handlers` knows with what the handler returns, and all others with an
 * error. A handler gets the message and the event; it may return a promise, throw MessageError, or return null to say
 * nothing.
 */
export function listen(origins, handlers) {
  addEventListener("message", async (event) => {
    const message = event.data;
    if (!isRequest(message) || event.origin === "null") return;
    const answer = await answerTo(message, event, origins, handlers);
    // The page that asked may be gone by now.
    if (answer) event.source?.postMessage(answer, event.origin);
  });
}

function isRequest(message) {
  const subject = message?.subject;
  return typeof subject === "string" && subject.startsWith("lti.") && !subject.endsWith(".response");
}

async function answerTo(message, event, origins, handlers) {
  const head = { subject: `${message.subject}.response`, message_id: message.message_id };
  try {
    const body = await handle(message, event, origins, handlers);
    return body && { ...head, ...body };
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return { ...head, error: { code: error.code, message: error.message } };
  }
}

function handle(message, event, origins, handlers) {
  if (!origins.includes(event.origin)) throw new MessageError("wrong_origin", "No tool of this origin is known here.");
  if (!Object.hasOwn(handlers, message.subject)) {
    throw new MessageError("unsupported_subject", `${message.subject} is not supported here.`);
  }
  if (typeof message.message_id !== "string" || !message.message_id) {
    throw new MessageError("bad_request", "message_id is missing.");
  }
  return handlers[message.subject](message, event);
}
