"""What Python, NumPy and torch really raise, and what a verdict advises."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest
import torch

from lstm_lessons.exercises._advice import ADVICE
from tests.exercises.samples import make_memory

SQUARE, STACK = torch.zeros(2, 3), torch.zeros(2, 3, 4)
REAL_ERRORS = [  # what makes Python, NumPy or torch raise, and words of the advice
    (lambda: nowhere, "cell that defines this name"),  # noqa: F821
    (lambda: SQUARE @ SQUARE, "In a product"),
    (lambda: SQUARE @ torch.zeros(4), "In a product"),
    (lambda: torch.zeros(3) @ torch.zeros(4), "In a product"),
    (lambda: STACK @ torch.zeros(2, 5, 6), "In a product"),
    (lambda: SQUARE.numpy() @ SQUARE.numpy(), "In a product"),
    (lambda: SQUARE.clone().__setitem__(0, torch.zeros(5)), "What is assigned"),
    (lambda: SQUARE.clone().__setitem__((torch.tensor([0, 1]),), torch.zeros(5)), "What is assigned"),
    (lambda: SQUARE.numpy().__setitem__(0, np.zeros(5)), "What is assigned"),
    (lambda: SQUARE.numpy().__setitem__(np.array([0, 1]), np.zeros((5, 2))), "What is assigned"),
    (lambda: SQUARE + torch.zeros(2), "added or multiplied"),
    (lambda: np.zeros(3) * np.zeros(4), "added or multiplied"),
    (lambda: torch.cat([SQUARE, torch.zeros(4, 5)]), "The parts that are joined"),
    (lambda: torch.stack([SQUARE, torch.zeros(4, 5)]), "The parts that are joined"),
    (lambda: SQUARE.view(5), "must multiply to"),
    (lambda: SQUARE @ torch.zeros(3, 2).double(), "differ in dtype"),
    (lambda: torch.dot(torch.zeros(2), torch.zeros(2).double()), "differ in dtype"),
    (lambda: torch.zeros(3, requires_grad=True).mul_(2), "Make a new tensor"),
    (lambda: SQUARE.sum(3), "no such axis"),
    (lambda: np.zeros(3).sum(1), "no such axis"),
    (lambda: np.split(np.zeros(4), 4, axis=1), "no such axis"),
    (lambda: SQUARE[5], "Indices count from 0"),
    (lambda: np.zeros(3)[np.array([7])], "Indices count from 0"),
    (lambda: 1 if SQUARE > 0 else 0, "take single values"),
    (lambda: max(np.zeros(3), np.ones(3)), "take single values"),
    (lambda: SQUARE[::-1], "no negative step"),
    (lambda: (SQUARE, SQUARE) @ SQUARE, "do no arithmetic"),
    (lambda: SQUARE @ [1.0], "do no arithmetic"),
    (lambda: -[1.0], "do no arithmetic"),
    (lambda: np.concatenate([0, np.zeros(2)]), "each of its parts"),
    (lambda: torch.cat([0.0, SQUARE]), "each of its parts"),
    (lambda: torch.stack(SQUARE), "each of its parts"),
    (lambda: np.array([[1], [1, 2]]), "rows differ in length"),
    (lambda: math.sigmoid(0), "no such name"),
    (lambda: SQUARE.sum[0], "Parentheses call"),
    (lambda: SQUARE(0), "Parentheses call"),
    (lambda: torch.sigmoid(np.zeros(2)), "takes a tensor"),
    (lambda: float(SQUARE[0]), "take one number"),
    (lambda: SQUARE.item(), "take one number"),
    (lambda: math.tanh(np.zeros(3)), "take one number"),
    (lambda: _endless(), "calls itself"),
    (lambda: _hides_a_builtin(), "hides what has this name outside"),
    (lambda: SQUARE[0, 0, 0], "no such axis"),
    (lambda: [1, 2][2], "There is no such index"),
    (lambda: (1, 2)[2], "no such axis, or no such index"),
    (lambda: [].pop(), "There is no such index"),
    (lambda: SQUARE.numpy()(0), "Parentheses call"),
    (lambda: (1.5)(2), "a `*` missing"),  # noqa: F632
    (lambda: [1](0), "a `*` missing"),
    (lambda: [].append(1)[0], "Something is None"),
    (lambda: {}.get("a") + 1, "Something is None"),
    (lambda: [1, 2][3 / 2], "whole numbers"),
    (lambda: [1, 2][: 3 / 2], "whole numbers"),
    (lambda: SQUARE[: 3 / 2], "whole numbers"),
    (lambda: SQUARE[torch.tensor([0.5])], "whole numbers"),
    (lambda: np.zeros(3)[np.array([0.5])], "whole numbers"),
    (lambda: range(2.0), "whole numbers"),
    (lambda: [[1]][0, 0], "one index at a time"),
    (lambda: np.zeros(3, 4), "The shape is one argument"),
    (lambda: SQUARE[: torch.tensor([1, 2])], "several at once"),
    (lambda: range(torch.tensor([1, 2])), "several at once"),
    (lambda: [1, 2][: np.array([1, 2])], "several at once"),
    (lambda: np.max(np.zeros(3), np.zeros(3)), "several at once"),
    (lambda: _unpack(), "fewer arguments"),
    (lambda: _unpack((1, 2, 3)), "as many names"),
    (lambda: _unpack((1,)), "as many names"),
    (lambda: _unpack(1), "as many names"),
    (lambda: {}["a"], "no such key"),
    (lambda: 1 / 0, "divided by 0"),
    (lambda: math.log(0), "no logarithm of 0"),
    (lambda: (x for x in [1])[0], "makes a list of it"),
    (lambda: len(map(float, [1])), "makes a list of it"),
    (lambda: {[1]: 2}, "`tuple(...)` makes one"),
    (lambda: _grows(), "must not change what it runs over"),
    (lambda: np.zeros((10**9, 10**9)), "too large for the memory"),
    (lambda: torch.zeros(10**9, 10**9), "too large for the memory"),
    (lambda: exit(), "`exit` ends the program"),
    (lambda: np.zeros(3).softmax(), "different methods"),
    (lambda: [1.0].mean(), "different methods"),
    (lambda: importlib.import_module("no_such_library"), "is not installed"),
    (lambda: torch.zeros(2, requires_grad=True).numpy(), "`.detach()` first"),
]


def _endless():
    return _endless()


def _hides_a_builtin():
    sum = sum([1, 2])  # noqa: A001, F823
    return sum


def _unpack(values):
    first, second = values
    return first, second


def _grows():
    letters = {"a": 1}
    for letter in letters:
        letters[letter + "b"] = 1


@pytest.mark.parametrize(("fails", "advice"), REAL_ERRORS)
def test_advice_is_given_for_what_is_really_raised(fails, advice):
    verdict = make_memory(mistakes=[]).check(lambda c, f, i, g: fails())
    assert advice in verdict.after, verdict


def test_every_advice_has_an_error_that_asks_for_it():
    asked = {text for _, words in REAL_ERRORS for _, text in ADVICE if words in text}
    assert asked == {text for _, text in ADVICE}
