// Every word the page says by itself, in one table. What is said about networks comes from the server.

import { grouped } from "./format.js";

export const T = {
  name: "workings",
  // connection
  connecting: "Connecting…", cannotConnect: "There is no connection. Open the address that `workings play` printed; it holds the key.",
  links: /** @type {Record<string, string>} */ ({ connecting: "connecting", open: "connected", cut: "not connected", refused: "not connected" }),
  stopped: (/** @type {number} */ step) => `The server stopped; step ${grouped(step)} is shown. Trying again.`,
  notWhileCut: "This needs the server, which is not connected.", tryNow: "Try now", viewer: "reading only",
  replaced: "Another page holds the controls. This one follows it.", takeOver: "Take over", watching: "This run is trained elsewhere and shown as it goes.",
  diverged: "It diverged.", showCell: "Show the cell", undo: "Undo", close: "Close", newRun: "A new run was started; the old one is kept under Compare.",
  // start
  startLine: "Train a network and see every number of it", startTitle: "Start",
  startSentence: "A real engine computes on this machine. Walk through one step, train thousands, go back to any of them, and ask any number why it is what it is.",
  theArticle: "The article", aProblem: "A problem", myData: "My data", linkOrFile: "A link", enter: "Enter ↵",
  myDataSentence: "A table of numbers and words: open a file, drop it, or paste it.", openData: "Open a table…", staysHere: "It stays on this machine.",
  linkSentence: "A link somebody shared. Nothing is trained until you say so.", linkField: "Paste a link", openLink: "Open",
  // top
  whatIsOpen: "What is open", theme: "Dark or light", compare: "Compare", exportShare: "Export & share", help: "Keys and help", menu: "Menu",
  // transport
  scrubber: "Steps of the run", step: "step", of: "of", to: "to", stepField: "Go to step", toStart: "To step 0 (Home on the track)", stepBack: "One step back ([)",
  stepOn: "One step on (])", trainIt: "Train", goOn: "Go on", pause: "Pause", walk: "Walk this step", walkWord: "Walk", walkRest: "this step", partBack: "Previous part", manySteps: (/** @type {number} */ n) => `${grouped(n)} steps on`,
  speed: "Speed", speeds: { most: "as fast as it goes", 60: "60 steps a second", 10: "10 steps a second", 1: "1 step a second", part: "one part at a time" },
  // parts and sheet
  parts: "Parts", part: "Part", distributions: "Distributions", askFirst: "Ask me first", window: "Window", runningNote: "running — pause to read exactly",
  asking: "Ask me first is on: choose a ? and work it out.", legendActive: "active cell", legendSource: "made from",
  notYet: "happens when you step", hiddenValue: "hidden until you work it out", newValue: "New value of", noNumber: "This is no number.",
  // why
  why: "Why", whyIsThis: (/** @type {string} */ shown) => `Why is this ${shown}?`, closeWhy: "Back", trail: "The way here", value: "value", sum: "sum", terms: "Terms",
  allTerms: "show all", chooseANumber: "Choose any number to see why it is what it is.", whereItGoes: "Where it goes", rules: "The rules it follows", feedsNothing: "Nothing reads it: it is an end.",
  isGiven: "It is given: nothing made it.", andMore: (/** @type {number} */ count) => `and ${count} more`, lossAndThis: "The loss and this number", howItIsMade: "how that is made",
  check: "Check by a nudge", history: "step", tryAnother: "Try another value", tryInFork: "Try in a fork", showMe: "Show me the sum", finish: "Finish", again: "Again",
  stretchKeys: "+ and \u2212 enlarge about the cursor, Escape shows the whole run", stretchGroup: "What the chart shows", closer: "Closer", wider: "Wider", wholeRun: "Whole run",
  stretch: (/** @type {number} */ from, /** @type {number} */ to) => `Steps ${grouped(from)} to ${grouped(to)}.`, madeIn: (/** @type {string} */ cell, /** @type {number} */ step) => `${cell} was made in step ${grouped(step)}.`,
  binOf: (/** @type {string} */ cell, /** @type {string} */ value) => `${cell} is ${value}.`,
  showProduct: "Show me", notThere: (/** @type {string} */ cell) => `${cell} is not among the samples of this step.`,
  notation: "Notation", notations: /** @type {Record<string, string>} */ ({ plain: "Plain", numpy: "NumPy", r: "R", excel: "Excel", latex: "LaTeX" }),
  copy: "Copy", copied: "Copied", notCopied: "Not copied",
  whatIs: "What is", checkIt: "Check", hint: "A hint", tellMe: "Tell me", madeOf: "It is made of", notYetRight: "Not yet. Half a unit of the last digit is near enough.",
  askingOn: "Numbers are hidden until you work them out.", askingOff: "Numbers are shown again.",
  // side
  sidePanels: "Panels", panels: /** @type {Record<string, string>} */ ({ network: "Network", result: "Result", diagnosis: "Diagnosis" }), graph: "The network", graphMode: "What the lines show",
  modes: /** @type {Record<string, string>} */ ({ weights: "Values", gradient: "Gradients", update: "Updates" }), biasOf: "bias of", allNeurons: "All neurons",
  result: "Result", results: /** @type {Record<string, string>} */ ({ map: "Map", space: "Space", fit: "Fit", table: "Table", loss: "Loss", predict: "Predict" }),
  loss: "loss", right: "right", output: "output", mapOf: "Map of", scores: "Scores", truthDown: "truth down, answer across", residuals: "Residuals",
  row: "row", target: "Target", residual: "residual", predict: "Predict", lossChart: "Loss over the steps; arrows read it, Enter goes there", logScale: "Logarithmic",
  asTable: "As table", lossTable: "Loss as table", train: "training", test: "test", stepAxis: "step",
  notAskedYet: "The doctor looks when the run stands still.", exactly: "exactly", tested: "What was tested", whyAndEvidence: "Why, and the evidence", inAFork: "Tried in a run of its own",
  // dialogs
  dialogs: /** @type {Record<string, string>} */ ({ data: "Data", network: "Network and training", compare: "Compare runs", distributions: "Distributions", export: "Export and share", help: "Help, keys and words", menu: "Menu" }),
  layers: "Hidden layers", neuronsOf: (/** @type {number} */ layer) => `Layer ${layer}: neurons`, activation: "Activation", addLayer: "Add a layer", removeLayer: "Remove layer",
  outputActivation: "Output", lossFunction: "Loss", suits: "what suits", articleStart: "the article's", bias: "Biases", startWeights: "Starting weights", seed: "Seed",
  reduction: "Loss of all samples", sign: "Sign", newRunWith: "Start a new run", oldStays: "The old run stays in Compare.", training: "Training", optimizer: "Optimizer",
  schedule: "Schedule", fromNow: "From this step on", fromNowSentence: "Rate, batch, penalties and stop rules change without a reset.", weights: "Weights",
  reset: "Back to step 0, same weights", newWeights: "New starting weights",
  fields: /** @type {Record<string, string>} */ ({}),
  rows: "rows", chooseFile: "Choose a file", pasteHere: "…or paste rows here, with a line of names first", usePasted: "Use these rows", pasted: "pasted.csv", aTable: "…or a built-in table",
  dropHere: (/** @type {any} */ limits) => `or drop it here. CSV or TSV, up to ${grouped(Math.round((limits.upload ?? 0) / 1e6))} MB, ${grouped(limits.rows ?? 0)} rows, ${limits.columns ?? 0} columns.`,
  scale: "Scaling", task: "What is predicted", tasks: [{ name: "auto", title: "what suits the target" }, { name: "classification", title: "a class" }, { name: "regression", title: "an amount" }], missing: "Missing cells", testShare: "Share kept for the test", splitSeed: "Seed of the split", openTable: "Open this table",
  columnsTitle: "Columns, and what becomes of them", columnHeads: ["column", "role", "holds", "missing", "least", "mean", "spread", "most", "becomes"], roleOf: "Role of",
  roles: { input: "input", target: "target", ignore: "left out" }, firstRows: "The first rows, as read", line: "line",
  differences: "What was set differently", setting: "setting", noDifference: "Nothing was set differently.", noCurves: "No run has made a step yet: train one, and its losses are drawn here.", isShown: "shown", showRun: "Show", forgetRun: "Forget run",
  fromStep: (/** @type {number} */ parent, /** @type {number} */ at) => `from step ${at} of run ${parent}`,
  takeAway: "Take it away", making: "Making it…", saved: "Saved", share: "Share", link: "Link", copyLink: "Copy the link", withRows: "with the rows of the table, if they are few",
  shareSentence: "The link holds the settings, the step and the cell. Opening it builds and does not train.", bytes: (/** @type {number} */ count) => `${grouped(count)} bytes.`,
  distributionsSentence: "Each picture is one kind of number of one layer, over all samples; the strip beneath is how it was in the steps before. Shaded zones mean trouble; a yellow line is the number that is chosen.",
  areZero: (/** @type {number} */ share) => `${share} % are exactly 0.`,
  // while one waits
  cancel: "Cancel", opening: "Opening…", preparing: "Preparing the table…", readIn: "Reading", goingTo: (/** @type {number} */ step) => `Going to step ${grouped(Math.max(0, step))}…`,
  trainingTo: (/** @type {number} */ step, /** @type {number} */ of) => `Training: step ${grouped(step)} of ${grouped(of)}`,
  rowsOf: (/** @type {number} */ count) => `The sheet shows ${grouped(count)} chosen samples.`, allRows: "The sheet shows all samples.", rowsChosen: (/** @type {number} */ count) => `${grouped(count)} chosen samples: show all`,
  // parts
  turned: (/** @type {string} */ name) => `${name}, turned`, turnedSentence: "Rows have become columns: on the way back each neuron is owed through the weights that lead on from it.",
  effect: "What this update does", pictured: "As the article’s picture has it", picturedHeads: ["right", "picture"], noRateHere: "There is no learning rate in this part.",
  moveIt: (/** @type {string} */ cell) => `Move ${cell}`, withValue: (/** @type {string} */ value, /** @type {string} */ loss) => `${value}: loss ${loss}`,
  layer: (/** @type {number} */ layer) => `Layer ${layer}`, deadZone: "dead: no slope at all", flatZone: "saturated: hardly any slope",
  heatSentence: (/** @type {string} */ from, /** @type {string} */ to, /** @type {string} */ low, /** @type {string} */ high) => `Steps ${from} to ${to}, from ${low} below to ${high} above.`,
  // drawing
  drawPoints: "…or draw points", drawSentence: "Click to add a point. With keys: arrows move the cross, Enter acts, 1 to 4 choose the class, Delete removes.", drawField: "Field of points: arrows move the cross, Enter acts",
  drawWhat: "What is drawn", drawClasses: "Classes", drawAmounts: "A curve", drawClass: "Class", drawTool: "Tool", drawAll: "All points",
  drawTools: { add: "Add", move: "Move", remove: "Remove", select: "Select" }, drawClear: "Clear", drawUse: "Use these points", drawAdd: "Add this point", drawFromRun: "Start from the open rows",
  drawGone: (/** @type {number} */ count) => `Remove ${count}`, drawMake: (/** @type {number} */ count, /** @type {string} */ name) => `Make ${count} of them ${name}`,
  drawn: (/** @type {number} */ count, /** @type {string} */ each) => `${grouped(count)} points${each ? `: ${each}` : ""}.`,
  // scaling
  scalingTitle: "Scaling, and on which rows it was found", scalingUsed: "taken off, divided by", scalingTrain: "of the training rows", scalingAll: "of all rows", scalingStrip: "before and after", scalingAfter: "training after", scalingTest: "test after",
  scalingNone: "Columns are read as they are.",
  scalingProof: (/** @type {boolean} */ tested) => (tested ? "What is taken off and divided by is that of the training rows, not of all rows; so the test rows come out near to, but not exactly at, mean 0 and spread 1." : "No row is kept for a test, so every row is a training row."),
  scalingKey: (/** @type {boolean} */ tested) => (tested ? "Filled bars: training rows. Outlined bars: test rows." : "Bars: training rows."),
  // what links leave out
  hideTitle: "Leave controls out, for a class", hideSentence: "The link then opens without them. In an address: &hide=compare,predict", chooseFirst: "Choose a number on the sheet first.",
  hidable: /** @type {Record<string, string>} */ ({
    speed: "Speed", step: "Step field", network: "Network", result: "Result", diagnosis: "Diagnosis", predict: "Predict", loss: "Loss", parts: "Parts", distributions: "Distributions", ask: "Ask me first",
    compare: "Compare", export: "Export & share", check: "Check by a nudge", notation: "Notations", slopes: "The loss and this number",
  }),
  // pictures to take away
  pictures: "Pictures", notDrawn: "This picture is not drawn yet: try again when the run stands still.",
  pictureOf: (/** @type {string} */ panel, /** @type {string} */ title, /** @type {number} */ step) => `${panel} of ${title}, step ${step}`,
  smooth: "Smooth", smoothOver: (/** @type {number} */ over) => `Running mean over ${grouped(over)} steps`, statistics: "Least, mean, spread and most of each column", statisticsOf: "Columns of", someSamples: "Show some samples alone: their numbers, as in 3 7 12-20", someSamplesShort: "samples…", overRows: (/** @type {number} */ count) => `Over all ${grouped(count)} rows`,
  pointsTable: "Samples as table", pointHeads: ["sample", "answer", "right"], yes: "yes", no: "no", pointRead: (/** @type {string} */ row, /** @type {string} */ rest) => `sample ${row}: ${rest}`,
  whichWay: "Which way will it go?", ways: ["down", "stays", "up"], wrongWay: "No, the other way. Look at its gradient.", score: (/** @type {number} */ right, /** @type {number} */ tried) => `${right} of ${tried} right`,
  howToRead: "How to read the page", reading: [
    "One step of training has parts: forward, error, back, update. The sheet shows every matrix of the step; the small number before a name is the part that makes it.",
    "Point at a number: a solid border is the number itself, dashed borders are what it was made from. Choose it, and the right side says why, term by term; each term is a way to its cell.",
    "Any weight, bias or input can be edited. An edit starts a run of its own, a fork; nothing is overwritten, and Compare shows both.",
  ],
  keysTitle: "Keys", singleKeys: "Single keys act", motion: "Motion", darkTheme: "Dark", motionOn: "Motion is on.", motionOff: "Motion is off.",
  keys: [
    ["Space", "train or pause"], [". ,", "next, previous part"], ["] [", "next, previous step"], ["} {", "100 steps on, back"], ["1 2 3", "train, walk, why"],
    ["s", "go to a step"], ["d n r g", "data, network, result, diagnosis"], ["e", "export and share"], ["f", "fork here"], ["p", "ask me first"],
    ["l", "read the summary aloud"], ["t", "dark or light"], ["m", "motion on or off"], ["?", "this help"], ["Enter", "why is this number what it is"],
    ["Esc Backspace", "back along the way"], ["F2", "edit the cell (on touch: press long)"], ["Alt+↓ Alt+↑", "to what made it, to what uses it"], ["Ctrl+→ Ctrl+←", "next, previous matrix"],
    ["+ \u2212 Esc", "on the loss chart: closer, wider, the whole run"],
    ["Home End", "first, last of the row, or of the track"], ["Ctrl+Home Ctrl+End", "first, last cell of the matrix"],
  ],
  controls: "Controls", controlList: [
    ["Train", "runs steps until a stop rule holds or you pause."], ["Walk this step", "goes through the parts of one step, one press each."],
    ["Track", "shows the loss of the run; drag it to go to any step. What you see there is exact."], ["Compare", "lists the runs, draws their losses together, and says what was set differently."],
    ["Distributions", "shows how values, slopes and updates of each layer are spread."], ["Ask me first", "hides what is computed, so that you can work it out, with three hints."],
    ["Export & share", "writes the network as a program or workbook, and makes a link."],
  ],
  glossary: "Words", words: [
    ["step", "one update of all weights: one iteration."], ["epoch", "as many steps as it takes to use every training row once."], ["delta", "what a neuron's input sum is owed: how the error changes with it."],
    ["slope", "how steep an activation is at a value."], ["fork", "a run that shares the steps of another up to a point, and then goes its own way."],
    ["nudge", "a check: move the number a little, compute the loss again, and compare with what back-propagation says."],
  ],
  about: "About", fontNote: "Formulas use the mathematical font of the system; none is loaded from outside.",
};
