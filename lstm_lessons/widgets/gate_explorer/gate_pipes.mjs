// The picture of one step of the cell: pipes, valves and curves. The gate explorer and the sequence explorer show it.
import { GATE_EXPLORER_PICTURE } from "./gate_explorer_picture.mjs";

const BINDING = "data-bind-";

// What its elements bind: { part, name, template } for each attribute or text that a figure fills.
function takeBindings(picture) {
  const bindings = [];
  for (const part of picture.querySelectorAll("*")) {
    for (const { name, value } of Array.from(part.attributes)) {
      if (!name.startsWith(BINDING)) continue;
      part.removeAttribute(name);
      bindings.push({ part, name: name.slice(BINDING.length), template: value, last: null });
      const pipe = value.match(/^\{([\w.]+)\.width\}$/u);
      if (pipe) part.dataset.pipe = pipe[1];
      if (name === `${BINDING}text`) part.dataset.figure = value.match(/\{([\w.]+)\}/u)[1];
    }
  }
  return bindings;
}

function fillBinding(binding, values) {
  const text = binding.template.replaceAll(/\{([\w.]+)\}/gu, (_, key) => values[key]);
  if (text === binding.last) return;
  binding.last = text;
  if (binding.name === "text") binding.part.textContent = text;
  else binding.part.setAttribute(binding.name, text);
}

/**
 * The picture of a step. Its pipes carry `data-pipe`, such as `kept`, and its numbers `data-figure`, such as
 * `kept.text`: the names of `figures`.
 * @returns {{ node: SVGSVGElement, update: (values: Record<string, string | number>, words: string) => void }} the
 *   picture, and what fills the figures of a step into it; the words are for a screen reader
 */
export function cellPicture() {
  const parsed = new DOMParser().parseFromString(GATE_EXPLORER_PICTURE, "image/svg+xml").documentElement;
  const node = document.importNode(parsed, true);
  node.setAttribute("role", "img");
  const bindings = takeBindings(node);
  const update = (values, words) => {
    bindings.forEach((binding) => fillBinding(binding, values));
    node.setAttribute("aria-label", words);
  };
  return { node, update };
}
