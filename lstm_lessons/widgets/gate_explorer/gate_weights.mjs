// The weights of the gate explorer: sliders for one gate at a time, beside the picture.
import { PALETTE } from "../shared/palette.mjs";
import { button, element, slider, symbol } from "../shared/ui.mjs";
import { GATE_LETTERS } from "./gate_figures.mjs";

/** @typedef {import("./gate_cards.mjs").View} View */

const LIMIT_OF_WEIGHTS = 6; // either way; a larger weight widens its slider

// One number of a matrix, or of a bias vector where `column` is null.
function weightSlider(view, { key, row, column, letter, subscript, title }) {
  const { I, H } = view;
  const read = (weights) => (column === null ? weights[key][row] : weights[key][row][column]);
  const indices = column === null ? [row % H] : [row % H, column];
  const move = (next) => {
    const weights = view.get("weights");
    const rows = [...weights[key]];
    rows[row] = column === null ? next : rows[row].map((old, j) => (j === column ? next : old));
    view.apply({ weights: { ...weights, [key]: rows } });
  };
  const control = slider({
    label: element("span", {}, symbol(letter, subscript), I + H > 2 ? `[${indices}]` : null),
    name: [letter, subscript, ...indices].join("_"),
    title,
    min: -LIMIT_OF_WEIGHTS,
    max: LIMIT_OF_WEIGHTS,
    step: 0.05,
    value: read(view.get("weights")),
    color: `var(--ll-${subscript[1]})`,
    onInput: move,
  });
  view.updates.push(({ weights, unit }) => {
    if (row % H === unit) control.set(read(weights));
  });
  return control.node;
}

// All weights of gate `n` of unit `k`.
function weightSliders(view, gate, n, k) {
  const { I, H } = view;
  const [row, { name }] = [n * H + k, PALETTE[gate]];
  const ofUnit = H > 1 ? `, unit ${k}` : "";
  const matrix = (count, key, letter, source) =>
    [...Array(count).keys()].map((column) => {
      const title = `${name}, weight of ${source}${count > 1 ? ` number ${column}` : ""}${ofUnit}`;
      return weightSlider(view, { key, row, column, letter: "W", subscript: `${letter}${gate}`, title });
    });
  const bias = (key, letter) => {
    const title = `${name}, bias b_${letter}h${ofUnit}`;
    return weightSlider(view, { key, row, column: null, letter: "b", subscript: `${letter}${gate}`, title });
  };
  const group = element(
    "div",
    { class: "ge-weights", role: "group", "aria-label": `Weights of the ${name}` },
    element("div", {}, matrix(I, "w_ih", "i", "x"), bias("b_ih", "i")),
    element("div", {}, matrix(H, "w_hh", "h", "h"), bias("b_hh", "h")),
  );
  view.updates.push(({ unit }) => {
    group.hidden = k !== unit;
  });
  return group;
}

/**
 * A button per gate, and beside the picture the sliders of the gate that was chosen. A second click folds them away.
 * @param {View} view of the explorer
 * @param {HTMLElement} stage what holds picture and sliders
 * @returns {{ bar: HTMLElement, panel: HTMLElement, pick: (gate: string) => void }} `pick` as a click on a button
 */
export function gateWeights(view, stage) {
  const groups = GATE_LETTERS.map((gate, n) =>
    element(
      "div",
      { class: "ge-gate", style: `--ge-color: var(--ll-${gate})` },
      element("strong", {}, PALETTE[gate].name),
      [...Array(view.H).keys()].map((k) => weightSliders(view, gate, n, k)),
    ),
  );
  const panel = element("div", { class: "ge-side" }, groups);
  let chosen = null;
  const show = () => {
    groups.forEach((group, n) => {
      group.hidden = GATE_LETTERS[n] !== chosen;
    });
    buttons.forEach((node) => node.setAttribute("aria-expanded", node.dataset.gateChoice === chosen));
    panel.hidden = chosen === null;
    stage.classList.toggle("ge-open", chosen !== null);
  };
  const pick = (gate) => {
    chosen = gate === chosen ? null : gate;
    show();
  };
  const choose = (gate) =>
    button([symbol(gate, "t"), ` ${PALETTE[gate].name}`], () => pick(gate), {
      "data-gate-choice": gate,
      class: "ge-chip",
      style: `border-color: var(--ll-${gate})`,
    });
  const buttons = GATE_LETTERS.map(choose);
  const bar = element("div", { class: "ge-gates", role: "group", "aria-label": "Weights and biases of a gate" }, [
    element("span", { class: "ll-quiet" }, "Weights of"),
    ...buttons,
  ]);
  show();
  return { bar, panel, pick };
}
