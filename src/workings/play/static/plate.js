// A part of the page as a picture of its own: boxes, text, lines, and what canvases show, written as SVG.

import { s } from "./dom.js";
import { drawingOf, drawnWith } from "./drawings.js";
import { SvgPen, clipped, lettered, plain, px, reach, wideOf, writable } from "./svgpen.js";

/** @typedef {{left: number, top: number, right: number, bottom: number, width: number, height: number}} Box */

const AROUND = 12; // pixels
const CONTROLS = "button:not(.neuron, .bias), select, input, label, table, .scroll, .heard, [hidden]"; // no part of a picture
const SIDES = /** @type {const} */ (["Top", "Right", "Bottom", "Left"]);

/**
 * What the children of an element show, below each other; what shows nothing leaves no gap.
 * @param {HTMLElement} root @param {string} title @returns {SVGSVGElement}
 */
export function plate(root, title) {
  const said = [...root.querySelectorAll("canvas")].filter((one) => one.getClientRects().length).map((one) => one.getAttribute("aria-label") ?? "");
  const svg = /** @type {SVGSVGElement} */ (s("svg", { role: "img", "stroke-miterlimit": 10 }, // as a canvas has it
    s("title", {}, writable(title)), s("desc", {}, writable(said.filter(Boolean).join(" ")))));
  svg.append(s("rect", { width: "100%", height: "100%", fill: plain(groundOf(root)).colour }));
  const { left, top, width } = root.getBoundingClientRect();
  let y = 0;
  let low = top;
  for (const child of root.children) {
    if (!child.getClientRects().length) continue;
    const box = child.getBoundingClientRect();
    const gap = y ? Math.max(0, box.top - low) : 0;
    const group = s("g", { transform: `translate(${px(AROUND - left)} ${px(AROUND + y + gap - box.top)})` });
    svg.append(group);
    walk(child, group);
    low = box.bottom;
    if (group.childElementCount) y += gap + box.height;
    else group.remove();
  }
  const size = { width: Math.ceil(width) + 2 * AROUND, height: Math.ceil(y) + 2 * AROUND };
  const family = writable(getComputedStyle(root).fontFamily);
  for (const text of svg.querySelectorAll("text")) if (text.getAttribute("font-family") === family) text.removeAttribute("font-family"); // said once
  for (const [name, value] of Object.entries({ ...size, viewBox: `0 0 ${size.width} ${size.height}`, "font-family": family })) svg.setAttribute(name, String(value));
  return svg;
}

/** The first ground that is seen behind an element. @param {Element | null} el @returns {string} */
function groundOf(el) {
  for (; el; el = el.parentElement) {
    const { backgroundColor } = getComputedStyle(el);
    if (plain(backgroundColor).alpha) return backgroundColor;
  }
  return "#fff";
}

/** @param {Element} el @param {Element} into */
function walk(el, into) {
  if (el.matches(CONTROLS) || !el.getClientRects().length) return;
  const style = getComputedStyle(el);
  if (style.visibility === "hidden") return;
  boxed(el.getBoundingClientRect(), style, into);
  signed(el, into);
  if (el instanceof HTMLCanvasElement) shown(el, style, into);
  else if (el instanceof SVGSVGElement) lines(el, into);
  else for (const node of el.childNodes) {
    if (node instanceof Element) walk(node, into);
    else if (node instanceof Text) written(node, el, style, into);
  }
}

// -- boxes -------------------------------------------------------------------------------------

