// Hands on the chart of the sequence explorer: pads to draw an input on, and an area over the traces to read them.
import { stepUnder } from "../shared/charts.mjs";
import { clamp, element, format, sliderArea } from "../shared/ui.mjs";
import { LETTERS, yOf } from "./sequence_chart.mjs";

const PRECISION = 40; // values that a pad can take between its limits, so that zero is easy to hit
const FAR = 10; // steps or values at once
const EASY = 10; // pixels of a step that a hand hits with ease
const CLOSE = 5; // pixels from a click to a line that it means
const SLACK = 4; // pixels that a click may move
const MOST_SAID = 8; // inputs that are said aloud

/**
 * In words: the inputs of a step, and the traces of the chosen unit.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @param {number} t the step
 * @returns {string} for a screen reader
 */
export function describe(view, t) {
  const { get, steps } = view;
  const [{ I, T }, { unit }] = [view.sizes(), view.place()];
  const names = get("xs")[t].map((value, k) => `${I > 1 ? view.featureName(k) : "x"} ${format(value)}`);
  const inputs = names.slice(0, MOST_SAID).join(", ");
  const label = get("labels")[t] ? ` (${get("labels")[t]})` : "";
  const marked = view.marks().includes(t) ? ", marked" : "";
  const traces = LETTERS.map((key) => `${key} ${format(steps[t][key][unit])}`).join(", ");
  const right = view.truth ? `, true ${format(view.truth.at(-1))}` : "";
  const answer = view.answers ? `; at the end it answers ${format(view.answers.at(-1))}${right}` : "";
  return `Step ${t + 1} of ${T}${label}${marked}: ${inputs}; unit ${unit}: ${traces}${answer}`;
}

// A hand that moves the cursor takes over from the player.
function moveCursor({ get, set, player }, t) {
  player.pause();
  if (t !== get("step")) set("step", t);
}

// While the cell is shown, the pointer on its way there must not move the cursor: then it takes a press.
function hover(view, t) {
  if (!view.pipes) moveCursor(view, t);
}

/**
 * The keys that choose a step.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @param {() => void} [first] what else they do, before
 * @returns {Record<string, (event: KeyboardEvent) => void>} actions by the key's name
 */
export function stepKeys(view, first) {
  const go = (place) => (event) => {
    first?.();
    const { T } = view.sizes();
    moveCursor(view, clamp(place(view.chosen("step", T), event.shiftKey ? FAR : 1, T), 0, T - 1));
    requestAnimationFrame(() => view.say(describe(view, view.chosen("step", T))));
  };
  return {
    ArrowLeft: go((t, far) => t - far),
    ArrowRight: go((t, far) => t + far),
    Home: go(() => 0),
    End: go((t, far, T) => T - 1),
  };
}

// Put values of one feature into the input: [step, value] each.
function writeInput({ get, set }, feature, values) {
  const xs = [...get("xs")];
  for (const [t, value] of values) xs[t] = xs[t].map((old, k) => (k === feature ? value : old));
  set("xs", xs);
}

// What a pointer draws while it is down. A fast hand skips steps: they are joined.
function drawWith(view, { feature, low, high }, snap) {
  let last = null;
  return {
    begin() {
      last = null;
    },
    put(event, pad) {
      const { top, height } = pad.getBoundingClientRect();
      const t = stepUnder(event, pad, view.chart.T);
      const value = snap(high - ((event.clientY - top) / height) * (high - low));
      const [t0, value0] = last ?? [t, value];
      const count = Math.max(1, Math.abs(t - t0));
      const between = (k) => [t0 + ((t - t0) * k) / count, snap(value0 + ((value - value0) * k) / count)];
      writeInput(view, feature, [...Array(count + 1).keys()].map(between));
      last = [t, value];
      moveCursor(view, t);
    },
  };
}

// Marks are 0 or 1: a press sets one or takes hold of one, a drag carries it, and a click on one takes it away.
function carryWith(view, { feature }) {
  let rest = null; // the marks without the one that is carried
  let [held, moved, last] = [false, false, 0];
  const write = (marks) => writeInput(view, feature, marks.entries());
  return {
    begin() {
      rest = null;
    },
    put(event, pad) {
      let t = stepUnder(event, pad, view.chart.T);
      if (rest === null) {
        rest = view.get("xs").map((x) => x[feature]);
        const around = view.chart.column < EASY ? [t, t - 1, t + 1] : [t];
        const near = around.find((step) => rest[step] === 1);
        [held, moved, t] = [near !== undefined, false, near ?? t];
        rest[t] = 0;
      } else if (t === last) return;
      else moved = true;
      last = t;
      write(rest.with(t, 1));
      moveCursor(view, t);
    },
    end() {
      if (rest !== null && held && !moved) write(rest);
      rest = null;
    },
  };
}

