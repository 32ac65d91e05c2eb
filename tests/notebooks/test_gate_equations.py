"""Lesson 1: what stands where the learner needs it."""

from __future__ import annotations

import html
import itertools
import json
import re

import nbformat

from tests.notebooks import form

LESSON = nbformat.read(form.FOLDER / "01_gate_equations.ipynb", as_version=4)
_STATE = re.compile(r'data-state="([^"]*)"')


def twins(cell):
    """The states of the widgets that a cell stores."""
    pages = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", ())]
    return [json.loads(html.unescape(state)) for page in pages for state in _STATE.findall(page)]


def place(text):
    [index] = [index for index, cell in enumerate(LESSON.cells) if text in cell.source]
    return index


def test_each_puzzle_has_its_bench_which_starts_with_the_learners_program_and_named_inputs():
    puzzles = ("latch", "counter", "leaky_average", "first_input", "toggle")
    for puzzle, after in itertools.zip_longest(puzzles, puzzles[1:]):
        bench = place(f'SequenceExplorer(puzzle="{puzzle}", program={puzzle})')
        assert place(f"exercises.{puzzle}.check({puzzle})") < bench
        assert not after or bench < place(f"exercises.{after}.check({after})")
    [state] = twins(LESSON.cells[place('SequenceExplorer(puzzle="latch"')])
    assert state["feature_names"] == ["data", "write"]
    assert state["limits"] == [[-1, 1], [0, 1]], "data can be drawn down to -1"
    data, write = zip(*state["xs"], strict=True)
    assert set(data) == {-1, 1} and set(write) == {0, 1}


def test_a_forget_bias_is_dragged_before_the_code_that_measures():
    assert place("### Drag the forget bias") + 1 == place("GradientExplorer()") < place("def rnn_path(")
