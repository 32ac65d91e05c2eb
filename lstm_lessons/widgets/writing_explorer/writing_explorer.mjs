// The writing explorer: a language model goes on with a text, letter by letter. Choose another letter than it would,
// turn what it draws with, and see what it knows at each place.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-letter]`: the letters of the text in their order; `data-value` is what colors them, or empty.
// - `[data-symbol="chance"]`: the likeliest letters at the cursor, each a button (`data-choice`, the letter's number);
//   `data-value` is its probability, `data-drawn` the one it is drawn with.
// - `[data-trace]`: the picked unit's six traces at the last letters, `data-values`; `[data-symbol][data-step]`: the
//   six numbers at the letter before the cursor.
// - `[data-role="text"]` takes the pointer and the arrow keys: the cursor, whose place is `aria-valuenow`.
// - `[data-name]`: the controls: `letter`, `begin`, `temperature`, `top_k`, `top_p`, `color`, `unit`, `silent`;
//   `[data-action]`: `write`, `one`, `back`.
import { TRACE_GROUPS, lineKey, showTraces, stairs, traceRow } from "../shared/charts.mjs";
import { TRACED } from "../shared/network.mjs";
import { PALETTE } from "../shared/palette.mjs";
import {
  announcer,
  button,
  choice,
  clamp,
  element,
  entryPoints,
  format,
  numbered,
  slider,
  sliderArea,
  symbol,
  toggle,
} from "../shared/ui.mjs";
import { WRITING_EXPLORER_STYLES } from "./writing_explorer_styles.mjs";
import { LONGEST, letterAt, letterReader, reshaped, unpackLetterModel } from "./writing_numbers.mjs";

const COLUMNS = 64; // letters in the traces
const ROWS = 10; // letters to choose from
const PACE = 50; // milliseconds between two letters
const STRONGEST = 55; // per cent of color: weak enough for a letter to be read on it
const MOST_BITS = 8; // a letter that costs as much has the full color
const FAINTEST = 0.02; // bits of influence that still have the full color, where no letter has more
const MISSING = "\u2013";
const LEGENDS = { influence: "orange: likelier at the cursor, blue: less", cost: "orange: a surprise" };
const SIGNS = { "\n": "\u21B5", " ": "\u2423" };
const NAMES = { "\n": "end of line", " ": "space" };

const percent = (share) => `${format(100 * share, share < 0.0995 ? 1 : 0)}\u00A0%`;
const signOf = (letter) => SIGNS[letter] ?? letter;
const nameOf = (letter) => NAMES[letter] ?? letter;

// Numbers between 0 and 1 from a seed (mulberry32), so that the same seed writes the same text.
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// --- Controls

function writeBar(view) {
  const { get, timer } = view;
  const write = button("Write", timer.toggle, { "data-action": "write", class: "wx-write" });
  const one = button("One letter", view.writeOne, { "data-action": "one" });
  const back = button("Take back", () => view.setText(view.text.slice(0, -1)), { "data-action": "back" });
  const field = element("input", {
    type: "text",
    class: "wx-field",
    "data-name": "letter",
    "data-lm-suppress-shortcuts": "true",
    "aria-label": "Type letters; they stand at the end of the text",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
    placeholder: "type",
    oninput: () => {
      view.setText(view.text + field.value);
      field.value = "";
    },
    onkeydown: (event) => {
      event.stopPropagation(); // a letter is no shortcut
      if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey) view.setText(`${view.text}\n`);
      if (event.key === "Backspace") view.setText(view.text.slice(0, -1));
    },
  });
  const begins = get("begins");
  const begin = choice({
    label: "begin with",
    name: "begin",
    options: [
      ["", "\u2026"],
      ["-1", "nothing"],
      ...numbered(begins.length, (n) => begins[n].replaceAll("\n", "\u21B5")),
    ],
    value: "",
    onChange(n) {
      if (n !== "") view.setText(begins[Number(n)] ?? "");
      begin.select.value = "";
    },
  });
  const nodes = [write, one, back, field, begin.node];
  return {
    node: element("div", { class: "ll-toolbar" }, nodes),
    paint() {
      const full = view.text.length >= LONGEST;
      write.textContent = timer.writing ? "Stop" : "Write";
      write.setAttribute("aria-pressed", String(timer.writing));
      [write.disabled, one.disabled, back.disabled] = [full, full, view.text === ""];
    },
  };
}

