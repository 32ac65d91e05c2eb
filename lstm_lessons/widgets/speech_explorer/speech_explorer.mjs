// The speech explorer: splice a string of digits, or say one; see what a network makes of it frame by frame, and how a
// path through the frames collapses into an answer.
// What the page carries, for tests and for anyone who scripts it:
// - `[data-symbol="features"]`: what is read, `data-values` a JSON list of T lists of 13 numbers.
// - `[data-symbol="posteriors"]`: the map, `data-values` a JSON list of T lists of log-probabilities.
// - `[data-symbol="words"]`: `data-values` a JSON list of [first frame, frame after the last], one for each digit said.
// - `[data-symbol="path"]`: `data-signs` its classes, `data-value` its log-probability.
// - `[data-symbol="answer"]`: `data-signs` the classes it collapses to, `data-value` the log-probability of all paths
//   that do, `data-count` how many there are; `data-source` "spliced" or "own".
// - `[data-name]`: `digits`, `voice`, `alignment`; `[data-pause]` takes the pointer and the arrow keys, and so does
//   `[data-role="map"]`; `[data-stage]`; `[data-action]`: `listen`, `record`, `back`, `best`, `collapse`.
import { decodeFloats, unpackNetwork } from "../shared/network.mjs";
import { announcer, button, choice, clamp, element, entryPoints, numbered } from "../shared/ui.mjs";
import { FEATURES, RATE, mfccOf, normalized } from "./speech_features.mjs";
import { play, record, whyNoMicrophone } from "./speech_microphone.mjs";
import {
  answerLog,
  bestPath,
  collapsed,
  digitsOf,
  editDistance,
  fates,
  logProbabilities,
  pathCount,
  pathLog,
  pausesOf,
  splice,
  stretched,
} from "./speech_numbers.mjs";
import { SPEECH_EXPLORER_STYLES } from "./speech_explorer_styles.mjs";
import { pathMap, pictureRows, wordRow } from "./speech_rows.mjs";

const [FEWEST_COLUMNS, SECONDS_PER_FRAME] = [40, 0.025];
const STAGES = ["path", "without repeats", "answer"];
const BEAT = 900; // milliseconds from one stage to the next
const MOST_SIGNS = 400; // that are typed

const HIGH = { "-": "\u207B", 0: "\u2070", 1: "\u00B9", 2: "\u00B2", 3: "\u00B3" };
const raised = (n) => [...String(n)].map((sign) => HIGH[sign] ?? String.fromCodePoint(0x2070 + Number(sign))).join("");

/**
 * A probability or a count as text, from its natural logarithm: never rounded to zero.
 * @param {number} log of the number
 * @returns {string} such as "0.93" or "3.1·10⁻⁵"
 */
export function numberOfLog(log) {
  const tens = log / Math.LN10;
  if (tens > -2 && tens < 4) return Number(Math.exp(log).toPrecision(3)).toString();
  const [mantissa, power] = (10 ** (tens - Math.floor(tens))).toExponential(1).split("e");
  return `${mantissa}\u00B710${raised(Math.floor(tens) + Number(power))}`;
}

// --- What the model makes of the present state

function unpackVoice({ name, sound, digits, quiet }) {
  const shorts = (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
    return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 2 ** 15);
  };
  const decode = sound ? shorts : decodeFloats;
  return { name, sound, digits: digits.map((takes) => takes.map(decode)), quiet: decode(quiet) };
}

function recognizerOf(get) {
  const network = unpackNetwork(decodeFloats(get("weights")), get("architecture"));
  const voices = get("voices").map(unpackVoice);
  const classes = get("classes");
  const scale = get("scale").mean ? get("scale") : null;
  const blanks = new Set(["_", "-", classes[0]]);
  const classOf = (sign) => (blanks.has(sign) ? 0 : classes.indexOf(sign));
  const shown = { said: [], T: 0, bounds: [], sound: null, own: null, xs: new Float32Array(0), logs: [], path: [] };
  return {
    shown,
    voices,
    name: (k) => classes[k],
    text: (signs) => signs.map((k) => classes[k]).join(""),
    signs: (text) => [...text].map(classOf).filter((k) => k >= 0),
    hear() {
      shown.said = shown.own ? [] : digitsOf(get("digits"));
      let heard = { frames: new Float32Array(0), T: 0, bounds: [], sound: null };
      if (shown.own) heard = { ...mfccOf(shown.own), bounds: [], sound: shown.own };
      else if (shown.said.length > 0) {
        const voice = voices[Math.min(get("voice"), voices.length - 1)];
        heard = splice(voice, shown.said, pausesOf(get("pauses"), shown.said.length));
      }
      Object.assign(shown, { T: heard.T, bounds: heard.bounds, sound: heard.sound });
      shown.xs = normalized(heard.frames, heard.T, scale);
      shown.logs = logProbabilities(network, shown.xs, heard.T);
    },
    choosePath() {
      const signs = this.signs(get("alignment"));
      shown.typed = signs.length > 0;
      shown.path = shown.typed ? stretched(signs, shown.T) : bestPath(shown.logs);
      shown.answer = collapsed(shown.path);
    },
  };
}

