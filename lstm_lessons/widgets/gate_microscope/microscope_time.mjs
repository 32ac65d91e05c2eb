// The panels of the gate microscope that share an axis over time: input, heat map, traces of a unit, belief. Each is a
// gutter for names and a plot; a panel has its `nodes`, and functions that paint what has changed.
import {
  namedSteps,
  lineKey,
  rowUnder,
  showTraces,
  slopes,
  stepUnder,
  traceRow,
  TRACE_GROUPS,
} from "../shared/charts.mjs";
import { TRACED } from "../shared/network.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { slopeBars } from "../shared/slope_bars.mjs";
import { clamp, coloredSymbol, element, format, roundLimit, shortest, sliderArea, symbol } from "../shared/ui.mjs";
import { best, inputRange, isEmpty, isSigned } from "./microscope_numbers.mjs";
import { colorLegend, paintPixels, readTable } from "./microscope_pixels.mjs";

/**
 * The present state of one microscope, which all of its parts look at.
 * @typedef {object} View
 * @property {HTMLElement} root of the widget
 * @property {(key: string) => any} get a value of the state
 * @property {(key: string, value: any) => void} set a value of the state, and paint what depends on it
 * @property {(key: string) => void} schedule paint what depends on that
 * @property {object} numbers see `microscopeNumbers`
 * @property {(text: string) => void} say aloud
 * @property {() => void} sayAnswer once it is there
 * @property {number} feature the input feature that is read
 * @property {number | null} hovered the unit under the pointer
 * @property {number[]} brushed the units that were brushed in the heat map
 * @property {"unit" | "brushed" | "shown" | "all"} scope which units the levers move
 * @property {(scope: string, brushed?: number[]) => void} choose a scope, and what is brushed
 * @property {number[]} order the units, from the heat map's top to its bottom
 * @property {number[]} classes those that are drawn
 * @property {() => number} step the one under the cursor
 * @property {() => number} unit the picked one
 */

const CLASS_HEIGHT = 11; // pixels, before the style sheet has its say
const MOST_ROWS = 12; // of the belief

/**
 * A line of text above a panel or a card.
 * @param {...(Node | string | null)} parts of it
 * @returns {HTMLElement} the line
 */
export const heading = (...parts) => element("div", { class: "gm-heading" }, parts);

/**
 * The two faces of a slide, which take turns; elsewhere all is shown.
 * @param {1 | 2} face where the nodes are seen
 * @param {Element[]} nodes to mark
 * @returns {Element[]} the same nodes
 */
export function onFace(face, nodes) {
  nodes.forEach((node) => node.classList.add(`gm-face-${face}`));
  return nodes;
}

/**
 * A class by name, with a mark where it is the true one.
 * @param {View} view of the microscope
 * @param {number} k the class
 * @returns {string} what stands beside its row
 */
export const classLabel = ({ get, numbers }, k) =>
  k === numbers.shown.label ? `\u25B8 ${get("class_names")[k]}` : get("class_names")[k];

const readout = () => element("span", { class: "gm-readout" });

// A number on the page, with its marks for readers.
function mark(node, value, data) {
  node.textContent = format(value);
  Object.assign(node.dataset, { ...data, value });
  return node;
}
const number = (value, data) => mark(element("b", { class: "gm-number" }), value, data);

const gutterLabel = (text, share, more) =>
  element("span", { class: `gm-tick ${more}`, style: `top: ${100 * share}%` }, text);

function rowBox(node, row, rows) {
  node.style.top = `${(100 * row) / rows}%`;
  node.style.height = `${100 / rows}%`;
}

function setSliderValue(node, { T }, t, text) {
  node.setAttribute("aria-valuemax", T);
  node.setAttribute("aria-valuenow", t + 1);
  node.setAttribute("aria-valuetext", text);
}

function panel(height, plot, ...more) {
  const gutter = element("div", { class: "gm-gutter" });
  const cursor = element("div", { class: "gm-cursor" });
  plot.append(...more, cursor);
  plot.style.height = `${height}px`;
  const moveCursor = (t, { T }) => {
    cursor.style.left = `${(100 * t) / T}%`;
    cursor.style.width = `${100 / T}%`;
  };
  return { gutter, plot, moveCursor, node: element("div", { class: "gm-row" }, gutter, plot) };
}

const moveTo = (view, t) => {
  if (t !== view.get("step")) view.set("step", t);
};

