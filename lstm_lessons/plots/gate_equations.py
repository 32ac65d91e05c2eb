"""Figures of lesson 1: the gates' curves, and what is left of a gradient."""

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_lessons.palette import RIVALS, SYMBOLS
from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown()
def squashing() -> Drawn:
    """The two curves of the LSTM: σ for gates (how much?), tanh for values (which way?)."""
    figure, (gate, value) = shared.subplots(9, 3.2, 1, 2)
    z = np.linspace(-8, 8, 161)
    color, marker = SYMBOLS["i"].color, SYMBOLS["i"].marker
    gate.plot(z, 1 / (1 + np.exp(-z)), color=color)
    said = []
    for at, word, offset, align in (
        (-5, "closed", (0, 10), "center"),
        (0, "half open", (10, -22), "left"),
        (5, "open", (0, -34), "center"),
    ):
        height = round(1 / (1 + np.exp(-at)), 3)
        gate.plot(at, height, marker, color=color, markersize=8)
        shared.note(gate, f"{word}\n{height:g}", (at, height), offset, ha=align)
        said.append(f"{height:g} at z = {at} ({word})")
    gate.set(title=r"Gates: $\sigma(z)$, how much passes", ylabel="gate", ylim=(-0.05, 1.05))
    value.plot(z, np.tanh(z), color=SYMBOLS["g"].color, label=r"$\tanh(z)$")
    value.plot(z, z, color=shared.GRAY, linestyle=":", linewidth=1.5, label="z itself")
    value.set(title=r"Values: $\tanh(z)$, with a sign", ylabel="value", ylim=(-1.3, 1.3))
    value.legend(loc="lower right")
    for axes in (gate, value):
        axes.set_xlabel("sum z")
    return figure, (
        f"Left: the sigmoid rises from 0 to 1; it is {', '.join(said)}. Right: tanh rises from -1 "
        f"to 1 beside the line z itself; it is {np.tanh(0.1):.3f} at 0.1 and {np.tanh(2):.2f} at 2."
    )


def _power_of_ten(value: float) -> str:
    return f"about 10 to the power {np.log10(value):.0f}" if value > 0 else "0"


@shown(rnn="_ T", lstm="_ T")
def gradient_paths(rnn: Mapping[str, np.ndarray] | None, lstm: Mapping[float, np.ndarray]) -> Drawn:
    """How much of a gradient is left after so many steps, every draw a line.

    Args:
        rnn: per name of a plain RNN (two at most; None for none), largest singular value of the product of Jacobians,
            shape (draws, T).
        lstm: per forget bias, the largest product of forget gates, shape (draws, T).
    """
    figure, axes = shared.subplots(9, 4.6)
    draws = dict(rnn or {})
    styles = {
        name: {"color": shared.GRAY, "linestyle": dash, "marker": marker}
        for name, dash, marker in zip(draws, ":-", "x+", strict=False)
    }
    for (bias, products), line in zip(lstm.items(), RIVALS, strict=False):
        name = f"LSTM, forget bias {bias:g}"
        draws[name] = products
        styles[name] = shared.style_of(SYMBOLS["f"]) | {"marker": line.marker}
    ends = {name: np.median(lines[:, -1]) for name, lines in draws.items()}
    ends = {name: ends[name] for name in sorted(ends, key=ends.get, reverse=True)}
    styles = {name: styles[name] for name in ends}  # the legend in the order of the lines
    steps = draws[name].shape[1]
    every = max(1, steps // 8)
    shared.curves(axes, draws, styles=styles, linewidth=1.3, markevery=every)
    axes.axhline(1, color=shared.GRAY, linewidth=1)
    axes.set(
        yscale="log", xlabel="number of steps", ylabel="largest factor on the way",
        title="What is left of a gradient that travels back so many steps",
    )  # fmt: skip
    shared.legend_beside(axes)
    said = shared.each(ends, _power_of_ten)
    return figure, (
        "Log plot of the factor by which a gradient is scaled over the number of steps, one line "
        f"per draw. After {steps} steps, median, from top to bottom: {said}."
    )


@shown(right="T", wrong="T", write="<T", reads="<T")
def silenced_memory(right: np.ndarray, wrong: np.ndarray, write: int, reads: Sequence[int]) -> Drawn:
    """Cell state of the right and of the wrong program while the output gate is closed.

    The cell states are (T,); at ``write`` +1 is written, at ``reads`` the output gate opens.
    """
    figure, axes = shared.subplots(9, 3.2)
    axes.plot(right, markevery=3, **shared.symbol_style("c") | {"label": "right"})
    other = {"color": shared.GRAY, "linestyle": "--", "marker": "x"}
    axes.plot(wrong, markevery=3, label="wrong program", **other)
    for step, text in [(write, "write"), *((read, "read") for read in reads)]:
        axes.axvline(step, color=shared.GRAY, linewidth=1, linestyle=":")
        shared.note(axes, text, (step, 1.2), ha="center")
    axes.set(xlabel="step t", ylabel=r"cell state $c_t$", ylim=(-0.1, 1.2))
    axes.legend(loc="center", bbox_to_anchor=(0.7, 0.5))
    said = [
        f"the {name} program holds {values[write]:.1f}, then {' and '.join(f'{values[read]:.1f}' for read in reads)}"
        for name, values in (("right", right), ("wrong", wrong))
    ]
    return figure, (
        f"Cell state over {len(right)} steps. At the write in step {write} and at the reads in "
        f"{' and '.join(map(str, reads))} {'; '.join(said)}."
    )


@shown(full="D T", direct="D T")
def exploding_gradient(full: np.ndarray, direct: np.ndarray) -> Drawn:
    """Norm of the gradient that reaches c_k, (draws, T): all paths, and the direct path alone."""
    figure, axes = shared.subplots(9, 3.8)
    back = np.arange(full.shape[1])[::-1]
    norms = {"all paths, also through h": full, "direct path, product of f": direct}
    looks = (shared.style_of(SYMBOLS["h"]) | {"linestyle": "-"}, shared.style_of(SYMBOLS["f"]))
    styles = dict(zip(norms, looks, strict=True))
    shared.curves(axes, norms, at=back, styles=styles, linewidth=1.5, markevery=10, markersize=6)
    said = shared.each(norms, lambda norm: _power_of_ten(np.median(norm[:, 0] / norm[:, -1])))
    axes.set(
        yscale="log", xlabel="steps back from the end, T - k",
        ylabel=r"norm of the gradient at $c_k$", title="A gradient on its way back",
    )  # fmt: skip
    shared.legend_beside(axes)
    return figure, (
        f"Log plot over {full.shape[1]} steps back, one line per draw. Gradient at the first step "
        f"as a multiple of that at the last, median: {said}."
    )
