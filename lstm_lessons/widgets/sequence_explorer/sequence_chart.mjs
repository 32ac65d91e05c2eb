// The chart of the sequence explorer: a row for each input and for each trace of the chosen unit, over the steps.
// `makeChart` builds all elements for one set of sizes and one width; what moves is painted into them.
import { namedSteps } from "../shared/charts.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { clamp, format, lowered, roundLimit, setAttributes, shortest, svg } from "../shared/ui.mjs";
import { gradientPath } from "./sequence_numbers.mjs";

/**
 * The present state of one explorer, which all of its parts look at.
 * @typedef {object} View
 * @property {(key: string) => any} get a value of the state
 * @property {(key: string, value: any) => void} set a value of the state, and paint what depends on it
 * @property {(text: string) => void} say aloud
 * @property {boolean} slide whether it stands in a deck
 * @property {() => { T: number, I: number, L: number, D: number, H: number }} sizes of input and network
 * @property {(key: string, count: number) => number} chosen a number of the state that is below `count`
 * @property {() => { layer: number, direction: number, unit: number }} place that is shown
 * @property {(k: number) => string} featureName name of an input
 * @property {import("../shared/cell.mjs").Weights[][]} weights with the moved ones
 * @property {import("../shared/cell.mjs").Step[]} steps of the layer and direction that are shown
 * @property {number[][]} layerInput of the layer that is shown, (T x I)
 * @property {import("./sequence_tasks.mjs").Task | null} task that is asked of the network
 * @property {number[] | null} answers after each step, where a linear layer gives some
 * @property {number[] | null} truth after each step, where the task tells it
 * @property {import("./sequence_bench.mjs").Bench | null} bench of the puzzle that is on it
 * @property {() => number[]} marks steps to highlight
 * @property {object} chart see `makeChart`
 * @property {boolean} pipes whether the cell is shown at the chosen step
 * @property {(on: boolean) => void} showPipes or hide them
 * @property {object} player see `makePlayer`
 */

export const LETTERS = ["i", "f", "g", "o", "c", "h"];
// Pixels. On a slide the letters are large (read from the last row) and the whole must fit its height.
const PAGE = {
  rows: { x: 80, i: 36, f: 36, g: 36, o: 36, c: 56, h: 42, product: 42 },
  pad: 50,
  gap: 9,
  letters: 11,
  left: 156,
  right: 64,
  name: 26,
  head: 24,
  foot: 10,
};
const SLIDE = {
  rows: { x: 60, i: 37, f: 37, g: 37, o: 37, c: 46, h: 37, product: 37 },
  pad: 40,
  gap: 7,
  letters: 18,
  left: 206,
  right: 88,
  name: 28,
  head: 26,
  foot: 20,
};
// Beside the picture of the cell the rows are low, and have no room for the ends of their ranges.
const lowRows = (size) => ({
  ...size,
  rows: { x: 44, i: 20, f: 20, g: 20, o: 20, c: 34, h: 26, product: 22 },
  judged: 52, // what a puzzle asks for
  pad: 32,
  gap: 5,
  low: true,
});
const NARROW = 620; // below this width rows have no names
const LEFT_OF_NARROW = 62;
const INSET = 4; // between the edge of a row and its highest value, so that a line at 1 stays inside
const MOST_PADS = 3; // with more input features one pad shows the chosen one

const tenth = (value) => Math.round(value * 10) / 10;
const middleOf = ({ top, height }) => top + height / 2;

// --- Where everything stands

function inputRows(view, size) {
  const { I } = view.sizes();
  const [limits, named] = [view.get("limits"), view.get("feature_names").length > 0];
  const all = I <= MOST_PADS;
  const features = all ? [...Array(I).keys()] : [view.chosen("feature", I)];
  return features.map((feature) => ({
    key: "x",
    feature,
    name: I > 1 || named ? view.featureName(feature) : "input",
    height: I > 1 && all ? size.pad : size.rows.x,
    low: limits[feature][0],
    high: limits[feature][1],
  }));
}

function traceRows(view, size) {
  const rows = LETTERS.map((key) => {
    const { name, low, high } = PALETTE[key];
    const judged = view.bench?.puzzle.reads === key;
    return { key, name, height: judged ? size.judged : size.rows[key], low: low ?? -1, high: high ?? 1, judged };
  });
  const more = (key, name) => ({ key, name, height: size.rows.product, low: 0, high: 1 });
  if (view.get("gradient_path") && !view.bench) rows.push(more("product", "gradient path"));
  if (view.answers !== null) rows.push(more("answer", "answer"));
  return rows;
}

