// The LSTM equations in the browser, in double precision. No page, no widget: arrays in, arrays out.
// Symbols as in the lessons: T steps, I inputs, H units; x (I), h (H), c (H).

/**
 * One direction of one layer, as in torch.nn.LSTM: the rows of the matrices hold the gates in the order i, f, g, o.
 * @typedef {object} Weights
 * @property {number[][]} w_ih (4H x I)
 * @property {number[][]} w_hh (4H x H)
 * @property {number[]} b_ih (4H)
 * @property {number[]} b_hh (4H)
 */

/**
 * One step of a cell: the sums that feed the gates, the gates, and the new states.
 * @typedef {object} Step
 * @property {number[]} z (4H)
 * @property {number[]} i (H)
 * @property {number[]} f (H)
 * @property {number[]} g (H)
 * @property {number[]} o (H)
 * @property {number[]} c (H)
 * @property {number[]} h (H)
 */

/**
 * The logistic function.
 * @param {number} z any number
 * @returns {number} between 0 and 1
 */
export const sigmoid = (z) => 1 / (1 + Math.exp(-z));

const dot = (row, vector) => row.reduce((sum, weight, k) => sum + weight * vector[k], 0);

/**
 * One step of the cell.
 * @param {number[]} x input (I)
 * @param {number[]} h hidden state before the step (H)
 * @param {number[]} c cell state before the step (H)
 * @param {Weights} weights of the cell
 * @returns {Step} gates, new states, and the sums z
 */
export function lstmStep(x, h, c, { w_ih, w_hh, b_ih, b_hh }) {
  const H = h.length;
  // z = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
  const z = w_ih.map((row, r) => dot(row, x) + b_ih[r] + dot(w_hh[r], h) + b_hh[r]);
  const i = z.slice(0, H).map(sigmoid); // i_t = sigmoid(z_i)
  const f = z.slice(H, 2 * H).map(sigmoid); // f_t = sigmoid(z_f)
  const g = z.slice(2 * H, 3 * H).map(Math.tanh); // g_t = tanh(z_g)
  const o = z.slice(3 * H, 4 * H).map(sigmoid); // o_t = sigmoid(z_o)
  const next = c.map((old, k) => f[k] * old + i[k] * g[k]); // c_t = f_t c_{t-1} + i_t g_t
  return { z, i, f, g, o, c: next, h: next.map((value, k) => o[k] * Math.tanh(value)) }; // h_t = o_t tanh(c_t)
}

/**
 * One direction of one layer over a sequence.
 * @param {number[][]} xs inputs (T x I), in the order of reading
 * @param {Weights} weights of the layer
 * @param {number[]} [h0] hidden state before the first step (H); zeros without it
 * @param {number[]} [c0] cell state before the first step (H); zeros without it
 * @returns {Step[]} T steps, in the order of reading
 */
export function lstmLayer(xs, weights, h0, c0) {
  const H = weights.w_hh[0].length;
  let [h, c] = [h0 ?? Array(H).fill(0), c0 ?? Array(H).fill(0)];
  return xs.map((x) => {
    const step = lstmStep(x, h, c, weights);
    [h, c] = [step.h, step.c];
    return step;
  });
}

/**
 * A stack of layers, as torch.nn.LSTM.
 * @param {number[][]} xs inputs (T x I)
 * @param {Weights[][]} layers for each layer one (forward) or two (forward, reverse) sets of weights
 * @returns {{ traces: Step[][][], output: number[][] }} `traces[l][d][t]`, where t is the true time also in the reverse
 *   direction, and `output[t]`, the last layer's h, both directions one after the other
 */
export function lstmStack(xs, layers) {
  let output = xs;
  const traces = layers.map((directions) => {
    const below = output;
    const steps = directions.map((weights, d) =>
      d === 0 ? lstmLayer(below, weights) : lstmLayer(below.toReversed(), weights).toReversed(),
    );
    output = below.map((_, t) => steps.flatMap((direction) => direction[t].h));
    return steps;
  });
  return { traces, output };
}

/**
 * The direct path from every c_k to c_T: the product f_T f_{T-1} ... f_{k+1} of one unit, which is d c_T / d c_k along
 * the cell state alone.
 * @param {Step[]} steps in the order of reading
 * @param {number} unit from 0
 * @returns {number[]} T numbers, the last of them 1
 */
export function forgetProducts(steps, unit) {
  const products = Array(steps.length).fill(1);
  for (let k = steps.length - 2; k >= 0; k--) products[k] = products[k + 1] * steps[k + 1].f[unit];
  return products;
}