// Left and right choose the step; up and down what `onKey` says.
function plotKeys(view, node, onKey) {
  const done = () => requestAnimationFrame(() => view.say(node().getAttribute("aria-valuetext")));
  const go = (place) => (event) => {
    moveTo(view, clamp(place(view.step(), event.shiftKey ? 10 : 1), 0, view.numbers.shown.T - 1));
    done();
  };
  const by = (rows) => (event) => {
    onKey(rows, event);
    done();
  };
  return {
    ArrowLeft: go((step, far) => step - far),
    ArrowRight: go((step, far) => step + far),
    Home: go(() => 0),
    End: go(() => view.numbers.shown.T - 1),
    ArrowUp: by(-1),
    ArrowDown: by(1),
    PageUp: by(-10),
    PageDown: by(10),
  };
}

// A plot that follows the pointer; with `keys`, one that the keyboard can be on.
function timePlot(view, { role, rows, onRow, keys, ...more }) {
  const follow = (event) => {
    moveTo(view, stepUnder(event, node, view.numbers.shown.T));
    onRow?.(rowUnder(event, node, rows), event);
  };
  const attributes = {
    class: "gm-plot",
    "data-role": role,
    "data-prevent-swipe": "true",
    onpointermove: follow,
    onpointerdown: follow,
    ...more,
  };
  const node = keys
    ? sliderArea({ "aria-valuemin": 1, "aria-orientation": "horizontal", ...attributes, role: "slider" }, keys)
    : element("div", attributes);
  return node;
}

/**
 * The input: a pixel per step and feature, and the letters or names of the steps.
 * @param {View} view of the microscope
 * @returns {object} the panel
 */
export function inputPanel(view) {
  const { get, numbers } = view;
  const I = get("architecture").input_size;
  const { limits, beyond } = inputRange(numbers.sequences);
  const featureName = (k) => get("feature_names")[k] ?? `feature ${k + 1}`;
  const choose = (row) => {
    if (row === view.feature) return;
    view.feature = row;
    view.schedule("feature");
  };
  const canvas = element("canvas", { "data-symbol": "x" });
  const picked = element("div", { class: "gm-picked" });
  const [read, legend] = [readout(), colorLegend()];
  const plot = timePlot(view, {
    role: "input",
    "aria-label": "Input: left and right choose the step, up and down the feature",
    rows: I,
    onRow: choose,
    keys: plotKeys(
      view,
      () => plot,
      (by) => choose(clamp(view.feature + by, 0, I - 1)),
    ),
  });
  const made = panel(clamp(5.5 * I, 22, 78), plot, canvas, picked);
  return {
    plot,
    nodes: [heading(element("strong", {}, "Input ", symbol("x", "t")), read, legend.node), made.node],
    paint() {
      const table = readTable(view.root, limits[0] < 0 ? "signed" : "positive");
      paintPixels(canvas, numbers.shown.T, I, (k, t) => numbers.inputAt(t, k), limits, table);
      legend.show(limits, table, beyond);
      const ends = I > 1 ? [0, I - 1] : [];
      made.gutter.replaceChildren(...ends.map((k) => gutterLabel(featureName(k), (k + 0.5) / I, "gm-middle")));
    },
    paintCursor(t, when, believed) {
      const [value, name] = [numbers.inputAt(t, view.feature), featureName(view.feature)];
      made.moveCursor(t, numbers.shown);
      rowBox(picked, view.feature, I);
      read.replaceChildren(`${when}: ${name} `, number(value, { symbol: "x", feature: view.feature, step: t }));
      setSliderValue(plot, numbers.shown, t, `${when}: ${name} ${format(value)}${believed}`);
    },
    write() {
      canvas.dataset.values = matrix(numbers.shown.T, I, numbers.inputAt);
    },
  };
}

/**
 * What each step did for one class: bars below the input.
 * @param {View} view of the microscope, whose network the page computes, with a head
 * @returns {object} the panel
 */
export function slopePanel(view) {
  const { get, numbers } = view;
  const paint = () => {
    const { T, before, edits } = numbers.shown;
    const k = bars.classOf(best(before.believed[T - 1]));
    bars.paint(numbers.slopes(k), k, T, isEmpty(edits) ? "" : " Of the network with nothing held.");
  };
  const onChoose = () => {
    paint();
    bars.paintCursor(view.step());
  };
  const bars = slopeBars({ names: get("class_names"), input: "step", onChoose });
  const made = panel(24, timePlot(view, { role: "slope" }), bars.picture);
  const title = element("summary", {}, "What each step did for a class");
  const parts = [heading(bars.choice, bars.value), made.node, bars.words];
  const node = element("details", { class: "gm-slopes" }, title, ...parts); // folded: all else fits a screen
  return {
    node,
    paint,
    paintCursor(t) {
      made.moveCursor(t, numbers.shown);
      bars.paintCursor(t);
    },
  };
}

