// The gate microscope: heat maps of a trained LSTM over time, units to pick, silence and clamp, and its belief.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol="x"]`: the canvas of the input, T by I pixels, one per step and feature; `data-values` is a JSON
//   list of T lists. `[data-map]`: the canvas of the chosen gate or state, one pixel per step and unit, rows in the
//   order of `data-order` (a JSON list of units); `data-symbol` is `i`, `f`, `g`, `o`, `c` or `h`, `data-values` the
//   T lists of H numbers in the order of the units, with `data-layer` and `data-direction`.
// - `[data-symbol="belief"]`: the canvas of the class probabilities, `data-values` T lists of K. Empty while the
//   page is still computing them.
// - `[data-trace]`: the picked unit's six traces, `data-values` in full precision.
// - `[data-symbol="before"]`, `[data-symbol="after"]`: one per class (`data-class`), `data-value` its probability
//   after the last step without and with the edits.
// - `[data-symbol="saturation"]`: one dot per unit (`data-unit`), `data-values` the shares of time below 0.1 and
//   above 0.9 of `data-gate`, over all sequences, without edits.
// - `[data-symbol="slope"]`: what each step did, see slope_bars.mjs.
// - `[data-role="input"]`, `[data-role="map"]`, `[data-role="scatter"]`: what takes the pointer and the arrow keys.
//   `[data-role="held"]`: `data-edits` is what is held, as JSON.
// - `[data-symbol][data-value]` with `data-step`: the numbers under the cursor.
// - `[data-name]`: the other controls, by the name of their trait; `hold f` (a checkbox) and `value f` (a slider)
//   for the edits of the units that `[data-action="scope unit"]`, `scope brushed`, `scope shown` and `scope all`
//   choose. `[data-action]`: buttons.
import { TRACED, unitOrder } from "../shared/network.mjs";
import { PALETTE } from "../shared/palette.mjs";
import {
  announcer,
  button,
  choice,
  clamp,
  element,
  entryPoints,
  framePainter,
  numbered,
  symbol,
} from "../shared/ui.mjs";
import { GATE_MICROSCOPE_STYLES } from "./gate_microscope_styles.mjs";
import { isSigned, microscopeNumbers, shownClasses } from "./microscope_numbers.mjs";
import { answerCard, holdCard, saturationCard } from "./microscope_side.mjs";
import { beliefPanel, inputPanel, mapPanel, onFace, slopePanel, timeAxis, tracesPanel } from "./microscope_time.mjs";

const SORTS = [
  ["index", "number"],
  ["mean", "mean"],
  ["saturation", "saturation"],
  ["change", "time of largest change"],
];
const FACES = ["Unit and saturation", "Belief and answer"]; // what a slide's button turns to
const KEYS = ["sequence", "layer", "direction", "edits", "result", "symbol", "sort", "unit", "step"];

// --- The bar on top

// A cursor on the last step of one sequence goes to the last step of the other.
function chooseSequence({ get, set, numbers }, next) {
  const [before, T] = [numbers.lengthOf(get("sequence")), numbers.lengthOf(next)];
  if (get("step") >= Math.min(before, T) - 1) set("step", T - 1);
}

function makeChoices(view) {
  const { get, set, numbers } = view;
  const { hidden_size: H, num_layers: L, directions: D } = get("architecture");
  const choose = (name) => (text) => {
    if (name === "sort") return set(name, text);
    if (name === "sequence") chooseSequence(view, Number(text));
    set(name, Number(text));
    return view.sayAnswer();
  };
  const pick = (label, name, options) =>
    choice({ label, name, options, value: String(get(name)), onChange: choose(name) });
  const directions = [
    ["0", "forward"],
    ["1", "reverse"],
  ];
  const choices = {
    sequence: pick(
      "Sequence",
      "sequence",
      numbered(numbers.sequences.length, (n) => get("names")[n]),
    ),
    layer: pick(
      "Layer",
      "layer",
      numbered(L, (l) => `${l + 1} of ${L}`),
    ),
    direction: pick("Direction", "direction", directions.slice(0, D)),
    sort: pick("Units by", "sort", SORTS),
    unit: pick("Unit", "unit", numbered(H)),
  };
  if (view.root.classList.contains("ll-slide")) {
    choices.sequence.node.firstChild.classList.add("ll-visually-hidden"); // no room
  }
  choices.layer.node.hidden = L === 1;
  choices.direction.node.hidden = D === 1;
  for (const { select } of [choices.sequence, choices.layer, choices.direction]) select.disabled = numbers.stuck;
  return choices;
}

