// The loss chart: train and test over the steps; a click, or Enter, goes there.

import { axes, band, line, linear, logarithmic, range } from "./chart.js";
import { pointAt, testAt } from "./curve.js";
import { fill, h, say } from "./dom.js";
import { shows } from "./drawings.js";
import { exact, grouped } from "./format.js";
import { palette, prepared } from "./palette.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const ROWS = 24; // of the table

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountLoss(el, store) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "chart", tabindex: 0, role: "img", "aria-label": T.lossChart }));
  const said = h("p", { class: "small muted" });
  const scale = h("button", { class: "plain small", "aria-pressed": "false", onclick: () => store.set({ logLoss: !store.state.logLoss }) }, T.logScale);
  const listed = h("button", { class: "plain small", "aria-expanded": "false", onclick: () => toggle() }, T.asTable);
  const table = h("div", { class: "scroll tall", hidden: true, tabindex: 0, role: "region", "aria-label": T.lossTable });
  const legend = h("p", { class: "key small" }, h("span", { class: "solid" }, T.train), h("span", { class: "dashed" }, T.test));
  const smooth = h("button", { class: "plain small", "aria-pressed": "false", onclick: () => {
    const on = smooth.getAttribute("aria-pressed") !== "true";
    smooth.setAttribute("aria-pressed", String(on));
    smoothed = null;
    if (on) load();
    draw();
  } }, T.smooth);
  /** @type {{steps: number[], losses: number[], over: number} | null} */
  let smoothed = null;
  let loading = false;
  const load = async () => {
    if (loading || smooth.getAttribute("aria-pressed") !== "true") return;
    loading = true;
    smoothed = await store.act("ask", "smooth").catch(() => null);
    smooth.title = smoothed ? T.smoothOver(smoothed.over) : "";
    draw();
    setTimeout(() => void (loading = false), 500);
  };
  el.append(canvas, legend, said, h("div", { class: "foot" }, scale, smooth, listed), table);
  let read = -1; // the point that is read, by pointer or arrows
  /** @type {import("./chart.js").Axis | null} */
  let across = null;

  const draw = () => {
    const { curve, at, logLoss, diagnosis } = store.state;
    const found = /** @type {any[]} */ (diagnosis?.findings ?? []).filter((one) => one.since).map((one) => ({ step: one.since, kind: one.severity === "error" ? "severe" : "" }));
    const marks = [...store.state.marks, ...found];
    const { pen, width, height } = prepared(canvas);
    const colours = palette();
    const box = { left: 44, top: 10, right: width - 8, bottom: height - 32 };
    const tested = curve.tests.length > 0;
    legend.hidden = !tested;
    const [low, high] = range([curve.lows.subarray(0, curve.count), curve.highs.subarray(0, curve.count), curve.tests], Infinity);
    const x = linear(0, Math.max(curve.count ? curve.steps[curve.count - 1] : 1, 1), box.left, box.right, 3);
    const y = logLoss ? logarithmic(low > 0 ? low : 1e-12, high, box.bottom, box.top) : linear(Math.min(0, low), high || 1, box.bottom, box.top, 3);
    across = x;
    axes(pen, box, x, y, { x: T.stepAxis });
    for (const mark of marks) {
      pen.strokeStyle = mark.kind === "severe" ? colours.danger : colours.edge;
      pen.setLineDash([2, 3]);
      pen.beginPath();
      pen.moveTo(x.at(mark.step), box.top);
      pen.lineTo(x.at(mark.step), box.bottom);
      pen.stroke();
    }
    pen.setLineDash([]);
    pen.lineWidth = 1.75;
    pen.strokeStyle = colours.pos;
    pen.globalAlpha = smoothed ? 0.35 : 1;
    band(pen, curve, x.at, y.at);
    pen.globalAlpha = 1;
    if (smoothed) line(pen, smoothed.steps, smoothed.losses, smoothed.steps.length, x.at, y.at);
    if (tested) {
      pen.strokeStyle = colours.neg;
      pen.setLineDash([5, 3]);
      line(pen, curve.testSteps, curve.tests, curve.tests.length, x.at, y.at);
      pen.setLineDash([]);
    }
    const point = read >= 0 ? read : pointAt(curve, at);
    if (point < 0) return;
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x.at(curve.steps[point]), box.top);
    pen.lineTo(x.at(curve.steps[point]), box.bottom);
    pen.stroke();
    pen.fillStyle = colours.accent;
    pen.beginPath();
    pen.arc(x.at(curve.steps[point]), y.at(curve.highs[point]), 3.5, 0, 7);
    pen.fill();
    const test = testAt(curve, curve.steps[point]);
    say(said, `${T.step} ${grouped(curve.steps[point])}: ${T.loss} ${between(curve, point)}${test === null ? "" : `, ${T.test} ${short(test)}`}`);
  };

  shows(canvas, draw);
  const toggle = () => {
    table.hidden = !table.hidden;
    listed.setAttribute("aria-expanded", String(!table.hidden));
    if (!table.hidden) fill(table, asTable(store.state.curve));
  };
  const go = () => read >= 0 && store.act("seek", store.state.curve.steps[read]);
  canvas.addEventListener("pointermove", (event) => {
    if (!across) return;
    read = pointAt(store.state.curve, across.back(event.offsetX));
    draw();
  });
  canvas.addEventListener("pointerleave", () => {
    read = -1;
    draw();
  });
  canvas.addEventListener("click", go);
  canvas.addEventListener("keydown", (event) => {
    const { curve, at } = store.state;
    const here = read >= 0 ? read : pointAt(curve, at);
    /** @type {Record<string, number>} */
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: curve.count - 1, PageUp: here - 10, PageDown: here + 10 };
    if (event.key === "Enter") go();
    else if (event.key in to) read = Math.max(0, Math.min(curve.count - 1, to[event.key]));
    else return;
    event.preventDefault();
    event.stopPropagation();
    draw();
  });
  const offCurve = store.watch(["curve"], () => { load(); });
  const off = store.watch(["curve", "at", "logLoss", "marks", "theme", "diagnosis"], () => {
    scale.setAttribute("aria-pressed", String(store.state.logLoss));
    draw();
  });
  const sized = new ResizeObserver(draw);
  sized.observe(canvas);
  return () => {
    off();
    offCurve();
    sized.disconnect();
    el.replaceChildren();
  };
}

/** @param {number} value */
function short(value) {
  return exact(Number(value.toPrecision(6)));
}

/** The loss of a bucket; where it holds several, the lowest and highest. @param {import("./types.js").Curve} curve @param {number} at */
function between(curve, at) {
  const [low, high] = [short(curve.lows[at]), short(curve.highs[at])];
  return low === high ? low : `${low} – ${high}`;
}

/** @param {import("./types.js").Curve} curve */
function asTable(curve) {
  const wanted = Math.min(ROWS, curve.count);
  const places = Array.from({ length: wanted }, (_, i) => Math.round((i * (curve.count - 1)) / Math.max(1, wanted - 1)));
  const tested = curve.tests.length > 0;
  return h("table", { class: "plain" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.step), h("th", { scope: "col" }, T.train), tested && h("th", { scope: "col" }, T.test))),
    h("tbody", {}, ...places.map((at) => h("tr", {}, h("th", { scope: "row" }, grouped(curve.steps[at])), h("td", {}, between(curve, at)),
      tested && h("td", {}, shownTest(curve, at))))));
}

/** @param {import("./types.js").Curve} curve @param {number} at */
function shownTest(curve, at) {
  const test = testAt(curve, curve.steps[at]);
  return test === null ? "" : short(test);
}
