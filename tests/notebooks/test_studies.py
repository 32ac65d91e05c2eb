"""Each recorded study is that of its lesson, and comes out again."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pytest

from lstm_lessons.authoring import study
from lstm_lessons.data import studies

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = {"voices": "04_bidirectional_lstm", "regularization": "05_regularization", "speech": "12_speech"}


@pytest.mark.parametrize(("name", "lesson"), LESSONS.items())
def test_the_recorded_study_is_that_of_the_lesson(name, lesson):
    notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    recorded = studies.load(name)
    anew = "a study cell, or what it calls, is not what was recorded: run make study"
    assert recorded.digest == study.digest_of(notebook), anew
    assert recorded.parameters == study.parameters_of(notebook), anew
    assert recorded.techniques == study.techniques_of(notebook), anew
    assert len(recorded.runs) == len(recorded.techniques) * len(recorded.seeds)


@pytest.mark.parametrize(
    ("name", "technique"), [("regularization", "16 units"), ("voices", "backward"), ("speech", "own mean")]
)
def test_a_point_of_the_record_comes_out_again(tmp_path, name, technique):
    """One training, run as the study runs it; other machines differ in the last digits."""
    lesson = NOTEBOOKS / f"{LESSONS[name]}.ipynb"
    (found,) = study.run(lesson, [study.Point(technique, 0)], tmp_path, workers=1, progress=False).values()
    recorded = studies.load(name).of(technique)[0]
    assert np.atleast_1d(found["known voices"])[-1] == pytest.approx(
        np.atleast_1d(recorded["known voices"])[-1], abs=0.08
    )
    if name == "regularization":
        early = slice(0, 5)  # before small differences have grown
        np.testing.assert_allclose(found["train_loss"][early], recorded["train_loss"][early], rtol=0.02)
        np.testing.assert_allclose(found["median_norm"][early], recorded["median_norm"][early], rtol=0.1)
