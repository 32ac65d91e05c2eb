// From a sound to what a network of spoken digits reads: 8 kHz, no silence at the ends, MFCCs. No page, no widget.
// `data/seventh_voice.py` and `data/spoken_strings.py` compute the same ones; tests hold them together.

export const [RATE, FEATURES, HOP] = [8000, 13, 200]; // samples a second; coefficients; samples from frame to frame
const [WINDOW, BANDS, RANGE, QUIET] = [400, 128, 80, 0.02];
const [HALF, QUARTER, BINS] = [WINDOW / 2, WINDOW / 4, WINDOW / 2 + 1];

/**
 * Tables of the recipe.
 * @typedef {object} Tables
 * @property {Float64Array} window weight of each sample (WINDOW)
 * @property {Float64Array} cosines of the Fourier transform, by frequency, for a quarter of the samples
 * @property {Float64Array} sines of it
 * @property {{ first: number, weights: Float64Array }[]} bands triangles on the mel scale
 * @property {Float64Array} waves of the cosine transform (FEATURES x BANDS)
 */

let tables;

function triangles() {
  const top = 2595 * Math.log10(1 + RATE / 2 / 700);
  const corner = (n) => 700 * (10 ** ((n * top) / (BANDS + 1) / 2595) - 1);
  const hertz = (k) => (k * RATE) / WINDOW;
  return Array.from({ length: BANDS }, (_, b) => {
    const [low, middle, high] = [corner(b), corner(b + 1), corner(b + 2)];
    const [first, last] = [Math.ceil((low * WINDOW) / RATE), Math.min(BINS - 1, Math.floor((high * WINDOW) / RATE))];
    const weight = (k) => Math.max(0, Math.min((hertz(k) - low) / (middle - low), (high - hertz(k)) / (high - middle)));
    return {
      first,
      weights: Float64Array.from({ length: Math.max(0, last - first + 1) }, (__, n) => weight(first + n)),
    };
  });
}

function makeTables() {
  const turn = (2 * Math.PI) / WINDOW;
  const columns = QUARTER + 1;
  const angle = (at) => turn * ((Math.floor(at / columns) * (at % columns)) % WINDOW);
  const scale = (k) => Math.sqrt((k ? 2 : 1) / BANDS);
  const wave = (k, b) => scale(k) * Math.cos((Math.PI * k * (b + 0.5)) / BANDS);
  return {
    window: Float64Array.from({ length: WINDOW }, (_, n) => 0.5 - 0.5 * Math.cos(turn * n)),
    cosines: Float64Array.from({ length: BINS * columns }, (_, at) => Math.cos(angle(at))),
    sines: Float64Array.from({ length: BINS * columns }, (_, at) => Math.sin(angle(at))),
    bands: triangles(),
    waves: Float64Array.from({ length: FEATURES * BANDS }, (_, at) => wave(Math.floor(at / BANDS), at % BANDS)),
  };
}

// Power of each frequency of one windowed frame. The samples are folded twice, around the middle and around a quarter:
// cosines are even there and sines odd, so a quarter of the products is left. `folds` has room for them.
function powerOf(frame, { cosines, sines }, folds, power) {
  const [evenRe, oddRe, evenIm, oddIm] = folds;
  for (let n = 0; n <= QUARTER; n++) {
    const m = HALF - n;
    const [left, right] = [n ? frame[n] + frame[WINDOW - n] : frame[0], n ? frame[m] + frame[WINDOW - m] : frame[HALF]];
    const [rise, fall] = [n ? frame[n] - frame[WINDOW - n] : 0, n ? frame[m] - frame[WINDOW - m] : 0];
    const twice = n === QUARTER; // the sample in the middle of a quarter is its own mirror image
    evenRe[n] = twice ? left : left + right;
    oddRe[n] = twice ? 0 : left - right;
    evenIm[n] = twice ? 0 : rise - fall;
    oddIm[n] = twice ? rise : rise + fall;
  }
  for (let k = 0, at = 0; k < BINS; k++) {
    const [as, bs] = k % 2 ? [oddRe, oddIm] : [evenRe, evenIm];
    let [re, im] = [0, 0];
    for (let n = 0; n <= QUARTER; n++, at++) {
      re += as[n] * cosines[at];
      im += bs[n] * sines[at];
    }
    power[k] = re * re + im * im;
  }
}

