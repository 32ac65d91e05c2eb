// The numbers of the forecast explorer: of one station and day, and of the days that a learner drew.

/**
 * A forecast of the hours ahead.
 * @typedef {object} Forecast
 * @property {string} name of the method; `yours` for the one that was drawn
 * @property {string} look a class
 * @property {number[]} values in °C (H)
 * @property {number} day mean distance from the truth of this day, in °C
 * @property {number | null} all the same of all days; null for the drawn one
 */

/**
 * One station and day, in °C.
 * @typedef {object} Day
 * @property {number[]} past measured up to the origin (P)
 * @property {number[]} truth of the hours ahead (H)
 * @property {Forecast[]} methods what each said
 * @property {Forecast | null} yours what was drawn
 * @property {{ low: number[], high: number[], inside: number, insideAll: number, of: Forecast } | null} interval lowest
 *   and highest value (H), hours of this day inside, share of all hours inside, and the method that it belongs to
 */

const TENTHS = 10;
const HOUR = 3600e3; // milliseconds

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const inTenths = (value) => Math.round(value * TENTHS) / TENTHS; // as the stations' readings are
const celsius = (values) => values.map((value) => value / TENTHS);

/**
 * Hours ahead.
 * @param {object} data of the widget
 * @returns {number} H
 */
export const horizonOf = (data) => data.methods[0].forecast[0][0].length;

/**
 * The name under which the learner's forecast of a station and day is kept.
 * @param {string} station its name
 * @param {number} day from 0
 * @returns {string} such as "EWR 3"
 */
export const guessKey = (station, day) => `${station} ${day}`;

function truthOf(data, row, day) {
  const first = data.origins[day] + 1;
  return celsius(data.series[row].slice(first, first + horizonOf(data)));
}

const distance = (values, truth) => mean(truth.map((value, k) => Math.abs(values[k] - value)));

/**
 * How the learner and the methods did on the days that the learner drew.
 * @param {object} data of the widget
 * @param {Record<string, number[]>} guesses in °C, by station and day
 * @returns {{ days: number, yours: number, methods: number[] }} mean distances from the truth in °C
 */
export function scoreOf(data, guesses) {
  const days = Object.keys(guesses).map((key) => {
    const [row, day] = [data.stations.indexOf(key.replace(/ \d+$/u, "")), Number(key.split(" ").at(-1))];
    const truth = truthOf(data, row, day);
    const methods = data.methods.map(({ forecast }) => distance(celsius(forecast[row][day]), truth));
    return { yours: distance(guesses[key], truth), methods };
  });
  return {
    days: days.length,
    yours: mean(days.map(({ yours }) => yours)),
    methods: data.methods.map((_, n) => mean(days.map(({ methods }) => methods[n]))),
  };
}

/**
 * Everything of one station and day.
 * @param {object} data of the widget
 * @param {string} station its name
 * @param {number} day from 0
 * @param {number[] | null} guess what a learner drew, in °C
 * @returns {Day} its numbers
 */
export function dayOf(data, station, day, guess) {
  const row = data.stations.indexOf(station);
  const every = data.origins.map((_, d) => truthOf(data, row, d));
  const truth = every[day];
  const methods = data.methods.map(({ name, forecast }, n) => {
    const values = forecast[row].map(celsius);
    const all = mean(values.map((said, d) => distance(said, every[d])));
    const look = `fx-m${(n + 1) % data.methods.length}`;
    return { name, look, values: values[day], day: distance(values[day], truth), all };
  });
  const ends = (d) => [data.low[row][d], data.high[row][d]].map(celsius);
  const hits = (d) => {
    const [low, high] = ends(d);
    return every[d].filter((value, k) => low[k] <= value && value <= high[k]).length;
  };
  const interval = () => ({
    low: ends(day)[0],
    high: ends(day)[1],
    inside: hits(day),
    insideAll: mean(every.map((values, d) => hits(d) / values.length)),
    of: methods.find(({ name }) => name === data.interval_of),
  });
  return {
    past: celsius(data.series[row].slice(data.origins[day] + 1 - data.past, data.origins[day] + 1)),
    truth,
    methods,
    yours: guess ? { name: "yours", look: "fx-yours", values: guess, day: distance(guess, truth), all: null } : null,
    interval: data.low.length > 0 ? interval() : null,
  };
}

/**
 * The time of an hour in words.
 * @param {object} data of the widget
 * @param {number} hours after the first of the series
 * @returns {{ day: string, hour: string }} such as "Wed 6 Nov" and "12 h UTC"
 */
export function clock(data, hours) {
  const at = new Date(Date.parse(`${data.start}:00:00Z`) + hours * HOUR);
  const parts = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
  return { day: at.toLocaleDateString("en-GB", parts), hour: `${at.getUTCHours()} h UTC` };
}

/**
 * Draw into a forecast: from where the pen was to where it is. What lies behind the furthest hour drawn stays level.
 * @param {{ values: number[], reach: number } | null} draft so far, in °C, and the furthest hour drawn, from 0
 * @param {number} known the last temperature known, where a first line starts
 * @param {[number, number] | null} from hour, from 0, and temperature of the pen; null if it was just set down
 * @param {[number, number]} to where it is now
 * @param {number} H hours ahead
 * @returns {{ values: number[], reach: number }} the next draft
 */
export function drawTo(draft, known, from, to, H) {
  const { values, reach } = draft ?? { values: Array(H).fill(known), reach: -1 };
  const [k, value] = to;
  const skipped = [reach, reach < 0 ? known : values[reach]];
  const [k0, value0] = from ?? (k > reach + 1 ? skipped : to);
  const next = [...values];
  const count = Math.max(1, Math.abs(k - k0));
  for (let step = 0; step <= count; step++) {
    const place = k0 + Math.sign(k - k0) * step;
    if (place >= 0) next[place] = inTenths(value0 + ((value - value0) * step) / count);
  }
  return { values: k >= reach ? next.fill(next[k], k) : next, reach: Math.max(k, reach) };
}
