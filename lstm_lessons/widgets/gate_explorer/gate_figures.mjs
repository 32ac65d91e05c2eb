// The figures of the gate explorer: what its presets set, what its picture draws, and its cell as a program. No page.
import { clamp, format } from "../shared/ui.mjs";

/**
 * A cell and what it is given.
 * @typedef {object} CellState
 * @property {import("../shared/cell.mjs").Weights} weights of the cell
 * @property {number[]} x input (I)
 * @property {number[]} h hidden state before the step (H)
 * @property {number[]} c cell state before the step (H)
 */

export const GATE_LETTERS = ["i", "f", "g", "o"]; // PyTorch's order of the rows
const STEEP = 6; // the curves of the picture show z from -6 to 6

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const products = (row, vector) => row.map((weight, k) => weight * vector[k]);
const rounded = (number) => Math.round(number * 100) / 100;
const vectorText = (values) => (values.length === 1 ? format(values[0]) : `${values.length} values`);

// --- Presets

const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

/**
 * Weights and state of a preset; `preset_state` in Python says how.
 * @param {object} preset one of gate_explorer_presets.json
 * @param {number} I number of inputs
 * @param {number} H number of units
 * @returns {CellState} drawn anew where the preset draws its weights
 */
export function presetState(preset, I, H) {
  const bound = 1 / Math.sqrt(H);
  const drawn = { uniform: () => bound * (2 * Math.random() - 1), normal: () => 2 * normal() }[preset.draw];
  const rows = GATE_LETTERS.flatMap((gate) => Array.from({ length: H }, (_, k) => ({ gate, k })));
  const matrix = (columns, byHand) =>
    rows.map(({ gate, k }) =>
      Array.from({ length: columns }, (_, j) => (drawn ? rounded(drawn()) : byHand(gate, k, j))),
    );
  const weights = {
    w_ih: matrix(I, (gate, k, j) => (j === k % I ? preset.gates[gate][0] : 0)),
    w_hh: matrix(H, (gate, k, j) => (j === k ? preset.gates[gate][1] : 0)),
    b_ih: matrix(1, (gate) => preset.gates[gate][2]).flat(),
    b_hh: matrix(1, () => 0).flat(),
  };
  return { weights, x: Array(I).fill(preset.x), h: Array(H).fill(preset.h), c: Array(H).fill(preset.c) };
}

// --- What is drawn

// The valve, the curve and the text of one gate, and what flows to it.
function gateFigures(gate, n, { weights, x, h }, step, unit) {
  const row = n * h.length + unit;
  const value = step[gate][unit];
  const flows = {
    [`${gate}.from_x`]: sum(products(weights.w_ih[row], x)),
    [`${gate}.from_h`]: sum(products(weights.w_hh[row], h)),
  };
  const own = {
    [`${gate}.text`]: format(value),
    [`${gate}.percent`]: `${Math.round(100 * value)} %`,
    [`${gate}.open`]: rounded(10 * value),
    [`${gate}.dot_x`]: rounded(6.2 * clamp(step.z[row], -STEEP, STEEP)),
    [`${gate}.dot_y`]: rounded(gate === "g" ? -15 * value : -30 * (value - 0.5)),
  };
  return { flows, own };
}

/**
 * Everything that the picture's templates name, for one unit; `figures` in Python computes the same.
 * @param {CellState} state before the step
 * @param {import("../shared/cell.mjs").Step} step of the cell
 * @param {number} unit from 0
 * @returns {Record<string, string | number>} by name
 */
export function figures(state, step, unit) {
  const { x, h, c } = state;
  const flows = {
    c_prev: c[unit],
    kept: step.f[unit] * c[unit],
    g: step.g[unit],
    written: step.i[unit] * step.g[unit],
    c: step.c[unit],
    tanh: Math.tanh(step.c[unit]),
    h: step.h[unit],
  };
  const all = { "x.text": vectorText(x), "h_prev.text": vectorText(h) };
  GATE_LETTERS.forEach((gate, n) => {
    const one = gateFigures(gate, n, state, step, unit);
    Object.assign(flows, one.flows);
    Object.assign(all, one.own);
  });
  for (const [key, exact] of Object.entries(flows)) {
    const value = Math.abs(exact) < 0.005 ? 0 : exact; // a number shown as 0.00 has no sign
    const width = (value < 0 ? 4 : 2) + 16 * (1 - Math.exp(-Math.abs(value)));
    all[`${key}.width`] = rounded(width);
    all[`${key}.hollow`] = value < 0 ? rounded(width - 2.8) : 0;
    all[`${key}.text`] ??= format(value);
  }
  all["kept.text"] = `kept ${all["kept.text"]}`;
  all["written.text"] = `written ${all["written.text"]}`;
  return all;
}

// --- PyTorch code

function pythonNumber(value) {
  const text = String(Number(value.toPrecision(12)));
  return /[.e]/u.test(text) ? text : `${text}.0`;
}
const python = (value) => (Array.isArray(value) ? `[${value.map(python).join(", ")}]` : pythonNumber(value));

/**
 * A program that builds this cell with `torch.nn.LSTMCell` and runs this step.
 * @param {CellState} state before the step
 * @returns {string} Python
 */
export function pytorchCode({ weights, x, h, c }) {
  const tensor = (value) => `torch.tensor(${python(value)}, dtype=torch.float64)`;
  const matrix = (name, rows) => {
    const lines = rows.map((row, n) => {
      const [gate, k] = [GATE_LETTERS[Math.floor(n / h.length)], n % h.length];
      return `        ${python(row)},  # ${gate}${h.length > 1 ? `, unit ${k}` : ""}`;
    });
    return [`    cell.${name}.copy_(torch.tensor([`, ...lines, "    ], dtype=torch.float64))"];
  };
  return [
    "import torch",
    "from torch import nn",
    "",
    `cell = nn.LSTMCell(input_size=${x.length}, hidden_size=${h.length}, dtype=torch.float64)`,
    "with torch.no_grad():",
    ...matrix("weight_ih", weights.w_ih),
    ...matrix("weight_hh", weights.w_hh),
    `    cell.bias_ih.copy_(${tensor(weights.b_ih)})`,
    `    cell.bias_hh.copy_(${tensor(weights.b_hh)})`,
    "",
    `x = ${tensor(x)}`,
    `h = ${tensor(h)}`,
    `c = ${tensor(c)}`,
    "h, c = cell(x, (h, c))",
    "print(h)",
    "print(c)",
    "",
  ].join("\n");
}
