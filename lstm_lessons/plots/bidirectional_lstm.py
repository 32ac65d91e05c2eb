"""Figures of lesson 4: spoken digits, and what a network knows of the future."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from lstm_lessons.checks import sizes
from lstm_lessons.plots import shared
from lstm_lessons.plots.arguments import same_names
from lstm_lessons.plots.shared import Drawn, shown


@shown(recordings="_ I")
def spoken_digits(recordings: Mapping[str, Sequence[np.ndarray]]) -> Drawn:
    """Recordings of each word as pictures: time to the right, one row a coefficient.

    Each is (T_n, I), scaled to unit deviation; a column of panels a word.
    """
    rows = max(len(clips) for clips in recordings.values())
    figure, panels = shared.subplots(10, 1.9 * rows + 0.5, rows, len(recordings), squeeze=False)
    said = []
    for column, (word, clips) in enumerate(recordings.items()):
        for axes, clip in zip(panels[:, column], clips, strict=False):
            picture = axes.imshow(
                clip.T, aspect="auto", origin="lower", cmap="RdBu_r", vmin=-2.5, vmax=2.5,
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
    return figure, (
        f"Recordings drawn as pictures, frames to the right, {clip.shape[1]} coefficients upward, "
        f"colored by their values: {'; '.join(said)}."
    )


@shown(lengths="N", labels="N")
def lengths_by_class(lengths: np.ndarray, labels: np.ndarray) -> Drawn:
    """How long the recordings of each class are, (N,): every one a dot, the median a bar."""
    figure, axes = shared.subplots(9, 3.2)
    classes = np.unique(labels)
    middles = [np.median(lengths[labels == k]) for k in classes]
    spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(lengths))  # dots side by side
    axes.plot(labels + spread, lengths, ".", color=shared.BLUE, markersize=3, alpha=0.5)
    axes.hlines(middles, classes - 0.38, classes + 0.38, color=shared.INK, linewidth=3)
    axes.set(xlabel="digit", ylabel="length (frames)", xticks=classes, ylim=(0, None))
    return figure, (
        f"Lengths of {len(lengths)} recordings by digit. Medians: "
        f"{', '.join(f'{k}: {middle:g}' for k, middle in zip(classes, middles, strict=True))}. "
        f"The longest has {lengths.max()} frames."
    )


@shown(frames="K", curves="_ K")
def while_listening(frames: Sequence[int], curves: Mapping[str, np.ndarray]) -> Drawn:
    """Test accuracy after the first frames of every recording, one thin line a seed.

    K numbers of frames in growing order, and for each network (S, K) accuracies from 0 to 1.
    """
    figure, axes = shared.subplots(9, 3.8)
    percent = {name: 100 * values for name, values in curves.items()}
    # As far from each other: to scale, the longest recordings would take half of the axis.
    places = range(len(frames))
    shared.curves(axes, percent, at=places, linewidth=1.4)
    axes.set_xticks(places, frames)
    axes.set(xlabel="frames heard, at most (not to scale)", ylabel="test accuracy (%)", ylim=(0, 101))
    shared.legend_beside(axes)
    middle = len(frames) // 2
    said = shared.each(percent, lambda p: f"{p[:, middle].mean():.0f} and {p[:, -1].mean():.0f}")
    return figure, (
        "Test accuracy after the first frames of each recording, one line per seed. Mean "
        f"percentages after {frames[middle]} and {frames[-1]} frames: {said}."
    )


@shown(heard="K", halves="K _")
def as_the_future_arrives(
    heard: Sequence[int], halves: Mapping[str, np.ndarray], step: int, units: Mapping[str, Sequence[str]]
) -> Drawn:
    """Some units of the output at one step, from 0, again and again while more frames arrive.

    After K numbers of frames, each above the step, each half has U values, (K, U), and the names of its U units.
    """
    same_names("units", units, halves)
    for name, values in halves.items():
        if len(units[name]) != values.shape[1]:
            raise ValueError(f"units[{name!r}] must name {values.shape[1]} units, got {len(units[name])}")
    figure, (panels,) = shared.subplots(9, 3.2, 1, len(halves), sharey=True, squeeze=False)
    said = []
    for axes, (name, style) in zip(panels, shared.rivals(halves).items(), strict=True):
        values = halves[name]
        axes.plot(heard, values, linewidth=1.6, markersize=4, **style)
        for name_of_unit, last in zip(units[name], _apart(values[-1], 0.1), strict=True):
            axes.annotate(name_of_unit, (heard[-1], last), (6, 0), textcoords="offset points", va="center")
        axes.set(xlabel="frames heard", title=name, xlim=(None, heard[-1] + 0.28 * (heard[-1] - heard[0])))
        axes.xaxis.get_major_locator().set_params(integer=True)
        moved = np.abs(values - values[0]).max()
        said.append(f"{name}: " + (f"moves by up to {moved:.1g}" if moved > 1e-4 else "stays"))
    panels[0].set_ylabel(f"output at frame {step + 1}")
    return figure, (
        f"{values.shape[1]} units of the output at frame {step + 1}, from {heard[0]} to "
        f"{heard[-1]} frames heard. {'; '.join(said)}."
    )


@shown(loudness="_ _", beliefs="_ K")
def said_and_heard(
    sounds: Mapping[str, np.ndarray],
    loudness: Sequence[np.ndarray],
    beliefs: Sequence[np.ndarray],
    *,
    rate: int,
    hop: int,
    pause: float,
) -> Drawn:
    """Sounds one after another, on one time axis: their waves, their spectrograms, and what is believed so far.

    Args:
        sounds: by the class that is said, one of K in their order: samples between -1 and 1, (N,).
        loudness: of each sound, decibels in each band of each frame, (T, bands).
        beliefs: of each sound, the probability of each class once a frame is heard, (T, K).
        rate: samples a second.
        hop: samples from one frame to the next; frame 0 lies around the first sample.
        pause: seconds of silence after each sound.
    """
    sizes(rate=rate, hop=hop)
    for name, of_each in (("loudness", loudness), ("beliefs", beliefs), ("beliefs[0]", beliefs[0].T)):
        if len(of_each) != len(sounds):
            raise ValueError(f"{name} must have one for each of the {len(sounds)} sounds, got {len(of_each)}")
    figure, (waves, spectra, belief) = shared.subplots(
        11, 6.6, 3, 1, sharex=True, gridspec_kw={"height_ratios": (1, 1.5, 2.4)}
    )
    top = max(frames.max() for frames in loudness)
    start, told, step = 0.0, [], hop / rate
    for number, (said, sound) in enumerate(sounds.items()):
        frames, believed = loudness[number], beliefs[number]
        waves.plot(start + np.arange(len(sound)) / rate, sound, color=shared.BLUE, linewidth=0.6)
        place = (start - step / 2, start + (len(frames) - 0.5) * step)
        pictures = {"aspect": "auto", "origin": "lower", "interpolation": "nearest"}
        loud = spectra.imshow(
            frames.T - top, cmap="magma", vmin=-60, vmax=0, extent=(*place, 0, frames.shape[1]), **pictures
        )
        sure = belief.imshow(
            100 * believed.T, cmap="Blues", vmin=0, vmax=100, extent=(*place, -0.5, believed.shape[1] - 0.5), **pictures
        )
        belief.add_patch(
            Rectangle((place[0], number - 0.5), place[1] - place[0], 1, fill=False, edgecolor=shared.RED, linewidth=1.8)
        )
        heard = list(sounds)[believed[-1].argmax()]
        above = {"ha": "center", "xycoords": waves.get_xaxis_transform()}
        sign = "✓" if heard == said else "✗"
        shared.note(waves, f"{said} → {heard} {sign}", (sum(place) / 2, 1), (0, 5), **above)
        told.append(f"{said} as {heard} ({believed[-1].max():.0%})")
        start += len(sound) / rate + pause
    for axes, name in ((waves, "sound"), (spectra, "mel band"), (belief, "belief")):
        axes.grid(visible=False)
        axes.set_ylabel(name)
    waves.set(yticks=(), xlim=(-2 * step, start - pause + 2 * step))
    waves.set_title("said → heard", pad=22, fontsize=12)
    belief.set(xlabel="time (s)", yticks=range(len(sounds)), yticklabels=list(sounds), ylim=(-0.7, len(sounds) - 0.3))
    figure.colorbar(loud, ax=spectra, label="dB", fraction=0.02, pad=0.01)
    figure.colorbar(sure, ax=belief, label="%", fraction=0.02, pad=0.01)
    return figure, (
        f"{len(sounds)} sounds in {start - pause:.1f} s. Top: the waves. Middle: loudness in {frames.shape[1]} bands, "
        "low to high. Bottom: for each class a row, dark where it is believed after what was heard; a frame marks "
        f"the class that is said. Heard at the end: {', '.join(told)}."
    )


def _apart(heights: np.ndarray, least: float) -> np.ndarray:
    """The same heights, the upper ones moved up until neighbors are so far from each other."""
    placed = np.array(heights, dtype=float)
    for below, above in pairwise(np.argsort(heights)):
        placed[above] = max(placed[above], placed[below] + least)
    return placed


@shown()
def reach(effects: Mapping[str, np.ndarray]) -> Drawn:
    """How much parts of a summary change, (T,) each, if a single frame is changed."""
    figure, axes = shared.subplots(9, 3.4)
    shared.curves(axes, effects)
    axes.set(xlabel="frame that is changed", ylabel="change of the summary", ylim=(0, None))
    axes.xaxis.get_major_locator().set_params(integer=True)
    shared.legend_beside(axes)
    said = shared.each(effects, lambda values: f"{(values > 1e-6).sum()} of {len(values)}")
    return figure, f"Change of a summary if one frame is changed. Frames that count: {said}."
