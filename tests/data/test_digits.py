"""The spoken digits: what is in the file, how it is split, and that damage is noticed."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lstm_lessons.data import _source, digits, rebuild_digits


@pytest.fixture(scope="module")
def splits():
    return digits.load()


def test_the_parts_are_balanced_and_share_no_recording(splits):
    parts = splits.train, splits.validation, splits.test
    assert [len(part) for part in parts] == [1800, 600, 600]
    for part in parts:
        assert len(set(np.bincount(part.labels))) == 1
    recordings = {sequence.tobytes() for part in parts for sequence in part.sequences}
    assert len(recordings) == 3000


def test_shapes_and_lengths(splits):
    everything = [s for part in (splits.train, splits.validation, splits.test) for s in part.sequences]
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
    raw = digits.load(scaled=False)
    np.testing.assert_allclose((raw.test.sequences[0] - splits.mean) / splits.std, splits.test.sequences[0], atol=1e-5)


def test_the_split_follows_its_seed(splits):
    assert np.array_equal(digits.load().train.labels, splits.train.labels)
    assert not np.array_equal(digits.load(seed=1).train.labels, splits.train.labels)


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
