// Above the gate explorer's picture: its presets, its tour, and the buttons that turn it over and copy it.
import { tourButton } from "../shared/tour.mjs";
import { button, copyText, element } from "../shared/ui.mjs";
import { withSymbols } from "./gate_cards.mjs";
import { GATE_EXPLORER_PRESETS } from "./gate_explorer_presets.mjs";
import { GATE_EXPLORER_TOUR } from "./gate_explorer_tour.mjs";
import { GATE_LETTERS, presetState, pytorchCode } from "./gate_figures.mjs";

/** @typedef {import("./gate_cards.mjs").View} View */

const NEUTRAL = "Every number in this cell can be turned. Move one, and follow the change from left to right.";

/**
 * The presets, and the sentence of the one that is shown.
 * @param {View} view of the explorer
 * @returns {HTMLElement[]} the buttons, and the sentence
 */
export function presetBar(view) {
  const { I, H } = view;
  const key = (weights) => JSON.stringify(weights);
  const byHand = new Map(
    GATE_EXPLORER_PRESETS.filter((preset) => !preset.draw).map((preset) => [
      key(presetState(preset, I, H).weights),
      preset,
    ]),
  );
  let lastDrawn = null;
  let shownPreset;
  const sentence = element("p", { class: "ge-sentence" });
  const load = (preset) => {
    const values = presetState(preset, I, H);
    if (preset.draw) lastDrawn = { key: key(values.weights), preset };
    view.apply(values);
  };
  const chip = (preset) => button(preset.name, () => load(preset), { "data-preset": preset.name, class: "ge-chip" });
  const buttons = GATE_EXPLORER_PRESETS.map(chip);
  view.updates.push(({ weights }) => {
    const now = key(weights);
    const preset = lastDrawn?.key === now ? lastDrawn.preset : (byHand.get(now) ?? null);
    if (preset === shownPreset) return;
    shownPreset = preset;
    buttons.forEach((node) => node.setAttribute("aria-pressed", node.dataset.preset === preset?.name));
    sentence.replaceChildren(...withSymbols(preset ? preset.sentence : NEUTRAL));
  });
  return [element("div", { class: "ge-presets", role: "group", "aria-label": "Presets" }, buttons), sentence];
}

/**
 * "Copy as PyTorch".
 * @param {View} view of the explorer
 * @returns {{ node: HTMLElement, code: HTMLElement, stop: () => void }} the button, and where the program stands if it
 *   cannot be copied
 */
export function copyButton(view) {
  const code = element("pre", { class: "ge-code", hidden: true, tabindex: 0, "aria-label": "PyTorch code" });
  let timer;
  const copy = async () => {
    const text = pytorchCode(view.cellState());
    const copied = await copyText(text);
    code.textContent = text;
    code.hidden = copied;
    node.textContent = copied ? "Copied" : "Copy the code below";
    view.live.say(node.textContent);
    clearTimeout(timer);
    timer = setTimeout(() => {
      node.textContent = "Copy as PyTorch";
    }, 2000);
  };
  const node = button("Copy as PyTorch", copy, { "data-action": "copy" });
  return { node, code, stop: () => clearTimeout(timer) };
}

/**
 * A slide has room for the picture or for the equations.
 * @param {HTMLElement} root of the widget
 * @returns {HTMLElement} the button that turns from one to the other
 */
export function turnButton(root) {
  const turn = () => {
    const turned = root.classList.toggle("ge-turned");
    root.querySelector(".ge-equations").open = true;
    node.textContent = turned ? "Picture of the cell" : "Equations";
  };
  const node = button("Equations", turn, { "data-action": "turn", class: "ge-turn" });
  return node;
}

/**
 * The tour.
 * @param {HTMLElement} root of the widget
 * @param {() => import("./gate_cards.mjs").Now} now the state that is shown
 * @returns {HTMLElement} the button that starts it
 */
export function showMeButton(root, now) {
  const facts = () => {
    const { step, unit, x } = now();
    return { ...Object.fromEntries(GATE_LETTERS.map((key) => [key, step[key][unit]])), x: String(x) };
  };
  return tourButton(root, GATE_EXPLORER_TOUR, facts);
}