function layOut(view, width) {
  const full = view.slide ? SLIDE : PAGE;
  const size = view.pipes || view.bench ? lowRows(full) : full;
  const { T } = view.sizes();
  const wide = width >= NARROW;
  const [left, right] = [wide ? size.left : LEFT_OF_NARROW, width - size.right];
  const column = (right - left) / T;
  const showLabels = view.get("labels").length === T && column >= 7;
  let top = size.head;
  const stack = (row) => {
    Object.assign(row, { top });
    top += row.height + size.gap;
  };
  const inputs = inputRows(view, size);
  inputs.forEach(stack);
  const labelLine = top + 8;
  top += showLabels ? 20 : 4;
  const tracesTop = top;
  const traces = traceRows(view, size);
  traces.forEach(stack);
  const place = Array.from({ length: T }, (_, t) => tenth(left + (t + 0.5) * column));
  const edges = Array.from({ length: T + 1 }, (_, t) => tenth(left + t * column));
  const [tracesBottom, height] = [top - size.gap, top + size.foot];
  const rows = [...inputs, ...traces];
  const heights = { height, labelLine, tracesTop, tracesBottom };
  return { T, size, width, wide, left, right, column, place, edges, rows, showLabels, ...heights };
}

/**
 * Whether all input features have a pad of their own.
 * @param {number} I number of features
 * @returns {boolean} false where one pad shows the chosen one
 */
export const hasAllPads = (I) => I <= MOST_PADS;

/**
 * Height of a value in its row. The input fills its row to the edge: there the hand sets the value.
 * @param {object} row of the chart
 * @returns {(value: number) => number} pixels from the chart's top
 */
export function yOf({ key, top, height, low, high }) {
  const inset = key === "x" ? 0 : INSET;
  return (value) => top + inset + (height - 2 * inset) * (1 - (clamp(value, low, high) - low) / (high - low));
}

// --- The elements

const text = (kind, x, y, attributes, words) =>
  svg("text", { class: `ll-sequence-${kind}`, x, y, ...attributes }, words);
const toTheLeft = { "text-anchor": "end" };
const centered = { "text-anchor": "middle" };

// What the rows of inputs and traces share: line at zero, letter, name, range, area, and the value at the cursor.
function commonNodes(row, { size, width, wide, left }, letter) {
  const [middle, low] = [middleOf(row), row.top + row.height - 1];
  const key = { x: "text", answer: "text", product: "f" }[row.key] ?? row.key;
  const color = `var(--ll-${key})`;
  const ticks = [
    text("tick", left - 6, row.top + size.letters - 3, toTheLeft, shortest(row.high)),
    text("tick", left - 6, low, toTheLeft, shortest(row.low)),
  ];
  const zero = svg("path", { class: "ll-sequence-zero" });
  const area = svg("path", { class: `ll-sequence-${row.key === "x" ? "bars" : "area"}`, fill: color });
  const style = `fill: ${color}`;
  const value = text("value", width - 6, middle + 5, { ...toTheLeft, style });
  const name = row.key === "product" ? size.name + 12 : size.name;
  const first = [
    zero,
    text("letter", 4, middle + 6, { style }, letter),
    ...(wide ? [text("name", name, middle + 5, {}, ` ${row.name}`)] : []),
    ...(size.low ? [] : ticks),
    area,
  ];
  return { color, ticks, zero, area, value, first };
}

function inputNodes(row, layout) {
  const { first, ...common } = commonNodes(row, layout, ["x"]);
  const caps = svg("path", { class: "ll-sequence-caps" });
  Object.assign(row, common, { caps });
  return [...first, caps, row.value];
}

