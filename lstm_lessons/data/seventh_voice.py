"""A seventh voice, as sound: the digits 0 to 9 of a telephone system, and how MFCCs like those of `digits` are made.

Other telephone systems say the same in four more languages. ``seventh_voice.md`` beside this file tells where the files
come from, and their licenses.
"""

from __future__ import annotations

import functools
import io
import wave
from importlib import resources

import numpy as np

from lstm_lessons import checks
from lstm_lessons.data.digits import CLASSES, FEATURES

LANGUAGES = ("en", "es", "fr", "it", "ru")
RATE = 8000  # samples a second, of these files and of the recordings behind `digits`
WINDOW, HOP = 400, 200  # samples: a frame hears 50 ms, and the next one begins 25 ms later
BANDS = 128
RANGE = 80.0  # decibels below the loudest point of a recording, at which loudness is cut off
QUIET = 0.02  # of the largest swing: what a recording begins and ends with


def load(language: str = "en") -> dict[str, np.ndarray]:
    """The sound of each digit in one of `LANGUAGES`, (N,) float32 between -1 and 1, silence at both ends cut off.

    Raises:
        ValueError: if the language is none of them.
    """
    prefix = "" if checks.one_of("language", language, LANGUAGES) == "en" else f"{language}_"
    return {digit: _trimmed(_samples(prefix + digit)) for digit in CLASSES}


def _samples(name: str) -> np.ndarray:
    content = resources.files(__package__).joinpath("seventh_voice", f"{name}.wav").read_bytes()
    with wave.open(io.BytesIO(content)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 2**15


def _trimmed(sound: np.ndarray) -> np.ndarray:
    (loud,) = np.nonzero(np.abs(sound) > QUIET * np.abs(sound).max())
    return sound[loud[0] : loud[-1] + 1]


@functools.cache
def band_weights() -> np.ndarray:
    """Weights of the frequencies in each band, (WINDOW / 2 + 1, BANDS): triangles, equally wide on the mel scale."""

    def hertz(mel: np.ndarray) -> np.ndarray:
        return 700 * (10 ** (mel / 2595) - 1)

    top = 2595 * np.log10(1 + RATE / 2 / 700)
    corners = hertz(np.linspace(0, top, BANDS + 2))
    frequencies = np.linspace(0, RATE / 2, WINDOW // 2 + 1)[:, None]
    rising = (frequencies - corners[:-2]) / np.diff(corners)[:-1]
    falling = (corners[2:] - frequencies) / np.diff(corners)[1:]
    return np.maximum(0, np.minimum(rising, falling))


def loudness(sound: np.ndarray) -> np.ndarray:
    """Decibels in each of `BANDS` bands of the mel scale for every frame, (T, BANDS): the spectrogram behind `mfcc`.

    Args:
        sound: samples at `RATE`, (N,), at least as many as half a window.

    Raises:
        ValueError: if the samples are too few, or one is not finite.
    """
    sound = checks.array("sound", sound, 1, "f")
    if len(sound) <= WINDOW // 2 or not np.isfinite(sound).all():
        raise ValueError(f"sound must hold more than {WINDOW // 2} finite samples, got {len(sound)}")
    padded = np.pad(sound.astype(np.float64), WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    power = np.abs(np.fft.rfft(frames * window)) ** 2
    decibels = 10 * np.log10(np.maximum(power @ band_weights(), 1e-10))
    return np.maximum(decibels, decibels.max() - RANGE)


def mfcc(sound: np.ndarray) -> np.ndarray:
    """Mel-frequency cepstral coefficients, (T, 13) float32, in the scale of ``digits.load(scaled=False)``.

    The `loudness` of a frame over the bands is a curve; the coefficients are the first 13 of its cosine transform: its
    level, its slope, and ever finer waves (Davis and Mermelstein, 1980, https://doi.org/10.1109/TASSP.1980.1163420).

    Args:
        sound: as in `loudness`.
    """
    from scipy.fft import dct  # here: only those who compute coefficients need it

    return dct(loudness(sound), norm="ortho")[:, :FEATURES].astype(np.float32)
