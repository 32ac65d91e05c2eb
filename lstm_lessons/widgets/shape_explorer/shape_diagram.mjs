// The diagram: the network unrolled, as one sequence of the batch runs through it.
import { SHAPE_EXPLORER_LAYOUT } from "./shape_explorer_layout.mjs";
import { SHAPE_EXPLORER_PICTURE } from "./shape_explorer_picture.mjs";
import { directionsOf, endOf, STATES, stepsOf, suffixOf } from "./shape_rules.mjs";
import { fillTemplate } from "../shared/template.mjs";
import { lowered } from "../shared/ui.mjs";

/** @typedef {import("./shape_rules.mjs").Settings} Settings */
/** @typedef {import("../shared/template.mjs").Values} Values */

/**
 * The steps to draw, and null for each place where some are left out.
 * @param {number} steps of the batch
 * @param {number} length of the sequence
 * @returns {(number | null)[]} in order
 */
export function shownSteps(steps, length) {
  if (steps <= SHAPE_EXPLORER_LAYOUT.most_columns) return Array.from({ length: steps }, (_, t) => t);
  const wanted = [0, 1, 2, length - 2, length - 1, length, steps - 2, steps - 1];
  const sorted = [...new Set(wanted.filter((t) => t >= 0 && t < steps))].toSorted((a, b) => a - b);
  return sorted.flatMap((t, k) => (k && t > sorted[k - 1] + 1 ? [null, t] : [t]));
}

// One layer and direction: its cells, the arrows in the order of reading, and its states.
function rowOf(places, direction, index, cell) {
  const { ends, states } = SHAPE_EXPLORER_LAYOUT;
  const inner = places.filter(({ idle }) => !idle).map(({ x }) => [x - cell / 2, x + cell / 2]);
  let edges = [[ends[0], ends[0]], ...inner, [ends[1], ends[1]]];
  if (direction) edges = edges.toReversed().map(([left, right]) => [right, left]);
  const [before, after] = direction ? states.toReversed() : states;
  return {
    angle: direction ? 180 : 0,
    index,
    size: index > 9 ? "sx-small" : null,
    arrows: edges.slice(1).map(([tip], k) => ({ x: tip, length: Math.abs(tip - edges[k][1]) })),
    cells: places,
    states: STATES.map((part, n) => ({ part, x: [...before, ...after][n] })),
  };
}

// One step: its input, its output, and the arrows up from level to level.
function columnOf({ step, padding, idle }, D, pitch, half, levels, band) {
  const { roomy, box } = SHAPE_EXPLORER_LAYOUT;
  const halves = half > roomy.half ? [":H", "H:"] : ["\u2192", "\u2190"];
  const names = D === 2 ? halves : [`h${lowered(step + 1)}`];
  const tips = levels.slice(1).map((y, k) => y + (k < levels.length - 2 ? band : box.height));
  const pad = pitch > roomy.step ? "pad" : "\u2013";
  return {
    label: padding ? pad : `x${lowered(step + 1)}`,
    outputs: names.map((name, direction) => ({
      direction,
      x: (direction - (D - 1) / 2) * half,
      label: idle ? "0" : name,
    })),
    ups: idle ? [] : tips.map((y, k) => ({ y, length: levels[k] - y })),
  };
}

/**
 * What the template is filled with; `layout` in layout.py says the same.
 * @param {Settings} settings of the LSTM
 * @param {number} picked the sequence, 0 without a batch axis
 * @returns {Values} by the names in the template
 */
