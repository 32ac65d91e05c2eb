// The sequence explorer: an input to draw, and the traces that an LSTM makes of it.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-role="pad"]`: where the input is drawn, one per feature (`data-feature`). Its box is the plotting area:
//   step t of T is centered at `left + (t + 0.5) / T * width`, and the top and bottom edges are `aria-valuemax` and
//   `aria-valuemin`.
// - `[data-symbol][data-values]`: one element per drawn trace, with `data-unit`, `data-layer`, `data-direction`;
//   `data-symbol` is `i`, `f`, `g`, `o`, `c` or `h`, and `data-values` a JSON list of T numbers in full precision,
//   in the order of time (also for the reverse direction). The input has them too, with `data-symbol="x"` and
//   `data-feature` alone. `data-symbol="product"` is the gradient path: null after the chosen step in the order of
//   reading. `answer` and `truth` are after each step, where the explorer has a head and a task. The chosen unit's
//   traces are the paths themselves. The other units of a row share one thin path, which is quicker, and have an empty
//   `g` each for their numbers, written a tenth of a second after the last change; all else is written in the frame of
//   the change.
// - `[data-symbol][data-value]`: the numbers at the step under the cursor, with `data-unit` and `data-step`; for the
//   input `data-symbol="x"` and `data-feature`.
// - On the bench of a puzzle: `[data-case]`, a button for each sequence, with `data-wrong`, the number of wrong steps;
//   `[data-field]`, a field for each number of the program, by gate and column; `[data-role="verdict"]` with
//   `data-state` ("blank", "wrong" or "solved") and `data-mistake`; `[data-role="copy"]`; in the chart
//   `[data-role="wanted"]` with `data-values`, lowest and highest for each step, and `[data-role="wrong"]` with
//   `data-steps`.
// - `[data-action="play"]` and `[data-action="pipes"]`; `[data-role="pipes"]` is the cell at the chosen step, its
//   picture with `data-step` and `data-unit`, and in it the numbers as `data-figure` (see gate_pipes.mjs).
import { lstmStack } from "../shared/cell.mjs";
import {
  announcer,
  clamp,
  coloredSymbol,
  element,
  entryPoints,
  format,
  framePainter,
  lowered,
  symbol,
} from "../shared/ui.mjs";
import { benchOf, benchProgram, benchTask } from "./sequence_bench.mjs";
import {
  hasAllPads,
  makeChart,
  paintAnswers,
  paintCursor,
  paintInputs,
  paintMarks,
  paintTraces,
  paintWanted,
  writeThinValues,
} from "./sequence_chart.mjs";
import { controlBars, presetBar } from "./sequence_controls.mjs";
import { SEQUENCE_EXPLORER_STYLES } from "./sequence_explorer_styles.mjs";
import { describePad, makePad, makeTraceArea } from "./sequence_pad.mjs";
import { makePlayer, pipesPanel } from "./sequence_pipes.mjs";
import { TASKS, answersOf, resultLine } from "./sequence_tasks.mjs";
import { weightSliders, withNudges } from "./sequence_weights.mjs";

const KEYS = [
  "preset",
  "puzzle",
  "layers",
  "nudges",
  "xs",
  "first_xs",
  "limits",
  "feature_names",
  "labels",
  "marks",
  "layer",
  "direction",
  "unit",
  "feature",
  "step",
  "overlay",
  "gradient_path",
  "head",
  "task",
];
const FIRST_WIDTH = 900; // pixels, where it is drawn before it stands on the page
const SETTLED = 100; // milliseconds

// --- The chart and the numbers below it

function chartFrame(view) {
  const frame = element("div", { class: "ll-sequence-chart" });
  const build = (width) => {
    const chart = makeChart(view, width);
    view.chart = chart;
    const { left, right, tracesTop, tracesBottom } = chart;
    const box = (top, height) => `left: ${left}px; top: ${top}px; width: ${right - left}px; height: ${height}px`;
    const inputs = chart.rows.filter(({ key }) => key === "x");
    chart.pads = inputs.map((row) => makePad(view, row, box(row.top, row.height)));
    const area = makeTraceArea(view, frame, box(tracesTop, tracesBottom - tracesTop));
    const focused = frame.contains(document.activeElement) && document.activeElement.dataset.feature;
    frame.replaceChildren(chart.picture, area, ...chart.pads);
    frame.style.height = `${chart.height}px`;
    if (focused !== false) chart.pads.find((pad) => pad.dataset.feature === focused)?.focus();
  };
  return { node: frame, build };
}

