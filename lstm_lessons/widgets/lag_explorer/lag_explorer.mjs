// The lag explorer: a forecast beside what came, to be slid by days, and its scores beside those of persistence.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol]`: numbers of the table, with `data-method` (`forecast` or `persistence`): `error`, the mean distance
//   from the truth; `r2`; and `direction`, the share of days (%) whose rise or fall was right, of `forecast` alone.
// - `[data-symbol="by-shift"]`: a bar's mean error, with `data-shift`.
// - `[data-curve]`: `truth` and `forecast`, as drawn; `data-points` holds their numbers, and `data-first` the first
//   day's place.
// - `[data-name]`: `chosen`, `shift`, `start`, `length`; `[data-action]`: `fit`; `[data-role="whole"]` takes the
//   pointer.
import { button, choice, clamp, element, entryPoints, format, slider, svg, announcer } from "../shared/ui.mjs";
import { LAG_EXPLORER_STYLES } from "./lag_explorer_styles.mjs";

const MOST_SHIFT = 5;
const SHORTEST = 20;
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [210, 52, 10, 8, 186];
const WIDTH = 760; // of the picture before it is laid out
const STRIP = 36; // height of the whole series
const TICKS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000];
const SHIFTS = Array.from({ length: 2 * MOST_SHIFT + 1 }, (_, k) => k - MOST_SHIFT);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The days that are shown: a window that reaches past the end of a shorter series moves to where it fits.
 * @param {number} count days of the series
 * @param {number} start wanted
 * @param {number} length wanted
 * @returns {{ from: number, to: number }} the first day, and the one after the last
 */
export function windowOf(count, start, length) {
  const size = Math.min(length, count);
  const from = Math.min(start, count - size);
  return { from, to: from + size };
}

/**
 * How good a forecast is over a window, slid by some days.
 * @param {{ truth: number[], forecast: number[] }} series a day each
 * @param {{ from: number, to: number }} window the days
 * @param {number} shift days by which the forecast moves to the left
 * @returns {{ error: number, r2: number, direction: number, persistence: { error: number, r2: number } }} see above;
 *   `direction` is a share, NaN where nothing moves
 */
export function scoresOf({ truth, forecast }, { from, to }, shift) {
  const days = [];
  for (let t = Math.max(from, 1, -shift); t < Math.min(to, truth.length - Math.max(shift, 0)); t++) days.push(t);
  const middle = mean(days.map((t) => truth[t]));
  const spread = mean(days.map((t) => (truth[t] - middle) ** 2));
  const rate = (said) => ({
    error: mean(days.map((t) => Math.abs(truth[t] - said(t)))),
    r2: 1 - mean(days.map((t) => (truth[t] - said(t)) ** 2)) / spread,
  });
  const moved = days.filter((t) => truth[t] !== truth[t - 1]);
  const right = moved.filter(
    (t) => Math.sign(forecast[t + shift] - truth[t - 1]) === Math.sign(truth[t] - truth[t - 1]),
  );
  return {
    ...rate((t) => forecast[t + shift]),
    direction: right.length / moved.length,
    persistence: rate((t) => truth[t - 1]),
  };
}

// As many digits as three significant ones need.
function short(value) {
  const size = Math.abs(value);
  return format(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

const inWords = (shift) =>
  shift === 0
    ? "as it was made"
    : `slid ${Math.abs(shift)} day${Math.abs(shift) > 1 ? "s" : ""} ${shift > 0 ? "left" : "right"}`;

// --- The picture

function gridOf(low, high, y, width) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((size) => size >= rough);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const parts = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) {
    const at = y(k * step);
    parts.push(
      svg("path", { class: "gx-grid", d: `M${LEFT} ${at}H${width - RIGHT}` }),
      svg("text", { class: "gx-tick", x: LEFT - 6, y: at + 4, "text-anchor": "end" }, format(k * step, digits)),
    );
  }
  return parts;
}

