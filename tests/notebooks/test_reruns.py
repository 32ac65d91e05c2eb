"""Every lesson also runs with its exercises solved, smaller sizes and another seed.

Every claim of the prose must hold there, too, and every solution must be judged correct in its
place. nbval compares the stored outputs (`make test`); papermill runs the lesson this once more,
and what it runs it in is a JupyterLab whose widgets are used afterward:
tests/browser/lessons.py.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from lstm_lessons.authoring.notebooks import exercise_name, solve
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
OTHER_SEED = 11


def write_solved(path: Path, to: Path) -> None:
    """Write a lesson for its second run: solved, with other parameters, and its outputs as they are stored.

    Raises:
        AssertionError: if an exercise of the lesson has no cell there.
    """
    solved = solve(load_notebook_node(str(path)), path.stem)
    exercises = [cell for cell in solved.cells if exercise_name(cell)]
    assert len(exercises) == len(form.exercises_of(form.lesson_name(path))) > 0
    for cell in exercises:
        _insist(cell)
    nbformat.write(parameterize_notebook(solved, OTHER_PARAMETERS[path.stem] | {"seed": OTHER_SEED}), to)


def _insist(cell) -> None:
    """Let an exercise cell raise unless its check says correct."""
    *solution, check = cell.source.splitlines()
    insist = [f"verdict = {check}", 'assert verdict.status == "correct", verdict', "verdict"]
    cell.source = "\n".join([*solution, *insist])


def test_the_other_parameters_are_parameters_of_the_lessons_and_other_ones():
    assert set(OTHER_PARAMETERS) == {path.stem for path in form.LESSONS}
    for path in form.LESSONS:
        stored = form.parameters(nbformat.read(path, as_version=4))
        others = OTHER_PARAMETERS[path.stem] | {"seed": OTHER_SEED}
        assert set(others) <= set(stored), f"{path.stem}: papermill would change nothing by these"
        assert all(others[name] != stored[name] for name in others), path.stem


def test_what_is_written_is_solved_has_the_other_parameters_and_shows_what_is_stored(tmp_path):
    path = form.LESSONS[0]
    write_solved(path, tmp_path / path.name)
    stored, written = (nbformat.read(where, as_version=4) for where in (path, tmp_path / path.name))
    [injected] = [n for n, cell in enumerate(written.cells) if "injected-parameters" in cell.metadata.get("tags", [])]
    assert "steps = 30" in written.cells[injected].source and f"seed = {OTHER_SEED}" in written.cells[injected].source
    del written.cells[injected]
    changed = [n for n, (a, b) in enumerate(zip(stored.cells, written.cells, strict=True)) if a.source != b.source]
    assert changed == [n for n, cell in enumerate(stored.cells) if exercise_name(cell)]
    assert [cell.get("outputs") for cell in written.cells] == [cell.get("outputs") for cell in stored.cells]


def test_a_check_that_is_not_correct_stops_the_run():
    """Without this, a run could pass on lessons that are not solved at all."""
    unsolved = nbformat.v4.new_notebook()
    for source in (
        "from lstm_lessons.exercises import start_here as exercises",
        "def new_memory(c, f, i, g):\n    return ...\n\n\nexercises.new_memory.check(new_memory)",
    ):
        unsolved.cells.append(nbformat.v4.new_code_cell(source))
    _insist(unsolved.cells[1])
    with pytest.raises(papermill.PapermillExecutionError, match="(?i)not attempted"):
        papermill.execute_notebook(unsolved, None, kernel_name="python3", progress_bar=False)
