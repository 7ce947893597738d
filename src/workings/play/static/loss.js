// The loss chart: train and test over the steps; a click, or Enter, goes there.

import { axes, band, cut, line, linear, logarithmic, range } from "./chart.js";
import { pointAt, testAt } from "./curve.js";
import { fill, h, say } from "./dom.js";
import { shows } from "./drawings.js";
import { exact, grouped } from "./format.js";
import { palette, prepared } from "./palette.js";
import { regions } from "./region.js";
import { politely } from "./say.js";
import { enlarge, madeIn, seen, stretchOf, wholeRun, zoom } from "./stretch.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const ROWS = 24; // of the table
const DOUBLE = 300; // milliseconds in which a second click may follow

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountLoss(el, store) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "chart", tabindex: 0, role: "img", "aria-label": `${T.lossChart}; ${T.stretchKeys}` }));
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
  const sized = (/** @type {string} */ sign, /** @type {string} */ name, /** @type {string} */ key, /** @type {() => void} */ act) =>
    h("button", { class: "plain small", "aria-label": name, title: `${name} (${key})`, onclick: act }, sign);
  const closer = sized("+", T.closer, "+", () => zoom(store, true, cursor()));
  const wider = sized("\u2212", T.wider, "\u2212", () => zoom(store, false, cursor()));
  const whole = h("button", { class: "plain small", title: "Esc", onclick: () => { wholeRun(store); canvas.focus(); } }, T.wholeRun);
  let dragged = false;
  const frame = regions(canvas, ({ left, right }) => {
    dragged = true;
    if (across) enlarge(store, across.back(left), across.back(right));
  }, { tall: true });
  el.append(canvas, frame, legend, said, h("div", { class: "foot" }, scale, smooth, listed, h("span", { class: "zoom", role: "group", "aria-label": T.stretchGroup }, closer, wider, whole)), table);
  /** @type {number | null} */
  let read = null; // the step that is read, by pointer or arrows
  /** @type {import("./chart.js").Axis | null} */
  let across = null;

  const cursor = () => read ?? store.state.at;

  const draw = () => {
    const { at, logLoss } = store.state;
    const { curve, from, to } = seen(store.state);
    const inside = (/** @type {number} */ step) => step >= from && step <= to;
    const { pen, width, height } = prepared(canvas);
    const colours = palette();
    const near = stretchOf(store.state) !== null; // then it is the differences that are looked at
    const box = { left: near ? 60 : 44, top: 10, right: width - 8, bottom: height - 32 };
    const tests = cut(curve.testSteps, curve.tests, from, to);
    const tested = tests.xs.length > 0;
    legend.hidden = !tested;
    const [low, high] = range([curve.lows.subarray(0, curve.count), curve.highs.subarray(0, curve.count), tests.ys], Infinity);
    const x = linear(from, Math.max(to, 1), box.left, box.right, 3);
    const y = logLoss ? logarithmic(low > 0 ? low : 1e-12, high, box.bottom, box.top) : linear(near ? low : Math.min(0, low), high || 1, box.bottom, box.top, 3);
    across = x;
    axes(pen, box, x, y, { x: T.stepAxis, steps: true });
    for (const mark of noted(store.state).filter((one) => inside(one.step))) {
      upright(pen, x.at(mark.step), box, mark.kind === "severe" ? colours.danger : colours.edge, [2, 3]);
    }
    pen.lineWidth = 1.75;
    pen.strokeStyle = colours.pos;
    pen.globalAlpha = smoothed ? 0.35 : 1;
    band(pen, curve, x.at, y.at);
    pen.globalAlpha = 1;
    const mean = cut(smoothed?.steps ?? [], smoothed?.losses ?? [], from, to);
    line(pen, mean.xs, mean.ys, mean.xs.length, x.at, y.at);
    if (tested) {
      pen.strokeStyle = colours.neg;
      pen.setLineDash([5, 3]);
      line(pen, tests.xs, tests.ys, tests.xs.length, x.at, y.at);
      pen.setLineDash([]);
    }
    const point = inside(read ?? at) ? pointAt(curve, read ?? at) : -1;
    const made = madeIn(store.state);
    if (point >= 0) {
      upright(pen, x.at(curve.steps[point]), box, colours.accent, []);
      dot(pen, x.at(curve.steps[point]), y.at(curve.highs[point]), colours.accent, null);
    }
    if (made && inside(made.step)) {
      const there = pointAt(curve, made.step);
      if (there >= 0) dot(pen, x.at(curve.steps[there]), y.at(curve.highs[there]), colours.active, colours.ink);
    }
    say(said, [near && T.stretch(from, to), point >= 0 && readOut(curve, point), made && T.madeIn(made.cell, made.step)].filter(Boolean).join(" "));
  };

  shows(canvas, draw);
  const toggle = () => {
    table.hidden = !table.hidden;
    listed.setAttribute("aria-expanded", String(!table.hidden));
    if (!table.hidden) fill(table, asTable(seen(store.state).curve));
  };
  const go = (/** @type {number} */ point) => point >= 0 && store.act("seek", seen(store.state).curve.steps[point]);
  const pointed = (/** @type {MouseEvent} */ event) => (across ? pointAt(seen(store.state).curve, across.back(event.offsetX)) : -1);
  canvas.addEventListener("pointermove", (event) => {
    const { curve } = seen(store.state);
    read = curve.steps[pointed(event)] ?? null;
    draw();
  });
  canvas.addEventListener("pointerleave", () => {
    read = null;
    draw();
  });
  let waiting = 0;
  canvas.addEventListener("pointerdown", () => { dragged = false; });
  canvas.addEventListener("click", (event) => {
    const point = pointed(event);
    window.clearTimeout(waiting);
    if (dragged || event.detail > 1) return;
    if (stretchOf(store.state)) waiting = window.setTimeout(() => go(point), DOUBLE); // a second click means the whole run
    else go(point);
  });
  canvas.addEventListener("dblclick", () => wholeRun(store));
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { curve } = seen(store.state);
    const here = pointAt(curve, cursor());
    /** @type {Record<string, number>} */
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: curve.count - 1, PageUp: here - 10, PageDown: here + 10 };
    if (event.key === "Enter") go(read === null ? -1 : here);
    else if (event.key === "+" || event.key === "=") zoom(store, true, cursor());
    else if (event.key === "-" || event.key === "\u2212") zoom(store, false, cursor());
    else if (event.key === "Escape" && stretchOf(store.state)) wholeRun(store);
    else if (event.key in to) {
      const point = Math.max(0, Math.min(curve.count - 1, to[event.key]));
      if (!curve.count) return;
      read = curve.steps[point];
      politely(readOut(curve, point), { now: true });
    } else return;
    event.preventDefault();
    event.stopPropagation();
    draw();
  });
  const offCurve = store.watch(["curve"], () => { load(); });
  const off = store.watch(["curve", "at", "logLoss", "marks", "theme", "diagnosis", "hovered", "selected", "asking"], () => {
    scale.setAttribute("aria-pressed", String(store.state.logLoss));
    draw();
  });
  const offStretch = store.watch(["stretch"], () => {
    wider.hidden = whole.hidden = !stretchOf(store.state);
    if (!table.hidden) fill(table, asTable(seen(store.state).curve));
    draw();
  });
  const resized = new ResizeObserver(draw);
  resized.observe(canvas);
  return () => {
    window.clearTimeout(waiting);
    off();
    offCurve();
    offStretch();
    resized.disconnect();
    el.replaceChildren();
  };
}

