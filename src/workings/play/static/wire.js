// The protocol `workings.1`: control as JSON text, arrays as little-endian frames behind a header of 32 bytes.

export const PROTOCOL = "workings.1";
export const KINDS = /** @type {const} */ ({ 1: "tick", 2: "tape", 3: "hist", 4: "curve", 5: "map", 6: "file" });
const HEADER = 32;
const MAGIC = 0x31474b57; // "WKG1"

/**
 * @typedef {object} Frame
 * @property {string} kind
 * @property {number} dtype 0 float64, 1 float32, 2 bytes
 * @property {boolean} running
 * @property {boolean} whole it replaces what came before
 * @property {number} run
 * @property {number} seq
 * @property {number} step
 * @property {number} schema
 * @property {Float64Array | Float32Array | Uint8Array} values
 * @property {ArrayBuffer} buffer the whole frame; the payload starts at byte 32
 * @property {number} bytes
 */

/** A frame as it came; null where its kind is not known. @param {ArrayBuffer} buffer @returns {Frame | null} */
export function decode(buffer) {
  const head = new DataView(buffer, 0, HEADER);
  if (head.getUint32(0, true) !== MAGIC) throw new Error("a frame without the mark WKG1");
  const kind = KINDS[/** @type {1} */ (head.getUint8(4))];
  if (!kind) return null;
  const dtype = head.getUint8(5);
  const bytes = head.getUint32(28, true);
  return {
    kind, dtype, bytes, buffer,
    running: (head.getUint16(6, true) & 1) === 1,
    whole: (head.getUint16(6, true) & 2) === 2,
    run: head.getUint32(8, true),
    seq: head.getUint32(12, true),
    step: Number(head.getBigUint64(16, true)),
    schema: head.getUint32(24, true),
    values: viewed(buffer, dtype, bytes),
  };
}

/** The curve of a run: buckets of losses, and the losses on the test rows. @param {Frame} frame */
export function curveOf({ buffer, step }) {
  const [stride, count, tests, last] = new Uint32Array(buffer, HEADER, 4);
  const lows = new Float32Array(buffer, HEADER + 16, count);
  const highs = new Float32Array(buffer, HEADER + 16 + 4 * count, count);
  const pairs = new Float32Array(buffer, HEADER + 16 + 8 * count, 2 * tests);
  return { from: step, stride, last, lows, highs, pairs };
}

/** The part of a payload from a byte offset on. @param {Frame} frame @param {number} offset @param {number} count */
export function part({ buffer, dtype }, offset, count) {
  const from = HEADER + offset;
  if (dtype === 0) return new Float64Array(buffer, from, count);
  if (dtype === 1) return new Float32Array(buffer, from, count);
  return new Uint8Array(buffer, from, count);
}

/** Two numbers and the levels of one picture of a MAP. @param {Frame} frame @param {number} offset @param {number} size */
export function pictureOf({ buffer }, offset, size) {
  const view = new DataView(buffer, HEADER + offset);
  return { low: view.getFloat64(0, true), high: view.getFloat64(8, true), levels: new Uint8Array(buffer, HEADER + offset + 16, size * size) };
}

/** One series of a HIST. @param {Frame} frame @param {number} offset */
export function seriesOf({ buffer }, offset) {
  const view = new DataView(buffer, HEADER + offset);
  const counts = Uint16Array.from({ length: 32 }, (_, i) => view.getUint16(24 + 2 * i, true));
  return { low: view.getFloat64(0, true), high: view.getFloat64(8, true), zero: view.getFloat64(16, true), counts };
}

/** @param {ArrayBuffer} buffer @param {number} dtype @param {number} bytes */
function viewed(buffer, dtype, bytes) {
  if (dtype === 0) return new Float64Array(buffer, HEADER, bytes >> 3);
  if (dtype === 1) return new Float32Array(buffer, HEADER, bytes >> 2);
  return new Uint8Array(buffer, HEADER, bytes);
}

/** What went wrong with a request, in the server's words. */
export class Refused extends Error {
  /** @param {{code: string, message: string, text?: string, hint?: string, field?: string}} error */
  constructor(error) {
    super(error.message);
    this.code = error.code;
    this.hint = error.hint ?? "";
    this.text = error.text ?? error.message;
    this.field = error.field ?? "";
  }
}
