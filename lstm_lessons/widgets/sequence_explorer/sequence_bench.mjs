// The bench of a puzzle: its sequences, the program as rows of numbers with a slider each, and the verdict.
import { keepInputKeys } from "../shared/keys.mjs";
import { PALETTE } from "../shared/palette.mjs";
import { button, clamp, coloredSymbol, copyText, element, format, symbol } from "../shared/ui.mjs";
import { GATES, judgeOf, outlineOf, programRows, programSource, weightsOf } from "./sequence_judge.mjs";
import { PUZZLES } from "./sequence_puzzles.mjs";

const [FARTHEST, GRAIN] = [20, 0.1]; // of the sliders
const COPIED = 1500; // milliseconds that the button says so

/**
 * A puzzle on the bench, and how the present program does.
 * @typedef {object} Bench
 * @property {import("./sequence_judge.mjs").Puzzle} puzzle on the bench
 * @property {import("./sequence_judge.mjs").Verdict} verdict of the present program
 * @property {number} shown index of the sequence that is the input; -1 for an input of one's own
 * @property {[number, number][] | null} outline of what is wanted, where the unit that is judged is shown
 */

/**
 * Keeps the bench of an explorer up to date.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {(any: (...keys: string[]) => boolean) => Bench | null} `any` tells what has changed
 */
export function benchOf(view) {
  let [puzzle, judge, blank, verdict, shown] = [null, null, "", null, -1];
  return (any) => {
    if (any("puzzle")) {
      puzzle = PUZZLES[view.get("puzzle")] ?? null;
      judge = puzzle && judgeOf(puzzle);
      blank = puzzle && JSON.stringify(programRows(weightsOf(puzzle.blank)));
    }
    if (!puzzle) return null;
    const weights = view.weights[0][0];
    if (any("puzzle", "layers", "nudges")) {
      const rows = programRows(weights);
      verdict = { ...judge(weights), rows, blank: JSON.stringify(rows) === blank };
    }
    if (any("puzzle", "xs")) {
      const xs = JSON.stringify(view.get("xs"));
      shown = puzzle.cases.findIndex((one) => JSON.stringify(one.xs) === xs);
    }
    const seen = shown >= 0 && view.place().unit === 0;
    return { puzzle, verdict, shown, outline: seen ? outlineOf(puzzle, puzzle.cases[shown]) : null };
  };
}

// Text with `code` and *stress* in it.
const marked = (text) =>
  text.split(/(`[^`]+`|\*[^*]+\*)/u).map((part, k) => {
    if (k % 2 === 0) return part;
    return element(part[0] === "`" ? "code" : "em", {}, part.slice(1, -1));
  });

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

// What the verdict says in words: a headline, and what comes after it.
function wordsOf({ puzzle, verdict, shown }) {
  const { solved, wrong, mistake, blank } = verdict;
  const right = wrong.filter((steps) => steps.length === 0).length;
  const count = `${right} of ${wrong.length} sequences right`;
  if (solved) return ["\u2713 Solved:", `All ${wrong.length} sequences are right. ${puzzle.why}`];
  if (blank)
    return ["Not attempted:", "All weights are 0, so every gate is half open. Turn a slider, or type a number."];
  const named = mistake ? `, ${mistake.name.replaceAll("_", " ")}` : "";
  const steps = wrong[shown]?.length;
  const here = steps ? `, and ${plural(steps, "wrong step", "wrong steps")} in this one` : "";
  return [`Not yet${named}:`, `${count}${here}. ${mistake?.message ?? ""}`];
}

/**
 * Above the chart: what is asked, and a button for each sequence.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {{ node: HTMLElement, sequences: HTMLElement, build: () => void, paint: () => void }} hidden where there is
 *   no puzzle
 */
export function benchTask(view) {
  const [title, task] = [element("strong"), element("span")];
  const sequences = element("div", { class: "ll-toolbar ll-bench-cases", role: "group", "aria-label": "Sequences" });
  const node = element("p", { class: "ll-sequence-sentence ll-bench-task" }, title, " ", task);
  let buttons = [];
  const show = (k) => {
    view.set("xs", structuredClone(view.bench.puzzle.cases[k].xs));
    view.say(`Sequence ${k + 1}`);
  };
  const build = () => {
    node.hidden = sequences.hidden = view.bench === null;
    if (node.hidden) return;
    const { puzzle } = view.bench;
    title.textContent = `${puzzle.title}.`;
    task.textContent = puzzle.task;
    buttons = puzzle.cases.map((_, k) => button("", () => show(k), { "data-case": k }));
    sequences.replaceChildren("Sequence", ...buttons);
  };
  const paint = () => {
    if (view.bench === null) return;
    const { shown, verdict } = view.bench;
    buttons.forEach((one, k) => {
      const wrong = verdict.wrong[k].length;
      one.textContent = `${k + 1}${wrong ? "" : " \u2713"}`;
      one.dataset.wrong = wrong;
      one.setAttribute("aria-pressed", String(k === shown));
      one.setAttribute(
        "aria-label",
        `Sequence ${k + 1}: ${wrong ? plural(wrong, "wrong step", "wrong steps") : "right"}`,
      );
    });
  };
  return { node, sequences, build, paint };
}

