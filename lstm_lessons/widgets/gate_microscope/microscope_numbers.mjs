// The numbers of the gate microscope: what is on show, computed here or received from Python, and bit by bit what
// takes longer than a frame. No page.
import { inputGradient, stepSizes } from "../shared/input_gradient.mjs";
import {
  TRACED,
  decodeFloats,
  prefixBeliefs,
  runNetwork,
  saturationShares,
  unpackNetwork,
} from "../shared/network.mjs";
import { roundLimit } from "../shared/ui.mjs";

/**
 * Class probabilities after each step, as far as they are computed.
 * @typedef {object} Beliefs
 * @property {(number[] | undefined)[]} believed T lists of K
 * @property {number} left how many are missing
 * @property {Generator} [job] computes them
 */

/**
 * What is on show.
 * @typedef {object} Shown
 * @property {number} n the sequence
 * @property {number} l the layer
 * @property {number} d the direction
 * @property {Record<string, number>} edits what is held
 * @property {number} T number of steps
 * @property {number} [label] the true class
 * @property {boolean} waiting whether Python has yet to answer
 * @property {import("../shared/cell.mjs").FlatTrace} plain traces without edits
 * @property {import("../shared/cell.mjs").FlatTrace} values traces with edits
 * @property {Beliefs | null} before beliefs without edits; null without a head
 * @property {Beliefs | null} after beliefs with edits
 */

export const SQUASHED = ["i", "f", "o"]; // gates that the scatter can show
const MOST_CLASSES = 12;
const BUDGET = 8; // milliseconds a frame for work that may take longer than one frame
const MOST_RUNS = 8; // sequences whose traces are remembered
const PLACE = ["sequence", "layer", "direction"];

/**
 * Whether a symbol has negative values.
 * @param {string} key the symbol
 * @returns {boolean} true for g, c and h
 */
export const isSigned = (key) => !SQUASHED.includes(key);

/**
 * Whether nothing is held.
 * @param {Record<string, number>} edits what is held
 * @returns {boolean} true for an empty one
 */
export const isEmpty = (edits) => Object.keys(edits).length === 0;

/**
 * Place of the largest number: the class that is believed in most.
 * @param {number[]} row K numbers
 * @returns {number} from 0
 */
export const best = (row) => row.indexOf(Math.max(...row));

/**
 * The range of the input's colors: round numbers that 98 % of all values stay within.
 * @param {Float32Array[]} sequences all inputs
 * @returns {{ limits: [number, number], beyond: boolean }} the range, and whether some values lie beyond it
 */
export function inputRange(sequences) {
  const values = sequences.flatMap((xs) => [...xs]);
  const sizes = Float64Array.from(values, Math.abs).toSorted();
  const place = 0.98 * (sizes.length - 1);
  const [below, above] = [sizes[Math.floor(place)], sizes[Math.ceil(place)]];
  const limit = roundLimit(below + (above - below) * (place % 1));
  return { limits: [values.some((value) => value < 0) ? -limit : 0, limit], beyond: sizes.at(-1) > limit };
}

/**
 * The classes that are drawn, twelve at most: the true one, and those that were ever believed in most.
 * @param {(number[] | undefined)[]} believed probabilities after each step, some of them missing
 * @param {number} count of all classes
 * @param {number} [label] the true class
 * @returns {number[]} classes, from 0, in their own order
 */
export function shownClasses(believed, count, label) {
  const all = [...Array(count).keys()];
  if (count <= MOST_CLASSES) return all;
  const known = believed.filter(Boolean);
  const most = all.map((k) => Number(Math.max(...known.map((row) => row[k])).toFixed(9)));
  const byBelief = all.filter((k) => k !== label).toSorted((a, b) => most[b] - most[a] || a - b);
  const first = label === undefined ? [] : [label];
  return [...first, ...byBelief].slice(0, MOST_CLASSES).toSorted((a, b) => a - b);
}

function advance(beliefs) {
  const { value, done } = beliefs.job.next();
  if (done) beliefs.left = 0;
  else {
    beliefs.believed[value[0]] = value[1];
    beliefs.left -= 1;
  }
}

// The last step, which is the answer, is there at once.
function startBeliefs(network, xs, T, edits, traces) {
  const job = prefixBeliefs(network, xs, T, edits, { traces });
  const beliefs = { believed: Array.from({ length: T }), left: T, job };
  advance(beliefs);
  return beliefs;
}

