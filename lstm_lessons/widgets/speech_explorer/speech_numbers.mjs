// A recognizer in the browser: strings spliced from recordings, log-probabilities of its classes frame by frame, and
// the algorithms of CTC. No page, no widget. `widget.py` computes the same ones; tests hold the two together.
import { runNetwork } from "../shared/network.mjs";
import { FEATURES, HOP, mfccOf } from "./speech_features.mjs";

/**
 * One voice. Its recordings are samples at 8 kHz if it has a sound, else MFCCs (T x 13), flat.
 * @typedef {object} Voice
 * @property {string} name such as "voice A"
 * @property {boolean} sound whether it can be heard
 * @property {(Float32Array)[][]} digits recordings of each digit
 * @property {Float32Array} quiet what its pauses are made of
 */

/**
 * A string of digits, spliced.
 * @typedef {object} Spliced
 * @property {Float32Array} frames MFCCs (T x 13), flat
 * @property {number} T number of frames
 * @property {[number, number][]} bounds where each digit begins and ends, in frames
 * @property {Float32Array | null} sound samples at 8 kHz, of a voice that can be heard
 */

export const [MOST_DIGITS, MOST_PAUSE, LEAST_PAUSE, USUAL_PAUSE] = [8, 40, -20, 4];
const [LEAST_WORD, SHIFT] = [3, 7]; // frames
const BLANK = 0;

/**
 * The digits of a text.
 * @param {string} text any
 * @returns {number[]} 8 at most
 */
export const digitsOf = (text) =>
  [...text]
    .filter((sign) => /^[0-9]$/u.test(sign))
    .slice(0, MOST_DIGITS)
    .map(Number);

/**
 * The pauses of U digits: before each, and after the last one. A pause below zero cuts the end of the digit before it.
 * @param {number[]} given frames; those that lack are the usual ones
 * @param {number} U number of digits
 * @returns {number[]} U + 1 of them
 */
export const pausesOf = (given, U) =>
  Array.from({ length: U + 1 }, (_, k) => Math.max(given[k] ?? USUAL_PAUSE, k % U ? LEAST_PAUSE : 0));

/**
 * Recordings one after the other. A digit that comes again is another recording, where there are some.
 * @param {Voice} voice who says it
 * @param {number[]} digits one at least
 * @param {number[]} pauses of `pausesOf`
 * @returns {Spliced} MFCCs; those of a sound are taken from the whole sound
 */
export function splice(voice, digits, pauses) {
  const step = voice.sound ? HOP : 1; // recorded items of one frame
  const width = voice.sound ? 1 : FEATURES; // numbers of one item
  const takes = Array(10).fill(0);
  const words = digits.map((digit) => {
    const recordings = voice.digits[digit];
    return recordings[takes[digit]++ % recordings.length];
  });
  const items = voice.quiet.length / width;
  const silence = (count, k) =>
    Float32Array.from({ length: count * width }, (_, n) => {
      const item = (Math.floor(n / width) + SHIFT * k * step) % items;
      return voice.quiet[item * width + (n % width)];
    });
  const [pieces, bounds] = [[], []];
  let end = 0;
  const add = (piece) => {
    pieces.push(piece);
    end += piece.length / width / step;
  };
  pauses.forEach((pause, k) => {
    if (pause > 0) add(silence(pause * step, k));
    if (k === words.length) return;
    const cut = Math.max(0, -(pauses[k + 1] ?? 0)) * step;
    const length = Math.max(Math.min(LEAST_WORD * step, words[k].length / width), words[k].length / width - cut);
    const begin = end;
    add(words[k].subarray(0, length * width));
    bounds.push([begin, end]);
  });
  const whole = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => {
    whole.set(piece, at);
    return at + piece.length;
  }, 0);
  if (voice.sound) return { ...mfccOf(whole), bounds, sound: whole };
  return { frames: whole, T: whole.length / FEATURES, bounds, sound: null };
}

/**
 * What the network says of each frame.
 * @param {import("../shared/network.mjs").Network} network with a head that scores each frame
 * @param {Float32Array} xs what it reads (T x 13), flat
 * @param {number} T number of frames
 * @returns {Float64Array[]} T lists of log-probabilities, one a class
 */
