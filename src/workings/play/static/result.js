// What comes out: the pictures that this network and table allow, one at a time.

import { fill, h } from "./dom.js";
import { T } from "./strings.js";
import { printed } from "./terms.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{mount: (el: HTMLElement, store: Store) => () => void, when: (run: Run) => unknown}} Tab */

/** @param {HTMLElement} el @param {Store} store @param {Record<string, Tab>} panels @returns {() => void} */
export function mountResult(el, store, panels) {
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": T.result });
  const score = h("p", { class: "score" });
  const body = h("div", { class: "result" });
  el.append(tabs, score, body);
  /** @type {(() => void) | null} */
  let off = null;
  /** @type {unknown[]} */
  let shownFor = [];
  const show = () => {
    const { run, resultTab } = store.state;
    if (!run) return;
    const there = Object.keys(panels).filter((name) => panels[name].when(run));
    const name = there.includes(resultTab) ? resultTab : there[0];
    if (shownFor[0] === name && shownFor[1] === run) return;
    shownFor = [name, run];
    fill(tabs, ...there.map((one) => h("button", { "aria-pressed": String(one === name), "data-tab": one, onclick: () => store.set({ resultTab: one }) }, T.results[one])));
    off?.();
    off = panels[name].mount(body, store);
    if (name !== resultTab) store.set({ resultTab: name });
  };
  const offShow = store.watch(["run", "resultTab"], show);
  const offScore = store.watch(["session"], ({ session }) => {
    if (!session) return;
    fill(score, h("span", {}, `${T.loss} `, h("strong", { class: "num", "data-loss": "" }, printed(session.shown_loss))),
      session.right ? h("span", {}, `${T.right} `, h("strong", { class: "num" }, session.right)) : null);
  });
  return () => {
    off?.();
    offShow();
    offScore();
    el.replaceChildren();
  };
}
