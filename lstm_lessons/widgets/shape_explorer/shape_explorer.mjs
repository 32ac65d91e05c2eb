// The shape explorer: settings of nn.LSTM, the unrolled network, and the shape of every tensor.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-tensor="output"]`: one element per tensor (`input`, `h_0`, `c_0`, `output`, `h_n`, `c_n`) and per
//   parameter (`weight_ih_l0` ... `bias_hh_l1_reverse`). In it, `[data-shape]` holds the shape as a JSON list (`[3,
//   6, 8]`) and `data-axes` the axis names (`["B", "T", "D·H"]`).
// - `[data-parameters]`: the number of parameters.
// - `[data-equality]`: one element per equality of `ShapeExplorer.equalities`; the attribute is the Python
//   expression, `output[:, -1, :H] == h_n[-2]`.
// - `[data-part]`: one element per piece of the diagram: `input`, `cell`, `output`, `h_0`, `c_0`, `h_n` or `c_n`,
//   with `data-layer`, `data-direction` and `data-step` where they apply. `data-of` lists the tensors that it
//   belongs to, `data-padding` marks a padded step, `data-idle` a cell that does not run there, and `data-lit` the
//   pieces that are lit. Each of them, and each `[data-light]` (the names in the diagram), answers to the pointer. The
//   keys reach the `[role=button]` among them.
// - `[data-name]`: the controls, by the name of their trait; `length 0`, `length 1` ... for the lengths.
//   `[data-action]`: `light output` ..., `equality 0` ..., `sequence 0` ...
// - `[data-role="error"]`: what is wrong with the last number that was typed, or nothing.
import { drawNetwork } from "./shape_diagram.mjs";
import { SHAPE_EXPLORER_STYLES } from "./shape_explorer_styles.mjs";
import {
  directionsOf,
  equalSlices,
  isPadded,
  KINDS,
  parameterCount,
  stepsOf,
  suffixOf,
  TENSORS,
  tensorShapes,
} from "./shape_rules.mjs";
import { SHAPE_EXPLORER_TOUR } from "./shape_explorer_tour.mjs";
import { counted, explanation, meaning, program } from "./shape_words.mjs";
import { keepInputKeys, takeKeys } from "../shared/keys.mjs";
import { tourButton } from "../shared/tour.mjs";
import { announcer, coalesced, element, entryPoints, setAttributes, toggle } from "../shared/ui.mjs";

const LSTM_ARGUMENTS = ["input_size", "hidden_size", "num_layers", "bias", "batch_first", "bidirectional"];
const SETTINGS = [...LSTM_ARGUMENTS, "lengths", "batched", "packed"];
const LARGEST = { input_size: 4096, hidden_size: 4096, num_layers: 6, batch: 64, length: 512 };
const MOST_TICKS = 24; // steps that a bar of the batch shows one by one
const HEADINGS = {
  weight_ih: "what comes in, to 4 gates",
  weight_hh: "h before, to 4 gates",
  bias_ih: "added to the gates",
  bias_hh: "added once more",
};

// ---------------------------------------------------------------- settings

// A maker of labeled fields for a whole number. A wrong number changes nothing and is named in `error`.
function numberFields(error, live) {
  const wrong = new Map();
  return ({ label, name, title = label, high, onNumber }) => {
    const note = (problem) => {
      if (problem) wrong.set(name, problem);
      else wrong.delete(name);
      if (problem) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      error.textContent = [...wrong.values()].join(" ");
    };
    const input = element("input", {
      type: "number",
      min: 1,
      max: high,
      step: 1,
      "aria-label": title,
      "data-name": name,
      "data-lm-suppress-shortcuts": "true",
      oninput: () => {
        const value = input.valueAsNumber;
        const fits = Number.isInteger(value) && value >= 1 && value <= high;
        note(fits ? "" : `${title} must be a whole number from 1 to ${high}.`);
        if (fits) onNumber(value);
      },
      onchange: () => {
        if (wrong.has(name)) live.say(wrong.get(name));
      },
      onkeydown: keepInputKeys,
    });
    const set = (value) => {
      if (input.valueAsNumber === value) return;
      input.value = value;
      note("");
    };
    const node = element("label", { class: "sx-number" }, label && element("span", {}, label), input);
    return { node, set, drop: () => note("") };
  };
}

