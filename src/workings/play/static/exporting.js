// What can be taken away, and a link that brings the page back to where it is.

import { fill, h } from "./dom.js";
import { view } from "./hiding.js";
import { pictures } from "./pictures.js";
import { politely } from "./say.js";
import { T } from "./strings.js";
import { copied } from "./terms.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountExport(el, store) {
  const { hello, selected, run } = store.state;
  const said = h("p", { role: "status", class: "said" });
  const made = async (/** @type {() => Promise<string>} */ work) => {
    said.className = "said";
    said.textContent = T.making;
    try {
      said.textContent = `${T.saved} ${await work()}`;
    } catch (error) {
      const { text, code } = /** @type {any} */ (error);
      said.className = "wrong";
      said.textContent = text || (code ? T.notWhileCut : T.notDrawn);
      if (!text && !code) throw error; // ours, and to be seen
    }
  };
  const take = (/** @type {{kind: string, options?: string[]}} */ { kind, options }) => made(async () => {
    const found = await store.act("ask", "export", { kind, options: options?.includes("cell") ? { cell: selected } : {} });
    return [`${found.name}.`, ...found.notices].join(" ");
  });
  const form = (/** @type {any} */ one) => {
    const of = one.options?.includes("cell");
    return h("li", {}, h("button", { "data-kind": one.kind, disabled: of && !selected, onclick: () => take(one) }, one.title),
      h("span", { class: "small muted" }, one.summary, of ? ` ${selected ?? T.chooseFirst}` : ""));
  };
  const link = /** @type {HTMLInputElement} */ (h("input", { readonly: true, "aria-label": T.link, class: "share" }));
  const size = h("span", { class: "small muted", role: "status" });
  const rows = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox" }));
  const copy = h("button", { disabled: true, onclick: () => { copied(link.value, copy); politely(T.copied, { now: true }); } }, T.copyLink);
  const make = async () => {
    try {
      const found = await store.act("ask", "share", { view: view(store.state), rows: rows.checked });
      link.value = found.link;
      size.textContent = [T.bytes(found.bytes), ...found.notices].join(" ");
      /** @type {HTMLButtonElement} */ (copy).disabled = false;
    } catch (error) {
      size.textContent = /** @type {any} */ (error).text || T.notWhileCut;
    }
  };
  rows.addEventListener("change", make);
  fill(el,
    h("section", {}, h("h3", {}, T.takeAway), h("ul", { class: "exports" }, .../** @type {any[]} */ (hello?.exports ?? []).map(form)),
      h("h3", {}, T.pictures), pictures(store, (work) => made(async () => `${await work()}.`)), said),
    h("section", {}, h("h3", {}, T.share), h("p", { class: "small muted" }, T.shareSentence), h("p", { class: "fields" }, link, copy),
      run?.spec.data.source === "upload" ? h("label", { class: "fields small" }, rows, T.withRows) : null, size, leftOut(store, make)));
  make();
  return () => el.replaceChildren();
}

/** Which controls a link leaves out. @param {Store} store @param {() => void} changed */
function leftOut(store, changed) {
  const box = (/** @type {string} */ name) => {
    const input = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-hidable": name }));
    input.checked = store.state.hide.includes(name);
    input.addEventListener("change", () => {
      const { hide } = store.state;
      store.set({ hide: input.checked ? [...hide, name] : hide.filter((one) => one !== name) });
      changed();
    });
    return h("label", { class: "fields small" }, input, T.hidable[name]);
  };
  return h("details", { open: store.state.hide.length > 0 }, h("summary", {}, T.hideTitle), h("p", { class: "small muted" }, T.hideSentence), h("div", { class: "hidable" }, ...Object.keys(T.hidable).map(box)));
}
