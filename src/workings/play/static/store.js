// One observable state. Whoever changes it does so by `set`; whoever shows it says what it watches.

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
  }

  /** Takes over what is new and tells the watchers, once, before the next task. @param {Partial<S>} patch */
  set(patch) {
    const keys = /** @type {(keyof S)[]} */ (Object.keys(patch));
    const fresh = keys.filter((key) => !Object.is(this.state[key], patch[key]));
    if (!fresh.length) return;
    this.state = Object.freeze({ ...this.state, ...patch });
    if (!this.changed.size) queueMicrotask(() => this.tell());
    for (const key of fresh) this.changed.add(key);
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
