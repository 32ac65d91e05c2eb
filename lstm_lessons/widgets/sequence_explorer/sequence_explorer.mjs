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
// - `[data-action="play"]` and `[data-action="pipes"]`; `[data-role="pipes"]` is the cell at the chosen step, its
//   picture with `data-step` and `data-unit`, and in it the numbers as `data-figure` (see gate_pipes.mjs).
import { lstmStack } from "../shared/cell.mjs";
import {
  announcer,
  button,
  choice,
  clamp,
  coloredSymbol,
  element,
  entryPoints,
  format,
  framePainter,
  lowered,
  numbered,
  symbol,
  toggle,
} from "../shared/ui.mjs";
import {
  hasAllPads,
  makeChart,
  paintAnswers,
  paintCursor,
  paintInputs,
  paintMarks,
  paintTraces,
  writeThinValues,
} from "./sequence_chart.mjs";
import { SEQUENCE_EXPLORER_STYLES } from "./sequence_explorer_styles.mjs";
import { readyInput, withNudges } from "./sequence_numbers.mjs";
import { describePad, makePad, makeTraceArea } from "./sequence_pad.mjs";
import { makePlayer, pipesPanel } from "./sequence_pipes.mjs";
import { PRESETS } from "./sequence_presets.mjs";
import { TASKS, answersOf, resultLine } from "./sequence_tasks.mjs";
import { weightSliders } from "./sequence_weights.mjs";

const KEYS = [
  "preset",
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
const FILLS = { pulse: "Pulse", step: "Step", sine: "Sine", noise: "Noise", clear: "Clear" };
const FIRST_WIDTH = 900; // pixels, where it is drawn before it stands on the page
const SETTLED = 100; // milliseconds

// --- The controls above the chart

function loadPreset({ set, say, player }, preset) {
  player.pause();
  const { key, layers, xs, unit, overlay, step } = preset;
  const cleared = { nudges: {}, limits: [[-1, 1]], feature_names: [], labels: [], marks: [] };
  const values = { ...cleared, preset: key, layers, xs, first_xs: xs, layer: 0, direction: 0, feature: 0 };
  for (const [name, value] of Object.entries({ ...values, unit, overlay, step })) set(name, structuredClone(value));
  say(`${preset.title}. ${preset.sentence}`);
}

function presetBar(view) {
  const load = (preset) => button(preset.title, () => loadPreset(view, preset), { "data-preset": preset.key });
  const buttons = PRESETS.map(load);
  const sentence = element("p", { class: "ll-sequence-sentence" });
  const presets = { class: "ll-toolbar", role: "group", "aria-label": "Presets" };
  const node = element("div", {}, element("div", presets, buttons), sentence);
  const paint = () => {
    const now = view.get("preset");
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.preset === now));
    sentence.textContent = PRESETS.find(({ key }) => key === now)?.sentence ?? "";
  };
  return { node, paint };
}

function fillInput(view, kind, seed) {
  const { get, set } = view;
  const { T, I } = view.sizes();
  const feature = view.chosen("feature", I);
  const [low, high] = get("limits")[feature];
  const ready = readyInput(kind, T, low, high, seed);
  const column = view.task?.marks === feature ? ready.map(Math.round) : ready;
  set(
    "xs",
    get("xs").map((row, t) => row.map((value, k) => (k === feature ? column[t] : value))),
  );
  view.say(`Input${I > 1 ? ` ${view.featureName(feature)}` : ""}: ${FILLS[kind]}`);
}

function controlBars(view) {
  const { get, set } = view;
  let seed = 0;
  const toolbar = (kind, label) =>
    element("div", { class: `ll-toolbar ll-sequence-${kind}`, role: "group", "aria-label": label });
  const [inputBar, viewBar] = [toolbar("input", "Input"), toolbar("view", "What to show")];
  const pick = (label, name, options) => {
    const value = String(view.chosen(name, options.length));
    return choice({ label, name, options, value, onChange: (text) => set(name, Number(text)) }).node;
  };
  const check = (label, name) => toggle({ label, name, value: get(name), onChange: (on) => set(name, on) }).node;
  const startAgain = () => {
    set("xs", structuredClone(get("first_xs")));
    set("nudges", {});
    view.say("Input and weights are back as they were.");
  };
  const title = "Bring back the first input and the first weights";
  const reset = button("Reset", startAgain, { "data-role": "reset", title });
  const directions = [
    ["0", "forward"],
    ["1", "reverse"],
  ];
  const fills = () =>
    Object.entries(FILLS).map(([kind, name]) =>
      button(name, () => fillInput(view, kind, seed++), { "data-fill": kind }),
    );
  const build = () => {
    const { I, L, D, H } = view.sizes();
    const hint = ["Draw ", symbol("x", "t"), ` below, or ${I > 1 ? "fill" : "take"}`];
    const featureLabel = element("span", { class: "ll-visually-hidden" }, "Input feature");
    inputBar.replaceChildren(
      element("span", { class: "ll-sequence-hint" }, hint),
      ...(I > 1 ? [pick(featureLabel, "feature", numbered(I, view.featureName)), "with"] : []),
      ...fills(),
    );
    viewBar.replaceChildren(
      ...view.player.nodes,
      ...(L > 1 ? [pick("Layer", "layer", numbered(L))] : []),
      ...(D > 1 ? [pick("Direction", "direction", directions)] : []),
      ...(H > 1 ? [pick("Unit", "unit", numbered(H)), check("all units", "overlay")] : []),
      check("gradient path", "gradient_path"),
      reset,
    );
  };
  const refresh = () => {
    for (const control of view.root.querySelectorAll("[data-name]")) {
      if (control.type === "checkbox") control.checked = get(control.dataset.name);
      else if (control.tagName === "SELECT") control.value = String(get(control.dataset.name));
    }
  };
  const node = element("div", { class: "ll-sequence-controls" }, inputBar, viewBar);
  return { node, build, refresh };
}

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

function compute(view, any) {
  const { get } = view;
  const { layer, direction } = view.place();
  if (any("layers", "nudges")) view.weights = withNudges(get("layers"), get("nudges"));
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
  return JSON.stringify([I, L, D, H, get("preset"), get("feature_names")]);
}
function chartStructure({ get, sizes, pipes, answers }, width) {
  const { T, I, H } = sizes();
  const keys = ["limits", "labels", "task", "feature_names", "overlay", "gradient_path"];
  return JSON.stringify([width, T, H, I, !hasAllPads(I) && get("feature"), pipes, answers !== null, keys.map(get)]);
}

function draw(root, state) {
  let [built, controlled, settled] = ["", "", undefined];

  function paint(any) {
    compute(view, any);
    const controls = controlStructure(view);
    if (controls === controlled) bars.refresh();
    else {
      bars.build();
      presets.node.hidden = !view.get("preset");
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
  view.player = makePlayer(view);
  const [presets, bars, frame] = [presetBar(view), controlBars(view), chartFrame(view)];
  const [pipes, readout, weights] = [pipesPanel(view), makeReadout(view), weightSliders(view)];
  const result = resultLine(view);
  const styles = element("style", {}, SEQUENCE_EXPLORER_STYLES);
  root.append(
    styles,
    presets.node,
    bars.node,
    result.node,
    frame.node,
    pipes.node,
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
