// The losses of a run so far, as buckets: a long run is asked for again more coarsely.

import { curveOf } from "./wire.js";

/** @typedef {import("./types.js").Curve} Curve */

export const MOST = 4000;
export const COARSE = 1024;

/** @returns {Curve} */
export function emptyCurve() {
  return { count: 0, steps: new Float64Array(256), lows: new Float64Array(256), highs: new Float64Array(256), tests: [], testSteps: [] };
}

/** What a CURVE frame adds to what was there. @param {Curve} before @param {import("./wire.js").Frame} frame @returns {Curve} */
export function grown(before, frame) {
  const { from, stride, last, lows, highs, pairs } = curveOf(frame);
  const base = frame.whole ? emptyCurve() : upTo(before, from);
  const curve = room(base, base.count + lows.length);
  for (let index = 0; index < lows.length; index += 1) {
    const at = curve.count + index;
    curve.steps[at] = Math.min(from + (index + 1) * stride, last);
    curve.lows[at] = lows[index];
    curve.highs[at] = highs[index];
  }
  const tests = [...base.tests];
  const testSteps = [...base.testSteps];
  for (let index = 0; index < pairs.length; index += 2) {
    testSteps.push(pairs[index]);
    tests.push(pairs[index + 1]);
  }
  return { ...curve, count: curve.count + lows.length, tests, testSteps };
}

/** What is left of a curve up to a step, as one that is continued from there. @param {Curve} curve @param {number} step */
function upTo(curve, step) {
  let { count } = curve;
  while (count > 0 && curve.steps[count - 1] > step) count -= 1;
  const kept = curve.testSteps.filter((one) => one <= step).length;
  return { ...curve, count, tests: curve.tests.slice(0, kept), testSteps: curve.testSteps.slice(0, kept) };
}

/** @param {Curve} curve @param {number} wanted @returns {Curve} */
function room(curve, wanted) {
  if (curve.steps.length >= wanted) return curve;
  const size = 2 ** Math.ceil(Math.log2(wanted));
  const grow = (/** @type {Float64Array} */ old) => {
    const fresh = new Float64Array(size);
    fresh.set(old.subarray(0, curve.count));
    return fresh;
  };
  return { ...curve, steps: grow(curve.steps), lows: grow(curve.lows), highs: grow(curve.highs) };
}

/** The place of the point at or before a step; -1 where there is none. @param {Curve} curve @param {number} step */
export function pointAt(curve, step) {
  let low = 0;
  let high = curve.count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve.steps[middle] >= step - 0.5) high = middle;
    else low = middle + 1;
  }
  return high < 0 ? -1 : low;
}

/** The loss on the test rows that was last known at a step. @param {Curve} curve @param {number} step @returns {number | null} */
export function testAt(curve, step) {
  let found = -1;
  while (found + 1 < curve.testSteps.length && curve.testSteps[found + 1] <= step + 0.5) found += 1;
  return found < 0 ? null : curve.tests[found];
}
