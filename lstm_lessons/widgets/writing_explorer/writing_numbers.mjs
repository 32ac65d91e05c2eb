// The numbers of the writing explorer: a language model whose weights have eight bits, read and asked letter by letter.
// No page.
import { layerBackward, makeTrace } from "../shared/bptt.mjs";
import { flatLayer, flatTrace, projectInputs } from "../shared/cell.mjs";
import { decodeFloats } from "../shared/network.mjs";

/**
 * A language model of V letters, as `LanguageModel` in Python.
 * @typedef {object} LetterModel
 * @property {number} V number of letters
 * @property {number} E numbers of an embedding
 * @property {Float32Array} embedding (V x E)
 * @property {import("../shared/cell.mjs").FlatWeights} layer its LSTM
 * @property {{ weight: Float32Array, bias: Float32Array }} head (V x H) and (V)
 */

export const LONGEST = 400; // letters of a text
export const START = "\n"; // what is read before the first letter
const SEEN = 64; // letters whose influence is asked for

/**
 * The model from the numbers of a page: whole ones of eight bits, a step's size for each row, and biases.
 * @param {(key: string) => any} get a value of the widget's state
 * @returns {LetterModel} each weight is its whole number times the step's size, in float32
 */
export function unpackLetterModel(get) {
  const { letters: V, embedding_size: E, hidden_size: H } = get("architecture");
  const steps = Int8Array.from(atob(get("steps")), (letter) => letter.codePointAt(0));
  const floats = decodeFloats(get("floats"));
  let [step, float] = [0, 0];
  const some = (count) => floats.subarray(float, (float += count));
  const matrix = (rows, columns) => {
    const scale = some(rows);
    const numbers = Float32Array.from(
      { length: rows * columns },
      (_, k) => steps[step + k] * scale[Math.floor(k / columns)],
    );
    step += rows * columns;
    return numbers;
  };
  const [embedding, w_ih, w_hh, weight] = [matrix(V, E), matrix(4 * H, E), matrix(4 * H, H), matrix(V, H)];
  const [b_ih, b_hh] = [some(4 * H), some(4 * H)];
  const bias = Float64Array.from(b_ih, (value, r) => value + b_hh[r]);
  return { V, E, embedding, layer: { I: E, H, w_ih, w_hh, bias }, head: { weight, bias: some(V) } };
}

/**
 * The model with a unit that tells nobody anything: what reads its h has weight 0.
 * @param {LetterModel} model stays as it is
 * @param {number} unit from 0
 * @returns {LetterModel} with weights of its own where they differ
 */
export function withoutUnit(model, unit) {
  const { H } = model.layer;
  const [w_hh, weight] = [model.layer.w_hh.slice(), model.head.weight.slice()];
  for (const rows of [w_hh, weight]) for (let k = unit; k < rows.length; k += H) rows[k] = 0;
  return { ...model, layer: { ...model.layer, w_hh }, head: { ...model.head, weight } };
}

/**
 * Probabilities made sharper or cut: what the next letter is drawn from; see `reshape` in Python.
 * @param {ArrayLike<number>} chances of V letters
 * @param {{ temperature: number, top_k: number, top_p: number }} how 0 as `top_k` keeps all
 * @returns {Float64Array} V of them
 */
export function reshaped(chances, { temperature, top_k, top_p }) {
  const order = [...chances.keys()].toSorted((a, b) => chances[b] - chances[a] || a - b);
  const sharp = order.map((k) =>
    Math.exp((Math.log(chances[k]) - Math.log(chances[order[0]])) / Math.max(temperature, 1e-9)),
  );
  const total = sharp.reduce((sum, value) => sum + value, 0);
  const most = temperature === 0 ? 1 : top_k === 0 ? order.length : Math.min(top_k, order.length);
  const enough = top_p < 1 ? top_p - 1e-12 : Infinity; // a sum may miss 1 by its rounding
  let [kept, reached] = [0, 0];
  while (kept < most && (kept === 0 || reached < enough)) reached += sharp[kept++] / total;
  const result = new Float64Array(chances.length);
  for (let n = 0; n < kept; n++) result[order[n]] = sharp[n] / total / reached;
  return result;
}

/**
 * The letter that a number between 0 and 1 falls on.
 * @param {ArrayLike<number>} chances of V letters, whose sum is 1
 * @param {number} at from 0 to 1
 * @returns {number} a letter with a chance above 0
 */
export function letterAt(chances, at) {
  let [sum, last] = [0, 0];
  for (let k = 0; k < chances.length; k++) {
    if (chances[k] === 0) continue;
    sum += chances[k];
    last = k;
    if (at < sum) break;
  }
  return last;
}

