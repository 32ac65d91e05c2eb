// The picture of the forecast explorer.
import { clamp, format, svg } from "../shared/ui.mjs";

const [HEIGHT, LEFT, MARGIN, TOP, BOTTOM] = [262, 42, 24, 10, 216];
const TICK_ROOM = 48; // pixels that the name of an hour needs
const ROOM = 2; // °C above and below what is known, to draw in
const shareOf = (part, whole) => `${((100 * part) / whole).toFixed(3)}%`;

/**
 * Where hours and temperatures stand. It does not depend on what is ticked, so that nothing jumps, and not on the truth
 * while it is hidden.
 * @param {import("./forecast_numbers.mjs").Day} now what is drawn
 * @param {boolean} truth whether the truth is shown
 * @param {number} width of the picture, in pixels: its letters keep their size
 * @returns {object} `x` of an hour, 0 the origin, and `y` of a temperature; the range, and the counts of hours
 */
export function scalesOf(now, truth, width) {
  const { past, methods, interval, yours } = now;
  const values = [past, ...methods.map((method) => method.values), ...(interval ? [interval.low, interval.high] : [])];
  const known = values.flat();
  let [low, high] = [Math.floor(Math.min(...known)) - ROOM, Math.ceil(Math.max(...known)) + ROOM];
  if (truth) {
    const more = [...now.truth, ...(yours?.values ?? [])];
    [low, high] = [Math.min(low, Math.floor(Math.min(...more))), Math.max(high, Math.ceil(Math.max(...more)))];
  }
  const [P, H] = [past.length, now.truth.length];
  const x = (hour) => LEFT + ((hour + P - 1) / (P - 1 + H)) * (width - MARGIN - LEFT);
  const y = (value) => BOTTOM - ((value - low) / (high - low)) * (BOTTOM - TOP);
  return { x, y, low, high, P, H, width };
}

/**
 * Where the hours ahead lie in the picture, as CSS; the area begins with hour 0, so that a pen may start from there.
 * @param {object} scales see `scalesOf`
 * @returns {{ pad: string, slider: string }} of an area over them, and of a slider below them
 */
export function hoursAhead({ x, H, width }) {
  const [left, wide] = [x(-0.5), x(H + 0.5) - x(-0.5)].map((size) => shareOf(size, width));
  const pad = `left: ${left}; width: ${wide}; top: ${shareOf(TOP, HEIGHT)}; height: ${shareOf(BOTTOM - TOP, HEIGHT)}`;
  const columns = [x(1), x(H) - x(1)].map((size) => shareOf(size, width));
  return { pad, slider: `--fx-before: ${columns[0]}; --fx-hours: ${columns[1]}` };
}

/**
 * The temperature at a height of the area over the hours ahead.
 * @param {object} scales see `scalesOf`
 * @param {number} share of the area's height, from its top
 * @returns {number} in °C
 */
export const temperatureAt = ({ low, high }, share) => clamp(high - share * (high - low), low, high);

function axes({ x, y, low, high, P, H, width }) {
  const right = width - MARGIN;
  const parts = [];
  const tick = (attributes, text) => svg("text", { class: "fx-tick", ...attributes }, text);
  const centered = { "text-anchor": "middle" };
  const step = [1, 2, 5, 10, 20, 50].find((size) => (high - low) / size <= 7);
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    parts.push(
      svg("path", { class: "fx-grid", d: `M${LEFT} ${y(value)}H${right}` }),
      tick({ x: LEFT - 7, y: y(value) + 4, "text-anchor": "end" }, format(value, 0)),
    );
  }
  const every = 12 * Math.ceil(TICK_ROOM / (x(12) - x(0)));
  for (let hour = -Math.floor((P - 1) / every) * every; hour <= H; hour += every) {
    const text = hour ? `${hour > 0 ? "+" : "\u2212"}${Math.abs(hour)} h` : "now";
    parts.push(tick({ x: x(hour), y: BOTTOM + 19, ...centered }, text));
  }
  const title = "hours from now; temperature in \u00B0C";
  parts.push(tick({ x: (LEFT + right) / 2, y: BOTTOM + 40, ...centered }, title));
  return parts;
}

// The lines of past, methods, learner and truth, the interval, and dots at the chosen hour.
function lines(now, { hour, methods, truth, interval }, { x, y, P }) {
  const points = (start, values) => values.map((value, k) => `${x(start + k).toFixed(1)},${y(value).toFixed(1)}`);
  const curve = (name, start, values, look) =>
    svg("polyline", {
      class: `fx-line ${look}`,
      points: points(start, values).join(" "),
      "data-series": name,
      "data-points": JSON.stringify(values),
    });
  const band = ({ low, high, of }) =>
    svg("polygon", {
      class: `fx-band ${of.look}`,
      points: [...points(1, low), ...points(1, high).toReversed()].join(" "),
      "data-series": "interval",
      "data-points": JSON.stringify([low, high]),
    });
  const upright = (name, at) => svg("path", { class: name, d: `M${x(at)} ${TOP}V${BOTTOM}` });
  const bridge = (values, look) =>
    svg("path", { class: `fx-line ${look}`, d: `M${x(0)} ${y(now.past.at(-1))}L${x(1)} ${y(values[0])}` });
  const dot = (values, look) => svg("circle", { class: `fx-dot ${look}`, cx: x(hour), cy: y(values[hour - 1]), r: 4 });
  const drawn = now.methods.filter(({ name }) => methods.includes(name));
  const own = now.yours ? [now.yours] : [];
  return [
    interval && now.interval && methods.includes(now.interval.of.name) ? band(now.interval) : null,
    upright("fx-now", 0),
    upright("fx-hour", hour),
    ...drawn.map(({ name, values, look }) => curve(name, 1, values, look)),
    curve("past", 1 - P, now.past, "fx-measured"),
    ...(truth ? [bridge(now.truth, "fx-measured"), curve("truth", 1, now.truth, "fx-measured")] : []),
    ...own.flatMap(({ values, look }) => [bridge(values, look), curve("yours", 1, values, look)]),
    ...[...drawn, ...own].map(({ values, look }) => dot(values, look)),
    truth ? dot(now.truth, "fx-measured") : null,
  ];
}

/**
 * Draw one station and day.
 * @param {import("./forecast_numbers.mjs").Day} now its numbers
 * @param {object} scales see `scalesOf`
 * @param {{ hour: number, methods: string[], truth: boolean, interval: boolean }} shown the chosen hour, and what is
 *   shown
 * @param {string} caption the same in words
 * @returns {SVGElement} the picture
 */
export function drawDay(now, scales, shown, caption) {
  const attributes = { viewBox: `0 0 ${scales.width} ${HEIGHT}`, role: "img", "aria-label": caption };
  return svg("svg", attributes, axes(scales), lines(now, shown, scales));
}
