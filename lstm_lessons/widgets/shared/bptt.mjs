// Backpropagation through time in the browser, in double precision: a layer of an RNN, a GRU or an LSTM with its
// gradients, and what training needs besides. No page, no widget: flat arrays in, flat arrays out.
// Symbols as in the lessons: T steps, B sequences, I inputs, H units, O outputs. Element [t][b][k] of an array
// (T x B x K) is at (t * B + b) * K + k. A state has one step more: h_0 and c_0, all zeros, come first.
import { sigmoid } from "./cell.mjs";

/**
 * One direction of one layer, as in torch.nn.RNN, GRU and LSTM: G = 1, 3 (r, z, n) or 4 (i, f, g, o) blocks of rows.
 * @typedef {object} Layer
 * @property {"rnn" | "gru" | "lstm"} kind of the cell
 * @property {number} I number of inputs
 * @property {number} H number of units
 * @property {ArrayLike<number>} w_ih (GH x I)
 * @property {ArrayLike<number>} w_hh (GH x H)
 * @property {ArrayLike<number>} b_ih (GH)
 * @property {ArrayLike<number>} b_hh (GH)
 */

/**
 * What a layer computed from a batch, and the gradients of the loss with respect to it. It is made once and used again.
 * @typedef {object} Trace
 * @property {number} T number of steps
 * @property {number} B number of sequences
 * @property {Float64Array} gates (T x B x GH), behind their activation functions
 * @property {Float64Array} zh (T x B x GH), W_hh h + b_hh
 * @property {Float64Array} h (T + 1 x B x H)
 * @property {Float64Array} c (T + 1 x B x H), of an LSTM
 * @property {Float64Array} tanhC (T + 1 x B x H), of an LSTM
 * @property {Float64Array} dh (T + 1 x B x H), gradient with respect to h
 * @property {Float64Array} dc (T + 1 x B x H), gradient with respect to the c that the next step receives
 * @property {Float64Array} dzx (T x B x GH), gradient with respect to W_ih x + b_ih
 * @property {Float64Array} dzh (T x B x GH), gradient with respect to W_hh h + b_hh
 */

export const BLOCKS = { rnn: 1, gru: 3, lstm: 4 };
const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8]; // as torch.optim.Adam
const CLIP_EPSILON = 1e-6; // as torch.nn.utils.clip_grad_norm_

// --- Matrices

// C += A B: (rows x cols) += (rows x inner)(inner x cols). A's element [r][k] is at r * rowA + k * stepA, and B's
// element [k][c] at k * stepB + c * colB, so that a transposed matrix is no copy. Four sums at once, because a
// processor adds them side by side.
function addProduct(C, A, B, [rows, inner, cols], [rowA, stepA], [stepB, colB]) {
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c + 4 <= cols; c += 4) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0, a = r * rowA, b = c * colB; k < inner; k++, a += stepA, b += stepB) {
        const value = A[a];
        s0 += value * B[b];
        s1 += value * B[b + colB];
        s2 += value * B[b + 2 * colB];
        s3 += value * B[b + 3 * colB];
      }
      const at = r * cols + c;
      C[at] += s0;
      C[at + 1] += s1;
      C[at + 2] += s2;
      C[at + 3] += s3;
    }
    for (; c < cols; c++) {
      let sum = 0;
      for (let k = 0, a = r * rowA, b = c * colB; k < inner; k++, a += stepA, b += stepB) sum += A[a] * B[b];
      C[r * cols + c] += sum;
    }
  }
}

// z = x W' + bias, for `rows` rows of x: (rows x K) times the transpose of W (N x K).
function affine(z, x, w, bias, [rows, K]) {
  const N = bias.length;
  for (let k = 0; k < rows * N; k += N) for (let n = 0; n < N; n++) z[k + n] = bias[n];
  addProduct(z, x, w, [rows, K, N], [K, 1], [1, K]);
}

// dx += dz W: the gradient with respect to x of z = x W'.
function backToInput(dx, dz, w, [rows, N, K]) {
  addProduct(dx, dz, w, [rows, N, K], [N, 1], [K, 1]);
}

// dW += dz' x, dbias += sum of dz over the rows: the gradient with respect to the weights of z = x W' + bias.
function backToWeights(dw, dbias, dz, x, [rows, K]) {
  const N = dbias.length;
  addProduct(dw, dz, x, [N, rows, K], [1, N], [K, 1]);
  for (let k = 0; k < rows * N; k += N) for (let n = 0; n < N; n++) dbias[n] += dz[k + n];
}

