// The forecast explorer: one station, one day, what was known, what each method said, and what came. What came is
// hidden at first: one draws a forecast of one's own, and is scored.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol="value"]`, `"error"`, `"day"` and `"all"`: numbers of the table, in °C, with `data-method`
//   (`truth` for the measured one, `yours` for the drawn one): the forecast for the chosen hour, its distance from the
//   truth, the mean distance over this day, and, not for `yours`, over all days of the station.
// - `[data-symbol="inside"]`: hours of this day whose truth lies in the interval; `[data-symbol="inside-all"]`: the
//   share over all days of the station.
// - `[data-series]`: a curve of the picture by its method; `past` and `truth` are measured, `interval` is the band.
//   `data-points` holds its numbers.
// - `[data-name]`: the controls: `station`, `day`, `hour`, `truth`, `interval`, and `method <name>` for each method.
// - `[data-role="pad"]`: the area over the hours ahead, to read and to draw; `[data-action]`: the buttons.
import { stepUnder } from "../shared/charts.mjs";
import {
  announcer,
  button,
  choice,
  clamp,
  element,
  entryPoints,
  format,
  slider,
  sliderArea,
  svg,
  toggle,
} from "../shared/ui.mjs";
import { FORECAST_EXPLORER_STYLES } from "./forecast_explorer_styles.mjs";
import { clock, dayOf, drawTo, guessKey, horizonOf, scoreOf } from "./forecast_numbers.mjs";
import { drawDay, hoursAhead, scalesOf, temperatureAt } from "./forecast_picture.mjs";

const TRAITS = ["data", "station", "day", "hour", "methods", "truth", "interval", "guesses"];
const GRAIN = 0.5; // °C that an arrow key moves the drawn forecast
const WIDTH = 800; // of the picture, in pixels, where it is not laid out yet
const FAR = 3; // hours, or grains, at once

// --- The controls

// Controls for one set of data.
function makeControls(get, apply, data) {
  const check = (label, name) => toggle({ label, name, value: get(name), onChange: (on) => apply(name, on) });
  const last = data.origins.length - 1;
  const whole = { step: 1, digits: 0 };
  const box = ({ name }) => {
    const order = data.methods.map((method) => method.name);
    const choose = (on) => {
      const chosen = get("methods");
      apply(
        "methods",
        order.filter((other) => (other === name ? on : chosen.includes(other))),
      );
    };
    const input = element("input", {
      type: "checkbox",
      "data-name": `method ${name}`,
      "aria-label": `draw ${name}`,
      "data-lm-suppress-shortcuts": "true",
      onchange: () => choose(input.checked),
    });
    return { name, input };
  };
  const day = slider({
    ...whole,
    label: "Day",
    name: "day",
    min: 0,
    max: Math.max(1, last),
    value: get("day"),
    onInput: (value) => apply("day", Math.min(value, last)),
  });
  const turn = (text, name, by) =>
    button(text, () => apply("day", clamp(get("day") + by, 0, last)), { "data-action": name, "aria-label": name });
  const days = [turn("\u2039", "previous day", -1), day.node, turn("\u203A", "next day", 1)];
  const hourText = element("span");
  return {
    day,
    days: element("div", { class: "fx-days", hidden: last < 1 }, days),
    hourText,
    station: choice({
      label: "Station",
      name: "station",
      options: data.stations.map((name) => [name, name]),
      value: get("station"),
      onChange: (value) => apply("station", value),
    }),
    hour: slider({
      ...whole,
      label: hourText,
      name: "hour",
      title: "hour ahead",
      min: 1,
      max: horizonOf(data),
      value: get("hour"),
      onInput: (value) => apply("hour", value),
    }),
    truth: check("show what came", "truth"),
    interval: data.low.length > 0 ? check(`${Math.round(100 * data.level)} % interval`, "interval") : null,
    methods: data.methods.map(box),
  };
}

function showControls(get, controls) {
  controls.station.select.value = get("station");
  controls.day.set(get("day"));
  controls.hour.set(get("hour"));
  controls.truth.input.checked = get("truth");
  if (controls.interval) {
    controls.interval.input.checked = get("interval");
    controls.interval.input.disabled = !get("methods").includes(get("data").interval_of); // it is drawn with its method
  }
  for (const { name, input } of controls.methods) input.checked = get("methods").includes(name);
}