const matrix = (rows, columns, valueOf) =>
  JSON.stringify(Array.from({ length: rows }, (_, t) => Array.from({ length: columns }, (__, k) => valueOf(t, k))));

/**
 * The heat map: one gate or state of all units, a row for each.
 * @param {View} view of the microscope
 * @returns {object} the panel
 */
export function mapPanel(view) {
  const { get, numbers } = view;
  const { hidden_size: H, num_layers: L, directions: D } = get("architecture");
  const canvas = element("canvas", { "data-map": "" });
  const picked = element("div", { class: "gm-picked" });
  const [title, read, legend] = [element("strong"), readout(), colorLegend()];
  const hover = (unit) => {
    if (unit === view.hovered) return;
    view.hovered = unit;
    view.schedule("hovered");
  };
  const pick = (row) => pickUnit(view, view.order[row]);
  const brush = rowBrush(view, H);
  const strips = element("div", {});
  const plot = timePlot(view, {
    role: "map",
    "aria-label": "Units over time: left and right choose the step, up and down the unit, with Shift several units",
    rows: H,
    onRow: (row, event) => {
      hover(view.order[row]);
      brush.follow(row, event, plot);
    },
    onpointerleave: () => hover(null),
    onclick: (event) => {
      if (brush.ended()) return;
      if (view.brushed.length > 0) view.choose("unit", []);
      pick(rowUnder(event, plot, H));
    },
    keys: plotKeys(
      view,
      () => plot,
      (by, event) => {
        const row = clamp(view.order.indexOf(view.unit()) + by, 0, H - 1);
        if (event.shiftKey) brush.extend(view.order.indexOf(view.unit()), row);
        pick(row);
      },
    ),
  });
  const made = panel(clamp(4.6 * H, 60, Math.max(156, H)), plot, canvas, strips, picked);
  return {
    nodes: [heading(title, read, legend.node), made.node],
    paint() {
      const [key, { l, d, T }] = [get("symbol"), numbers.shown];
      const limits = mapLimits(key, numbers.shown);
      const table = readTable(view.root, isSigned(key) ? "signed" : `--ll-${key}`);
      paintPixels(canvas, T, H, (row, t) => numbers.valueAt(key, t, view.order[row]), limits, table);
      legend.show(limits, table);
      const where = [L > 1 ? `layer ${l + 1}` : "", D > 1 ? ["forward", "reverse"][d] : ""].filter(Boolean);
      const units = ` of ${H} units${where.length > 0 ? `, ${where.join(", ")}` : ""}`;
      title.replaceChildren(
        coloredSymbol(key, "t"),
        ` ${PALETTE[key].name}`,
        element("span", { class: "gm-where" }, units),
      );
      Object.assign(canvas.dataset, { symbol: key, layer: l, direction: d, order: JSON.stringify(view.order) });
    },
    paintMarks() {
      rowBox(picked, view.order.indexOf(view.unit()), H);
      made.gutter.replaceChildren(...unitMarks(view, H));
      strips.replaceChildren(...runsOf(view, view.brushed).map((run) => strip(run, H)));
    },
    paintCursor(t, when, believed) {
      const [key, unit] = [get("symbol"), view.unit()];
      const over = view.hovered ?? unit;
      made.moveCursor(t, numbers.shown);
      const value = number(numbers.valueAt(key, t, over), { symbol: key, unit: over, step: t, hovered: "" });
      read.replaceChildren(`unit ${over} `, value);
      const traces = TRACED.map((name) => `${name} ${format(numbers.valueAt(name, t, unit))}`).join(", ");
      setSliderValue(plot, numbers.shown, t, `${when}, unit ${unit}: ${traces}${believed}`);
    },
    write() {
      canvas.dataset.values = matrix(numbers.shown.T, H, (t, unit) => numbers.valueAt(get("symbol"), t, unit));
    },
  };
}

