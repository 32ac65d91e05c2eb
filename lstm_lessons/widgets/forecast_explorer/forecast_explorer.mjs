// The forecast explorer: one station, one day, what was known, what came and what each method said.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol="value"]`, `"error"`, `"day"` and `"all"`: numbers of the table, in °C, with `data-method`
//   (`truth` for the measured one): the forecast for the chosen hour, its distance from the truth, the mean distance
//   over this day, and over all days of the station.
// - `[data-symbol="inside"]`: hours of this day whose truth lies in the interval; `[data-symbol="inside-all"]`: the
//   share over all days of the station.
// - `[data-series]`: a curve of the picture by its method; `past` and `truth` are measured, `interval` is the band.
//   `data-points` holds its numbers.
// - `[data-name]`: the controls: `station`, `day`, `hour`, `truth`, `interval`, and `method <name>` for each method.
import { announcer, choice, element, entryPoints, format, slider, svg, toggle } from "../shared/ui.mjs";
import { FORECAST_EXPLORER_STYLES } from "./forecast_explorer_styles.mjs";

/**
 * One station and day, in °C.
 * @typedef {object} Day
 * @property {number[]} past measured up to the origin (P)
 * @property {number[]} truth of the hours ahead (H)
 * @property {{ name: string, look: string, values: number[], day: number, all: number }[]} methods forecasts (H), and
 *   their mean distance from the truth: of this day, and of all days; `look` is a class
 * @property {{ low: number[], high: number[], inside: number, insideAll: number } | null} interval lowest and highest
 *   value (H), hours of this day inside, and share of all hours inside
 */

const TENTHS = 10;
const HOUR = 3600e3; // milliseconds
const TRAITS = ["data", "station", "day", "hour", "methods", "truth", "interval"];

// --- Numbers

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const celsius = (values) => values.map((value) => value / TENTHS);
const horizonOf = (data) => data.methods[0].forecast[0][0].length;

// Everything of one station and day: a `Day`.
function dayOf(data, station, day) {
  const row = data.stations.indexOf(station);
  const series = data.series[row];
  const H = horizonOf(data);
  const truthOf = (d) => series.slice(data.origins[d] + 1, data.origins[d] + 1 + H);
  const off = (values, d) => mean(truthOf(d).map((value, k) => Math.abs(values[k] - value))) / TENTHS;
  const hits = (d) => {
    const [low, high] = [data.low[row][d], data.high[row][d]];
    return truthOf(d).filter((value, k) => low[k] <= value && value <= high[k]).length;
  };
  const methodOf = ({ name, forecast }, n) => ({
    name,
    look: `fx-m${(n + 1) % data.methods.length}`,
    values: celsius(forecast[row][day]),
    day: off(forecast[row][day], day),
    all: mean(forecast[row].map((values, d) => off(values, d))),
  });
  const interval = () => ({
    low: celsius(data.low[row][day]),
    high: celsius(data.high[row][day]),
    inside: hits(day),
    insideAll: mean(data.origins.map((_, d) => hits(d) / H)),
  });
  return {
    past: celsius(series.slice(data.origins[day] + 1 - data.past, data.origins[day] + 1)),
    truth: celsius(truthOf(day)),
    methods: data.methods.map(methodOf),
    interval: data.low.length > 0 ? interval() : null,
  };
}

// "Wed 6 Nov, 12 h UTC": the hour that stands `hours` after the first of the series.
function clock(data, hours) {
  const at = new Date(Date.parse(`${data.start}:00:00Z`) + hours * HOUR);
  const parts = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
  return `${at.toLocaleDateString("en-GB", parts)}, ${at.getUTCHours()} h UTC`;
}

// --- The picture

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [660, 336, 46, 12, 284];
const RIGHT = WIDTH - 32;

// Where hours and temperatures stand: hour 0 is the origin.
function scales(now, values) {
  const [P, H] = [now.past.length, now.truth.length];
  const [low, high] = [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
  const x = (hour) => LEFT + ((hour + P - 1) / (P - 1 + H)) * (RIGHT - LEFT);
  const y = (value) => BOTTOM - ((value - low) / Math.max(1, high - low)) * (BOTTOM - TOP);
  return { x, y, low, high, P, H };
}

function axes({ x, y, low, high, P, H }) {
  const parts = [];
  const tick = (attributes, text) => svg("text", { class: "fx-tick", ...attributes }, text);
  const centered = { "text-anchor": "middle" };
  const step = [1, 2, 5, 10, 20, 50].find((size) => (high - low) / size <= 8);
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    parts.push(
      svg("path", { class: "fx-grid", d: `M${LEFT} ${y(value)}H${RIGHT}` }),
      tick({ x: LEFT - 7, y: y(value) + 4, "text-anchor": "end" }, format(value, 0)),
    );
  }
  for (let hour = -Math.floor((P - 1) / 12) * 12; hour <= H; hour += 12) {
    const text = hour ? `${hour > 0 ? "+" : "\u2212"}${Math.abs(hour)} h` : "now";
    parts.push(tick({ x: x(hour), y: BOTTOM + 20, ...centered }, text));
  }
  const title = "hours from the origin; temperature in \u00B0C";
  parts.push(tick({ x: (LEFT + RIGHT) / 2, y: BOTTOM + 42, ...centered }, title));
  return parts;
}

