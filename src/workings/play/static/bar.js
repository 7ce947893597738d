// The transport: train, pause, step, walk, seek, speed.

import { h, icon } from "./dom.js";
import { typed } from "./format.js";
import { T } from "./strings.js";
import { mountTimeline } from "./timeline.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountBar(el, store) {
  const act = (/** @type {string} */ name, /** @type {any[]} */ ...args) => () => store.act(name, ...args);
  const round = (/** @type {string} */ drawn, /** @type {string} */ label, /** @type {() => void} */ go) =>
    h("button", { class: "square", "aria-label": label, title: label, onclick: go }, icon(drawn));
  const train = h("button", { class: "primary train", onclick: act("train") });
  const walk = h("button", { class: "walk", "aria-pressed": "false", onclick: act("walk", 1), title: `${T.walk} (.)`, "aria-label": T.walk }, T.walkWord, h("span", { class: "rest" }, T.walkRest), icon("right"));
  const before = h("button", { class: "square", "aria-label": T.partBack, title: `${T.partBack} (,)`, onclick: act("walk", -1) }, icon("left"));
  const step = /** @type {HTMLInputElement} */ (h("input", { id: "step", inputmode: "numeric", autocomplete: "off", "aria-label": T.stepField }));
  const times = [10, 1000].map((n) => h("button", { class: "plain times", "aria-label": T.manySteps(n), title: T.manySteps(n), onclick: act("step", n) }, `×${n}`));
  const speed = h("select", { class: "speed", "aria-label": T.speed, title: T.speed, onchange: (/** @type {Event} */ event) =>
    store.set({ speed: /** @type {HTMLSelectElement} */ (event.target).value }) },
  ...Object.entries(T.speeds).map(([value, text]) => h("option", { value, selected: value === store.state.speed }, text)));
  el.append(
    h("div", { class: "set" }, round("first", T.toStart, act("seek", 0)), round("back", T.stepBack, act("step", -1)), train, round("next", T.stepOn, act("step", 1))),
    h("div", { class: "set" }, before, walk),
    h("div", { class: "set at" }, h("label", { for: "step" }, T.step), step, ...times),
  );
  const offLine = mountTimeline(el, store);
  el.append(h("div", { class: "set speed" }, speed));
  const go = () => {
    const value = typed(step.value.replaceAll(/\s/g, ""));
    step.setAttribute("aria-invalid", String(value === null || value < 0));
    if (value !== null && value >= 0) store.act("seek", Math.round(value));
  };
  step.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go();
    if (event.key === "Escape") step.blur();
  });
  step.addEventListener("change", go);
  const off = store.watch(["session", "busy", "at", "depth", "link"], ({ session, busy, at, depth, link }) => {
    const goes = session?.status === "running" || busy === "playing";
    train.replaceChildren(icon(goes ? "pause" : "play"), goes ? T.pause : session?.status === "finished" ? T.goOn : T.trainIt);
    train.setAttribute("aria-label", goes ? T.pause : T.trainIt);
    walk.setAttribute("aria-pressed", String(depth === "walk"));
    if (document.activeElement !== step) step.value = String(at);
    const locked = link !== "open" || session?.role === "viewer" || session?.status === "watching";
    for (const control of el.querySelectorAll("button, select, input")) /** @type {HTMLButtonElement} */ (control).disabled = locked;
  });
  return () => {
    off();
    offLine();
    el.replaceChildren();
  };
}
