// Small pictures in Why: a number over the steps, and where it lies on the curve of its activation.

import { line, linear, range } from "./chart.js";
import { h } from "./dom.js";
import { grouped, tick } from "./format.js";
import { palette, prepared } from "./palette.js";
import { T } from "./strings.js";

/** A canvas that draws itself when it has a size. @param {string} label @param {(canvas: HTMLCanvasElement) => void} draw */
function drawn(label, draw) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "spark", role: "img", "aria-label": label }));
  const sized = new ResizeObserver(() => draw(canvas));
  sized.observe(canvas);
  return canvas;
}

/** @param {{steps: number[], values: number[]}} history @param {number} step */
export function historyOf(history, step) {
  const { steps, values } = history;
  if (steps.length < 2) return null;
  const [low, high] = range([values], values.length);
  const label = `${T.history} ${grouped(steps[0])} ${T.to} ${grouped(steps[steps.length - 1])}: ${tick(values[0])} ${T.to} ${tick(values[values.length - 1])}`;
  return h("figure", { class: "small" }, h("figcaption", { class: "muted" }, label), drawn(label, (canvas) => {
    const { pen, width, height } = prepared(canvas);
    const colours = palette();
    const x = linear(steps[0], steps[steps.length - 1], 3, width - 3);
    const y = linear(low, high, height - 4, 4);
    pen.strokeStyle = colours.pos;
    pen.lineWidth = 1.5;
    line(pen, steps, values, values.length, x.at, y.at);
    pen.strokeStyle = colours.edge;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x.at(step), 0);
    pen.lineTo(x.at(step), height);
    pen.stroke();
  }));
}

/** @param {{title: string, x: number[], y: number[], dot: [number, number]}} curve */
export function curveOf(curve) {
  const label = `${curve.title}: ${tick(curve.dot[0])} → ${tick(curve.dot[1])}`;
  return h("figure", { class: "small" }, h("figcaption", { class: "muted" }, label), drawn(label, (canvas) => {
    canvas.classList.add("tall");
    const { pen, width, height } = prepared(canvas);
    const colours = palette();
    const [low, high] = range([curve.y, [curve.dot[1]]], curve.y.length);
    const [left, right] = range([curve.x, [curve.dot[0]]], curve.x.length);
    const x = linear(left, right, 8, width - 8);
    const y = linear(low, high, height - 8, 8);
    pen.strokeStyle = colours.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(0, y.at(0));
    pen.lineTo(width, y.at(0));
    pen.moveTo(x.at(0), 0);
    pen.lineTo(x.at(0), height);
    pen.stroke();
    pen.strokeStyle = colours.pos;
    pen.lineWidth = 1.75;
    line(pen, curve.x, curve.y, curve.y.length, x.at, y.at);
    pen.setLineDash([2, 3]);
    pen.strokeStyle = colours.edge;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x.at(curve.dot[0]), y.at(0));
    pen.lineTo(x.at(curve.dot[0]), y.at(curve.dot[1]));
    pen.lineTo(x.at(0), y.at(curve.dot[1]));
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = colours.active;
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.arc(x.at(curve.dot[0]), y.at(curve.dot[1]), 5, 0, 7);
    pen.fill();
    pen.stroke();
  }));
}
