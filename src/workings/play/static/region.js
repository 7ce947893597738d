// A region of a picture, drawn with the pointer or by keys: whoever asks is told its corners.

import { h } from "./dom.js";

/**
 * @param {HTMLElement} canvas @param {(box: {left: number, top: number, right: number, bottom: number}) => void} take
 * @param {{tall?: boolean}} [how] of a tall one only the left and the right count
 * @returns {HTMLElement} the frame, to be put over the canvas
 */
export function regions(canvas, take, { tall = false } = {}) {
  const frame = h("div", { class: "region", hidden: true, "aria-hidden": "true" });
  /** @type {[number, number] | null} */
  let from = null;
  const boxed = (/** @type {PointerEvent} */ event) => {
    const [x, y] = from ?? [0, 0];
    const across = { left: Math.max(0, Math.min(x, event.offsetX)), right: Math.min(canvas.clientWidth, Math.max(x, event.offsetX)) };
    return tall ? { ...across, top: 0, bottom: canvas.clientHeight } : { ...across, top: Math.min(y, event.offsetY), bottom: Math.max(y, event.offsetY) };
  };
  const large = (/** @type {{left: number, top: number, right: number, bottom: number}} */ box) => box.right - box.left > 5 || (!tall && box.bottom - box.top > 5);
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || event.pointerType === "touch") return; // a finger scrolls
    from = [event.offsetX, event.offsetY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const box = boxed(event);
    frame.hidden = !large(box);
    Object.assign(frame.style, { left: `${canvas.offsetLeft + box.left}px`, top: `${canvas.offsetTop + box.top}px`, width: `${box.right - box.left}px`, height: `${box.bottom - box.top}px` });
  });
  canvas.addEventListener("pointerup", (event) => {
    const box = boxed(event);
    const found = from && large(box);
    from = null;
    frame.hidden = true;
    if (found) take(box);
  });
  canvas.addEventListener("pointercancel", () => { from = null; frame.hidden = true; });
  return frame;
}
