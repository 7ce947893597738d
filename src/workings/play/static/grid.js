// One matrix as an ARIA grid: one tab stop, arrows inside, cells named by sample and neuron.

import { h } from "./dom.js";
import { shown } from "./format.js";
import { longPress } from "./press.js";
import { T } from "./strings.js";

const LONG = 6; // letters of a label; longer ones are cut where they do not fit
const BARE = 1e7; // integers below it are written without decimals

/**
 * @typedef {object} Matrix
 * @property {string} name
 * @property {string} title spoken
 * @property {number} axes
 * @property {number} rows @property {number} cols of the window
 * @property {string[]} rowPlaces @property {string[]} colPlaces as cells are written
 * @property {string[]} row_labels @property {string[]} col_labels
 * @property {string[]} row_names @property {string[]} col_names spoken
 * @property {string} made how a cell is made, spoken
 * @property {boolean} editable
 * @property {boolean} bare its neighbour names the rows
 * @property {boolean} headless the matrix above names the columns
 */

/**
 * @typedef {object} Asked what a grid asks for
 * @property {(cell: string) => void} focus
 * @property {() => void} blur
 * @property {(cell: string | null) => void} hover
 * @property {(cell: string) => void} open
 * @property {(cell: string, box: HTMLElement) => void} edit
 * @property {(forward: boolean) => void} leave to the next or previous matrix
 * @property {(cell: string, up: boolean) => void} follow to the inputs, or to what uses it
 */

/** A clip costs a browser much, so only those have one that need it. @param {string} word @param {string} label */
const named = (word, label) => (label.length > LONG ? `${word} long` : word);

export class Grid {
  /** @param {Matrix} matrix @param {Asked} asked */
  constructor(matrix, asked) {
    this.matrix = matrix;
    this.asked = asked;
    /** @type {HTMLElement[]} */
    this.cells = [];
    /** @type {Map<string, HTMLElement>} */
    this.byName = new Map();
    /** @type {string[]} what each cell shows, and is called */
    this.texts = [];
    /** @type {string[]} */
    this.names = [];
    /** @type {Set<HTMLElement>} */
    this.marked = new Set();
    this.at = 0;
    this.width = 0;
    /** @type {{digits: number, exponent: number}} */
    this.scale = { digits: 4, exponent: 0 };
    /** @type {string | null} */
    this.lit = null;
    this.box = this.built();
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.listen();
  }

  built() {
    const { matrix } = this;
    const labelled = !matrix.bare && matrix.row_labels.some(Boolean);
    const headed = !matrix.headless && (matrix.col_labels.some(Boolean) || matrix.rows > 1);
    const box = h("div", {
      class: `grid${labelled ? " labelled" : ""}${headed ? " headed" : ""}`, role: "grid",
      "aria-label": matrix.title, "data-name": matrix.name,
      "aria-rowcount": matrix.rows + Number(headed), "aria-colcount": matrix.cols + Number(labelled),
    });
    if (headed) {
      const corner = labelled ? [h("span", { role: "columnheader", class: "corner" }, h("span", { class: "heard" }, "row"))] : [];
      box.append(h("div", { role: "row", class: "row heads" }, ...corner, ...matrix.col_labels.map((label, c) =>
        h("span", { role: "columnheader", class: named("head", label), title: matrix.col_names[c] }, matrix.cols > 1 ? label : h("span", { class: "heard" }, label || matrix.title)))));
    }
    for (let r = 0; r < matrix.rows; r += 1) box.append(this.row(r, labelled));
    box.style.setProperty("--columns", String(matrix.cols));
    if (this.cells[0]) this.cells[0].tabIndex = 0;
    return box;
  }

  /** @param {number} r @param {boolean} labelled */
  row(r, labelled) {
    const { matrix } = this;
    const row = h("div", { role: "row", class: "row" });
    if (labelled) row.append(h("span", { role: "rowheader", class: named("label", matrix.row_labels[r]), title: matrix.row_names[r] }, matrix.row_labels[r]));
    for (let c = 0; c < matrix.cols; c += 1) {
      const cell = h("span", { role: "gridcell", class: "cell", tabindex: -1, "data-cell": this.called(r, c) }, "");
      this.cells.push(cell);
      this.byName.set(this.called(r, c), cell);
      row.append(cell);
    }
    return row;
  }

