"""Figures of the lessons: one visible call each, always with alt text.

A lesson calls ``plots.gate_curves()`` and sees a figure; how it is drawn would
bury the story. Each function below draws on a figure of its own (pyplot and
the global backend are left alone), names its axes with units, and writes the
alt text from the same numbers that it draws.

``plots.<name>.draw(...)`` returns ``(figure, alt)`` without showing anything.
"""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Callable

import matplotlib as mpl
from matplotlib.figure import Figure

from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS

STYLE = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same widths everywhere
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#d9dde5",
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "lines.linewidth": 2.2,
    "legend.frameon": False,
    "figure.facecolor": LIGHT_PAGE,
}
DOTS_PER_INCH = 144  # twice the shown size, so that figures are sharp on a projector


def show(figure: Figure, *, alt: str) -> None:
    """Display a figure as a PNG with alt text.

    Args:
        figure: a matplotlib figure.
        alt: one or two sentences that tell a reader who cannot see the figure
            what it shows and what to notice in it.

    Raises:
        ValueError: if ``alt`` is empty.
    """
    from IPython.display import display  # heavy, and not needed to draw

    if not alt.strip():
        raise ValueError("alt must describe the figure in words; got an empty string")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    width, height = (round(inches * DOTS_PER_INCH / 2) for inches in figure.get_size_inches())
    display(
        {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
    )


def _shown(draw: Callable[..., tuple[Figure, str]]) -> Callable[..., None]:
    """Make ``draw(...) -> (figure, alt)`` a function that shows what it drew."""

    @functools.wraps(draw)
    def styled(*args, **kwargs) -> tuple[Figure, str]:
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    @functools.wraps(draw)
    def shown(*args, **kwargs) -> None:
        figure, alt = styled(*args, **kwargs)
        with mpl.rc_context(STYLE):
            show(figure, alt=alt)

    shown.draw = styled
    return shown


def _figure(width: float = 8, height: float = 3.5) -> Figure:
    """A figure of the given size in inches whose labels never overlap."""
    return Figure(figsize=(width, height), layout="constrained")


def _line_of(key: str, *, markers: bool = False) -> dict:
    """Color, line style and label of a symbol, as keyword arguments of ``Axes.plot``."""
    symbol = SYMBOLS[key]
    style = {"color": symbol.color, "linestyle": symbol.linestyle, "label": f"${symbol.latex}$"}
    return style | ({"marker": symbol.marker} if markers else {})
