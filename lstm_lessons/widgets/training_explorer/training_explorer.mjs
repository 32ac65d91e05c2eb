// The training explorer: recorded trainings beside each other, their losses, gradient norms and early stopping.
// The conventions of its page (data-symbol, data-technique, data-value ...) stand in training_explorer.py.
import { TRAINING_EXPLORER_STYLES } from "./training_explorer_styles.mjs";
import { announcer, choice, element, entryPoints, format, slider, svg } from "../shared/ui.mjs";

const MOST_CHOSEN = 3;
const QUANTITIES = [["loss", "loss"], ["norm", "gradient norm"]];
const PLOT = { width: 920, height: 312, left: 56, right: 12, top: 28, bottom: 52 };
const CURVES = ["train", "validation", "norm"];

// ---------------------------------------------------------------- what follows from the runs

/** Mean of a curve over the runs that came as far as an epoch, epoch by epoch. */
export function meanCurve(runs, name) {
  const longest = Math.max(...runs.map((run) => run[name].length));
  return Array.from({ length: longest }, (_, epoch) => {
    const there = runs.filter((run) => run[name].length > epoch);
    return there.reduce((sum, run) => sum + run[name][epoch], 0) / there.length;
  });
}

/** The epoch, from 0, with the smallest mean validation loss. */
export function bestEpoch(runs) {
  const curve = meanCurve(runs, "validation");
  return curve.indexOf(Math.min(...curve));
}

export const testAccuracy = (runs) => runs.reduce((sum, run) => sum + run.test, 0) / runs.length;

// ---------------------------------------------------------------- the plot

/** Round numbers 1, 3, 10, 30 ... within a range, for a log axis. */
function ticks(low, high) {
  const found = [];
  for (let power = -6; power < 6; power++) {
    for (const factor of [1, 3]) {
      const tick = factor * 10 ** power;
      if (tick >= low && tick <= high) found.push(tick);
    }
  }
  return found;
}

const plain = (number) => (number >= 1 ? String(Math.round(number)) : number.toFixed(number >= 0.1 ? 1 : number >= 0.01 ? 2 : 3));

function marker(slot, x, y, size = 6) {
  const attributes = { class: `tx-mark tx-${slot}` };
  if (slot === 0) return svg("circle", { ...attributes, cx: x, cy: y, r: size });
  if (slot === 1) return svg("rect", { ...attributes, x: x - size, y: y - size, width: 2 * size, height: 2 * size });
  return svg("path", { ...attributes, d: `M${x} ${y - size * 1.25}L${x + size * 1.2} ${y + size}L${x - size * 1.2} ${y + size}Z` });
}

