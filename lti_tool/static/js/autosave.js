// Saves a draft while somebody writes, and loses nothing: what the server has not confirmed is kept on the device,
// a dropped connection is retried, and a text saved elsewhere is never overwritten without being asked.

const PAUSE = 1200;
const FIRST_RETRY = 2000;
const LONGEST_RETRY = 60000;
const PATIENCE = 15000;
// Browsers refuse larger bodies for requests that outlive their page (fetch standard, keepalive: 64 KiB).
const LARGEST_FLUSH = 60000;

// One PUT with the page's form token. Never rejects; `status` is 0 when no answer came.
export async function put(url, body, { keepalive = false } = {}) {
  try {
    const answer = await fetch(url, {
      method: "PUT",
      keepalive,
      body: JSON.stringify(body),
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
      },
      signal: keepalive ? undefined : AbortSignal.timeout(PATIENCE),
    });
    return { status: answer.status, data: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, data: {} };
  }
}

export const unreachable = (status) => status === 0 || status === 429 || status >= 500;
// Not signed in any more: the visit ended, or the form token belongs to another one.
export const ended = (status) => status === 400 || status === 401;
export const retryDelay = (failures) => Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);

// Unsaved drafts in this browser's storage, one entry per tab, so that two tabs do not overwrite each other there.
export class Device {
  constructor(key) {
    this.prefix = `draft:${key}:`;
    this.own = this.prefix + tabName();
    this.works = true;
  }

  keep(entry, name = this.own) {
    this.#attempt(() => localStorage.setItem(name, JSON.stringify({ ...entry, at: Date.now() })));
  }

  forget(name) {
    this.#attempt(() => localStorage.removeItem(name));
  }

  // Tell other tabs that this one is open, and learn which are: those look after their own text.
  async claim() {
    try {
      const { held } = await navigator.locks.query();
      navigator.locks.request(this.own, { ifAvailable: true }, () => new Promise(() => {}));
      return new Set(held.map(({ name }) => name).filter((name) => name !== this.own));
    } catch {
      return new Set();
    }
  }

  // True the first time this tab hears of a version.
  firstSeen(version) {
    return this.#attempt(() => {
      if (Number(sessionStorage[this.prefix] ?? -1) >= version) return false;
      sessionStorage[this.prefix] = version;
      return true;
    }) ?? false;
  }

  // The entries of every tab, the newest first.
  entries() {
    const found = this.#attempt(() => {
      const names = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index));
      return names.filter((name) => name.startsWith(this.prefix)).map((name) => ({ ...JSON.parse(localStorage.getItem(name)), name }));
    });
    return (found ?? []).sort((a, b) => b.at - a.at);
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

function tabName() {
  const fresh = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  try {
    sessionStorage.tab ??= fresh;
    return sessionStorage.tab;
  } catch {
    return fresh;
  }
}

// Settings: `url` takes PUT {...content, version} and answers {version, status} or 409 {reason, version, ...content};
// `version` and `stored` (content, or null if unknown) are what the server has; `content()` is what is written now;
// `replace(content)` puts something else there; `say(text)` shows the state; `conflict(other)` shows both texts;
// `words` are the sentences for say: restored, kept, unkept, ended, endedUnkept, refused.
export class Autosave {
  constructor(settings) {
    Object.assign(this, settings);
    this.confirmed = this.stored && JSON.stringify(this.stored);
    this.unanswered = null;
    this.other = null;
    this.stopped = false;
    this.failures = 0;
    this.adopted = [];
  }

  get written() {
    return JSON.stringify(this.content());
  }

  get dirty() {
    return this.written !== this.confirmed;
  }

  // Look for what an earlier page could not save; put it back, or show both where the server has something newer.
  async begin() {
    const open = await this.device.claim();
    // What stands on a page that shows what was just sent, or that is written already, is the newest there is.
    if (this.confirmed === null || this.dirty) return this.changed();
    const entries = this.device.entries();
    // Saved while this page was on its way here, so it shows what was there before.
    const latest = Math.max(this.version, ...entries.map((entry) => entry.version));
    if (latest > this.version && this.device.firstSeen(latest)) return location.reload();
    const left = entries.filter((entry) => !open.has(entry.name));
    const differs = (entry) => entry.content && JSON.stringify(entry.content) !== this.confirmed;
    for (const entry of left) if (!differs(entry)) this.device.forget(entry.name);
    return this.#restore(left.find(differs));
  }

