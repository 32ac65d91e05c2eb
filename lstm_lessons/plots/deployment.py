"""Figures of lesson 9: what variants of a model weigh, take and get right."""

from collections.abc import Mapping

import numpy as np

from lstm_lessons.plots import shared
from lstm_lessons.plots.arguments import same_names
from lstm_lessons.plots.shared import Drawn, shown


@shown()
def shipped(
    accuracy: Mapping[str, float], kilobytes: Mapping[str, float], seconds: Mapping[str, Mapping[str, np.ndarray]]
) -> Drawn:
    """Accuracy, size and time of several variants of one model, one row each.

    The accuracy on the test set is between 0 and 1; the seconds are those of each timed run, by kind of batch and
    variant, as from ``processes.latencies``.
    """
    same_names("kilobytes", kilobytes, accuracy)
    for batch, measured in seconds.items():
        same_names(f"seconds[{batch!r}]", measured, accuracy)
    size = (10, 0.42 * len(accuracy) + 1.5)
    figure, panels = shared.subplots(*size, 1, 2 + len(seconds), sharey=True)
    said = []
    for row, (name, style) in enumerate(shared.rivals(accuracy, main=-1).items()):
        shown = [([100 * accuracy[name]] * 3, "{:.1f} %"), ([kilobytes[name]] * 3, "{:.0f} kB")]
        for measured in seconds.values():
            shown.append((1e3 * np.percentile(measured[name], (25, 50, 75)), "{:.2g} ms"))
        for axes, (bounds, form) in zip(panels, shown, strict=True):
            shared.whisker(axes, row, bounds, **style)
            shared.note(axes, form.format(bounds[1]), (bounds[2], row), (9, 0), va="center")
        told = ", ".join(form.format(bounds[1]) for bounds, form in shown)
        said.append(f"{name}: {told}")
    percent = [100 * value for value in accuracy.values()]
    panels[0].set(title="accuracy, %", xlim=(min(percent) - 1, max(percent) + 3))
    panels[0].set_xlabel("on the test set")
    panels[1].set(title="file, kB", xlim=(0, 1.8 * max(kilobytes.values())), xlabel="one file")
    for axes, kind in zip(panels[2:], seconds, strict=True):
        slowest = 1e3 * max(np.median(values) for values in seconds[kind].values())
        axes.set(title=kind, xlim=(0, 1.9 * slowest), xlabel="ms, one thread")
    shared.name_rows(panels[0], accuracy, room=0.7)
    return figure, (
        "One row for each variant; accuracy, size of the file, and the median time with its "
        f"quartiles for {' and '.join(seconds)}. {'; '.join(said)}."
    )


@shown(weights="...")
def int8_steps(weights: Mapping[str, np.ndarray]) -> Drawn:
    """How many of the 255 steps of INT8 the weights of each tensor, of any shape, use."""
    figure, (panels,) = shared.subplots(9, 3.2, 1, len(weights), sharey=True, squeeze=False)
    said = []
    for axes, (name, values) in zip(panels, weights.items(), strict=True):
        steps = np.round(values / (np.abs(values).max() / 127)).ravel()
        axes.hist(steps, bins=np.arange(-127.5, 128.5, 5), color=shared.BLUE, log=True)
        axes.set(title=name, xlabel="step, from −127 to 127", xlim=(-128, 128))
        zero = float((steps == 0).mean())
        axes.text(0.97, 0.95, f"at step 0: {zero:.0%}", transform=axes.transAxes, ha="right",
                  va="top", fontsize=11)  # fmt: skip
        said.append(f"{name}: {len(np.unique(steps))} steps in use, {zero:.0%} at step 0")
    panels[0].set_ylabel("weights")
    return figure, f"Weights rounded to steps of INT8, one scale a tensor. {'; '.join(said)}."


@shown()
def cold_starts(seconds: Mapping[str, np.ndarray]) -> Drawn:
    """Seconds from a cold start to the answer, by program, one mark a start."""
    figure, axes = shared.subplots(9, 0.42 * len(seconds) + 1.1)
    said = []
    for row, (name, style) in enumerate(shared.rivals(seconds, main=-1).items()):
        values, median = seconds[name], np.median(seconds[name])
        shared.dots(axes, row, values, bar=median, markeredgewidth=2, **style)
        said.append(f"{name} {median:.2g} s ({len(values)} starts)")
    shared.name_rows(axes, seconds)
    axes.set(xlabel="seconds from start to answer (bar: median)", xlim=(0, None))
    return figure, f"Time of cold starts. Medians: {', '.join(said)}."
