// A stretch of the steps, enlarged: its losses are asked for in themselves, and stay while training goes on.

import { politely } from "./say.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Curve} Curve */
/** @typedef {import("./store.js").Store<App>} Store */

const LEAST = 3; // steps that are worth a chart
const CLOSER = 0.5;

let asked = 0; // of several stretches the last one counts

/** The stretch of the run that is shown, or null. @param {Readonly<App>} app */
export function stretchOf({ stretch, run }) {
  return stretch && stretch.run === run?.run ? stretch : null;
}

/** From which step to which the chart goes, and what it shows. @param {Readonly<App>} app @returns {{from: number, to: number, curve: Curve}} */
export function seen(app) {
  const { curve } = app;
  return stretchOf(app) ?? { from: 0, to: lastOf(curve), curve };
}

/** @param {Curve} curve */
function lastOf(curve) {
  return curve.count ? curve.steps[curve.count - 1] : 1;
}

/** @param {Store} store */
export function wholeRun(store) {
  asked += 1;
  if (!stretchOf(store.state)) return;
  store.set({ stretch: null });
  politely(T.wholeRun, { now: true });
}

/** Shows the steps between two places of the chart. @param {Store} store @param {number} one @param {number} other */
export async function enlarge(store, one, other) {
  const { run, curve } = store.state;
  const last = lastOf(curve);
  const inside = (/** @type {number} */ step) => Math.min(last, Math.max(1, Math.round(step)));
  let [from, to] = [inside(Math.min(one, other)), inside(Math.max(one, other))];
  if (to - from < LEAST - 1) [from, to] = [inside(to - LEAST + 1), inside(inside(to - LEAST + 1) + LEAST - 1)];
  if (!curve.count || (from === 1 && to === last)) {
    wholeRun(store);
    return;
  }
  asked += 1;
  const mine = asked;
  try {
    const told = await store.act("ask", "stretch", { from, to });
    if (mine !== asked || store.state.run?.run !== run?.run) return;
    store.set({ stretch: { run: run?.run ?? 0, from, to, curve: listed(told) } });
    politely(T.stretch(from, to), { now: true });
  } catch (error) {
    const { code, text } = /** @type {any} */ (error);
    politely(code === "closed" ? T.notWhileCut : text ?? String(error), { now: true });
  }
}

/** Closer, or farther away, about a step, which stays where it is on the chart. @param {Store} store @param {boolean} closer @param {number} step */
export function zoom(store, closer, step) {
  const { from, to } = seen(store.state);
  if (closer && to - from < LEAST) return undefined;
  const about = step < from || step > to ? (from + to) / 2 : step;
  const times = closer ? CLOSER : 1 / CLOSER;
  return enlarge(store, about - (about - from) * times, about + (to - about) * times);
}

/** What a stretch is told as, as a curve. @param {any} told @returns {Curve} */
function listed({ steps, lows, highs, tests }) {
  const numbers = (/** @type {any[]} */ list) => Float64Array.from(list, Number); // some come as words: Infinity
  return { count: steps.length, steps: numbers(steps), lows: numbers(lows), highs: numbers(highs), tests: tests.losses.map(Number), testSteps: tests.steps };
}

/** The step that a number was made in: what a step begins with, in the one before. @param {Readonly<App>} app @returns {{cell: string, step: number} | null} */
export function madeIn({ hovered, selected, asking, run, at }) {
  const cell = hovered ?? selected;
  const kind = cell && !asking ? run?.arrays.find((one) => one.name === cell.split("[")[0])?.kind : undefined;
  if (!cell || kind === undefined || kind === "data" || kind === "setting") return null;
  const step = kind === "step" ? at : at - 1;
  return step > 0 ? { cell, step } : null;
}
