// What several widgets draw alike: the traces of one unit below each other, the line that stands for a symbol, and the
// steps of an axis over time.
import { PALETTE } from "./palette.mjs";
import { clamp, element, svg } from "./ui.mjs";

/**
 * Traces that share a range: a picture with a line for each symbol and one at zero, and the texts of its range.
 * @typedef {object} TraceRow
 * @property {string[]} keys the symbols
 * @property {SVGElement} picture stretched over its box; one unit wide for each step
 * @property {SVGElement} zero the line at zero
 * @property {SVGElement[]} paths one per symbol
 * @property {HTMLElement} high the text of the range's upper end
 * @property {HTMLElement} low the text of the range's lower end
 */

export const TRACE_GROUPS = [["i", "f", "o"], ["g", "h"], ["c"]];
const GAPS = [1, 2, 5, 10, 20, 50, 100];

/**
 * The steps that an axis names: the first, and every second, fifth, tenth ... so that the numbers stay apart.
 * @param {number} T number of steps
 * @param {number} column width of a step
 * @param {number} apart least distance of two numbers, in the same unit
 * @returns {number[]} steps, from 0
 */
export function namedSteps(T, column, apart) {
  const every = GAPS.find((gap) => gap * column >= apart) ?? GAPS.at(-1);
  return [...Array(T).keys()].filter((t) => t === 0 || (t + 1) % every === 0);
}

/**
 * The step under the pointer, in an element that shows T of them side by side.
 * @param {PointerEvent} event of the pointer
 * @param {Element} node shows the steps
 * @param {number} T number of steps
 * @returns {number} from 0
 */
export function stepUnder({ clientX }, node, T) {
  const { left, width } = node.getBoundingClientRect();
  return clamp(Math.floor(((clientX - left) / width) * T), 0, T - 1);
}

/**
 * The row under the pointer, in an element that shows some below each other.
 * @param {PointerEvent} event of the pointer
 * @param {Element} node shows the rows
 * @param {number} rows number of rows
 * @returns {number} from 0
 */
export function rowUnder({ clientY }, node, rows) {
  const { top, height } = node.getBoundingClientRect();
  return clamp(Math.floor(((clientY - top) / height) * rows), 0, rows - 1);
}

const seenAt = (place, from, room, near) => place - near >= from && place + near <= from + room;

/**
 * Scroll boxes that show the same columns, or the same rows, on a phone: a place and its neighbors are seen in each.
 * @param {Element[]} boxes wider or higher inside than outside, or not
 * @param {{ column?: number, columns?: number, row?: number, rows?: number }} place from 0, and how many there are
 */
export function keepSeen(boxes, { column = 0, columns = 1, row = 0, rows = 1 }) {
  requestAnimationFrame(() => {
    for (const box of boxes) {
      box.dataset.follows = "cursor"; // what it hides is not cut off
      const [x, y] = [((column + 0.5) * box.scrollWidth) / columns, ((row + 0.5) * box.scrollHeight) / rows];
      if (!seenAt(x, box.scrollLeft, box.clientWidth, (1.5 * box.scrollWidth) / columns)) {
        box.scrollLeft = x - box.clientWidth / 2;
      }
      if (!seenAt(y, box.scrollTop, box.clientHeight, (1.5 * box.scrollHeight) / rows)) {
        box.scrollTop = y - box.clientHeight / 2;
      }
    }
  });
}

const lineOf = (key, attributes) =>
  svg("path", { ...attributes, stroke: `var(--ll-${key})`, "stroke-dasharray": PALETTE[key].dash || null });

/**
 * A short piece of a symbol's line, for a legend.
 * @param {string} key the symbol
 * @param {string} className of the line
 * @returns {SVGElement} 20 by 6 pixels
 */
export const lineKey = (key, className) =>
  svg(
    "svg",
    { viewBox: "0 0 20 6", width: 20, height: 6, "aria-hidden": "true" },
    lineOf(key, { d: "M0 3H20", class: className }),
  );

/**
 * The elements of a row of traces.
 * @param {string[]} keys symbols that share a range
 * @param {string} prefix of the classes: `prefix-line`, `prefix-zero`
 * @returns {TraceRow} without values yet
 */
export function traceRow(keys, prefix) {
  const zero = svg("path", { class: `${prefix}-zero` });
  const paths = keys.map((key) => lineOf(key, { class: `${prefix}-line`, "data-trace": key }));
  const picture = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }, zero, paths);
  return { keys, picture, zero, paths, high: element("span"), low: element("span") };
}

/**
 * A line through the middle of each step. A sequence of one step has none: a level stretch then.
 * @param {string[]} heights one per step
 * @returns {string} for the attribute `d`
 */
export const slopes = (heights) =>
  heights.length > 1
    ? heights.map((y, t) => `${t ? "L" : "M"}${t + 0.5} ${y}`).join("")
    : heights.map((y) => `M0 ${y}H1`).join("");

/**
 * Stairs: each value as a level stretch over its step.
 * @param {string[]} heights one per step
 * @returns {string} for the attribute `d`
 */
export const stairs = (heights) => heights.map((y, t) => `${t ? "V" : "M0 "}${y}H${t + 1}`).join("");

/**
 * Draw values into a row of traces.
 * @param {TraceRow} row to draw into
 * @param {number[][]} series one list of values per symbol
 * @param {object} how to draw them
 * @param {number} how.columns number of steps that the picture has room for
 * @param {number} how.limit upper end of the range; the lower one is 0 for i, f and o, and `-limit` for the others
 * @param {(heights: string[]) => string} how.line `slopes` or `stairs`
 * @param {(value: number) => string} how.text of the range's ends
 */
export function showTraces({ keys, picture, zero, paths, high, low }, series, { columns, limit, line, text }) {
  const bottom = keys.includes("i") ? 0 : -limit;
  const y = (value) => (100 * (1 - (value - bottom) / (limit - bottom))).toFixed(1);
  picture.setAttribute("viewBox", `0 -4 ${columns} 108`);
  zero.setAttribute("d", `M0 ${y(0)}H${columns}`);
  paths.forEach((path, n) => {
    path.setAttribute("d", line(series[n].map(y)));
    path.dataset.values = JSON.stringify(series[n]);
  });
  [high.textContent, low.textContent] = [limit, bottom].map(text);
}
