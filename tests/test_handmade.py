"""Hand-written programs become the LSTM that they spell."""

from __future__ import annotations

import math

import pytest
import torch

from lstm_lessons.handmade import lstm_from_gates


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def test_one_unit_computes_the_equations_with_each_number_in_its_place():
    lstm = lstm_from_gates({"i": [0.1, 0.2, 0.3], "f": [-0.4, 0.5, 0.6], "g": [0.7, -0.8, 0.9], "o": [1.0, 1.1, -1.2]})
    x, h, c = 0.5, -0.3, 1.5
    _, (h_new, c_new) = lstm(torch.tensor([[x]]), (torch.tensor([[h]]), torch.tensor([[c]])))
    i = sigmoid(0.1 * x + 0.2 * h + 0.3)
    f = sigmoid(-0.4 * x + 0.5 * h + 0.6)
    g = math.tanh(0.7 * x - 0.8 * h + 0.9)
    o = sigmoid(1.0 * x + 1.1 * h - 1.2)
    expected = f * c + i * g
    assert c_new.item() == pytest.approx(expected, abs=1e-6)
    assert h_new.item() == pytest.approx(o * math.tanh(expected), abs=1e-6)


def test_two_units_and_two_inputs_are_split_into_the_two_matrices():
    rows = {gate: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]] for gate in "ifgo"}
    rows["o"] = [[-1, -2, -3, -4, -5], [0, 0, 0, 0, 0]]
    lstm = lstm_from_gates(rows)
    assert lstm.weight_ih_l0.tolist()[-2:] == [[-1, -2], [0, 0]]
    assert lstm.weight_hh_l0.tolist()[:2] == [[3, 4], [8, 9]]
    assert lstm.bias_ih_l0.tolist() == [5, 10, 5, 10, 5, 10, -5, 0]
    assert lstm.bias_hh_l0.tolist() == [0] * 8


GOOD = {"i": [1, 1, 1], "f": [1, 1, 1], "g": [1, 1, 1], "o": [1, 1, 1]}


@pytest.mark.parametrize(
    ("gates", "error", "says"),
    [
        ([1, 2, 3], TypeError, "keys i, f, g and o, got list"),
        ({"i": [1, 1, 1]}, ValueError, "got i"),
        (GOOD | {"z": [1, 1, 1]}, ValueError, "got i, f, g, o, z"),
        (GOOD | {"f": [1, 1]}, ValueError, r"gates\['f'\] has a row of 2"),
        (GOOD | {"f": [[1, 1, 1], [1, 1, 1]]}, ValueError, r"gates\['f'\].*expected 1, got 2"),
        (GOOD | {"g": [1, ..., 1]}, TypeError, r"gates\['g'\].*Ellipsis"),
        (GOOD | {"o": [1, float("inf"), 1]}, ValueError, r"gates\['o'\].*finite.*inf"),
        (GOOD | {"o": [1, 10**400, 1]}, ValueError, r"gates\['o'\].*finite"),
        (GOOD | {"o": [1, 10**5000, 1]}, ValueError, r"gates\['o'\].*finite"),
        (GOOD | {"o": 3}, TypeError, r"gates\['o'\].*got 3"),
        ({gate: [1, 1] for gate in "ifgo"}, ValueError, "3 numbers or more; got 2"),
        (GOOD | {"f": [[1, 1, 1], 2]}, TypeError, r"gates\['f'\] mixes"),
    ],
)
def test_a_wrong_program_is_refused_with_the_reason(gates, error, says):
    with pytest.raises(error, match=says):
        lstm_from_gates(gates)


@pytest.mark.parametrize("gate", "ifgo")
def test_where_the_inputs_are_known_the_odd_row_is_blamed(gate):
    with pytest.raises(ValueError, match=rf"3 numbers.*gates\['{gate}'\] has a row of 4"):
        lstm_from_gates(GOOD | {gate: [1, 1, 1, 1]}, input_size=1)
