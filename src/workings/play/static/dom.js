// Making elements. Text becomes text nodes, never markup.

import { local } from "./format.js";

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, any>} Props */

const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";
const MATH_WORDS = new Set([
  "math", "mrow", "mi", "mn", "mo", "mtext", "ms", "mspace", "msub", "msup", "msubsup", "munder", "mover",
  "munderover", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mpadded", "mstyle", "mphantom", "semantics",
]);
const MATH_FACTS = new Set([
  "display", "mathvariant", "stretchy", "displaystyle", "width", "columnalign", "rowspacing", "columnspacing",
  "fence", "separator", "lspace", "rspace", "accent", "largeop", "movablelimits", "linethickness",
]);

/**
 * An HTML element; `on…` are listeners, the rest are attributes (false and null leave them out).
 * @param {string} tag @param {Props} [props] @param {...(Child | Child[])} children @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  if (el instanceof HTMLButtonElement) el.type = "button"; // only those that say so send a form
  return filled(el, props, children);
}

/**
 * An SVG element.
 * @param {string} tag @param {Props} [props] @param {...(Child | Child[])} children @returns {SVGElement}
 */
export function s(tag, props = {}, ...children) {
  return filled(/** @type {SVGElement} */ (document.createElementNS(SVG, tag)), props, children);
}

/**
 * @template {Element} E
 * @param {E} el @param {Props} props @param {(Child | Child[])[]} children @returns {E}
 */
function filled(el, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else el.setAttribute(key, value === true ? "" : String(value));
  }
  put(el, ...children);
  return el;
}

/** @param {Element} el @param {...(Child | Child[])} children */
export function put(el, ...children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false || child === "") continue;
    el.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces what an element holds. @param {Element} el @param {...(Child | Child[])} children */
export function fill(el, ...children) {
  el.replaceChildren();
  put(el, ...children);
}

/** Writes a text only where it changed. @param {Element} el @param {string} text */
export function say(el, text) {
  const read = local(text);
  if (el.textContent !== read) el.textContent = read;
}

/**
 * A formula from its MathML text: only the elements of mathematics are taken over.
 * @param {string} text @returns {Element}
 */
export function formula(text) {
  const parsed = new DOMParser().parseFromString(text, "application/xml").documentElement;
  if (parsed.localName !== "math") return h("span", { class: "formula" }, text);
  return /** @type {Element} */ (copied(parsed));
}

/** @param {Element} from @returns {Element} */
function copied(from) {
  const known = MATH_WORDS.has(from.localName) ? from.localName : "mrow";
  const to = document.createElementNS(MATHML, known);
  for (const { name, value } of from.attributes) if (MATH_FACTS.has(name)) to.setAttribute(name, value);
  for (const child of from.childNodes) {
    if (child.nodeType === Node.ELEMENT_NODE) to.append(copied(/** @type {Element} */ (child)));
    else if (child.nodeType === Node.TEXT_NODE) to.append(document.createTextNode(child.nodeValue ?? ""));
  }
  return to;
}

/** @type {Record<string, string>} */
const ICONS = {
  play: "M5 3.5v9l7.5-4.5z",
  pause: "M4.5 3.5h2.5v9H4.5zM9 3.5h2.5v9H9z",
  first: "M4 3.5h1.6v9H4zM12 3.5v9L6 8z",
  back: "M11 3.5v9L4.6 8z",
  next: "M4.6 3.5v9L11 8z",
  left: "M10 3.5 5.2 8 10 12.5",
  right: "M6 3.5 10.8 8 6 12.5",
  close: "M4 4l8 8M12 4l-8 8",
  menu: "M3 4.5h10M3 8h10M3 11.5h10",
  down: "M4 6l4 4 4-4",
  fork: "M4.5 3v10M4.5 9c4 0 6.5-1 6.5-4.5M9 6.5l2-2.2 2 2.2",
};
const DRAWN = new Set(["left", "right", "close", "menu", "down", "fork"]);

/** A small picture; the control around it carries the name. @param {string} name */
export function icon(name) {
  const line = DRAWN.has(name);
  return s("svg", { viewBox: "0 0 16 16", class: `icon${line ? " line" : ""}`, "aria-hidden": "true" }, s("path", { d: ICONS[name] }));
}
