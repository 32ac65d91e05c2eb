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

const editKey = (view, key) => `${view.numbers.shown.l}.${view.numbers.shown.d}.${view.unit()}.${key}`;

// Hold a gate or h of the picked unit at a value; null lets it go.
function hold(view, key, value) {
  const edits = { ...view.get("edits") };
  delete edits[editKey(view, key)];
  view.set("edits", value === null ? edits : { ...edits, [editKey(view, key)]: value });
  view.sayAnswer();
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
    const value = view.get("edits")[editKey(view, key)];
    box.input.checked = value !== undefined;
    node.toggleAttribute("data-held", value !== undefined);
    control.set(value ?? Number(meanGate(view, key).toFixed(2)));
  };
  return { node, paint };
}

function meanGate(view, key) {
  const { plain, T } = view.numbers.shown;
  const [H, unit] = [view.get("architecture").hidden_size, view.unit()];
  let sum = 0;
  for (let t = 0; t < T; t++) sum += plain[key][t * H + unit];
  return sum / T;
}

/**
 * What if the picked unit were silent, or one of its gates held at a value?
 * @param {import("./microscope_time.mjs").View} view of the microscope
 * @returns {{ node: HTMLElement, paint: () => void }} the card
 */
export function holdCard(view) {
  const { get, set, numbers } = view;
  const title = element("strong");
  const silenced = element("span", { style: "color: var(--ll-h)" }, symbol("h", "t"), " = 0");
  const silence = toggle({
    label: element("span", {}, "Silence it: ", silenced),
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
    heading(title),
    silence.node,
    element("p", { class: "gm-hint ll-quiet" }, "Or hold a gate at a value:"),
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
    title.textContent = `What if unit ${view.unit()} were different?`;
    silence.input.checked = keys.includes(editKey(view, "h"));
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