/**
 * A text as a model reads it: it grows by a letter in one step, and a change is read from where it begins.
 * @param {LetterModel} model of all letters
 * @param {string} alphabet its letters in their order
 * @returns {object} `read` takes the text, the others answer about it; place t is that of letter t, from 0, and of what
 *   comes after the text
 */
export function letterReader(model, alphabet) {
  const { V, E } = model;
  const { H } = model.layer;
  const numberOf = new Map([...alphabet].map((letter, k) => [letter, k]));
  const table = projectInputs(model.embedding, V, model.layer);
  const projected = new Float64Array((LONGEST + 1) * 4 * H);
  const trace = flatTrace(LONGEST + 1, H);
  let now = model;
  let numbers = [];

  function run(next, from) {
    next.forEach((number, n) => {
      if (n >= from) projected.set(table.subarray(number * 4 * H, (number + 1) * 4 * H), n * 4 * H);
    });
    numbers = next;
    const after = (array) => array.subarray(from * H);
    const rest = Object.fromEntries(Object.entries(trace).map(([key, values]) => [key, after(values)]));
    const before = (array) => array.subarray((from - 1) * H, from * H);
    const first = from > 0 ? { h: before(trace.h), c: before(trace.c) } : null;
    flatLayer(projected.subarray(from * 4 * H), numbers.length - from, now.layer, rest, { first });
  }
  // Probabilities (V) of the letter at place t.
  function chancesAt(t) {
    const { weight, bias } = now.head;
    const scores = Float64Array.from(bias);
    for (let k = 0, row = 0; k < V; k++)
      for (let u = 0; u < H; u++, row++) scores[k] += weight[row] * trace.h[t * H + u];
    const highest = scores.reduce((most, score) => Math.max(most, score));
    const powers = scores.map((score) => Math.exp(score - highest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  }
  // A trace for `layerBackward` of the steps `first` to `last`.
  function stretch(first, last) {
    const part = makeTrace({ kind: "lstm", H }, last - first + 1, 1);
    for (let t = first; t <= last; t++) {
      const [at, to] = [t * H, (t - first + 1) * H];
      ["i", "f", "g", "o"].forEach((key, block) => {
        part.gates.set(trace[key].subarray(at, at + H), (t - first) * 4 * H + block * H);
      });
      part.h.set(trace.h.subarray(at, at + H), to);
      part.c.set(trace.c.subarray(at, at + H), to);
    }
    if (first > 0) {
      part.h.set(trace.h.subarray((first - 1) * H, first * H));
      part.c.set(trace.c.subarray((first - 1) * H, first * H));
    }
    part.tanhC.set(part.c.map(Math.tanh));
    return part;
  }
  /**
   * What the last letters before place t did for a letter there: by how many bits its log-probability would fall, to
   * first order, were one of them an average letter.
   * @param {number} t the place
   * @param {number} target the letter asked about
   * @returns {Map<number, number>} bits, by the place of the letter
   */
  function influences(t, target) {
    const first = Math.max(0, t - SEEN + 1);
    const part = stretch(first, t);
    const chances = chancesAt(t);
    const dh = part.dh.subarray((t - first + 1) * H);
    for (let k = 0, row = 0; k < V; k++) {
      const slope = (Number(k === target) - chances[k]) / Math.LN2;
      for (let u = 0; u < H; u++, row++) dh[u] += slope * now.head.weight[row];
    }
    const dx = new Float64Array((t - first + 1) * E);
    layerBackward({ kind: "lstm", ...now.layer }, dx, part, { x: dx });
    const mean = Float64Array.from({ length: E }, (_, e) => {
      let sum = 0;
      for (let k = 0; k < V; k++) sum += model.embedding[k * E + e];
      return sum / V;
    });
    const found = new Map();
    for (let n = first; n <= t; n++) {
      let sum = 0;
      for (let e = 0; e < E; e++) sum += dx[(n - first) * E + e] * (model.embedding[numbers[n] * E + e] - mean[e]);
      if (n > 0) found.set(n - 1, sum); // step 0 reads what stands before the text
    }
    return found;
  }
  return {
    // Read a text; letters that the model does not know are left out, and so is what goes beyond the longest text.
    read(text) {
      const next = [...(START + text)].map((letter) => numberOf.get(letter)).filter((number) => number !== undefined);
      next.length = Math.min(next.length, LONGEST + 1);
      let same = 0;
      while (same < next.length && next[same] === numbers[same]) same += 1;
      run(next, same);
      return next
        .slice(1)
        .map((number) => alphabet[number])
        .join("");
    },
    silence(unit) {
      now = unit < 0 ? model : withoutUnit(model, unit);
      run(numbers, 0);
    },
    chancesAt,
    influences,
    numberAt: (t) => numbers[t + 1],
    traceAt: (key, t, unit) => trace[key][(t + 1) * H + unit],
    get length() {
      return numbers.length - 1;
    },
  };
}
