// The gate microscope: heat maps of a trained LSTM over time, units to pick, silence and clamp, and its belief.
// The conventions of its page (data-symbol, data-map ...) stand in gate_microscope.py.
import { GATE_MICROSCOPE_STYLES } from "./gate_microscope_styles.mjs";
import { TRACED, decodeFloats, prefixBeliefs, runNetwork, saturationShares, unitOrder, unpackNetwork } from "../shared/network.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { announcer, button, choice, element, entryPoints, format, slider, svg, symbol, toggle } from "../shared/ui.mjs";

const SIGNED = ["g", "c", "h"];
const SQUASHED = ["i", "f", "o"]; // gates that the scatter can show
const HOLDABLE = ["i", "f", "g", "o"];
const MOST_CLASSES = 12;
const BUDGET = 8; // milliseconds a frame for work that may take longer than one frame
const SORT_NAMES = [["index", "number"], ["mean", "mean"], ["saturation", "saturation"], ["change", "time of largest change"]];
const [SCATTER, SCATTER_LEFT, SCATTER_TOP] = [140, 46, 8]; // side of the square, and where it starts

const within = (value, low, high) => Math.min(high, Math.max(low, value));
const shortNumber = (value) => format(value, 2).replace(/\.?0+$/, "");

/** The first round number, 0.2 or more, that is not below `value`. */
function roundLimit(value) {
  const least = Math.max(value, 0.2);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10].map((m) => Number((m * power).toPrecision(3))).find((limit) => limit >= least - 1e-9);
}

/** The range of the input's colors: round numbers that 98 % of all values stay within, and whether some lie beyond. */
function inputRange(sequences) {
  const values = sequences.flatMap((xs) => [...xs]);
  const sizes = Float64Array.from(values, Math.abs).sort();
  const place = 0.98 * (sizes.length - 1);
  const [below, above] = [sizes[Math.floor(place)], sizes[Math.ceil(place)]];
  const limit = roundLimit(below + (above - below) * (place % 1));
  return { limits: [values.some((value) => value < 0) ? -limit : 0, limit], beyond: sizes.at(-1) > limit };
}

/** At most twelve classes: the true one, and those that were ever believed in most. */
export function shownClasses(believed, count, label) {
  const all = [...Array(count).keys()];
  if (count <= MOST_CLASSES) return all;
  const most = all.map((k) => Number(Math.max(...believed.filter(Boolean).map((row) => row[k])).toFixed(9)));
  const byBelief = all.filter((k) => k !== label).sort((a, b) => most[b] - most[a] || a - b);
  return [...(label === undefined ? [] : [label]), ...byBelief].slice(0, MOST_CLASSES).sort((a, b) => a - b);
}

const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const halfway = (one, other) => one.map((value, k) => (value + other[k]) / 2);

/** 255 colors between evenly spaced `stops` ([r, g, b] each), one after the other: zero has the middle one. */
export function colorTable(stops) {
  return Uint8ClampedArray.from({ length: 765 }, (_, k) => {
    const place = (Math.floor(k / 3) / 254) * (stops.length - 1);
    const from = Math.min(Math.floor(place), stops.length - 2);
    return stops[from][k % 3] + (place - from) * (stops[from + 1][k % 3] - stops[from][k % 3]);
  });
}