// What the controls depend on: they are made anew when it changes.
const structureOf = ({ stations, origins, methods, low, start }) =>
  JSON.stringify([stations, origins.length, methods.map(({ name }) => name), low.length > 0, start]);

// --- The table

const valueCell = (symbol, method, value, digits) =>
  element("td", { "data-symbol": symbol, "data-method": method, "data-value": value }, format(value, digits));
const hiddenCell = () => element("td", { class: "ll-quiet" }, "?");
const emptyCell = () => element("td");

function swatchOf(look) {
  const line = svg("path", { class: `fx-line ${look}`, d: "M0 5H34" });
  return svg("svg", { viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" }, line);
}

function methodRow(method, label, hour, truth, best) {
  const { name, values, day, all } = method;
  const value = values[hour - 1];
  const dayCell = valueCell("day", name, day, 1);
  const allCell = all === null ? emptyCell() : valueCell("all", name, all, 2);
  if (truth && day === best.day) dayCell.classList.add("fx-best");
  if (truth && all === best.all) allCell.classList.add("fx-best");
  const errors = truth ? [valueCell("error", name, Math.abs(value - truth[hour - 1]), 1), dayCell] : null;
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, label),
    valueCell("value", name, value, 1),
    errors ?? [hiddenCell(), hiddenCell()],
    allCell,
  );
}

// `truth` is null while it is hidden.
function dayTable(now, inputs, hour, truth) {
  const { methods, yours } = now;
  const all = yours ? [...methods, yours] : methods;
  const best = { day: Math.min(...all.map(({ day }) => day)), all: Math.min(...methods.map((method) => method.all)) };
  const headings = [`at\u00A0+${hour}\u00A0h`, "off by", "this day", "all days"];
  const titles = headings.map((text) => element("th", { scope: "col" }, text));
  const came = truth ? valueCell("value", "truth", truth[hour - 1], 1) : hiddenCell();
  const head = (text) => element("th", { scope: "row" }, text);
  const measured = element("tr", { class: "fx-truth" }, head("what came"), came, [1, 2, 3].map(emptyCell));
  const mine = element("span", { class: "fx-method" }, swatchOf("fx-yours"), "you");
  const own = yours
    ? methodRow(yours, mine, hour, truth, best)
    : element("tr", {}, head(mine), [1, 2, 3, 4].map(emptyCell));
  const rows = methods.map((method, n) => {
    const label = element("label", { class: "fx-method" }, inputs[n], swatchOf(method.look), method.name);
    return methodRow(method, label, hour, truth, best);
  });
  return [element("thead", {}, element("tr", {}, element("td"), titles)), element("tbody", {}, measured, own, rows)];
}

// How often the truth lay in the interval: of this day only where the truth is shown.
function insideInWords({ interval, truth }, level, seen) {
  if (!interval) return [];
  const marked = (symbol, value, text) => element("span", { "data-symbol": symbol, "data-value": value }, text);
  const day = [marked("inside", interval.inside, String(interval.inside)), ` of ${truth.length} hours this day, `];
  return [
    `Inside the interval of ${interval.of.name}: `,
    ...(seen ? day : []),
    marked("inside-all", interval.insideAll, `${Math.round(100 * interval.insideAll)} %`),
    ` of all days (wanted: ${Math.round(100 * level)} %)`,
  ];
}

// How it went, or what to do.
function scoreInWords(data, guesses, { yours, methods }, { truth, scored }) {
  if (!yours) {
    return truth
      ? "Hide what came, then draw a forecast of your own."
      : "Draw your own next day: set the pen down at the dotted line, and pull to the right. Then score it.";
  }
  if (!scored) return "Go over it again where you like, with the pen or the arrow keys. Then score it.";
  const rivals = [...new Set([0, methods.length - 1])]; // the simplest and the main one
  const each = (own, others) =>
    [`you ${format(own, 1)}`, ...rivals.map((n) => `${methods[n].name} ${format(others[n], 1)}`)].join(", ");
  const thisDay = each(
    yours.day,
    methods.map(({ day }) => day),
  );
  const total = scoreOf(data, guesses);
  const sum = total.days > 1 ? `; over your ${total.days} days: ${each(total.yours, total.methods)}` : "";
  return `Mean error in \u00B0C, this day: ${thisDay}${sum}.`;
}

// --- The pad over the hours ahead: to read with the pointer, and to draw a forecast of one's own.

