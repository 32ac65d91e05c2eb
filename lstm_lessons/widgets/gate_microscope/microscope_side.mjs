// The cards at the side of the gate microscope: its answer, what is held, the saturation of the units.
import { PALETTE } from "../shared/palette.mjs";
import {
  button,
  clamp,
  coloredSymbol,
  element,
  format,
  slider,
  sliderArea,
  svg,
  symbol,
  toggle,
} from "../shared/ui.mjs";
import { SQUASHED, best, isEmpty } from "./microscope_numbers.mjs";
import { classLabel, heading, onFace, pickUnit } from "./microscope_time.mjs";

const HOLDABLE = ["i", "f", "g", "o"];
const [SCATTER, SCATTER_LEFT, SCATTER_TOP] = [140, 46, 8]; // side of the square, and where it starts
const SCATTER_BOTTOM = SCATTER_TOP + SCATTER;
const NEAR = 14; // pixels around a dot in which a click picks it

function card(name, face, ...parts) {
  const node = element("div", { class: "gm-card", role: "group", "aria-label": name }, parts);
  onFace(face, [node]);
  return node;
}

// --- The answer

// One class: its probability without and with what is held, as strips and as numbers.
function answerRow(view, k, before, after, touched) {
  const strip = (kind, value) =>
    element("i", {
      class: `gm-${kind}`,
      style: `width: ${(100 * value).toFixed(2)}%`,
      "data-symbol": kind,
      "data-class": k,
      "data-value": value,
    });
  const then = touched ? element("span", { class: "gm-then" }, `${format(before)} \u2192 `) : null;
  return element(
    "div",
    { class: `gm-bar-row ${k === view.numbers.shown.label ? "gm-true" : ""}` },
    element("span", {}, classLabel(view, k)),
    element("span", { class: "gm-strips", "aria-hidden": "true" }, strip("before", before), strip("after", after)),
    element("span", { class: "gm-number" }, then, format(after)),
  );
}

/**
 * What the model says, without and with what is held.
 * @param {import("./microscope_time.mjs").View} view of the microscope
 * @returns {{ node: HTMLElement, paint: () => void, text: () => string }} the card; `text` is its sentence
 */
export function answerCard(view) {
  const { get, numbers } = view;
  const title = element("strong");
  const sentence = element("p", { class: "gm-answer", "data-role": "answer" });
  const bars = element("div", { class: "gm-bars" });
  const named = (k) => get("class_names")[k];
  const inWords = (row) => `${named(best(row))} (${format(row[best(row)])})`;
  return {
    node: card("Answer", 1, heading(title), sentence, bars),
    text: () => sentence.textContent,
    paint() {
      const { T, label, edits } = numbers.shown;
      const [before, after] = [numbers.shown.before, numbers.shown.after].map(({ believed }) => believed[T - 1]);
      const touched = !isEmpty(edits);
      const wrong = label !== undefined && best(after) !== label;
      title.textContent = `Answer after step ${T}`;
      sentence.replaceChildren(
        ...(label === undefined ? [] : ["True: ", element("b", {}, named(label)), ". "]),
        touched ? `Before: ${inWords(before)}. Now: ` : "The model says ",
        element("b", { class: wrong ? "gm-wrong" : "" }, inWords(after)),
        ".",
      );
      sentence.toggleAttribute(
        "data-long",
        get("class_names").some((name) => name.length > 4),
      );
      bars.replaceChildren(...view.classes.map((k) => answerRow(view, k, before[k], after[k], touched)));
    },
  };
}

// --- What is held

const SCOPES = ["unit", "brushed", "shown", "all"]; // how many units a lever moves, from one to the whole network

// The units that the levers move, as "layer.direction.unit".
function targets(view) {
  const { hidden_size: H, num_layers: L, directions: D } = view.get("architecture");
  const { l, d } = view.numbers.shown;
  const every = (count) => [...Array(count).keys()];
  const here = (units) => units.map((u) => `${l}.${d}.${u}`);
  if (view.scope === "unit") return here([view.unit()]);
  if (view.scope === "brushed") return here(view.brushed);
  if (view.scope === "shown") return here(every(H));
  return every(L * D * H).map((k) => `${Math.floor(k / (D * H))}.${Math.floor(k / H) % D}.${k % H}`);
}

