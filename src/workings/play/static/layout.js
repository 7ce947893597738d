// Where the matrices stand on the sheet: a band for each layer forward, one back, one for the updates.

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {{names: string[], sign?: string}} Column */
/** @typedef {Column[]} Band */

/** @param {Readonly<App>} app @returns {Band[]} */
export function laidOut({ run, tape }) {
  if (!run || !tape) return [];
  const present = new Set(tape.arrays.keys());
  const taken = new Set();
  /** @param {(string | null | undefined)[]} names @returns {Column[]} */
  const column = (...names) => {
    const fresh = names.filter((name) => name && present.has(name) && !taken.has(name)).map(String);
    for (const name of fresh) taken.add(name);
    return fresh.length ? [{ names: fresh }] : [];
  };
  const { layers, edges } = run.network;
  const updates = new Set(edges.flatMap((edge) => [edge.gradient, edge.bias_gradient, edge.new, edge.new_bias, edge.update, edge.bias_update]));
  const forward = edges.map((edge, index) => [
    ...signed("", column(index === 0 ? layers[0].values : null), "·"),
    ...column(edge.weights, edge.bias),
    ...signed(index === 0 ? "=" : "", column(layers[edge.to].input)),
    ...signed("→", column(layers[edge.to].values)),
  ]);
  const last = layers.length - 1;
  const steps = run.arrays.filter((one) => one.kind === "step" && !updates.has(one.name));
  const back = layers.slice(1, -1).map((layer, index) => {
    const owed = steps.filter((one) => one.layer === index + 1 && one.name !== layer.slope && one.name !== layer.delta);
    return [...owed.flatMap((one) => column(one.name)), ...signed("⊙", column(layer.slope)), ...signed("=", column(layer.delta))];
  });
  const ends = run.arrays.filter((one) => one.kind === "data" || (steps.includes(one) && (one.layer === null || one.layer === last)));
  const end = ends.flatMap((one) => column(one.name));
  const others = run.arrays.filter((one) => one.kind !== "parameter" && one.kind !== "setting" && !updates.has(one.name)).flatMap((one) => column(one.name));
  const renewed = edges.map((edge) => [
    ...column(edge.gradient, edge.bias_gradient), ...column(edge.update, edge.bias_update), ...column(edge.new, edge.new_bias),
  ]).reverse();
  const tail = forward.length - 1;
  const settings = run.arrays.filter((one) => one.kind === "setting").flatMap((one) => column(one.name));
  (back[0] ?? renewed[0]).push(...settings);
  return paired([
    ...forward.slice(0, tail), [...(forward[tail] ?? []), ...end], ...back.reverse(), others, ...together(renewed),
    run.arrays.flatMap((one) => column(one.name)),
  ]);
}

/** @param {string} sign @param {Column[]} columns @param {string} [after] @returns {Column[]} */
function signed(sign, columns, after = "") {
  if (!columns.length) return [];
  return [...(sign ? [{ names: [], sign }] : []), ...columns, ...(after ? [{ names: [], sign: after }] : [])];
}

/** Small networks have all their updates in one band. @param {Band[]} bands @returns {Band[]} */
function together(bands) {
  return bands.length <= 2 ? [bands.flat()] : bands;
}

/** @param {Band[]} bands @returns {Band[]} */
function paired(bands) {
  return bands.filter((band) => band.some((column) => column.names.length));
}
