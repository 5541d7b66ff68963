// Has the platform keep the proof of this browser at the login and give it back at the launch, for browsers that keep
// cookies back from frames. What the platform's page has to know stands in data attributes.
// https://www.imsglobal.org/spec/lti-pm-s/v0p1
import { ask, offer } from "./platform_messages.js";

const place = document.querySelector("[data-act]");
const { act, target, key, value } = place.dataset;

// In the frame that the login named and, if the platform's page names another, in that one as well: the first to
// know counts. Nobody but the origin of the platform's authorisation gets to read or answer it.
async function exchange(subject, fields, valid) {
  const origin = new URL(place.dataset.origin).origin;
  const through = async (frame) => {
    const { data } = await ask(frame, origin, { subject, ...fields });
    if (!valid(data)) throw new Error("not what was asked for");
    return data;
  };
  const elsewhere = async () => {
    const { frame } = await offer(subject);
    if (frame === target) throw new Error("asked already");
    return through(frame);
  };
  return Promise.any([through(target), elsewhere()]);
}

const ways = {
  // The cookie may do, so the login goes on whatever comes of it.
  async keep() {
    await exchange("lti.put_data", { key, value }, () => true).catch(() => null);
    location.replace(place.querySelector("a").href);
  },
  async prove() {
    const kept = await exchange("lti.get_data", { key }, (data) => typeof data.value === "string");
    place.querySelector("[data-proof]").value = kept.value;
    place.submit();
  },
  async arrive() {
    const answer = await fetch(place.dataset.probe);
    if (!(await answer.json()).kept) throw new Error("the cookie was kept back");
    location.replace(place.dataset.address);
  },
};

const waiting = document.getElementById("waiting");
const wayOut = document.getElementById("way-out");
waiting.hidden = false;
wayOut.hidden = true;
ways[act]().catch(() => {
  waiting.hidden = true;
  wayOut.hidden = false;
  wayOut.classList.remove("later");
  wayOut.querySelector("h1").focus();
});
