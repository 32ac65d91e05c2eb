// The training explorer: recorded trainings beside each other, their losses, gradient norms and early stopping.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol]`: one cell of the table per technique (`data-technique`): `train`, `validation` and `norm` at the
//   chosen epoch, `best` (the epoch, from 1) and `test` (%). `data-value` holds the whole number; it is empty where
//   every run had stopped before.
// - `[data-name]`: the controls: `quantity`, `epoch`, and a checkbox for each technique.
import { announcer, choice, clamp, element, entryPoints, format, slider, svg, toggle } from "../shared/ui.mjs";
import { TRAINING_EXPLORER_STYLES } from "./training_explorer_styles.mjs";

/**
 * One training: curves with a value per epoch, and the accuracy on the test part at the end.
 * @typedef {object} Run
 * @property {number[]} train loss
 * @property {number[]} validation loss
 * @property {number[]} norm largest gradient norm
 * @property {number} test accuracy, 0 to 1
 */

/**
 * A technique that is drawn.
 * @typedef {object} Group
 * @property {string} name of the technique
 * @property {Run[]} runs one per seed
 */

const MOST_CHOSEN = 3;
const QUANTITIES = [
  ["loss", "loss"],
  ["norm", "gradient norm"],
];
const PLOT = { height: 346, left: 50, right: 14, top: 28, bottom: 44 };
const WIDTH = 600; // of the picture, in pixels, where it is not laid out yet
const CURVES = ["train", "validation", "norm"];
const COLUMNS = ["training loss", "validation loss", "largest gradient norm", "best epoch", "test accuracy"];

// --- What follows from the runs

// Mean of a curve over the runs that came as far as an epoch, epoch by epoch.
function meanCurve(runs, name) {
  const longest = Math.max(...runs.map((run) => run[name].length));
  return Array.from({ length: longest }, (_, epoch) => {
    const there = runs.filter((run) => run[name].length > epoch);
    return there.reduce((sum, run) => sum + run[name][epoch], 0) / there.length;
  });
}

// The epoch, from 1, with the smallest mean validation loss.
function bestEpoch(runs) {
  const curve = meanCurve(runs, "validation");
  return curve.indexOf(Math.min(...curve)) + 1;
}

const testAccuracy = (runs) => runs.reduce((sum, run) => sum + run.test, 0) / runs.length;
const longestOf = (runs) => Math.max(...runs.map((run) => run.train.length));

// --- The plot

// Round numbers 1, 3, 10, 30 ... within a range, for a log axis.
function logTicks(low, high) {
  const powers = Array.from({ length: 12 }, (_, k) => 10 ** (k - 6));
  return powers.flatMap((power) => [power, 3 * power]).filter((tick) => tick >= low && tick <= high);
}

function plain(number) {
  if (number >= 1) return String(Math.round(number));
  if (number >= 0.1) return number.toFixed(1);
  return number.toFixed(number >= 0.01 ? 2 : 3);
}

function gapOf(epochs) {
  if (epochs > 24) return 10;
  return epochs > 12 ? 5 : 1;
}

function marker(slot, x, y, size = 6) {
  const attributes = { class: `tx-mark tx-${slot}` };
  if (slot === 0) return svg("circle", { ...attributes, cx: x, cy: y, r: size });
  if (slot === 1) {
    return svg("rect", { ...attributes, x: x - size, y: y - size, width: 2 * size, height: 2 * size });
  }
  const base = y + size;
  const d = `M${x} ${y - size * 1.25}L${x + size * 1.2} ${base}L${x - size * 1.2} ${base}Z`;
  return svg("path", { ...attributes, d });
}

// Where epochs and values stand in a picture of some width, so that its letters keep their size: `x` of an epoch from
// 1, `y` of a value on a log scale.
function scales(groups, names, width) {
  const { height, left, right, top, bottom } = PLOT;
  const runs = groups.flatMap((group) => group.runs);
  const values = runs.flatMap((run) => names.flatMap((name) => run[name]));
  const longest = longestOf(runs);
  const [low, high] = [Math.min(...values) * 0.85, Math.max(...values) * 1.15];
  const x = (epoch) => left + ((width - left - right) * (epoch - 1)) / Math.max(1, longest - 1);
  const y = (value) => top + ((height - top - bottom) * Math.log(high / value)) / Math.log(high / low);
  return { x, y, low, high, longest, width };
}

