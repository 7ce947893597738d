// Points drawn by hand: added, moved, removed by pointer or keys, and handed to the server as a table.

import { axes, linear } from "./chart.js";
import { fill, h } from "./dom.js";
import { typed } from "./format.js";
import { palette, prepared } from "./palette.js";
import { drawPoint } from "./points.js";
import { politely } from "./say.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{x: number, y: number, class: number}} Dot */

const LETTERS = ["A", "B", "C", "D"];
const TOOLS = /** @type {const} */ (["add", "move", "remove", "select"]);
const NEAR = 14; // pixels
const FINE = 40; // steps of the arrows across the picture
const MOST = 1000;

/** @param {HTMLElement} el @param {Store} store @param {(fields: {kind: string, points: any[]}) => void} use */
export function drawing(el, store, use) {
  /** @type {Dot[]} */
  let dots = [];
  /** @type {Dot[][]} */
  let past = [];
  /** @type {Set<Dot>} */
  let chosen = new Set();
  let room = { x: [-1, 1], y: [-1, 1] };
  let tool = /** @type {string} */ ("add");
  let letter = 0;
  let kind = "classes";
  let cursor = { x: 0, y: 0, seen: false };
  /** @type {Dot | null} */
  let held = null;
  /** @type {number[] | null} corners of a region that is drawn */
  let region = null;
  /** @type {any} */
  let scale = null;
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "map drawn", tabindex: 0, role: "application", "aria-label": T.drawField }));
  const said = h("p", { class: "small muted", role: "status" });
  const bar = h("div", { class: "draw-bar" });
  const [x, y] = ["x", "y"].map((axis) => /** @type {HTMLInputElement} */ (h("input", { inputmode: "decimal", autocomplete: "off", class: "num", "aria-label": axis, placeholder: axis })));

  const keep = () => {
    past = [...past.slice(-60), dots.map((dot) => ({ ...dot }))];
  };
  const round = (/** @type {number} */ value) => Number(value.toPrecision(5));
  const add = (/** @type {number} */ px, /** @type {number} */ py) => {
    if (dots.length >= MOST) return;
    keep();
    dots.push({ x: round(px), y: round(py), class: letter });
    shown();
  };
  const removed = (/** @type {Iterable<Dot>} */ some) => {
    const gone = new Set(some);
    if (!gone.size) return;
    keep();
    dots = dots.filter((dot) => !gone.has(dot));
    chosen = new Set();
    shown();
  };
  const nearest = (/** @type {number} */ px, /** @type {number} */ py) => {
    const away = (/** @type {Dot} */ dot) => Math.hypot(scale.x.at(dot.x) - px, scale.y.at(dot.y) - py);
    const best = dots.reduce((/** @type {Dot | null} */ one, dot) => (one && away(one) <= away(dot) ? one : dot), null);
    return best && away(best) <= NEAR ? best : null;
  };

  const paint = () => {
    const { pen, width, height } = prepared(canvas);
    const box = { left: 36, top: 18, right: width - 8, bottom: height - 28 };
    scale = { x: linear(room.x[0], room.x[1], box.left, box.right, 5), y: linear(room.y[0], room.y[1], box.bottom, box.top, 5) };
    axes(pen, box, scale.x, scale.y, kind === "classes" ? { x: "x1", y: "x2" } : { x: "x", y: "y" });
    const colours = palette();
    for (const dot of dots) {
      drawPoint(pen, { class: kind === "classes" ? dot.class : null, split: "training", right: null },
        { x: scale.x.at(dot.x), y: scale.y.at(dot.y), chosen: chosen.has(dot) || dot === held, count: 1 });
    }
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1;
    if (cursor.seen && document.activeElement === canvas) {
      const [cx, cy] = [scale.x.at(cursor.x), scale.y.at(cursor.y)];
      for (const [dx, dy] of [[8, 0], [0, 8]]) {
        pen.beginPath();
        pen.moveTo(cx - dx, cy - dy);
        pen.lineTo(cx + dx, cy + dy);
        pen.stroke();
      }
    }
    if (region) {
      pen.setLineDash([4, 3]);
      pen.strokeRect(region[0], region[1], region[2] - region[0], region[3] - region[1]);
      pen.setLineDash([]);
    }
  };

  const shown = () => {
    const several = kind === "classes";
    const pressed = (/** @type {string} */ text, /** @type {boolean} */ on, /** @type {() => void} */ go, title = text) =>
      h("button", { "aria-pressed": String(on), title, onclick: () => { go(); shown(); } }, text);
    const focused = bar.contains(document.activeElement) ? [...bar.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement)) : -1;
    fill(bar,
      h("div", { class: "tabs", role: "group", "aria-label": T.drawWhat }, pressed(T.drawClasses, several, () => { kind = "classes"; }), pressed(T.drawAmounts, !several, () => { kind = "amounts"; })),
      several ? h("div", { class: "tabs letters", role: "group", "aria-label": T.drawClass }, ...LETTERS.map((one, i) => pressed(`${"■●▲◆"[i]} ${one}`, i === letter, () => {
        letter = i;
        if (!chosen.size) return;
        keep();
        for (const dot of chosen) dot.class = i;
      }, chosen.size ? T.drawMake(chosen.size, one) : `${T.drawClass} ${one} (${i + 1})`))) : null,
      h("div", { class: "tabs", role: "group", "aria-label": T.drawTool }, ...TOOLS.map((one) => pressed(T.drawTools[one], one === tool, () => { tool = one; held = null; }))),
      h("div", { class: "tabs", role: "group", "aria-label": T.drawAll },
        chosen.size ? h("button", { onclick: () => removed(chosen) }, T.drawGone(chosen.size)) : null,
        h("button", { disabled: !past.length, onclick: () => { dots = past.pop() ?? dots; chosen = new Set(); shown(); } }, T.undo),
        h("button", { disabled: !dots.length, onclick: () => removed(dots) }, T.drawClear)));
    /** @type {HTMLElement | undefined} */ ([...bar.querySelectorAll("button")][focused])?.focus();
    const counts = LETTERS.map((one, i) => [one, dots.filter((dot) => dot.class === i).length]).filter(([, count]) => count);
    said.textContent = several ? T.drawn(dots.length, counts.map(([one, count]) => `${one} ${count}`).join(", ")) : T.drawn(dots.length, "");
    go.disabled = dots.length < 2;
    paint();
  };

  const tapped = (/** @type {number} */ px, /** @type {number} */ py) => {
    const there = nearest(px, py);
    if (tool === "add") add(scale.x.back(px), scale.y.back(py));
    else if (tool === "remove" && there) removed([there]);
    else if (tool === "select" && there) {
      if (!chosen.delete(there)) chosen.add(there);
      shown();
    } else if (tool === "move") {
      if (!held && there) keep();
      held = held ? null : there;
      shown();
    }
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    cursor = { x: scale.x.back(event.offsetX), y: scale.y.back(event.offsetY), seen: false };
    canvas.setPointerCapture(event.pointerId);
    if (tool === "select") region = [event.offsetX, event.offsetY, event.offsetX, event.offsetY];
    else tapped(event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    if (region) region = [region[0], region[1], event.offsetX, event.offsetY];
    else if (held) Object.assign(held, { x: round(scale.x.back(event.offsetX)), y: round(scale.y.back(event.offsetY)) });
    else return;
    paint();
  });
  canvas.addEventListener("pointerup", (event) => {
    held = null;
    if (region) {
      const [left, right] = [region[0], region[2]].sort((a, b) => a - b);
      const [top, bottom] = [region[1], region[3]].sort((a, b) => a - b);
      const inside = (/** @type {Dot} */ dot) => scale.x.at(dot.x) >= left && scale.x.at(dot.x) <= right && scale.y.at(dot.y) >= top && scale.y.at(dot.y) <= bottom;
      region = null;
      if (right - left < 4 && bottom - top < 4) tapped(event.offsetX, event.offsetY);
      else chosen = new Set(dots.filter(inside));
    }
    shown();
  });
  canvas.addEventListener("keydown", (event) => {
    const wide = (event.shiftKey ? 5 : 1) / FINE;
    /** @type {Record<string, [number, number]>} */
    const arrows = { ArrowLeft: [-wide, 0], ArrowRight: [wide, 0], ArrowUp: [0, wide], ArrowDown: [0, -wide] };
    const move = arrows[event.key];
    const digit = Number(event.key) - 1;
    if (move) {
      const moved = { x: cursor.x + move[0] * (room.x[1] - room.x[0]), y: cursor.y + move[1] * (room.y[1] - room.y[0]) };
      cursor = { x: Math.min(room.x[1], Math.max(room.x[0], moved.x)), y: Math.min(room.y[1], Math.max(room.y[0], moved.y)), seen: true };
      if (held) Object.assign(held, { x: round(cursor.x), y: round(cursor.y) });
      politely(`${round(cursor.x)}, ${round(cursor.y)}`, { now: true });
      paint();
    } else if (event.key === "Enter" || event.key === " ") {
      tapped(scale.x.at(cursor.x), scale.y.at(cursor.y));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      const there = nearest(scale.x.at(cursor.x), scale.y.at(cursor.y));
      removed(chosen.size ? chosen : there ? [there] : []);
    } else if (digit >= 0 && digit < LETTERS.length) {
      letter = digit;
      shown();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.addEventListener("blur", paint);

  const typedIn = () => {
    const [px, py] = [typed(x.value), typed(y.value)];
    x.setAttribute("aria-invalid", String(px === null));
    y.setAttribute("aria-invalid", String(py === null));
    if (px === null || py === null) return;
    room = { x: [Math.min(room.x[0], px), Math.max(room.x[1], px)], y: [Math.min(room.y[0], py), Math.max(room.y[1], py)] };
    add(px, py);
  };
  const fromRun = async () => {
    const found = await store.act("ask", "points");
    keep();
    kind = store.state.run?.task === "regression" ? "amounts" : "classes";
    dots = found.points.slice(0, MOST).map((/** @type {any} */ one) => ({ x: round(one.values[0]), y: round(kind === "classes" ? one.values[1] : one.target), class: one.class ?? 0 }));
    const span = (/** @type {number[]} */ all) => {
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const edge = (high - low || 1) * 0.1;
      return [low - edge, high + edge];
    };
    room = { x: span(dots.map((dot) => dot.x)), y: span(dots.map((dot) => dot.y)) };
    shown();
  };
  const { run } = store.state;
  const fits = run && (run.task === "regression" ? run.inputs.length === 1 : run.inputs.length === 2 && run.classes.length <= LETTERS.length);
  const go = /** @type {HTMLButtonElement} */ (h("button", { class: "primary", onclick: () => use({
    kind, points: dots.map((dot) => ({ x: dot.x, y: dot.y, ...(kind === "classes" ? { class: LETTERS[dot.class] } : {}) })),
  }) }, T.drawUse));
  el.append(h("p", { class: "small muted" }, T.drawSentence), bar, canvas, said, h("div", { class: "fields" }, go, x, y,
    h("button", { onclick: typedIn }, T.drawAdd), fits ? h("button", { onclick: fromRun }, T.drawFromRun) : null));
  const sized = new ResizeObserver(paint);
  sized.observe(canvas);
  shown();
  return () => sized.disconnect();
}
