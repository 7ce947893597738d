// A cell that is typed into: Enter takes it over in a run of its own, Escape leaves it as it was.

import { h } from "./dom.js";
import { exact, typed } from "./format.js";
import { politely } from "./say.js";
import { T } from "./strings.js";
import { valueOf } from "./values.js";

/** @typedef {import("./types.js").App} App */

/** @param {string} cell @param {HTMLElement} box @param {import("./store.js").Store<App>} store */
export function edited(cell, box, store) {
  const before = valueOf(store.state, cell);
  const old = box.textContent;
  const input = /** @type {HTMLInputElement} */ (h("input", { inputmode: "decimal", autocomplete: "off", "aria-label": `${T.newValue} ${cell}` }));
  input.value = before === null ? "" : exact(before).replace("\u2212", "-");
  box.classList.add("editing");
  box.replaceChildren(input);
  input.select();
  let open = true;
  const close = (/** @type {boolean} */ back) => {
    if (!open) return;
    open = false;
    box.classList.remove("editing");
    box.textContent = old;
    if (back) box.focus();
  };
  input.addEventListener("blur", () => close(false));
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close(true);
    if (event.key !== "Enter") return;
    const value = typed(input.value);
    if (value === null) {
      input.setAttribute("aria-invalid", "true");
      politely(T.noNumber, { now: true });
      return;
    }
    close(true);
    if (value !== before) store.act("edit", cell, value);
  });
}