// --- Controls

function voiceBar(view) {
  const { get, set, recognizer, shown } = view;
  const field = element("input", {
    type: "text",
    class: "vx-field vx-digits",
    "data-name": "digits",
    "data-lm-suppress-shortcuts": "true",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: 40,
    placeholder: "digits",
    oninput: () => view.say(() => set("digits", field.value)),
    onkeydown: (event) => event.stopPropagation(), // a digit is no shortcut
  });
  const voice = choice({
    label: "spoken by",
    name: "voice",
    options: numbered(recognizer.voices.length, (k) => recognizer.voices[k].name),
    value: String(get("voice")),
    onChange: (value) => view.say(() => set("voice", Number(value))),
  });
  const listen = button("Listen", () => view.listen(), { "data-action": "listen" });
  const own = button("Record your voice", () => view.record(), { "data-action": "record" });
  const back = button("Back to the string", () => view.say(() => {}), { "data-action": "back" });
  const label = element("label", { class: "vx-label-first" }, element("span", {}, "Say"), field);
  const node = element("div", { class: "ll-toolbar vx-bar" }, label, voice.node, listen, own, back);
  const note = element("p", { class: "vx-note ll-quiet", "data-role": "note", role: "status" });
  const paint = () => {
    if (field.value !== get("digits")) field.value = get("digits");
    voice.select.value = String(get("voice"));
    listen.hidden = shown.sound === null;
    listen.textContent = view.playing ? "Stop" : "Listen";
    own.textContent = view.recording ? "Stop recording" : shown.own ? "Record again" : "Record your voice";
    own.classList.toggle("vx-recording", view.recording);
    back.hidden = shown.own === null;
    const spliced = "Spliced from single recordings: nobody said this string.";
    const silent =
      shown.said.length > 0 && shown.sound === null ? " Of this voice there are coefficients, no sound." : "";
    const mine = "Your voice stays in this page: nothing is sent or stored.";
    note.textContent = view.trouble || (view.recording ? mine : shown.own ? mine : spliced + silent);
    note.classList.toggle("vx-trouble", Boolean(view.trouble));
  };
  return { node, note, paint, own };
}

function answerLine({ shown, recognizer }) {
  const node = element("p", { class: "vx-answer", "data-symbol": "answer" });
  const paint = () => {
    const { said, path, answer, typed, T, logs } = shown;
    node.dataset.source = shown.own ? "own" : "spliced";
    node.dataset.signs = JSON.stringify(T ? answer : []);
    if (T === 0) {
      for (const name of ["value", "count"]) delete node.dataset[name];
      node.replaceChildren("Type some digits, or record your voice.");
      return;
    }
    const [log, count] = [answerLog(logs, answer), pathCount(answer, T)];
    [node.dataset.value, node.dataset.count] = [log, count];
    const wrong = editDistance(
      answer.map((k) => k - 1),
      said,
    );
    const verdict = wrong === 0 ? " \u2713 all right" : ` \u2717 ${wrong} ${wrong === 1 ? "error" : "errors"}`;
    const paths = count === 1 ? "the only path" : `all ${numberOfLog(Math.log(count))} paths`;
    const heard = element("strong", {}, answer.length > 0 ? recognizer.text(answer) : "nothing");
    node.replaceChildren(
      said.length > 0 ? `said ${said.join("")}, ` : "your voice, ",
      typed ? "your path reads " : "heard ",
      heard,
      said.length > 0 ? verdict : "",
      element(
        "span",
        { class: "ll-quiet" },
        ` \u00B7 this path: probability ${numberOfLog(pathLog(logs, path))}`,
        ` \u00B7 ${paths} to it: ${numberOfLog(log)}`,
      ),
    );
  };
  return { node, paint };
}

