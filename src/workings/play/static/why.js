// Why is this number what it is? What the server found out about a cell, laid out.

import { asked } from "./asking.js";
import { beside } from "./promise.js";
import { fill, formula, h } from "./dom.js";
import { exact, typed } from "./format.js";
import { player } from "./player.js";
import { slider } from "./slider.js";
import { curveOf, historyOf } from "./spark.js";
import { T } from "./strings.js";
import { copied, door, formulas, notations, printed, product, termList } from "./terms.js";
import { facts, parsed, valueOf } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const NARROW = window.matchMedia("(max-width: 899px)");
const FED = 8; // cells it goes to that are listed before the rest is folded
const PATH = 6; // factors of a chain that are shown before it is folded

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountWhy(el, store) {
  const off = store.watch(["explanation", "unexplained", "selected", "asking", "guessed", "theme", "motion"], () => show(el, store));
  const offPart = store.watch(["run", "part", "depth", "tape"], () => store.state.selected || show(el, store));
  const offStep = store.watch(["tape", "session"], ({ explanation, unexplained, tape, session }) => {
    const told = explanation ?? unexplained;
    const old = told && tape && session?.status !== "running" && (told.step !== tape.step || told.run !== tape.run);
    if (old) store.act("again");
  });
  return () => {
    off();
    offPart();
    offStep();
    el.replaceChildren();
  };
}

/** @param {HTMLElement} el @param {Store} store */
function show(el, store) {
  const { explanation, unexplained, selected, asking, guessed } = store.state;
  const found = explanation?.cell === selected ? explanation : null;
  Object.assign(el.dataset, { cell: found?.cell ?? "", of: found ? `${found.run}/${found.step}` : "" });
  const inside = el.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.to : undefined;
  const of = selected ? facts(store.state, parsed(selected).name) : undefined;
  if (selected && asking && of?.kind === "step" && !(selected in guessed)) fill(el, ...asked(selected, store));
  else if (found) fill(el, ...explained(found, store));
  else if (unexplained) fill(el, head(store, T.why), h("p", { class: "wrong", role: "status" }, unexplained.text));
  else if (!selected) fill(el, ...partOf(store));
  if (selected && explanation && NARROW.matches) el.querySelector(".place")?.scrollIntoView({ block: "nearest" });
  if (inside) /** @type {HTMLElement | null} */ (el.querySelector("h2"))?.focus();
}

/** The title, with the trail that led here. @param {Store} store @param {string} title */
function head(store, title) {
  const { trail, selected } = store.state;
  return h("header", { class: "why-head" },
    h("h2", { tabindex: -1 }, title),
    selected && h("button", { class: "plain square", "aria-label": T.closeWhy, title: `${T.closeWhy} (Esc)`, onclick: () => store.act("back") }, "\u00d7"),
    trail.length > 0 && h("nav", { class: "trail", "aria-label": T.trail }, ...trail.slice(-3).map((cell, i) =>
      h("button", { class: "link", onclick: () => store.act("backTo", Math.max(0, trail.length - 3) + i) }, cell))));
}

/** What is shown while no cell is chosen: the part that is looked at. @param {Store} store */
function partOf(store) {
  const { run, part } = store.state;
  const now = run?.parts[part];
  if (!run || !now) return [h("h2", {}, T.why)];
  const made = now.groups.flat().map((name) => facts(store.state, name)).filter((one, i, all) => one?.formula && all.indexOf(one) === i);
  return [
    h("header", { class: "why-head" }, h("h2", { tabindex: -1 }, `${now.number} · ${now.title}`)),
    h("p", {}, now.sentence),
    ...beside(store),
    ...made.map((one) => one && h("section", { class: "step-formula" }, h("h3", {}, one.name),
      one.formula?.mathml ? h("div", { class: "scroll math" }, formula(one.formula.mathml)) : h("code", {}, one.formula?.plain ?? ""),
      one.why && h("p", { class: "small muted" }, one.why))),
    h("p", { class: "hint" }, T.chooseANumber),
  ].filter((one) => one !== undefined);
}

