// Dark or light, motion or none: what the system asks for, until somebody says otherwise.

import { forget } from "./palette.js";

/** @typedef {import("./types.js").App} App */

const DARK = window.matchMedia("(prefers-color-scheme: dark)");
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

/** @param {string} key @param {string | null} value */
export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(`workings.${key}`);
    else localStorage.setItem(`workings.${key}`, value);
  } catch {
    // a browser that keeps nothing is asked again next time
  }
}

/** @param {string} key @returns {string | null} */
export function kept(key) {
  try {
    return localStorage.getItem(`workings.${key}`);
  } catch {
    return null;
  }
}

/** What to start with. @returns {{theme: string, motion: boolean}} */
export function preferred() {
  return {
    theme: kept("theme") ?? (DARK.matches ? "dark" : "light"),
    motion: kept("motion") === null ? !STILL.matches : kept("motion") === "on",
  };
}

/** @param {import("./store.js").Store<App>} store */
export function follow(store) {
  DARK.addEventListener("change", () => kept("theme") ?? store.set({ theme: DARK.matches ? "dark" : "light" }));
  STILL.addEventListener("change", () => kept("motion") ?? store.set({ motion: !STILL.matches }));
  store.watch(["theme", "motion"], ({ theme, motion }) => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.motion = motion ? "on" : "off";
    forget();
  });
}
