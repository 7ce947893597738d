// Acts that ask the engine for something: train, step, seek, walk, fork, open, change.

import { politely } from "./say.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {(op: string, fields?: object) => Promise<any>} Ask */

export const PART_TIME = 1200; // of one part, when parts are played
const FEW_UNITS = 10; // neurons whose maps are sent while a run goes on

/** A remark of the server's as a sentence; a name at its beginning stays as it is. @param {string} remark */
function sentence(remark) {
  const begun = remark.replace(/^\p{Ll}(?=\p{Ll}* )/u, (letter) => letter.toUpperCase());
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** @param {() => Store} at @param {Ask} ask */
export function running(at, ask) {
  /** @type {number | null} */
  let wanted = null;
  let seeking = false;
  let givenUp = false;
  let owed = 0;
  let stepping = false;
  /** @type {number | undefined} */
  let playing;

  /** Asks, and says what went wrong where no field says it. @param {string} op @param {object} [fields] */
  async function tried(op, fields) {
    try {
      return await ask(op, fields);
    } catch (error) {
      const { code, text } = /** @type {any} */ (error);
      if (code !== "closed") {
        at().set({ notice: { text: text ?? String(error), level: "warning" }, busy: "", seeking: false });
        politely(text ?? String(error), { now: true });
      }
      return null;
    }
  }

  /** @param {number} step */
  async function seek(step) {
    wanted = step;
    if (seeking) return;
    seeking = true;
    at().set({ seeking: true, waiting: T.goingTo(step) });
    while (wanted !== null) {
      const next = wanted;
      wanted = null;
      await tried("seek", { step: next });
    }
    seeking = false;
    at().set({ seeking: false, waiting: "", working: null });
  }

  /** Steps on or back; of those that are asked for meanwhile, the sum. @param {number} n */
  async function step(n) {
    owed += n;
    if (stepping) return;
    stepping = true;
    while (owed !== 0) {
      const by = owed;
      owed = 0;
      at().set({ waiting: T.goingTo(at().state.at + by) });
      if (!(await tried("step", { n: by }))) owed = 0;
    }
    stepping = false;
    at().set({ waiting: "", working: null });
  }

  function stopPlaying() {
    window.clearInterval(playing);
    playing = undefined;
    at().set({ busy: "" });
  }

  /** @param {number} by one part on or back */
  async function walk(by) {
    const store = at();
    const { run, part, depth, session, tape, at: step } = store.state;
    if (!run || !session) return;
    if (depth !== "walk") {
      store.set({ depth: "walk", part: by > 0 ? 0 : part });
      told();
      return;
    }
    const to = part + by;
    if (to < 0) {
      if (step > 0 && tape) await tried("step", { n: -1 });
      store.set(step > 1 ? { part: run.parts.length - 1 } : { depth: "train", part: 0 });
    } else if (to >= run.parts.length) {
      await tried("step", { n: 1 });
      store.set({ part: 0 });
    } else {
      const undone = tape?.not_yet.includes(run.parts[to].part) ?? false;
      const undoing = by < 0 && step === 1 && run.parts[part].needs_step && !run.parts[to].needs_step;
      if (undone) await tried("step", { n: 1 });
      if (undoing) await tried("step", { n: -1 });
      store.set({ part: to });
    }
    told();
  }

  function told() {
    const { run, part, depth } = at().state;
    const shown = run?.parts[part];
    if (!shown) return;
    if (depth === "walk") politely(`${T.part} ${shown.number}: ${shown.title}. ${shown.sentence}`, { now: true });
    ask("part", { part: shown.part }).catch(() => undefined);
  }

  return {
    async train() {
      const { session, speed, busy } = at().state;
      if (busy === "playing") stopPlaying();
      else if (session?.status === "running") await tried("pause");
      else if (speed === "part") {
        at().set({ busy: "playing" });
        await walk(1);
        playing = window.setInterval(() => walk(1), PART_TIME);
      } else {
        at().set({ depth: "train" });
        await tried("run", { rate: speed === "most" ? null : Number(speed) });
      }
    },
    async pause() {
      if (playing) stopPlaying();
      await tried("pause");
    },
    step,
    /** Long work ends where it is; what was being opened is not shown. */
    cancel() {
      givenUp = true;
      wanted = null;
      owed = 0;
      at().act("tell", "cancel");
      at().set({ waiting: "", working: null });
    },
    /** The samples that the sheet shows alone; none of them means all. @param {string[]} rows */
    rows(rows) {
      at().set({ rows });
      at().act("watch", { rows: rows.map(Number) });
      politely(rows.length ? T.rowsOf(rows.length) : T.allRows, { now: true });
    },
    seek,
    walk,
    /** @param {number} part */
    async part(part) {
      const store = at();
      const { run, tape } = store.state;
      if (run && store.state.depth === "walk" && tape?.not_yet.includes(run.parts[part].part)) await tried("step", { n: 1 });
      store.set({ part });
      told();
    },
    reset: () => tried("reset"),
    newWeights: () => tried("new_weights"),
    takeOver: () => tried("take_over"),
    /** @param {number} run */
    switch: (run) => tried("switch", { run }),
    /** @param {number} run */
    closeRun: (run) => tried("close_run", { run }),
    /** A run of its own from here. @param {object} [change] @param {number} [step] */
    fork(change, step = at().state.at) {
      return tried("fork", { at: step, change: change ?? {} });
    },
    /** @param {number} remedy the place of a finding */
    remedy: (remedy) => tried("fork", { remedy }),
    /** Another value for a weight, a bias or an input, in a run of its own. @param {string} cell @param {number} value */
    async edit(cell, value) {
      const made = await tried("fork", { change: { cells: { [cell]: value } } });
      if (made) at().act("open", cell);
      return made;
    },
    /** What opens something: the answer, or the error for the field it is about. @param {string} op @param {object} fields */
    async change(op, fields) {
      const store = at();
      const before = store.state.run?.run;
      givenUp = false;
      store.set({ waiting: T.opening });
      const answer = await ask(op, fields).finally(() => store.set({ waiting: "", working: null }));
      if (givenUp && before !== undefined && answer.run !== undefined) await tried("switch", { run: before });
      if (givenUp) return {};
      const said = answer.notices?.map(sentence).join(" ") ?? "";
      if (answer.run !== undefined && before !== undefined && answer.run !== before && op !== "open") {
        store.set({ notice: { text: `${T.newRun} ${said}`, level: "info", undo: before } });
      } else if (said) {
        store.set({ notice: { text: said, level: "info" } });
      }
      return answer;
    },
    ask,
    /** Says to the server what is looked at. @param {object} [more] */
    watch(more = {}) {
      const { run, session, resultTab, dialog, sample, maps } = at().state;
      if (!run) return;
      const goes = session?.status === "running" || session?.status === "watching";
      const { map } = run.pictures;
      const panels = ["tape", "tick", ...(map ? ["map"] : []), ...(dialog === "distributions" ? ["hist"] : [])];
      const units = run.network.layers.reduce((sum, layer) => sum + layer.units.length, 0);
      const few = units <= FEW_UNITS || resultTab !== "map";
      const wants = goes ? { size: few ? 32 : 64, units: few ? "all" : "output" } : { size: 64, units: "all" };
      const shown = map && { map: { x: maps?.x?.input ?? map.x, y: maps?.y?.input ?? map.y, ...wants } };
      tried("watch", { panels, ...(sample ? { sample: Number(sample) } : {}), ...shown, ...more });
    },
  };
}
