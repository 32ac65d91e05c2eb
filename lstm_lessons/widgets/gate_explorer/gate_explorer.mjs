// GateExplorer: one step of the cell. The page is built once; a moved slider changes attributes and texts of it.
import { lstmStep } from "../shared/cell.mjs";
import { GATE_EXPLORER_PICTURE } from "./gate_explorer_picture.mjs";
import { GATE_EXPLORER_PRESETS } from "./gate_explorer_presets.mjs";
import { GATE_EXPLORER_STYLES } from "./gate_explorer_styles.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { announcer, button, copyText, element, entryPoints, format, slider, svg, symbol } from "../shared/ui.mjs";

const GATE_LETTERS = ["i", "f", "g", "o"]; // PyTorch's order of the rows
const PREVIOUS = "t-1";
const NEUTRAL = "Every number in this cell has a slider. Move one, and follow the change from left to right.";

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const products = (row, vector) => row.map((weight, k) => weight * vector[k]);
const rounded = (number) => Math.round(number * 100) / 100;

// ---------------------------------------------------------------- presets

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/** Weights and state of a preset; `preset_state` in Python says how. */
export function presetState(preset, I, H) {
  const bound = 1 / Math.sqrt(H);
  const drawn = { uniform: () => bound * (2 * Math.random() - 1), normal: () => 2 * normal() }[preset.draw];
  const rows = GATE_LETTERS.flatMap((gate) => Array.from({ length: H }, (_, k) => ({ gate, k })));
  const matrix = (columns, byHand) =>
    rows.map(({ gate, k }) => Array.from({ length: columns }, (_, j) => (drawn ? rounded(drawn()) : byHand(gate, k, j))));
  const weights = {
    w_ih: matrix(I, (gate, k, j) => (j === k % I ? preset.gates[gate][0] : 0)),
    w_hh: matrix(H, (gate, k, j) => (j === k ? preset.gates[gate][1] : 0)),
    b_ih: matrix(1, (gate) => preset.gates[gate][2]).flat(),
    b_hh: matrix(1, () => 0).flat(),
  };
  return { weights, x: Array(I).fill(preset.x), h: Array(H).fill(preset.h), c: Array(H).fill(preset.c) };
}

// ---------------------------------------------------------------- what is drawn

/** Everything that the picture's templates name, for one unit; `_figures` in Python computes the same. */
export function figures({ weights, x, h, c }, step, unit) {
  const H = h.length;
  const flows = {
    c_prev: c[unit], kept: step.f[unit] * c[unit], g: step.g[unit], written: step.i[unit] * step.g[unit],
    c: step.c[unit], tanh: Math.tanh(step.c[unit]), h: step.h[unit],
  };
  const all = { "x.text": vectorText(x), "h_prev.text": vectorText(h) };
  GATE_LETTERS.forEach((gate, n) => {
    const [row, value] = [n * H + unit, step[gate][unit]];
    flows[`${gate}.from_x`] = sum(products(weights.w_ih[row], x));
    flows[`${gate}.from_h`] = sum(products(weights.w_hh[row], h));
    all[`${gate}.text`] = format(value);
    all[`${gate}.percent`] = `${Math.round(100 * value)} %`;
    all[`${gate}.open`] = rounded(10 * value);
    all[`${gate}.dot_x`] = rounded(6.2 * Math.max(-6, Math.min(6, step.z[row])));
    all[`${gate}.dot_y`] = rounded(gate === "g" ? -15 * value : -30 * (value - 0.5));
  });
  for (const [key, exact] of Object.entries(flows)) {
    const value = Math.abs(exact) < 0.005 ? 0 : exact; // a number shown as 0.00 has no sign
    const width = (value < 0 ? 4 : 2) + 16 * (1 - Math.exp(-Math.abs(value)));
    all[`${key}.width`] = rounded(width);
    all[`${key}.hollow`] = value < 0 ? rounded(width - 2.8) : 0;
    all[`${key}.text`] ??= format(value);
  }
  all["kept.text"] = `kept ${all["kept.text"]}`;
  all["written.text"] = `written ${all["written.text"]}`;
  return all;
}

const vectorText = (values) => (values.length === 1 ? format(values[0]) : `${values.length} values`);

