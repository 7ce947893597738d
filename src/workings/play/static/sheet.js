// The sheet: every matrix of the step, laid out as the network computes.

import { fill, h, say } from "./dom.js";
import { edited } from "./editing.js";
import { raised } from "./format.js";
import { gradually } from "./gradual.js";
import { Grid } from "./grid.js";
import { laidOut } from "./layout.js";
import { T } from "./strings.js";
import { facts, held } from "./values.js";
import { statistics, windows } from "./windows.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Held} Held */
/** @typedef {import("./store.js").Store<App>} Store */
/** @typedef {{name: string, grid: Grid, box: HTMLElement, scale: HTMLElement, parts: number[], unseen: boolean}} Shown */

const WIDE = window.matchMedia("(min-width: 1200px)"); // bands are not broken into lines
const QUICK = 400; // cells that are named anew while a run goes on
const AT_ONCE = 90; // cells that are written with one picture while a run goes on

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountSheet(el, store) {
  const top = h("div", { class: "sheet-top" });
  const bands = h("div", { class: "bands" });
  el.append(top, bands);
  /** @type {Shown[]} */
  let shown = [];
  /** @type {unknown[]} */
  let builtFor = [];
  const live = gradually((/** @type {Shown} */ one) => put(one, store.state, one.grid.cells.length <= QUICK), AT_ONCE);

  const build = () => {
    const app = store.state;
    const focused = bands.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.cell : undefined;
    shown = [];
    fill(bands, ...laidOut(app).map((band) => {
      const named = { size: "", part: "" };
      const below = { part: "" };
      return h("div", { class: "band" }, ...joined(band).map(({ sign, column }) => {
        const made = column.names.map((name, place) => matrix(name, store, { bare: bare(app, name, named), headless: place > 0, badge: newPart(app, name, place > 0 ? below : named) })).filter((one) => one !== null);
        shown.push(...made);
        const stack = h("div", { class: "stack" }, ...made.map((one) => one.box));
        return sign ? h("div", { class: "signed" }, h("span", { class: "sign", "aria-hidden": "true" }, sign), stack) : stack;
      }));
    }));
    for (const { grid } of focused ? shown : []) grid.byName.get(focused ?? "")?.focus({ preventScroll: true });
  };
  const write = () => {
    const app = store.state;
    const { run, tape } = app;
    if (!run || !tape) return;
    const wanted = [run, shapes(tape), WIDE.matches];
    const anew = wanted.some((one, i) => one !== builtFor[i]);
    if (anew) build();
    builtFor = wanted;
    const quick = tape.running || (app.tick !== null && app.tick.step > tape.step);
    if (quick && !anew && app.session?.status === "running") live.owe(shown.filter((one) => !one.unseen));
    else {
      live.settle();
      for (const one of shown) put(one, app, quick && one.grid.cells.length <= QUICK);
    }
    el.dataset.running = String(quick && app.session?.status === "running");
    el.dataset.check = tape.check;
    el.dataset.run = String(run.run);
    el.dataset.of = `${tape.run}/${tape.step}`;
    if (!anew) return;
    light();
    place();
  };
  const light = () => {
    for (const one of shown) lookAt(one, store.state);
    el.dataset.dimmed = String(store.state.seeking);
  };
  const place = () => {
    const { run, part, depth, asking } = store.state;
    const current = run?.parts[part];
    for (const one of shown) {
      const lit = current !== undefined && one.parts.includes(current.part);
      one.box.classList.toggle("lit", lit && depth === "walk");
      const used = current !== undefined && usedBy(store.state, one.name);
      one.box.classList.toggle("used", used);
      one.box.classList.toggle("away", !lit && current !== undefined && !used);
      one.box.classList.toggle("later", depth === "walk" && current !== undefined && Math.min(...one.parts) > current.part);
    }
    el.dataset.depth = depth;
    el.dataset.asking = String(asking);
  };
  WIDE.addEventListener("change", write);
  const offTop = store.watch(["run", "tape", "session", "at", "part", "depth", "asking", "score", "rows"], () => head(top, store));
  const off = store.watch(["run", "tape", "tick", "asking", "guessed", "session"], write);
  const offLight = store.watch(["hovered", "selected", "sources", "neuron", "seeking"], light);
  const offPlace = store.watch(["part", "depth", "asking"], place);
  return () => {
    WIDE.removeEventListener("change", write);
    offTop();
    off();
    offLight();
    offPlace();
    el.replaceChildren();
  };
}

