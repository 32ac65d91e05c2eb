"""Whole numbers are taken as what they are, and what is none is refused by name."""

from __future__ import annotations

import argparse
import decimal
import fractions
import itertools

import numpy as np
import pytest
import torch

from lstm_lessons import checks


@pytest.mark.parametrize("value", [1, 7, np.int64(3), np.uint8(3), torch.tensor(3)])
def test_what_python_takes_as_an_index_is_a_whole_number(value):
    found = checks.whole("past", value)
    assert found == value and type(found) is int


@pytest.mark.parametrize("value", [True, np.True_, "2", 2.0, np.float32(2), None, [2]])
def test_what_is_no_whole_number_is_refused_with_name_bound_and_value(value):
    with pytest.raises(ValueError) as caught:
        checks.whole("past", value)
    assert str(caught.value) == f"past must be a whole number of at least 1, got {value!r}"


@pytest.mark.parametrize(
    "value, bounds, message",
    [
        (0, (), "of at least 1, got 0"),
        (np.int64(-2), (), "of at least 1, got -2"),
        (-1, (0,), "of at least 0, got -1"),
        (0, (1, 24), "from 1 to 24, got 0"),
        (25, (1, 24), "from 1 to 24, got 25"),
        (2.5, (1, 24), "from 1 to 24, got 2.5"),
    ],
)
def test_a_number_out_of_bounds_is_refused(value, bounds, message):
    with pytest.raises(ValueError) as caught:
        checks.whole("hour", value, *bounds)
    assert str(caught.value) == f"hour must be a whole number {message}"


def test_the_bounds_belong_to_the_range():
    assert [checks.whole("hour", k, 1, 24) for k in (1, 24)] == [1, 24]


def test_of_several_sizes_the_wrong_one_is_named():
    checks.sizes(past=1, horizon=np.int32(24))
    with pytest.raises(ValueError, match="horizon must be a whole number of at least 1, got 0"):
        checks.sizes(past=1, horizon=0)


def test_a_count_on_the_command_line():
    assert checks.count("12") == 12
    for text in ("0", "-1", "two", "1.5", ""):
        with pytest.raises(argparse.ArgumentTypeError, match=f"of at least 1, got {text!r}"):
            checks.count(text)


def test_a_text_is_one_of_those_known():
    assert checks.one_of("sort", "mean", {"index": 0, "mean": 1}) == "mean"
    with pytest.raises(ValueError, match="sort must be one of index, mean, got 'size'"):
        checks.one_of("sort", "size", ("index", "mean"))


def test_any_value_is_shown_and_a_long_one_cut():
    class Silent:
        def __repr__(self):
            raise RuntimeError

    assert checks.shown("a" * 500) == "'" + "a" * 78 + "…"
    assert checks.shown(Silent()) == "a Silent"
    assert checks.shown(10**5000) == "a int"  # Python writes no integer of so many digits
    with pytest.raises(ValueError, match="past must be a whole number of at least 1 that fits 64 bits, got a int"):
        checks.whole("past", 10**5000)


@pytest.mark.parametrize(
    "value", [fractions.Fraction(1, 2), decimal.Decimal("0.5"), 10**400, np.longdouble(0.5), True, np.array(0.5), "1"]
)
def test_a_number_is_one_that_torch_takes(value):
    with pytest.raises(ValueError, match="p must be above 0 and below 1e30, got"):
        checks.positive(p=value)


@pytest.mark.parametrize("value", [b"a", "a", itertools.count(), range(10**12), 3, torch.tensor(3)])
def test_a_list_has_an_end(value):
    with pytest.raises((TypeError, ValueError), match="texts must be a list of texts, got"):
        checks.texts("texts", value)


@pytest.mark.parametrize("value", [{"a": 1}, {"a"}, frozenset("a")])
def test_rows_are_neither_keys_nor_without_order(value):
    with pytest.raises(TypeError, match="texts must be a list of texts, got"):
        checks.in_order("texts", value, "a list of texts")


def test_arrays_come_in_the_form_of_this_machine():
    for dtype in (">f4", np.longdouble):
        assert checks.array("x", np.ones(2, dtype)).dtype.isnative
    assert checks.array("x", torch.ones(2, dtype=torch.bfloat16)).tolist() == [1, 1]
    for spread in (torch.zeros(1).expand(2**40), np.broadcast_to(0, 2**40), range(10**12)):
        with pytest.raises(ValueError, match="x must hold numbers, got .*the most are"):
            checks.array("x", spread)
