"""Runners in processes of their own: timed in turns, on the same batches, failures told."""

from __future__ import annotations

import time

import numpy as np
import pytest

from lstm_lessons.benchmark import processes

SLOW, QUICK = (("tests.benchmark.test_processes:sleeper", "0.02"), ("tests.benchmark.test_processes:sleeper", "0"))
BATCHES = {"one": [(np.ones((1, 2)), np.array([2]))], "two": [(np.ones((3, 4)), np.array([4]))] * 2}


def sleeper(seconds: str):
    """A runner that takes at least that long."""

    def runner(numbers: np.ndarray, lengths: np.ndarray) -> None:
        assert numbers.shape[1] == lengths.max()
        time.sleep(float(seconds))

    return runner


def refuses():
    """A runner that fails on every batch."""

    def runner(numbers: np.ndarray, lengths: np.ndarray) -> None:
        raise ValueError(f"no {numbers.shape} today")

    return runner


def test_each_runner_is_timed_on_each_kind_of_batches():
    found = processes.latencies({"slow": SLOW, "quick": QUICK}, BATCHES, rounds=4, warmup=1)
    assert list(found) == ["one", "two"]
    for measured in found.values():
        assert list(measured) == ["slow", "quick"]
        assert all(values.shape == (4,) for values in measured.values())
        assert (measured["slow"] >= 0.02).all()  # a sleep is never shorter
        assert measured["slow"].min() < 0.04  # seconds per batch, not of both together
        assert np.median(measured["quick"]) < 0.02


@pytest.mark.parametrize(
    ("runner", "said"),
    [
        (("tests.benchmark.test_processes:refuses",), r"it failed: ValueError: no \(1, 2\) today"),
        (("tests.benchmark.test_processes:none",), "it failed: AttributeError: .*none"),
    ],
)
def test_a_runner_that_fails_is_named_with_its_error(runner, said):
    with pytest.raises(RuntimeError, match=said):
        processes.latencies({"it": runner}, BATCHES, rounds=1)


def test_starts_are_timed_in_turns():
    commands = {"slow": ["-c", "import time; time.sleep(0.1)"], "quick": ["-c", "pass"]}
    found = processes.cold_starts(commands, rounds=2)
    assert {name: values.shape for name, values in found.items()} == {"slow": (2,), "quick": (2,)}
    assert (found["slow"] >= 0.1).all()
    with pytest.raises(RuntimeError, match="broken failed: ValueError: no"):
        processes.cold_starts({"broken": ["-c", "raise ValueError('no')"]}, rounds=1)


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (({}, BATCHES), {}, "runners must hold at least one"),
        (({"it": QUICK}, {"one": []}), {}, "must each hold at least one"),
        (({"it": QUICK}, BATCHES), {"rounds": 0}, "rounds must be .* at least 1, got 0"),
        (({"it": QUICK}, BATCHES), {"warmup": -1}, "warmup must be .* at least 0, got -1"),
    ],
)
def test_nothing_to_time_is_refused(arguments, options, said):
    with pytest.raises(ValueError, match=said):
        processes.latencies(*arguments, **options)
    with pytest.raises(ValueError, match="commands must hold at least one"):
        processes.cold_starts({}, rounds=1)