function drawBar(view) {
  const { get, set } = view;
  const one = (name, label, range) => {
    const onInput = (value) => {
      set(name, value);
      view.paint("drawn");
    };
    return slider({ label, name, value: get(name), onInput, ...range });
  };
  const sliders = [
    one("temperature", "temperature", { min: 0, max: 2, step: 0.05 }),
    one("top_k", "top k", { title: "top k, 0 keeps all", min: 0, max: 20, step: 1, digits: 0 }),
    one("top_p", "top p", { min: 0.05, max: 1, step: 0.05 }),
  ];
  const paint = () =>
    ["temperature", "top_k", "top_p"].forEach((name, n) => {
      sliders[n].set(get(name));
    });
  return {
    node: element(
      "div",
      { class: "wx-sliders" },
      sliders.map(({ node }) => node),
    ),
    paint,
  };
}

function unitBar(view) {
  const { get, set } = view;
  const unit = choice({
    label: "Unit",
    name: "unit",
    options: numbered(get("architecture").hidden_size),
    value: String(get("unit")),
    onChange(value) {
      set("unit", Number(value));
      if (get("silent")) view.silence();
      view.paint("unit");
    },
  });
  const silent = toggle({
    label: "silent: nobody reads its h",
    name: "silent",
    value: get("silent"),
    onChange(checked) {
      set("silent", checked);
      view.silence();
      view.paint("all");
    },
  });
  const paint = () => {
    unit.select.value = String(get("unit"));
    silent.input.checked = get("silent");
  };
  return { node: element("div", { class: "ll-toolbar wx-unit" }, unit.node, silent.node), paint };
}

// --- The text

// What colors the letters: for each the number behind it, and its share of the full color, from -1 to 1.
function colorsOf(view) {
  const { get, reader, cursor } = view;
  const key = get("color");
  const places = [...Array(reader.length).keys()];
  if (key === "influence") {
    const found = reader.influences(cursor, view.asked());
    const limit = Math.max(FAINTEST, ...[...found.values()].map(Math.abs));
    return places.map((t) => (found.has(t) ? [found.get(t), found.get(t) / limit] : [null, 0]));
  }
  if (key === "cost") {
    const bits = places.map((t) => -Math.log2(view.chancesAt(t)[reader.numberAt(t)]));
    return bits.map((value) => [value, value / MOST_BITS]);
  }
  const values = places.map((t) => reader.traceAt(key, t, get("unit")));
  const limit = key === "c" ? Math.max(0.2, ...values.map(Math.abs)) : 1;
  return values.map((value) => [value, value / limit]);
}

// A letter on the color of its value. What has not changed is not touched: a letter more changes few of those before.
function letterSpan() {
  const node = element("span");
  const last = {};
  const isNew = (key, value) => {
    const differs = last[key] !== value;
    last[key] = value;
    return differs;
  };
  const color = (value, share) => {
    if (isNew("value", value)) node.dataset.value = value ?? "";
    const strength = (clamp(Math.abs(share), 0, 1) * STRONGEST).toFixed(0);
    const tone = `var(--wx-${share < 0 ? "negative" : "positive"}) ${strength}%`;
    const mixed = strength === "0" ? "" : `color-mix(in srgb, ${tone}, var(--ll-page))`;
    if (isNew("color", mixed)) node.style.backgroundColor = mixed;
  };
  const show = (letter) => {
    if (!isNew("letter", letter)) return;
    node.dataset.letter = letter;
    node.textContent = letter === "\n" ? "\u21B5\n" : letter;
    node.classList.toggle("wx-break", letter === "\n");
    color(null, 0); // that of the letter before it says nothing of this one
  };
  return { node, show, color };
}

