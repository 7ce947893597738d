// Sheets over the page: one at a time, closed by Escape, focus goes back to where it was.

import { h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{mount: (el: HTMLElement, store: Store) => () => void, title: string, wide?: boolean}} Dialog */

/** @param {HTMLElement} el @param {Store} store @param {Record<string, Dialog>} dialogs @returns {() => void} */
export function mountDialogs(el, store, dialogs) {
  /** @type {(() => void) | null} */
  let close = null;
  let shown = "";
  const off = store.watch(["dialog"], ({ dialog }) => {
    const wanted = dialog && dialogs[dialog] ? dialog : "";
    if (wanted === shown) return;
    close?.();
    close = wanted ? opened(el, store, dialogs[wanted]) : null;
    shown = wanted;
  });
  return () => {
    off();
    close?.();
  };
}

/** @param {HTMLElement} el @param {Store} store @param {Dialog} dialog */
function opened(el, store, { mount, title, wide }) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const body = h("div", { class: "dialog-body" });
  const box = /** @type {HTMLDialogElement} */ (h("dialog", { class: wide ? "wide" : "", "aria-label": title },
    h("header", { class: "dialog-head" }, h("h2", { tabindex: -1, autofocus: true }, title),
      h("button", { class: "plain square", "aria-label": `${T.close} ${title}`, title: `${T.close} (Esc)`, onclick: () => box.close() }, "\u00d7")), body));
  el.append(box);
  const off = mount(body, store);
  const done = () => store.state.dialog !== "start" && store.act("dialog", null);
  box.addEventListener("close", done);
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.showModal();
  return () => {
    box.removeEventListener("close", done);
    off();
    box.close();
    box.remove();
    before?.focus();
  };
}
