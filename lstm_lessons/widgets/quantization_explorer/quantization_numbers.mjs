// A text classifier in whole numbers, as ONNX Runtime runs it: weights of a file, or rounded here to fewer bits, and
// what flows through the network rounded to 8 bits as it comes. No page.
import { sigmoid } from "../shared/cell.mjs";

/**
 * A weight in few bits: it stands for `scale * numbers`.
 * @typedef {object} Code
 * @property {Int16Array} numbers the stored ones, less their zero point
 * @property {number} scale of one step
 */

/**
 * A text classifier in few bits. Each direction has its weights of the inputs and of the hidden state.
 * @typedef {object} IntegerModel
 * @property {Code} embedding (letters x I)
 * @property {{ ih: Code, hh: Code, bias: Float64Array }[]} directions forward, reverse
 * @property {Code} head (K x features)
 * @property {Float32Array} bias (K)
 */

const LEVELS = 255;

// To the nearest whole number, a half to the even one.
function roundEven(value) {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/**
 * Numbers in 256 steps from the smallest to the largest of them, with 0 among the steps.
 * @param {ArrayLike<number>} values any
 * @returns {Code} in float32, as ONNX Runtime does
 */
export function quantize(values) {
  let [low, high] = [0, 0];
  for (let n = 0; n < values.length; n++) {
    low = Math.min(low, values[n]);
    high = Math.max(high, values[n]);
  }
  const scale = high > low ? Math.fround(Math.fround(Math.fround(high) - Math.fround(low)) / LEVELS) : 1;
  const zero = roundEven(Math.fround(-Math.fround(low) / scale));
  const numbers = Int16Array.from(values, (value) => {
    const step = roundEven(Math.fround(Math.fround(value) / scale)) + zero;
    return Math.min(LEVELS, Math.max(0, step)) - zero;
  });
  return { numbers, scale };
}

/**
 * Round a weight to fewer bits, by the rule of the file: that of an LSTM to steps on both sides of 0, the others to
 * steps from the smallest to the largest.
 * @param {Float32Array} weight the trained one
 * @param {number} bits 2 or more
 * @param {boolean} symmetric whether it is of an LSTM
 * @returns {Code} with `numbers` of that many bits
 */
export function roundWeight(weight, bits, symmetric) {
  let [low, high] = [0, 0];
  for (const value of weight) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const steps = symmetric ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const scale = (symmetric ? Math.max(-low, high) : high - low) / steps || 1;
  const zero = symmetric ? 0 : roundEven(-low / scale);
  const [least, most] = symmetric ? [-steps, steps] : [-zero, steps - zero];
  const numbers = Int16Array.from(weight, (value) => Math.min(most, Math.max(least, roundEven(value / scale))));
  return { numbers, scale };
}

// Whole-number product of a row of `a` and a row of `b`, both of length `size`.
function wholeProduct(a, from, b, at, size) {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += a[from + k] * b[at + k];
  return sum;
}

// One direction: h (T x H), flat, in true time.
function integerLayer(inputs, T, { ih, hh, bias }, reverse) {
  const H = bias.length / 4;
  const I = ih.numbers.length / (4 * H);
  const output = new Float64Array(T * H);
  let [h, c] = [new Float64Array(H), new Float64Array(H)];
  for (let n = 0; n < T; n++) {
    const t = reverse ? T - 1 - n : n;
    const state = quantize(h);
    const z = Float64Array.from(bias, (own, r) => {
      const read = wholeProduct(inputs.numbers, t * I, ih.numbers, r * I, I) * inputs.scale * ih.scale;
      return own + read + wholeProduct(state.numbers, 0, hh.numbers, r * H, H) * state.scale * hh.scale;
    });
    c = c.map((old, u) => sigmoid(z[H + u]) * old + sigmoid(z[u]) * Math.tanh(z[2 * H + u]));
    h = c.map((now, u) => sigmoid(z[3 * H + u]) * Math.tanh(now));
    output.set(h, t * H);
  }
  return output;
}

/**
 * Class probabilities of a text, in whole numbers.
 * @param {IntegerModel} model in few bits
 * @param {number[]} letters the text, as numbers (T)
 * @param {number} I numbers of a letter's embedding
 * @param {(halves: { h: Float64Array }[], T: number) => ArrayLike<number>} pool from both directions to the features
 * @returns {number[]} K of them
 */
export function integerBelief({ embedding, directions, head, bias }, letters, I, pool) {
  const xs = letters.flatMap((letter) =>
    Array.from(embedding.numbers.subarray(letter * I, (letter + 1) * I), (step) => Math.fround(step * embedding.scale)),
  );
  const inputs = quantize(xs);
  const halves = directions.map((weights, d) => ({ h: integerLayer(inputs, letters.length, weights, d === 1) }));
  const features = quantize(pool(halves, letters.length));
  const size = features.numbers.length;
  const scores = Array.from(
    bias,
    (own, k) => own + wholeProduct(features.numbers, 0, head.numbers, k * size, size) * features.scale * head.scale,
  );
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
