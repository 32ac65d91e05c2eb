// The numbers of the translation explorer: a text as an encoder reads it, letter after letter as a decoder writes it,
// where it looks, and a beam search. No page. `widget.py` computes the same ones with PyTorch.
import { flatLayer, flatTrace, projectInputs } from "../shared/cell.mjs";
import { runNetwork } from "../shared/network.mjs";

/**
 * A translator.
 * @typedef {object} Translator
 * @property {number} E numbers of an embedding
 * @property {number} H units of the decoder; the encoder has half as many in each direction
 * @property {number} V signs of the target
 * @property {Float32Array} read embedding of the source, one row a sign
 * @property {import("../shared/network.mjs").Network} encoder bidirectional
 * @property {{ weight: Float32Array, bias: Float32Array }} bridge makes the first state of the decoder
 * @property {Float32Array} written embedding of the target, one row a sign
 * @property {import("../shared/cell.mjs").FlatWeights} decoder one layer, forward
 * @property {{ weight: Float32Array, bias: Float32Array }} head scores of the signs
 */

/**
 * What an encoder hands to a decoder.
 * @typedef {object} Memory
 * @property {number} S letters that were read
 * @property {Float64Array} states (S x H)
 * @property {{ h: ArrayLike<number>, c: ArrayLike<number> }} first states of the decoder before its first step
 */

/**
 * One step of the decoder.
 * @typedef {object} Step
 * @property {number} sign what was written
 * @property {Float64Array} logs natural logarithm of each sign's probability (V)
 * @property {Float64Array} attention where it looked (S)
 * @property {{ h: ArrayLike<number>, c: ArrayLike<number> }} state after it
 */

/**
 * A text in a beam.
 * @typedef {object} Hypothesis
 * @property {number} sign its last one
 * @property {number} log its log-probability
 * @property {number} parent its place in the beam before, -1 of the first
 * @property {boolean} ended whether it has written the end sign
 * @property {number[]} signs all of them
 * @property {{ h: ArrayLike<number>, c: ArrayLike<number> } | null} state of the decoder
 */

export const [BEGIN, END] = [1, 2];
export const [MOST_READ, MOST_WRITTEN, MOST_DIGITS] = [64, 72, 6];
const ONES = [
  ..."zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split(" "),
  ..."fifteen sixteen seventeen eighteen nineteen".split(" "),
];
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/**
 * A number in English, as num2words says it.
 * @param {number} n from 0 to 999,999
 * @returns {string} such as "one thousand and one"
 */
export function englishNumber(n) {
  if (n < 20) return ONES[n];
  if (n < 100) return TENS[Math.floor(n / 10) - 2] + (n % 10 ? `-${ONES[n % 10]}` : "");
  const unit = n < 1000 ? 100 : 1000;
  const [above, below] = [Math.floor(n / unit), n % unit];
  const head = `${englishNumber(above)} ${unit === 100 ? "hundred" : "thousand"}`;
  if (below === 0) return head;
  return `${head}${below < 100 ? " and" : ","} ${englishNumber(below)}`;
}

/**
 * The model from the numbers of a page; see `from_torch` in Python.
 * @param {Float32Array} numbers every weight
 * @param {object} architecture sizes
 * @returns {Translator} views of the numbers
 */
export function unpackTranslator(numbers, architecture) {
  const { source_signs, target_signs: V, embedding_size: E, hidden_size: H } = architecture;
  let from = 0;
  const take = (count) => numbers.subarray(from, (from += count));
  const takeLayer = (I, units) => {
    const [w_ih, w_hh, b_ih, b_hh] = [take(4 * units * I), take(4 * units * units), take(4 * units), take(4 * units)];
    return { I, H: units, w_ih, w_hh, bias: Float64Array.from(b_ih, (value, r) => value + b_hh[r]) };
  };
  const read = take(source_signs * E);
  const half = H / 2;
  const layers = [[takeLayer(E, half), takeLayer(E, half)]];
  const encoder = { layers, head: null, pools: [], H: half, width: H, directions: 2 };
  const bridge = { weight: take(H * H), bias: take(H) };
  const written = take(V * E);
  const decoder = takeLayer(E, H);
  return { E, H, V, read, encoder, bridge, written, decoder, head: { weight: take(V * 2 * H), bias: take(V) } };
}

function linear({ weight, bias }, x) {
  return Float64Array.from(bias, (offset, row) => {
    let sum = offset;
    for (let k = 0, w = row * x.length; k < x.length; k++, w++) sum += weight[w] * x[k];
    return sum;
  });
}

