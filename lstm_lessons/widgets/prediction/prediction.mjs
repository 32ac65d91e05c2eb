// A question before its result, with two to four answers to click. On a page without a kernel it also completes the
// outcome, which stands further below.
import { ask } from "../shared/question.mjs";
import { entryPoints } from "../shared/ui.mjs";
import { PREDICTION_STYLES } from "./prediction_styles.mjs";

/**
 * What an outcome says of the prediction; the same words as `Outcome` in Python.
 * @param {string} said the clicked answer
 * @param {string} found the right one
 * @returns {string} one sentence
 */
export const verdict = (said, found) => (said === found ? "You predicted it." : `You predicted: ${said}.`);

/**
 * Complete every outcome of a question on this page.
 * @param {string} key of the question
 * @param {string} said the clicked answer
 */
function complete(key, said) {
  for (const outcome of document.querySelectorAll(`[data-lstm-outcome="${key}"]`)) {
    outcome.querySelector("span").textContent = verdict(said, outcome.dataset.found);
  }
}

function draw(root, state) {
  ask(root, state, "Predict.", (chosen) => {
    if (chosen >= 0 && !state.kernel) complete(state.get("key"), state.get("answers")[chosen]);
    return [chosen < 0 ? "Click what you expect, then go on." : "Now go on: the result says how it went."];
  });
}

const { render, mount } = entryPoints("prediction", draw, PREDICTION_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
