// What one turns: the settings' choices and ranges, and the address that keeps them on a page.
import { PLAYGROUND_RACES } from "./playground_races.mjs";
import { TASKS } from "./playground_tasks.mjs";

const titles = (things) => Object.entries(things).map(([key, { title }]) => [key, title]);
export const CHOICES = {
  task: titles(TASKS),
  race: titles(PLAYGROUND_RACES),
  rate: [0.001, 0.003, 0.01, 0.02, 0.03, 0.1].map((rate) => [rate, String(rate)]),
  optimizer: [
    ["adam", "Adam"],
    ["sgd", "SGD"],
  ],
  clip: [[0, "none"], ...[0.1, 1, 5].map((limit) => [limit, `at ${limit}`])],
};
export const RANGES = { length: [5, 100], units: [1, 16], forget_bias: [-2, 8], seed: [0, 999] };
export const SETTINGS = ["task", "race", "length", "units", "rate", "optimizer", "forget_bias", "clip", "seed"];
const WHOLE = new Set(["length", "units", "seed"]);

// A setting from an address, or undefined if it is none.
function read(name, text) {
  const chosen = CHOICES[name]?.find(([value]) => String(value) === text);
  if (chosen) return chosen[0];
  const [low, high] = RANGES[name] ?? [1, 0];
  const value = Number(text);
  const fits = text !== "" && value >= low && value <= high && (!WHOLE.has(name) || Number.isInteger(value));
  return fits ? value : undefined;
}

/**
 * The settings in the page's address, behind `#playground?`; a page's second playground has `#playground2?`. A deck's
 * address tells the slide, and JupyterLab's is its own: there it does nothing.
 * @param {HTMLElement} root of the widget
 * @param {boolean} kernel whether there is one
 * @returns {{ read: () => Record<string, string | number>, write: (settings: Record<string, any>) => void }} `read`
 *   gives the settings that are there and fit
 */
export function address(root, kernel) {
  const all = [...document.querySelectorAll("[data-lstm-widget=playground]")];
  const place = all.findIndex((twin) => twin.contains(root));
  const isOurs = !kernel && place >= 0 && !root.closest(".reveal");
  const start = `#playground${place > 0 ? place + 1 : ""}?`;
  return {
    read() {
      if (!isOurs || !location.hash.startsWith(start)) return {};
      const given = [...new URLSearchParams(location.hash.slice(start.length))];
      const known = given.filter(([name, text]) => SETTINGS.includes(name) && read(name, text) !== undefined);
      return Object.fromEntries(known.map(([name, text]) => [name, read(name, text)]));
    },
    write(settings) {
      if (isOurs) history.replaceState(null, "", `${start}${new URLSearchParams(settings)}`);
    },
  };
}
