// The lines of the network: width is the size of the weight, hue and dashes its sign.

import { s } from "./dom.js";
import { shows } from "./drawings.js";
import { palette, prepared } from "./palette.js";
import { called, valueOf } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./graph.js").Neuron} Neuron */
/** @typedef {{from: Neuron, to: Neuron, cell: string, value: number}} Edge */

const MOST_SVG = 200;
const THICK = 5; // of the largest weight, where there are few

/** @param {Neuron[]} neurons @param {Readonly<App>} app @returns {Edge[]} */
function edges(neurons, app) {
  return (app.run?.network.edges ?? []).flatMap((edge) => {
    const shownAs = edge[/** @type {"weights" | "gradient" | "update"} */ (app.graphMode)] ?? edge.weights;
    const before = neurons.filter((one) => one.layer === edge.from);
    return neurons.filter((one) => one.layer === edge.to).flatMap((to) => before.map((from) => {
      const places = [from.unit.place, to.unit.place];
      return { from, to, cell: called(edge.weights, places), value: valueOf(app, called(shownAs, places)) ?? 0 };
    }));
  });
}

/** @param {HTMLElement} stage @param {Neuron[]} neurons @param {Readonly<App>} app @param {(cell: string) => void} open */
export function paintEdges(stage, neurons, app, open) {
  const found = edges(neurons, app);
  let most = 1e-300;
  for (const { value } of found) if (Math.abs(value) > most) most = Math.abs(value);
  const canvas = /** @type {HTMLCanvasElement} */ (stage.querySelector("canvas.edges"));
  const svg = /** @type {SVGElement} */ (stage.querySelector("svg.edges"));
  if (!canvas || !svg) return;
  canvas.hidden = found.length <= MOST_SVG;
  const draw = () => onCanvas(canvas, found, most, app);
  shows(canvas, draw);
  if (found.length > MOST_SVG) draw();
  else inSvg(svg, found, most, { app, open });
}

/** How wide a line may be: thinner where there are many. @param {number} count */
function thickest(count) {
  return Math.max(2, THICK - count / 30);
}

/** @param {Edge} edge @returns {[number, number, number, number]} */
function ends({ from, to }) {
  return [from.x, from.y, to.x, to.y];
}

/** @param {Edge} edge */
function curve(edge) {
  const [x1, y1, x2, y2] = ends(edge);
  const bend = (x2 - x1) * 0.42;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

/** @param {SVGElement} svg @param {Edge[]} found @param {number} most @param {{app: Readonly<App>, open: (cell: string) => void}} how */
function inSvg(svg, found, most, { app, open }) {
  if (svg.childElementCount !== found.length) {
    svg.replaceChildren(...found.map((edge) => {
      const hit = s("path", { class: "hit", onclick: () => open(edge.cell) }, s("title", {}, edge.cell));
      return s("g", { "data-cell": edge.cell }, s("path", { class: "edge" }), hit);
    }));
  }
  const active = app.hovered ?? app.selected;
  found.forEach((edge, index) => {
    const group = svg.children[index];
    const path = curve(edge);
    const [drawn, hit] = group.children;
    if (drawn.getAttribute("d") !== path) {
      drawn.setAttribute("d", path);
      hit.setAttribute("d", path);
    }
    const size = Math.abs(edge.value) / most;
    drawn.setAttribute("stroke-width", String(1 + size * (thickest(found.length) - 1)));
    const marks = `edge${edge.value < 0 ? " negative" : ""}${edge.cell === active ? " active" : app.sources.has(edge.cell) ? " source" : ""}${aside(edge, app) ? " aside" : ""}`;
    if (drawn.getAttribute("class") !== marks) drawn.setAttribute("class", marks);
  });
}

/** Whether one neuron is looked at, and the edge is none of its own. @param {Edge} edge @param {Readonly<App>} app */
function aside({ from, to }, { neuron }) {
  return neuron !== null && neuron !== `${to.layer},${to.unit.place}` && neuron !== `${from.layer},${from.unit.place}`;
}

/** @param {HTMLCanvasElement} canvas @param {Edge[]} found @param {number} most @param {Readonly<App>} app */
function onCanvas(canvas, found, most, app) {
  const { pen } = prepared(canvas);
  const colours = palette();
  for (const edge of found) {
    const [x1, y1, x2, y2] = ends(edge);
    const bend = (x2 - x1) * 0.42;
    pen.globalAlpha = aside(edge, app) ? 0.12 : 0.75;
    pen.lineWidth = 1 + (Math.abs(edge.value) / most) * (thickest(found.length) - 1);
    pen.strokeStyle = edge.value < 0 ? colours.neg : colours.pos;
    pen.setLineDash(edge.value < 0 ? [4, 3] : []);
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    pen.stroke();
  }
}
