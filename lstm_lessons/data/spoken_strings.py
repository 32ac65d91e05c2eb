"""Strings of spoken digits, spliced from the recordings of `digits`: several digits in one sequence, by one voice.

Nobody said these strings. Each is recordings of one voice, one after the other, with pauses between them and a gain of
its own. Real speech runs from one word into the next; these digits do not. The coefficients are spliced, not the sound,
which is not in the data: a frame in which two digits would overlap belongs to one of them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstm_lessons import checks
from lstm_lessons.data.digits import FEATURES, SpokenDigits
from lstm_lessons.data.seventh_voice import BANDS, RATE, band_weights

MOST = 10_000  # digits in a string, frames in a pause
QUIET_SHARE = 0.02  # of a voice's frames, the least loud: what its pauses are made of


@dataclass(frozen=True)
class SpokenStrings:
    """Strings of spoken digits, N of them."""

    sequences: tuple[np.ndarray, ...]  #: MFCCs of each string, (T_n, 13) float32.
    labels: tuple[np.ndarray, ...]  #: the digits said, (U_n,) int64.
    bounds: tuple[np.ndarray, ...]  #: of each digit its first frame and the one after its last, (U_n, 2) int64.
    voices: np.ndarray  #: who says it, (N,), one letter each.

    def __len__(self) -> int:
        return len(self.sequences)

    @property
    def lengths(self) -> np.ndarray:
        """Frames of each string, (N,) int64."""
        return np.array([len(sequence) for sequence in self.sequences])

    def describe(self) -> str:
        """One line: how many strings, of how many digits, how long, whose."""
        if not len(self):
            raise ValueError("sequences must hold at least one string to describe, got none")
        digits = np.array([len(labels) for labels in self.labels])
        return (
            f"{len(self):,} strings of {digits.min()}-{digits.max()} digits, {digits.sum():,} digits in all, "
            f"{self.lengths.min()}-{self.lengths.max()} frames (median {np.median(self.lengths):.0f}), "
            f"voices {' '.join(np.unique(self.voices))}"
        )


def splice(
    part: SpokenDigits,
    count: int,
    *,
    digits: tuple[int, int] = (2, 6),
    pause: tuple[int, int] = (0, 12),
    gain: float = 6.0,
    tract: float = 0.0,
    speed: float = 0.0,
    said: Sequence[Sequence[int]] | None = None,
    seed: int | list[int] = 0,
) -> SpokenStrings:
    """Random strings from recordings of one part: the voice drawn first, then its recordings, each with equal chance.

    A pause stands before each digit and after the last one. Its frames are drawn from the least loud ones of that voice
    in this part. A gain makes a whole string louder or softer: it moves the first coefficient of all its frames.

    Args:
        part: recordings in their own scale, of ``digits.load(scaled=False)``.
        count: strings, N.
        digits: the fewest and the most in a string.
        pause: the fewest and the most frames of a pause; a frame is 25 ms.
        gain: standard deviation over the strings, in decibels.
        tract: how far a string's voice is made another one at most: 0.15 for vocal tracts up to 15 % shorter or longer,
            see `with_tract`.
        speed: how much faster or slower a string is said at most: 0.2 for factors from 1 / 1.2 to 1.2.
        said: what to say, if not random digits: each string is one of these, drawn with equal chance.
        seed: of everything random here.

    Raises:
        ValueError: if an argument does not fit.
    """
    checks.kind("part", part, "SpokenDigits", isinstance(part, SpokenDigits))
    if not len(part):
        raise ValueError("part must hold at least one recording, got none")
    count = checks.whole("count", count, 1, 100_000)
    fewest, most = _range("digits", digits, 1)
    shortest, longest = _range("pause", pause, 0)
    checks.number("gain", gain, "a number of at least 0", lambda value: 0 <= value < 1e3)
    for name, value in {"tract": tract, "speed": speed}.items():
        checks.number(name, value, "from 0 to 1", lambda value: 0 <= value <= 1)
    if said is not None:
        said = [checks.integers("said", row, 0, 9).tolist() for row in checks.listed("said", said, "digit strings")]
        checks.number("len(said)", min(map(len, said), default=0), "above 0", lambda value: value > 0)
    rng = np.random.default_rng(checks.seed(seed))
    names = np.unique(part.voices)
    recordings = {name: np.flatnonzero(part.voices == name) for name in names}
    quiet = {name: quiet_frames([part.sequences[k] for k in recordings[name]]) for name in names}
    by_digit = {name: [rows[part.labels[rows] == digit] for digit in range(10)] for name, rows in recordings.items()}
    if said is not None and (none := _unsaid(by_digit, said)):
        raise ValueError(f"said must hold digits that each voice of part has, voice {none[0]} has no {none[1]}")
    strings, labels, bounds, voices = [], [], [], rng.choice(names, count)
    for voice in voices:
        if said is None:
            chosen = rng.choice(recordings[voice], rng.integers(fewest, most + 1))
        else:
            digits_said = said[rng.integers(len(said))]
            chosen = np.array([rng.choice(by_digit[voice][digit]) for digit in digits_said])
        pauses = rng.integers(shortest, longest + 1, len(chosen) + 1)
        factor = {name: (1 + most) ** rng.uniform(-1, 1) for name, most in (("tract", tract), ("speed", speed))}
        spoken = [with_speed(part.sequences[k], factor["speed"]) for k in chosen]
        string, places = joined(spoken, pauses, quiet[voice], rng)
        string = with_tract(string, factor["tract"]) if tract else string
        strings.append(louder(string, gain * rng.standard_normal()))
        labels.append(part.labels[chosen])
        bounds.append(places)
    return SpokenStrings(tuple(strings), tuple(labels), tuple(bounds), voices)


def _unsaid(by_digit: dict[str, list[np.ndarray]], said: list[list[int]]) -> tuple[str, int] | None:
    """A voice and a digit that is to be said and that it has not recorded, if there is one."""
    wanted = sorted({digit for row in said for digit in row})
    return next(((voice, d) for voice, rows in by_digit.items() for d in wanted if not len(rows[d])), None)


def _range(name: str, value: tuple[int, int], least: int) -> tuple[int, int]:
    found = checks.integers(name, value, least).tolist()
    if len(found) != 2 or not found[0] <= found[1] <= MOST:
        raise ValueError(f"{name} must be the least and the most, up to {MOST:,}, got {value!r}")
    return found[0], found[1]


def _fault(
    frames: object, columns: int | None = FEATURES, *, called: str = "frames", **others: object
) -> TypeError | ValueError | None:
    """What is wrong with MFCCs, (T ≥ 1, 13), or with what stands beside them, if anything is."""
    if not isinstance(frames, np.ndarray) or frames.dtype.kind != "f":
        return TypeError(f"{called} must be an array of floats, got {getattr(frames, 'dtype', type(frames).__name__)}")
    if frames.ndim != 2 or columns not in (None, frames.shape[1]) or not (frames.size and np.isfinite(frames).all()):
        return ValueError(f"{called} must be finite, of shape (T ≥ 1, {columns or 'I'}), got {frames.shape}")
    try:
        for name, value in others.items():
            if name == "rng":
                checks.kind(name, value, "a numpy.random.Generator", isinstance(value, np.random.Generator))
            elif name == "factor":
                checks.number(name, value, "from 0.01 to 100", lambda value: 0.01 <= value <= 100)
            else:
                checks.number(name, value, "decibels from -1000 to 1000", lambda value: -1000 <= value <= 1000)
    except (TypeError, ValueError) as error:
        return error
    return None


def _strings_fault(strings: object, **of_training: object) -> TypeError | ValueError | None:
    """What is wrong with strings, or with a mean and a deviation, (13,) each, if anything is."""
    if not isinstance(strings, SpokenStrings | SpokenDigits):
        return TypeError(f"strings must be SpokenStrings, got {type(strings).__name__}")
    try:
        for name, value in of_training.items():
            found = checks.finite(name, value, 1)
            if len(found) != FEATURES or name == "std" and not (found > 0).all():
                return ValueError(f"{name} must hold {FEATURES} numbers, a deviation above 0, got {found.tolist()}")
    except ValueError as error:
        return error
    return None


def _joined_fault(recordings: list, pauses: object, quiet: object, rng: object) -> TypeError | ValueError | None:
    """What is wrong with the parts of a string, if anything is."""
    try:
        pauses = checks.integers("pauses", pauses, 0, MOST)
    except ValueError as error:
        return error
    if not isinstance(recordings, list | tuple) or len(pauses) != len(recordings) + 1:
        return ValueError("pauses must be one more than the list of recordings")
    parts = [(f"recordings[{n}]", one) for n, one in enumerate(recordings)] + [("quiet", quiet)]
    return next(filter(None, (_fault(one, called=name, rng=rng) for name, one in parts)), None)


def quiet_frames(sequences: list[np.ndarray]) -> np.ndarray:
    """The least loud frames of some recordings, `QUIET_SHARE` of them, (M, 13): the first coefficient is the level."""
    if not isinstance(sequences, list | tuple) or not len(sequences):
        raise ValueError("sequences must be a list of one recording or more")
    if fault := next(filter(None, (_fault(one, called=f"sequences[{n}]") for n, one in enumerate(sequences))), None):
        raise fault
    frames = np.concatenate(sequences)
    return frames[np.argsort(frames[:, 0], kind="stable")[: math.ceil(QUIET_SHARE * len(frames))]]


def joined(
    recordings: list[np.ndarray], pauses: np.ndarray, quiet: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Recordings, (T_u, 13) each, with pauses of so many frames before each and after the last.

    Returns:
        The string, (T, 13), and the bounds of the recordings in it, (U, 2).
    """
    if fault := _joined_fault(recordings, pauses, quiet, rng):
        raise fault
    pieces, bounds, end = [], [], 0
    for frames, pause in zip([*recordings, quiet[:0]], checks.integers("pauses", pauses), strict=True):
        pieces += [rng.choice(quiet, pause), frames]
        begin = end + int(pause)
        end = begin + len(frames)
        bounds.append((begin, end))
    return np.concatenate(pieces).astype(np.float32), np.array(bounds[:-1], dtype=np.int64)


