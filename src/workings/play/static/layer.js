// A part of a picture that is drawn once, and laid over every picture until something of it changes.

import { palette } from "./palette.js";

/** @typedef {(pen: CanvasRenderingContext2D) => void} Draw */

/**
 * A function that draws, or lays over what it drew the last time, if that was with the same facts.
 * @returns {(pen: CanvasRenderingContext2D, size: {width: number, height: number}, facts: unknown[], draw: Draw) => void}
 */
export function layered() {
  const canvas = document.createElement("canvas");
  const own = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {unknown[]} */
  let known = [];
  return (pen, { width, height }, facts, draw) => {
    if (!(pen instanceof CanvasRenderingContext2D)) { // of what is not made of pixels nothing is kept
      draw(pen);
      return;
    }
    const { width: wide, height: high } = pen.canvas;
    const now = [wide, high, palette(), ...facts];
    if (now.length !== known.length || now.some((one, i) => !Object.is(one, known[i]))) {
      known = now;
      Object.assign(canvas, { width: wide, height: high }); // which empties it, too
      own.setTransform(pen.getTransform());
      draw(own);
    }
    if (wide && high) pen.drawImage(canvas, 0, 0, width, height);
  };
}