// The path, sign by sign, and what is left of it after each stage of the collapse.
function collapseRow(view) {
  const { get, shown, recognizer } = view;
  const lines = STAGES.map((stage, n) =>
    element("p", { class: "vx-signs", "data-symbol": n ? undefined : "path", "data-line": stage }),
  );
  const stages = STAGES.map((stage, n) =>
    button(["1 path", "2 merge repeats", "3 drop blanks"][n], () => view.toStage(stage), {
      "data-action": `stage-${n}`,
      "data-stage": stage,
    }),
  );
  const run = button("Collapse", () => view.collapse(), { "data-action": "collapse" });
  const field = element("input", {
    type: "text",
    class: "vx-field vx-alignment",
    "data-name": "alignment",
    "data-lm-suppress-shortcuts": "true",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    maxlength: MOST_SIGNS,
    placeholder: "type a path, such as __33_1_",
    oninput: () => view.choosePath(field.value),
    onkeydown: (event) => event.stopPropagation(),
  });
  const best = button("Best path", () => view.choosePath(""), { "data-action": "best" });
  const label = element("label", { class: "vx-path" }, element("span", {}, "Your path"), field);
  const bar = element("div", { class: "ll-toolbar vx-bar" }, label, best, ...stages, run);
  const paint = () => {
    const { path, logs, T } = shown;
    if (field.value !== get("alignment")) field.value = get("alignment");
    best.disabled = !shown.typed;
    run.disabled = T === 0;
    const stage = STAGES.indexOf(get("stage"));
    stages.forEach((one, n) => one.setAttribute("aria-pressed", String(n === stage)));
    lines[0].dataset.signs = JSON.stringify(path);
    lines[0].dataset.value = T ? pathLog(logs, path) : 0;
    const fate = fates(path);
    const left = [() => true, (t) => fate[t] !== "repeat", (t) => fate[t] === "kept"];
    lines.forEach((line, n) => {
      // What goes next is quiet. A run of signs that look alike is one element: hundreds of frames are a few of them.
      const runs = [];
      path.forEach((k, t) => {
        if (n > stage || !left[n](t)) return;
        const kind = n === 2 || left[n + 1](t) ? "vx-stays" : "vx-goes";
        if (runs.at(-1)?.kind !== kind) runs.push({ kind, text: "" });
        runs.at(-1).text += recognizer.name(k);
      });
      line.replaceChildren(...runs.map(({ kind, text }) => element("span", { class: kind }, text)));
    });
  };
  const labels = ["path", "merged", "answer"].map((text) => element("span", { class: "vx-label ll-quiet" }, text));
  const table = element("div", { class: "vx-collapse" }, ...lines.flatMap((line, n) => [labels[n], line]));
  return { node: element("div", {}, bar, table), paint };
}

// --- Sound: the microphone, and the loudspeaker

function soundOf(view) {
  const { shown } = view;
  let [finish, stopPlaying, starting] = [null, null, false];
  const fail = (error) => {
    view.trouble = whyNoMicrophone(error) || "No microphone.";
    view.paint("sound");
    view.live.say(view.trouble);
  };
  async function start() {
    view.trouble = "";
    if (whyNoMicrophone()) {
      fail();
      return;
    }
    starting = true;
    try {
      finish = await record(view.meter, end);
    } catch (error) {
      fail(error);
      return;
    } finally {
      starting = false;
    }
    view.recording = true;
    view.paint("sound");
  }
  async function end() {
    if (!finish) return;
    const done = finish;
    finish = null;
    view.recording = false;
    const sound = await done();
    if (sound.length === 0) {
      view.trouble = "Nothing was heard. Is the microphone on?";
      view.paint("sound");
      return;
    }
    shown.own = sound;
    view.paint("all");
    view.tell();
  }
  const quiet = () => stopPlaying?.();
  return {
    record: () => (view.recording ? end() : starting ? undefined : start()),
    listen() {
      if (view.playing) {
        quiet();
        return;
      }
      view.playing = true;
      const ended = () => {
        view.playing = false;
        stopPlaying = null;
        view.paint("sound");
      };
      stopPlaying = play(shown.sound, RATE, (seconds) => view.moveTo(Math.floor(seconds / SECONDS_PER_FRAME)), ended);
      view.paint("sound");
    },
    quiet,
    leave() {
      quiet();
      finish?.();
      finish = null;
    },
  };
}

