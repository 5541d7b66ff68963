// How long each question of a test has had its reader's attention, as far as a page can tell: from when it was first in
// view, or from the last answer if that was later, until it is answered. Time in which the page is hidden does not
// count, and somebody who went away counts as ten minutes at most.

const LONGEST = 600;

export class Attention {
  #seen = new Map();
  #unsent = new Map();
  #last = 0;
  #watched = 0;
  #since = performance.now();
  #visible = !document.hidden;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#mark());
  }

  see(name) {
    if (!this.#seen.has(name)) this.#seen.set(name, this.#clock());
  }

  answer(name) {
    const now = this.#clock();
    const spent = Math.min(LONGEST, now - Math.max(this.#last, this.#seen.get(name) ?? now));
    this.#unsent.set(name, (this.#unsent.get(name) ?? 0) + spent);
    this.#last = now;
  }

  // Whole seconds to send; what is left of a second waits for the next answer.
  take(name) {
    const seconds = Math.floor(this.#unsent.get(name) ?? 0);
    this.#unsent.set(name, (this.#unsent.get(name) ?? 0) - seconds);
    return seconds;
  }

  // They did not arrive.
  giveBack(name, seconds) {
    this.#unsent.set(name, this.#unsent.get(name) + seconds);
  }

  // Seconds in which the page was visible.
  #clock() {
    this.#mark();
    return this.#watched;
  }

  #mark() {
    const now = performance.now();
    if (this.#visible) this.#watched += (now - this.#since) / 1000;
    this.#since = now;
    this.#visible = !document.hidden;
  }
}

// Tell `attention` when each of these fields, named by `nameOf`, comes into view.
export function watch(attention, fields, nameOf) {
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      attention.see(nameOf(target));
      observer.unobserve(target);
    }
  });
  for (const field of fields) observer.observe(field);
}