// --- Cells. Forward: `gates` of step t hold W_ih x + b_ih, `zh` holds W_hh h + b_hh. Backward: dh and dc of step t are
// complete; dz of this step and what flows to the state before along other ways than W_hh are added.

const rnn = {
  forward({ gates, zh, h, size }, t) {
    for (let p = t * size; p < (t + 1) * size; p++) {
      gates[p] = Math.tanh(gates[p] + zh[p]); // h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
      h[p + size] = gates[p];
    }
  },
  backward({ h, dh, dzx, size }, t) {
    for (let p = t * size; p < (t + 1) * size; p++) dzx[p] = dh[p + size] * (1 - h[p + size] ** 2);
  },
};

const gru = {
  forward({ gates, zh, h, H, size }, t) {
    for (let p = t * size; p < (t + 1) * size; p++) {
      const r = p * 3 - 2 * (p % H); // block r of this sequence, then blocks z and n
      const [z, n] = [r + H, r + 2 * H];
      gates[r] = sigmoid(gates[r] + zh[r]); // r_t = sigmoid(...)
      gates[z] = sigmoid(gates[z] + zh[z]); // z_t = sigmoid(...)
      gates[n] = Math.tanh(gates[n] + gates[r] * zh[n]); // n_t = tanh(W_in x_t + b_in + r_t (W_hn h_{t-1} + b_hn))
      h[p + size] = (1 - gates[z]) * gates[n] + gates[z] * h[p]; // h_t = (1 - z_t) n_t + z_t h_{t-1}
    }
  },
  backward({ gates, zh, h, dh, dzx, dzh, H, size }, t) {
    for (let p = t * size; p < (t + 1) * size; p++) {
      const r = p * 3 - 2 * (p % H);
      const [z, n] = [r + H, r + 2 * H];
      const d = dh[p + size];
      dzx[n] = d * (1 - gates[z]) * (1 - gates[n] ** 2);
      dzh[n] = dzx[n] * gates[r];
      dzx[r] = dzx[n] * zh[n] * gates[r] * (1 - gates[r]);
      dzx[z] = d * (h[p] - gates[n]) * gates[z] * (1 - gates[z]);
      dzh[r] = dzx[r];
      dzh[z] = dzx[z];
      dh[p] += d * gates[z]; // the direct way to h_{t-1}
    }
  },
};

const lstm = {
  forward({ gates, zh, h, c, tanhC, H, size }, t) {
    for (let p = t * size; p < (t + 1) * size; p++) {
      const i = p * 4 - 3 * (p % H); // block i of this sequence, then blocks f, g and o
      const [f, g, o] = [i + H, i + 2 * H, i + 3 * H];
      gates[i] = sigmoid(gates[i] + zh[i]); // i_t = sigmoid(z_i)
      gates[f] = sigmoid(gates[f] + zh[f]); // f_t = sigmoid(z_f)
      gates[g] = Math.tanh(gates[g] + zh[g]); // g_t = tanh(z_g)
      gates[o] = sigmoid(gates[o] + zh[o]); // o_t = sigmoid(z_o)
      const now = p + size;
      c[now] = gates[f] * c[p] + gates[i] * gates[g]; // c_t = f_t c_{t-1} + i_t g_t
      tanhC[now] = Math.tanh(c[now]);
      h[now] = gates[o] * tanhC[now]; // h_t = o_t tanh(c_t)
    }
  },
  backward({ gates, c, tanhC, dh, dc, dzx, H, size }, t) {
    for (let p = t * size; p < (t + 1) * size; p++) {
      const i = p * 4 - 3 * (p % H);
      const [f, g, o] = [i + H, i + 2 * H, i + 3 * H];
      const now = p + size;
      const d = dc[now] + dh[now] * gates[o] * (1 - tanhC[now] ** 2); // with the way through h_t
      dzx[i] = d * gates[g] * gates[i] * (1 - gates[i]);
      dzx[f] = d * c[p] * gates[f] * (1 - gates[f]);
      dzx[g] = d * gates[i] * (1 - gates[g] ** 2);
      dzx[o] = dh[now] * tanhC[now] * gates[o] * (1 - gates[o]);
      dc[p] += d * gates[f]; // the direct way to c_{t-1}
    }
  },
};