  /** A cell as it is written. @param {number} r @param {number} c */
  called(r, c) {
    const { name, rowPlaces, colPlaces, axes } = this.matrix;
    if (axes === 0) return name;
    return axes === 1 ? `${name}[${rowPlaces[r]}]` : `${name}[${rowPlaces[r]},${colPlaces[c]}]`;
  }

  /** The same matrix, of other samples: a batch is drawn anew with each step. @param {Omit<Matrix, "bare" | "headless">} matrix @returns {boolean} whether they are others */
  rename({ rowPlaces, row_labels, row_names, colPlaces, col_labels, col_names }) {
    const { matrix } = this;
    if (rowPlaces.every((place, r) => place === matrix.rowPlaces[r]) && colPlaces.every((place, c) => place === matrix.colPlaces[c])) return false;
    this.matrix = { ...matrix, rowPlaces, row_labels, row_names, colPlaces, col_labels, col_names };
    const say = (/** @type {Element} */ one, /** @type {string} */ label, /** @type {string} */ name) => {
      (one.firstElementChild ?? one).textContent = label || matrix.title;
      one.setAttribute("title", name);
      one.classList.toggle("long", label.length > LONG);
    };
    this.box.querySelectorAll(".label").forEach((one, r) => say(one, row_labels[r], row_names[r]));
    this.box.querySelectorAll(".head").forEach((one, c) => say(one, col_labels[c], col_names[c]));
    this.byName.clear();
    this.names = [];
    this.cells.forEach((cell, index) => {
      const called = this.called(Math.floor(index / matrix.cols), index % matrix.cols);
      cell.dataset.cell = called;
      this.byName.set(called, cell);
    });
    return true;
  }

  listen() {
    const { box, asked } = this;
    /** @param {Event} event */
    const cellOf = (event) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[role=gridcell]"));
    box.addEventListener("focusin", (event) => {
      const cell = cellOf(event);
      if (cell) this.settle(this.cells.indexOf(cell));
      if (cell) asked.focus(cell.dataset.cell ?? "");
    });
    box.addEventListener("focusout", () => asked.blur());
    box.addEventListener("pointerover", (event) => {
      const cell = cellOf(event);
      if (cell && /** @type {PointerEvent} */ (event).pointerType !== "touch") asked.hover(cell.dataset.cell ?? "");
    });
    box.addEventListener("pointerleave", () => asked.hover(null));
    box.addEventListener("click", (event) => {
      const cell = cellOf(event);
      if (cell) asked.open(cell.dataset.cell ?? "");
    });
    longPress(box, (event) => {
      const cell = cellOf(event);
      if (!cell) return;
      asked.hover(cell.dataset.cell ?? "");
      if (this.matrix.editable) asked.edit(cell.dataset.cell ?? "", cell);
    });
    box.addEventListener("dblclick", (event) => {
      const cell = cellOf(event);
      if (cell && this.matrix.editable) asked.edit(cell.dataset.cell ?? "", cell);
    });
  }

  /** @param {number} index */
  settle(index) {
    this.cells[this.at]?.setAttribute("tabindex", "-1");
    this.at = index;
    this.cells[index]?.setAttribute("tabindex", "0");
  }