/** The picture, and a function that fills the figures into it. */
function cellPicture() {
  const parsed = new DOMParser().parseFromString(GATE_EXPLORER_PICTURE, "image/svg+xml").documentElement;
  const node = document.importNode(parsed, true);
  node.setAttribute("role", "img");
  const bindings = [];
  for (const part of node.querySelectorAll("*")) {
    for (const { name, value } of [...part.attributes]) {
      if (!name.startsWith("data-bind-")) continue;
      part.removeAttribute(name);
      bindings.push({ part, name: name.slice("data-bind-".length), template: value, last: null });
    }
  }
  function update(values, description) {
    for (const binding of bindings) {
      const text = binding.template.replace(/\{([\w.]+)\}/g, (_, key) => values[key]);
      if (text === binding.last) continue;
      binding.last = text;
      if (binding.name === "text") binding.part.textContent = text;
      else binding.part.setAttribute(binding.name, text);
    }
    node.setAttribute("aria-label", description);
  }
  return { node, update };
}

/** "x_t" and "c_{t-1}" in a sentence become symbols. */
const rich = (text) => text.split(/\b(\w_(?:\{[^}]+\}|\w))/).map((part, n) => {
  if (n % 2 === 0) return part;
  return symbol(part[0], part.slice(2).replace(/[{}]/g, ""));
});

const math = (...parts) => element("span", { class: "ge-math" }, parts);
const together = (...parts) => element("span", { class: "ge-together" }, parts);
const bracketed = (number) => (number < 0 ? `(${format(number)})` : format(number));
const product = (weight, value) => `${format(weight)}\u00a0\u00b7\u00a0${bracketed(value)}`;
/** "a + b + c" with "− b" where a term is a negative product or number. */
const joined = (terms) => terms.map((term, n) => {
  if (n === 0) return term;
  return term.startsWith("\u2212") ? ` \u2212\u00a0${term.slice(1)}` : ` +\u00a0${term}`;
}).join("");

// ---------------------------------------------------------------- PyTorch code

