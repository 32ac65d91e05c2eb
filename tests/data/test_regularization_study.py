"""The recorded study: complete, in range, and described with what it takes to run it again."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons.data import regularization_study
from lstm_lessons.data.regularization_study import RESULTS, Study


@pytest.fixture(scope="module")
def recorded():
    return regularization_study.load()


def test_every_technique_has_every_seed_once(recorded):
    for technique in recorded.techniques:
        assert [run["seed"] for run in recorded.of(technique)] == recorded.seeds


def test_each_run_holds_curves_of_one_length_and_numbers_in_range(recorded):
    for run in recorded.runs:
        curves = [run[k] for k in ("train_loss", "validation_loss", "median_norm", "largest_norm")]
        assert len({len(curve) for curve in curves}) == 1
        assert np.isfinite(curves).all() and np.min(curves) > 0
        losses = run["validation_loss"]  # rounded: two epochs may share the smallest one
        assert losses[run["best_epoch"]] == min(losses)
        for part in ("training", "test"):
            loss, accuracy = run[part]
            assert loss > 0 and 0 <= accuracy <= 1
        assert all(np.array(run["largest_norm"]) >= run["median_norm"])


def test_the_results_are_told_by_technique_and_seed(recorded):
    for result in RESULTS:
        values = recorded.values(result)
        assert list(values) == recorded.techniques
        assert {v.shape for v in values.values()} == {(len(recorded.seeds),)}
    run = recorded.of("baseline")[1]
    assert recorded.values("test loss")["baseline"][1] == run["test"][0]
    assert recorded.values("training accuracy")["baseline"][1] == run["training"][1]
    assert recorded.values("epochs")["baseline"][1] == recorded.parameters["epochs"]


def test_the_description_says_how_to_run_it_again(recorded):
    told = recorded.describe()
    assert "`make study`" in told and f"torch {recorded.versions['torch']}" in told
    assert f"{len(recorded.runs)} trainings" in told and "epochs = 40" in told


def test_bad_names_are_named():
    empty = Study((), {}, {}, "make study", "")
    with pytest.raises(ValueError, match="technique must be one of .*got 'none'"):
        empty.of("none")
    with pytest.raises(ValueError, match="result must be one of test accuracy.*got 'speed'"):
        empty.values("speed")