/** Draw `valueOf(row, t)` between `low` and `high`, one pixel each. A missing value keeps the page's color. */
function paintPixels(canvas, T, rows, valueOf, [low, high], table) {
  if (canvas.width !== T) canvas.width = T;
  if (canvas.height !== rows) canvas.height = rows;
  const image = new ImageData(T, rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let t = 0; t < T; t++, at += 4) {
      const value = valueOf(row, t);
      if (value === undefined) continue;
      const k = 3 * Math.round(254 * within((value - low) / (high - low), 0, 1));
      image.data[at] = table[k];
      image.data[at + 1] = table[k + 1];
      image.data[at + 2] = table[k + 2];
      image.data[at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function draw(root, state) {
  const get = (key) => state.get(key);
  const announce = announcer();
  const { input_size: I, hidden_size: H, num_layers: L, directions: D, classes: K, weights: weightCount } = get("architecture");
  const sequences = get("inputs").map(decodeFloats);
  const network = get("weights") ? unpackNetwork(decodeFloats(get("weights")), get("architecture")) : null;
  const stuck = !network && !state.kernel; // nobody is here to compute anything new
  const xRange = inputRange(sequences);
  const classNames = get("class_names");
  const featureName = (k) => get("feature_names")[k] ?? `feature ${k + 1}`;
  const unitName = (u) => `unit ${u}`;
  let [hovered, feature, frame, settling] = [null, 0];

  const stale = new Set();
  function schedule(key) {
    stale.add(key);
    frame ??= requestAnimationFrame(paint);
  }
  function set(key, value) {
    state.set(key, value);
    schedule(key);
  }

  // --- The numbers

  const plainRuns = new Map(); // sequence -> traces[l][d] without edits; the last few
  const plainBeliefs = new Map(); // sequence -> { believed: T lists of K, job }
  let shares = null; // shares[l][d][gate] = [left, right]
  let sharesJob = network ? saturationShares(network, sequences, I) : null;
  let edited = { key: "" };
  let shown = null;

  const isEmpty = (edits) => Object.keys(edits).length === 0;
  function plainRun(n) {
    if (!plainRuns.has(n)) {
      if (plainRuns.size > 8) plainRuns.clear();
      plainRuns.set(n, runNetwork(network, sequences[n], sequences[n].length / I, {}));
    }
    return plainRuns.get(n);
  }
  function believing(n, edits, traces) {
    const T = sequences[n].length / I;
    const started = { believed: Array(T).fill(undefined), left: T, job: prefixBeliefs(network, sequences[n], T, edits, { traces }) };
    advance(started); // the last step: the answer
    return started;
  }
  function advance(work) {
    const { value, done } = work.job.next();
    if (done) work.left = 0;
    else {
      work.believed[value[0]] = value[1];
      work.left -= 1;
    }
  }
  /** Go on with what is not finished, for a part of a frame. Tells whether anything is left. */
  function work() {
    const until = performance.now() + BUDGET;
    const pending = [shown.after, shown.before].filter((one) => one?.left && (one === shown.after || isEmpty(shown.edits)));
    for (const one of pending) while (one.left && performance.now() < until) advance(one);
    if (pending.length) stale.add("belief");
    while (sharesJob && performance.now() < until) {
      const { value, done } = sharesJob.next();
      if (done) [shares, sharesJob] = [value, null];
      stale.add("scatter");
    }
    return pending.some((one) => one.left) || Boolean(sharesJob);
  }

  /** What is on show: the place, the traces with and without edits, and the beliefs. */
  function compute() {
    const place = network ? Object.fromEntries(["sequence", "layer", "direction", "edits"].map((key) => [key, get(key)])) : get("result");
    const { sequence: n, layer: l, direction: d, edits } = place;
    const T = sequences[n].length / I;
    shown = { n, l, d, edits, T, label: get("labels")[n], waiting: false };
    if (network) {
      shown.plain = plainRun(n)[l][d];
      const key = JSON.stringify([n, edits]);
      if (!isEmpty(edits) && edited.key !== key) {
        const run = runNetwork(network, sequences[n], T, edits);
        edited = { key, run, after: K ? believing(n, edits, run) : null };
      }
      shown.values = isEmpty(edits) ? shown.plain : edited.run[l][d];
      if (K) {
        if (!plainBeliefs.has(n)) plainBeliefs.set(n, believing(n, {}, plainRun(n)));
        shown.before = plainBeliefs.get(n);
        shown.after = isEmpty(edits) ? shown.before : edited.after;
      }
      return;
    }
    const apart = (text) => {
      const numbers = decodeFloats(text);
      return Object.fromEntries(TRACED.map((key, k) => [key, numbers.subarray(k * T * H, (k + 1) * T * H)]));
    };
    const rows = (text) => {
      const numbers = decodeFloats(text);
      return { left: 0, believed: Array.from({ length: T }, (_, t) => [...numbers.subarray(t * K, (t + 1) * K)]) };
    };
    shown.plain = apart(place.plain);
    shown.values = place.values ? apart(place.values) : shown.plain;
    if (K) {
      shown.before = rows(place.plain_beliefs);
      shown.after = place.beliefs ? rows(place.beliefs) : shown.before;
    }
    const shareNumbers = decodeFloats(place.saturation);
    shares = [];
    (shares[l] = [])[d] = Object.fromEntries(SQUASHED.map((gate, k) =>
      [gate, [0, 1].map((side) => [...shareNumbers.subarray((2 * k + side) * H, (2 * k + side + 1) * H)])]));
    shown.waiting = ["sequence", "layer", "direction"].some((key) => get(key) !== place[key])
      || JSON.stringify(Object.entries(get("edits")).sort()) !== JSON.stringify(Object.entries(edits).sort());
  }
  const step = () => within(get("step"), 0, shown.T - 1);
  const unit = () => within(get("unit"), 0, H - 1);
  const letter = () => get("symbol");
  const scatterGate = () => (SQUASHED.includes(letter()) ? letter() : "f");
  const inputAt = (t, k) => sequences[shown.n][t * I + k];
  const valueAt = (key, t, u) => shown.values[key][t * H + u];
  const stepName = (t) => get("step_names")[shown.n]?.[t] ?? "";

  // --- The bar on top

  const pick = (label, name, options) => {
    const control = choice({ label, options: options.map(([value, text]) => [String(value), text]), value: String(get(name)), onChange: (value) => change(name, value) });
    control.select.dataset.name = name;
    return control;
  };
  function change(name, value) {
    if (name === "sort") return set(name, value);
    if (name === "sequence") {
      const [before, T] = [sequences[get("sequence")].length / I, sequences[value].length / I];
      if (get("step") >= Math.min(before, T) - 1) set("step", T - 1);
    }
    set(name, Number(value));
    sayAnswer(name);
  }
  const numbered = (count, text) => Array.from({ length: count }, (_, k) => [k, text(k)]);
  const choices = {
    sequence: pick("Sequence", "sequence", numbered(sequences.length, (n) => get("names")[n])),
    layer: pick("Layer", "layer", numbered(L, (l) => `${l + 1} of ${L}`)),
    direction: pick("Direction", "direction", [[0, "forward"], [1, "reverse"]].slice(0, D)),
    sort: pick("Units by", "sort", SORT_NAMES),
    unit: pick("Unit", "unit", numbered(H, (u) => String(u))),
  };
  if (root.classList.contains("ll-slide")) choices.sequence.node.firstChild.classList.add("ll-visually-hidden"); // no room
  choices.layer.node.hidden = L === 1;
  choices.direction.node.hidden = D === 1;
  const symbolButtons = TRACED.map((key) => button(symbol(key, "t"), () => set("symbol", key), {
    "data-action": `symbol ${key}`, "aria-label": `${PALETTE[key].name} ${key}`, title: PALETTE[key].name, style: `--gm-own: var(--ll-${key})`,
  }));
  // A slide has room for two halves of the panels, one after the other.
  const faces = ["Unit and saturation", "Belief and answer"];
  const turn = button(faces[0], () => { turn.textContent = faces[Number(root.classList.toggle("gm-turned"))]; }, { "data-action": "turn", class: "gm-turn" });
  const bar = element("div", { class: "ll-toolbar gm-bar" }, choices.sequence.node, choices.layer.node, choices.direction.node,
    element("div", { class: "gm-symbols", role: "group", "aria-label": "Gate or state to show" }, element("span", {}, "Show"), symbolButtons),
    choices.sort.node, turn);

  // --- Panels over time: a gutter for names, and a plot that all panels share

  const heading = (...parts) => element("div", { class: "gm-heading" }, parts);
  /** The two faces of a slide; elsewhere all is shown. */
  const onFace = (face, nodes) => nodes.map((node) => { node.classList.add(`gm-face-${face}`); return node; });
  const card = (name, face, ...parts) => onFace(face, [element("div", { class: "gm-card", role: "group", "aria-label": name }, parts)])[0];
  const readout = () => element("span", { class: "gm-readout" });
  function legend() {
    const [low, high, strip] = [element("span", {}), element("span", {}), element("canvas", { width: 64, height: 1 })];
    return { node: element("span", { class: "gm-legend" }, low, strip, high), low, high, strip };
  }
  function panel(height, plot, more = []) {
    const gutter = element("div", { class: "gm-gutter" });
    const cursor = element("div", { class: "gm-cursor" });
    plot.append(...more, cursor);
    plot.style.height = `${height}px`;
    return { gutter, plot, cursor, node: element("div", { class: "gm-row" }, gutter, plot) };
  }
  const stepUnder = (event, node) => {
    const box = node.getBoundingClientRect();
    return within(Math.floor(((event.clientX - box.left) / box.width) * shown.T), 0, shown.T - 1);
  };
  const rowUnder = (event, node, rows) => {
    const box = node.getBoundingClientRect();
    return within(Math.floor(((event.clientY - box.top) / box.height) * rows), 0, rows - 1);
  };
  const moveTo = (t) => { if (t !== get("step")) set("step", t); };
  /** A plot that follows the pointer; with `keys`, one that the keyboard can be on. */
  function timePlot({ role, label, onRow, rows, onPick, onKey, onLeave }) {
    const follow = (event) => {
      moveTo(stepUnder(event, node));
      onRow?.(rowUnder(event, node, rows()));
    };
    const node = element("div", {
      class: "gm-plot", "data-role": role, "data-prevent-swipe": "true", onpointermove: follow, onpointerdown: follow, onpointerleave: onLeave,
      ...(onPick ? { onclick: (event) => onPick(rowUnder(event, node, rows())) } : {}),
      ...(onKey ? {
        tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 1, "aria-orientation": "horizontal", "data-lm-suppress-shortcuts": "true",
        onpointerup: () => setTimeout(() => node.blur()), // else a presenter's next key would stay here
        onkeydown: (event) => {
          const far = event.shiftKey ? 10 : 1;
          const to = { ArrowLeft: step() - far, ArrowRight: step() + far, Home: 0, End: shown.T - 1 }[event.key];
          const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 }[event.key];
          if (event.ctrlKey || event.metaKey || event.altKey || (to === undefined && by === undefined)) return;
          event.preventDefault();
          event.stopPropagation();
          if (to !== undefined) moveTo(within(to, 0, shown.T - 1));
          else onKey(by);
          requestAnimationFrame(() => announce.say(node.getAttribute("aria-valuetext")));
        },
      } : {}),
    });
    return node;
  }

  const xCanvas = element("canvas", { "data-symbol": "x" });
  const xPlot = timePlot({
    role: "input", label: "Input: left and right choose the step, up and down the feature", rows: () => I,
    onRow: (row) => { if (row !== feature) { feature = row; schedule("feature"); } },
    onKey: (by) => { feature = within(feature + by, 0, I - 1); schedule("feature"); },
  });
  const x = panel(within(5.5 * I, 22, 78), xPlot, [xCanvas, element("div", { class: "gm-picked" })]);
  const [xRead, xLegend] = [readout(), legend()];
  const letters = element("div", { class: "gm-letters" });

  let order = [];
  const mapCanvas = element("canvas", { "data-map": "" });
  const picked = element("div", { class: "gm-picked" });
  const mapPlot = timePlot({
    role: "map", label: "Units over time: left and right choose the step, up and down the unit", rows: () => H,
    onRow: (row) => { if (order[row] !== hovered) { hovered = order[row]; schedule("hovered"); } },
    onLeave: () => { hovered = null; schedule("hovered"); },
    onPick: (row) => pickUnit(order[row]),
    onKey: (by) => pickUnit(order[within(order.indexOf(unit()) + by, 0, H - 1)]),
  });
  const map = panel(within(4.6 * H, 60, Math.max(156, H)), mapPlot, [mapCanvas, picked]);
  const [mapTitle, mapRead, mapLegend] = [element("strong", {}), readout(), legend()];
  function pickUnit(u) {
    hovered = null;
    if (u !== get("unit")) set("unit", u);
  }

  const lines = [["i", "f", "o"], ["g", "h"], ["c"]].map((keys) => {
    const picture = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
    const zero = svg("path", { class: "gm-zero" });
    const paths = Object.fromEntries(keys.map((key) => [key, svg("path", {
      class: "gm-line", "data-trace": key, "data-symbol": key, stroke: `var(--ll-${key})`, "stroke-dasharray": PALETTE[key].dash || null,
    })]));
    picture.append(zero, ...Object.values(paths));
    const [high, low] = [element("span", {}), element("span", {})];
    const made = panel(keys.includes("c") ? 34 : 42, timePlot({ role: `lines ${keys.join("")}` }), [picture]);
    made.gutter.append(element("span", { class: "gm-tick", style: "top: 0" }, high), element("span", { class: "gm-tick gm-low" }, low));
    return { ...made, keys, picture, zero, paths, high, low };
  });
  const unitReads = Object.fromEntries(TRACED.map((key) => [key, element("output", { class: "gm-number" })]));
  const unitLegend = element("span", { class: "gm-keys" }, TRACED.map((key) => element("span", { style: `color: var(--ll-${key})` },
    svg("svg", { viewBox: "0 0 20 6", width: 20, height: 6, "aria-hidden": "true" },
      svg("path", { d: "M0 3H20", class: "gm-line", stroke: `var(--ll-${key})`, "stroke-dasharray": PALETTE[key].dash || null })),
    symbol(key, "t"), " ", unitReads[key])));

  const beliefCanvas = element("canvas", { "data-symbol": "belief" });
  const belief = K ? panel(11 * Math.min(K, MOST_CLASSES), timePlot({ role: "belief" }), [beliefCanvas]) : null;
  const [beliefRead, beliefLegend] = [readout(), legend()];
  const meaning = `if the sequence ended after step t${D === 2 ? ": both directions run again on its first t steps" : ""}`;
  const [axis, axisNow] = [element("div", { class: "gm-axis" }), element("span", { class: "gm-now" })];
  let [ticks, width] = [[], 0];
  const time = element("div", { class: "gm-time" },
    heading(element("strong", {}, "Input ", symbol("x", "t")), xRead, xLegend.node), x.node, letters,
    heading(mapTitle, mapRead, mapLegend.node), map.node,
    onFace(2, [heading(choices.unit.node, unitLegend), ...lines.map(({ node }) => node)]),
    belief ? onFace(1, [heading(element("strong", {}, "Belief"), element("span", { class: "gm-where" }, "if it ended after step t"), beliefRead, beliefLegend.node), belief.node]) : [], axis,
    belief ? element("p", { class: "gm-meaning" }, `Belief: class probabilities ${meaning}.`) : null);

  // --- At the side: the answer, what is held, the scatter

  const answerTitle = element("strong", {});
  const answerText = element("p", { class: "gm-answer", "data-role": "answer" });
  const bars = element("div", { class: "gm-bars" });
  const answer = card("Answer", 1, heading(answerTitle), answerText, bars);
  answer.hidden = !K;

  const holdTitle = element("strong", {});
  const keyOf = (key) => `${shown.l}.${shown.d}.${unit()}.${key}`;
  function hold(key, value) {
    const { [keyOf(key)]: _, ...others } = get("edits");
    set("edits", value === null ? others : { ...others, [keyOf(key)]: value });
    sayAnswer("edits");
  }
  const silence = toggle({ label: element("span", {}, "Silence it: ", element("span", { style: "color: var(--ll-h)" }, symbol("h", "t"), " = 0")), value: false, onChange: (on) => hold("h", on ? 0 : null) });
  silence.input.dataset.name = "hold h";
  const holds = HOLDABLE.map((key) => {
    const [low, high] = [PALETTE[key].low, PALETTE[key].high];
    const box = toggle({ label: symbol(key, "t"), value: false, onChange: (on) => hold(key, on ? control.input.valueAsNumber : null) });
    box.input.dataset.name = `hold ${key}`;
    box.input.setAttribute("aria-label", `hold the ${PALETTE[key].name} ${key}`);
    box.node.style.color = `var(--ll-${key})`;
    const control = slider({
      label: null, name: `value ${key}`, title: `value at which ${key} is held`, min: low, max: high, step: 0.01, value: 0, color: `var(--ll-${key})`,
      onInput: (value) => hold(key, value),
    });
    return { key, box, control, node: element("div", { class: "gm-hold" }, box.node, control.node) };
  });
  const undo = button("Undo all", () => { set("edits", {}); sayAnswer("undo"); }, { "data-action": "undo" });
  const held = element("p", { class: "gm-held ll-quiet", "data-role": "held" });
  const holding = card("What is held", 1, heading(holdTitle),
    silence.node, element("p", { class: "gm-hint ll-quiet" }, "Or hold a gate at a value:"),
    element("div", { class: "gm-holds" }, holds.map(({ node }) => node)), element("div", { class: "gm-undo" }, held, undo));

  const scatterTitle = element("strong", {});
  const [dots, ring] = [svg("g", {}), svg("circle", { class: "gm-ring", r: 7 })];
  const at = (share) => [SCATTER_LEFT + share[0] * SCATTER, SCATTER_TOP + (1 - share[1]) * SCATTER];
  const sideText = (text, attributes) => svg("text", { "font-size": 11, ...attributes }, text);
  const bottom = SCATTER_TOP + SCATTER;
  const scatterPicture = svg("svg", { viewBox: `0 0 ${SCATTER_LEFT + SCATTER + 12} ${bottom + 34}`, "aria-hidden": "true" },
    svg("path", { class: "gm-frame", d: `M${SCATTER_LEFT} ${SCATTER_TOP}V${bottom}H${SCATTER_LEFT + SCATTER}` }),
    svg("path", { class: "gm-diagonal", d: `M${SCATTER_LEFT} ${SCATTER_TOP}L${SCATTER_LEFT + SCATTER} ${bottom}` }),
    [0, 0.5, 1].flatMap((share) => [
      sideText(String(share), { x: SCATTER_LEFT + share * SCATTER, y: bottom + 14, "text-anchor": "middle" }),
      sideText(String(share), { x: SCATTER_LEFT - 6, y: bottom - share * SCATTER + 4, "text-anchor": "end" })]),
    sideText("share of time below 0.1", { x: SCATTER_LEFT + SCATTER / 2, y: bottom + 29, "text-anchor": "middle" }),
    sideText("share above 0.9", { transform: `translate(13 ${SCATTER_TOP + SCATTER / 2}) rotate(-90)`, "text-anchor": "middle" }),
    dots, ring);
  const scatterRead = element("p", { class: "gm-scatter-read" });
  const scatterOrder = () => [...Array(H).keys()].sort((a, b) => {
    const [left, right] = shares[shown.l][shown.d][scatterGate()];
    return left[a] - right[a] - (left[b] - right[b]) || a - b;
  });
  const scatter = element("div", {
    class: "gm-scatter", tabindex: 0, role: "slider", "data-role": "scatter", "data-lm-suppress-shortcuts": "true",
    "aria-label": "Saturation of the units: arrow keys walk from those mostly open to those mostly shut", "aria-valuemin": 1, "aria-valuemax": H,
    onclick: (event) => {
      if (!shares) return;
      const box = scatterPicture.getBoundingClientRect();
      const scale = box.width / scatterPicture.viewBox.baseVal.width;
      const [px, py] = [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
      const [left, right] = shares[shown.l][shown.d][scatterGate()];
      const away = left.map((share, u) => { const [cx, cy] = at([share, right[u]]); return Math.hypot(cx - px, cy - py); });
      const least = Math.min(...away);
      if (least > 14) return;
      // Dots may lie on one another: the next of them at every click.
      const here = [...away.keys()].filter((u) => away[u] < least + 0.5);
      pickUnit(here[(here.indexOf(unit()) + 1) % here.length]);
    },
    onpointerup: () => setTimeout(() => scatter.blur()),
    onkeydown: (event) => {
      const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -H, End: H }[event.key];
      if (by === undefined || event.ctrlKey || event.metaKey || event.altKey || !shares) return;
      event.preventDefault();
      event.stopPropagation();
      const walk = scatterOrder();
      pickUnit(walk[within(walk.indexOf(unit()) + by, 0, H - 1)]);
      requestAnimationFrame(() => announce.say(scatter.getAttribute("aria-valuetext")));
    },
  }, scatterPicture);
  const saturation = card("Saturation", 2, heading(scatterTitle), scatter, scatterRead);
  saturation.classList.add("gm-saturation");

  const note = element("p", { class: "gm-note", "data-role": "note" });
  root.append(bar, note, element("div", { class: "gm-main" }, time, element("div", { class: "gm-side" }, answer, holding, saturation)), announce.node);
  if (stuck) {
    for (const control of [choices.sequence, choices.layer, choices.direction]) control.select.disabled = true;
    for (const input of holding.querySelectorAll("input, button")) input.disabled = true;
  }

  // --- Drawing

  const best = (row) => row.indexOf(Math.max(...row));
  const named = (k) => classNames[k];
  function answerOf({ believed }) {
    const row = believed[shown.T - 1];
    const k = best(row);
    return `${named(k)} (${format(row[k])})`;
  }
  let speak = false;
  function sayAnswer() { speak = true; }

  function tables() {
    const style = getComputedStyle(root);
    const color = (name) => channels(style.getPropertyValue(name).trim());
    const [page, text, negative, positive] = ["--ll-page", "--ll-text", "--gm-negative", "--gm-positive"].map(color);
    const single = (name) => colorTable([page, halfway(page, color(name)), color(name), halfway(color(name), text)]);
    const upper = [page, positive, halfway(positive, text)];
    const signed = colorTable([halfway(negative, text), negative, ...upper]);
    return { belief: single("--ll-focus"), input: xRange.limits[0] < 0 ? signed : colorTable(upper), of: (key) => (SIGNED.includes(key) ? signed : single(`--ll-${key}`)) };
  }
  function paintLegend({ low, high, strip }, limits, table, beyond = false) {
    [low.textContent, high.textContent] = limits.map(shortNumber);
    if (beyond && limits[0] < 0) low.textContent = `\u2264 ${low.textContent}`;
    if (beyond) high.textContent = `\u2265 ${high.textContent}`;
    paintPixels(strip, 64, 1, (_, t) => t, [0, 63], table);
  }
  const rowBox = (node, row, rows) => {
    node.style.top = `${(100 * row) / rows}%`;
    node.style.height = `${100 / rows}%`;
  };
  const gutterLabel = (text, share, more = "") => element("span", { class: `gm-tick ${more}`, style: `top: ${100 * share}%` }, text);

  function mapLimits(key) {
    if (key !== "c") return [PALETTE[key].low, PALETTE[key].high];
    const most = shown.values.c.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
    return [-roundLimit(most), roundLimit(most)];
  }

  function paintInput(table) {
    paintPixels(xCanvas, shown.T, I, (k, t) => inputAt(t, k), xRange.limits, table);
    paintLegend(xLegend, xRange.limits, table, xRange.beyond);
    x.gutter.replaceChildren(...(I > 1 ? [gutterLabel(featureName(0), 0.5 / I, "gm-middle"), gutterLabel(featureName(I - 1), 1 - 0.5 / I, "gm-middle")] : []));
  }
  function paintMap(table) {
    const [key, limits] = [letter(), mapLimits(letter())];
    paintPixels(mapCanvas, shown.T, H, (row, t) => valueAt(key, t, order[row]), limits, table);
    paintLegend(mapLegend, limits, table);
    const where = [L > 1 ? `layer ${shown.l + 1}` : "", D > 1 ? ["forward", "reverse"][shown.d] : ""].filter(Boolean).join(", ");
    mapTitle.replaceChildren(element("span", { style: `color: var(--ll-${key})` }, symbol(key, "t")), ` ${PALETTE[key].name}`,
      element("span", { class: "gm-where" }, ` of ${H} units${where ? `, ${where}` : ""}`));
    Object.assign(mapCanvas.dataset, { symbol: key, layer: shown.l, direction: shown.d, order: JSON.stringify(order) });
  }
  function paintMarks() {
    const marked = new Map();
    for (const key of Object.keys(shown.edits)) {
      const [l, d, u, symbolHeld] = key.split(".");
      if (Number(l) === shown.l && Number(d) === shown.d) marked.set(Number(u), (marked.get(Number(u)) ?? "") + symbolHeld);
    }
    const row = order.indexOf(unit());
    rowBox(picked, row, H);
    map.gutter.replaceChildren(
      ...[...marked].filter(([u]) => u !== unit()).map(([u, keys]) => gutterLabel(keys.includes("h") ? "\u00d7" : "\u2022", (order.indexOf(u) + 0.5) / H, "gm-middle gm-mark")),
      gutterLabel(`${unitName(unit())}${marked.has(unit()) ? (marked.get(unit()).includes("h") ? " \u00d7" : " \u2022") : ""}`, (row + 0.5) / H, "gm-middle gm-unit"));
  }
  function paintLines() {
    const u = unit();
    const { T } = shown;
    for (const { keys, picture, zero, paths, high, low } of lines) {
      const values = keys.map((key) => Array.from({ length: T }, (_, t) => valueAt(key, t, u)));
      const limit = keys.includes("c") ? roundLimit(Math.max(...values[0].map(Math.abs))) : 1;
      const bottomValue = keys.includes("i") ? 0 : -limit;
      [high.textContent, low.textContent] = [shortNumber(limit), shortNumber(bottomValue)];
      picture.setAttribute("viewBox", `0 -4 ${T} 108`);
      const y = (value) => (100 * (1 - (value - bottomValue) / (limit - bottomValue))).toFixed(1);
      zero.setAttribute("d", `M0 ${y(0)}H${T}`);
      keys.forEach((key, n) => {
        const path = paths[key];
        // A sequence of one step has no line: a level stretch then.
        path.setAttribute("d", T > 1 ? values[n].map((value, t) => `${t ? "L" : "M"}${t + 0.5} ${y(value)}`).join("") : `M0 ${y(values[n][0])}H1`);
        Object.assign(path.dataset, { values: JSON.stringify(values[n]), unit: u, layer: shown.l, direction: shown.d });
      });
    }
  }
  let classes = [];
  function paintBelief(table) {
    const { believed } = shown.after;
    classes = shownClasses(believed, K, shown.label);
    belief.plot.style.height = `calc(var(--gm-class) * ${classes.length})`;
    paintPixels(beliefCanvas, shown.T, classes.length, (row, t) => believed[t]?.[classes[row]], [0, 1], table);
    paintLegend(beliefLegend, [0, 1], table);
    belief.gutter.replaceChildren(...classes.map((k, row) =>
      gutterLabel(k === shown.label ? `\u25b8 ${named(k)}` : named(k), (row + 0.5) / classes.length, `gm-middle gm-class ${k === shown.label ? "gm-true" : ""}`)));
  }
  function paintAnswer() {
    const [before, after] = [shown.before, shown.after].map(({ believed }) => believed[shown.T - 1]);
    const [now, touched] = [best(after), !isEmpty(shown.edits)];
    answerTitle.textContent = `Answer after step ${shown.T}`;
    const truth = shown.label === undefined ? [] : ["True: ", element("b", {}, named(shown.label)), ". "];
    answerText.replaceChildren(...truth,
      ...(touched ? [`Before: ${answerOf(shown.before)}. Now: `] : ["The model says "]),
      element("b", { class: shown.label !== undefined && now !== shown.label ? "gm-wrong" : "" }, answerOf(shown.after)), ".");
    answerText.toggleAttribute("data-long", classNames.some((name) => name.length > 4));
    const rows = classes.map((k) => {
      const strip = (kind, value) => element("i", { class: `gm-${kind}`, style: `width: ${(100 * value).toFixed(2)}%`, "data-symbol": kind, "data-class": k, "data-value": value });
      return element("div", { class: `gm-bar-row ${k === shown.label ? "gm-true" : ""}` },
        element("span", {}, k === shown.label ? `\u25b8 ${named(k)}` : named(k)),
        element("span", { class: "gm-strips", "aria-hidden": "true" }, strip("before", before[k]), strip("after", after[k])),
        element("span", { class: "gm-number" }, touched ? element("span", { class: "gm-then" }, `${format(before[k])} \u2192 `) : null, format(after[k])));
    });
    bars.replaceChildren(...rows);
  }
  function paintHolds() {
    holdTitle.textContent = `What if unit ${unit()} were different?`;
    const edits = get("edits");
    silence.input.checked = keyOf("h") in edits;
    for (const { key, box, control, node } of holds) {
      const value = edits[keyOf(key)];
      box.input.checked = value !== undefined;
      node.toggleAttribute("data-held", value !== undefined);
      if (value !== undefined) control.set(value);
      else {
        let sum = 0;
        for (let t = 0; t < shown.T; t++) sum += shown.plain[key][t * H + unit()];
        control.set(Number((sum / shown.T).toFixed(2))); // where it is on average
      }
    }
    const count = Object.keys(edits).length;
    undo.disabled = count === 0 || stuck;
    const units = new Set(Object.keys(edits).map((key) => key.split(".").slice(0, 3).join(".")));
    held.dataset.edits = JSON.stringify(shown.edits);
    held.textContent = count ? `${count} held in ${units.size} unit${units.size > 1 ? "s" : ""}.` : "Nothing is held.";
  }
  function paintScatter() {
    const gate = scatterGate();
    scatterTitle.replaceChildren("Saturation of ", element("span", { style: `color: var(--ll-${gate})` }, symbol(gate, "t")),
      element("span", { class: "gm-where" }, `, ${sequences.length > 2 ? `all ${sequences.length} sequences` : ["this sequence", "both sequences"][sequences.length - 1]}`));
    if (!shares) return;
    const [left, right] = shares[shown.l][shown.d][gate];
    dots.setAttribute("fill", `var(--ll-${gate})`);
    if (dots.childElementCount !== H) dots.replaceChildren(...left.map((_, u) => svg("circle", { r: 4, class: "gm-dot", "data-symbol": "saturation", "data-unit": u })));
    [...dots.children].forEach((dot, u) => {
      const [cx, cy] = at([left[u], right[u]]);
      dot.setAttribute("cx", cx.toFixed(2));
      dot.setAttribute("cy", cy.toFixed(2));
      Object.assign(dot.dataset, { gate, values: JSON.stringify([left[u], right[u]]) });
    });
    const u = unit();
    const [cx, cy] = at([left[u], right[u]]);
    ring.setAttribute("cx", cx);
    ring.setAttribute("cy", cy);
    const percent = (share) => `${Math.round(100 * share)}\u202f%`;
    const text = `Unit ${u}: below 0.1 for ${percent(left[u])} of the time, above 0.9 for ${percent(right[u])}.`;
    scatterRead.textContent = text;
    scatter.setAttribute("aria-valuenow", scatterOrder().indexOf(u) + 1);
    scatter.setAttribute("aria-valuetext", text);
  }
  function paintCursor() {
    const [t, u, key] = [step(), unit(), letter()];
    for (const { cursor } of [x, map, ...lines, ...(belief ? [belief] : [])]) {
      cursor.style.left = `${(100 * t) / shown.T}%`;
      cursor.style.width = `${100 / shown.T}%`;
    }
    rowBox(x.plot.querySelector(".gm-picked"), feature, I);
    const when = `step ${t + 1} of ${shown.T}${stepName(t) ? ` (${stepName(t)})` : ""}`;
    const put = (node, text, data) => { node.textContent = text; Object.assign(node.dataset, data); };
    const number = (text, data) => { const node = element("b", { class: "gm-number" }); put(node, text, data); return node; };
    const input = inputAt(t, feature);
    xRead.replaceChildren(`${when}: ${featureName(feature)} `, number(format(input), { symbol: "x", feature, step: t, value: input }));
    const over = hovered ?? u;
    const value = valueAt(key, t, over);
    mapRead.replaceChildren(`step ${t + 1}: ${unitName(over)} `, number(format(value), { symbol: key, unit: over, step: t, value, hovered: "" }));
    for (const name of TRACED) put(unitReads[name], format(valueAt(name, t, u)), { symbol: name, unit: u, step: t, value: valueAt(name, t, u) });
    const traces = TRACED.map((name) => `${name} ${format(valueAt(name, t, u))}`).join(", ");
    let said = "";
    if (belief) {
      const row = shown.after.believed[t];
      const parts = row ? [[best(row), "most"], ...(shown.label !== undefined && best(row) !== shown.label ? [[shown.label, "true"]] : [])] : [];
      beliefRead.replaceChildren(`step ${t + 1}: `, ...parts.flatMap(([k, kind], n) => [n ? ", " : "", `${named(k)}${k === shown.label ? " (true)" : ""} `,
        number(format(row[k]), { symbol: `belief ${kind}`, class: k, step: t, value: row[k] })]));
      said = row ? `; believes ${named(best(row))} (${format(row[best(row)])})` : "";
    }
    for (const [node, text] of [[xPlot, `${when}: ${featureName(feature)} ${format(input)}${said}`], [mapPlot, `${when}, unit ${u}: ${traces}${said}`]]) {
      node.setAttribute("aria-valuemax", shown.T);
      node.setAttribute("aria-valuenow", t + 1);
      node.setAttribute("aria-valuetext", text);
    }
    axisNow.textContent = `t = ${t + 1}`;
    axisNow.style.setProperty("--gm-share", (t + 0.5) / shown.T);
    for (const [at, node] of ticks) {
      const apart = (Math.abs(at - t) * width) / shown.T > (axisNow.offsetWidth + node.offsetWidth) / 2;
      node.style.visibility = apart ? "visible" : "hidden";
    }
  }
  function paintAxis() {
    const column = width / shown.T;
    const every = [1, 2, 5, 10, 20, 50, 100].find((gap) => gap * column >= 34) ?? 100;
    ticks = Array.from({ length: shown.T }, (_, t) => t).filter((t) => t === 0 || ((t + 1) % every === 0 && t + 1 > every / 2))
      .map((t) => [t, element("span", { style: `--gm-share: ${(t + 0.5) / shown.T}` }, String(t + 1))]);
    axis.replaceChildren(element("span", { class: "gm-axis-name" }, "step t"), ...ticks.map(([, node]) => node), axisNow);
    const texts = get("step_names")[shown.n] ?? [];
    letters.hidden = !texts.length || texts.some((text) => text.length * 8.5 > column + 3);
    letters.replaceChildren(...(letters.hidden ? [] : texts.map((text, t) => element("span", { style: `--gm-share: ${(t + 0.5) / shown.T}` }, text))));
  }
  /** The matrices, for those who read the page by script: written once the hand rests. */
  function writeMatrices() {
    const matrix = (rows, columns, valueOf) => JSON.stringify(Array.from({ length: rows }, (_, t) => Array.from({ length: columns }, (_, k) => valueOf(t, k))));
    xCanvas.dataset.values = matrix(shown.T, I, inputAt);
    mapCanvas.dataset.values = matrix(shown.T, H, (t, u) => valueAt(letter(), t, u));
    if (belief) beliefCanvas.dataset.values = shown.after.left ? "" : JSON.stringify(shown.after.believed);
  }

  function paint() {
    frame = undefined;
    const changed = new Set(stale);
    stale.clear();
    const any = (...keys) => keys.some((key) => changed.has(key));
    const numbers = any("sequence", "layer", "direction", "edits", "result");
    if (numbers) compute();
    const busy = work();
    const believedMore = numbers || stale.delete("belief") || any("belief");
    const scatterMore = stale.delete("scatter") || any("scatter");
    for (const [name, { select }] of Object.entries(choices)) if (select.value !== String(get(name))) select.value = String(get(name));
    symbolButtons.forEach((node, k) => node.setAttribute("aria-pressed", String(TRACED[k] === letter())));
    const colors = any("theme", "symbol", "sequence") || numbers || believedMore ? tables() : null;
    if (numbers || any("symbol", "sort")) order = unitOrder(shown.plain[letter()], H, get("sort"), SIGNED.includes(letter()));
    if (any("sequence", "result", "theme")) paintInput(colors.input);
    if (any("sequence", "result", "width")) paintAxis();
    if (numbers || any("symbol", "sort", "theme")) paintMap(colors ? colors.of(letter()) : tables().of(letter()));
    if (numbers || any("unit")) paintLines();
    if (numbers || any("unit", "symbol", "sort")) paintMarks();
    if (belief && (believedMore || any("theme"))) paintBelief(colors.belief);
    if (belief && believedMore) paintAnswer();
    if (numbers || any("unit")) paintHolds();
    if (numbers || scatterMore || any("unit", "symbol")) paintScatter();
    paintCursor();
    note.hidden = Boolean(network) || (!stuck && !shown.waiting);
    if (!note.hidden) {
      const size = `This network has ${weightCount.toLocaleString("en-US")} weights, too many for a page, so Python computes.`;
      note.textContent = stuck
        ? `${size} No Python runs here: you see one sequence, layer and direction as saved. Steps, units, gates and the order of units are yours to choose.`
        : `${size} Waiting for its numbers \u2026`;
    }
    if (speak && !shown.waiting && K) announce.say(`${get("names")[shown.n]}. ${answerText.textContent}`);
    if (!shown.waiting) speak = false;
    clearTimeout(settling);
    if (busy) schedule("more");
    else settling = setTimeout(writeMatrices, 100);
  }

  const keys = ["sequence", "layer", "direction", "edits", "result", "symbol", "sort", "unit", "step"];
  keys.forEach((key) => stale.add(key));
  stale.add("theme");
  paint();
  keys.forEach((key) => state.onChange([key], () => schedule(key)));
  const resized = new ResizeObserver(() => {
    const now = Math.floor(x.plot.clientWidth);
    if (!now || now === width) return;
    if (!width) schedule("theme"); // JupyterLab may draw it before it stands on the page: there no color was known
    width = now;
    schedule("width");
  });
  resized.observe(x.plot);
  const repaint = () => schedule("theme");
  const themes = new MutationObserver(repaint);
  for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme", "class"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", repaint);
  return () => {
    resized.disconnect();
    themes.disconnect();
    system.removeEventListener("change", repaint);
    cancelAnimationFrame(frame);
    clearTimeout(settling);
  };
}

const { render, mount } = entryPoints("gate_microscope", draw, GATE_MICROSCOPE_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
