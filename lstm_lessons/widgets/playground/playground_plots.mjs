// Two plots of three networks each, on log axes: how the losses fall, and how much of a gradient comes back to a step.
import { clamp, element, format, roundLimit, svg } from "../shared/ui.mjs";

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
export const MARGIN = { left: 62, right: 118 }; // of all that has steps or updates along it
const [TOP, BOTTOM] = [8, 20];
const APART = 15; // least distance of two names
const FEWEST_UPDATES = 200;
const FIVE_TICKS = 150; // least width of a plot whose axis has five numbers

/**
 * A positive number as a reader wants it: plain digits near 1, else a power of ten.
 * @param {number} value 0 or more
 * @returns {string} such as "0.52" or "10⁻¹⁸"
 */
export function scientific(value) {
  if (!Number.isFinite(value)) return "∞";
  if (value === 0) return "0";
  if (value >= 0.01 && value < 100) return format(value, value < 0.1 ? 3 : 2);
  const power = Math.round(Math.log10(value));
  const digits = String(Math.abs(power)).replaceAll(/\d/gu, (digit) => RAISED[digit]);
  return `10${power < 0 ? "⁻" : ""}${digits}`;
}

const trimmed = (value, digits) => format(value, digits).replace(/\.?0+$/u, "");
const dashes = ["2 2", "7 3", ""]; // the last line is solid

/**
 * A line's look, by its place among the three.
 * @param {number} k 0 to 2
 * @returns {Record<string, any>} attributes
 */
export const lineLook = (k) => ({ class: `pg-line pg-racer-${k}`, "stroke-dasharray": dashes[k] || null });

// Names at the lines' ends, moved apart from each other, within the plot.
function moveApart(heights, bottom) {
  const places = heights.map((height) => 4 * Math.round(height / 4)); // names of near lines keep their order
  const order = heights.map((_, k) => k).toSorted((a, b) => places[a] - places[b]);
  order.forEach((k, n) => {
    if (n > 0) places[k] = Math.max(places[k], places[order[n - 1]] + APART);
  });
  let limit = bottom;
  for (const k of order.toReversed()) {
    places[k] = Math.min(places[k], limit);
    limit = places[k] - APART;
  }
  return places;
}

/**
 * A picture with a log axis upward and three lines.
 * @returns {object} with `resize` for new axes, `lines` for new curves, and `node`
 */
function logPlot() {
  const back = svg("g");
  const lines = [0, 1, 2].map((k) => svg("path", lineLook(k)));
  const names = [0, 1, 2].map((k) => svg("text", { class: `pg-name pg-racer-${k}` }));
  const front = svg("g");
  const node = svg("svg", { role: "img" }, back, lines, front, names);
  const scales = { x: () => 0, y: () => 0, right: 0, bottom: 0 };
  const axes = ([width, height], [first, last], [low, high]) => {
    const [left, right] = [MARGIN.left, width - MARGIN.right];
    Object.assign(scales, { right, bottom: height - BOTTOM });
    scales.x = (value) => left + ((right - left) * (value - first)) / (last - first);
    const heightOf = (value) => (Math.log10(high / value) / Math.log10(high / low)) * (scales.bottom - TOP);
    scales.y = (value) => TOP + heightOf(clamp(value, low, high));
    node.setAttribute("viewBox", `0 0 ${width} ${height}`);
  };
  // Each curve: points [x, value], and its name at the end.
  const show = (curves) => {
    const tips = curves.map(({ points }) => scales.y(points.at(-1)?.[1] ?? 1));
    const places = moveApart(tips, scales.bottom);
    curves.forEach(({ points, name }, k) => {
      const d = points.map(
        ([x, value], n) => `${n ? "L" : "M"}${scales.x(x).toFixed(1)} ${scales.y(value).toFixed(1)}`,
      );
      lines[k].setAttribute("d", d.join(""));
      names[k].textContent = name;
      names[k].setAttribute("y", places[k] + 4);
    });
  };
  return { node, back, front, lines, names, scales, axes, show };
}

const powersBetween = (low, high, apart = 1) => {
  const from = Math.ceil(Math.log10(low) / apart) * apart;
  return Array.from({ length: Math.floor((Math.log10(high) - from) / apart) + 1 }, (_, k) => 10 ** (from + k * apart));
};
const gridLine = (scales, value, className = "pg-grid") =>
  svg("line", { class: className, x1: MARGIN.left, x2: scales.right, y1: scales.y(value), y2: scales.y(value) });
const tick = (scales, value, text) =>
  svg("text", { class: "pg-tick", x: MARGIN.left - 8, y: scales.y(value) + 4, "text-anchor": "end" }, text);

/**
 * The race: the losses of three networks by their updates, the loss of the best guess, and where it counts as solved.
 * @returns {{ node: SVGElement, paint: (race: object, size: [number, number]) => void }} to be painted
 */
