// Samples as marks: the class is a shape and a colour, test rows are hollow, wrong ones are ringed.

import { palette } from "./palette.js";

const SIZE = 4;
const SMALL = 2.6; // where there are many
const MANY = 150;

/** @type {((pen: CanvasRenderingContext2D, x: number, y: number, r: number) => void)[]} */
const SHAPES = [
  (pen, x, y, r) => pen.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76),
  (pen, x, y, r) => pen.arc(x, y, r, 0, 7),
  (pen, x, y, r) => polygon(pen, [[x, y - r * 1.2], [x + r * 1.1, y + r * 0.8], [x - r * 1.1, y + r * 0.8]]),
  (pen, x, y, r) => polygon(pen, [[x, y - r * 1.3], [x + r * 1.3, y], [x, y + r * 1.3], [x - r * 1.3, y]]),
];

/** @param {CanvasRenderingContext2D} pen @param {number[][]} corners */
function polygon(pen, corners) {
  corners.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

/** @param {number | null} place @param {ReturnType<typeof palette>} colours */
function hue(place, colours) {
  return [colours.neg, colours.pos, colours.ink, colours.muted][(place ?? 1) % 4];
}

/**
 * @param {CanvasRenderingContext2D} pen @param {{class: number | null, split: string, right: boolean | null}} point
 * @param {{x: number, y: number, chosen: boolean, count: number}} at
 */
export function drawPoint(pen, point, { x, y, chosen, count }) {
  const size = count > MANY ? SMALL : SIZE;
  const colours = palette();
  const colour = hue(point.class, colours);
  const shape = SHAPES[(point.class ?? 1) % SHAPES.length];
  pen.lineWidth = count > MANY ? 0.8 : 1.25;
  pen.beginPath();
  shape(pen, x, y, chosen ? size + 2 : size);
  pen.fillStyle = point.split === "test" ? colours.bg : colour;
  pen.fill();
  pen.strokeStyle = point.split === "test" ? colour : colours.bg;
  pen.stroke();
  if (point.right === false) ring(pen, x, y, size + 2.5, colours.danger, 1.25);
  if (chosen) ring(pen, x, y, size + 5, colours.ink, 2);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} r @param {string} colour @param {number} wide */
function ring(pen, x, y, r, colour, wide) {
  pen.beginPath();
  pen.arc(x, y, r, 0, 7);
  pen.strokeStyle = colour;
  pen.lineWidth = wide;
  pen.stroke();
}

/**
 * The row of the sample that was pointed at, or null.
 * @param {any[]} points @param {MouseEvent} event @param {(point: any) => any} place
 */
export function sampleAt(points, event, place) {
  let best = null;
  let nearest = 14;
  for (const point of points) {
    const at = place(point);
    if (!at) continue;
    const away = Math.hypot(at[0] - event.offsetX, at[1] - event.offsetY);
    if (away < nearest) {
      nearest = away;
      best = point.row;
    }
  }
  return best;
}
