// The network as a picture: neurons are buttons, weights are lines, biases are small squares.

import { fill, h, s } from "./dom.js";
import { paintEdges } from "./edges.js";
import { shown } from "./format.js";
import { sizeOf } from "./palette.js";
import { onto } from "./raster.js";
import { T } from "./strings.js";
import { called, nodeOf, valueOf } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Layer} Layer */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{x: number, y: number, layer: number, unit: Unit, of: Layer, button: HTMLElement, bias: HTMLElement | null, biasCell: string, map: HTMLCanvasElement, value: HTMLElement}} Neuron */

const LEGIBLE = 30; // in smaller neurons there is no room for text
const FITTING = { small: 3, large: 5 }; // letters that fit into a neuron
const TOP = 22; // room for the titles of the layers

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountGraph(el, store) {
  const stage = h("div", { class: "graph", role: "group", "aria-label": T.graph });
  const modes = h("div", { class: "tabs", role: "group", "aria-label": T.graphMode }, ...Object.entries(T.modes).map(([mode, text]) =>
    h("button", { "data-mode": mode, onclick: () => store.set({ graphMode: mode }) }, text)));
  const picker = h("label", { class: "small sample" });
  el.append(stage, h("div", { class: "graph-foot" }, modes, picker));
  /** @type {Neuron[]} */
  let neurons = [];
  /** @type {unknown[]} */
  let builtFor = [];

  const build = () => {
    const { run } = store.state;
    if (!run) return;
    stage.style.setProperty("--most", String(Math.max(...run.network.layers.map(({ units }) => units.length))));
    neurons = run.network.layers.flatMap((layer, index) => layer.units.map((unit) => neuron(layer, unit, { index, stage, store })));
    fill(stage, h("canvas", { class: "edges", "aria-hidden": "true" }), s("svg", { class: "edges", "aria-hidden": "true" }),
      ...run.network.layers.map((layer) => title(layer, run, stage)), ...neurons.flatMap((one) => [one.button, one.bias]));
    neurons[0]?.button.setAttribute("tabindex", "0");
  };
  const paint = () => {
    const app = store.state;
    const { width, height } = sizeOf(stage);
    const wanted = [app.run, width, height];
    if (wanted.some((one, i) => one !== builtFor[i])) build();
    builtFor = wanted;
    for (const button of modes.children) button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.mode === app.graphMode));
    for (const one of neurons) write(one, app);
    paintEdges(stage, neurons, app, (cell) => store.act("open", cell));
  };
  stage.addEventListener("keydown", (event) => step(event, neurons));
  const off = store.watch(["run", "tape", "tick", "graphMode", "selected", "hovered", "sources", "sample", "theme", "neuron", "asking"], paint);
  const offMaps = store.watch(["maps", "theme", "run"], ({ maps }) => {
    for (const one of neurons) {
      const picture = maps?.pictures.find((each) => each.array === one.of.values && each.place === one.unit.place);
      one.button.classList.toggle("mapped", Boolean(picture));
      if (picture && maps) onto(one.map, picture.levels, maps.size);
    }
  });
  const offRows = store.watch(["tape", "sample"], ({ tape, sample }) => tape && samples(picker, tape, sample, store));
  const sized = new ResizeObserver(paint);
  sized.observe(stage);
  return () => {
    off();
    offMaps();
    offRows();
    sized.disconnect();
    el.replaceChildren();
  };
}

/** Whose values are shown. @param {HTMLElement} box @param {import("./types.js").Tape} tape @param {string} sample @param {Store} store */
function samples(box, tape, sample, store) {
  const { places, labels } = tape.rows;
  const key = `${places.join()} ${sample}`;
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  fill(box, `${store.state.run?.sizes.n?.title ?? ""} `, h("select", { "aria-label": store.state.run?.sizes.n?.title ?? "", onchange: (/** @type {Event} */ event) => store.act("sample", /** @type {HTMLSelectElement} */ (event.target).value) },
    ...places.map((place, i) => h("option", { value: place, selected: place === sample }, labels[i])),
    ...(places.includes(sample) || !sample ? [] : [h("option", { value: sample, selected: true }, sample)])));
}

/** @param {Layer} layer @param {import("./types.js").Run} run @param {HTMLElement} stage */
function title(layer, run, stage) {
  const { layers } = run.network;
  const last = layers.length - 1;
  const index = layers.indexOf(layer);
  const el = h("span", { class: `layer-title${index === 0 ? " first" : index === last ? " last" : ""}`, title: layer.title },
    last > 2 && index > 0 && index < last ? String(layer.units.length + layer.more) : layer.title, layer.more ? h("span", { class: "more" }, ` +${layer.more}`) : null);
  el.style.left = `${last ? (index / last) * 100 : 50}%`;
  const wide = last <= 2 || index === 0 || index === last; // between them stand numbers alone
  el.style.maxWidth = `${stage.clientWidth * (wide ? 0.4 : 1 / layers.length) - 4}px`;
  return el;
}