/** The ground of a box and its border. @param {Box} at @param {CSSStyleDeclaration} style @param {Element} into */
function boxed(at, style, into) {
  const { colour, alpha } = plain(style.backgroundColor);
  const radius = radiusOf(at, style);
  const side = (/** @type {typeof SIDES[number]} */ name) => ({ wide: style[`border${name}Style`] === "none" ? 0 : parseFloat(style[`border${name}Width`]), line: style[`border${name}Style`], colour: style[`border${name}Color`] });
  const sides = SIDES.map(side);
  const [{ wide, line, colour: edge }] = sides;
  const even = sides.every((one) => one.wide === wide && one.line === line && one.colour === edge);
  if (alpha) into.append(rounded(at, radius, 0, { fill: colour, "fill-opacity": alpha < 1 ? px(alpha) : null }));
  hatched(at, style, into);
  const stroke = (/** @type {typeof sides[number]} */ one) => ({ fill: "none", stroke: plain(one.colour).colour, "stroke-width": one.wide, "stroke-dasharray": one.line === "dashed" ? `${2 * one.wide} ${1.5 * one.wide}` : null });
  if (even && wide) into.append(rounded(at, radius, wide / 2, stroke(sides[0])));
  if (!even) sides.forEach((one, i) => one.wide && plain(one.colour).alpha && into.append(s("path", { d: edgeOf(at, i, one.wide / 2), ...stroke(one) })));
}

/** @param {Box} at @param {CSSStyleDeclaration} style */
function radiusOf(at, { borderTopLeftRadius: radius }) {
  const size = parseFloat(radius) || 0;
  return Math.min(radius.endsWith("%") ? (size / 100) * at.width : size, at.width / 2, at.height / 2);
}

/** @param {Box} at @param {number} radius @param {number} inwards @param {Record<string, any>} facts */
function rounded(at, radius, inwards, facts) {
  return s("rect", {
    x: px(at.left + inwards), y: px(at.top + inwards), width: px(Math.max(0, at.width - 2 * inwards)), height: px(Math.max(0, at.height - 2 * inwards)),
    rx: radius > inwards ? px(radius - inwards) : null, ...facts,
  });
}

/** The middle of one side's line. @param {Box} at @param {number} side @param {number} inwards */
function edgeOf({ left, top, right, bottom }, side, inwards) {
  const flat = side % 2 === 0;
  const place = px([top + inwards, right - inwards, bottom - inwards, left + inwards][side]);
  return flat ? `M${px(left)} ${place}H${px(right)}` : `M${place} ${px(top)}V${px(bottom)}`;
}

