// One sequence that all three networks read, and that one may edit: its inputs, the wanted answers, and theirs.
import { clamp, element, format, sliderArea, svg } from "../shared/ui.mjs";
import { stepUnder } from "../shared/charts.mjs";
import { MARGIN, lineLook } from "./playground_plots.mjs";

/**
 * The sequence, the answers it wants, and where the cursor stands.
 * @typedef {object} Probe
 * @property {number[][]} x inputs (T x I)
 * @property {number[]} y wanted answers, at every step or at the last alone
 * @property {number} at the cursor's step, from 0
 */

const [INPUT, ANSWER, GAP] = [40, 56, 8]; // heights in pixels, and what is between them
const MARK_HEIGHT = 10;

// The value of a step where a hand points: 0 at the bottom of the input's strip, 1 at the top.
function valueAt(task, height) {
  const value = isSigned(task) ? 2 * height - 1 : height;
  return Math.round(20 * value) / 20;
}

const isSigned = ({ input }) => input !== "positive";
const isNumber = ({ input }) => input === "number" || input === "positive";

function stepInWords(task, { x, at }) {
  const [value, mark] = x[at];
  const bracket = value > 0 ? "open" : "close";
  const said = task.input === "bracket" ? bracket : format(value, isNumber(task) ? 2 : 0);
  return `step ${at + 1}: ${said}${mark ? ", marked" : ""}`;
}

function inputShapes(task, { x, at }, { place, wide }) {
  const signedInput = isSigned(task);
  const high = INPUT - MARK_HEIGHT;
  const y = (value) => MARK_HEIGHT + (signedInput ? (high * (1 - value)) / 2 : high * (1 - value));
  const bars = x.map(([value, mark], t) => {
    const left = place(t) + 0.1 * wide;
    const [top, bottom] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
    const bar = svg("rect", {
      class: mark ? "pg-bar pg-marked" : "pg-bar",
      x: left,
      y: top,
      width: 0.8 * wide,
      height: Math.max(bottom - top, 1),
    });
    if (!mark) return [bar];
    const [middle, half] = [place(t) + wide / 2, Math.min(5, wide / 2)];
    return [bar, svg("path", { class: "pg-mark", d: `M${middle - half} 1h${2 * half}l${-half} 7Z` })];
  });
  const cursor = svg("rect", { class: "pg-cursor", x: place(at), y: 0, width: wide, height: INPUT + GAP + ANSWER });
  return [cursor, svg("path", { class: "pg-zero", d: `M${place(0)} ${y(0)}H${place(x.length)}` }), ...bars.flat()];
}

// What the answers are drawn on: it changes with the sequence alone.
function wantedShapes({ x, y }, { place, wide, heightOf }) {
  const radius = clamp(0.35 * wide, 1.5, 4);
  const first = x.length - y.length;
  const wanted = y.map((value, t) => {
    const cx = (place(first + t) + wide / 2).toFixed(1);
    return svg("circle", { class: "pg-wanted", cx, cy: heightOf(value), r: y.length > 1 ? radius : 5 });
  });
  return [svg("path", { class: "pg-zero", d: `M${place(0)} ${heightOf(0)}H${place(x.length)}` }), ...wanted];
}

// Where the steps stand, and how high an answer.
function layoutOf(task, { x, y }, width) {
  const wide = (width - MARGIN.left - MARGIN.right) / x.length;
  const least = Math.min(-0.2, ...y) * 1.15;
  const low = isSigned(task) ? Math.min(least, -1.15) : least;
  const high = Math.max(0.2, ...y, task.everyStep ? 1 : 1.2) * 1.15;
  const heightOf = (value) => (INPUT + GAP + (ANSWER * (high - clamp(value, low, high))) / (high - low)).toFixed(1);
  return { place: (t) => MARGIN.left + t * wide, wide, heightOf };
}

const answerLine = (values, { place, wide, heightOf }) =>
  [...values].map((value, t) => `${t ? "L" : "M"}${(place(t) + wide / 2).toFixed(1)} ${heightOf(value)}`).join("");

/**
 * The panel of the sequence.
 * @param {(edit: (probe: Probe) => void) => void} change edits the sequence and draws all that follows
 * @returns {{ node: HTMLElement, paint: (task: object, probe: Probe, about: { outputs: ArrayLike<number>[],
 *   names: string[], width: number }) => void }} to be painted
 */
