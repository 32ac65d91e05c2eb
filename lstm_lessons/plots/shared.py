"""What the figures of several lessons share: the style, showing one, and the figures themselves."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
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
GRAY = "#555e6e"


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


def shown(draw: Callable[..., tuple[Figure, str]]) -> Callable[..., None]:
    """Make ``draw(...) -> (figure, alt)`` a function that shows what it drew."""

    @functools.wraps(draw)
    def styled(*args, **kwargs) -> tuple[Figure, str]:
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    @functools.wraps(draw)
    def show_it(*args, **kwargs) -> None:
        figure, alt = styled(*args, **kwargs)
        with mpl.rc_context(STYLE):
            show(figure, alt=alt)

    show_it.draw = styled
    return show_it


def new_figure(width: float = 8, height: float = 3.5) -> Figure:
    """A figure of the given size in inches whose labels never overlap."""
    return Figure(figsize=(width, height), layout="constrained")


def symbol_style(key: str, *, markers: bool = False) -> dict:
    """Color, line style and label of a symbol, as keyword arguments of ``Axes.plot``."""
    symbol = SYMBOLS[key]
    style = {"color": symbol.color, "linestyle": symbol.linestyle, "label": f"${symbol.latex}$"}
    return style | ({"marker": symbol.marker} if markers else {})


@shown
def history(record: History) -> tuple[Figure, str]:
    """Losses by epoch and, beside them, the gradient norm of every step.

    Args:
        record: what ``train.fit`` returned.
    """
    figure = new_figure(10, 3.6)
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


KINDS = (  # by the order in which they are given: a style for each kind of network or program
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
    {"color": "#a3242b", "linestyle": (0, (5, 1.5)), "marker": "X"},
    {"color": "#0f766e", "linestyle": (0, (1, 1.5)), "marker": "^"},
    {"color": "#7a5c00", "linestyle": (0, (6, 2, 2, 2)), "marker": "D"},
)


@shown
def accuracies(
    rows: Mapping[str, Mapping[str, np.ndarray]],
    *,
    baselines: Mapping[str, float] | None = None,
    lowest: float = 0.0,
) -> tuple[Figure, str]:
    """Test accuracy of several kinds of network, one mark a seed.

    Args:
        rows: per kind of network and way to measure it, the accuracy of each seed, shape (S,),
            between 0 and 1. The ways are the same in every row.
        baselines: accuracies of simple methods, drawn as lines.
        lowest: where the axis begins, between 0 and 1.
    """
    ways = list(dict.fromkeys(way for measured in rows.values() for way in measured))
    figure = new_figure(9, 0.5 * len(rows) + 1.2 + 0.25 * bool(baselines))
    axes = figure.subplots()
    said = []
    for row, (name, measured) in enumerate(rows.items()):
        for way, values in measured.items():
            number = ways.index(way)
            style = {k: v for k, v in KINDS[number].items() if k != "linestyle"}
            axes.plot(
                100 * values, np.full(len(values), row + 0.16 * (number - (len(ways) - 1) / 2)),
                linestyle="none", markersize=8, alpha=0.8, clip_on=False,
                label=way if row == 0 else None, **style,
            )  # fmt: skip
            said.append(f"{name}{f', {way}' if len(ways) > 1 else ''}: {100 * values.mean():.1f}")
    for name, value in (baselines or {}).items():
        axes.axvline(100 * value, color=GRAY, linewidth=1.2, linestyle="--")
        axes.text(100 * value, -0.62, f"{name} ", ha="right", va="bottom", fontsize=11)
    axes.set(
        xlabel="test accuracy (%)", xlim=(100 * lowest, 100), yticks=range(len(rows)),
        yticklabels=list(rows), ylim=(len(rows) - 0.5, -0.9 if baselines else -0.5),
    )  # fmt: skip
    if len(ways) > 1:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    simple = "".join(f"; {name}: {100 * value:.1f}" for name, value in (baselines or {}).items())
    seeds = max(len(values) for measured in rows.values() for values in measured.values())
    alt = (
        f"Test accuracy in percent, one mark for each of {seeds} seeds. Means: "
        f"{'; '.join(said)}{simple}."
    )
    return figure, alt
