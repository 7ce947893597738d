// "Show me": the row and the column of a sum slide together, products appear, the sum drops.
// Every number is the server's. The list of terms says the same to those who listen; this is its picture.

import { h } from "./dom.js";
import { T } from "./strings.js";
import { pieces, printed } from "./terms.js";
import { parsed } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{text: string, numbers: string, cells: string[], shown: string, value: number}} Term */
/** @typedef {{text: string, cell?: string}} Piece */
/** @typedef {{left?: Piece, times?: string, right?: Piece, whole?: string, product: string}} Line */

const MOST = 12; // lines; of a longer sum the largest few are played
const FEW = 5;
const LONG = 40; // letters; a single term that is longer is read, not watched
const SLIDE = 480; // milliseconds; all of it ends at 1160
const SPREAD = 280;
const APPEAR = 160;
const DROP = 240;
const AWAY = 56; // pixels

/** A button that plays how a number is made, and the scene under it; nothing where nothing may move. @param {any} found @param {Store} store */
export function player(found, store) {
  const lines = linesOf(found);
  if (!store.state.motion || !lines.length) return [];
  const stage = staged(lines, found);
  const box = h("div", { class: "scroll scene", "aria-hidden": "true", hidden: true }, stage);
  /** @type {Animation[]} */
  let running = [];
  const play = () => {
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
    const now = moves(stage);
    running = now;
    button.textContent = T.finish;
    Promise.allSettled(now.map((one) => one.finished)).then(() => { if (running === now) ended(); });
  };
  const ended = () => {
    running = [];
    button.textContent = T.again;
  };
  const button = h("button", { class: "plain small show-me", onclick: () => {
    const going = running;
    going.forEach((one) => one.finish());
    if (going.length) ended();
    else play();
  } }, lines.length > 1 ? T.showMe : T.showProduct);
  return [button, box];
}

/** What is played: all terms, or the largest of very many, in their order. @param {{terms: Term[]}} found @returns {Line[]} */
function linesOf({ terms }) {
  if (terms.length === 1 && (terms[0].numbers.length > LONG || !terms[0].cells.length)) return [];
  const sizes = terms.map((term) => Math.abs(term.value)).sort((a, b) => b - a);
  const few = terms.length <= MOST ? terms : terms.filter((term) => Math.abs(term.value) >= sizes[FEW - 1]).slice(0, FEW);
  let paired = false;
  return few.map((term) => {
    const found = pieces(term);
    const product = printed(term.shown);
    const [first, sign, last] = found;
    if (found.length === 3 && first.cell && last.cell) {
      paired = true;
      return { left: first, times: printed(sign.text).trim(), right: last, product };
    }
    if (found.length > 1 || !first.cell) return { whole: printed(term.numbers), product };
    return paired ? { right: first, product } : { left: first, product }; // a bias stands under its weights
  });
}

/** A number in a box needs no brackets. @param {string} text */
const bare = (text) => printed(text.replace(/^\((.*)\)$/, "$1"));

/** The scene as it is at its end. @param {Line[]} lines @param {any} found @returns {HTMLElement} */
function staged(lines, found) {
  /** @type {HTMLElement[]} */
  const all = [];
  const put = (/** @type {string} */ word, /** @type {number} */ row, /** @type {string | undefined} */ text) => {
    if (text === undefined) return;
    const one = h("span", { class: word, title: word === "whole" || word === "name" ? text : null }, text);
    one.style.gridRow = String(row + 1);
    all.push(one);
  };
  const strips = [lines.map((line) => line.left?.cell ?? ""), lines.map((line) => (line.times && line.right?.cell) || "")].map((cells) => cells.filter(Boolean));
  if (lines.every((line) => !line.whole)) strips.forEach((cells, i) => put(`name ${i ? "over-right" : "over-left"}`, 0, nameOf(cells)));
  lines.forEach((line, i) => {
    put("whole", i + 1, line.whole);
    put("left", i + 1, line.left && bare(line.left.text));
    put("times", i + 1, line.times);
    put("right", i + 1, line.right && bare(line.right.text));
    put("equals", i + 1, "=");
    put("product", i + 1, line.product);
  });
  let row = lines.length + 1;
  const more = found.terms.length - lines.length + (found.left_out?.count ?? 0);
  if (more) {
    put("rest", row, T.andMore(more));
    put("product", row, found.left_out && more === found.left_out.count ? printed(found.left_out.shown) : undefined);
    row += 1;
  }
  put("label", row, lines.length > 1 || more ? T.sum : T.value);
  put("total", row, printed(found.shown));
  return h("div", { class: `stage${lines.some((line) => line.right) ? "" : " single"}`, "data-left": lies(strips[0]), "data-right": lies(strips[1]) }, ...all);
}

