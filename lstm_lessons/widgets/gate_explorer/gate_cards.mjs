// The cards of the gate explorer: each equation with its numbers.
import { PALETTE } from "../shared/palette.mjs";
import { button, element, format, svg, symbol } from "../shared/ui.mjs";
import { GATE_LETTERS } from "./gate_figures.mjs";

/**
 * What all parts of one explorer look at.
 * @typedef {object} View
 * @property {number} I number of inputs
 * @property {number} H number of units
 * @property {(key: string) => any} get a value of the state
 * @property {(values: Record<string, any>) => void} apply several changes
 * @property {((now: Now) => void)[]} updates what each part does when something has changed
 */

/**
 * State, step and the unit on show.
 * @typedef {import("./gate_figures.mjs").CellState & { step: import("../shared/cell.mjs").Step, unit: number }} Now
 */

export const PREVIOUS = "t-1";

// --- Text

const math = (...parts) => element("span", { class: "ge-math" }, parts);
const together = (...parts) => element("span", { class: "ge-together" }, parts);
const equation = (...parts) => element("div", { class: "ge-equation" }, parts);
const withNumbers = (...parts) => element("div", { class: "ge-equation ge-figures" }, parts);

const bracketed = (number) => (number < 0 ? `(${format(number)})` : format(number));
const product = (weight, value) => `${format(weight)}\u00A0\u00B7\u00A0${bracketed(value)}`;

// "a + b + c" with "− b" where a term is a negative product or number.
const joined = (terms) =>
  terms
    .map((term, n) => {
      if (n === 0) return term;
      return term.startsWith("\u2212") ? ` \u2212\u00A0${term.slice(1)}` : ` +\u00A0${term}`;
    })
    .join("");

// --- Numbers with their marks for readers of the page

function marked(view, attributes, key, read) {
  const node = element("span", { class: "ge-number", "data-step": 0, ...attributes, "data-symbol": key });
  let last = "";
  view.updates.push((now) => {
    const [value, unit] = [read(now), attributes["data-unit"] ?? now.unit];
    if (last === `${value} ${unit}`) return;
    last = `${value} ${unit}`;
    Object.assign(node.dataset, { value, unit });
    node.textContent = format(value);
  });
  return node;
}

function shown(view, key, read) {
  const node = element("span", { "data-shows": key });
  let last = null;
  view.updates.push((now) => {
    const text = read(now);
    if (text !== last) node.textContent = last = text;
  });
  return node;
}

const echo = (view, key) => shown(view, key, ({ step, unit }) => format(step[key][unit]));

// The value of the unit on show. With several units the table holds the marked ones.
const result = (view, key) =>
  view.H === 1 ? marked(view, { "data-unit": 0 }, key, ({ step }) => step[key][0]) : echo(view, key);

/**
 * The values of all units.
 * @param {View} view of the explorer
 * @returns {HTMLElement} a table with a button per unit
 */
export function unitTable(view) {
  const keys = Object.keys(PALETTE);
  const row = (k) => {
    const pick = button(`unit ${k}`, () => view.apply({ unit: k }), { "data-unit-choice": k });
    view.updates.push(({ unit }) => pick.setAttribute("aria-pressed", unit === k));
    const cell = (key) =>
      element(
        "td",
        {},
        marked(view, { "data-unit": k }, key, ({ step }) => step[key][k]),
      );
    return element("tr", {}, element("th", { scope: "row" }, pick), keys.map(cell));
  };
  const head = (key) => element("th", { scope: "col", style: `color: var(--ll-${key})` }, symbol(key, "t"));
  return element(
    "table",
    { class: "ge-units" },
    element("caption", {}, "All units. The picture and the equations show the one you choose."),
    element("thead", {}, element("tr", {}, element("td"), keys.map(head))),
    element("tbody", {}, [...Array(view.H).keys()].map(row)),
  );
}

// --- Cards

