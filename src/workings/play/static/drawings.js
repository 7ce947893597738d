// What each canvas shows, and how it is drawn: so that another pen can draw the same.

/** @typedef {{draw: () => void, done: () => boolean}} Drawing */

/** @type {WeakMap<Element, Drawing>} */
const known = new WeakMap();
/** @type {{canvas: Element, pen: CanvasRenderingContext2D} | null} */
let instead = null;

/** Says how a canvas is drawn. @param {Element} canvas @param {() => void} draw all of it, at once @param {() => boolean} [done] whether all that belongs to it is there */
export function shows(canvas, draw, done = () => true) {
  known.set(canvas, { draw, done });
}

/** @param {Element} canvas @returns {Drawing | undefined} */
export function drawingOf(canvas) {
  return known.get(canvas);
}

/** The pen that draws a canvas now, where it is not its own. @param {Element} canvas */
export function penOf(canvas) {
  return instead?.canvas === canvas ? instead.pen : null;
}

/** Draws with another pen what a canvas shows. @param {Element} canvas @param {CanvasRenderingContext2D} pen @param {Drawing} drawing */
export function drawnWith(canvas, pen, { draw }) {
  instead = { canvas, pen };
  try {
    draw();
  } finally {
    instead = null;
  }
}
