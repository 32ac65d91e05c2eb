// The translation explorer: type a number, see where a decoder looks as it writes it in another language, make it look
// or write otherwise, and see what follows.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-letter]`: the letters that are read; `data-number` is what the model reads for each.
// - `[data-symbol="states"]`: the encoder, `data-values` a JSON list of S lists of H numbers.
// - `[data-symbol="attention"]`: the map, `data-values` a JSON list of T lists of S shares; `data-signs` what was
//   written.
// - `[data-symbol="probability"]`: what else could stand at the step of the cursor; `data-sign`, `data-value`,
//   `data-step`.
// - `[data-symbol="beam"]`: the tree, `data-values` a JSON list of steps, each a list of [sign, parent,
//   log-probability]; `data-texts` the texts at its end.
// - `[data-name]`: `phrase`, `example`, `view`, `width`; `[data-role="map"]` takes the pointer and the arrow keys;
//   `[data-action]`: `write`, `look`, `undo`, and `force` (with `data-sign`).
import { keepSeen, rowUnder, stepUnder } from "../shared/charts.mjs";
import { decodeFloats } from "../shared/network.mjs";
import { phraseField } from "../shared/phrase_field.mjs";
import { announcer, button, choice, clamp, element, entryPoints, format, sliderArea, svg } from "../shared/ui.mjs";
import { TRANSLATION_EXPLORER_STYLES } from "./translation_explorer_styles.mjs";
import {
  END,
  MOST_DIGITS,
  MOST_READ,
  beamOf,
  encodeText,
  englishNumber,
  unpackTranslator,
  writeText,
} from "./translation_numbers.mjs";

const UNKNOWN = 1;
const CHOICES = 6; // of the next sign
const BEAT = 110; // milliseconds from one letter to the next
const FAINTEST = 0.002; // less attention is not drawn
const SIGN = "\u25A0"; // stands for the end
const OPEN = "\u2423"; // a space that can be seen

const percent = (share) => `${format(100 * share, share < 0.1 ? 1 : 0)}\u00A0%`;
const seen = (letter) => (letter === " " ? OPEN : letter);
const tidy = (text) => text.normalize("NFC").split(/\s+/u).filter(Boolean).join(" ");
const words = (text) => (/^\d+$/u.test(text) && text.length <= MOST_DIGITS ? englishNumber(Number(text)) : text);
const without = (edits, step) => Object.fromEntries(Object.entries(edits).filter(([key]) => Number(key) < step));

// --- What the model makes of the present state

function translatorOf(get) {
  const model = unpackTranslator(decodeFloats(get("weights")), get("architecture"));
  const numberOf = new Map(get("source_letters").map((letter, n) => [letter, n + UNKNOWN + 1]));
  const names = get("target_letters");
  const shown = { letters: [], numbers: [], memory: null, steps: [], levels: null };
  return {
    model,
    shown,
    name: (sign) => (sign <= END ? SIGN : names[sign - END - 1]),
    text: (signs) => signs.map((sign) => (sign <= END ? "" : names[sign - END - 1])).join(""),
    read() {
      shown.letters = [...words(tidy(get("phrase")))].slice(0, MOST_READ);
      shown.numbers = shown.letters.map((letter) => numberOf.get(letter) ?? UNKNOWN);
      shown.memory = shown.letters.length > 0 ? encodeText(model, shown.numbers) : null;
    },
    write() {
      shown.steps = shown.memory ? writeText(model, shown.memory, get("forced"), get("looked")) : [];
    },
    search() {
      shown.levels = shown.memory && get("view") === "beam" ? beamOf(model, shown.memory, get("width")) : null;
    },
  };
}

// --- Controls

function controls(view) {
  const { get, set } = view;
  const pick = (label, name, options, number = false) =>
    choice({
      label,
      name,
      options,
      value: String(get(name)),
      onChange: (value) => {
        set(name, number ? Number(value) : value);
        view.paint("beam");
      },
    });
  const shows = pick("Show", "view", [
    ["attention", "attention"],
    ["beam", "beam search"],
  ]);
  const widths = ["1", "2", "3", "4"].map((width) => [width, width]);
  const width = pick("width", "width", widths, true);
  const write = button("Write again", () => view.play(), { "data-action": "write" });
  const look = button("Look here", () => view.toggleLook(), { "data-action": "look" });
  const undo = button("Undo changes", () => view.edit({}, {}), { "data-action": "undo" });
  const node = element("div", { class: "ll-toolbar tx-bar" }, shows.node, width.node, write, look, undo);
  const paint = () => {
    const [beam, empty] = [get("view") === "beam", view.shown.steps.length === 0];
    shows.select.value = get("view");
    width.select.value = String(get("width"));
    width.node.hidden = !beam;
    for (const one of [write, look, undo]) one.hidden = beam;
    write.disabled = empty;
    look.disabled = empty;
    look.textContent = get("looked")[view.step()] === view.column ? "Look freely" : "Look here";
    undo.disabled = Object.keys(get("forced")).length + Object.keys(get("looked")).length === 0;
  };
  return { node, paint };
}

