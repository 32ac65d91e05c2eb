// The phrase explorer: type a phrase, see a classifier's belief after each letter, and the gates of a unit behind it.
// The conventions of its page (data-letter, data-symbol ...) stand in phrase_explorer.py.
import { PALETTE } from "../shared/palette.mjs";
import { TRACED, decodeFloats, pooled, prefixBeliefs, runNetwork, unpackNetwork } from "../shared/network.mjs";
import { PHRASE_EXPLORER_STYLES } from "./phrase_explorer_styles.mjs";
import { announcer, button, choice, element, entryPoints, format, svg, symbol } from "../shared/ui.mjs";

const LONGEST = 64; // letters that are read
const FEWEST_COLUMNS = 24; // so that a phrase does not jump about while it is short
const UNKNOWN = 1;
const BUDGET = 6; // milliseconds a frame for beliefs that are still missing
const MOST_KEPT = 4096; // beginnings whose beliefs are remembered
// What Python's str.split takes for space; \s differs.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

const within = (value, low, high) => Math.min(high, Math.max(low, value));
const percent = (share) => `${format(100 * share, 0)}\u00a0%`;

/** The letters that are read of a phrase: composed, single spaces, none at the ends, 64 at most. */
export function readLetters(phrase) {
  return [...phrase.normalize("NFC").split(SPACES).filter(Boolean).join(" ")].slice(0, LONGEST);
}

/** Embedding and network from the numbers of a page; see `from_torch` in Python. */
export function unpackClassifier(numbers, architecture) {
  const size = architecture.letters * architecture.input_size;
  return { embedding: numbers.subarray(0, size), ...unpackNetwork(numbers.subarray(size), architecture) };
}

/** The inputs (T x I, flat) of letters given as numbers. */
export function embed({ embedding }, I, letterNumbers) {
  const xs = new Float64Array(letterNumbers.length * I);
  letterNumbers.forEach((number, t) => xs.set(embedding.subarray(number * I, (number + 1) * I), t * I));
  return xs;
}

/** Make `nodes` the children of `parent`; those that stand first in both stay where they are. */
function setChildren(parent, nodes) {
  let same = 0;
  while (same < nodes.length && parent.childNodes[same] === nodes[same]) same += 1;
  while (parent.childNodes.length > same) parent.lastChild.remove();
  parent.append(...nodes.slice(same));
}

/** A letter on the color of its value. `show` touches only what is new. */
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
      node.textContent = letter === " " ? "\u00a0" : letter;
    });
    set("number", number, () => {
      node.dataset.number = number;
      node.classList.toggle("px-unknown", number === UNKNOWN);
    });
    set("value", value, () => { node.dataset.value = value; });
    set("color", color, () => { node.style.backgroundColor = color; });
  };
  return { node, show };
}

/** [direction, unit] whose terms, weight times feature, add most to the score of class `winner`. */
export function strongestUnit(network, halves, T, winner) {
  const features = pooled(network, halves, T);
  const { head: { weight }, width, H } = network;
  const terms = Array(width).fill(0);
  features.forEach((value, k) => { terms[k % width] += weight[winner * features.length + k] * value; });
  const rounded = terms.map((term) => Number(term.toFixed(9)));
  const place = rounded.indexOf(Math.max(...rounded));
  return [Math.floor(place / H), place % H];
}

