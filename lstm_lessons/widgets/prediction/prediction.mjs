// A question before its result, with two to four answers to click. On a page without a kernel it also completes the
// outcome, which stands further below.
import { button, element, entryPoints } from "../shared/ui.mjs";
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
  const [question, answers] = [state.get("question"), state.get("answers")];
  const next = element("p", { class: "ll-quiet", role: "status" });
  const choose = (place) => {
    state.set("chosen", place);
    show();
  };
  const buttons = answers.map((answer, place) =>
    button(answer, () => choose(place), { "data-name": `answer ${place}`, "data-symbol": "answer" }),
  );
  const show = () => {
    const chosen = state.get("chosen");
    buttons.forEach((node, place) => {
      node.setAttribute("aria-pressed", String(place === chosen));
      node.dataset.value = Number(place === chosen);
    });
    next.textContent = chosen < 0 ? "Click what you expect, then go on." : "Now go on: the result says how it went.";
    if (chosen >= 0 && !state.kernel) complete(state.get("key"), answers[chosen]);
  };
  root.append(
    element("p", { class: "ll-question" }, element("strong", {}, "Predict. "), question),
    element("div", { class: "ll-toolbar", role: "group", "aria-label": question }, buttons),
    next,
  );
  state.onChange(["chosen"], show);
  show();
}

const { render, mount } = entryPoints("prediction", draw, PREDICTION_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
