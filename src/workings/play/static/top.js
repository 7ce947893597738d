// The top line: what is open, whether there is a connection, and what can be done with the whole.

import { fill, h, icon, s } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountTop(el, store) {
  const open = (/** @type {string} */ name) => () => store.act("dialog", name);
  const chips = h("div", { class: "chips", role: "group", "aria-label": T.whatIsOpen });
  const state = h("span", { class: "state" }, h("span", {}));
  const theme = h("button", { class: "plain square", onclick: () => { store.act("theme"); } , title: `${T.theme} (t)`, "aria-label": T.theme },
    s("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" }, s("path", { d: "M8 1.5a6.5 6.5 0 1 0 0 13zM8 1.5a6.5 6.5 0 0 1 0 13" , "fill-rule": "evenodd", stroke: "currentColor", fill: "none", "stroke-width": 1.4 }), s("path", { d: "M8 1.5a6.5 6.5 0 0 0 0 13z" })));
  el.append(
    h("h1", {}, h("button", { class: "brand", onclick: open("start"), title: T.startTitle }, mark(), T.name)), chips, state,
    h("div", { class: "actions" },
      h("button", { class: "plain", "data-open": "compare", onclick: open("compare") }, T.compare),
      h("button", { class: "plain", "data-open": "export", onclick: open("export") }, T.exportShare), theme,
      h("button", { class: "plain square", "data-open": "help", onclick: open("help"), "aria-label": T.help, title: `${T.help} (?)` }, "?"),
      h("button", { class: "plain square menu", onclick: open("menu"), "aria-label": T.menu }, icon("menu"))),
  );
  const offRun = store.watch(["run"], ({ run }) => fill(chips, ...(run ? [
    chip(run.names.data, "data", store), chip(run.names.network, "network", store), chip(run.names.training, "network", store, "least"),
  ] : [])));
  const off = store.watch(["link", "session", "hello"], ({ link, session, hello }) => {
    state.classList.toggle("cut", link !== "open");
    const role = (session?.role ?? hello?.role) === "viewer" ? ` · ${T.viewer}` : "";
    /** @type {HTMLElement} */ (state.firstChild).textContent = (T.links[link] ?? link) + role;
  });
  const offDialog = store.watch(["run", "dialog"], ({ run, dialog }) => {
    for (const button of el.querySelectorAll("[data-open], .menu")) /** @type {HTMLElement} */ (button).hidden = !run || dialog === "start";
    chips.hidden = dialog === "start";
  });
  return () => {
    offRun();
    off();
    offDialog();
    el.replaceChildren();
  };
}

/** @param {string} text @param {string} dialog @param {Store} store @param {string} [more] */
function chip(text, dialog, store, more = "") {
  return h("button", { class: `chip ${more}`, onclick: () => store.act("dialog", dialog), title: text }, h("span", {}, text));
}

function mark() {
  return s("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" },
    s("rect", { width: 32, height: 32, rx: 7, class: "mark-ground" }),
    s("g", { class: "mark-cells" }, ...[7, 13.5, 20].map((y) => s("rect", { x: 6, y, width: 5, height: 5, rx: 1 }))),
    s("rect", { x: 21, y: 13.5, width: 5, height: 5, rx: 1, class: "mark-active" }),
    s("path", { d: "M12 9.5 20 15M12 16h8M12 22.5 20 17", class: "mark-lines" }));
}
