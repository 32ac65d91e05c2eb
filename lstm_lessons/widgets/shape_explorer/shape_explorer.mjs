// The shape explorer: settings of nn.LSTM, the unrolled network, and the shape of every tensor.
// The conventions of its page (data-tensor, data-shape, data-part ...) stand in shape_explorer.py.
import { SHAPE_EXPLORER_STYLES } from "./shape_explorer_styles.mjs";
import { announcer, element, entryPoints, svg, toggle } from "../shared/ui.mjs";

const KINDS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
const STATES = ["h_0", "c_0", "h_n", "c_n"];
const TENSORS = ["input", "h_0", "c_0", "output", "h_n", "c_n"];
const SETTINGS = ["input_size", "hidden_size", "num_layers", "bias", "batch_first", "bidirectional", "lengths", "batched", "packed"];
const LARGEST = { input_size: 4096, hidden_size: 4096, num_layers: 6, batch: 64, length: 512 };
const MOST_COLUMNS = 12; // steps that the diagram draws; of a longer sequence it leaves out some in the middle
const MOST_TICKS = 24; // steps that a bar of the batch shows one by one

// ---------------------------------------------------------------- what follows from the settings

const stepsOf = ({ lengths, batched }) => (batched ? Math.max(...lengths) : lengths[0]);
const isPadded = ({ lengths, batched }) => batched && Math.min(...lengths) < Math.max(...lengths);
const directionsOf = ({ bidirectional }) => (bidirectional ? [0, 1] : [0]);
const suffixOf = (layer, direction) => `_l${layer}${direction ? "_reverse" : ""}`;
/** Row of h_n and c_n that holds a layer and direction. */
const rowOf = ({ bidirectional }, layer, direction) => layer * (bidirectional ? 2 : 1) + direction;

/** `{ name: { axes, shape } }` for the six tensors and every parameter. */
export function tensorShapes(settings) {
  const { input_size: I, hidden_size: H, num_layers: L, bias, batch_first, batched, lengths } = settings;
  const D = directionsOf(settings).length;
  const sizes = { B: lengths.length, T: stepsOf(settings), I, H, "4H": 4 * H, "D\u00b7H": D * H, "L\u00b7D": L * D };
  const steps = batched ? (batch_first ? ["B", "T"] : ["T", "B"]) : ["T"];
  const all = { input: [...steps, "I"] };
  const stateAxes = batched ? ["L\u00b7D", "B", "H"] : ["L\u00b7D", "H"];
  Object.assign(all, { h_0: stateAxes, c_0: stateAxes, output: [...steps, "D\u00b7H"], h_n: stateAxes, c_n: stateAxes });
  for (let layer = 0; layer < L; layer++) {
    for (const direction of directionsOf(settings)) {
      const suffix = suffixOf(layer, direction);
      all[`weight_ih${suffix}`] = ["4H", layer ? "D\u00b7H" : "I"];
      all[`weight_hh${suffix}`] = ["4H", "H"];
      if (bias) Object.assign(all, { [`bias_ih${suffix}`]: ["4H"], [`bias_hh${suffix}`]: ["4H"] });
    }
  }
  return Object.fromEntries(Object.entries(all).map(([name, axes]) => [name, { axes, shape: axes.map((axis) => sizes[axis]) }]));
}

export const parameterCount = (tensors) => Object.entries(tensors)
  .filter(([name]) => !TENSORS.includes(name))
  .reduce((sum, [, { shape }]) => sum + shape.reduce((product, size) => product * size, 1), 0);