/** @param {any} found @param {Store} store */
function explained(found, store) {
  const value = h("p", { class: "exactly" }, h("span", { class: "num", "data-exact": "" }, printed(found.exact)));
  const copy = h("button", { class: "plain small", onclick: () => copied(found.exact, copy) }, T.copy);
  value.append(copy);
  const terms = found.terms.length ? termList(found.terms, found, store) : null;
  return [
    head(store, T.whyIsThis(printed(found.shown))),
    h("p", { class: "place" }, found.where),
    value,
    found.why && h("p", {}, found.why),
    formulas(found),
    rules(found),
    terms,
    ...player(found, store),
    found.sum?.sentence && h("p", { class: "small muted" }, found.sum.sentence),
    found.made && h("p", {}, h("button", { class: "link", onclick: () => madeThere(found.made, store) }, found.made.sentence)),
    found.original && h("p", { class: "small" }, found.original),
    found.curve && curveOf(found.curve),
    goes(found, store),
    owed(found, store),
    check(found),
    found.history && historyOf(found.history, found.step),
    found.edit?.may ? editor(found, store) : null,
    notations(found),
  ];
}

/** The sentences behind the signs of the formula. @param {any} found */
function rules({ reasons, why }) {
  const others = /** @type {string[]} */ (reasons).filter((one) => one !== why);
  return others.length ? h("details", {}, h("summary", {}, T.rules), ...others.map((one) => h("p", { class: "small muted" }, one))) : null;
}

/** @param {{step: number, cell: string}} made @param {Store} store */
async function madeThere(made, store) {
  if (made.step !== store.state.at) await store.act("seek", made.step);
  store.act("open", made.cell);
}

/** @param {any} found @param {Store} store */
function goes({ feeds }, store) {
  const none = !feeds?.cells.length;
  const to = (/** @type {string} */ cell) => door(cell, cell, store);
  const [first, rest] = [feeds.cells.slice(0, FED), feeds.cells.slice(FED)];
  return h("section", { class: "goes" }, h("h3", {}, T.whereItGoes),
    none ? h("p", { class: "muted" }, T.feedsNothing) : h("p", { class: "doors" }, ...first.map(to)),
    rest.length || feeds.more ? h("details", {}, h("summary", {}, T.andMore(rest.length + feeds.more)), h("p", { class: "doors" }, ...rest.map(to))) : null);
}

/** @param {any} found @param {Store} store */
function owed({ owed: of }, store) {
  if (!of) return null;
  const path = of.path ?? [];
  const rows = path.map((/** @type {any} */ one) => h("li", { class: "term" },
    product(one, store), h("span", { class: "num" }, printed(one.shown ?? ""))));
  return h("section", { class: "owed" }, h("h3", {}, T.lossAndThis), h("p", {}, of.sentence),
    path.length ? h("details", { open: path.length <= PATH && path.length < 3 }, h("summary", {}, T.howItIsMade), h("ol", { class: "terms" }, ...rows)) : null);
}

/** @param {any} found */
function check({ check: of }) {
  if (!of) return null;
  const good = of.agrees || of.skipped;
  return h("section", { class: `check ${of.skipped ? "skipped" : good ? "good" : "bad"}` }, h("h3", {}, T.check),
    h("p", {}, h("span", { class: "mark", "aria-hidden": "true" }, of.skipped ? "–" : good ? "✓" : "✕"), of.sentence));
}

/** @param {any} found @param {Store} store */
function editor(found, store) {
  const input = /** @type {HTMLInputElement} */ (h("input", { inputmode: "decimal", autocomplete: "off", "aria-label": `${T.newValue} ${found.cell}` }));
  input.value = exact(valueOf(store.state, found.cell) ?? found.value).replace("\u2212", "-");
  const wrong = h("span", { class: "wrong", role: "status" });
  const go = () => {
    const value = typed(input.value);
    input.setAttribute("aria-invalid", String(value === null));
    wrong.textContent = value === null ? T.noNumber : "";
    if (value !== null) store.act("edit", found.cell, value);
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && go());
  return h("section", { class: "edit" }, h("h3", {}, T.tryAnother), slider(found.cell, store, (value) => { input.value = String(value); }), h("p", { class: "fields" }, input, h("button", { onclick: go }, T.tryInFork)), wrong,
    found.edit.sentence && h("p", { class: "small muted" }, found.edit.sentence));
}
