// The keyboard. Single keys act only outside text fields, and can be switched off.

import { politely } from "./say.js";
import { T } from "./strings.js";
import { keep } from "./theme.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const FAR = 100;

/** @param {Store} store @returns {Record<string, (event: KeyboardEvent) => unknown>} */
function table(store) {
  const act = (/** @type {string} */ name, /** @type {any[]} */ ...args) => () => store.act(name, ...args);
  const focus = (/** @type {string} */ id) => /** @type {HTMLElement | null} */ (document.querySelector(id))?.focus();
  return {
    " ": act("train"), ".": act("walk", 1), ",": act("walk", -1),
    "]": act("step", 1), "[": act("step", -1), "}": act("step", FAR), "{": act("step", -FAR),
    "?": act("dialog", "help"), e: act("dialog", "export"), d: act("dialog", "data"), n: act("dialog", "network"),
    f: act("fork"), t: act("theme"), p: act("askFirst"),
    1: () => store.set({ depth: "train" }), 2: () => store.set({ depth: "walk" }),
    3: () => { store.set({ depth: "why" }); focus("#why h2"); },
    s: () => { focus("#step"); /** @type {HTMLInputElement | null} */ (document.querySelector("#step"))?.select(); },
    r: () => { store.set({ sideTab: "result" }); focus(".panel.result button"); },
    g: () => { store.set({ sideTab: "diagnosis" }); focus(".panel.diagnosis summary, .panel.diagnosis button"); },
    l: () => politely([store.state.session?.said, store.state.tape?.said].filter(Boolean).join(" "), { now: true }),
    m: () => {
      const motion = !store.state.motion;
      keep("motion", motion ? "on" : "off");
      store.set({ motion });
      politely(motion ? T.motionOn : T.motionOff, { now: true });
    },
    Escape: act("back"), Backspace: act("back"),
  };
}

/** @param {Store} store @returns {() => void} */
export function listen(store) {
  const keys = table(store);
  const press = (/** @type {KeyboardEvent} */ event) => {
    const at = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.closest("input, textarea, select, dialog, [contenteditable]")) return;
    if (event.key === " " && at.closest("button, summary, a, [role=slider]")) return;
    const { run, dialog, shortcuts } = store.state;
    if (run && dialog === "start" && event.key === "Escape") store.act("dialog", null);
    if (!run || dialog) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(key in keys) || (event.key.length === 1 && !shortcuts)) return;
    event.preventDefault();
    keys[key](event);
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
