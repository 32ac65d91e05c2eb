// The puzzles' judge: whether a program is right on every sequence of its exercise, and which known mistake it makes.
// It says what the exercise's `check` says in Python. No page: weights in, a verdict out.
import { lstmLayer } from "../shared/cell.mjs";

/** @typedef {import("../shared/cell.mjs").Weights} Weights */

/**
 * A program: rows of numbers by gate, of several units a list of rows.
 * @typedef {Record<string, number[] | number[][]>} Program
 */

/**
 * A puzzle as lstm_lessons.exercises.gate_equations.bench writes it.
 * @typedef {object} Puzzle
 * @property {string} key such as "latch"
 * @property {string} title such as "Puzzle 1: a latch"
 * @property {string} task what the program must do
 * @property {string} why what it teaches
 * @property {string[]} inputs names of the input features
 * @property {Program} blank the program to start from
 * @property {{ xs: number[][], wanted: string | number[], outline: string | number[] }[]} cases the sequences
 * @property {{ name: string, program: Program, message: string }[]} mistakes that are known
 * @property {"h" | "c"} reads what is judged, of the first unit
 * @property {Record<string, [number, number]>} [ranges] of h, by the letter that stands for each
 * @property {number} [within] how far c may be off
 * @property {number[]} [at] the steps whose c is judged, from 1; all without it
 * @property {[number, number]} [alike] how far the c of a known mistake may be off: in all, and as a share
 */

/**
 * What the judge says.
 * @typedef {object} Verdict
 * @property {number[][]} wrong steps, from 0, for each sequence
 * @property {boolean} solved whether there are none
 * @property {{ name: string, message: string } | null} mistake that is recognized
 */

/** The gates, in PyTorch's order of the rows. */
export const GATES = ["i", "f", "g", "o"];
const rowsOf = (part) => (Array.isArray(part[0]) ? part : [part]);

/**
 * A program as weights of one layer.
 * @param {Program} program to read
 * @returns {Weights} the same numbers
 */
export function weightsOf(program) {
  const rows = GATES.flatMap((gate) => rowsOf(program[gate]));
  const inputs = rows[0].length - rows.length / GATES.length - 1;
  return {
    w_ih: rows.map((row) => row.slice(0, inputs)),
    w_hh: rows.map((row) => row.slice(inputs, -1)),
    b_ih: rows.map((row) => row.at(-1)),
    b_hh: rows.map(() => 0),
  };
}

/**
 * The rows of a layer's weights, one for each unit of each gate: inputs, hidden states, bias.
 * @param {Weights} weights of the layer
 * @returns {number[][][]} by gate, in the order i, f, g, o, then by unit
 */
export function programRows({ w_ih, w_hh, b_ih, b_hh }) {
  const H = w_hh[0].length;
  const row = (n) => [...w_ih[n], ...w_hh[n], b_ih[n] + b_hh[n]].map((value) => Number(value.toPrecision(6)));
  return GATES.map((_, gate) => Array.from({ length: H }, (_unit, unit) => row(gate * H + unit)));
}

// What is read after each step: a letter for h, or c to two decimals.
function readings({ reads, ranges }, xs, weights) {
  const steps = lstmLayer(xs, weights);
  if (reads === "c") return steps.map(({ c }) => Math.round(c[0] * 100) / 100);
  return steps.map(({ h }) => letterOf(h[0], ranges));
}

// The range at the end of the scale has no end: h may be 1, and a switch that is off may be negative.
function letterOf(h, ranges) {
  const holds = ([low, high]) => (low <= -1 || h >= low) && (high >= 1 || h <= high);
  return Object.keys(ranges).find((letter) => holds(ranges[letter])) ?? "?";
}

const judgedSteps = ({ at }, T) => at?.map((step) => step - 1) ?? [...Array(T).keys()];

// The steps at which a result is not the wanted one.
function wrongSteps(puzzle, { xs, wanted }, read) {
  const isWrong = (t, k) =>
    puzzle.reads === "h" ? read[t] !== wanted[t] : Math.abs(wanted[k] - read[t]) > puzzle.within;
  return judgedSteps(puzzle, xs.length).filter(isWrong);
}

// Whether results are those of a mistake: for c up to what is allowed, as other weights make the same mistake.
function isAlike(puzzle, mistaken, read) {
  if (puzzle.reads === "h") return mistaken.join("") === read.join("");
  const steps = judgedSteps(puzzle, read.length);
  const [all, share] = puzzle.alike ?? [puzzle.within, 0];
  const room = all + share * Math.max(...steps.map((t) => Math.abs(mistaken[t])));
  return steps.every((t) => Math.abs(mistaken[t] - read[t]) <= room);
}

/**
 * Make the judge of a puzzle.
 * @param {Puzzle} puzzle to judge
 * @returns {(weights: Weights) => Verdict} the judge
 */
export function judgeOf(puzzle) {
  let mistakes; // what each one gives, once it is asked for
  const run = (weights) => puzzle.cases.map(({ xs }) => readings(puzzle, xs, weights));
  return (weights) => {
    const read = run(weights);
    const wrong = puzzle.cases.map((one, k) => wrongSteps(puzzle, one, read[k]));
    if (wrong.every((steps) => steps.length === 0)) return { wrong, solved: true, mistake: null };
    mistakes ??= puzzle.mistakes.map((mistake) => ({ ...mistake, read: run(weightsOf(mistake.program)) }));
    const made = mistakes.find((mistake) => mistake.read.every((of, k) => isAlike(puzzle, of, read[k])));
    return { wrong, solved: false, mistake: made ?? null };
  };
}

/**
 * Between what h or c should be after each step of a sequence.
 * @param {Puzzle} puzzle the sequence is of
 * @param {Puzzle["cases"][number]} one the sequence
 * @returns {[number, number][]} lowest and highest, (T)
 */
export function outlineOf({ ranges, within }, { outline }) {
  return [...outline].map((value) => ranges?.[value] ?? [value - within, value + within]);
}

/**
 * The text of a cell that defines a program, its columns lined up under their names.
 * @param {string} name of the program
 * @param {string[]} columns names of the numbers in a row
 * @param {number[][][]} rows as `programRows` gives them
 * @returns {string} Python
 */
export function programSource(name, columns, rows) {
  const texts = [columns, ...rows.flat().map((row) => row.map(String))];
  const widths = columns.map((_, k) => Math.max(...texts.map((row) => row[k].length)));
  const line = (row, separator) => row.map((value, k) => String(value).padStart(widths[k])).join(separator);
  const several = rows[0].length > 1;
  const gate = (units, k) => {
    const lines = units.map((row) => line(row, ", ")).join(`],\n${" ".repeat(10)}[`);
    return `    "${GATES[k]}": ${several ? `[[${lines}]]` : `[${lines}]`},`;
  };
  const head = `    #${" ".repeat(several ? 6 : 5)}${line(columns, "  ")}`;
  return [`${name} = {`, head, ...rows.map(gate), "}"].join("\n");
}
