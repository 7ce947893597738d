// Points drawn by hand: added, moved, removed by pointer or keys, and handed to the server as a table.

import { axes, linear } from "./chart.js";
import { fill, h } from "./dom.js";
import { Dots, LETTERS, round } from "./dots.js";
import { typed } from "./format.js";
import { palette, prepared } from "./palette.js";
import { drawPoint } from "./points.js";
import { politely } from "./say.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {import("./dots.js").Dot} Dot */

const TOOLS = /** @type {const} */ (["add", "move", "remove", "select"]);
const NEAR = 14; // pixels
const FINE = 40; // steps of the arrows across the picture

/** @param {HTMLElement} el @param {Store} store @param {(fields: {kind: string, points: any[]}) => void} use */
export function drawing(el, store, use) {
  const board = new Board(store, use);
  const sized = new ResizeObserver(() => board.paint());
  el.append(...board.parts());
  sized.observe(board.canvas);
  board.show();
  return () => sized.disconnect();
}

class Board {
  /** @param {Store} store @param {(fields: {kind: string, points: any[]}) => void} use */
  constructor(store, use) {
    this.store = store;
    this.dots = new Dots();
    this.tool = /** @type {string} */ ("add");
    this.cursor = { x: 0, y: 0, seen: false };
    /** @type {number[] | null} corners of a region that is drawn */
    this.region = null;
    /** @type {any} */
    this.scale = null;
    this.canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "map drawn", tabindex: 0, role: "application", "aria-label": T.drawField }));
    this.said = h("p", { class: "small muted", role: "status" });
    this.bar = h("div", { class: "draw-bar" });
    this.fields = ["x", "y"].map((axis) => /** @type {HTMLInputElement} */ (h("input", { inputmode: "decimal", autocomplete: "off", class: "num", "aria-label": axis, placeholder: axis })));
    this.go = /** @type {HTMLButtonElement} */ (h("button", { class: "primary", onclick: () => use(this.dots.told()) }, T.drawUse));
    this.listen();
  }

  /** What the board is made of. */
  parts() {
    const { run } = this.store.state;
    const fits = run && (run.task === "regression" ? run.inputs.length === 1 : run.inputs.length === 2 && run.classes.length <= LETTERS.length);
    return [h("p", { class: "small muted" }, T.drawSentence), this.bar, this.canvas, this.said, h("div", { class: "fields" }, this.go, ...this.fields,
      h("button", { onclick: () => this.typedIn() }, T.drawAdd), fits ? h("button", { onclick: () => this.fromRun() }, T.drawFromRun) : null)];
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.paint());
  }

  // -- what is seen ----------------------------------------------------------------------------

  paint() {
    const { dots, region } = this;
    const { pen, width, height } = prepared(this.canvas);
    const box = { left: 36, top: 18, right: width - 8, bottom: height - 28 };
    const { x, y } = dots.room;
    this.scale = { x: linear(x[0], x[1], box.left, box.right, 5), y: linear(y[0], y[1], box.bottom, box.top, 5) };
    const several = dots.kind === "classes";
    axes(pen, box, this.scale.x, this.scale.y, several ? { x: "x1", y: "x2" } : { x: "x", y: "y" });
    for (const dot of dots.all) {
      drawPoint(pen, { class: several ? dot.class : null, split: "training", right: null },
        { x: this.scale.x.at(dot.x), y: this.scale.y.at(dot.y), chosen: dots.chosen.has(dot) || dot === dots.held, count: 1 });
    }
    pen.strokeStyle = palette().ink;
    pen.lineWidth = 1;
    if (this.cursor.seen && document.activeElement === this.canvas) this.cross(pen);
    if (!region) return;
    pen.setLineDash([4, 3]);
    pen.strokeRect(region[0], region[1], region[2] - region[0], region[3] - region[1]);
    pen.setLineDash([]);
  }

  /** @param {CanvasRenderingContext2D} pen */
  cross(pen) {
    const [x, y] = [this.scale.x.at(this.cursor.x), this.scale.y.at(this.cursor.y)];
    for (const [dx, dy] of [[8, 0], [0, 8]]) {
      pen.beginPath();
      pen.moveTo(x - dx, y - dy);
      pen.lineTo(x + dx, y + dy);
      pen.stroke();
    }
  }

  show() {
    const { dots, bar } = this;
    const focused = bar.contains(document.activeElement) ? [...bar.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement)) : -1;
    fill(bar, ...this.tabs());
    /** @type {HTMLElement | undefined} */ ([...bar.querySelectorAll("button")][focused])?.focus();
    const counts = LETTERS.map((one, i) => [one, dots.all.filter((dot) => dot.class === i).length]).filter(([, count]) => count);
    this.said.textContent = T.drawn(dots.all.length, dots.kind === "classes" ? counts.map(([one, count]) => `${one} ${count}`).join(", ") : "");
    this.go.disabled = dots.all.length < 2;
    this.paint();
  }

  tabs() {
    const { dots } = this;
    const { size } = dots.chosen;
    const several = dots.kind === "classes";
    const act = (/** @type {() => void} */ go) => () => { go(); this.show(); };
    const pressed = (/** @type {string} */ text, /** @type {boolean} */ on, /** @type {() => void} */ go, title = text) =>
      h("button", { "aria-pressed": String(on), title, onclick: act(go) }, text);
    const group = (/** @type {string} */ label, /** @type {(HTMLElement | null)[]} */ buttons, more = "") => h("div", { class: `tabs ${more}`, role: "group", "aria-label": label }, ...buttons);
    return [
      group(T.drawWhat, [pressed(T.drawClasses, several, () => { dots.kind = "classes"; }), pressed(T.drawAmounts, !several, () => { dots.kind = "amounts"; })]),
      several ? group(T.drawClass, LETTERS.map((one, i) => pressed(`${"■●▲◆"[i]} ${one}`, i === dots.letter, () => dots.call(i),
        size ? T.drawMake(size, one) : `${T.drawClass} ${one} (${i + 1})`)), "letters") : null,
      group(T.drawTool, TOOLS.map((one) => pressed(T.drawTools[one], one === this.tool, () => { this.tool = one; dots.held = null; }))),
      group(T.drawAll, [
        size ? h("button", { onclick: act(() => dots.remove(dots.chosen)) }, T.drawGone(size)) : null,
        h("button", { disabled: !dots.past.length, onclick: act(() => dots.undo()) }, T.undo),
        h("button", { disabled: !dots.all.length, onclick: act(() => dots.remove(dots.all)) }, T.drawClear)]),
    ];
  }

  // -- by pointer ------------------------------------------------------------------------------

  /** @param {number} x @param {number} y in pixels @returns {Dot | null} */
  nearest(x, y) {
    const away = (/** @type {Dot} */ dot) => Math.hypot(this.scale.x.at(dot.x) - x, this.scale.y.at(dot.y) - y);
    const best = this.dots.all.reduce((/** @type {Dot | null} */ one, dot) => (one && away(one) <= away(dot) ? one : dot), null);
    return best && away(best) <= NEAR ? best : null;
  }

  /** @param {number} x @param {number} y in pixels */
  tapped(x, y) {
    const { dots, tool, scale } = this;
    const there = this.nearest(x, y);
    if (tool === "add") dots.add(scale.x.back(x), scale.y.back(y));
    else if (tool === "move") dots.take(there);
    else if (there && tool === "remove") dots.remove([there]);
    else if (there && !dots.chosen.delete(there)) dots.chosen.add(there);
    this.show();
  }

  /** @param {PointerEvent} event */
  down({ button, pointerId, offsetX, offsetY }) {
    if (button > 0) return;
    this.cursor = { x: this.scale.x.back(offsetX), y: this.scale.y.back(offsetY), seen: false };
    this.canvas.setPointerCapture(pointerId);
    if (this.tool === "select") this.region = [offsetX, offsetY, offsetX, offsetY];
    else this.tapped(offsetX, offsetY);
  }

  /** @param {PointerEvent} event */
  drag({ pointerId, offsetX, offsetY }) {
    if (!this.canvas.hasPointerCapture(pointerId)) return;
    if (this.region) this.region = [this.region[0], this.region[1], offsetX, offsetY];
    else if (this.dots.held) this.dots.move(this.scale.x.back(offsetX), this.scale.y.back(offsetY));
    else return;
    this.paint();
  }

  /** @param {PointerEvent} event */
  up({ offsetX, offsetY }) {
    const { dots, region, scale } = this;
    dots.held = null;
    this.region = null;
    if (region) {
      const [left, right] = [region[0], region[2]].sort((a, b) => a - b);
      const [top, bottom] = [region[1], region[3]].sort((a, b) => a - b);
      const inside = (/** @type {Dot} */ dot) => scale.x.at(dot.x) >= left && scale.x.at(dot.x) <= right && scale.y.at(dot.y) >= top && scale.y.at(dot.y) <= bottom;
      if (right - left < 4 && bottom - top < 4) this.tapped(offsetX, offsetY);
      else dots.chosen = new Set(dots.all.filter(inside));
    }
    this.show();
  }

  // -- by keys, and by numbers -----------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  key(event) {
    const { dots, cursor, scale } = this;
    const wide = (event.shiftKey ? 5 : 1) / FINE;
    /** @type {Record<string, [number, number]>} */
    const arrows = { ArrowLeft: [-wide, 0], ArrowRight: [wide, 0], ArrowUp: [0, wide], ArrowDown: [0, -wide] };
    const digit = Number(event.key) - 1;
    const [x, y] = [scale.x.at(cursor.x), scale.y.at(cursor.y)];
    if (arrows[event.key]) this.crossBy(arrows[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.tapped(x, y);
    else if (event.key === "Delete" || event.key === "Backspace") {
      const there = this.nearest(x, y);
      dots.remove(dots.chosen.size ? dots.chosen : there ? [there] : []);
      this.show();
    } else if (digit >= 0 && digit < LETTERS.length) {
      dots.letter = digit;
      this.show();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Moves the cross, and what is held with it. @param {[number, number]} by in shares of the room */
  crossBy([dx, dy]) {
    const { cursor, dots } = this;
    const within = (/** @type {number[]} */ [low, high], /** @type {number} */ value) => Math.min(high, Math.max(low, value));
    const { x, y } = dots.room;
    this.cursor = { x: within(x, cursor.x + dx * (x[1] - x[0])), y: within(y, cursor.y + dy * (y[1] - y[0])), seen: true };
    dots.move(this.cursor.x, this.cursor.y);
    politely(`${round(this.cursor.x)}, ${round(this.cursor.y)}`, { now: true });
    this.paint();
  }

  typedIn() {
    const [x, y] = this.fields.map((field) => typed(field.value));
    this.fields.forEach((field, i) => field.setAttribute("aria-invalid", String([x, y][i] === null)));
    if (x === null || y === null) return;
    this.dots.reach(x, y);
    this.dots.add(x, y);
    this.show();
  }

  async fromRun() {
    const found = await this.store.act("ask", "points");
    this.dots.from(found.points, this.store.state.run?.task === "regression");
    this.show();
  }
}