// Units of the heat map that are dragged over, or walked over with Shift.
function rowBrush(view, H) {
  let [from, dragged] = [null, false];
  const take = (row) => {
    const [low, high] = [Math.min(from, row), Math.max(from, row)];
    view.choose("brushed", view.order.slice(low, high + 1));
  };
  return {
    follow(row, event, plot) {
      if (event.type === "pointerdown") [from, dragged] = [event.button === 0 ? row : null, false];
      else if (event.buttons % 2 === 0 || event.pointerType === "touch") from = null;
      if (from === null || (row === from && !dragged)) return;
      if (!dragged) plot.setPointerCapture(event.pointerId);
      dragged = true;
      take(clamp(row, 0, H - 1));
    },
    ended: () => dragged,
    extend(start, row) {
      const rows = view.brushed.map((unit) => view.order.indexOf(unit));
      const [low, high] = [Math.min(...rows), Math.max(...rows)];
      from = rows.length > 0 && start === low ? high : rows.length > 0 && start === high ? low : start;
      take(row);
    },
  };
}

// The rows of some units, neighbors together: [first row, how many].
function runsOf({ order }, units) {
  const rows = units.map((unit) => order.indexOf(unit)).toSorted((a, b) => a - b);
  const starts = rows.filter((row, k) => row !== rows[k - 1] + 1);
  const after = (row) => rows.find((one) => one >= row && !rows.includes(one + 1));
  return starts.map((row) => [row, after(row) - row + 1]);
}

const strip = ([row, count], H) =>
  element("div", { class: "gm-brushed", style: `top: ${(100 * row) / H}%; height: ${(100 * count) / H}%` });

/**
 * Choose a unit.
 * @param {View} view of the microscope
 * @param {number} unit from 0
 */
export function pickUnit(view, unit) {
  view.hovered = null;
  if (unit !== view.get("unit")) view.set("unit", unit);
}

function mapLimits(key, { values }) {
  if (key !== "c") return [PALETTE[key].low, PALETTE[key].high];
  const limit = roundLimit(values.c.reduce((high, value) => Math.max(high, Math.abs(value)), 0));
  return [-limit, limit];
}

// Names beside the heat map: the picked unit, and a sign for neighbors in which something is held.
function unitMarks(view, H) {
  const { l, d, edits } = view.numbers.shown;
  const signs = new Map();
  for (const key of Object.keys(edits)) {
    const [layer, direction, unit, held] = key.split(".");
    if (Number(layer) !== l || Number(direction) !== d) continue;
    signs.set(Number(unit), held === "h" ? "\u00D7" : (signs.get(Number(unit)) ?? "\u2022"));
  }
  const picked = view.unit();
  const others = ["\u00D7", "\u2022"].flatMap((sign) => {
    const units = [...signs.keys()].filter((unit) => unit !== picked && signs.get(unit) === sign);
    return runsOf(view, units).map(([row, count]) =>
      gutterLabel(count > 2 ? `${count} ${sign}` : sign, (row + count / 2) / H, "gm-middle gm-mark"),
    );
  });
  const name = `unit ${picked}${signs.has(picked) ? ` ${signs.get(picked)}` : ""}`;
  return [...others, gutterLabel(name, (view.order.indexOf(picked) + 0.5) / H, "gm-middle gm-unit")];
}

/**
 * The traces of the picked unit.
 * @param {View} view of the microscope
 * @param {HTMLElement} unitChoice the list of units, which stands above them
 * @returns {object} the panel
 */
export function tracesPanel(view, unitChoice) {
  const { numbers } = view;
  const rows = TRACE_GROUPS.map((keys) => {
    const row = traceRow(keys, "gm");
    row.paths.forEach((path, n) => (path.dataset.symbol = keys[n]));
    const plot = timePlot(view, { role: `lines ${keys.join("")}` });
    const made = panel(keys.includes("c") ? 34 : 42, plot, row.picture);
    made.gutter.append(
      element("span", { class: "gm-tick", style: "top: 0" }, row.high),
      element("span", { class: "gm-tick gm-low" }, row.low),
    );
    return { row, panel: made };
  });
  const reads = Object.fromEntries(TRACED.map((key) => [key, element("output", { class: "gm-number" })]));
  const keyOf = (key) =>
    element("span", { style: `color: var(--ll-${key})` }, lineKey(key, "gm-line"), symbol(key, "t"), " ", reads[key]);
  const legend = element("span", { class: "gm-keys" }, TRACED.map(keyOf));
  return {
    nodes: [heading(unitChoice, legend), ...rows.map((one) => one.panel.node)],
    paint() {
      const [unit, { T, l, d }] = [view.unit(), numbers.shown];
      for (const { row } of rows) {
        const series = row.keys.map((key) => Array.from({ length: T }, (_, t) => numbers.valueAt(key, t, unit)));
        const limit = row.keys.includes("c") ? roundLimit(Math.max(...series[0].map(Math.abs))) : 1;
        showTraces(row, series, { columns: T, limit, line: slopes, text: shortest });
        row.paths.forEach((path) => Object.assign(path.dataset, { unit, layer: l, direction: d }));
      }
    },
    paintCursor(t) {
      const unit = view.unit();
      rows.forEach((one) => one.panel.moveCursor(t, numbers.shown));
      for (const key of TRACED) mark(reads[key], numbers.valueAt(key, t, unit), { symbol: key, unit, step: t });
    },
  };
}

