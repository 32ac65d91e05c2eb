// The cell at the chosen step, as the gate explorer draws it, and the player that walks it through time.
import { figures } from "../gate_explorer/gate_figures.mjs";
import { cellPicture } from "../gate_explorer/gate_pipes.mjs";
import { button, clamp, element, sliderArea } from "../shared/ui.mjs";
import { describe, stepKeys } from "./sequence_pad.mjs";

const ALL_STEPS = 30_000; // milliseconds that a whole sequence takes, within the limits of a step
const [SHORTEST, LONGEST] = [250, 800];
const MOVING = 0.5; // of a step's time; then it rests, to be read
const FLOWING = ["c_prev", "kept", "c", "g", "written", "tanh", "h"]; // pipes in which drops flow
const EMPTY = 2; // width of a pipe that carries nothing

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// What the cell is given at step t: its figures come from it.
function stateAt(view, t) {
  const { layer, direction } = view.place();
  const weights = view.weights[layer][direction];
  const zeros = weights.w_hh[0].map(() => 0);
  const before = view.steps[direction === 1 ? t + 1 : t - 1];
  return { weights, x: view.layerInput[t], h: before?.h ?? zeros, c: before?.c ?? zeros };
}

// Figures on the way from one step to the next: what is measured moves, what is written is the new one's.
function between(last, next, share) {
  const mix = (key) => (typeof next[key] === "number" ? last[key] + share * (next[key] - last[key]) : next[key]);
  return Object.fromEntries(Object.keys(next).map((key) => [key, mix(key)]));
}

// Drops in the pipes of memory, candidate and hidden state; CSS moves them while time flows.
function addDrops(picture) {
  const pipes = FLOWING.flatMap((key) => [...picture.querySelectorAll(`[data-pipe=${key}]`)]);
  return pipes.map((pipe) => {
    const drops = pipe.cloneNode();
    const key = pipe.dataset.pipe;
    delete drops.dataset.pipe;
    drops.setAttribute("class", "ll-sequence-drops");
    drops.setAttribute("stroke", "var(--ll-page)");
    pipe.nextElementSibling.after(drops);
    return { drops, key };
  });
}

/**
 * The picture of the cell at the chosen step, below the chart.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {{ node: HTMLElement, paint: (t: number) => void, stop: () => void }} hidden until it is asked for
 */
export function pipesPanel(view) {
  const picture = cellPicture();
  const drops = addDrops(picture.node);
  const subscripts = [...picture.node.querySelectorAll(":scope > text tspan")].map((node) => [node, node.textContent]);
  const area = sliderArea(
    { class: "ll-sequence-picture", "data-role": "pipes", "aria-label": "Step of the cell", "aria-valuemin": 1 },
    stepKeys(view),
    picture.node,
  );
  const legend = "A thicker pipe carries a larger number, a hollow pipe a negative one.";
  const node = element("div", { hidden: true }, area, element("p", { class: "ll-sequence-legend ll-quiet" }, legend));
  let [shown, frame] = [null, undefined];
  const fill = (values, words) => {
    picture.update(values, words);
    for (const { drops: path, key } of drops) {
      const width = values[`${key}.width`];
      path.setAttribute("stroke-width", width > EMPTY ? clamp(width / 2, 2, 6) : 0);
    }
    shown = values;
  };
  const move = (values, words, time) => {
    const [first, start] = [shown, performance.now()];
    const go = () => {
      const share = clamp((performance.now() - start) / time, 0, 1);
      fill(between(first, values, share), words);
      if (share < 1) frame = requestAnimationFrame(go);
    };
    go();
  };
  const paint = (t) => {
    cancelAnimationFrame(frame);
    const { direction, unit } = view.place();
    const values = figures(stateAt(view, t), view.steps[t], unit);
    const words = describe(view, t);
    for (const [part, letter] of subscripts) {
      if (letter === "t") part.textContent = t + 1;
      else if (letter === "t\u22121") part.textContent = direction === 1 ? t + 2 : t;
    }
    Object.assign(picture.node.dataset, { step: t, unit });
    area.setAttribute("aria-valuemax", view.chart.T);
    area.setAttribute("aria-valuenow", t + 1);
    area.setAttribute("aria-valuetext", words);
    if (view.player.pace() && shown !== null && !isStill()) move(values, words, MOVING * view.player.pace());
    else fill(values, words);
  };
  return { node, paint, stop: () => cancelAnimationFrame(frame) };
}

/**
 * Two buttons: one shows the cell at the chosen step, the other lets time flow from there.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {{ nodes: HTMLElement[], pace: () => number, pause: () => void, show: () => void }} `pace` is the time of a
 *   step in milliseconds, 0 while nothing plays
 */
export function makePlayer(view) {
  let [timer, time] = [undefined, 0];
  const say = () => view.say(describe(view, view.chosen("step", view.sizes().T)));
  const paint = () => {
    play.textContent = time ? "\u275A\u275A Pause" : "\u25B6\uFE0E Play";
    play.setAttribute("aria-label", time ? "Pause" : "Play");
    open.setAttribute("aria-pressed", String(view.pipes));
    view.root.classList.toggle("ll-playing", time > 0);
  };
  const pause = () => {
    clearTimeout(timer);
    if (!time) return;
    time = 0;
    paint();
    say();
  };
  const show = (on = true) => {
    if (!on) pause();
    if (on !== view.pipes) view.showPipes(on);
    paint();
  };
  const start = () => {
    const { T } = view.sizes();
    const [way, first] = view.place().direction === 1 ? [-1, T - 1] : [1, 0];
    const tick = () => {
      const next = view.chosen("step", T) + way;
      if (next < 0 || next >= T) pause();
      else {
        view.set("step", next);
        timer = setTimeout(tick, time);
      }
    };
    time = clamp(ALL_STEPS / T, SHORTEST, LONGEST);
    if (view.get("step") === T - 1 - first) view.set("step", first);
    show();
    timer = setTimeout(tick, time);
  };
  const play = button("", () => (time ? pause() : start()), { "data-action": "play", class: "ll-sequence-play" });
  const open = button("Pipes", () => show(!view.pipes), {
    "data-action": "pipes",
    title: "The cell at the chosen step; a click on a step shows it, too",
  });
  paint();
  return { nodes: [play, open], pace: () => time, pause, show };
}
