// What follows from the settings of nn.LSTM: shapes, numbers of parameters, equal slices. As in shapes.py.

export const KINDS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
export const STATES = ["h_0", "c_0", "h_n", "c_n"];
export const TENSORS = ["input", "h_0", "c_0", "output", "h_n", "c_n"];

/**
 * What decides every shape; the names are those of nn.LSTM and of `ShapeExplorer`.
 * @typedef {{ input_size: number, hidden_size: number, num_layers: number, bias: boolean, batch_first: boolean,
 *   bidirectional: boolean, lengths: number[], batched: boolean, packed: boolean }} Settings
 * @typedef {Record<string, { axes: string[], shape: number[] }>} Tensors by name
 */

/**
 * @param {Settings} settings of the LSTM
 * @returns {number} steps of the longest sequence
 */
export const stepsOf = ({ lengths, batched }) => (batched ? Math.max(...lengths) : lengths[0]);

/**
 * @param {Settings} settings of the LSTM
 * @returns {boolean} whether a sequence is shorter than the batch
 */
export const isPadded = ({ lengths, batched }) => batched && Math.min(...lengths) < Math.max(...lengths);

/**
 * @param {Settings} settings of the LSTM
 * @returns {number[]} 0, or 0 and 1
 */
export const directionsOf = ({ bidirectional }) => (bidirectional ? [0, 1] : [0]);

/**
 * @param {number} layer from 0
 * @param {number} direction 1 reads in reverse
 * @returns {string} the end of a parameter's name
 */
export const suffixOf = (layer, direction) => `_l${layer}${direction ? "_reverse" : ""}`;

/**
 * The first step that the LSTM does not read of a sequence.
 * @param {Settings} settings of the LSTM
 * @param {number} length of the sequence
 * @returns {number} its length, or that of the batch where padding is read
 */
export const endOf = (settings, length) => (settings.batched && !settings.packed ? stepsOf(settings) : length);

/**
 * Axes and shape of the six tensors and of every parameter.
 * @param {Settings} settings of the LSTM
 * @returns {Tensors} in PyTorch's order
 */
export function tensorShapes(settings) {
  const { input_size: I, hidden_size: H, num_layers: L, bias, batch_first, batched, lengths } = settings;
  const D = directionsOf(settings).length;
  const sizes = { B: lengths.length, T: stepsOf(settings), I, H, "4H": 4 * H, "D\u00B7H": D * H, "L\u00B7D": L * D };
  const inOrder = batch_first ? ["B", "T"] : ["T", "B"];
  const steps = batched ? inOrder : ["T"];
  const stateAxes = batched ? ["L\u00B7D", "B", "H"] : ["L\u00B7D", "H"];
  const [input, output] = [
    [...steps, "I"],
    [...steps, "D\u00B7H"],
  ];
  const all = { input, h_0: stateAxes, c_0: stateAxes, output, h_n: stateAxes, c_n: stateAxes };
  for (let layer = 0; layer < L; layer++) {
    for (const direction of directionsOf(settings)) {
      const suffix = suffixOf(layer, direction);
      all[`weight_ih${suffix}`] = ["4H", layer ? "D\u00B7H" : "I"];
      all[`weight_hh${suffix}`] = ["4H", "H"];
      if (bias) Object.assign(all, { [`bias_ih${suffix}`]: ["4H"], [`bias_hh${suffix}`]: ["4H"] });
    }
  }
  const entries = Object.entries(all).map(([name, axes]) => [name, { axes, shape: axes.map((axis) => sizes[axis]) }]);
  return Object.fromEntries(entries);
}

/**
 * Numbers in all parameters together.
 * @param {Tensors} tensors of `tensorShapes`
 * @returns {number} how many
 */
export const parameterCount = (tensors) =>
  Object.entries(tensors)
    .filter(([name]) => !TENSORS.includes(name))
    .reduce((sum, [, { shape }]) => sum + shape.reduce((product, size) => product * size, 1), 0);

/**
 * Slices of `output` and of `h_n` that are equal.
 * @param {Settings} settings of the LSTM
 * @returns {{ output: string, state: string, direction: number }[]} both are Python expressions
 */
export function equalSlices(settings) {
  const { batched, batch_first, packed, bidirectional } = settings;
  const each = isPadded(settings) && packed;
  const sequence = each ? "b" : ":";
  const slice = (step, half) => {
    const inOrder = batch_first ? [sequence, step] : [step, sequence];
    const index = batched ? inOrder : [step];
    if (half) index.push(half);
    else if (index.at(-1) === ":") index.pop();
    return `output[${index.join(", ")}]`;
  };
  const last = each ? "lengths[b] - 1" : "-1";
  const state = (row) => `h_n[${row}${each ? ", b" : ""}]`;
  if (!bidirectional) return [{ output: slice(last, ""), state: state(-1), direction: 0 }];
  return [
    { output: slice(last, ":H"), state: state(-2), direction: 0 },
    { output: slice("0", "H:"), state: state(-1), direction: 1 },
  ];
}
