// What the widgets share on the page: numbers as text, elements, inputs, keys, live text, and the two ways a widget
// comes alive.
import { keepInputKeys, shareKeys, takeKeys } from "./keys.mjs";
import { STYLES } from "./styles.mjs";

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const ROUND = [1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10];

/**
 * Where a widget keeps its state, and all that it knows of where it lives.
 * @typedef {object} State
 * @property {(key: string) => any} get the present value
 * @property {(key: string, value: any) => void} set a change by hand, of which Python hears
 * @property {(keys: string[], callback: () => void) => void} onChange what to do on a change from Python
 * @property {boolean} kernel whether there is a Python that hears of changes
 */

/**
 * Attributes of an element. One that starts with "on" is a listener; undefined, null and false leave it out.
 * @typedef {Record<string, any>} Attributes
 */

// --- Numbers

/**
 * The number of a range that is nearest to a value.
 * @param {number} value any number
 * @param {number} low the range's end
 * @param {number} high the range's other end
 * @returns {number} between `low` and `high`
 */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/**
 * The first round number, 0.2 or more, that is not below a value: the end of an axis.
 * @param {number} value any number
 * @returns {number} 0.2, 0.3 ... 1, 1.2, 1.5, 2 ...
 */
export function roundLimit(value) {
  const least = Math.max(value, 0.2);
  const power = 10 ** Math.floor(Math.log10(least));
  return ROUND.map((m) => Number((m * power).toPrecision(3))).find((limit) => limit >= least - 1e-9);
}

/**
 * A number as a reader wants it: fixed digits, a true minus sign, and no minus before a rounded zero.
 * @param {number} value any number
 * @param {number} [digits] behind the point
 * @returns {string} such as "−0.50"
 */
export function format(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}

/**
 * A number with two digits at most, and no zeros at its end.
 * @param {number} value any number
 * @returns {string} such as "−0.5"
 */
export const shortest = (value) => format(value, 2).replace(/\.?0+$/u, "");

/**
 * A whole number in the digits of a subscript.
 * @param {number} number 0 or more
 * @returns {string} such as "₁₂"
 */
export const lowered = (number) =>
  String(number).replaceAll(/\d/gu, (digit) => String.fromCodePoint(0x2080 + Number(digit)));

// --- Elements

/**
 * Give attributes to a node.
 * @param {Element} node gets them
 * @param {Attributes} attributes by name
 */
export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
}

function fill(node, attributes, children) {
  setAttributes(node, attributes);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * element("label", { class: "row" }, "x", input).
 * @param {string} tag of HTML
 * @param {Attributes} [attributes] by name
 * @param {...(Node | string | null | (Node | string | null)[])} children strings become text nodes, never markup
 * @returns {HTMLElement} the new element
 */
export const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/**
 * svg("path", { d: "M0 0H8" }).
 * @param {string} tag of SVG
 * @param {Attributes} [attributes] by name
 * @param {...(Node | string | null | (Node | string | null)[])} children strings become text nodes, never markup
 * @returns {SVGElement} the new element
 */
export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);

/**
 * A letter of the equations, for labels: symbol("h", "t-1").
 * @param {string} letter such as h
 * @param {string} [subscript] such as t-1
 * @returns {HTMLElement} the letter with its subscript
 */
export const symbol = (letter, subscript) =>
  element(
    "span",
    { class: "ll-symbol" },
    letter,
    subscript ? element("sub", {}, subscript.replace("-", "\u2212")) : null,
  );

/**
 * A letter of the equations in its color.
 * @param {string} key of the palette, such as h
 * @param {string} [subscript] such as t-1
 * @returns {HTMLElement} the letter with its subscript
 */
export const coloredSymbol = (key, subscript) =>
  element("span", { style: `color: var(--ll-${key})` }, symbol(key, subscript));

/**
 * `count` choices for a list: [number, what stands there].
 * @param {number} count how many
 * @param {(k: number) => string} [text] what stands there; the number itself without it
 * @returns {[string, string][]} options for `choice`
 */
export const numbered = (count, text = String) => Array.from({ length: count }, (_, k) => [String(k), text(k)]);

// --- Inputs

/**
 * An area that is a slider to the keyboard and to a screen reader.
 * @param {Attributes} attributes role and label among them
 * @param {Record<string, (event: KeyboardEvent) => void>} actions what to do, by the key's name
 * @param {...Node} children of the area
 * @returns {HTMLElement} the area
 */
export const sliderArea = (attributes, actions, ...children) =>
  element(
    "div",
    { tabindex: 0, role: "slider", "data-lm-suppress-shortcuts": "true", onkeydown: takeKeys(actions), ...attributes },
    ...children,
  );