/** @param {Layer} layer @param {Unit} unit @param {{index: number, stage: HTMLElement, store: Store}} where @returns {Neuron} */
function neuron(layer, unit, { index, stage, store }) {
  const { network } = /** @type {import("./types.js").Run} */ (store.state.run);
  const { size, x, y } = placeOf(network, { index, unit }, stage);
  stage.style.setProperty("--neuron", `${size}px`);
  stage.classList.toggle("small", size < LEGIBLE);
  const edge = network.edges.find((one) => one.to === index);
  const value = h("span", { class: "value" });
  const map = /** @type {HTMLCanvasElement} */ (h("canvas", { "aria-hidden": "true" }));
  const cell = () => called(layer.values, [store.state.sample, unit.place]);
  const button = h("button", {
    class: "neuron", tabindex: -1, "data-at": `${index},${unit.place}`, title: unit.label,
    onclick: () => {
      store.act("neuron", `${index},${unit.place}`);
      store.act("open", cell());
    },
    onpointerenter: () => store.act("hover", cell()), onpointerleave: () => store.act("hover", null),
    onfocus: () => store.act("focus", cell()), onblur: () => store.act("hover", null),
  }, map, h("span", { class: "name" }, short(unit.label, size < LEGIBLE ? FITTING.small : FITTING.large)), value);
  const biasCell = edge?.bias ? biasOf(store.state, edge.bias, unit.place) : "";
  const bias = biasCell ? h("button", {
    class: "bias", tabindex: -1, "data-bias": biasCell, title: `${T.biasOf} ${unit.label}`, "aria-label": `${T.biasOf} ${unit.label}`,
    onclick: () => store.act("open", biasCell), onpointerenter: () => store.act("hover", biasCell), onpointerleave: () => store.act("hover", null),
  }) : null;
  for (const el of [button, bias]) {
    el?.style.setProperty("left", `${x}px`);
    el?.style.setProperty("top", `${y}px`);
  }
  return { x, y, layer: index, unit, of: layer, button, bias, biasCell, map, value };
}

/** A name that fits into a neuron: the first letters of its words, or of its only word. @param {string} label @param {number} most */
function short(label, most) {
  if (label.length <= most) return label;
  const words = label.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words.length > 1 ? words.slice(0, most).map((word) => word[0]).join("") : label.slice(0, most);
}

/** Where a neuron is drawn, and how large. @param {import("./types.js").Run["network"]} network @param {{index: number, unit: Unit}} which @param {HTMLElement} stage */
function placeOf({ layers }, { index, unit }, stage) {
  const high = stage.clientHeight - TOP;
  const most = Math.max(...layers.map(({ units }) => units.length));
  const apart = Math.min(high / most, 56);
  const size = Math.max(22, Math.min(40, apart - 7, stage.clientWidth / layers.length - 16));
  const { units } = layers[index];
  const margin = size / 2 + 5;
  const x = layers.length < 2 ? stage.clientWidth / 2 : margin + (index / (layers.length - 1)) * (stage.clientWidth - 2 * margin);
  return { size, x, y: TOP + high / 2 + (units.indexOf(unit) - (units.length - 1) / 2) * apart };
}

/** @param {Readonly<App>} app @param {string} name @param {string} place */
function biasOf(app, name, place) {
  const shape = app.run?.arrays.find((one) => one.name === name)?.shape ?? [];
  return called(name, shape.length > 1 ? ["1", place] : [place]);
}

/** @param {Neuron} one @param {Readonly<App>} app */
function write(one, app) {
  const hidden = app.asking && one.layer > 0;
  const value = nodeOf(app, one.of.values, one.unit.place);
  const text = hidden ? "?" : value === null ? "" : shown(value, { digits: 2, whole: true });
  one.value.textContent = text;
  const active = app.hovered ?? app.selected;
  const cell = called(one.of.values, [app.sample, one.unit.place]);
  const marks = (/** @type {HTMLElement} */ el, /** @type {string} */ name) => {
    el.classList.toggle("active", active === name);
    el.classList.toggle("source", app.sources.has(name));
  };
  marks(one.button, cell);
  one.button.setAttribute("aria-pressed", String(app.neuron === `${one.layer},${one.unit.place}`));
  one.button.title = `${one.unit.label}${text ? `: ${text}` : ""}`;
  one.button.setAttribute("aria-label", `${one.unit.label}${text ? `, ${text}` : ""}`);
  if (!one.bias) return;
  one.bias.classList.toggle("negative", (valueOf(app, one.biasCell) ?? 0) < 0);
  marks(one.bias, one.biasCell);
}

/** Arrows go from neuron to neuron; Enter on a bias or neuron opens it. @param {KeyboardEvent} event @param {Neuron[]} neurons */
function step(event, neurons) {
  const here = neurons.find((one) => one.button === document.activeElement || one.bias === document.activeElement);
  if (!here) return;
  const layer = neurons.filter((one) => one.layer === here.layer);
  const row = layer.indexOf(here);
  const across = (/** @type {number} */ by) => {
    const there = neurons.filter((one) => one.layer === here.layer + by);
    return there[Math.min(row, there.length - 1)]?.button;
  };
  /** @type {Record<string, () => HTMLElement | null | undefined>} */
  const keys = {
    ArrowDown: () => layer[row + 1]?.button, ArrowUp: () => layer[row - 1]?.button, ArrowRight: () => across(1), ArrowLeft: () => across(-1),
    b: () => here.bias,
  };
  if (!(event.key in keys)) return;
  event.preventDefault();
  event.stopPropagation();
  const next = keys[event.key]();
  if (!next) return;
  if (next !== here.bias) {
    here.button.tabIndex = -1;
    next.tabIndex = 0;
  }
  next.focus();
}