// The arguments of nn.LSTM and of the batch.
function settingsPanel(get, apply, numberField) {
  const fields = LSTM_ARGUMENTS.slice(0, 3).map((name) => {
    const onNumber = (value) => apply({ [name]: value });
    return [name, numberField({ label: name, name, high: LARGEST[name], onNumber })];
  });
  const batch = numberField({
    label: "batch",
    name: "batch",
    high: LARGEST.batch,
    onNumber: (count) => {
      const lengths = [...get("lengths")].slice(0, count);
      while (lengths.length < count) lengths.push(Math.max(1, lengths.at(-1) - 1));
      apply({ lengths, sequence: get("sequence") < count ? get("sequence") : 0 });
    },
  });
  const switchOf = (name, label = name) => [
    name,
    toggle({ label, name, value: get(name), onChange: (value) => apply({ [name]: value }) }),
  ];
  const ofLstm = ["bidirectional", "bias", "batch_first"].map((name) => switchOf(name));
  const [batched, packed] = [switchOf("batched", "batch axis"), switchOf("packed")];
  const group = (label, kind, ...nodes) =>
    element("div", { class: `ll-toolbar${kind}`, role: "group", "aria-label": label }, nodes);
  const node = element(
    "div",
    { class: "ll-toolbar sx-controls" },
    group("Arguments of nn.LSTM", "", ...[...fields, ...ofLstm].map(([, control]) => control.node)),
    group("The batch", " sx-batching", batched[1].node, batch.node, packed[1].node),
  );
  function refresh(settings) {
    fields.forEach(([name, field]) => field.set(settings[name]));
    for (const [name, { input }] of [...ofLstm, batched, packed]) input.checked = settings[name];
    batch.set(settings.lengths.length);
    batch.node.hidden = !settings.batched;
    packed[1].node.hidden = !settings.batched;
  }
  return { node, refresh };
}

// A row for each sequence of the batch.
function batchPanel(get, apply, numberField) {
  const node = element("div", { class: "sx-rows" });
  let rows = [];
  const rowOf = (b) => {
    const pick = element(
      "button",
      {
        type: "button",
        "data-action": `sequence ${b}`,
        "data-lm-suppress-shortcuts": "true",
        title: "Show this sequence in the diagram",
        onclick: () => apply({ sequence: b }),
      },
      `b = ${b}`,
    );
    const bar = element("span", { class: "sx-bar", "aria-hidden": "true" });
    const field = numberField({
      label: null,
      name: `length ${b}`,
      title: `length of sequence ${b}`,
      high: LARGEST.length,
      onNumber: (value) => apply({ lengths: get("lengths").map((old, k) => (k === b ? value : old)) }),
    });
    return { node: element("div", { class: "sx-row" }, pick, bar, field.node), pick, bar, field };
  };
  const ticks = (length, T) => {
    if (T <= MOST_TICKS)
      return Array.from({ length: T }, (_, t) => element("i", { class: t < length ? "" : "sx-pad" }));
    const rest = Math.max(0, T - length);
    const real = element("i", { style: `flex: ${length}` });
    return rest ? [real, element("i", { class: "sx-pad", style: `flex: ${rest}` })] : [real];
  };
  function refresh(settings, shown) {
    if (rows.length !== settings.lengths.length) {
      rows.forEach(({ field }) => field.drop());
      rows = settings.lengths.map((_, b) => rowOf(b));
      node.replaceChildren(...rows.map((row) => row.node));
    }
    rows.forEach((row, b) => {
      row.node.hidden = !settings.batched && b > 0;
      row.pick.hidden = !settings.batched;
      row.pick.setAttribute("aria-pressed", String(b === shown));
      row.field.set(settings.lengths[b]);
      row.bar.replaceChildren(...ticks(settings.lengths[b], stepsOf(settings)));
    });
  }
  return { node, refresh };
}

