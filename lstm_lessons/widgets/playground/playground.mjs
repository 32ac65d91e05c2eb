// The playground: three networks that learn side by side in the page, with no kernel, and one sequence that all read.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol=network]`, one per racer, with `data-racer` (0 to 2), `data-updates`, `data-loss` (of the last
//   batch), `data-mean` and `data-solved`; while it rests also `data-weights`, all numbers in the order of torch's
//   state_dict.
// - `[data-symbol=gradient]`: `data-values`, the share of the gradient that comes back to each step.
// - `[data-symbol=answer]`, `[data-symbol=wanted]`: `data-value`, at the last step of the sequence.
// - `[data-symbol=heat]`: `data-part` (i, f, g, o, c, h; r, z, n) and, at rest, `data-values`, [unit][step].
// - `.pg-input`: `data-values`, the sequence [step][input].
// - `[data-name]`: the settings by their names, and `preset`, `speed`, `racer`, `view`, `unit`; `[data-action]`:
//   `play`, `step`, `reset`, `copy`, `redraw`.
import { announcer, button, coalesced, copyText, element, entryPoints, format } from "../shared/ui.mjs";
import { controlPanel } from "./playground_controls.mjs";
import { pytorchProgram } from "./playground_copy.mjs";
import { flowPlot, plotTitle, racePlot } from "./playground_plots.mjs";
import { probePanel } from "./playground_probe.mjs";
import { makeRace, askNetwork } from "./playground_race.mjs";
import { SETTINGS, address } from "./playground_settings.mjs";
import { randomOf } from "./playground_tasks.mjs";
import { viewPanel } from "./playground_views.mjs";
import { PLAYGROUND_STYLES } from "./playground_styles.mjs";

const SLICE = 7; // milliseconds of a frame for learning; the rest is for drawing, and for hands
const TELL = 1000; // milliseconds between two messages to the kernel
const LAST_UPDATE = 20_000; // then it rests by itself
const WIDTH = 780; // where none is known yet
const LEAST = 240; // pixels: what a cell that is being laid out measures may be less than the margins
const NARROW = 772; // of the widget: then the controls stand above the plots
const SLIDE_ZOOM = 1.5;
const HIGH_PLOTS = [184, 124]; // heights of race and gradient
const LOW_PLOTS = [136, 96];
const SLIDE_PLOTS = [104, 76];

// Calls `frame` once a frame while it should run: while the widget is on screen, in a tab that is shown.
function makeLoop(root, frame) {
  let [wanted, seen, running] = [false, true, false];
  const tick = () => {
    running = wanted && seen && root.isConnected && document.visibilityState === "visible";
    if (!running) return;
    frame();
    requestAnimationFrame(tick);
  };
  const wake = () => {
    if (running) return;
    running = true;
    requestAnimationFrame(tick);
  };
  const watch = new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting;
    wake();
  });
  watch.observe(root);
  document.addEventListener("visibilitychange", wake);
  return {
    set(on) {
      wanted = on;
      wake();
    },
    stop() {
      wanted = false;
      watch.disconnect();
      document.removeEventListener("visibilitychange", wake);
    },
  };
}

// Each network's name, and how far it is; the numbers that others read.
function networkList() {
  const items = [0, 1, 2].map((racer) => element("span", { "data-symbol": "network", "data-racer": racer }));
  const node = element("div", { class: "ll-visually-hidden" }, items);
  const paint = (racers, resting) =>
    items.forEach(({ dataset }, k) => {
      const { updates, loss, mean, solved, network } = racers[k];
      Object.assign(dataset, { updates, loss, mean, solved: solved ?? "" });
      if (resting) dataset.weights = JSON.stringify([...network.all]);
      else delete dataset.weights;
    });
  return { node, paint };
}

// All that follows from the networks: losses, gradients, the sequence with its answers, and the inside of one.
function makeFigures(root, { edit, redraw, show }) {
  const [losses, flow] = [racePlot(), flowPlot()];
  const probe = probePanel(edit);
  const inside = viewPanel(root, show);
  const another = button("another sequence", redraw, { class: "pg-redraw", "data-action": "redraw" });
  const node = element(
    "div",
    { class: "pg-plots" },
    plotTitle("Loss", "of each network, the same data for all"),
    losses.node,
    plotTitle("Gradient", "of the last answer that comes back to each step; last step: 1"),
    flow.node,
    element("div", { class: "pg-probe-head" }, plotTitle("One sequence", "drag its bars"), another),
    probe.node,
    inside.node,
  );
  let drawn = 0;
  const onSlide = root.matches(".ll-slide");
  const width = () => Math.max(node.clientWidth || WIDTH, LEAST) / (onSlide ? SLIDE_ZOOM : 1);
  const paint = (race, sequence, { racer, view, resting }) => {
    drawn = width();
    const names = race.racers.map(({ name }) => name);
    const asked = race.racers.map(({ network }) => askNetwork(network, sequence.x, sequence.y.at(-1)));
    const [outputs, flows] = [asked.map(({ y }) => y), asked.map((one) => one.flow)];
    const onPage = root.clientWidth < NARROW ? LOW_PLOTS : HIGH_PLOTS;
    const [high, low] = onSlide ? SLIDE_PLOTS : onPage;
    losses.paint(race, [drawn, high]);
    flow.paint(flows, names, [drawn, low]);
    probe.paint(race.task, sequence, { outputs, names, width: drawn });
    inside.paint({ network: race.racers[racer].network, trace: asked[racer].trace }, { names, view, racer, resting });
  };
  const say = (race, words) => {
    const guess = `best guess ${format(race.guess, 3)}`;
    losses.node.setAttribute("aria-label", `Losses on a log axis, ${guess}; ${words}`);
    flow.node.setAttribute("aria-label", "Gradient at every step back in time, on a log axis");
  };
  return { node, paint, say, isStale: () => node.clientWidth > 0 && width() !== drawn };
}

