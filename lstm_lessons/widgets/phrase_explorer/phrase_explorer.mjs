// The phrase explorer: type a phrase, see a classifier's belief after each letter, and the gates of a unit behind it.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-letter]`: the letters that are read, in their order; `data-number` is what the model reads for each,
//   `data-value` what the picked unit has there of the quantity that colors them.
// - `[data-symbol="belief"]`: the map, `data-values` a JSON list of T lists of K probabilities, empty while the page
//   is still computing them.
// - `[data-symbol="probability"]`: one a class (`data-class`), `data-value` its probability after the letters up to
//   the cursor, `data-step` (from 0).
// - `[data-trace]`: the picked unit's six traces, `data-values`; `[data-symbol][data-step]`: the six numbers under
//   the cursor.
// - `[data-symbol="slope"]`: what each letter did, see slope_bars.mjs.
// - `[data-name]`: the controls: `phrase`, `example`, `direction`, `unit`, `symbol`; `[data-role="map"]` takes the
//   pointer and the arrow keys; `[data-action="strongest"]`.
import { TRACE_GROUPS, keepSeen, lineKey, showTraces, stairs, stepUnder, traceRow } from "../shared/charts.mjs";
import { TRACED } from "../shared/network.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { phraseField } from "../shared/phrase_field.mjs";
import { slopeBars } from "../shared/slope_bars.mjs";
import {
  announcer,
  button,
  choice,
  clamp,
  element,
  entryPoints,
  format,
  numbered,
  sliderArea,
  svg,
  symbol,
} from "../shared/ui.mjs";
import { PHRASE_EXPLORER_STYLES } from "./phrase_explorer_styles.mjs";
import { LONGEST, UNKNOWN, phraseReader } from "./phrase_numbers.mjs";

const FEWEST_COLUMNS = 24; // so that a phrase does not jump about while it is short
const BUDGET = 6; // milliseconds a frame for beliefs that are still missing
const FAINTEST = 0.004; // a smaller belief is not drawn
const LOWEST_LIMIT = 0.2; // of c
const STRONGEST_COLOR = 45; // per cent: weak enough for the letter to be read on it
const MISSING = "\u2013";

const percent = (share) => `${format(100 * share, 0)}\u00A0%`;
const columnsOf = ({ reader }) => Math.max(FEWEST_COLUMNS, reader.shown.T);
const limitOf = (key, values) => (key === "c" ? Math.max(LOWEST_LIMIT, ...values.map(Math.abs)) : 1);

// Make `nodes` the children of `parent`; those that stand first in both stay where they are.
function setChildren(parent, nodes) {
  let same = 0;
  while (same < nodes.length && parent.childNodes[same] === nodes[same]) same += 1;
  while (parent.childNodes.length > same) parent.lastChild.remove();
  parent.append(...nodes.slice(same));
}

function moveCursorBox(node, { cursor, reader, columns }) {
  node.hidden = !reader.shown.T;
  node.style.left = `calc(${cursor / columns()} * var(--px-wide))`;
  node.style.width = `calc(var(--px-wide) / ${columns()})`;
}

// --- Controls

function phraseControls({ get, set, renew }) {
  return phraseField("px", get, (text) => {
    set("phrase", text);
    renew();
  });
}

function unitControls(view) {
  const { get, set, reader } = view;
  const { hidden_size: H, directions: D } = get("architecture");
  const pick = (label, name, options) => {
    const onChange = (text) => {
      set(name, typeof get(name) === "number" ? Number(text) : text);
      view.paint("unit");
    };
    return choice({ label, name, options, value: String(get(name)), onChange });
  };
  const unit = pick("Unit", "unit", numbered(H));
  const directions = ["forward", "reverse"];
  const direction = pick(
    "Direction",
    "direction",
    numbered(D, (d) => directions[d]),
  );
  const symbols = TRACED.map((key) => [key, `${PALETTE[key].name} ${key}`]);
  const colored = pick("letters show its", "symbol", symbols);
  const pickStrongest = () => {
    if (!reader.shown.T) return;
    const [d, u] = reader.strongest();
    set("direction", d);
    set("unit", u);
    view.paint("unit");
  };
  const strongest = button("Strongest for the answer", pickStrongest, { "data-action": "strongest" });
  const nodes = [unit.node, direction.node, strongest, colored.node];
  const paint = () => {
    direction.select.value = String(get("direction"));
    unit.select.value = String(get("unit"));
    colored.select.value = get("symbol");
    strongest.disabled = !reader.shown.T;
  };
  return { node: element("div", { class: "ll-toolbar px-bar px-unit" }, nodes), paint };
}

