// Heat maps of the gate microscope: colors for numbers, one pixel each.
import { clamp, element, shortest } from "../shared/ui.mjs";

const COLORS = 255; // in a table
const LEGEND = 64; // pixels

const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const halfway = (one, other) => one.map((value, k) => (value + other[k]) / 2);

const tables = new Map(); // those made, by their stops: a network that learns asks for them in every frame

// 255 colors between evenly spaced `stops` ([r, g, b] each), one after the other: zero has the middle one.
function colorTable(stops) {
  const key = stops.join("|");
  if (!tables.has(key)) {
    const table = Uint8ClampedArray.from({ length: 3 * COLORS }, (_, k) => {
      const place = (Math.floor(k / 3) / (COLORS - 1)) * (stops.length - 1);
      const from = Math.min(Math.floor(place), stops.length - 2);
      return stops[from][k % 3] + (place - from) * (stops[from + 1][k % 3] - stops[from][k % 3]);
    });
    tables.set(key, table);
  }
  return tables.get(key);
}

/**
 * The colors of a heat map in the page's present theme.
 * @param {Element} root of the widget
 * @param {string} name "signed" for numbers below and above zero, "positive" for the upper half of it, or the CSS
 *   variable whose color stands for the largest number, such as `--ll-f`
 * @returns {Uint8ClampedArray} 255 colors of three numbers
 */
export function readTable(root, name) {
  const style = getComputedStyle(root);
  const color = (variable) => channels(style.getPropertyValue(variable).trim());
  const [page, text] = [color("--ll-page"), color("--ll-text")];
  if (name.startsWith("--")) {
    const own = color(name);
    return colorTable([page, halfway(page, own), own, halfway(own, text)]);
  }
  const [negative, positive] = [color("--gm-negative"), color("--gm-positive")];
  const upper = [page, positive, halfway(positive, text)];
  return colorTable(name === "signed" ? [halfway(negative, text), negative, ...upper] : upper);
}

/**
 * Draw a matrix, one pixel a number. A missing number keeps the page's color.
 * @param {HTMLCanvasElement} canvas is made T by rows pixels large
 * @param {number} T number of columns
 * @param {number} rows number of rows
 * @param {(row: number, t: number) => number | undefined} valueOf what stands there
 * @param {[number, number]} limits the numbers that have the first and the last color
 * @param {Uint8ClampedArray} table see `readTable`
 */
export function paintPixels(canvas, T, rows, valueOf, [low, high], table) {
  if (canvas.width !== T) canvas.width = T;
  if (canvas.height !== rows) canvas.height = rows;
  const image = new ImageData(T, rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let t = 0; t < T; t++, at += 4) {
      const value = valueOf(row, t);
      if (value === undefined) continue;
      const k = 3 * Math.round((COLORS - 1) * clamp((value - low) / (high - low), 0, 1));
      image.data[at] = table[k];
      image.data[at + 1] = table[k + 1];
      image.data[at + 2] = table[k + 2];
      image.data[at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/**
 * The legend of a heat map.
 * @typedef {object} Legend
 * @property {HTMLElement} node on the page
 * @property {(limits: [number, number], table: Uint8ClampedArray, beyond?: boolean) => void} show the colors of numbers
 *   between limits; `beyond` tells that some numbers lie beyond them
 */

/**
 * A legend without colors yet.
 * @returns {Legend} to be shown
 */
export function colorLegend() {
  const [low, high] = [element("span"), element("span")];
  const strip = element("canvas", { width: LEGEND, height: 1 });
  const show = (limits, table, beyond = false) => {
    low.textContent = `${beyond && limits[0] < 0 ? "\u2264 " : ""}${shortest(limits[0])}`;
    high.textContent = `${beyond ? "\u2265 " : ""}${shortest(limits[1])}`;
    paintPixels(strip, LEGEND, 1, (_, t) => t, [0, LEGEND - 1], table);
  };
  return { node: element("span", { class: "gm-legend" }, low, strip, high), show };
}