// --- The whole

function assemble(view, { bar, answer, words, rows, map, collapse }) {
  const label = (text) => element("span", { class: "vx-label ll-quiet" }, text);
  const grid = element(
    "div",
    { class: "vx-grid" },
    label("said"),
    words.node,
    label(`${FEATURES} MFCCs`),
    rows.features,
    label("probability"),
    rows.curves,
    map.names,
    map.node,
  );
  view.root.append(bar.node, bar.note, answer.node, grid, map.readout, collapse.node, view.live.node);
}

function draw(root, state) {
  const { get, set } = state;
  const recognizer = recognizerOf(get);
  const { shown } = recognizer;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let [timer, held] = [undefined, 0]; // columns while a boundary is dragged: the picture's scale must not move then
  const view = {
    root,
    get,
    set,
    recognizer,
    shown,
    live: announcer(),
    trouble: "",
    recording: false,
    playing: false,
    frame: 0,
    row: 0,
    columns: () => Math.max(held, shown.T, FEWEST_COLUMNS),
    hold(on) {
      held = on ? view.columns() : 0;
      if (!on) view.paint("all");
    },
    moveTo(frame, row = view.row) {
      view.frame = clamp(frame, 0, Math.max(0, shown.T - 1));
      view.row = clamp(row, 0, get("classes").length - 1);
      paintCursor();
    },
    // Something else is to be heard.
    say(change) {
      sound.quiet();
      shown.own = null;
      view.trouble = "";
      change();
      view.paint("all");
      view.tell();
    },
    setPause(k, frames) {
      const pauses = pausesOf(get("pauses"), shown.said.length);
      pauses[k] = frames;
      set("pauses", pauses);
      sound.quiet();
      view.paint("all");
    },
    choosePath(text) {
      set("alignment", text);
      view.paint("path");
      view.tell();
    },
    paintSign(t, k) {
      if (t >= shown.T || shown.path[t] === k) return;
      view.choosePath(recognizer.text(shown.path.with(t, k)));
    },
    toStage(stage) {
      clearInterval(timer);
      set("stage", stage);
      view.paint("path");
    },
    collapse() {
      clearInterval(timer);
      if (calm.matches) {
        view.toStage(STAGES.at(-1));
        return;
      }
      view.toStage(STAGES[0]);
      timer = setInterval(() => {
        const next = STAGES.indexOf(get("stage")) + 1;
        set("stage", STAGES[next]);
        view.paint("path");
        if (next >= STAGES.length - 1) clearInterval(timer);
      }, BEAT);
    },
    meter(seconds, level) {
      if (!view.recording) return; // a block came late
      parts.bar.own.textContent = `Stop recording (${seconds.toFixed(1)} s)`;
      parts.bar.own.style.setProperty("--vx-level", level.toFixed(2));
    },
    tell() {
      const path = shown.typed ? "Your path reads" : "Heard";
      view.live.say(shown.T ? `${path} ${recognizer.text(shown.answer) || "nothing"}.` : "Nothing is said.");
    },
    // "all", or what depends on the "path", or on the "sound" alone.
    paint(what) {
      if (what === "all") {
        recognizer.hear();
        parts.words.paint();
      }
      if (what !== "sound") {
        recognizer.choosePath();
        if (what === "all") {
          parts.rows.paint();
          parts.map.paint();
        }
        parts.map.paintPath();
        parts.answer.paint();
        parts.collapse.paint();
        view.moveTo(view.frame);
      }
      parts.bar.paint();
    },
  };
  const paintCursor = () => parts.map.paintCursor();
  const sound = soundOf(view);
  Object.assign(view, { record: sound.record, listen: sound.listen });
  const parts = {
    bar: voiceBar(view),
    answer: answerLine(view),
    words: wordRow(view),
    rows: pictureRows(view),
    map: pathMap(view),
    collapse: collapseRow(view),
  };
  assemble(view, parts);
  view.paint("all");
  state.onChange(["digits", "voice", "pauses", "alignment", "stage"], () => view.paint("all"));
  return () => {
    clearInterval(timer);
    sound.leave();
  };
}

const { render, mount } = entryPoints("speech_explorer", draw, SPEECH_EXPLORER_STYLES);
export { mount };
export default { render }; // anywidget warns of a render that is exported by name