function drawPhrases(root, state) {
  const get = (key) => state.get(key);
  const live = announcer();
  const { input_size: I, hidden_size: H, directions: D, classes: K } = get("architecture");
  const network = unpackClassifier(decodeFloats(get("weights")), get("architecture"));
  const numberOf = new Map(get("letters").map((letter, n) => [letter, n + UNKNOWN + 1]));
  const names = get("class_names");
  const kept = new Map(); // beginning -> beliefs
  const columnOf = new WeakMap(); // beliefs -> what is drawn of them
  let shown = null; // what is read now
  let [cursor, frame] = [0, undefined];

  // --- The numbers

  function compute() {
    const letters = readLetters(get("phrase"));
    const numbers = letters.map((letter) => numberOf.get(letter) ?? UNKNOWN);
    const T = letters.length;
    const keys = numbers.map((_, t) => numbers.slice(0, t + 1).join());
    const xs = embed(network, I, numbers);
    const traces = runNetwork(network, xs, T, {});
    shown = { letters, numbers, T, keys, halves: traces[0] };
    if (kept.size > MOST_KEPT) kept.clear();
    shown.job = prefixBeliefs(network, xs, T, {}, { wanted: (t) => !kept.has(keys[t]), traces });
    advance(); // the whole phrase first: the answer
    cursor = Math.max(0, T - 1);
  }
  function advance() {
    const { value, done } = shown.job.next();
    if (done) shown.job = null;
    else kept.set(shown.keys[value[0]], value[1]);
  }
  const beliefAt = (t) => kept.get(shown.keys[t]);
  const traceAt = (key, t) => shown.halves[get("direction")][key][t * H + get("unit")];

  // --- Controls

  const field = element("input", {
    type: "text", class: "px-field", "data-name": "phrase", "data-lm-suppress-shortcuts": "true", autocomplete: "off", spellcheck: "false",
    autocapitalize: "off", maxlength: 400, placeholder: "Type a phrase",
    oninput: () => { state.set("phrase", field.value); renew(); },
    onkeydown: (event) => {
      if (event.key === "Enter" || event.key === "Escape") field.blur(); // a presenter's next key is for the slides again
      event.stopPropagation();
    },
  });
  const pick = (label, name, options) => {
    const made = choice({ label, options, value: String(get(name)), onChange: (value) => {
      state.set(name, typeof get(name) === "number" ? Number(value) : value);
      paint("unit");
    } });
    made.select.dataset.name = name;
    return made;
  };
  const examples = get("examples");
  const example = choice({
    label: "or take", options: [["", "an example"], ...examples.map((text, n) => [String(n), text])], value: "",
    onChange: (value) => { if (value !== "") { state.set("phrase", examples[Number(value)]); renew(); } },
  });
  example.select.dataset.name = "example";
  example.node.hidden = examples.length === 0;
  const direction = pick("Direction", "direction", [["0", "forward"], ["1", "reverse"]].slice(0, D));
  const unit = pick("Unit", "unit", Array.from({ length: H }, (_, u) => [String(u), String(u)]));
  const colored = pick("letters show its", "symbol", TRACED.map((key) => [key, `${PALETTE[key].name} ${key}`]));
  const strongest = button("Strongest for the answer", () => {
    if (!shown.T) return;
    const [d, u] = strongestUnit(network, shown.halves, shown.T, winnerAt(shown.T - 1));
    state.set("direction", d);
    state.set("unit", u);
    paint("unit");
  }, { "data-action": "strongest" });
  const winnerAt = (t) => beliefAt(t).reduce((best, value, k, all) => (value > all[best] ? k : best), 0);

  // --- The plot: names, columns of letters, and the numbers at the cursor

  const answer = element("p", { class: "px-answer", "data-role": "answer" });
  const note = element("p", { class: "px-note ll-quiet", "data-role": "note" });
  const letters = element("div", { class: "px-letters" });
  const belief = svg("svg", { class: "px-belief", preserveAspectRatio: "none", "data-symbol": "belief", "aria-hidden": "true" });
  const letterSpans = [];
  const mark = element("div", { class: "px-cursor" });
  const follow = (event) => {
    if (!shown.T) return;
    const box = map.getBoundingClientRect();
    moveTo(Math.floor(((event.clientX - box.left) / box.width) * columns()));
  };
  const map = element("div", {
    class: "px-map", "data-role": "map", tabindex: 0, role: "slider", "aria-label": "Letters read: arrow keys move over the phrase",
    "aria-valuemin": 0, "data-lm-suppress-shortcuts": "true", "data-prevent-swipe": "true", onpointermove: follow, onpointerdown: follow,
    onpointerup: () => setTimeout(() => map.blur()),
    onkeydown: (event) => {
      const to = { ArrowLeft: cursor - 1, ArrowRight: cursor + 1, Home: 0, End: shown.T - 1 }[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      moveTo(to);
      say();
    },
  }, belief, mark);
  const columns = () => Math.max(FEWEST_COLUMNS, shown.T);
  function moveTo(t) {
    const next = within(t, 0, Math.max(0, shown.T - 1));
    if (next === cursor) return;
    cursor = next;
    paint("cursor");
  }
  const rows = names.map((name, k) => ({
    name: element("span", { class: "px-class" }, name),
    bar: element("i", {}),
    number: element("span", { class: "px-number", "data-symbol": "probability", "data-class": k }),
  }));
  const grid = element("div", { class: "px-grid", style: `--px-rows: ${K}` },
    element("div", { class: "px-names" }, rows.map(({ name }) => name)), map,
    element("div", { class: "px-bars" }, rows.map(({ bar }) => element("span", {}, bar))),
    element("div", { class: "px-numbers" }, rows.map(({ number }) => number)));

  const traceRows = [["i", "f", "o"], ["g", "h"], ["c"]].map((keys) => {
    const picture = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
    const zero = svg("path", { class: "px-zero" });
    const paths = keys.map((key) => svg("path", { class: "px-line", "data-trace": key, stroke: `var(--ll-${key})`, "stroke-dasharray": PALETTE[key].dash || null }));
    picture.append(zero, ...paths);
    const reads = keys.map((key) => element("span", { "data-symbol": key, style: `color: var(--ll-${key})` }));
    const read = element("div", { class: "px-read" }, keys.map((key, n) => element("span", { style: `color: var(--ll-${key})` },
      svg("svg", { class: "px-key", viewBox: "0 0 20 6", width: 20, height: 6, "aria-hidden": "true" },
        svg("path", { d: "M0 3H20", class: "px-line", stroke: `var(--ll-${key})`, "stroke-dasharray": PALETTE[key].dash || null })),
      symbol(key, "t"), " ", reads[n])));
    const [high, low] = [element("span", {}), element("span", {})];
    const line = element("div", { class: "px-cursor" });
    const row = element("div", { class: "px-trace" }, element("div", { class: "px-range" }, high, low),
      element("div", { class: "px-plot" }, picture, line), read);
    return { keys, picture, zero, paths, reads, high, low, line, row };
  });

  root.append(
    element("div", { class: "ll-toolbar px-bar" }, element("label", { class: "px-phrase" }, element("span", {}, "Phrase"), field), example.node),
    answer, note,
    element("div", { class: "px-heading" }, element("strong", {}, "Belief"), element("span", { class: "ll-quiet" }, "if the phrase ended after this letter")),
    element("div", { class: "px-grid px-top" }, element("span", {}), letters), grid,
    element("div", { class: "ll-toolbar px-bar px-unit" }, unit.node, direction.node, strongest, colored.node),
    element("div", { class: "px-traces" }, traceRows.map(({ row }) => row)), live.node);

  // --- Painting

  function renew() {
    compute();
    paint("all");
    say();
  }
  function say() {
    if (!shown.T) return live.say("No phrase.");
    const now = beliefAt(cursor);
    if (!now) return undefined;
    const first = winnerAt(cursor);
    return live.say(`After ${cursor + 1} letters, ${shown.letters.slice(0, cursor + 1).join("")}: ${names[first]}, ${percent(now[first])}`);
  }

  function paintLetters() {
    const key = get("symbol");
    const values = shown.letters.map((_, t) => traceAt(key, t));
    const limit = key === "c" ? Math.max(0.2, ...values.map(Math.abs)) : 1;
    // One letter more changes one span: the others keep their nodes, and what has not changed is not touched.
    while (letterSpans.length < shown.T) letterSpans.push(letterSpan());
    letterSpans.slice(0, shown.T).forEach((span, t) => {
      const share = within(Math.abs(values[t]) / limit, 0, 1) * 45; // weak enough for the letter to be read on it
      span.show(shown.letters[t], shown.numbers[t], values[t], `color-mix(in srgb, var(--px-${values[t] < 0 ? "negative" : "positive"}) ${share.toFixed(1)}%, var(--ll-page))`);
    });
    setChildren(letters, letterSpans.slice(0, shown.T).map(({ node }) => node));
    letters.style.setProperty("--px-columns", columns());
  }

  function paintTraces() {
    for (const { keys, picture, zero, paths, high, low } of traceRows) {
      const series = keys.map((key) => shown.letters.map((_, t) => traceAt(key, t)));
      const top = keys[0] === "c" ? Math.max(0.2, ...series[0].map(Math.abs)) : 1;
      const bottom = keys[0] === "i" ? 0 : -top;
      const y = (value) => (100 * (top - value)) / (top - bottom);
      picture.setAttribute("viewBox", `0 -4 ${columns()} 108`);
      zero.setAttribute("d", `M0 ${y(0)}H${columns()}`);
      paths.forEach((path, n) => {
        path.setAttribute("d", series[n].map((value, t) => `${t ? "V" : "M0 "}${y(value).toFixed(2)}H${t + 1}`).join(""));
        path.dataset.values = JSON.stringify(series[n]);
      });
      high.textContent = format(top, keys[0] === "c" ? 1 : 0);
      low.textContent = format(bottom, keys[0] === "c" ? 1 : 0);
    }
  }

  /** The column of a beginning, or null while its belief is missing. It stays the same when letters follow. */
  function beliefColumn(t) {
    const now = beliefAt(t);
    if (now && !columnOf.has(now)) {
      columnOf.set(now, svg("g", {}, now.map((value, k) =>
        (value < 0.004 ? null : svg("rect", { x: t, y: k, width: 1, height: 1, "fill-opacity": value.toFixed(3) })))));
    }
    return now ? columnOf.get(now) : null;
  }

  function paintBelief() {
    belief.setAttribute("viewBox", `0 0 ${columns()} ${K}`);
    setChildren(belief, shown.letters.map((_, t) => beliefColumn(t)).filter((column) => column));
    const done = shown.letters.every((_, t) => beliefAt(t));
    belief.dataset.values = done ? JSON.stringify(shown.letters.map((_, t) => beliefAt(t))) : "";
  }

  function paintCursor() {
    const now = shown.T ? beliefAt(cursor) : null;
    const first = now ? winnerAt(cursor) : -1;
    rows.forEach(({ name, bar, number }, k) => {
      const value = now ? now[k] : null;
      bar.style.width = `${100 * (value ?? 0)}%`;
      number.textContent = value === null ? "\u2013" : percent(value);
      number.dataset.value = value ?? "";
      number.dataset.step = shown.T ? cursor : "";
      for (const node of [name, number]) node.classList.toggle("px-best", k === first);
    });
    for (const { keys, reads } of traceRows) {
      keys.forEach((key, n) => {
        const value = shown.T ? traceAt(key, cursor) : null;
        reads[n].textContent = value === null ? "\u2013" : format(value, 2);
        reads[n].dataset.value = value ?? "";
        reads[n].dataset.step = shown.T ? cursor : "";
      });
    }
    for (const node of [mark, ...traceRows.map(({ line }) => line)]) {
      node.hidden = !shown.T;
      node.style.left = `${(100 * cursor) / columns()}%`;
      node.style.width = `${100 / columns()}%`;
    }
    [...letters.children].forEach((node, t) => node.classList.toggle("px-now", t === cursor));
    const text = first >= 0 ? `${cursor + 1} of ${shown.T} letters: ${names[first]}, ${percent(now[first])}` : "no phrase";
    map.setAttribute("aria-valuemax", Math.max(0, shown.T));
    map.setAttribute("aria-valuenow", shown.T ? cursor + 1 : 0);
    map.setAttribute("aria-valuetext", text);
  }

  function paintAnswer() {
    const now = shown.T ? beliefAt(shown.T - 1) : null;
    const best = now ? winnerAt(shown.T - 1) : 0;
    answer.replaceChildren(...(now ? ["It is ", element("strong", {}, names[best]), `, says the model: ${percent(now[best])}.`] : ["Type a phrase, and see what the model believes after each letter."]));
    const unknown = [...new Set(shown.letters.filter((_, t) => shown.numbers[t] === UNKNOWN))];
    const cut = [...get("phrase")].length > LONGEST && shown.T === LONGEST;
    note.replaceChildren([unknown.length ? `Never seen in training: ${unknown.join(" ")}` : "", cut ? `Only the first ${LONGEST} letters are read.` : ""].filter(Boolean).join(" \u00b7 "));
  }

  function paint(what) {
    if (what === "all") {
      if (field.value !== get("phrase")) field.value = get("phrase");
      const n = examples.indexOf(get("phrase"));
      example.select.value = n < 0 ? "" : String(n);
      strongest.disabled = !shown.T;
      paintAnswer();
      paintBelief();
    }
    if (what !== "cursor") {
      direction.select.value = String(get("direction"));
      unit.select.value = String(get("unit"));
      colored.select.value = get("symbol");
      paintLetters();
      paintTraces();
    }
    paintCursor();
    if (shown.job) frame ??= requestAnimationFrame(goOn);
  }
  /** Beliefs that are still missing, for a part of a frame. */
  function goOn() {
    frame = undefined;
    const until = performance.now() + BUDGET;
    while (shown.job && performance.now() < until) advance();
    paintBelief();
    paintCursor();
    if (shown.job) frame = requestAnimationFrame(goOn);
  }

  compute();
  paint("all");
  state.onChange(["phrase"], () => { compute(); paint("all"); });
  state.onChange(["direction", "unit", "symbol"], () => paint("unit"));
  return () => cancelAnimationFrame(frame);
}

const { render, mount } = entryPoints("phrase_explorer", drawPhrases, PHRASE_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
