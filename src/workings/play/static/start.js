// Four doors: the article, a problem, one's own data, a link or a file.

import { fill, h } from "./dom.js";
import { restored } from "./hiding.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountStart(el, store) {
  const wrong = h("p", { class: "wrong", role: "alert" });
  const off = store.watch(["hello", "link"], ({ hello, link }) => {
    if (!hello) {
      fill(el, h("p", { class: "loading muted" }, link === "refused" ? T.cannotConnect : T.connecting));
      return;
    }
    const presets = /** @type {any[]} */ (hello.presets);
    const article = presets.filter((one) => one.group === "article");
    const problems = presets.filter((one) => one.group !== "article");
    fill(el,
      h("div", { class: "start-head" }, h("h2", {}, T.startLine), h("p", { class: "muted" }, T.startSentence)), wrong,
      h("div", { class: "doors" },
        h("section", { class: "door first", "aria-label": T.theArticle }, ...article.map((one, i) => preset(one, store, wrong, i === 0))),
        h("section", { class: "door", "aria-label": T.myData }, h("h3", {}, T.myData), h("p", {}, T.myDataSentence),
          h("button", { onclick: () => store.act("dialog", "data") }, T.openData), h("p", { class: "small muted" }, T.staysHere)),
        h("section", { class: "door", "aria-label": T.linkOrFile }, h("h3", {}, T.linkOrFile), link_(store, wrong)),
        h("section", { class: "door problems", "aria-label": T.aProblem }, h("h3", {}, T.aProblem),
          h("ul", {}, ...problems.map((one) => h("li", {}, preset(one, store, wrong, false)))))));
    if (!el.hidden) begin(el);
  });
  const offDialog = store.watch(["dialog"], ({ dialog }) => dialog === "start" && queueMicrotask(() => begin(el)));
  return () => {
    off();
    offDialog();
    el.replaceChildren();
  };
}

/** Enter begins with the first door. @param {HTMLElement} el */
function begin(el) {
  /** @type {HTMLElement | null} */ (el.querySelector(".preset.main"))?.focus();
}

/** @param {any} one @param {Store} store @param {HTMLElement} wrong @param {boolean} main */
function preset(one, store, wrong, main) {
  return h("button", { class: `preset${main ? " main" : ""}`, "data-preset": one.name, onclick: () => open(store, { preset: one.name }, wrong) },
    h("strong", {}, one.title), h("span", {}, one.summary), one.teaches ? h("span", { class: "muted small" }, one.teaches) : null,
    main ? h("span", { class: "go" }, T.enter) : null);
}

/** @param {Store} store @param {object} what @param {HTMLElement} wrong */
async function open(store, what, wrong) {
  wrong.textContent = "";
  try {
    const answer = await store.act("change", "open", what);
    store.set({ dialog: null, part: 0, depth: "train" });
    restored(store, answer.view);
  } catch (error) {
    const { text, code } = /** @type {any} */ (error);
    if (code !== "closed") wrong.textContent = text ?? String(error);
  }
}

/** @param {Store} store @param {HTMLElement} wrong */
function link_(store, wrong) {
  const input = /** @type {HTMLInputElement} */ (h("input", { "aria-label": T.linkField, placeholder: T.linkField, autocomplete: "off", spellcheck: "false" }));
  return h("form", { class: "link-form", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    open(store, { link: input.value.trim() }, wrong);
  } }, h("p", {}, T.linkSentence), h("div", { class: "fields" }, input, h("button", { type: "submit" }, T.openLink)));
}