// --- The answer

function answerLine({ get, reader, names }) {
  const answer = element("p", { class: "px-answer", "data-role": "answer" });
  const note = element("p", { class: "px-note ll-quiet", "data-role": "note" });
  const paint = () => {
    const { T, letters, numbers } = reader.shown;
    const now = T ? reader.beliefAt(T - 1) : null;
    if (now) {
      const best = reader.winnerAt(T - 1);
      const name = element("strong", {}, names[best]);
      answer.replaceChildren("It is ", name, `, says the model: ${percent(now[best])}.`);
    } else answer.replaceChildren("Type a phrase, and see what the model believes after each letter.");
    const unknown = [...new Set(letters.filter((_, t) => numbers[t] === UNKNOWN))];
    const cut = [...get("phrase")].length > LONGEST && T === LONGEST;
    const notes = [
      get("trained_on") ? `It has seen ${get("trained_on")}, and nothing else.` : "",
      unknown.length > 0 ? `Never seen in training: ${unknown.join(" ")}` : "",
      cut ? `Only the first ${LONGEST} letters are read.` : "",
    ];
    note.replaceChildren(notes.filter(Boolean).join(" \u00B7 "));
  };
  return { nodes: [answer, note], paint };
}

// --- The letters

// A letter on the color of its value. `show` touches only what is new.
function letterSpan() {
  const node = element("span");
  const last = {};
  const set = (key, value, apply) => {
    if (last[key] === value) return;
    last[key] = value;
    apply(value);
  };
  const show = (letter, number, value, color) => {
    set("letter", letter, () => {
      node.dataset.letter = letter;
      node.textContent = letter === " " ? "\u00A0" : letter;
    });
    set("number", number, () => {
      node.dataset.number = number;
      node.classList.toggle("px-unknown", number === UNKNOWN);
    });
    set("value", value, () => {
      node.dataset.value = value;
    });
    set("color", color, () => {
      node.style.backgroundColor = color;
    });
  };
  return { node, show };
}

function letterRow(view) {
  const { get, reader } = view;
  const node = element("div", { class: "px-letters" });
  const spans = [];
  // One letter more changes one span: the others keep their nodes, and what has not changed is not touched.
  const paint = () => {
    const { letters, numbers, T } = reader.shown;
    const values = letters.map((_, t) => reader.traceAt(get("symbol"), t));
    const limit = limitOf(get("symbol"), values);
    while (spans.length < T) spans.push(letterSpan());
    spans.slice(0, T).forEach((span, t) => {
      const share = (clamp(Math.abs(values[t]) / limit, 0, 1) * STRONGEST_COLOR).toFixed(1);
      const color = `var(--px-${values[t] < 0 ? "negative" : "positive"}) ${share}%`;
      span.show(letters[t], numbers[t], values[t], `color-mix(in srgb, ${color}, var(--ll-page))`);
    });
    setChildren(
      node,
      spans.slice(0, T).map((span) => span.node),
    );
    view.root.style.setProperty("--px-columns", view.columns());
  };
  const paintCursor = () => [...node.children].forEach((one, t) => one.classList.toggle("px-now", t === view.cursor));
  return { node, paint, paintCursor };
}

// What each letter did for one class: bars below the letters.
function slopeRow(view) {
  const { reader, names } = view;
  const paint = () => {
    const { T } = reader.shown;
    const k = bars.classOf(T ? reader.winnerAt(T - 1) : 0);
    bars.paint(reader.slopes(k), k, view.columns());
  };
  const onChoose = () => {
    paint();
    bars.paintCursor(view.cursor);
  };
  const bars = slopeBars({ names, input: "letter", onChoose });
  const plot = element("div", { class: "px-plot px-slope-plot" }, bars.picture);
  const row = element("div", { class: "px-grid px-slopes" }, bars.value, plot, bars.choice);
  return { nodes: [row, bars.words], paint, paintCursor: () => bars.paintCursor(view.cursor) };
}

// --- The belief