/** The changes on the way, and since when something is found. @param {Readonly<App>} app @returns {{step: number, kind?: string}[]} */
function noted({ marks, diagnosis }) {
  const found = /** @type {any[]} */ (diagnosis?.findings ?? []).filter((one) => one.since);
  return [...marks, ...found.map((one) => ({ step: one.since, kind: one.severity === "error" ? "severe" : "" }))];
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {import("./chart.js").Box} box @param {string} colour @param {number[]} dashes */
function upright(pen, x, box, colour, dashes) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.setLineDash(dashes);
  pen.beginPath();
  pen.moveTo(x, box.top);
  pen.lineTo(x, box.bottom);
  pen.stroke();
  pen.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {string} colour @param {string | null} edge */
function dot(pen, x, y, colour, edge) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, edge ? 4.5 : 3.5, 0, 7);
  pen.fill();
  if (!edge) return;
  pen.strokeStyle = edge;
  pen.lineWidth = 1.5;
  pen.stroke();
}

/** A point in words. @param {import("./types.js").Curve} curve @param {number} at */
function readOut(curve, at) {
  const test = testAt(curve, curve.steps[at]);
  return `${T.step} ${grouped(curve.steps[at])}: ${T.loss} ${between(curve, at)}${test === null ? "" : `, ${T.test} ${short(test)}`}.`;
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