/** The matrix that a strip was taken from, where it is one. @param {string[]} cells */
function nameOf(cells) {
  const names = new Set(cells.map((cell) => parsed(cell).name));
  return names.size === 1 ? [...names][0] : undefined;
}

/** A row has to be turned upright. @param {string[]} cells */
function lies(cells) {
  const places = cells.map((cell) => parsed(cell).places);
  const [first] = places;
  const row = places.length > 1 && nameOf(cells) && places.every((one) => one.length === 2 && one[0] === first[0]);
  return row ? "row" : "column";
}

/** @param {HTMLElement} stage @returns {Animation[]} */
function moves(stage) {
  const all = (/** @type {string} */ word) => /** @type {HTMLElement[]} */ ([...stage.querySelectorAll(`:scope > .${word}`)]);
  const products = all("product");
  const rows = [...new Set([...all("equals"), ...all("rest")].map((one) => one.style.gridRow))];
  const late = [...all("times"), ...all("equals"), ...all("rest"), ...products];
  const [total] = all("total");
  const height = total.offsetTop - products[0].offsetTop;
  const seen = { opacity: 1, transform: "none" };
  return [
    ...slides(all("left"), stage, -1), ...slides(all("whole"), stage, -1), ...slides(all("right"), stage, 1),
    ...late.map((one) => one.animate([{ opacity: 0, transform: one.matches(".product") ? "translateX(-18px)" : "none" }, seen],
      { delay: SLIDE + (rows.indexOf(one.style.gridRow) / rows.length) * SPREAD, duration: APPEAR, easing: "ease-out", fill: "backwards" })),
    total.animate([{ opacity: 0, transform: `translateY(${-height}px)` }, { opacity: 1, offset: 0.2 }, seen],
      { delay: SLIDE + SPREAD + APPEAR, duration: DROP, easing: "ease-in", fill: "backwards" }),
  ];
}

/** A strip comes in from its side: upright, or from lying along the edge of the stage. @param {HTMLElement[]} strip @param {HTMLElement} stage @param {number} side @returns {Animation[]} */
function slides(strip, stage, side) {
  const lying = stage.dataset[side < 0 ? "left" : "right"] === "row";
  const last = strip.length - 1;
  return strip.map((cell, i) => {
    const step = Math.min(cell.offsetWidth, (stage.clientWidth - cell.offsetWidth) / Math.max(1, last));
    const x = side < 0 ? i * step - cell.offsetLeft : stage.clientWidth - cell.offsetWidth - (last - i) * step - cell.offsetLeft;
    const y = strip[side < 0 ? 0 : last].offsetTop - cell.offsetTop;
    const from = lying && !cell.matches(".whole") ? `translate(${x}px, ${y}px)` : `translateX(${side * AWAY}px)`;
    return cell.animate([{ opacity: 0, transform: from }, { opacity: 1, transform: from, offset: 0.2 }, { opacity: 1, transform: "none" }],
      { duration: SLIDE, easing: "ease-in-out", fill: "backwards" });
  });
}