export function layout(settings, picked) {
  const { left, right, box, cell, row, band } = SHAPE_EXPLORER_LAYOUT;
  const [L, D] = [settings.num_layers, directionsOf(settings).length];
  const length = settings.lengths[picked];
  const end = endOf(settings, length);
  const columns = shownSteps(stepsOf(settings), length);
  const pitch = (right - left) / columns.length;
  const middles = columns.map((_, k) => left + (k + 0.5) * pitch);
  const width = Math.min(box.most, pitch - box.gap);
  const cellWidth = Math.max(cell.least, Math.min(cell.most, pitch - cell.gap));
  const rowHeight = Math.max(row.least, Math.min(row.most, Math.floor(row.together / (L * D))));
  const bandHeight = D * rowHeight + 2 * band.padding;
  const bandGap = L <= band.few ? band.gap : band.narrow_gap;
  const topOf = (layer) => box.height + bandGap + (L - 1 - layer) * (bandHeight + bandGap);
  const tops = Array.from({ length: L }, (_, layer) => topOf(layer));
  const inputTop = topOf(-1);
  const places = columns
    .map((t, k) => ({ step: t, x: middles[k], padding: t >= length, idle: t >= end }))
    .filter(({ step }) => step !== null);
  return {
    cell: cellWidth,
    cell_half: cellWidth / 2,
    cell_height: rowHeight - row.gap,
    cell_rise: (rowHeight - row.gap) / 2,
    band: bandHeight,
    middle: bandHeight / 2,
    box: width,
    box_half: width / 2,
    output: width / D,
    output_half: width / D / 2,
    input: inputTop + box.height / 2,
    height: inputTop + box.height,
    gaps: middles.filter((_, k) => columns[k] === null).map((x) => ({ x })),
    layers: tops.map((y, layer) => ({
      layer,
      y,
      rows: directionsOf(settings).map((direction) => ({
        y: band.padding + (direction + 0.5) * rowHeight,
        direction,
        ...rowOf(places, direction, layer * D + direction, cellWidth),
      })),
    })),
    steps: places.map((place) => ({
      ...place,
      ...columnOf(place, D, pitch, width / D, [inputTop, ...tops, 0], bandHeight),
    })),
  };
}

// For each piece of the diagram the tensors, and the equal slices, that light it up.
function lights(settings, picture, end) {
  const top = settings.num_layers - 1;
  const kinds = settings.bias ? ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] : ["weight_ih", "weight_hh"];
  const joined = (...names) => names.flat().join(" ");
  const rowsOf = ({ layer, rows }) =>
    rows.map((row) => {
      const { direction, arrows, cells, states } = row;
      const suffix = suffixOf(layer, direction);
      const result = layer === top ? [`equality-${direction}`] : [];
      const [first, last] = direction ? [end - 1, 0] : [0, end - 1];
      const own = [...kinds, "cell"].map((kind) => kind + suffix).concat(layer === top ? ["output"] : []);
      const before = (yes) => (yes ? ["h_0", "c_0"] : []);
      const after = (yes) => (yes ? ["h_n", "c_n", ...result] : []);
      const through = (k) => (k === arrows.length - 1 ? after(true) : [...before(k === 0), `weight_hh${suffix}`]);
      const inCell = ({ step, idle }) => (idle ? [] : [own, before(step === first), after(step === last)].flat());
      return {
        ...row,
        arrows: arrows.map((arrow, k) => ({ ...arrow, of: joined(through(k)) })),
        cells: cells.map((cell) => ({ ...cell, of: joined(inCell(cell)) })),
        states: states.map((state) => ({ ...state, of: joined(state.part, state.part === "h_n" ? result : []) })),
      };
    });
  const into = (layer) =>
    layer > top ? ["output"] : directionsOf(settings).map((direction) => `weight_ih${suffixOf(layer, direction)}`);
  const equal = ({ step, idle }, direction) =>
    !idle && step === (direction ? 0 : end - 1) ? [`equality-${direction}`] : [];
  return {
    ...picture,
    layers: picture.layers.map((layer) => ({ ...layer, rows: rowsOf(layer) })),
    steps: picture.steps.map((place) => ({
      ...place,
      ups: place.ups.map((arrow, layer) => ({ ...arrow, of: joined(into(layer)) })),
      outputs: place.outputs.map((one) => ({ ...one, of: joined("output", equal(place, one.direction)) })),
    })),
  };
}

/**
 * The unrolled network as one sequence of the batch runs through it.
 * @param {Settings} settings of the LSTM
 * @param {number} picked that sequence, 0 without a batch axis
 * @param {string} title what a screen reader says
 * @returns {SVGElement} whose pieces list in `data-of` what lights them up
 */
export function drawNetwork(settings, picked, title) {
  const picture = layout(settings, picked);
  const lit = lights(settings, picture, endOf(settings, settings.lengths[picked]));
  // The tables beside Python's picture are buttons here.
  const tables = { tensors: [], slices: [], totals: [], parameters: [] };
  const node = fillTemplate(SHAPE_EXPLORER_PICTURE, { ...lit, ...tables, view: `-1 -1 666 ${picture.height + 2}` });
  node.setAttribute("role", "group"); // its pieces are buttons here, too
  node.setAttribute("aria-label", title);
  return node;
}