function textArea(view) {
  const { get, set, reader } = view;
  const end = element("span", { class: "wx-end" }, "\u00A0");
  const letters = element("div", { class: "wx-letters", "aria-hidden": "true" }, end);
  const spans = [];
  const go = (place) => () => view.moveTo(place());
  const node = sliderArea(
    {
      class: "wx-text",
      "data-role": "text",
      "aria-label": "Place in the text: arrow keys move, choose a letter below to write another one there",
      "aria-valuemin": 0,
      onpointerdown(event) {
        const place = spans.findIndex((span) => span.node === event.target);
        if (place >= 0 || letters.contains(event.target) || event.target === node)
          view.moveTo(place >= 0 ? place : reader.length);
      },
    },
    {
      ArrowLeft: go(() => view.cursor - 1),
      ArrowRight: go(() => view.cursor + 1),
      Home: go(() => 0),
      End: go(() => reader.length),
    },
    letters,
  );
  const color = choice({
    label: "letters show",
    name: "color",
    options: [
      ["influence", "their influence"],
      ["cost", "their cost in bits"],
      ...TRACED.map((key) => [key, `${PALETTE[key].name} ${key} of the unit`]),
    ],
    value: get("color"),
    onChange(value) {
      set("color", value);
      view.paint("colors");
    },
  });
  const paintText = () => {
    const { text } = view;
    while (spans.length < text.length) spans.push(letterSpan());
    for (let t = 0; t < text.length; t++) spans[t].show(text[t]);
    while (letters.childNodes.length - 1 > text.length) letters.childNodes[text.length].remove();
    while (letters.childNodes.length - 1 < text.length) end.before(spans[letters.childNodes.length - 1].node);
  };
  const paintColors = () => {
    color.select.value = get("color");
    legend.textContent = LEGENDS[get("color")] ?? "orange: above 0, blue: below";
    colorsOf(view).forEach(([value, share], t) => spans[t].color(value, share));
  };
  const legend = element("span", { class: "ll-quiet wx-legend" });
  let marked = end;
  const paintCursor = () => {
    const { cursor } = view;
    marked.classList.remove("wx-now");
    marked = letters.childNodes[cursor];
    marked.classList.add("wx-now");
    const { offsetTop: top, offsetHeight: height } = marked; // within the text, which scrolls
    if (top < node.scrollTop || top + height > node.scrollTop + node.clientHeight) {
      node.scrollTop = top - node.clientHeight / 2;
    }
    const here = cursor < reader.length ? nameOf(view.text[cursor]) : "after the last letter";
    node.setAttribute("aria-valuemax", reader.length);
    node.setAttribute("aria-valuenow", cursor);
    node.setAttribute("aria-valuetext", `place ${cursor + 1}: ${here}`);
  };
  return { node, color: [color.node, legend], paintText, paintColors, paintCursor };
}

// --- The next letter

function chanceRows(view) {
  const { reader } = view;
  const title = element("strong");
  const rows = Array.from({ length: ROWS }, () => {
    const [letter, own, drawn] = [
      element("span", { class: "wx-sign" }),
      element("i"),
      element("i", { class: "wx-drawn" }),
    ];
    const number = element("span", { class: "wx-number" });
    const bars = element("span", { class: "wx-bars" }, own, drawn);
    const node = button([letter, bars, number], () => view.choose(Number(node.dataset.choice)), {
      "data-symbol": "chance",
      "data-action": "choose",
    });
    return { node, letter, own, drawn, number };
  });
  const paint = () => {
    const { cursor } = view;
    const [chances, after] = [view.chancesAt(cursor), view.drawnAt(cursor)];
    const order = [...chances.keys()].toSorted((a, b) => chances[b] - chances[a] || a - b).slice(0, ROWS);
    const present = cursor < reader.length ? reader.numberAt(cursor) : -1;
    if (present >= 0 && !order.includes(present)) order[ROWS - 1] = present;
    title.textContent = present < 0 ? "Next letter" : "Letter at the cursor";
    rows.forEach(({ node, letter, own, drawn, number }, n) => {
      node.hidden = n >= order.length;
      if (node.hidden) return;
      const k = order[n];
      letter.textContent = signOf(view.alphabet[k]);
      own.style.width = `${100 * chances[k]}%`;
      drawn.style.width = `${100 * after[k]}%`;
      number.textContent = percent(chances[k]);
      node.classList.toggle("wx-present", k === present);
      Object.assign(node.dataset, { choice: k, value: chances[k], drawn: after[k] });
      const said = `${nameOf(view.alphabet[k])}, ${percent(chances[k])}, drawn with ${percent(after[k])}`;
      node.setAttribute("aria-label", present < 0 ? `Write ${said}` : `Write ${said} here`);
    });
  };
  const about = element("span", { class: "ll-quiet" }, "click to write it; blue: drawn with");
  const heading = element("div", { class: "wx-heading" }, title, about);
  return {
    node: element(
      "div",
      { class: "wx-chances" },
      heading,
      rows.map(({ node }) => node),
    ),
    paint,
  };
}

