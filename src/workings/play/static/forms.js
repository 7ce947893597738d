// Fields of a form, and where the server's words about one of them go.

import { h } from "./dom.js";
import { entered, typed } from "./format.js";
import { T } from "./strings.js";

let made = 0;

/**
 * A field with its label, sentence and place for an error; `path` is what the server calls it.
 * @param {string} path @param {string} label @param {HTMLElement} control @param {string} [sentence]
 */
export function field(path, label, control, sentence = "") {
  made += 1;
  const id = `field-${made}`;
  control.id = id;
  control.dataset.path = path;
  control.setAttribute("aria-describedby", `${id}-said ${id}-wrong`);
  return h("div", { class: "field" }, h("label", { for: id }, label), control,
    h("span", { class: "small muted", id: `${id}-said` }, sentence), h("span", { class: "wrong", id: `${id}-wrong`, role: "alert" }));
}

/** @param {{name: string, use?: string, [more: string]: any}[]} rows @param {string | null} value @param {(value: string | null) => void} change @param {string} [none] what nothing chosen is called */
export function choice(rows, value, change, none = "") {
  return h("select", { onchange: (/** @type {Event} */ event) => change(/** @type {HTMLSelectElement} */ (event.target).value || null) },
    none ? h("option", { value: "", selected: value === null }, none) : null,
    ...rows.map((row) => h("option", { value: row.name, selected: row.name === value, title: row.use }, row.title ?? row.name)));
}

/** A number, or null where it is left out. @param {number | null} value @param {(value: number | null | string) => void} change */
export function amount(value, change) {
  const input = /** @type {HTMLInputElement} */ (h("input", { inputmode: "decimal", autocomplete: "off", class: "num" }));
  input.value = value === null || value === undefined ? "" : entered(value);
  input.addEventListener("change", () => change(input.value.trim() === "" ? null : typed(input.value) ?? input.value));
  return input;
}

/** @param {boolean} value @param {(value: boolean) => void} change */
export function flag(value, change) {
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => change(input.checked) }));
  input.checked = value;
  return input;
}

/** Puts an error at its field; at the form's own line where it is about none. @param {HTMLElement} form @param {any} error @param {HTMLElement} line */
export function pointed(form, error, line) {
  clear(form, line);
  if (error.code === "closed") {
    line.textContent = T.notWhileCut;
    return;
  }
  const at = /** @type {HTMLElement | null} */ (error.field ? form.querySelector(`[data-path="${CSS.escape(error.field)}"]`) : null);
  const text = error.text ?? String(error);
  if (!at) {
    line.textContent = text;
    return;
  }
  at.setAttribute("aria-invalid", "true");
  /** @type {HTMLElement} */ (form.querySelector(`#${at.id}-wrong`)).textContent = text;
  at.focus();
}

/** @param {HTMLElement} form @param {HTMLElement} line */
export function clear(form, line) {
  line.textContent = "";
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  for (const one of form.querySelectorAll(".field > .wrong")) one.textContent = "";
}
