// A small memory for each tool, for browsers that keep its cookies back. https://www.imsglobal.org/spec/lti-pm-s/v0p1
import { MessageError } from "./answers.js";
import { inMood } from "./moods.js";

const MOST_KEYS = 500;
const MOST_BYTES = 4096;

const kept = new Map();

/** Handlers for lti.put_data and lti.get_data; what they keep lives as long as this page. */
export function storageHandlers(mood) {
  return inMood(mood, { "lti.put_data": put, "lti.get_data": get });
}

function put({ key, value }, { origin }) {
  check(key, value);
  const mine = new Map(kept.get(origin));
  if (value === undefined || value === null) mine.delete(key);
  else mine.set(key, value);
  if (mine.size > MOST_KEYS || bytes(mine) > MOST_BYTES) {
    throw new MessageError("storage_exhaustion", `No more than ${MOST_KEYS} keys and ${MOST_BYTES} bytes are kept.`);
  }
  kept.set(origin, mine);
  return { key, value };
}

function get({ key }, { origin }) {
  check(key, null);
  return { key, value: kept.get(origin)?.get(key) ?? null };
}

function check(key, value) {
  if (typeof key !== "string" || !key) throw new MessageError("bad_request", "key must be text.");
  if (!["string", "undefined"].includes(typeof value) && value !== null) {
    throw new MessageError("bad_request", "value must be text, or null to forget the key.");
  }
}

function bytes(values) {
  return new TextEncoder().encode([...values].flat().join("")).length;
}