def louder(frames: np.ndarray, decibels: float) -> np.ndarray:
    """The same MFCCs, (T, 13), of a sound that is so many decibels louder.

    Loudness rises by as much in each of `BANDS` bands, and the orthonormal cosine transform has one curve without
    waves: √BANDS of each decibel go to the first coefficient, none to the others.
    """
    if fault := _fault(frames, decibels=decibels):
        raise fault
    moved = frames.copy()
    moved[:, 0] += decibels * math.sqrt(BANDS)
    return moved


def with_speed(frames: np.ndarray, factor: float) -> np.ndarray:
    """MFCCs, (T, 13), of speech that is so many times as fast: each coefficient interpolated between frames.

    The pitch stays: the coefficients tell little of it.
    """
    if fault := _fault(frames, None, factor=factor):
        raise fault
    steps = max(1, round(len(frames) / factor))
    if steps == len(frames):
        return frames
    times = np.linspace(0, len(frames) - 1, steps)
    before = np.floor(times).astype(int)
    share = (times - before)[:, None]
    return ((1 - share) * frames[before] + share * frames[np.minimum(before + 1, len(frames) - 1)]).astype(np.float32)


@functools.cache
def _waves() -> np.ndarray:
    """The orthonormal cosine transform that MFCCs are coefficients of, (13, BANDS)."""
    places = (np.arange(BANDS) + 0.5) / BANDS
    waves = np.cos(np.pi * np.arange(FEATURES)[:, None] * places) * math.sqrt(2 / BANDS)
    waves[0] /= math.sqrt(2)
    return waves


