// The line under the transport: cut off, diverged, stopped, watching, a notice.

import { fill, h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountBanner(el, store) {
  const off = store.watch(["link", "retry", "refusal", "session", "diverged", "notice", "hello", "run"], () => {
    const { notice, session } = store.state;
    if (notice?.level === "info" && session?.status === "running") store.set({ notice: null }); // what was told is done with
    const found = said(store);
    el.hidden = !found;
    el.className = `banner ${found?.kind ?? ""}`;
    fill(el, ...(found?.parts ?? []));
  });
  return () => {
    off();
    el.replaceChildren();
  };
}

/** @param {Store} store @returns {{kind: string, parts: (HTMLElement | string)[]} | null} */
function said(store) {
  const { link, refusal, session, diverged, notice, hello, run, at } = store.state;
  if (link === "refused") return { kind: "severe", parts: [h("p", {}, refusal || T.cannotConnect), h("button", { onclick: () => store.act("retry") }, T.tryNow)] };
  if (link === "cut") {
    return { kind: "cut", parts: [h("p", {}, run ? T.stopped(at) : T.cannotConnect), h("button", { onclick: () => store.act("retry") }, T.tryNow)] };
  }
  if (run && (session?.role ?? hello?.role) === "viewer") {
    return { kind: "viewer", parts: [h("p", {}, T.replaced), h("button", { onclick: () => store.act("takeOver") }, T.takeOver)] };
  }
  if (diverged && session?.status === "diverged") {
    const remedies = diverged.remedies.map((/** @type {any} */ one) => h("button", { class: "primary", onclick: () => store.act("fork", one.fork.change, one.fork.at) }, one.text));
    return { kind: "severe", parts: [h("p", {}, h("strong", {}, `${T.diverged} `), diverged.said), ...remedies,
      h("button", { onclick: () => store.act("open", diverged.cell) }, T.showCell)] };
  }
  if (notice) {
    const undo = notice.undo;
    return { kind: notice.level, parts: [h("p", {}, notice.text),
      ...(undo === undefined ? [] : [h("button", { onclick: () => { store.set({ notice: null }); store.act("switch", undo); } }, T.undo)]),
      h("button", { class: "plain square", "aria-label": T.close, onclick: () => store.set({ notice: null }) }, "\u00d7")] };
  }
  if (session?.status === "watching") return { kind: "info", parts: [h("p", {}, T.watching)] };
  return null;
}
