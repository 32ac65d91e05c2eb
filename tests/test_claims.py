"""A claim shows its sentence and value; one that does not hold says so, or stops a strict run."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import numpy as np
import pytest
import torch

from lstm_lessons.authoring.notebooks import NotebookFailed, execute
from lstm_lessons.claims import STRICT, ClaimFailed, claim

TRUE = [True, np.bool_(True), np.array(True), torch.tensor(True)]
FALSE = [False, np.bool_(False), np.array(False), torch.tensor(False)]


@pytest.fixture
def lenient(monkeypatch):
    """As on a learner's machine."""
    monkeypatch.delenv(STRICT)


# --- One claim, outside of a notebook -------------------------------------------------------------


@pytest.mark.parametrize("holds", TRUE)
def test_a_claim_that_holds_is_printed(holds, capsys):
    claim("the gate is open", holds)
    assert capsys.readouterr().out == "claim holds: the gate is open\n"


@pytest.mark.parametrize("holds", FALSE)
def test_a_claim_that_does_not_hold_stops_a_strict_run_at_its_sentence(holds, capsys):
    with pytest.raises(ClaimFailed, match="the gate is open"):
        claim("the gate is open", holds)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("holds", FALSE)
def test_a_claim_that_does_not_hold_says_so_and_a_learners_run_goes_on(holds, capsys, lenient):
    claim("the gate is open", holds, value="f = 0.1")
    assert capsys.readouterr().out == "claim does not hold: the gate is open [here: f = 0.1]\n"


@pytest.mark.parametrize("off", ["", "0"])
def test_strictness_can_be_set_off(off, monkeypatch, capsys):
    monkeypatch.setenv(STRICT, off)
    claim("the gate is open", False, value=0)
    assert capsys.readouterr().out == "claim does not hold: the gate is open [here: 0]\n"


@pytest.mark.parametrize(
    "value, shown",
    [
        ("89.5 % against 88.5 %", "89.5 % against 88.5 %"),
        ("two\n  lines", "two lines"),
        (0.123456, "0.1235"),
        (np.float32(1e-9), "1e-09"),
        (torch.tensor(0.25), "0.25"),
        (float("inf"), "inf"),
        (1234567, "1234567"),
        (0, "0"),
        (True, "True"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_the_value_stands_behind_the_sentence(value, shown, capsys):
    claim("the gate is open", True, value=value)
    assert capsys.readouterr().out == f"claim holds: the gate is open [here: {shown}]\n"


def test_without_a_value_a_broken_claim_shows_its_condition_and_the_numbers_in_it(capsys, lenient):
    left, both, at = np.float64(0.81793), torch.tensor([0.1, 0.9]), [3, 5]
    claim("a", left < 0.25)
    claim("b", (both < left).all())
    claim("c", holds=at[1] < at[0])
    claim("d", bool(at) and False)
    assert capsys.readouterr().out.splitlines() == [
        "claim does not hold: a [here: left < 0.25, left = 0.8179]",
        "claim does not hold: b [here: (both < left).all(), left = 0.8179]",
        "claim does not hold: c [here: at[1] < at[0], at[1] = 5, at[0] = 3]",
        "claim does not hold: d [here: bool(at) and False]",
    ]


def test_without_a_value_a_claim_that_holds_shows_the_numbers_in_its_condition(capsys):
    left, both, same = np.float64(0.81793), torch.tensor([0.1, 0.9]), True
    claim("a", left > 0.25)
    claim("b", (both > 0).all())
    claim("c", same)
    claim("d", left > 0.25, value="most")
    claim("e", abs(left / 2 - 0.4) < 0.1)
    assert capsys.readouterr().out.splitlines() == [
        "claim holds: a [here: left = 0.8179]",
        "claim holds: b",
        "claim holds: c",
        "claim holds: d [here: most]",
        "claim holds: e [here: left = 0.8179]",  # and nothing that is computed of it
    ]


def test_the_condition_is_not_run_again(capsys, lenient):
    asked = []
    claim("asked once", asked.append(1) or False)
    assert asked == [1]


@pytest.mark.parametrize("code", ["claim('a', False)", "claim(*['a', False])"])
def test_a_condition_that_cannot_be_named_is_left_out(code, capsys, lenient):
    exec(code, {"claim": claim})  # no file holds the source of this call
    assert capsys.readouterr().out == "claim does not hold: a\n"


@pytest.mark.parametrize(
    "holds", [1, 0.0, None, "yes", [True], np.array([True]), torch.tensor([True]), torch.tensor(1.0)], ids=repr
)
def test_what_is_no_single_bool_is_refused(holds):
    with pytest.raises(TypeError, match="holds must be one bool"):
        claim("the gate is open", holds)


def test_a_bool_tensor_with_dimensions_names_its_shape_and_the_way_out():
    with pytest.raises(TypeError, match=r"Tensor of shape \(2, 3\); reduce it with .all\(\)"):
        claim("every gate is open", torch.ones(2, 3, dtype=torch.bool))


@pytest.mark.parametrize("sentence", ["", "  \n"])
def test_an_empty_sentence_is_refused(sentence):
    with pytest.raises(ValueError, match="sentence must say what is claimed"):
        claim(sentence, True)


def test_a_sentence_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match="sentence must be a string; got bool"):
        claim(True, "the gate is open")


def test_a_sentence_that_would_hide_a_part_of_itself_from_nbval_is_refused():
    with pytest.raises(ValueError, match="use value="):
        claim("the gate is open [here: 0.9]", True)


def test_a_failed_claim_is_an_assertion_error():
    assert issubclass(ClaimFailed, AssertionError)


def test_claims_load_nothing_heavy():
    code = (
        "import sys, lstm_lessons.claims;"
        "print({'torch', 'numpy', 'matplotlib', 'IPython', 'executing'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- In a notebook --------------------------------------------------------------------------------

CELLS = {
    "setup": "from lstm_lessons.claims import claim\nleft = 0.8",
    "one": "claim('a', True)\nprint('printed')",
    "several": "claim('a', True)\nprint('printed')\nclaim('b', left > 0.25, left)\n2 * left",
    "none": "left",
    "raises": "claim('a', True)\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    claim('b', True)",
    "broken": "claim('a <b>', left < 0.25)\nclaim('c', True)",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The outputs of each of ``CELLS``, run one after another on a learner's machine."""
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, CELLS.values())])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STRICT, "0")
        executed = execute(notebook, tmp_path_factory.mktemp("claims"))
    return dict(zip(CELLS, (cell.outputs for cell in executed.cells), strict=True))


