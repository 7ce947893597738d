// What takes a while: a skeleton after a moment, and after a second a way to give it up.

import { fill, h } from "./dom.js";
import { politely } from "./say.js";
import { T } from "./strings.js";

export const SOON = 150; // milliseconds before anything is shown
export const LONG = 1000; // before it can be given up

/** What is shown while one waits. @param {HTMLElement} box @param {string} text @param {(() => void) | null} cancel */
export function skeleton(box, text, cancel) {
  fill(box, h("div", { class: "skeleton" }, h("p", { role: "status" }, text), h("i", { "aria-hidden": "true" }), h("i", { "aria-hidden": "true" }),
    cancel ? h("button", { onclick: cancel }, T.cancel) : null));
}

/**
 * Waits for some work; a skeleton stands in the box meanwhile. Given up, the answer is left alone.
 * @param {HTMLElement} box @param {string} text @param {Promise<any>} work @param {() => void} cancel @returns {Promise<any>}
 */
export async function patiently(box, text, work, cancel) {
  const timers = [setTimeout(() => { skeleton(box, text, null); politely(text); }, SOON), setTimeout(() => skeleton(box, text, () => { cancel(); end(); }), LONG)];
  const end = () => {
    timers.forEach(clearTimeout);
    box.replaceChildren();
  };
  try {
    return await work;
  } finally {
    end();
  }
}