/** Slices of `output` and of `h_n` that are equal: `{ output, state, direction }`, both Python expressions. */
export function equalSlices(settings) {
  const { batched, batch_first, packed, bidirectional } = settings;
  const each = isPadded(settings) && packed;
  const slice = (step, half) => {
    const index = !batched ? [step] : batch_first ? [each ? "b" : ":", step] : [step, each ? "b" : ":"];
    if (half) index.push(half);
    else if (index.at(-1) === ":") index.pop();
    return `output[${index.join(", ")}]`;
  };
  const last = each ? "lengths[b] - 1" : "-1";
  const state = (row) => `h_n[${row}${each ? ", b" : ""}]`;
  if (!bidirectional) return [{ output: slice(last, ""), state: state(-1), direction: 0 }];
  return [{ output: slice(last, ":H"), state: state(-2), direction: 0 }, { output: slice("0", "H:"), state: state(-1), direction: 1 }];
}

/** The steps to draw of T, and null for each place where some are left out. */
export function shownSteps(T, length) {
  if (T <= MOST_COLUMNS) return Array.from({ length: T }, (_, t) => t);
  const wanted = [0, 1, 2, length - 2, length - 1, length, T - 2, T - 1].filter((t) => t >= 0 && t < T);
  const sorted = [...new Set(wanted)].sort((a, b) => a - b);
  return sorted.flatMap((t, k) => (k && t > sorted[k - 1] + 1 ? [null, t] : [t]));
}

const counted = (number, thing) => `${number}\u00a0${thing}${number === 1 ? "" : "s"}`;

/** One line on what a tensor is, in these settings. */
function meaning(name, settings, tensors) {
  const { num_layers: L, batched, packed, lengths, input_size: I } = settings;
  const both = settings.bidirectional;
  if (name === "input") {
    if (!batched) return `one sequence, no batch axis: ${counted(I, "feature")} a step`;
    if (!isPadded(settings)) return `${counted(lengths.length, "sequence")} of equal length, ${counted(I, "feature")} a step`;
    const real = lengths.reduce((sum, length) => sum + length, 0);
    return packed ? `padded to the longest; packed, only ${counted(real, "real step")} are left` : "shorter sequences are padded to the longest";
  }
  if (name === "h_0") return `hidden states before the first step; zeros if you give none`;
  if (name === "c_0") return "cell states before the first step; zeros if you give none";
  if (name === "output") {
    return `h of the ${L > 1 ? "top" : "only"} layer at every step${both ? "; [\u2026, :H] forward, [\u2026, H:] reverse" : ""}`;
  }
  if (name === "h_n") return `h after the last step read${L > 1 ? `, of every layer${both ? " and direction" : ""}` : both ? ", of both directions" : ""}`;
  if (name === "c_n") return "c after the same step. output never shows c";
  const [, kind, layer, reverse] = name.match(/^(\w+?)_l(\d+)(_reverse)?$/);
  const from = layer === "0" ? `the ${counted(I, "input feature")}`
    : `the ${counted(tensors[name].shape[1], "number")} a step of layer ${layer - 1}${both ? ", both directions" : ""}`;
  return {
    weight_ih: `from ${from}, to the gates i, f, g, o, H rows each.`,
    weight_hh: `from its own h one step ${reverse ? "later" : "before"}, to the gates i, f, g, o, H rows each.`,
    bias_ih: "added to the gates i, f, g, o, beside weight_ih.",
    bias_hh: "added to the gates i, f, g, o a second time, beside weight_hh.",
  }[kind] + " The same at every step.";
}

/** What the line under the diagram says of a tensor: more than its row in the table. */
function explanation(name, settings, tensors) {
  const { num_layers: L, batch_first, batched, packed, hidden_size: H } = settings;
  const both = settings.bidirectional;
  const padded = isPadded(settings);
  if (STATES.includes(name)) {
    const place = (row) => `${name}[${row}] is layer ${both ? row >> 1 : row}${both ? (row % 2 ? " reverse" : " forward") : ""}`;
    const rows = L * (both ? 2 : 1);
    const first = rows > 4 ? `${place(0)}, \u2026 ${place(rows - 1)}` : Array.from({ length: rows }, (_, row) => place(row)).join(", ");
    return `${first}.${batched && batch_first ? " batch_first does not move B here." : ""}`;
  }
  if (name === "output") {
    const zeros = padded && packed ? " Unpacking fills padded steps with zeros." : padded ? " Padded steps hold numbers too, from reading the padding." : "";
    return `output: one slot a step${both ? `, the first ${H} numbers from forward, the other ${H} from reverse` : `, ${counted(H, "number")} each`}.${zeros}`;
  }
  return `${name}: ${meaning(name, settings, tensors)}`;
}