// Hold a gate or h of those units at a value; null lets it go.
function hold(view, key, value) {
  const names = targets(view).map((unit) => `${unit}.${key}`);
  const edits = { ...view.get("edits") };
  for (const name of names) {
    if (value === null) delete edits[name];
    else edits[name] = value;
  }
  view.set("edits", edits);
  view.sayAnswer();
}

// What the levers' units hold of a gate: all of it, some, or nothing; and at which value, if one of them does.
function heldOf(view, key) {
  const edits = view.get("edits");
  const values = targets(view).map((unit) => edits[`${unit}.${key}`]);
  const count = values.filter((value) => value !== undefined).length;
  return { all: count > 0 && count === values.length, some: count > 0, value: values.find(Number.isFinite) };
}

function paintBox(input, { all, some }) {
  input.checked = all;
  input.indeterminate = some && !all;
}

// A checkbox that holds a gate, and the slider of its value.
function gateHold(view, key) {
  const { low, high, name } = PALETTE[key];
  const control = slider({
    label: null,
    name: `value ${key}`,
    title: `value at which ${key} is held`,
    min: low,
    max: high,
    value: 0,
    color: `var(--ll-${key})`,
    onInput: (value) => hold(view, key, value),
  });
  const box = toggle({
    label: symbol(key, "t"),
    name: `hold ${key}`,
    value: false,
    onChange: (on) => hold(view, key, on ? control.input.valueAsNumber : null),
  });
  box.input.setAttribute("aria-label", `hold the ${name} ${key}`);
  box.node.style.color = `var(--ll-${key})`;
  const node = element("div", { class: "gm-hold" }, box.node, control.node);
  const paint = () => {
    const held = heldOf(view, key);
    paintBox(box.input, held);
    node.toggleAttribute("data-held", held.some);
    control.set(held.value ?? Number(meanGate(view, key).toFixed(2)));
  };
  return { node, paint };
}

// Over time, and over the units that are shown and moved; without such, over the picked one.
function meanGate(view, key) {
  const { plain, T } = view.numbers.shown;
  const H = view.get("architecture").hidden_size;
  const one = view.scope === "unit" ? [view.unit()] : view.brushed;
  const units = ["shown", "all"].includes(view.scope) ? [...Array(H).keys()] : one;
  let sum = 0;
  for (let t = 0; t < T; t++) for (const unit of units) sum += plain[key][t * H + unit];
  return sum / T / units.length;
}

// One unit, those brushed in the heat map, all that it shows, or the whole network.
function scopeChoice(view) {
  const { hidden_size: H, num_layers: L, directions: D } = view.get("architecture");
  const words = {
    unit: () => `unit ${view.unit()}`,
    brushed: () => (view.brushed.length > 0 ? `${view.brushed.length} brushed` : "brushed"),
    shown: () => `all ${H} shown`,
    all: () => `all ${L * D * H}`,
  };
  const buttons = SCOPES.map((scope) =>
    button("", () => view.choose(scope), { "data-action": `scope ${scope}`, hidden: scope === "all" && L * D === 1 }),
  );
  const hint = element("p", { class: "gm-hint ll-quiet" });
  const paint = () => {
    buttons.forEach((one, k) => {
      one.textContent = words[SCOPES[k]]();
      one.setAttribute("aria-pressed", String(view.scope === SCOPES[k]));
    });
    buttons[1].disabled = view.brushed.length === 0 || view.numbers.stuck;
    hint.textContent =
      view.brushed.length > 0
        ? "A click on a row lets the brushed go."
        : "To brush units, drag over rows of the heat map.";
  };
  const node = element("div", { class: "gm-scopes", role: "group", "aria-label": "Which units" }, buttons);
  return { nodes: [node, hint], paint };
}