// One number of the program: a field to type in, and a slider.
function numberControl(view, gate, column, { matrix, place, row }, name) {
  const key = `0.0.${matrix}.${row}.${place}`;
  const label = `${PALETTE[gate].name}: ${name}`;
  const put = (value, from) => {
    if (!Number.isFinite(value)) return;
    show(value, from);
    view.set("nudges", { ...view.get("nudges"), [key]: value });
  };
  const shared = { step: GRAIN, "data-lm-suppress-shortcuts": "true", onkeydown: keepInputKeys };
  const field = element("input", {
    ...shared,
    type: "number",
    step: "any",
    "aria-label": `${label}, number`,
    "data-field": `${gate}.${column}`,
    oninput: () => field.value !== "" && put(Number(field.value), field),
  });
  const slider = element("input", {
    ...shared,
    type: "range",
    min: -FARTHEST,
    max: FARTHEST,
    "aria-label": label,
    "data-weight": key,
    style: `accent-color: var(--ll-${gate})`,
    oninput: () => put(Number(slider.value), slider),
  });
  const show = (value, from) => {
    if (from !== field && Number(field.value) !== value) field.value = value;
    if (from !== slider) slider.value = clamp(value, -FARTHEST, FARTHEST);
    slider.setAttribute("aria-valuetext", format(value));
  };
  field.value = 0;
  return { node: element("td", {}, field, slider), show };
}

const columnsOf = ({ inputs }, H) => [
  ...inputs,
  ...(H > 1 ? [...Array(H).keys()].map((k) => `h_${"abcdefgh"[k] ?? k}`) : ["h"]),
  "bias",
];

// The table of one unit's numbers. Returns it, and what shows the present ones.
function programTable(view, unit) {
  const { puzzle } = view.bench;
  const { H } = view.sizes();
  const columns = columnsOf(puzzle, H);
  const I = puzzle.inputs.length;
  const placeOf = (k) => {
    if (k < I) return ["w_ih", k];
    return k < I + H ? ["w_hh", k - I] : ["b", 0];
  };
  const made = GATES.map((gate, g) =>
    columns.map((name, k) => {
      const [matrix, place] = placeOf(k);
      return numberControl(view, gate, k, { matrix, place, row: g * H + unit }, name);
    }),
  );
  const headed = (name) => element("th", { scope: "col" }, name.startsWith("h_") ? symbol("h", name.slice(2)) : name);
  const head = element("tr", {}, element("td"), columns.map(headed));
  const rows = GATES.map((gate, g) => {
    const title = element("th", { scope: "row" }, coloredSymbol(gate), element("span", {}, ` ${PALETTE[gate].name}`));
    return element("tr", {}, title, ...made[g].map((control) => control.node));
  });
  const caption = element("caption", {}, H > 1 ? `Unit ${"abcdefgh"[unit] ?? unit}` : "Your program");
  const table = element(
    "table",
    { class: "ll-bench-table" },
    caption,
    element("thead", {}, head),
    element("tbody", {}, rows),
  );
  const paint = () => {
    const rowsNow = view.bench.verdict.rows;
    made.forEach((controls, g) =>
      controls.forEach((control, k) => control.show(rowsNow[g][unit][k], focusedIn(control.node))),
    );
  };
  return { node: table, paint };
}

// A field that is being typed into keeps its text: "2." is on its way to 2.5.
const focusedIn = (node) => (node.contains(document.activeElement) ? document.activeElement : null);

/**
 * Below the chart: the program, and the verdict on it.
 * @param {import("./sequence_chart.mjs").View} view of the explorer
 * @returns {{ node: HTMLElement, copy: HTMLElement, build: () => void, paint: () => void }} hidden where there is no
 *   puzzle; `copy` is the button that copies the program
 */
export function benchProgram(view) {
  let [table, unit, said] = [null, -1, ""];
  const place = element("div", { class: "ll-bench-scroll" });
  const [headline, message] = [element("strong"), element("span")];
  const verdict = element("p", { class: "ll-bench-verdict", "data-role": "verdict" }, headline, " ", message);
  const copy = button(
    "Copy",
    async () => {
      const { puzzle, verdict: now } = view.bench;
      const copied = await copyText(programSource(puzzle.key, columnsOf(puzzle, view.sizes().H), now.rows));
      copy.textContent = copied ? "Copied" : "Copying failed";
      view.say(copied ? "Copied: paste it into the exercise's cell." : "Copying failed");
      setTimeout(() => (copy.textContent = "Copy"), COPIED);
    },
    { "data-role": "copy", title: "Copy the program as Python" },
  );
  const node = element("div", { class: "ll-bench" }, place, verdict);
  const buildTable = () => {
    unit = view.place().unit;
    table = programTable(view, unit);
    place.replaceChildren(table.node);
  };
  const build = () => {
    node.hidden = view.bench === null;
    if (!node.hidden) buildTable();
  };
  const paint = () => {
    if (view.bench === null) return;
    if (view.place().unit !== unit) buildTable();
    table.paint();
    const { solved, mistake, blank } = view.bench.verdict;
    const [head, text] = wordsOf(view.bench);
    headline.textContent = head;
    message.replaceChildren(...marked(text));
    verdict.dataset.state = solved ? "solved" : blank ? "blank" : "wrong";
    verdict.dataset.mistake = (!blank && mistake?.name) || "";
    if (said && head !== said) view.say(`${head} ${text.replaceAll(/[`*]/gu, "")}`);
    said = head;
  };
  return { node, copy, build, paint };
}
