// The controls above the chart of the sequence explorer: presets, ready-made inputs, and what to show.
import { tourButton } from "../shared/tour.mjs";
import { button, choice, element, numbered, symbol, toggle } from "../shared/ui.mjs";
import { SEQUENCE_BENCH_TOUR } from "./sequence_bench_tour.mjs";
import { SEQUENCE_EXPLORER_TOUR } from "./sequence_explorer_tour.mjs";
import { readyInput } from "./sequence_numbers.mjs";
import { PRESETS } from "./sequence_presets.mjs";

const FILLS = { pulse: "Pulse", step: "Step", sine: "Sine", noise: "Noise", clear: "Clear" };

function loadPreset({ set, say, player }, preset) {
  player.pause();
  const { key, layers, xs, unit, overlay, step } = preset;
  const cleared = { puzzle: "", nudges: {}, limits: [[-1, 1]], feature_names: [], labels: [], marks: [] };
  const values = { ...cleared, preset: key, layers, xs, first_xs: xs, layer: 0, direction: 0, feature: 0 };
  for (const [name, value] of Object.entries({ ...values, unit, overlay, step })) set(name, structuredClone(value));
  say(`${preset.title}. ${preset.sentence}`);
}

/**
 * The presets, and the sentence of the one that is shown.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {{ node: HTMLElement, bar: HTMLElement, paint: () => void }} `bar` holds the buttons
 */
export function presetBar(view) {
  const load = (preset) => button(preset.title, () => loadPreset(view, preset), { "data-preset": preset.key });
  const buttons = PRESETS.map(load);
  const sentence = element("p", { class: "ll-sequence-sentence" });
  const presets = { class: "ll-toolbar", role: "group", "aria-label": "Presets" };
  const bar = element("div", presets, buttons);
  const node = element("div", {}, bar, sentence);
  const paint = () => {
    const now = view.get("preset");
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.preset === now));
    sentence.textContent = PRESETS.find(({ key }) => key === now)?.sentence ?? "";
  };
  return { node, bar, paint };
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

/**
 * Two bars: what to draw, and what to show.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @param {HTMLElement} presets the bar whose end has room for the tour's button
 * @param {{ sequences: HTMLElement, copy: HTMLElement }} bench the buttons that stand in place of the first bar on the
 *   bench of a puzzle, and the one that stands there at the end of the second
 * @returns {{ node: HTMLElement, build: () => void, refresh: () => void }} `build` makes the controls anew, `refresh`
 *   shows the present choice
 */
export function controlBars(view, presets, { sequences, copy }) {
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
  const facts = () => ({
    ...Object.fromEntries(["step", "preset"].map((name) => [name, get(name)])),
    pipes: view.pipes,
    input: JSON.stringify(get("xs")),
    sequence: view.bench?.shown,
    program: JSON.stringify(get("nudges")),
  });
  const tour = (steps) => tourButton(view.root, steps, facts);
  const tours = [tour(SEQUENCE_EXPLORER_TOUR), tour(SEQUENCE_BENCH_TOUR)];
  const build = () => {
    const { I, L, D, H } = view.sizes();
    inputBar.hidden = view.bench !== null; // there the sequences are given
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
      ...(view.bench ? [] : [check("gradient path", "gradient_path")]),
      reset,
      ...(view.bench ? [copy] : []),
      tours[view.bench ? 1 : 0],
    );
    if (get("preset")) presets.append(tours[0]);
  };
  const refresh = () => {
    for (const control of view.root.querySelectorAll("[data-name]")) {
      if (control.type === "checkbox") control.checked = get(control.dataset.name);
      else if (control.tagName === "SELECT") control.value = String(get(control.dataset.name));
    }
  };
  const node = element("div", { class: "ll-sequence-controls" }, inputBar, sequences, viewBar);
  return { node, build, refresh };
}