def smooth_loudness(frames: np.ndarray) -> np.ndarray:
    """Decibels in each band, (T, BANDS), that 13 MFCCs know of: the finer waves are lost."""
    if fault := _fault(frames):
        raise fault
    return frames @ _waves()


def with_tract(frames: np.ndarray, factor: float) -> np.ndarray:
    """MFCCs, (T, 13), of a voice whose resonances lie ``factor`` times as high: a vocal tract that much shorter.

    The curve of loudness over the frequencies is stretched (vocal tract length perturbation, Jaitly and Hinton, 2013).
    """
    if fault := _fault(frames, factor=factor):
        raise fault
    mel = 2595 * np.log10(1 + RATE / 2 / 700) * (np.arange(BANDS) + 1) / (BANDS + 1)  # the centers of the bands
    hertz = 700 * (10 ** (mel / 2595) - 1)
    stretch = np.stack([np.interp(hertz / factor, hertz, wave) for wave in _waves()])  # (13, BANDS)
    return (frames @ (stretch @ _waves().T)).astype(np.float32)


def with_noise(frames: np.ndarray, ratio: float, rng: np.random.Generator) -> np.ndarray:
    """MFCCs, (T, 13), of a string with white noise, ``ratio`` decibels softer than the mean power of the string.

    Powers add, band by band, as the smooth curve of loudness knows them; the noise varies from frame to frame as that
    of a few frequencies does.
    """
    if fault := _fault(frames, ratio=ratio, rng=rng):
        raise fault
    power = 10 ** (smooth_loudness(frames) / 10)  # (T, BANDS)
    white = band_weights().sum(0)  # a flat spectrum, as the bands hear it
    white = white / white.mean() * power.mean() / 10 ** (ratio / 10)
    louder_here = rng.gamma(4, 1 / 4, power.shape)
    return (10 * np.log10(power + white * louder_here) @ _waves().T).astype(np.float32)


