// Points drawn by hand, without a picture: what there is, what was before, what is chosen.

/** @typedef {{x: number, y: number, class: number}} Dot */

export const LETTERS = ["A", "B", "C", "D"];
export const MOST = 1000;
const UNDONE = 60; // acts that can be taken back

/** @param {number} value */
export function round(value) {
  return Number(value.toPrecision(5));
}

export class Dots {
  constructor() {
    /** @type {Dot[]} */
    this.all = [];
    /** @type {Dot[][]} */
    this.past = [];
    /** @type {Set<Dot>} */
    this.chosen = new Set();
    /** @type {Dot | null} the one that is moved */
    this.held = null;
    this.room = { x: [-1, 1], y: [-1, 1] };
    this.letter = 0;
    this.kind = "classes";
  }

  /** So that what follows can be taken back. */
  keep() {
    this.past = [...this.past.slice(-UNDONE), this.all.map((dot) => ({ ...dot }))];
  }

  undo() {
    this.all = this.past.pop() ?? this.all;
    this.chosen = new Set();
  }

  /** @param {number} x @param {number} y */
  add(x, y) {
    if (this.all.length >= MOST) return;
    this.keep();
    this.all.push({ x: round(x), y: round(y), class: this.letter });
  }

  /** @param {Iterable<Dot>} some */
  remove(some) {
    const gone = new Set(some);
    if (!gone.size) return;
    this.keep();
    this.all = this.all.filter((dot) => !gone.has(dot));
    this.chosen = new Set();
  }

  /** What is drawn from now on, and what is chosen, is of this class. @param {number} letter */
  call(letter) {
    this.letter = letter;
    if (!this.chosen.size) return;
    this.keep();
    for (const dot of this.chosen) dot.class = letter;
  }

  /** Takes the nearest one up, or puts down what is held. @param {Dot | null} there */
  take(there) {
    if (!this.held && there) this.keep();
    this.held = this.held ? null : there;
  }

  /** @param {number} x @param {number} y */
  move(x, y) {
    if (this.held) Object.assign(this.held, { x: round(x), y: round(y) });
  }

  /** Makes room for a point. @param {number} x @param {number} y */
  reach(x, y) {
    const wider = (/** @type {number[]} */ [low, high], /** @type {number} */ value) => [Math.min(low, value), Math.max(high, value)];
    this.room = { x: wider(this.room.x, x), y: wider(this.room.y, y) };
  }

  /** The rows of a run. @param {any[]} points @param {boolean} amounts */
  from(points, amounts) {
    this.keep();
    this.kind = amounts ? "amounts" : "classes";
    this.all = points.slice(0, MOST).map((one) => ({ x: round(one.values[0]), y: round(amounts ? one.target : one.values[1]), class: one.class ?? 0 }));
    this.room = { x: span(this.all.map((dot) => dot.x)), y: span(this.all.map((dot) => dot.y)) };
  }

  /** As the server is told of them. */
  told() {
    const several = this.kind === "classes";
    return { kind: this.kind, points: this.all.map((dot) => ({ x: dot.x, y: dot.y, ...(several ? { class: LETTERS[dot.class] } : {}) })) };
  }
}

/** The least and the most, with an edge. @param {number[]} all */
function span(all) {
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const edge = (high - low || 1) * 0.1;
  return [low - edge, high + edge];
}