export function racePlot() {
  const plot = logPlot();
  const { scales, back, front } = plot;
  const marks = [0, 1, 2].map((k) => svg("circle", { class: `pg-solved pg-racer-${k}`, r: 5 }));
  front.append(...marks);
  let drawn = "";

  function drawAxes({ guess, solved }, size, last) {
    const [low, high] = [guess / 500, guess * 6];
    plot.axes(size, [0, last], [low, high]);
    const [y, end] = [scales.bottom + 15, { "text-anchor": "middle" }];
    const label = (value, className, text) => [
      gridLine(scales, value, className),
      svg("text", { class: `pg-said ${className}`, x: MARGIN.left + 6, y: scales.y(value) + 14 }, text),
    ];
    back.replaceChildren(
      ...powersBetween(low, high).flatMap((value) => [
        gridLine(scales, value),
        tick(scales, value, scientific(value).replace(/\.?0+$/u, "")),
      ]),
      ...(scales.right - MARGIN.left < FIVE_TICKS ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).map((share) =>
        svg("text", { class: "pg-tick", x: scales.x(share * last), y, ...end }, String(Math.round(share * last))),
      ),
      svg("text", { class: "pg-tick", x: scales.right + 26, y }, "updates"),
      ...label(guess, "pg-guess", `best guess: ${trimmed(guess, 3)}`),
      ...label(solved, "pg-goal", `solved: below ${trimmed(solved, 4)}`),
    );
  }
  function paint(race, size) {
    const updates = race.updates();
    const last = roundLimit(Math.max(FEWEST_UPDATES, updates * 1.02));
    const key = [race.guess, size, last].join();
    if (key !== drawn) drawAxes(race, size, last);
    drawn = key;
    plot.show(
      race.racers.map(({ name, points, mean, solved, lost, updates: own }) => ({
        points: own ? [...points, [own, mean]] : [],
        name: own === 0 ? "" : `${name}${lost ? " burst" : ""}${solved === null ? "" : ` \u2713 ${solved}`}`,
      })),
    );
    race.racers.forEach(({ solved }, k) => {
      marks[k].setAttribute("visibility", solved === null ? "hidden" : "visible");
      marks[k].setAttribute("cx", scales.x(solved ?? 0));
      marks[k].setAttribute("cy", scales.y(race.solved));
      plot.names[k].setAttribute("x", Math.min(scales.x(race.racers[k].updates), scales.right) + 10);
    });
  }
  return { node: plot.node, paint };
}

/**
 * The gradient back in time: what of the last step's comes back to each step.
 * @returns {{ node: SVGElement, paint: (flows: number[][], names: string[], size: [number, number]) => void }} to be
 *   painted
 */
export function flowPlot() {
  const plot = logPlot();
  const { scales, back } = plot;
  const [low, high] = [1e-8, 10];
  let drawn = "";

  function drawAxes(T, size) {
    // A step stands in the middle of its column, as in the sequence below.
    plot.axes(size, [0.5, T + 0.5], [low, high]);
    back.replaceChildren(
      ...powersBetween(low, high, 2).flatMap((value) => [
        gridLine(scales, value, value === 1 ? "pg-one" : "pg-grid"),
        tick(scales, value, value === 1 ? "1" : scientific(value).replace(/0+$/u, "")),
      ]),
      svg("text", { class: "pg-tick", x: MARGIN.left + 4, y: scales.bottom + 15 }, "step 1"),
      svg("text", { class: "pg-tick", x: scales.right + 10, y: TOP + 12 }, "back at step 1:"),
      svg(
        "text",
        { class: "pg-tick", x: scales.right, y: scales.bottom + 15, "text-anchor": "end" },
        size[0] < 480 ? `\u2190 ${T}` : `\u2190 back in time from step ${T}`,
      ),
    );
  }
  function paint(flows, names, size) {
    const T = flows[0].length;
    if (`${T},${size}` !== drawn) drawAxes(T, size);
    drawn = `${T},${size}`;
    plot.show(
      flows.map((flow, k) => {
        const points = flow.map((value, t) => [t + 1, value]);
        return { points, name: `${names[k]} ${scientific(flow[0])}` };
      }),
    );
    plot.names.forEach((name, k) => {
      name.setAttribute("x", scales.right + 10);
      name.setAttribute("y", TOP + 32 + 18 * k);
    });
    plot.lines.forEach((line, k) => {
      line.dataset.symbol = "gradient";
      line.dataset.racer = k;
      line.dataset.values = JSON.stringify(flows[k]);
    });
  }
  return { node: plot.node, paint };
}

/**
 * A heading of a plot, with what it shows beside it.
 * @param {string} title in bold
 * @param {string} text behind it
 * @returns {HTMLElement} one line
 */
export const plotTitle = (title, text) => element("p", { class: "pg-title" }, element("strong", {}, title), ` ${text}`);
