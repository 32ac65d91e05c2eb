"""Spoken digits: 3,000 recordings of 0-9 as sequences of MFCCs, the real data of lessons 4 to 6.

Each sequence is one recording by one of six voices: 6 to 92 frames of 13 mel-frequency cepstral coefficients.
``digits.md`` beside this file tells where the numbers and the voices come from, their license, and how ``digits.npz``
was made.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from importlib import resources

import numpy as np

from lstm_lessons import checks
from lstm_lessons.data import _source

CHECKSUM = "f1539ebc74b210e098a2916c4b078759c4866572d28093f11b30ed126b02be81"
CLASSES = tuple("0123456789")
FEATURES = 13
VOICES = tuple("ABCDEF")  # 500 recordings each, 50 of every digit
SPLITS = ("speaker", "known")


@dataclass(frozen=True)
class SpokenDigits:
    """Recordings of spoken digits."""

    sequences: tuple[np.ndarray, ...]  #: one array a recording, (T_n, 13) float32.
    labels: np.ndarray  #: the digits said, (N,) int64.
    voices: np.ndarray  #: who says them, (N,), one letter of `VOICES` each.

    def __len__(self) -> int:
        return len(self.sequences)

    @property
    def lengths(self) -> np.ndarray:
        """Frames of each recording, (N,) int64."""
        return np.array([len(sequence) for sequence in self.sequences])

    def describe(self) -> str:
        """One paragraph: how many recordings, of whom, how long, how many a class."""
        if not len(self):
            raise ValueError("sequences must hold at least one recording to describe, got none")
        counts = np.bincount(self.labels, minlength=len(CLASSES))
        return (
            f"{len(self):,} recordings of spoken digits, {FEATURES} MFCCs a frame, "
            f"{self.lengths.min()}-{self.lengths.max()} frames (median "
            f"{np.median(self.lengths):.0f}), {counts.min()}-{counts.max()} a digit, "
            f"voices {' '.join(np.unique(self.voices))}"
        )

    def subset(self, indices: np.ndarray) -> SpokenDigits:
        """The recordings at ``indices``, in that order."""
        indices = checks.integers("indices", indices, 0, len(self) - 1)
        return SpokenDigits(tuple(self.sequences[k] for k in indices), self.labels[indices], self.voices[indices])

    def per_class(self, count: int, *, seed: int) -> SpokenDigits:
        """A random part with ``count`` recordings of each digit.

        Raises:
            ValueError: if ``count`` is below 1 or a digit has fewer recordings.
        """
        available = np.bincount(self.labels, minlength=len(CLASSES)).min()
        count = checks.whole("count", count, 1, int(available))
        rng = np.random.default_rng(checks.whole("seed", seed, 0))
        chosen = [rng.permutation(np.flatnonzero(self.labels == label))[:count] for label in range(len(CLASSES))]
        return self.subset(rng.permutation(np.concatenate(chosen)))


@dataclass(frozen=True)
class Splits:
    """The three parts of the data, scaled with the mean and deviation of ``train``."""

    train: SpokenDigits  #: 2,000 recordings by four voices, or 1,800 by all six.
    validation: SpokenDigits  #: 500 by a fifth voice, or 600 by all six.
    test: SpokenDigits  #: 500 by the sixth voice, or 600 by all six.
    mean: np.ndarray  #: what was subtracted, (13,) float32.
    std: np.ndarray  #: what was divided by, (13,) float32.

    def describe(self) -> str:
        """One line a part."""
        parts = ("train", "validation", "test")
        return "\n".join(f"{part}: {getattr(self, part).describe()}" for part in parts)


def checksum(features: np.ndarray, labels: np.ndarray, lengths: np.ndarray) -> str:
    """SHA-256 of the numbers themselves, whatever the compression around them."""
    return _source.checksum((features, "<f2"), (labels, "u1"), (lengths, "u1"))


@functools.cache
def _recordings() -> SpokenDigits:
    arrays = _source.stored("digits", checksum, CHECKSUM)
    starts = np.cumsum(arrays["lengths"].astype(np.int64))[:-1]
    sequences = np.split(arrays["features"].astype(np.float32), starts)
    for sequence in sequences:
        sequence.flags.writeable = False  # the cache is shared
    letters = resources.files(__package__).joinpath("digit_voices.txt").read_text(encoding="ascii")
    return SpokenDigits(tuple(sequences), arrays["labels"].astype(np.int64), np.array(list("".join(letters.split()))))


def _by_voice(recordings: SpokenDigits, fold: int) -> list[np.ndarray]:
    """Indices of the three parts: the test voice of this fold, the voice after it for validation, the other four."""
    test, validation = VOICES[fold], VOICES[(fold + 1) % len(VOICES)]
    held_out = np.isin(recordings.voices, (test, validation))
    parts = (~held_out, recordings.voices == validation, recordings.voices == test)
    return [np.flatnonzero(part) for part in parts]


def _by_recording(recordings: SpokenDigits, rng: np.random.Generator) -> list[np.ndarray]:
    """Indices of the three parts: of every digit 180, 60 and 60 recordings, by whomever."""
    by_class = [rng.permutation(np.flatnonzero(recordings.labels == label)) for label in range(len(CLASSES))]
    shares = (slice(0, 180), slice(180, 240), slice(240, 300))
    return [np.concatenate([indices[share] for indices in by_class]) for share in shares]


def load(*, split: str = "speaker", fold: int = 0, seed: int = 0, scaled: bool = True) -> Splits:
    """Train, validation and test parts, balanced over the digits and shuffled.

    ``"speaker"`` asks what a user asks: does it understand a voice that it never heard? Four voices train, one
    validates, one tests; the parts share none. Six voices are few: decide nothing from one fold. ``"known"`` deals the
    recordings of all six voices into parts of 60, 20 and 20 %: its test measures new recordings of voices that were
    trained on. Scaled, feature by feature, are all parts by mean and deviation of the training part alone.

    Args:
        split: ``"speaker"`` or ``"known"``.
        fold: of the split by speaker, 0 to 5: the test voice is ``VOICES[fold]``.
        seed: of the order, and of who is dealt where in the known split.
        scaled: or left as they are.

    Raises:
        ValueError: if an argument is not one of those, or a ``fold`` is given for the known split, which has one.
    """
    checks.one_of("split", split, SPLITS)
    fold = checks.whole("fold", fold, 0, len(VOICES) - 1)
    if split == "known" and fold:
        raise ValueError(f"fold must be 0 with split='known', which has no folds, got {fold}")
    checks.kind("scaled", scaled, "True or False", isinstance(scaled, bool | np.bool_))
    recordings = _recordings()
    rng = np.random.default_rng(checks.whole("seed", seed, 0))
    indices = _by_voice(recordings, fold) if split == "speaker" else _by_recording(recordings, rng)
    parts = [recordings.subset(rng.permutation(part)) for part in indices]
    frames = np.concatenate(parts[0].sequences)
    mean, std = frames.mean(0, dtype=np.float64), frames.std(0, dtype=np.float64)
    if not scaled:
        mean, std = np.zeros_like(mean), np.ones_like(std)
    mean, std = mean.astype(np.float32), std.astype(np.float32)
    scaled_parts = [replace(part, sequences=tuple((s - mean) / std for s in part.sequences)) for part in parts]
    return Splits(*scaled_parts, mean=mean, std=std)
