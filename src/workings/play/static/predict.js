// A row by hand: what the network says to it, as a file's row would be read.

import { fill, h } from "./dom.js";
import { local, typed } from "./format.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountPredict(el, store) {
  const columns = store.state.run?.columns ?? [];
  const said = h("div", { class: "predicted", role: "status" });
  const fields = columns.map((column) => ({ column, input: field(column) }));
  const wrong = h("p", { class: "wrong", role: "alert", id: "predict-wrong" });
  const go = async () => {
    wrong.textContent = "";
    for (const { input } of fields) input.removeAttribute("aria-invalid");
    try {
      const row = Object.fromEntries(fields.map(({ column, input }) => [column.name, read(column, /** @type {HTMLInputElement} */ (input).value)]));
      fill(said, ...answered(await store.act("ask", "predict", { row })));
    } catch (error) {
      const { text, field: path } = /** @type {any} */ (error);
      fill(said);
      wrong.textContent = text ?? String(error);
      const at = fields.find(({ column }) => path === column.name || path === `row.${column.name}`);
      at?.input.setAttribute("aria-invalid", "true");
      at?.input.setAttribute("aria-describedby", "predict-wrong");
    }
  };
  el.append(h("form", { class: "predict", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); go(); } },
    h("div", { class: "rows" }, ...fields.map(({ column, input }) => h("label", {}, h("span", {}, column.name), input))),
    h("button", { class: "primary", type: "submit" }, T.predict)), wrong, said);
  return () => el.replaceChildren();
}

/** A cell as a file would have it: a number with either separator is one. @param {{holds: string}} column @param {string} text */
function read({ holds }, text) {
  const value = holds === "number" ? typed(text) : null;
  return value === null ? text : String(value);
}

/** @param {{name: string, holds: string, usual: string, levels: string[] | null}} column */
function field(column) {
  if (column.levels?.length) return h("select", {}, ...column.levels.map((level) => h("option", { value: level, selected: level === column.usual }, level)));
  const input = /** @type {HTMLInputElement} */ (h("input", { autocomplete: "off" }));
  input.value = column.holds === "number" ? local(column.usual) : column.usual;
  return input;
}

/** @param {any} found */
function answered(found) {
  return [
    h("p", {}, h("strong", {}, found.said)), h("p", { class: "small" }, found.sentence),
    found.classes?.length ? h("ul", { class: "shares" }, ...found.classes.map((/** @type {any} */ one) => {
      const bar = h("span", { class: "share", "aria-hidden": "true" });
      bar.style.setProperty("--share", String(one.value));
      return h("li", {}, h("span", {}, one.name), bar, h("span", { class: "num", title: one.exact }, one.shown));
    })) : null,
    found.exact ? h("p", { class: "small muted" }, `${T.exactly} `, h("span", { class: "num", "data-exact": "" }, found.exact)) : null,
  ];
}
