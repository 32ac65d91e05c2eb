"""Figures of lesson 1: the gates' curves, and what is left of a gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots.shared import GRAY, new_figure, shown

_RNN_STYLES = (  # two plain RNNs: a style of their own, beside the forget gate's color
    {"color": "#8a93a3", "linestyle": (0, (1, 1.5)), "marker": "x"},
    {"color": GRAY, "linestyle": (0, (5, 1.5)), "marker": "+"},
)
_BIAS_MARKERS = ("s", "^", "o")


@shown
def squashing() -> tuple[Figure, str]:
    """The two curves of the LSTM: σ for gates (how much?), tanh for values (which way?)."""
    figure = new_figure(9, 3.2)
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
    value.plot(z, z, color=GRAY, linestyle=":", linewidth=1.5, label="z itself")
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


@shown
def gradient_paths(
    rnn: Mapping[str, np.ndarray], lstm: Mapping[float, np.ndarray]
) -> tuple[Figure, str]:
    """How much of a gradient is left after so many steps, every draw a line.

    Args:
        rnn: per name of a plain RNN, largest singular value of the product of
            Jacobians, shape (draws, T).
        lstm: per forget bias, the largest product of forget gates, shape (draws, T).
    """
    figure = new_figure(9, 4.6)
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
    axes.axhline(1, color=GRAY, linewidth=1)
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


@shown
def silenced_memory(
    right: np.ndarray, wrong: np.ndarray, write: int, reads: Sequence[int]
) -> tuple[Figure, str]:
    """Cell state of the right and of the wrong program while the output gate is closed.

    Args:
        right, wrong: cell state after each step, shape (T,).
        write: the step at which +1 is written.
        reads: the steps at which the output gate opens.
    """
    figure = new_figure(9, 3.2)
    axes = figure.subplots()
    steps = np.arange(len(right))
    axes.plot(steps, right, color=SYMBOLS["c"].color, marker="P", markevery=3, label="right")
    axes.plot(
        steps, wrong, color=GRAY, linestyle="--", marker="x", markevery=3, label="wrong program"
    )
    for step, text in [(write, "write"), *((read, "read") for read in reads)]:
        axes.axvline(step, color=GRAY, linewidth=1, linestyle=":")
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


@shown
def exploding_gradient(full: np.ndarray, direct: np.ndarray) -> tuple[Figure, str]:
    """Size of the gradient that reaches c_k: all paths, and the direct path alone.

    Args:
        full: gradient norm at every step, shape (draws, T).
        direct: the same along the cell state alone, shape (draws, T).
    """
    figure = new_figure(9, 3.8)
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
