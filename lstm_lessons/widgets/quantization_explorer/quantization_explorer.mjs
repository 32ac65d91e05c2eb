// The quantization explorer: a text classifier as it was trained and as it ships, in whole numbers of 8 bits, side by
// side in the page; and with fewer bits than that.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol="float"]` and `[data-symbol="integer"]`: one a class (`data-class`), `data-value` its probability by
//   each of the two, empty without a phrase.
// - `[data-symbol="bytes"]`: `data-value` is what the weights take in these bits; `[data-symbol="largest"]`: the
//   largest difference of a probability.
// - `[data-name]`: the controls: `phrase`, `example` and `bits`.
import { phraseReader, unpackClassifier } from "../phrase_explorer/phrase_numbers.mjs";
import { decodeFloats, pooled } from "../shared/network.mjs";
import { phraseField } from "../shared/phrase_field.mjs";
import { announcer, element, entryPoints, format, slider } from "../shared/ui.mjs";
import { QUANTIZATION_EXPLORER_STYLES } from "./quantization_explorer_styles.mjs";
import { integerBelief, roundWeight } from "./quantization_numbers.mjs";

const SHIPPED = 8; // bits
const MISSING = "\u2013";

const percent = (share) => `${format(100 * share, 1)}\u00A0%`;
const kilobytes = (bytes) => `${format(bytes / 1000, 0)}\u00A0kB`;
const best = (belief) => belief.indexOf(Math.max(...belief));

// The file's numbers, less their zero points: embedding, the weights of both directions, the head.
function shippedCodes(text, codes, sizes) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
  let from = 0;
  return codes.map(([scale, zero, signed], n) => {
    const part = bytes.slice(from, (from += sizes[n]));
    return { numbers: Int16Array.from(signed ? new Int8Array(part.buffer) : part, (number) => number - zero), scale };
  });
}

// From a phrase and a number of bits to what both models say.
function makeModels(get) {
  const architecture = get("architecture");
  const network = unpackClassifier(decodeFloats(get("weights")), architecture);
  const [directions] = network.layers;
  const weights = [network.embedding, ...directions.flatMap(({ w_ih, w_hh }) => [w_ih, w_hh]), network.head.weight];
  const counts = weights.map(({ length }) => length);
  const shipped = shippedCodes(get("bytes"), get("codes"), counts);
  const reader = phraseReader(get);
  const known = new Map([[SHIPPED, shipped]]);
  const codesIn = (bits) => {
    const symmetric = (n) => n > 0 && n < weights.length - 1;
    if (!known.has(bits))
      known.set(
        bits,
        weights.map((weight, n) => roundWeight(weight, bits, symmetric(n))),
      );
    const [embedding, ih, hh, back, backHidden, head] = known.get(bits);
    const halves = [
      { ih, hh, bias: directions[0].bias },
      { ih: back, hh: backHidden, bias: directions[1].bias },
    ];
    return { embedding, directions: halves, head, bias: network.head.bias };
  };
  const count = counts.reduce((sum, length) => sum + length, 0);
  return {
    // What of a model is weights: so many, and numbers of 4 bytes that stay as they are.
    count,
    biases: directions.reduce((sum, { bias }) => sum + 2 * bias.length, network.head.bias.length),
    beliefs(bits) {
      reader.read();
      const { T, numbers } = reader.shown;
      if (T === 0) return [null, null];
      const pool = (traces, steps) => pooled(network, traces, steps);
      return [reader.beliefAt(T - 1), integerBelief(codesIn(bits), numbers, architecture.input_size, pool)];
    },
  };
}

// --- The answers

// Two lines: what each model says, and what it weighs.
function answers({ get, names, models }) {
  const [trained, shipped] = get("kilobytes");
  const full = 4 * (models.count + models.biases);
  const rows = ["float", "integer"].map((kind) => {
    const title = element("span", { class: "qx-title" }, element("i", { class: `qx-${kind}` }), element("span"));
    const answer = element("span", { class: "qx-answer" });
    const size = element("span", { class: "qx-size" });
    return { title: title.lastChild, answer, size, nodes: [title, answer, size] };
  });
  const bytes = element("span", { "data-symbol": "bytes" });
  const paint = (beliefs, bits) => {
    const size = (bits / 8) * models.count + 4 * models.biases;
    rows[0].title.textContent = "32 bits, as trained";
    rows[1].title.textContent = bits === SHIPPED ? "8 bits, as shipped" : `${bits} bits, rounded here`;
    rows.forEach(({ answer }, n) => {
      const belief = beliefs[n];
      if (belief === null) answer.replaceChildren(MISSING);
      else answer.replaceChildren(element("strong", {}, names[best(belief)]), ` ${percent(belief[best(belief)])}`);
    });
    rows[0].size.textContent = `weights ${kilobytes(full)}, file ${kilobytes(1000 * trained)}`;
    bytes.textContent = kilobytes(size);
    bytes.dataset.value = size;
    const file = bits === SHIPPED ? `, file ${kilobytes(1000 * shipped)}` : `, ${format(full / size, 1)} times smaller`;
    rows[1].size.replaceChildren("weights ", bytes, file);
  };
  const nodes = rows.flatMap((row) => row.nodes);
  return { node: element("div", { class: "qx-answers" }, nodes), paint };
}

