// A trained network in the browser: from its weights, traces with units held, beliefs, saturation, orders of units.
// No page, no widget. `network.py` computes the same ones with PyTorch; tests hold the two together.
import { flatLayer, flatTrace, projectInputs } from "./cell.mjs";

/**
 * A trained network. `layers[l][d]` are flat weights; `pools` are one or two of final, mean and max, side by side.
 * @typedef {object} Network
 * @property {import("./cell.mjs").FlatWeights[][]} layers by layer and direction
 * @property {{ weight: Float32Array, bias: Float32Array, classes: number } | null} head what makes class scores
 * @property {string[]} pools what the head sees of the output
 * @property {number} H number of units of one direction
 * @property {number} width directions times H
 * @property {number} directions 1 or 2
 */

/**
 * Values that are held: `{ "layer.direction.unit.symbol": value }`.
 * @typedef {Record<string, number>} Edits
 */

export const TRACED = ["i", "f", "g", "o", "c", "h"];
export const [SATURATED_LOW, SATURATED_HIGH] = [0.1, 0.9];
const SATURATING = ["i", "f", "o"];

/**
 * Numbers from base64.
 * @param {string} text float32, little-endian
 * @returns {Float32Array} the numbers
 */
export function decodeFloats(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
  return new Float32Array(bytes.buffer);
}

/**
 * A network from one row of numbers; see Network.numbers in Python.
 * @param {Float32Array} numbers every weight
 * @param {object} architecture see Network.architecture in Python
 * @returns {Network} views of the numbers
 */
export function unpackNetwork(numbers, architecture) {
  const { input_size, hidden_size: H, num_layers, directions, classes, pool } = architecture;
  let from = 0;
  const take = (count) => numbers.subarray(from, (from += count));
  const takeWeights = (I) => {
    const [w_ih, w_hh, b_ih, b_hh] = [take(4 * H * I), take(4 * H * H), take(4 * H), take(4 * H)];
    return { I, H, w_ih, w_hh, bias: Float64Array.from(b_ih, (value, r) => value + b_hh[r]) };
  };
  const width = directions * H;
  const layers = Array.from({ length: num_layers }, (_, l) =>
    Array.from({ length: directions }, () => takeWeights(l === 0 ? input_size : width)),
  );
  const pools = pool.split(" and "); // "final and max": the two side by side
  const head = classes ? { weight: take(classes * width * pools.length), bias: take(classes), classes } : null;
  return { layers, head, pools, H, width, directions };
}

/**
 * The edits of one layer and direction.
 * @param {Edits} edits of the whole network
 * @param {number} layer from 0
 * @param {number} direction 0 or 1
 * @returns {{ symbol: string, unit: number, value: number }[]} for `flatLayer`
 */
export function heldIn(edits, layer, direction) {
  return Object.entries(edits).flatMap(([key, value]) => {
    const [l, d, unit, symbol] = key.split(".");
    return Number(l) === layer && Number(d) === direction ? [{ symbol, unit: Number(unit), value }] : [];
  });
}

// h of all directions side by side: (T x D*H).
function besides(halves, T, H) {
  if (halves.length === 1) return halves[0].h.subarray(0, T * H);
  const output = new Float64Array(T * 2 * H);
  for (let t = 0; t < T; t++) {
    output.set(halves[0].h.subarray(t * H, (t + 1) * H), 2 * t * H);
    output.set(halves[1].h.subarray(t * H, (t + 1) * H), (2 * t + 1) * H);
  }
  return output;
}

// Both directions of layer `l` over T steps of what is below it, into the traces of `room`.
const runLayer = (layer, l, below, T, edits, room) =>
  layer.map((weights, d) => {
    const options = { reverse: d === 1, held: heldIn(edits, l, d) };
    return flatLayer(projectInputs(below, T, weights), T, weights, room[d], options);
  });

const roomFor = ({ layers, H }, T) => layers.map((layer) => layer.map(() => flatTrace(T, H)));

/**
 * The traces of one sequence.
 * @param {Network} network to run
 * @param {ArrayLike<number>} xs inputs (T x I), flat
 * @param {number} T number of steps
 * @param {Edits} edits what is held
 * @returns {import("./cell.mjs").FlatTrace[][]} `traces[l][d]`, in true time
 */
export function runNetwork(network, xs, T, edits) {
  const room = roomFor(network, T);
  let below = xs;
  return network.layers.map((layer, l) => {
    const halves = runLayer(layer, l, below, T, edits, room[l]);
    below = besides(halves, T, network.H);
    return halves;
  });
}

