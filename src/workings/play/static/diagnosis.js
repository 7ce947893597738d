// What the doctor found, with a remedy that is tried in a run of its own.

import { fill, h } from "./dom.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @type {Record<string, string>} */
const MARKS = { error: "✕", warning: "!", note: "i" };

const PATIENCE = 700; // milliseconds at one step before all of it is looked at, which takes the engine a while

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountDiagnosis(el, store) {
  let asked = "";
  let begun = false;
  /** @type {number | undefined} */
  let soon;
  const off = store.watch(["diagnosis"], ({ diagnosis }) =>
    fill(el, ...(diagnosis ? told(diagnosis, store) : [h("p", { class: "small muted" }, T.notAskedYet)])));
  const offStep = store.watch(["session", "tape"], ({ session, tape }) => {
    const key = `${session?.run} ${session?.step} ${session?.status}`;
    if (!session || !tape || key === asked) return;
    asked = key;
    window.clearTimeout(soon);
    const going = session.status === "running";
    if ((going || (!begun && session.last)) && !store.state.diagnosis?.findings.length) store.set({ diagnosis: null }); // it is no longer so
    begun = session.last > 0;
    if (going) return;
    soon = window.setTimeout(() => store.act("ask", "diagnose").then((/** @type {any} */ found) => store.set({ diagnosis: found }), () => undefined), PATIENCE);
  });
  return () => {
    off();
    offStep();
    window.clearTimeout(soon);
    el.replaceChildren();
  };
}

/** @param {any} found @param {Store} store */
function told(found, store) {
  const findings = /** @type {any[]} */ (found.findings ?? []);
  const tested = found.tested ?? [];
  const well = found.glance ? found.said : found.sentence;
  const begun = (store.state.session?.last ?? 0) > 0;
  return [
    well && !findings.length ? h("p", { class: `well${begun ? "" : " yet"}` }, h("span", { class: "mark", "aria-hidden": "true" }, begun ? "✓" : "–"), well) : null,
    h("ul", { class: "findings" }, ...findings.map((one, i) => finding(one, i, store))),
    tested.length ? h("details", {}, h("summary", {}, `${T.tested} (${tested.length})`), h("ul", { class: "tested small" },
      ...tested.map((/** @type {any} */ one) => h("li", {}, one.sentence ?? one.name)),
      ...(found.untested ?? []).map((/** @type {any} */ one) => h("li", { class: "muted" }, `${one.name}: ${one.sentence}`)))) : null,
  ];
}

/** @param {any} one @param {number} place @param {Store} store */
function finding(one, place, store) {
  const evidence = /** @type {any[]} */ (one.evidence ?? []);
  return h("li", { class: `finding ${one.severity}`, "data-disease": one.disease },
    h("p", {}, h("span", { class: "mark", "aria-hidden": "true" }, MARKS[one.severity] ?? "!"), h("strong", {}, one.title), ` ${one.what}`),
    one.said_follows && h("p", { class: "small muted" }, one.said_follows),
    h("details", {}, h("summary", {}, T.whyAndEvidence), h("p", { class: "small" }, one.why),
      h("dl", { class: "evidence small" }, ...evidence.flatMap((each) => [h("dt", {}, each.name), h("dd", { class: "num" }, each.shown)]))),
    one.remedy ? h("p", { class: "remedy" }, one.remedy.may === false ? h("span", { class: "small" }, one.remedy.said)
      : h("button", { class: "small", onclick: () => store.act("remedy", place), title: one.remedy.here ? "" : T.inAFork }, one.remedy.said)) : null);
}
