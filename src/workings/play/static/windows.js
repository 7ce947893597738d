// Of large matrices a window is shown: which rows and columns, and how to change it.

import { h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {Store} store @returns {HTMLElement[]} */
export function windows(store) {
  const { run, tape } = store.state;
  if (!run || !tape) return [];
  /** @type {Map<string, import("./types.js").Axis>} */
  const cut = new Map();
  for (const { axes } of tape.arrays.values()) {
    for (const axis of axes) if (typeof axis.size === "string" && axis.of > axis.places.length && !cut.has(axis.size)) cut.set(axis.size, axis);
  }
  return [...cut.values()].map((axis) => pager(axis, run.sizes[String(axis.size)]?.title ?? String(axis.size), store));
}

/** @param {import("./types.js").Axis} axis @param {string} title @param {Store} store */
function pager(axis, title, store) {
  const count = axis.places.length;
  const starts = Array.from({ length: Math.ceil(axis.of / count) }, (_, i) => i * count);
  const exact = starts.includes(axis.first) ? starts : [...starts, axis.first].sort((a, b) => a - b);
  const choose = h("select", {
    "aria-label": `${T.window}: ${title}`,
    onchange: (/** @type {Event} */ event) => store.act("watch", { window: { [axis.size]: [Number(/** @type {HTMLSelectElement} */ (event.target).value), count] } }),
  }, ...exact.map((first) => h("option", { value: first, selected: first === axis.first },
    `${title} ${first + 1}–${Math.min(first + count, axis.of)} ${T.of} ${axis.of}`)));
  return h("label", { class: "window" }, choose);
}
