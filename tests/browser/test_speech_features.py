"""The page makes of a sound what Python makes of it: MFCCs, a string's own scale, silence cut off, another rate."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons.data import seventh_voice
from lstm_lessons.data.seventh_voice import HOP, RATE, mfcc
from lstm_lessons.data.spoken_strings import center
from lstm_lessons.widgets.shared.bundling import module_source

SOURCE = module_source("speech_features")
AGREED = 1e-3  # of coefficients that are hundreds: about the last digits of float32
PROGRAMS = {
    "mfcc": "(sound) => mfccOf(sound).frames",
    "centered": "(sound) => normalized(mfccOf(sound).frames, mfccOf(sound).T, null)",
    "trimmed": "trimmed",
    "resampled": "resampled",
}
NOISE = np.random.default_rng(0).normal(size=RATE // 2).astype(np.float32)
SOUNDS = {
    "noise": NOISE,
    "one tone": np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32),
    "few samples": NOISE[:201],
    "a whole number of frames": NOISE[: 3 * HOP],
    "noise, then silence": np.concatenate([NOISE, np.zeros(1000, np.float32)]),
    "nothing": np.zeros(900, np.float32),
    **{f"French {digit}": sound for digit, sound in seventh_voice.load("fr").items()},
}


@pytest.fixture
def run(compute):
    """``run(sound, what, ...)``: what a function of the page makes of it."""

    def call(sound: np.ndarray, what: str, *rest, source: str = SOURCE) -> np.ndarray:
        program = f"(numbers, ...rest) => [...({PROGRAMS[what]})(new Float32Array(numbers), ...rest)]"
        return np.array(compute(source, program, sound.tolist(), *rest))

    return call


def test_coefficients_equal_pythons(run):
    for name, sound in SOUNDS.items():
        expected = mfcc(sound)
        found = run(sound, "mfcc").reshape(-1, 13)
        assert found.shape == expected.shape, name
        assert np.abs(found - expected).max() < AGREED, name


def test_a_strings_own_scale_equals_pythons(run):
    for name, sound in SOUNDS.items():
        expected = center(mfcc(sound).astype(np.float64))
        assert np.abs(run(sound, "centered").reshape(-1, 13) - expected).max() < AGREED, name


def test_silence_at_the_ends_is_cut_off_as_in_the_files_of_a_voice(run):
    for digit, sound in seventh_voice.load().items():
        padded = np.concatenate([np.full(500, 1e-4, np.float32), sound, np.zeros(300, np.float32)])
        np.testing.assert_array_equal(run(padded, "trimmed"), sound, digit)
    assert len(run(np.zeros(500, np.float32), "trimmed")) == 0


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000])
def test_another_rate_keeps_what_8_khz_can_hold_and_nothing_else(run, rate):
    times, inner = np.arange(rate) / rate, slice(400, -400)
    for hertz in (100, 1000, 3000):
        found = run(np.sin(2 * np.pi * hertz * times).astype(np.float32), "resampled", rate)
        assert len(found) == RATE
        expected = np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)
        assert np.abs(found - expected)[inner].max() < 1e-3
    for hertz in (5000, 7000) if rate > RATE else ():
        assert np.abs(run(np.sin(2 * np.pi * hertz * times).astype(np.float32), "resampled", rate))[inner].max() < 1e-2


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("10 ** ((n * top) / (BANDS + 1) / 2595)", "10 ** ((n * top) / BANDS / 2595)"),
        ("n < 0 ? -n :", "n < 0 ? 0 :"),
        ("- RANGE", "- 0.5 * RANGE"),
        ("oddRe[n] = twice ? 0 : left - right", "oddRe[n] = twice ? 0 : left + right"),
        ("(k ? 2 : 1) / BANDS", "2 / BANDS"),
    ],
)
def test_another_recipe_is_seen(run, right, wrong):
    assert SOURCE.count(right) == 1
    sound = SOUNDS["noise, then silence"]
    found = run(sound, "mfcc", source=SOURCE.replace(right, wrong)).reshape(-1, 13)
    assert np.abs(found - mfcc(sound)).max() > 100 * AGREED
