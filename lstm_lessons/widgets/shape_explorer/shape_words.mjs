// What the shape explorer says of the settings, in words and as a program.
import { isPadded, STATES } from "./shape_rules.mjs";

/** @typedef {import("./shape_rules.mjs").Settings} Settings */
/** @typedef {import("./shape_rules.mjs").Tensors} Tensors */

/**
 * @param {number} number how many
 * @param {string} thing in the singular
 * @returns {string} such as "2 layers"
 */
export const counted = (number, thing) => `${number}\u00A0${thing}${number === 1 ? "" : "s"}`;

function ofInput({ batched, packed, lengths, input_size: I }, padded) {
  if (!batched) return `one sequence, no batch axis: ${counted(I, "feature")} a step`;
  if (!padded) return `${counted(lengths.length, "sequence")} of equal length, ${counted(I, "feature")} a step`;
  if (!packed) return "shorter sequences are padded to the longest";
  const real = lengths.reduce((sum, length) => sum + length, 0);
  return `padded to the longest; packed, only ${counted(real, "real step")} are left`;
}

function ofLast({ num_layers: L, bidirectional }) {
  if (L > 1) return `h after the last step read, of every layer${bidirectional ? " and direction" : ""}`;
  return `h after the last step read${bidirectional ? ", of both directions" : ""}`;
}

function ofParameter(name, { input_size: I, bidirectional }, tensors) {
  const [, kind, layer, reverse] = name.match(/^(\w+?)_l(\d+)(_reverse)?$/u);
  const both = bidirectional ? ", both directions" : "";
  const from =
    layer === "0"
      ? `the ${counted(I, "input feature")}`
      : `the ${counted(tensors[name].shape[1], "number")} a step of layer ${layer - 1}${both}`;
  const said = {
    weight_ih: `from ${from}, to the gates i, f, g, o, H rows each.`,
    weight_hh: `from its own h one step ${reverse ? "later" : "before"}, to the gates i, f, g, o, H rows each.`,
    bias_ih: "added to the gates i, f, g, o, beside weight_ih.",
    bias_hh: "added to the gates i, f, g, o a second time, beside weight_hh.",
  };
  return `${said[kind]} The same at every step.`;
}

/**
 * One line on what a tensor is, in these settings.
 * @param {string} name of the tensor
 * @param {Settings} settings of the LSTM
 * @param {Tensors} tensors all of them
 * @returns {string} without the name
 */
export function meaning(name, settings, tensors) {
  const top = settings.num_layers > 1 ? "top" : "only";
  const halves = settings.bidirectional ? "; [\u2026, :H] forward, [\u2026, H:] reverse" : "";
  const said = {
    input: () => ofInput(settings, isPadded(settings)),
    h_0: () => "hidden states before the first step; zeros if you give none",
    c_0: () => "cell states before the first step; zeros if you give none",
    output: () => `h of the ${top} layer at every step${halves}`,
    h_n: () => ofLast(settings),
    c_n: () => "c after the same step. output never shows c",
  };
  return name in said ? said[name]() : ofParameter(name, settings, tensors);
}

function ofState(name, { num_layers: L, batch_first, batched, bidirectional: both }, own) {
  const side = (row) => (row % 2 ? " reverse" : " forward");
  const place = (row) => `${name}[${row}] is layer ${both ? row >> 1 : row}${both ? side(row) : ""}`;
  const rows = L * (both ? 2 : 1);
  const every = Array.from({ length: rows }, (_, row) => place(row));
  const some = rows > 4 ? `${every[0]}, \u2026 ${every.at(-1)}` : every.join(", ");
  const shown = every[own] ?? some;
  return `${shown}.${batched && batch_first ? " batch_first does not move B here." : ""}`;
}

function ofCell(suffix, { bias }, tensors) {
  const [layer, reverse] = suffix.slice(2).split("_");
  const weights = ["weight_ih", "weight_hh"].map((kind) => `${kind + suffix} ${shapeOf(kind + suffix, tensors)}`);
  const biases = bias ? ` and two bias vectors ${shapeOf(`bias_ih${suffix}`, tensors)}` : ", without bias vectors";
  const where = `layer ${layer}${reverse ? " reverse" : ""}`;
  return `${where}: one cell, run at every step with the same ${weights.join(", ")}${biases}.`;
}

function ofOutput(settings) {
  const { packed, hidden_size: H, bidirectional } = settings;
  const numbers = bidirectional
    ? `, the first ${H} numbers from forward, the other ${H} from reverse`
    : `, ${counted(H, "number")} each`;
  const padding = packed
    ? " Unpacking fills padded steps with zeros."
    : " Padded steps hold numbers too, from reading the padding.";
  return `one slot a step${numbers}.${isPadded(settings) ? padding : ""}`;
}

// As Python shows it.
const shapeOf = (name, tensors) => `(${tensors[name].shape.join(", ")}${tensors[name].shape.length > 1 ? "" : ","})`;

/**
 * What the line under the diagram says of a tensor, or of a row of cells: more than its row in the table.
 * @param {string} name of the tensor, or `cell_l0` ... with the end of the parameters' names
 * @param {Settings} settings of the LSTM
 * @param {Tensors} tensors all of them
 * @param {number | null} row of a state that is meant; without it, all of them
 * @returns {string} a sentence or two
 */
export function explanation(name, settings, tensors, row) {
  if (name.startsWith("cell")) return ofCell(name.slice(4), settings, tensors);
  const named = `${name} ${shapeOf(name, tensors)}: `;
  if (STATES.includes(name)) return named + ofState(name, settings, row);
  return named + (name === "output" ? ofOutput(settings) : meaning(name, settings, tensors));
}

/**
 * The program that the settings stand for.
 * @param {Settings} settings of the LSTM
 * @returns {string} lines of Python
 */
export function program(settings) {
  const { input_size, hidden_size, num_layers, bias, batch_first, bidirectional, batched, packed } = settings;
  const options = [
    ...(num_layers > 1 ? [`num_layers=${num_layers}`] : []),
    ...(bias ? [] : ["bias=False"]),
    ...(batch_first ? ["batch_first=True"] : []),
    ...(bidirectional ? ["bidirectional=True"] : []),
  ];
  const first = batch_first ? ", batch_first=True" : "";
  const run =
    batched && packed
      ? [
          `output, (h_n, c_n) = lstm(pack_padded_sequence(input, lengths${first}, enforce_sorted=False))`,
          `output, lengths = pad_packed_sequence(output${first})`,
        ]
      : ["output, (h_n, c_n) = lstm(input)"];
  return [`lstm = nn.LSTM(${[input_size, hidden_size, ...options].join(", ")})`, ...run].join("\n");
}
