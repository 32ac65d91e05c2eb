// A field to type a phrase into, beside examples to take: what widgets that read a text have in common.
import { choice, element, numbered } from "./ui.mjs";

const PHRASE = { label: "Phrase", placeholder: "Type a phrase" };

/**
 * A toolbar with the field and the examples; these are hidden where there are none.
 * @param {string} prefix of its classes: `<prefix>-bar`, `<prefix>-phrase` and `<prefix>-field`
 * @param {(name: string) => any} get the widget's `phrase` and `examples`
 * @param {(text: string) => void} take what is typed or chosen
 * @param {{ label: string, placeholder: string }} [words] what stands before the field, and in it while it is empty
 * @returns {{node: HTMLElement, paint: () => void}} the toolbar, and how it follows the widget's phrase
 */
export function phraseField(prefix, get, take, words = PHRASE) {
  const field = element("input", {
    type: "text",
    class: `${prefix}-field`,
    "data-name": "phrase",
    "data-lm-suppress-shortcuts": "true",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
    maxlength: 400,
    placeholder: words.placeholder,
    oninput: () => take(field.value),
    onkeydown: (event) => event.stopPropagation(), // a letter is no shortcut
  });
  const examples = get("examples");
  const example = choice({
    label: "or take",
    name: "example",
    options: [["", "an example"], ...numbered(examples.length, (n) => examples[n])],
    value: "",
    onChange: (n) => {
      if (n !== "") take(examples[Number(n)]);
    },
  });
  example.node.hidden = examples.length === 0;
  const label = element("label", { class: `${prefix}-phrase` }, element("span", {}, words.label), field);
  const paint = () => {
    if (field.value !== get("phrase")) field.value = get("phrase");
    const n = examples.indexOf(get("phrase"));
    example.select.value = n < 0 ? "" : String(n);
  };
  return { node: element("div", { class: `ll-toolbar ${prefix}-bar` }, label, example.node), paint };
}
