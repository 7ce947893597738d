// How the numbers of each layer are spread: 32 bins, with the zones that mean trouble shaded; and how they were before.

import { fill, h, say } from "./dom.js";
import { shows } from "./drawings.js";
import { grouped, tick } from "./format.js";
import { palette, prepared } from "./palette.js";
import { T } from "./strings.js";
import { parsed, valueOf } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Series} Series */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{low: number | null, high: number | null, text: string}} Zone */

const TALLEST = 65535;
const FULLEST = 255;
const BINS = 32;

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountDistributions(el, store) {
  const body = h("div", { class: "spreads" });
  el.append(h("p", { class: "small muted" }, T.distributionsSentence), h("p", { class: "key zones small" }, h("span", { class: "dead" }, T.deadZone), h("span", { class: "saturated" }, T.flatZone)), body);
  let titles = "";
  /** @type {any} what the steps before were like */
  let before = null;
  const draw = () => {
    const { series } = store.state;
    const key = series.map((one) => one.title + one.what).join();
    if (key !== titles) fill(body, ...groups(series));
    titles = key;
    const figures = [...body.querySelectorAll("figure")];
    series.forEach((one, i) => {
      const [canvas, strip] = figures[i].querySelectorAll("canvas");
      const past = before?.series.find((/** @type {any} */ other) => other.title === one.title && other.what === one.what);
      const value = chosen(store.state, one);
      const pictures = { bars: () => bars(canvas, one, value), heat: () => past && heat(strip, past, one.zones) };
      strip.hidden = !past;
      pictures.bars();
      pictures.heat();
      shows(canvas, pictures.bars, () => !asking);
      shows(strip, pictures.heat);
      const [ends, steps] = figures[i].querySelectorAll("p");
      say(ends, sentence(one, past));
      say(steps, past && before.steps.length > 1 ? T.heatSentence(grouped(before.steps[0]), grouped(before.steps.at(-1)), tick(past.low), tick(past.high)) : "");
      canvas.setAttribute("aria-label", [`${one.title}: ${ends.textContent}`, value !== null && T.binOf(cellOf(store.state), tick(value))].filter(Boolean).join(" "));
    });
  };
  let asking = false;
  const load = async () => {
    if (asking) return;
    asking = true;
    await store.act("ask", "distributions").catch(() => undefined);
    if (store.state.session?.status !== "running") before = await store.act("ask", "heat").catch(() => null);
    asking = false;
    draw();
  };
  const off = store.watch(["series", "theme", "hovered", "selected"], draw);
  const offTape = store.watch(["tape"], load);
  return () => {
    off();
    offTape();
    el.replaceChildren();
  };
}

/** A heading for each layer, its pictures under it. @param {Series[]} series */
function groups(series) {
  const layers = [...new Set(series.map((one) => one.layer))];
  return layers.flatMap((layer) => [h("h3", {}, T.layer(layer)), ...series.filter((one) => one.layer === layer).map(box)]);
}

/** @param {Series} one */
function box(one) {
  return h("figure", { class: "spread" }, h("figcaption", {}, one.title), h("canvas", { class: "bars", role: "img", "aria-label": one.title }), h("p", { class: "small muted" }),
    h("canvas", { class: "heat", "aria-hidden": "true" }), h("p", { class: "small muted" }));
}

/** @param {Series} one @param {any} past */
function sentence(one, past) {
  const zero = !past && one.zero > 0 ? ` ${T.areZero(Math.round(one.zero * 100))}` : "";
  return `${tick(one.low)} … ${tick(one.high)}.${past?.sentence ? ` ${past.sentence}.` : zero}`;
}

/** A zone in pixels, where it is seen. @param {Zone} zone @param {(value: number) => number} at @param {number} end */
function span(zone, at, end) {
  const low = zone.low === null ? -Infinity : zone.low;
  const high = zone.high === null ? Infinity : zone.high;
  const [one, other] = [at(low), at(high)].map((place) => Math.min(end, Math.max(0, place)));
  return [Math.min(one, other), Math.abs(other - one)];
}

