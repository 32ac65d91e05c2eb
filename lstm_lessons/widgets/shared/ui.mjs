// What the widgets share on the page: elements, sliders, live text, and the two ways a widget comes alive.
import { STYLES } from "./styles.mjs";

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** element("label", { class: "row" }, "x", input): strings become text nodes, never markup. */
export const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);

/** A number as a reader wants it: fixed digits, a true minus sign, and no minus before a rounded zero. */
export function format(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}

/** `h` with a subscript, for labels: symbol("h", "t-1"). */
export const symbol = (letter, subscript) =>
  element("span", { class: "ll-symbol" }, letter, subscript ? element("sub", {}, subscript.replace("-", "\u2212")) : null);

/**
 * A labeled slider with its value beside it. `set` moves it without calling `onInput`, and widens the range where the
 * value lies outside it. `title` is what a screen reader says; without it, `name`.
 * JupyterLab takes arrow keys for itself unless the input says otherwise, and a slider that kept the
 * focus after a drag would swallow a presenter's next-slide key.
 */
export function slider({ label, name, title = name, min, max, step = 0.01, digits = 2, value, color, onInput }) {
  const output = element("output", { class: "ll-slider-value" });
  const input = element("input", {
    type: "range", min, max, step, "aria-label": title, "data-name": name, "data-lm-suppress-shortcuts": "true",
    style: color ? `accent-color: ${color}` : undefined,
    oninput: () => { show(Number(input.value)); onInput(Number(input.value)); },
    onkeydown: (event) => { if (/^(Arrow|Home|End|Page)/.test(event.key)) event.stopPropagation(); },
    onpointerup: () => setTimeout(() => input.blur()),
  });
  let shown;
  const show = (current) => {
    shown = current;
    output.textContent = format(current, digits);
    input.setAttribute("aria-valuetext", format(current, digits));
  };
  const set = (next) => {
    if (next === shown) return;
    if (next > Number(input.max)) input.max = Math.ceil(next);
    if (next < Number(input.min)) input.min = Math.floor(next);
    input.value = next;
    show(next);
  };
  set(value);
  return { node: element("label", { class: "ll-slider" }, element("span", { class: "ll-slider-label" }, label), input, output), input, set };
}

/** A labeled native drop-down. `options` is a list of [value, text]. */
export function choice({ label, options, value, onChange }) {
  const select = element("select", { "data-lm-suppress-shortcuts": "true", onchange: () => onChange(select.value) },
    options.map(([key, text]) => element("option", { value: key }, text)));
  select.value = value;
  return { node: element("label", { class: "ll-choice" }, element("span", {}, label), select), select };
}

/** A labeled native checkbox. */
export function toggle({ label, value, onChange }) {
  const input = element("input", { type: "checkbox", "data-lm-suppress-shortcuts": "true", onchange: () => onChange(input.checked) });
  input.checked = value;
  return { node: element("label", { class: "ll-toggle" }, input, element("span", {}, label)), input };
}

export const button = (label, onClick, attributes = {}) =>
  element("button", { type: "button", "data-lm-suppress-shortcuts": "true", ...attributes, onclick: onClick }, label);

/** Text that a screen reader speaks once the values have settled. */
export function announcer() {
  const node = element("div", { class: "ll-visually-hidden", role: "status", "aria-live": "polite" });
  let timer;
  return { node, say: (text) => { clearTimeout(timer); timer = setTimeout(() => { node.textContent = text; }, 400); } };
}

/** Copy text; tells whether it worked. Pages opened from a file have no clipboard API, hence the second way. */
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

function addStyles(id, text) {
  let style = document.getElementById(id);
  if (!style) document.head.append((style = element("style", { id })));
  if (style.textContent !== text) style.textContent = text;
}

/**
 * Make the two entry points of a widget from one `draw(root, state)`.
 * `state.get(key)`, `state.set(key, value)`, `state.onChange(keys, callback)` (a change from Python) and `state.kernel`
 * (whether Python hears of changes) are all that a widget knows of where it lives. `draw` may return a function that cleans up. `styles` is the CSS of this
 * widget alone.
 */
export function entryPoints(name, draw, styles = "") {
  function open(el, state) {
    addStyles("lstm-lessons-styles", STYLES);
    if (styles) addStyles(`lstm-lessons-${name}-styles`, styles);
    const slide = el.closest(".reveal") ? " ll-slide" : ""; // a deck: large letters, and the height of a screen
    const root = element("div", { class: `lstm-lessons ll-${name}${slide}`, "data-widget-root": name });
    el.append(root);
    return draw(root, state);
  }
  return {
    // In Jupyter: draw at once, tell the kernel when the hand rests. The kernel echoes what it is told, and
    // while its echo was under way the hand may have moved on: then the newer value stands.
    render({ model, el }) {
      let [timer, setting] = [undefined, false];
      const unsaved = new Map();
      const set = (key, value) => { setting = true; model.set(key, value); setting = false; };
      const save = () => { unsaved.clear(); model.save_changes(); };
      const listeners = [];
      const cleanUp = open(el, {
        kernel: true,
        get: (key) => model.get(key),
        set: (key, value) => {
          unsaved.set(key, value);
          set(key, value);
          clearTimeout(timer);
          timer = setTimeout(save, 100);
        },
        onChange: (keys, callback) => keys.forEach((key) => {
          const changed = () => {
            if (setting) return; // by this view, which has drawn it
            if (unsaved.has(key)) set(key, unsaved.get(key));
            else callback();
          };
          model.on(`change:${key}`, changed);
          listeners.push([`change:${key}`, changed]);
        }),
      });
      return () => { listeners.forEach(([event, changed]) => model.off(event, changed)); cleanUp?.(); };
    },
    // On a plain page: the state lives here.
    mount(el, values) {
      const own = { ...values };
      return open(el, { kernel: false, get: (key) => own[key], set: (key, value) => { own[key] = value; }, onChange: () => {} });
    },
  };
}
