// Bars below an input: how steep the score of one class is in each of its steps; see input_gradient.mjs.
// On the page: `[data-symbol="slope"]` has `data-values`, a JSON list of T numbers, and `data-class`, the class whose
// score it is; `[data-name="slope class"]` chooses it. `[data-slope]` is the number under the cursor, with `data-step`.
import { choice, element, format, svg } from "./ui.mjs";

const ANSWER = ""; // the class that is believed in most, whichever that is

/**
 * The parts of the bars, for a widget to place.
 * @param {object} options of them
 * @param {string[]} options.names of the classes
 * @param {string} options.input what a step is: "letter" or "step"
 * @param {() => void} options.onChoose paints anew
 * @returns {object} `picture`, `choice`, `value` and `words` are nodes; `classOf(answer)` is the class that is wanted;
 *   `paint` and `paintCursor` show what is new
 */
export function slopeBars({ names, input, onChoose }) {
  const options = [[ANSWER, "the answer"], ...names.map((name, k) => [String(k), name])];
  const label = `What each ${input} did for`;
  const chosen = choice({ label, name: "slope class", options, value: ANSWER, onChange: onChoose });
  const bars = svg("path", { class: "ll-slope-bars", "data-symbol": "slope" });
  const picture = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }, bars);
  const value = element("span", { class: "ll-slope-value", "data-slope": "" });
  const words = element("p", { class: "ll-slope-words ll-quiet" });
  let sizes = [];
  return {
    picture,
    choice: chosen.node,
    value,
    words,
    classOf: (answer) => (chosen.select.value === ANSWER ? answer : Number(chosen.select.value)),
    paint(values, k, columns, more = "") {
      sizes = values;
      const highest = Math.max(...values, Number.MIN_VALUE);
      const top = (size) => (1 - size / highest).toFixed(4);
      picture.setAttribute("viewBox", `0 0 ${columns} 1`);
      bars.setAttribute("d", values.map((size, t) => `M${t + 0.12} 1V${top(size)}H${t + 0.88}V1Z`).join(""));
      Object.assign(bars.dataset, { values: JSON.stringify(values), class: k });
      words.textContent =
        values.length === 0
          ? ""
          : `Bars: how steep the score of ${names[k]} is in each ${input}, the length of its gradient. ` +
            `A slope, no proof that the ${input} was used.${more}`;
    },
    paintCursor(t) {
      const size = sizes[t];
      value.textContent = size === undefined ? "" : `slope ${format(size)}`;
      Object.assign(value.dataset, { slope: size ?? "", step: size === undefined ? "" : t });
    },
  };
}