/**
 * What if one unit, some, a direction or all were silent, or one of their gates held at a value?
 * @param {import("./microscope_time.mjs").View} view of the microscope
 * @returns {{ node: HTMLElement, paint: () => void }} the card
 */
export function holdCard(view) {
  const { get, set, numbers } = view;
  const scopes = scopeChoice(view);
  const silenced = element("span", { style: "color: var(--ll-h)" }, symbol("h", "t"), " = 0");
  const silence = toggle({
    label: element("span", {}, "silent: ", silenced),
    name: "hold h",
    value: false,
    onChange: (on) => hold(view, "h", on ? 0 : null),
  });
  const holds = HOLDABLE.map((key) => gateHold(view, key));
  const held = element("p", { class: "gm-held ll-quiet", "data-role": "held" });
  const letGo = () => {
    set("edits", {});
    view.sayAnswer();
  };
  const undo = button("Undo all", letGo, { "data-action": "undo" });
  const node = card(
    "What is held",
    1,
    heading(element("strong", {}, "What if they were different?")),
    ...scopes.nodes,
    silence.node,
    element(
      "div",
      { class: "gm-holds" },
      holds.map((one) => one.node),
    ),
    element("div", { class: "gm-undo" }, held, undo),
  );
  if (numbers.stuck) for (const input of node.querySelectorAll("input, button")) input.disabled = true;
  const paint = () => {
    const keys = Object.keys(get("edits"));
    const units = new Set(keys.map((key) => key.split(".").slice(0, 3).join("."))).size;
    scopes.paint();
    paintBox(silence.input, heldOf(view, "h"));
    holds.forEach((one) => one.paint());
    undo.disabled = keys.length === 0 || numbers.stuck;
    held.dataset.edits = JSON.stringify(numbers.shown.edits);
    held.textContent =
      keys.length > 0 ? `${keys.length} held in ${units} unit${units > 1 ? "s" : ""}.` : "Nothing is held.";
  };
  return { node, paint };
}

// --- The saturation

const place = (low, high) => [SCATTER_LEFT + low * SCATTER, SCATTER_TOP + (1 - high) * SCATTER];

function scatterPicture(dots, ring) {
  const text = (words, attributes) => svg("text", { "font-size": 11, ...attributes }, words);
  const middle = SCATTER / 2;
  const ticks = [0, 0.5, 1].flatMap((share) => {
    const [x, y] = [SCATTER_LEFT + share * SCATTER, SCATTER_BOTTOM - share * SCATTER];
    return [
      text(String(share), { x, y: SCATTER_BOTTOM + 14, "text-anchor": "middle" }),
      text(String(share), { x: SCATTER_LEFT - 6, y: y + 4, "text-anchor": "end" }),
    ];
  });
  const turned = `translate(13 ${SCATTER_TOP + middle}) rotate(-90)`;
  return svg(
    "svg",
    { viewBox: `0 0 ${SCATTER_LEFT + SCATTER + 12} ${SCATTER_BOTTOM + 34}`, "aria-hidden": "true" },
    svg("path", {
      class: "gm-frame",
      d: `M${SCATTER_LEFT} ${SCATTER_TOP}V${SCATTER_BOTTOM}H${SCATTER_LEFT + SCATTER}`,
    }),
    svg("path", {
      class: "gm-diagonal",
      d: `M${SCATTER_LEFT} ${SCATTER_TOP}L${SCATTER_LEFT + SCATTER} ${SCATTER_BOTTOM}`,
    }),
    ticks,
    text("share of time below 0.1", { x: SCATTER_LEFT + middle, y: SCATTER_BOTTOM + 29, "text-anchor": "middle" }),
    text("share above 0.9", { transform: turned, "text-anchor": "middle" }),
    dots,
    ring,
  );
}