const CELLS = { rnn, gru, lstm };

// --- One layer

/**
 * Room for what a layer computes from a batch.
 * @param {{ kind: string, H: number }} layer cell and number of units
 * @param {number} T number of steps
 * @param {number} B number of sequences
 * @returns {Trace} zeros
 */
export function makeTrace({ kind, H }, T, B) {
  const [size, blocks] = [B * H, BLOCKS[kind]];
  const sums = () => new Float64Array(T * size * blocks);
  const states = () => new Float64Array((T + 1) * size);
  const room = { T, B, H, size, blocks, gates: sums(), zh: sums(), h: states(), c: states(), tanhC: states() };
  // Both sums have the same gradient, but those of a GRU, where r stands before the second one.
  const dzx = sums();
  return Object.assign(room, { dh: states(), dc: states(), dzx, dzh: kind === "gru" ? sums() : dzx });
}

/**
 * One layer over a batch, from zero states.
 * @param {Layer} layer its weights
 * @param {ArrayLike<number>} x inputs (T x B x I), in the order of reading
 * @param {Trace} trace from `makeTrace`, is written to
 */
export function layerForward({ kind, I, w_ih, w_hh, b_ih, b_hh }, x, trace) {
  const { T, B, H, size, blocks, gates, zh, h } = trace;
  affine(gates, x, w_ih, b_ih, [T * B, I]);
  for (let t = 0; t < T; t++) {
    const now = zh.subarray(t * size * blocks, (t + 1) * size * blocks);
    affine(now, h.subarray(t * size, (t + 1) * size), w_hh, b_hh, [B, H]);
    CELLS[kind].forward(trace, t);
  }
}

/**
 * Back through a layer, after `layerForward`. Before it, `trace.dh` must hold the gradient of the loss with respect to
 * the layer's outputs (h_1 ... h_T, zeros for h_0), and `trace.dc` zeros; afterward they hold those with respect to
 * the states, with all that flows back from later steps.
 * @param {Layer} layer its weights
 * @param {ArrayLike<number>} x inputs, as in `layerForward`
 * @param {Trace} trace of this batch, is written to
 * @param {{ weights?: Layer, x?: Float64Array }} into what the gradients of weights and inputs are added to
 */
export function layerBackward({ kind, I, w_ih, w_hh }, x, trace, into) {
  const { T, B, H, size, blocks, h, dh, dzx, dzh } = trace;
  for (let t = T - 1; t >= 0; t--) {
    CELLS[kind].backward(trace, t);
    const now = dzh.subarray(t * size * blocks, (t + 1) * size * blocks);
    backToInput(dh.subarray(t * size, (t + 1) * size), now, w_hh, [B, blocks * H, H]);
  }
  const { weights } = into;
  if (weights) {
    backToWeights(weights.w_ih, weights.b_ih, dzx, x, [T * B, I]);
    backToWeights(weights.w_hh, weights.b_hh, dzh, h, [T * B, H]);
  }
  if (into.x) backToInput(into.x, dzx, w_ih, [T * B, blocks * H, I]);
}

// --- A network: one layer, and a linear layer on its h

/**
 * A recurrent layer and a linear one, all numbers in one row: `all`, of which the matrices are parts.
 * @typedef {Layer & { O: number, all: Float64Array, w_out: Float64Array, b_out: Float64Array }} Network
 */

/**
 * A network of zeros; its parts lie in `all` in the order of torch's state_dict.
 * @param {{ kind: string, I: number, H: number, O: number }} sizes cell, inputs, units and outputs
 * @returns {Network} such as `weights` or their gradients
 */
export function makeNetwork({ kind, I, H, O }) {
  const rows = BLOCKS[kind] * H;
  const sizes = { w_ih: rows * I, w_hh: rows * H, b_ih: rows, b_hh: rows, w_out: O * H, b_out: O };
  const all = new Float64Array(Object.values(sizes).reduce((sum, size) => sum + size));
  const network = { kind, I, H, O, all };
  let from = 0;
  for (const [name, size] of Object.entries(sizes)) {
    network[name] = all.subarray(from, from + size);
    from += size;
  }
  return network;
}

/**
 * The outputs of a network at every step.
 * @param {Network} network its weights
 * @param {ArrayLike<number>} x inputs (T x B x I)
 * @param {Trace} trace from `makeTrace`, is written to
 * @returns {Float64Array} (T x B x O)
 */
