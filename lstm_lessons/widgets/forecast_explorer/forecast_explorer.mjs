// The forecast explorer: one station, one day, what was known, what came and what each method said.
// The conventions of its page (data-symbol, data-series ...) stand in forecast_explorer.py.
import { FORECAST_EXPLORER_STYLES } from "./forecast_explorer_styles.mjs";
import { announcer, choice, element, entryPoints, format, slider, svg, toggle } from "../shared/ui.mjs";

const TENTHS = 10;
const MOST_METHODS = 6;

// ---------------------------------------------------------------- numbers

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const horizonOf = (data) => data.methods[0].forecast[0][0].length;

/** Everything of one station and day, in °C: `past`, `truth`, `methods` (with errors), `low`, `high`, hours inside. */
export function dayOf(data, station, day) {
  const row = data.stations.indexOf(station);
  const series = data.series[row];
  const H = horizonOf(data);
  const celsius = (values) => values.map((value) => value / TENTHS);
  const truthOf = (d) => series.slice(data.origins[d] + 1, data.origins[d] + 1 + H);
  const off = (values, d) => mean(truthOf(d).map((value, k) => Math.abs(values[k] - value))) / TENTHS;
  const hits = (d) => truthOf(d).filter((value, k) => data.low[row][d][k] <= value && value <= data.high[row][d][k]).length;
  const banded = data.low.length > 0;
  return {
    past: celsius(series.slice(data.origins[day] + 1 - data.past, data.origins[day] + 1)),
    truth: celsius(truthOf(day)),
    methods: data.methods.map(({ name, forecast }) => ({
      name, values: celsius(forecast[row][day]),
      day: off(forecast[row][day], day), all: mean(forecast[row].map((values, d) => off(values, d))),
    })),
    low: banded ? celsius(data.low[row][day]) : null,
    high: banded ? celsius(data.high[row][day]) : null,
    inside: banded ? hits(day) : null,
    insideAll: banded ? mean(data.origins.map((_, d) => hits(d) / H)) : null,
  };
}

/** "Wed 6 Nov, 12 h UTC": the hour that stands `hours` after the first of the series. */
export function clock(data, hours) {
  const at = new Date(Date.parse(`${data.start}:00:00Z`) + hours * 3600e3);
  const day = at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  return `${day}, ${at.getUTCHours()} h UTC`;
}

// ---------------------------------------------------------------- the picture

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [660, 336, 46, 12, 284];
const RIGHT = WIDTH - 32;

