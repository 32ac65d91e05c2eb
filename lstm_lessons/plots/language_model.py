"""Figures of lesson 10: what a letter costs, and what a memory is for."""

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_lessons import checks
from lstm_lessons.confidence import Interval
from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown(curves="K")
def bits_by_order(curves: Mapping[str, np.ndarray]) -> Drawn:
    """What a letter costs, in bits, by n-grams that look at 0 to K letters before it: (K + 1,) for each smoothing."""
    figure, axes = shared.subplots(8, 3.6)
    for name, style in shared.rivals(curves, main=-1).items():
        axes.plot(range(len(curves[name])), curves[name], label=name, linewidth=1.6, markersize=6, **style)
    axes.set(xlabel="letters before", ylabel="bits a letter", xticks=range(max(map(len, curves.values()))))
    shared.legend_beside(axes)
    said = shared.each(
        curves, lambda bits: f"{bits[0]:.1f} bits with none, least with {bits.argmin()} ({bits.min():.2f})"
    )
    return figure, f"Bits a letter by how many letters before it an n-gram looks at. {said}."


@shown()
def cost_of_a_letter(methods: Mapping[str, Interval], *, above: str = "") -> Drawn:
    """What a letter costs by several methods, in bits, with the interval over files; the cheapest at the bottom.

    Args:
        above: whose bits were taken off; without it the bits are whole.
    """
    for name, one in methods.items():
        checks.kind(f"methods[{name!r}]", one, "an Interval", isinstance(one, Interval))
    names = sorted(methods, key=lambda name: -methods[name].mean)
    form = "+.2f" if above else ".2f"
    figure, axes = shared.subplots(8, 0.4 * len(names) + 1)
    for row, name in enumerate(names):
        found = methods[name]
        style = {"color": shared.BLUE if name.startswith("LSTM") else shared.INK, "marker": "o"}
        shared.whisker(axes, row, (found.low, found.mean, found.high), **style)
        shared.note(axes, f"{found.mean:{form}}", (found.high, row), (8, -4))
    shared.name_rows(axes, names)
    if above:
        shared.upright(axes, 0)
    what = f'bits a letter above "{above}"' if above else "bits a letter"
    axes.set(xlabel=f"{what}; 95 % interval over files")
    axes.margins(x=0.1)
    said = "; ".join(
        f"{name}: {found.mean:{form}} ({found.low:{form}} to {found.high:{form}})"
        for name, found in ((name, methods[name]) for name in names)
    )
    return figure, f"On held-out files, {what}. {said}."


@shown(bins="Q", tasks="Q", counts="P Q")
def right_by_distance(bins: Sequence[str], tasks: Mapping[str, Mapping[str, np.ndarray]], counts: np.ndarray) -> Drawn:
    """How often several methods are right, 0 to 1, by the letters that lie between, (Q,): a panel for each task.

    Args:
        bins: names of the distances, Q of them.
        counts: how many places there are, (P, Q); P is the number of tasks.
    """
    if len(counts) != len(tasks):
        raise ValueError(f"counts must have a row for each of {len(tasks)} tasks, got {len(counts)}")
    figure, ((*panels,),) = shared.subplots(11, 3.8, 1, len(tasks), sharey=True, squeeze=False)
    for axes, (task, shares), asked in zip(panels, tasks.items(), counts, strict=True):
        for name, style in shared.rivals(shares, main=-1).items():
            axes.plot(range(len(bins)), 100 * shares[name], label=name, linewidth=1.6, markersize=6, **style)
        named = [f"{name}\n({count})" for name, count in zip(bins, asked, strict=True)]
        axes.set_xticks(range(len(bins)), named, fontsize=10)
        axes.set(xlabel="letters in between (places)", title=task, ylim=(0, 101))
    panels[0].set_ylabel("right (%)")
    shared.legend_beside(panels[-1])
    said = " ".join(
        f"{task}: {shared.each(shares, lambda values: ', '.join(f'{value:.0%}' for value in values))}."
        for task, shares in tasks.items()
    )
    return figure, f"How often each is right, by the letters in between ({', '.join(bins)}). {said}"
