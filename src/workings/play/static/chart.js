// What every chart needs: scales, ticks, axes, and lines of many points thinned to the width of the screen.

import { grouped, shown, tick } from "./format.js";
import { palette } from "./palette.js";

/** @typedef {{at: (value: number) => number, back: (pixel: number) => number, ticks: number[]}} Axis */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

const FEWEST = 3; // one or two marks say little of a scale

/** @param {number} low @param {number} high @param {number} step */
function along(low, high, step) {
  const found = [];
  for (let place = Math.ceil(low / step); place * step <= high + step * 1e-9; place += 1) found.push(place * step);
  return found;
}

/** @param {number} low @param {number} high @param {number} [count] @returns {number[]} */
export function ticks(low, high, count = 4) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = [0.5, 1, 2, 5, 10].map((times) => times * power);
  const fitting = Math.max(1, steps.findIndex((size) => size >= rough));
  const found = along(low, high, steps[fitting]);
  return found.length < FEWEST ? along(low, high, steps[fitting - 1]) : found;
}

/** @param {number} low @param {number} high @param {number} from @param {number} to @param {number} [count] @returns {Axis} */
export function linear(low, high, from, to, count = 4) {
  const wide = high - low || 1;
  return {
    at: (value) => from + ((value - low) / wide) * (to - from),
    back: (pixel) => low + ((pixel - from) / (to - from || 1)) * wide,
    ticks: ticks(low, high, count),
  };
}

/** @param {number} low @param {number} high @param {number} from @param {number} to @returns {Axis} */
export function logarithmic(low, high, from, to) {
  const bottom = Math.max(low, 1e-300);
  const inner = linear(Math.log10(bottom), Math.log10(Math.max(high, bottom * 1.01)), from, to);
  const marks = [];
  const first = Math.ceil(Math.log10(bottom) - 1e-9);
  for (let power = first; 10 ** power <= high * 1.0001; power += 1) marks.push(10 ** power);
  return {
    at: (value) => inner.at(Math.log10(Math.max(value, bottom))),
    back: (pixel) => 10 ** inner.back(pixel),
    ticks: marks.length > 1 ? marks : [bottom, high],
  };
}

/** Numbers as short as they can be while no two are the same. @param {number[]} values @returns {string[]} */
function apart(values) {
  const texts = values.map(tick);
  const least = Math.abs(values[1] - values[0]);
  if (new Set(texts).size === texts.length || !(least > 0)) return texts;
  return values.map((value) => shown(value, { digits: Math.min(15, Math.max(0, -Math.floor(Math.log10(least)))) }));
}

/**
 * Axes with quiet lines and labels.
 * @param {CanvasRenderingContext2D} pen @param {Box} box @param {Axis} x @param {Axis} y @param {{x?: string, y?: string, steps?: boolean}} [names] `steps` are whole numbers, of which every digit counts
 */
export function axes(pen, box, x, y, names = {}) {
  const colours = palette();
  pen.font = `11px ${colours.font}`;
  pen.fillStyle = colours.muted;
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  const texts = apart(y.ticks);
  for (const [i, value] of y.ticks.entries()) {
    const at = Math.round(y.at(value)) + 0.5;
    pen.beginPath();
    pen.moveTo(box.left, at);
    pen.lineTo(box.right, at);
    pen.stroke();
    pen.fillText(texts[i], box.left - 5, at);
  }
  pen.textBaseline = "top";
  for (const value of names.steps ? x.ticks.filter(Number.isInteger) : x.ticks) {
    const at = x.at(value);
    pen.textAlign = at > box.right - 12 ? "right" : at < box.left + 6 ? "left" : "center";
    pen.fillText(names.steps ? grouped(value) : tick(value), at, box.bottom + 4);
  }
  pen.textAlign = "right";
  if (names.x) pen.fillText(names.x, box.right, box.bottom + 17);
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  if (names.y) pen.fillText(names.y, 2, box.top - 4);
}

/**
 * A line of points: at most the lowest and highest of each pixel are drawn.
 * @param {CanvasRenderingContext2D} pen @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} count
 * @param {(x: number) => number} toX @param {(y: number) => number} toY
 */
export function line(pen, xs, ys, count, toX, toY) {
  pen.beginPath();
  let column = Number.NaN;
  let low = 0;
  let high = 0;
  let last = 0;
  let open = false;
  const flush = () => {
    if (Number.isNaN(column)) return;
    if (open) pen.lineTo(column, low);
    else pen.moveTo(column, low);
    open = true;
    if (high !== low) pen.lineTo(column, high);
    if (last !== high) pen.lineTo(column, last);
  };
  for (let index = 0; index < count; index += 1) {
    const value = ys[index];
    if (!Number.isFinite(value)) {
      flush();
      column = Number.NaN;
      open = false;
      continue;
    }
    const x = Math.round(toX(xs[index]) * 2) / 2;
    const y = toY(value);
    if (x !== column) {
      flush();
      column = x;
      low = y;
      high = y;
    } else {
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
    last = y;
  }
  flush();
  pen.stroke();
}

/**
 * The part of a line between two places, cut where it crosses them.
 * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} from @param {number} to @returns {{xs: number[], ys: number[]}}
 */
export function cut(xs, ys, from, to) {
  /** @type {{xs: number[], ys: number[]}} */
  const kept = { xs: [], ys: [] };
  for (let i = 0; i < xs.length; i += 1) {
    const crossed = i ? [from, to].filter((edge) => xs[i - 1] < edge && edge < xs[i]) : [];
    const places = crossed.map((edge) => [edge, ys[i - 1] + ((edge - xs[i - 1]) / (xs[i] - xs[i - 1])) * (ys[i] - ys[i - 1])]);
    if (xs[i] >= from && xs[i] <= to) places.push([xs[i], ys[i]]);
    for (const [x, y] of places) {
      kept.xs.push(x);
      kept.ys.push(y);
    }
  }
  return kept;
}

/** A curve of buckets: through the lowest and highest of each. @param {CanvasRenderingContext2D} pen @param {import("./types.js").Curve} curve @param {(x: number) => number} toX @param {(y: number) => number} toY */
export function band(pen, { steps, lows, highs, count }, toX, toY) {
  const many = count > 1 && lows.subarray(0, count).some((low, i) => low !== highs[i]);
  if (many) between(pen, { steps, lows, highs, count }, toX, toY);
  line(pen, steps, lows, count, toX, toY);
}

/** Shades what lies between the lowest and the highest. @param {CanvasRenderingContext2D} pen @param {{steps: Float64Array, lows: Float64Array, highs: Float64Array, count: number}} curve @param {(x: number) => number} toX @param {(y: number) => number} toY */
function between(pen, { steps, lows, highs, count }, toX, toY) {
  pen.save();
  pen.fillStyle = String(pen.strokeStyle);
  pen.globalAlpha = 0.28;
  pen.beginPath();
  for (let i = 0; i < count; i += 1) pen.lineTo(toX(steps[i]), toY(highs[i]));
  for (let i = count - 1; i >= 0; i -= 1) pen.lineTo(toX(steps[i]), toY(lows[i]));
  pen.fill();
  pen.restore();
}

/** The lowest and highest of some numbers that are finite. @param {ArrayLike<number>[]} lists @param {number} count @returns {[number, number]} */
export function range(lists, count) {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists) {
    for (let index = 0; index < Math.min(count, list.length); index += 1) {
      const value = list[index];
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}
