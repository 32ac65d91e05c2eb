// The gate explorer: one step of the cell. The page is built once; a moved slider changes attributes and texts of it.
// What the page carries, for tests and for anyone who scripts it:
// - Every computed number has one element with `data-symbol` (`i`, `f`, `g`, `o`, `c`, `h`; of the unit on show also
//   the sums `z_i` ... `z_o`), `data-unit` (from 0), `data-step` (`0`) and `data-value` (the number in full
//   precision; the text is rounded). The picture and the equations repeat these numbers, and carry `data-shows`
//   instead.
// - Every slider is `input[type=range]` with `data-name`: `x_0`, `h_0`, `c_0` for the first entry of x_t, h_{t-1}
//   and c_{t-1}; `W_if_0_1` for the weight from input 1 to the forget gate of unit 0, `W_hf_0_1` for the one from h
//   of unit 1, `b_if_0` and `b_hf_0` for its two biases.
// - Buttons: `data-preset="keep everything"`, `data-unit-choice="1"`, `data-action="reset"`, `data-action="copy"`,
//   `data-action="tour"`, `data-gate-choice="f"` (folds the weights of that gate beside the picture).
//   `data-drag="valve f"`, `"gate f"`, `"number c"`: what a pointer drags.
import { lstmStep } from "../shared/cell.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { announcer, button, coalesced, element, entryPoints, format, slider, symbol } from "../shared/ui.mjs";
import { PREVIOUS, equationCards, unitTable } from "./gate_cards.mjs";
import { GATE_EXPLORER_STYLES } from "./gate_explorer_styles.mjs";
import { figures } from "./gate_figures.mjs";
import { copyButton, presetBar, showMeButton, turnButton } from "./gate_head.mjs";
import { cellPicture } from "./gate_pipes.mjs";
import { touchPicture } from "./gate_touch.mjs";
import { gateWeights } from "./gate_weights.mjs";

const SHOWN = ["weights", "x", "h", "c"];

// --- The picture

// In a very narrow column the picture scrolls sideways; then the keyboard must be able to scroll it.
function scrollingFrame(picture) {
  const node = element("div", { class: "ge-picture", role: "group", "aria-label": "Picture of the cell" }, picture);
  const resized = new ResizeObserver(() => {
    if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
    else node.removeAttribute("tabindex");
  });
  resized.observe(node);
  return { node, stop: () => resized.disconnect() };
}

// --- Sliders of input and state

function vectorSliders(view, { key, subscript, limit, what }) {
  const start = view.get(key);
  const many = start.length > 1;
  return start.map((value, k) => {
    const move = (next) => view.apply({ [key]: view.get(key).map((old, j) => (j === k ? next : old)) });
    const control = slider({
      label: element("span", {}, symbol(key, subscript), many ? `[${k}]` : null),
      name: `${key}_${k}`,
      title: many ? `${what}, number ${k}` : what,
      min: -limit,
      max: limit,
      step: 0.05,
      value,
      color: key === "x" ? undefined : `var(--ll-${key})`,
      onInput: move,
    });
    view.updates.push((now) => control.set(now[key][k]));
    return control.node;
  });
}

function stateSliders(view) {
  const x = { key: "x", subscript: "t", limit: 3, what: "input x" };
  const h = { key: "h", subscript: PREVIOUS, limit: 1, what: "hidden state h before the step" };
  const c = { key: "c", subscript: PREVIOUS, limit: 3, what: "cell state c before the step" };
  return element(
    "div",
    { class: "ge-inputs", role: "group", "aria-label": "Input and previous state" },
    [x, h, c].map((vector) => element("div", {}, vectorSliders(view, vector))),
  );
}

// --- The whole

function assemble(view, root, { tour, copy, presets, stage, weights, cards }) {
  const reset = button("Reset", () => view.apply(view.start), { "data-action": "reset" });
  const pipes = "A thicker pipe carries a larger number, a hollow pipe a negative one.";
  const head = (kind, ...parts) => element("div", { class: `ge-head${kind}` }, parts);
  const digits = element("span", { class: "ge-note ll-quiet" }, " rounded to two digits");
  const equations = element("strong", {}, "The equations, with these numbers");
  root.append(
    head(
      "",
      element("strong", {}, "One step of an LSTM cell"),
      element("div", { class: "ll-toolbar" }, tour, turnButton(root), reset, copy.node),
    ),
    copy.code,
    ...presets,
    stateSliders(view),
    stage,
    weights.bar,
    element("p", { class: "ge-legend ll-quiet" }, `${pipes} A gate is a valve: drag it, or click on its gate.`),
    ...(view.H > 1 ? [unitTable(view)] : []),
    element(
      "details",
      { class: "ge-equations", open: view.get("equations") !== false },
      element("summary", { class: "ge-cards-head" }, equations, digits),
      cards,
    ),
    view.live.node,
  );
}

function draw(root, state) {
  const cellState = () => Object.fromEntries(SHOWN.map((key) => [key, state.get(key)]));
  const start = state.get("start")?.weights ? state.get("start") : cellState();
  const redraw = coalesced(refresh);
  const view = {
    I: start.x.length,
    H: start.h.length,
    start,
    get: state.get,
    cellState,
    live: announcer(),
    updates: [],
    apply(values) {
      for (const [key, value] of Object.entries(values)) state.set(key, value);
      redraw();
    },
  };
  const picture = cellPicture();
  const frame = scrollingFrame(picture.node);
  const stage = element("div", { class: "ge-stage" }, frame.node);
  const weights = gateWeights(view, stage);
  stage.append(weights.panel);
  touchPicture(view, picture.node, { now: () => shown, pick: weights.pick });
  const tour = showMeButton(root, () => shown);
  const parts = { tour, copy: copyButton(view), presets: presetBar(view), stage, weights, cards: equationCards(view) };
  root.classList.toggle("ge-many", view.I + view.H > 2);
  assemble(view, root, parts);

  let shown = null;
  function refresh() {
    const now = { ...cellState(), unit: state.get("unit") };
    now.step = lstmStep(now.x, now.h, now.c, now.weights);
    view.updates.forEach((update) => update(now));
    const values = Object.keys(PALETTE).map((key) => `${key} ${format(now.step[key][now.unit])}`);
    picture.update(figures(now, now.step, now.unit), `One step of an LSTM cell: ${values.join(", ")}`);
    if (shown !== null) view.live.say(values.join(", "));
    shown = now;
  }
  state.onChange([...SHOWN, "unit"], redraw);
  refresh();
  return () => {
    parts.copy.stop();
    frame.stop();
  };
}

const { render, mount } = entryPoints("gate_explorer", draw, GATE_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