// "= f₂ ⋯ f₉ = 0.50: so much of c₁ is left in c₉"
function pathInWords(left, t, T, reverse) {
  const [first, start] = reverse ? [T, T - 1] : [1, 2];
  if (t === first - 1) return ` at t = ${t + 1} starts with c${lowered(first)} itself: 1.00`;
  const product = `f${lowered(start)} \u22EF f${lowered(t + 1)} = ${format(left)}`;
  return ` = ${product}: so much of c${lowered(first)} is left in c${lowered(t + 1)}`;
}

function makeReadout(view) {
  const spot = (key) => element("span", { class: "ll-sequence-number", style: `color: var(--ll-${key})` });
  const [t, f, before, i, g, c, o, squashed, h] = ["c", "f", "c", "i", "g", "c", "o", "c", "h"].map(spot);
  const stateBefore = coloredSymbol("c", "t-1");
  const colored = (key) => coloredSymbol(key, "t");
  const words = element("span");
  const product = element("span", { style: "color: var(--ll-f)" }, "\u220F", symbol("f"));
  const line = element("span", {}, product, words);
  const newState = [colored("c"), " = ", colored("f"), " ", stateBefore, " + ", colored("i"), " ", colored("g")];
  const node = element(
    "div",
    { class: "ll-sequence-readout", "data-role": "readout" },
    element("span", { class: "ll-sequence-step" }, symbol("t"), " = ", t),
    element("span", {}, newState, " = ", f, " \u00B7 ", before, " + ", i, " \u00B7 ", g, " = ", c),
    element(
      "span",
      {},
      [colored("h"), " = ", colored("o"), " tanh ", colored("c")],
      [" = ", o, " \u00B7 ", squashed, " = ", h],
    ),
    line,
  );
  const paint = (now, left) => {
    const { direction, unit } = view.place();
    const reverse = direction === 1;
    const step = view.steps[now];
    const previous = view.steps[reverse ? now + 1 : now - 1]?.c[unit] ?? 0;
    stateBefore.querySelector("sub").textContent = reverse ? "t+1" : "t\u22121";
    t.textContent = now + 1;
    for (const [key, place] of Object.entries({ f, i, g, c, o, h })) place.textContent = format(step[key][unit]);
    before.textContent = format(previous);
    squashed.textContent = format(Math.tanh(step.c[unit]));
    line.hidden = left === undefined;
    if (left !== undefined) words.textContent = pathInWords(left, now, view.chart.T, reverse);
  };
  return { node, paint };
}

// --- The whole

function makeView(root, state, schedule) {
  const { get } = state;
  const live = announcer();
  const view = {
    root,
    get,
    set(key, value) {
      state.set(key, value);
      schedule(key);
    },
    live: live.node,
    say: live.say,
    slide: root.classList.contains("ll-slide"),
    weights: null,
    steps: null,
    chart: null,
    layerInput: null,
    task: null,
    answers: null,
    truth: null,
    bench: null,
    marks: () => (view.task ? [...get("xs").keys()].filter((t) => get("xs")[t][view.task.marks] === 1) : get("marks")),
    pipes: false,
    showPipes(on) {
      view.pipes = on;
      root.classList.toggle("ll-piped", on);
      schedule("pipes");
    },
    sizes() {
      const [xs, layers] = [get("xs"), get("layers")];
      const H = layers[0][0].w_hh[0].length;
      return { T: xs.length, I: xs[0].length, L: layers.length, D: layers[0].length, H };
    },
    chosen: (key, count) => clamp(get(key), 0, count - 1),
    place() {
      const { L, D, H } = view.sizes();
      const [layer, direction] = [view.chosen("layer", L), view.chosen("direction", D)];
      return { layer, direction, unit: view.chosen("unit", H) };
    },
    featureName: (k) => get("feature_names")[k] ?? (view.sizes().I > 1 ? `feature ${k}` : "x"),
  };
  return view;
}

