"""Lesson 1: what stands where the learner needs it."""

from __future__ import annotations

import html
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


def test_the_latch_is_watched_with_the_inputs_of_its_puzzle():
    watched = place("lstm_from_gates(latch),")
    assert place("exercises.latch.check(latch)") < watched < place("### Puzzle 2")
    assert LESSON.cells[watched - 2].source == "latch = exercises.latch.yours_or_ours(latch)"
    [state] = twins(LESSON.cells[watched])
    assert state["feature_names"] == ["data", "write"]
    assert state["limits"] == [[-1, 1], [0, 1]], "data can be drawn down to -1"
    data, write = zip(*state["xs"], strict=True)
    assert set(data) == {-1, 1} and set(write) == {0, 1}


def test_a_forget_bias_is_dragged_before_the_code_that_measures():
    assert place("### Drag the forget bias") + 1 == place("GradientExplorer()") < place("def rnn_path(")
