// Marks on their way to the server. Each tap is kept on the device until it is answered, under a key of its own, so that
// one that is sent twice is done once; they go one after the other in the order in which they were tapped, whatever tab
// or visit they were tapped in. Nobody's name is kept, only numbers.
import { ended, put, retryDelay, unreachable } from "./autosave.js";

const MOST_AGE = 400 * 24 * 3600;

// In pages without encryption there is no randomUUID.
const fresh = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, "0")).join("-");

// Settings: `name` of the queue on this device; `url` takes PUT; `saved(person, data)`, `disputed(tap, data)`,
// `refused(tap, data)` hear of answers; `changed()` that anything is different, for the page to show.
export class Queue {
  constructor(settings) {
    Object.assign(this, settings);
    this.prefix = `marks:${this.name}:`;
    // What the device does not keep.
    this.unkept = new Map();
    // People about whom somebody has to decide first; their taps wait, those of others go on.
    this.held = new Set();
    this.failures = 0;
    this.stopped = false;
    this.works = true;
  }

  // Every tap that has no answer yet, in order.
  get taps() {
    return [...this.#kept(), ...this.unkept.values()].sort((a, b) => a.at - b.at);
  }

  latestOf(person) {
    return this.taps.findLast((tap) => tap.person === person);
  }

  add({ person, presence, seen, reason = "" }) {
    const at = Math.max(Date.now(), (this.taps.at(-1)?.at ?? 0) + 1);
    const tap = { key: fresh(), person, presence, seen, reason, at };
    if (!this.#attempt(() => { localStorage.setItem(this.prefix + tap.key, JSON.stringify(tap)); return true; })) this.unkept.set(tap.key, tap);
    this.changed();
    this.send();
  }

  // Somebody has decided about a person: what was tapped before is given up.
  drop(person) {
    for (const tap of this.taps) if (tap.person === person) this.#remove(tap.key);
    this.held.delete(person);
    this.changed();
  }

  // Resolves when nothing can be sent any more for now.
  send() {
    clearTimeout(this.timer);
    this.running ??= this.#turn().finally(() => {
      this.running = null;
      this.changed();
      // Tapped after the last look and before the end.
      if (!this.failures && !this.stopped && this.#next()) this.send();
    });
    return this.running;
  }

  // One tab of this browser at a time, so that the order holds.
  #turn() {
    return navigator.locks ? navigator.locks.request(this.prefix, () => this.#run()) : this.#run();
  }

  async #run() {
    for (let tap = this.#next(); tap && !this.stopped; tap = this.#next()) {
      if (!this.#settle(tap, await put(this.url, this.#body(tap)))) return;
      this.changed();
    }
  }

  #next() {
    return this.taps.find(({ person }) => !this.held.has(person));
  }

  #body({ at, ...tap }) {
    return { ...tap, age: Math.min(MOST_AGE, Math.max(0, (Date.now() - at) / 1000)) };
  }

  // True if the next one can go.
  #settle(tap, { status, data }) {
    if (unreachable(status)) return this.#retry();
    this.failures = 0;
    if (ended(status)) {
      this.stopped = true;
      return false;
    }
    if (status === 200) {
      this.#remove(tap.key);
      this.saved(tap.person, data);
      return true;
    }
    this.held.add(tap.person);
    if (data.reason) this.disputed(tap, data);
    else this.refused(tap, data);
    return true;
  }

  #retry() {
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), retryDelay(this.failures));
    return false;
  }

  #kept() {
    return this.#attempt(() => {
      const names = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index));
      return names.filter((name) => name.startsWith(this.prefix)).map((name) => JSON.parse(localStorage.getItem(name)));
    }) ?? [];
  }

  #remove(key) {
    this.unkept.delete(key);
    this.#attempt(() => localStorage.removeItem(this.prefix + key));
  }

  // Storage may be switched off (third-party frames), full, or hold something unreadable.
  #attempt(work) {
    try {
      const result = work();
      this.works = true;
      return result;
    } catch {
      this.works = false;
      return undefined;
    }
  }
}