// --- The traces

function unitTraces(view) {
  const { get, reader } = view;
  const rows = TRACE_GROUPS.map((keys) => {
    const row = traceRow(keys, "wx");
    const box = element("div", { class: "wx-cursor" });
    const reads = keys.map((key) => element("span", { "data-symbol": key, style: `color: var(--ll-${key})` }));
    const legend = keys.map((key, n) =>
      element("span", { style: `color: var(--ll-${key})` }, lineKey(key, "wx-line"), symbol(key, "t"), " ", reads[n]),
    );
    const node = element(
      "div",
      { class: "wx-trace" },
      element("div", { class: "wx-range" }, row.high, row.low),
      element("div", { class: "wx-plot" }, row.picture, box),
      element("div", { class: "wx-read" }, legend),
    );
    return { keys, row, box, reads, node };
  });
  const signs = element("div", { class: "wx-signs", "aria-hidden": "true" });
  const paint = () => {
    const last = clamp(Math.max(view.cursor, COLUMNS), 0, reader.length);
    const first = Math.max(0, last - COLUMNS);
    const places = Array.from({ length: last - first }, (_, n) => first + n);
    signs.replaceChildren(...places.map((t) => element("span", {}, signOf(view.text[t]))));
    const here = view.cursor - 1;
    for (const { keys, row, box, reads } of rows) {
      const series = keys.map((key) => places.map((t) => reader.traceAt(key, t, get("unit"))));
      const limit = keys[0] === "c" ? Math.max(0.2, ...series[0].map(Math.abs)) : 1;
      const text = (value) => format(value, keys[0] === "c" ? 1 : 0);
      showTraces(row, series, { columns: COLUMNS, limit, line: stairs, text });
      box.hidden = here < 0;
      box.style.left = `${(100 * (here - first)) / COLUMNS}%`;
      keys.forEach((key, n) => {
        const value = here < 0 ? null : reader.traceAt(key, here, get("unit"));
        reads[n].textContent = value === null ? MISSING : format(value);
        Object.assign(reads[n].dataset, { value: value ?? "", step: Math.max(0, here) });
      });
    }
  };
  const row = element("div", { class: "wx-trace" }, element("span"), signs, element("span"));
  return {
    node: element(
      "div",
      { class: "wx-traces" },
      row,
      rows.map(({ node }) => node),
    ),
    paint,
  };
}

// --- The whole

function modelNote({ get }) {
  const [full, rounded] = get("bits");
  const size = `${format((get("steps").length * 0.75 + get("floats").length * 0.75) / 1000, 0)}\u00A0kB`;
  const costs =
    full === undefined
      ? ""
      : `: ${format(rounded, 3)} bits a letter on held-out text, ${format(full, 3)} with 32 bits a weight`;
  return element(
    "p",
    { class: "ll-quiet wx-note" },
    `The model in this page has eight bits a weight, ${size}${costs}.`,
  );
}

// Letter after letter at an even pace, until `goOn` says that there is no more.
function writingTimer(goOn, changed) {
  let [waiting, writing] = [undefined, false];
  const stop = () => {
    clearTimeout(waiting);
    if (!writing) return;
    writing = false;
    changed();
  };
  const step = () => {
    if (goOn()) waiting = setTimeout(step, PACE);
    else stop();
  };
  return {
    get writing() {
      return writing;
    },
    stop,
    toggle() {
      if (writing) {
        stop();
        return;
      }
      writing = true;
      changed();
      step();
    },
  };
}