def test_a_single_claim_is_a_line_below_what_its_cell_prints(shown):
    (stream,) = shown["one"]
    assert stream.text == "printed\nclaim holds: a\n"


def test_several_claims_fold_to_one_line_with_their_values_within(shown):
    stream, result, claims = shown["several"]
    assert (stream.text, result.output_type) == ("printed\n", "execute_result")
    assert claims.data == {
        "text/plain": "2 claims hold:\n  a\n  b [here: 0.8]",
        "text/html": '<details class="claims"><summary>2 claims hold</summary>'
        "<ul><li>a</li><li>b [here: 0.8]</li></ul></details>",
    }
    assert [output.output_type for output in shown["none"]] == ["execute_result"]


def test_claims_on_both_sides_of_a_caught_error_stand_together(shown):
    (claims,) = shown["raises"]
    assert claims.data["text/plain"] == "2 claims hold:\n  a\n  b"


def test_a_claim_that_does_not_hold_stands_open_above_the_others(shown):
    (claims,) = shown["broken"]
    broken, says, count, other = claims.data["text/plain"].split("\n")
    assert broken == "claim does not hold: a <b> [here: left < 0.25, left = 0.8]"
    assert "Did you change a number" in says
    assert (count, other) == ("1 claim holds:", "  c")
    note, details = claims.data["text/html"].split("<details")
    assert "claim does not hold: a &lt;b&gt; [here: left &lt; 0.25, left = 0.8]" in note
    assert note.startswith('<div role="status"') and "<li>c</li>" in details


def test_no_lesson_with_a_broken_claim_is_executed_to_be_stored(monkeypatch, tmp_path):
    """Whatever the shell says: the code that stores lessons is strict by itself."""
    monkeypatch.delenv(STRICT)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELLS[name]) for name in ("setup", "broken")])
    with pytest.raises(NotebookFailed, match="ClaimFailed: claim does not hold: a <b>"):
        execute(notebook, tmp_path)


def test_an_item_is_told_in_words(capsys):
    moved = {"batch_first": 0.0}
    claim("not at all", max(moved["batch_first"], 0) == 0)
    assert capsys.readouterr().out == "claim holds: not at all [here: moved (batch_first) = 0]\n"


def test_what_cannot_be_shown_or_printed_stops_nobody(capsys):
    class Silent:
        def __repr__(self):
            raise RuntimeError

    claim("half a letter: \ud800", True, "\ud800")
    claim("so", True, Silent())
    claim("so", True, torch.zeros((), device="meta"))
    claim("so", True, np.dtype("float32"))
    assert capsys.readouterr().out.splitlines()[:2] == [
        "claim holds: half a letter: ? [here: ?]",
        "claim holds: so [here: a Silent]",
    ]
    for holds in (np.float32, torch.zeros((), device="meta", dtype=torch.bool)):
        with pytest.raises(TypeError, match="holds must be one bool"):
            claim("so", holds)
