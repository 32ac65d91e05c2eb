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
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS

if TYPE_CHECKING:
    from lstm_lessons.train import History

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


# Training


@_shown
def history(record: History) -> tuple[Figure, str]:
    """Losses by epoch and, beside them, the gradient norm of every step.

    Args:
        record: what ``train.fit`` returned.
    """
    figure = _figure(10, 3.6)
    losses, norms = figure.subplots(1, 2)
    epochs = range(1, len(record.train_loss) + 1)
    losses.plot(epochs, record.train_loss, color="#555e6e", linestyle="--", label="training loss")
    alt = f"Left: the training loss falls from {record.train_loss[0]:.3g} to "
    alt += f"{record.train_loss[-1]:.3g} in {len(record.train_loss)} epochs. "
    if record.validation:
        best = record.validation[record.best_epoch]
        losses.plot(
            range(1, len(record.validation) + 1),
            record.validation,
            color="#0b5fd0",
            label="validation",
        )
        losses.plot(record.best_epoch + 1, best, "o", color="#0b5fd0", markersize=9)
        losses.annotate(
            f"best: {best:.3g}", (record.best_epoch + 1, best), xytext=(0, 10),
            textcoords="offset points", ha="center",
        )  # fmt: skip
        alt += f"The best validation value, {best:.3g}, comes in epoch {record.best_epoch + 1}. "
    losses.set(xlabel="epoch", ylabel="loss", title="Loss by epoch")
    losses.legend()

    norms.plot(record.gradient_norm, color="#555e6e", linewidth=1)
    if record.clip_norm is not None:
        norms.axhline(record.clip_norm, color="#cc3a0c", linestyle="--", label="clip_norm")
        norms.legend()
        alt += f"Right: {record.clipped_share:.0%} of the gradient norms lie above clip_norm. "
    norms.set(yscale="log", xlabel="step", ylabel="gradient norm", title="Before clipping")
    return figure, alt.strip()
