// The strip of parts: where in the step one is.

import { fill, h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountParts(el, store) {
  const list = h("ol", {});
  el.append(h("h2", {}, T.parts), list, h("div", { class: "foot" },
    h("button", { "data-go": "distributions", onclick: () => store.act("dialog", "distributions") }, T.distributions),
    h("button", { class: "ask", "aria-pressed": "false", onclick: () => store.act("askFirst"), title: `${T.askFirst} (p)` }, T.askFirst)));
  let centred = -1;
  list.addEventListener("focusin", ({ target }) => {
    const at = /** @type {Element} */ (target); // under a pointer it stays where it is
    if (at.matches(":focus-visible")) at.scrollIntoView({ block: "nearest", inline: "center" });
  });
  const offRun = store.watch(["run"], ({ run }) => fill(list, ...(run?.parts ?? []).map((part, index) => h("li", {},
    h("button", { onclick: () => store.act("part", index), title: part.title }, h("span", { class: "n" }, part.number), h("span", {}, part.short))))));
  const off = store.watch(["run", "part", "tape", "depth"], ({ run, part, tape }) => {
    [...list.querySelectorAll("button")].forEach((button, index) => {
      const current = index === part;
      if (current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      const undone = tape?.not_yet.includes(run?.parts[index]?.part ?? -1) ?? false;
      button.classList.toggle("undone", undone);
      if (current && index !== centred && el.scrollWidth > el.clientWidth) {
        el.scrollTo({ left: button.offsetLeft - el.clientWidth / 2 + button.offsetWidth / 2, behavior: store.state.motion ? "smooth" : "auto" });
      }
    });
    centred = part;
  });
  const offAsk = store.watch(["asking"], ({ asking }) => el.querySelector(".ask")?.setAttribute("aria-pressed", String(asking)));
  return () => {
    offRun();
    off();
    offAsk();
    el.replaceChildren();
  };
}
