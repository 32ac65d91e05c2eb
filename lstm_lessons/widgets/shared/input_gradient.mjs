// What each input did to one class: the gradient of its score with respect to every input, through all layers and both
// directions. No page: numbers in, numbers out.
import { layerBackward, makeTrace } from "./bptt.mjs";

const TIED = 1e-12; // how far apart equal values of h may lie

// The score of class k is a row of the head times the pooled h: its gradient with respect to h, (T x width).
function scoreGradient({ head, pools, H, width }, halves, T, k) {
  const dh = new Float64Array(T * width);
  const row = k * width * pools.length;
  pools.forEach((pool, p) =>
    halves.forEach(({ h }, d) => {
      for (let u = 0; u < H; u++) {
        const at = d * H + u;
        const steps = pooledSteps(pool, h, H, T, d, u);
        const share = head.weight[row + p * width + at] / steps.length;
        for (const t of steps) dh[t * width + at] += share;
      }
    }),
  );
  return dh;
}

// The steps whose h is pooled, each with an equal share: all, the last one that was read, or the largest. Several that
// are equally large share, as in torch.amax; where a phrase repeats itself, they differ by rounding alone.
function pooledSteps(pool, h, H, T, d, u) {
  const all = [...Array(T).keys()];
  if (pool === "mean") return all;
  if (pool === "final") return [d === 1 ? 0 : T - 1];
  const highest = all.reduce((value, t) => Math.max(value, h[t * H + u]), -Infinity);
  return all.filter((t) => h[t * H + u] >= highest - TIED);
}

// A trace of the page as backpropagation wants it: in the order of reading, the gates of a step side by side. The
// gradient with respect to h at step t is at t * width.
function asTrace({ i, f, g, o, c, h }, { H, T, reverse }, dOutput, width) {
  const trace = makeTrace({ kind: "lstm", H }, T, 1);
  for (let n = 0; n < T; n++) {
    const t = reverse ? T - 1 - n : n;
    const [then, now] = [t * H, (n + 1) * H];
    [i, f, g, o].forEach((gate, k) => trace.gates.set(gate.subarray(then, then + H), (4 * n + k) * H));
    trace.c.set(c.subarray(then, then + H), now);
    trace.h.set(h.subarray(then, then + H), now);
    for (let u = 0; u < H; u++) trace.tanhC[now + u] = Math.tanh(trace.c[now + u]);
    trace.dh.set(dOutput.subarray(t * width, t * width + H), now);
  }
  return trace;
}

// From the gradient with respect to the h of a layer, (T x width), to that with respect to what it reads, (T x I).
function throughLayer(layer, halves, T, { H, width }, dOutput) {
  const { I } = layer[0];
  const below = new Float64Array(T * I);
  layer.forEach((weights, d) => {
    const trace = asTrace(halves[d], { H, T, reverse: d === 1 }, dOutput.subarray(d * H), width);
    const dx = new Float64Array(T * I); // in the order of reading
    layerBackward({ kind: "lstm", ...weights }, null, trace, { x: dx });
    for (let n = 0; n < T; n++) {
      const t = d === 1 ? T - 1 - n : n;
      for (let k = 0; k < I; k++) below[t * I + k] += dx[n * I + k];
    }
  });
  return below;
}

/**
 * The gradient of the score of one class (before softmax) with respect to the inputs.
 * @param {import("./network.mjs").Network} network with a head
 * @param {import("./cell.mjs").FlatTrace[][]} traces of the sequence by layer and direction, from
 *   `runNetwork` with nothing held
 * @param {number} T number of steps
 * @param {number} k the class
 * @returns {Float64Array} (T x I), flat
 */
export const inputGradient = (network, traces, T, k) =>
  network.layers.reduceRight(
    (dOutput, layer, l) => throughLayer(layer, traces[l], T, network, dOutput),
    scoreGradient(network, traces.at(-1), T, k),
  );

/**
 * How steep the score is in each step's input: the length of the gradient.
 * @param {Float64Array} gradient (T x I), flat
 * @param {number} I number of inputs a step
 * @returns {number[]} T numbers, 0 or more
 */
export const stepSizes = (gradient, I) =>
  Array.from({ length: gradient.length / I }, (_, t) => Math.hypot(...gradient.subarray(t * I, (t + 1) * I)));
