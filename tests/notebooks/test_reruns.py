"""Every lesson also runs with its exercises solved, smaller sizes and another seed.

Every claim of the prose must hold there, too, and every solution must be judged correct in its
place. That is one of three runs of each lesson: nbval compares the stored outputs (`make test`),
and tests/browser/test_lab_notebooks.py runs the lesson in JupyterLab, unsolved, with a third seed and
sizes at which it is quick: there the widgets are looked at, and the claims of a trained network are not.
"""

from __future__ import annotations

import nbformat
import papermill
import pytest

from lstm_lessons.authoring.notebooks import exercise_name, solve, unwanted_outputs
from tests.notebooks import form

# Small and quick, but true: each claim of the lesson holds with them.
OTHER_PARAMETERS = {
    "00_start_here": {"steps": 30},
    "01_gate_equations": {"draws": 3, "steps": 40},
    "02_manual_cell": {"steps": 30, "updates": 400, "networks": 2},
    "03_nn_lstm": {"networks": 2, "updates": 300, "per_digit": 50},
    "04_bidirectional_lstm": {"networks": 1, "repeats": 3},
    "05_regularization": {"networks": 2},
    "06_gpu_and_amp": {"rounds": 3, "batch": 8, "steps": 20, "hidden": 32, "per_digit": 30},
    "07_temperature_forecasting": {"networks": 2, "committee": 3, "borders": ["2013-09-01", "2013-11-06"]},
    "08_text_classification": {"networks": 2, "short": 1},  # smaller ones are far from n-grams
    "09_deployment": {"texts": 3000, "epochs": 2, "rounds": 2, "starts": 1},
    "10_language_model": {"order": 8, "units": 32, "epochs": 1},
    "11_translation": {"networks": 1, "updates": 600, "short": 250, "tried": 450},
    "12_speech": {"tested": 150},  # with fewer updates it has not learned where the digits are
    "13_finance": {"networks": 2, "epochs": 8},
}
SEED_IN_LAB, SEED_OF_SOLVED = 7, 11


def rerun(notebook, **parameters):
    """Run a notebook with papermill from the folder of the lessons; it raises if a cell does.

    Nothing is written: papermill would check and save the whole notebook twice a cell.
    """
    return papermill.execute_notebook(
        notebook, None, parameters, cwd=form.FOLDER, kernel_name="python3", progress_bar=False, execution_timeout=300
    )


def test_the_other_parameters_are_parameters_of_the_lessons_and_other_ones():
    assert set(OTHER_PARAMETERS) == {path.stem for path in form.LESSONS}
    for path in form.LESSONS:
        stored = form.parameters(nbformat.read(path, as_version=4))
        others = OTHER_PARAMETERS[path.stem] | {"seed": SEED_IN_LAB}
        assert set(others) <= set(stored), f"{path.stem}: papermill would change nothing by these"
        assert all(others[name] != stored[name] for name in others), path.stem
        assert SEED_OF_SOLVED != stored["seed"] != SEED_IN_LAB != SEED_OF_SOLVED


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_a_solved_lesson_holds_with_other_parameters_and_every_check_says_correct(path):
    solved = solve(nbformat.read(path, as_version=4), path.stem)
    exercises = [cell for cell in solved.cells if exercise_name(cell)]
    assert len(exercises) == len(form.exercises_of(form.lesson_name(path))) > 0
    for cell in exercises:
        _insist(cell)
    others = OTHER_PARAMETERS[path.stem]
    executed = rerun(solved, seed=SEED_OF_SOLVED, **others)
    assert list(unwanted_outputs(executed)) == []


def _insist(cell) -> None:
    """Let an exercise cell raise unless its check says correct."""
    *solution, check = cell.source.splitlines()
    insist = [f"verdict = {check}", 'assert verdict.status == "correct", verdict', "verdict"]
    cell.source = "\n".join([*solution, *insist])


def test_a_check_that_is_not_correct_stops_the_run():
    """Without this, the test above could pass on lessons that are not solved at all."""
    unsolved = nbformat.v4.new_notebook()
    for source in (
        "from lstm_lessons.exercises import start_here as exercises",
        "def new_memory(c, f, i, g):\n    return ...\n\n\nexercises.new_memory.check(new_memory)",
    ):
        unsolved.cells.append(nbformat.v4.new_code_cell(source))
    _insist(unsolved.cells[1])
    with pytest.raises(papermill.PapermillExecutionError, match="(?i)not attempted"):
        rerun(unsolved)
