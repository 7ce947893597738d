// Looking numbers up by the name of their cell. Names and places come from the server.

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Held} Held */

/** @param {string} cell @returns {{name: string, places: string[]}} */
export function parsed(cell) {
  const open = cell.indexOf("[");
  if (open < 0) return { name: cell, places: [] };
  return { name: cell.slice(0, open), places: cell.slice(open + 1, -1).split(",") };
}

/** @param {string} name @param {string[]} places */
export function called(name, places) {
  return places.length ? `${name}[${places.join(",")}]` : name;
}

/** The array as it is shown now: while a run goes on, the newest that came. @param {Readonly<App>} app @param {string} name @returns {Held | undefined} */
export function held(app, name) {
  const { tape, tick } = app;
  if (tick && tape && tick.step > tape.step && tick.arrays.has(name)) return tick.arrays.get(name);
  return tape?.arrays.get(name);
}

/** The value of a cell, or null where it is not in the window. @param {Readonly<App>} app @param {string} cell @returns {number | null} */
export function valueOf(app, cell) {
  const { name, places } = parsed(cell);
  const found = held(app, name);
  if (!found || found.axes.length !== places.length) return null;
  let at = 0;
  for (let axis = 0; axis < places.length; axis += 1) {
    const place = found.axes[axis].places.indexOf(places[axis]);
    if (place < 0) return null;
    at = at * found.shape[axis] + place;
  }
  return found.values[at];
}

/** A node's value for the chosen sample. @param {Readonly<App>} app @param {string} name @param {string} place @returns {number | null} */
export function nodeOf(app, name, place) {
  const { tape, tick, sample } = app;
  const node = tick && tape && tick.step > tape.step ? tick.arrays.get(`node:${name}`) : undefined;
  if (node) return node.values[node.axes.at(-1)?.places.indexOf(place) ?? 0] ?? null;
  return valueOf(app, called(name, [sample, place]));
}

/** What is known of an array. @param {Readonly<App>} app @param {string} name */
export function facts(app, name) {
  return app.run?.arrays.find((one) => one.name === name);
}

/** Whether a run has such a cell; which samples a step has, the server knows. @param {import("./types.js").Run} run @param {string} cell */
export function has(run, cell) {
  const { name, places } = parsed(cell);
  const of = run.arrays.find((one) => one.name === name);
  return of?.shape.length === places.length && places.every((place, axis) => of.sizes[axis] === "n" || Number(place) <= of.shape[axis]);
}
