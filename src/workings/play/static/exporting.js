// What can be taken away, and a link that brings the page back to where it is.

import { fill, h } from "./dom.js";
import { politely } from "./say.js";
import { T } from "./strings.js";
import { copied } from "./terms.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountExport(el, store) {
  const { hello, selected, run, part, depth, theme } = store.state;
  const said = h("p", { role: "status", class: "said" });
  const take = async (/** @type {{kind: string, options?: string[]}} */ { kind, options }) => {
    said.className = "said";
    said.textContent = T.making;
    try {
      const found = await store.act("ask", "export", { kind, options: selected && options?.includes("cell") ? { cell: selected } : {} });
      said.textContent = [`${T.saved} ${found.name}.`, ...found.notices].join(" ");
    } catch (error) {
      said.className = "wrong";
      said.textContent = /** @type {any} */ (error).text || T.notWhileCut;
    }
  };
  const link = /** @type {HTMLInputElement} */ (h("input", { readonly: true, "aria-label": T.link, class: "share" }));
  const size = h("span", { class: "small muted", role: "status" });
  const rows = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox" }));
  const copy = h("button", { disabled: true, onclick: () => { copied(link.value, copy); politely(T.copied, { now: true }); } }, T.copyLink);
  const make = async () => {
    try {
      const view = { part: run?.parts[part]?.part ?? 0, cell: selected ?? "", depth: ["train", "walk", "why"].indexOf(depth), theme, hide: [] };
      const found = await store.act("ask", "share", { view, rows: rows.checked });
      link.value = found.link;
      size.textContent = [T.bytes(found.bytes), ...found.notices].join(" ");
      /** @type {HTMLButtonElement} */ (copy).disabled = false;
    } catch (error) {
      size.textContent = /** @type {any} */ (error).text || T.notWhileCut;
    }
  };
  rows.addEventListener("change", make);
  fill(el,
    h("section", {}, h("h3", {}, T.takeAway), h("ul", { class: "exports" }, .../** @type {any[]} */ (hello?.exports ?? []).map((one) => h("li", {},
      h("button", { "data-kind": one.kind, onclick: () => take(one) }, one.title), h("span", { class: "small muted" }, one.summary)))), said),
    h("section", {}, h("h3", {}, T.share), h("p", { class: "small muted" }, T.shareSentence), h("p", { class: "fields" }, link, copy),
      run?.spec.data.source === "upload" ? h("label", { class: "fields small" }, rows, T.withRows) : null, size));
  make();
  return () => el.replaceChildren();
}
