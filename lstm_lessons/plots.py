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
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from lstm_lessons.confidence import interval, paired
from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lstm_lessons.benchmark.timing import Row
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
_GRAY = "#555e6e"


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


# Benchmarks

_PHASE_STYLES = {
    "forward": {"marker": "o", "color": "#a3242b", "markerfacecolor": LIGHT_PAGE},
    "training": {"marker": "s", "color": "#0b5fd0"},  # and whatever else takes steps
}
_RATIO_TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


@_shown
def benchmark(rows: Iterable[Row], *, source: str = "") -> tuple[Figure, str]:
    """Times as multiples of a baseline's, a panel for each comparison, quartiles as whiskers.

    Args:
        rows: of one comparison or more, as from ``bench.dense`` or in ``timing.Record.rows``.
        source: where the numbers come from, written below; as ``timing.Record.label``.
    """
    comparisons = {}
    for row in rows:
        comparisons.setdefault((row.table, row.shape), []).append(row)
    columns = min(2, len(comparisons))
    lines = -(-len(comparisons) // columns)
    tallest = max(len({row.program for row in group}) for group in comparisons.values())
    figure = _figure(8.5 * columns, (0.36 * tallest + 1.4) * lines)
    panels = figure.subplots(lines, columns, squeeze=False).flat
    said = []
    for axes, ((table, shape), group) in zip(panels, comparisons.items(), strict=False):
        said.append(_ratios(axes, group))
        # Long names of programs leave a narrow panel; a title wider than it would be cut off.
        title = f"{table}: {shape}" if shape else table
        axes.set_title(textwrap.fill(title, 44), fontsize=12)
    for axes in panels:  # those that are left over
        axes.axis("off")
    marks = {
        label: mark
        for axes in figure.axes
        for mark, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    if marks:
        figure.legend(marks.values(), marks, loc="outside upper right", ncols=len(marks))
    if source:
        figure.supxlabel(source, fontsize=10, color=_GRAY)
    return figure, f"Times as multiples of a baseline's, log scale. {' '.join(said)}"


def _ratios(axes: Axes, rows: Sequence[Row]) -> str:
    """Draw one comparison; returns what it shows, in a sentence."""
    programs = list(dict.fromkeys(row.program for row in rows))
    phases = list(dict.fromkeys(row.phase for row in rows))
    first = rows[0]
    axes.axvline(1, color=_GRAY, linewidth=1.2, linestyle="--")
    for row in rows:
        at = programs.index(row.program) + 0.16 * (phases.index(row.phase) * 2 - len(phases) + 1)
        if row.ratio is None:
            if row.phase == phases[-1]:
                axes.text(0.02, programs.index(row.program), "cannot run here", va="center",
                          transform=axes.get_yaxis_transform(), color=_GRAY,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
            continue
        low, median, high = row.ratio
        style = _PHASE_STYLES.get(row.phase, _PHASE_STYLES["training"])
        axes.plot([low, high], [at, at], color=style["color"], linewidth=1.4)
        label = row.phase if len(phases) > 1 and row.program == first.program else None
        axes.plot(median, at, linestyle="none", markersize=7, label=label, **style)
        if row.phase == phases[-1]:
            axes.text(
                1.01, at, f"{median:.2f}", transform=axes.get_yaxis_transform(), va="center",
                color=style["color"], fontsize=11,
            )  # fmt: skip
    bounds = [bound for row in rows for bound in row.ratio or ()]
    left, right = min(bounds) / 1.2, max(bounds) * 1.2
    left, right = min(left, 0.7), max(right, 1.5)
    ticks = [tick for tick in _RATIO_TICKS if left <= tick <= right]
    axes.set(
        xscale="log", xlim=(left, right), xticks=ticks, xticklabels=[f"{t:g}" for t in ticks],
        yticks=range(len(programs)), yticklabels=programs, ylim=(len(programs) - 0.5, -0.5),
        xlabel=f"time, as a multiple of {first.baseline} (left is faster)",
    )  # fmt: skip
    axes.minorticks_off()
    listed = "; ".join(
        f"{row.program}: {f'{row.ratio[1]:.2f}' if row.ratio else 'cannot run here'}"
        for row in rows
        if row.phase == phases[-1]
    )
    compared = ", ".join(filter(None, (first.table, first.shape)))
    return f"{compared}, {phases[-1]}: {listed}."


# Lesson 0

_WHAT_IT_DOES = {
    "i": "how much is written",
    "f": "how much of the old memory stays",
    "g": "what could be written",
    "o": "how much of the memory is shown",
    "c": "the memory itself",
    "h": "what the cell shows of it",
}


@_shown
def symbols() -> tuple[Figure, str]:
    """The six symbols of an LSTM, each with its line, marker, range and work."""
    figure = _figure(8.5, 3.1)
    axes = figure.subplots()
    axes.axis("off")
    axes.set(xlim=(0, 10), ylim=(len(SYMBOLS) - 0.5, -0.9))
    for place, title in ((0.9, "line"), (2.0, "symbol and name"), (4.7, "range"), (6.3, "work")):
        axes.text(place, -0.75, title, color="#555e6e", ha="center" if place == 0.9 else "left")
    described = []
    for row, symbol in enumerate(SYMBOLS.values()):
        style = _line_of(symbol.key, markers=True) | {"markersize": 8}
        axes.plot([0.1, 0.9, 1.7], [row] * 3, **style)
        axes.text(2.0, row, f"${symbol.latex}$", color=symbol.color, va="center", fontsize=15)
        axes.text(2.5, row, symbol.name, color=symbol.color, va="center")
        bounds = "no bound" if symbol.low is None else f"{symbol.low} to {symbol.high}"
        axes.text(4.7, row, bounds, va="center")
        axes.text(6.3, row, _WHAT_IT_DOES[symbol.key], va="center")
        described.append(f"{symbol.key}, {symbol.name}, {bounds}: {_WHAT_IT_DOES[symbol.key]}")
    alt = "Each symbol has its own line and marker. " + "; ".join(described) + "."
    return figure, alt


@_shown
def fading(start_only: Sequence[float], memory: Sequence[float]) -> tuple[Figure, str]:
    """A memory that is scaled at every step, alone and with something written to it.

    Args:
        start_only: the memory at steps 0 to T if nothing is written.
        memory: the same if something is written at every step.
    """
    figure = _figure(8.5, 3.0)
    axes = figure.subplots()
    color = SYMBOLS["c"].color
    axes.axhline(0, color="#8a93a3", linewidth=1)
    axes.plot(start_only, color=color, marker="P", label="nothing is written")
    axes.plot(memory, color="#555e6e", linestyle="--", marker="x", label="a little is written")
    axes.set(xlabel="step t", ylabel="memory $c_t$", xlim=(-0.3, len(memory) - 0.7))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()
    alt = (
        f"Memory over {len(memory) - 1} steps. With nothing written it falls smoothly from "
        f"{start_only[0]:.0f} to {start_only[-1]:.2f}. With a little written at each step it "
        f"wanders around that curve and ends at {memory[-1]:.2f}."
    )
    return figure, alt


# Lesson 1

_RNN_STYLES = (  # two plain RNNs: a style of their own, beside the forget gate's color
    {"color": "#8a93a3", "linestyle": (0, (1, 1.5)), "marker": "x"},
    {"color": _GRAY, "linestyle": (0, (5, 1.5)), "marker": "+"},
)
_BIAS_MARKERS = ("s", "^", "o")


@_shown
def squashing() -> tuple[Figure, str]:
    """The two curves of the LSTM: σ for gates (how much?), tanh for values (which way?)."""
    figure = _figure(9, 3.2)
    gate, value = figure.subplots(1, 2)
    z = np.linspace(-8, 8, 161)
    gate.plot(z, 1 / (1 + np.exp(-z)), color=SYMBOLS["i"].color)
    for at, text, align in ((-5, "closed\n0.007", "center"), (0, "  half open\n  0.5", "left"),
                            (5, "open\n0.993", "center")):  # fmt: skip
        height = 1 / (1 + np.exp(-at))
        gate.plot(at, height, SYMBOLS["i"].marker, color=SYMBOLS["i"].color, markersize=8)
        offset = {-5: (0, 10), 0: (6, -22), 5: (0, -34)}[at]
        gate.annotate(
            text, (at, height), xytext=offset, textcoords="offset points", ha=align, fontsize=11
        )
    gate.set(
        title=r"Gates: $\sigma(z)$, how much passes",
        xlabel="sum z",
        ylabel="gate",
        ylim=(-0.05, 1.05),
    )
    value.plot(z, np.tanh(z), color=SYMBOLS["g"].color, label=r"$\tanh(z)$")
    value.plot(z, z, color=_GRAY, linestyle=":", linewidth=1.5, label="z itself")
    value.set(
        title=r"Values: $\tanh(z)$, with a sign", xlabel="sum z", ylabel="value", ylim=(-1.3, 1.3)
    )
    value.legend(loc="lower right")
    alt = (
        "Left: the sigmoid rises from 0 to 1; it is 0.007 at z = -5 (closed), 0.5 at 0 (half "
        "open) and 0.993 at 5 (open). Right: tanh rises from -1 to 1 and follows the line z "
        "itself only near 0."
    )
    return figure, alt


@_shown
def gradient_paths(
    rnn: Mapping[str, np.ndarray], lstm: Mapping[float, np.ndarray]
) -> tuple[Figure, str]:
    """How much of a gradient is left after so many steps, every draw a line.

    Args:
        rnn: per name of a plain RNN, largest singular value of the product of
            Jacobians, shape (draws, T).
        lstm: per forget bias, the largest product of forget gates, shape (draws, T).
    """
    figure = _figure(9, 4.6)
    axes = figure.subplots()
    forget = SYMBOLS["f"]
    styles = dict(zip(rnn, _RNN_STYLES, strict=False)) | {
        bias: {"color": forget.color, "linestyle": forget.linestyle, "marker": marker}
        for bias, marker in zip(lstm, _BIAS_MARKERS, strict=False)
    }
    ends = []
    every_kind = dict(rnn) | dict(lstm)
    for key, draws in every_kind.items():
        steps = np.arange(1, draws.shape[1] + 1)
        every = max(1, len(steps) // 8)
        label = key if key in rnn else f"LSTM, forget bias {key:g}"
        for number, draw in enumerate(draws):
            axes.plot(
                steps, draw, linewidth=1.3, markersize=5, markevery=every,
                label=label if number == 0 else None, **styles[key],
            )  # fmt: skip
        ends.append(f"{label}: about 10 to the power {round(np.log10(np.median(draws[:, -1])))}")
    axes.axhline(1, color=_GRAY, linewidth=1)
    axes.set(
        yscale="log", xlabel="number of steps T - k", ylabel="largest factor on the way",
        title=r"What is left of a gradient that travels back from $c_T$ to $c_k$",
    )  # fmt: skip
    handles, labels = axes.get_legend_handles_labels()
    from_top = np.argsort([-np.median(left[:, -1]) for left in every_kind.values()])
    axes.legend(
        [handles[n] for n in from_top], [labels[n] for n in from_top],
        loc="center left", bbox_to_anchor=(1.0, 0.5),
    )  # fmt: skip
    alt = (
        "Log plot of the factor by which a gradient shrinks over the number of steps, one line per "
        f"draw. After {len(steps)} steps, median, from top to bottom: "
        f"{'; '.join(ends[n] for n in from_top)}."
    )
    return figure, alt


@_shown
def silenced_memory(
    right: np.ndarray, wrong: np.ndarray, write: int, reads: Sequence[int]
) -> tuple[Figure, str]:
    """Cell state of the right and of the wrong program while the output gate is closed.

    Args:
        right, wrong: cell state after each step, shape (T,).
        write: the step at which +1 is written.
        reads: the steps at which the output gate opens.
    """
    figure = _figure(9, 3.2)
    axes = figure.subplots()
    steps = np.arange(len(right))
    axes.plot(steps, right, color=SYMBOLS["c"].color, marker="P", markevery=3, label="right")
    axes.plot(
        steps, wrong, color=_GRAY, linestyle="--", marker="x", markevery=3, label="wrong program"
    )
    for step, text in [(write, "write"), *((read, "read") for read in reads)]:
        axes.axvline(step, color=_GRAY, linewidth=1, linestyle=":")
        axes.annotate(
            text, (step, 1.22), ha="center", va="bottom", annotation_clip=False, fontsize=11
        )
    axes.set(xlabel="step t", ylabel=r"cell state $c_t$", ylim=(-0.1, 1.2))
    axes.legend(loc="center", bbox_to_anchor=(0.7, 0.5))
    alt = (
        f"Cell state over {len(right)} steps. After the write at step {write} the right program "
        f"holds {right[write]:.1f} to the end, at {right[-1]:.1f}; the wrong one is at "
        f"{wrong[write]:.1f} at once and at {wrong[-1]:.1f} when it is read."
    )
    return figure, alt


@_shown
def exploding_gradient(full: np.ndarray, direct: np.ndarray) -> tuple[Figure, str]:
    """Size of the gradient that reaches c_k: all paths, and the direct path alone.

    Args:
        full: gradient norm at every step, shape (draws, T).
        direct: the same along the cell state alone, shape (draws, T).
    """
    figure = _figure(9, 3.8)
    axes = figure.subplots()
    back = np.arange(full.shape[1])[::-1]
    forget = SYMBOLS["f"]
    for number, (all_paths, one_path) in enumerate(zip(full, direct, strict=True)):
        first = number == 0  # one entry per kind in the legend
        axes.plot(
            back, all_paths, color=SYMBOLS["h"].color, linewidth=1.5, marker="v", markevery=10,
            label="all paths, also through h" if first else None,
        )  # fmt: skip
        axes.plot(
            back, one_path, color=forget.color, linestyle=forget.linestyle, linewidth=1.5,
            marker="s", markevery=10, label="direct path, product of f" if first else None,
        )  # fmt: skip
    axes.set(
        yscale="log", xlabel="steps back from the end, T - k",
        ylabel=r"norm of the gradient at $c_k$", title="Large weights on h: gradients explode",
    )  # fmt: skip
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    alt = (
        f"Log plot over {full.shape[1]} steps back, one line per draw. Along the direct path the "
        "gradient never grows; along all paths together its median grows by a factor of about "
        f"10 to the power {np.log10(np.median(full[:, 0] / full[:, -1])):.0f}."
    )
    return figure, alt


# Lesson 2

_RIVALS = (  # by the order in which they are given: a style for each network that is trained
    {"color": "#8a93a3", "linestyle": (0, (1, 1.5)), "marker": "x"},
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
)


@_shown
def adding_sequence(x: np.ndarray) -> tuple[Figure, str]:
    """One sequence of the adding problem: its numbers, and the two marked ones.

    Args:
        x: shape (T, 2): numbers and marks.
    """
    numbers, marks = np.asarray(x).T
    marked = np.flatnonzero(marks)
    figure = _figure(9, 2.8)
    axes = figure.subplots()
    axes.vlines(np.arange(len(numbers)), 0, numbers, color="#8a93a3", linewidth=2)
    axes.vlines(marked, 0, numbers[marked], color="#0b5fd0", linewidth=4)
    axes.plot(marked, numbers[marked], "v", color="#0b5fd0", markersize=10, clip_on=False)
    axes.vlines(marked, numbers[marked], 1.08, color="#0b5fd0", linewidth=1, linestyle=":")
    for step in marked:
        axes.text(step, 1.1, f"marked: {numbers[step]:.2f}", ha="center", fontweight="bold")
    axes.set(xlabel="step t", ylabel="number", ylim=(0, 1.3), yticks=[0, 0.5, 1])
    axes.set_title(f"To be answered after the last step: {numbers[marked].sum():.2f}")
    alt = (
        f"{len(numbers)} numbers between 0 and 1, one a step. Two are marked: "
        + " and ".join(f"{numbers[step]:.2f} at step {step}" for step in marked)
        + f". The answer is their sum, {numbers[marked].sum():.2f}."
    )
    return figure, alt


@_shown
def learning_curves(
    curves: Mapping[str, np.ndarray], *, guess: float, window: int = 10
) -> tuple[Figure, str]:
    """Errors of several networks during training, every seed a line.

    Args:
        curves: per name, the error of each update, shape (updates, S).
        guess: the error of a constant guess, drawn as a line.
        window: number of updates that one point averages.
    """
    figure = _figure(9, 3.8)
    axes = figure.subplots()
    ends = []
    for (name, curve), style in zip(curves.items(), _RIVALS, strict=False):
        blocks = curve[: len(curve) // window * window].reshape(-1, window, curve.shape[1])
        at = (np.arange(len(blocks)) + 1) * window
        for number, line in enumerate(blocks.mean(axis=1).T):
            axes.plot(
                at, line, label=f"{name}, {curve.shape[1]} seeds" if number == 0 else None,
                linewidth=1.6, markersize=5, markevery=(number, 5), **style,
            )  # fmt: skip
        reached = "below 0.01" if (blocks[-1].mean(axis=0) < 0.01).all() else "near the guess"
        ends.append(f"the {name} ends {reached}")
    axes.axhline(guess, color=_GRAY, linewidth=1.2, linestyle="--")
    axes.text(
        0.99, guess * 1.6, "always the same guess", transform=axes.get_yaxis_transform(),
        ha="right", va="center", fontsize=11,
    )  # fmt: skip
    axes.axhline(0.01, color="#c9ced8", linewidth=1.2)
    axes.set(
        yscale="log", xlabel="updates of the weights", ylabel="mean squared error",
        ylim=(7e-4, 0.7), yticks=[0.001, 0.01, 0.1], yticklabels=["0.001", "0.01", "0.1"],
    )  # fmt: skip
    axes.legend(loc="lower left")
    alt = (
        "Mean squared error over the updates of the weights, log scale, one line per seed. All "
        f"start near the error of a constant guess, {guess:.3f}; {', '.join(ends)}."
    )
    return figure, alt


@_shown
def gates_at_marks(gates: Mapping[str, np.ndarray], marks: Sequence[int]) -> tuple[Figure, str]:
    """A unit's gates and cell state on one sequence, the marked steps pointed out.

    Args:
        gates: per symbol (``"i"``, ``"f"``, ``"c"``, ...), its values, shape (T,).
        marks: the marked steps, counted from 0.
    """
    figure = _figure(9, 1.3 * len(gates) + 0.7)
    every = figure.subplots(len(gates), 1, sharex=True)
    for axes, (key, values) in zip(every, gates.items(), strict=True):
        symbol = SYMBOLS[key]
        for mark in marks:
            axes.axvline(mark, color="#f2c94c", linewidth=6, alpha=0.6)
        axes.plot(values, **_line_of(key), marker=symbol.marker, markersize=3.5)
        axes.set_ylabel(f"{symbol.name}\n${symbol.latex}$", fontsize=11)
        if symbol.high == 1:
            axes.set(ylim=(-0.08, 1.08), yticks=[0, 0.5, 1])
    for mark in marks:
        every[0].annotate(
            "marked", (mark, 1.1), ha="center", va="bottom", annotation_clip=False, fontsize=11
        )
    every[-1].set_xlabel("step t")
    steps = len(next(iter(gates.values())))
    alt = (
        f"{', '.join(SYMBOLS[key].name for key in gates)} of one unit over {steps} steps, the "
        f"marked steps {' and '.join(str(mark) for mark in marks)} pointed out."
    )
    return figure, alt


@_shown
def ablation(errors: Mapping[str, np.ndarray], *, guess: float) -> tuple[Figure, str]:
    """Test error of every variant of the cell, one dot a seed.

    Args:
        errors: per variant, the mean squared error of each seed, shape (S,).
        guess: the error of a constant guess, drawn as a line.
    """
    figure = _figure(9, 0.42 * len(errors) + 1.2)
    axes = figure.subplots()
    for row, values in enumerate(errors.values()):
        failed = np.median(values) > 0.1
        axes.plot(
            values, np.full(len(values), row), "X" if failed else "o", markersize=9,
            color="#a3242b" if failed else "#0b5fd0", alpha=0.75, linestyle="none",
        )  # fmt: skip
    axes.axvline(guess, color=_GRAY, linewidth=1.2, linestyle="--")
    axes.text(guess * 0.97, -0.75, "always the same guess", ha="right", va="center", fontsize=11)
    axes.set(
        xscale="log", xlabel="test mean squared error (left is better)", yticks=range(len(errors)),
        yticklabels=list(errors), ylim=(len(errors) - 0.5, -1.1), xlim=(7e-4, 0.4),
        xticks=[0.001, 0.01, 0.1], xticklabels=["0.001", "0.01", "0.1"],
    )  # fmt: skip
    failed = [name for name, values in errors.items() if np.median(values) > 0.1]
    alt = (
        "Test error of each variant of the cell, one dot per seed, log scale. Near the error of a "
        f"constant guess, {guess:.3f}: {', '.join(failed) or 'none'}."
    )
    return figure, alt


# Lesson 3

_WAYS = (  # by the order in which they are given: a style for each way to treat the state
    {"color": "#1f2430", "linestyle": ":", "marker": "x", "zorder": 5},  # the first lies on top
    {"color": "#a834e8", "linestyle": (0, (5, 1.5)), "marker": "^"},
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
    {"color": "#a3242b", "linestyle": (0, (6, 2, 2, 2)), "marker": "D"},
)


@_shown
def stream_in_windows(
    x: np.ndarray, guesses: Mapping[str, np.ndarray], window: int
) -> tuple[Figure, str]:
    """A stream, and what two forecasters said one step before, cut into windows.

    Args:
        x: the true values, shape (T,).
        guesses: per name, the guess for each of them, shape (T,).
        window: steps a window; a line is drawn wherever one begins.
    """
    figure = _figure(10, 4.4)
    stream, errors = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    stream.plot(x, color="#1f2430", linewidth=1.4, label="the stream")
    for (name, guess), style in zip(guesses.items(), (_WAYS[0], _WAYS[2]), strict=True):
        stream.plot(guess, label=name, markersize=5, linewidth=1.2, **style)
        errors.plot(np.abs(guess - x), label=name, markersize=5, linewidth=1.2, **style)
    for axes in (stream, errors):
        for start in range(0, len(x), window):
            axes.axvline(start, color="#f2c94c", linewidth=5, alpha=0.5, zorder=0)
    stream.set(ylabel="value", title="Yellow: a window begins")
    stream.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    errors.set(xlabel="step t", ylabel="distance", ylim=(0, None))
    starts = np.arange(len(x)) % window == 0
    said = [
        f"{name}, {np.abs(guess - x)[starts].mean():.2f} at the first step of a window and "
        f"{np.abs(guess - x)[~starts].mean():.2f} at the others"
        for name, guess in guesses.items()
    ]
    alt = (
        f"A stream of {len(x)} steps in windows of {window}, with two forecasts. Mean distance "
        f"from the truth: {'; '.join(said)}."
    )
    return figure, alt


@_shown
def error_by_step(
    errors: Mapping[str, np.ndarray], *, floor: float | None = None
) -> tuple[Figure, str]:
    """Mean squared error at each step of a window, one thin line a seed.

    Args:
        errors: per way to treat the state, shape (S, W): seeds and steps of a window.
        floor: an error that nobody can beat, drawn as a line.
    """
    figure = _figure(9, 3.8)
    axes = figure.subplots()
    said = []
    for (name, values), style in zip(errors.items(), _WAYS, strict=False):
        at = np.arange(1, values.shape[1] + 1)
        for number, line in enumerate(values):
            axes.plot(
                at, line, label=name if number == 0 else None, linewidth=1.4, markersize=5, **style
            )
        first, last = values[:, 0].mean(), values[:, -1].mean()
        said.append(f"{name}, from {first:.2f} at the first to {last:.2f} at the last")
    if floor is not None:
        axes.axhline(floor, color=_GRAY, linewidth=1.2, linestyle="--")
        axes.text(1, floor * 1.1, "the noise itself", ha="left", va="bottom", fontsize=11)
    axes.set(xlabel="step of the window", ylabel="mean squared error", yscale="log")
    ticks = [0.01, 0.03, 0.1, 0.3, 1]
    axes.set(ylim=(0.008, 1), yticks=ticks, yticklabels=[f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    seeds = next(iter(errors.values())).shape[0]
    alt = (
        f"Mean squared error at each step of a window, log scale, one line for each of {seeds} "
        f"seeds. {'; '.join(said)}."
    )
    return figure, alt


@_shown
def padding(
    lengths: np.ndarray, ways: Mapping[str, Sequence[np.ndarray]], *, batches: int = 6
) -> tuple[Figure, str]:
    """What is data and what is padding in the first batches, for several ways to batch.

    Args:
        lengths: true lengths, shape (N,).
        ways: per name, batches of indices into ``lengths``.
        batches: number of batches that are drawn.
    """
    figure = _figure(10, 3.4)
    panels = figure.subplots(1, len(ways), sharey=True, squeeze=False)[0]
    said = []
    for axes, (name, indices) in zip(panels, ways.items(), strict=True):
        drawn = [lengths[batch] for batch in indices[:batches]]
        longest = np.concatenate([np.full(len(part), part.max()) for part in drawn])
        true = np.concatenate(drawn)
        edges = np.arange(len(true) + 1) - 0.5
        # One outline: as bars of their own, 1,280 recordings take two seconds to draw.
        axes.stairs(longest, edges, fill=True, facecolor="#f3d3c6", hatch="///",
                    edgecolor="#cc3a0c", linewidth=0, label="padding")  # fmt: skip
        axes.stairs(true, edges, fill=True, color="#0b5fd0", label="data")
        for border in np.cumsum([len(part) for part in drawn])[:-1]:
            axes.axvline(border - 0.5, color="white", linewidth=2)
        share = 1 - true.sum() / longest.sum()
        axes.set(
            xlabel=f"recordings, in {len(drawn)} batches", title=f"{name}: {share:.0%} padding"
        )
        said.append(f"{name}, {share:.0%} of the steps")
    panels[0].set_ylabel("steps (frames)")
    handles, labels = panels[-1].get_legend_handles_labels()
    panels[-1].legend(handles, labels, loc="center left", bbox_to_anchor=(1.0, 0.5))
    alt = (
        f"Bars of the lengths of all recordings in {batches} batches, padded to the longest of "
        f"each batch. Padding: {'; '.join(said)}."
    )
    return figure, alt


@_shown
def in_batches_and_alone(
    errors: Mapping[str, Mapping[str, np.ndarray]], *, baseline: np.ndarray, baseline_name: str
) -> tuple[Figure, str]:
    """Test errors of programs that are asked in batches and one by one, one dot a seed.

    Args:
        errors: per program and way to ask it, the error of each seed, shape (S,).
        baseline: error of a simple method for each seed, shape (S,).
        baseline_name: what that method is called.
    """
    rows = {
        f"{program}, {way}": values
        for program, ways in errors.items()
        for way, values in ways.items()
    }
    figure = _figure(9, 0.5 * (len(rows) + 1) + 1.1)
    axes = figure.subplots()
    markers = dict(zip(errors, ("X", "o"), strict=False))
    colors = dict(zip(errors, ("#a3242b", "#0b5fd0"), strict=False))
    for row, (name, values) in enumerate(rows.items()):
        program = next(key for key in errors if name.startswith(f"{key},"))
        axes.plot(
            values, np.full(len(values), row), markers[program], color=colors[program],
            markersize=9, alpha=0.8, linestyle="none",
        )  # fmt: skip
    axes.plot(baseline, np.full(len(baseline), len(rows)), "|", color=_GRAY, markersize=16, mew=3)
    axes.set(
        xscale="log", xlabel="test mean squared error (left is better)", xlim=(0.02, 2),
        yticks=range(len(rows) + 1), yticklabels=[*rows, baseline_name],
        ylim=(len(rows) + 0.5, -0.5), xticks=[0.03, 0.1, 0.3, 1],
        xticklabels=["0.03", "0.1", "0.3", "1"],
    )  # fmt: skip
    axes.minorticks_off()
    said = [f"{name}, {np.median(values):.2f}" for name, values in rows.items()]
    alt = (
        f"Test error, one mark per seed, log scale. Medians: {'; '.join(said)}; "
        f"{baseline_name}, {np.median(baseline):.2f}."
    )
    return figure, alt


# Lesson 4

_KINDS = (  # by the order in which they are given: a style for each kind of network or program
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
    {"color": "#a3242b", "linestyle": (0, (5, 1.5)), "marker": "X"},
    {"color": "#0f766e", "linestyle": (0, (1, 1.5)), "marker": "^"},
    {"color": "#7a5c00", "linestyle": (0, (6, 2, 2, 2)), "marker": "D"},
)


@_shown
def spoken_digits(recordings: Mapping[str, Sequence[np.ndarray]]) -> tuple[Figure, str]:
    """Recordings as pictures: time to the right, one row a coefficient, a column of panels a word.

    Args:
        recordings: per word, some recordings, shape (T_n, I) each, scaled to unit deviation.
    """
    rows = max(len(clips) for clips in recordings.values())
    figure = _figure(10, 1.9 * rows + 0.5)
    panels = figure.subplots(rows, len(recordings), squeeze=False)
    said = []
    for column, (word, clips) in enumerate(recordings.items()):
        for axes, clip in zip(panels[:, column], clips, strict=False):
            picture = axes.imshow(
                clip.T, aspect="auto", origin="lower", cmap="cividis", vmin=-2.5, vmax=2.5,
                interpolation="nearest", extent=(0.5, len(clip) + 0.5, 0.5, clip.shape[1] + 0.5),
            )  # fmt: skip
            axes.grid(visible=False)
            axes.xaxis.get_major_locator().set_params(integer=True)
        panels[0, column].set_title(f"“{word}”")
        panels[-1, column].set_xlabel("frame")
        said.append(f"{word}, {' and '.join(str(len(clip)) for clip in clips)} frames")
    for axes in panels[:, 0]:
        axes.set_ylabel("coefficient")
    figure.colorbar(picture, ax=panels, label="standard deviations", fraction=0.02)
    alt = (
        "Recordings drawn as pictures, frames to the right, 13 coefficients upward, light where a "
        f"coefficient is high: {'; '.join(said)}."
    )
    return figure, alt


@_shown
def lengths_by_class(lengths: np.ndarray, labels: np.ndarray) -> tuple[Figure, str]:
    """How long the recordings of each class are: every recording a dot, the median a bar.

    Args:
        lengths, labels: of each recording, shape (N,).
    """
    figure = _figure(9, 3.2)
    axes = figure.subplots()
    classes = np.unique(labels)
    middles = [np.median(lengths[labels == k]) for k in classes]
    spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(lengths))  # dots side by side
    axes.plot(labels + spread, lengths, ".", color="#0b5fd0", markersize=3, alpha=0.5)
    axes.hlines(middles, classes - 0.38, classes + 0.38, color="#1f2430", linewidth=3)
    axes.set(xlabel="digit", ylabel="length (frames)", xticks=classes, ylim=(0, None))
    alt = (
        f"Lengths of {len(lengths)} recordings by digit. Medians: "
        f"{', '.join(f'{k}: {middle:g}' for k, middle in zip(classes, middles, strict=True))}. "
        f"The longest has {lengths.max()} frames."
    )
    return figure, alt


@_shown
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
    figure = _figure(9, 0.5 * len(rows) + 1.2 + 0.25 * bool(baselines))
    axes = figure.subplots()
    said = []
    for row, (name, measured) in enumerate(rows.items()):
        for way, values in measured.items():
            number = ways.index(way)
            style = {k: v for k, v in _KINDS[number].items() if k != "linestyle"}
            axes.plot(
                100 * values, np.full(len(values), row + 0.16 * (number - (len(ways) - 1) / 2)),
                linestyle="none", markersize=8, alpha=0.8, clip_on=False,
                label=way if row == 0 else None, **style,
            )  # fmt: skip
            said.append(f"{name}{f', {way}' if len(ways) > 1 else ''}: {100 * values.mean():.1f}")
    for name, value in (baselines or {}).items():
        axes.axvline(100 * value, color=_GRAY, linewidth=1.2, linestyle="--")
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


@_shown
def while_listening(frames: Sequence[int], curves: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """Test accuracy after the first frames of every recording, one thin line a seed.

    Args:
        frames: numbers of frames heard, in growing order, K of them.
        curves: per network, its accuracy after each of them, shape (S, K), between 0 and 1.
    """
    figure = _figure(9, 3.8)
    axes = figure.subplots()
    middle, said = len(frames) // 2, []
    for (name, values), style in zip(curves.items(), _KINDS, strict=False):
        for number, line in enumerate(values):
            axes.plot(
                frames, 100 * line, label=name if number == 0 else None, linewidth=1.4,
                markersize=5, **style,
            )  # fmt: skip
        said.append(
            f"{name}, {100 * values[:, middle].mean():.0f} and {100 * values[:, -1].mean():.0f}"
        )
    axes.set(xlabel="frames heard, at most", ylabel="test accuracy (%)", ylim=(0, 101))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    alt = (
        "Test accuracy after the first frames of each recording, one line per seed. Mean "
        f"percentages after {frames[middle]} and {frames[-1]} frames: {'; '.join(said)}."
    )
    return figure, alt


@_shown
def as_the_future_arrives(
    heard: Sequence[int], halves: Mapping[str, np.ndarray], step: int
) -> tuple[Figure, str]:
    """Some units of the output at one step, again and again while more frames arrive.

    Args:
        heard: numbers of frames heard, K of them, each above ``step``.
        halves: per half of the output, the values of some units, shape (K, U).
        step: the step whose output is drawn, counted from 0.
    """
    figure = _figure(9, 3.2)
    panels = figure.subplots(1, len(halves), sharey=True, squeeze=False)[0]
    said = []
    for axes, (name, values), style in zip(panels, halves.items(), _KINDS, strict=False):
        axes.plot(heard, values, linewidth=1.6, markersize=4, **style)
        axes.set(xlabel="frames heard", title=name)
        axes.xaxis.get_major_locator().set_params(integer=True)
        moved = np.abs(values - values[0]).max()
        said.append(f"{name}: " + (f"moves by up to {moved:.1f}" if moved > 1e-4 else "stays"))
    panels[0].set_ylabel(f"output at frame {step + 1}")
    alt = (
        f"{values.shape[1]} units of the output at frame {step + 1}, from {heard[0]} to "
        f"{heard[-1]} frames heard. {'; '.join(said)}."
    )
    return figure, alt


@_shown
def reach(effects: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """How much parts of a summary change if a single frame is changed.

    Args:
        effects: per part of the summary, its change for each frame, shape (T,).
    """
    figure = _figure(9, 3.4)
    axes = figure.subplots()
    said = []
    for (name, values), style in zip(effects.items(), _KINDS, strict=False):
        frames = np.arange(1, len(values) + 1)
        axes.plot(frames, values, label=name, markersize=6, **style)
        seen = int((values > 1e-6).sum())
        said.append(f"{name}, {seen} of {len(values)}")
    axes.set(xlabel="frame that is changed", ylabel="change of the summary", ylim=(0, None))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    alt = f"Change of a summary if one frame is changed. Frames that count: {'; '.join(said)}."
    return figure, alt


# Lesson 5

_DROPPED = ListedColormap(["#e8edf6", "#3b4a63"])
_EFFECTS = {  # color, marker and filling
    "better": ("#0b5fd0", "o", "#0b5fd0"),
    "none": (_GRAY, "s", LIGHT_PAGE),
    "worse": ("#a3242b", "X", "#a3242b"),
}


@_shown
def dropout_masks(masks: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """What two kinds of dropout leave of a sequence of ones.

    Args:
        masks: per kind, the result for one sequence, shape (T, units).
    """
    figure = _figure(9, 3.2)
    panels = figure.subplots(1, len(masks), sharey=True, squeeze=False)[0]
    said = []
    for axes, (name, kept) in zip(panels, masks.items(), strict=True):
        dropped = (kept == 0).T  # (units, T)
        axes.imshow(dropped, aspect="auto", cmap=_DROPPED, vmin=0, vmax=1, interpolation="nearest")
        for unit, step in np.argwhere(dropped):
            axes.plot(step, unit, "x", color="white", markersize=4, mew=1.2)
        axes.set(xlabel="step t", title=name)
        axes.grid(False)
        whole = int(dropped.all(axis=1).sum())
        said.append(
            f"{name}: {dropped.mean():.0%} of the cells dropped, {whole} of {len(dropped)} units "
            "at every step"
        )
    panels[0].set_ylabel("unit")
    alt = f"Two grids of units over steps; a dark cell with a cross is dropped. {'; '.join(said)}."
    return figure, alt


@_shown
def compare_techniques(
    accuracy: Mapping[str, np.ndarray], *, baseline: str = "baseline"
) -> tuple[Figure, str]:
    """Test accuracy of each technique, and its paired difference to the baseline.

    Dots are seeds, bars 95 % intervals. Rows go from the best difference to the worst; where the
    interval of the difference spans 0, its marker is hollow: no effect seen.

    Args:
        accuracy: per technique, one value between 0 and 1 a seed, the seeds in the same order.
        baseline: the technique that the others are compared with.

    Raises:
        ValueError: if ``baseline`` is not among the techniques.
    """
    if baseline not in accuracy:
        raise ValueError(f"baseline must be one of {list(accuracy)}, got {baseline!r}")
    gains = {
        name: paired(100 * values, 100 * accuracy[baseline])
        for name, values in accuracy.items()
        if name != baseline
    }
    order = [baseline, *sorted(gains, key=lambda name: -gains[name].mean)]
    figure = _figure(10, 0.29 * len(order) + 1.3)
    means, differences = figure.subplots(1, 2, sharey=True)
    for row, name in enumerate(order):
        values = 100 * accuracy[name]
        found = interval(values)
        means.plot(values, np.full(len(values), row), "|", color="#8a93a3", markersize=8)
        means.plot([found.low, found.high], [row, row], color=_GRAY, linewidth=1.6)
        means.plot(found.mean, row, "o", color=_GRAY, markersize=6)
        if name == baseline:
            means.axvline(found.mean, color=_GRAY, linewidth=1, linestyle=":")
            continue
        gain = gains[name]
        kind = "none" if gain.spans_zero else "better" if gain.mean > 0 else "worse"
        color, marker, fill = _EFFECTS[kind]
        differences.plot([gain.low, gain.high], [row, row], color=color, linewidth=2)
        differences.plot(gain.mean, row, marker, color=color, markersize=8, markerfacecolor=fill)
    differences.axvline(0, color=_GRAY, linewidth=1.2)
    for kind, label in (
        ("better", "better"),
        ("none", "no effect seen"),
        ("worse", "worse"),
    ):
        color, marker, fill = _EFFECTS[kind]
        differences.plot(
            [], [], marker, color=color, markerfacecolor=fill, markersize=8, label=label
        )
    figure.legend(*differences.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    means.set(
        xlabel="test accuracy (%)", yticks=range(len(order)), yticklabels=order,
        ylim=(len(order) - 0.4, -0.6), title="Each seed, and the mean",
    )  # fmt: skip
    differences.set(xlabel=f"points above the {baseline}", title="Difference, seed by seed")
    told = [
        f"{name}, {gains[name].mean:+.1f} ({gains[name].low:+.1f} to {gains[name].high:+.1f})"
        for name in order[1:]
    ]
    alt = (
        f"Left: test accuracy of {len(order)} techniques with "
        f"{len(accuracy[baseline])} seeds each; the {baseline} has a mean of "
        f"{100 * accuracy[baseline].mean():.1f} %. Right: points above it, with 95 % intervals, "
        f"from best to worst: {'; '.join(told)}."
    )
    return figure, alt


# Lesson 6

_LADDER_COLORS = ("#555e6e", "#0b5fd0", "#a3242b", "#067a75", "#a834e8", "#9c6100")


@_shown
def batch_sweep(
    seconds: Mapping[int, np.ndarray], work: Mapping[int, float], *, peak: float, device: str
) -> tuple[Figure, str]:
    """The time of a pass and the arithmetic it gets done in a second, by batch size.

    Args:
        seconds: of each timed run, by batch size.
        work: floating-point operations of a pass, by batch size.
        peak: floating-point operations a second of one large matrix product: the roof.
        device: where it ran, for the title.
    """
    figure = _figure(10, 3.5)
    times, rates = figure.subplots(1, 2)
    sizes = np.array(list(seconds))
    middle = np.array([np.median(values) for values in seconds.values()])
    rate = np.array([work[size] for size in sizes]) / middle
    times.plot(sizes, 1e3 * middle, color="#0b5fd0", marker="o", label="measured")
    times.plot(sizes, 1e3 * middle[0] * sizes / sizes[0], color=_GRAY, linestyle="--",
               linewidth=1.4, label="B times one")  # fmt: skip
    times.set(
        ylabel="time of a pass, ms", yscale="log", title=f"A batch is cheap at first ({device})"
    )
    times.legend()
    rates.plot(sizes, rate / 1e9, color="#0b5fd0", marker="o", label="the LSTM")
    rates.axhline(peak / 1e9, color=_GRAY, linestyle="--", linewidth=1.4, label="one large product")
    rates.set(ylabel="GFLOP/s", ylim=(0, None), title="The roof")
    rates.legend(loc="lower right")
    for axes in (times, rates):
        axes.set(xscale="log", xlabel="batch size B")
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.minorticks_off()
    first, last = sizes[0], sizes[-1]
    return figure, (
        f"Left: with {last // first} times the batch, {first} to {last}, a pass on the {device} "
        f"takes {middle[-1] / middle[0]:.0f} times as long. Right: from {rate[0] / 1e9:.2g} to "
        f"{rate[-1] / 1e9:.2g} GFLOP/s; one large matrix product reaches {peak / 1e9:.2g}."
    )


@_shown
def error_and_time(rows: Iterable[Row]) -> tuple[Figure, str]:
    """What each program costs in time and in accuracy: never one without the other.

    Args:
        rows: with a ratio and a ``state_error`` each, as from ``timing.compare``.
    """
    rows = list(rows)
    figure = _figure(9, 3.4)
    axes = figure.subplots()
    for row, marker, color in zip(rows, "osD^vP", _LADDER_COLORS, strict=False):
        low, median, high = row.ratio
        axes.plot([row.state_error] * 2, [low, high], color=color, linewidth=1.4)
        axes.plot(row.state_error, median, linestyle="none", marker=marker, markersize=10,
                  color=color, label=row.program)  # fmt: skip
    axes.axhline(1, color=_GRAY, linestyle="--", linewidth=1.2)
    axes.set(
        xscale="log", xlabel="largest error of c, against float64 (left is better)",
        ylabel=f"time, as a multiple\nof {rows[0].baseline}", ylim=(0, None),
    )  # fmt: skip
    figure.legend(loc="outside upper center", ncols=len(rows))
    listed = "; ".join(
        f"{row.program}: {row.ratio[1]:.2g} times the time, off by {row.state_error:.0e}"
        for row in rows
    )
    return figure, f"Time as a multiple of {rows[0].baseline}, and error against float64. {listed}."


# Lesson 7

_METHODS = (  # the last of the methods has the solid line, as in the forecast explorer
    {"color": "#7a5200", "linestyle": (0, (1, 1.5)), "marker": "x"},
    {"color": "#067a75", "linestyle": (0, (4, 1.5)), "marker": "s"},
    {"color": "#8c1240", "linestyle": (0, (4, 1.5, 1, 1.5)), "marker": "v"},
    {"color": "#a834e8", "linestyle": (0, (2, 1)), "marker": "^"},
    {"color": "#cc3a0c", "linestyle": (0, (6, 2)), "marker": "D"},
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
)


@_shown
def suspects(panels: Mapping[str, tuple[np.ndarray, np.ndarray, int]]) -> tuple[Figure, str]:
    """Readings that cannot be true, each among its neighbors.

    Args:
        panels: per label of the y axis: times (T,), readings (T,), and which of them is wrong.
    """
    figure = _figure(10, 3.1)
    said = []
    for axes, (label, (time, values, wrong)) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        hours = (time - time[wrong]).astype("timedelta64[h]").astype(int)
        axes.plot(hours, values, color="#1f2430", marker="o", markersize=4)
        axes.plot(0, values[wrong], marker="o", markersize=15, markerfacecolor="none",
                  markeredgecolor="#a3242b", markeredgewidth=2.2)  # fmt: skip
        value = f"{values[wrong]:.1f}".replace("-", "\u2212")
        axes.annotate(value, (0, values[wrong]), (11, 0),
                      textcoords="offset points", va="center", color="#a3242b")  # fmt: skip
        axes.set(xlabel=f"hours from {str(time[wrong]).replace('T', ' ')} h UTC", ylabel=label)
        axes.xaxis.set_major_locator(MultipleLocator(3))
        rest = np.delete(values, wrong)
        said.append(
            f"{label}: {values[wrong]:.1f} among readings of {np.nanmin(rest):.0f} to "
            f"{np.nanmax(rest):.0f}"
        )
    return figure, f"Single readings that stick out, each in its own panel. {'; '.join(said)}."


@_shown
def year_and_split(
    time: np.ndarray, series: np.ndarray, name: str, parts: Mapping[str, tuple[int, int]]
) -> tuple[Figure, str]:
    """A year of temperatures, and which weeks are for what.

    Args:
        time: (N,) datetime64.
        series: (N,) temperatures in °C.
        name: of the station.
        parts: per name, first hour and the hour after the last.
    """
    figure = _figure(10, 3.2)
    axes = figure.subplots()
    axes.plot(time, series, color="#1f2430", linewidth=0.7)
    top = float(np.nanmax(series)) + 7
    shades = (("#dbe6f6", ""), ("#f3e7c4", "///"), ("#f3d3c6", "..."))
    for (part, (start, stop)), (color, hatch) in zip(parts.items(), shades, strict=False):
        left, right = time[start], time[min(stop, len(time)) - 1]
        axes.axvspan(left, right, color=color, zorder=0, hatch=hatch, ec="white", linewidth=0)
        axes.text(left + (right - left) / 2, top - 1, part, ha="center", va="top", fontsize=11)
    axes.set(xlabel="2013", ylabel=f"{name}, °C", ylim=(None, top), xlim=(time[0], time[-1]))
    axes.xaxis.set_major_formatter(DateFormatter("%b"))
    axes.xaxis.set_major_locator(MonthLocator())
    dates = [f"{part} from {str(time[start])[:10]}" for part, (start, _) in parts.items()]
    return figure, (
        f"Temperature at {name} over the year, from {np.nanmin(series):.0f} to "
        f"{np.nanmax(series):.0f} °C, hottest in July. In order of time: {', '.join(dates)}."
    )


@_shown
def error_by_hour_ahead(errors: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """Mean absolute error of several methods at each hour ahead.

    Args:
        errors: per method, the error in °C at each hour, shape (H,); the last is drawn solid.
    """
    if len(errors) > len(_METHODS):
        raise ValueError(f"errors must hold at most {len(_METHODS)} methods, got {len(errors)}")
    figure = _figure(9, 3.9)
    axes = figure.subplots()
    said = []
    for number, (name, values) in enumerate(errors.items()):
        style = _METHODS[number + len(_METHODS) - len(errors)]
        axes.plot(np.arange(1, len(values) + 1), values, label=f"{name}, {values.mean():.2f}",
                  markersize=4.5, linewidth=1.8, **style)  # fmt: skip
        said.append(f"{name} {values[0]:.1f}, {values[-1]:.1f} and {values.mean():.2f}")
    hours = len(values)
    axes.set(
        xlabel="hours ahead", ylabel="mean absolute error, °C", ylim=(0, None),
        xticks=[1, *range(6, hours + 1, 6)], xlim=(0.5, hours + 0.5),
    )  # fmt: skip
    axes.legend(title="method, mean over all hours", loc="center left", bbox_to_anchor=(1, 0.5))
    return figure, (
        f"Mean absolute error over {hours} hours ahead. In °C at the first hour, at the last, and "
        f"on average: {'; '.join(said)}."
    )


@_shown
def error_by_period(errors: Mapping[str, np.ndarray], periods: Sequence[str]) -> tuple[Figure, str]:
    """Mean absolute error of several methods in several test periods, station by station.

    Args:
        errors: per method, in °C, shape (P, S): periods and stations; the last is drawn solid.
        periods: P names.
    """
    figure = _figure(9.5, 0.32 * len(periods) * len(errors) + 1.4)
    axes = figure.subplots()
    said = []
    for number, (name, values) in enumerate(errors.items()):
        style = _METHODS[number + len(_METHODS) - len(errors)]
        rows = np.arange(len(periods)) * (len(errors) + 1) + number
        every = np.repeat(rows[:, None], values.shape[1], axis=1)
        axes.plot(values, every, linestyle="none", marker=style["marker"], color=style["color"],
                  markersize=6, alpha=0.55)  # fmt: skip
        axes.plot(values.mean(1), rows, linestyle="none", marker="|", markersize=17,
                  markeredgewidth=3, color=style["color"])  # fmt: skip
        for row, mean, last in zip(rows, values.mean(1), values.max(1), strict=True):
            axes.text(last + 0.08, row, f"{mean:.2f}  {name}", va="center", fontsize=11,
                      color=style["color"])  # fmt: skip
        said.append(f"{name} {', '.join(f'{mean:.2f}' for mean in values.mean(1))}")
    middle = (len(errors) - 1) / 2
    axes.set(
        yticks=np.arange(len(periods)) * (len(errors) + 1) + middle, yticklabels=periods,
        ylim=((len(errors) + 1) * len(periods) - 1.2, -0.8),
        xlabel="mean absolute error, °C (dots: stations, bars: their mean)",
    )  # fmt: skip
    axes.grid(axis="y", visible=False)
    return figure, (
        f"Mean absolute error in {len(periods)} test periods, {', '.join(periods)}, one dot for "
        f"each station. Means in °C by period: {'; '.join(said)}."
    )


@_shown
def interval_by_hour(share: np.ndarray, width: np.ndarray, level: float) -> tuple[Figure, str]:
    """How much of the truth an interval holds at each hour ahead, and how wide it is.

    Args:
        share: of the truth inside, (H,), between 0 and 1.
        width: mean width in °C, (H,).
        level: the share that was promised.
    """
    figure = _figure(9.5, 3.2)
    left, right = figure.subplots(1, 2)
    hours = np.arange(1, len(share) + 1)
    left.plot(hours, 100 * share, color="#0b5fd0", marker="o", markersize=4.5)
    left.axhline(100 * level, color=_GRAY, linestyle="--", linewidth=1.4)
    left.text(1, 100 * level + 1.5, "promised", fontsize=11)
    left.set(
        xlabel="hours ahead", ylabel="truth inside, %", ylim=(40, 102), xticks=[1, 6, 12, 18, 24]
    )
    right.plot(hours, width, color="#0b5fd0", marker="o", markersize=4.5)
    right.set(
        xlabel="hours ahead", ylabel="mean width, °C", ylim=(0, None), xticks=[1, 6, 12, 18, 24]
    )
    return figure, (
        f"Left: {100 * share.min():.0f} to {100 * share.max():.0f} % of the truth lies inside, "
        f"promised are {100 * level:.0f} %. Right: the interval widens from {width[0]:.1f} °C one "
        f"hour ahead to {width[-1]:.1f} °C after {len(width)} hours."
    )


# Lesson 8


@_shown
def confusion(matrix: np.ndarray, names: Sequence[str]) -> tuple[Figure, str]:
    """What is taken for what: shares of each row, with the diagonal left pale.

    Args:
        matrix: (K, K) counts, a row for the truth, a column for the answer.
        names: K classes.
    """
    matrix = np.asarray(matrix)
    shares = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    errors = shares.copy()
    np.fill_diagonal(errors, 0)
    figure = _figure(10, 0.33 * len(names) + 1.5)
    axes = figure.subplots()
    limit = max(float(errors.max()), 1.0)
    picture = axes.imshow(errors, cmap="Blues", vmin=0, vmax=limit, aspect="auto")
    for row, column in np.ndindex(shares.shape):
        value = shares[row, column]
        if value >= 0.95:
            dark = row != column and value > 0.55 * limit
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=11,
                      color="#ffffff" if dark else "#1f2430",
                      weight="bold" if row == column else "normal")  # fmt: skip
    axes.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="answer", ylabel="truth")
    plain = {"parse_math": False}  # names may be a learner's own: "$5 or $6" is no formula
    axes.set_yticklabels(names, **plain)
    axes.set_xticklabels(names, rotation=40, ha="right", rotation_mode="anchor", **plain)
    axes.grid(False)
    figure.colorbar(picture, ax=axes, label="% of the row, errors alone", pad=0.02)
    worst = sorted(np.ndindex(errors.shape), key=lambda place: -errors[place])[:3]
    said = [f"{names[a]} taken for {names[b]}: {errors[a, b]:.0f} %" for a, b in worst]
    return figure, (
        f"Confusion matrix of {len(names)} classes, in percent of each row. Right are "
        f"{np.diag(shares).min():.0f} to {np.diag(shares).max():.0f} %. "
        f"The most frequent errors: {'; '.join(said)}."
    )


@_shown
def letters_of_a_unit(
    texts: Sequence[str], values: Sequence[np.ndarray], label: str
) -> tuple[Figure, str]:
    """Texts whose letters stand on the color of one unit's value at that letter.

    Args:
        texts: one row each.
        values: for each text, one number a letter between -1 and 1.
        label: what the numbers are.
    """
    longest = max(map(len, texts))
    shown = np.full((len(texts), longest), np.nan)
    for row, series in enumerate(values):
        shown[row, : len(series)] = series
    figure = _figure(10, 0.36 * len(texts) + 0.9)
    axes = figure.subplots()
    picture = axes.imshow(shown, cmap="PuOr_r", vmin=-1.6, vmax=1.6, aspect="auto")
    for row, text in enumerate(texts):
        for column, letter in enumerate(text):
            axes.text(column, row, letter, ha="center", va="center", fontsize=12)
    axes.set(xlabel="letter", yticks=range(len(texts)), yticklabels=[], ylabel="phrase")
    axes.set_xticks(range(4, longest, 5), range(5, longest + 1, 5))
    axes.grid(False)
    bar = figure.colorbar(picture, ax=axes, label=label, pad=0.02, ticks=[-1, 0, 1])
    bar.ax.set_ylim(-1, 1)
    extremes = [
        f"“{text}” from {series.min():.1f} to {series.max():.1f}"
        for text, series in zip(texts, values, strict=True)
    ]
    return figure, f"{label} at each letter of {len(texts)} phrases: {', '.join(extremes)}."


# Lesson 9

_SHIPPED = (  # by the order in which variants are given
    {"color": "#555e6e", "marker": "s"},
    {"color": "#7a5200", "marker": "x"},
    {"color": "#067a75", "marker": "^"},
    {"color": "#0b5fd0", "marker": "o"},
)


@_shown
def shipped(
    accuracy: Mapping[str, float],
    kilobytes: Mapping[str, float],
    seconds: Mapping[str, Mapping[str, np.ndarray]],
) -> tuple[Figure, str]:
    """Accuracy, size and time of several variants of one model, one row each.

    Args:
        accuracy: on the test set, between 0 and 1, by variant.
        kilobytes: of the file, by variant.
        seconds: of each timed run, by kind of batch and variant, as from ``apart.measure``.
    """
    figure = _figure(10, 0.42 * len(accuracy) + 1.5)
    panels = figure.subplots(1, 2 + len(seconds), sharey=True)
    names = list(accuracy)
    texts = {name: [] for name in names}

    def draw(axes: Axes, row: int, low: float, middle: float, high: float, text: str) -> None:
        style = _SHIPPED[row % len(_SHIPPED)]
        axes.plot([low, high], [row, row], color=style["color"], linewidth=2)
        axes.plot(middle, row, linestyle="none", markersize=8, markeredgewidth=2, **style)
        axes.annotate(text, (high, row), (9, 0), textcoords="offset points", va="center",
                      fontsize=11)  # fmt: skip
        texts[names[row]].append(text)

    for row, name in enumerate(names):
        value = 100 * accuracy[name]
        draw(panels[0], row, value, value, value, f"{value:.1f} %")
        draw(panels[1], row, *[kilobytes[name]] * 3, f"{kilobytes[name]:.0f} kB")
        for axes, measured in zip(panels[2:], seconds.values(), strict=True):
            low, middle, high = (1e3 * v for v in np.percentile(measured[name], (25, 50, 75)))
            draw(axes, row, low, middle, high, f"{middle:.2g} ms")
    lowest, highest = 100 * min(accuracy.values()), 100 * max(accuracy.values())
    panels[0].set(title="accuracy, %", xlim=(lowest - 1, highest + 3), xlabel="on the test set")
    panels[1].set(title="file, kB", xlim=(0, 1.8 * max(kilobytes.values())))
    panels[1].set_xlabel("one file")
    for axes, kind in zip(panels[2:], seconds, strict=True):
        slowest = 1e3 * max(np.median(values) for values in seconds[kind].values())
        axes.set(title=kind, xlim=(0, 1.9 * slowest), xlabel="ms, one thread")
    panels[0].set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.6, -0.7))
    said = "; ".join(f"{name}: {', '.join(texts[name])}" for name in names)
    return figure, (
        "One row for each variant; accuracy, size of the file, and the median time with its "
        f"quartiles for {' and '.join(seconds)}. {said}."
    )


@_shown
def int8_steps(weights: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """How many of the 255 steps of INT8 the weights of a tensor use.

    Args:
        weights: per name, the weights of one tensor, any shape.
    """
    figure = _figure(9, 3.2)
    panels = figure.subplots(1, len(weights), sharey=True, squeeze=False)[0]
    said = []
    for axes, (name, values) in zip(panels, weights.items(), strict=True):
        steps = np.round(values / (np.abs(values).max() / 127)).ravel()
        axes.hist(steps, bins=np.arange(-127.5, 128.5, 5), color="#0b5fd0", log=True)
        axes.set(title=name, xlabel="step, from −127 to 127", xlim=(-128, 128))
        zero = float((steps == 0).mean())
        axes.text(0.97, 0.95, f"at step 0: {zero:.0%}", transform=axes.transAxes, ha="right",
                  va="top", fontsize=11)  # fmt: skip
        said.append(f"{name}: {len(np.unique(steps))} steps in use, {zero:.0%} at step 0")
    panels[0].set_ylabel("weights")
    return figure, f"Weights rounded to steps of INT8, one scale a tensor. {'; '.join(said)}."


@_shown
def cold_starts(seconds: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """Seconds from a cold start to the answer, one mark a start.

    Args:
        seconds: of each start, by program.
    """
    figure = _figure(9, 0.42 * len(seconds) + 1.1)
    axes = figure.subplots()
    said = []
    for row, (name, values) in enumerate(seconds.items()):
        style = _SHIPPED[(row - len(seconds)) % len(_SHIPPED)]
        axes.plot(values, np.full(len(values), row), linestyle="none", markersize=8,
                  markeredgewidth=2, alpha=0.75, clip_on=False, **style)  # fmt: skip
        axes.plot(np.median(values), row, linestyle="none", marker="|", markersize=22,
                  markeredgewidth=3, color=style["color"])  # fmt: skip
        said.append(f"{name} {np.median(values):.2g} s")
    axes.set(xlabel="seconds from start to answer (bar: median)", xlim=(0, None))
    axes.set(yticks=range(len(seconds)), yticklabels=seconds, ylim=(len(seconds) - 0.5, -0.5))
    starts = max(len(values) for values in seconds.values())
    return figure, f"Time of {starts} cold starts each. Medians: {', '.join(said)}."
