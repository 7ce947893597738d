// The left column: network, result, diagnosis; tabs where there is no room for all.

import { h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {(el: HTMLElement, store: Store) => () => void} Mount */

/** @param {HTMLElement} el @param {Store} store @param {Record<string, Mount>} panels @returns {() => void} */
export function mountSide(el, store, panels) {
  const names = Object.keys(panels);
  const tabs = names.map((name) => h("button", { "aria-pressed": "false", "data-side": name, onclick: () => store.set({ sideTab: name }) }, T.panels[name]));
  el.append(h("div", { class: "sidetabs tabs", role: "group", "aria-label": T.sidePanels }, ...tabs));
  const boxes = names.map((name) => {
    const body = h("div", {});
    const box = h("section", { class: `panel ${name}`, "aria-label": T.panels[name] }, h("header", {}, h("h2", {}, T.panels[name])), body);
    el.append(box);
    return { box, off: panels[name](body, store) };
  });
  const off = store.watch(["sideTab"], ({ sideTab }) => names.forEach((name, i) => {
    boxes[i].box.classList.toggle("chosen", name === sideTab);
    tabs[i].setAttribute("aria-pressed", String(name === sideTab));
  }));
  return () => {
    off();
    for (const one of boxes) one.off();
    el.replaceChildren();
  };
}
