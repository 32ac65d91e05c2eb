// The sequence explorer: an input to draw, and the traces that an LSTM makes of it.
// The conventions of its page (data-role, data-symbol ...) stand in sequence_explorer.py.
import { forgetProducts, lstmStack } from "../shared/cell.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { PRESETS } from "./sequence_presets.mjs";
import { SEQUENCE_EXPLORER_STYLES } from "./sequence_explorer_styles.mjs";
import { announcer, button, choice, element, entryPoints, format, slider, svg, symbol, toggle } from "../shared/ui.mjs";

const LETTERS = ["i", "f", "g", "o", "c", "h"];
// Pixels. On a slide the letters are large (read from the last row) and the whole must fit its height.
const PAGE = {
  rows: { x: 80, i: 36, f: 36, g: 36, o: 36, c: 56, h: 42, product: 42 }, pad: 50, gap: 9, letters: 11, left: 156, right: 64, name: 26, head: 24, foot: 10,
};
const SLIDE = {
  rows: { x: 60, i: 37, f: 37, g: 37, o: 37, c: 46, h: 37, product: 37 }, pad: 40, gap: 7, letters: 18, left: 206, right: 88, name: 28, head: 26, foot: 20,
};
const INSET = 4; // between the edge of a row and its highest value, so that a line at 1 stays inside
const MOST_PADS = 3; // with more input features one pad shows the chosen one
const MOST_SLIDERS = 6; // weights per gate; a larger unit gets a slider for its biases alone
const PRECISION = 40; // values that a pad can take between its limits, so that zero is easy to hit

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const tenth = (value) => Math.round(value * 10) / 10;
const shortest = (value) => format(value, 2).replace(/\.?0+$/, "");
const lowered = (number) => String(number).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));

/** The first round number, 0.2 or more, that is not below `value`. */
export function niceLimit(value) {
  const least = Math.max(value, 0.2);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10].map((m) => Number((m * power).toPrecision(3))).find((limit) => limit >= least - 1e-9);
}

/** `layers` with the moved weights put in. Keys as in SequenceExplorer.weights. */
export function withNudges(layers, nudges) {
  if (Object.keys(nudges).length === 0) return layers;
  const changed = structuredClone(layers);
  for (const [key, value] of Object.entries(nudges)) {
    const [layer, direction, name, row, column] = key.split(".");
    const weights = changed[layer]?.[direction];
    if (!weights) continue;
    if (name === "b") weights.b_ih[row] = value - weights.b_hh[row];
    else weights[name][row][column] = value;
  }
  return changed;
}

/** The product of the forget gates from every step k to step `end`; null for steps not read before it. */
export function gradientPath(steps, unit, end, reverse) {
  const read = reverse ? steps.slice(end).reverse() : steps.slice(0, end + 1);
  const products = forgetProducts(read, unit);
  const rest = Array(steps.length - products.length).fill(null);
  return reverse ? [...rest, ...products.reverse()] : [...products, ...rest];
}