// Up and down change the value of the chosen step.
function padKeys(view, { feature, low, high }, grain, snap) {
  const choose = () => {
    if (view.get("feature") !== feature) view.set("feature", feature);
  };
  const now = () => view.chosen("step", view.chart.T);
  const done = () => requestAnimationFrame(() => view.say(describe(view, now())));
  const change = (next) => () => {
    choose();
    const t = now();
    writeInput(view, feature, [[t, next(view.get("xs")[t][feature])]]);
    done();
  };
  return {
    ...stepKeys(view, choose),
    ArrowUp: change((value) => snap(value + grain)),
    ArrowDown: change((value) => snap(value - grain)),
    PageUp: change((value) => snap(value + FAR * grain)),
    PageDown: change((value) => snap(value - FAR * grain)),
    Delete: change(() => clamp(0, low, high)),
  };
}

/**
 * The pad over the row of one input feature.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @param {object} row of the chart
 * @param {string} style where it lies
 * @returns {HTMLElement} the pad
 */
export function makePad(view, row, style) {
  const { feature, low, high } = row;
  const carries = view.task?.marks === feature;
  const grain = carries ? 1 : (high - low) / PRECISION;
  const snap = (value) => clamp(Number((Math.round(value / grain) * grain).toPrecision(6)), low, high);
  const pen = carries ? carryWith(view, row) : drawWith(view, row, snap);
  const name = view.sizes().I > 1 ? `Input ${view.featureName(feature)}` : "Input x";
  const pad = sliderArea(
    {
      class: "ll-sequence-pad",
      style,
      "data-role": "pad",
      "data-feature": feature,
      "data-prevent-swipe": "true",
      "aria-label": `${name}: left and right choose the step, up and down change its value`,
      "aria-orientation": "vertical",
      "aria-valuemin": low,
      "aria-valuemax": high,
      onpointerdown: (event) => {
        if (event.button !== 0) return;
        pad.setPointerCapture(event.pointerId);
        pen.begin();
        if (view.get("feature") !== feature) view.set("feature", feature);
        pen.put(event, pad);
      },
      onpointerup: () => pen.end?.(),
      onpointermove: (event) => {
        if (pad.hasPointerCapture(event.pointerId)) pen.put(event, pad);
        else hover(view, stepUnder(event, pad, view.chart.T));
      },
    },
    padKeys(view, row, grain, snap),
  );
  return pad;
}

/**
 * What a screen reader says of a pad at a step.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @param {HTMLElement} pad to describe
 * @param {number} t the step
 */
export function describePad({ get, chart }, pad, t) {
  const value = get("xs")[t][pad.dataset.feature];
  const label = get("labels")[t];
  pad.setAttribute("aria-valuenow", value);
  pad.setAttribute("aria-valuetext", `step ${t + 1} of ${chart.T}${label ? ` (${label})` : ""}: ${format(value)}`);
}

/**
 * The area over the traces: move to read, click to see the cell at a step, and on a line of another unit to choose it.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @param {HTMLElement} frame of the chart
 * @param {string} style where it lies
 * @returns {HTMLElement} the area
 */
export function makeTraceArea(view, frame, style) {
  const under = (event) => stepUnder(event, area, view.chart.T);
  let pressed = 0;
  const press = (event) => {
    if (event.button !== 0) return;
    pressed = event.clientX;
    if (event.pointerType === "mouse") area.setPointerCapture(event.pointerId);
    moveCursor(view, under(event));
  };
  const move = (event) => (area.hasPointerCapture(event.pointerId) ? moveCursor : hover)(view, under(event));
  const pick = (event) => {
    if (Math.abs(event.clientX - pressed) > SLACK) return;
    view.player.show();
    const box = frame.getBoundingClientRect(); // a slide is scaled to its screen
    const y = ((event.clientY - box.top) * frame.clientHeight) / box.height;
    const row = view.chart.rows.find(({ top, height }) => y >= top - 3 && y < top + height + 4);
    if (!row?.thin) return;
    const values = view.steps[under(event)][row.key].map(yOf(row));
    const distances = values.map((value) => Math.abs(value - y));
    const nearest = Math.min(...distances);
    const isOwn = distances[view.place().unit] <= CLOSE;
    if (nearest <= CLOSE && !isOwn) view.set("unit", distances.indexOf(nearest));
  };
  const area = element("div", {
    class: "ll-sequence-traces",
    style,
    "data-role": "traces",
    "data-prevent-swipe": "true",
    onpointermove: move,
    onpointerdown: press,
    onclick: pick,
  });
  return area;
}