function drawDay(now, data, { hour, methods, truth, interval }, caption) {
  const [P, H] = [now.past.length, now.truth.length];
  const shown = now.methods.filter(({ name }) => methods.includes(name));
  const band = interval && now.low;
  const all = [...now.past, ...shown.flatMap(({ values }) => values), ...(truth ? now.truth : []), ...(band ? [...now.low, ...now.high] : [])];
  const [low, high] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
  const x = (h) => LEFT + ((h + P - 1) / (P - 1 + H)) * (RIGHT - LEFT);
  const y = (value) => BOTTOM - ((value - low) / Math.max(1, high - low)) * (BOTTOM - TOP);
  const points = (start, values) => values.map((value, k) => `${x(start + k).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const curve = (name, start, values, kind) => svg("polyline", {
    class: `fx-line ${kind}`, points: points(start, values), "data-series": name, "data-points": JSON.stringify(values),
  });
  const parts = [];
  const step = [1, 2, 5, 10, 20, 50].find((size) => (high - low) / size <= 8);
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    parts.push(svg("path", { class: "fx-grid", d: `M${LEFT} ${y(tick)}H${RIGHT}` }),
      svg("text", { class: "fx-tick", x: LEFT - 7, y: y(tick) + 4, "text-anchor": "end" }, format(tick, 0)));
  }
  for (let h = -Math.floor((P - 1) / 12) * 12; h <= H; h += 12) {
    parts.push(svg("text", { class: "fx-tick", x: x(h), y: BOTTOM + 20, "text-anchor": "middle" }, h ? `${h > 0 ? "+" : "\u2212"}${Math.abs(h)} h` : "now"));
  }
  parts.push(svg("text", { class: "fx-tick", x: (LEFT + RIGHT) / 2, y: BOTTOM + 42, "text-anchor": "middle" }, "hours from the origin; temperature in \u00b0C"));
  if (band) {
    parts.push(svg("polygon", {
      class: "fx-band", points: `${points(1, now.low)} ${points(1, now.high).split(" ").reverse().join(" ")}`,
      "data-series": "interval", "data-points": JSON.stringify([now.low, now.high]),
    }));
  }
  parts.push(svg("path", { class: "fx-now", d: `M${x(0)} ${TOP}V${BOTTOM}` }), svg("path", { class: "fx-hour", d: `M${x(hour)} ${TOP}V${BOTTOM}` }));
  now.methods.forEach(({ name, values }, n) => {
    if (methods.includes(name)) parts.push(curve(name, 1, values, `fx-m${n + MOST_METHODS - now.methods.length}`));
  });
  parts.push(curve("past", 1 - P, now.past, "fx-measured"));
  if (truth) parts.push(svg("path", { class: "fx-line fx-measured", d: `M${x(0)} ${y(now.past.at(-1))}L${x(1)} ${y(now.truth[0])}` }), curve("truth", 1, now.truth, "fx-measured"));
  const dot = (values, kind) => svg("circle", { class: `fx-dot ${kind}`, cx: x(hour), cy: y(values[hour - 1]), r: 4 });
  now.methods.forEach(({ name, values }, n) => { if (methods.includes(name)) parts.push(dot(values, `fx-m${n + MOST_METHODS - now.methods.length}`)); });
  if (truth) parts.push(dot(now.truth, "fx-measured"));
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": caption }, parts);
}

// ---------------------------------------------------------------- the widget

const TRAITS = ["data", "station", "day", "hour", "methods", "truth", "interval"];

function drawForecasts(root, state) {
  const get = (key) => state.get(key);
  const live = announcer();
  const apply = (key, value) => { state.set(key, value); refresh(true); };
  const picture = element("div", { class: "fx-picture" });
  const table = element("div", { class: "fx-table" });
  const hourBox = element("div", {}); // outside of the table, which is built anew while the hand moves the slider
  const when = element("span", { class: "fx-when" });
  const aside = element("p", { class: "fx-inside" });
  const controls = element("div", { class: "ll-toolbar fx-controls" });
  let parts; // the controls of the present data
  let built = "";

  function build(data) {
    const place = choice({ label: "Station", options: data.stations.map((name) => [name, name]), value: get("station"), onChange: (value) => apply("station", value) });
    place.select.dataset.name = "station";
    const day = slider({ label: "Day", name: "day", min: 0, max: Math.max(1, data.origins.length - 1), step: 1, digits: 0, value: get("day"), onInput: (value) => apply("day", Math.min(value, data.origins.length - 1)) });
    const hour = slider({ label: "Hour", name: "hour", title: "hour ahead", min: 1, max: horizonOf(data), step: 1, digits: 0, value: get("hour"), onInput: (value) => apply("hour", value) });
    const check = (label, name) => {
      const made = toggle({ label, value: get(name), onChange: (value) => apply(name, value) });
      made.input.dataset.name = name;
      return made;
    };
    const truth = check("show what came", "truth");
    const interval = data.low.length ? check(`${Math.round(100 * data.level)} % interval`, "interval") : null;
    const methods = data.methods.map(({ name }) => {
      const box = element("input", {
        type: "checkbox", "data-name": `method ${name}`, "aria-label": `draw ${name}`, "data-lm-suppress-shortcuts": "true",
        onchange: () => apply("methods", data.methods.map((m) => m.name).filter((other) => (other === name ? box.checked : get("methods").includes(other)))),
      });
      return { name, box };
    });
    parts = { place, day, hour, truth, interval, methods };
    hourBox.replaceChildren(hour.node);
    day.node.hidden = data.origins.length < 2;
    controls.replaceChildren(place.node, element("div", { class: "fx-slider" }, day.node), when, truth.node, ...(interval ? [interval.node] : []));
  }

  const cell = (symbol, method, value, digits) => element("td", { "data-symbol": symbol, "data-method": method, "data-value": value }, format(value, digits));
  function fillTable(now, data) {
    const [hour, seen] = [get("hour"), get("truth")];
    const best = (key) => Math.min(...now.methods.map((method) => method[key]));
    const hidden = () => element("td", { class: "ll-quiet" }, "?");
    const rows = now.methods.map((method, n) => {
      const value = method.values[hour - 1];
      const mark = (node, key) => { if (seen && method[key] === best(key)) node.classList.add("fx-best"); return node; };
      return element("tr", {},
        element("th", { scope: "row" }, element("label", { class: "fx-method" }, parts.methods[n].box,
          svg("svg", { viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" }, svg("path", { class: `fx-line fx-m${n + MOST_METHODS - now.methods.length}`, d: "M0 5H34" })),
          element("span", {}, method.name))),
        cell("value", method.name, value, 1),
        ...(seen ? [cell("error", method.name, Math.abs(value - now.truth[hour - 1]), 1), mark(cell("day", method.name, method.day, 1), "day")] : [hidden(), hidden()]),
        mark(cell("all", method.name, method.all, 2), "all"));
    });
    const measured = element("tr", { class: "fx-truth" }, element("th", { scope: "row" }, "what came"),
      seen ? cell("value", "truth", now.truth[hour - 1], 1) : hidden(), element("td", {}), element("td", {}), element("td", {}));
    table.replaceChildren(element("table", {},
      element("thead", {}, element("tr", {}, element("td", {}), ...[`+${hour} h`, "off by", "this day", "all days"].map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, measured, rows)),
    element("p", { class: "ll-quiet fx-note" }, `in \u00b0C; "this day" and "all days": mean distance from the truth over ${horizonOf(data)} h`));
    aside.replaceChildren(...(now.low ? [
      "Inside the interval: ",
      ...(seen ? [element("span", { "data-symbol": "inside", "data-value": now.inside }, String(now.inside)), ` of ${horizonOf(data)} hours this day, `] : []),
      element("span", { "data-symbol": "inside-all", "data-value": now.insideAll }, `${Math.round(100 * now.insideAll)} %`), ` of all days (wanted: ${Math.round(100 * data.level)} %)`,
    ] : []));
  }

  root.append(controls, element("div", { class: "fx-main" }, picture, element("div", {}, hourBox, table, aside)), live.node);

  function refresh(spoken = false) {
    const data = get("data");
    const text = JSON.stringify([data.stations, data.origins.length, data.methods.map((m) => m.name), data.low.length > 0, data.start]);
    if (text !== built) { build(data); built = text; }
    const [station, day, hour, methods] = ["station", "day", "hour", "methods"].map(get);
    const now = dayOf(data, station, day);
    parts.place.select.value = station;
    parts.day.set(day);
    parts.day.input.setAttribute("aria-valuetext", clock(data, data.origins[day]));
    parts.hour.set(hour);
    parts.truth.input.checked = get("truth");
    if (parts.interval) parts.interval.input.checked = get("interval");
    for (const { name, box } of parts.methods) box.checked = methods.includes(name);
    when.textContent = `known up to ${clock(data, data.origins[day])}`;
    const said = get("truth") ? now.methods.map((method) => `${method.name} ${format(method.day, 1)}`).join(", ") : "hidden";
    const caption = `${station}, ${when.textContent}. Mean error of the next ${horizonOf(data)} hours in degrees: ${said}.`;
    picture.replaceChildren(drawDay(now, data, { hour, methods, truth: get("truth"), interval: get("interval") }, caption));
    const focused = document.activeElement?.dataset?.name;
    fillTable(now, data);
    // The table is built anew around the boxes in it; the one that was being used keeps the focus.
    parts.methods.find(({ name }) => focused === `method ${name}`)?.box.focus();
    if (spoken) live.say(caption);
  }
  state.onChange(TRAITS, () => refresh());
  refresh();
}

const { render, mount } = entryPoints("forecast_explorer", drawForecasts, FORECAST_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
