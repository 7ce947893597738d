// Ask me first: a masked cell is worked out by hand; three hints, the last is nearly the answer.

import { h } from "./dom.js";
import { typed } from "./format.js";
import { politely } from "./say.js";
import { T } from "./strings.js";
import { formulas, printed } from "./terms.js";
import { called, parsed, valueOf } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {string} cell @param {Store} store */
export function asked(cell, store) {
  const input = /** @type {HTMLInputElement} */ (h("input", { inputmode: "decimal", autocomplete: "off", "aria-label": `${T.whatIs} ${cell}` }));
  const said = h("p", { role: "status", class: "said" });
  const hints = h("ol", { class: "hints" });
  let given = 0;
  const go = () => {
    const value = typed(input.value);
    if (value === null) said.textContent = T.noNumber;
    else if (right(cell, value, store)) {
      counted(store, true);
      store.act("guess", cell, input.value);
    } else {
      counted(store, false);
      said.textContent = T.notYetRight;
    }
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && go());
  const more = h("button", { class: "plain", onclick: async () => {
    given += 1;
    const hint = await hinted(given, cell, store);
    hints.append(h("li", {}, ...hint));
    politely(hints.lastElementChild?.textContent ?? "", { now: true });
    if (given === 3) more.remove();
  } }, T.hint);
  return [
    h("header", { class: "why-head" }, h("h2", { tabindex: -1 }, `${T.whatIs} ${cell}?`)),
    h("p", { class: "fields" }, input, h("button", { class: "primary", onclick: go }, T.checkIt)), said, directions(cell, store, said), hints,
    h("p", { class: "fields" }, more, h("button", { class: "plain", onclick: () => store.act("guess", cell, "") }, T.tellMe)),
  ];
}

/** Whether a number is right to half a unit of the last digit that is shown. @param {string} cell @param {number} value @param {Store} store */
function right(cell, value, { state }) {
  const there = valueOf(state, cell);
  const format = state.tape?.formats[parsed(cell).name];
  if (there === null || !format) return false;
  return Math.abs(value - there) <= 0.5 * 10 ** (format.power - format.decimals) * (1 + 1e-9);
}

/** What was tried is counted on this page, and nowhere else. @param {Store} store @param {boolean} right */
function counted(store, right) {
  const { score } = store.state;
  store.set({ score: { right: score.right + Number(right), tried: score.tried + 1 } });
}

/** Of a new weight the direction alone may be said. @param {string} cell @param {Store} store @param {HTMLElement} said */
function directions(cell, store, said) {
  const { name, places } = parsed(cell);
  const edge = store.state.run?.network.edges.find((one) => one.new === name || one.new_bias === name);
  const old = edge && called(edge.new === name ? edge.weights : edge.bias ?? "", places);
  const [before, after] = [old ? valueOf(store.state, old) : null, valueOf(store.state, cell)];
  if (before === null || after === null) return "";
  const way = after > before ? 2 : after < before ? 0 : 1;
  return h("p", { class: "fields" }, T.whichWay, ...T.ways.map((word, i) => h("button", { class: "small", "data-way": word, onclick: () => {
    counted(store, i === way);
    if (i === way) store.act("guess", cell, word);
    else said.textContent = T.wrongWay;
  } }, word)));
}

/** @param {number} rung @param {string} cell @param {Store} store */
async function hinted(rung, cell, store) {
  const found = await store.act("ask", "explain", { cell, step: store.state.at, order: "index" });
  if (rung === 1) return [T.madeOf, " ", found.sources.join(", ")];
  if (rung === 2) return [formulas(found) ?? ""];
  return [...found.terms.map((/** @type {any} */ term) => h("div", { class: "num" }, printed(term.numbers)))];
}