/**
 * Read a text.
 * @param {Translator} model reads
 * @param {number[]} numbers of its letters, one at least
 * @returns {Memory} for `decodeStep`
 */
export function encodeText({ E, H, read, encoder, bridge }, numbers) {
  const S = numbers.length;
  const xs = new Float64Array(S * E);
  numbers.forEach((number, s) => xs.set(read.subarray(number * E, (number + 1) * E), s * E));
  const [[forward, backward]] = runNetwork(encoder, xs, S, {});
  const [states, half] = [new Float64Array(S * H), H / 2];
  for (let s = 0; s < S; s++) {
    states.set(forward.h.subarray(s * half, (s + 1) * half), s * H);
    states.set(backward.h.subarray(s * half, (s + 1) * half), s * H + half);
  }
  // Each direction's final state: forward after the last letter, backward after the first.
  const final = Float64Array.from([...forward.h.subarray((S - 1) * half, S * half), ...backward.h.subarray(0, half)]);
  const c = linear(bridge, final);
  return { S, states, first: { h: c.map(Math.tanh), c } };
}

function softmaxOf(scores) {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return { shares: powers.map((power) => power / total), log: highest + Math.log(total) };
}

/**
 * One step of the decoder.
 * @param {Translator} model writes
 * @param {Memory} memory what was read
 * @param {{ h: ArrayLike<number>, c: ArrayLike<number> }} state before the step
 * @param {number} sign written before, or BEGIN
 * @param {number} [looked] a place of the source that gets all attention; without it the model looks where it wants
 * @returns {Omit<Step, "sign">} log-probabilities of the next sign
 */
export function decodeStep(model, { S, states }, state, sign, looked) {
  const { E, H, written, decoder, head } = model;
  const projected = projectInputs(written.subarray(sign * E, (sign + 1) * E), 1, decoder);
  const { h, c } = flatLayer(projected, 1, decoder, flatTrace(1, H), { first: state });
  let attention = new Float64Array(S);
  if (looked < S) attention[looked] = 1;
  else {
    for (let s = 0, k = 0; s < S; s++) for (let u = 0; u < H; u++, k++) attention[s] += h[u] * states[k];
    attention = softmaxOf(attention.map((score) => score / Math.sqrt(H))).shares;
  }
  const seen = new Float64Array(2 * H); // h, then the context
  seen.set(h);
  for (let s = 0, k = 0; s < S; s++) for (let u = 0; u < H; u++, k++) seen[H + u] += attention[s] * states[k];
  const scores = linear(head, seen);
  const { log } = softmaxOf(scores);
  return { logs: scores.map((score) => score - log), attention, state: { h, c } };
}

const best = (values) => values.reduce((top, value, k) => (value > values[top] ? k : top), 0);

/**
 * Write greedily, with what is forced.
 * @param {Translator} model writes
 * @param {Memory} memory what was read
 * @param {Record<string, number>} forced signs, by step
 * @param {Record<string, number>} looked places of all attention, by step
 * @returns {Step[]} up to the end sign
 */
export function writeText(model, memory, forced, looked) {
  const steps = [];
  let [state, sign] = [memory.first, BEGIN];
  while (sign !== END && steps.length < MOST_WRITTEN) {
    const step = decodeStep(model, memory, state, sign, looked[steps.length]);
    sign = forced[steps.length] ?? best(step.logs);
    state = step.state;
    steps.push({ ...step, sign });
  }
  return steps;
}

/**
 * A beam search, kept step by step.
 * @param {Translator} model writes
 * @param {Memory} memory what was read
 * @param {number} width texts that are kept
 * @returns {Hypothesis[][]} the beam after each step, best first
 */
export function beamOf(model, memory, width) {
  const levels = [];
  let beam = [{ sign: BEGIN, log: 0, parent: -1, ended: false, signs: [], state: memory.first }];
  while (levels.length < MOST_WRITTEN && beam.some(({ ended }) => !ended)) {
    // Those that have ended keep their place; of equals they come first, as in Python.
    const found = beam.flatMap((one, parent) => (one.ended ? [{ ...one, parent, state: null }] : []));
    beam.forEach((one, parent) => {
      if (one.ended) return;
      const { logs, state } = decodeStep(model, memory, one.state, one.sign);
      const order = [...logs.keys()].toSorted((a, b) => logs[b] - logs[a]).slice(0, width);
      const grown = (sign) => ({ sign, log: one.log + logs[sign], ended: sign === END, signs: [...one.signs, sign] });
      found.push(...order.map((sign) => ({ ...grown(sign), parent, state })));
    });
    beam = found.toSorted((a, b) => b.log - a.log).slice(0, width);
    levels.push(beam);
  }
  return levels;
}
