// Levels of 0 to 255 as a picture, by a table of colours.

import { drawingOf, penOf, shows } from "./drawings.js";
import { palette, ramp } from "./palette.js";

/** @param {HTMLCanvasElement} canvas @param {Uint8Array} levels @param {number} size */
export function onto(canvas, levels, size) {
  if (canvas.width !== size || canvas.height !== size) {
    canvas.width = size;
    canvas.height = size;
  }
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = pen.createImageData(size, size);
  const words = new Uint32Array(image.data.buffer);
  const table = ramp(palette());
  for (let index = 0; index < words.length; index += 1) words[index] = table[levels[index]];
  pen.putImageData(image, 0, 0);
  if (!drawingOf(canvas)) shows(canvas, () => penOf(canvas)?.drawImage(canvas, 0, 0, canvas.clientWidth, canvas.clientHeight));
}
