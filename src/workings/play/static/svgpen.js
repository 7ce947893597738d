// A pen that writes SVG: it has what our drawings ask of a canvas, and refuses the rest.

import { s } from "./dom.js";

/** @typedef {{fillStyle: string, strokeStyle: string, lineWidth: number, globalAlpha: number, font: string, textAlign: string, textBaseline: string}} Look */
/** @typedef {{colour: string, alpha: number}} Plain */

const ANCHORS = /** @type {Record<string, string>} */ ({ right: "end", end: "end", center: "middle" });
const FONT = /^(italic |oblique )?(\w+ )?([\d.]+)px (.+)$/;
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu; // in XML 1.0

/** @type {Map<string, Plain>} */
const colours = new Map();
const probe = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d", { willReadFrequently: true }));

/** Any colour of CSS as one that every program knows. @param {string} colour @returns {Plain} */
export function plain(colour) {
  const there = colours.get(colour);
  if (there) return there;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = probe.getImageData(0, 0, 1, 1).data;
  const made = { colour: `#${[red, green, blue].map((one) => one.toString(16).padStart(2, "0")).join("")}`, alpha: alpha / 255 };
  colours.set(colour, made);
  return made;
}

/** A text as it may stand in a file of XML. @param {string} text */
export function writable(text) {
  return text.replace(UNWRITABLE, "");
}

/** A length to a hundredth of a pixel. @param {number} value */
export function px(value) {
  return Number(value.toFixed(2));
}

/** How far the letters of a font reach above and below where they stand, by the baseline a text has. @param {string} font @param {string} [baseline] */
export function reach(font, baseline = "alphabetic") {
  probe.font = font;
  probe.textBaseline = /** @type {CanvasTextBaseline} */ (baseline);
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = probe.measureText("x");
  return { above, below };
}

/** How wide a text is. @param {string} text @param {string} font */
export function wideOf(text, font) {
  probe.font = font;
  return probe.measureText(text).width;
}

export class SvgPen {
  /** @type {Element} */ #into;
  #path = "";
  /** @type {number[]} */ #dashes = [];
  /** @type {{look: Look, dashes: number[], into: Element}[]} */ #kept = [];

  /** @param {Element} into what it writes goes in there */
  constructor(into) {
    this.#into = into;
    this.fillStyle = "#000000";
    this.strokeStyle = "#000000";
    this.lineWidth = 1;
    this.globalAlpha = 1;
    this.font = "10px sans-serif";
    this.textAlign = "left";
    this.textBaseline = "alphabetic";
    this.imageSmoothingEnabled = true;
    this.imageSmoothingQuality = "low";
    Object.seal(this); // what is set and not known is an error, not a line that looks otherwise
  }

  save() {
    const { fillStyle, strokeStyle, lineWidth, globalAlpha, font, textAlign, textBaseline } = this;
    this.#kept.push({ look: { fillStyle, strokeStyle, lineWidth, globalAlpha, font, textAlign, textBaseline }, dashes: this.#dashes, into: this.#into });
  }

  restore() {
    const before = this.#kept.pop();
    if (!before) return;
    Object.assign(this, before.look);
    this.#dashes = before.dashes;
    this.#into = before.into;
  }

  /** @param {number[]} dashes */
  setLineDash(dashes) {
    this.#dashes = dashes;
  }

  // -- paths -----------------------------------------------------------------------------------

  beginPath() {
    this.#path = "";
  }

  closePath() {
    if (this.#path) this.#path += "Z";
  }

  /** A path goes on; as on a canvas, what is no number is left out. @param {string} word @param {...number} places */
  #go(word, ...places) {
    if (places.every(Number.isFinite)) this.#path += `${this.#path ? word : "M"}${places.map(px).join(" ")}`;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.#go("M", x, y);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.#go("L", x, y);
  }

