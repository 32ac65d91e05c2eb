// The dropout explorer: two masks over time from the same random numbers, one new at every step, one held.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol]`: counts with `data-kind`: `cells`, the share of numbers that is dropped (%); `once` and `always`,
//   the units that are dropped at least once, and at every step.
// - `[data-grid]`: a mask by its kind; `data-dropped` holds its cells, a row of 0 and 1 a unit.
// - `[data-name]`: the slider `p`; `[data-action=draw]`: the button.
import { stepUnder } from "../shared/charts.mjs";
import { announcer, button, element, entryPoints, format, slider, svg } from "../shared/ui.mjs";
import { DROPOUT_EXPLORER_STYLES } from "./dropout_explorer_styles.mjs";

const KINDS = ["new at every step", "held for the sequence"];
const PARTS = 1000;
const CELL = 10; // of the picture's own units
const CURVE = 46; // height of the curve below a grid
const [TALLEST, APART] = [380, 28]; // pixels of a grid with its curve, and between the two

// Whether a number is dropped, units by steps: of the draw's own step, or of its first.
function maskOf(noise, p, held) {
  const bound = Math.round(PARTS * p);
  return noise[0].map((_, unit) => noise.map((step) => (held ? noise[0] : step)[unit] < bound));
}

const shareOf = (flags) => flags.filter(Boolean).length / flags.length;

// Share of the units that have been dropped at least once by each step.
const hitBy = (mask) => mask[0].map((_, t) => shareOf(mask.map((row) => row.slice(0, t + 1).some(Boolean))));

function gridOf(mask, kind, at) {
  const [T, H] = [mask[0].length, mask.length];
  const size = CELL - 1;
  const place = (unit, t) => ({ x: t * CELL, y: unit * CELL, width: size, height: size });
  const cells = mask.flatMap((row, unit) =>
    row.map((dropped, t) => svg("rect", { ...place(unit, t), class: dropped ? "dx-dropped" : "dx-kept" })),
  );
  const crosses = mask.flatMap((row, unit) =>
    row.flatMap((dropped, t) => (dropped ? `M${t * CELL + 3} ${unit * CELL + 3}l3 3m0 -3l-3 3` : [])),
  );
  const cursor = { x: at * CELL - 0.5, y: -1, width: CELL, height: H * CELL + 1 };
  const label = `${kind}: ${H} units over ${T} steps, dropped cells dark and crossed`;
  return svg(
    "svg",
    {
      viewBox: `-1 -2 ${T * CELL + 1} ${H * CELL + 3}`,
      role: "img",
      "aria-label": label,
      "data-grid": kind,
      "data-dropped": JSON.stringify(mask.map((row) => row.map(Number))),
    },
    cells,
    svg("path", { class: "dx-cross", d: crosses.join("") }),
    svg("rect", { class: "dx-cursor", ...cursor }),
  );
}

function curveOf(mask, at) {
  const [T, hit] = [mask[0].length, hitBy(mask)];
  const y = (share) => CURVE - 3 - share * (CURVE - 6);
  const points = hit.map((share, t) => `${t ? "L" : "M"}${(t + 0.5) * CELL} ${y(share).toFixed(1)}`).join("");
  const level = (share) => svg("path", { class: "dx-level", d: `M0 ${y(share)}H${T * CELL}` });
  const dot = svg("circle", { class: "dx-dot", cx: (at + 0.5) * CELL, cy: y(hit[at]), r: 3 });
  const size = { viewBox: `-1 0 ${T * CELL + 1} ${CURVE}`, "aria-hidden": "true" };
  return svg("svg", size, level(0), level(1), svg("path", { class: "dx-curve", d: points }), dot);
}

// One kind: its grid, its curve, and its numbers.
function panelOf(kind, mask, at) {
  const count = (symbol, value, text) =>
    element("b", { "data-symbol": symbol, "data-kind": kind, "data-value": value }, text);
  const units = (test) => mask.filter(test).length;
  const hit = units((row) => row.slice(0, at + 1).some(Boolean));
  const [once, always] = [units((row) => row.some(Boolean)), units((row) => row.every(Boolean))];
  const cells = 100 * shareOf(mask.flat());
  return [
    element("h4", {}, kind),
    gridOf(mask, kind, at),
    curveOf(mask, at),
    element("p", { class: "ll-quiet" }, `by step ${at + 1}, ${hit} of ${mask.length} units have been dropped`),
    element(
      "p",
      {},
      count("cells", cells, `${format(cells, 0)} %`),
      " of the cells dropped; of the units ",
      count("once", once, String(once)),
      " at least once, ",
      count("always", always, String(always)),
      " at every step",
    ),
  ];
}

function draw(root, state) {
  const { get } = state;
  const live = announcer();
  const panels = KINDS.map(() => element("div", { class: "dx-panel" }));
  let at = 0; // the step under the pointer
  const apply = (name, value) => {
    state.set(name, value);
    live.say(refresh());
  };
  const p = slider({
    label: "p",
    name: "p",
    title: "share dropped",
    min: 0,
    max: 0.9,
    value: get("p"),
    onInput: (value) => apply("p", value),
  });
  const again = button("Draw new masks", () => apply("draw", (get("draw") + 1) % get("noise").length), {
    "data-action": "draw",
  });
  const [T, H] = [get("noise")[0].length, get("noise")[0][0].length];
  const widest = 2 * ((TALLEST * T * CELL) / (H * CELL + CURVE)) + APART; // so that few steps do not grow tall
  const main = element("div", { class: "dx-main", style: `max-width: ${Math.round(widest)}px` }, panels);
  const key = "A row is a unit, a column a step. The curve: the share of the units that have been dropped so far.";
  root.append(
    element("div", { class: "ll-toolbar" }, p.node, again),
    element("p", { class: "ll-quiet" }, key),
    main,
    live.node,
  );
  main.addEventListener("pointermove", (event) => {
    const grid = event.target.closest(".dx-panel")?.querySelector("svg");
    const step = grid ? stepUnder(event, grid, get("noise")[0].length) : at;
    if (step === at) return;
    at = step;
    refresh();
  });

  // Returns what is shown, in words.
  function refresh() {
    const noise = get("noise")[get("draw")];
    p.set(get("p"));
    const masks = KINDS.map((_, held) => maskOf(noise, get("p"), held === 1));
    panels.forEach((panel, n) => panel.replaceChildren(...panelOf(KINDS[n], masks[n], at)));
    return panels.map((panel, n) => `${KINDS[n]}: ${panel.lastElementChild.textContent}`).join(". ");
  }
  at = T - 1;
  state.onChange(["p", "draw", "noise"], refresh);
  refresh();
}

const { render, mount } = entryPoints("dropout_explorer", draw, DROPOUT_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