/** A ready-made input of T values between `low` and `high`. The same `seed` gives the same noise. */
export function readyInput(kind, T, low, high, seed) {
  const rest = clamp(0, low, high);
  const random = () => { // mulberry32
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const value = {
    pulse: (t) => (t === Math.floor(T / 6) ? high : rest),
    step: (t) => (t >= Math.floor(T / 4) && t < Math.floor((3 * T) / 4) ? high : rest),
    sine: (t) => (low + high) / 2 + ((high - low) / 2) * Math.sin((6 * Math.PI * t) / T),
    noise: () => low + (high - low) * random(),
    clear: () => rest,
  }[kind];
  return Array.from({ length: T }, (_, t) => Math.round(value(t) * 100) / 100);
}

function draw(root, state) {
  const get = (key) => state.get(key);
  const announce = announcer();
  let [weights, steps, chart, sliders, frame, settled] = [];
  const size = root.classList.contains("ll-slide") ? SLIDE : PAGE;
  let seed = 0;

  const sizes = () => {
    const [xs, layers] = [get("xs"), get("layers")];
    return { T: xs.length, I: xs[0].length, L: layers.length, D: layers[0].length, H: layers[0][0].w_hh[0].length };
  };
  const chosen = (key, count) => clamp(get(key), 0, count - 1);
  const featureName = (feature) => get("feature_names")[feature] ?? (sizes().I > 1 ? `feature ${feature}` : "x");

  // What has changed since the last frame is collected here; one frame draws it all.
  const stale = new Set();
  function set(key, value) {
    state.set(key, value);
    schedule(key);
  }
  function schedule(key) {
    stale.add(key);
    frame ??= requestAnimationFrame(paint);
  }

  // --- The controls above the chart ---

  function loadPreset(preset) {
    const values = {
      preset: preset.key, layers: preset.layers, nudges: {}, limits: [[-1, 1]], xs: preset.xs, first_xs: preset.xs,
      feature_names: [], labels: [], marks: [], layer: 0, direction: 0, feature: 0, unit: preset.unit, overlay: preset.overlay,
      step: preset.step,
    };
    for (const [key, value] of Object.entries(values)) set(key, structuredClone(value));
    announce.say(`${preset.title}. ${preset.sentence}`);
  }
  const presetButtons = PRESETS.map((preset) => button(preset.title, () => loadPreset(preset), { "data-preset": preset.key }));
  const sentence = element("p", { class: "ll-sequence-sentence" });
  const presetBar = element("div", {}, element("div", { class: "ll-toolbar", role: "group", "aria-label": "Presets" }, presetButtons), sentence);

  function fillInput(kind, name) {
    const [{ T, I }, feature] = [sizes(), chosen("feature", sizes().I)];
    const [low, high] = get("limits")[feature];
    const column = readyInput(kind, T, low, high, seed++);
    set("xs", get("xs").map((row, t) => row.map((value, k) => (k === feature ? column[t] : value))));
    announce.say(`Input${I > 1 ? ` ${featureName(feature)}` : ""}: ${name}`);
  }
  const fills = [["pulse", "Pulse"], ["step", "Step"], ["sine", "Sine"], ["noise", "Noise"], ["clear", "Clear"]];
  const reset = button("Reset", () => {
    set("xs", structuredClone(get("first_xs")));
    set("nudges", {});
    announce.say("Input and weights are back as they were.");
  }, { "data-role": "reset", title: "Bring back the first input and the first weights" });
  const inputBar = element("div", { class: "ll-toolbar ll-sequence-input", role: "group", "aria-label": "Input" });
  const viewBar = element("div", { class: "ll-toolbar ll-sequence-view", role: "group", "aria-label": "What to show" });

  function buildControls() {
    const { I, L, D, H } = sizes();
    const numbers = (count) => Array.from({ length: count }, (_, k) => [String(k), String(k)]);
    const pick = (label, key, options) => {
      const control = choice({ label, options, value: String(chosen(key, options.length)), onChange: (value) => set(key, Number(value)) });
      control.select.dataset.name = key;
      return control.node;
    };
    const check = (label, key) => {
      const control = toggle({ label, value: get(key), onChange: (value) => set(key, value) });
      control.input.dataset.name = key;
      return control.node;
    };
    presetBar.hidden = !get("preset");
    inputBar.replaceChildren(
      element("span", { class: "ll-sequence-hint" }, "Draw ", symbol("x", "t"), ` below, or ${I > 1 ? "fill" : "take"}`),
      ...(I > 1 ? [pick(element("span", { class: "ll-visually-hidden" }, "Input feature"), "feature", numbers(I).map(([k]) => [k, featureName(Number(k))])), "with"] : []),
      ...fills.map(([kind, name]) => button(name, () => fillInput(kind, name), { "data-fill": kind })),
    );
    viewBar.replaceChildren(
      ...(L > 1 ? [pick("Layer", "layer", numbers(L))] : []),
      ...(D > 1 ? [pick("Direction", "direction", [["0", "forward"], ["1", "reverse"]])] : []),
      ...(H > 1 ? [pick("Unit", "unit", numbers(H)), check("all units", "overlay")] : []),
      check("gradient path", "gradient_path"),
      reset,
    );
  }

  // --- The chart ---

  const frameBox = element("div", { class: "ll-sequence-chart" });

  /** Height of a value in its row. The input fills its row to the edge: there the hand sets the value. */
  function yOf({ key, top, height, low, high }) {
    const inset = key === "x" ? 0 : INSET;
    return (value) => top + inset + (height - 2 * inset) * (1 - (clamp(value, low, high) - low) / (high - low));
  }

  /** All elements of the chart, for one set of sizes and one width. What moves is drawn by `paint`. */
  function buildChart(width) {
    const { T, I, H } = sizes();
    const [labels, marks, limits] = [get("labels"), get("marks"), get("limits")];
    const wide = width >= 620;
    const [left, right] = [wide ? size.left : 62, size.right];
    const plot = width - left - right;
    const column = plot / T;
    const place = Array.from({ length: T }, (_, t) => tenth(left + (t + 0.5) * column));
    const edges = Array.from({ length: T + 1 }, (_, t) => tenth(left + t * column));
    const features = I <= MOST_PADS ? [...Array(I).keys()] : [chosen("feature", I)];
    const showLabels = labels.length === T && column >= 7;
    let top = size.head;
    const rows = [];
    const addRow = (key, name, height, low, high, more = {}) => {
      rows.push({ key, name, top, height, low, high, ...more });
      top += height + size.gap;
    };
    for (const feature of features) {
      const name = I > 1 || get("feature_names").length ? featureName(feature) : "input";
      addRow("x", name, I > 1 && I <= MOST_PADS ? size.pad : size.rows.x, ...limits[feature], { feature });
    }
    const labelLine = top + 8;
    top += showLabels ? 20 : 4;
    const tracesTop = top;
    for (const key of LETTERS) addRow(key, PALETTE[key].name, size.rows[key], PALETTE[key].low ?? -1, PALETTE[key].high ?? 1);
    if (get("gradient_path")) addRow("product", "gradient path", size.rows.product, 0, 1);
    const tracesBottom = top - size.gap;
    const height = top + size.foot;

    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `Traces of i, f, g, o, c and h over ${T} steps. The numbers at the chosen step follow below.` });
    const cursor = svg("rect", { class: "ll-sequence-cursor", y: 20, height: tracesBottom - 20, width: Math.max(column, 3) });
    const badge = svg("text", { class: "ll-sequence-badge", y: size.head - 10, "text-anchor": "middle" });
    picture.append(
      ...rows.map((row) => svg("rect", { class: "ll-sequence-field", x: left, y: row.top, width: plot, height: row.height, rx: 3 })),
      ...marks.filter((mark) => mark < T).map((mark) => svg("g", { class: "ll-sequence-mark", "data-mark": mark },
        svg("rect", { x: tenth(place[mark] - Math.max(column, 3) / 2), y: 22, width: tenth(Math.max(column, 3)), height: tracesBottom - 22 }),
        svg("path", { d: `M${place[mark] - 4} 17h8l-4 6Z` }))),
      cursor,
    );

    for (const row of rows) {
      const middle = row.top + row.height / 2;
      const color = row.key === "x" ? "var(--ll-text)" : `var(--ll-${row.key === "product" ? "f" : row.key})`;
      row.color = color;
      row.ticks = [row.high, row.low].map((value, k) =>
        svg("text", { class: "ll-sequence-tick", x: left - 6, y: k ? row.top + row.height - 1 : row.top + size.letters - 3, "text-anchor": "end" }, shortest(value)));
      row.zero = svg("path", { class: "ll-sequence-zero" });
      row.area = svg("path", { class: row.key === "x" ? "ll-sequence-bars" : "ll-sequence-area", fill: color });
      row.value = svg("text", { class: "ll-sequence-value", x: width - 6, y: middle + 5, "text-anchor": "end", style: `fill: ${color}` });
      row.dot = svg("circle", { r: 4, class: "ll-sequence-dot", fill: color });
      const letter = row.key === "product"
        ? [svg("tspan", { "font-style": "normal" }, "\u220f"), "f"]
        : [row.key];
      picture.append(row.zero,
        svg("text", { class: "ll-sequence-letter", x: 4, y: middle + 6, style: `fill: ${color}` }, letter),
        ...(wide ? [svg("text", { class: "ll-sequence-name", x: row.key === "product" ? size.name + 12 : size.name, y: middle + 5 }, row.name)] : []),
        ...row.ticks, row.area);
      if (row.key === "x") {
        row.caps = svg("path", { class: "ll-sequence-caps" });
        picture.append(row.caps);
      } else {
        const dash = row.key === "product" ? PALETTE.f.dash : PALETTE[row.key].dash;
        if (row.key !== "product" && get("overlay") && H > 1) {
          row.thin = svg("path", { class: "ll-sequence-thin", stroke: color }); // all other units in one path: quick
          row.others = Array.from({ length: H }, () => svg("g")); // their numbers
          row.halo = svg("path", { class: "ll-sequence-halo" });
          picture.append(row.thin, row.halo, ...row.others);
        }
        row.bold = svg("path", { class: "ll-sequence-bold", stroke: color, "stroke-dasharray": dash || null, "data-symbol": row.key });
        picture.append(row.bold, row.dot);
      }
      picture.append(row.value);
      if (row.key === "product") {
        row.caption = svg("text", { class: "ll-sequence-tick ll-sequence-caption", x: width - 6, y: middle + 15, "text-anchor": "end" });
        if (size === SLIDE) continue; // no room; the line below says it
        row.value.setAttribute("y", middle + 1);
        picture.append(row.caption);
      }
    }
    const every = [1, 2, 5, 10, 20, 50, 100].find((gap) => gap * column >= 3 * size.letters) ?? 100;
    const ticks = [...place.keys()].filter((t) => t === 0 || ((t + 1) % every === 0 && t + 1 - 1 >= every / 2));
    picture.append(
      ...ticks.map((t) => svg("text", { class: "ll-sequence-tick", x: place[t], y: tracesBottom + size.letters + 2, "text-anchor": "middle" }, String(t + 1))),
      svg("text", { class: "ll-sequence-tick", x: left - 6, y: tracesBottom + size.letters + 2, "text-anchor": "end" }, wide ? "step t" : "t"),
      ...(showLabels ? labels.map((label, t) => svg("text", { class: "ll-sequence-label", x: place[t], y: labelLine, "text-anchor": "middle" }, label)) : []),
      badge,
    );

    const box = (row) => `left: ${left}px; top: ${row.top}px; width: ${plot}px; height: ${row.height}px`;
    const pads = rows.filter((row) => row.key === "x").map((row) => makePad(row, box(row)));
    const overlay = makeTraceArea(`left: ${left}px; top: ${tracesTop}px; width: ${plot}px; height: ${tracesBottom - tracesTop}px`);
    const focused = frameBox.contains(document.activeElement) && document.activeElement.dataset.feature;
    frameBox.replaceChildren(picture, overlay, ...pads);
    frameBox.style.height = `${height}px`;
    if (focused !== false) pads.find((pad) => pad.dataset.feature === focused)?.focus();
    chart = { T, H, width, left, right: width - right, column, place, edges, rows, cursor, badge, pads };
  }

  const stepAt = (event, box) => clamp(Math.floor(((event.clientX - box.left) / box.width) * chart.T), 0, chart.T - 1);
  const moveCursor = (t) => { if (t !== get("step")) set("step", t); };

  function describe(t) {
    const { I, H, T } = sizes();
    const unit = chosen("unit", H);
    const inputs = get("xs")[t].map((value, k) => `${I > 1 ? featureName(k) : "x"} ${format(value)}`).slice(0, 8).join(", ");
    const label = get("labels")[t];
    return `Step ${t + 1} of ${T}${label ? ` (${label})` : ""}${get("marks").includes(t) ? ", marked" : ""}: ${inputs}; `
      + `unit ${unit}: ${LETTERS.map((key) => `${key} ${format(steps[t][key][unit])}`).join(", ")}`;
  }

  function writeInput(feature, values) {
    const xs = [...get("xs")];
    for (const [t, value] of values) xs[t] = xs[t].map((old, k) => (k === feature ? value : old));
    set("xs", xs);
  }

  function makePad(row, style) {
    const { feature, low, high } = row;
    const grain = (high - low) / PRECISION;
    const snap = (value) => clamp(Number((Math.round(value / grain) * grain).toPrecision(6)), low, high);
    let last = null;

    const put = (event) => {
      const box = pad.getBoundingClientRect();
      const t = stepAt(event, box);
      const value = snap(high - ((event.clientY - box.top) / box.height) * (high - low));
      const [t0, value0] = last ?? [t, value];
      const count = Math.max(1, Math.abs(t - t0)); // a fast hand skips steps: join them
      writeInput(feature, Array.from({ length: count + 1 }, (_, k) => [t0 + ((t - t0) * k) / count, snap(value0 + ((value - value0) * k) / count)]));
      last = [t, value];
      moveCursor(t);
    };
    const keys = {
      ArrowLeft: (t, value, event) => moveCursor(Math.max(0, t - (event.shiftKey ? 10 : 1))),
      ArrowRight: (t, value, event) => moveCursor(Math.min(chart.T - 1, t + (event.shiftKey ? 10 : 1))),
      ArrowUp: (t, value) => writeInput(feature, [[t, snap(value + grain)]]),
      ArrowDown: (t, value) => writeInput(feature, [[t, snap(value - grain)]]),
      PageUp: (t, value) => writeInput(feature, [[t, snap(value + 10 * grain)]]),
      PageDown: (t, value) => writeInput(feature, [[t, snap(value - 10 * grain)]]),
      Home: () => moveCursor(0),
      End: () => moveCursor(chart.T - 1),
      Delete: (t) => writeInput(feature, [[t, clamp(0, low, high)]]),
    };
    const pad = element("div", {
      class: "ll-sequence-pad", style, tabindex: 0, role: "slider", "data-role": "pad", "data-feature": feature,
      "data-lm-suppress-shortcuts": "true", "data-prevent-swipe": "true",
      "aria-label": `${sizes().I > 1 ? `Input ${featureName(feature)}` : "Input x"}: left and right choose the step, up and down change its value`,
      "aria-orientation": "vertical", "aria-valuemin": low, "aria-valuemax": high,
      onpointerdown: (event) => {
        if (event.button !== 0) return;
        pad.setPointerCapture(event.pointerId);
        last = null;
        if (get("feature") !== feature) set("feature", feature);
        put(event);
      },
      onpointermove: (event) => (pad.hasPointerCapture(event.pointerId) ? put(event) : moveCursor(stepAt(event, pad.getBoundingClientRect()))),
      // A pad that kept the focus would swallow a presenter's next-slide key.
      onpointerup: () => setTimeout(() => pad.blur()),
      onkeydown: (event) => {
        const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
        if (!act) return;
        event.preventDefault();
        event.stopPropagation();
        if (get("feature") !== feature) set("feature", feature);
        const t = chosen("step", chart.T);
        act(t, get("xs")[t][feature], event);
        requestAnimationFrame(() => announce.say(describe(chosen("step", chart.T))));
      },
    });
    return pad;
  }

  /** Over the traces: move to read, click a line to choose its unit. */
  function makeTraceArea(style) {
    const move = (event) => moveCursor(stepAt(event, area.getBoundingClientRect()));
    const area = element("div", {
      class: "ll-sequence-traces", style, "data-role": "traces", "data-prevent-swipe": "true",
      onpointermove: move, onpointerdown: move,
      onclick: (event) => {
        const box = frameBox.getBoundingClientRect(); // a slide is scaled to its screen
        const y = ((event.clientY - box.top) * frameBox.clientHeight) / box.height;
        const row = chart.rows.find(({ top, height }) => y >= top - 3 && y < top + height + 4);
        if (!row?.thin) return;
        const values = steps[stepAt(event, area.getBoundingClientRect())][row.key].map(yOf(row));
        const distances = values.map((value) => Math.abs(value - y));
        set("unit", distances.indexOf(Math.min(...distances)));
      },
    });
    return area;
  }

  // --- The numbers under the chart, and the weights ---

  const spot = (key) => element("span", { class: "ll-sequence-number", style: `color: var(--ll-${key})` });
  const [tSpot, fSpot, cBefore, iSpot, gSpot, cSpot, oSpot, tanhSpot, hSpot] = ["c", "f", "c", "i", "g", "c", "o", "c", "h"].map(spot);
  const colored = (key, subscript) => element("span", { style: `color: var(--ll-${key})` }, symbol(key, subscript));
  const stateBefore = colored("c", "t-1");
  const pathText = element("span", {});
  const pathLine = element("span", {}, element("span", { style: "color: var(--ll-f)" }, "\u220f", symbol("f")), pathText);
  const readout = element("div", { class: "ll-sequence-readout", "data-role": "readout" },
    element("span", { class: "ll-sequence-step" }, symbol("t"), " = ", tSpot),
    element("span", {}, colored("c", "t"), " = ", colored("f", "t"), " ", stateBefore, " + ", colored("i", "t"), " ", colored("g", "t"),
      " = ", fSpot, " \u00b7 ", cBefore, " + ", iSpot, " \u00b7 ", gSpot, " = ", cSpot),
    element("span", {}, colored("h", "t"), " = ", colored("o", "t"), " tanh ", colored("c", "t"), " = ", oSpot, " \u00b7 ", tanhSpot, " = ", hSpot),
    pathLine);

  const weightFields = element("div", { class: "ll-sequence-weights" });
  const weightTitle = element("summary", {});
  const restore = button("Restore the weights", () => set("nudges", {}), { "data-role": "restore" });
  const details = element("details", { class: "ll-sequence-details", ontoggle: () => { if (details.open) buildWeights(); } },
    weightTitle, weightFields, element("div", { class: "ll-toolbar" }, restore,
      element("span", { class: "ll-quiet" }, "Break the memory, then fix it: try a smaller bias in the forget gate.")));

  /** Sliders for the chosen unit; made when the disclosure opens, and again for another unit. */
  function buildWeights() {
    const { H, I } = sizes();
    const [layer, direction, unit] = [chosen("layer", sizes().L), chosen("direction", sizes().D), chosen("unit", H)];
    const own = get("layers")[layer][direction];
    const inputs = own.w_ih[0].length;
    const terms = [["b", 0, "b", "bias"]];
    if (inputs + H <= MOST_SLIDERS) {
      const numbered = (letter, count) => Array.from({ length: count }, (_, k) => (count > 1 ? `${letter} ${k}` : letter));
      terms.unshift(
        ...numbered("x", inputs).map((name, k) => ["w_ih", k, name, layer === 0 && I === inputs ? featureName(k) : name]),
        ...numbered("h", H).map((name, k) => ["w_hh", k, name, name]));
    }
    const value = (name, row, column, from) => (name === "b" ? from.b_ih[row] + from.b_hh[row] : from[name][row][column]);
    const gateRows = ["i", "f", "g", "o"].map((gate, k) => [gate, k * H + unit]);
    const largest = Math.max(...gateRows.flatMap(([, row]) => terms.map(([name, column]) => Math.abs(value(name, row, column, own)))));
    const limit = largest <= 4 ? 5 : largest <= 24 ? 25 : Math.ceil(1.25 * largest);
    sliders = [];
    weightFields.replaceChildren(...gateRows.map(([gate, row]) => {
      const controls = terms.map(([name, column, short, long]) => {
        const key = `${layer}.${direction}.${name}.${row}.${column}`;
        const control = slider({
          label: name === "b" ? symbol("b") : symbol("w", short.replace(" ", "")), min: -limit, max: limit, step: limit > 5 ? 0.1 : 0.01, digits: limit > 5 ? 1 : 2,
          name: `${PALETTE[gate].name}: ${name === "b" ? "bias" : `weight of ${long}`}`,
          value: value(name, row, column, weights[layer][direction]), color: `var(--ll-${gate})`,
          onInput: (next) => set("nudges", { ...get("nudges"), [key]: next }),
        });
        control.input.dataset.weight = key;
        sliders.push(() => control.set(value(name, row, column, weights[layer][direction])));
        return control.node;
      });
      const formula = element("p", { class: "ll-sequence-formula" });
      const rewrite = () => {
        const parts = terms.map(([name, column, short]) => [value(name, row, column, weights[layer][direction]), name === "b" ? "" : `\u202f${short.replace(" ", "")}`])
          .filter(([weight]) => shortest(weight) !== "0");
        const sum = parts.map(([weight, term], k) => `${weight < 0 ? (k ? " \u2212 " : "\u2212") : k ? " + " : ""}${shortest(Math.abs(weight))}${term}`).join("");
        const rest = terms.length > 1 ? "" : " + \u2026";
        formula.replaceChildren(colored(gate), ` = ${gate === "g" ? "tanh" : "\u03c3"}(${sum || "0"}${rest})`);
      };
      rewrite();
      sliders.push(rewrite);
      return element("fieldset", {}, element("legend", {}, colored(gate), " ", PALETTE[gate].name), formula, controls);
    }));
  }

  // --- Drawing what changed ---

  /** Stairs: each value as a level stretch over its step. `close` carries the line down to there, for an area. */
  function stairs(row, values, close) {
    const y = yOf(row);
    const { edges } = chart;
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

  /** The stairs of all units but one, to whole pixels: writing decimals would take most of the frame. */
  function thinStairs(row, except) {
    const y = yOf(row);
    const edges = chart.edges.map(Math.round);
    let d = "";
    for (let unit = 0; unit < chart.H; unit++) {
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

  function paintInput(row) {
    const y = yOf(row);
    const zero = tenth(y(0));
    const [bar, cap] = [tenth(Math.max(chart.column * 0.72, 1.4)), tenth(Math.max(chart.column * 0.72, 2))];
    let [bars, caps] = ["", ""];
    get("xs").forEach((x, t) => {
      const top = tenth(y(x[row.feature]));
      if (top !== zero) bars += `M${tenth(chart.place[t] - bar / 2)} ${zero}V${top}h${bar}V${zero}Z`;
      caps += `M${tenth(chart.place[t] - cap / 2)} ${top}h${cap}`;
    });
    row.area.setAttribute("d", bars);
    row.caps.setAttribute("d", caps);
    const values = JSON.stringify(get("xs").map((x) => x[row.feature]));
    for (const [name, value] of Object.entries({ "data-symbol": "x", "data-feature": row.feature, "data-values": values })) row.caps.setAttribute(name, value);
    row.zero.setAttribute("d", `M${chart.left} ${zero}H${chart.right}`);
  }

  function paintTraces() {
    const { H } = chart;
    const { L, D } = sizes();
    const [unit, overlay] = [chosen("unit", H), get("overlay")];
    const where = { "data-layer": chosen("layer", L), "data-direction": chosen("direction", D) };
    for (const row of chart.rows) {
      if (row.key === "x" || row.key === "product") continue;
      if (row.key === "c") {
        let [low, high] = [0, 0];
        for (const step of steps) for (const value of overlay ? step.c : [step.c[unit]]) [low, high] = [Math.min(low, value), Math.max(high, value)];
        row.high = niceLimit(Math.max(high, -low));
        row.low = low < -0.005 * row.high ? -row.high : 0;
        row.ticks[0].textContent = shortest(row.high);
        row.ticks[1].textContent = shortest(row.low);
      }
      const y = yOf(row);
      const zero = tenth(y(0));
      if (row.low < 0) row.zero.setAttribute("d", `M${chart.left} ${zero}H${chart.right}`);
      else row.zero.removeAttribute("d");
      row.thin?.setAttribute("d", thinStairs(row, unit));
      const values = steps.map((step) => step[row.key][unit]);
      const line = stairs(row, values);
      row.bold.setAttribute("d", line);
      row.halo?.setAttribute("d", line);
      row.area.setAttribute("d", stairs(row, values, zero));
      for (const [name, value] of Object.entries({ ...where, "data-unit": unit, "data-values": JSON.stringify(values) })) row.bold.setAttribute(name, value);
    }
    clearTimeout(settled);
    settled = setTimeout(writeThinValues, 100, where, unit);
  }

  /** Numbers of the thin lines: written once the hand rests, since nobody reads them before. */
  function writeThinValues(where, unit) {
    for (const row of chart.rows) {
      row.others?.forEach((node, k) => {
        const names = { ...where, "data-symbol": row.key, "data-unit": k, "data-values": JSON.stringify(steps.map((step) => step[row.key][k])) };
        for (const [name, value] of Object.entries(names)) k === unit ? node.removeAttribute(name) : node.setAttribute(name, value);
      });
    }
  }

  function paintCursor() {
    const { T, H } = chart;
    const [t, unit, reverse] = [chosen("step", T), chosen("unit", H), chosen("direction", sizes().D) === 1];
    const xs = get("xs");
    const label = get("labels")[t];
    chart.cursor.setAttribute("x", tenth(chart.place[t] - Math.max(chart.column, 3) / 2));
    chart.badge.setAttribute("x", clamp(chart.place[t], chart.left + 20, chart.right - 20));
    chart.badge.textContent = `t = ${t + 1}${label ? ` \u00b7 ${label}` : ""}`;
    for (const row of chart.rows) {
      let value;
      if (row.key === "x") value = xs[t][row.feature];
      else if (row.key === "product") {
        const products = gradientPath(steps, unit, t, reverse);
        value = products[reverse ? T - 1 : 0];
        const [first, start] = [lowered(reverse ? T : 1), lowered(reverse ? T - 1 : 2)];
        row.caption.textContent = `of c${first}`;
        pathText.textContent = t === (reverse ? T - 1 : 0) ? ` at t = ${t + 1} starts with c${first} itself: 1.00`
          : ` = f${start} \u22ef f${lowered(t + 1)} = ${format(value)}: so much of c${first} is left in c${lowered(t + 1)}`;
        row.bold.setAttribute("d", stairs(row, products));
        row.bold.setAttribute("data-unit", unit);
        row.bold.setAttribute("data-values", JSON.stringify(products));
        row.area.setAttribute("d", stairs(row, products, tenth(yOf(row)(0))));
      } else value = steps[t][row.key][unit];
      row.value.textContent = format(value);
      const names = { "data-symbol": row.key, "data-step": t, "data-value": value, [row.key === "x" ? "data-feature" : "data-unit"]: row.key === "x" ? row.feature : unit };
      for (const [name, entry] of Object.entries(names)) row.value.setAttribute(name, entry);
      if (row.key === "x") continue;
      row.dot.setAttribute("cx", chart.place[t]);
      row.dot.setAttribute("cy", tenth(yOf(row)(row.key === "product" ? 1 : value)));
    }
    for (const pad of chart.pads) {
      const value = xs[t][pad.dataset.feature];
      pad.setAttribute("aria-valuenow", value);
      pad.setAttribute("aria-valuetext", `step ${t + 1} of ${T}${label ? ` (${label})` : ""}: ${format(value)}`);
    }
    const step = steps[t];
    const before = steps[reverse ? t + 1 : t - 1]?.c[unit] ?? 0;
    stateBefore.querySelector("sub").textContent = reverse ? "t+1" : "t\u22121";
    tSpot.textContent = t + 1;
    const numbers = [[fSpot, step.f[unit]], [cBefore, before], [iSpot, step.i[unit]], [gSpot, step.g[unit]], [cSpot, step.c[unit]],
      [oSpot, step.o[unit]], [tanhSpot, Math.tanh(step.c[unit])], [hSpot, step.h[unit]]];
    for (const [node, value] of numbers) node.textContent = format(value);
  }

  let built = "";
  let controlled = "";
  function paint() {
    frame = undefined;
    const changed = new Set(stale);
    stale.clear();
    const any = (...keys) => keys.some((key) => changed.has(key));
    const { T, I, L, D, H } = sizes();
    if (any("layers", "nudges")) weights = withNudges(get("layers"), get("nudges"));
    if (any("layers", "nudges", "xs", "layer", "direction")) {
      steps = lstmStack(get("xs"), weights).traces[chosen("layer", L)][chosen("direction", D)];
    }
    const controls = JSON.stringify([I, L, D, H, get("preset"), get("feature_names")]);
    if (controls !== controlled) buildControls();
    else for (const control of root.querySelectorAll("[data-name]")) {
      if (control.type === "checkbox") control.checked = get(control.dataset.name);
      else if (control.tagName === "SELECT") control.value = String(get(control.dataset.name));
    }
    controlled = controls;
    if (any("preset")) {
      for (const node of presetButtons) node.setAttribute("aria-pressed", String(node.dataset.preset === get("preset")));
      sentence.textContent = PRESETS.find(({ key }) => key === get("preset"))?.sentence ?? "";
    }
    const width = Math.floor(frameBox.clientWidth) || chart?.width || 900;
    const structure = JSON.stringify([width, T, H, I > MOST_PADS && get("feature"), get("limits"), get("labels"), get("marks"),
      get("feature_names"), get("overlay"), get("gradient_path"), I]);
    const rebuilt = structure !== built;
    if (rebuilt) buildChart(width);
    built = structure;
    if (rebuilt || any("xs")) chart.rows.filter((row) => row.key === "x").forEach(paintInput);
    if (rebuilt || any("xs", "layers", "nudges", "layer", "direction", "unit")) paintTraces();
    paintCursor();
    pathLine.hidden = !get("gradient_path");
    if (details.open && any("layers", "unit", "layer", "direction")) buildWeights();
    else if (details.open && any("nudges")) sliders.forEach((update) => update());
    weightTitle.textContent = H > 1 ? `Weights of unit ${chosen("unit", H)}` : "Weights";
    restore.disabled = Object.keys(get("nudges")).length === 0;
  }

  root.append(element("style", {}, SEQUENCE_EXPLORER_STYLES), presetBar, element("div", { class: "ll-sequence-controls" }, inputBar, viewBar),
    frameBox, readout, details, announce.node);
  const keys = ["preset", "layers", "nudges", "xs", "first_xs", "limits", "feature_names", "labels", "marks",
    "layer", "direction", "unit", "feature", "step", "overlay", "gradient_path"];
  keys.forEach((key) => stale.add(key));
  paint();
  keys.forEach((key) => state.onChange([key], () => schedule(key)));
  const resized = new ResizeObserver(() => { if (frameBox.clientWidth && Math.floor(frameBox.clientWidth) !== chart.width) schedule("width"); });
  resized.observe(frameBox);
  return () => { resized.disconnect(); cancelAnimationFrame(frame); clearTimeout(settled); };
}

const { render, mount } = entryPoints("sequence-explorer", draw);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