export function probePanel(change) {
  const back = svg("g");
  const lines = [0, 1, 2].map((k) => svg("path", lineLook(k)));
  const picture = svg("svg", { "aria-hidden": "true" }, back, lines);
  const wantedText = element("span", { "data-symbol": "wanted" });
  const texts = lines.map((_, k) =>
    element("span", { class: `pg-racer-${k}`, "data-symbol": "answer", "data-racer": k }),
  );
  const answers = element("div", { class: "pg-answers" }, wantedText, texts);
  let [drawn, layout] = ["", null];
  let now = null;
  const set = (t, value) =>
    change((probe) => {
      probe.at = t;
      probe.x[t][0] = value;
    });
  const step = (by) => () =>
    change((probe) => {
      probe.at = clamp(probe.at + by, 0, probe.x.length - 1);
    });
  const turn = (by) => () => {
    const { task, probe } = now;
    const value = probe.x[probe.at][0] + by;
    set(probe.at, isNumber(task) ? clamp(value, isSigned(task) ? -1 : 0, 1) : Math.sign(by));
  };
  const mark = () =>
    change(({ x, at }) => {
      if (x[at].length > 1) x[at][1] = 1 - x[at][1];
    });
  const area = sliderArea(
    {
      class: "pg-input",
      "data-role": "sequence",
      "aria-label": "Sequence: arrows up and down change a step, space its mark",
    },
    { ArrowLeft: step(-1), ArrowRight: step(1), ArrowUp: turn(0.1), ArrowDown: turn(-0.1), " ": mark },
  );
  const node = element("div", { class: "pg-probe" }, picture, area, answers);
  let drag = null;
  const point = (event) => {
    const { task, probe } = now;
    const t = stepUnder(event, area, probe.x.length);
    const box = area.getBoundingClientRect();
    const y = ((event.clientY - box.top) / box.height) * INPUT;
    if (event.type === "pointerdown") {
      drag = probe.x[t].length > 1 && y < MARK_HEIGHT ? "mark" : "value";
      if (drag === "mark") {
        change((all) => {
          all.at = t;
          all.x[t][1] = 1 - all.x[t][1];
        });
        return;
      }
      // A click turns a sign over, and a drag paints it.
      if (!isNumber(task)) drag = -Math.sign(probe.x[t][0]);
    }
    if (drag === null || drag === "mark") return;
    const height = clamp(1 - (y - MARK_HEIGHT) / (INPUT - MARK_HEIGHT), 0, 1);
    set(t, isNumber(task) ? valueAt(task, height) : drag);
  };
  const release = () => {
    drag = null;
  };
  area.addEventListener("pointerdown", (event) => {
    area.setPointerCapture(event.pointerId);
    point(event);
  });
  area.addEventListener("pointermove", point);
  area.addEventListener("pointerup", release);
  area.addEventListener("pointercancel", release);

  function drawSequence(task, probe, width) {
    const T = probe.x.length;
    layout = layoutOf(task, probe, width);
    picture.setAttribute("viewBox", `0 0 ${width} ${INPUT + GAP + ANSWER}`);
    const side = (y, text) => svg("text", { class: "pg-tick", x: MARGIN.left - 8, y, "text-anchor": "end" }, text);
    back.replaceChildren(
      side(INPUT - 8, "input"),
      side(INPUT + GAP + ANSWER / 2 + 4, "answers"),
      ...inputShapes(task, probe, layout),
      ...wantedShapes(probe, layout),
    );
    const [last, step_, text] = [T, probe.at + 1, stepInWords(task, probe)];
    const aria = { "aria-valuemin": 1, "aria-valuemax": last, "aria-valuenow": step_, "aria-valuetext": text };
    for (const [name, value] of Object.entries(aria)) area.setAttribute(name, value);
    area.dataset.values = JSON.stringify(probe.x);
    area.style.left = `${(100 * MARGIN.left) / width}%`;
    area.style.right = `${(100 * MARGIN.right) / width}%`;
    area.style.height = `${(100 * INPUT) / (INPUT + GAP + ANSWER)}%`;
    wantedText.dataset.value = probe.y.at(-1);
    wantedText.textContent = `wanted ${format(probe.y.at(-1))}`;
  }
  function paint(task, probe, { outputs, names, width }) {
    now = { task, probe };
    const key = JSON.stringify([task.input, task.everyStep, probe, width]);
    if (key !== drawn) drawSequence(task, probe, width);
    drawn = key;
    outputs.forEach((values, k) => {
      lines[k].setAttribute("d", answerLine(values, layout));
      texts[k].dataset.value = values.at(-1);
      texts[k].textContent = `${names[k]} ${format(values.at(-1))}`;
    });
  }
  return { node, paint };
}
