// Pictures from SVG templates that Python fills in too; the rules stand in shared/svg.py.

/**
 * What the names in a template stand for.
 * @typedef {Record<string, any>} Values
 */

const BINDING = "data-bind-";

function bind(node, values) {
  for (const { name, value } of Array.from(node.attributes)) {
    if (!name.startsWith(BINDING)) continue;
    node.removeAttribute(name);
    const whole = value.match(/^\{([\w.]+)\}$/u);
    const bound = whole ? valueOf(values, whole[1]) : undefined;
    if (whole && (bound === null || bound === false)) continue;
    const text = value.replaceAll(/\{([\w.]+)\}/gu, (_, key) => textOf(valueOf(values, key)));
    if (name === `${BINDING}text`) node.textContent = text;
    else node.setAttribute(name.slice(BINDING.length), text);
  }
}

const textOf = (value) => (value === true ? "" : String(value));

function valueOf(values, key) {
  if (!(key in values)) throw new Error(`the template names ${key}, which has no value`);
  return values[key];
}

function fillIn(node, values) {
  for (const child of Array.from(node.children)) {
    const items = child.dataset.each;
    if (items === undefined) {
      fillIn(child, values);
      continue;
    }
    delete child.dataset.each;
    child.replaceWith(
      ...valueOf(values, items).map((item) => {
        const copy = child.cloneNode(true);
        fillIn(copy, { ...values, ...item });
        return copy;
      }),
    );
  }
  bind(node, values);
}

/**
 * A picture from a template.
 * @param {string} template text of an SVG file
 * @param {Values} values null and false leave an attribute out
 * @returns {SVGElement} not yet on the page
 */
export function fillTemplate(template, values) {
  const parsed = new DOMParser().parseFromString(template.replaceAll(/>\s+</gu, "><"), "image/svg+xml").documentElement;
  const root = document.importNode(parsed, true);
  fillIn(root, values);
  return root;
}