// How far each network is, for those who cannot see it.
const inWords = ({ racers }) =>
  racers
    .map(({ name, mean, solved, updates }) => {
      const loss = updates ? `loss ${format(mean, 3)}` : "has not begun";
      return `${name} ${loss}${solved === null ? "" : `, solved after ${solved}`}`;
    })
    .join("; ");

const solvedCount = ({ racers }) => racers.filter(({ solved }) => solved !== null).length;

function draw(root, state) {
  const place = address(root, state.kernel);
  for (const [name, value] of Object.entries(place.read())) state.set(name, value);
  const settings = () => Object.fromEntries(SETTINGS.map((name) => [name, state.get(name)]));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let [race, sequence, told, redrawn] = [null, null, 0, 0];
  let [playing, pace, over] = [state.get("playing") && !calm, "all", false];

  const live = announcer();
  const networks = networkList();
  const facts = () => ({
    ...settings(),
    racer: state.get("racer"),
    updates: race.updates(),
    sequence: sequence.x.join(),
  });
  const figures = makeFigures(root, {
    edit(change) {
      change(sequence);
      if (race.task.answer) sequence.y = race.task.answer(sequence.x);
      paint();
    },
    redraw() {
      redrawn += 1;
      drawSequence();
      paint();
    },
    show(changes) {
      for (const [name, value] of Object.entries(changes)) state.set(name, value);
      paint();
    },
  });
  const controls = controlPanel(state.get, {
    root,
    facts,
    apply(changes) {
      for (const [name, value] of Object.entries(changes)) state.set(name, value);
      place.write(settings());
      restart();
    },
    play: () => setPlaying(!playing),
    step() {
      race.learn(1);
      setPlaying(false);
    },
    reset: () => restart(),
    async copy() {
      const copied = await copyText(pytorchProgram(race.racers[state.get("racer")].settings));
      controls.said(copied ? "Copied" : "The browser refused");
    },
    pace(chosen) {
      pace = chosen;
    },
  });
  root.append(element("div", { class: "pg-main" }, controls.node, figures.node), networks.node, live.node);

  function drawSequence() {
    const stream = randomOf(8 * state.get("seed") + 4 + 1000 * redrawn);
    sequence = { ...race.task.draw(stream, state.get("length")), at: 0 };
  }
  function restart() {
    race = makeRace(settings());
    over = false;
    drawSequence();
    rest();
  }
  function paint() {
    figures.paint(race, sequence, { racer: state.get("racer"), view: state.get("view"), resting: !playing });
    networks.paint(race.racers, !playing);
  }
  // Also in words, and to the kernel.
  function rest() {
    controls.paint(playing, over);
    paint();
    tell();
    const words = inWords(race);
    figures.say(race, words);
    if (!playing) live.say(`After ${race.updates()} updates: ${words}`);
  }
  function tell() {
    told = performance.now();
    if (!state.kernel) return;
    const all = race.racers.map(({ network }) => [...network.all]);
    state.set("weights", { settings: race.racers.map((racer) => racer.settings), all });
  }
  const loop = makeLoop(root, () => {
    const before = solvedCount(race);
    race.learn(pace === "all" ? Infinity : Number(pace), SLICE);
    if (!over && (race.over() || race.updates() >= LAST_UPDATE)) {
      over = true;
      setPlaying(false);
    } else if (solvedCount(race) > before) rest();
    else paint();
    if (performance.now() - told > TELL) tell();
  });
  function setPlaying(on) {
    playing = on;
    loop.set(on);
    rest();
  }
  restart();
  setPlaying(playing);
  state.onChange(SETTINGS, coalesced(restart));
  state.onChange(["racer", "view"], paint);
  state.onChange(["playing"], () => setPlaying(state.get("playing")));
  const fit = new ResizeObserver(() => {
    if (figures.isStale()) paint();
  });
  fit.observe(figures.node);
  return () => {
    loop.stop();
    fit.disconnect();
  };
}

const { render, mount } = entryPoints("playground", draw, PLAYGROUND_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
