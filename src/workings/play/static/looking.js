// Acts that only look: what lights up, what is explained, which part and sample is shown.

import { politely } from "./say.js";
import { T } from "./strings.js";
import { facts, parsed } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {(op: string, fields?: object) => Promise<any>} Ask */

const NONE = new Set();
const MOST_TRAIL = 40;
const NARROW = window.matchMedia("(max-width: 899px)"); // one part is shown at a time

/** The part to show so that a cell is seen. @param {Readonly<App>} app @param {string} cell */
function partOf({ run, part }, cell) {
  const { name } = parsed(cell);
  const seen = document.querySelector(`#sheet [data-matrix="${CSS.escape(name)}"]:not(.away)`);
  const made = run?.arrays.find((one) => one.name === name)?.part;
  const at = run?.parts.findIndex((one) => one.part === made) ?? -1;
  return seen || at < 0 ? part : at;
}

/** @param {() => Store} at the store, which is made after its acts @param {Ask} ask */
export function looking(at, ask) {
  /** @type {Map<string, {sources: string[], feeds: string[]}>} */
  const known = new Map();
  let lighting = false;
  let explaining = false;

  /** @param {string} cell */
  async function connections(cell) {
    const { run, tape } = at().state;
    const key = `${run?.run} ${tape?.rows.sentence} ${cell}`;
    const there = known.get(key);
    if (there) return there;
    const found = await ask("sources", { cell });
    known.set(key, found);
    return found;
  }

  const looked = () => at().state.hovered ?? at().state.selected;

  /** Lights what a cell was made of; of cells that are passed over meanwhile, only the last is asked for. */
  async function light() {
    if (lighting) return;
    lighting = true;
    /** @type {string | null | undefined} */
    let lit;
    while (lit !== looked()) {
      lit = looked();
      /** @type {Set<string>} */
      let sources = NONE;
      try {
        if (lit) sources = new Set((await connections(lit)).sources);
      } catch {
        // what cannot be asked for is not lit
      }
      if (lit === looked()) at().set({ sources });
    }
    lighting = false;
  }

  function close() {
    at().set({ selected: null, hovered: null, explanation: null, unexplained: null, trail: [] });
    light();
  }

  /** @param {string} cell @param {{terms?: number | null}} [how] @param {boolean} [again] the very same cell is meant */
  async function explain(cell, how = {}, again = false) {
    const store = at();
    const { at: step, run } = store.state;
    const found = await ask("explain", { cell, step, order: "index", ...how }).catch((error) => ({ refused: error }));
    const { selected, run: now, explanation: before } = store.state;
    if (selected !== cell || now?.run !== run?.run) return;
    const other = again && found.cell !== cell; // another sample has its place in this step
    const refused = found.refused ?? (other ? { code: "not_found", text: T.notThere(cell) } : null);
    if (!refused) store.set({ explanation: found, selected: found.cell, unexplained: null });
    else if (refused.code === "closed" && before?.cell === cell) return;
    else if (refused.code === "not_found" && before && before.run !== run?.run) close();
    else {
      const cut = refused.code === "closed"; // then it is asked again when there is a step again
      store.set({ explanation: null, unexplained: { text: cut ? T.notWhileCut : refused.text ?? String(refused), step, run: cut ? undefined : run?.run } });
    }
  }

  return {
    /** @param {string | null} cell */
    hover(cell) {
      at().set({ hovered: cell });
      light();
    },
    /** A cell is looked at by the keyboard. @param {string} cell */
    focus(cell) {
      at().set({ hovered: cell });
      light();
    },
    light,
    /** Why is this number what it is? @param {string} cell @param {{back?: boolean}} [how] */
    async open(cell, { back = false } = {}) {
      const store = at();
      if (store.state.session?.status === "running") await store.act("pause");
      const { trail, selected, asking, guessed } = store.state;
      if (asking && !guessed[cell] && facts(store.state, parsed(cell).name)?.kind === "step") {
        store.set({ selected: cell, explanation: null, unexplained: null });
        light();
        return;
      }
      const longer = back || !selected || selected === cell ? trail : [...trail, selected].slice(-MOST_TRAIL);
      store.set({ selected: cell, hovered: null, trail: longer, unexplained: null, ...(NARROW.matches ? { part: partOf(store.state, cell) } : {}) });
      light();
      await explain(cell);
    },
    /** The whole of a sum that was cut short. */
    async unfold() {
      const { selected } = at().state;
      if (selected) await explain(selected, { terms: null });
    },
    /** The explanation of the same cell at the step that is shown now. */
    async again() {
      if (explaining) return;
      explaining = true;
      const { selected, asking, guessed, at: step, run } = at().state;
      if (selected && (!asking || guessed[selected])) await explain(selected, {}, true);
      explaining = false;
      if ((at().state.at !== step || at().state.run?.run !== run?.run) && at().state.session?.status !== "running") at().act("again");
    },
    /** Back along the trail; true if there was anything to go back to. */
    back() {
      const store = at();
      const { trail, selected } = store.state;
      const before = trail.at(-1);
      if (before) {
        store.set({ trail: trail.slice(0, -1) });
        store.act("open", before, { back: true });
      } else if (selected) {
        close();
      }
      return Boolean(before ?? selected);
    },
    /** @param {number} count how many of the trail are kept */
    backTo(count) {
      const store = at();
      const cell = store.state.trail[count];
      store.set({ trail: store.state.trail.slice(0, count) });
      store.act("open", cell, { back: true });
    },
    /** To what a cell was made of, or to what uses it. @param {string} cell @param {boolean} up */
    async follow(cell, up) {
      const { sources, feeds } = await connections(cell);
      const to = (up ? feeds : sources)[0];
      if (to) at().act("show", to);
      else politely(up ? T.feedsNothing : T.isGiven, { now: true });
    },
    /** Brings a cell into view and focuses it. @param {string} cell */
    show(cell) {
      const found = /** @type {HTMLElement | null} */ (document.querySelector(`[role=gridcell][data-cell="${CSS.escape(cell)}"]`));
      if (found) found.focus();
      else at().act("open", cell);
    },
    /** One neuron is looked at: its column everywhere. @param {string | null} place "layer,place" */
    neuron(place) {
      const store = at();
      store.set({ neuron: store.state.neuron === place ? null : place });
    },
    /** @param {string} place */
    sample(place) {
      const store = at();
      store.set({ sample: place });
      store.act("watch");
    },
    /** @param {string | null} name */
    dialog(name) {
      at().set({ dialog: name });
    },
    theme() {
      const store = at();
      store.set({ theme: store.state.theme === "dark" ? "light" : "dark" });
    },
    /** Masks the numbers until they are typed. */
    askFirst() {
      const store = at();
      const asking = !store.state.asking;
      store.set({ asking, guessed: {}, explanation: null, selected: null, hovered: null, sources: NONE, trail: [] });
      politely(asking ? T.askingOn : T.askingOff, { now: true });
    },
    /** What somebody worked out for a cell; true if it is right to half a unit of the last digit shown. @param {string} cell @param {string} text */
    guess(cell, text) {
      const store = at();
      store.set({ guessed: { ...store.state.guessed, [cell]: text } });
      store.act("open", cell);
    },
    /** @param {Partial<App>} patch */
    set(patch) {
      at().set(patch);
    },
  };
}
