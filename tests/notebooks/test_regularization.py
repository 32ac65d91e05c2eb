"""What lesson 5 shows line by line is what the package does, and what it says of its record is so."""

from __future__ import annotations

import copy
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons.data import studies
from lstm_lessons.train import TrainingDiverged, fit
from tests.notebooks.test_manual_cell import functions_of

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "05_regularization.ipynb"


@pytest.fixture(scope="module")
def lesson():
    """The functions of the lesson, for a model and a loss of our own."""
    names = functions_of(NOTEBOOK)
    names |= {"copy": copy, "math": math, "TrainingDiverged": TrainingDiverged}
    names["mean_loss"] = lambda model, batch: (model(batch[0]) - batch[1]).square().mean()
    for name in ("one_step", "fit_in_the_open"):
        names[name].__globals__.update(names)
    return names


def points():
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(64, 1)))
    return [(part, 3 * part - 1) for part in x.split(16)]


def new_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.2), nn.Linear(8, 1)).double()


@pytest.mark.parametrize("patience", [2, 3, 50])
@pytest.mark.parametrize("clip_norm", [0.1, math.inf])
def test_the_loop_in_the_open_is_fit(lesson, clip_norm, patience):
    scores = [5, 3, 4, 2.5, 2.5, 6, 7, 8, 1, 2]
    results = []
    for way in (lesson["fit_in_the_open"], fit):
        model, given = new_model(), iter(scores)
        settings = {"epochs": len(scores), "clip_norm": clip_norm, "patience": patience}
        settings["optimizer"] = torch.optim.Adam(model.parameters(), 0.05)
        settings["validate"] = lambda model, given=given: next(given)
        settings["batches"] = lambda epoch: points()
        if way is fit:
            history = fit(model, lesson["mean_loss"], seed=7, progress=False, **settings)
            told = history.train_loss, history.validation, history.gradient_norm
        else:
            torch.manual_seed(7)
            told = way(model, **settings)
        results.append((*map(list, told), [p.tolist() for p in model.parameters()]))
    assert results[0] == results[1]
    assert len(results[0][1]) == {2: 6, 3: 7, 50: 10}[patience]


def test_the_step_in_the_open_stops_at_nan_before_it_spoils_the_weights(lesson):
    model = new_model()
    before = copy.deepcopy(model.state_dict())
    batch = torch.full((4, 1), math.nan, dtype=torch.float64), torch.zeros(4, 1)
    with pytest.raises(TrainingDiverged):
        lesson["one_step"](model, torch.optim.SGD(model.parameters(), 0.1), batch, 1.0)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_the_answers_to_the_training_explorer_are_what_the_record_says():
    recorded = studies.load("regularization")

    def last(name, curve):
        return np.array([run[curve][-1] for run in recorded.of(name)])

    assert (last("dropout on inputs 0.3", "train_loss") > last("baseline", "train_loss")).all()
    large, small = "learning rate 0.01", "learning rate 0.001"
    assert (last(large, "train_loss") < 0.01).all()
    for run in recorded.of(large):
        assert run["validation_loss"][-1] > 1.05 * min(run["validation_loss"])
    assert (last(small, "train_loss") > 20 * last(large, "train_loss")).all()
    for run in recorded.of(small):
        assert run["train_loss"][-1] < run["train_loss"][-10]
    assert (last("dropout on inputs 0.3", "median_norm") > 5 * last(large, "median_norm")).all()