/** What the sheet is laid out by: the arrays and how large their windows are, whichever samples they hold. @param {NonNullable<App["tape"]>} tape */
function shapes({ arrays }) {
  return [...arrays].map(([name, { axes }]) => `${name} ${axes.map((axis) => `${axis.size} ${axis.first} ${axis.places.length} ${axis.of}`).join(" ")}`).join();
}

/** Each column with the sign before it, so that a line never ends in a sign. @param {import("./layout.js").Band} band */
function joined(band) {
  /** @type {{sign: string, column: import("./layout.js").Column}[]} */
  const found = [];
  let sign = "";
  for (const column of band) {
    if (!column.sign) found.push({ sign, column });
    sign = column.sign ?? "";
  }
  return found;
}

/** Whether the rows of a matrix are named by its neighbour on the left. @param {Readonly<App>} app @param {string} name @param {{size: string}} named whose rows were named last */
function bare(app, name, named) {
  const axes = held(app, name)?.axes ?? [];
  if (axes.length !== 2 || axes[0].places.length < 2) return false;
  const size = String(axes[0].size);
  const same = size === named.size;
  named.size = size;
  return same && WIDE.matches;
}

/** The number of the part that makes an array. @param {Readonly<App>} app @param {string} name */
function partOf({ run }, name) {
  const part = run?.arrays.find((one) => one.name === name)?.part;
  return run?.parts.find((one) => one.part === part)?.number ?? "";
}

/** The same where the neighbour on the left is made by another one. @param {Readonly<App>} app @param {string} name @param {{part: string}} named */
function newPart(app, name, named) {
  const part = partOf(app, name);
  const fresh = part !== named.part;
  named.part = part;
  return fresh ? part : "";
}

/** @param {string} name @param {Store} store @param {{bare: boolean, headless: boolean, badge: string}} how @returns {Shown | null} */
function matrix(name, store, how) {
  const app = store.state;
  const of = facts(app, name);
  const here = held(app, name);
  const format = app.tape?.formats[name];
  if (!of || !here || !format || !app.run) return null;
  const grid = new Grid({ ...described(of, here, app), ...how }, {
    focus: (cell) => store.act("focus", cell),
    blur: () => store.act("hover", null),
    hover: (cell) => store.act("hover", cell),
    open: (cell) => store.act("open", cell),
    edit: (cell, box) => edited(cell, box, store),
    leave: (forward) => leave(grid.box, forward),
    follow: (cell, up) => store.act("follow", cell, up),
  });
  const parts = app.run.parts.filter((part) => part.groups.flat().includes(name)).map((part) => part.part);
  if (!parts.includes(of.part)) parts.push(of.part);
  const scale = h("span", { class: "scale" });
  const cut = here.axes.filter((axis) => axis.of > axis.places.length);
  const more = cut.map((axis) => `${axis.first + 1}–${axis.first + axis.places.length} ${T.of} ${axis.of}`).join(" × ");
  const box = h("figure", { class: "matrix", "data-matrix": name },
    h("figcaption", { title: of.formula?.plain ?? of.title },
      how.badge && h("span", { class: "badge", "aria-hidden": "true" }, how.badge), h("span", { class: "name" }, name), scale,
      more && statistics(name, more, () => box, store)),
    h("div", { class: "scroll" }, grid.box));
  /** @type {Shown} */
  const made = { name, grid, box, scale, parts, unseen: false };
  box.addEventListener("contentvisibilityautostatechange", (event) => {
    made.unseen = /** @type {any} */ (event).skipped;
    if (!made.unseen) put(made, store.state, true);
  });
  return made;
}

