// Pictures to take away: of each panel as it is drawn; of one that is not open, as it would be.

import { h } from "./dom.js";
import { drawingOf } from "./drawings.js";
import { plate } from "./plate.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {(el: HTMLElement, store: Store) => () => void} Mount */
/** @typedef {{name: string, title: string, hides: string[], when: (run: Run, app: Readonly<App>) => unknown, mount: () => Promise<Mount>, wide?: number}} Panel */

const WIDE = 836; // pixels, of what has a dialog of its own
const NARROW = 320; // where the column of panels is not laid out
const PATIENCE = 10_000; // milliseconds
const OFTEN = 60;
const LARGER = 2; // a PNG than the page
const BESIDE = ["map", "fit", "loss", "space"]; // those that share one place

/** @type {Panel[]} */
const PANELS = [
  { name: "network", title: T.panels.network, hides: ["network"], when: () => true, mount: async () => (await import("./graph.js")).mountGraph },
  { name: "map", title: T.results.map, hides: ["result"], when: ({ pictures }) => pictures.map, mount: async () => (await import("./map.js")).mountMap },
  { name: "fit", title: T.results.fit, hides: ["result"], when: ({ pictures }) => pictures.fit, mount: async () => (await import("./views.js")).mountFit },
  { name: "loss", title: T.results.loss, hides: ["result", "loss"], when: () => true, mount: async () => (await import("./loss.js")).mountLoss },
  { name: "space", title: T.results.space, hides: ["result"], when: ({ pictures }) => pictures.space.some(([, units]) => units > 1), mount: async () => (await import("./views.js")).mountSpace },
  { name: "distributions", title: T.distributions, hides: ["distributions"], when: () => true, mount: async () => (await import("./distributions.js")).mountDistributions, wide: WIDE },
  { name: "compare", title: T.compare, hides: ["compare"], when: (_, { runs }) => (runs?.runs.length ?? 0) > 1, mount: async () => (await import("./compare.js")).mountCompare, wide: WIDE },
];

/** A line for each picture there is. @param {Store} store @param {(work: () => Promise<string>) => void} take does it, and says the name of the file */
export function pictures(store, take) {
  const { run, hide } = store.state;
  const panels = run ? PANELS.filter((one) => one.when(run, store.state) && !one.hides.some((name) => hide.includes(name))) : [];
  return h("ul", { class: "exports pictures" }, ...panels.map((panel) => h("li", {}, h("span", {}, panel.title),
    h("span", { class: "fields" }, ...Object.keys(FORMS).map((form) => h("button", {
      "data-picture": `${panel.name}.${form}`, "aria-label": `${panel.title}, ${form.toUpperCase()}`, onclick: () => take(() => saved(panel, form, store)),
    }, form.toUpperCase()))))));
}

/** @param {Panel} panel @param {string} form @param {Store} store */
async function saved(panel, form, store) {
  const svg = await drawn(panel, store);
  const name = named(panel, form, store.state);
  const link = /** @type {HTMLAnchorElement} */ (h("a", { href: URL.createObjectURL(await FORMS[form](svg)), download: name }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  return name;
}

/** @param {Panel} panel @param {Store} store */
async function drawn(panel, store) {
  const open = openOf(panel, store.state);
  if (open) return plate(open, titleOf(panel, store.state));
  const place = h("div", { inert: true, "aria-hidden": "true" });
  Object.assign(place.style, { position: "fixed", left: "0", top: "0", opacity: "0", pointerEvents: "none", width: `${panel.wide ?? widthOf() ?? NARROW}px`, background: panel.wide ? "" : "var(--panel)" });
  document.body.append(place);
  /** @type {() => void} */
  let off = () => undefined;
  try {
    off = (await panel.mount())(place, store);
    await finished(place, store);
    return plate(place, titleOf(panel, store.state));
  } finally {
    off();
    place.remove();
  }
}

/** Where a panel stands on the page, if it does. @param {Panel} panel @param {Readonly<App>} app @returns {HTMLElement | null} */
function openOf({ name }, { resultTab }) {
  if (BESIDE.includes(name) && name !== resultTab) return null;
  const found = /** @type {HTMLElement | null} */ (name === "network" ? document.querySelector(".panel.network > div") : BESIDE.includes(name) ? document.querySelector(".panel .result") : null);
  return found?.getClientRects().length && ready(found) ? found : null;
}

/** How wide the panels of the page are, if they are seen. */
function widthOf() {
  return [...document.querySelectorAll(".panel > div")].map((one) => one.clientWidth).find(Boolean);
}

/** Whether all is there that a panel draws. @param {HTMLElement} el */
function ready(el) {
  const seen = [...el.querySelectorAll("canvas, svg")].filter((one) => one.getClientRects().length);
  return seen.length > 0 && seen.every((one) => one instanceof SVGElement || drawingOf(one)?.done());
}

/** @param {HTMLElement} place @param {Store} store */
async function finished(place, store) {
  for (let waited = 0; !ready(place); waited += OFTEN) {
    const text = store.state.link === "open" ? T.notDrawn : T.notWhileCut;
    if (waited > PATIENCE || text !== T.notDrawn) throw Object.assign(new Error(text), { text });
    await new Promise((done) => { setTimeout(done, OFTEN); });
  }
}

/** What a picture is of. @param {Panel} panel @param {Readonly<App>} app */
function titleOf({ title, name }, { run, at, graphMode }) {
  const what = name === "network" ? `${title} (${T.modes[graphMode]})` : title;
  return T.pictureOf(what, run?.title ?? "", at);
}

/** What the file is called, as those are that the server makes. @param {Panel} panel @param {string} form @param {Readonly<App>} app */
function named({ name }, form, { run, at }) {
  const title = (run?.spec.title || "network").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "network";
  return `workings-${title}-${name}-step-${at}.${form}`;
}

/** @param {SVGSVGElement} svg */
async function asSvg(svg) {
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`], { type: "image/svg+xml" });
}

/** The same picture, in pixels. @param {SVGSVGElement} svg @returns {Promise<Blob>} */
async function asPng(svg) {
  const address = URL.createObjectURL(await asSvg(svg));
  try {
    const image = new Image();
    await new Promise((done, failed) => { Object.assign(image, { onload: done, onerror: () => failed(new Error(T.notDrawn)), src: address }); });
    const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { width: image.naturalWidth * LARGER, height: image.naturalHeight * LARGER }));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, failed) => { canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error(T.notDrawn))), "image/png"); });
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** @type {Record<string, (svg: SVGSVGElement) => Promise<Blob>>} */
const FORMS = { svg: asSvg, png: asPng };