// ---------------------------------------------------------------- tensors and parameters

function shapeNode({ shape, axes }) {
  const parts = shape.flatMap((size, k) => [
    k ? element("span", { class: "sx-times" }, "\u00D7") : null,
    element("span", { class: "sx-dim" }, element("b", {}, String(size)), " ", element("small", {}, axes[k])),
  ]);
  const data = { "data-shape": JSON.stringify(shape), "data-axes": JSON.stringify(axes) };
  return element("span", { class: "sx-shape", ...data }, parts);
}

function tensorPanel(lightens) {
  const rows = TENSORS.map((name) => {
    const shape = element("span", {});
    const what = element("span", { class: "sx-what" });
    const marks = { class: "sx-tensor", "data-tensor": name, "data-action": `light ${name}` };
    return {
      name,
      shape,
      what,
      node: element("button", { ...marks, ...lightens(name) }, element("code", {}, name), shape, what),
    };
  });
  function refresh(settings, tensors) {
    for (const { name, shape, what } of rows) {
      shape.replaceChildren(shapeNode(tensors[name]));
      what.textContent = meaning(name, settings, tensors);
    }
  }
  return {
    node: element(
      "div",
      { role: "group", "aria-label": "Tensors" },
      rows.map(({ node }) => node),
    ),
    refresh,
  };
}

// What does not equal what, and why.
function notesOn(settings, equalities) {
  const [L, D] = [settings.num_layers, directionsOf(settings).length];
  const inner = (L - 1) * D;
  const notes = [];
  if (isPadded(settings) && !settings.packed) {
    notes.push("Not packed: the LSTM reads the padding too, and h_n is the state after it.");
  }
  if (D === 2) {
    const half = equalities[0].output.replace(":H", "H:");
    notes.push(`${half} is not h_n[-1]: at the last step the reverse half has read one step.`);
  }
  if (inner) {
    const more = inner > 2 ? ` \u2026 h_n[${inner - 1}]` : ", h_n[1]";
    notes.push(`h_n[0]${inner > 1 ? more : ""}: lower ${L > 2 ? "layers" : "layer"}, nowhere in output.`);
  }
  return notes;
}

// What equals what, and what does not.
function equalPanel(lightens) {
  const node = element("div", { class: "sx-equal" });
  const buttonOf = ({ output, state, direction }) =>
    element(
      "button",
      {
        class: "sx-equality",
        "data-equality": `${output} == ${state}`,
        "data-action": `equality ${direction}`,
        ...lightens(`equality-${direction}`),
      },
      element("code", {}, output),
      element("span", { class: "sx-is" }, " == "),
      element("code", {}, state),
    );
  function refresh(settings, equalities) {
    const notes = notesOn(settings, equalities).map((text) => element("p", { class: "sx-note" }, text));
    node.replaceChildren(...equalities.map(buttonOf), ...notes);
  }
  return { node, refresh };
}

// Every parameter, with their sum and the sizes above.
function parameterPanel(lightens) {
  const total = element("span", { class: "sx-total" });
  const sizes = element("span", { class: "ll-quiet sx-sizes" });
  const heading = element("p", { class: "sx-heading" }, element("strong", {}, total, " parameters"), sizes);
  const list = element("div", { class: "sx-parameters", role: "group", "aria-label": "Parameters" });
  const buttonOf = (name, tensors) =>
    element(
      "button",
      { class: "sx-parameter", "data-tensor": name, "data-action": `light ${name}`, ...lightens(name) },
      element("code", {}, name),
      " ",
      shapeNode(tensors[name]),
    );
  function refresh(settings, tensors) {
    const kinds = settings.bias ? KINDS : KINDS.slice(0, 2);
    const names = Object.keys(tensors).filter((name) => !TENSORS.includes(name));
    list.classList.toggle("sx-no-bias", !settings.bias);
    list.replaceChildren(
      ...kinds.map((kind) => element("span", { class: "sx-kind" }, element("code", {}, kind), " ", HEADINGS[kind])),
      ...names.map((name) => buttonOf(name, tensors)),
    );
    const count = parameterCount(tensors);
    total.dataset.parameters = count;
    total.textContent = count.toLocaleString("en-US");
    sizes.textContent = sizesOf(settings);
  }
  return { heading, list, refresh };
}

