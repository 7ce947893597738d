// The track: the loss drawn in it, marks on it, and a handle that seeks.

import { band, linear, logarithmic, range } from "./chart.js";
import { h } from "./dom.js";
import { grouped } from "./format.js";
import { palette, prepared, sizeOf } from "./palette.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountTimeline(el, store) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { "aria-hidden": "true" }));
  const handle = h("div", { class: "handle" });
  const track = h("div", { class: "track", role: "slider", tabindex: 0, "aria-label": T.scrubber, "aria-valuemin": 0 }, canvas, handle);
  el.append(track);
  const end = (/** @type {Readonly<App>} */ app) => Math.max(app.session?.last ?? 0, app.at, 1);

  let drawn = 1; // the last step of the picture
  const draw = () => {
    const app = store.state;
    const last = end(app);
    drawn = last;
    const { pen, width, height } = prepared(canvas);
    const colours = palette();
    const x = linear(0, last, 1, width - 1);
    pen.strokeStyle = colours.line;
    pen.beginPath();
    pen.moveTo(0, height - 4.5);
    pen.lineTo(width, height - 4.5);
    pen.stroke();
    const { curve } = app;
    if (curve.count > 1) {
      const [low, high] = range([curve.lows, curve.highs], curve.count);
      const scale = high / Math.max(low, 1e-300) > 100 ? logarithmic : linear;
      const y = scale(low, high, height - 7, 5);
      pen.strokeStyle = colours.muted;
      pen.lineWidth = 1.25;
      band(pen, curve, x.at, y.at);
    }
    for (const mark of app.marks) {
      pen.fillStyle = mark.kind === "severe" ? colours.danger : colours.accent;
      pen.beginPath();
      pen.moveTo(x.at(mark.step), height - 5);
      pen.lineTo(x.at(mark.step) - 4, height);
      pen.lineTo(x.at(mark.step) + 4, height);
      pen.fill();
    }
    put();
  };
  const put = () => {
    const app = store.state;
    const last = end(app);
    const { width } = sizeOf(canvas);
    const x = linear(0, Math.max(drawn, app.at), 1, width - 1);
    handle.style.left = `${(x.at(app.at) / Math.max(width, 1)) * 100}%`;
    track.setAttribute("aria-valuemax", String(last));
    track.setAttribute("aria-valuenow", String(app.at));
    track.setAttribute("aria-valuetext", `${T.step} ${grouped(app.at)} ${T.of} ${grouped(last)}`);
  };

  const stepAt = (/** @type {PointerEvent} */ event) => {
    const box = track.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return Math.round(share * end(store.state));
  };
  track.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    track.setPointerCapture(event.pointerId);
    store.act("seek", stepAt(event), true);
  });
  track.addEventListener("pointermove", (event) => {
    if (track.hasPointerCapture(event.pointerId)) store.act("seek", stepAt(event), true);
  });
  track.addEventListener("pointerup", (event) => store.act("seek", stepAt(event)));
  track.addEventListener("keydown", (event) => {
    const { at } = store.state;
    const last = end(store.state);
    /** @type {Record<string, number>} */
    const to = { Home: 0, End: last, ArrowLeft: at - 1, ArrowRight: at + 1, ArrowDown: at - 1, ArrowUp: at + 1, PageDown: at - 100, PageUp: at + 100 };
    if (!(event.key in to) || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    store.act("seek", Math.max(0, Math.min(last, to[event.key])));
  });
  /** @type {unknown[]} */
  let known = [];
  const off = store.watch(["curve", "at", "session", "marks", "theme"], ({ curve, marks, theme, session }) => {
    const now = [curve, marks, theme];
    const same = now.every((one, i) => one === known[i]);
    known = now;
    if (same && session?.status === "running") put(); // the curve comes soon
    else draw();
  });
  const sized = new ResizeObserver(draw);
  sized.observe(track);
  return () => {
    off();
    sized.disconnect();
    track.remove();
  };
}
