// Whose a key is: the control's that has the focus, or the page's around the widget. In JupyterLab and on the site a
// control keeps the focus after a click; in a deck it gives it up, since the next key is the presenter's.

const TYPED_INTO = "input[type=text], input[type=number], textarea";
const SLIDERS = "input[type=range], [role=slider]";
const PRESSED = "button, summary, input[type=checkbox]"; // arrow keys mean nothing to them
// What a presenter turns slides with.
const TURNING = new Set(["PageDown", "PageUp", "ArrowRight", "ArrowLeft", "n", "p"]);
const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

const isModified = (event) => event.shiftKey || event.ctrlKey || event.metaKey || event.altKey;

/**
 * A listener for keydown that takes some keys, so that neither page nor JupyterLab sees them. With Ctrl, Meta or Alt
 * they stay the browser's.
 * @param {Record<string, (event: KeyboardEvent) => void>} actions what to do, by the key's name
 * @returns {(event: KeyboardEvent) => void} the listener
 */
export function takeKeys(actions) {
  return (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  };
}

/**
 * A listener for keydown that keeps the keys that move a native input from page and JupyterLab.
 * @param {KeyboardEvent} event of an input
 */
export function keepInputKeys(event) {
  if (/^(Arrow|Home|End|Page)/u.test(event.key)) event.stopPropagation();
}

// --- In JupyterLab

// Shift+Enter goes on to the next cell, Ctrl+Enter runs the widget's own, and Escape gives the focus to it. Inputs keep
// JupyterLab from their keys (`data-lm-suppress-shortcuts`: an arrow key would leave the slider), but these three are
// not theirs: the cell hears them in their place. Shift+Enter runs nothing here: the widget would be made anew, and
// what was turned in it would be lost.
function giveToCell(event, cell) {
  const { ctrlKey, metaKey } = event;
  const enter = event.key === "Enter" && (event.shiftKey || ctrlKey || metaKey);
  const escapes = event.key === "Escape" && event.currentTarget.dataset.touring === undefined; // a tour ends first
  if (!enter && !escapes) return false;
  event.preventDefault();
  event.stopPropagation();
  const next = enter && event.shiftKey ? cell.nextElementSibling : null;
  if (next?.matches(".jp-Cell")) {
    next.focus(); // an arrow key would pass over a folded cell, and what it sets up would be missing
    return true;
  }
  cell.focus({ preventScroll: true });
  if (enter && !event.shiftKey) {
    const init = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey, metaKey, bubbles: true };
    cell.dispatchEvent(new KeyboardEvent("keydown", init));
  }
  return true;
}

// Shortcuts of the whole page, such as Ctrl+S, work as if no control had the focus.
function giveToPage(event) {
  const isShortcut = event.ctrlKey || event.metaKey;
  if (!isShortcut || !event.target.closest("[data-lm-suppress-shortcuts]")) return;
  const taken = !document.body.dispatchEvent(new KeyboardEvent("keydown", event));
  if (taken) event.preventDefault();
}

// A slider that was made anew is told by its label.
function findAgain(root, slider) {
  if (slider.isConnected) return slider;
  const label = slider.getAttribute("aria-label");
  return [...root.querySelectorAll(SLIDERS)].find((other) => other.getAttribute("aria-label") === label);
}

// Move a slider as the key would if the slider had the focus, and give it the focus.
function moveSlider(slider, event) {
  slider.focus();
  if (slider.type === "range") {
    slider.stepUp(STEPS[event.key]);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  } else slider.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, bubbles: true, cancelable: true }));
}

function inJupyterLab(root) {
  let last = null; // the slider that the pointer was on last
  root.addEventListener("pointerdown", ({ target }) => {
    last = target.closest(SLIDERS) ?? last;
  });
  const listen = (event) => {
    const cell = root.closest(".jp-Cell");
    if (!cell || giveToCell(event, cell)) return;
    giveToPage(event);
    if (last === null || isModified(event) || !(event.key in STEPS) || !event.target.matches(PRESSED)) return;
    const slider = findAgain(root, last);
    if (!slider?.checkVisibility()) return;
    event.preventDefault();
    event.stopPropagation();
    moveSlider(slider, event);
  };
  root.addEventListener("keydown", listen, { capture: true });
}

// --- In a deck

function inDeck(root) {
  let pointed = false; // whether the hand is on the pointer, not on the keyboard
  const leave = (kept) => {
    const focused = document.activeElement;
    if (root.contains(focused) && !focused.matches(kept)) focused.blur();
  };
  root.addEventListener("pointerdown", () => {
    pointed = true;
  });
  // An open list would close; it is left once something is chosen. Text is typed until Enter or Escape.
  root.addEventListener("pointerup", () => setTimeout(leave, 0, "select, input[type=text], textarea"));
  root.addEventListener("change", ({ target }) => {
    if (pointed && target.matches("select")) target.blur();
  });
  const listen = (event) => {
    const { key, target } = event;
    // An open list hears its keys alone: this one was closed with nothing else chosen, and has the focus still.
    if (pointed && target.matches("select")) {
      target.blur();
      if (TURNING.has(key)) {
        event.preventDefault();
        event.stopPropagation();
        document.body.dispatchEvent(new KeyboardEvent("keydown", event));
      }
    }
    pointed = false;
    if (["Enter", "Escape"].includes(key) && target.matches(TYPED_INTO)) target.blur();
  };
  root.addEventListener("keydown", listen, { capture: true });
}

/**
 * Share the keys with the page around a widget.
 * @param {HTMLElement} root the widget's element, on the page
 */
export function shareKeys(root) {
  if (root.closest(".reveal")) inDeck(root);
  else inJupyterLab(root);
}
