// Inside one of the networks: gates and states of all units as heat maps, of one unit as traces, and the weights.
import { TRACE_GROUPS, showTraces, slopes, traceRow } from "../shared/charts.mjs";
import { BLOCKS } from "../shared/bptt.mjs";
import { choice, coloredSymbol, element, format, numbered, roundLimit, symbol } from "../shared/ui.mjs";
import { paintPixels, readTable } from "../gate_microscope/microscope_pixels.mjs";

// What a cell computes at each step: its blocks of rows in the order of the weights, then its states.
const PARTS = { rnn: ["h"], gru: ["r", "z", "n", "h"], lstm: ["i", "f", "g", "o", "c", "h"] };
const OPEN_OR_SHUT = new Set(["i", "f", "o", "r", "z"]);
export const VIEWS = [
  ["gates", "all units"],
  ["traces", "one unit"],
  ["weights", "weights"],
];

const nameOf = (kind, key) => (kind === "lstm" || key === "h" ? coloredSymbol(key, "t") : symbol(key, "t"));

// [unit][step] of a gate or state, from a trace of one sequence.
function valuesOf(kind, { T, H, gates, h, c }, key) {
  const block = PARTS[kind].indexOf(key);
  const width = BLOCKS[kind] * H;
  const at = (t, unit) => {
    if (key === "h") return h[(t + 1) * H + unit];
    return key === "c" ? c[(t + 1) * H + unit] : gates[t * width + block * H + unit];
  };
  return Array.from({ length: H }, (_, unit) => Array.from({ length: T }, (_none, t) => at(t, unit)));
}

const largestOf = (rows) => roundLimit(Math.max(...rows.flat().map(Math.abs)));

// The rows below are made once for a network's kind and size, and filled in every frame: a frame that makes elements
// leaves them to be collected, and collecting them takes longer than a frame.

function heatRow(label) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const scale = element("span", { class: "pg-scale" });
  const node = element("div", { class: "pg-heat" }, element("span", { class: "pg-side" }, label), canvas, scale);
  const show = (rows, [limits, table], note) => {
    paintPixels(canvas, rows[0].length, rows.length, (row, t) => rows[row][t], limits, table);
    scale.textContent = note;
  };
  return { node, show };
}

function heatMaps(root, { kind }) {
  const parts = PARTS[kind].map((key) => ({ key, row: heatRow(nameOf(kind, key)) }));
  for (const { key, row } of parts) Object.assign(row.node.dataset, { symbol: "heat", part: key });
  const show = ({ trace }, { resting }) => {
    for (const { key, row } of parts) {
      const rows = valuesOf(kind, trace, key);
      const limit = key === "c" ? largestOf(rows) : 1;
      const isGate = OPEN_OR_SHUT.has(key);
      const own = kind === "lstm" ? `--ll-${key}` : "--ll-text";
      const look = isGate ? [[0, 1], readTable(root, own)] : [[-limit, limit], readTable(root, "signed")];
      row.show(rows, look, isGate ? "0 to 1" : `\u2212${limit} to ${limit}`);
      const { dataset } = row.node;
      if (resting) dataset.values = JSON.stringify(rows.map((line) => line.map((value) => +value.toPrecision(9))));
      else delete dataset.values;
    }
  };
  return { nodes: parts.map(({ row }) => row.node), show };
}

function traceRows(_root, { kind }) {
  const rows = (kind === "lstm" ? TRACE_GROUPS : [["h"]]).map((keys) => traceRow(keys, "pg"));
  const nodes = rows.map(({ keys, picture, low, high }) => {
    const symbols = keys.flatMap((key) => [coloredSymbol(key, "t"), " "]);
    const label = element("span", { class: "pg-side" }, symbols);
    const range = element("span", { class: "pg-scale" }, low, " to ", high);
    return element("div", { class: "pg-trace" }, label, picture, range);
  });
  const show = ({ trace }, { unit }) => {
    for (const row of rows) {
      const series = row.keys.map((key) => valuesOf(kind, trace, key)[unit]);
      const limit = row.keys.includes("c") ? largestOf(series) : 1;
      showTraces(row, series, { columns: trace.T, limit, line: slopes, text: (value) => format(value, 1) });
    }
  };
  return { nodes, show };
}

function weightMaps(root, { kind, I, H }) {
  const names = { rnn: ["h"], gru: ["r", "z", "n"], lstm: ["i", "f", "g", "o"] }[kind];
  const maps = names.map((key) => heatRow(nameOf(kind, key)));
  const out = heatRow("out");
  const columns = `Each row a unit; columns: ${I} from x, ${H} from h of the step before, 2 biases.`;
  const show = ({ network: { all, w_ih, w_hh, b_ih, b_hh, w_out, b_out } }) => {
    const limit = roundLimit(Math.max(...all.map(Math.abs)));
    const look = [[-limit, limit], readTable(root, "signed")];
    const lineOf = (r) => {
      const parts = [w_ih.subarray(r * I, (r + 1) * I), w_hh.subarray(r * H, (r + 1) * H), [b_ih[r], b_hh[r]]];
      return parts.flatMap((part) => [...part]);
    };
    maps.forEach((map, block) => {
      const rows = Array.from({ length: H }, (_, unit) => lineOf(block * H + unit));
      map.show(rows, look, `\u2212${limit} to ${limit}`);
    });
    out.show([[...w_out, b_out[0]]], look, "from h, and a bias");
  };
  return { nodes: [element("p", { class: "pg-note" }, columns), ...maps.map(({ node }) => node), out.node], show };
}

const INSIDES = { gates: heatMaps, traces: traceRows, weights: weightMaps };

/**
 * The panel of one network.
 * @param {HTMLElement} root of the widget
 * @param {(changes: { view?: string, racer?: number }) => void} show another view, or another network
 * @returns {{ node: HTMLElement, paint: (shown: { network: object, trace: object }, about: { names: string[],
 *   view: string, racer: number, resting: boolean }) => void }} to be painted; the numbers of the heat maps are told at
 *   rest alone
 */
export function viewPanel(root, show) {
  const body = element("div", { class: "pg-view" });
  const racers = choice({
    label: "Inside",
    name: "racer",
    options: numbered(3),
    value: "2",
    onChange: (value) => show({ racer: Number(value) }),
  });
  const views = choice({
    label: "show",
    name: "view",
    options: VIEWS,
    value: "gates",
    onChange: (view) => show({ view }),
  });
  let [shown, drawn, rows] = [null, "", null];
  const units = choice({
    label: "unit",
    name: "unit",
    options: [["0", "1"]],
    value: "0",
    onChange: () => paint(...shown),
  });
  const node = element(
    "div",
    { class: "pg-inside" },
    element("div", { class: "ll-toolbar pg-inside-head" }, racers.node, views.node, units.node),
    body,
  );
  function paint(inside, about) {
    shown = [inside, about];
    const { names, view, racer, resting } = about;
    names.forEach((name, k) => {
      racers.select.options[k].textContent = name;
    });
    racers.select.value = racer;
    views.select.value = view;
    const { kind, I, H } = inside.network;
    if (units.select.options.length !== H) {
      units.select.replaceChildren(
        ...numbered(H, (k) => k + 1).map(([k, text]) => element("option", { value: k }, text)),
      );
    }
    units.node.hidden = view !== "traces";
    const key = [view, kind, I, H].join();
    if (key !== drawn) {
      rows = INSIDES[view](root, inside.network);
      body.replaceChildren(...rows.nodes);
    }
    drawn = key;
    rows.show(inside, { unit: Number(units.select.value), resting });
  }
  return { node, paint };
}