function drawPlot(groups, quantity, epoch) {
  const names = quantity === "loss" ? ["train", "validation"] : ["norm"];
  const values = groups.flatMap(({ runs }) => names.flatMap((name) => runs.flatMap((run) => run[name])));
  const longest = Math.max(...groups.flatMap(({ runs }) => runs.map((run) => run.train.length)));
  const [low, high] = [Math.min(...values) * 0.85, Math.max(...values) * 1.15];
  const { width, height, left, right, top, bottom } = PLOT;
  const x = (at) => left + ((width - left - right) * at) / Math.max(1, longest - 1);
  const y = (value) => top + ((height - top - bottom) * Math.log(high / value)) / Math.log(high / low);
  const path = (curve) => curve.map((value, at) => `${at ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${quantity === "loss" ? "Loss" : "Gradient norm"} by epoch, log scale` });
  for (const tick of ticks(low, high)) {
    picture.append(svg("line", { class: "tx-grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
      svg("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, plain(tick)));
  }
  const every = longest > 24 ? 10 : longest > 12 ? 5 : 1;
  for (let at = 0; at < longest; at++) {
    if ((at + 1) % every === 0 || at === 0) picture.append(svg("text", { x: x(at), y: height - bottom + 20, "text-anchor": "middle" }, String(at + 1)));
  }
  picture.append(svg("text", { x: left, y: 18 }, quantity === "loss" ? "loss (log scale)" : "gradient norm (log scale)"),
    svg("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, "epoch"),
    svg("line", { class: "tx-cursor", x1: x(epoch), x2: x(epoch), y1: top, y2: height - bottom }));
  groups.forEach(({ runs }, slot) => {
    for (const run of runs) {
      picture.append(svg("path", { class: `tx-run tx-${slot}`, d: path(run[quantity === "loss" ? "validation" : "norm"]) }));
    }
    for (const name of names) {
      const curve = meanCurve(runs, name);
      picture.append(svg("path", { class: `tx-mean tx-${slot} tx-${name}`, d: path(curve) }));
    }
    if (quantity === "loss") {
      const best = bestEpoch(runs);
      picture.append(marker(slot, x(best), y(meanCurve(runs, "validation")[best])));
    }
  });
  return picture;
}

// ---------------------------------------------------------------- the widget

function draw(root, state) {
  const techniques = () => Object.keys(state.get("runs"));
  const live = announcer();
  let spoken = false;

  const picture = element("div", { class: "tx-picture" });
  const key = element("p", { class: "tx-key" });
  const body = element("tbody");
  const table = element("table", {},
    element("thead", {}, element("tr", {}, ["technique", "training loss", "validation loss", "largest gradient norm", "best epoch", "test accuracy at the end"]
      .map((title) => element("th", { scope: "col" }, title)))), body);
  const boxes = techniques().map((name) => {
    const input = element("input", {
      type: "checkbox", "data-name": name, "data-lm-suppress-shortcuts": "true",
      onchange: () => {
        const kept = state.get("chosen").filter((other) => other !== name);
        apply({ chosen: input.checked ? [...kept, name].slice(-MOST_CHOSEN) : kept.length ? kept : [name] });
      },
    });
    return { name, input, node: element("label", { class: "ll-toggle tx-choice" }, input, element("span", {}, name)) };
  });
  const quantity = choice({ label: "Draw", options: QUANTITIES, value: state.get("quantity"), onChange: (value) => apply({ quantity: value }) });
  quantity.select.dataset.name = "quantity";
  const longest = () => Math.max(...Object.values(state.get("runs")).flatMap((runs) => runs.map((run) => run.train.length)));
  const epoch = slider({
    label: "epoch", name: "epoch", min: 1, max: longest(), step: 1, digits: 0, value: state.get("epoch") + 1,
    onInput: (value) => apply({ epoch: value - 1 }),
  });

  function apply(changes) {
    for (const [name, value] of Object.entries(changes)) state.set(name, value);
    redraw();
  }

  const shown = (symbol, technique, value, digits, unit = "") => element("td", {
    "data-symbol": symbol, "data-technique": technique, "data-value": value === undefined ? "" : String(value),
  }, value === undefined ? "stopped" : `${format(value, digits)}${unit}`);

  function redraw() {
    const [runs, at] = [state.get("runs"), state.get("epoch")];
    const groups = state.get("chosen").map((name) => ({ name, runs: runs[name] }));
    boxes.forEach(({ name, input }) => { input.checked = state.get("chosen").includes(name); });
    quantity.select.value = state.get("quantity");
    epoch.set(at + 1);
    picture.replaceChildren(drawPlot(groups, state.get("quantity"), at));
    const seeds = groups[0].runs.length;
    key.textContent = state.get("quantity") === "loss"
      ? `Solid: validation, dashed: training, both the mean of ${seeds} seeds. Thin: validation of each seed. The mark is where early stopping would go back to.`
      : `The largest gradient norm of each epoch: the mean of ${seeds} seeds, and thin lines for each of them.`;
    body.replaceChildren(...groups.map(({ name, runs: of }, slot) => element("tr", {},
      element("th", { scope: "row" }, svg("svg", { class: "tx-swatch", viewBox: "0 0 34 16", "aria-hidden": "true" },
        svg("path", { class: `tx-mean tx-${slot}`, d: "M0 8H34" }), marker(slot, 17, 8, 5)), " ", name),
      CURVES.map((curve) => shown(curve, name, meanCurve(of, curve)[at], curve === "norm" ? 2 : 3)),
      shown("best", name, bestEpoch(of) + 1, 0), shown("test", name, 100 * testAccuracy(of), 1, "\u00a0%"))));
    if (spoken) {
      live.say(groups.map(({ name, runs: of }) => {
        const value = meanCurve(of, "validation")[at];
        return `${name}: validation loss ${value === undefined ? "stopped" : format(value, 3)}`;
      }).join("; "));
    }
    spoken = true;
  }

  root.append(
    element("div", { class: "tx-main" },
      element("fieldset", { class: "tx-choices" }, element("legend", {}, `Techniques (up to ${MOST_CHOSEN})`), boxes.map(({ node }) => node)),
      element("div", { class: "tx-right" },
        element("div", { class: "ll-toolbar" }, quantity.node, epoch.node), picture, key, table)),
    live.node);
  state.onChange(["chosen", "quantity", "epoch"], redraw);
  redraw();
}

const { render, mount } = entryPoints("training_explorer", draw, TRAINING_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
