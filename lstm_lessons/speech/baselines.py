"""Two older ways to read spoken digits: cut a string where it is soft, and find the nearest template."""

from collections.abc import Sequence

import numpy as np

from lstm_lessons import checks


def segments(level: np.ndarray, *, share: float = 0.4, gap: int = 3, shortest: int = 4) -> np.ndarray:
    """Where something is said, by loudness alone: first frame of each piece and the one after its last, (S, 2).

    Args:
        level: of each frame in decibels, (T,), as from `lstm_lessons.data.spoken_strings.level`.
        share: how far up from the softest to the loudest frames of the string (their 5th and 95th percentiles) a frame
            counts as speech.
        gap: pieces that are fewer frames apart become one: a word may hold a short silence.
        shortest: pieces of fewer frames are dropped.
    """
    level = checks.finite("level", level, 1).astype(np.float64)
    checks.probability(share=share)
    gap, shortest = checks.whole("gap", gap, 0), checks.whole("shortest", shortest)
    low, high = np.percentile(level, (5, 95))
    loud = np.concatenate([[False], level > low + share * (high - low), [False]])
    edges = np.flatnonzero(loud[1:] != loud[:-1]).reshape(-1, 2)
    pieces: list[list[int]] = []
    for begin, end in edges.tolist():
        if pieces and begin - pieces[-1][1] < gap:
            pieces[-1][1] = end
        else:
            pieces.append([begin, end])
    return np.array([piece for piece in pieces if piece[1] - piece[0] >= shortest], dtype=np.int64).reshape(-1, 2)


def warped_distances(frames: np.ndarray, templates: Sequence[np.ndarray]) -> np.ndarray:
    """How far some frames, (T, I), are from each template, (S_n, I), when time may stretch: dynamic time warping, (N,).

    The least sum of distances between frames along a way from both beginnings to both ends that goes on by one frame in
    either or in both (Sakoe and Chiba, 1978, https://doi.org/10.1109/TASSP.1978.1163055), over T + S_n. All templates
    are done at once.
    """
    frames = checks.finite("frames", frames, 2)
    templates = checks.listed("templates", templates, "arrays")
    templates = [checks.finite(f"templates[{n}]", one, 2) for n, one in enumerate(templates)]
    if {template.shape[1] for template in templates} != {frames.shape[1]}:
        raise ValueError(f"templates must be one or more (S, I), with the I = {frames.shape[1]} of frames")
    lengths = np.array([len(template) for template in templates])
    padded = np.zeros((len(lengths), lengths.max(), frames.shape[1]))
    for row, template in zip(padded, templates, strict=True):
        row[: len(template)] = template
    apart = np.linalg.norm(frames[:, None, None] - padded, axis=-1)  # (T, N, S)
    best = apart[0].cumsum(axis=1)
    for step in apart[1:]:
        before, best = best, np.empty_like(best)
        best[:, 0] = before[:, 0] + step[:, 0]
        for s in range(1, best.shape[1]):
            best[:, s] = step[:, s] + np.minimum(np.minimum(before[:, s], before[:, s - 1]), best[:, s - 1])
    return best[np.arange(len(lengths)), lengths - 1] / (len(frames) + lengths)