function traceNodes(row, layout, overlay, H) {
  const below = row.key === "product" || row.key === "answer"; // not traces of the cell
  const letters = { product: [svg("tspan", { "font-style": "normal" }, "\u220F"), "f"], answer: ["y"] };
  const letter = letters[row.key] ?? [row.key];
  const { first, ...common } = commonNodes(row, layout, letter);
  const { color } = common;
  Object.assign(row, common);
  const nodes = [];
  if (row.judged) {
    row.wanted = svg("path", { class: "ll-sequence-wanted", "data-role": "wanted" });
    row.wrong = svg("path", { class: "ll-sequence-wrong", "data-role": "wrong" });
    row.crosses = svg("path", { class: "ll-sequence-crosses" });
    nodes.push(row.wrong, row.wanted, row.crosses);
  }
  if (overlay && !below) {
    row.thin = svg("path", { class: "ll-sequence-thin", stroke: color }); // all other units in one path: quick
    row.halo = svg("path", { class: "ll-sequence-halo" });
    row.others = Array.from({ length: H }, () => svg("g")); // their numbers
    nodes.push(row.thin, row.halo, ...row.others);
  }
  const dash = PALETTE[row.key === "product" ? "f" : row.key]?.dash || null;
  if (row.key === "answer") {
    row.truth = svg("path", { class: "ll-sequence-truth", "data-symbol": "truth" });
    nodes.push(row.truth);
  }
  row.bold = svg("path", {
    class: "ll-sequence-bold",
    stroke: color,
    "stroke-dasharray": dash,
    "data-symbol": row.key,
  });
  row.dot = svg("circle", { r: 4, class: "ll-sequence-dot", fill: color });
  nodes.push(row.bold, row.dot, row.value);
  if (below) {
    const middle = middleOf(row);
    row.caption = text("tick ll-sequence-caption", layout.width - 6, middle + 15, toTheLeft);
    if (layout.size === PAGE) {
      row.value.setAttribute("y", middle + 1);
      nodes.push(row.caption);
    } // on a slide there is no room; the line below the chart says it
  }
  return [...first, ...nodes];
}

/**
 * Paint the bands of the marked steps.
 * @param {View} view of the explorer
 */
export function paintMarks({ chart, marks }) {
  chart.bands.replaceChildren(...markNodes(chart, marks()));
}

function markNodes({ column, place, tracesBottom, T }, marks) {
  const wide = Math.max(column, 3);
  const mark = (t) =>
    svg(
      "g",
      { class: "ll-sequence-mark", "data-mark": t },
      svg("rect", { x: tenth(place[t] - wide / 2), y: 22, width: tenth(wide), height: tracesBottom - 22 }),
      svg("path", { d: `M${place[t] - 4} 17h8l-4 6Z` }),
    );
  return marks.filter((t) => t < T).map(mark);
}

function axisNodes({ T, size, wide, left, column, place, tracesBottom, showLabels, labelLine }, labels) {
  const y = tracesBottom + size.letters + 2;
  return [
    ...namedSteps(T, column, 3 * size.letters).map((t) => text("tick", place[t], y, centered, String(t + 1))),
    text("tick", left - 6, y, toTheLeft, wide ? "step t" : "t"),
    ...(showLabels ? labels.map((label, t) => text("label", place[t], labelLine, centered, label)) : []),
  ];
}

/**
 * All elements of the chart, for the present sizes.
 * @param {View} view of the explorer
 * @param {number} width in pixels
 * @returns {object} where everything stands, the `picture`, and the parts of it that move
 */
export function makeChart(view, width) {
  const layout = layOut(view, width);
  const { T, rows, left, right, column, tracesBottom, height, size } = layout;
  const { H } = view.sizes();
  const overlay = view.get("overlay") && H > 1;
  const cursor = svg("rect", {
    class: "ll-sequence-cursor",
    y: 20,
    height: tracesBottom - 20,
    width: Math.max(column, 3),
  });
  const bands = svg("g");
  const badge = text("badge", null, size.head - 10, centered);
  const field = (row) => ({ x: left, y: row.top, width: right - left, height: row.height, rx: 3 });
  const label = `Traces of i, f, g, o, c and h over ${T} steps. The numbers at the chosen step follow below.`;
  const picture = svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    rows.map((row) => svg("rect", { class: "ll-sequence-field", ...field(row) })),
    bands,
    cursor,
    rows.flatMap((row) => (row.key === "x" ? inputNodes(row, layout) : traceNodes(row, layout, overlay, H))),
    axisNodes(layout, view.get("labels")),
    badge,
  );
  return { ...layout, H, picture, bands, cursor, badge };
}

// --- What moves

// Stairs: each value as a level stretch over its step. `close` carries the line down to there, for an area.
function stairPath({ edges }, row, values, close) {
  const y = yOf(row);
  const first = values.findIndex((value) => value !== null);
  let last = first;
  let level = tenth(y(values[first]));
  let d = close === undefined ? `M${edges[first]} ${level}` : `M${edges[first]} ${close}V${level}`;
  for (; last < values.length && values[last] !== null; last++) {
    const next = tenth(y(values[last]));
    if (next !== level) d += `H${edges[last]}V${next}`;
    level = next;
  }
  return `${d}H${edges[last]}${close === undefined ? "" : `V${close}Z`}`;
}