// The lines of past, methods and truth, the interval, and dots at the chosen hour.
function lines(now, { hour, methods, truth, interval }, { x, y, P }) {
  const points = (start, values) => values.map((value, k) => `${x(start + k).toFixed(1)},${y(value).toFixed(1)}`);
  const curve = (name, start, values, look) =>
    svg("polyline", {
      class: `fx-line ${look}`,
      points: points(start, values).join(" "),
      "data-series": name,
      "data-points": JSON.stringify(values),
    });
  const band = ({ low, high }) =>
    svg("polygon", {
      class: "fx-band",
      points: [...points(1, low), ...points(1, high).toReversed()].join(" "),
      "data-series": "interval",
      "data-points": JSON.stringify([low, high]),
    });
  const upright = (name, at) => svg("path", { class: name, d: `M${x(at)} ${TOP}V${BOTTOM}` });
  const bridge = `M${x(0)} ${y(now.past.at(-1))}L${x(1)} ${y(now.truth[0])}`;
  const dot = (values, look) => svg("circle", { class: `fx-dot ${look}`, cx: x(hour), cy: y(values[hour - 1]), r: 4 });
  const drawn = now.methods.filter(({ name }) => methods.includes(name));
  return [
    interval && now.interval ? band(now.interval) : null,
    upright("fx-now", 0),
    upright("fx-hour", hour),
    ...drawn.map(({ name, values, look }) => curve(name, 1, values, look)),
    curve("past", 1 - P, now.past, "fx-measured"),
    truth ? svg("path", { class: "fx-line fx-measured", d: bridge }) : null,
    truth ? curve("truth", 1, now.truth, "fx-measured") : null,
    ...drawn.map(({ values, look }) => dot(values, look)),
    truth ? dot(now.truth, "fx-measured") : null,
  ];
}

function drawDay(now, shown, caption) {
  const drawn = now.methods.filter(({ name }) => shown.methods.includes(name));
  const values = [
    ...now.past,
    ...drawn.flatMap((method) => method.values),
    ...(shown.truth ? now.truth : []),
    ...(shown.interval && now.interval ? [...now.interval.low, ...now.interval.high] : []),
  ];
  const place = scales(now, values);
  const attributes = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": caption };
  return svg("svg", attributes, axes(place), lines(now, shown, place));
}

// --- The controls

// Controls for one set of data.
function makeControls(get, apply, data) {
  const check = (label, name) => toggle({ label, name, value: get(name), onChange: (on) => apply(name, on) });
  const last = data.origins.length - 1;
  const whole = { step: 1, digits: 0 };
  const box = ({ name }) => {
    const order = data.methods.map((method) => method.name);
    const choose = (on) => {
      const chosen = get("methods");
      apply(
        "methods",
        order.filter((other) => (other === name ? on : chosen.includes(other))),
      );
    };
    const input = element("input", {
      type: "checkbox",
      "data-name": `method ${name}`,
      "aria-label": `draw ${name}`,
      "data-lm-suppress-shortcuts": "true",
      onchange: () => choose(input.checked),
    });
    return { name, input };
  };
  const day = slider({
    ...whole,
    label: "Day",
    name: "day",
    min: 0,
    max: Math.max(1, last),
    value: get("day"),
    onInput: (value) => apply("day", Math.min(value, last)),
  });
  day.node.hidden = last < 1;
  return {
    day,
    station: choice({
      label: "Station",
      name: "station",
      options: data.stations.map((name) => [name, name]),
      value: get("station"),
      onChange: (value) => apply("station", value),
    }),
    hour: slider({
      ...whole,
      label: "Hour",
      name: "hour",
      title: "hour ahead",
      min: 1,
      max: horizonOf(data),
      value: get("hour"),
      onInput: (value) => apply("hour", value),
    }),
    truth: check("show what came", "truth"),
    interval: data.low.length > 0 ? check(`${Math.round(100 * data.level)} % interval`, "interval") : null,
    methods: data.methods.map(box),
  };
}

function showControls(get, controls) {
  controls.station.select.value = get("station");
  controls.day.set(get("day"));
  controls.hour.set(get("hour"));
  controls.truth.input.checked = get("truth");
  if (controls.interval) controls.interval.input.checked = get("interval");
  for (const { name, input } of controls.methods) input.checked = get("methods").includes(name);
}

// What the controls depend on: they are made anew when it changes.
const structureOf = ({ stations, origins, methods, low, start }) =>
  JSON.stringify([stations, origins.length, methods.map(({ name }) => name), low.length > 0, start]);

// --- The table

const valueCell = (symbol, method, value, digits) =>
  element("td", { "data-symbol": symbol, "data-method": method, "data-value": value }, format(value, digits));
const hiddenCell = () => element("td", { class: "ll-quiet" }, "?");