function sizesOf(settings) {
  const [B, T, D] = [settings.lengths.length, stepsOf(settings), directionsOf(settings).length];
  const real = settings.lengths.reduce((sum, length) => sum + length, 0);
  const pads = settings.batched ? B * T - real : 0;
  const batch = settings.batched ? `B = ${counted(B, "sequence")}, ` : "";
  return (
    ` I = ${settings.input_size}, H = ${settings.hidden_size}, L = ${counted(settings.num_layers, "layer")}, ` +
    `D = ${counted(D, "direction")}, ${batch}T = ${counted(T, "step")}` +
    `${pads ? `, ${pads} of the ${B * T} are padding` : ""}`
  );
}

// ---------------------------------------------------------------- light

// What is lit: the tensor, equality or row of cells that is pointed at, has the keyboard, or was clicked.
function lamp(get, apply, light) {
  let [pointed, focused] = ["", ""];
  let pinned = ""; // the equality or cells that were clicked; a clicked tensor is in the state
  const point = (key) => {
    pointed = key;
    light();
  };
  const pin = (key) => {
    const again = key === (pinned || get("tensor"));
    pinned = !again && /^(equality|cell)/u.test(key) ? key : "";
    apply({ tensor: again || pinned ? "" : key });
  };
  const attributes = (key) => ({
    "data-lm-suppress-shortcuts": "true",
    type: "button",
    onpointerenter: () => point(key),
    onpointerleave: () => point(""),
    onfocus: (event) => {
      if (event.target.matches(":focus-visible")) focused = key;
      light();
    },
    onblur: () => {
      focused = "";
      light();
    },
    onclick: () => pin(key),
  });
  const pressed = () => pinned || get("tensor");
  return {
    attributes,
    point,
    pin,
    pressed,
    focus(key) {
      focused = key;
      light();
    },
    reason: () => (pointed && "pointed") || (focused && "focused") || "kept",
    key: () => pointed || focused || pressed(),
    forget() {
      pinned = "";
    },
  };
}

// What a piece of the diagram lights up, and its own row of a state: `["h_n", 2]`.
function keyOf(node) {
  const piece = node.closest?.("[data-part], [data-light]");
  if (!piece) return ["", null];
  const { part, light, layer, direction } = piece.dataset;
  if (part === "cell") return [`cell${suffixOf(layer, Number(direction))}`, null];
  const row = piece.textContent.match(/\[(\d+)\]/u);
  return [light ?? part, row ? Number(row[1]) : null];
}

const middleOf = (node) => {
  const { left, width } = node.getBoundingClientRect();
  return left + width / 2;
};

// The pieces that the keys visit, in lines from top to bottom, each from left to right: one for each row of cells and
// of a state, one for output and input.
function linesOf(picture) {
  const lines = new Map();
  const seen = new Set();
  for (const piece of picture.querySelectorAll("[data-part]")) {
    const { layer, direction, part } = piece.dataset;
    const name = keyOf(piece).join(" ");
    if (seen.has(name)) continue;
    seen.add(name);
    const line = layer === undefined ? part : `${layer} ${direction}`;
    lines.set(line, [...(lines.get(line) ?? []), piece]);
  }
  const topOf = ([first]) => first.getBoundingClientRect().top;
  const sorted = [...lines.values()].map((line) => line.toSorted((a, b) => middleOf(a) - middleOf(b)));
  return sorted.toSorted((a, b) => topOf(a) - topOf(b));
}