// The stairs of all units but one, to whole pixels: writing decimals would take most of the frame.
function thinStairs({ edges: exact, H }, row, steps, except) {
  const [y, edges] = [yOf(row), exact.map(Math.round)];
  let d = "";
  for (let unit = 0; unit < H; unit++) {
    if (unit === except) continue;
    let level = Math.round(y(steps[0][row.key][unit]));
    d += `M${edges[0]} ${level}`;
    for (let t = 1; t < steps.length; t++) {
      const next = Math.round(y(steps[t][row.key][unit]));
      if (next !== level) d += `H${edges[t]}V${(level = next)}`;
    }
    d += `H${edges[steps.length]}`;
  }
  return d;
}

/**
 * Paint the inputs.
 * @param {View} view of the explorer
 */
export function paintInputs({ get, chart }) {
  const bar = tenth(Math.max(chart.column * 0.72, 1.4));
  const cap = tenth(Math.max(chart.column * 0.72, 2));
  for (const row of chart.rows.filter(({ key }) => key === "x")) {
    const y = yOf(row);
    const zero = tenth(y(0));
    const values = get("xs").map((x) => x[row.feature]);
    const tops = values.map((value) => tenth(y(value)));
    const bars = tops.map((top, t) =>
      top === zero ? "" : `M${tenth(chart.place[t] - bar / 2)} ${zero}V${top}h${bar}V${zero}Z`,
    );
    const caps = tops.map((top, t) => `M${tenth(chart.place[t] - cap / 2)} ${top}h${cap}`);
    row.area.setAttribute("d", bars.join(""));
    row.caps.setAttribute("d", caps.join(""));
    Object.assign(row.caps.dataset, { symbol: "x", feature: row.feature, values: JSON.stringify(values) });
    row.zero.setAttribute("d", `M${chart.left} ${zero}H${chart.right}`);
  }
}

// c has no limits of its own: its row is as high as the values need.
function fitRange(row, values) {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [0, 0]);
  row.high = roundLimit(Math.max(high, -low));
  row.low = low < -0.005 * row.high ? -row.high : 0;
  row.ticks[0].textContent = shortest(row.high);
  row.ticks[1].textContent = shortest(row.low);
}

const traces = (chart) => chart.rows.filter(({ key }) => LETTERS.includes(key));

/**
 * Paint the traces of the chosen unit, and thinly those of the others.
 * @param {View} view of the explorer
 */
export function paintTraces(view) {
  const { chart, steps } = view;
  const { layer, direction, unit } = view.place();
  for (const row of traces(chart)) {
    if (row.key === "c")
      fitRange(row, [
        ...(view.bench?.outline?.flat() ?? []),
        ...steps.flatMap(({ c }) => (view.get("overlay") ? c : [c[unit]])),
      ]);
    const zero = tenth(yOf(row)(0));
    if (row.low < 0) row.zero.setAttribute("d", `M${chart.left} ${zero}H${chart.right}`);
    else row.zero.removeAttribute("d");
    row.thin?.setAttribute("d", thinStairs(chart, row, steps, unit));
    const values = steps.map((step) => step[row.key][unit]);
    const line = stairPath(chart, row, values);
    row.bold.setAttribute("d", line);
    row.halo?.setAttribute("d", line);
    row.area.setAttribute("d", stairPath(chart, row, values, zero));
    Object.assign(row.bold.dataset, { layer, direction, unit, values: JSON.stringify(values) });
  }
}

/**
 * Paint what a puzzle asks for, as an outline, and the steps that are wrong.
 * @param {View} view of the explorer
 */