// The unit of the dot under the pointer. Dots may lie on one another: the next of them at every click.
function unitUnder({ clientX, clientY }, picture, [left, right], unit) {
  const box = picture.getBoundingClientRect();
  const scale = box.width / picture.viewBox.baseVal.width;
  const [px, py] = [(clientX - box.left) / scale, (clientY - box.top) / scale];
  const away = left.map((share, u) => {
    const [cx, cy] = place(share, right[u]);
    return Math.hypot(cx - px, cy - py);
  });
  const least = Math.min(...away);
  if (least > NEAR) return null;
  const here = [...away.keys()].filter((u) => away[u] < least + 0.5);
  return here[(here.indexOf(unit) + 1) % here.length];
}

const ofSequences = (count) => {
  if (count > 2) return `all ${count} sequences`;
  return count === 2 ? "both sequences" : "this sequence";
};

/**
 * How much of the time each unit's gate is nearly shut and nearly open: a dot per unit.
 * @param {import("./microscope_time.mjs").View} view of the microscope
 * @returns {{ node: HTMLElement, paint: () => void }} the card
 */
export function saturationCard(view) {
  const { get, numbers } = view;
  const H = get("architecture").hidden_size;
  const gate = () => (SQUASHED.includes(get("symbol")) ? get("symbol") : "f");
  const shares = () => numbers.sharesOf(gate());
  const [dots, ring] = [svg("g"), svg("circle", { class: "gm-ring", r: 7 })];
  const picture = scatterPicture(dots, ring);
  const [title, read] = [element("strong"), element("p", { class: "gm-scatter-read" })];
  // From those mostly open to those mostly shut.
  const walk = ([left, right]) =>
    [...Array(H).keys()].toSorted((a, b) => left[a] - right[a] - (left[b] - right[b]) || a - b);
  const go = (by) => () => {
    if (!shares()) return;
    const units = walk(shares());
    pickUnit(view, units[clamp(units.indexOf(view.unit()) + by, 0, H - 1)]);
    requestAnimationFrame(() => view.say(area.getAttribute("aria-valuetext")));
  };
  const area = sliderArea(
    {
      class: "gm-scatter",
      "data-role": "scatter",
      "aria-label": "Saturation of the units: arrow keys walk from those mostly open to those mostly shut",
      "aria-valuemin": 1,
      "aria-valuemax": H,
      onclick: (event) => {
        const unit = shares() ? unitUnder(event, picture, shares(), view.unit()) : null;
        if (unit !== null) pickUnit(view, unit);
      },
    },
    { ArrowLeft: go(-1), ArrowUp: go(-1), ArrowRight: go(1), ArrowDown: go(1), Home: go(-H), End: go(H) },
    picture,
  );
  const node = card("Saturation", 2, heading(title), area, read);
  node.classList.add("gm-saturation");

  function paint() {
    const of = element("span", { class: "gm-where" }, `, ${ofSequences(numbers.sequences.length)}`);
    title.replaceChildren("Saturation of ", coloredSymbol(gate(), "t"), of);
    if (!shares()) return;
    const [[left, right], unit] = [shares(), view.unit()];
    dots.setAttribute("fill", `var(--ll-${gate()})`);
    if (dots.childElementCount !== H) {
      const dot = (u) => svg("circle", { r: 4, class: "gm-dot", "data-symbol": "saturation", "data-unit": u });
      dots.replaceChildren(...[...Array(H).keys()].map(dot));
    }
    [...dots.children].forEach((dot, u) => {
      const [cx, cy] = place(left[u], right[u]);
      dot.setAttribute("cx", cx.toFixed(2));
      dot.setAttribute("cy", cy.toFixed(2));
      Object.assign(dot.dataset, { gate: gate(), values: JSON.stringify([left[u], right[u]]) });
    });
    const [cx, cy] = place(left[unit], right[unit]);
    ring.setAttribute("cx", cx);
    ring.setAttribute("cy", cy);
    const percent = (share) => `${Math.round(100 * share)}\u202F%`;
    const [low, high] = [percent(left[unit]), percent(right[unit])];
    read.textContent = `Unit ${unit}: below 0.1 for ${low} of the time, above 0.9 for ${high}.`;
    area.setAttribute("aria-valuenow", walk(shares()).indexOf(unit) + 1);
    area.setAttribute("aria-valuetext", read.textContent);
  }
  return { node, paint };
}
