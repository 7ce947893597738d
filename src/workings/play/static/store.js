// One observable state. Whoever changes it does so by `set`; whoever shows it says what it watches.

const LATEST = 100; // milliseconds

/**
 * @template {object} S
 */
export class Store {
  /** @param {S} initial @param {Record<string, (...args: any[]) => any>} [acts] */
  constructor(initial, acts = {}) {
    /** @type {Readonly<S>} */
    this.state = Object.freeze({ ...initial });
    this.acts = acts;
    /** @type {Set<{keys: (keyof S)[], call: (state: Readonly<S>) => void}>} */
    this.watchers = new Set();
    /** @type {Set<keyof S>} */
    this.changed = new Set();
    this.due = false;
    this.patient = false;
    /** @type {number | undefined} */
    this.waiting = undefined;
  }

  /** Takes over what is new and tells the watchers, once, before the next task. @param {Partial<S>} patch */
  set(patch) {
    const keys = /** @type {(keyof S)[]} */ (Object.keys(patch));
    const fresh = keys.filter((key) => !Object.is(this.state[key], patch[key]));
    if (!fresh.length) return;
    this.state = Object.freeze({ ...this.state, ...patch });
    for (const key of fresh) this.changed.add(key);
    if (this.patient) this.soon();
    else if (!this.due) {
      this.due = true;
      queueMicrotask(() => this.tell());
    }
  }

  /** What is set by this is told with the next picture: one step is several messages, and one picture. @param {() => void} take */
  later(take) {
    this.patient = true;
    try {
      take();
    } finally {
      this.patient = false;
    }
  }

  /** Tells with the next picture; where none is drawn, not much later either. */
  soon() {
    if (this.waiting !== undefined) return;
    const tell = () => {
      window.clearTimeout(this.waiting);
      this.waiting = undefined;
      this.tell();
    };
    this.waiting = window.setTimeout(tell, LATEST);
    requestAnimationFrame(() => this.waiting !== undefined && tell());
  }

  /**
   * Calls now, and again whenever one of the keys has changed.
   * @param {(keyof S)[]} keys @param {(state: Readonly<S>) => void} call @returns {() => void} ends it
   */
  watch(keys, call) {
    const watcher = { keys, call };
    this.watchers.add(watcher);
    call(this.state);
    return () => void this.watchers.delete(watcher);
  }

  tell() {
    this.due = false;
    const changed = this.changed;
    this.changed = new Set();
    for (const { keys, call } of [...this.watchers]) {
      if (keys.some((key) => changed.has(key))) call(this.state);
    }
  }

  /** Asks for something to be done. @param {string} name @param {...any} args */
  act(name, ...args) {
    const act = this.acts[name];
    if (!act) throw new Error(`there is no act called ${name}`);
    return act(...args);
  }
}