function card(view, key, ...children) {
  const { name, dash } = PALETTE[key];
  const line = { d: "M1 4 H27", stroke: `var(--ll-${key})`, "stroke-width": 4, "stroke-dasharray": dash };
  const dashes = svg("svg", { class: "ge-dash", viewBox: "0 0 28 8", "aria-hidden": "true" }, svg("path", line));
  const wide = ["c", "h"].includes(key) ? " ge-wide" : "";
  return element(
    "div",
    { role: "group", class: `ge-card${wide}`, style: `--ge-color: var(--ll-${key})`, "aria-label": name },
    element(
      "div",
      { class: "ge-card-head" },
      dashes,
      element("span", { class: "ge-name" }, name),
      math(symbol(key, "t"), " = ", result(view, key)),
    ),
    children,
  );
}

// What gate `n` sums up: "0.50 · 0.60 + 0.00 + ...".
function gateTerms({ weights, x, h, unit }, n) {
  const row = n * h.length + unit;
  const { w_ih, w_hh, b_ih, b_hh } = weights;
  return joined([
    ...x.map((value, j) => product(w_ih[row][j], value)),
    format(b_ih[row]),
    ...h.map((value, j) => product(w_hh[row][j], value)),
    format(b_hh[row]),
  ]);
}

function gateCard(view, gate, n) {
  const squash = gate === "g" ? "tanh" : "\u03C3";
  const fromInput = together(symbol("W", `i${gate}`), "\u2009", symbol("x", "t"));
  const fromBefore = together(symbol("W", `h${gate}`), "\u2009", symbol("h", PREVIOUS));
  const [first, second] = [symbol("b", `i${gate}`), together(symbol("b", `h${gate}`), ")")];
  const z = marked(view, {}, `z_${gate}`, ({ step, unit }) => step.z[n * view.H + unit]);
  return card(
    view,
    gate,
    equation(math(symbol(gate, "t"), " = ", squash, "(", fromInput, " + ", first, " + ", fromBefore, " + ", second)),
    withNumbers(
      "= ",
      squash,
      "(",
      shown(view, `terms_${gate}`, (now) => gateTerms(now, n)),
      ") ",
      together("= ", squash, "(", z, ") = ", echo(view, gate)),
    ),
  );
}

function cellCard(view) {
  const terms = ({ step, unit: k, c }) => joined([product(step.f[k], c[k]), product(step.i[k], step.g[k])]);
  const sums = ({ step, unit: k, c }) => joined([format(step.f[k] * c[k]), format(step.i[k] * step.g[k])]);
  const [kept, written] = [
    [symbol("f", "t"), " \u00B7 ", symbol("c", PREVIOUS)],
    [symbol("i", "t"), " \u00B7 ", symbol("g", "t")],
  ];
  return card(
    view,
    "c",
    equation(math(symbol("c", "t"), " = ", ...kept, " + ", ...written)),
    withNumbers(
      "= ",
      shown(view, "terms_c", terms),
      " ",
      together("= ", shown(view, "sum_c", sums), " = ", echo(view, "c")),
    ),
  );
}

function hiddenCard(view) {
  const terms = ({ step, unit }) => `${format(step.o[unit])}\u00A0\u00B7\u00A0tanh(${format(step.c[unit])})`;
  const value = ({ step, unit }) => product(step.o[unit], Math.tanh(step.c[unit]));
  return card(
    view,
    "h",
    equation(math(symbol("h", "t"), " = ", symbol("o", "t"), " \u00B7 tanh(", symbol("c", "t"), ")")),
    withNumbers(
      "= ",
      shown(view, "terms_h", terms),
      " ",
      together("= ", shown(view, "product_h", value), " = ", echo(view, "h")),
    ),
  );
}

/**
 * A card for each gate, for c and for h: the equation, with letters and with numbers.
 * @param {View} view of the explorer
 * @returns {HTMLElement} all cards
 */
export function equationCards(view) {
  const gates = GATE_LETTERS.map((gate, n) => gateCard(view, gate, n));
  return element("div", { class: "ge-cards" }, [...gates, cellCard(view), hiddenCard(view)]);
}

/**
 * A sentence in which "x_t" and "c_{t-1}" become symbols.
 * @param {string} text with them
 * @returns {(string | HTMLElement)[]} its parts
 */
export const withSymbols = (text) =>
  text
    .split(/\b(\w_(?:\{[^}]+\}|\w))/u)
    .map((part, n) => (n % 2 === 0 ? part : symbol(part[0], part.slice(2).replaceAll(/[{}]/gu, ""))));
