// Runs beside each other: their curves, what was set differently, and where their answers part.

import { axes, line, linear, logarithmic, range } from "./chart.js";
import { fill, h } from "./dom.js";
import { shows } from "./drawings.js";
import { grouped } from "./format.js";
import { palette, prepared } from "./palette.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3]];

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountCompare(el, store) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "chart big", role: "img" }));
  const key = h("ul", { class: "runs" });
  const pair = h("div", { class: "pair" });
  const settings = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": T.differences });
  const log = h("button", { class: "plain small", "aria-pressed": String(store.state.logLoss), onclick: () => store.set({ logLoss: !store.state.logLoss }) }, T.logScale);
  const nothing = h("p", { class: "muted" }, T.noCurves);
  el.append(key, nothing, canvas, log, settings, pair);
  /** @type {any} */
  let found = null;
  const draw = () => {
    if (!found) return;
    const { pen, width, height } = prepared(canvas);
    const box = { left: 48, top: 10, right: width - 10, bottom: height - 32 };
    const [low, high] = range(found.curves.map((/** @type {any} */ one) => one.losses), Infinity);
    const last = Math.max(1, ...found.curves.map((/** @type {any} */ one) => one.steps.at(-1) ?? 1));
    const x = linear(0, last, box.left, box.right, 5);
    const y = store.state.logLoss ? logarithmic(Math.max(low, 1e-12), high, box.bottom, box.top) : linear(Math.min(0, low), high, box.bottom, box.top);
    axes(pen, box, x, y, { x: T.stepAxis });
    found.curves.forEach((/** @type {any} */ one, /** @type {number} */ i) => {
      pen.strokeStyle = hue(i);
      pen.setLineDash(DASHES[i % DASHES.length]);
      pen.lineWidth = 1.75;
      line(pen, one.steps, one.losses, one.steps.length, x.at, y.at);
    });
    pen.setLineDash([]);
  };
  shows(canvas, draw, () => found !== null);
  const load = async () => {
    try {
      found = await store.act("ask", "compare");
    } catch (error) {
      fill(key, h("li", { class: "wrong" }, /** @type {any} */ (error).text || T.notWhileCut));
      return;
    }
    const shown = store.state.run?.run;
    fill(key, ...found.runs.map((/** @type {any} */ one, /** @type {number} */ i) => item(one, i, shown, store)));
    fill(settings, differences(found));
    canvas.setAttribute("aria-label", found.runs.map((/** @type {any} */ one) => `${one.title} ${one.change}: ${T.loss} ${one.shown_loss}`).join("; "));
    const drawn = found.curves.some((/** @type {any} */ one) => one.steps.length > 1);
    nothing.hidden = drawn;
    canvas.hidden = log.hidden = !drawn;
    draw();
    boundaries(pair, found, store);
  };
  const off = store.watch(["runs"], load);
  const offDraw = store.watch(["theme", "logLoss"], () => {
    log.setAttribute("aria-pressed", String(store.state.logLoss));
    draw();
  });
  const sized = new ResizeObserver(draw);
  sized.observe(canvas);
  return () => {
    off();
    offDraw();
    sized.disconnect();
    el.replaceChildren();
  };
}

/** @param {number} place */
function hue(place) {
  const colours = palette();
  return [colours.pos, colours.neg, colours.ink, colours.danger, colours.muted][place % 5];
}

/** @param {any} one @param {number} place @param {number | undefined} shown @param {Store} store */
function item(one, place, shown, store) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.borderTopColor = hue(place);
  swatch.style.borderTopStyle = place % 5 ? "dashed" : "solid";
  const what = one.change ? ` · ${one.change}` : "";
  const born = one.parent ? ` · ${T.fromStep(one.parent, one.at)}` : "";
  return h("li", {}, swatch, h("span", { class: "what" }, h("strong", {}, `${one.run} ${one.title}`), `${what}${born}`),
    h("span", { class: "num" }, `${T.step} ${grouped(one.last)} · ${T.loss} ${one.shown_loss}`), time(one),
    one.run === shown ? h("span", { class: "muted" }, T.isShown) : h("button", { onclick: () => { store.act("switch", one.run); store.act("dialog", null); } }, T.showRun),
    one.run === shown ? null : h("button", { class: "plain square", "aria-label": `${T.forgetRun} ${one.run}`, title: T.forgetRun, onclick: () => store.act("closeRun", one.run) }, "\u00d7"));
}

/** @param {any} one */
function time(one) {
  return one.shown_time ? h("span", { class: "muted small" }, one.shown_time) : null;
}

/** @param {any} found */
function differences({ runs, differences: rows }) {
  if (!rows.length) return h("p", { class: "small muted" }, T.noDifference);
  return h("table", { class: "plain" }, h("caption", {}, T.differences),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.setting), ...runs.map((/** @type {any} */ one) => h("th", { scope: "col" }, String(one.run))))),
    h("tbody", {}, ...rows.map((/** @type {any} */ row) => h("tr", {}, h("th", { scope: "row" }, row.label ?? row.setting),
      ...runs.map((/** @type {any} */ one) => h("td", {}, row.values[one.run] ?? ""))))));
}

/** The maps of two runs, drawn when they come. @param {HTMLElement} box @param {any} found @param {Store} store */
function boundaries(box, found, store) {
  const map = store.state.run?.pictures.map;
  box.replaceChildren();
  if (!map || found.runs.length < 2) return;
  const { run } = store.state;
  const others = found.runs.filter((/** @type {any} */ one) => one.run !== run?.run);
  const two = [others.find((/** @type {any} */ one) => one.run === run?.parent) ?? others.at(-1), found.runs.find((/** @type {any} */ one) => one.run === run?.run)];
  for (const one of two.filter(Boolean)) {
    const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "boundary", role: "img", "aria-label": `${T.mapOf} ${one.run}` }));
    box.append(h("figure", {}, canvas, h("figcaption", { class: "small muted" }, `${one.run} ${one.title} ${one.change}`)));
    store.act("picture", { run: one.run, x: map.x, y: map.y, size: 64, units: "output" }, canvas).catch(() => canvas.parentElement?.remove());
  }
}
