// The timeline explorer: what a training step spends its time on, for several ways to run an LSTM. A click on a bar
// chooses one; below, its spans stand in the order of time, and can be zoomed and moved.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol="total"]`: one a run (`data-run`), `data-value` its milliseconds in the profiler.
// - `[data-symbol="calls"]` and `[data-symbol="time"]`: one a kind (`data-kind`), `data-value` the number of its spans
//   in the picture, and their milliseconds.
// - `[data-symbol="span"]`: `data-value` the milliseconds of the span that is told below, `data-shows` its name.
// - `[data-name]`: `run 0` and so on; `[data-action]`: `closer`, `wider`, `all`; `[data-role="timeline"]` and
//   `[data-role="whole"]` take pointer and keys; the first tells what is shown by `data-zoom` and `data-start`.
import { announcer, button, clamp, element, entryPoints, format, sliderArea, svg } from "../shared/ui.mjs";
import { TIMELINE_EXPLORER_STYLES } from "./timeline_explorer_styles.mjs";

/**
 * A run, ready to be drawn. Times are in milliseconds from its start.
 * @typedef {object} Run
 * @property {string} name of the run
 * @property {string[]} names of each span
 * @property {number[]} kinds of each span, as places in the list of kinds
 * @property {Float64Array} ends of each span
 * @property {number} length of the whole run
 * @property {number} backward where the backward pass begins
 * @property {number} alone milliseconds without the profiler
 */

const DEEPEST = 10;
const WIDE = 1000; // of a picture, in its own units
const LANE = 10;
const THINNEST = 0.6; // a span is drawn at least this wide
const TICK = 1e-4; // milliseconds

function unpack(name, { names, spans, backward, seconds }) {
  const count = spans.length / 2;
  const ends = new Float64Array(count);
  const places = Array.from({ length: count }, (_, n) => spans[2 * n]);
  for (let n = 0; n < count; n++) ends[n] = (n ? ends[n - 1] : 0) + spans[2 * n + 1] * TICK;
  const at = (n) => (n ? ends[n - 1] : 0);
  return {
    name,
    names: places.map((place) => names[place][0]),
    kinds: places.map((place) => names[place][1]),
    ends,
    length: ends[count - 1],
    backward: at(backward),
    alone: 1000 * seconds,
  };
}