export function logProbabilities(network, xs, T) {
  const halves = runNetwork(network, xs, T, {}).at(-1);
  const { H, head, width } = network;
  return Array.from({ length: T }, (_, t) => {
    const scores = Float64Array.from(head.bias);
    halves.forEach(({ h }, d) => {
      for (let k = 0; k < head.classes; k++) {
        let sum = 0;
        for (let u = 0, w = k * width + d * H; u < H; u++) sum += head.weight[w + u] * h[t * H + u];
        scores[k] += sum;
      }
    });
    const total = logSum(...scores);
    return scores.map((score) => score - total);
  });
}

function logSum(...logs) {
  const highest = Math.max(...logs);
  if (highest === -Infinity) return highest;
  return highest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - highest), 0));
}

/**
 * The most probable class of each frame.
 * @param {Float64Array[]} logs of `logProbabilities`
 * @returns {number[]} a path (T)
 */
export const bestPath = (logs) => logs.map((row) => row.reduce((top, value, k) => (value > row[top] ? k : top), 0));

/**
 * A path with each sign over as many frames as the others.
 * @param {number[]} signs classes
 * @param {number} T frames
 * @returns {number[]} a path (T)
 */
export const stretched = (signs, T) => Array.from({ length: T }, (_, t) => signs[Math.floor((t * signs.length) / T)]);

/**
 * What becomes of each frame of a path: "repeat" and "blank" go, "kept" stays.
 * @param {number[]} path classes (T)
 * @returns {("repeat" | "blank" | "kept")[]} one a frame
 */
export const fates = (path) =>
  path.map((sign, t) => (t > 0 && sign === path[t - 1] ? "repeat" : sign === BLANK ? "blank" : "kept"));

/**
 * What a path stands for.
 * @param {number[]} path classes (T)
 * @returns {number[]} classes without repeats, then without blanks
 */
export function collapsed(path) {
  const found = fates(path);
  return path.filter((_, t) => found[t] === "kept");
}

/**
 * The log-probability of one path.
 * @param {Float64Array[]} logs of `logProbabilities`
 * @param {number[]} path classes (T)
 * @returns {number} natural logarithm
 */
export const pathLog = (logs, path) => path.reduce((sum, sign, t) => sum + logs[t][sign], 0);

/**
 * The log-probability of all paths that collapse to some labels: the forward algorithm.
 * @param {Float64Array[]} logs of `logProbabilities`
 * @param {number[]} labels classes without the blank
 * @returns {number} natural logarithm
 */
export function answerLog(logs, labels) {
  const states = [BLANK, ...labels.flatMap((label) => [label, BLANK])];
  const skips = states.map((sign, s) => s > 1 && sign !== BLANK && sign !== states[s - 2]);
  const last = logs.slice(1).reduce(
    (row, frame) =>
      states.map((sign, s) => {
        const came = logSum(row[s], s > 0 ? row[s - 1] : -Infinity, skips[s] ? row[s - 2] : -Infinity);
        return came + frame[sign];
      }),
    states.map((sign, s) => (s < 2 ? logs[0][sign] : -Infinity)),
  );
  return logSum(...last.slice(-2));
}

/**
 * How many paths collapse to some labels: with U labels, r of them equal to the one before, T + U - r over 2 U.
 * @param {number[]} labels classes without the blank
 * @param {number} T frames
 * @returns {number} their number, exact up to 2^53
 */
export function pathCount(labels, T) {
  const repeats = labels.filter((label, u) => u > 0 && label === labels[u - 1]).length;
  const [from, choose] = [T + labels.length - repeats, 2 * labels.length];
  let count = 1;
  for (let n = 1; n <= choose; n++) count = (count * (from - choose + n)) / n;
  return Math.round(count);
}

/**
 * The fewest digits to put in, take out or replace.
 * @param {number[]} found one string
 * @param {number[]} said the other
 * @returns {number} 0 where they are equal
 */
export function editDistance(found, said) {
  let row = [...Array(said.length + 1).keys()];
  found.forEach((one, i) => {
    const next = [i + 1];
    said.forEach((other, j) => {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + Number(one !== other)));
    });
    row = next;
  });
  return row.at(-1);
}