/** The program that the settings stand for. */
function program(settings) {
  const { input_size, hidden_size, num_layers, bias, batch_first, bidirectional, batched, packed } = settings;
  const options = [
    ...(num_layers > 1 ? [`num_layers=${num_layers}`] : []), ...(bias ? [] : ["bias=False"]),
    ...(batch_first ? ["batch_first=True"] : []), ...(bidirectional ? ["bidirectional=True"] : []),
  ];
  const first = batch_first ? ", batch_first=True" : "";
  return [
    `lstm = nn.LSTM(${[input_size, hidden_size, ...options].join(", ")})`,
    ...(batched && packed ? [
      `output, (h_n, c_n) = lstm(pack_padded_sequence(input, lengths${first}, enforce_sorted=False))`,
      `output, lengths = pad_packed_sequence(output${first})`,
    ] : ["output, (h_n, c_n) = lstm(input)"]),
  ].join("\n");
}

// ---------------------------------------------------------------- the diagram

const WIDTH = 664;
const [LEFT, RIGHT] = [160, 104]; // where the columns begin, and what is left behind them
const BOX = 24;
const lower = (number) => String(number).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));

/** The unrolled network as one sequence of the batch runs through it. `picked` is that sequence. */
function drawNetwork(settings, tensors, picked) {
  const { num_layers: L, lengths, batched, packed } = settings;
  const directions = directionsOf(settings);
  const T = stepsOf(settings);
  const length = lengths[batched ? picked : 0];
  const end = batched && !packed ? T : length; // the LSTM reads steps 0 to end - 1
  const columns = shownSteps(T, length);
  const wide = (WIDTH - LEFT - RIGHT) / columns.length;
  const at = (column) => LEFT + (column + 0.5) * wide;
  const rowHeight = Math.max(24, Math.min(34, Math.floor(190 / (L * directions.length))));
  const gap = L > 3 ? 12 : 18;
  const bandHeight = directions.length * rowHeight + 6;
  const inputTop = BOX + gap + L * (bandHeight + gap);
  const bandTop = (layer) => BOX + gap + (L - 1 - layer) * (bandHeight + gap);
  const height = inputTop + BOX;
  const cellWide = Math.max(10, Math.min(48, wide - 18));
  const cellHigh = rowHeight - 12;
  const layers = { bands: [], lines: [], pieces: [] };
  const box = (kind, x, y, w, h, { of = [], ...data }, ...text) => layers.pieces.push(svg("g",
    { "data-part": kind, "data-of": of.join(" "), ...Object.fromEntries(Object.entries(data).map(([key, value]) => [`data-${key}`, value])) },
    svg("rect", { x: x - w / 2, y, width: w, height: h, rx: kind === "cell" ? 7 : 4 }),
    ...text.map(([label, dx = 0]) => svg("text", { x: x + dx, y: y + h / 2 + 4.2, "text-anchor": "middle", class: label.length > 6 ? "sx-long" : null }, label))));
  const arrow = (x1, y1, x2, y2, of = [], faint = false) => {
    const [dx, dy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
    const head = `M${x2 - 6 * dx - 3.5 * dy} ${y2 - 6 * dy - 3.5 * dx}L${x2} ${y2}L${x2 - 6 * dx + 3.5 * dy} ${y2 - 6 * dy + 3.5 * dx}Z`;
    layers.lines.push(svg("g", { class: faint ? "sx-arrow sx-faint" : "sx-arrow", "data-of": of.join(" ") },
      svg("path", { class: "sx-line", d: `M${x1} ${y1}L${x2 - 5 * dx} ${y2 - 5 * dy}` }), svg("path", { class: "sx-head", d: head })));
  };
  const caption = (x, y, text, anchor = "end", kind = "") => layers.bands.push(svg("text", { x, y, "text-anchor": anchor, class: kind }, text));
  const biases = settings.bias ? ["bias_ih", "bias_hh"] : [];

  caption(LEFT - 12, BOX / 2 + 4.2, "output", "end", "sx-code");
  caption(LEFT - 12, inputTop + BOX / 2 + 4.2, "input", "end", "sx-code");
  columns.forEach((t, column) => {
    const x = at(column);
    if (t === null) {
      for (const y of [BOX / 2 + 4, inputTop + BOX / 2 + 4]) caption(x, y, "\u2026", "middle");
      return;
    }
    const [padding, idle] = [t >= length, t >= end];
    const pad = padding ? { padding: "" } : {};
    const boxWide = Math.min(56, wide - 6);
    box("input", x, inputTop, boxWide, BOX, { step: t, of: ["input"], ...pad },
      [padding ? (wide > 30 ? "pad" : "\u2013") : `x${lower(t + 1)}`]);
    directions.forEach((direction) => {
      const half = boxWide / directions.length;
      const ends = !idle && t === (direction ? 0 : end - 1) ? [`equality-${direction}`] : [];
      box("output", x + (directions.length === 2 ? (direction - 0.5) * half : 0), 0, half, BOX,
        { step: t, direction, of: ["output", ...ends], ...pad, ...(idle ? { idle: "" } : {}) },
        [idle ? "0" : directions.length === 1 ? `h${lower(t + 1)}` : half > 20 ? [":H", "H:"][direction] : "\u2192\u2190"[direction]]);
    });
    if (idle) return;
    for (let layer = 0; layer < L; layer++) {
      const from = layer ? bandTop(layer - 1) : inputTop;
      arrow(x, from, x, bandTop(layer) + bandHeight, directions.map((direction) => `weight_ih${suffixOf(layer, direction)}`));
    }
    arrow(x, bandTop(L - 1), x, BOX, ["output"]);
  });

  for (let layer = 0; layer < L; layer++) {
    const top = bandTop(layer);
    layers.bands.push(svg("rect", { class: "sx-band", x: 0, y: top, width: WIDTH, height: bandHeight, rx: 8 }));
    caption(8, top + bandHeight / 2 + 4.2, `layer ${layer}`, "start");
    for (const direction of directions) {
      const y = top + 3 + (direction + 0.5) * rowHeight;
      const suffix = suffixOf(layer, direction);
      const own = ["weight_ih", "weight_hh", ...biases].map((kind) => kind + suffix);
      const recurrent = [`weight_hh${suffix}`];
      const result = layer === L - 1 ? [`equality-${direction}`] : [];
      const order = direction ? -1 : 1;
      const shown = columns.map((t, column) => [t, column]).filter(([t]) => t !== null);
      const read = shown.filter(([t]) => t < end);
      if (direction) read.reverse();
      const [leftEdge, rightEdge] = [LEFT - 6, WIDTH - RIGHT + 6];
      const [start, stop] = direction ? [rightEdge, leftEdge] : [leftEdge, rightEdge];
      const [first, final] = [read[0][1], read.at(-1)[1]];
      arrow(start, y, at(first) - (order * cellWide) / 2, y, ["h_0", "c_0", ...recurrent]);
      read.slice(1).forEach(([, column], k) => arrow(at(read[k][1]) + (order * cellWide) / 2, y, at(column) - (order * cellWide) / 2, y, recurrent));
      arrow(at(final) + (order * cellWide) / 2, y, stop, y, ["h_n", "c_n", ...result]);
      for (const [t, column] of shown) {
        const idle = t >= end;
        const of = idle ? [] : [...own, ...(layer === L - 1 ? ["output"] : []), ...(column === first ? ["h_0", "c_0"] : []),
          ...(column === final ? ["h_n", "c_n", ...result] : [])];
        box("cell", at(column), y - cellHigh / 2, cellWide, cellHigh,
          { layer, direction, step: t, of, ...(t >= length ? { padding: "" } : {}), ...(idle ? { idle: "" } : {}) });
      }
      STATES.forEach((name, n) => {
        const atLeft = name.endsWith("0") !== Boolean(direction);
        const x = (atLeft ? LEFT - 80 : WIDTH - RIGHT + 34) + (n % 2) * 47;
        const equal = name === "h_n" ? result : [];
        box(name, x, y - 10, 45, 20, { layer, direction, of: [name, ...equal] }, [`${name}[${rowOf(settings, layer, direction)}]`]);
      });
    }
  }
  const title = `The network unrolled over ${counted(T, "step")}, ${counted(L, "layer")}${directions.length === 2 ? ", both directions" : ""}`
    + `${batched && lengths.length > 1 ? `, as sequence ${picked} of length ${length} runs through it` : ""}. output ${tensors.output.shape.join(" by ")}.`;
  return svg("svg", { viewBox: `-1 -1 ${WIDTH + 2} ${height + 2}`, role: "img", "aria-label": title }, layers.bands, layers.lines, layers.pieces);
}

// ---------------------------------------------------------------- the widget

function draw(root, state) {
  const get = (key) => state.get(key);
  const now = () => Object.fromEntries(SETTINGS.map((key) => [key, get(key)]));
  const live = announcer();
  let tensors = {};
  let equalities = [];
  let [pointed, focused] = ["", ""]; // the tensor or equality under the pointer, and the one that the keyboard is on
  let pinned = ""; // the equality that was clicked; a clicked tensor is in the state
  let waiting = false;
  const redraw = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; refresh(); });
  };
  const apply = (values) => {
    for (const [key, value] of Object.entries(values)) state.set(key, value);
    redraw();
  };

  // --- settings
  const error = element("p", { class: "sx-error", role: "alert", "data-role": "error" });
  const wrong = new Map();
  /** A labeled field for a whole number. A wrong one changes nothing and is named. */
  function numberField({ label, name, title = label, low = 1, high, onNumber }) {
    let before;
    const note = (problem) => {
      if (problem) wrong.set(name, problem);
      else wrong.delete(name);
      input.toggleAttribute("aria-invalid", false);
      if (problem) input.setAttribute("aria-invalid", "true");
      error.textContent = [...wrong.values()].join(" ");
    };
    const input = element("input", {
      type: "number", min: low, max: high, step: 1, "aria-label": title, "data-name": name, "data-lm-suppress-shortcuts": "true",
      oninput: () => {
        const value = input.valueAsNumber;
        const fits = Number.isInteger(value) && value >= low && value <= high;
        note(fits ? "" : `${title} must be a whole number from ${low} to ${high}.`);
        if (fits) onNumber(value);
      },
      onchange: () => { if (wrong.has(name)) live.say(wrong.get(name)); },
      onkeydown: (event) => { if (/^(Arrow|Home|End|Page)/.test(event.key)) event.stopPropagation(); if (event.key === "Enter") input.blur(); },
      // A click on the field's arrows is done with; a click into the field wants to type.
      onpointerdown: () => { before = input.value; },
      onpointerup: () => setTimeout(() => { if (input.value !== before) input.blur(); }),
    });
    const set = (value) => {
      if (input.valueAsNumber === value) return;
      input.value = value;
      note("");
    };
    return { node: element("label", { class: "sx-number" }, label && element("span", {}, label), input), input, set, drop: () => note("") };
  }
  const fields = ["input_size", "hidden_size", "num_layers"].map((name) =>
    [name, numberField({ label: name, name, high: LARGEST[name], onNumber: (value) => apply({ [name]: value }) })]);
  const batch = numberField({
    label: "batch", name: "batch", high: LARGEST.batch,
    onNumber: (count) => {
      const lengths = [...get("lengths")].slice(0, count);
      while (lengths.length < count) lengths.push(Math.max(1, lengths.at(-1) - 1));
      apply({ lengths, sequence: get("sequence") < count ? get("sequence") : 0 });
    },
  });
  const switches = [["bidirectional"], ["bias"], ["batch_first"], ["batched", "batch axis"], ["packed"]].map(([name, label = name]) => {
    const control = toggle({ label, value: get(name), onChange: (value) => apply({ [name]: value }) });
    control.input.dataset.name = name;
    return [name, control];
  });
  const [lstmSwitches, batchSwitches] = [switches.slice(0, 3), switches.slice(3)];
  const controls = element("div", { class: "ll-toolbar sx-controls" },
    element("div", { class: "ll-toolbar", role: "group", "aria-label": "Arguments of nn.LSTM" }, fields.map(([, field]) => field.node), lstmSwitches.map(([, { node }]) => node)),
    element("div", { class: "ll-toolbar sx-batching", role: "group", "aria-label": "The batch" }, batchSwitches[0][1].node, batch.node, batchSwitches[1][1].node));
  const code = element("code", { class: "sx-program" });

  // --- the batch: a row per sequence
  const rows = element("div", { class: "sx-rows" });
  let lengthRows = [];
  function buildRows() {
    lengthRows.forEach(({ field }) => field.drop());
    lengthRows = get("lengths").map((_, b) => {
      const pick = button(`b = ${b}`, b);
      const bar = element("span", { class: "sx-bar", "aria-hidden": "true" });
      const field = numberField({
        label: null, name: `length ${b}`, title: `length of sequence ${b}`, high: LARGEST.length,
        onNumber: (value) => apply({ lengths: get("lengths").map((old, k) => (k === b ? value : old)) }),
      });
      return { node: element("div", { class: "sx-row" }, pick, bar, field.node), pick, bar, field };
    });
    rows.replaceChildren(...lengthRows.map(({ node }) => node));
  }
  function button(text, b) {
    return element("button", {
      type: "button", "data-action": `sequence ${b}`, "data-lm-suppress-shortcuts": "true", title: "Show this sequence in the diagram",
      onclick: () => apply({ sequence: b }),
    }, text);
  }
  function paintRows(settings) {
    const T = stepsOf(settings);
    lengthRows.forEach(({ node, pick, bar, field }, b) => {
      const length = settings.lengths[b];
      node.hidden = !settings.batched && b > 0;
      pick.hidden = !settings.batched;
      pick.setAttribute("aria-pressed", String(b === shownSequence(settings)));
      field.set(length);
      const pads = Math.max(0, T - length);
      bar.replaceChildren(...(T <= MOST_TICKS
        ? Array.from({ length: T }, (_, t) => element("i", { class: t < length ? "" : "sx-pad" }))
        : [element("i", { style: `flex: ${length}` }), ...(pads ? [element("i", { class: "sx-pad", style: `flex: ${pads}` })] : [])]));
    });
    batch.node.hidden = !settings.batched;
    batchSwitches[1][1].node.hidden = !settings.batched;
  }
  const shownSequence = ({ batched, lengths }) => (batched ? Math.min(get("sequence"), lengths.length - 1) : 0);

  // --- tensors
  const lightens = (key) => ({
    "data-lm-suppress-shortcuts": "true", type: "button",
    onpointerenter: () => { pointed = key; light(); },
    onpointerleave: () => { pointed = ""; light(); },
    onfocus: (event) => { if (event.target.matches(":focus-visible")) focused = key; light(); },
    onblur: () => { focused = ""; light(); },
    onclick: () => {
      const again = key === (pinned || get("tensor"));
      pinned = !again && key.startsWith("equality") ? key : "";
      apply({ tensor: again || pinned ? "" : key });
    },
  });
  const dims = (name) => {
    const { shape, axes } = tensors[name];
    return element("span", { class: "sx-shape", "data-shape": JSON.stringify(shape), "data-axes": JSON.stringify(axes) },
      shape.flatMap((size, k) => [k ? element("span", { class: "sx-times" }, "\u00d7") : null,
        element("span", { class: "sx-dim" }, element("b", {}, String(size)), " ", element("small", {}, axes[k]))]));
  };
  const tensorButtons = TENSORS.map((name) => {
    const what = element("span", { class: "sx-what" });
    const shape = element("span", {});
    const node = element("button", { class: "sx-tensor", "data-tensor": name, "data-action": `light ${name}`, ...lightens(name) }, element("code", {}, name), shape, what);
    return { name, node, refresh: (settings) => { shape.replaceChildren(dims(name)); what.textContent = meaning(name, settings, tensors); } };
  });
  const equal = element("div", { class: "sx-equal" });
  function paintEqual(settings) {
    const [L, D] = [settings.num_layers, directionsOf(settings).length];
    const notes = [];
    const inner = (L - 1) * D;
    if (isPadded(settings) && !settings.packed) notes.push("Not packed: the LSTM reads the padding too, and h_n is the state after it.");
    if (D === 2) notes.push(`${equalities[0].output.replace(":H", "H:")} is not h_n[-1]: at the last step the reverse half has read one step.`);
    if (inner) notes.push(`h_n[0]${inner > 1 ? (inner > 2 ? ` \u2026 h_n[${inner - 1}]` : ", h_n[1]") : ""}: lower ${L > 2 ? "layers" : "layer"}, nowhere in output.`);
    equal.replaceChildren(
      ...equalities.map(({ output, state: row, direction }) => element("button",
        { class: "sx-equality", "data-equality": `${output} == ${row}`, "data-action": `equality ${direction}`, ...lightens(`equality-${direction}`) },
        element("code", {}, output), element("span", { class: "sx-is" }, " == "), element("code", {}, row))),
      ...notes.map((note) => element("p", { class: "sx-note" }, note)));
  }

  // --- parameters
  const heading = {
    weight_ih: "what comes in, to 4 gates", weight_hh: "h before, to 4 gates", bias_ih: "added to the gates", bias_hh: "added once more",
  };
  const parameters = element("div", { class: "sx-parameters", role: "group", "aria-label": "Parameters" });
  const total = element("span", { class: "sx-total" });
  function paintParameters(settings) {
    const kinds = settings.bias ? KINDS : KINDS.slice(0, 2);
    const names = Object.keys(tensors).filter((name) => !TENSORS.includes(name));
    parameters.classList.toggle("sx-no-bias", !settings.bias);
    parameters.replaceChildren(
      ...kinds.map((kind) => element("span", { class: "sx-kind" }, element("code", {}, kind), " ", heading[kind])),
      ...names.map((name) => element("button", { class: "sx-parameter", "data-tensor": name, "data-action": `light ${name}`, ...lightens(name) },
        element("code", {}, name), " ", dims(name))));
    const count = parameterCount(tensors);
    total.dataset.parameters = count;
    total.textContent = count.toLocaleString("en-US");
  }

  // --- light
  const detail = element("p", { class: "sx-detail" });
  const picture = element("div", { class: "sx-picture" });
  function light() {
    const settings = now();
    const key = pointed || focused || pinned || get("tensor");
    const known = key in tensors || equalities.some(({ direction }) => key === `equality-${direction}`);
    root.toggleAttribute("data-lights", known);
    picture.style.setProperty("--sx-lit", key.startsWith("c_") ? "var(--ll-c)" : /^(h_|output|equality)/.test(key) ? "var(--ll-h)" : "var(--ll-focus)");
    for (const node of picture.querySelectorAll("[data-of]")) node.toggleAttribute("data-lit", known && node.dataset.of.split(" ").includes(key));
    for (const node of root.querySelectorAll("button.sx-tensor, button.sx-parameter, button.sx-equality")) {
      const own = node.dataset.tensor ?? node.dataset.action.replace(" ", "-");
      node.setAttribute("aria-pressed", String(own === (pinned || get("tensor"))));
      node.toggleAttribute("data-lit", own === key);
    }
    if (known && key.startsWith("equality")) {
      const { output, state: row, direction } = equalities.find((one) => key === `equality-${one.direction}`);
      detail.textContent = `${output} and ${row} are the same numbers: h of the top layer where the ${direction ? "reverse" : "forward"} reading ends.`;
    } else if (known) detail.textContent = explanation(key, settings, tensors);
    else detail.textContent = "Point at a tensor, or focus it, to light up the cells that it belongs to.";
  }

  // A slide has room for the picture or for the tables.
  const turn = element("button", { type: "button", class: "sx-turn", "data-action": "turn", onclick: () => {
    const turned = root.classList.toggle("sx-turned");
    turn.textContent = turned ? "Picture" : "Tensors and parameters";
  } }, "Tensors and parameters");
  root.append(controls, turn, error, code,
    element("div", { class: "sx-main" },
      element("div", { class: "sx-left" }, picture, detail, element("div", { class: "sx-batch" }, rows)),
      element("div", { class: "sx-right" }, element("div", { role: "group", "aria-label": "Tensors" }, tensorButtons.map(({ node }) => node)), equal)),
    element("p", { class: "sx-heading" }, element("strong", {}, total, " parameters"), element("span", { class: "ll-quiet sx-sizes" })),
    parameters, live.node);

  let spoken = false;
  let drawn = "";
  function refresh() {
    const settings = now();
    const text = JSON.stringify([settings, get("sequence")]);
    if (text !== drawn) {
      drawn = text;
      tensors = tensorShapes(settings);
      equalities = equalSlices(settings);
      if (get("tensor") && !(get("tensor") in tensors)) state.set("tensor", "");
      if (pinned === "equality-1" && equalities.length === 1) pinned = "";
      fields.forEach(([name, field]) => field.set(settings[name]));
      switches.forEach(([name, control]) => { control.input.checked = settings[name]; });
      batch.set(settings.lengths.length);
      code.textContent = program(settings);
      if (lengthRows.length !== settings.lengths.length) buildRows();
      paintRows(settings);
      const [B, T, D] = [settings.lengths.length, stepsOf(settings), directionsOf(settings).length];
      picture.replaceChildren(drawNetwork(settings, tensors, shownSequence(settings)));
      tensorButtons.forEach((one) => one.refresh(settings));
      paintEqual(settings);
      paintParameters(settings);
      const pads = settings.batched ? B * T - settings.lengths.reduce((sum, length) => sum + length, 0) : 0;
      const padding = pads ? `, ${pads} of the ${B * T} are padding` : "";
      root.querySelector(".sx-sizes").textContent = ` I = ${settings.input_size}, H = ${settings.hidden_size}, `
        + `L = ${counted(settings.num_layers, "layer")}, D = ${counted(D, "direction")}, ${settings.batched ? `B = ${counted(B, "sequence")}, ` : ""}T = ${counted(T, "step")}${padding}`;
      if (spoken) {
        live.say(`${["input", "output", "h_n"].map((name) => `${name} ${tensors[name].shape.join(" by ")}`).join("; ")}; `
          + `${parameterCount(tensors)} parameters`);
      }
      spoken = true;
    }
    light();
  }
  state.onChange([...SETTINGS, "sequence", "tensor"], redraw);
  refresh();
}

const { render, mount } = entryPoints("shape_explorer", draw, SHAPE_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
