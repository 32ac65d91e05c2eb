"""One color, line style and marker for every symbol of the LSTM, used everywhere.

Equations, figures and widgets all take them from here, so a learner who has
met the forget gate once recognizes it in every later picture. Color is never
the only clue: each symbol also has its own line style and marker.

The two sets of colors reach a contrast of 4.5:1 against their page
(WCAG 2.2, success criterion 1.4.3) and stay apart for readers with
deuteranopia, protanopia and tritanopia; ``tests/test_palette.py`` measures both.
"""

from __future__ import annotations

from dataclasses import dataclass

LIGHT_PAGE = "#ffffff"
DARK_PAGE = "#1b2230"


@dataclass(frozen=True)
class Symbol:
    """How one symbol of the LSTM equations is drawn.

    Attributes:
        key: the letter used in code, for example ``"f"``.
        name: what the symbol is called in a sentence.
        latex: the symbol in LaTeX, with its time index and without color.
        color: hex color on a light page.
        dark_color: hex color on a dark page.
        dash: line style, as an SVG ``stroke-dasharray`` (empty for a solid line).
        marker: matplotlib marker.
        equation_color: hex color in equations, which cannot know their page: it reads on
            a light and on a dark one. Empty for the color of the text around.
        low, high: range of the values; ``None`` where there is no bound.
    """

    key: str
    name: str
    latex: str
    color: str
    dark_color: str
    dash: str
    marker: str
    equation_color: str
    low: float | None
    high: float | None

    @property
    def linestyle(self) -> str | tuple[int, tuple[float, ...]]:
        """The line style in matplotlib's form."""
        if not self.dash:
            return "-"
        return (0, tuple(float(length) for length in self.dash.split()))

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
        Symbol("i", "input gate", "i_t", "#067a75", "#38b09a", "", "o", "#067a75", 0, 1),
        Symbol("f", "forget gate", "f_t", "#cc3a0c", "#ff7a45", "6 2", "s", "#cc3a0c", 0, 1),
        Symbol("g", "candidate", "g_t", "#a834e8", "#d9b0ff", "2 2", "^", "#a834e8", -1, 1),
        Symbol("o", "output gate", "o_t", "#2038a8", "#5f8dff", "6 2 2 2", "D", "#4e71e6", 0, 1),
        Symbol("c", "cell state", "c_t", "#1f2430", "#eef1f7", "", "P", "", None, None),
        Symbol("h", "hidden state", "h_t", "#8c1240", "#ff8fb0", "8 2", "v", "#ce4a71", -1, 1),
    )
}
"""The six symbols, in the order in which an LSTM step computes them."""

GATES = tuple(SYMBOLS[key] for key in "ifgo")
"""The four rows of PyTorch's stacked weights, in PyTorch's order."""
