// The numbers of the phrase explorer: a phrase as a classifier reads it, and its beliefs, bit by bit. No page.
import { inputGradient, stepSizes } from "../shared/input_gradient.mjs";
import { decodeFloats, pooled, prefixBeliefs, runNetwork, unpackNetwork } from "../shared/network.mjs";

/**
 * A phrase as it is read.
 * @typedef {object} Reading
 * @property {string[]} letters T of them
 * @property {number[]} numbers the letters as numbers
 * @property {number} T number of letters
 * @property {string[]} keys one per beginning of the phrase
 * @property {import("../shared/cell.mjs").FlatTrace[][]} traces by layer and direction
 * @property {import("../shared/cell.mjs").FlatTrace[]} halves traces of the one layer, by direction
 * @property {Generator | null} job computes the beliefs that are missing
 */

export const LONGEST = 64; // letters that are read
export const UNKNOWN = 1; // the number of a letter that training has not seen
const MOST_KEPT = 4096; // beginnings whose beliefs are remembered
// What Python's str.split takes for space; \s differs.
// oxlint-disable-next-line no-control-regex -- some of it is control characters
const SPACES = /[\t-\r\u001C-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/u;

/**
 * The letters that are read of a phrase: composed, single spaces, none at the ends, 64 at most.
 * @param {string} phrase as it was typed
 * @returns {string[]} letters
 */
export function readLetters(phrase) {
  return [...phrase.normalize("NFC").split(SPACES).filter(Boolean).join(" ")].slice(0, LONGEST);
}

/**
 * Embedding and network from the numbers of a page; see `from_torch` in Python.
 * @param {Float32Array} numbers every weight
 * @param {object} architecture see Network.architecture in Python
 * @returns {object} a `Network` with its `embedding`, one row a letter
 */
export function unpackClassifier(numbers, architecture) {
  const size = architecture.letters * architecture.input_size;
  return { embedding: numbers.subarray(0, size), ...unpackNetwork(numbers.subarray(size), architecture) };
}

/**
 * The inputs of a network.
 * @param {{ embedding: Float32Array }} network with a row for each letter
 * @param {number} I numbers of a row
 * @param {number[]} letterNumbers the letters (T)
 * @returns {Float64Array} (T x I), flat
 */
export function embed({ embedding }, I, letterNumbers) {
  const xs = new Float64Array(letterNumbers.length * I);
  letterNumbers.forEach((number, t) => xs.set(embedding.subarray(number * I, (number + 1) * I), t * I));
  return xs;
}

/**
 * The unit whose terms, weight times feature, add most to the score of a class.
 * @param {import("../shared/network.mjs").Network} network with a head
 * @param {import("../shared/cell.mjs").FlatTrace[]} halves of its top layer
 * @param {number} T number of steps
 * @param {number} winner the class
 * @returns {[number, number]} direction and unit
 */
function strongestUnit(network, halves, T, winner) {
  const { head, width, H } = network;
  const features = pooled(network, halves, T);
  const terms = Array(width).fill(0);
  features.forEach((value, k) => {
    terms[k % width] += head.weight[winner * features.length + k] * value;
  });
  const rounded = terms.map((term) => Number(term.toFixed(9)));
  const place = rounded.indexOf(Math.max(...rounded));
  return [Math.floor(place / H), place % H];
}

/**
 * What the model makes of the present phrase.
 * @param {(key: string) => any} get a value of the widget's state
 * @returns {object} `shown` is the `Reading` that `read` found; `goOn` computes beliefs that are still missing
 */
export function phraseReader(get) {
  const architecture = get("architecture");
  const { input_size: I, hidden_size: H } = architecture;
  const network = unpackClassifier(decodeFloats(get("weights")), architecture);
  const numberOf = new Map(get("letters").map((letter, n) => [letter, n + UNKNOWN + 1]));
  const kept = new Map(); // beginning -> beliefs
  let shown = null;

  function advance() {
    const { value, done } = shown.job.next();
    if (done) shown.job = null;
    else kept.set(shown.keys[value[0]], value[1]);
  }
  function read() {
    const letters = readLetters(get("phrase"));
    const numbers = letters.map((letter) => numberOf.get(letter) ?? UNKNOWN);
    const T = letters.length;
    const keys = numbers.map((_, t) => numbers.slice(0, t + 1).join(","));
    const xs = embed(network, I, numbers);
    const traces = runNetwork(network, xs, T, {});
    if (kept.size > MOST_KEPT) kept.clear();
    const job = prefixBeliefs(network, xs, T, {}, { wanted: (t) => !kept.has(keys[t]), traces });
    shown = { letters, numbers, T, keys, traces, halves: traces[0], job };
    advance(); // the whole phrase first: the answer
  }
  // K probabilities after letter t, if they are computed.
  const beliefAt = (t) => kept.get(shown.keys[t]);
  const winnerAt = (t) => beliefAt(t).reduce((best, value, k, all) => (value > all[best] ? k : best), 0);
  return {
    get shown() {
      return shown;
    },
    read,
    goOn(until) {
      while (shown.job && performance.now() < until) advance();
      return shown.job !== null;
    },
    beliefAt,
    winnerAt,
    traceAt: (key, t) => shown.halves[get("direction")][key][t * H + get("unit")],
    // How steep the score of class k is in each letter's embedding.
    slopes: (k) => (shown.T ? stepSizes(inputGradient(network, shown.traces, shown.T, k), I) : []),
    strongest: () => strongestUnit(network, shown.halves, shown.T, winnerAt(shown.T - 1)),
  };
}