function drawWindow({ truth, forecast }, { from, to }, shift, width, caption) {
  const slid = { from: Math.max(from, -shift), to: Math.min(to, truth.length - Math.max(shift, 0)) };
  const said = forecast.slice(slid.from + shift, slid.to + shift);
  const came = truth.slice(from, to);
  // The range of all that the slider can bring, so that sliding moves the line alone.
  const near = forecast.slice(Math.max(0, from - MOST_SHIFT), to + MOST_SHIFT);
  const [low, high] = [Math.min(...came, ...near), Math.max(...came, ...near)];
  const x = (t) => LEFT + ((t - from) / (to - 1 - from)) * (width - LEFT - RIGHT);
  const y = (value) => BOTTOM - ((value - low) / (high - low)) * (BOTTOM - TOP);
  const line = (name, first, values) =>
    svg("polyline", {
      class: `gx-line gx-${name}`,
      points: values.map((value, k) => `${x(first + k).toFixed(1)},${y(value).toFixed(1)}`).join(" "),
      "data-curve": name,
      "data-first": first,
      "data-points": JSON.stringify(values),
    });
  const every = TICKS.find((gap) => (gap * (width - LEFT)) / (to - from) >= 60) ?? TICKS.at(-1);
  const ticks = [];
  for (let t = Math.ceil((from + 1) / every) * every - 1; t < to; t += every) {
    const text = String(t + 1);
    const at = Math.min(x(t), width - 5 * text.length); // the last one does not stand beyond the edge
    ticks.push(svg("text", { class: "gx-tick", x: at, y: BOTTOM + 18, "text-anchor": "middle" }, text));
  }
  const size = { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": caption };
  const lines = [line("truth", from, came), line("forecast", slid.from, said)];
  return svg("svg", size, gridOf(low, high, y, width), ticks, lines);
}

// The whole series, with the window in it.
function drawWhole({ truth }, { from, to }, width) {
  const [low, high] = [Math.min(...truth), Math.max(...truth)];
  const x = (t) => LEFT + (t / (truth.length - 1)) * (width - LEFT - RIGHT);
  const y = (value) => STRIP - 3 - ((value - low) / (high - low)) * (STRIP - 6);
  const path = truth.map((value, t) => `${t ? "L" : "M"}${x(t).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const frame = { class: "gx-frame", x: x(from), y: 1, width: x(to - 1) - x(from), height: STRIP - 2 };
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${STRIP}`, "aria-hidden": "true" },
    svg("rect", frame),
    svg("path", { class: "gx-all", d: path }),
  );
}

// --- The scores

// A cell of the table; a number that there is not, such as R² where nothing moves, is a dash.
function cell(symbol, method, value, text) {
  if (!Number.isFinite(value)) return element("td", {}, "\u2013");
  return element("td", { "data-symbol": symbol, "data-method": method, "data-value": value }, text);
}

function tableOf(now, shift) {
  const row = (method, name, { error, r2 }, last) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", class: `gx-of-${method}` }, name),
      cell("error", method, error, short(error)),
      cell("r2", method, r2, format(r2, 3)),
      last,
    );
  const { direction } = now;
  const share = cell("direction", "forecast", 100 * direction, `${format(100 * direction, 0)} %`);
  const heads = ["", "mean error", "R\u00B2", "direction right"].map((text) => element("th", { scope: "col" }, text));
  return [
    element("thead", {}, element("tr", {}, heads)),
    element(
      "tbody",
      {},
      row("forecast", `forecast, ${inWords(shift)}`, now, share),
      row("persistence", "persistence", now.persistence, element("td", {}, "says none")),
    ),
  ];
}

// The mean error by shift, as bars; the present one is dark, the smallest has a mark.
function barsOf(errors, shift, choose) {
  const most = Math.max(...errors);
  const best = errors.indexOf(Math.min(...errors));
  return SHIFTS.map((by, k) => {
    const bar = element("span", { class: "gx-bar", style: `height: ${((100 * errors[k]) / most).toFixed(2)}%` });
    const text = element("span", { class: "gx-by" }, format(by, 0));
    const marks = { class: `gx-shift${k === best ? " gx-best" : ""}`, "aria-current": by === shift ? "true" : null };
    const told = {
      "data-symbol": "by-shift",
      "data-shift": by,
      "data-value": errors[k],
      title: `${inWords(by)}: ${short(errors[k])}`,
    };
    return element(
      "div",
      { ...marks, ...told, onclick: () => choose(by) },
      element("span", { class: "gx-room" }, bar),
      text,
    );
  });
}

