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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda part, frames: spoken_strings.with_speed(frames, -1), "factor must be from 0.01 to 100"),
        (lambda part, frames: spoken_strings.with_tract(frames, 0), "factor must be from 0.01 to 100"),
        (lambda part, frames: spoken_strings.with_noise(frames, 20, 0), "rng must be a numpy.random.Generator"),
        (lambda part, frames: spoken_strings.louder(frames * np.nan, 3), "frames must be finite"),
        (lambda part, frames: spoken_strings.center(frames[:0]), r"frames must be finite, of shape \(T ≥ 1, 13\)"),
        (lambda part, frames: spoken_strings.level(frames[0]), r"frames .* got \(13,\)"),
        (lambda part, frames: spoken_strings.scaled(part, np.zeros(13), np.zeros(13)), "std must hold 13 numbers"),
        (lambda part, frames: spoken_strings.joined([frames], [1, -1], frames, None), "pauses must"),
        (lambda part, frames: spoken_strings.splice(part.subset([]), 1), "part must hold at least one recording"),
        (lambda part, frames: spoken_strings.splice(part.subset([0]), 1, said=[range(10)]), "said must hold digits"),
        (lambda part, frames: spoken_strings.splice(part, 1, digits=(1, 10**12)), "digits must be the least and"),
        (lambda part, frames: part.subset([]).describe(), "at least one recording to describe"),
    ],
)
def test_frames_that_would_give_nonsense_are_refused_by_name(part, call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(part, part.sequences[0])


def test_what_is_to_be_said_is_said_and_nothing_else(part):
    strings = spoken_strings.splice(part, 60, said=[[1, 2, 3], [4, 4]], seed=0)
    assert {tuple(labels) for labels in strings.labels} == {(1, 2, 3), (4, 4)}
    with pytest.raises(ValueError, match=r"said must lie in 0\.\.9"):
        spoken_strings.splice(part, 1, said=[[10]])


def test_other_tracts_and_speeds_change_a_string_as_they_say(part):
    frames = part.sequences[0]
    assert np.allclose(spoken_strings.with_tract(frames, 1), frames, atol=1e-3)
    assert len(spoken_strings.with_speed(frames, 2)) == round(len(frames) / 2)
    assert spoken_strings.with_speed(frames, 1) is frames
    line = np.linspace(0, 1, 11, dtype=np.float32)[:, None]
    assert np.allclose(spoken_strings.with_speed(line, 0.5)[:, 0], np.linspace(0, 1, 22), atol=1e-6)
    plain, moved = (spoken_strings.splice(part, 30, tract=x, speed=x, gain=0, seed=2) for x in (0.0, 0.3))
    assert [len(row) for row in plain.labels] != [] and not np.array_equal(plain.sequences[0], moved.sequences[0])


def test_a_shorter_tract_moves_a_resonance_upward():
    # A curve of loudness with one wide peak: at factor f it stands f times as high in hertz.
    mel = 2595 * np.log10(1 + 4000 / 700) * np.arange(1, 129) / 129
    hertz = 700 * (10 ** (mel / 2595) - 1)
    curve = -(((mel - 900) / 300) ** 2) * 5
    frames = (curve @ spoken_strings._waves().T)[None]
    peaks = [hertz[spoken_strings.smooth_loudness(spoken_strings.with_tract(frames, f))[0].argmax()] for f in (1, 1.2)]
    assert peaks[1] / peaks[0] == pytest.approx(1.2, abs=0.06)


def test_noise_lies_as_far_below_as_it_says():
    rng = np.random.default_rng(0)
    frames = seventh_voice.mfcc(seventh_voice.load()["5"])
    power = [
        10 ** (spoken_strings.smooth_loudness(x) / 10) for x in (frames, spoken_strings.with_noise(frames, 0, rng))
    ]
    # 13 coefficients tell of a smooth curve of logarithms, so powers add up only nearly.
    assert power[1].mean() / power[0].mean() == pytest.approx(2, rel=0.2)
    assert np.allclose(spoken_strings.with_noise(frames, 80, rng), frames, atol=1.5)


def test_frames_centered_so_far_know_nothing_of_the_future(part):
    strings = spoken_strings.splice(part, 1, seed=0)
    mean, std = np.zeros(13, np.float32), np.ones(13, np.float32)
    (whole,) = spoken_strings.centered_so_far(strings, mean, std).sequences
    begun = spoken_strings.SpokenStrings((strings.sequences[0][:9],), strings.labels, strings.bounds, strings.voices)
    (first,) = spoken_strings.centered_so_far(begun, mean, std).sequences
    assert np.allclose(whole[:9], first, atol=1e-5)
    (nearly,) = spoken_strings.centered_so_far(strings, mean, std, weight=1e-6).sequences
    assert np.allclose(nearly[-1], spoken_strings.center(strings.sequences[0])[-1], atol=1e-2)
