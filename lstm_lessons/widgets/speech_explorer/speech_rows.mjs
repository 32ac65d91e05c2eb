// The pictures of the speech explorer, one column a frame: the digits said, the coefficients, the probabilities, and
// the map of all signs with a path through it.
import { rowUnder, stepUnder } from "../shared/charts.mjs";
import { clamp, element, sliderArea, svg } from "../shared/ui.mjs";
import { FEATURES } from "./speech_features.mjs";
import { LEAST_PAUSE, MOST_PAUSE, pausesOf } from "./speech_numbers.mjs";

const [MILLISECONDS, SECONDS] = [25, 0.025]; // of a frame
const BRIGHTEST = 2.5; // deviations: what has the full color
const SEEN_SPIKE = 0.3; // probability from which a spike has its name
const NEGATIVE = [42, 111, 201];
const POSITIVE = [217, 118, 10];
const DIGIT_COLOR = [40, 120, 235]; // on a light page and on a dark one
const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}\u00A0%`;

/**
 * The digits said, and a handle at each boundary that changes the pause there.
 * @param {object} view of the explorer
 * @returns {{ node: HTMLElement, paint: () => void }} the row
 */
export function wordRow(view) {
  const { shown } = view;
  const words = element("div", { class: "vx-words-said", "data-symbol": "words" });
  const handles = element("div");
  const node = element("div", { class: "vx-words" }, words, handles);
  const pauseOf = (k) => pausesOf(view.get("pauses"), shown.said.length)[k];
  const limit = (k, frames) => clamp(frames, k % shown.said.length ? LEAST_PAUSE : 0, MOST_PAUSE);
  const change = (k, frames) => {
    if (limit(k, frames) !== pauseOf(k)) view.setPause(k, limit(k, frames));
  };
  const handleOf = (k) => {
    let from = null;
    const drop = () => {
      if (!from) return;
      from = null;
      view.hold(false);
      view.tell();
    };
    const by = (frames) => () => {
      change(k, pauseOf(k) + frames);
      view.tell();
    };
    return sliderArea(
      {
        class: "vx-handle",
        "data-role": "pause",
        "data-pause": k,
        "aria-label": k < shown.said.length ? `Pause before digit ${k + 1}` : "Pause at the end",
        "aria-valuemin": limit(k, LEAST_PAUSE),
        "aria-valuemax": MOST_PAUSE,
        "data-prevent-swipe": "true",
        onpointerdown: (event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from = { x: event.clientX, pause: pauseOf(k), frame: node.clientWidth / view.columns() };
          view.hold(true);
        },
        onpointermove: (event) => {
          if (from) change(k, from.pause + Math.round((event.clientX - from.x) / from.frame));
        },
        onpointerup: drop,
        onpointercancel: drop,
      },
      {
        ArrowRight: by(1),
        ArrowUp: by(1),
        ArrowLeft: by(-1),
        ArrowDown: by(-1),
        PageUp: by(10),
        PageDown: by(-10),
        Home: by(-Infinity),
        End: by(Infinity),
      },
    );
  };
  const paint = () => {
    const { bounds, said, T } = shown;
    const place = (frame) => `${(100 * frame) / view.columns()}%`;
    words.dataset.values = JSON.stringify(bounds);
    const own = element("span", { class: "vx-word", style: `left: 0; width: ${place(T)}` }, "your voice");
    words.replaceChildren(
      ...bounds.map(([begin, end], u) =>
        element("span", { class: "vx-word", style: `left: ${place(begin)}; width: ${place(end - begin)}` }, said[u]),
      ),
      ...(shown.own ? [own] : []),
    );
    const count = bounds.length > 0 ? bounds.length + 1 : 0;
    // A handle that is being dragged stays the same element.
    if (handles.children.length !== count) {
      handles.replaceChildren(...Array.from({ length: count }, (_, k) => handleOf(k)));
    }
    [...handles.children].forEach((handle, k) => {
      handle.style.left = place(k < said.length ? bounds[k][0] : T);
      const pause = pauseOf(k);
      handle.setAttribute("aria-valuenow", pause);
      const cut = pause < 0 ? `${-pause} frames of the digit before are cut off` : "";
      handle.setAttribute("aria-valuetext", cut || `${pause} frames, ${pause * MILLISECONDS} milliseconds`);
      handle.title = handle.getAttribute("aria-valuetext");
    });
  };
  return { node, paint };
}

function paintPixels(canvas, columns, rows, colorOf) {
  [canvas.width, canvas.height] = [columns, rows];
  const pixels = new ImageData(columns, rows);
  for (let t = 0; t < columns; t++) {
    for (let k = 0; k < rows; k++) {
      const color = colorOf(t, k);
      if (color) pixels.data.set(color, 4 * (k * columns + t));
    }
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

/**
 * The coefficients as a picture, and the probabilities as curves with their names at the spikes.
 * @param {object} view of the explorer
 * @returns {{ features: HTMLElement, curves: HTMLElement, paint: () => void }} the two rows
 */
export function pictureRows(view) {
  const { shown, recognizer } = view;
  const features = element("canvas", { class: "vx-features", "data-symbol": "features", "aria-hidden": "true" });
  const picture = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
  const names = element("div", { class: "vx-spikes", "aria-hidden": "true" });
  const curves = element("div", { class: "vx-curves" }, picture, names);
  const paint = () => {
    const { T, xs, logs } = shown;
    const columns = view.columns();
    const rows = Array.from({ length: T }, (_, t) => [...xs.subarray(t * FEATURES, (t + 1) * FEATURES)]);
    features.dataset.values = JSON.stringify(rows);
    paintPixels(features, columns, FEATURES, (t, k) => {
      if (t >= T) return null;
      const value = rows[t][k];
      return [...(value < 0 ? NEGATIVE : POSITIVE), Math.min(255, (255 * Math.abs(value)) / BRIGHTEST)];
    });
    const chances = logs.map((row) => row.map(Math.exp));
    const line = (k) =>
      chances.map((row, t) => `${t ? "L" : "M"}${t + 0.5} ${(100 * (1 - row[k])).toFixed(2)}`).join("");
    const classes = [...(logs[0] ?? []).keys()];
    picture.setAttribute("viewBox", `0 -2 ${columns} 104`);
    picture.replaceChildren(...classes.map((k) => svg("path", { d: line(k), class: k ? "vx-digit" : "vx-blank" })));
    const spikes = classes.slice(1).flatMap((k) =>
      chances.flatMap((row, t) => {
        const top = row[k] > (chances[t - 1]?.[k] ?? 0) && row[k] >= (chances[t + 1]?.[k] ?? 0);
        return top && row[k] > SEEN_SPIKE ? [{ k, t, height: row[k] }] : [];
      }),
    );
    names.replaceChildren(
      ...spikes.map(({ k, t, height }) => {
        const left = `clamp(7px, ${(100 * (t + 0.5)) / columns}%, calc(100% - 7px))`;
        const style = `left: ${left}; top: ${100 * (1 - height)}%`;
        return element("span", { style }, recognizer.name(k));
      }),
    );
  };
  return { features, curves, paint };
}

/**
 * The map: one row a sign, one column a frame, a path through it that a pointer can draw.
 * @param {object} view of the explorer
 * @returns {object} its parts, and how to paint them
 */
export function pathMap(view) {
  const { shown, recognizer } = view;
  const classes = view.get("classes");
  const K = classes.length;
  const canvas = element("canvas", { "aria-hidden": "true" });
  const line = svg("path", { class: "vx-line" });
  const picture = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }, line);
  const box = element("div", { class: "vx-cursor" });
  const names = element(
    "div",
    { class: "vx-names ll-quiet", "aria-hidden": "true" },
    classes.map((name, k) => element("span", {}, k ? name : `blank ${name}`)),
  );
  const readout = element("p", { class: "vx-readout ll-quiet" });
  const under = (event) => [stepUnder(event, node, view.columns()), rowUnder(event, node, K)];
  let drawing = false;
  const go = (frames, rows) => () => view.moveTo(view.frame + frames, view.row + rows);
  const stop = () => {
    drawing = false;
  };
  const node = sliderArea(
    {
      class: "vx-map",
      "data-role": "map",
      "data-symbol": "posteriors",
      "aria-label": "Frames: left and right, signs: up and down; Enter leads the path through that sign",
      "aria-valuemin": 1,
      "data-prevent-swipe": "true",
      onpointermove: (event) => {
        view.moveTo(...under(event));
        if (drawing) view.paintSign(...under(event));
      },
      onpointerdown: (event) => {
        drawing = true;
        view.moveTo(...under(event));
        view.paintSign(...under(event));
      },
      onpointerup: stop,
      onpointercancel: stop,
      onpointerleave: stop,
    },
    {
      ArrowRight: go(1, 0),
      ArrowLeft: go(-1, 0),
      ArrowDown: go(0, 1),
      ArrowUp: go(0, -1),
      Home: go(-Infinity, 0),
      End: go(Infinity, 0),
      Enter: () => view.paintSign(view.frame, view.row),
    },
    canvas,
    picture,
    box,
  );
  const paint = () => {
    const { T, logs } = shown;
    node.dataset.values = JSON.stringify(logs.map((row) => [...row]));
    paintPixels(canvas, view.columns(), K, (t, k) =>
      t < T ? [...DIGIT_COLOR, Math.round(255 * Math.exp(logs[t][k]) ** 0.7)] : null,
    );
    node.setAttribute("aria-valuemax", Math.max(1, T));
  };
  const paintPath = () => {
    picture.setAttribute("viewBox", `0 0 ${view.columns()} ${K}`);
    line.setAttribute("d", shown.path.map((k, t) => `${t ? "V" : "M0 "}${k + 0.5}H${t + 1}`).join(""));
  };
  const paintCursor = () => {
    const { T, logs, path } = shown;
    const { frame, row } = view;
    box.hidden = T === 0;
    const [left, top] = [(100 * frame) / view.columns(), (100 * row) / K];
    box.setAttribute("style", `left: ${left}%; width: ${100 / view.columns()}%; top: ${top}%; height: ${100 / K}%`);
    [...names.children].forEach((name, k) => name.classList.toggle("vx-now", T > 0 && k === row));
    if (T === 0) {
      readout.textContent = "\u00A0";
      node.setAttribute("aria-valuenow", 1);
      node.setAttribute("aria-valuetext", "nothing said");
      return;
    }
    const chances = logs[frame].map(Math.exp);
    const likely = [...chances.keys()].toSorted((a, b) => chances[b] - chances[a]).slice(0, 3);
    const named = (k) => (k ? recognizer.name(k) : "blank");
    const all = likely.map((k) => `${named(k)} ${percent(chances[k])}`).join(", ");
    const where = `Frame ${frame + 1} of ${T}, ${(frame * SECONDS).toFixed(2)} s`;
    readout.textContent = `${where}: ${all}; the path says ${named(path[frame])}`;
    node.setAttribute("aria-valuenow", frame + 1);
    node.setAttribute("aria-valuetext", `${where}, ${named(row)} ${percent(chances[row])}; path ${named(path[frame])}`);
  };
  return { node, names, readout, paint, paintPath, paintCursor };
}
