// Pictures of samples without a pointer: arrows go from sample to sample, a table lists them.

import { fill, h } from "./dom.js";
import { exact } from "./format.js";
import { politely } from "./say.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{row: string, split: string, class: number | null, right: boolean | null}} Point */

const MOST = 200; // rows of the table

/**
 * @param {HTMLElement} canvas @param {Store} store @param {() => Point[]} points @param {(point: any) => [string, string | number][]} told what is said of one
 * @returns {HTMLElement} a button, and the table it opens
 */
export function readable(canvas, store, points, told) {
  canvas.tabIndex = 0;
  canvas.addEventListener("keydown", (event) => {
    const by = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 })[event.key];
    const all = points();
    if (!by || !all.length || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const here = all.findIndex((one) => String(one.row) === store.state.sample);
    const next = all[(here + by + all.length) % all.length];
    store.act("sample", String(next.row));
    politely(T.pointRead(next.row, words(next)), { now: true });
  });
  const words = (/** @type {Point} */ point) => told(point).map(([name, value]) => `${name} ${shown(value)}`).join(", ");
  const box = h("div", { class: "scroll tall", hidden: true, tabindex: 0, role: "region", "aria-label": T.pointsTable });
  const toggle = h("button", { class: "plain small", "aria-expanded": "false", onclick: () => {
    box.hidden = !box.hidden;
    toggle.setAttribute("aria-expanded", String(!box.hidden));
    const all = points();
    if (!box.hidden && all.length) fill(box, table(all, told, store));
  } }, T.asTable);
  return h("div", {}, toggle, box);
}

/** @param {string | number} value */
function shown(value) {
  return typeof value === "number" ? exact(Number(value.toPrecision(6))) : value;
}

/** @param {Point[]} all @param {(point: any) => [string, string | number][]} told @param {Store} store */
function table(all, told, store) {
  return h("table", { class: "plain" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.pointHeads[0]), ...told(all[0]).map(([name]) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...all.slice(0, MOST).map((one) => h("tr", {}, h("th", { scope: "row" }, h("button", { class: "link", onclick: () => store.act("sample", String(one.row)) }, String(one.row))),
      ...told(one).map(([, value]) => h("td", { class: "num" }, shown(value)))))));
}
