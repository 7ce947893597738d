// The page: one store, one connection, the panels.

import { mountBanner } from "./banner.js";
import { mountBar } from "./bar.js";
import { emptyCurve } from "./curve.js";
import { localised } from "./decimals.js";
import { mountDiagnosis } from "./diagnosis.js";
import { mountDialogs } from "./dialogs.js";
import { mountGraph } from "./graph.js";
import { follows, hidden, restored } from "./hiding.js";
import { Incoming } from "./incoming.js";
import { listen } from "./keys.js";
import { later } from "./later.js";
import { looking } from "./looking.js";
import { mountMap } from "./map.js";
import { mountParts } from "./parts.js";
import { onto } from "./raster.js";
import { mountResult } from "./result.js";
import { running } from "./running.js";
import { politely } from "./say.js";
import { mountSheet } from "./sheet.js";
import { mountSide } from "./side.js";
import { mountStart } from "./start.js";
import { Store } from "./store.js";
import { T } from "./strings.js";
import { follow, keep, kept, preferred } from "./theme.js";
import { mountTop } from "./top.js";
import { Socket } from "./transport.js";
import { mountWaiting } from "./waiting.js";
import { mountWhy } from "./why.js";
import { PROTOCOL } from "./wire.js";

/** @typedef {import("./types.js").App} App */

const RESULTS = {
  map: { mount: mountMap, when: (/** @type {import("./types.js").Run} */ run) => run.pictures.map },
  fit: { mount: later(async () => (await import("./views.js")).mountFit), when: (/** @type {import("./types.js").Run} */ run) => run.pictures.fit },
  loss: { mount: later(async () => (await import("./loss.js")).mountLoss), when: () => true },
  space: { mount: later(async () => (await import("./views.js")).mountSpace), when: (/** @type {import("./types.js").Run} */ run) => run.pictures.space.some(([, units]) => units > 1) },
  table: { mount: later(async () => (await import("./views.js")).mountTable), when: () => true },
  predict: { mount: later(async () => (await import("./predict.js")).mountPredict), when: () => true },
};
const DIALOGS = {
  data: { mount: later(async () => (await import("./data.js")).mountData), title: T.dialogs.data, wide: true },
  network: { mount: later(async () => (await import("./network.js")).mountNetwork), title: T.dialogs.network, wide: true },
  compare: { mount: later(async () => (await import("./compare.js")).mountCompare), title: T.dialogs.compare, wide: true },
  distributions: { mount: later(async () => (await import("./distributions.js")).mountDistributions), title: T.dialogs.distributions, wide: true },
  export: { mount: later(async () => (await import("./exporting.js")).mountExport), title: T.dialogs.export },
  help: { mount: later(async () => (await import("./help.js")).mountHelp), title: T.dialogs.help, wide: true },
  menu: { mount: later(async () => (await import("./help.js")).mountMenu), title: T.dialogs.menu },
};

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The token and the share link of the address; the address loses both. */
function fragment() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const token = parts.get("t");
  if (token) sessionStorage.setItem("workings.token", token);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return { token: token ?? sessionStorage.getItem("workings.token") ?? "", link: parts.get("s") };
}

/** @returns {App} */
function fresh() {
  return {
    link: "connecting", retry: 0, refusal: "", hello: null, run: null, session: null, runs: null, tape: null, tick: null, at: 0,
    seeking: false, curve: emptyCurve(), marks: [], diagnosis: null, diverged: null, maps: null, series: [], selected: null,
    hovered: null, sources: new Set(), explanation: null, unexplained: null, trail: [], part: 0, depth: "train", sample: "",
    neuron: null, resultTab: "", sideTab: "network", graphMode: "weights", logLoss: false, dialog: null, ...preferred(),
    shortcuts: kept("shortcuts") !== "off", asking: false, guessed: {}, notice: null, busy: "", speed: "most", upload: null,
    waiting: "", working: null, rows: [], score: { right: 0, tried: 0 }, stretch: null, hide: hidden(new URLSearchParams(location.hash.slice(1)).get("hide")), promise: null,
  };
}

