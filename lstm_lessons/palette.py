"""One color, line style and marker for every symbol of the LSTM, used everywhere.

Equations, figures and widgets all take them from here, so a learner who has met the forget gate once recognizes it in
every later picture. What a figure compares (networks, methods, programs) has lines of its own. Color is never
the only clue: each line also has its own dashes and marker.

Every color has two shades, one for light pages and one for dark ones. Each reaches a contrast of 4.5:1 against its page
(WCAG 2.2, success criterion 1.4.3) and stays apart from the others for readers with deuteranopia, protanopia and
tritanopia. A figure is an image, drawn for a light page; a dark one turns it with `DARK_FILTER`, which keeps hues, so
its colors come close to the dark shades. ``tests/test_palette.py`` measures all of this.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """Colors of a page and of what stands on it besides the curves, as hex codes."""

    page: str  #: the background.
    panel: str  #: background of buttons and boxes.
    text: str  #: text and measured data.
    quiet: str  #: text that explains, and lines to compare with.
    line: str  #: borders and grids.
    focus: str  #: what has the keyboard's focus.


LIGHT = Page("#ffffff", "#f6f7f9", "#1f2430", "#555e6e", "#c9ced8", "#0b5fd0")
DARK = Page("#1b2230", "#252d3d", "#eef1f7", "#b4bccb", "#465065", "#8ab4ff")
LIGHT_PAGE, DARK_PAGE = LIGHT.page, DARK.page
DARK_FILTER = "invert(0.9) hue-rotate(180deg)"  # CSS, for a figure on a dark page
FIGURE_MARK = "LSTM Lessons"  # the software in a figure's file, by which a page knows it


@dataclass(frozen=True)
class Line:
    """How a curve is drawn."""

    color: str  #: hex color on a light page.
    dark_color: str  #: hex color on a dark page.
    dash: str  #: line style, as an SVG ``stroke-dasharray`` (empty for a solid line).
    marker: str  #: matplotlib marker.

    @property
    def linestyle(self) -> str | tuple[int, tuple[float, ...]]:
        """The line style in matplotlib's form."""
        if not self.dash:
            return "-"
        return (0, tuple(float(length) for length in self.dash.split()))


@dataclass(frozen=True)
class Symbol(Line):
    """How one symbol of the LSTM equations is drawn."""

    key: str  #: the letter used in code, for example ``"f"``.
    name: str  #: what the symbol is called in a sentence.
    latex: str  #: the symbol in LaTeX, with its time index and without color.
    low: float | None  #: the lowest value; ``None`` where there is no bound.
    high: float | None  #: the highest one.

    @property
    def tex(self) -> str:
        """The symbol in LaTeX in its color, for Markdown cells.

        An equation cannot know its page: the color for light pages reads on dark ones, too. Where it is that of the
        text, it is left out, and the text's color follows the page. The outer braces keep MathJax 3, where ``\\color``
        is a switch, from coloring the rest of the formula; the inner ones suit MathJax 2.
        """
        if self.color == LIGHT.text:
            return self.latex
        return rf"{{\color{{{self.color}}}{{{self.latex}}}}}"


SYMBOLS: dict[str, Symbol] = {
    symbol.key: symbol
    for symbol in (
        Symbol("#067a75", "#38b09a", "", "o", "i", "input gate", "i_t", 0, 1),
        Symbol("#cc3a0c", "#ff7a45", "6 2", "s", "f", "forget gate", "f_t", 0, 1),
        Symbol("#a834e8", "#d9b0ff", "2 2", "^", "g", "candidate", "g_t", -1, 1),
        Symbol("#5f62b0", "#8585ff", "6 2 2 2", "D", "o", "output gate", "o_t", 0, 1),
        Symbol(LIGHT.text, DARK.text, "", "P", "c", "cell state", "c_t", None, None),
        Symbol("#a8476e", "#ff99c4", "8 2", "v", "h", "hidden state", "h_t", -1, 1),
    )
}
"""The six symbols, in the order in which an LSTM step computes them."""

GATES = tuple(SYMBOLS[key] for key in "ifgo")
"""The four rows of PyTorch's stacked weights, in PyTorch's order."""

RIVALS = (
    Line("#0b5fd0", "#66a9ff", "", "o"),
    Line("#a36510", "#bb8945", "5 2", "s"),
    Line("#305725", "#94b38b", "1 1.5", "^"),
    Line("#4c0b9d", "#eab6ff", "6 2 2 2", "D"),
    Line("#7f6b96", "#9484a7", "10 2", "v"),
    Line("#c2255c", "#ff8cb8", "3 1.5", "X"),
)
"""Lines of what a figure compares: the first is what it is about, the last also what is wrong."""
