// The map: what the network answers everywhere, with the samples on it.

import { axes, linear } from "./chart.js";
import { fill, h } from "./dom.js";
import { shows } from "./drawings.js";
import { layered } from "./layer.js";
import { palette, prepared } from "./palette.js";
import { drawPoint, sampleAt } from "./points.js";
import { ghost, updates } from "./promise.js";
import { onto } from "./raster.js";
import { readable } from "./reading.js";
import { regions } from "./region.js";
import { T } from "./strings.js";
import { parsed } from "./values.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./store.js").Store<App>} Store */

/** @param {HTMLElement} el @param {Store} store @returns {() => void} */
export function mountMap(el, store) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "map", role: "img", tabindex: 0 }));
  const said = h("p", { class: "small muted" });
  const choices = h("div", { class: "fields small" });
  const frame = regions(canvas, (box) => inside(box));
  const listed = readable(canvas, store, () => points?.points ?? [], (point) => [
    ...points.inputs.map((/** @type {string} */ name, /** @type {number} */ i) => [name, point.values[i]]), [T.target, points.classes[point.class] ?? point.target],
    [T.output, point.output], .../** @type {[string, string][]} */ (point.right === null ? [] : [[T.right, point.right ? T.yes : T.no]])]);
  el.append(canvas, frame, choices, said, listed);
  /** @type {any} */
  let points = null;
  /** @type {number} */
  let run = -1;
  let chosen = "";
  const small = document.createElement("canvas");
  const over = layered(); // of a thousand points no pixel changes while it trains
  /** @type {{x: any, y: any} | null} */
  let scale = null;

  const picture = () => {
    const { maps, run: now } = store.state;
    const last = now?.network.layers.at(-1);
    const found = maps?.pictures.filter((one) => one.array === last?.values) ?? [];
    return { all: found, one: found.find((one) => one.place === chosen) ?? found[0] ?? maps?.pictures.at(-1) };
  };
  const draw = () => {
    const { maps, sample } = store.state;
    const { one } = picture();
    const { pen, width, height } = prepared(canvas);
    if (!maps || !one) return;
    const box = { left: 30, top: 18, right: width - 6, bottom: height - 30 };
    const x = linear(maps.x.low, maps.x.high, box.left, box.right, 3);
    const y = linear(maps.y.low, maps.y.high, box.bottom, box.top, 3);
    scale = { x, y };
    onto(small, one.levels, maps.size);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(small, box.left, box.top, box.right - box.left, box.bottom - box.top);
    const { promise, run: now, at } = store.state;
    const promised = promise && promise.run === now?.run && promise.step === at && updates(store.state) ? promise.picture : null;
    if (promised?.x.input === maps.x.input && promised.y.input === maps.y.input) ghost(pen, promised, scale, palette().ink);
    const pointed = sampleOf(store.state);
    const goes = store.state.session?.status === "running"; // which are right was asked before it began
    const mark = (/** @type {CanvasRenderingContext2D} */ on, /** @type {any} */ point, chosen = false) => {
      const [px, py] = placeOf(points, point, maps);
      if (px === undefined || py === undefined) return;
      drawPoint(on, goes ? { ...point, right: null } : point, { x: x.at(px), y: y.at(py), chosen, count: points.points.length });
    };
    over(pen, { width, height }, [points, goes, ...Object.values(maps.x), ...Object.values(maps.y)], (on) => {
      axes(on, box, x, { ...y, ticks: y.ticks.filter((/** @type {number} */ at) => at > maps.y.low) }, { x: maps.x.input, y: maps.y.input });
      on.strokeStyle = palette().line;
      on.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
      for (const point of points?.points ?? []) mark(on, point);
    });
    for (const point of points?.points ?? []) if (String(point.row) === sample || point.row === pointed) mark(pen, point, true);
  };
  shows(canvas, draw, () => store.state.maps !== null && points !== null);
  const label = () => {
    const { maps, run: now } = store.state;
    const { all, one } = picture();
    if (!now?.pictures.map || !maps) return;
    const selects = [];
    const pick = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string[]} */ list, /** @type {(value: string) => void} */ go) =>
      h("label", {}, `${name} `, h("select", { onchange: (/** @type {Event} */ event) => go(/** @type {HTMLSelectElement} */ (event.target).value) },
        ...list.map((option) => h("option", { value: option, selected: option === value }, option))));
    if (all.length > 1) selects.push(pick(T.output, one?.title ?? "", all.map((each) => each.title), (title) => { chosen = all.find((each) => each.title === title)?.place ?? ""; draw(); }));
    const { choices: inputs } = now.pictures.map;
    if (inputs.length > 2) {
      const go = (/** @type {object} */ change) => store.act("watch", { map: { x: maps.x.input, y: maps.y.input, size: 64, units: "all", ...change } });
      selects.push(pick("x", maps.x.input, inputs, (x) => go({ x })), pick("y", maps.y.input, inputs, (y) => go({ y })));
    }
    const key = [inputs, all.length, maps.x.input, maps.y.input, one?.title].join();
    if (choices.dataset.key !== key) fill(choices, ...selects);
    choices.dataset.key = key;
    said.textContent = maps.fixed || "";
    canvas.setAttribute("aria-label", `${T.mapOf} ${one?.title ?? ""}: ${maps.x.input}, ${maps.y.input}. ${store.state.session?.said ?? ""}`);
  };
  const fetchPoints = async () => {
    const now = store.state.run;
    if (!now) return;
    try {
      const found = await store.act("ask", "points", { x: store.state.maps?.x?.input, y: store.state.maps?.y?.input });
      points = { ...found, key: `${store.state.maps?.x?.input} ${store.state.maps?.y?.input}` };
      draw();
    } catch {
      // without points the map is still a map
    }
  };
  /** The samples of a region become the rows of the sheet. @param {{left: number, top: number, right: number, bottom: number}} box */
  const inside = (box) => {
    const { maps } = store.state;
    if (!scale || !points || !maps) return;
    const { x, y } = scale;
    const rows = points.points.filter((/** @type {any} */ point) => {
      const [px, py] = placeOf(points, point, maps).map((value, i) => (value === undefined ? NaN : (i ? y : x).at(value)));
      return point.split === "training" && px >= box.left && px <= box.right && py >= box.top && py <= box.bottom;
    }).map((/** @type {any} */ point) => String(point.row));
    store.act("rows", rows);
  };
  canvas.addEventListener("click", (event) => {
    if (!scale || !points || !store.state.maps) return;
    const { maps } = store.state;
    const row = sampleAt(points.points, event, (point) => {
      const [px, py] = placeOf(points, point, maps);
      return px === undefined ? null : [scale?.x.at(px), scale?.y.at(py)];
    });
    if (row !== null) store.act("sample", String(row));
  });
  let lit = "";
  const offLit = store.watch(["hovered", "selected"], (app) => {
    const now = sampleOf(app) ?? "";
    if (now !== lit) requestAnimationFrame(draw);
    lit = now;
  });
  const off = store.watch(["maps", "sample", "theme", "promise", "part"], () => {
    const { maps, run: now } = store.state;
    label();
    draw();
    const axesChanged = points && maps && points.key !== `${maps.x.input} ${maps.y.input}`;
    if (now && maps && (now.run !== run || axesChanged)) {
      run = now.run;
      fetchPoints();
    }
  });
  let status = "";
  const offState = store.watch(["session"], ({ session }) => {
    if (session && session.status !== "running" && `${session.status} ${session.step}` !== status) fetchPoints();
    status = `${session?.status} ${session?.step}`;
  });
  const sized = new ResizeObserver(draw);
  sized.observe(canvas);
  return () => {
    off();
    offLit();
    offState();
    sized.disconnect();
    el.replaceChildren();
  };
}

/** The sample whose cell is looked at, or null. @param {Readonly<App>} app */
function sampleOf(app) {
  const { name, places } = parsed(app.hovered ?? app.selected ?? "");
  return app.run?.arrays.find((one) => one.name === name)?.sizes[0] === "n" ? places[0] : null;
}

/** @param {any} points @param {any} point @param {{x: any, y: any}} maps @returns {[number | undefined, number | undefined]} */
function placeOf(points, point, maps) {
  return [point.values[points.inputs.indexOf(maps.x.input)], point.values[points.inputs.indexOf(maps.y.input)]];
}
