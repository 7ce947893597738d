// Numbers as text. They are rounded for the eye here, and never added.

/** @typedef {{digits: number, exponent?: number, whole?: boolean}} Scale */

export const MINUS = "\u2212";

/** Whether decimals are written with a comma where the reader is. */
export const COMMA = new Intl.NumberFormat(navigator.language).formatToParts(0.5).some((one) => one.type === "decimal" && one.value === ",");
const DECIMAL = /\S*:\/\/\S*|(?<![\p{L}\d_.])(?<![\p{L}_]-)(\d+)\.(\d+)(?![\d]|\.[\p{L}\d])/gu; // no address, version, name of a file
const LISTED = /(\.\d+(?:e[-+\u2212]?\d+)?),(?= ?[-+\u2212]?\d)|(?<=\d),(?= [-+\u2212]?\d+\.\d)/g; // between numbers of which one has decimals

/** A text with its decimals as the reader writes them; what stands between two of them stays told apart. @type {(text: string) => string} */
export const local = COMMA
  ? (text) => (/\d\.\d/.test(text) ? text.replace(LISTED, "$1;").replace(DECIMAL, (all, whole, part) => (part ? `${whole},${part}` : all)) : text)
  : (text) => text;
/** The same of a text that is one number. @type {(text: string) => string} */
const marked = COMMA ? (text) => text.replace(".", ",") : (text) => text;

/**
 * One number (what is beyond 10³⁸ came as a number of 32 bits, which holds no more) under the scale of its matrix.
 * @param {number} value @param {Scale} scale @returns {string}
 */
export function shown(value, scale) {
  if (Number.isNaN(value)) return "no number";
  if (!Number.isFinite(value)) return value > 0 ? "above 10³⁸" : `below ${MINUS}10³⁸`;
  const moved = scale.exponent ? value / 10 ** scale.exponent : value;
  const size = Math.abs(moved);
  let text = size >= 1e7 ? size.toExponential(2) : size.toFixed(scale.digits);
  if (scale.whole && Number.isInteger(value)) text = String(size);
  const zero = !/[1-9]/.test(text);
  return marked(moved < 0 && !zero ? MINUS + text : text);
}

/** Every digit of a number. @param {number} value */
export function exact(value) {
  if (!Number.isFinite(value)) return shown(value, { digits: 0 });
  return marked(String(value).replace("-", MINUS));
}

/** A number as it stands in a field, to be changed. @param {number} value */
export function entered(value) {
  return marked(String(value));
}

/** A short number for an axis. @param {number} value */
export function tick(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    return marked(value.toExponential(Number.isInteger(value / 10 ** Math.floor(Math.log10(size))) ? 0 : 1).replace("e+", "e").replace("-", MINUS));
  }
  return marked(String(Number(value.toPrecision(3))).replace("-", MINUS));
}

/** What a count is called with spaces between thousands. @param {number} count */
export function grouped(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A number typed with either separator, or null. @param {string} text */
export function typed(text) {
  const plain = text.trim().replace(MINUS, "-").replace(",", ".");
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null;
  return Number(plain);
}

/** A power as small raised digits. @param {string} power */
export function raised(power) {
  return [...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "⁻").join("");
}