function beliefMap(view) {
  const { reader, names } = view;
  const picture = svg("svg", {
    class: "px-belief",
    preserveAspectRatio: "none",
    "data-symbol": "belief",
    "aria-hidden": "true",
  });
  const box = element("div", { class: "px-cursor" });
  const columnOf = new WeakMap(); // beliefs -> what is drawn of them; it stays the same when letters follow
  const follow = (event) => {
    if (reader.shown.T) view.moveTo(stepUnder(event, picture, view.columns()));
  };
  const go = (place) => () => {
    view.moveTo(place());
    view.say();
  };
  const node = sliderArea(
    {
      class: "px-map",
      "data-role": "map",
      "aria-label": "Letters read: arrow keys move over the phrase",
      "aria-valuemin": 0,
      "data-prevent-swipe": "true",
      onpointermove: follow,
      onpointerdown: follow,
    },
    {
      ArrowLeft: go(() => view.cursor - 1),
      ArrowRight: go(() => view.cursor + 1),
      Home: go(() => 0),
      End: go(() => reader.shown.T - 1),
    },
    picture,
    box,
  );
  const column = (t) => {
    const now = reader.beliefAt(t);
    if (!columnOf.has(now)) {
      const cell = (value, k) => svg("rect", { x: t, y: k, width: 1, height: 1, "fill-opacity": value.toFixed(3) });
      columnOf.set(
        now,
        svg(
          "g",
          {},
          now.map((value, k) => (value < FAINTEST ? null : cell(value, k))),
        ),
      );
    }
    return columnOf.get(now);
  };
  const paint = () => {
    const all = [...reader.shown.letters.keys()];
    picture.setAttribute("viewBox", `0 0 ${view.columns()} ${names.length}`);
    setChildren(picture, all.filter(reader.beliefAt).map(column));
    const beliefs = all.map(reader.beliefAt);
    picture.dataset.values = beliefs.every(Boolean) ? JSON.stringify(beliefs) : "";
  };
  const paintCursor = (now, first) => {
    const { T } = reader.shown;
    moveCursorBox(box, view);
    const text = now ? `${view.cursor + 1} of ${T} letters: ${names[first]}, ${percent(now[first])}` : "no phrase";
    node.setAttribute("aria-valuemax", T);
    node.setAttribute("aria-valuenow", T ? view.cursor + 1 : 0);
    node.setAttribute("aria-valuetext", text);
  };
  return { node, paint, paintCursor };
}

// The classes beside the map: names, bars and numbers at the cursor.
function classRows(view) {
  const { names, reader } = view;
  const rows = names.map((name, k) => ({
    name: element("span", { class: "px-class" }, name),
    bar: element("i"),
    number: element("span", { class: "px-number", "data-symbol": "probability", "data-class": k }),
  }));
  const column = (kind, nodes) => element("div", { class: `px-${kind}` }, nodes);
  const nodes = [
    column(
      "names",
      rows.map(({ name }) => name),
    ),
    column(
      "bars",
      rows.map(({ bar }) => element("span", {}, bar)),
    ),
    column(
      "numbers",
      rows.map(({ number }) => number),
    ),
  ];
  const paintCursor = (now, first) =>
    rows.forEach(({ name, bar, number }, k) => {
      const value = now?.[k];
      bar.style.width = `${100 * (value ?? 0)}%`;
      number.textContent = now ? percent(value) : MISSING;
      Object.assign(number.dataset, { value: value ?? "", step: reader.shown.T ? view.cursor : "" });
      for (const node of [name, number]) node.classList.toggle("px-best", k === first);
    });
  return { nodes, paintCursor };
}

// --- The traces

function traceRows(view) {
  const { reader } = view;
  const rows = TRACE_GROUPS.map((keys) => {
    const row = traceRow(keys, "px");
    const box = element("div", { class: "px-cursor" });
    const reads = keys.map((key) => element("span", { "data-symbol": key, style: `color: var(--ll-${key})` }));
    const parts = (key, n) => [lineKey(key, "px-line"), symbol(key, "t"), " ", reads[n]];
    const legend = keys.map((key, n) => element("span", { style: `color: var(--ll-${key})` }, parts(key, n)));
    const node = element(
      "div",
      { class: "px-trace" },
      element("div", { class: "px-range" }, row.high, row.low),
      element("div", { class: "px-plot" }, row.picture, box),
      element("div", { class: "px-read" }, legend),
    );
    return { keys, row, box, reads, node };
  });
  const paint = () => {
    for (const { keys, row } of rows) {
      const series = keys.map((key) => reader.shown.letters.map((_, t) => reader.traceAt(key, t)));
      const digits = keys.includes("c") ? 1 : 0;
      const limit = limitOf(keys[0], series[0]);
      const text = (value) => format(value, digits);
      showTraces(row, series, { columns: view.columns(), limit, line: stairs, text });
    }
  };
  const paintCursor = () => {
    const { T } = reader.shown;
    for (const { keys, box, reads } of rows) {
      moveCursorBox(box, view);
      keys.forEach((key, n) => {
        const value = T ? reader.traceAt(key, view.cursor) : null;
        reads[n].textContent = T ? format(value) : MISSING;
        Object.assign(reads[n].dataset, { value: value ?? "", step: T ? view.cursor : "" });
      });
    }
  };
  return {
    node: element(
      "div",
      { class: "px-traces" },
      rows.map(({ node }) => node),
    ),
    paint,
    paintCursor,
  };
}