function axes({ x, y, low, high, longest, width }, title) {
  const { height, left, right, bottom } = PLOT;
  const middle = { "text-anchor": "middle" };
  const rows = logTicks(low, high).flatMap((tick) => [
    svg("line", { class: "tx-grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
    svg("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, plain(tick)),
  ]);
  const every = gapOf(longest);
  const epochs = Array.from({ length: longest }, (_, k) => k + 1).filter((epoch) => epoch === 1 || epoch % every === 0);
  const number = (epoch) => svg("text", { x: x(epoch), y: height - bottom + 20, ...middle }, String(epoch));
  return [
    ...rows,
    ...epochs.map(number),
    svg("text", { x: left, y: 18 }, `${title} (log scale)`),
    svg("text", { x: (left + width) / 2, y: height - 4, ...middle }, "epoch"),
  ];
}

// The curves of one technique; its slot says how they look.
function curves({ runs }, slot, quantity, { x, y }) {
  const names = quantity === "loss" ? ["train", "validation"] : ["norm"];
  const point = (value, k) => `${k ? "L" : "M"}${x(k + 1).toFixed(1)} ${y(value).toFixed(1)}`;
  const path = (kind, curve) => svg("path", { class: kind, d: curve.map(point).join("") });
  const each = runs.map((run) => path(`tx-run tx-${slot}`, run[names.at(-1)]));
  const means = names.map((name) => path(`tx-mean tx-${slot} tx-${name}`, meanCurve(runs, name)));
  if (quantity !== "loss") return [...each, ...means];
  const [best, validation] = [bestEpoch(runs), meanCurve(runs, "validation")];
  return [...each, ...means, marker(slot, x(best), y(validation[best - 1]))];
}

function drawPlot(groups, quantity, epoch, width) {
  const { height, top, bottom } = PLOT;
  const place = scales(groups, quantity === "loss" ? ["train", "validation"] : ["norm"], width);
  const title = quantity === "loss" ? "Loss" : "Gradient norm";
  const cursor = { x1: place.x(epoch), x2: place.x(epoch), y1: top, y2: height - bottom };
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title} by epoch, log scale` },
    axes(place, title.toLowerCase()),
    svg("line", { class: "tx-cursor", ...cursor }),
    groups.flatMap((group) => curves(group, group.slot, quantity, place)),
  );
}

// --- The table

function valueCell(symbol, technique, value, digits, unit = "") {
  const marks = { "data-symbol": symbol, "data-technique": technique, "data-value": String(value ?? "") };
  return element("td", marks, value === undefined ? "stopped" : `${format(value, digits)}${unit}`);
}

function tableRow({ name, runs, slot }, epoch) {
  const line = svg("path", { class: `tx-mean tx-${slot}`, d: "M0 8H34" });
  const swatch = svg("svg", { class: "tx-swatch", viewBox: "0 0 34 16", "aria-hidden": "true" }, line);
  swatch.append(marker(slot, 17, 8, 5));
  const digitsOf = (curve) => (curve === "norm" ? 2 : 3);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, swatch, " ", name),
    CURVES.map((curve) => valueCell(curve, name, meanCurve(runs, curve)[epoch - 1], digitsOf(curve))),
    valueCell("best", name, bestEpoch(runs), 0),
    valueCell("test", name, 100 * testAccuracy(runs), 1, "\u00A0%"),
  );
}

function makeTable() {
  const body = element("tbody");
  const titles = ["technique", ...COLUMNS].map((title) => element("th", { scope: "col" }, title));
  const node = element("table", {}, element("thead", {}, element("tr", {}, titles)), body);
  const free = () =>
    element(
      "tr",
      {},
      element("td", { class: "ll-quiet tx-free", colspan: titles.length }, "room for one more technique"),
    );
  const paint = (groups, epoch) => {
    const rows = groups.map((group) => tableRow(group, epoch));
    body.replaceChildren(...rows, ...Array.from({ length: MOST_CHOSEN - groups.length }, free));
  };
  return { node, paint };
}

function keyInWords(quantity, seeds) {
  if (quantity === "norm") {
    return `The largest gradient norm of each epoch: the mean of ${seeds} seeds, and thin lines for each of them.`;
  }
  const lines = `Solid: validation, dashed: training, both the mean of ${seeds} seeds. Thin: validation of each seed.`;
  return `${lines} The mark is where early stopping would go back to.`;
}

// --- The widget

// A technique keeps its color as long as it is drawn: a free one for one that comes, whatever else comes or goes.
function makeSlots() {
  const slots = new Map();
  return (chosen) => {
    for (const name of slots.keys()) if (!chosen.includes(name)) slots.delete(name);
    for (const name of chosen) {
      const taken = new Set(slots.values());
      if (!slots.has(name))
        slots.set(
          name,
          [...Array(MOST_CHOSEN).keys()].find((slot) => !taken.has(slot)),
        );
    }
    return (name) => slots.get(name);
  };
}

// A tick for each technique. Where as many are drawn as there is room for, the others wait until one is unticked.
function techniqueChoices(state, apply) {
  const choose = (name) => (on) => {
    const kept = state.get("chosen").filter((other) => other !== name);
    const left = kept.length > 0 ? kept : [name]; // the last one stays
    apply({ chosen: on ? [...kept, name] : left });
  };
  const boxes = Object.keys(state.get("runs")).map((name) => {
    const box = toggle({ label: name, name, value: false, onChange: choose(name) });
    box.node.classList.add("tx-choice");
    return box;
  });
  const legend = element("legend");
  const node = element(
    "fieldset",
    { class: "tx-choices" },
    legend,
    boxes.map((box) => box.node),
  );
  const paint = () => {
    const chosen = state.get("chosen");
    const full = chosen.length >= MOST_CHOSEN;
    legend.textContent = full ? "Three at most: untick one" : "Draw up to three";
    boxes.forEach(({ input }) => {
      input.checked = chosen.includes(input.dataset.name);
      input.disabled = full && !input.checked;
    });
  };
  return { node, paint };
}

function inWords({ name, runs }, epoch) {
  const value = meanCurve(runs, "validation")[epoch - 1];
  return `${name}: validation loss ${value === undefined ? "stopped" : format(value, 3)}`;
}

function draw(root, state) {
  const live = announcer();
  const picture = element("div", { class: "tx-picture" });
  const key = element("p", { class: "tx-key" });
  const table = makeTable();
  const apply = (changes) => {
    for (const [name, value] of Object.entries(changes)) state.set(name, value);
    redraw();
  };
  const techniques = techniqueChoices(state, apply);
  const quantity = choice({
    label: "Draw",
    name: "quantity",
    options: QUANTITIES,
    value: state.get("quantity"),
    onChange: (value) => apply({ quantity: value }),
  });
  const epoch = slider({
    label: "epoch",
    name: "epoch",
    min: 1,
    max: longestOf(Object.values(state.get("runs")).flat()),
    step: 1,
    digits: 0,
    value: state.get("epoch"),
    onInput: (value) => apply({ epoch: value }),
  });
  const controls = element("div", { class: "ll-toolbar" }, quantity.node, epoch.node);
  const right = element("div", { class: "tx-right" }, controls, picture, key, table.node);
  root.append(element("div", { class: "tx-main" }, techniques.node, right), live.node);

  const slotsOf = makeSlots();
  const width = () => picture.clientWidth || WIDTH;
  let [spoken, drawnFor] = [false, 0];
  function redraw() {
    const [runs, chosen, at, drawn] = ["runs", "chosen", "epoch", "quantity"].map(state.get);
    const slotOf = slotsOf(chosen);
    const groups = chosen.map((name) => ({ name, runs: runs[name], slot: slotOf(name) }));
    drawnFor = width();
    techniques.paint();
    quantity.select.value = drawn;
    epoch.set(at);
    picture.replaceChildren(drawPlot(groups, drawn, at, drawnFor));
    key.textContent = keyInWords(drawn, groups[0].runs.length);
    table.paint(groups, at);
    if (spoken) live.say(groups.map((group) => inWords(group, at)).join("; "));
    spoken = true;
  }
  // The picture answers to the pointer: the epoch below it.
  picture.addEventListener("pointermove", (event) => {
    const { left } = picture.getBoundingClientRect();
    const from = left + PLOT.left;
    const share = (event.clientX - from) / (width() - PLOT.left - PLOT.right);
    const groups = state.get("chosen").flatMap((name) => state.get("runs")[name]);
    const at = clamp(Math.round(1 + share * (longestOf(groups) - 1)), 1, longestOf(groups));
    if (at !== state.get("epoch")) apply({ epoch: at });
  });
  state.onChange(["chosen", "quantity", "epoch"], redraw);
  const fit = new ResizeObserver(() => {
    if (picture.clientWidth && width() !== drawnFor) redraw();
  });
  redraw();
  fit.observe(picture);
  return () => fit.disconnect();
}

const { render, mount } = entryPoints("training_explorer", draw, TRAINING_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
