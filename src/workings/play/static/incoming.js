// What the server sends, put into the store: events as they are, frames read by their schema.

import { COARSE, MOST, emptyCurve, grown } from "./curve.js";
import { atOnce, politely } from "./say.js";
import { T } from "./strings.js";
import { has } from "./values.js";
import { part, pictureOf, seriesOf } from "./wire.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Schema} Schema */
/** @typedef {import("./wire.js").Frame} Frame */
/** @typedef {import("./store.js").Store<App>} Store */

export class Incoming {
  /** @param {Store} store @param {(op: string, fields?: object) => Promise<any>} ask */
  constructor(store, ask) {
    this.store = store;
    this.ask = ask;
    /** @type {Map<number, Schema>} */
    this.schemas = new Map();
    /** @type {Map<number, any>} tapes that were announced, by the number of their frame */
    this.announced = new Map();
    /** @type {Map<number, {name: string, type: string, bytes: number, parts: Uint8Array<ArrayBuffer>[], got: number}>} */
    this.files = new Map();
    /** @type {Set<number>} frames that wait to be acknowledged */
    this.unpainted = new Set();
    this.coarse = false;
    /** @type {Map<number, {size: number, levels: Uint8Array}>} the last pictures, by the number of their frame */
    this.pictures = new Map();
  }

  /** A picture that was asked for. @param {number} seq */
  picture(seq) {
    return this.pictures.get(seq);
  }

  forget() {
    this.schemas.clear();
    this.announced.clear();
    this.files.clear();
  }

  /** @param {any} event */
  event(event) {
    const take = EVENTS[event.ev];
    if (take) take(this, event);
  }

  /** @param {Frame} frame */
  frame(frame) {
    const take = FRAMES[frame.kind];
    if (take) take(this, frame);
    if (!this.unpainted.size) requestAnimationFrame(() => this.painted());
    this.unpainted.add(frame.seq);
  }

  painted() {
    for (const seq of this.unpainted) this.store.act("ack", seq);
    this.unpainted.clear();
  }

  /** @param {Frame} frame @returns {Map<string, import("./types.js").Held>} */
  arrays(frame) {
    const schema = this.schemas.get(frame.schema);
    const found = new Map();
    for (const { name, offset, shape, axes } of schema?.arrays ?? []) {
      const count = shape.reduce((product, size) => product * size, 1);
      found.set(name, { values: part(frame, offset, count), axes: axes ?? shape.map(numbered), shape });
    }
    return found;
  }
}

/** An axis of which only the length is told. @param {number} length @returns {import("./types.js").Axis} */
function numbered(length) {
  const places = Array.from({ length }, (_, i) => String(i + 1));
  return { size: length, first: 0, of: length, places, labels: places };
}

/** @type {Record<string, (incoming: Incoming, event: any) => void>} */
const EVENTS = {
  state: ({ store }, event) => {
    const before = store.state.session;
    const running = event.status === "running" || event.status === "watching";
    document.title = event.title;
    const fresh = !before || before.run !== event.run || before.status !== event.status;
    if (event.said && (fresh || running)) politely(event.said, { now: fresh && !running });
    const shownNow = running ? Math.max(event.step, store.state.tape?.step ?? 0) : event.step;
    store.set({ session: event, at: shownNow, ...(event.status === "diverged" ? {} : { diverged: null }) });
  },
  role: ({ store }, event) => {
    const { session, hello } = store.state;
    if (!hello) return; // the answer to hello says it too
    politely(event.said, { now: true });
    store.set({ hello: hello && { ...hello, role: event.role }, session: session && { ...session, role: event.role } });
  },
  runs: ({ store }, event) => store.set({ runs: event }),
  run: ({ store }, event) => {
    const same = store.state.run?.run === event.run;
    const parts = event.parts.length;
    const { selected, explanation, asking, trail } = store.state;
    const kept = same || (selected !== null && explanation !== null && !asking && has(event, selected));
    store.set({
      run: event, tape: null, tick: null, curve: emptyCurve(), marks: event.marks ?? [], maps: null, series: [], diagnosis: null,
      part: Math.min(store.state.part, parts - 1), neuron: null, diverged: null, guessed: {}, at: 0,
      ...(kept ? { trail: trail.filter((cell) => has(event, cell)) } : { selected: null, hovered: null, sources: new Set(), explanation: null, unexplained: null, trail: [] }),
    });
    store.act("opened");
  },
  schema: ({ schemas }, event) => void schemas.set(event.schema, event),
  tape: ({ announced }, event) => void announced.set(event.seq, event),
  changed: ({ store }, event) => event.run === store.state.run?.run && store.set({ marks: event.marks }),
  diverged: ({ store }, event) => {
    atOnce(event.said);
    store.set({ diverged: event });
  },
  findings: ({ store }, event) => {
    store.set({ diagnosis: { ...store.state.diagnosis, ...event } });
  },
  file: ({ files }, event) => void files.set(event.seq, { ...event, parts: [], got: 0 }),
  working: ({ store }, event) => store.set({ working: event }),
  notice: ({ store }, event) => {
    politely(event.said, { now: true });
    store.set({ notice: { text: event.said, level: event.level } });
  },
};