function answerLine({ get, shown, translator }) {
  const answer = element("p", { class: "tx-answer", "data-role": "answer" });
  const note = element("p", { class: "tx-note ll-quiet", "data-role": "note" });
  const paint = (count) => {
    const { letters, numbers, steps } = shown;
    const text = translator.text(steps.slice(0, count).map(({ sign }) => sign));
    const log = steps.slice(0, count).reduce((sum, { sign, logs }) => sum + logs[sign], 0);
    const finished = count === steps.length;
    answer.replaceChildren(
      ...(letters.length > 0
        ? [`${letters.join("")} \u2192 `, element("strong", {}, text), finished ? "" : " \u2026"]
        : ["Type a number, in words or in digits."]),
    );
    const unknown = [...new Set(letters.filter((_, s) => numbers[s] === UNKNOWN))];
    const notes = [
      letters.length > 0 ? `log-probability ${format(log)}` : "",
      get("trained_on") ? `It has seen ${get("trained_on")}, and nothing else.` : "",
      unknown.length > 0 ? `Never seen in training: ${unknown.join(" ")}` : "",
      steps.length > 0 && finished && steps.at(-1).sign !== END ? "It found no end." : "",
    ];
    note.replaceChildren(notes.filter(Boolean).join(" \u00B7 "));
  };
  return { nodes: [answer, note], paint };
}

// --- The encoder: its letters, and all its states as a picture

function encoderRows({ root, shown, translator, columns }) {
  const letters = element("div", { class: "tx-letters" });
  const canvas = element("canvas", { class: "tx-states", "data-symbol": "states", "aria-hidden": "true" });
  const paint = () => {
    const [{ memory, numbers }, { H }] = [shown, translator.model];
    const spans = shown.letters.map((letter, s) => {
      const known = numbers[s] === UNKNOWN ? "tx-unknown" : undefined;
      return element("span", { "data-letter": letter, "data-number": numbers[s], class: known }, seen(letter));
    });
    letters.replaceChildren(...spans);
    root.style.setProperty("--tx-columns", columns());
    const S = spans.length;
    const rows = Array.from({ length: S }, (_, s) => [...memory.states.subarray(s * H, (s + 1) * H)]);
    canvas.dataset.values = JSON.stringify(rows);
    [canvas.width, canvas.height] = [columns(), H];
    const pixels = new ImageData(columns(), H);
    rows.forEach((row, s) =>
      row.forEach((value, u) => {
        const rgb = value < 0 ? [42, 111, 201] : [217, 118, 10];
        pixels.data.set([...rgb, Math.min(255, 255 * Math.abs(value))], 4 * (u * columns() + s));
      }),
    );
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  };
  const paintCursor = () =>
    [...letters.children].forEach((span, s) => span.classList.toggle("tx-now", s === shown.column));
  return { letters, canvas, paint, paintCursor };
}

// --- The attention, row by row

