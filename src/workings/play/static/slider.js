// A number moved by hand: the loss of the step for each value, before anything is done.

import { line, linear, range } from "./chart.js";
import { h, say } from "./dom.js";
import { entered } from "./format.js";
import { palette, prepared } from "./palette.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** A slider for a cell, and the loss over its values. @param {string} cell @param {Store} store @param {(value: string) => void} moved is told the value as it stands in a field @returns {HTMLElement} */
export function slider(cell, store, moved) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "spark", "aria-hidden": "true" }));
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "range", min: 0, step: 1, disabled: true, "aria-label": T.moveIt(cell) }));
  const said = h("p", { class: "small num", role: "status" });
  const sentence = h("p", { class: "small muted" });
  const box = h("div", { class: "slider" }, canvas, input, said, sentence);
  /** @type {any} */
  let found = null;
  const draw = () => {
    if (!found) return;
    const { pen, width, height } = prepared(canvas);
    const colours = palette();
    const finite = found.losses.filter(Number.isFinite);
    const [low, high] = range([finite], finite.length);
    const x = linear(0, found.values.length - 1, 8, width - 8);
    const y = linear(low, high, height - 5, 5);
    pen.strokeStyle = colours.pos;
    pen.lineWidth = 1.5;
    line(pen, found.values.map((/** @type {number} */ _, /** @type {number} */ i) => i), found.losses.map(Number), found.values.length, x.at, y.at);
    const here = Number(input.value);
    pen.strokeStyle = colours.edge;
    pen.beginPath();
    pen.moveTo(x.at(found.at), 0);
    pen.lineTo(x.at(found.at), height);
    pen.stroke();
    pen.fillStyle = colours.active;
    pen.strokeStyle = colours.ink;
    pen.beginPath();
    pen.arc(x.at(here), y.at(Number(found.losses[here])), 4.5, 0, 7);
    pen.fill();
    pen.stroke();
    const text = T.withValue(found.shown[here], found.shown_losses[here]);
    say(said, text);
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", () => {
    draw();
    moved(entered(found.values[Number(input.value)]));
  });
  store.act("ask", "try", { cell }).then((/** @type {any} */ answer) => {
    found = answer;
    input.max = String(found.values.length - 1);
    input.value = String(found.at);
    input.disabled = false;
    sentence.textContent = found.sentence;
    draw();
  }, () => box.remove());
  new ResizeObserver(draw).observe(canvas);
  return box;
}