// --- The whole

function assemble(view, { phrase, answer, letters, slopes, belief, classes, unit, traces }) {
  const [names, bars, numbers] = classes.nodes;
  const about = element("span", { class: "ll-quiet" }, "if the phrase ended after this letter");
  const grid = { class: "px-grid", style: `--px-rows: ${view.names.length}` };
  view.root.append(
    phrase.node,
    ...answer.nodes,
    element("div", { class: "px-heading" }, element("strong", {}, "Belief"), about),
    element("div", { class: "px-grid px-top" }, element("span"), letters.node),
    ...slopes.nodes,
    element("div", grid, names, belief.node, bars, numbers),
    unit.node,
    traces.node,
    view.live.node,
  );
}

function sayBelief({ reader, cursor, names, live }) {
  if (!reader.shown.T) {
    live.say("No phrase.");
    return;
  }
  const now = reader.beliefAt(cursor);
  if (!now) return;
  const first = reader.winnerAt(cursor);
  const begun = reader.shown.letters.slice(0, cursor + 1).join("");
  live.say(`After ${cursor + 1} letters, ${begun}: ${names[first]}, ${percent(now[first])}`);
}

function draw(root, state) {
  const { get } = state;
  const reader = phraseReader(get);
  let frame;
  const view = {
    root,
    get,
    set: state.set,
    reader,
    names: get("class_names"),
    live: announcer(),
    cursor: 0,
    columns: () => columnsOf(view),
    say: () => sayBelief(view),
    moveTo(t) {
      const next = clamp(t, 0, Math.max(0, reader.shown.T - 1));
      if (next === view.cursor) return;
      view.cursor = next;
      view.paint("cursor");
    },
    renew() {
      read();
      view.paint("all");
      view.say();
    },
    // "all", or what depends on the "unit" or on the "cursor".
    paint(what) {
      if (what === "all") {
        parts.phrase.paint();
        parts.answer.paint();
        parts.belief.paint();
        parts.slopes.paint();
      }
      if (what !== "cursor") {
        parts.unit.paint();
        parts.letters.paint();
        parts.traces.paint();
      }
      paintCursor();
      if (reader.shown.job) frame ??= requestAnimationFrame(goOn);
    },
  };
  function read() {
    reader.read();
    view.cursor = Math.max(0, reader.shown.T - 1);
  }
  function paintCursor() {
    const now = reader.shown.T ? reader.beliefAt(view.cursor) : null;
    const first = now ? reader.winnerAt(view.cursor) : -1;
    const { classes, traces, letters, slopes, belief } = parts;
    for (const part of [classes, traces, letters, slopes, belief]) part.paintCursor(now, first);
    keepSeen(root.querySelectorAll(".px-letters, .px-map, .px-plot"), { column: view.cursor, columns: view.columns() });
  }
  // Beliefs that are still missing, for a part of a frame.
  function goOn() {
    const left = reader.goOn(performance.now() + BUDGET);
    parts.belief.paint();
    paintCursor();
    frame = left ? requestAnimationFrame(goOn) : undefined;
  }

  read();
  const parts = {
    phrase: phraseControls(view),
    answer: answerLine(view),
    letters: letterRow(view),
    slopes: slopeRow(view),
    belief: beliefMap(view),
    classes: classRows(view),
    unit: unitControls(view),
    traces: traceRows(view),
  };
  assemble(view, parts);
  view.paint("all");
  state.onChange(["phrase"], () => {
    read();
    view.paint("all");
  });
  state.onChange(["direction", "unit", "symbol"], () => view.paint("unit"));
  return () => cancelAnimationFrame(frame);
}

const { render, mount } = entryPoints("phrase_explorer", draw, PHRASE_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
