// A question that says at once whether the clicked answer is right, and why.
import { ask } from "../shared/question.mjs";
import { element, entryPoints } from "../shared/ui.mjs";
import { SELF_CHECK_STYLES } from "./self_check_styles.mjs";

function draw(root, state) {
  ask(root, state, "Check yourself.", (chosen) => {
    if (chosen < 0) return ["Click your answer: you are told at once whether it is right, and why."];
    const verdict = chosen === state.get("right") ? "Right. " : "No. ";
    return [element("strong", {}, verdict), state.get("explained")[chosen]];
  });
}

const { render, mount } = entryPoints("self_check", draw, SELF_CHECK_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