/**
 * A labeled slider with its value beside it. JupyterLab takes arrow keys for itself unless the input says otherwise.
 * @param {object} options of the slider
 * @param {Node | string | null} options.label what stands before it
 * @param {string} options.name its mark on the page, `data-name`
 * @param {string} [options.title] what a screen reader says; without it, `name`
 * @param {number} options.min lowest value
 * @param {number} options.max highest value
 * @param {number} [options.step] between two values
 * @param {number} [options.digits] behind the point of the value shown
 * @param {number} options.value at the start
 * @param {string} [options.color] of the slider
 * @param {(value: number) => void} options.onInput what to do when a hand moves it
 * @returns {{ node: HTMLElement, input: HTMLInputElement, set: (value: number) => void }} `set` moves it without
 *   calling `onInput`, and widens the range where the value lies outside it
 */
export function slider({ label, name, title = name, min, max, step = 0.01, digits = 2, value, color, onInput }) {
  const output = element("output", { class: "ll-slider-value" });
  let shown;
  const show = (current) => {
    shown = current;
    output.textContent = format(current, digits);
    input.setAttribute("aria-valuetext", format(current, digits));
  };
  const input = element("input", {
    type: "range",
    min,
    max,
    step,
    "aria-label": title,
    "data-name": name,
    "data-lm-suppress-shortcuts": "true",
    style: color ? `accent-color: ${color}` : undefined,
    oninput: () => {
      show(Number(input.value));
      onInput(Number(input.value));
    },
    onkeydown: keepInputKeys,
  });
  const set = (next) => {
    if (next === shown) return;
    if (next > Number(input.max)) input.max = Math.ceil(next);
    if (next < Number(input.min)) input.min = Math.floor(next);
    input.value = next;
    show(next);
  };
  set(value);
  const text = element("span", { class: "ll-slider-label" }, label);
  return { node: element("label", { class: "ll-slider" }, text, input, output), input, set };
}

/**
 * A labeled native drop-down.
 * @param {object} options of the list
 * @param {Node | string} options.label what stands before it
 * @param {string} [options.name] its mark on the page, `data-name`
 * @param {[string, string][]} options.options value and text of each
 * @param {string} options.value at the start
 * @param {(value: string) => void} options.onChange what to do when a hand chooses
 * @returns {{ node: HTMLElement, select: HTMLSelectElement }} the list with its label, and the list
 */
export function choice({ label, name, options, value, onChange }) {
  const select = element(
    "select",
    { "data-name": name, "data-lm-suppress-shortcuts": "true", onchange: () => onChange(select.value) },
    options.map(([key, text]) => element("option", { value: key }, text)),
  );
  select.value = value;
  return { node: element("label", { class: "ll-choice" }, element("span", {}, label), select), select };
}

/**
 * A labeled native checkbox.
 * @param {object} options of the box
 * @param {Node | string} options.label what stands behind it
 * @param {string} [options.name] its mark on the page, `data-name`
 * @param {boolean} options.value at the start
 * @param {(checked: boolean) => void} options.onChange what to do when a hand ticks it
 * @returns {{ node: HTMLElement, input: HTMLInputElement }} the box with its label, and the box
 */
export function toggle({ label, name, value, onChange }) {
  const input = element("input", {
    type: "checkbox",
    "data-name": name,
    "data-lm-suppress-shortcuts": "true",
    onchange: () => onChange(input.checked),
  });
  input.checked = value;
  return { node: element("label", { class: "ll-toggle" }, input, element("span", {}, label)), input };
}

/**
 * A button.
 * @param {Node | string} label what stands on it
 * @param {() => void} onClick what it does
 * @param {Attributes} [attributes] by name
 * @returns {HTMLButtonElement} the button
 */
export const button = (label, onClick, attributes = {}) =>
  element("button", { type: "button", "data-lm-suppress-shortcuts": "true", ...attributes, onclick: onClick }, label);

// --- Text aloud, and text to take along

/**
 * Text that a screen reader speaks once the values have settled.
 * @returns {{ node: HTMLElement, say: (text: string) => void }} where the text stands, and how to change it
 */
export function announcer() {
  const node = element("div", { class: "ll-visually-hidden", role: "status", "aria-live": "polite" });
  let timer;
  const say = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      node.textContent = text;
    }, 400);
  };
  return { node, say };
}

/**
 * Copy text. Pages opened from a file have no clipboard API, hence the second way.
 * @param {string} text to copy
 * @returns {Promise<boolean>} whether it worked
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const area = element("textarea", { class: "ll-visually-hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus();
    return copied;
  }
}

// --- When to draw

/**
 * Collects what has changed, so that one frame paints it all.
 * @param {(any: (...keys: string[]) => boolean) => void} paint `any` tells whether one of the keys has changed
 * @returns {{ schedule: (key: string) => void, now: (keys: string[]) => void, stop: () => void }} `now` paints at once
 */
