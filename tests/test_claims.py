"""A claim prints its sentence, or stops the run at it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from lstm_lessons.claims import ClaimFailed, claim


@pytest.mark.parametrize("holds", [True, np.bool_(True), np.array(True), torch.tensor(True)])
def test_a_claim_that_holds_is_printed(holds, capsys):
    claim("the gate is open", holds)
    assert capsys.readouterr().out == "claim holds: the gate is open\n"


@pytest.mark.parametrize("holds", [False, np.bool_(False), np.array(False), torch.tensor(False)])
def test_a_claim_that_does_not_hold_stops_at_its_sentence(holds, capsys):
    with pytest.raises(ClaimFailed, match="the gate is open"):
        claim("the gate is open", holds)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "holds",
    [1, 0.0, None, "yes", [True], np.array([True]), torch.tensor([True]), torch.tensor(1.0)],
    ids=repr,
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


def test_a_failed_claim_is_an_assertion_error():
    assert issubclass(ClaimFailed, AssertionError)


def test_claims_load_nothing_heavy():
    code = (
        "import sys, lstm_lessons.claims;"
        "print([name for name in ('torch', 'numpy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