function methodRow(method, input, hour, truth, best) {
  const { name, look, values, day, all } = method;
  const value = values[hour - 1];
  const line = svg("path", { class: `fx-line ${look}`, d: "M0 5H34" });
  const swatch = svg("svg", { viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" }, line);
  const label = element("label", { class: "fx-method" }, input, swatch, element("span", {}, name));
  const [dayCell, allCell] = [valueCell("day", name, day, 1), valueCell("all", name, all, 2)];
  if (truth && day === best.day) dayCell.classList.add("fx-best");
  if (truth && all === best.all) allCell.classList.add("fx-best");
  const errors = truth ? [valueCell("error", name, Math.abs(value - truth[hour - 1]), 1), dayCell] : null;
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, label),
    valueCell("value", name, value, 1),
    errors ?? [hiddenCell(), hiddenCell()],
    allCell,
  );
}

// `truth` is null while it is hidden.
function dayTable(now, inputs, hour, truth) {
  const best = {
    day: Math.min(...now.methods.map(({ day }) => day)),
    all: Math.min(...now.methods.map(({ all }) => all)),
  };
  const titles = [`+${hour} h`, "off by", "this day", "all days"].map((text) => element("th", { scope: "col" }, text));
  const came = truth ? valueCell("value", "truth", truth[hour - 1], 1) : hiddenCell();
  const empty = [element("td"), element("td"), element("td")];
  const measured = element("tr", { class: "fx-truth" }, element("th", { scope: "row" }, "what came"), came, empty);
  const rows = now.methods.map((method, n) => methodRow(method, inputs[n], hour, truth, best));
  const head = element("thead", {}, element("tr", {}, element("td"), titles));
  const note = `in \u00B0C; "this day" and "all days": mean distance from the truth over ${now.truth.length} h`;
  return [
    element("table", {}, head, element("tbody", {}, measured, rows)),
    element("p", { class: "ll-quiet fx-note" }, note),
  ];
}

// How often the truth lay in the interval: of this day only where the truth is shown.
function insideInWords({ interval, truth }, level, seen) {
  if (!interval) return [];
  const marked = (symbol, value, text) => element("span", { "data-symbol": symbol, "data-value": value }, text);
  const day = [marked("inside", interval.inside, String(interval.inside)), ` of ${truth.length} hours this day, `];
  return [
    "Inside the interval: ",
    ...(seen ? day : []),
    marked("inside-all", interval.insideAll, `${Math.round(100 * interval.insideAll)} %`),
    ` of all days (wanted: ${Math.round(100 * level)} %)`,
  ];
}

// --- The widget

function draw(root, state) {
  const { get } = state;
  const live = announcer();
  const picture = element("div", { class: "fx-picture" });
  const table = element("div", { class: "fx-table" });
  const hourBox = element("div"); // outside of the table, which is built anew while the hand moves the slider
  const when = element("span", { class: "fx-when" });
  const aside = element("p", { class: "fx-inside" });
  const bar = element("div", { class: "ll-toolbar fx-controls" });
  const right = element("div", {}, hourBox, table, aside);
  root.append(bar, element("div", { class: "fx-main" }, picture, right), live.node);
  const apply = (key, value) => {
    state.set(key, value);
    live.say(refresh());
  };
  let [controls, built] = [null, ""];

  function build(data) {
    controls = makeControls(get, apply, data);
    const { station, day, hour, truth, interval } = controls;
    hourBox.replaceChildren(hour.node);
    const others = interval ? [truth.node, interval.node] : [truth.node];
    bar.replaceChildren(station.node, element("div", { class: "fx-slider" }, day.node), when, ...others);
  }

  // The table is built anew around the boxes in it; the one that was being used keeps the focus.
  function fillTable(now) {
    const focused = document.activeElement;
    const inputs = controls.methods.map(({ input }) => input);
    table.replaceChildren(...dayTable(now, inputs, get("hour"), get("truth") ? now.truth : null));
    if (inputs.includes(focused)) focused.focus();
    aside.replaceChildren(...insideInWords(now, get("data").level, get("truth")));
  }

  // Returns what is shown, in words.
  function refresh() {
    const data = get("data");
    const structure = structureOf(data);
    if (structure !== built) build(data);
    built = structure;
    showControls(get, controls);
    const now = dayOf(data, get("station"), get("day"));
    const origin = clock(data, data.origins[get("day")]);
    controls.day.input.setAttribute("aria-valuetext", origin);
    when.textContent = `known up to ${origin}`;
    const errors = now.methods.map(({ name, day }) => `${name} ${format(day, 1)}`).join(", ");
    const said = `Mean error of the next ${now.truth.length} hours in degrees: ${get("truth") ? errors : "hidden"}.`;
    const caption = `${get("station")}, ${when.textContent}. ${said}`;
    const [hour, methods, truth, interval] = ["hour", "methods", "truth", "interval"].map(get);
    picture.replaceChildren(drawDay(now, { hour, methods, truth, interval }, caption));
    fillTable(now);
    return caption;
  }
  state.onChange(TRAITS, refresh);
  refresh();
}

const { render, mount } = entryPoints("forecast_explorer", draw, FORECAST_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