function makeBar(view, { sequence, layer, direction, sort }) {
  const { root, get, set } = view;
  const symbols = TRACED.map((key) =>
    button(symbol(key, "t"), () => set("symbol", key), {
      "data-action": `symbol ${key}`,
      "aria-label": `${PALETTE[key].name} ${key}`,
      title: PALETTE[key].name,
      style: `--gm-own: var(--ll-${key})`,
    }),
  );
  // A slide has room for two halves of the panels, one after the other.
  const turnRound = () => {
    turn.textContent = FACES[Number(root.classList.toggle("gm-turned"))];
  };
  const turn = button(FACES[0], turnRound, { "data-action": "turn", class: "gm-turn" });
  const shown = { class: "gm-symbols", role: "group", "aria-label": "Gate or state to show" };
  const node = element(
    "div",
    { class: "ll-toolbar gm-bar" },
    sequence.node,
    layer.node,
    direction.node,
    element("div", shown, element("span", {}, "Show"), symbols),
    sort.node,
    turn,
  );
  const paint = () =>
    symbols.forEach((one, k) => one.setAttribute("aria-pressed", String(TRACED[k] === get("symbol"))));
  return { node, paint };
}

// --- The note for a network that Python computes

function makeNote({ get, numbers }) {
  const node = element("p", { class: "gm-note", "data-role": "note" });
  const paint = () => {
    node.hidden = numbers.here || (!numbers.stuck && !numbers.shown.waiting);
    if (node.hidden) return;
    const count = get("architecture").weights.toLocaleString("en-US");
    const size = `This network has ${count} weights, too many for a page, so Python computes.`;
    node.textContent = numbers.stuck
      ? `${size} No Python runs here: you see one sequence, layer and direction as saved. ` +
        "Steps, units, gates and the order of units are yours to choose."
      : `${size} Waiting for its numbers \u2026`;
  };
  return { node, paint };
}

// --- The whole

function makeView(root, state, schedule) {
  const { get } = state;
  const live = announcer();
  const numbers = microscopeNumbers(state);
  const view = {
    root,
    get,
    set(key, value) {
      state.set(key, value);
      schedule(key);
    },
    schedule,
    numbers,
    live: live.node,
    say: live.say,
    speaks: false,
    sayAnswer() {
      view.speaks = true;
    },
    feature: 0,
    hovered: null,
    brushed: [],
    scope: "unit",
    choose(scope, brushed = view.brushed) {
      Object.assign(view, { scope, brushed });
      schedule("scope");
    },
    order: [],
    classes: [],
    step: () => clamp(get("step"), 0, numbers.shown.T - 1),
    unit: () => clamp(get("unit"), 0, get("architecture").hidden_size - 1),
  };
  return view;
}

function makeParts(view) {
  const withBelief = view.get("architecture").classes > 0;
  const choices = makeChoices(view);
  return {
    choices,
    bar: makeBar(view, choices),
    note: makeNote(view),
    input: inputPanel(view),
    slopes: withBelief && view.numbers.here ? slopePanel(view) : null,
    map: mapPanel(view),
    traces: tracesPanel(view, choices.unit.node),
    belief: withBelief ? beliefPanel(view) : null,
    axis: timeAxis(view),
    answer: withBelief ? answerCard(view) : null,
    held: holdCard(view),
    saturation: saturationCard(view),
  };
}

function assemble(view, { bar, note, input, slopes, map, traces, belief, axis, answer, held, saturation }) {
  const time = element(
    "div",
    { class: "gm-time" },
    input.nodes,
    axis.letters,
    slopes?.node,
    map.nodes,
    onFace(2, traces.nodes),
    belief ? onFace(1, belief.nodes) : null,
    axis.node,
    belief?.meaning,
  );
  const side = element("div", { class: "gm-side" }, answer?.node, held.node, saturation.node);
  view.root.append(bar.node, note.node, element("div", { class: "gm-main" }, time, side), view.live);
}

function orderUnits(view) {
  const [key, { hidden_size: H }] = [view.get("symbol"), view.get("architecture")];
  view.order = unitOrder(view.numbers.shown.plain[key], H, view.get("sort"), isSigned(key));
}

