"""One color, line style and marker for every symbol of the LSTM, used everywhere.

Equations, figures and widgets all take them from here, so a learner who has
met the forget gate once recognizes it in every later picture. What a figure
compares (networks, methods, programs) has lines of its own. Color is never
the only clue: each line also has its own dashes and marker.

Both sets of colors reach a contrast of 4.5:1 against their page
(WCAG 2.2, success criterion 1.4.3) and stay apart for readers with
deuteranopia, protanopia and tritanopia; ``tests/test_palette.py`` measures both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """Colors of a page and of what stands on it besides the curves, as hex codes.

    Attributes:
        page: the background.
        panel: background of buttons and boxes.
        text: text and measured data.
        quiet: text that explains, and lines to compare with.
        line: borders and grids.
        focus: what has the keyboard's focus.
    """

    page: str
    panel: str
    text: str
    quiet: str
    line: str
    focus: str


LIGHT = Page("#ffffff", "#f6f7f9", "#1f2430", "#555e6e", "#c9ced8", "#0b5fd0")
DARK = Page("#1b2230", "#252d3d", "#eef1f7", "#b4bccb", "#465065", "#8ab4ff")
LIGHT_PAGE, DARK_PAGE = LIGHT.page, DARK.page


@dataclass(frozen=True)
class Line:
    """How a curve is drawn.

    Attributes:
        color: hex color on a light page.
        dark_color: hex color on a dark page.
        dash: line style, as an SVG ``stroke-dasharray`` (empty for a solid line).
        marker: matplotlib marker.
    """

    color: str
    dark_color: str
    dash: str
    marker: str

    @property
    def linestyle(self) -> str | tuple[int, tuple[float, ...]]:
        """The line style in matplotlib's form."""
        if not self.dash:
            return "-"
        return (0, tuple(float(length) for length in self.dash.split()))


@dataclass(frozen=True)
class Symbol(Line):
    """How one symbol of the LSTM equations is drawn.

    Attributes:
        key: the letter used in code, for example ``"f"``.
        name: what the symbol is called in a sentence.
        latex: the symbol in LaTeX, with its time index and without color.
        equation_color: hex color in equations, which cannot know their page: it reads on
            a light and on a dark one. Empty for the color of the text around.
        low, high: range of the values; ``None`` where there is no bound.
    """

    key: str
    name: str
    latex: str
    equation_color: str
    low: float | None
    high: float | None

    @property
    def tex(self) -> str:
        """The symbol in LaTeX in its color for equations, for Markdown cells.

        The outer braces keep MathJax 3, where ``\\color`` is a switch, from
        coloring the rest of the formula; the inner ones suit MathJax 2.
        """
        if not self.equation_color:
            return self.latex
        return rf"{{\color{{{self.equation_color}}}{{{self.latex}}}}}"


SYMBOLS: dict[str, Symbol] = {
    symbol.key: symbol
    for symbol in (
        Symbol("#067a75", "#38b09a", "", "o", "i", "input gate", "i_t", "#067a75", 0, 1),
        Symbol("#cc3a0c", "#ff7a45", "6 2", "s", "f", "forget gate", "f_t", "#cc3a0c", 0, 1),
        Symbol("#a834e8", "#d9b0ff", "2 2", "^", "g", "candidate", "g_t", "#a834e8", -1, 1),
        Symbol("#2038a8", "#5f8dff", "6 2 2 2", "D", "o", "output gate", "o_t", "#4e71e6", 0, 1),
        Symbol("#1f2430", "#eef1f7", "", "P", "c", "cell state", "c_t", "", None, None),
        Symbol("#8c1240", "#ff8fb0", "8 2", "v", "h", "hidden state", "h_t", "#ce4a71", -1, 1),
    )
}
"""The six symbols, in the order in which an LSTM step computes them."""

GATES = tuple(SYMBOLS[key] for key in "ifgo")
"""The four rows of PyTorch's stacked weights, in PyTorch's order."""

RIVALS = (
    Line("#0b5fd0", "#8ab4ff", "", "o"),
    Line("#a36510", "#fddf20", "5 2", "s"),
    Line("#1c5e41", "#4f9a79", "1 1.5", "^"),
    Line("#6e1471", "#b467f6", "6 2 2 2", "D"),
    Line("#5c0202", "#f25820", "10 2", "v"),
    Line("#c2255c", "#e699b7", "3 1.5", "X"),
)
"""Lines of what a figure compares: the first is what it is about, the last also what is wrong."""
