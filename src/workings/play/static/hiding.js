// What a link says about the page: which part, cell and depth; and which controls are left out, for a class.

import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const DEPTHS = ["train", "walk", "why"];

/** The names of controls that are known, of a list in an address. @param {string | null} text */
export function hidden(text) {
  return (text ?? "").split(",").filter((name) => name in T.hidable);
}

/** Marks the page, whose style sheet leaves them out. @param {Store} store */
export function follows(store) {
  store.watch(["hide"], ({ hide }) => { document.body.dataset.hide = hide.join(" "); });
}

/** What is looked at, for a link. @param {Readonly<App>} app */
export function view({ run, part, selected, depth, theme, sample, resultTab, hide }) {
  return { part: run?.parts[part]?.part ?? 0, cell: selected ?? "", depth: DEPTHS.indexOf(depth), theme, sample, tab: resultTab, hide };
}

/** What a link says is looked at. @param {Store} store @param {any} told */
export function restored(store, told) {
  if (!told) return;
  const { run } = store.state;
  const part = run?.parts.findIndex((one) => one.part === told.part) ?? -1;
  store.set({
    ...(told.theme === "dark" || told.theme === "light" ? { theme: told.theme } : {}),
    ...(DEPTHS[told.depth] ? { depth: DEPTHS[told.depth] } : {}), ...(part >= 0 ? { part } : {}),
    ...(typeof told.tab === "string" ? { resultTab: told.tab } : {}), ...(Array.isArray(told.hide) ? { hide: hidden(told.hide.join()) } : {}),
  });
  if (told.sample) store.act("sample", String(told.sample));
  if (told.cell) store.act("open", told.cell);
}