// The keys in the diagram: arrows go from piece to piece, Enter and Space keep what is lit.
function pictureKeys(pin) {
  const visit = (choose) => (event) => {
    const lines = linesOf(event.currentTarget);
    const [y, key] = [lines.findIndex((line) => line.includes(event.target)), event.target];
    choose(lines, y, lines[y].indexOf(key), middleOf(key))?.focus();
  };
  const along = (by) => visit((lines, y, x) => lines[y][x + by]);
  const across = (by) =>
    visit((lines, y, _, middle) => {
      const far = (piece) => Math.abs(middleOf(piece) - middle);
      return lines[y + by]?.toSorted((a, b) => far(a) - far(b))[0];
    });
  const keep = ({ target }) => pin(...keyOf(target));
  return takeKeys({
    ArrowLeft: along(-1),
    ArrowRight: along(1),
    ArrowUp: across(-1),
    ArrowDown: across(1),
    Home: visit((lines, y) => lines[y][0]),
    End: visit((lines, y) => lines[y].at(-1)),
    Enter: keep,
    " ": keep,
  });
}

// The diagram answers to the pointer and to the keys: Tab reaches one of its pieces, and arrows lead to the others.
function livePicture(lit) {
  const own = { pointed: null, focused: null, kept: ["", null] }; // the row of a state; with what was kept
  const point = ([key, row]) => {
    own.pointed = row;
    lit.point(key);
  };
  const focus = (key, row) => {
    own.focused = row;
    lit.focus(key);
  };
  const pin = (key, row) => {
    own.kept = [key, row];
    if (key) lit.pin(key);
  };
  const pieces = () => node.querySelectorAll("[role=button]");
  const node = element("div", {
    class: "sx-picture",
    onpointerover: ({ target }) => point(keyOf(target)),
    onpointerleave: () => point(["", null]),
    onclick: ({ target }) => pin(...keyOf(target)),
    onkeydown: pictureKeys(pin),
    onfocusin: ({ target }) => {
      for (const piece of pieces()) piece.setAttribute("tabindex", piece === target ? 0 : -1);
      if (target.matches(":focus-visible")) focus(...keyOf(target));
    },
    onfocusout: () => focus("", null),
  });
  // Let the keys reach a new drawing; `tell` says what a piece is.
  const name = (tell) => {
    linesOf(node)
      .flat()
      .forEach((piece, n) => {
        const marks = { role: "button", tabindex: n ? -1 : 0, "data-lm-suppress-shortcuts": "true" };
        setAttributes(piece, { ...marks, "aria-label": tell(...keyOf(piece)) });
      });
  };
  const press = (pressed) => {
    for (const piece of pieces()) piece.setAttribute("aria-pressed", String(keyOf(piece)[0] === pressed));
  };
  const row = () => {
    const why = lit.reason();
    if (why !== "kept") return own[why];
    return own.kept[0] === lit.key() ? own.kept[1] : null;
  };
  return { node, name, press, row };
}

function colorOf(key) {
  if (key.startsWith("c_")) return "var(--ll-c)";
  return /^(h_|output|equality)/u.test(key) ? "var(--ll-h)" : "var(--ll-focus)";
}

function sentenceOn(key, settings, tensors, equalities, row) {
  const pair = equalities.find(({ direction }) => key === `equality-${direction}`);
  if (pair) {
    const side = pair.direction ? "reverse" : "forward";
    const where = `h of the top layer where the ${side} reading ends.`;
    return `${pair.output} and ${pair.state} are the same numbers: ${where}`;
  }
  return key in tensors || key.replace("cell", "weight_ih") in tensors ? explanation(key, settings, tensors, row) : "";
}

// ---------------------------------------------------------------- the widget

function titleOf(settings, tensors, picked) {
  const { num_layers: L, bidirectional, batched, lengths } = settings;
  const sides = bidirectional ? ", both directions" : "";
  const one =
    batched && lengths.length > 1 ? `, as sequence ${picked} of length ${lengths[picked]} runs through it` : "";
  const unrolled = `over ${counted(stepsOf(settings), "step")}, ${counted(L, "layer")}${sides}${one}`;
  return `The network unrolled ${unrolled}. output ${tensors.output.shape.join(" by ")}.`;
}

// A slide has room for the picture or for the tables.
function turnButton(root) {
  const turn = element(
    "button",
    {
      type: "button",
      class: "sx-turn",
      "data-action": "turn",
      onclick: () => {
        turn.textContent = root.classList.toggle("sx-turned") ? "Picture" : "Tensors and parameters";
      },
    },
    "Tensors and parameters",
  );
  return turn;
}