// What Python computed for one sequence, layer and direction.
function unpackResult(result, T, { hidden_size: H, classes: K }) {
  const traces = (text) => {
    const numbers = decodeFloats(text);
    return Object.fromEntries(TRACED.map((key, k) => [key, numbers.subarray(k * T * H, (k + 1) * T * H)]));
  };
  const beliefs = (text) => {
    const numbers = decodeFloats(text);
    return { left: 0, believed: Array.from({ length: T }, (_, t) => [...numbers.subarray(t * K, (t + 1) * K)]) };
  };
  const plain = traces(result.plain);
  const before = K ? beliefs(result.plain_beliefs) : null;
  const shares = decodeFloats(result.saturation);
  const half = (k) => [...shares.subarray(k * H, (k + 1) * H)];
  return {
    plain,
    values: result.values ? traces(result.values) : plain,
    before,
    after: K && result.beliefs ? beliefs(result.beliefs) : before,
    shares: Object.fromEntries(SQUASHED.map((gate, k) => [gate, [half(2 * k), half(2 * k + 1)]])),
  };
}

const sorted = (edits) => JSON.stringify(Object.entries(edits).toSorted());

/**
 * The numbers of one microscope.
 * @param {import("../shared/ui.mjs").State} state of the widget
 * @returns {object} `shown` is what `compute` found; `work` goes on with what is not finished
 */
export function microscopeNumbers({ get, kernel }) {
  const architecture = get("architecture");
  const { input_size: I, hidden_size: H, classes: K } = architecture;
  const sequences = get("inputs").map(decodeFloats);
  const network = get("weights") ? unpackNetwork(decodeFloats(get("weights")), architecture) : null;
  const lengthOf = (n) => sequences[n].length / I;
  const plainRuns = new Map(); // sequence -> traces[l][d] without edits
  const plainBeliefs = new Map(); // sequence -> Beliefs
  let edited = { key: "" };
  let [shares, sharesJob] = [null, network && saturationShares(network, sequences, I)];

  function plainRun(n) {
    if (!plainRuns.has(n)) {
      if (plainRuns.size > MOST_RUNS) plainRuns.clear();
      plainRuns.set(n, runNetwork(network, sequences[n], lengthOf(n), {}));
    }
    return plainRuns.get(n);
  }
  const believing = (n, edits, traces) => (K ? startBeliefs(network, sequences[n], lengthOf(n), edits, traces) : null);

  function computeHere({ n, l, d, edits, T }) {
    const plain = plainRun(n);
    if (!plainBeliefs.has(n)) plainBeliefs.set(n, believing(n, {}, plain));
    const before = plainBeliefs.get(n);
    if (isEmpty(edits)) return { plain: plain[l][d], values: plain[l][d], before, after: before };
    const key = JSON.stringify([n, edits]);
    if (edited.key !== key) {
      const run = runNetwork(network, sequences[n], T, edits);
      edited = { key, run, after: believing(n, edits, run) };
    }
    return { plain: plain[l][d], values: edited.run[l][d], before, after: edited.after };
  }

  function compute() {
    const place = network ? { edits: get("edits") } : get("result");
    const [n, l, d] = PLACE.map((key) => (network ? get(key) : place[key]));
    const shown = { n, l, d, edits: place.edits, T: lengthOf(n), label: get("labels")[n], waiting: false };
    if (network) Object.assign(shown, computeHere(shown));
    else {
      Object.assign(shown, unpackResult(place, shown.T, architecture));
      const moved = PLACE.some((key) => get(key) !== place[key]);
      shown.waiting = moved || sorted(get("edits")) !== sorted(place.edits);
    }
    numbers.shown = shown;
  }

  // For a part of a frame: which numbers came, and whether some are still missing.
  function work() {
    const until = performance.now() + BUDGET;
    const { before, after, edits } = numbers.shown;
    const pending = (isEmpty(edits) ? [after, before] : [after]).filter((beliefs) => beliefs?.left);
    for (const beliefs of pending) while (beliefs.left && performance.now() < until) advance(beliefs);
    let counted = false;
    while (sharesJob && performance.now() < until) {
      const { value, done } = sharesJob.next();
      if (done) [shares, sharesJob] = [value, null];
      counted = true;
    }
    const busy = pending.some((beliefs) => beliefs.left) || Boolean(sharesJob);
    return { believed: pending.length > 0, counted, busy };
  }

  const numbers = {
    sequences,
    here: Boolean(network),
    stuck: !network && !kernel, // nobody is here to compute anything new
    shown: null,
    lengthOf,
    compute,
    work,
    // How steep the score of class k is in each step's input, with nothing held.
    slopes: (k) => {
      const { n, T } = numbers.shown;
      return stepSizes(inputGradient(network, plainRun(n), T, k), I);
    },
    inputAt: (t, k) => sequences[numbers.shown.n][t * I + k],
    valueAt: (key, t, u) => numbers.shown.values[key][t * H + u],
    // Shares of time below 0.1 and above 0.9 of every unit: two lists of H, or undefined while they are counted.
    sharesOf: (gate) => (network ? shares?.[numbers.shown.l][numbers.shown.d] : numbers.shown.shares)?.[gate],
  };
  return numbers;
}
