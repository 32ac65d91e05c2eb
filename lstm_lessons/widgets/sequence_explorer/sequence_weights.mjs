// The weights of the sequence explorer's chosen unit: a slider for each, and the equation that they make.
import { PALETTE } from "../shared/palette.mjs";
import { button, coloredSymbol, element, shortest, slider, symbol } from "../shared/ui.mjs";
import { GATES } from "./sequence_judge.mjs";

const MOST_SLIDERS = 6; // weights per gate; a larger unit gets a slider for its biases alone

/**
 * Weights with the moved ones put in.
 * @param {import("../shared/cell.mjs").Weights[][]} layers as they were
 * @param {Record<string, number>} nudges the moved ones; keys as in SequenceExplorer.weights
 * @returns {import("../shared/cell.mjs").Weights[][]} the same ones, or a changed copy
 */
export function withNudges(layers, nudges) {
  if (Object.keys(nudges).length === 0) return layers;
  const changed = structuredClone(layers);
  for (const [key, value] of Object.entries(nudges)) {
    const [layer, direction, name, row, column] = key.split(".");
    const weights = changed[layer]?.[direction];
    if (!weights) continue;
    if (name === "b") weights.b_ih[row] = value - weights.b_hh[row];
    else weights[name][row][column] = value;
  }
  return changed;
}

// What a gate sums up: weights by matrix and column, with their names for labels and for a screen reader.
function termsOf(view, layer, own) {
  const { H, I } = view.sizes();
  const inputs = own.w_ih[0].length;
  const bias = { matrix: "b", column: 0, short: "b", long: "bias" };
  if (inputs + H > MOST_SLIDERS) return [bias];
  const ownNames = layer === 0 && I === inputs;
  const term = (matrix, letter, count, k) => {
    const name = count > 1 ? `${letter} ${k}` : letter;
    const long = matrix === "w_ih" && ownNames ? view.featureName(k) : name;
    return { matrix, column: k, short: name.replace(" ", ""), long };
  };
  const row = (matrix, letter, count) => [...Array(count).keys()].map((k) => term(matrix, letter, count, k));
  return [...row("w_ih", "x", inputs), ...row("w_hh", "h", H), bias];
}

const weightOf = (weights, { matrix, column }, row) =>
  matrix === "b" ? weights.b_ih[row] + weights.b_hh[row] : weights[matrix][row][column];

function limitOf(largest) {
  if (largest <= 4) return 5;
  return largest <= 24 ? 25 : Math.ceil(1.25 * largest);
}

// "x − 0.5h + 1": the terms that are not zero.
function sumInWords(terms, values) {
  const parts = terms.map(({ matrix, short }, k) => [values[k], matrix === "b" ? "" : `\u202F${short}`]);
  const words = parts
    .filter(([weight]) => shortest(weight) !== "0")
    .map(([weight, term], k) => {
      const plus = weight < 0 ? "\u2212" : "+";
      const sign = k > 0 ? ` ${plus} ` : plus.replace("+", "");
      return `${sign}${shortest(Math.abs(weight))}${term}`;
    });
  return words.join("") || "0";
}

// The sliders of one gate. Returns its node, and what shows the present weights.
function gateWeights(view, gate, row, terms, limit) {
  const { layer, direction } = view.place();
  const present = (term) => weightOf(view.weights[layer][direction], term, row);
  const fine = limit <= 5;
  const made = terms.map((term) => {
    const key = `${layer}.${direction}.${term.matrix}.${row}.${term.column}`;
    const control = slider({
      label: term.matrix === "b" ? symbol("b") : symbol("w", term.short),
      name: `${PALETTE[gate].name}: ${term.matrix === "b" ? "bias" : `weight of ${term.long}`}`,
      min: -limit,
      max: limit,
      step: fine ? 0.01 : 0.1,
      digits: fine ? 2 : 1,
      value: present(term),
      color: `var(--ll-${gate})`,
      onInput: (next) => view.set("nudges", { ...view.get("nudges"), [key]: next }),
    });
    control.input.dataset.weight = key;
    return control;
  });
  const formula = element("p", { class: "ll-sequence-formula" });
  const squash = gate === "g" ? "tanh" : "\u03C3";
  const update = () => {
    const values = terms.map(present);
    made.forEach((control, k) => control.set(values[k]));
    const rest = terms.length > 1 ? "" : " + \u2026";
    formula.replaceChildren(coloredSymbol(gate), ` = ${squash}(${sumInWords(terms, values)}${rest})`);
  };
  update();
  const legend = element("legend", {}, coloredSymbol(gate), " ", PALETTE[gate].name);
  const nodes = made.map((control) => control.node);
  return { node: element("fieldset", {}, legend, formula, nodes), update };
}

/**
 * The disclosure with the weights of the chosen unit.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {{ node: HTMLElement, paint: (any: (...keys: string[]) => boolean) => void }} `any` tells what has changed
 */
export function weightSliders(view) {
  let gates = [];
  const fields = element("div", { class: "ll-sequence-weights" });
  const title = element("summary");
  const build = () => {
    const { H } = view.sizes();
    const { layer, direction, unit } = view.place();
    const own = view.get("layers")[layer][direction];
    const terms = termsOf(view, layer, own);
    const rows = GATES.map((_, k) => k * H + unit);
    const sizes = rows.flatMap((row) => terms.map((term) => Math.abs(weightOf(own, term, row))));
    const limit = limitOf(Math.max(...sizes));
    gates = GATES.map((gate, k) => gateWeights(view, gate, rows[k], terms, limit));
    fields.replaceChildren(...gates.map((one) => one.node));
  };
  const restore = button("Restore the weights", () => view.set("nudges", {}), { "data-role": "restore" });
  const hint = "Break the memory, then fix it: try a smaller bias in the forget gate.";
  const open = () => {
    if (node.open) build();
  };
  const node = element(
    "details",
    { class: "ll-sequence-details", ontoggle: open },
    title,
    fields,
    element("div", { class: "ll-toolbar" }, restore, element("span", { class: "ll-quiet" }, hint)),
  );
  const paint = (any) => {
    if (node.open && any("layers", "unit", "layer", "direction")) build();
    else if (node.open && any("nudges")) gates.forEach((one) => one.update());
    title.textContent = view.sizes().H > 1 ? `Weights of unit ${view.place().unit}` : "Weights";
    restore.disabled = Object.keys(view.get("nudges")).length === 0;
  };
  return { node, paint };
}