/** Grey with lines for what is dead, plain for what is flat. @param {CanvasRenderingContext2D} pen @param {Zone} zone @param {{x: number, y: number, wide: number, high: number}} at */
function shade(pen, zone, { x, y, wide, high }) {
  if (wide <= 0 || high <= 0) return;
  const colours = palette();
  pen.fillStyle = colours.line;
  pen.fillRect(x, y, wide, high);
  if (zone.text !== "dead") return;
  pen.save();
  pen.beginPath();
  pen.rect(x, y, wide, high);
  pen.clip();
  pen.strokeStyle = colours.edge;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let from = x - high; from < x + wide; from += 7) {
    pen.moveTo(from, y + high);
    pen.lineTo(from + high, y);
  }
  pen.stroke();
  pen.restore();
}

/** @param {Readonly<App>} app */
const cellOf = (app) => app.hovered ?? app.selected ?? "";

/** The number that is looked at, where it is one of these; a ratio has no cell of its own. @param {Readonly<App>} app @param {Series} one */
function chosen(app, one) {
  const cell = cellOf(app);
  return parsed(cell).name === one.array && one.what !== "update over weight" && !app.asking ? valueOf(app, cell) : null;
}

/** @param {HTMLCanvasElement} canvas @param {Series} one @param {number | null} chosen is marked */
function bars(canvas, one, chosen) {
  const { pen, width, height } = prepared(canvas);
  const colours = palette();
  const wide = width / BINS;
  const at = (/** @type {number} */ value) => ((value - one.low) / (one.high - one.low || 1)) * width;
  for (const zone of one.zones) {
    const [x, across] = span(zone, at, width);
    shade(pen, zone, { x, y: 0, wide: across, high: height });
  }
  pen.fillStyle = colours.pos;
  one.counts.forEach((count, i) => {
    const high = (count / TALLEST) * (height - 4);
    pen.fillRect(i * wide + 0.5, height - high, wide - 1, high);
  });
  if (chosen !== null) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(at(chosen) / wide)));
    const high = (one.counts[bin] / TALLEST) * (height - 4);
    pen.fillStyle = colours.active;
    pen.fillRect(bin * wide + 0.5, height - high, wide - 1, high);
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1;
    pen.strokeRect(bin * wide + 0.5, height - high, wide - 1, high);
  }
  pen.fillStyle = colours.ink;
  if (one.low < 0 && one.high > 0) pen.fillRect(at(0) - 0.5, 0, 1, height);
  if (chosen === null) return;
  const x = Math.min(width - 1.5, Math.max(1.5, at(chosen)));
  pen.fillRect(x - 1.5, 0, 3, height);
  pen.fillStyle = colours.active;
  pen.fillRect(x - 0.75, 0, 1.5, height);
}

/** Steps from left to right, bins from below to above. @param {HTMLCanvasElement} canvas @param {{counts: string, low: number, high: number}} past @param {Zone[]} zones */
function heat(canvas, past, zones) {
  const { pen, width, height } = prepared(canvas);
  const colours = palette();
  const counts = Uint8Array.from(atob(past.counts), (letter) => letter.charCodeAt(0));
  const columns = counts.length / BINS;
  const [wide, high] = [width / columns, height / BINS];
  const at = (/** @type {number} */ value) => height - ((value - past.low) / (past.high - past.low || 1)) * height;
  for (const zone of zones) {
    const [y, tall] = span(zone, at, height);
    shade(pen, zone, { x: 0, y, wide: width, high: tall });
  }
  pen.fillStyle = colours.pos;
  counts.forEach((count, i) => {
    if (!count) return;
    pen.globalAlpha = 0.15 + 0.85 * (count / FULLEST);
    pen.fillRect(Math.floor(i / BINS) * wide, height - ((i % BINS) + 1) * high, Math.ceil(wide), high + 0.3);
  });
  pen.globalAlpha = 1;
}