function paintChoices({ get }, choices) {
  for (const [name, { select }] of Object.entries(choices)) {
    if (select.value !== String(get(name))) select.value = String(get(name));
  }
}

function paintBelief(view, { belief, answer }, changed, theme) {
  if (!belief) return;
  const { after, label } = view.numbers.shown;
  if (changed) {
    view.classes = shownClasses(after.believed, view.get("architecture").classes, label);
    answer.paint();
  }
  if (changed || theme) belief.paint();
}

function paintInput({ input, slopes, axis }, width, any) {
  if (any("sequence", "result", "theme")) input.paint();
  if (any("sequence", "edits")) slopes?.paint();
  if (any("sequence", "result", "width")) axis.paint(width);
}

// Paint the parts that show something new. `width` is that of the plots. Returns whether numbers are still missing.
function paintParts(view, parts, width, any) {
  const { numbers } = view;
  const { map, traces, held, saturation } = parts;
  const computed = any("sequence", "layer", "direction", "edits", "result");
  if (any("layer", "direction") && view.brushed.length > 0) Object.assign(view, { brushed: [], scope: "unit" });
  if (computed) numbers.compute();
  const { believed, counted, busy } = numbers.work();
  paintChoices(view, parts.choices);
  parts.bar.paint();
  if (computed || any("symbol", "sort")) orderUnits(view);
  paintInput(parts, width, any);
  if (computed || any("symbol", "sort", "theme")) map.paint();
  if (computed || any("unit")) traces.paint();
  if (computed || any("unit", "symbol", "sort", "scope")) map.paintMarks();
  paintBelief(view, parts, computed || believed, any("theme"));
  if (computed || any("unit", "scope")) held.paint();
  if (computed || counted || any("unit", "symbol")) saturation.paint();
  paintCursor(view, parts, width);
  parts.note.paint();
  return busy;
}

function paintCursor(view, { input, slopes, map, traces, belief, axis }, width) {
  const { n, T } = view.numbers.shown;
  const t = view.step();
  const name = view.get("step_names")[n]?.[t];
  const when = `step ${t + 1} of ${T}${name ? ` (${name})` : ""}`;
  const believed = belief?.paintCursor(t) ?? "";
  input.paintCursor(t, when, believed);
  slopes?.paintCursor(t);
  map.paintCursor(t, when, believed);
  traces.paintCursor(t);
  axis.paintCursor(t, width);
}

function speakOnce(view, answer) {
  if (view.numbers.shown.waiting) return;
  const name = view.get("names")[view.numbers.shown.n];
  if (view.speaks && answer) view.say(`${name}. ${answer.text()}`);
  view.speaks = false;
}

// Colors are read from the page: paint anew when its theme changes. Returns what stops it.
function watchTheme(repaint) {
  const themes = new MutationObserver(repaint);
  const attributeFilter = ["data-jp-theme-light", "data-theme", "class"];
  for (const node of [document.documentElement, document.body]) {
    themes.observe(node, { attributes: true, attributeFilter });
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", repaint);
  return () => {
    themes.disconnect();
    system.removeEventListener("change", repaint);
  };
}

function draw(root, state) {
  let [width, settling] = [0, undefined];
  // The matrices, for those who read the page by script: written once the hand rests.
  const writeMatrices = () => [parts.input, parts.map, parts.belief].forEach((part) => part?.write());
  const painter = framePainter((any) => {
    const busy = paintParts(view, parts, width, any);
    speakOnce(view, parts.answer);
    clearTimeout(settling);
    if (busy) painter.schedule("more");
    else settling = setTimeout(writeMatrices, 100);
  });
  const view = makeView(root, state, painter.schedule);
  const parts = makeParts(view);
  assemble(view, parts);
  painter.now([...KEYS, "theme"]);
  KEYS.forEach((key) => state.onChange([key], () => painter.schedule(key)));
  const resized = new ResizeObserver(() => {
    const now = Math.floor(parts.input.plot.clientWidth);
    if (!now || now === width) return;
    if (!width) painter.schedule("theme"); // JupyterLab may draw it before it stands on the page: no color was known
    width = now;
    painter.schedule("width");
  });
  resized.observe(parts.input.plot);
  const ignoreTheme = watchTheme(() => painter.schedule("theme"));
  return () => {
    resized.disconnect();
    ignoreTheme();
    painter.stop();
    clearTimeout(settling);
  };
}

const { render, mount } = entryPoints("gate_microscope", draw, GATE_MICROSCOPE_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