// A row a class: two bars, two numbers, and how far they are apart.
function classTable({ names }) {
  const rows = names.map((name, k) => {
    const [bars, numbers] = [{}, {}];
    for (const kind of ["float", "integer"]) {
      bars[kind] = element("i", { class: `qx-${kind}` });
      numbers[kind] = element("span", { class: "qx-number", "data-symbol": kind, "data-class": k });
    }
    const apart = element("span", { class: "qx-number ll-quiet" });
    const label = element("span", { class: "qx-name" }, name);
    const picture = element("span", { class: "qx-bars" }, bars.float, bars.integer);
    return { bars, numbers, apart, label, nodes: [label, picture, numbers.float, numbers.integer, apart] };
  });
  const titles = ["", "", "32 bits", "few bits", "apart"].map((text) => element("span", { class: "qx-head" }, text));
  const paint = (beliefs, bits) => {
    titles[3].textContent = `${bits} bits`;
    const winners = beliefs.map((belief) => (belief ? best(belief) : -1));
    rows.forEach(({ bars, numbers, apart, label }, k) => {
      ["float", "integer"].forEach((kind, n) => {
        const value = beliefs[n]?.[k];
        bars[kind].style.width = `${100 * (value ?? 0)}%`;
        numbers[kind].textContent = value === undefined ? MISSING : percent(value);
        numbers[kind].dataset.value = value ?? "";
        numbers[kind].classList.toggle("qx-best", winners[n] === k);
      });
      label.classList.toggle("qx-best", winners.includes(k));
      const gap = beliefs[0] ? format(100 * (beliefs[1][k] - beliefs[0][k])) : "";
      apart.textContent = /^[^\u2212]*[1-9]/u.test(gap) ? `+${gap}` : gap;
    });
  };
  const cells = rows.flatMap((row) => row.nodes);
  return { node: element("div", { class: "qx-table" }, titles, cells), paint };
}

// In words: the largest difference, and whether the answer changed.
function comparison({ names }) {
  const largest = element("strong", { "data-symbol": "largest" });
  const node = element("p", { class: "qx-words" });
  const paint = ([one, other]) => {
    largest.dataset.value = "";
    if (one === null) {
      node.replaceChildren(largest, "Type a phrase: both models answer, in your browser.");
      largest.textContent = "";
      return;
    }
    const gap = Math.max(...one.map((value, k) => Math.abs(value - other[k])));
    largest.textContent = `${format(100 * gap, 1)} points`;
    largest.dataset.value = gap;
    const same = best(one) === best(other);
    const verdict = same ? "the same answer" : `another answer: ${names[best(other)]}`;
    node.replaceChildren("Largest difference of a probability: ", largest, `; ${verdict}.`);
  };
  return { node, paint };
}

// --- The whole

function draw(root, state) {
  const { get } = state;
  const live = announcer();
  const view = { get, names: get("class_names"), models: makeModels(get) };
  let bits = SHIPPED;
  const field = phraseField("qx", get, (text) => {
    state.set("phrase", text);
    paint();
  });
  const bitSlider = slider({
    label: "bits of a weight",
    name: "bits",
    min: 2,
    max: SHIPPED,
    step: 1,
    digits: 0,
    value: bits,
    onInput(value) {
      bits = value;
      paint();
    },
  });
  const parts = [answers(view), classTable(view), comparison(view)];
  let spoken = false;
  function paint() {
    const beliefs = view.models.beliefs(bits);
    field.paint();
    for (const part of parts) part.paint(beliefs, bits);
    if (spoken) live.say(parts[2].node.textContent);
    spoken = true;
  }
  const note = "What flows between the weights has 8 bits, too. Turn the bits of the weights down: when does it break?";
  root.append(
    field.node,
    parts[0].node,
    element("div", { class: "ll-toolbar qx-turn" }, bitSlider.node, element("span", { class: "ll-quiet" }, note)),
    parts[1].node,
    parts[2].node,
    live.node,
  );
  paint();
  state.onChange(["phrase"], paint);
}

const { render, mount } = entryPoints("quantization_explorer", draw, QUANTIZATION_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
