// A sum written out: each number of a term is a way to the cell it came from.

import { formula, h } from "./dom.js";
import { MINUS, raised } from "./format.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Signs as they are printed. @param {string} text */
export function printed(text) {
  return text.replace(/ ?· ?10\^(-?\d+)/g, (_, power) => ` × 10${raised(power)}`).replace(/ \* /g, " × ").replace(/-(?=[\d.(])/g, MINUS);
}

/**
 * A term as pieces of text and numbers that belong to cells.
 * @param {{text: string, numbers: string, cells: string[]}} term @returns {{text: string, cell?: string}[]}
 */
export function pieces({ text, numbers, cells }) {
  const names = [...cells].sort((a, b) => b.length - a.length).map(escaped).join("|");
  if (!names) return [{ text: numbers }];
  const split = text.split(new RegExp(`(?<!\\w)(${names})(?!\\w)`));
  const pattern = split.map((piece, i) => (i % 2 ? "(.+?)" : escaped(piece))).join("");
  const found = new RegExp(`^${pattern}$`).exec(numbers);
  if (!found) return [{ text: numbers }];
  let next = 1;
  return split.flatMap((piece, i) => (i % 2 ? [{ text: found[next++], cell: piece }] : piece ? [{ text: piece }] : []));
}

/** A way to a cell, which lights up while it is looked at. @param {string} cell @param {string} text @param {Store} store */
export function door(cell, text, store) {
  return h("button", {
    class: "link", title: cell, "data-to": cell, "aria-label": text === cell ? cell : `${text}: ${cell}`,
    onclick: () => store.act("open", cell),
    onpointerenter: () => store.act("hover", cell), onpointerleave: () => store.act("hover", null),
    onfocus: () => store.act("hover", cell), onblur: () => store.act("hover", null),
  }, text);
}

/** A term with its numbers as doors. @param {{text: string, numbers: string, cells: string[]}} term @param {Store} store */
export function product(term, store) {
  return h("span", { class: "product", title: printed(term.text) },
    ...pieces(term).map((piece) => (piece.cell ? door(piece.cell, printed(piece.text), store) : printed(piece.text))));
}

/** @param {{text: string, numbers: string, cells: string[], shown: string}[]} terms @param {any} found @param {Store} store */
export function termList(terms, found, store) {
  const rows = terms.map((term) => h("li", { class: "term" }, product(term, store), h("span", { class: "num" }, printed(term.shown))));
  if (found.left_out) {
    rows.push(h("li", { class: "term rest" }, h("span", {}, found.left_out.sentence, " ", h("button", { class: "link", onclick: () => store.act("unfold") }, T.allTerms))));
  }
  const one = terms.length < 2 && !found.left_out;
  return h("ol", { class: "terms", "aria-label": T.terms, "data-of": found.cell }, ...rows,
    h("li", { class: "term sum" }, h("span", {}, one ? T.value : T.sum), h("strong", { class: "num" }, printed(found.shown))));
}

/** The formula of a step: as mathematics, and in words beside it. @param {any} found */
export function formulas(found) {
  if (!found.formula) return null;
  return h("div", { class: "formulas" },
    found.formula.mathml ? h("div", { class: "scroll math" }, formula(found.formula.mathml)) : null,
    h("p", { class: "scroll small muted" }, h("code", {}, found.index_form || found.formula.plain)));
}

const WAYS = /** @type {const} */ (["plain", "numpy", "r", "excel", "latex"]);

/** The same formula in the notations there are. @param {any} found */
export function notations(found) {
  const there = WAYS.filter((way) => found.formula?.[way]);
  if (!there.length) return null;
  const code = h("code", { class: "scroll" });
  const copy = h("button", { class: "plain small", onclick: () => copied(code.textContent ?? "", copy) }, T.copy);
  const tabs = there.map((way) => h("button", { "aria-pressed": "false", onclick: () => choose(way) }, T.notations[way]));
  const choose = (/** @type {string} */ way) => {
    code.textContent = found.formula[way];
    tabs.forEach((tab, i) => tab.setAttribute("aria-pressed", String(there[i] === way)));
  };
  choose(there[0]);
  return h("section", { class: "notations" }, h("div", { class: "tabs", role: "group", "aria-label": T.notation }, ...tabs, copy), h("pre", { tabindex: 0 }, code));
}

/** @param {string} text @param {HTMLElement} button */
export function copied(text, button) {
  const before = button.textContent;
  const done = (/** @type {string} */ word) => {
    button.textContent = word;
    setTimeout(() => void (button.textContent = before), 1200);
  };
  navigator.clipboard.writeText(text).then(() => done(T.copied), () => done(T.notCopied));
}