def level(frames: np.ndarray) -> np.ndarray:
    """Each frame's mean loudness over the bands in decibels, (T,), from MFCCs in their own scale, (T, 13)."""
    if fault := _fault(frames):
        raise fault
    return frames[:, 0] / math.sqrt(BANDS)


def centered(strings: SpokenStrings) -> SpokenStrings:
    """Each string less its own mean, over its own deviation, coefficient by coefficient.

    So neither gain nor microphone tells, nor part of what makes a voice. It needs the string to its end.
    """
    if fault := _strings_fault(strings):
        raise fault
    return replace(strings, sequences=tuple(center(frames) for frames in strings.sequences))


def center(frames: np.ndarray) -> np.ndarray:
    """One string, (T, 13), as `centered` does it."""
    if fault := _fault(frames):
        raise fault
    return ((frames - frames.mean(0)) / (frames.std(0) + 1e-5)).astype(np.float32)


def centered_so_far(strings: SpokenStrings, mean: np.ndarray, std: np.ndarray, weight: float = 20.0) -> SpokenStrings:
    """Each frame less the mean of its string up to there, over the deviation up to there: nothing of the future.

    A string begins as if ``weight`` frames with the training part's mean and deviation, (13,) each, stood before it.
    """
    if fault := _strings_fault(strings, mean=mean, std=std):
        raise fault
    checks.positive(weight=weight)
    if weight > 1e9:
        raise ValueError(f"weight must be at most 1e9, got {weight!r}")

    def so_far(frames: np.ndarray) -> np.ndarray:
        count = weight + np.arange(1, len(frames) + 1)[:, None]
        means = (weight * mean + frames.cumsum(0, dtype=np.float64)) / count
        squares = (weight * (std**2 + mean**2) + (frames.astype(np.float64) ** 2).cumsum(0)) / count
        return ((frames - means) / np.sqrt(np.maximum(squares - means**2, 1e-10))).astype(np.float32)

    return replace(strings, sequences=tuple(map(so_far, strings.sequences)))


def scaled(strings: SpokenStrings, mean: np.ndarray, std: np.ndarray) -> SpokenStrings:
    """All strings less one mean, over one deviation, (13,) each, of the training part."""
    if fault := _strings_fault(strings, mean=mean, std=std):
        raise fault
    return replace(strings, sequences=tuple(((s - mean) / std).astype(np.float32) for s in strings.sequences))