function attentionMap(view) {
  const { get, shown, translator } = view;
  const picture = svg("svg", { class: "tx-attention", preserveAspectRatio: "none", "aria-hidden": "true" });
  const names = element("div", { class: "tx-written" });
  const box = element("div", { class: "tx-cursor" });
  const follow = (event) => {
    const T = shown.steps.length;
    if (T) view.moveTo(rowUnder(event, picture, T), stepUnder(event, picture, view.columns()));
  };
  const go = (rows, columns) => () => {
    view.moveTo(view.step() + rows, view.column + columns);
    view.say();
  };
  const node = sliderArea(
    {
      class: "tx-map",
      "data-role": "map",
      "data-symbol": "attention",
      "aria-label": "Letters written: up and down, and letters read: left and right; Enter makes it look there",
      "aria-valuemin": 0,
      "data-prevent-swipe": "true",
      onpointermove: follow,
      onpointerdown: follow,
      ondblclick: () => view.toggleLook(),
    },
    {
      ArrowUp: go(-1, 0),
      ArrowDown: go(1, 0),
      ArrowLeft: go(0, -1),
      ArrowRight: go(0, 1),
      Home: go(-Infinity, 0),
      End: go(Infinity, 0),
      Enter: () => view.toggleLook(),
    },
    picture,
    box,
  );
  const paint = (count) => {
    const { steps } = shown;
    const rows = Math.max(1, steps.length);
    view.root.style.setProperty("--tx-rows", rows);
    picture.setAttribute("viewBox", `0 0 ${view.columns()} ${rows}`);
    // The largest share that the model chose is darkest.
    const free = steps.filter((_, t) => !(t in get("looked"))).flatMap(({ attention }) => [...attention]);
    const largest = Math.max(FAINTEST, ...free);
    const opacity = (share) => (Math.min(1, share / largest) ** 0.8).toFixed(3);
    const cell = (share, x, y) => svg("rect", { x, y, width: 1, height: 1, "fill-opacity": opacity(share) });
    picture.replaceChildren(
      ...steps
        .slice(0, count)
        .flatMap(({ attention }, t) =>
          [...attention].flatMap((share, s) => (share < FAINTEST ? [] : [cell(share, s, t)])),
        ),
    );
    names.replaceChildren(
      ...steps.map(({ sign }, t) => {
        const changed = t in get("forced") ? "tx-forced" : t in get("looked") ? "tx-looked" : undefined;
        return element("span", { class: changed }, t < count ? seen(translator.name(sign)) : "\u00A0");
      }),
    );
    node.dataset.values = JSON.stringify(steps.map(({ attention }) => [...attention]));
    node.dataset.signs = JSON.stringify(steps.map(({ sign }) => sign));
  };
  const paintCursor = () => {
    const { steps, letters } = shown;
    const [t, T] = [view.step(), steps.length];
    box.hidden = T === 0;
    box.style.top = `calc(${t / T} * var(--tx-tall))`;
    box.style.height = `calc(var(--tx-tall) / ${T})`;
    [...names.children].forEach((span, row) => span.classList.toggle("tx-now", row === t));
    node.setAttribute("aria-valuemax", T);
    node.setAttribute("aria-valuenow", T ? t + 1 : 0);
    const share = T ? steps[t].attention[view.column] : 0;
    const text = T ? `${translator.name(steps[t].sign)}, letter ${t + 1} of ${T}; ` : "nothing written";
    const look = T ? `looks ${percent(share)} at ${letters[view.column]}, letter ${view.column + 1}` : "";
    node.setAttribute("aria-valuetext", text + look);
  };
  return { node, names, paint, paintCursor };
}

// What else could stand at the cursor: buttons that write it.
function choiceList(view) {
  const { get, shown, translator } = view;
  const title = element("p", { class: "tx-side-title" });
  const list = element("div", { class: "tx-choices" });
  const look = element("p", { class: "tx-look ll-quiet" });
  const force = (sign) => {
    const step = view.step();
    view.edit({ ...without(get("forced"), step), [step]: sign }, get("looked"));
    list.querySelector(`[data-sign="${sign}"]`)?.focus();
  };
  const paintCursor = () => {
    const { steps, letters } = shown;
    const t = view.step();
    if (steps.length === 0) {
      for (const node of [title, list, look]) node.replaceChildren();
      return;
    }
    const { logs, sign, attention } = steps[t];
    const begun = translator.text(steps.slice(0, t).map((step) => step.sign));
    title.replaceChildren(begun ? `After \u201C${begun.slice(-16)}\u201D write` : "Begin with");
    const order = [...logs.keys()].toSorted((a, b) => logs[b] - logs[a]).filter((k) => k >= END);
    const offered = order.slice(0, CHOICES);
    if (!offered.includes(sign)) offered[CHOICES - 1] = sign;
    list.replaceChildren(
      ...offered.map((k) => {
        const share = Math.exp(logs[k]);
        const number = element(
          "span",
          { "data-symbol": "probability", "data-sign": k, "data-value": share, "data-step": t },
          percent(share),
        );
        const bar = element("i", { style: `width: ${(100 * share).toFixed(1)}%` });
        const label = k === END ? `${SIGN} end` : seen(translator.name(k));
        const parts = element("span", {}, element("b", {}, label), element("em", {}, bar), number);
        return button(parts, () => force(k), {
          "data-action": "force",
          "data-sign": k,
          "aria-pressed": String(k === sign),
          "aria-label": `${label}, ${percent(share)}`,
        });
      }),
    );
    const where = `letter ${view.column + 1}, \u201C${letters[view.column]}\u201D`;
    look.replaceChildren(`It looks ${percent(attention[view.column])} at ${where}.`);
  };
  const node = element("div", { class: "tx-side" }, title, list, look);
  return { node, paintCursor };
}

