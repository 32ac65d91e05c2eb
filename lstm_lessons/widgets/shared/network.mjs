// The numbers of the gate microscope: a network from its weights, traces with units held, beliefs, saturation, orders.
// No page, no widget. `network.py` computes the same ones with PyTorch; tests hold the two together.
import { flatLayer, flatTrace, projectInputs } from "./cell.mjs";

export const TRACED = ["i", "f", "g", "o", "c", "h"];
export const [SATURATED_LOW, SATURATED_HIGH] = [0.1, 0.9];

/** Numbers (float32, little-endian) from base64. */
export function decodeFloats(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** `layers[l][d]` as flat weights, and the head, from one row of numbers; see Network.numbers in Python. */
export function unpackNetwork(numbers, { input_size, hidden_size: H, num_layers, directions, classes, pool }) {
  let from = 0;
  const take = (count) => numbers.subarray(from, (from += count));
  const layers = Array.from({ length: num_layers }, (_, l) => Array.from({ length: directions }, () => {
    const I = l === 0 ? input_size : directions * H;
    const [w_ih, w_hh, b_ih, b_hh] = [take(4 * H * I), take(4 * H * H), take(4 * H), take(4 * H)];
    return { I, H, w_ih, w_hh, bias: Float64Array.from(b_ih, (value, r) => value + b_hh[r]) };
  }));
  const width = directions * H;
  const pools = pool.split(" and "); // "final and max": the two side by side
  const head = classes ? { weight: take(classes * width * pools.length), bias: take(classes), classes } : null;
  return { layers, head, pools, H, width, directions };
}

/** Edits of one layer and direction, from `{ "layer.direction.unit.symbol": value }`. */
export function heldIn(edits, layer, direction) {
  return Object.entries(edits).flatMap(([key, value]) => {
    const [l, d, unit, symbol] = key.split(".");
    return Number(l) === layer && Number(d) === direction ? [{ symbol, unit: Number(unit), value }] : [];
  });
}

/** h of all directions side by side: (T x D*H). */
function besides(halves, T, H) {
  if (halves.length === 1) return halves[0].h.subarray(0, T * H);
  const output = new Float64Array(T * 2 * H);
  for (let t = 0; t < T; t++) {
    output.set(halves[0].h.subarray(t * H, (t + 1) * H), 2 * t * H);
    output.set(halves[1].h.subarray(t * H, (t + 1) * H), (2 * t + 1) * H);
  }
  return output;
}

/** `traces[l][d]` of one sequence (T x I, flat), each i, f, g, o, c, h of (T x H, flat) in true time. */
export function runNetwork(network, xs, T, edits) {
  let below = xs;
  return network.layers.map((layer, l) => {
    const halves = layer.map((weights, d) =>
      flatLayer(projectInputs(below, T, weights), T, weights, flatTrace(T, network.H), { reverse: d === 1, held: heldIn(edits, l, d) }));
    below = besides(halves, T, network.H);
    return halves;
  });
}

/** Class probabilities from features. */
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

/** What the head sees of an output of T steps: for each pool, the directions side by side. */
export function pooled({ H, pools, width }, halves, T) {
  const features = new Float64Array(width * pools.length);
  pools.forEach((pool, p) => halves.forEach(({ h }, d) => {
    for (let u = 0; u < H; u++) {
      let value;
      if (pool === "final") value = h[(d === 1 ? 0 : T - 1) * H + u];
      else {
        value = pool === "max" ? -Infinity : 0;
        for (let t = 0; t < T; t++) value = pool === "max" ? Math.max(value, h[t * H + u]) : value + h[t * H + u] / T;
      }
      features[p * width + d * H + u] = value;
    }
  }));
  return features;
}

/**
 * Class probabilities after every step: what the network would say if the sequence ended there. A generator, so that a
 * page can spread the work over frames: it yields [t, probabilities], the last step first, since that is the answer.
 * Steps that are not `wanted` are left out. `traces` are those of the whole sequence, for a caller that has them.
 */
export function* prefixBeliefs(network, xs, T, edits, { wanted = () => true, traces = runNetwork(network, xs, T, edits) } = {}) {
  const { layers, H, directions, head } = network;
  const belief = (halves, t) => [t - 1, classify(head, pooled(network, halves, t))];
  if (T > 0 && wanted(T - 1)) yield belief(traces.at(-1), T);
  if (directions === 1) { // one run holds all beginnings
    for (let t = T - 1; t > 0; t--) if (wanted(t - 1)) yield belief(traces.at(-1), t);
    return;
  }
  // The forward half of the first layer is the same for every beginning; all else starts anew from each end.
  const [forward, backward] = [traces[0][0], layers[0][1]];
  let projected, room;
  for (let t = T - 1; t > 0; t--) {
    if (!wanted(t - 1)) continue;
    projected ??= projectInputs(xs, T, backward);
    room ??= layers.map((layer) => layer.map(() => flatTrace(T, H)));
    let halves = [forward, flatLayer(projected, t, backward, room[0][1], { reverse: true, held: heldIn(edits, 0, 1) })];
    layers.slice(1).forEach((layer, n) => {
      const below = besides(halves, t, H);
      halves = layer.map((weights, d) =>
        flatLayer(projectInputs(below, t, weights), t, weights, room[n + 1][d], { reverse: d === 1, held: heldIn(edits, n + 1, d) }));
    });
    yield belief(halves, t);
  }
}

/**
 * Shares of time that i, f and o of every unit are below 0.1 and above 0.9, over all `sequences` (flat, I features a
 * step): `shares[l][d][gate]` is two lists of H. A generator that yields after every sequence; its value is the shares.
 */
export function* saturationShares(network, sequences, I) {
  const { H, layers } = network;
  const counts = layers.map((layer) => layer.map(() => Object.fromEntries(["i", "f", "o"].map((gate) => [gate, [Array(H).fill(0), Array(H).fill(0)]]))));
  let steps = 0;
  for (const xs of sequences) {
    const T = xs.length / I;
    steps += T;
    runNetwork(network, xs, T, {}).forEach((halves, l) => halves.forEach((trace, d) => {
      for (const [gate, [left, right]] of Object.entries(counts[l][d])) {
        trace[gate].forEach((value, k) => {
          if (value < SATURATED_LOW) left[k % H] += 1;
          if (value > SATURATED_HIGH) right[k % H] += 1;
        });
      }
    }));
    yield;
  }
  return counts.map((layer) => layer.map((gates) => Object.fromEntries(
    Object.entries(gates).map(([gate, pair]) => [gate, pair.map((list) => list.map((count) => count / steps))]))));
}

/** The units in the order of the heat map's rows; `sort` as in `unit_order` of Python. `signed` for g, c and h. */
export function unitOrder(values, H, sort, signed) {
  const T = values.length / H;
  const keyOf = {
    index: () => 0,
    mean: (unit) => { let sum = 0; for (let t = 0; t < T; t++) sum += values[t * H + unit]; return -sum / T; },
    saturation: (unit) => {
      let count = 0;
      for (let t = 0; t < T; t++) {
        const value = values[t * H + unit];
        if (signed ? Math.abs(value) > SATURATED_HIGH : value < SATURATED_LOW || value > SATURATED_HIGH) count += 1;
      }
      return -count / T;
    },
    change: (unit) => {
      let [when, most] = [0, -1];
      for (let t = 1; t < T; t++) {
        const change = Math.abs(values[t * H + unit] - values[(t - 1) * H + unit]);
        if (change > most) [when, most] = [t, change];
      }
      return when;
    },
  }[sort];
  const keys = Array.from({ length: H }, (_, unit) => Number(keyOf(unit).toFixed(9)));
  return [...keys.keys()].sort((a, b) => keys[a] - keys[b] || a - b);
}
