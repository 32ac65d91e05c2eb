"""The seventh voice: ten sounds, and coefficients that are what their definition says."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons.data import digits, seventh_voice
from lstm_lessons.data.seventh_voice import BANDS, HOP, RATE, WINDOW, loudness, mfcc


@pytest.fixture(scope="module", params=seventh_voice.LANGUAGES)
def sounds(request):
    return seventh_voice.load(request.param)


def test_no_two_languages_say_the_same():
    said = [sound.tobytes() for language in seventh_voice.LANGUAGES for sound in seventh_voice.load(language).values()]
    assert len(set(said)) == len(said)


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="language must be"):
        seventh_voice.load("tlh")


def test_ten_digits_without_silence_at_the_ends(sounds):
    assert tuple(sounds) == digits.CLASSES
    for sound in sounds.values():
        assert sound.dtype == np.float32 and 0.15 < len(sound) / RATE < 0.9
        loudest = np.abs(sound).max()
        assert 0.1 < loudest <= 1 and min(abs(sound[0]), abs(sound[-1])) > 0.01 * loudest


def test_shapes_and_scale_are_those_of_the_recorded_digits(sounds):
    recorded = np.concatenate(digits.load(scaled=False).train.sequences)
    spoken = [mfcc(sound) for sound in sounds.values()]
    for sound, frames in zip(sounds.values(), spoken, strict=True):
        assert frames.shape == (1 + len(sound) // HOP, digits.FEATURES) and frames.dtype == np.float32
    gap = np.concatenate(spoken).mean(0) - recorded.mean(0)
    assert (np.abs(gap) < 3 * recorded.std(0)).all()


def test_a_tone_is_loudest_in_the_band_of_its_frequency():
    for hertz in (300, 1000, 2500):
        tone = 0.5 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)
        band = loudness(tone).mean(0).argmax()
        top = 2595 * np.log10(1 + RATE / 2 / 700)
        center = 700 * (10 ** ((band + 1) * top / (BANDS + 1) / 2595) - 1)
        assert abs(center - hertz) < RATE / WINDOW


def test_one_frame_worked_out_step_by_step():
    sound = np.random.default_rng(0).normal(size=3 * WINDOW)
    middle, frame = 4, sound[4 * HOP - WINDOW // 2 : 4 * HOP + WINDOW // 2]
    n = np.arange(WINDOW)
    window = np.sin(np.pi * n / WINDOW) ** 2
    power = [abs((frame * window * np.exp(-2j * np.pi * k * n / WINDOW)).sum()) ** 2 for k in range(WINDOW // 2 + 1)]
    mels = np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), BANDS + 2)
    corners = 700 * (10 ** (mels / 2595) - 1)
    hertz = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    bands = [np.interp(hertz, corners[b : b + 3], [0, 1, 0]) @ power for b in range(BANDS)]
    decibels = 10 * np.log10(np.maximum(bands, 1e-10))
    decibels = np.maximum(decibels, loudness(sound).max() - 80)
    np.testing.assert_allclose(loudness(sound)[middle], decibels, rtol=1e-9)
    cosines = np.cos(np.pi * np.outer(np.arange(13), np.arange(BANDS) + 0.5) / BANDS)
    expected = np.sqrt(2 / BANDS) * cosines @ decibels
    expected[0] /= np.sqrt(2)
    np.testing.assert_allclose(mfcc(sound)[middle], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("sound", [np.zeros(200), np.full(900, np.nan)])
def test_too_little_and_not_finite_is_refused(sound):
    with pytest.raises(ValueError, match="sound must hold more than 200 finite samples"):
        mfcc(sound)
