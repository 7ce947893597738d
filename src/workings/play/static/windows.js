// Of large matrices a window is shown: which rows and columns, and how to change it.

import { h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const MOST = 500; // samples that are named

/** @param {Store} store @returns {HTMLElement[]} */
export function windows(store) {
  const { run, tape } = store.state;
  if (!run || !tape) return [];
  /** @type {Map<string, import("./types.js").Axis>} */
  const cut = new Map();
  for (const { axes } of tape.arrays.values()) {
    for (const axis of axes) if (typeof axis.size === "string" && axis.of > axis.places.length && !cut.has(axis.size)) cut.set(axis.size, axis);
  }
  const { rows } = store.state;
  const samples = [...cut.values()].some((axis) => axis.size === "n") ? [only(store)] : [];
  const chosen = rows.length ? [h("button", { class: "only", onclick: () => store.act("rows", []) }, T.rowsChosen(rows.length))] : [];
  return [...chosen, ...samples, ...cut.values()].map((one) => (one instanceof HTMLElement ? one : pager(one, run.sizes[String(one.size)]?.title ?? String(one.size), store)));
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

/** Samples by their numbers: the way without a pointer to show some alone. @param {Store} store */
function only(store) {
  const input = /** @type {HTMLInputElement} */ (h("input", { class: "samples", "aria-label": T.someSamples, title: T.someSamples, placeholder: T.someSamplesShort, autocomplete: "off" }));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const found = [...input.value.matchAll(/(\d+)(?:\s*[-\u2013]\s*(\d+))?/g)].flatMap(([, from, to]) =>
      Array.from({ length: Math.min(MOST, Math.max(1, Number(to ?? from) - Number(from) + 1)) }, (_, i) => String(Number(from) + i)));
    store.act("rows", [...new Set(found)].slice(0, MOST));
  });
  return input;
}

/** Which part of a matrix is shown; chosen, it says what its columns are over all rows. @param {string} name @param {string} text @param {() => HTMLElement} box @param {Store} store */
export function statistics(name, text, box, store) {
  const button = h("button", { class: "more link", "aria-expanded": "false", "aria-label": `${T.statisticsOf} ${name}, ${text}`, title: T.statistics, onclick: async () => {
    const there = box().querySelector(".statistics");
    button.setAttribute("aria-expanded", String(!there));
    if (there) {
      there.remove();
      return;
    }
    const found = await store.act("ask", "statistics", { array: name });
    box().append(h("div", { class: "scroll statistics", tabindex: 0, role: "region", "aria-label": `${T.statisticsOf} ${name}` }, h("table", { class: "plain" },
      h("caption", {}, T.overRows(found.of)), h("thead", {}, h("tr", {}, h("td", {}), ...found.labels.map((/** @type {string} */ label) => h("th", { scope: "col" }, label)))),
      h("tbody", {}, ...found.rows.map((/** @type {any} */ row) => h("tr", {}, h("th", { scope: "row" }, row.name), ...row.shown.map((/** @type {string} */ cell) => h("td", { class: "num" }, cell))))))));
  } }, text);
  return button;
}
