// The columns of a table: what they hold, how they are spread, and how they are scaled, with the proof.

import { h } from "./dom.js";
import { palette, prepared } from "./palette.js";
import { T } from "./strings.js";

const ROLES = /** @type {const} */ (["input", "target", "ignore"]);

/** @param {any} preview @param {(name: string, role: string) => void} role @returns {HTMLElement} */
export function columnTable(preview, role) {
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": T.columnsTitle }, h("table", { class: "plain" },
    h("caption", {}, T.columnsTitle),
    h("thead", {}, h("tr", {}, ...T.columnHeads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ...preview.columns.map((/** @type {any} */ one) => h("tr", {}, h("th", { scope: "row" }, one.name),
      h("td", {}, h("select", { "aria-label": `${T.roleOf} ${one.name}`, onchange: (/** @type {Event} */ event) => role(one.name, /** @type {HTMLSelectElement} */ (event.target).value) },
        ...ROLES.map((word) => h("option", { value: word, selected: one.role === word || (word === "ignore" && !ROLES.includes(one.role)) }, T.roles[word])))),
      h("td", {}, one.holds), h("td", {}, one.missing || ""), ...spreadOf(one), h("td", { class: "wide" }, one.why_not || one.becomes))))));
}

/** Four cells of numbers, or the words that are most frequent. @param {any} one */
function spreadOf({ before, words }) {
  if (before) return ["low", "mean", "sd", "high"].map((word) => h("td", { class: "num" }, before[word]));
  return [h("td", { colspan: 4, class: "wide" }, /** @type {[string, number][]} */ (words ?? []).map(([word, count]) => `${word} ${count}`).join(", "))];
}

/** How each column of numbers is scaled: by what, found on which rows, and what comes out. @param {any} preview @returns {HTMLElement | null} */
export function scalingTable(preview) {
  const rows = preview.columns.filter((/** @type {any} */ one) => one.scaling && one.role === "input");
  if (!rows.length) return null;
  const scaled = rows[0].scaling.scale !== "none";
  const tested = rows.some((/** @type {any} */ one) => one.scaling.test);
  const two = (/** @type {{off: string, by: string}} */ of) => h("td", { class: "num" }, `${of.off}, ${of.by}`);
  return h("details", { open: scaled, class: "scaling" }, h("summary", {}, T.scalingTitle),
    h("p", { class: "small muted" }, scaled ? T.scalingProof(tested) : T.scalingNone),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": T.scalingTitle }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.columnHeads[0]), ...(scaled ? [h("th", { scope: "col" }, T.scalingUsed), h("th", { scope: "col" }, T.scalingTrain), ...(tested ? [h("th", { scope: "col" }, T.scalingAll)] : [])] : []),
        h("th", { scope: "col" }, T.scalingStrip), h("th", { scope: "col" }, T.scalingAfter), ...(tested ? [h("th", { scope: "col" }, T.scalingTest)] : []))),
      h("tbody", {}, ...rows.map((/** @type {any} */ one) => h("tr", { "data-column": one.name }, h("th", { scope: "row" }, one.name),
        ...(scaled ? [two(one.scaling), two(one.scaling.fitted), ...(tested ? [two(one.scaling.all)] : [])] : []),
        h("td", {}, strip(one)), h("td", { class: "num" }, meaned(one.scaling.training)), ...(tested ? [h("td", { class: "num" }, meaned(one.scaling.test))] : [])))))),
    h("p", { class: "small muted" }, T.scalingKey(tested)));
}

/** @param {{mean: string, sd: string} | null} of */
function meaned(of) {
  return of ? `${of.mean} ± ${of.sd}` : "";
}

/** How the rows are spread, with the ends before and after. @param {any} one */
function strip({ name, before, after, scaling }) {
  const { bins } = scaling;
  const ends = (/** @type {any} */ of) => (of ? h("span", { class: "ends" }, h("span", {}, of.low), h("span", {}, of.high)) : null);
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { role: "img", "aria-label": `${name}: ${before?.low} ${T.to} ${before?.high}` }));
  const draw = () => {
    const { pen, width, height } = prepared(canvas);
    const colours = palette();
    const most = Math.max(1, ...bins.training.map((/** @type {number} */ count, /** @type {number} */ i) => count + bins.test[i]));
    const wide = width / bins.training.length;
    bins.training.forEach((/** @type {number} */ count, /** @type {number} */ i) => {
      const [high, more] = [(count / most) * (height - 1), (bins.test[i] / most) * (height - 1)];
      pen.fillStyle = colours.pos;
      pen.fillRect(i * wide + 0.5, height - high, wide - 1, high);
      pen.strokeStyle = colours.neg;
      pen.lineWidth = 1;
      if (more) pen.strokeRect(i * wide + 1, height - high - more + 0.5, wide - 2, more - 0.5);
    });
  };
  new ResizeObserver(draw).observe(canvas);
  return h("div", { class: "strip" }, ends(before), canvas, ends(after));
}
