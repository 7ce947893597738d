// The network and its training: layers, output and loss, optimizer, rates. Every list is the server's.

import { fill, formula, h, icon } from "./dom.js";
import { amount, choice, clear, field, flag, pointed } from "./forms.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountNetwork(el, store) {
  const { run, hello } = store.state;
  if (!run || !hello) return () => undefined;
  const net = structuredClone(run.spec.network);
  const train = structuredClone(run.spec.train);
  const { options } = hello;
  const wrong = h("p", { class: "wrong", role: "alert" });
  const form = h("form", { class: "network-form", onsubmit: (/** @type {Event} */ event) => event.preventDefault() });
  const rows = new Map(/** @type {any[]} */ (options.fields).map((one) => [one.field, one]));
  /** @param {string} path @param {HTMLElement} control @param {string} [label] */
  const row = (path, control, label) => field(path, label ?? rows.get(path)?.label ?? T.fields[path] ?? path, control, rows.get(path)?.sentence ?? "");

  const build = () => fill(form, wrong,
    h("section", {}, h("h3", {}, T.layers), layers(), h("p", { class: "small muted" }, run.described)),
    h("section", { class: "columns" }, ...outputs(),
      row("network.bias", flag(net.bias, (value) => { net.bias = value; }), T.bias),
      row("network.start", choice(options.initializers, net.start === "article" ? null : net.start, (value) => { net.start = value; }, net.start === "article" ? T.articleStart : T.suits), T.startWeights),
      row("network.seed", amount(net.seed, (value) => { net.seed = value; }), T.seed),
      row("network.reduction", choice(options.reductions, net.reduction, (value) => { net.reduction = value; }), T.reduction),
      row("network.sign", choice(options.signs, net.sign, (value) => { net.sign = value; }), T.sign)),
    h("p", { class: "actions" }, h("button", { class: "primary", onclick: applyNet }, T.newRunWith), h("span", { class: "small muted" }, T.oldStays)),
    h("section", {}, h("h3", {}, T.training), h("div", { class: "columns" },
      row("train.optimizer", choice(options.optimizers, train.optimizer, (value) => { train.optimizer = value; }), T.optimizer),
      row("train.lr", amount(train.lr, (value) => { train.lr = value; })),
      row("train.batch", amount(train.batch, (value) => { train.batch = value; })),
      row("train.l1", amount(train.l1, (value) => { train.l1 = value; })),
      row("train.l2", amount(train.l2, (value) => { train.l2 = value; })),
      row("train.clip", amount(train.clip, (value) => { train.clip = value; })),
      row("train.schedule", choice(options.schedules, train.schedule, (value) => { train.schedule = value; }), T.schedule),
      row("train.until.steps", amount(train.until.steps, (value) => { train.until.steps = value; })),
      row("train.until.loss", amount(train.until.loss, (value) => { train.until.loss = value; })),
      row("train.until.plateau", amount(train.until.plateau, (value) => { train.until.plateau = value; })))),
    h("p", { class: "actions" }, h("button", { class: "primary", onclick: applyTrain }, T.fromNow), h("span", { class: "small muted" }, T.fromNowSentence)),
    h("section", {}, h("h3", {}, T.weights), h("p", { class: "fields" },
      h("button", { onclick: () => { store.act("reset"); store.act("dialog", null); } }, T.reset),
      h("button", { onclick: () => { store.act("newWeights"); store.act("dialog", null); } }, T.newWeights))));

  const layers = () => h("ol", { class: "layers" },
    ...net.hidden.map((/** @type {any} */ layer, /** @type {number} */ i) => h("li", {},
      row(`network.hidden.${i}.units`, amount(layer.units, (value) => { layer.units = value; }), T.neuronsOf(i + 1)),
      row(`network.hidden.${i}.activation`, choice(/** @type {any[]} */ (options.activations).filter((one) => one.hidden), layer.activation, (value) => { layer.activation = value; build(); }), T.activation),
      about(layer.activation),
      h("button", { class: "plain square", "aria-label": `${T.removeLayer} ${i + 1}`, title: T.removeLayer, onclick: () => { net.hidden.splice(i, 1); build(); } }, icon("close")))),
    h("li", {}, h("button", { disabled: net.hidden.length >= hello.limits.hidden_layers, onclick: () => {
      net.hidden.push({ ...(net.hidden.at(-1) ?? { units: 4, activation: options.activations.find((/** @type {any} */ one) => one.hidden).name }) });
      build();
    } }, T.addLayer)));

  const about = (/** @type {string} */ name) => {
    const found = /** @type {any[]} */ (options.activations).find((one) => one.name === name);
    return found ? h("div", { class: "small about" }, found.formula ? h("div", { class: "scroll" }, formula(found.formula)) : null, h("p", {}, found.use)) : null;
  };

  const outputs = () => {
    const pair = /** @type {any[]} */ (options.outputs).find((one) => one.activation === net.output);
    const pairs = /** @type {any[]} */ (options.outputs).map((one) => ({ name: one.activation, use: one.use }));
    return [
      row("network.output", choice(pairs, net.output, (value) => { net.output = value; net.loss = null; build(); }, T.suits), T.outputActivation),
      row("network.loss", choice(pair?.losses ?? [], net.loss, (value) => { net.loss = value; }, T.suits), T.lossFunction),
    ];
  };

  /** @param {string} op @param {object} fields */
  async function apply(op, fields) {
    clear(form, wrong);
    try {
      await store.act("change", op, fields);
      store.act("dialog", null);
    } catch (error) {
      pointed(form, error, wrong);
    }
  }
  const applyNet = () => apply("net.set", { network: net });
  const applyTrain = () => {
    const changed = Object.fromEntries(Object.entries(train).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(run.spec.train[key])));
    return Object.keys(changed).length ? apply("train.set", { train: changed }) : store.act("dialog", null);
  };
  build();
  el.append(form);
  return () => el.replaceChildren();
}