/** @type {Record<string, (incoming: Incoming, frame: Frame) => void>} */
const FRAMES = {
  tape: (incoming, frame) => {
    const { store, announced } = incoming;
    const event = announced.get(frame.seq);
    announced.delete(frame.seq);
    if (!event || event.run !== store.state.run?.run) return;
    const { sample } = store.state;
    const places = event.rows.places;
    store.set({
      tape: { ...event, arrays: incoming.arrays(frame) }, tick: null, at: event.step, seeking: false,
      ...(places.includes(sample) || !places.length ? {} : { sample: places[0] }),
    });
  },
  tick: (incoming, frame) => {
    const { store } = incoming;
    if (frame.run !== store.state.run?.run) return;
    store.set({ tick: { step: frame.step, arrays: incoming.arrays(frame) }, at: frame.step });
  },
  curve: (incoming, frame) => {
    const { store, ask } = incoming;
    if (frame.run !== store.state.run?.run) return;
    const curve = grown(store.state.curve, frame);
    store.set({ curve });
    if (curve.count < MOST || incoming.coarse) return;
    incoming.coarse = true;
    ask("curve", { from: 0, points: COARSE }).catch(() => undefined).finally(() => void (incoming.coarse = false));
  },
  map: ({ store, schemas, pictures: lately }, frame) => {
    const schema = schemas.get(frame.schema);
    if (!schema) return;
    lately.set(frame.seq, { size: schema.size, levels: pictureOf(frame, schema.pictures[0].offset, schema.size).levels });
    if (lately.size > 8) lately.delete([...lately.keys()][0]);
    if (frame.run !== store.state.run?.run) return;
    const pictures = schema.pictures.map((/** @type {any} */ one) => ({ ...one, ...pictureOf(frame, one.offset, schema.size) }));
    store.set({ maps: { size: schema.size, pictures, x: schema.x, y: schema.y, fixed: schema.fixed, step: frame.step } });
  },
  hist: ({ store, schemas }, frame) => {
    const schema = schemas.get(frame.schema);
    if (!schema || frame.run !== store.state.run?.run) return;
    store.set({ series: schema.series.map((/** @type {any} */ one) => ({ ...one, ...seriesOf(frame, one.offset) })) });
  },
  file: ({ files }, frame) => {
    const file = files.get(frame.seq);
    if (!file) return;
    file.parts.push(new Uint8Array(frame.buffer.slice(32, 32 + frame.bytes)));
    file.got += frame.bytes;
    if (file.got < file.bytes) return;
    files.delete(frame.seq);
    saved(file);
  },
};

/** Hands a file to the browser. @param {{name: string, type: string, parts: Uint8Array<ArrayBuffer>[]}} file */
function saved({ name, type, parts }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  politely(`${T.saved} ${name}`, { now: true });
}
