"""The training explorer in Python: what it takes, refuses, computes and says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lstm_lessons.data import studies
from lstm_lessons.data.studies import Study
from lstm_lessons.widgets import TrainingExplorer


def run(validation, test=0.5):
    count = len(validation)
    return {"train": np.linspace(2, 0.1, count), "validation": validation, "norm": np.full(count, 0.3), "test": test}


RUNS = {
    "baseline": [run([2.0, 1.0, 1.5, 1.6], 0.8), run([2.0, 1.4, 0.8, 1.2], 0.9)],
    "early": [run([2.0, 1.0]), run([1.0, 0.9, 0.7])],
    "other": [run([3.0, 2.0, 1.0])],
    "one more": [run([3.0])],
}


def test_it_opens_with_the_first_two_techniques():
    explorer = TrainingExplorer(RUNS)
    assert explorer.chosen == ["baseline", "early"]
    assert (explorer.quantity, explorer.epoch, explorer.longest) == ("loss", 1, 4)


def test_means_are_over_the_runs_that_came_so_far():
    explorer = TrainingExplorer(RUNS)
    np.testing.assert_allclose(explorer.means("baseline", "validation"), [2.0, 1.2, 1.15, 1.4])
    np.testing.assert_allclose(explorer.means("early", "validation"), [1.5, 0.95, 0.7])
    assert explorer.best_epoch("baseline") == 3
    assert "validation loss 1.15 at best in epoch 3 and 1.40 at the end" in explorer.summary()


def test_a_recorded_study_is_shown_with_some_of_its_seeds():
    study = studies.load("regularization")
    explorer = TrainingExplorer.from_study(study, ["baseline", "combined"], seeds=2, epoch=5)
    assert list(explorer.runs) == study.techniques
    assert all(len(group) == 2 for group in explorer.runs.values())
    recorded = study.of("combined")[1]
    assert explorer.runs["combined"][1]["norm"] == recorded["largest_norm"]
    assert explorer.runs["combined"][1]["test"] == recorded["new voice"][1]


def test_the_twin_holds_all_that_a_page_needs_and_no_more_than_a_page_can_bear():
    explorer = TrainingExplorer.from_study(studies.load("regularization"))
    twin = explorer.twin()
    assert len(twin) < 300_000
    json.dumps(explorer.state())
    assert set(explorer.state()) == {"runs", "chosen", "quantity", "epoch"}


@pytest.mark.parametrize("quantity", ["loss", "norm"])
def test_the_picture_draws_the_means_of_every_chosen_technique(quantity):
    explorer = TrainingExplorer(RUNS, ["baseline", "early", "other"], quantity=quantity)
    figure = explorer.picture()
    [axes] = figure.axes
    curves = ("train", "validation") if quantity == "loss" else ("norm",)
    expected = [explorer.means(name, curve) for name in explorer.chosen for curve in curves]
    assert len(axes.lines) == len(expected)
    for line, values in zip(axes.lines, expected, strict=True):
        np.testing.assert_array_equal(line.get_xydata().T, [range(1, len(values) + 1), values])
    said = [text.get_text().partition(":")[0] for text in figure.legends[0].get_texts()]
    assert said == [name for name in explorer.chosen for _ in curves]
    assert axes.get_xlabel() == "epoch" and "log scale" in axes.get_ylabel()
    assert axes.get_yscale() == "log"
    looks = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in axes.lines}
    assert len(looks) == len(expected) and len({color for color, *_ in looks}) == 3


def test_names_that_look_like_formulas_stay_names(recwarn):
    explorer = TrainingExplorer({"$a_1$ or $\\frac{": RUNS["early"]})
    assert "data:image/png" in explorer.twin() and not recwarn.list


def test_the_picture_marks_the_best_epoch():
    [axes] = TrainingExplorer(RUNS, ["baseline"]).picture().axes
    train, validation = axes.lines
    assert validation.get_markevery() == [2] and validation.get_marker() not in ("", "None")
    assert train.get_marker() == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"runs": {}}, "at least one technique"),
        ({"runs": {"a": []}}, "at least one run"),
        ({"runs": {"a": [{"train": [1.0]}]}}, r"runs\['a'\] must have validation, norm, test"),
        ({"runs": {"a": [run([1.0]) | {"train": [1.0, 2.0]}]}}, "curves of one length"),
        ({"runs": {"a": [run([0.0])]}}, "above 0, for a log axis"),
        ({"runs": {"a": [run([float("inf")])]}}, "above 0, for a log axis"),
        ({"chosen": []}, "chosen must name one to 3"),
        ({"chosen": ["nothing"]}, r"chosen must name.*got \['nothing'\]"),
        ({"chosen": ["early", "early"]}, "chosen must name"),
        ({"chosen": list(RUNS)}, "chosen must name one to 3"),
        ({"epoch": 5}, r"epoch must be a whole number from 1 to 4, got 5"),
        ({"epoch": 0}, "epoch must be"),
    ],
)
def test_what_it_refuses_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        TrainingExplorer(**{"runs": RUNS} | arguments)


def test_an_unknown_quantity_is_refused():
    with pytest.raises(ValueError, match="quantity must be one of loss, norm, got 'speed'"):
        TrainingExplorer(RUNS, quantity="speed")


def test_a_study_without_runs_is_refused():
    with pytest.raises(ValueError, match="at least one technique"):
        TrainingExplorer.from_study(Study((), {}, {}, "make study", ""))
