// How the numbers of each layer are spread: 32 bins, with the zones that mean trouble shaded.

import { fill, h } from "./dom.js";
import { tick } from "./format.js";
import { palette, prepared } from "./palette.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Series} Series */
/** @typedef {import("./store.js").Store<App>} Store */

const TALLEST = 65535;
const BINS = 32;
const KEPT = 60; // columns of the strip over time

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountDistributions(el, store) {
  /** @type {Map<string, Uint16Array[]>} what each series was lately */
  const lately = new Map();
  const body = h("div", { class: "spreads" });
  el.append(h("p", { class: "small muted" }, T.distributionsSentence), body);
  let titles = "";
  const draw = () => {
    const { series } = store.state;
    const key = series.map((one) => one.title + one.what).join();
    if (key !== titles) fill(body, ...series.map(box));
    titles = key;
    series.forEach((one, i) => {
      const id = one.title + one.what;
      const past = [...(lately.get(id) ?? []), one.counts].slice(-KEPT);
      lately.set(id, past);
      const [canvas, strip] = body.children[i].querySelectorAll("canvas");
      bars(canvas, one);
      heat(strip, past);
      /** @type {HTMLElement} */ (body.children[i].querySelector("p")).textContent = sentence(one);
    });
  };
  const off = store.watch(["series", "theme"], draw);
  const offTape = store.watch(["tape"], () => store.act("ask", "distributions").catch(() => undefined));
  return () => {
    off();
    offTape();
    el.replaceChildren();
  };
}

/** @param {Series} one */
function box(one) {
  return h("figure", { class: "spread" }, h("figcaption", {}, one.title), h("canvas", { class: "bars", role: "img", "aria-label": one.title }),
    h("canvas", { class: "heat", "aria-hidden": "true" }), h("p", { class: "small muted" }));
}

/** @param {Series} one */
function sentence(one) {
  const zero = one.zero > 0 ? ` ${T.areZero(Math.round(one.zero * 100))}` : "";
  const seen = one.zones.filter((zone) => zone.low < one.high && zone.high > one.low).map((zone) => zone.text);
  return `${tick(one.low)} … ${tick(one.high)}.${zero} ${seen.join(", ")}`;
}

/** @param {HTMLCanvasElement} canvas @param {Series} one */
function bars(canvas, one) {
  const { pen, width, height } = prepared(canvas);
  const colours = palette();
  const wide = width / BINS;
  const at = (/** @type {number} */ value) => ((value - one.low) / (one.high - one.low || 1)) * width;
  pen.fillStyle = colours.line;
  for (const zone of one.zones) {
    const from = Math.max(0, at(zone.low));
    const to = Math.min(width, at(zone.high));
    if (to > from) pen.fillRect(from, 0, to - from, height);
  }
  pen.fillStyle = colours.pos;
  one.counts.forEach((count, i) => {
    const high = (count / TALLEST) * (height - 4);
    pen.fillRect(i * wide + 0.5, height - high, wide - 1, high);
  });
  pen.fillStyle = colours.ink;
  if (one.low < 0 && one.high > 0) pen.fillRect(at(0) - 0.5, 0, 1, height);
}

/** @param {HTMLCanvasElement} canvas @param {Uint16Array[]} past */
function heat(canvas, past) {
  const { pen, width, height } = prepared(canvas);
  const colours = palette();
  const wide = width / KEPT;
  const high = height / BINS;
  pen.fillStyle = colours.pos;
  past.forEach((counts, column) => counts.forEach((count, bin) => {
    if (!count) return;
    pen.globalAlpha = 0.12 + 0.88 * (count / TALLEST);
    pen.fillRect(column * wide, height - (bin + 1) * high, wide, high);
  }));
  pen.globalAlpha = 1;
}