// --- The same equations for many steps of a large layer, in flat arrays: several times as fast as the readable ones.

/**
 * One direction of one layer, each matrix in one row of numbers.
 * @typedef {object} FlatWeights
 * @property {number} I number of inputs
 * @property {number} H number of units
 * @property {Float32Array} w_ih (4H x I), row by row
 * @property {Float32Array} w_hh (4H x H), row by row
 * @property {Float64Array} bias (4H), the sum of the two vectors
 */

/**
 * i, f, g, o, c and h of one direction of one layer, each (T x H) in one row of numbers.
 * @typedef {Record<string, Float64Array>} FlatTrace
 */

/**
 * W_ih x_t + b_ih + b_hh for `flatLayer`: the part of z that no state changes.
 * @param {ArrayLike<number>} xs inputs (T x I), flat
 * @param {number} T number of steps
 * @param {FlatWeights} weights of the layer
 * @returns {Float64Array} (T x 4H), flat
 */
export function projectInputs(xs, T, { I, H, w_ih, bias }) {
  const z = new Float64Array(T * 4 * H);
  for (let t = 0; t < T; t++) {
    for (let r = 0; r < 4 * H; r++) {
      let sum = bias[r];
      for (let k = 0, x = t * I, w = r * I; k < I; k++) sum += w_ih[w + k] * xs[x + k];
      z[t * 4 * H + r] = sum;
    }
  }
  return z;
}

/**
 * Room for a trace.
 * @param {number} T number of steps
 * @param {number} H number of units
 * @returns {FlatTrace} zeros
 */
export const flatTrace = (T, H) =>
  Object.fromEntries(["i", "f", "g", "o", "c", "h"].map((key) => [key, new Float64Array(T * H)]));

/**
 * One direction of one layer over the first T steps.
 * @param {Float64Array} projected what `projectInputs` returns
 * @param {number} T number of steps
 * @param {FlatWeights} weights of the layer
 * @param {FlatTrace} trace is written to; its index t is the true time also in reverse
 * @param {object} [options] of the run
 * @param {boolean} [options.reverse] from the last step to the first
 * @param {{ symbol: string, unit: number, value: number }[]} [options.held] at every step the gate or h of a unit has
 *   this value, whatever the weights say, and the recurrence sees it
 * @param {{ h: ArrayLike<number>, c: ArrayLike<number> } | null} [options.first] states before the first step; zeros
 *   without them
 * @returns {FlatTrace} the same trace
 */
export function flatLayer(projected, T, { H, w_hh }, trace, { reverse = false, held = [], first = null } = {}) {
  const { i, f, g, o, c, h } = trace;
  const gatesHeld = held.filter(({ symbol }) => symbol !== "h");
  const statesHeld = held.filter(({ symbol }) => symbol === "h");
  const [none, gap] = [new Float64Array(H), H * H];
  const before0 = first ? [first.h, first.c] : [none, none];
  for (let n = 0; n < T; n++) {
    const t = reverse ? T - 1 - n : n;
    const [at, now] = [(reverse ? t + 1 : t - 1) * H, t * H];
    const [h0, c0] = n ? [h.subarray(at, at + H), c.subarray(at, at + H)] : before0;
    for (let u = 0; u < H; u++) {
      const z = 4 * now + u;
      let zi = projected[z];
      let zf = projected[z + H];
      let zg = projected[z + 2 * H];
      let zo = projected[z + 3 * H];
      // Rows u, H + u, 2H + u and 3H + u of W_hh.
      for (let k = 0, row = u * H; k < H; k++, row++) {
        const before = h0[k];
        zi += w_hh[row] * before;
        zf += w_hh[row + gap] * before;
        zg += w_hh[row + 2 * gap] * before;
        zo += w_hh[row + 3 * gap] * before;
      }
      i[now + u] = sigmoid(zi);
      f[now + u] = sigmoid(zf);
      g[now + u] = Math.tanh(zg);
      o[now + u] = sigmoid(zo);
    }
    for (const { symbol, unit, value } of gatesHeld) trace[symbol][now + unit] = value;
    for (let u = now; u < now + H; u++) {
      c[u] = f[u] * c0[u - now] + i[u] * g[u]; // c_t = f_t c_{t-1} + i_t g_t
      h[u] = o[u] * Math.tanh(c[u]); // h_t = o_t tanh(c_t)
    }
    for (const { unit, value } of statesHeld) h[now + unit] = value;
  }
  return trace;
}
