// What the page knows, as types. Nothing here runs.

/**
 * @typedef {object} Axis
 * @property {string | number} size @property {number} first @property {number} of
 * @property {string[]} places @property {string[]} labels
 *
 * @typedef {{name: string, offset: number, shape: number[], axes: Axis[]}} Laid
 * @typedef {{ev: string, schema: number, kind: string, arrays: Laid[], [more: string]: any}} Schema
 *
 * @typedef {object} ArrayFacts
 * @property {string} name @property {number} part @property {string} kind @property {(string | number)[]} sizes @property {number[]} shape
 * @property {string} title @property {{plain: string, mathml: string} | null} formula @property {string} index_form @property {string} why
 * @property {boolean} editable @property {number | null} layer @property {string} role @property {string | null} under @property {string[]} turned
 *
 * @typedef {{part: number, number: string, title: string, short: string, sentence: string, groups: string[][], needs_step: boolean, layer: number | null}} Part
 *
 * @typedef {{label: string, place: string, x: number, y: number}} Unit
 * @typedef {object} Layer
 * @property {string} title @property {string} values @property {string | null} input @property {string | null} slope @property {string | null} delta
 * @property {string | null} activation @property {string} size @property {Unit[]} units @property {number} more
 *
 * @typedef {object} Edges
 * @property {number} from @property {number} to @property {string} weights @property {string | null} bias
 * @property {string} gradient @property {string | null} bias_gradient @property {string} new @property {string | null} new_bias
 * @property {string | null} update @property {string | null} bias_update
 *
 * @typedef {object} Run
 * @property {number} run @property {number | null} parent @property {number} at @property {string} change @property {string} title
 * @property {any} spec @property {string} described @property {{data: string, network: string, training: string}} names @property {string[]} notes
 * @property {{training: number, test: number}} rows @property {string} task @property {string[]} classes @property {string[]} inputs
 * @property {{name: string, holds: string, usual: string, levels: string[] | null}[]} columns
 * @property {Part[]} parts @property {ArrayFacts[]} arrays @property {string | null} pictured
 * @property {Record<string, {count: number, labels: string[], places?: string[], title: string}>} sizes
 * @property {{width: number, height: number, layers: Layer[], edges: Edges[]}} network
 * @property {{map: {x: string, y: string, choices: string[], fixed: string} | null, space: [string, number][], fit: boolean, table: string}} pictures
 *
 * @typedef {object} Session
 * @property {number} run @property {number} step @property {number} last @property {number} part @property {string} status @property {string} said
 * @property {string} title @property {number} loss @property {string} shown_loss @property {number | null} test_loss @property {string} right
 * @property {number | null} rate @property {string} engine @property {string} role @property {string} stopped @property {number} lr
 *
 * @typedef {{values: Float64Array | Float32Array, axes: Axis[], shape: number[]}} Held
 * @typedef {object} Tape
 * @property {number} run @property {number} step @property {boolean} running @property {number[]} not_yet
 * @property {{places: string[], labels: string[], sentence: string}} rows
 * @property {Record<string, {decimals: number, power: number}>} formats @property {string} said @property {number} loss @property {string} check
 * @property {number} schema @property {Map<string, Held>} arrays
 *
 * @typedef {{step: number, arrays: Map<string, Held>}} Tick
 * @typedef {{count: number, steps: Float64Array, lows: Float64Array, highs: Float64Array, tests: number[], testSteps: number[]}} Curve
 * @typedef {{title: string, array: string, place: string, low: number, high: number, levels: Uint8Array}} Picture
 * @typedef {{size: number, pictures: Picture[], x: any, y: any, fixed: string, step: number}} Maps
 * @typedef {{title: string, array: string, layer: number, what: string, zones: {low: number, high: number, text: string}[], low: number, high: number, zero: number, counts: Uint16Array}} Series
 *
 * @typedef {object} App
 * @property {string} link connecting, open, cut, refused
 * @property {number} retry milliseconds until the next try
 * @property {string} refusal
 * @property {any} hello
 * @property {Run | null} run
 * @property {Session | null} session
 * @property {{shown: number, runs: any[]} | null} runs
 * @property {Tape | null} tape
 * @property {Tick | null} tick
 * @property {number} at the step that is shown
 * @property {boolean} seeking
 * @property {Curve} curve
 * @property {{run: number, from: number, to: number, curve: Curve} | null} stretch of the loss chart that is enlarged
 * @property {{step: number, text: string, kind?: string}[]} marks
 * @property {any} diagnosis
 * @property {any} diverged
 * @property {Maps | null} maps
 * @property {Series[]} series
 * @property {string | null} selected
 * @property {string | null} hovered
 * @property {Set<string>} sources of what is hovered or selected
 * @property {any} explanation
 * @property {{text: string, run?: number, step: number} | null} unexplained what was refused, where it was asked for
 * @property {string[]} trail
 * @property {number} part
 * @property {string} depth train, walk or why
 * @property {string} sample
 * @property {string | null} neuron "layer,place"
 * @property {string} resultTab @property {string} sideTab @property {string} graphMode @property {boolean} logLoss
 * @property {string | null} dialog
 * @property {string} theme @property {boolean} motion @property {boolean} shortcuts @property {boolean} asking
 * @property {Record<string, string>} guessed cells that were typed rightly while asking
 * @property {{text: string, level: string, undo?: number} | null} notice
 * @property {string} busy what is being waited for
 * @property {string} speed
 * @property {any} upload
 * @property {string} waiting what takes a while, in words @property {{step: number, of: number} | null} working how far it is
 * @property {string[]} rows samples that are looked at alone @property {string[]} hide controls that are left out
 * @property {{right: number, tried: number}} score of what was worked out by hand
 * @property {any} promise what the update of a step did
 */
export {};