function makePad({ get, apply, scales, put, draft, erase }) {
  let last = null; // where the pen is while it is down
  const H = () => scales().H;
  const hourUnder = (event) => Math.max(1, stepUnder(event, pad, H() + 1)); // the pad begins with hour 0
  const read = (event) => apply("hour", hourUnder(event));
  const pen = (event) => {
    const { top, height } = pad.getBoundingClientRect();
    const to = [hourUnder(event) - 1, temperatureAt(scales(), (event.clientY - top) / height)];
    put(last, to);
    last = to;
  };
  const lift = (by) => () => {
    const { low, high } = scales();
    const at = get("hour") - 1;
    put(null, [at, clamp(draft(at) + by, low, high)]);
  };
  const go = (place) => (event) => apply("hour", clamp(place(get("hour"), event.shiftKey ? FAR : 1), 1, H()));
  const keys = {
    ArrowLeft: go((hour, by) => hour - by),
    ArrowRight: go((hour, by) => hour + by),
    Home: go(() => 1),
    End: go(() => H()),
    ArrowUp: lift(GRAIN),
    ArrowDown: lift(-GRAIN),
    PageUp: lift(FAR * GRAIN),
    PageDown: lift(-FAR * GRAIN),
    Delete: erase,
  };
  const pad = sliderArea(
    {
      class: "fx-pad",
      "data-role": "pad",
      "data-prevent-swipe": "true",
      "aria-label": "The hours ahead: left and right choose the hour, up and down draw your forecast",
      "aria-valuemin": 1,
      onpointerdown: (event) => {
        if (event.button !== 0) return;
        pad.setPointerCapture(event.pointerId);
        last = null;
        read(event);
        pen(event);
      },
      onpointermove: (event) => {
        read(event);
        if (pad.hasPointerCapture(event.pointerId)) pen(event);
      },
    },
    keys,
  );
  return pad;
}

// --- The widget

// The learner's forecast: in the making here, and scored in the state.
function makeGuess(state) {
  const { get, set } = state;
  let [draft, before] = [null, null];
  const key = () => guessKey(get("station"), get("day"));
  const own = () => (draft?.key === key() ? draft : null);
  const scored = () => get("guesses")[key()] ?? null;
  return {
    scored,
    drawing: () => own() !== null && !scored(),
    values: () => scored() ?? own()?.values ?? null,
    draw(known, from, to) {
      if (scored() || get("truth")) return; // too late
      draft = { key: key(), ...drawTo(own(), known, from, to, horizonOf(get("data"))) };
    },
    erase() {
      draft = null;
    },
    // What was drawn counts once the truth shows. Then the methods that it is compared with show as well.
    score() {
      if (!own() || scored()) return;
      const [names, drawn] = [get("data").methods.map(({ name }) => name), get("methods")];
      before = drawn;
      set(
        "methods",
        names.filter((name, n) => n === 0 || n === names.length - 1 || drawn.includes(name)),
      );
      set("guesses", { ...get("guesses"), [key()]: own().values });
      draft = null;
    },
    // On to the next day, whose truth is hidden again, as is what was hidden before the score.
    goOn() {
      set("day", (get("day") + 1) % get("data").origins.length);
      set("truth", false);
      if (before) set("methods", before);
      before = null;
    },
  };
}

// What stands below the picture: how it goes, and its buttons.
function makeActions({ score, erase, another }) {
  const buttons = {
    score: button("Score my day", score, { "data-action": "score" }),
    erase: button("Erase", erase, { "data-action": "erase" }),
    another: button("Guess another day", another, { "data-action": "another" }),
  };
  const said = element("p", { class: "fx-said" });
  const show = (text, { drawing, finished, more }) => {
    said.textContent = text;
    buttons.score.disabled = !drawing;
    buttons.erase.disabled = !drawing;
    buttons.score.hidden = finished;
    buttons.erase.hidden = finished;
    buttons.another.hidden = !finished || !more;
  };
  return { nodes: Object.values(buttons), said, show };
}