// --- The beam as a tree

function beamTree({ get, shown, translator }) {
  const picture = svg("svg", { class: "tx-tree", "data-symbol": "beam", role: "img" });
  const texts = element("ol", { class: "tx-texts" });
  const [LEFT, STEP, ROW, TOP] = [14, 22, 56, 24];
  const paint = () => {
    const levels = shown.levels ?? [];
    const x = (t) => LEFT + STEP * (t + 1);
    const y = (rank) => TOP + ROW * rank;
    // Every text that is still there at the end, followed back to its first letter.
    const kept = new Set();
    levels.at(-1)?.forEach((_, rank) => {
      for (let t = levels.length - 1, at = rank; t >= 0; at = levels[t].at(at).parent, t--) kept.add(`${t} ${at}`);
    });
    const first = new Set();
    for (let t = levels.length - 1, at = 0; t >= 0; at = levels[t].at(at).parent, t--) first.add(`${t} ${at}`);
    const grade = (key) => (first.has(key) ? "tx-first" : kept.has(key) ? "tx-kept" : "tx-lost");
    const lines = levels.flatMap((level, t) =>
      level.map(({ parent }, rank) => {
        const [x0, y0] = [x(t - 1), y(t ? parent : 0)];
        return svg("path", { d: `M${x0} ${y0}L${x(t)} ${y(rank)}`, class: grade(`${t} ${rank}`) });
      }),
    );
    const over = (one, t, rank) => one.ended && t > 0 && levels[t - 1][one.parent].ended && rank >= 0;
    const nodes = levels.flatMap((level, t) =>
      level.map((one, rank) => {
        const label = over(one, t, rank) ? "" : seen(translator.name(one.sign));
        const dot = svg("circle", { cx: x(t), cy: y(rank), r: label ? 9.5 : 2 });
        const text = svg("text", { x: x(t), y: y(rank) + 5, "text-anchor": "middle" }, label);
        return svg("g", { class: grade(`${t} ${rank}`) }, dot, text);
      }),
    );
    const [width, height] = [x(levels.length) + 4, TOP + ROW * (Math.max(1, get("width")) - 1) + 24];
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.style.width = `${width}px`;
    picture.replaceChildren(...lines, ...nodes);
    picture.setAttribute("aria-label", `Beam search of width ${get("width")}, ${levels.length} steps`);
    picture.dataset.values = JSON.stringify(
      levels.map((level) => level.map(({ sign, parent, log }) => [sign, parent, log])),
    );
    const end = levels.at(-1) ?? [];
    picture.dataset.texts = JSON.stringify(end.map(({ signs }) => translator.text(signs)));
    texts.replaceChildren(
      ...end.map(({ signs, log }) =>
        element("li", {}, element("strong", {}, translator.text(signs)), ` log-probability ${format(log)}`),
      ),
    );
  };
  const scroll = element("div", { class: "tx-scroll", tabindex: 0, role: "region", "aria-label": "Beam" }, picture);
  return { node: element("div", { class: "tx-beam" }, scroll, texts), paint };
}

// --- The whole

function assemble(view, { field, answer, bar, encoder, map, side, beam }) {
  const head = (text, about) =>
    element(
      "div",
      { class: "tx-heading" },
      element("strong", {}, text),
      " ",
      element("span", { class: "ll-quiet" }, about),
    );
  const grid = element(
    "div",
    { class: "tx-grid" },
    element("span", { class: "tx-label ll-quiet" }, "reads"),
    encoder.letters,
    element("span"),
    element("span", { class: "tx-label ll-quiet" }, "states"),
    element("div", { class: "tx-memory" }, encoder.canvas),
    element("span"),
    map.names,
    map.node,
    side.node,
  );
  const attention = element(
    "div",
    {},
    head("Attention", "one row for each letter written, one column for each read"),
    grid,
  );
  const tree = element(
    "div",
    {},
    head("Beam search", "best at the top; a branch that ends was given up; bold is the answer"),
    beam.node,
  );
  view.root.append(field.node, ...answer.nodes, bar.node, attention, tree, view.live.node);
  return { attention, tree };
}

