// Keys, what every control is for, and the words; and the menu of narrow screens.

import { fill, h } from "./dom.js";
import { T } from "./strings.js";
import { keep } from "./theme.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountHelp(el, store) {
  const list = (/** @type {string[][]} */ rows, /** @type {boolean} */ keys) => h("dl", { class: keys ? "keys" : "words" }, ...rows.flatMap(([name, text]) => [
    h("dt", {}, ...(keys ? name.split(" ").map((key) => h("kbd", {}, key)) : [name])), h("dd", {}, text)]));
  const check = (/** @type {string} */ label, /** @type {boolean} */ on, /** @type {(on: boolean) => void} */ go) => {
    const input = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => go(input.checked) }));
    input.checked = on;
    return h("label", { class: "fields" }, input, label);
  };
  const { shortcuts, motion, theme } = store.state;
  fill(el,
    h("section", {}, h("h3", {}, T.howToRead), ...T.reading.map((text) => h("p", {}, text))),
    h("section", {}, h("h3", {}, T.keysTitle), check(T.singleKeys, shortcuts, (on) => store.set({ shortcuts: on })),
      check(T.motion, motion, (on) => { keep("motion", on ? "on" : "off"); store.set({ motion: on }); }),
      check(T.darkTheme, theme === "dark", () => store.act("theme")), list(T.keys, true)),
    h("section", {}, h("h3", {}, T.controls), list(T.controlList, false)),
    h("section", {}, h("h3", {}, T.glossary), list(T.words, false)),
    h("section", {}, h("h3", {}, T.about), h("p", { class: "small muted" }, `${T.name} ${store.state.hello?.version ?? ""} · ${store.state.session?.engine ?? ""}`), h("p", { class: "small muted" }, T.fontNote)));
  return () => el.replaceChildren();
}

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountMenu(el, store) {
  const go = (/** @type {string} */ name) => h("button", { onclick: () => store.act("dialog", name) }, name === "start" ? T.startTitle : T.dialogs[name]);
  fill(el, h("div", { class: "menu-list" }, ...["start", "data", "network", "compare", "distributions", "export", "help"].map(go),
    h("button", { onclick: () => store.act("theme") }, T.theme)));
  return () => el.replaceChildren();
}