export function paintWanted({ chart, bench }) {
  const row = chart.rows.find(({ judged }) => judged);
  if (!row) return;
  const outline = bench.outline ?? [];
  const wrong = bench.outline ? bench.verdict.wrong[bench.shown] : [];
  const { edges, place, column } = chart;
  const y = yOf(row);
  const stairs = (end) => outline.map((range, t) => [edges[t], tenth(y(range[end])), edges[t + 1]]);
  const there = stairs(1).map(([left, top, right]) => `${left} ${top}H${right}`);
  const back = stairs(0)
    .toReversed()
    .map(([left, bottom, right]) => `${right} ${bottom}H${left}`);
  row.wanted.setAttribute("d", outline.length > 0 ? `M${[...there, ...back].join("L")}Z` : "");
  const [size, high] = [clamp(column / 2 - 1, 2, 5), row.top + row.height];
  const boxes = wrong.map((t) => `M${edges[t]} ${row.top}H${edges[t + 1]}V${high}H${edges[t]}Z`);
  const cross = (t) => {
    const [left, right, top] = [tenth(place[t] - size), tenth(place[t] + size), row.top + 2];
    return `M${left} ${top}l${2 * size} ${2 * size}M${right} ${top}l${-2 * size} ${2 * size}`;
  };
  row.wrong.setAttribute("d", boxes.join(""));
  row.crosses.setAttribute("d", wrong.map(cross).join(""));
  row.wanted.dataset.values = JSON.stringify(outline);
  row.wrong.dataset.steps = JSON.stringify(wrong);
}

/**
 * Paint the answer after each step, and what is true.
 * @param {View} view of the explorer
 */
export function paintAnswers({ chart, answers, truth }) {
  const row = chart.rows.find(({ key }) => key === "answer");
  if (!row) return;
  fitRange(row, [...answers, ...(truth ?? [])]);
  const zero = tenth(yOf(row)(0));
  row.zero.setAttribute("d", `M${chart.left} ${zero}H${chart.right}`);
  row.bold.setAttribute("d", stairPath(chart, row, answers));
  row.area.setAttribute("d", stairPath(chart, row, answers, zero));
  row.bold.dataset.values = JSON.stringify(answers);
  if (truth === null) return;
  row.truth.setAttribute("d", stairPath(chart, row, truth));
  row.truth.dataset.values = JSON.stringify(truth);
}

/**
 * Write the numbers of the thin lines, for those who read the page by script.
 * @param {View} view of the explorer
 */
export function writeThinValues(view) {
  const { layer, direction, unit } = view.place();
  for (const row of traces(view.chart)) {
    row.others?.forEach((node, k) => {
      const values = JSON.stringify(view.steps.map((step) => step[row.key][k]));
      const marks = { layer, direction, symbol: row.key, unit: k, values };
      if (k === unit) for (const name of Object.keys(marks)) delete node.dataset[name];
      else Object.assign(node.dataset, marks);
    });
  }
}

// The gradient path to step t, and how much of the first cell state is left there.
function paintProduct({ chart, steps }, row, unit, t, reverse) {
  const products = gradientPath(steps, unit, t, reverse);
  row.bold.setAttribute("d", stairPath(chart, row, products));
  Object.assign(row.bold.dataset, { unit, values: JSON.stringify(products) });
  row.area.setAttribute("d", stairPath(chart, row, products, tenth(yOf(row)(0))));
  row.caption.textContent = `of c${lowered(reverse ? chart.T : 1)}`;
  return products[reverse ? chart.T - 1 : 0];
}

/**
 * Paint what stands at the chosen step: the cursor, a dot on each trace, and the values.
 * @param {View} view of the explorer
 * @param {number} t the step
 * @returns {number | undefined} how much of the first cell state is left, where the gradient path is shown
 */
export function paintCursor(view, t) {
  const { chart, steps, get, answers, truth } = view;
  const { direction, unit } = view.place();
  const label = get("labels")[t];
  chart.cursor.setAttribute("x", tenth(chart.place[t] - Math.max(chart.column, 3) / 2));
  chart.badge.setAttribute("x", clamp(chart.place[t], chart.left + 20, chart.right - 20));
  chart.badge.textContent = `t = ${t + 1}${label ? ` \u00B7 ${label}` : ""}`;
  let left;
  for (const row of chart.rows) {
    const whose = { x: { feature: row.feature }, answer: {} }[row.key] ?? { unit };
    const marks = { symbol: row.key, step: t, ...whose };
    let value;
    if (row.key === "x") value = get("xs")[t][row.feature];
    else if (row.key === "product") left = value = paintProduct(view, row, unit, t, direction === 1);
    else if (row.key === "answer") {
      value = answers[t];
      row.caption.textContent = truth === null ? "" : `true ${format(truth[t])}`;
    } else value = steps[t][row.key][unit];
    row.value.textContent = format(value);
    Object.assign(row.value.dataset, { ...marks, value });
    if (row.dot) {
      const height = tenth(yOf(row)(row.key === "product" ? 1 : value));
      setAttributes(row.dot, { cx: chart.place[t], cy: height });
    }
  }
  return left;
}