/** Slanted lines, where a style has them. @param {Box} at @param {CSSStyleDeclaration} style @param {Element} into */
function hatched(at, { backgroundImage }, into) {
  if (!backgroundImage.startsWith("repeating-linear-gradient(135deg")) return;
  const found = [...backgroundImage.matchAll(/(rgba?\([^)]*\)|#\w+|color\([^)]*\)) ([\d.]+)px/g)];
  const [first, last] = [found[0], found[found.length - 1]];
  if (!first) return;
  into.append(rounded(at, 0, 0, { fill: plain(first[1]).colour }));
  const pen = new SvgPen(into);
  pen.strokeStyle = last[1];
  pen.beginPath();
  pen.rect(at.left, at.top, at.width, at.height);
  pen.clip();
  pen.beginPath();
  for (let x = at.left; x < at.right + at.height; x += Number(last[2]) * Math.SQRT2) {
    pen.moveTo(x, at.top);
    pen.lineTo(x - at.height, at.bottom);
  }
  pen.stroke();
}

/** What a style puts before an element: a sign of a key stands before the text, a mark in the middle. @param {Element} el @param {Element} into */
function signed(el, into) {
  const style = getComputedStyle(el, "::before");
  if (style.content === "none" || style.content === "normal") return;
  const [width, height] = [parseFloat(style.width), parseFloat(style.height)];
  if (!(width >= 0 && height >= 0)) return;
  const { left, top, bottom, right } = el.getBoundingClientRect();
  const text = [...el.childNodes].find((node) => node instanceof Text);
  if (!text) return boxed(new DOMRect((left + right - width) / 2, (top + bottom - height) / 2, width, height), style, into);
  const [first] = letters(/** @type {Text} */ (text));
  if (!first) return;
  const low = baseline(first.at, fontOf(getComputedStyle(el))) - (parseFloat(style.verticalAlign) || 0);
  boxed(new DOMRect(left, low - height, width, height), style, into);
}

// -- text --------------------------------------------------------------------------------------

/** @param {CSSStyleDeclaration} style */
function fontOf({ fontStyle, fontWeight, fontSize, fontFamily }) {
  return `${fontStyle === "normal" ? "" : `${fontStyle} `}${fontWeight} ${fontSize} ${fontFamily}`;
}

/** Where the letters of a line stand. @param {DOMRect} at @param {string} font */
function baseline(at, font) {
  const { above, below } = reach(font);
  return at.top + (at.height - above - below) / 2 + above;
}

/** The letters of a text that are laid out, with where they are. @param {Text} node */
function letters(node) {
  const range = document.createRange();
  const found = [];
  let from = 0;
  for (const letter of node.data) {
    range.setStart(node, from);
    range.setEnd(node, from += letter.length);
    const [at] = range.getClientRects();
    if (at?.width) found.push({ letter, at });
  }
  return found;
}

/** A text, line by line as it is broken. @param {Text} node @param {Element} el @param {CSSStyleDeclaration} style @param {Element} into */
function written(node, el, style, into) {
  if (!node.data.trim()) return;
  const font = fontOf(style);
  const end = endOf(el);
  const { colour, alpha } = plain(style.color);
  /** @type {{text: string, at: DOMRect}[]} */
  const found = [];
  const all = letters(node);
  const cut = all.some(({ at }) => at.right > end + 0.5) ? end - wideOf("…", font) : Infinity;
  for (const { letter, at } of all) {
    if (at.right > cut) {
      if (found.length) found[found.length - 1].text += "…";
      break;
    }
    const last = found[found.length - 1];
    if (last && Math.abs(last.at.top - at.top) < 2) last.text += letter;
    else if (letter.trim()) found.push({ text: letter, at });
  }
  for (const { text, at } of found) {
    into.append(s("text", { x: px(at.left), y: px(baseline(at, font)), ...lettered(font), fill: colour, "fill-opacity": alpha < 1 ? px(alpha) : null }, writable(text.trimEnd())));
  }
}

/** Where a text is cut that is too long. @param {Element} el */
function endOf(el) {
  const cutting = el.closest(".layer-title") ?? el;
  return getComputedStyle(cutting).overflowX === "visible" || cutting.scrollWidth <= cutting.clientWidth ? Infinity : cutting.getBoundingClientRect().right;
}

// -- what is drawn -----------------------------------------------------------------------------

/** What a canvas shows, drawn again: in a place of its own, which cuts as the canvas does. @param {HTMLCanvasElement} canvas @param {CSSStyleDeclaration} style @param {Element} into */
function shown(canvas, style, into) {
  const at = canvas.getBoundingClientRect();
  const drawing = drawingOf(canvas);
  if (!drawing) throw new Error(`nobody said how the canvas "${canvas.className}" is drawn`);
  const radius = Math.max(radiusOf(at, style), canvas.parentElement?.matches(".neuron") ? radiusOf(at, getComputedStyle(canvas.parentElement)) : 0);
  const place = s("svg", { x: px(at.left), y: px(at.top), width: px(at.width), height: px(at.height) });
  into.append(place);
  drawnWith(canvas, /** @type {any} */ (new SvgPen(place)), drawing);
  if (!place.childElementCount) place.remove();
  else if (radius) into.append(s("g", { "clip-path": clipped(into, rounded(at, radius, 0, {})) }, place));
}

/** The lines of an SVG, with their colours. @param {SVGSVGElement} svg @param {Element} into */
function lines(svg, into) {
  const at = svg.getBoundingClientRect();
  const group = s("g", { transform: `translate(${px(at.left)} ${px(at.top)})` });
  for (const path of svg.querySelectorAll("path")) {
    const style = getComputedStyle(path);
    const { colour, alpha } = plain(style.stroke);
    const share = alpha * Number(style.strokeOpacity);
    if (style.stroke === "none" || !share) continue;
    const dashes = style.strokeDasharray === "none" ? null : style.strokeDasharray.replaceAll("px", "");
    group.append(s("path", { d: path.getAttribute("d"), fill: "none", stroke: colour, "stroke-width": px(parseFloat(style.strokeWidth)), "stroke-opacity": share < 1 ? px(share) : null, "stroke-dasharray": dashes }));
  }
  if (group.childElementCount) into.append(group);
}
