// Three networks that learn the same task from the same data, in slices of time. No page: settings in, losses out.
import {
  backward,
  clipNorm,
  makeNetwork,
  makeOptimizer,
  makeTrace,
  predict,
  squaredError,
  stateGradients,
} from "../shared/bptt.mjs";
import { PLAYGROUND_RACES } from "./playground_races.mjs";
import { SOLVED, TASKS, drawBatch, randomOf } from "./playground_tasks.mjs";

/**
 * What one turns.
 * @typedef {object} Settings
 * @property {string} task of `TASKS`
 * @property {string} race which three networks, of playground_races.json
 * @property {number} length T of the sequences
 * @property {number} units H
 * @property {number} rate learning rate
 * @property {"adam" | "sgd"} optimizer of all three
 * @property {number} forget_bias of an LSTM at the start
 * @property {number} clip largest norm of a gradient; 0 for any
 * @property {number} seed of start and data
 */

/**
 * One of three networks that learn.
 * @typedef {object} Racer
 * @property {string} name such as "LSTM"
 * @property {Settings} settings its own
 * @property {import("../shared/bptt.mjs").Network} network its weights
 * @property {number} updates so far
 * @property {number} loss of the last batch
 * @property {number} mean of the losses, the older the less
 * @property {number | null} solved after how many updates
 * @property {boolean} lost whether its numbers grew beyond all bounds
 * @property {[number, number][]} points of its curve: updates and mean
 */

export const BATCH = 16;
const KEPT = 0.97; // of the mean of losses, at each update
const MOST_POINTS = 400; // of a curve; then every second goes
export const KINDS = ["rnn", "gru", "lstm"];

/**
 * The first weights of a network, as torch draws them, and an LSTM's forget bias: in b_ih, none in b_hh.
 * @param {{ kind: string, seed: number, units: number, forget_bias: number }} settings of the network
 * @param {number} I number of inputs
 * @returns {import("../shared/bptt.mjs").Network} with one output
 */
export function startNetwork({ kind, seed, units: H, forget_bias: bias }, I) {
  const network = makeNetwork({ kind, I, H, O: 1 });
  const random = randomOf(8 * seed + 1 + KINDS.indexOf(kind));
  const bound = 1 / Math.sqrt(H);
  for (let k = 0; k < network.all.length; k++) network.all[k] = (2 * random() - 1) * bound;
  if (kind === "lstm") {
    network.b_ih.fill(bias, H, 2 * H);
    network.b_hh.fill(0, H, 2 * H);
  }
  return network;
}

function makeRacer({ name, ...settings }, I) {
  const network = startNetwork(settings, I);
  const gradients = makeNetwork(network);
  const trace = makeTrace(network, settings.length, BATCH);
  const update = makeOptimizer(settings.optimizer, network.all.length);
  const racer = { name, settings, network, updates: 0, loss: NaN, mean: NaN, solved: null, lost: false, points: [] };
  let sum = 0;
  const learn = ({ x, target }, mark) => {
    const { loss, dy } = squaredError(predict(network, x, trace), target);
    backward(network, x, trace, dy, { weights: gradients });
    const norm = clipNorm(gradients.all, settings.clip || Infinity);
    racer.lost = !Number.isFinite(loss + norm);
    if (racer.lost) return;
    update(network.all, gradients.all, settings.rate);
    racer.updates += 1;
    sum = KEPT * sum + (1 - KEPT) * loss;
    racer.loss = loss;
    racer.mean = sum / (1 - KEPT ** racer.updates);
    if (racer.mean < mark) racer.solved ??= racer.updates;
  };
  return { racer, learn };
}

/**
 * A race that has not begun.
 * @param {Settings} settings of all
 * @returns {{ racers: Racer[], task: import("./playground_tasks.mjs").Task, guess: number, solved: number,
 *   updates: () => number, over: () => boolean, learn: (most: number, milliseconds?: number) => void }} `guess` is the
 *   loss of the best guess, `solved` that which counts as solved; `learn` does so many updates of each network, or as
 *   many as the time allows: it goes on next time where it stopped
 */
export function makeRace(settings) {
  const task = TASKS[settings.task];
  const guess = task.guess(settings.length);
  const random = randomOf(8 * settings.seed);
  const entered = PLAYGROUND_RACES[settings.race].racers.map((own) => makeRacer({ ...settings, ...own }, task.I));
  const racers = entered.map(({ racer }) => racer);
  let [rounds, next, every, batch] = [0, 0, 1, null];

  // Whose numbers are lost races no more.
  function turn() {
    if (next === 0) batch = drawBatch(task, random, settings.length, BATCH);
    const { racer, learn } = entered[next];
    if (!racer.lost) learn(batch, SOLVED * guess);
    next = (next + 1) % entered.length;
    if (next === 0) closeRound();
  }
  function closeRound() {
    rounds += 1;
    if (rounds === 1 || rounds % every === 0) {
      for (const racer of racers) if (!racer.lost) racer.points.push([rounds, racer.mean]);
    }
    if (Math.max(...racers.map(({ points }) => points.length)) < MOST_POINTS) return;
    every *= 2;
    const isKept = ([at]) => at === 1 || at % every === 0;
    for (const racer of racers) racer.points = racer.points.filter(isKept);
  }
  return {
    racers,
    task,
    guess,
    solved: SOLVED * guess,
    updates: () => rounds,
    over: () => racers.every(({ solved, lost }) => lost || solved !== null),
    learn(most, milliseconds = Infinity) {
      const [goal, end] = [rounds + most, performance.now() + milliseconds];
      const goesOn = () => rounds < goal && performance.now() < end;
      do turn();
      while (goesOn());
    },
  };
}

/**
 * One sequence through a network: its outputs, its trace, and what of its last error flows back to each step.
 * @param {import("../shared/bptt.mjs").Network} network to ask
 * @param {number[][]} x inputs (T x I)
 * @param {number} target the answer at the last step
 * @returns {{ y: Float64Array, trace: import("../shared/bptt.mjs").Trace, flow: number[] }} `flow`: the norm of the
 *   gradient with respect to each step's state, as a share of that at the last step
 */
export function askNetwork(network, x, target) {
  const trace = makeTrace(network, x.length, 1);
  const inputs = Float64Array.from(x.flat());
  const y = predict(network, inputs, trace);
  // The share is the same for any error but zero.
  const dy = new Float64Array(y.length);
  dy[y.length - 1] = y.at(-1) - target || 1;
  backward(network, inputs, trace, dy, {});
  const norms = stateGradients(trace);
  return { y, trace, flow: norms.map((norm) => norm / norms.at(-1)) };
}
