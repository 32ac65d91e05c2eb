// What one turns: stories, task and race, the settings of all three networks, and the buttons.
import { tourButton } from "../shared/tour.mjs";
import { button, choice, element, slider } from "../shared/ui.mjs";
import { PLAYGROUND_PRESETS } from "./playground_presets.mjs";
import { PLAYGROUND_RACES } from "./playground_races.mjs";
import { CHOICES, RANGES } from "./playground_settings.mjs";
import { PLAYGROUND_TOUR } from "./playground_tour.mjs";
import { TASKS } from "./playground_tasks.mjs";

/**
 * What the controls do.
 * @typedef {object} Actions
 * @property {(changes: Record<string, any>) => void} apply changes settings
 * @property {() => void} play starts or pauses
 * @property {() => void} step one update
 * @property {() => void} reset begins anew
 * @property {() => void} copy copies the program
 * @property {HTMLElement} root of the widget, for its tour
 * @property {() => Record<string, unknown>} facts that the tour asks about
 * @property {(speed: string) => void} pace sets the speed
 */

const OWN = "own"; // settings of no story
export const SPEEDS = [
  ["1", "1 a frame"],
  ["5", "5 a frame"],
  ["all", "full"],
];

function settingControls(get, apply) {
  const list = (name, label) =>
    choice({
      label,
      name,
      options: CHOICES[name],
      value: get(name),
      onChange: (value) => apply({ [name]: typeof CHOICES[name][0][0] === "number" ? Number(value) : value }),
    });
  const range = (name, label, step = 1, digits = 0) => {
    const [min, max] = RANGES[name];
    const onInput = (value) => apply({ [name]: value });
    return slider({ label, name, min, max, step, digits, value: get(name), onInput });
  };
  const seed = element("input", {
    type: "number",
    min: RANGES.seed[0],
    max: RANGES.seed[1],
    value: get("seed"),
    "data-name": "seed",
    "data-lm-suppress-shortcuts": "true",
    onchange: () => {
      const value = Number(seed.value);
      if (Number.isInteger(value) && value >= RANGES.seed[0] && value <= RANGES.seed[1]) apply({ seed: value });
      else seed.value = get("seed");
    },
  });
  const all = {
    task: list("task", "Task"),
    race: list("race", "Race"),
    length: range("length", "steps"),
    units: range("units", "units"),
    forget_bias: range("forget_bias", "forget bias", 0.5, 1),
    rate: list("rate", "learning rate"),
    optimizer: list("optimizer", "optimizer"),
    clip: list("clip", "clipping"),
    seed: { node: element("label", { class: "ll-choice" }, element("span", {}, "seed"), seed), input: seed },
  };
  const paint = () => {
    for (const [name, control] of Object.entries(all)) {
      if (control.set) control.set(get(name));
      else (control.select ?? control.input).value = get(name);
    }
    // What a race varies is not set for all.
    const own = Object.keys(PLAYGROUND_RACES[get("race")].racers[0]);
    for (const name of ["units", "forget_bias", "clip"]) {
      const control = all[name];
      const node = control.select ?? control.input;
      node.disabled = own.includes(name);
      control.node.classList.toggle("pg-off", node.disabled);
    }
  };
  return { all, paint };
}

/**
 * The controls, in three groups for the page to arrange.
 * @param {(name: string) => any} get a setting
 * @param {Actions} actions what the controls do
 * @returns {{ node: HTMLElement, paint: (playing: boolean, over: boolean) => void, said: (text: string) => void }}
 *   `said` shows a text on the button that copies, for a while
 */
export function controlPanel(get, actions) {
  const { all, paint: paintSettings } = settingControls(get, actions.apply);
  const stories = choice({
    label: "Story",
    name: "preset",
    options: [[OWN, "your own"], ...PLAYGROUND_PRESETS.map(({ name }) => [name, name])],
    value: OWN,
    onChange(name) {
      const story = PLAYGROUND_PRESETS.find((preset) => preset.name === name);
      if (story) actions.apply(story.settings);
    },
  });
  const sentence = element("p", { class: "pg-sentence" });
  const play = button("", actions.play, { class: "pg-play", "data-action": "play" });
  const speed = choice({ label: "speed", name: "speed", options: SPEEDS, value: "all", onChange: actions.pace });
  const copy = button("Copy as PyTorch", actions.copy, { "data-action": "copy" });
  const buttons = element(
    "div",
    { class: "pg-buttons" },
    play,
    button("One update", actions.step, { "data-action": "step" }),
    button("Reset", actions.reset, { "data-action": "reset" }),
    copy,
    tourButton(actions.root, PLAYGROUND_TOUR, actions.facts),
  );
  const part = (name, ...nodes) => element("div", { class: `pg-part pg-${name}` }, ...nodes);
  const node = element(
    "div",
    { class: "pg-controls" },
    buttons,
    part("what", stories.node, all.task.node, all.race.node),
    sentence,
    part("sliders", all.length.node, all.units.node, all.forget_bias.node),
    part("lists", all.rate.node, all.optimizer.node, all.clip.node, all.seed.node, speed.node),
  );
  const matches = ({ settings }) => Object.entries(settings).every(([name, value]) => get(name) === value);
  let timer;
  return {
    node,
    paint(playing, over) {
      paintSettings();
      const story = PLAYGROUND_PRESETS.find(matches);
      stories.select.value = story?.name ?? OWN;
      sentence.textContent = story ? story.sentence : TASKS[get("task")].words(get("length"));
      const ready = over ? "\u25B6 Go on" : "\u25B6 Train";
      play.textContent = playing ? "Pause" : ready;
      play.setAttribute("aria-pressed", String(playing));
    },
    said(text) {
      clearTimeout(timer);
      copy.textContent = text;
      timer = setTimeout(() => {
        copy.textContent = "Copy as PyTorch";
      }, 2000);
    },
  };
}
