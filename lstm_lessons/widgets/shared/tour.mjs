// A tour of a widget: short steps, each points at a part and says one thing. Where a step asks for an act, the tour
// goes on when the act is done. What is said lies in a data file beside the widget, a list of `TourStep`.
import { TOUR_STYLES } from "./tour_styles.mjs";
import { button, element } from "./ui.mjs";

const LOOK_EVERY = 100; // milliseconds between two looks at what has changed
const REST_AFTER = 900; // milliseconds to see what an act has done
const CARD_GAP = 12; // pixels between a part and the card that points at it

/**
 * One step.
 * @typedef {object} TourStep
 * @property {string} at selectors with ", " between them: it points at the first part that is on show; a step with none
 *   is passed over
 * @property {string} text what it says
 * @property {string} [ask] what the reader is to do
 * @property {Record<string, string>} [until] when that is done, by the name of a fact: "< 0.1", "> 3", "= latch",
 *   "!= 0", or "changed" since the step was shown
 */

const COMPARE = {
  "<": (fact, value) => fact < Number(value),
  ">": (fact, value) => fact > Number(value),
  "=": (fact, value) => String(fact) === value,
  "!=": (fact, value) => String(fact) !== value,
};

/**
 * Whether an act is done.
 * @param {Record<string, string>} until as in a step
 * @param {Record<string, unknown>} facts of the widget now
 * @param {Record<string, unknown>} before the facts when the step was shown
 * @returns {boolean} all conditions hold
 */
export function isDone(until, facts, before) {
  return Object.entries(until).every(([name, rule]) => {
    if (rule === "changed") return facts[name] !== before[name];
    const [sign, value] = rule.split(" ");
    return COMPARE[sign](facts[name], value);
  });
}

// --- Where the card stands

const areApart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

// The box of a node, in pixels of the root; a deck scales its slides.
function boxIn(root, node) {
  const [outer, box] = [root.getBoundingClientRect(), node.getBoundingClientRect()];
  const scale = outer.width / root.offsetWidth || 1;
  const [left, top] = [(box.left - outer.left) / scale, (box.top - outer.top) / scale];
  return { left, top, right: left + box.width / scale, bottom: top + box.height / scale };
}

// Below, above, right or left of the part, wherever the widget has room; else at the widget's other end.
function placeBeside(part, size, width, height) {
  const [middle, center] = [(part.left + part.right) / 2, (part.top + part.bottom) / 2];
  const across = Math.min(Math.max(middle - size.width / 2, 4), Math.max(width - size.width - 4, 4));
  const along = Math.min(Math.max(center - size.height / 2, 4), Math.max(height - size.height - 4, 4));
  const places = [
    ["below", across, part.bottom + CARD_GAP],
    ["above", across, part.top - CARD_GAP - size.height],
    ["right", part.right + CARD_GAP, along],
    ["left", part.left - CARD_GAP - size.width, along],
  ];
  const fits = ([, left, top]) => {
    const box = { left, top, right: left + size.width, bottom: top + size.height };
    return left >= 0 && top >= 0 && box.right <= width && box.bottom <= height && areApart(box, part);
  };
  return places.find(fits) ?? ["apart", across, center > height / 2 ? 4 : Math.max(height - size.height - 4, 4)];
}

// --- The tour

/**
 * The button that starts a widget's tour.
 * @param {HTMLElement} root of the widget
 * @param {TourStep[]} steps what is shown
 * @param {() => Record<string, unknown>} facts what the steps ask about
 * @returns {HTMLButtonElement} "Show me", to stand in the widget
 */
export function tourButton(root, steps, facts) {
  let open = null;
  const start = button("Show me", () => (open ? open.end() : begin()), {
    "data-action": "tour",
    "aria-expanded": "false",
    title: `A tour in ${steps.length} steps`,
  });
  const begin = () => {
    open = openTour(root, steps, facts, () => {
      open = null;
      start.setAttribute("aria-expanded", "false");
      if (!root.classList.contains("ll-slide")) start.focus({ preventScroll: true });
    });
    start.setAttribute("aria-expanded", "true");
  };
  return start;
}

