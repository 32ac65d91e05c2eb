// What a widget owes to the JupyterLab that it stands in.

/**
 * From inside a widget, Shift+Enter goes on to the next cell, Ctrl+Enter runs the widget's own, and Escape gives the
 * focus to it.
 *
 * Inputs keep JupyterLab from their keys (`data-lm-suppress-shortcuts`: an arrow key would leave the slider). These
 * three are not theirs: the cell hears them in their place. Shift+Enter runs nothing here: the widget would be made
 * anew, and what was turned in it would be lost.
 * @param {HTMLElement} root the widget's element
 */
export function handKeysBack(root) {
  root.addEventListener("keydown", (event) => {
    const enter = event.key === "Enter" && (event.shiftKey || event.ctrlKey);
    const cell = root.closest(".jp-Cell");
    if (!cell || !(enter || event.key === "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    cell.focus({ preventScroll: true });
    const tell = (init) => cell.dispatchEvent(new KeyboardEvent("keydown", { ...init, bubbles: true }));
    if (enter && event.shiftKey) tell({ key: "ArrowDown", code: "ArrowDown", keyCode: 40 });
    else if (enter) tell({ key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true });
  });
}
