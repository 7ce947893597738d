// Three ways to look at the result that are asked for when the run stands still: space, fit and table.

import { axes, line, linear } from "./chart.js";
import { fill, h } from "./dom.js";
import { shows } from "./drawings.js";
import { palette, prepared } from "./palette.js";
import { drawPoint, sampleAt } from "./points.js";
import { readable } from "./reading.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/**
 * Asks for a result whenever the shown step stands still, and draws it.
 * @param {Store} store @param {() => object | null} fields @param {(found: any) => void} use @returns {() => void}
 */
function asked(store, fields, use) {
  let busy = false;
  let again = false;
  const go = async () => {
    if (busy) {
      again = true;
      return;
    }
    const wanted = fields();
    if (!wanted) return;
    busy = true;
    try {
      use(await store.act("ask", "result", wanted));
    } catch (error) {
      const { code, text } = /** @type {any} */ (error);
      if (code !== "closed") use({ failed: text });
    }
    busy = false;
    if (again) {
      again = false;
      setTimeout(go, 250);
    }
  };
  return store.watch(["tape", "theme"], go);
}

/** Axes, what the kind of picture draws, and the samples. @param {HTMLElement} el @param {Store} store @param {object} kind @param {(pen: CanvasRenderingContext2D, found: any, x: any, y: any) => void} paint */
function plotted(el, store, kind, paint) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "map", role: "img" }));
  const said = h("p", { class: "small muted" });
  el.append(canvas, said, readable(canvas, store, () => found?.points ?? [], (point) => [
    [found.axes.x.label, point.x], [found.axes.y.label, point.y], .../** @type {[string, string][]} */ (point.right === null ? [] : [[T.right, point.right ? T.yes : T.no]])]));
  /** @type {any} */
  let found = null;
  /** @type {any} */
  let scale = null;
  const draw = () => {
    const { pen, width, height } = prepared(canvas);
    if (!found || found.failed) return;
    const box = { left: 36, top: 20, right: width - 6, bottom: height - 30 };
    const x = linear(found.axes.x.low, found.axes.x.high, box.left, box.right, 3);
    const y = linear(found.axes.y.low, found.axes.y.high, box.bottom, box.top, 3);
    scale = { x, y };
    axes(pen, box, x, y, { x: found.axes.x.label, y: found.axes.y.label });
    paint(pen, found, x, y);
    for (const point of found.points) {
      drawPoint(pen, point, { x: x.at(point.x), y: y.at(point.y), chosen: String(point.row) === store.state.sample, count: found.points.length });
    }
  };
  shows(canvas, draw, () => found !== null);
  const off = asked(store, () => kind, (fresh) => {
    found = fresh;
    said.textContent = fresh.failed ?? fresh.sentence;
    canvas.setAttribute("aria-label", said.textContent ?? "");
    draw();
  });
  const offSample = store.watch(["sample"], draw);
  canvas.addEventListener("click", (event) => {
    const row = scale && found ? sampleAt(found.points, event, (point) => [scale.x.at(point.x), scale.y.at(point.y)]) : null;
    if (row !== null) store.act("sample", String(row));
  });
  const sized = new ResizeObserver(draw);
  sized.observe(canvas);
  return () => {
    off();
    offSample();
    sized.disconnect();
    el.replaceChildren();
  };
}

/** The grid of the inputs as two hidden neurons see it. @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountSpace(el, store) {
  const [name, count] = store.state.run?.pictures.space[0] ?? ["", 0];
  const kind = { kind: "space", x: [name, 1], y: [name, Math.min(2, count)] };
  const choices = h("div", { class: "fields small" }, ...[/** @type {const} */ ("x"), /** @type {const} */ ("y")].map((axis) => h("label", {}, `${axis} `, h("select", {
    onchange: (/** @type {Event} */ event) => {
      kind[axis] = JSON.parse(/** @type {HTMLSelectElement} */ (event.target).value);
      off();
      fill(el);
      off = start();
    },
  }, ...(store.state.run?.pictures.space ?? []).flatMap(([array, units]) => Array.from({ length: units }, (_, i) =>
    h("option", { value: JSON.stringify([array, i + 1]), selected: array === kind[axis][0] && i + 1 === kind[axis][1] }, `${array} ${i + 1}`)))))));
  const start = () => {
    const end = plotted(el, store, kind, (pen, found, x, y) => {
      pen.strokeStyle = palette().line;
      pen.lineWidth = 1;
      for (const path of found.lines) {
        pen.beginPath();
        path.forEach((/** @type {number[]} */ [px, py]) => pen.lineTo(x.at(px), y.at(py)));
        pen.stroke();
      }
    });
    el.append(choices);
    return end;
  };
  let off = start();
  return () => off();
}

/** What the network answers over its one input. @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountFit(el, store) {
  return plotted(el, store, { kind: "fit" }, (pen, found, x, y) => {
    pen.strokeStyle = palette().accent;
    pen.lineWidth = 2;
    line(pen, found.curve.x, found.curve.y, found.curve.x.length, x.at, y.at);
  });
}

/** Confusion or residuals, with the scores. @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountTable(el, store) {
  const box = h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": T.results.table });
  el.append(box);
  const off = asked(store, () => ({ kind: "table" }), (found) => {
    if (found.failed) fill(box, h("p", { class: "small muted" }, found.failed));
    else fill(box, h("p", { class: "small muted" }, found.sentence), scores(found.scores ?? []), ...(found.confusion ? confusion(found.confusion) : residuals(found.residuals, store)));
  });
  return () => {
    off();
    el.replaceChildren();
  };
}

/** @param {string} caption @param {string[]} heads @param {(string | number | HTMLElement)[][]} rows */
function table(caption, heads, rows) {
  return h("table", { class: "plain" }, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ...rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((cell) => h("td", {}, cell))))));
}

/** @param {any[]} list */
function scores(list) {
  const tested = list.some((one) => one.shown_test);
  return list.length ? table(T.scores, ["", T.train, ...(tested ? [T.test] : [])], list.map((one) => [one.name, one.shown_training, ...(tested ? [one.shown_test ?? ""] : [])])) : "";
}

/** @param {{classes: string[], training: number[][], test: number[][] | null}} found */
function confusion({ classes, training, test }) {
  const one = (/** @type {string} */ name, /** @type {number[][]} */ counts) => table(`${name}: ${T.truthDown}`, ["", ...classes], counts.map((row, i) => [classes[i], ...row]));
  return [one(T.train, training), ...(test?.length ? [one(T.test, test)] : [])];
}

/** @param {{rows: any[]}} found @param {Store} store */
function residuals({ rows }, store) {
  return [table(T.residuals, [T.row, T.target.toLowerCase(), T.output, T.residual], rows.map((one) => [
    h("button", { class: "link", onclick: () => store.act("sample", String(one.row)) }, String(one.row)),
    ...one.shown]))];
}