function tourCard(count, actions) {
  const [number, text, ask] = [element("span", { class: "ll-quiet" }), element("span"), element("strong")];
  const make = (label, act, name, more) => button(label, act, { "data-tour": name, ...more });
  const back = make("Back", actions.back, "back");
  const next = make("Next", actions.next, "next");
  const close = make("\u00D7", actions.end, "end", { "aria-label": "End the tour" });
  const words = element("p", { "aria-live": "polite" }, text, " ", ask);
  const node = element(
    "div",
    { class: "ll-tour", role: "group", "aria-label": "Tour", tabindex: -1, "data-role": "tour" },
    close,
    words,
    element("div", { class: "ll-toolbar" }, number, back, next),
  );
  const show = (step, k, asks, isLast) => {
    node.dataset.step = k;
    delete node.dataset.done;
    number.textContent = `${k + 1} of ${count}`;
    [text.textContent, ask.textContent] = [step.text, asks ? step.ask : ""];
    back.disabled = k === 0;
    next.textContent = isLast ? "Done" : asks ? "Skip" : "Next";
  };
  const praise = () => {
    node.dataset.done = "";
    ask.textContent = "\u2713 Done.";
  };
  return { node, show, praise };
}

function openTour(root, steps, facts, whenClosed) {
  const inDeck = root.classList.contains("ll-slide"); // where keys and scrolling are the presenter's
  const ring = element("div", { class: "ll-tour-ring", "aria-hidden": "true" });
  const styles = element("style", {}, TOUR_STYLES);
  let [at, before, part, going] = [-1, {}, null, undefined];
  let [isPressed, asks] = [false, false];

  const partOf = (step) => {
    const found = step.at.split(", ").flatMap((selector) => [...root.querySelectorAll(selector)]);
    return found.find((node) => node.checkVisibility()) ?? null;
  };
  const follow = (from, way) => {
    for (let k = from; k >= 0 && k < steps.length; k += way) if (partOf(steps[k])) return k;
    return -1;
  };
  const place = () => {
    if (!part?.isConnected || !part.checkVisibility()) part = partOf(steps[at]) ?? part;
    const box = boxIn(root, part);
    const size = { width: card.node.offsetWidth, height: card.node.offsetHeight };
    const [side, left, top] = placeBeside(box, size, root.offsetWidth, root.offsetHeight);
    card.node.dataset.side = side;
    Object.assign(card.node.style, { left: `${left}px`, top: `${top}px` });
    const arrow = Math.min(Math.max((box.left + box.right) / 2 - left, 14), size.width - 14);
    card.node.style.setProperty("--ll-tour-arrow", `${arrow}px`);
    const [width, height] = [box.right - box.left + 8, box.bottom - box.top + 8];
    const frame = { left: box.left - 4, top: box.top - 4, width, height };
    for (const [name, value] of Object.entries(frame)) ring.style[name] = `${value}px`;
  };
  const show = (k, takeFocus) => {
    clearTimeout(going);
    going = undefined;
    if (k < 0) {
      end();
      return;
    }
    at = k;
    part = partOf(steps[k]);
    before = facts();
    asks = steps[k].until !== undefined && !isDone(steps[k].until, before, before); // what is so already needs no act
    card.show(steps[k], k, asks, follow(k + 1, 1) < 0);
    place();
    if (inDeck) return;
    if (takeFocus) card.node.focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest" });
    card.node.scrollIntoView({ block: "nearest" });
  };
  const next = () => show(follow(at + 1, 1), true);
  const back = () => {
    const k = follow(at - 1, -1);
    if (k >= 0) show(k, true);
  };
  const look = () => {
    if (!root.isConnected) {
      end();
      return;
    }
    place();
    if (!asks || going !== undefined || !isDone(steps[at].until, facts(), before)) return;
    card.praise();
    const goOn = () => {
      if (isPressed) going = setTimeout(goOn, LOOK_EVERY); // a hand still holds what it moved
      else next();
    };
    going = setTimeout(goOn, REST_AFTER);
  };
  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const inside = card.node.contains(event.target);
    const isButton = event.target.closest("[data-tour]") !== null;
    const onCard = { ArrowRight: next, ArrowLeft: back, ...(isButton ? {} : { Enter: next }) };
    const act = event.key === "Escape" && (inside || !inDeck) ? end : inside && !inDeck ? onCard[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const press = () => (isPressed = true);
  const release = () => (isPressed = false);
  const card = tourCard(steps.length, { next, back, end });
  function end() {
    clearTimeout(going);
    clearInterval(timer);
    resized.disconnect();
    root.removeEventListener("keydown", keys, true);
    root.removeEventListener("pointerdown", press, true);
    removeEventListener("pointerup", release, true);
    delete root.dataset.touring;
    for (const node of [styles, ring, card.node]) node.remove();
    whenClosed();
  }
  root.addEventListener("keydown", keys, true);
  root.addEventListener("pointerdown", press, true);
  addEventListener("pointerup", release, true);
  root.dataset.touring = ""; // JupyterLab's Escape waits until the tour has ended
  root.append(styles, ring, card.node);
  const timer = setInterval(look, LOOK_EVERY);
  const resized = new ResizeObserver(() => part && place());
  resized.observe(root);
  show(follow(0, 1), true);
  return { end };
}
