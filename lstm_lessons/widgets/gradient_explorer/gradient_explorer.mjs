// The gradient explorer: how much of a gradient is left after so many steps, on a log axis. One line is an LSTM's
// product of forget gates, the other a plain RNN's power of its weight; a slider or the line itself moves each.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol]`, with `data-path` (`lstm`, `rnn`) and `data-value`: `factor` of one step, `half` (the steps after
//   which a half is left, or twice as much for a factor above 1; empty for a factor of 1), `left` (the power of ten
//   after all steps), and `line` (where the drawn line ends, as such a power).
// - `[data-name]`: the sliders, `bias` and `w`.
import { PALETTE } from "./palette.mjs";
import { announcer, clamp, element, entryPoints, format, setAttributes, slider, svg, symbol } from "../shared/ui.mjs";
import { GRADIENT_EXPLORER_STYLES } from "./gradient_explorer_styles.mjs";

const PLOT = { height: 330, left: 58, right: 68, top: 14, bottom: 46 };
const [WIDTH, NARROW] = [880, 480]; // of the picture, in pixels: where it is not laid out yet; fewer numbers below
const POWERS = { low: -20, high: 10, apart: 5 }; // of ten, from the bottom to the top
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * One step back multiplies a gradient by this: the forget gate of a bias.
 * @param {number} bias any number
 * @returns {number} between 0 and 1
 */
export const gateOf = (bias) => 1 / (1 + Math.exp(-bias));

/**
 * Steps after which a power of a factor has reached one half, or two for a factor above 1.
 * @param {number} factor above 0
 * @returns {number} of steps; infinite for 1
 */
export const halfLife = (factor) => Math.LN2 / Math.abs(Math.log(factor));

/**
 * A power of ten as a reader wants it: plain digits near 1, else ten with its exponent.
 * @param {number} power of ten
 * @returns {string} such as "0.52" or "10⁻¹⁸"
 */
export function powerText(power) {
  if (power > -2 && power < 4) return format(10 ** power, power < 2 ? 2 : 0);
  const digits = String(Math.abs(Math.round(power))).replaceAll(/\d/gu, (digit) => RAISED[digit]);
  return `10${power < 0 ? "⁻" : ""}${digits}`;
}

// Where steps and powers of ten stand in the picture, and what stands at a place.
function scalesOf(steps, width) {
  const { height, left, right, top, bottom } = PLOT;
  const [w, h, range] = [width - left - right, height - top - bottom, POWERS.high - POWERS.low];
  return {
    width,
    x: (step) => left + (w * step) / steps,
    y: (power) => top + (h * (POWERS.high - power)) / range,
    stepAt: (x) => clamp(((x - left) / w) * steps, 1, steps),
    powerAt: (y) => POWERS.high - ((y - top) / h) * range,
  };
}