/**
 * Mel-frequency cepstral coefficients, as `seventh_voice.mfcc`.
 * @param {ArrayLike<number>} sound samples at RATE, between -1 and 1; more than half a window
 * @returns {{ frames: Float32Array, T: number }} T frames of FEATURES numbers, flat
 */
export function mfccOf(sound) {
  tables ??= makeTables();
  const { window, bands, waves } = tables;
  const [N, T] = [sound.length, 1 + Math.floor(sound.length / HOP)];
  const reflected = (n) => (n < 0 ? -n : n >= N ? 2 * (N - 1) - n : n);
  const [frame, power] = [new Float64Array(WINDOW), new Float64Array(BINS)];
  const folds = Array.from({ length: 4 }, () => new Float64Array(QUARTER + 1));
  const decibels = new Float64Array(T * BANDS);
  for (let t = 0; t < T; t++) {
    for (let n = 0; n < WINDOW; n++) frame[n] = window[n] * sound[reflected(t * HOP + n - HALF)];
    powerOf(frame, tables, folds, power);
    for (const [b, { first, weights }] of bands.entries()) {
      let sum = 0;
      for (let n = 0; n < weights.length; n++) sum += weights[n] * power[first + n];
      decibels[t * BANDS + b] = 10 * Math.log10(Math.max(sum, 1e-10));
    }
  }
  const floor = decibels.reduce((most, level) => Math.max(most, level), -Infinity) - RANGE;
  const frames = new Float32Array(T * FEATURES);
  for (let t = 0; t < T; t++) {
    for (let k = 0; k < FEATURES; k++) {
      let sum = 0;
      for (let b = 0; b < BANDS; b++) {
        sum += waves[k * BANDS + b] * Math.max(decibels[t * BANDS + b], floor);
      }
      frames[t * FEATURES + k] = sum;
    }
  }
  return { frames, T };
}

/**
 * What the network reads of MFCCs: less a mean, over a deviation. Without a `scale` they are the string's own, as
 * `spoken_strings.center`.
 * @param {Float32Array} frames (T x FEATURES), flat
 * @param {number} T number of frames
 * @param {{ mean: number[], std: number[] } | null} scale those of the training part
 * @returns {Float32Array} (T x FEATURES)
 */
export function normalized(frames, T, scale) {
  const found = new Float32Array(frames.length);
  for (let k = 0; k < FEATURES; k++) {
    const column = Float64Array.from({ length: T }, (_, t) => frames[t * FEATURES + k]);
    const own = column.reduce((sum, value) => sum + value, 0) / T;
    const spread = () => Math.sqrt(column.reduce((sum, value) => sum + (value - own) ** 2, 0) / T) + 1e-5;
    const [mean, std] = scale ? [scale.mean[k], scale.std[k]] : [own, spread()];
    column.forEach((value, t) => {
      found[t * FEATURES + k] = (value - mean) / std;
    });
  }
  return found;
}

/**
 * A sound without the silence at its ends, as `seventh_voice.load` cuts it.
 * @param {Float32Array} sound samples
 * @returns {Float32Array} a part of them; none where all is silent
 */
export function trimmed(sound) {
  const peak = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const loud = (value) => Math.abs(value) > QUIET * peak;
  return peak > 0 ? sound.subarray(sound.findIndex(loud), sound.findLastIndex(loud) + 1) : sound.subarray(0, 0);
}

/**
 * A sound at another rate: frequencies that the new rate cannot hold are filtered out (a windowed sinc).
 * @param {Float32Array} sound samples
 * @param {number} from samples a second that it has
 * @param {number} to samples a second that it gets
 * @returns {Float32Array} samples
 */
export function resampled(sound, from, to = RATE) {
  const edge = (0.95 * Math.min(from, to)) / from; // of the frequencies that it has
  const reach = 24 / edge; // samples on each side
  return Float32Array.from({ length: Math.floor((sound.length * to) / from) }, (_, m) => {
    const center = (m * from) / to;
    const [first, last] = [
      Math.max(0, Math.ceil(center - reach)),
      Math.min(sound.length - 1, Math.floor(center + reach)),
    ];
    let sum = 0;
    for (let n = first; n <= last; n++) {
      const x = Math.PI * edge * (n - center);
      const sinc = x === 0 ? 1 : Math.sin(x) / x;
      sum += sound[n] * edge * sinc * (0.5 + 0.5 * Math.cos((Math.PI * (n - center)) / reach));
    }
    return sum;
  });
}
