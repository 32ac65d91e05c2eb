"""The spoken digits: what is in the file, how it is split, and that damage is noticed."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lstm_lessons.data import _source, digits, rebuild_digits


@pytest.fixture(scope="module")
def splits():
    return digits.load(split="known")


def parts_of(splits):
    return splits.train, splits.validation, splits.test


@pytest.mark.parametrize("fold", range(6))
def test_the_parts_of_a_fold_share_no_voice(fold):
    parts = parts_of(digits.load(fold=fold))
    voices = [set(part.voices) for part in parts]
    assert [len(part) for part in parts] == [2000, 500, 500]
    assert [len(found) for found in voices] == [4, 1, 1] and set.union(*voices) == set(digits.VOICES)
    assert voices[2] == {digits.VOICES[fold]}
    for part in parts:
        assert len(set(np.bincount(part.labels))) == 1
    assert len({sequence.tobytes() for part in parts for sequence in part.sequences}) == 3000


def test_new_voices_are_the_default():
    test = digits.load().test
    assert set(test.voices) == {"A"} and "voices A" in test.describe()


def test_every_voice_says_every_digit_fifty_times():
    recordings = digits._recordings()
    for voice in digits.VOICES:
        assert np.bincount(recordings.labels[recordings.voices == voice]).tolist() == [50] * 10


def test_a_voice_is_nearer_to_itself_than_to_others():
    """Letters in a wrong order would tell nothing about the sound: here they do, for every voice."""
    recordings = digits._recordings()
    means = np.array([frames.mean(0) for frames in recordings.sequences])
    half = np.arange(len(recordings)) % 2 == 0
    centers = np.array([means[half & (recordings.voices == voice)].mean(0) for voice in digits.VOICES])
    distances = np.linalg.norm(means[~half, None] - centers, axis=2)
    right = np.array(digits.VOICES)[distances.argmin(1)] == recordings.voices[~half]
    assert right.mean() > 0.5


def test_a_voice_stays_with_its_recording(splits):
    whole, part = digits._recordings(), digits.load(scaled=False, fold=2).train
    by_sound = {frames.tobytes(): voice for frames, voice in zip(whole.sequences, whole.voices, strict=True)}
    few = part.per_class(3, seed=1)
    assert [by_sound[frames.tobytes()] for frames in few.sequences] == few.voices.tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "voice"}, "split must be one of speaker, known, got 'voice'"),
        ({"fold": 6}, "fold must be .* from 0 to 5, got 6"),
        ({"split": "known", "fold": 1}, "fold must be 0 with split='known', which has no folds, got 1"),
    ],
)
def test_a_split_that_there_is_not(arguments, message):
    with pytest.raises(ValueError, match=message):
        digits.load(**arguments)


def test_the_parts_are_balanced_and_share_no_recording(splits):
    parts = parts_of(splits)
    assert [len(part) for part in parts] == [1800, 600, 600] and {len(set(part.voices)) for part in parts} == {6}
    for part in parts:
        assert len(set(np.bincount(part.labels))) == 1
    recordings = {sequence.tobytes() for part in parts for sequence in part.sequences}
    assert len(recordings) == 3000


def test_shapes_and_lengths(splits):
    everything = [s for part in parts_of(splits) for s in part.sequences]
    lengths = [len(sequence) for sequence in everything]
    assert (min(lengths), max(lengths), sum(lengths)) == (6, 92, 53999)
    assert {sequence.shape[1] for sequence in everything} == {13}
    assert {sequence.dtype for sequence in everything} == {np.dtype("float32")}


def test_scaling_uses_the_training_part_alone(splits):
    train = np.concatenate(splits.train.sequences)
    np.testing.assert_allclose(train.mean(0), 0, atol=1e-3)
    np.testing.assert_allclose(train.std(0), 1, atol=1e-3)
    test = np.concatenate(splits.test.sequences)
    assert np.abs(test.mean(0)).max() > 1e-3
    raw = digits.load(split="known", scaled=False)
    np.testing.assert_allclose((raw.test.sequences[0] - splits.mean) / splits.std, splits.test.sequences[0], atol=1e-5)


def test_the_split_follows_its_seed(splits):
    assert np.array_equal(digits.load(split="known").train.labels, splits.train.labels)
    assert not np.array_equal(digits.load(split="known", seed=1).train.labels, splits.train.labels)
    assert not np.array_equal(digits.load(seed=1).train.labels, digits.load().train.labels)


def test_a_few_examples_of_each_digit(splits):
    few = splits.train.per_class(5, seed=3)
    assert np.bincount(few.labels).tolist() == [5] * 10
    with pytest.raises(ValueError, match="count must be .* from 1 to 180, got 181"):
        splits.train.per_class(181, seed=0)


def test_description(splits):
    assert "1,800 recordings" in splits.describe()
    assert splits.train.describe() in splits.describe()


def test_damage_is_noticed(monkeypatch):
    monkeypatch.setattr(digits, "CHECKSUM", "0" * 64)
    digits._recordings.cache_clear()
    with pytest.raises(ValueError, match="damaged.*rebuild_digits"):
        digits.load()
    monkeypatch.undo()
    digits._recordings.cache_clear()


def fake_wheel(folder: Path) -> Path:
    recordings = digits._recordings()
    source = io.BytesIO()
    np.savez(source, X=np.concatenate(recordings.sequences), y=recordings.labels, lengths=recordings.lengths)
    wheel = folder / "source.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(rebuild_digits.MEMBER, source.getvalue())
    return wheel


def test_the_rebuild_gives_the_same_numbers_and_refuses_others(tmp_path, monkeypatch):
    wheel = fake_wheel(tmp_path)
    monkeypatch.setattr(_source, "download", lambda *_, **__: wheel)
    rebuild_digits.main(tmp_path / "digits.npz")
    with np.load(tmp_path / "digits.npz") as archive:
        assert digits.checksum(**archive) == digits.CHECKSUM

    monkeypatch.setattr(digits, "CHECKSUM", "0" * 64)
    with pytest.raises(SystemExit, match="other numbers"):
        rebuild_digits.main(tmp_path / "refused.npz")
    assert not (tmp_path / "refused.npz").exists()