function begin() {
  localised(document);
  /** @type {Store<App>} */
  let store;
  const first = fresh();
  const { token, link } = fragment();
  /** @param {string} op @param {object} [fields] */
  const ask = (op, fields) => socket.ask(op, fields);
  const reach = () => store;
  const acts = { ...looking(reach, ask), ...running(reach, ask) };
  store = new Store(first, {
    ...acts,
    ack: (/** @type {number} */ seq) => socket.tell("ack", { seq }),
    tell: (/** @type {string} */ op) => socket.tell(op, {}),
    bytes: (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => socket.sendBytes(bytes),
    opened: () => {
      if (store.state.rows.length && !store.state.run?.parent) acts.rows([]);
      acts.watch();
    },
    picture: async (/** @type {object} */ fields, /** @type {HTMLCanvasElement} */ canvas) => {
      const { seq } = await ask("result", { kind: "map", ...fields });
      const found = incoming.picture(seq);
      if (found) onto(canvas, found.levels, found.size);
    },
    retry: () => socket.connect(),
  });
  const incoming = new Incoming(store, ask);
  const socket = new Socket(token, {
    open: () => greet(store, ask, link),
    closed: (retry) => {
      if (store.state.link === "open") politely(T.stopped(store.state.at), { now: true });
      incoming.forget();
      store.set({ link: socket.opened ? "cut" : "refused", retry, busy: "" });
    },
    refused: (refusal) => store.set({ refusal }),
    event: (event) => store.later(() => incoming.event(event)),
    frame: (frame) => store.later(() => incoming.frame(frame)),
  });
  mounted(store);
  socket.connect();
}

/** @param {Store<App>} store @param {(op: string, fields?: object) => Promise<any>} ask @param {string | null} link */
async function greet(store, ask, link) {
  try {
    const hello = await ask("hello", { protocol: PROTOCOL });
    const again = store.state.hello !== null;
    store.set({ hello, link: "open", refusal: "" });
    if (link && !again) await opened(store, link);
    else if (again && store.state.run) await back(store);
  } catch (error) {
    const { text, code } = /** @type {any} */ (error);
    if (code !== "closed") store.set({ refusal: text ?? String(error), notice: { text: text ?? String(error), level: "warning" } });
  }
}

/** A server that was started anew knows nothing of the run: it is opened again. @param {Store<App>} store */
async function back(store) {
  const { run, at: step, hello } = store.state;
  if (hello.opened || !run) return;
  await store.act("change", "open", { spec: run.spec });
  await store.act("seek", step);
}

/** @param {Store<App>} store @param {string} link */
async function opened(store, link) {
  const { view } = await store.act("change", "open", { link: `s=${link}` });
  restored(store, view);
}

/** @param {Store<App>} store */
function mounted(store) {
  follow(store);
  mountTop(at("top"), store);
  mountBar(at("transport"), store);
  mountBanner(at("banner"), store);
  mountStart(at("start"), store);
  mountSide(at("side"), store, { network: mountGraph, result: (el, of) => mountResult(el, of, RESULTS), diagnosis: mountDiagnosis });
  mountParts(at("parts"), store);
  mountSheet(at("sheet"), store);
  mountWhy(at("why"), store);
  mountDialogs(at("dialogs"), store, DIALOGS);
  mountWaiting(at("waiting"), store);
  follows(store);
  listen(store);
  store.watch(["run", "dialog", "hello"], ({ run, dialog, hello }) => {
    const starting = dialog === "start" || !(run || hello?.opened); // what is open comes at once
    at("start").hidden = !starting;
    at("workings").hidden = starting || !run;
    at("transport").hidden = starting || !run;
    document.body.classList.toggle("starting", starting);
  });
  store.watch(["shortcuts"], ({ shortcuts }) => keep("shortcuts", shortcuts ? null : "off"));
  store.watch(["resultTab", "dialog", "link"], ({ link }) => link === "open" && store.act("watch"));
  let status = "";
  store.watch(["session"], ({ session }) => {
    if (session && session.status !== status && (session.status === "running" || status === "running")) store.act("watch");
    status = session?.status ?? "";
  });
  document.addEventListener("visibilitychange", () => store.state.link === "open" && store.act("watch", { hidden: document.hidden }));
}

begin();
