// A question with its answers to click, and a line below them: what a prediction and a self-check share.
import { button, element } from "./ui.mjs";

/**
 * Draw it.
 * @param {HTMLElement} root of the widget
 * @param {import("./ui.mjs").State} state with question, answers and chosen
 * @param {string} lead what stands before the question
 * @param {(chosen: number) => (Node | string)[]} said what stands below the answers; `chosen` is -1 before the click
 */
export function ask(root, state, lead, said) {
  const [question, answers] = [state.get("question"), state.get("answers")];
  const below = element("p", { class: "ll-quiet", role: "status" });
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
    below.replaceChildren(...said(chosen));
  };
  root.append(
    element("p", { class: "ll-question" }, element("strong", {}, `${lead} `), question),
    element("div", { class: "ll-toolbar", role: "group", "aria-label": question }, buttons),
    below,
  );
  state.onChange(["chosen"], show);
  show();
}
