// Hands on the picture of the gate explorer: drag a valve, the dot of a curve, or a number at the left edge.
import { clamp, svg } from "../shared/ui.mjs";
import { GATE_LETTERS } from "./gate_figures.mjs";

/** @typedef {import("./gate_cards.mjs").View} View */

const CURVE = 6.2; // units of the picture for 1 of z, as in gate_figures.mjs
const TRAVEL = 80; // units of the picture from a shut valve to an open one
const SLACK = 4; // pixels that a click may move
const CENTERS = { f: 178, i: 300, g: 424, o: 706 };
// What can be dragged: its place in the picture, and the direction in which it grows.
const VALVES = { f: [158, 52, 40, 80, "up"], i: [384, 166, 80, 44, "right"], o: [686, 148, 40, 80, "up"] };
const VECTORS = { c: [0, 62, 150, 56, 3], h: [0, 332, 84, 50, 1], x: [0, 388, 84, 50, 3] };

const toStep = (value, step) => Math.round(value / step) * step;
const twoDigits = (value) => Number(value.toFixed(2));
const logit = (share) => Math.log(share / (1 - share));

// Follow a pointer from its press on `node`: `start()` gives what a move begins from.
function onDrag(node, picture, { start, move, click }) {
  let from = null;
  node.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    from = { x: event.clientX, y: event.clientY, value: start(), moved: false };
  });
  node.addEventListener("pointermove", (event) => {
    if (from === null) return;
    const [right, up] = [event.clientX - from.x, from.y - event.clientY];
    if (!from.moved && Math.hypot(right, up) < SLACK) return;
    from.moved = true;
    const scale = picture.getScreenCTM().a;
    move(from.value, { right: right / scale, up: up / scale });
  });
  const end = (event) => {
    if (from !== null && !from.moved && event.type === "pointerup") click?.();
    from = null;
  };
  node.addEventListener("pointerup", end);
  node.addEventListener("pointercancel", end);
}

/**
 * Make the picture answer to a pointer. A valve or a dot that is dragged changes the first bias of its gate, so that
 * the cell really computes what is shown; numbers at the left edge change themselves. A click on a gate calls `pick`.
 * Whoever uses the keyboard has sliders for all of it.
 * @param {View} view of the explorer
 * @param {SVGSVGElement} picture of the cell
 * @param {{ now: () => import("./gate_cards.mjs").Now, pick: (gate: string) => void }} hooks the state that is shown
 */
export function touchPicture(view, picture, { now, pick }) {
  const area = (name, [x, y, width, height], cursor) => {
    const box = { x, y, width, height, fill: "transparent", "data-drag": name, style: `cursor: ${cursor}` };
    const node = svg("rect", { ...box, "aria-hidden": "true" });
    picture.append(node);
    return node;
  };
  const rowOf = (gate) => GATE_LETTERS.indexOf(gate) * view.H + now().unit;
  const sumOf = (gate) => ({ z: now().step.z[rowOf(gate)], bias: view.get("weights").b_ih[rowOf(gate)] });
  const setSum = (gate, before, z) => {
    const weights = view.get("weights");
    const b_ih = [...weights.b_ih];
    b_ih[rowOf(gate)] = twoDigits(before.bias + z - before.z);
    view.apply({ weights: { ...weights, b_ih } });
  };
  for (const [gate, center] of Object.entries(CENTERS)) {
    onDrag(area(`gate ${gate}`, [center - 53, 248, 106, 80], "pointer"), picture, {
      start: () => sumOf(gate),
      move: (before, { right }) => setSum(gate, before, clamp(before.z + right / CURVE, -6, 6)),
      click: () => pick(gate),
    });
  }
  for (const [gate, [x, y, width, height, direction]] of Object.entries(VALVES)) {
    onDrag(area(`valve ${gate}`, [x, y, width, height], direction === "up" ? "ns-resize" : "ew-resize"), picture, {
      start: () => ({ ...sumOf(gate), open: now().step[gate][now().unit] }),
      move: (before, by) => {
        const open = clamp(toStep(before.open + by[direction] / TRAVEL, 0.01), 0.01, 0.99);
        setSum(gate, before, logit(open));
      },
      click: () => pick(gate),
    });
  }
  for (const [key, [x, y, width, height, limit]] of Object.entries(VECTORS)) {
    const index = () => (key === "x" ? 0 : now().unit);
    onDrag(area(`number ${key}`, [x, y, width, height], "ns-resize"), picture, {
      start: () => view.get(key)[index()],
      move: (before, { up }) => {
        const value = twoDigits(clamp(toStep(before + (up * limit) / TRAVEL, 0.05), -limit, limit));
        view.apply({ [key]: view.get(key).map((old, k) => (k === index() ? value : old)) });
      },
    });
  }
}
