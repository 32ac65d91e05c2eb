"""Spliced strings hold the recordings that they name, of one voice, where they say; a gain moves the level alone."""

import numpy as np
import pytest

from lstm_lessons.data import digits, seventh_voice, spoken_strings


@pytest.fixture(scope="module")
def part():
    return digits.load(scaled=False).train


def test_each_digit_is_a_recording_of_that_voice_at_its_bounds(part):
    strings = spoken_strings.splice(part, 40, gain=0, seed=1)
    recordings = {frames.tobytes(): n for n, frames in enumerate(part.sequences)}
    quiet = {
        voice: {row.tobytes() for row in spoken_strings.quiet_frames(list(part.subset(rows).sequences))}
        for voice in np.unique(part.voices)
        for rows in [np.flatnonzero(part.voices == voice)]
    }
    for frames, labels, bounds, voice in zip(
        strings.sequences, strings.labels, strings.bounds, strings.voices, strict=True
    ):
        silence = np.ones(len(frames), bool)
        for label, (begin, end) in zip(labels, bounds, strict=True):
            n = recordings[frames[begin:end].tobytes()]
            assert (part.labels[n], part.voices[n]) == (label, voice)
            silence[begin:end] = False
        assert all(row.tobytes() in quiet[voice] for row in frames[silence])
    assert set(strings.voices) == set(part.voices)


def test_sizes_and_pauses_stay_in_their_ranges_and_reach_the_ends(part):
    strings = spoken_strings.splice(part, 200, digits=(2, 4), pause=(1, 3), seed=0)
    assert {len(labels) for labels in strings.labels} == {2, 3, 4}
    gaps = [
        end - begin
        for bounds, length in zip(strings.bounds, strings.lengths, strict=True)
        for begin, end in zip([0, *bounds[:, 1]], [*bounds[:, 0], length], strict=True)
    ]
    assert set(gaps) == {1, 2, 3}
    assert "200 strings of 2-4 digits" in strings.describe()


def test_a_seed_gives_the_same_strings_and_another_one_others(part):
    first, again, other = (spoken_strings.splice(part, 5, seed=seed) for seed in ([1, 2], [1, 2], [1, 3]))
    assert all(np.array_equal(a, b) for a, b in zip(first.sequences, again.sequences, strict=True))
    assert not np.array_equal(first.sequences[0], other.sequences[0])


def test_louder_coefficients_are_those_of_louder_sound():
    sound = seventh_voice.load()["3"]
    expected = seventh_voice.mfcc(sound * 10 ** (-6 / 20))
    assert np.allclose(spoken_strings.louder(seventh_voice.mfcc(sound), -6), expected, atol=1e-2)
    rise = spoken_strings.level(spoken_strings.louder(expected, 3)) - spoken_strings.level(expected)
    assert np.allclose(rise, 3, atol=1e-4)


def test_a_centered_string_knows_no_gain(part):
    strings = spoken_strings.splice(part, 3, seed=0)
    for frames, centered in zip(strings.sequences, spoken_strings.centered(strings).sequences, strict=True):
        assert np.allclose(centered.mean(0), 0, atol=1e-4) and np.allclose(centered.std(0), 1, atol=1e-3)
        assert np.allclose(spoken_strings.center(spoken_strings.louder(frames, 20)), centered, atol=1e-3)
        assert centered.dtype == np.float32


def test_scaled_strings_have_the_mean_and_deviation_taken_off(part):
    strings = spoken_strings.splice(part, 2, seed=0)
    mean, std = np.arange(13, dtype=np.float32), np.full(13, 2, np.float32)
    for frames, found in zip(strings.sequences, spoken_strings.scaled(strings, mean, std).sequences, strict=True):
        assert np.allclose(found, (frames - mean) / 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count must be"),
        ({"digits": (3, 2)}, "digits must be the least and the most"),
        ({"pause": (-1, 2)}, "pause must be at least 0"),
        ({"gain": -1.0}, "gain must be"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(part, arguments, message):
    with pytest.raises(ValueError, match=message):
        spoken_strings.splice(part, **({"count": 2} | arguments))