const python = (value) => Array.isArray(value) ? `[${value.map(python).join(", ")}]` : pythonNumber(value);
function pythonNumber(value) {
  const text = String(Number(value.toPrecision(12)));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A program that builds this cell with `torch.nn.LSTMCell` and runs this step. */
export function pytorchCode({ weights, x, h, c }) {
  const tensor = (value) => `torch.tensor(${python(value)}, dtype=torch.float64)`;
  const matrix = (name, rows) => {
    const lines = rows.map((row, n) => {
      const [gate, k] = [GATE_LETTERS[Math.floor(n / h.length)], n % h.length];
      return `        ${python(row)},  # ${gate}${h.length > 1 ? `, unit ${k}` : ""}`;
    });
    return [`    cell.${name}.copy_(torch.tensor([`, ...lines, "    ], dtype=torch.float64))"];
  };
  return [
    "import torch",
    "from torch import nn",
    "",
    `cell = nn.LSTMCell(input_size=${x.length}, hidden_size=${h.length}, dtype=torch.float64)`,
    "with torch.no_grad():",
    ...matrix("weight_ih", weights.w_ih),
    ...matrix("weight_hh", weights.w_hh),
    `    cell.bias_ih.copy_(${tensor(weights.b_ih)})`,
    `    cell.bias_hh.copy_(${tensor(weights.b_hh)})`,
    "",
    `x = ${tensor(x)}`,
    `h = ${tensor(h)}`,
    `c = ${tensor(c)}`,
    "h, c = cell(x, (h, c))",
    "print(h)",
    "print(c)",
    "",
  ].join("\n");
}

// ---------------------------------------------------------------- the widget

function draw(root, state) {
  const current = () => ({ weights: state.get("weights"), x: state.get("x"), h: state.get("h"), c: state.get("c") });
  const start = state.get("start")?.weights ? state.get("start") : current();
  const [I, H] = [start.x.length, start.h.length];
  const unitNow = () => state.get("unit");
  const apply = (values) => {
    for (const [key, value] of Object.entries(values)) state.set(key, value);
    redraw();
  };
  // Several changes at once (a preset, a message from Python) are one redraw, still before the next frame.
  let waiting = false;
  const redraw = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; refresh(); });
  };
  // What each number on the page needs on a change; every part adds its own.
  const updates = [];

  // --- presets
  const byHand = new Map(
    GATE_EXPLORER_PRESETS.filter((preset) => !preset.draw)
      .map((preset) => [JSON.stringify(presetState(preset, I, H).weights), preset]));
  let lastDrawn = null;
  const sentence = element("p", { class: "ge-sentence" });
  const presetButtons = GATE_EXPLORER_PRESETS.map((preset) => [preset, button(preset.name, () => {
    const values = presetState(preset, I, H);
    if (preset.draw) lastDrawn = { key: JSON.stringify(values.weights), preset };
    apply(values);
  }, { "data-preset": preset.name, class: "ge-chip" })]);
  let shownPreset;
  updates.push(({ weights }) => {
    const key = JSON.stringify(weights);
    const preset = lastDrawn?.key === key ? lastDrawn.preset : byHand.get(key) ?? null;
    if (preset === shownPreset) return;
    shownPreset = preset;
    presetButtons.forEach(([other, node]) => node.setAttribute("aria-pressed", other === preset));
    sentence.replaceChildren(...rich(preset ? preset.sentence : NEUTRAL));
  });

  // --- sliders
  const vectorSliders = (key, subscript, limit, what) => state.get(key).map((value, k, all) => {
    const many = all.length > 1;
    const control = slider({
      label: element("span", {}, symbol(key, subscript), many ? `[${k}]` : null),
      name: `${key}_${k}`, title: many ? `${what}, number ${k}` : what, min: -limit, max: limit, step: 0.05, value,
      color: key === "x" ? undefined : `var(--ll-${key})`,
      onInput: (next) => apply({ [key]: state.get(key).map((old, j) => (j === k ? next : old)) }),
    });
    updates.push((now) => control.set(now[key][k]));
    return control.node;
  });
  const inputs = element("div", { class: "ge-inputs", role: "group", "aria-label": "Input and previous state" },
    element("div", {}, vectorSliders("x", "t", 3, "input x")),
    element("div", {}, vectorSliders("h", PREVIOUS, 1, "hidden state h before the step")),
    element("div", {}, vectorSliders("c", PREVIOUS, 3, "cell state c before the step")));

  function weightSlider(key, row, column, letter, subscript, title) {
    const read = (weights) => (column === null ? weights[key][row] : weights[key][row][column]);
    const indices = column === null ? [row % H] : [row % H, column];
    const control = slider({
      label: element("span", {}, symbol(letter, subscript), I + H > 2 ? `[${indices}]` : null),
      name: [letter, subscript, ...indices].join("_"), title, min: -6, max: 6, step: 0.05,
      value: read(state.get("weights")), color: `var(--ll-${subscript[1]})`,
      onInput: (next) => {
        const weights = state.get("weights");
        const rows = [...weights[key]];
        rows[row] = column === null ? next : rows[row].map((old, j) => (j === column ? next : old));
        apply({ weights: { ...weights, [key]: rows } });
      },
    });
    updates.push((now) => { if (row % H === now.unit) control.set(read(now.weights)); });
    return control.node;
  }

  function weightSliders(gate, n, k) {
    const [row, name] = [n * H + k, PALETTE[gate].name];
    const from = (count, key, letter, source) => Array.from({ length: count }, (_, j) =>
      weightSlider(key, row, j, "W", `${letter}${gate}`,
        `${name}, weight of ${source}${count > 1 ? ` number ${j}` : ""}${H > 1 ? `, unit ${k}` : ""}`));
    const bias = (key, letter) =>
      weightSlider(key, row, null, "b", `${letter}${gate}`, `${name}, bias b_${letter}h${H > 1 ? `, unit ${k}` : ""}`);
    const group = element("div", { class: "ge-weights", role: "group", "aria-label": `Weights of the ${name}` },
      element("div", {}, from(I, "w_ih", "i", "x"), bias("b_ih", "i")),
      element("div", {}, from(H, "w_hh", "h", "h"), bias("b_hh", "h")));
    updates.push((now) => { group.hidden = k !== now.unit; });
    return group;
  }

  // --- numbers with their marks for readers of the page
  const marked = (attributes, key, read) => {
    const node = element("span", { class: "ge-number", "data-step": 0, ...attributes, "data-symbol": key });
    let last;
    updates.push((now) => {
      const [value, unit] = [read(now), attributes["data-unit"] ?? now.unit];
      if (last === `${value} ${unit}`) return;
      last = `${value} ${unit}`;
      node.setAttribute("data-value", value);
      node.setAttribute("data-unit", unit);
      node.textContent = format(value);
    });
    return node;
  };
  const shown = (key, read) => {
    const node = element("span", { "data-shows": key });
    let last;
    updates.push((now) => {
      const text = read(now);
      if (text !== last) node.textContent = last = text;
    });
    return node;
  };
  const echo = (key) => shown(key, (now) => format(now.step[key][now.unit]));
  /** The value of the unit on show. With several units the table holds the marked ones. */
  const result = (key) => (H === 1
    ? marked({ "data-unit": 0 }, key, (now) => now.step[key][0])
    : echo(key));

  // --- equations
  const dashed = (key) => svg("svg", { class: "ge-dash", viewBox: "0 0 28 8", "aria-hidden": "true" },
    svg("path", { d: "M1 4 H27", stroke: `var(--ll-${key})`, "stroke-width": 4, "stroke-dasharray": PALETTE[key].dash }));
  const card = (key, ...children) => element("div", { role: "group", class: `ge-card${key in start ? " ge-wide" : ""}`, style: `--ge-color: var(--ll-${key})`, "aria-label": PALETTE[key].name },
    element("div", { class: "ge-card-head" }, dashed(key), element("span", { class: "ge-name" }, PALETTE[key].name),
      math(symbol(key, "t"), " = ", result(key))), children);
  const panels = [];

  function gateCard(gate, n) {
    const squash = gate === "g" ? "tanh" : "\u03c3";
    const rowOf = (now) => n * H + now.unit;
    const terms = (now) => {
      const { w_ih, w_hh, b_ih, b_hh } = now.weights;
      const row = rowOf(now);
      return joined([
        ...now.x.map((value, j) => product(w_ih[row][j], value)), format(b_ih[row]),
        ...now.h.map((value, j) => product(w_hh[row][j], value)), format(b_hh[row]),
      ]);
    };
    const panel = element("details", { class: "ge-panel", open: I + H === 2 },
      element("summary", { "data-lm-suppress-shortcuts": "true" }, "Weights and biases"),
      Array.from({ length: H }, (_, k) => weightSliders(gate, n, k)));
    panels.push(panel);
    return card(gate,
      element("div", { class: "ge-equation" }, math(symbol(gate, "t"), " = ", squash, "(", together(symbol("W", `i${gate}`), "\u2009", symbol("x", "t")), " + ",
        symbol("b", `i${gate}`), " + ", together(symbol("W", `h${gate}`), "\u2009", symbol("h", PREVIOUS)), " + ", together(symbol("b", `h${gate}`), ")"))),
      element("div", { class: "ge-equation ge-figures" }, "= ", squash, "(", shown(`terms_${gate}`, terms), ") ",
        together("= ", squash, "(", marked({}, `z_${gate}`, (now) => now.step.z[rowOf(now)]), ") = ", echo(gate))),
      panel);
  }

  const now2 = (read) => (now) => read(now.step, now.unit, now);
  const cells = card("c",
    element("div", { class: "ge-equation" }, math(symbol("c", "t"), " = ", symbol("f", "t"), " \u00b7 ", symbol("c", PREVIOUS), " + ", symbol("i", "t"), " \u00b7 ", symbol("g", "t"))),
    element("div", { class: "ge-equation ge-figures" }, "= ", shown("terms_c", now2((step, k, now) =>
      joined([product(step.f[k], now.c[k]), product(step.i[k], step.g[k])]))), " ",
    together("= ", shown("sum_c", now2((step, k, now) =>
      joined([format(step.f[k] * now.c[k]), format(step.i[k] * step.g[k])]))), " = ", echo("c"))));
  const hidden = card("h",
    element("div", { class: "ge-equation" }, math(symbol("h", "t"), " = ", symbol("o", "t"), " \u00b7 tanh(", symbol("c", "t"), ")")),
    element("div", { class: "ge-equation ge-figures" }, "= ", shown("terms_h", now2((step, k) => `${format(step.o[k])}\u00a0\u00b7\u00a0tanh(${format(step.c[k])})`)), " ",
      together("= ", shown("product_h", now2((step, k) => product(step.o[k], Math.tanh(step.c[k])))), " = ", echo("h"))));
  const cards = element("div", { class: "ge-cards" }, GATE_LETTERS.map(gateCard), cells, hidden);

  // --- all units
  const unitTable = () => {
    const keys = Object.keys(PALETTE);
    const rows = Array.from({ length: H }, (_, k) => {
      const pick = button(`unit ${k}`, () => apply({ unit: k }), { "data-unit-choice": k });
      updates.push((now) => pick.setAttribute("aria-pressed", now.unit === k));
      return element("tr", {}, element("th", { scope: "row" }, pick),
        keys.map((key) => element("td", {}, marked({ "data-unit": k }, key, (now) => now.step[key][k]))));
    });
    return element("table", { class: "ge-units" },
      element("caption", {}, "All units. The picture and the equations show the one you choose."),
      element("thead", {}, element("tr", {}, element("td", {}), keys.map((key) =>
        element("th", { scope: "col", style: `color: var(--ll-${key})` }, symbol(key, "t"))))),
      element("tbody", {}, rows));
  };

  // --- toolbar
  const live = announcer();
  const code = element("pre", { class: "ge-code", hidden: true, tabindex: 0, "aria-label": "PyTorch code" });
  let copiedTimer;
  const copy = button("Copy as PyTorch", async () => {
    const text = pytorchCode(current());
    const copied = await copyText(text);
    code.textContent = text;
    code.hidden = copied;
    copy.textContent = copied ? "Copied" : "Copy the code below";
    live.say(copy.textContent);
    clearTimeout(copiedTimer);
    copiedTimer = setTimeout(() => { copy.textContent = "Copy as PyTorch"; }, 2000);
  }, { "data-action": "copy" });
  const reset = button("Reset", () => apply(start), { "data-action": "reset" });
  const all = button("", () => {
    const open = !panels.every((panel) => panel.open);
    panels.forEach((panel) => { panel.open = open; });
  }, { "data-action": "weights" });
  // A slide has room for the picture or for the equations with their sliders.
  const turn = button("Equations and weights", () => {
    const turned = root.classList.toggle("ge-turned");
    turn.textContent = turned ? "Picture of the cell" : "Equations and weights";
  }, { "data-action": "turn", class: "ge-turn" });
  const nameAll = () => { all.textContent = panels.every((panel) => panel.open) ? "Hide all weights" : "Show all weights"; };
  panels.forEach((panel) => panel.addEventListener("toggle", nameAll));
  nameAll();

  const picture = cellPicture();
  // In a very narrow column the picture scrolls sideways; then the keyboard must be able to scroll it.
  const frame = element("div", { class: "ge-picture", role: "group", "aria-label": "Picture of the cell" }, picture.node);
  const resized = new ResizeObserver(() => {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  });
  resized.observe(frame);
  root.classList.toggle("ge-many", I + H > 2);
  root.append(
    element("div", { class: "ge-head" }, element("strong", {}, "One step of an LSTM cell"),
      element("div", { class: "ll-toolbar" }, turn, reset, copy)),
    code,
    element("div", { class: "ge-presets", role: "group", "aria-label": "Presets" }, presetButtons.map(([, node]) => node)),
    sentence, inputs, frame,
    element("p", { class: "ge-legend ll-quiet" }, "A thicker pipe carries a larger number, a hollow pipe a negative one. A gate is a valve: open at 1, shut at 0."),
    ...(H > 1 ? [unitTable()] : []),
    element("div", { class: "ge-head ge-cards-head" },
      element("span", {}, element("strong", {}, "The equations, with these numbers"), element("span", { class: "ge-note ll-quiet" }, " rounded to two digits")), all),
    cards, live.node);

  let spoken = false;
  function refresh() {
    const now = { ...current(), unit: unitNow() };
    now.step = lstmStep(now.x, now.h, now.c, now.weights);
    updates.forEach((update) => update(now));
    const text = Object.keys(PALETTE).map((key) => `${key} ${format(now.step[key][now.unit])}`).join(", ");
    picture.update(figures(now, now.step, now.unit), `One step of an LSTM cell: ${text}`);
    if (spoken) live.say(text);
    spoken = true;
  }
  state.onChange(["weights", "x", "h", "c", "unit"], redraw);
  refresh();
  return () => { clearTimeout(copiedTimer); resized.disconnect(); };
}

const { render, mount } = entryPoints("gate_explorer", draw, GATE_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