// The text as it stands, the cursor, and what the model says at each place.
function makeView({ get, set }) {
  const alphabet = get("alphabet");
  const reader = letterReader(unpackLetterModel(get), alphabet);
  const kept = new Map(); // place -> probabilities, of the text as it stands
  const how = () => ({ temperature: get("temperature"), top_k: get("top_k"), top_p: get("top_p") });
  const view = {
    get,
    set,
    reader,
    alphabet,
    text: "",
    cursor: 0,
    chancesAt(t) {
      if (!kept.has(t)) kept.set(t, reader.chancesAt(t));
      return kept.get(t);
    },
    drawnAt: (t) => reshaped(view.chancesAt(t), how()),
    // The letter at the cursor, or the likeliest one after the text.
    asked() {
      if (view.cursor < reader.length) return reader.numberAt(view.cursor);
      const chances = view.chancesAt(view.cursor);
      return chances.indexOf(chances.reduce((most, value) => Math.max(most, value)));
    },
    // Read a text, with the cursor behind its last letter; what is known of its beginning stays.
    read(text) {
      const before = view.text;
      view.text = reader.read(text);
      let same = 0;
      while (same < before.length && before[same] === view.text[same]) same += 1;
      for (const place of kept.keys()) if (place > same) kept.delete(place);
      view.cursor = view.text.length;
      if (view.text !== get("text")) set("text", view.text);
    },
    silence() {
      kept.clear();
      reader.silence(get("silent") ? get("unit") : -1);
    },
  };
  return view;
}

function draw(root, shared) {
  const { get } = shared;
  const view = makeView(shared);
  const random = randomFrom(get("seed"));
  const live = announcer();
  const show = (text) => {
    view.read(text);
    view.paint("all");
    const likeliest = () => nameOf(view.alphabet[view.asked()]);
    if (!view.timer.writing) live.say(`${view.text.length} letters; the likeliest next is ${likeliest()}`);
  };
  // An influence takes as long as reading all letters once more: it follows when the hand, or the model, rests.
  let frame;
  const paintColors = () => {
    cancelAnimationFrame(frame);
    if (get("color") !== "influence") parts.text.paintColors();
    else if (!view.timer.writing) frame = requestAnimationFrame(parts.text.paintColors);
  };
  const goOn = () => {
    show(view.text + view.alphabet[letterAt(view.drawnAt(view.text.length), random())]);
    return view.text.length < LONGEST;
  };
  Object.assign(view, {
    timer: writingTimer(goOn, () => {
      parts.write.paint();
      paintColors();
    }),
    moveTo(place) {
      view.timer.stop();
      view.cursor = clamp(place, 0, view.reader.length);
      view.paint("cursor");
    },
    setText(text) {
      view.timer.stop();
      show(text);
    },
    // Another letter at the cursor: what stood after it was written for the old one.
    choose: (number) => view.setText(view.text.slice(0, view.cursor) + view.alphabet[number]),
    writeOne() {
      view.timer.stop();
      goOn();
    },
    // "all", or what depends on the "cursor", the "unit", what is "drawn" with, or what the "colors" show.
    paint(what) {
      if (what === "all") {
        parts.write.paint();
        parts.text.paintText();
      }
      if (what === "all" || what === "unit") parts.unit.paint();
      if (what !== "unit" && what !== "colors") parts.chances.paint();
      if (what === "drawn" || what === "all") parts.draw.paint();
      if (what !== "drawn") paintColors();
      if (what === "all" || what === "cursor") parts.text.paintCursor();
      if (what !== "drawn" && what !== "colors") parts.traces.paint();
    },
  });
  const parts = {
    write: writeBar(view),
    draw: drawBar(view),
    text: textArea(view),
    chances: chanceRows(view),
    unit: unitBar(view),
    traces: unitTraces(view),
  };
  root.append(
    parts.write.node,
    parts.draw.node,
    parts.text.node,
    element("div", { class: "ll-toolbar wx-color" }, ...parts.text.color, parts.unit.node),
    element("div", { class: "wx-below" }, parts.chances.node, parts.traces.node),
    modelNote(view),
    live.node,
  );
  if (get("silent")) view.silence();
  show(get("text"));
  shared.onChange(["text"], () => view.setText(get("text")));
  shared.onChange(["temperature", "top_k", "top_p"], () => view.paint("drawn"));
  shared.onChange(["unit", "silent", "color"], () => {
    view.silence();
    view.paint("all");
  });
  return () => {
    view.timer.stop();
    cancelAnimationFrame(frame);
  };
}

const { render, mount } = entryPoints("writing_explorer", draw, WRITING_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