function sayStep({ translator, shown, live, step, column }) {
  if (shown.steps.length === 0) {
    live.say("Nothing to translate.");
    return;
  }
  const { sign, attention } = shown.steps[step()];
  const looks = `${translator.name(sign)} looks ${percent(attention[column])} at ${shown.letters[column]}`;
  live.say(`${translator.text(shown.steps.map((one) => one.sign))}. Letter ${step() + 1}: ${looks}`);
}

function draw(root, state) {
  const { get, set } = state;
  const translator = translatorOf(get);
  const { shown } = translator;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let [timer, count] = [undefined, 0]; // letters that are written so far, in the play
  const view = {
    root,
    get,
    set,
    translator,
    shown,
    live: announcer(),
    get column() {
      return shown.column;
    },
    columns: () => Math.max(1, shown.letters.length),
    step: () => clamp(get("step"), 0, Math.max(0, shown.steps.length - 1)),
    moveTo(row, column) {
      const next = clamp(row, 0, Math.max(0, shown.steps.length - 1));
      shown.column = clamp(column, 0, view.columns() - 1);
      if (next !== get("step")) set("step", next);
      paintCursor();
    },
    edit(forced, looked) {
      set("forced", forced);
      set("looked", looked);
      view.paint("written");
      view.say();
    },
    toggleLook() {
      if (shown.steps.length === 0) return;
      const [step, looked] = [view.step(), get("looked")];
      const { [step]: before, ...others } = looked;
      view.edit(get("forced"), before === shown.column ? others : { ...looked, [step]: shown.column });
    },
    say() {
      sayStep(view);
    },
    play() {
      stop();
      if (calm.matches) return;
      count = 0;
      timer = setInterval(() => {
        count += 1;
        parts.map.paint(count);
        parts.answer.paint(count);
        set("step", Math.min(count, shown.steps.length) - 1);
        paintCursor();
        if (count >= shown.steps.length) stop();
      }, BEAT);
    },
    // "all", or what depends on what is "written", or on the "beam".
    paint(what) {
      stop();
      if (what === "all") {
        translator.read();
        shown.column = clamp(shown.column ?? 0, 0, view.columns() - 1);
        parts.field.paint();
        parts.encoder.paint();
      }
      if (what !== "beam") translator.write();
      if (what !== "written") translator.search();
      count = shown.steps.length;
      parts.answer.paint(count);
      parts.map.paint(count);
      parts.beam.paint();
      boxes.attention.hidden = get("view") === "beam";
      boxes.tree.hidden = get("view") !== "beam";
      paintCursor();
    },
  };
  function stop() {
    clearInterval(timer);
    timer = undefined;
  }
  function paintCursor() {
    for (const part of [parts.bar, parts.side, parts.map]) (part.paintCursor ?? part.paint)();
    parts.encoder.paintCursor();
    const [row, rows] = [view.step(), Math.max(1, shown.steps.length)];
    keepSeen(root.querySelectorAll(".tx-map"), { column: shown.column, columns: view.columns(), row, rows });
    keepSeen(root.querySelectorAll(".tx-letters, .tx-memory"), { column: shown.column, columns: view.columns() });
    keepSeen(root.querySelectorAll(".tx-written"), { row, rows });
  }
  const take = (text) => {
    set("phrase", text);
    set("forced", {});
    set("looked", {});
    set("step", 0);
    shown.column = 0;
    view.paint("all");
    view.say();
  };
  const parts = {
    field: phraseField("tx", get, take, { label: "Number", placeholder: "Type a number, in words or in digits" }),
    answer: answerLine(view),
    bar: controls(view),
    encoder: encoderRows(view),
    map: attentionMap(view),
    side: choiceList(view),
    beam: beamTree(view),
  };
  const boxes = assemble(view, parts);
  view.paint("all");
  state.onChange(["phrase", "forced", "looked", "step", "view", "width"], () => view.paint("all"));
  return stop;
}

const { render, mount } = entryPoints("translation_explorer", draw, TRANSLATION_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
