"""The recorded studies: complete, in range, averaged by voice, and described with what it takes to run them again."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons.data import digits, studies
from lstm_lessons.data.studies import NAMES, Study


@pytest.fixture(scope="module", params=NAMES)
def recorded(request):
    return studies.load(request.param)


def test_every_technique_has_every_seed_once_and_every_voice_equally_often(recorded):
    for technique in recorded.techniques:
        assert [run["seed"] for run in recorded.of(technique)] == recorded.seeds
    assert recorded.seeds == list(range(len(recorded.seeds))) and len(recorded.seeds) % len(digits.VOICES) == 0


def test_each_run_holds_curves_of_one_length_and_numbers_in_range():
    for run in studies.load("regularization").runs:
        curves = [run[k] for k in ("train_loss", "validation_loss", "median_norm", "largest_norm")]
        assert len({len(curve) for curve in curves}) == 1
        assert np.isfinite(curves).all() and np.min(curves) > 0
        losses = run["validation_loss"]  # rounded: two epochs may share the smallest one
        assert losses[run["best_epoch"]] == min(losses)
        for part in ("training", "known voices", "new voice"):
            loss, accuracy = run[part]
            assert loss > 0 and 0 <= accuracy <= 1
        assert all(np.array(run["largest_norm"]) >= run["median_norm"])


def test_networks_that_left_out_the_same_voice_are_averaged(recorded):
    for part in recorded.parts:
        table = recorded.by_voice(part)
        assert list(table) == [name for name in recorded.techniques if part in recorded.of(name)[0]]
        assert {values.shape for values in table.values()} == {(len(digits.VOICES),)}
    name = recorded.techniques[1]
    found = [np.atleast_1d(run["new voice"])[-1] for run in recorded.of(name) if run["seed"] % len(digits.VOICES) == 4]
    assert recorded.by_voice()[name][4] == pytest.approx(100 * np.mean(found))


def test_the_description_says_how_to_run_it_again(recorded):
    told = recorded.describe()
    assert "`make study`" in told and f"torch {recorded.versions['torch']}" in told
    assert f"{len(recorded.runs)} runs on a CPU" in told and (" epochs = " in told or "updates = " in told)


def test_bad_names_are_named():
    empty = Study((), {}, {}, "make study", "")
    with pytest.raises(ValueError, match="technique must be one of .*got 'none'"):
        empty.of("none")
    with pytest.raises(ValueError, match="part must be one of .*got 'speed'"):
        empty.by_voice("speed")
    with pytest.raises(ValueError, match="name must be one of voices, regularization, speech, got 'none'"):
        studies.load("none")
