// A table of one's own: open, drop or paste; roles, scaling, split; what becomes of each column.

import { columnTable, scalingTable } from "./columns.js";
import { fill, h } from "./dom.js";
import { amount, choice, clear, field, pointed } from "./forms.js";
import { patiently } from "./patience.js";
import { T } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

const CHUNK = 200_000;

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountData(el, store) {
  const { hello } = store.state;
  const wrong = h("p", { class: "wrong", role: "alert" });
  const found = h("div", { class: "found", "aria-live": "polite" });
  /** @type {any} */
  let asked = {};
  /** @type {any} */
  let preview = null;

  let gone = false;
  const waiting = h("div", {});
  /** Shows that it takes a while, and lets it be given up. @param {string} text @param {Promise<any>} work @returns {Promise<any>} */
  const awaited = (text, work) => patiently(waiting, text, work, () => { asked = { ...asked }; });

  /** @param {string} name @param {Blob} bytes */
  const send = async (name, bytes) => {
    clear(el, wrong);
    const mine = asked = { source: "upload" };
    const sent = async () => {
      await store.act("ask", "data.begin", { name, size: bytes.size });
      for (let from = 0; from < bytes.size && asked === mine; from += CHUNK) {
        store.act("bytes", new Uint8Array(await bytes.slice(from, from + CHUNK).arrayBuffer()));
      }
      if (asked === mine) await seen(mine);
    };
    try {
      await awaited(`${T.readIn} ${name}…`, sent());
    } catch (error) {
      if (asked === mine) pointed(el, error, wrong);
    }
  };

  /** @param {any} wanted */
  const seen = async (wanted) => {
    const fresh = await store.act("ask", "data.preview", wanted);
    if (wanted !== asked || gone) return; // something else was asked for since
    preview = fresh;
    show();
  };

  const look = async () => {
    clear(el, wrong);
    const wanted = asked;
    try {
      await awaited(T.preparing, seen(wanted));
    } catch (error) {
      if (wanted === asked) pointed(el, error, wrong);
    }
  };

  /** Points drawn by hand are a table like any other. @param {{kind: string, points: any[]}} fields */
  const drawn = async (fields) => {
    clear(el, wrong);
    try {
      preview = await store.act("ask", "data.draw", fields);
      asked = { source: "upload", test: 0 };
      show();
      found.scrollIntoView({ block: "nearest" });
    } catch (error) {
      pointed(el, error, wrong);
    }
  };

  const change = (/** @type {object} */ fields) => {
    asked = { ...asked, ...fields };
    look();
  };

  const role = (/** @type {string} */ name, /** @type {string} */ to) => {
    const roles = new Map(preview.columns.map((/** @type {any} */ one) => [one.name, one.role]));
    roles.set(name, to);
    if (to === "target" && preview.target !== name) roles.set(preview.target, "input");
    const of = (/** @type {string} */ word) => [...roles].filter(([, value]) => value === word).map(([key]) => key);
    change({ target: of("target").at(-1) ?? preview.target, ignore: of("ignore"), keep: of("input") });
  };

  const commit = async () => {
    clear(el, wrong);
    try {
      await store.act("change", "data.commit", asked);
      store.set({ dialog: null, part: 0, depth: "train" });
    } catch (error) {
      pointed(el, error, wrong);
    }
  };

  const show = () => fill(found,
    h("div", { class: "found-head" }, h("h3", {}, `${preview.name} · ${preview.rows} ${T.rows}`), ...preview.notes.map((/** @type {string} */ note) => h("p", { class: "small muted" }, note))),
    preview.shape ? h("p", { class: "shape" }, preview.shape) : null,
    ...preview.problems.map((/** @type {string} */ one) => h("p", { class: "wrong" }, one)),
    settings(),
    columnTable(preview, role),
    scalingTable(preview),
    first(),
    h("p", { class: "actions" }, h("button", { class: "primary", disabled: preview.problems.length > 0, onclick: commit }, T.openTable), h("span", { class: "small muted" }, T.oldStays)));

  const settings = () => h("div", { class: "columns" },
    field("target", T.target, choice(preview.columns, preview.target, (target) => change({ target, ignore: (asked.ignore ?? []).filter((/** @type {string} */ one) => one !== target) })), preview.task_reason ?? ""),
    field("task", T.task, choice(T.tasks, asked.task ?? "auto", (task) => change({ task: task ?? "auto" }))),
    field("scale", T.scale, choice(hello.options.scales, asked.scale ?? preview.suggested?.data?.scale ?? null, (scale) => change({ scale }))),
    field("missing", T.missing, choice(hello.options.missing, asked.missing ?? preview.suggested?.data?.missing ?? null, (missing) => change({ missing }))),
    field("test", T.testShare, amount(asked.test ?? preview.suggested?.data?.test ?? 0, (test) => change({ test: test ?? 0 })), preview.split ? `${preview.split.training} ${T.train}, ${preview.split.test} ${T.test}` : ""),
    field("seed", T.splitSeed, amount(asked.seed ?? preview.suggested?.data?.seed ?? 0, (seed) => change({ seed: seed ?? 0 }))));

  const first = () => h("details", {}, h("summary", {}, T.firstRows), h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": T.firstRows }, h("table", { class: "plain" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.line), ...preview.columns.map((/** @type {any} */ one) => h("th", { scope: "col" }, one.name)))),
    h("tbody", {}, ...preview.first.map((/** @type {string[]} */ cells, /** @type {number} */ i) => h("tr", {}, h("th", { scope: "row" }, preview.lines[i] ?? i + 1), ...cells.map((cell) => h("td", {}, cell))))))));

  const file = /** @type {HTMLInputElement} */ (h("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", id: "file", onchange: () => file.files?.[0] && send(file.files[0].name, file.files[0]) }));
  const paste = /** @type {HTMLTextAreaElement} */ (h("textarea", { rows: 4, spellcheck: "false", "aria-label": T.pasteHere, placeholder: T.pasteHere }));
  const tables = choice(hello?.tables ?? [], null, (source) => { if (source) { asked = { source }; look(); } }, T.aTable);
  tables.setAttribute("aria-label", T.aTable);
  const drop = h("div", { class: "drop" }, h("label", { class: "filebutton", for: "file" }, T.chooseFile), file, h("p", { class: "small muted" }, T.dropHere(hello?.limits ?? {})));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const one = event.dataTransfer?.files[0];
    if (one) send(one.name, one);
  });
  const board = h("div", { class: "board", hidden: true });
  /** @type {() => void} */
  let endDrawing = () => undefined;
  const toDraw = h("button", { "aria-expanded": "false", onclick: async () => {
    const { drawing } = await import("./draw.js"); // few need it: it comes when it is wanted
    board.hidden = !board.hidden;
    toDraw.setAttribute("aria-expanded", String(!board.hidden));
    if (!board.childElementCount) endDrawing = drawing(board, store, drawn);
    board.scrollIntoView({ block: "nearest" });
  } }, T.drawPoints);
  el.append(h("div", { class: "ways" }, drop,
    h("div", { class: "paste" }, paste, h("button", { onclick: () => send(T.pasted, new Blob([paste.value])) }, T.usePasted)),
    h("div", { class: "others" }, tables, toDraw)), board, wrong, waiting, found);
  const { run } = store.state;
  if (run) { // the table that is open, as it was opened
    const { name, ...told } = run.spec.data;
    asked = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null && value !== undefined));
    seen(asked).catch(() => undefined);
  }
  return () => {
    gone = true;
    endDrawing();
    el.replaceChildren();
  };
}
