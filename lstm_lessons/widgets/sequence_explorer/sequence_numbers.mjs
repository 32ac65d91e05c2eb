// The numbers of the sequence explorer: ready-made inputs, the gradient path. No page.
import { forgetProducts } from "../shared/cell.mjs";
import { clamp } from "../shared/ui.mjs";

/**
 * The product of the forget gates from every step k to one step: how much of c_k is left there.
 * @param {import("../shared/cell.mjs").Step[]} steps in true time
 * @param {number} unit from 0
 * @param {number} end the step
 * @param {boolean} reverse whether the last step is read first
 * @returns {(number | null)[]} one per step; null for those that are not read before `end`
 */
export function gradientPath(steps, unit, end, reverse) {
  const read = reverse ? steps.slice(end).toReversed() : steps.slice(0, end + 1);
  const products = forgetProducts(read, unit);
  const rest = Array(steps.length - products.length).fill(null);
  return reverse ? [...rest, ...products.toReversed()] : [...products, ...rest];
}

// The generator mulberry32: numbers from 0 to 1.
function noiseFrom(seed) {
  let state = seed;
  return () => {
    state = Math.imul(state + 0x6d2b79f5, 1); // in 32 bits
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A ready-made input.
 * @param {"pulse" | "step" | "sine" | "noise" | "clear"} kind of it
 * @param {number} T number of steps
 * @param {number} low lowest value
 * @param {number} high highest value
 * @param {number} seed the same one gives the same noise
 * @returns {number[]} T values
 */
export function readyInput(kind, T, low, high, seed) {
  const rest = clamp(0, low, high);
  const random = noiseFrom(seed);
  const value = {
    pulse: (t) => (t === Math.floor(T / 6) ? high : rest),
    step: (t) => (t >= Math.floor(T / 4) && t < Math.floor((3 * T) / 4) ? high : rest),
    sine: (t) => (low + high) / 2 + ((high - low) / 2) * Math.sin((6 * Math.PI * t) / T),
    noise: () => low + (high - low) * random(),
    clear: () => rest,
  }[kind];
  return Array.from({ length: T }, (_, t) => Math.round(value(t) * 100) / 100);
}
