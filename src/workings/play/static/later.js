// Panels that few open come when they are wanted: the first page is lighter without them.

import { h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {(el: HTMLElement, store: import("./store.js").Store<App>) => () => void} Mount */

/** A panel whose file is fetched when it is mounted. @param {() => Promise<Mount>} load @returns {Mount} */
export function later(load) {
  return (el, store) => {
    let open = true;
    /** @type {() => void} */
    let off = () => undefined;
    load().then(
      (mount) => { if (open) off = mount(el, store); },
      () => { if (open) el.append(h("p", { class: "wrong", role: "alert" }, T.notWhileCut)); },
    );
    return () => {
      open = false;
      off();
    };
  };
}
