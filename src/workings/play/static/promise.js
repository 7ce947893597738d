// What stands beside some parts: the effect of the update in its true size; the article's picture of the delta.

import { fill, formula, h } from "./dom.js";
import { raised, shown } from "./format.js";
import { T } from "./strings.js";
import { door } from "./terms.js";
import { called, facts, held } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** Whether the new weights are made in the part that is looked at, or shown with it. @param {Readonly<App>} app */
export function updates({ run, part }) {
  const made = run?.parts[part]?.groups.flat() ?? [];
  const fresh = new Set(run?.network.edges.flatMap((edge) => [edge.new, edge.new_bias]) ?? []);
  return made.some((name) => fresh.has(name));
}

/** What is worth saying of the part that is looked at, besides its formulas. @param {Store} store @returns {HTMLElement[]} */
export function beside(store) {
  const { run, part, tape, session } = store.state;
  const made = run?.parts[part]?.groups.flat() ?? [];
  if (!tape || session?.status === "running") return [];
  if (updates(store.state)) return [effect(store)];
  const read = [...new Set(made.flatMap((name) => facts(store.state, name)?.turned ?? []))];
  return [...read.map((name) => turned(name, store)), ...(run?.pictured && made.includes(run.pictured) ? [pictured(store)] : [])];
}

/** Weights as they are read on the way back: their rows are columns. @param {string} name @param {Store} store */
function turned(name, store) {
  const { tape } = store.state;
  const found = held(store.state, name);
  if (!tape || !found) return h("div", {});
  const [rows, columns] = found.axes;
  const { decimals, power } = tape.formats[name];
  const value = (/** @type {number} */ row, /** @type {number} */ column) =>
    shown(found.values[row * columns.places.length + column], { digits: decimals, exponent: power });
  return h("section", { class: "turned", "data-turned": name }, h("h3", {}, T.turned(name), power ? ` ×10${raised(String(power))}` : ""),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": T.turned(name) }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, h("td", {}), ...rows.labels.map((label) => h("th", { scope: "col" }, label)))),
      h("tbody", {}, ...columns.labels.map((label, c) => h("tr", {}, h("th", { scope: "row" }, label || columns.places[c]),
        ...rows.places.map((place, r) => h("td", { class: "num" }, door(called(name, [place, columns.places[c]]), value(r, c), store)))))))),
    h("p", { class: "small muted" }, T.turnedSentence));
}

/** The loss before and after the update. @param {Store} store */
function effect(store) {
  const box = h("section", { class: "effect", hidden: true }, h("h3", {}, T.effect));
  store.act("ask", "promise").then((/** @type {any} */ found) => {
    const [before, after] = found.loss.shown;
    box.hidden = false;
    box.append(h("p", { class: "losses num", "data-effect": "" }, `${T.loss} `, h("strong", {}, before), " → ", h("strong", {}, after)),
      h("p", { class: "small" }, found.sentence), found.picture ? h("p", { class: "small muted" }, found.picture.sentence) : "");
    store.set({ promise: { ...found, run: store.state.run?.run } });
  }, () => undefined);
  return box;
}

/** A switch that shows the article's picture beside what is right. @param {Store} store */
function pictured(store) {
  const body = h("div", { hidden: true });
  const toggle = h("button", { role: "switch", "aria-checked": "false", onclick: async () => {
    const on = toggle.getAttribute("aria-checked") !== "true";
    toggle.setAttribute("aria-checked", String(on));
    body.hidden = !on;
    if (on && !body.childElementCount) fill(body, ...told(await store.act("ask", "slip"), store));
  } }, T.pictured);
  return h("section", { class: "pictured" }, h("p", { class: "small" }, T.noRateHere), toggle, body);
}

/** @param {any} found @param {Store} store */
function told(found, store) {
  return [
    h("p", { class: "small" }, found.sentence),
    found.formula.mathml ? h("div", { class: "scroll math" }, h("span", {}, `${found.array} = `), formula(found.formula.mathml)) : "",
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": T.pictured }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, found.array), ...T.picturedHeads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...found.cells.map((/** @type {any} */ one) => h("tr", {}, h("th", { scope: "row" }, door(one.cell, one.cell, store)),
        h("td", { class: "num" }, one.shown[0]), h("td", { class: "num" }, one.shown[1])))))),
    found.more ? h("p", { class: "small muted" }, T.andMore(found.more)) : "",
    found.then ? h("p", { class: "small" }, found.then) : "",
  ];
}

/**
 * The boundary before the update, dashed, and after it, in the units of a map.
 * @param {CanvasRenderingContext2D} pen @param {any} picture @param {{x: any, y: any}} scale @param {string} colour
 */
export function ghost(pen, picture, scale, colour) {
  for (const [lines, dash, wide] of /** @type {[number[][][], number[], number][]} */ ([[picture.before, [5, 4], 1.25], [picture.after, [], 1.75]])) {
    pen.setLineDash(dash);
    pen.lineWidth = wide;
    pen.strokeStyle = colour;
    pen.beginPath();
    for (const path of lines) path.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](scale.x.at(x), scale.y.at(y)));
    pen.stroke();
  }
  pen.setLineDash([]);
}