// Class probabilities from features.
function classify({ weight, bias, classes }, features) {
  const width = features.length;
  const scores = Array.from({ length: classes }, (_, k) => {
    let sum = bias[k];
    for (let n = 0; n < width; n++) sum += weight[k * width + n] * features[n];
    return sum;
  });
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

// h of one unit of direction d over T steps, as one number.
function poolUnit(pool, h, H, T, d, u) {
  if (pool === "final") return h[(d === 1 ? 0 : T - 1) * H + u];
  let value = pool === "max" ? -Infinity : 0;
  for (let t = 0; t < T; t++) value = pool === "max" ? Math.max(value, h[t * H + u]) : value + h[t * H + u] / T;
  return value;
}

/**
 * What the head sees of the top layer: for each pool, the directions side by side.
 * @param {Network} network that it belongs to
 * @param {import("./cell.mjs").FlatTrace[]} halves of the top layer, one per direction
 * @param {number} T number of steps that count
 * @returns {Float64Array} one feature per pool, direction and unit
 */
export function pooled({ H, pools, width }, halves, T) {
  const features = new Float64Array(width * pools.length);
  pools.forEach((pool, p) =>
    halves.forEach(({ h }, d) => {
      for (let u = 0; u < H; u++) features[p * width + d * H + u] = poolUnit(pool, h, H, T, d, u);
    }),
  );
  return features;
}

/**
 * Class probabilities after every step: what the network would say if the sequence ended there. A page can spread the
 * work over frames; the last step comes first, since that is the answer.
 * @param {Network} network with a head
 * @param {ArrayLike<number>} xs inputs (T x I), flat
 * @param {number} T number of steps
 * @param {Edits} edits what is held
 * @param {{ wanted?: (t: number) => boolean, traces?: import("./cell.mjs").FlatTrace[][] }} [options] steps that are
 *   not `wanted` are left out; `traces` are those of the whole sequence, for a caller that has them
 * @yields {[number, number[]]} a step, and its probabilities
 */
export function* prefixBeliefs(network, xs, T, edits, options = {}) {
  const { wanted = () => true, traces = runNetwork(network, xs, T, edits) } = options;
  const { layers, H, head } = network;
  const belief = (halves, t) => [t - 1, classify(head, pooled(network, halves, t))];
  if (T > 0 && wanted(T - 1)) yield belief(traces.at(-1), T);
  const ends = Array.from({ length: Math.max(0, T - 1) }, (_, n) => T - 1 - n).filter((t) => wanted(t - 1));
  if (network.directions === 1) {
    for (const t of ends) yield belief(traces.at(-1), t); // one run holds all beginnings
    return;
  }
  if (ends.length === 0) return;
  // The forward half of the first layer is the same for every beginning; all else starts anew from each end.
  const [forward, backward] = [traces[0][0], layers[0][1]];
  const [projected, room] = [projectInputs(xs, T, backward), roomFor(network, T)];
  for (const t of ends) {
    const reversed = flatLayer(projected, t, backward, room[0][1], { reverse: true, held: heldIn(edits, 0, 1) });
    let halves = [forward, reversed];
    for (let l = 1; l < layers.length; l++) {
      halves = runLayer(layers[l], l, besides(halves, t, H), t, edits, room[l]);
    }
    yield belief(halves, t);
  }
}

/**
 * How much of the time each unit's gates are nearly shut (below 0.1) and nearly open (above 0.9), over all sequences.
 * @param {Network} network to run
 * @param {ArrayLike<number>[]} sequences inputs (T x I) each, flat
 * @param {number} I number of inputs a step
 * @yields {undefined} after every sequence
 * @returns {Generator<undefined, Record<string, [number[], number[]]>[][]>} its value is `shares[l][d][gate]`: two
 *   lists of H, the shares below and above
 */
export function* saturationShares(network, sequences, I) {
  const { H, layers } = network;
  const nothing = () => Object.fromEntries(SATURATING.map((gate) => [gate, [Array(H).fill(0), Array(H).fill(0)]]));
  const counts = layers.map((layer) => layer.map(nothing));
  const count = (trace, gates) => {
    for (const [gate, [left, right]] of Object.entries(gates)) {
      trace[gate].forEach((value, k) => {
        if (value < SATURATED_LOW) left[k % H] += 1;
        if (value > SATURATED_HIGH) right[k % H] += 1;
      });
    }
  };
  let steps = 0;
  for (const xs of sequences) {
    const T = xs.length / I;
    steps += T;
    runNetwork(network, xs, T, {}).forEach((halves, l) => halves.forEach((trace, d) => count(trace, counts[l][d])));
    yield;
  }
  const shareOf = (pair) => pair.map((list) => list.map((times) => times / steps));
  const shares = (gates) => Object.fromEntries(Object.entries(gates).map(([gate, pair]) => [gate, shareOf(pair)]));
  return counts.map((layer) => layer.map(shares));
}

// What units are sorted by: a function of a unit's values over time, smallest first. `signed` for g, c and h.
const SORT_KEYS = {
  index: () => 0,
  mean: (series) => -series.reduce((sum, value) => sum + value, 0) / series.length,
  saturation: (series, signed) => {
    const saturated = (value) =>
      signed ? Math.abs(value) > SATURATED_HIGH : value < SATURATED_LOW || value > SATURATED_HIGH;
    return -series.filter(saturated).length / series.length;
  },
  change: (series) => {
    let [when, most] = [0, -1];
    for (let t = 1; t < series.length; t++) {
      const change = Math.abs(series[t] - series[t - 1]);
      if (change > most) [when, most] = [t, change];
    }
    return when;
  },
};

/**
 * The units in the order of the heat map's rows, as `unit_order` of Python.
 * @param {Float64Array} values of one symbol (T x H), flat
 * @param {number} H number of units
 * @param {"index" | "mean" | "saturation" | "change"} sort what they are sorted by
 * @param {boolean} signed whether the symbol has negative values: g, c and h
 * @returns {number[]} units, from 0
 */
export function unitOrder(values, H, sort, signed) {
  const T = values.length / H;
  const keys = Array.from({ length: H }, (_, unit) => {
    const series = Array.from({ length: T }, (__, t) => values[t * H + unit]);
    return Number(SORT_KEYS[sort](series, signed).toFixed(9));
  });
  return [...keys.keys()].toSorted((a, b) => keys[a] - keys[b] || a - b);
}