/** What a grid has to know. @param {import("./types.js").ArrayFacts} of @param {Held} here @param {Readonly<App>} app */
function described(of, here, app) {
  const [down, across] = here.axes.length === 2 ? here.axes : here.axes.length === 1 ? [here.axes[0], null] : [null, null];
  const spoken = (/** @type {import("./types.js").Axis | null} */ axis) =>
    axis ? axis.labels.map((label) => (label ? `${app.run?.sizes[String(axis.size)]?.title ?? ""} ${label}`.trim() : "")) : [""];
  return {
    name: of.name, title: of.title, axes: here.axes.length,
    rows: down ? down.places.length : 1, cols: across ? across.places.length : 1,
    rowPlaces: down ? down.places : [""], colPlaces: across ? across.places : [""],
    row_labels: down ? down.labels : [""], col_labels: across ? across.labels : [""],
    row_names: spoken(down), col_names: spoken(across),
    made: of.kind === "step" ? of.why : "", editable: of.editable,
  };
}

/** Writes a matrix; says how many cells. @param {Shown} one @param {Readonly<App>} app @param {boolean} quick @returns {number} */
function put(one, app, quick) {
  const { tape, asking, guessed } = app;
  const here = held(app, one.name);
  const format = tape?.formats[one.name];
  const of = facts(app, one.name);
  if (!here || !of || !format || !tape) return 0;
  if (one.grid.rename(described(of, here, app))) lookAt(one, app);
  const undone = one.parts.every((part) => tape.not_yet.includes(part));
  one.grid.scale = { digits: format.decimals, exponent: format.power };
  say(one.scale, format.power ? `×10${raised(String(format.power))}` : "");
  one.grid.write(here.values, { quick, undone, hidden: asking && of?.kind === "step", known: guessed });
  return one.grid.cells.length;
}

/** Marks the cells that are looked at, in a matrix. @param {Shown} one @param {Readonly<App>} app */
function lookAt(one, app) {
  const { hovered, selected, sources, neuron } = app;
  one.grid.mark(hovered ?? selected, sources, selected);
  one.grid.column(columnOf(app, one.name, neuron));
}

/** Whether the chosen neuron has a column in an array, and which. @param {Readonly<App>} app @param {string} name @param {string | null} neuron @returns {string | null} */
function columnOf(app, name, neuron) {
  if (neuron === null || !app.run) return null;
  const [layer, place] = neuron.split(",");
  const size = app.run.network.layers[Number(layer)]?.size;
  const axis = held(app, name)?.axes.at(-1);
  return axis && axis.size === size ? place : null;
}

/** Whether the part that is shown reads an array. @param {Readonly<App>} app @param {string} name */
function usedBy({ run, part }, name) {
  const made = run?.parts[part].groups.flat() ?? [];
  return made.some((one) => {
    const text = run?.arrays.find((array) => array.name === one)?.formula?.plain ?? "";
    return new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text);
  });
}

/** To the next or previous matrix. @param {HTMLElement} box @param {boolean} forward */
function leave(box, forward) {
  const all = [...document.querySelectorAll("#sheet [role=grid]")].filter((one) => one.getClientRects().length);
  const there = all[all.indexOf(box) + (forward ? 1 : -1)];
  /** @type {HTMLElement | null} */ (there?.querySelector("[tabindex='0']"))?.focus();
}

/** The line above: what is shown, the window, the legend. @param {HTMLElement} top @param {Store} store */
function head(top, store) {
  const { run, tape, session, part, depth, asking, score } = store.state;
  if (!run || !tape) return;
  const now = run.parts[part];
  const what = depth === "walk" && now ? [h("strong", {}, `${now.number} ${now.title}. `), now.sentence] : [session?.status === "finished" || session?.status === "diverged" ? session.said : tape.rows.sentence];
  fill(top, h("p", {}, ...what),
    session?.status === "running" && h("span", { class: "running" }, T.runningNote),
    ...windows(store),
    asking && h("span", { class: "note", role: "note" }, T.asking, score.tried ? ` ${T.score(score.right, score.tried)}.` : ""),
    h("span", { class: "legend" }, h("span", {}, h("i", { class: "a" }), T.legendActive), h("span", {}, h("i", { class: "b" }), T.legendSource)));
}