function draw(root, state) {
  const get = (key) => state.get(key);
  const now = () => Object.fromEntries(SETTINGS.map((key) => [key, get(key)]));
  const live = announcer();
  const error = element("p", { class: "sx-error", role: "alert", "data-role": "error" });
  const code = element("code", { class: "sx-program" });
  const detail = element("p", { class: "sx-detail" });
  let [tensors, equalities, drawn] = [{}, [], ""];
  const redraw = coalesced(refresh);
  const apply = (values) => {
    for (const [key, value] of Object.entries(values)) state.set(key, value);
    redraw();
  };
  const lit = lamp(get, apply, light);
  const diagram = livePicture(lit);
  const picture = diagram.node;
  const numberField = numberFields(error, live);
  const settingsOf = settingsPanel(get, apply, numberField);
  const batch = batchPanel(get, apply, numberField);
  const table = tensorPanel(lit.attributes);
  const equal = equalPanel(lit.attributes);
  const parameters = parameterPanel(lit.attributes);

  function light() {
    const key = lit.key();
    const sentence = sentenceOn(key, now(), tensors, equalities, diagram.row());
    root.toggleAttribute("data-lights", sentence !== "");
    picture.style.setProperty("--sx-lit", colorOf(key));
    for (const node of picture.querySelectorAll("[data-of]")) {
      node.toggleAttribute("data-lit", sentence !== "" && node.dataset.of.split(" ").includes(key));
    }
    for (const node of root.querySelectorAll("button.sx-tensor, button.sx-parameter, button.sx-equality")) {
      const own = node.dataset.tensor ?? node.dataset.action.replace(" ", "-");
      node.setAttribute("aria-pressed", String(own === lit.pressed()));
      node.toggleAttribute("data-lit", own === key || own.replace(/^(weight|bias)_[hi]h/u, "cell") === key);
    }
    diagram.press(lit.pressed());
    detail.textContent =
      sentence || "Point at a tensor or a cell, here or in the tables, to see what belongs together.";
  }
  function repaint(settings) {
    tensors = tensorShapes(settings);
    equalities = equalSlices(settings);
    if (get("tensor") && !(get("tensor") in tensors)) state.set("tensor", "");
    if (!sentenceOn(lit.pressed(), settings, tensors, equalities)) lit.forget();
    const shown = settings.batched ? Math.min(get("sequence"), settings.lengths.length - 1) : 0;
    settingsOf.refresh(settings);
    code.textContent = program(settings);
    batch.refresh(settings, shown);
    picture.replaceChildren(drawNetwork(settings, shown, titleOf(settings, tensors, shown)));
    diagram.name((key, own) => sentenceOn(key, settings, tensors, equalities, own));
    table.refresh(settings, tensors);
    equal.refresh(settings, equalities);
    parameters.refresh(settings, tensors);
  }
  function refresh() {
    const settings = now();
    const text = JSON.stringify([settings, get("sequence")]);
    if (text !== drawn) {
      repaint(settings);
      if (drawn) {
        const said = ["input", "output", "h_n"].map((name) => `${name} ${tensors[name].shape.join(" by ")}`);
        live.say(`${said.join("; ")}; ${parameterCount(tensors)} parameters`);
      }
      drawn = text;
    }
    light();
  }
  const left = element("div", { class: "sx-left" }, picture, detail, element("div", { class: "sx-batch" }, batch.node));
  const right = element("div", { class: "sx-right" }, table.node, equal.node);
  const tour = tourButton(root, SHAPE_EXPLORER_TOUR, () => ({ ...now(), lit: lit.pressed() }));
  const head = element("div", { class: "sx-head" }, element("div", { class: "sx-told" }, code, error), tour);
  root.append(settingsOf.node, turnButton(root), head, element("div", { class: "sx-main" }, left, right));
  root.append(parameters.heading, parameters.list, live.node);
  state.onChange([...SETTINGS, "sequence", "tensor"], redraw);
  refresh();
}

const { render, mount } = entryPoints("shape_explorer", draw, SHAPE_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
