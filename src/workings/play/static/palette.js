// Colours for what is drawn on canvases, read from the style sheet once per theme.

import { penOf } from "./drawings.js";

/** @typedef {{bg: string, panel: string, ink: string, muted: string, edge: string, line: string, faint: string, accent: string, pos: string, neg: string, danger: string, active: string, source: string, a: number[], b: number[], mid: number[], font: string}} Palette */

/** @type {Palette | null} */
let known = null;

/** To be called when the theme has changed. */
export function forget() {
  known = null;
}

/** @returns {Palette} */
export function palette() {
  if (known) return known;
  const style = getComputedStyle(document.documentElement);
  const of = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const rgb = (/** @type {string} */ name) => of(name).split(/\s+/).map(Number);
  known = {
    bg: of("bg"), panel: of("panel"), ink: of("ink"), muted: of("muted"), edge: of("edge"), line: of("line"),
    faint: of("faint"), accent: of("accent"), pos: of("pos"), neg: of("neg"), danger: of("danger"),
    active: of("active"), source: of("source-edge"), a: rgb("map-a"), b: rgb("map-b"), mid: rgb("map-mid"),
    font: of("sans"),
  };
  return known;
}

/** @type {WeakMap<Element, {width: number, height: number}>} */
const sizes = new WeakMap();
const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) sizes.set(target, { width: target.clientWidth, height: target.clientHeight });
});

/** How large an element is, as it was laid out last: to ask the element itself would lay everything out anew. @param {Element} el */
export function sizeOf(el) {
  const known = sizes.get(el);
  if (known) return known;
  const size = { width: el.clientWidth, height: el.clientHeight };
  sizes.set(el, size);
  sized.observe(el);
  return size;
}

/** Makes a canvas as sharp as the screen; while another pen draws what it shows, that one is given. @param {HTMLCanvasElement} canvas */
export function prepared(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = sizeOf(canvas);
  const other = penOf(canvas);
  if (other) return { pen: other, width, height };
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** A table of 256 colours from one class through the middle to the other, as RGBA words. @param {Palette} colours */
export function ramp(colours) {
  const table = new Uint32Array(256);
  for (let level = 0; level < 256; level += 1) {
    const share = Math.abs(level - 127.5) / 127.5;
    const end = level < 128 ? colours.a : colours.b;
    const mixed = colours.mid.map((middle, i) => Math.round(middle + (end[i] - middle) * share * 0.72));
    table[level] = (255 << 24) | (mixed[2] << 16) | (mixed[1] << 8) | mixed[0];
  }
  return table;
}