function compute(view, any, keepBench) {
  const { get } = view;
  const { layer, direction } = view.place();
  if (any("layers", "nudges")) view.weights = withNudges(get("layers"), get("nudges"));
  view.bench = keepBench(any);
  if (any("layers", "nudges", "xs", "layer", "direction", "head", "task")) {
    const { traces, output } = lstmStack(get("xs"), view.weights);
    view.steps = traces[layer][direction];
    const below = (x, t) => traces[layer - 1].flatMap((steps) => steps[t].h);
    view.layerInput = layer ? get("xs").map(below) : get("xs");
    view.task = TASKS[get("task")] ?? null;
    view.answers = get("head")?.weight ? answersOf(output, get("head")) : null;
    view.truth = view.task && view.answers ? view.task.truth(get("xs")) : null;
  }
}

// What the elements of controls and chart depend on: they are built anew when it changes.
function controlStructure({ get, sizes }) {
  const { I, L, D, H } = sizes();
  return JSON.stringify([I, L, D, H, get("preset"), get("puzzle"), get("feature_names")]);
}
function chartStructure({ get, sizes, pipes, answers }, width) {
  const { T, I, H } = sizes();
  const keys = ["limits", "labels", "task", "puzzle", "feature_names", "overlay", "gradient_path"];
  return JSON.stringify([width, T, H, I, !hasAllPads(I) && get("feature"), pipes, answers !== null, keys.map(get)]);
}

function draw(root, state) {
  let [built, controlled, settled] = ["", "", undefined];

  function paint(any) {
    compute(view, any, keepBench);
    const controls = controlStructure(view);
    if (controls === controlled) bars.refresh();
    else {
      bars.build();
      presets.node.hidden = !view.get("preset");
      bench.forEach((part) => part.build());
      weights.node.hidden = readout.node.hidden = view.bench !== null;
    }
    controlled = controls;
    if (any("preset")) presets.paint();
    const width = Math.floor(frame.node.clientWidth) || view.chart?.width || FIRST_WIDTH;
    const structure = chartStructure(view, width);
    const rebuilt = structure !== built;
    if (rebuilt) frame.build(width);
    built = structure;
    if (rebuilt || any("xs")) paintInputs(view);
    if (rebuilt || any("xs", "marks")) paintMarks(view);
    if (rebuilt || any("xs", "layers", "nudges", "head")) {
      paintAnswers(view);
      result.paint();
    }
    if (rebuilt || any("xs", "layers", "nudges", "layer", "direction", "unit")) {
      paintTraces(view);
      paintWanted(view);
      bench.forEach((part) => part.paint());
      clearTimeout(settled);
      settled = setTimeout(writeThinValues, SETTLED, view); // once the hand rests, since nobody reads them before
    }
    const t = view.chosen("step", view.chart.T);
    readout.paint(t, paintCursor(view, t));
    const opened = view.pipes && pipes.node.hidden;
    pipes.node.hidden = !view.pipes;
    if (view.pipes) pipes.paint(t);
    if (opened && !view.slide) pipes.node.scrollIntoView({ block: "nearest" });
    view.chart.pads.forEach((pad) => describePad(view, pad, t));
    weights.paint(any);
  }

  const painter = framePainter(paint);
  const view = makeView(root, state, painter.schedule);
  const keepBench = benchOf(view);
  view.player = makePlayer(view);
  const bench = [benchTask(view), benchProgram(view)];
  const presets = presetBar(view);
  const bars = controlBars(view, presets.bar, { sequences: bench[0].sequences, copy: bench[1].copy });
  const frame = chartFrame(view);
  const [pipes, readout, weights] = [pipesPanel(view), makeReadout(view), weightSliders(view)];
  const result = resultLine(view);
  const styles = element("style", {}, SEQUENCE_EXPLORER_STYLES);
  root.append(
    styles,
    presets.node,
    bench[0].node,
    bars.node,
    result.node,
    frame.node,
    pipes.node,
    bench[1].node,
    readout.node,
    weights.node,
    view.live,
  );
  painter.now(KEYS);
  KEYS.forEach((key) => state.onChange([key], () => painter.schedule(key)));
  const resized = new ResizeObserver(() => {
    const now = Math.floor(frame.node.clientWidth);
    if (now && now !== view.chart.width) painter.schedule("width");
  });
  resized.observe(frame.node);
  return () => {
    resized.disconnect();
    view.player.pause();
    pipes.stop();
    painter.stop();
    clearTimeout(settled);
  };
}

const { render, mount } = entryPoints("sequence-explorer", draw);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