  /** @param {number} index */
  move(index) {
    this.settle(Math.max(0, Math.min(this.cells.length - 1, index)));
    this.cells[this.at].focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (/** @type {Element} */ (event.target).closest("input")) return;
    const { cols } = this.matrix;
    const column = this.at % cols;
    const cell = this.cells[this.at];
    const name = cell.dataset.cell ?? "";
    const turn = event.ctrlKey || event.metaKey;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowRight: () => (turn ? this.asked.leave(true) : column < cols - 1 && this.move(this.at + 1)),
      ArrowLeft: () => (turn ? this.asked.leave(false) : column > 0 && this.move(this.at - 1)),
      ArrowDown: () => (event.altKey ? this.asked.follow(name, false) : this.at + cols < this.cells.length && this.move(this.at + cols)),
      ArrowUp: () => (event.altKey ? this.asked.follow(name, true) : this.at >= cols && this.move(this.at - cols)),
      Home: () => this.move(turn ? 0 : this.at - column),
      End: () => this.move(turn ? this.cells.length - 1 : this.at - column + cols - 1),
      Enter: () => this.asked.open(name),
      F2: () => this.matrix.editable && this.asked.edit(name, cell),
    };
    const act = keys[event.key];
    if (!act || (event.altKey && !event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /**
   * Writes the numbers; `undone` ones are not there yet, `hidden` ones are masked, also for those who listen, but for those `known`.
   * @param {ArrayLike<number> | null} values @param {{quick?: boolean, undone?: boolean, hidden?: boolean, known?: Record<string, string>}} [how]
   */
  write(values, { quick = false, undone = false, hidden = false, known = {} } = {}) {
    const whole = !hidden && values !== null && !this.scale.exponent && Array.prototype.every.call(values, (value) => Number.isInteger(value) && Math.abs(value) < BARE);
    const scale = { ...this.scale, whole };
    let widest = 0;
    for (let index = 0; index < this.cells.length; index += 1) {
      const cell = this.cells[index];
      const full = values === null ? "" : shown(values[index], scale);
      if (full.length > widest) widest = full.length; // also of what is not shown yet, so that nothing moves when it is
      const masked = hidden && !(cell.dataset.cell && cell.dataset.cell in known);
      const text = undone ? "" : masked ? "?" : full;
      if (text !== this.texts[index] && !cell.classList.contains("editing")) cell.textContent = this.texts[index] = text;
      if (quick) continue;
      const name = undone || !full ? T.notYet : masked ? T.hiddenValue : text;
      if (name === this.names[index]) continue;
      this.names[index] = name;
      cell.setAttribute("aria-label", this.spoken(index, name));
    }
    this.box.classList.toggle("empty", undone);
    this.box.classList.toggle("whole", whole && widest <= 2);
    if (widest !== this.width && (widest > this.width || !quick)) this.widen(widest);
  }

  /** Makes all columns of a stack as wide as its widest number. @param {number} letters */
  widen(letters) {
    this.width = letters;
    this.box.dataset.letters = String(letters);
    const stack = /** @type {HTMLElement | null} */ (this.box.closest(".stack"));
    if (!stack) return;
    const all = [...stack.querySelectorAll("[data-letters]")].map((one) => Number(/** @type {HTMLElement} */ (one).dataset.letters));
    stack.style.setProperty("--letters", String(Math.max(...all)));
  }

  /** @param {number} index @param {string} text */
  spoken(index, text) {
    const { matrix } = this;
    const row = matrix.row_names[Math.floor(index / matrix.cols)];
    const column = matrix.col_names[index % matrix.cols];
    const place = [row, column].filter(Boolean).join(", ");
    return `${matrix.title}${place ? `, ${place}` : ""}, ${text}${matrix.made ? `; ${matrix.made}` : ""}`;
  }

  /** @param {string | null} active @param {Set<string>} sources @param {string | null} open */
  mark(active, sources, open) {
    for (const cell of this.marked) cell.classList.remove("active", "source", "open");
    this.marked.clear();
    const add = (/** @type {string} */ name, /** @type {string} */ word) => {
      const cell = this.byName.get(name);
      if (!cell) return;
      cell.classList.add(word);
      this.marked.add(cell);
    };
    for (const name of sources) add(name, "source");
    if (open) add(open, "open");
    if (active) add(active, "active");
  }

  /** Lights the column of a neuron. @param {string | null} place */
  column(place) {
    if (place === this.lit) return;
    this.lit = place;
    const { colPlaces, axes, rowPlaces, cols } = this.matrix;
    this.cells.forEach((cell, index) => {
      const at = axes === 1 ? rowPlaces[index] : colPlaces[index % cols];
      cell.classList.toggle("column", place !== null && at === place);
    });
  }
}