export function predict(network, x, trace) {
  const { T, B, size } = trace;
  layerForward(network, x, trace);
  const y = new Float64Array(T * B * network.O);
  affine(y, trace.h.subarray(size), network.w_out, network.b_out, [T * B, network.H]);
  return y;
}

/**
 * Mean squared error and its gradient.
 * @param {Float64Array} y outputs (T x B x O)
 * @param {ArrayLike<number>} target wanted outputs: (T x B x O), or (B x O) if only the last step has one
 * @returns {{ loss: number, dy: Float64Array }} the loss, and its gradient with respect to y
 */
export function squaredError(y, target) {
  const dy = new Float64Array(y.length);
  const first = y.length - target.length; // steps without a target do not count
  let sum = 0;
  for (let k = 0; k < target.length; k++) {
    const error = y[first + k] - target[k];
    sum += error * error;
    dy[first + k] = (2 * error) / target.length;
  }
  return { loss: sum / target.length, dy };
}

/**
 * Back through a network, after `predict`.
 * @param {Network} network its weights
 * @param {ArrayLike<number>} x inputs (T x B x I)
 * @param {Trace} trace of `predict`; its `dh` and `dc` hold the gradients with respect to the states afterward
 * @param {Float64Array} dy gradient of the loss with respect to the outputs (T x B x O)
 * @param {{ weights?: Network, x?: Float64Array }} into what the gradients are written to
 */
export function backward(network, x, trace, dy, into) {
  const { T, B, size, dh, dc, h } = trace;
  const { H, O, w_out } = network;
  dh.fill(0);
  dc.fill(0);
  into.weights?.all.fill(0);
  into.x?.fill(0);
  backToInput(dh.subarray(size), dy, w_out, [T * B, O, H]);
  if (into.weights) backToWeights(into.weights.w_out, into.weights.b_out, dy, h.subarray(size), [T * B, H]);
  layerBackward(network, x, trace, into);
}

/**
 * The norm of the gradient with respect to the state that each step hands on: h_t, with c_t in an LSTM.
 * @param {Trace} trace after `backward`
 * @returns {number[]} T numbers
 */
export function stateGradients({ T, size, dh, dc }) {
  return Array.from({ length: T }, (_, t) => {
    let sum = 0;
    for (let p = (t + 1) * size; p < (t + 2) * size; p++) sum += dh[p] ** 2 + dc[p] ** 2;
    return Math.sqrt(sum);
  });
}

// --- Learning

/**
 * Scale a gradient whose norm is above a limit, as torch.nn.utils.clip_grad_norm_.
 * @param {Float64Array} gradient is changed in place
 * @param {number} limit largest norm; Infinity leaves all as it is
 * @returns {number} the norm before
 */
export function clipNorm(gradient, limit) {
  let sum = 0;
  for (const value of gradient) sum += value * value;
  const norm = Math.sqrt(sum);
  const scale = limit / (norm + CLIP_EPSILON);
  if (scale < 1) for (let k = 0; k < gradient.length; k++) gradient[k] *= scale;
  return norm;
}

/**
 * An optimizer for one network.
 * @param {"adam" | "sgd"} kind as torch.optim.Adam or torch.optim.SGD, without weight decay or momentum
 * @param {number} count of the weights
 * @returns {(weights: Float64Array, gradient: Float64Array, rate: number) => void} one update, in place
 */
export function makeOptimizer(kind, count) {
  if (kind === "sgd") {
    return (weights, gradient, rate) => {
      for (let k = 0; k < count; k++) weights[k] -= rate * gradient[k];
    };
  }
  const [m, v] = [new Float64Array(count), new Float64Array(count)]; // running means of gradient and of its square
  let updates = 0;
  return (weights, gradient, rate) => {
    updates += 1;
    const [size, root] = [rate / (1 - BETA_1 ** updates), Math.sqrt(1 - BETA_2 ** updates)];
    for (let k = 0; k < count; k++) {
      m[k] = BETA_1 * m[k] + (1 - BETA_1) * gradient[k];
      v[k] = BETA_2 * v[k] + (1 - BETA_2) * gradient[k] * gradient[k];
      weights[k] -= (size * m[k]) / (Math.sqrt(v[k]) / root + EPSILON);
    }
  };
}
