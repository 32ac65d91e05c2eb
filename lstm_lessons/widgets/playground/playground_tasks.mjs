// The playground's tasks and random numbers: those of tasks.py, number by number, and what the page says of them.

/**
 * A task that a network learns from sequences drawn at random.
 * @typedef {object} Task
 * @property {string} title in the list
 * @property {number} I inputs at each step: the first is what one sees, a second marks steps
 * @property {boolean} everyStep whether every step has an answer, or the last alone
 * @property {"sign" | "number" | "positive" | "bracket"} input what the first input is: a number from -1 or from 0 to 1
 * @property {(random: () => number, T: number) => { x: number[][], y: number[] }} draw one sequence and its answers
 * @property {(x: number[][]) => number[]} [answer] the answers of a sequence that a hand changed; without it they stay
 * @property {(T: number) => number} guess mean squared error of the best constant answer
 * @property {(T: number) => string} words one example in words
 */

/**
 * A stream of numbers in [0, 1): T. Ettinger's mulberry32.
 * @param {number} seed whole number of at least 0
 * @returns {() => number} the next number
 */
export function randomOf(seed) {
  let state = seed % 2 ** 32;
  return () => {
    state = (state + 0x6d2b79f5) % 2 ** 32;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const signOf = (random) => (random() < 0.5 ? 1 : -1);
const signs = (random, T) => Array.from({ length: T }, () => [signOf(random)]);
const backOf = (T) => Math.max(1, Math.floor(T / 10));
// Task whose answers follow from its inputs alone.
const answered = (inputs, answer) => ({
  answer,
  draw(random, T) {
    const x = inputs(random, T);
    return { x, y: answer(x) };
  },
});

function addingInputs(random, T) {
  const half = Math.floor(T / 2);
  const one = Math.floor(random() * half);
  const other = half + Math.floor(random() * (T - half));
  return Array.from({ length: T }, (_, t) => [random(), t === one || t === other ? 1 : 0]);
}

function bracketInputs(random, T) {
  let depth = 0;
  return Array.from({ length: T }, () => {
    const step = depth === 0 || random() < 0.5 ? 1 : -1;
    depth += step;
    return [step];
  });
}

function runningSum(x) {
  let depth = 0;
  return x.map(([step]) => (depth += step) / 4);
}

function runningProduct(x) {
  let sign = 1;
  return x.map(([factor]) => (sign *= factor));
}

// Variance of the depth over all steps: `chances[d]` is that of depth d at the present step.
function bracketVariance(T) {
  let chances = [1];
  let [mean, square] = [0, 0];
  for (let t = 1; t <= T; t++) {
    const next = Array(t + 1).fill(0);
    chances.forEach((chance, depth) => {
      if (depth === 0) next[1] += chance;
      else {
        next[depth + 1] += chance / 2;
        next[depth - 1] += chance / 2;
      }
    });
    chances = next;
    for (const [depth, chance] of next.entries()) {
      mean += (chance * depth) / 4 / T;
      square += (chance * depth ** 2) / 16 / T;
    }
  }
  return square - mean ** 2;
}

function drawWave(random, T) {
  const start = random();
  const waves = Array.from({ length: T + 1 }, (_, t) => Math.sin(2 * Math.PI * (t / 12 + start)));
  const shown = (value, t) => [t < Math.floor(T / 2) ? value : 0];
  return { x: waves.slice(0, T).map(shown), y: waves.slice(1) };
}

/** @type {Record<string, Task>} */
export const TASKS = {
  adding: {
    ...answered(addingInputs, (x) => [x.reduce((sum, [value, mark]) => sum + value * mark, 0)]),
    title: "Adding problem",
    I: 2,
    everyStep: false,
    input: "positive",
    guess: () => 1 / 6,
    words: (T) => `${T} numbers, two of them marked. At the last step: the sum of these two.`,
  },
  first: {
    ...answered(
      (random, T) => Array.from({ length: T }, (_, t) => (t ? [2 * random() - 1, 0] : [signOf(random), 1])),
      (x) => [Math.sign(x[0][0]) || 1],
    ),
    title: "First sign",
    I: 2,
    everyStep: false,
    input: "number",
    guess: () => 1,
    words: (T) => `A sign, +1 or \u22121, then ${T - 1} steps of noise. At the last step: the sign.`,
  },
  echo: {
    ...answered(signs, (x) => x.map((_, t) => x[t - backOf(x.length)]?.[0] ?? 0)),
    title: "Echo",
    I: 1,
    everyStep: true,
    input: "sign",
    guess: (T) => (T - backOf(T)) / T,
    words: (T) => {
      const back = backOf(T);
      return `A sign at each of ${T} steps. At every step: the sign of ${back} step${back > 1 ? "s" : ""} before.`;
    },
  },
  parity: {
    ...answered(signs, runningProduct),
    title: "Parity",
    I: 1,
    everyStep: true,
    input: "sign",
    guess: () => 1,
    words: (T) => `A sign at each of ${T} steps. At every step: +1 if the minus signs so far are even, \u22121 if odd.`,
  },
  brackets: {
    ...answered(bracketInputs, runningSum),
    title: "Depth of brackets",
    I: 1,
    everyStep: true,
    input: "bracket",
    guess: bracketVariance,
    words: (T) => `${T} brackets. At every step: how many are open, in quarters.`,
  },
  wave: {
    draw: drawWave,
    title: "Continue a wave",
    I: 1,
    everyStep: true,
    input: "number",
    guess: () => 1 / 2,
    words: (T) => `A wave, hidden after step ${Math.floor(T / 2)} of ${T}. At every step: its next value.`,
  },
};

export const SOLVED = 1 / 20; // of the best guess's loss

/**
 * Some sequences of a task, as `predict` and `squaredError` take them.
 * @param {Task} task to draw from
 * @param {() => number} random stream
 * @param {number} T number of steps
 * @param {number} B number of sequences
 * @returns {{ x: Float64Array, target: Float64Array }} (T x B x I), and (T x B) or (B)
 */
export function drawBatch({ draw, I, everyStep }, random, T, B) {
  const x = new Float64Array(T * B * I);
  const target = new Float64Array(everyStep ? T * B : B);
  for (let b = 0; b < B; b++) {
    const one = draw(random, T);
    one.x.forEach((step, t) => step.forEach((value, k) => (x[(t * B + b) * I + k] = value)));
    one.y.forEach((value, t) => (target[t * B + b] = value));
  }
  return { x, target };
}
