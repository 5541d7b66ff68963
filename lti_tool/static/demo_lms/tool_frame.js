// The page around a tool: says what it can do for the tool, and gives its frame the height it asks for.
import { listen, MessageError } from "./answers.js";
import { storageHandlers } from "./storage.js";

const LOWEST = 200;
const HIGHEST = 20000;
const STORAGE_SUBJECTS = ["lti.put_data", "lti.get_data"];

const tool = document.getElementById("tool");
const storage = document.getElementById("storage");
const { origins, storageMode, mood } = document.getElementById("platform").dataset;

const handlers = {
  "lti.capabilities": mood === "silent" ? () => null : capabilities,
  "lti.frameResize": resize,
  "lti.scrollToTop": scrollUp,
  ...(storageMode === "parent" ? storageHandlers(mood) : {}),
};

function capabilities() {
  const own = Object.keys(handlers).map((subject) => ({ subject }));
  const framed = storage ? STORAGE_SUBJECTS.map((subject) => ({ subject, frame: storage.name })) : [];
  return { supported_messages: [...own, ...framed] };
}

function resize({ height }, { source }) {
  if (source !== tool?.contentWindow) throw new MessageError("bad_request", "Only the frame itself may change its height.");
  const wanted = Number(height);
  if (!["number", "string"].includes(typeof height) || !(wanted > 0)) {
    throw new MessageError("bad_request", "height must be a number of pixels.");
  }
  const given = Math.round(Math.min(Math.max(wanted, LOWEST), HIGHEST));
  tool.classList.add("sized");
  tool.style.height = `${given}px`;
  return { height: given };
}

function scrollUp(_message, { source }) {
  if (source !== tool?.contentWindow) throw new MessageError("bad_request", "Only the frame itself may move the page.");
  scrollTo({ top: 0 });
  return {};
}

listen(JSON.parse(origins), handlers);
// Not before the storage listens too: a tool that speaks to it earlier would wait in vain.
addEventListener("load", () => {
  if (tool) tool.src = tool.dataset.src;
});