  #restore(kept) {
    if (!kept) return undefined;
    this.adopted = [kept.name];
    const other = { ...this.content(), version: this.version };
    this.replace(kept.content);
    // What was sent but never answered is our own text, not somebody else's.
    if (kept.version === this.version || kept.sent === this.confirmed) {
      this.say(this.words.restored);
      return this.changed();
    }
    this.version = kept.version;
    return this.#dispute(other);
  }

  changed() {
    this.leaving = false;
    if (!this.dirty) return;
    this.#keep();
    this.#later(PAUSE);
  }

  // Save now; resolves when nothing is under way any more.
  save() {
    clearTimeout(this.timer);
    this.running ??= this.#run().finally(() => { this.running = null; });
    return this.running;
  }

  // The page is about to be left by its own form, which carries everything.
  leave() {
    this.leaving = true;
    clearTimeout(this.timer);
    this.#keep();
    return this.running;
  }

  // The page goes away: send what is left without waiting.
  flush() {
    if (this.leaving || this.stopped || this.other || !this.dirty) return;
    this.#keep();
    this.unanswered ??= this.written;
    if (this.written.length * 3 < LARGEST_FLUSH) put(this.url, this.#body(this.written), { keepalive: true });
  }

  keepMine() {
    this.version = this.other.version;
    this.other = null;
    this.confirmed = null;
    return this.save();
  }

  takeOther() {
    const { version, ...content } = this.other;
    Object.assign(this, { version, other: null });
    this.replace(content);
    this.confirmed = this.written;
    this.#forget();
  }

  async #run() {
    while (this.dirty && !this.stopped && !this.other && !this.leaving) {
      // After a lost answer the same text goes again first: for the server that is a repeat, a newer text would be a conflict.
      this.unanswered ??= this.written;
      const answer = await put(this.url, this.#body(this.unanswered));
      if (!this.#settle(answer)) return;
    }
  }

  #body(written) {
    return { ...JSON.parse(written), version: this.version };
  }

  #settle({ status, data }) {
    if (status === 200) return this.#confirm(data);
    if (unreachable(status)) return this.#retry();
    this.unanswered = null;
    if (status === 409 && data.reason === "changed") return this.#dispute(data);
    this.stopped = true;
    this.#keep();
    if (ended(status)) this.say(this.device.works ? this.words.ended : this.words.endedUnkept);
    else this.say(data.status || this.words.refused);
    return false;
  }

  #confirm({ version, status }) {
    this.confirmed = this.unanswered;
    this.version = version;
    this.unanswered = null;
    this.failures = 0;
    if (this.dirty) this.#keep();
    else this.#forget();
    this.say(status);
    return true;
  }

  #retry() {
    this.failures += 1;
    this.#keep();
    this.say(this.device.works ? this.words.kept : this.words.unkept);
    this.#later(retryDelay(this.failures));
    return false;
  }

  #dispute({ reason, status, ...other }) {
    this.other = other;
    this.#keep();
    this.say(status ?? "");
    this.conflict(other);
    return false;
  }

  #keep() {
    if (this.dirty) this.device.keep({ content: this.content(), version: this.version, sent: this.unanswered });
  }

  #forget() {
    for (const name of this.adopted) this.device.forget(name);
    this.adopted = [];
    // No text stays behind, only how far the server has come.
    this.device.keep({ version: this.version });
  }

  #later(delay) {
    clearTimeout(this.timer);
    if (!this.stopped && !this.other) this.timer = setTimeout(() => this.save(), delay);
  }
}

// Tie a draft to its page: typing, leaving, coming back online, and the form that carries it.
// `versionField` is the form's hidden version, kept up to date so that the form never conflicts with its own autosave.
export function attach(autosave, form, versionField) {
  form.addEventListener("input", () => autosave.changed());
  form.addEventListener("submit", async (event) => {
    const running = autosave.leave();
    if (running) {
      event.preventDefault();
      await running;
      form.requestSubmit(event.submitter);
    }
    // In a conflict this is still the old version, so that the server asks which text to keep.
    versionField.value = autosave.version;
  });
  window.addEventListener("online", () => autosave.failures && autosave.save());
  window.addEventListener("pagehide", () => autosave.flush());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && autosave.save());
  window.addEventListener("beforeunload", (event) => {
    if (autosave.dirty && !autosave.leaving && !autosave.device.works) event.preventDefault();
  });
}