  /** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @param {number} x @param {number} y */
  bezierCurveTo(x1, y1, x2, y2, x, y) {
    if (!this.#path) this.moveTo(x1, y1);
    this.#go("C", x1, y1, x2, y2, x, y);
  }

  /** @param {number} x @param {number} y @param {number} wide @param {number} high */
  rect(x, y, wide, high) {
    this.moveTo(x, y);
    this.#go("L", x + wide, y);
    this.#go("L", x + wide, y + high);
    this.#go("L", x, y + high);
    this.closePath();
  }

  /** From one angle on to another, clockwise; more than a turn is a turn. @param {number} x @param {number} y @param {number} r @param {number} from @param {number} to */
  arc(x, y, r, from, to) {
    const turn = Math.min(Math.max(to - from, 0), 2 * Math.PI);
    const at = (/** @type {number} */ angle) => /** @type {[number, number]} */ ([x + r * Math.cos(angle), y + r * Math.sin(angle)]);
    this.lineTo(...at(from));
    for (const share of [0.5, 1]) this.#go("A", r, r, 0, 0, 1, ...at(from + turn * share)); // a whole turn in one would be none
    if (turn === 2 * Math.PI) this.closePath();
  }

  #stroked() {
    const { colour, alpha } = plain(this.strokeStyle);
    const dashes = this.#dashes.length ? this.#dashes.join(" ") : null;
    return { fill: "none", stroke: colour, "stroke-width": px(this.lineWidth), "stroke-opacity": opacity(alpha * this.globalAlpha), "stroke-dasharray": dashes };
  }

  #filled() {
    const { colour, alpha } = plain(this.fillStyle);
    return { fill: colour, "fill-opacity": opacity(alpha * this.globalAlpha) };
  }

  /** @param {string} tag @param {Record<string, any>} facts */
  #add(tag, facts) {
    this.#into.append(s(tag, facts));
  }

  stroke() {
    if (this.#path) this.#add("path", { d: this.#path, ...this.#stroked() });
  }

  fill() {
    if (this.#path) this.#add("path", { d: this.#path, ...this.#filled() });
  }

  /** What follows is seen inside the path alone, until `restore`. */
  clip() {
    const inside = s("g", { "clip-path": clipped(this.#into, s("path", { d: this.#path || "M0 0" })) });
    this.#into.append(inside);
    this.#into = inside;
  }

  // -- what is drawn at once -------------------------------------------------------------------

  /** @param {number} x @param {number} y @param {number} wide @param {number} high */
  fillRect(x, y, wide, high) {
    if ([x, y, wide, high].every(Number.isFinite)) this.#add("rect", { ...box(x, y, wide, high), ...this.#filled() });
  }

  /** @param {number} x @param {number} y @param {number} wide @param {number} high */
  strokeRect(x, y, wide, high) {
    if ([x, y, wide, high].every(Number.isFinite)) this.#add("rect", { ...box(x, y, wide, high), ...this.#stroked() });
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const down = reach(this.font).above - reach(this.font, this.textBaseline).above; // few programs know other baselines
    const anchor = ANCHORS[this.textAlign] ?? null;
    this.#into.append(s("text", { x: px(x), y: px(y + down), ...lettered(this.font), "text-anchor": anchor, ...this.#filled() }, writable(text)));
  }

  /** @param {HTMLCanvasElement} image @param {number} x @param {number} y @param {number} wide @param {number} high */
  drawImage(image, x, y, wide, high) {
    this.#add("image", { href: image.toDataURL("image/png"), ...box(x, y, wide, high), preserveAspectRatio: "none", opacity: opacity(this.globalAlpha) });
  }
}

/** @param {number} share */
function opacity(share) {
  return share < 1 ? Number(share.toFixed(3)) : null;
}

/** A rectangle whose sides go either way. @param {number} x @param {number} y @param {number} wide @param {number} high */
function box(x, y, wide, high) {
  return { x: px(Math.min(x, x + wide)), y: px(Math.min(y, y + high)), width: px(Math.abs(wide)), height: px(Math.abs(high)) };
}

/** A font of CSS as attributes. @param {string} font */
export function lettered(font) {
  const [, slant, weight, size, family] = FONT.exec(font) ?? [];
  return { "font-family": family ?? "sans-serif", "font-size": size ?? "10", "font-weight": weight && weight !== "normal " && weight !== "400 " ? weight.trim() : null, "font-style": slant ? slant.trim() : null };
}

/** A place to cut by, and what names it. @param {Element} into @param {Element} shape */
export function clipped(into, shape) {
  let root = into;
  while (root.parentElement) root = root.parentElement;
  const id = `cut-${root.querySelectorAll("clipPath").length + 1}`;
  into.append(s("clipPath", { id }, shape));
  return `url(#${id})`;
}