function makeControls(get, apply) {
  const whole = { step: 1, digits: 0 };
  return {
    chosen: choice({
      label: "Series",
      name: "chosen",
      options: Object.keys(get("series")).map((name) => [name, name]),
      value: get("chosen"),
      onChange: (value) => apply("chosen", value),
    }),
    shift: slider({
      ...whole,
      label: "slide left",
      name: "shift",
      title: "days by which the forecast is slid to the left",
      min: -MOST_SHIFT,
      max: MOST_SHIFT,
      value: get("shift"),
      onInput: (value) => apply("shift", value),
    }),
    start: slider({
      ...whole,
      label: "from day",
      name: "start",
      title: "first day of the window",
      min: 1,
      max: SHORTEST,
      value: 1,
      onInput: (value) => apply("start", value - 1),
    }),
    length: slider({
      ...whole,
      label: "days",
      name: "length",
      title: "days of the window",
      min: SHORTEST,
      max: SHORTEST + 1,
      value: SHORTEST,
      onInput: (value) => apply("length", value),
    }),
  };
}

function draw(root, state) {
  const { get } = state;
  const live = announcer();
  const [picture, strip, bars] = ["gx-picture", "gx-strip", "gx-bars"].map((name) => element("div", { class: name }));
  const table = element("table");
  const apply = (name, value) => {
    state.set(name, value);
    live.say(refresh());
  };
  const controls = makeControls(get, apply);
  const bySize = () => {
    const errors = SHIFTS.map((by) => scoresOf(series(), shown(), by).error);
    apply("shift", SHIFTS[errors.indexOf(Math.min(...errors))]);
  };
  const key = (name, text) => element("span", { class: "gx-key" }, element("i", { class: `gx-key-${name}` }), text);
  root.append(
    element(
      "div",
      { class: "ll-toolbar" },
      controls.chosen.node,
      key("truth", "what came"),
      key("forecast", "forecast, made the day before"),
    ),
    picture,
    strip,
    element("div", { class: "gx-window" }, controls.start.node, controls.length.node),
    element(
      "div",
      { class: "gx-main" },
      element(
        "div",
        { class: "gx-slide" },
        controls.shift.node,
        button("Slide to the best fit", bySize, { "data-action": "fit" }),
        table,
      ),
      element("div", { class: "gx-errors" }, element("p", { class: "ll-quiet" }, "mean error by days slid"), bars),
    ),
    live.node,
  );
  strip.dataset.role = "whole";
  const series = () => get("series")[get("chosen")];
  const shown = () => windowOf(series().truth.length, get("start"), get("length"));
  const toPointer = (event) => {
    const { left, width } = strip.getBoundingClientRect();
    const [count, { from, to }] = [series().truth.length, shown()];
    const at = ((event.clientX - left - LEFT) / (width - LEFT - RIGHT)) * count - (to - from) / 2;
    apply("start", Math.round(clamp(at, 0, count - (to - from))));
  };
  strip.addEventListener("pointerdown", (event) => {
    strip.setPointerCapture(event.pointerId);
    toPointer(event);
  });
  strip.addEventListener("pointermove", (event) => {
    if (strip.hasPointerCapture(event.pointerId)) toPointer(event);
  });

  // Returns what is shown, in words.
  function refresh() {
    const [now, window, shift] = [series(), shown(), get("shift")];
    const count = now.truth.length;
    controls.chosen.select.value = get("chosen");
    controls.shift.set(shift);
    controls.start.input.max = Math.max(1, count - (window.to - window.from) + 1);
    controls.start.set(window.from + 1);
    controls.length.input.max = count;
    controls.length.set(window.to - window.from);
    controls.shift.input.setAttribute("aria-valuetext", inWords(shift));
    const scores = scoresOf(now, window, shift);
    const errors = `mean error ${short(scores.error)}, persistence ${short(scores.persistence.error)}`;
    const days = `days ${window.from + 1} to ${window.to}`;
    const caption = `${get("chosen")}, ${days}, forecast ${inWords(shift)}: ${errors}`;
    const width = picture.clientWidth || WIDTH;
    picture.replaceChildren(drawWindow(now, window, shift, width, caption));
    strip.replaceChildren(drawWhole(now, window, width));
    table.replaceChildren(...tableOf(scores, shift));
    bars.replaceChildren(
      ...barsOf(
        SHIFTS.map((by) => scoresOf(now, window, by).error),
        shift,
        (by) => apply("shift", by),
      ),
    );
    return caption;
  }
  state.onChange(["series", "chosen", "shift", "start", "length"], refresh);
  let drawnAt = 0;
  const fit = new ResizeObserver(() => {
    if (picture.clientWidth && picture.clientWidth !== drawnAt) {
      drawnAt = picture.clientWidth;
      refresh();
    }
  });
  refresh();
  fit.observe(picture);
  return () => fit.disconnect();
}

const { render, mount } = entryPoints("lag_explorer", draw, LAG_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
