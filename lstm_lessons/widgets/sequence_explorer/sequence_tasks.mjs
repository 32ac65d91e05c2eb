// Tasks whose truth the page knows, and the answer that a linear layer on h gives.
import { element, format } from "../shared/ui.mjs";

/**
 * What is asked of the network.
 * @typedef {object} Task
 * @property {number} marks the input feature that is 0 or 1
 * @property {(xs: number[][]) => number[]} truth what is right after each step, (T)
 * @property {(xs: number[][]) => string} words how the last of them comes about
 */

const MOST_TERMS = 4;
const markedNumbers = (xs) => xs.filter((x) => x[1] === 1).map((x) => x[0]);

/** @type {Record<string, Task>} */
export const TASKS = {
  adding: {
    marks: 1,
    truth(xs) {
      let sum = 0;
      return xs.map(([number, mark]) => (sum += number * mark));
    },
    words(xs) {
      const marked = markedNumbers(xs);
      if (marked.length > MOST_TERMS) return `the sum of ${marked.length} marked numbers`;
      return marked.length > 1 ? marked.map((value) => format(value)).join(" + ") : "the sum of the marked numbers";
    },
  },
};

/**
 * The answer after each step.
 * @param {number[][]} output of the last layer (T x H)
 * @param {{ weight: number[], bias: number }} head a linear layer
 * @returns {number[]} (T)
 */
export const answersOf = (output, { weight, bias }) =>
  output.map((h) => h.reduce((sum, value, k) => sum + weight[k] * value, bias));

/**
 * Above the chart: what the network answers at the end, and what is true.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {{ node: HTMLElement, paint: () => void }} hidden where there is no answer
 */
export function resultLine(view) {
  const number = (kind) => element("strong", { class: `ll-sequence-number ll-sequence-${kind}` });
  const [answer, truth, words] = [number("answered"), number("truth-text"), element("span")];
  const right = element("span", {}, " The truth, ", words, ", is ", truth, ".");
  const node = element("p", { class: "ll-sequence-result" }, "After the last step it answers ", answer, ".", right);
  const paint = () => {
    node.hidden = view.answers === null;
    right.hidden = view.truth === null;
    if (view.answers !== null) answer.textContent = format(view.answers.at(-1));
    if (view.truth === null) return;
    truth.textContent = format(view.truth.at(-1));
    words.textContent = view.task.words(view.get("xs"));
  };
  return { node, paint };
}