// The span at a time.
function spanAt({ ends }, time) {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

const startOf = ({ ends }, n) => (n ? ends[n - 1] : 0);

// Number of spans and milliseconds of each kind between two times; a span counts where it begins or reaches in.
function totals(run, count, from = 0, to = run.length) {
  const found = Array.from({ length: count }, () => ({ calls: 0, time: 0 }));
  for (let n = spanAt(run, from); n < run.ends.length && startOf(run, n) < to; n++) {
    const one = found[run.kinds[n]];
    one.calls += 1;
    one.time += Math.min(to, run.ends[n]) - Math.max(from, startOf(run, n));
  }
  return found;
}

// A time with the digits that it needs.
function duration(ms) {
  if (ms < 0.1) return `${format(1000 * ms, 1)}\u00A0\u00B5s`;
  return `${format(ms, ms < 10 ? 2 : 1)}\u00A0ms`;
}

// Round steps of an axis: at most `most` of them.
function gapOf(length, most) {
  const power = 10 ** Math.floor(Math.log10(length / most));
  return [1, 2, 5, 10].map((m) => m * power).find((gap) => length / gap <= most);
}

// --- The bars

// One a run, all on one scale; a click chooses.
function bars(view, choose) {
  const { runs, kinds } = view;
  const longest = Math.max(...runs.map(({ length }) => length));
  const rows = runs.map((run, n) => {
    let left = 0;
    const parts = totals(run, kinds.length).map(({ time }, kind) => {
      const part = svg("rect", { class: `lx-${kind}`, x: left, y: 0, width: (WIDE * time) / longest, height: 1 });
      left += (WIDE * time) / longest;
      return part;
    });
    const alone = (WIDE * Math.min(run.alone, longest)) / longest;
    const mark = svg("rect", { class: "lx-alone", x: alone - 2, y: -0.2, width: 4, height: 1.4 });
    const box = { viewBox: `0 -0.2 ${WIDE} 1.4`, preserveAspectRatio: "none", "aria-hidden": "true" };
    const number = { class: "lx-number", "data-symbol": "total", "data-run": run.name, "data-value": run.length };
    const label = [
      element("span", { class: "lx-name" }, run.name),
      svg("svg", box, parts, mark),
      element("span", number, `${format(run.length)}\u00A0ms`),
    ];
    const row = button(label[0], () => choose(n), { class: "lx-run", "data-name": `run ${n}` });
    row.append(...label.slice(1));
    row.title = `${run.name}: ${duration(run.length)} in the profiler, ${duration(run.alone)} without`;
    return row;
  });
  const paint = () => rows.forEach((row, n) => row.setAttribute("aria-pressed", String(runs[n] === view.run)));
  return {
    node: element("div", { class: "lx-runs", role: "group", "aria-label": "Ways to run the LSTM" }, rows),
    paint,
  };
}

// --- The lanes

// One path a kind; what is thinner than a hair and begins in the same hair is drawn once.
function lanePaths(run, count, from, to) {
  const scale = WIDE / (to - from);
  const [paths, reached] = [Array(count).fill(""), Array(count).fill(-1)];
  for (let n = spanAt(run, from); n < run.ends.length && startOf(run, n) < to; n++) {
    const kind = run.kinds[n];
    const left = Math.max(0, (startOf(run, n) - from) * scale);
    const right = Math.max(left + THINNEST, Math.min(WIDE, (run.ends[n] - from) * scale));
    if (right > reached[kind]) {
      const begin = Math.max(left, reached[kind]);
      paths[kind] += `M${begin.toFixed(2)} ${kind * LANE + 1}H${right.toFixed(2)}v${LANE - 2}H${begin.toFixed(2)}z`;
      reached[kind] = right;
    }
  }
  return paths;
}

function lanePicture(view, marks) {
  const paths = view.kinds.map((_, kind) => svg("path", { class: `lx-${kind}` }));
  const backward = svg("rect", { class: "lx-backward", y: 0, height: LANE * paths.length });
  const extent = `0 0 ${WIDE} ${LANE * paths.length}`;
  const node = svg(
    "svg",
    { viewBox: extent, preserveAspectRatio: "none", "aria-hidden": "true" },
    backward,
    paths,
    ...marks,
  );
  const paint = (from, to) => {
    lanePaths(view.run, paths.length, from, to).forEach((d, kind) => paths[kind].setAttribute("d", d));
    const left = clamp(((view.run.backward - from) / (to - from)) * WIDE, 0, WIDE);
    backward.setAttribute("x", left);
    backward.setAttribute("width", WIDE - left);
  };
  return { node, paint };
}

// Names and numbers beside the lanes.
function laneTexts({ kinds }) {
  const rows = kinds.map((name, kind) => ({
    name: element("span", { class: "lx-kind" }, element("i", { class: `lx-${kind}` }), name),
    calls: element("span", { class: "lx-number", "data-symbol": "calls", "data-kind": name }),
    time: element("span", { class: "lx-number", "data-symbol": "time", "data-kind": name }),
    share: element("span", { class: "lx-number" }),
  }));
  const paint = (found) => {
    const all = found.reduce((sum, { time }) => sum + time, 0);
    rows.forEach(({ calls, time, share }, kind) => {
      const one = found[kind];
      calls.textContent = `${one.calls}\u00A0\u00D7`;
      calls.dataset.value = one.calls;
      time.textContent = duration(one.time);
      time.dataset.value = one.time;
      share.textContent = `${format((100 * one.time) / all, 0)}\u00A0%`;
    });
  };
  const names = element(
    "div",
    { class: "lx-names" },
    rows.map(({ name }) => name),
  );
  const numbers = element(
    "div",
    { class: "lx-numbers" },
    rows.flatMap(({ calls, time, share }) => [calls, time, share]),
  );
  return { names, numbers, paint };
}

// --- The time axis below the lanes

function timeAxis() {
  const node = element("div", { class: "lx-axis", "aria-hidden": "true" });
  const paint = (from, to) => {
    const gap = gapOf(to - from, 6);
    const digits = Math.max(0, -Math.floor(Math.log10(gap) + 1e-9));
    const ticks = [];
    for (let k = Math.ceil(from / gap); k * gap <= to; k++) {
      const text = format(k * gap, digits);
      const reach = `${text.length / 2}ch - 14px`; // half the text may stand in the widget's margin, but not beyond it
      const style = `left: clamp(${reach}, ${(100 * (k * gap - from)) / (to - from)}%, 100% - (${reach}))`;
      ticks.push(element("span", { style }, text));
    }
    node.replaceChildren(...ticks);
  };
  return { node, paint };
}

// --- What the pointer and the keys do

function areas(view, { apply, tell }) {
  const timeUnder = ({ clientX }, node, from, to) => {
    const { left, width } = node.getBoundingClientRect();
    return from + (to - from) * clamp((clientX - left) / width, 0, 1);
  };
  const pan = (share) => () => apply({ start: view.start + (share * (view.to - view.from)) / view.run.length });
  const deeper = (by) => () => view.zoomTo(view.zoom + by, view.told ?? (view.from + view.to) / 2);
  const keys = {
    ArrowLeft: pan(-0.25),
    ArrowRight: pan(0.25),
    ArrowUp: deeper(1),
    ArrowDown: deeper(-1),
    "+": deeper(1),
    "-": deeper(-1),
    Home: () => apply({ zoom: 0, start: 0 }),
  };
  const place = svg("rect", { class: "lx-window", y: 0, height: LANE * view.kinds.length });
  const near = lanePicture(view, []);
  const far = lanePicture(view, [place]);
  const mark = element("div", { class: "lx-mark" });
  let held = null;
  const timeline = sliderArea(
    {
      class: "lx-near",
      "data-role": "timeline",
      "aria-label": "Time shown: left and right move it, up and down zoom, Home shows all",
      "aria-valuemin": 0,
      "data-prevent-swipe": "true",
      onpointerdown: (event) => {
        held = { x: event.clientX, start: view.start };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onpointerup: () => {
        held = null;
      },
      onpointercancel: () => {
        held = null;
      },
      onpointermove: (event) => {
        const node = event.currentTarget;
        if (held) {
          const moved = ((held.x - event.clientX) / node.getBoundingClientRect().width) * (view.to - view.from);
          apply({ start: held.start + moved / view.run.length });
        }
        tell(timeUnder(event, node, view.from, view.to));
      },
      ondblclick: (event) => view.zoomTo(view.zoom + 2, timeUnder(event, event.currentTarget, view.from, view.to)),
    },
    keys,
    near.node,
    mark,
  );
  const goTo = (event) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const middle = timeUnder(event, event.currentTarget, 0, view.run.length);
    apply({ start: (middle - (view.to - view.from) / 2) / view.run.length });
  };
  const whole = element(
    "div",
    { class: "lx-far", "data-role": "whole", "data-prevent-swipe": "true", onpointerdown: goTo, onpointermove: goTo },
    far.node,
  );
  const paint = () => {
    near.paint(view.from, view.to);
    far.paint(0, view.run.length);
    place.setAttribute("x", (WIDE * view.from) / view.run.length);
    place.setAttribute("width", (WIDE * (view.to - view.from)) / view.run.length);
    Object.assign(timeline.dataset, { zoom: view.zoom, start: view.start });
    timeline.setAttribute("aria-valuemax", format(view.run.length));
    timeline.setAttribute("aria-valuenow", format(view.from));
    timeline.setAttribute("aria-valuetext", `${duration(view.from)} to ${duration(view.to)} of ${view.run.name}`);
  };
  const paintMark = (from, to) => {
    const percent = (time) => clamp((100 * (time - view.from)) / (view.to - view.from), 0, 100);
    mark.style.left = `${percent(from)}%`;
    mark.style.width = `${percent(to) - percent(from)}%`;
  };
  return { timeline, whole, paint, paintMark };
}

// --- The whole

function draw(root, state) {
  const live = announcer();
  const kinds = state.get("kinds");
  const runs = Object.entries(state.get("runs")).map(([name, run]) => unpack(name, run));
  const view = { runs, kinds, told: null, zoom: 0, start: 0, from: 0, to: 0, run: runs[0] };
  const told = element("p", { class: "lx-told", "data-symbol": "span" });

  function read() {
    view.run = runs.find(({ name }) => name === state.get("chosen"));
    view.zoom = state.get("zoom");
    const share = 2 ** -view.zoom;
    view.start = clamp(state.get("start"), 0, 1 - share);
    view.from = view.start * view.run.length;
    view.to = view.from + share * view.run.length;
  }
  function apply(changes) {
    for (const [key, value] of Object.entries(changes)) {
      const most = 1 - 2 ** -(changes.zoom ?? view.zoom);
      state.set(key, key === "start" ? clamp(value, 0, most) : value);
    }
    paint();
  }
  view.zoomTo = (zoom, around) => {
    const next = clamp(zoom, 0, DEEPEST);
    const share = 2 ** -next;
    const within = (around - view.from) / (view.to - view.from); // what is pointed at stays where it is
    apply({ zoom: next, start: around / view.run.length - within * share });
  };
  // The span at a time, in words.
  function tell(time) {
    view.told = time;
    const { run } = view;
    const n = spanAt(run, time);
    const [from, to] = [startOf(run, n), run.ends[n]];
    const pass = from >= run.backward ? "backward" : "forward";
    const name = element("strong", { "data-shows": "name" }, run.names[n]);
    const kind = element(
      "span",
      { class: "lx-kind" },
      element("i", { class: `lx-${run.kinds[n]}` }),
      kinds[run.kinds[n]],
    );
    told.replaceChildren(name, ` ${duration(to - from)} from ${duration(from)}, ${pass} pass `, kind);
    told.dataset.value = to - from;
    area.paintMark(from, to);
  }
  const area = areas(view, { apply, tell });
  const texts = laneTexts(view);
  const axis = timeAxis();
  const choose = (n) => {
    state.set("chosen", runs[n].name);
    view.told = null;
    paint();
    live.say(`${runs[n].name}: ${duration(runs[n].length)}`);
  };
  const all = bars(view, choose);
  const middle = () => view.told ?? (view.from + view.to) / 2;
  const zooms = [
    button("Zoom in", () => view.zoomTo(view.zoom + 1, middle()), { "data-action": "closer" }),
    button("Zoom out", () => view.zoomTo(view.zoom - 1, middle()), { "data-action": "wider" }),
    button("Show all", () => apply({ zoom: 0, start: 0 }), { "data-action": "all" }),
  ];
  function paint() {
    read();
    all.paint();
    area.paint();
    texts.paint(totals(view.run, kinds.length, view.from, view.to));
    axis.paint(view.from, view.to);
    const shown = view.told !== null && view.told >= view.from && view.told <= view.to;
    tell(shown ? view.told : (view.from + view.to) / 2);
    if (!shown) view.told = null;
  }
  const heading = element("p", { class: "lx-heading" }, "One training step in the profiler, ms. ");
  heading.append(element("span", { class: "ll-quiet" }, "Click a bar. The dark mark: the time without the profiler."));
  const line = (...nodes) => element("div", { class: "lx-grid" }, nodes);
  root.append(
    heading,
    all.node,
    element(
      "div",
      { class: "ll-toolbar lx-bar" },
      zooms,
      element("span", { class: "ll-quiet" }, "shaded: backward pass"),
    ),
    element(
      "div",
      { class: "lx-lanes" },
      line(texts.names, element("div", {}, area.timeline), texts.numbers),
      line(element("span", { class: "lx-label" }, "ms"), axis.node, element("span")),
      line(element("span", { class: "lx-label" }, "the whole step"), area.whole, element("span")),
    ),
    told,
    live.node,
  );
  paint();
  state.onChange(["chosen", "zoom", "start"], paint);
}

const { render, mount } = entryPoints("timeline_explorer", draw, TIMELINE_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