function axes({ x, y, width }, steps) {
  const { height, left, right, bottom, top } = PLOT;
  const powers = Array.from({ length: 7 }, (_, k) => POWERS.low + k * POWERS.apart);
  const every = Math.ceil(steps / (width < NARROW ? 3 : 6));
  const ends = { x1: left, x2: width - right };
  return [
    powers.map((power) => [
      svg("line", { class: power ? "gx-grid" : "gx-one", ...ends, y1: y(power), y2: y(power) }),
      svg("text", { x: left - 8, y: y(power) + 5, "text-anchor": "end" }, power ? powerText(power) : "1"),
    ]),
    [0, 1, 2, 3, 4, 5, 6]
      .map((k) => k * every)
      .filter((step) => step <= steps)
      .map((step) => svg("text", { x: x(step), y: height - bottom + 20, "text-anchor": "middle" }, String(step))),
    svg("text", { x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, "steps back"),
    svg("text", { class: "gx-zone", x: left + 10, y: top + 18 }, "above 1: it explodes"),
    svg("text", { class: "gx-zone", x: left + 10, y: height - bottom - 8 }, "far below 1: it vanishes"),
  ].flat(2);
}

// One path: its line, a handle where it ends or leaves the picture, and its name there.
function drawnPath(path, name) {
  const dash = path === "lstm" ? PALETTE.f.dash : "2 4";
  const line = svg("path", { class: `gx-path gx-${path}`, "stroke-dasharray": dash, "data-symbol": "line" });
  line.dataset.path = path;
  const handle = svg("circle", { class: `gx-handle gx-${path}`, r: 8 });
  const text = svg("text", { class: `gx-name gx-${path}` }, name);
  const place = ({ x, y }, steps, power) => {
    const inside = clamp(power, POWERS.low, POWERS.high);
    const last = power ? (steps * inside) / power : steps;
    line.setAttribute("d", `M${x(0)} ${y(0)}L${x(last).toFixed(2)} ${y(inside).toFixed(2)}`);
    line.dataset.value = power;
    handle.setAttribute("cx", x(last));
    handle.setAttribute("cy", y(inside));
    return { x: x(last) + 14, y: y(inside) + 5 };
  };
  return { nodes: [line, handle, text], text, place };
}

function reading(path) {
  const mark = (name) => element("span", { "data-symbol": name, "data-path": path });
  const [factor, half, left] = ["factor", "half", "left"].map(mark);
  const steps = element("span");
  const [first, each] = path === "lstm" ? ["LSTM: ", "f = σ(b) = "] : ["Plain RNN, at most: ", "w = "];
  const node = element("p", { class: `gx-said gx-${path}` });
  node.append(element("strong", {}, first), each, factor, " at every step; ", half, ", ", left, steps);
  const say = (value, count) => {
    const [period, power] = [halfLife(value), count * Math.log10(value)];
    const ends = Number.isFinite(period);
    factor.textContent = format(value, value > 0.99 && value < 1 ? 4 : 2);
    factor.dataset.value = value;
    const change = value > 1 ? "twice as much" : "half is left";
    half.textContent = ends ? `${change} after ${format(period, period < 20 ? 1 : 0)} steps` : "all of it stays";
    half.dataset.value = ends ? period : "";
    left.textContent = powerText(power);
    left.dataset.value = power;
    steps.textContent = ` after ${count}.`;
  };
  return { node, say };
}

// A hand takes the nearer of two lines, and the line follows it.
function letDrag(picture, scales, powers, set) {
  let taken = null;
  const at = ({ clientX, clientY }) => {
    const { stepAt, powerAt, width } = scales();
    const box = picture.getBoundingClientRect();
    const zoom = width / box.width;
    return [stepAt((clientX - box.left) * zoom), powerAt((clientY - box.top) * zoom)];
  };
  const move = (event) => {
    if (taken === null) return;
    const [step, power] = at(event);
    set(taken, 10 ** (power / step));
  };
  picture.addEventListener("pointerdown", (event) => {
    const [step, power] = at(event);
    const far = (path) => Math.abs((powers()[path] * step) / powers().steps - power);
    taken = far("lstm") <= far("rnn") ? "lstm" : "rnn";
    picture.setPointerCapture(event.pointerId);
    move(event);
  });
  picture.addEventListener("pointermove", move);
  const release = () => {
    taken = null;
  };
  picture.addEventListener("pointerup", release);
  picture.addEventListener("pointercancel", release);
}

function draw(root, state) {
  const [live, steps] = [announcer(), state.get("steps")];
  let scales = scalesOf(steps, WIDTH);
  const paths = { lstm: drawnPath("lstm", "∏ f"), rnn: drawnPath("rnn", "wᵗ") };
  const said = { lstm: reading("lstm"), rnn: reading("rnn") };
  const change = (name, value) => {
    state.set(name, value);
    show();
  };
  const control = (name, options) =>
    slider({ name, value: state.get(name), onInput: (value) => change(name, value), ...options });
  const bias = control("bias", {
    label: element("span", {}, "forget bias ", symbol("b")),
    title: "forget bias b",
    min: -2,
    max: 8,
    step: 0.1,
    color: "var(--ll-f)",
  });
  const w = control("w", {
    label: element("span", {}, "plain RNN, ", symbol("w")),
    title: "weight w of the plain RNN",
    min: 0.6,
    max: 1.4,
    color: "var(--ll-quiet)",
  });
  const nodes = [paths.rnn, paths.lstm].flatMap((path) => path.nodes);
  const picture = svg("svg", { role: "img" });
  root.append(
    element("div", { class: "gx-controls" }, bias.node, w.node),
    picture,
    said.lstm.node,
    said.rnn.node,
    live.node,
  );

  const factors = () => ({ lstm: gateOf(state.get("bias")), rnn: state.get("w") });
  const powers = () => {
    const { lstm, rnn } = factors();
    return { steps, lstm: steps * Math.log10(lstm), rnn: steps * Math.log10(rnn) };
  };
  letDrag(
    picture,
    () => scales,
    powers,
    (path, factor) => {
      if (path === "rnn") change("w", clamp(Math.round(100 * factor) / 100, 0.6, 1.4));
      else {
        const gate = clamp(factor, 0.1, 0.9997);
        change("bias", clamp(Math.round(10 * Math.log(gate / (1 - gate))) / 10, -2, 8));
      }
    },
  );

  function show() {
    bias.set(state.get("bias"));
    w.set(state.get("w"));
    const ends = {};
    for (const path of ["lstm", "rnn"]) {
      said[path].say(factors()[path], steps);
      ends[path] = paths[path].place(scales, steps, powers()[path]);
    }
    const near = Math.abs(ends.lstm.x - ends.rnn.x) < 40 && Math.abs(ends.lstm.y - ends.rnn.y) < 18;
    if (near) ends.rnn.y = ends.lstm.y + (ends.rnn.y < ends.lstm.y ? -18 : 18);
    for (const path of ["lstm", "rnn"]) {
      paths[path].text.setAttribute("x", ends[path].x);
      paths[path].text.setAttribute("y", ends[path].y);
    }
    const words = `${said.lstm.node.textContent} ${said.rnn.node.textContent}`;
    picture.setAttribute("aria-label", `What is left of a gradient, log axis. ${words}`);
    live.say(words);
  }
  // The picture is as wide as it stands on the page, so that its letters keep their size.
  function layOut(width) {
    scales = scalesOf(steps, width);
    setAttributes(picture, { viewBox: `0 0 ${width} ${PLOT.height}` });
    picture.replaceChildren(...axes(scales, steps), ...nodes);
    show();
  }
  state.onChange(["bias", "w"], show);
  layOut(WIDTH);
  const fit = new ResizeObserver(() => {
    const width = Math.round(picture.getBoundingClientRect().width);
    if (width && width !== scales.width) layOut(width);
  });
  fit.observe(picture);
  return () => fit.disconnect();
}

const { render, mount } = entryPoints("gradient_explorer", draw, GRADIENT_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