function draw(root, state) {
  const { get } = state;
  const live = announcer();
  const guess = makeGuess(state);
  const drawing = element("div");
  const table = element("table");
  const when = element("span", { class: "fx-when" });
  const aside = element("p", { class: "fx-inside" });
  const note = element(
    "p",
    { class: "ll-quiet" },
    "All in \u00B0C. This day, all days: the mean distance from what came.",
  );
  const [bar, hours, below] = [1, 2, 3].map(() => element("div"));
  bar.className = "ll-toolbar";
  hours.className = "fx-hours";
  below.className = "ll-toolbar fx-below";
  let [controls, built, scales, now] = [null, "", null, null];

  const show = (act) => {
    act();
    live.say(refresh());
  };
  const apply = (key, value) => {
    if (get(key) === value) return;
    show(() => {
      if (key === "truth" && value) guess.score();
      state.set(key, value);
    });
  };
  const actions = makeActions({
    score: () => apply("truth", true),
    erase: () => show(guess.erase),
    another: () => show(guess.goOn),
  });
  const pad = makePad({
    get,
    apply,
    scales: () => scales,
    put: (from, to) => show(() => guess.draw(now.past.at(-1), from, to)),
    draft: (at) => (guess.values() ?? [])[at] ?? now.past.at(-1),
    erase: () => show(guess.erase),
  });
  const picture = element("div", { class: "fx-picture" }, drawing, pad);
  const left = element("div", {}, picture, hours, below, actions.said);
  root.append(bar, element("div", { class: "fx-main" }, left, element("div", {}, table, note, aside)), live.node);

  function build(data) {
    controls = makeControls(get, apply, data);
    const { station, days, hour, truth, interval } = controls;
    hours.replaceChildren(hour.node);
    bar.replaceChildren(station.node, days, when);
    below.replaceChildren(...actions.nodes, truth.node, ...(interval ? [interval.node] : []));
  }

  // The table is built anew around the boxes in it; the one that was being used keeps the focus.
  function fillTable() {
    const focused = document.activeElement;
    const inputs = controls.methods.map(({ input }) => input);
    table.replaceChildren(...dayTable(now, inputs, get("hour"), get("truth") ? now.truth : null));
    if (inputs.includes(focused)) focused.focus();
    aside.replaceChildren(...insideInWords(now, get("data").level, get("truth")));
  }

  // The hour in words, at its slider and at the pad.
  function tellHour(data) {
    const [hour, own] = [get("hour"), now.yours ? `, you ${format(now.yours.values[get("hour") - 1], 1)} \u00B0C` : ""];
    const text = `+${hour} h: ${clock(data, data.origins[get("day")] + hour).hour}`;
    controls.hourText.textContent = text;
    controls.hour.input.setAttribute("aria-valuetext", text);
    pad.setAttribute("aria-valuemax", scales.H);
    pad.setAttribute("aria-valuenow", hour);
    pad.setAttribute("aria-valuetext", text + own);
  }

  // Returns what is shown, in words.
  function refresh() {
    const data = get("data");
    const structure = structureOf(data);
    if (structure !== built) build(data);
    built = structure;
    showControls(get, controls);
    const [hour, methods, truth, interval] = ["hour", "methods", "truth", "interval"].map(get);
    now = dayOf(data, get("station"), get("day"), guess.values());
    scales = scalesOf(now, truth, drawing.clientWidth || WIDTH);
    const { day, hour: last } = clock(data, data.origins[get("day")]);
    controls.day.input.setAttribute("aria-valuetext", `${day}, ${last}`);
    when.textContent = `known up to ${day}, ${last}`;
    const finished = guess.scored() !== null && truth;
    const words = scoreInWords(data, get("guesses"), now, { truth, scored: finished });
    actions.show(words, { drawing: guess.drawing() && !truth, finished, more: data.origins.length > 1 });
    const errors = now.methods.map((method) => `${method.name} ${format(method.day, 1)}`).join(", ");
    const said = `Mean error of the next ${scales.H} hours in degrees: ${truth ? errors : "hidden"}.`;
    const caption = `${get("station")}, ${when.textContent}. ${now.yours ? words : said}`;
    drawing.replaceChildren(drawDay(now, scales, { hour, methods, truth, interval }, caption));
    const place = hoursAhead(scales);
    pad.style.cssText = place.pad;
    hours.style.cssText = place.slider;
    tellHour(data);
    fillTable();
    return caption;
  }
  state.onChange(TRAITS, refresh);
  const fit = new ResizeObserver(() => {
    if (drawing.clientWidth && drawing.clientWidth !== scales.width) refresh();
  });
  refresh();
  fit.observe(drawing);
  return () => fit.disconnect();
}

const { render, mount } = entryPoints("forecast_explorer", draw, FORECAST_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
