// Over the sheet, while a run is opened or a far step is gone to.

import { h } from "./dom.js";
import { LONG, SOON, skeleton } from "./patience.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountWaiting(el, store) {
  const box = h("div", { class: "over", hidden: true });
  el.append(box);
  /** @type {number[]} */
  let timers = [];
  let shown = 0; // 0 nothing, 1 a skeleton, 2 with a way out
  const show = () => {
    const { waiting, working } = store.state;
    box.hidden = !waiting || shown === 0;
    if (!waiting || !shown) return;
    const text = working ? T.trainingTo(working.step, working.of) : waiting;
    const said = /** @type {HTMLElement | null} */ (box.querySelector("p"));
    if (said && Boolean(box.querySelector("button")) === (shown > 1)) said.textContent = text;
    else skeleton(box, text, shown > 1 ? () => store.act("cancel") : null);
  };
  const off = store.watch(["waiting"], ({ waiting }) => {
    timers.forEach(clearTimeout);
    shown = 0;
    timers = waiting ? [SOON, LONG].map((after, i) => window.setTimeout(() => { shown = i + 1; show(); }, after)) : [];
    box.replaceChildren();
    show();
  });
  const offWorking = store.watch(["working"], show);
  return () => {
    timers.forEach(clearTimeout);
    off();
    offWorking();
    box.remove();
  };
}