/**
 * The belief: class probabilities if the sequence ended after each step.
 * @param {View} view of the microscope
 * @returns {object} the panel
 */
export function beliefPanel(view) {
  const { get, numbers } = view;
  const { classes: K, directions: D } = get("architecture");
  const canvas = element("canvas", { "data-symbol": "belief" });
  const [read, legend] = [readout(), colorLegend()];
  const made = panel(CLASS_HEIGHT * Math.min(K, MOST_ROWS), timePlot(view, { role: "belief" }), canvas);
  const short = element("span", { class: "gm-where" }, "if it ended after step t");
  const both = D === 2 ? ": both directions run again on its first t steps" : "";
  const meaning = `Belief: class probabilities if the sequence ended after step t${both}.`;
  const named = (k) => get("class_names")[k];
  return {
    nodes: [heading(element("strong", {}, "Belief"), short, read, legend.node), made.node],
    meaning: element("p", { class: "gm-meaning" }, meaning),
    paint() {
      const { T, after, label } = numbers.shown;
      const rows = view.classes;
      const table = readTable(view.root, "--ll-focus");
      made.plot.style.height = `calc(var(--gm-class) * ${rows.length})`;
      paintPixels(canvas, T, rows.length, (row, t) => after.believed[t]?.[rows[row]], [0, 1], table);
      legend.show([0, 1], table);
      const kind = (k) => `gm-middle gm-class ${k === label ? "gm-true" : ""}`;
      made.gutter.replaceChildren(
        ...rows.map((k, row) => gutterLabel(classLabel(view, k), (row + 0.5) / rows.length, kind(k))),
      );
    },
    // Returns what a screen reader says of it.
    paintCursor(t) {
      const { after, label } = numbers.shown;
      const row = after.believed[t];
      made.moveCursor(t, numbers.shown);
      const parts = row ? [[best(row), "most"]] : [];
      if (row && label !== undefined && best(row) !== label) parts.push([label, "true"]);
      const said = parts.flatMap(([k, kind], n) => [
        n ? ", " : "",
        `${named(k)}${k === label ? " (true)" : ""} `,
        number(row[k], { symbol: `belief ${kind}`, class: k, step: t }),
      ]);
      read.replaceChildren(`step ${t + 1}: `, ...said);
      return row ? `; believes ${named(best(row))} (${format(row[best(row)])})` : "";
    },
    write() {
      const { after } = numbers.shown;
      canvas.dataset.values = after.left ? "" : JSON.stringify(after.believed);
    },
  };
}

/**
 * The axis below the panels, and the names of the steps below the input.
 * @param {View} view of the microscope
 * @returns {object} two nodes, and what paints them
 */
export function timeAxis(view) {
  const { get, numbers } = view;
  const [node, letters] = [element("div", { class: "gm-axis" }), element("div", { class: "gm-letters" })];
  const now = element("span", { class: "gm-now" });
  const [share, letterWidth, apart] = ["--gm-share", 8.5, 34]; // a CSS variable, and pixels
  const place = (text, t) => element("span", { style: `${share}: ${(t + 0.5) / numbers.shown.T}` }, text);
  let ticks = [];
  return {
    node,
    letters,
    paint(width) {
      const { n, T } = numbers.shown;
      const column = width / T;
      ticks = namedSteps(T, column, apart).map((t) => [t, place(String(t + 1), t)]);
      node.replaceChildren(element("span", { class: "gm-axis-name" }, "step t"), ...ticks.map(([, tick]) => tick), now);
      const names = get("step_names")[n] ?? [];
      letters.hidden = names.length === 0 || names.some((name) => name.length * letterWidth > column + 3);
      letters.replaceChildren(...(letters.hidden ? [] : names.map(place)));
    },
    // A number that the cursor's own would lie on is left out.
    paintCursor(t, width) {
      const { T } = numbers.shown;
      now.textContent = `t = ${t + 1}`;
      now.style.setProperty(share, (t + 0.5) / T);
      for (const [at, tick] of ticks) {
        const away = (Math.abs(at - t) * width) / T > (now.offsetWidth + tick.offsetWidth) / 2;
        tick.style.visibility = away ? "visible" : "hidden";
      }
    },
  };
}