export function framePainter(paint) {
  const stale = new Set();
  let frame;
  const run = () => {
    frame = undefined;
    const changed = new Set(stale);
    stale.clear();
    paint((...keys) => keys.some((key) => changed.has(key)));
  };
  return {
    schedule(key) {
      stale.add(key);
      frame ??= requestAnimationFrame(run);
    },
    now(keys) {
      keys.forEach((key) => stale.add(key));
      run();
    },
    stop() {
      cancelAnimationFrame(frame);
    },
  };
}

/**
 * Several changes at once (a preset, a message from Python) are one call, still before the next frame.
 * @param {() => void} refresh what to call
 * @returns {() => void} asks for the call
 */
export function coalesced(refresh) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      refresh();
    });
  };
}

// --- The two ways a widget comes alive

function addStyles(id, text) {
  let style = document.querySelector(`style#${id}`);
  if (!style) document.head.append((style = element("style", { id })));
  if (style.textContent !== text) style.textContent = text;
}

// In Jupyter: draw at once, tell the kernel when the hand rests. The kernel echoes what it is told, and while its echo
// was under way the hand may have moved on: then the newer value stands.
function kernelState(model) {
  let [timer, setting] = [undefined, false];
  const unsaved = new Map();
  const listeners = [];
  const set = (key, value) => {
    setting = true;
    model.set(key, value);
    setting = false;
  };
  const save = () => {
    unsaved.clear();
    model.save_changes();
  };
  const listen = (key, callback) => {
    const changed = () => {
      if (setting) return; // by this view, which has drawn it
      if (unsaved.has(key)) set(key, unsaved.get(key));
      else callback();
    };
    model.on(`change:${key}`, changed);
    listeners.push([`change:${key}`, changed]);
  };
  return {
    kernel: true,
    get: (key) => model.get(key),
    set(key, value) {
      unsaved.set(key, value);
      set(key, value);
      clearTimeout(timer);
      timer = setTimeout(save, 100);
    },
    onChange: (keys, callback) => keys.forEach((key) => listen(key, callback)),
    leave: () => listeners.forEach(([event, changed]) => model.off(event, changed)),
  };
}

// On a plain page the state lives here.
function pageState(values) {
  const own = { ...values };
  return {
    kernel: false,
    get: (key) => own[key],
    set(key, value) {
      own[key] = value;
    },
    onChange() {},
  };
}

// Shift+Enter runs a cell and selects the next, and JupyterLab keeps that one in sight: a widget that has just come
// alive between them would be pushed out at the top, with what one turns. It takes JupyterLab a moment to lay all out.
function keepInSight(el) {
  let looks = 20;
  const timer = setInterval(() => {
    if (!el.isConnected) return;
    const [cell, list] = [el.closest(".jp-Cell"), el.closest(".jp-WindowedPanel-outer")];
    looks -= 1;
    if (looks === 0 || !list || !cell.nextElementSibling?.classList.contains("jp-mod-active")) clearInterval(timer);
    else if (el.getBoundingClientRect().top < list.getBoundingClientRect().top) el.scrollIntoView({ block: "start" });
  }, 50);
  return () => clearInterval(timer);
}

/**
 * Make the two entry points of a widget.
 * @param {string} name of the widget, for its root's class
 * @param {(root: HTMLElement, state: State) => (() => void) | void} draw draws it, and may return what cleans up
 * @param {string} [styles] the CSS of this widget alone
 * @returns {{ render: (context: object) => () => void, mount: (el: HTMLElement, values: object) => void }} `render` for
 *   anywidget, `mount` for a page without a kernel
 */
export function entryPoints(name, draw, styles = "") {
  function open(el, state) {
    addStyles("lstm-lessons-styles", STYLES);
    if (styles) addStyles(`lstm-lessons-${name}-styles`, styles);
    const slide = el.closest(".reveal") ? " ll-slide" : ""; // a deck: large letters, and the height of a screen
    const root = element("div", { class: `lstm-lessons ll-${name}${slide}`, "data-widget-root": name });
    el.append(root);
    shareKeys(root);
    return draw(root, state);
  }
  return {
    render({ model, el }) {
      const state = kernelState(model);
      const cleanUp = open(el, state);
      const stopLooking = keepInSight(el);
      return () => {
        stopLooking();
        state.leave();
        cleanUp?.();
      };
    },
    mount: (el, values) => open(el, pageState(values)),
  };
}
