"""Times are taken in turns, and summed up within a round."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lstm_lessons import plots
from lstm_lessons.benchmark import timing
from lstm_lessons.benchmark.timing import LIMIT, Record, Row

MEASURED = Row(
    table="dense",
    shape="tiny",
    phase="training",
    variant="a",
    baseline="b",
    seconds=(0.1, 0.1204, 0.2),
    ratio=(0.4, 0.5, 0.6),
    to_limit=1.234,
    state_error=1.4e-7,
    gradient_error=2e-6,
    per_second=12_345.0,
)
FAILED = Row("dense", "tiny", "training", "c", "b", failed="no bfloat16 here")


def test_variants_take_turns_in_changing_order_and_warm_up_first():
    calls = []
    variants = {name: lambda name=name: calls.append(name) for name in "abc"}
    seconds = timing.measure(variants, rounds=20, warmup=3)
    assert {name: len(values) for name, values in seconds.items()} == dict.fromkeys("abc", 20)
    rounds = [calls[k : k + 3] for k in range(0, len(calls), 3)]
    assert len(rounds) == 23
    assert all(sorted(names) == ["a", "b", "c"] for names in rounds)
    assert {names[0] for names in rounds} == {"a", "b", "c"}


def test_the_time_of_a_variant_is_its_own(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def spend(seconds):
        now[0] += seconds

    variants = {"one": lambda: spend(1), "three": lambda: spend(3)}
    seconds = timing.measure(variants, rounds=4)
    assert seconds["one"].tolist() == [1] * 4
    assert seconds["three"].tolist() == [3] * 4


def test_the_clock_waits_for_the_gpu(monkeypatch):
    events = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: events.append("wait"))
    monkeypatch.setattr(timing.time, "perf_counter", lambda: events.append("clock") or float(len(events)))
    timing.measure({"a": lambda: events.append("run")}, rounds=1, warmup=0, device="cuda")
    events = [event for event in events if event in ("wait", "run", "clock")]
    at = events.index("run")
    assert events[at - 2 : at + 3] == ["wait", "clock", "run", "wait", "clock"]


def test_ratios_are_taken_within_a_round():
    # The machine was three times slower in the last round; no ratio shows it.
    base, other = np.array([1.0, 1.0, 3.0]), np.array([0.5, 0.5, 1.5])
    seconds = {"base": base, "other": other, LIMIT: base / 4}
    rows = timing.compare(seconds, "base", table="dense", shape="tiny", phase="forward")
    assert rows["other"].ratio == (0.5, 0.5, 0.5)
    assert rows["other"].to_limit == 2.0
    assert rows["base"].seconds == (1.0, 1.0, 2.0)
    assert rows[LIMIT].ratio == (0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: timing.measure({}), "variants must hold"),
        (lambda: timing.measure({"a": print}, rounds=0), "rounds must be .* at least 1, got 0"),
        (lambda: timing.measure({"a": print}, warmup=-1), "warmup must be .* at least 0, got -1"),
        (lambda: timing.compare({"a": np.ones(1)}, "b"), "baseline must be one of a, got 'b'"),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_numbers_of_a_table():
    frame = timing.table([MEASURED, FAILED])
    assert frame.loc["a"].tolist() == [
        "120 (100-200)", "0.50", "1.23", "12,345", "1e-07", "2e-06"
    ]  # fmt: skip
    assert frame.loc["c"].tolist() == ["cannot run here", *[""] * 5]


def record(rows):
    return Record(
        command="python -m lstm_lessons.benchmark.lstm --preset quick",
        date="2000-01-31",
        machine={"device": "cpu", "model": "A CPU", "threads": 2},
        versions={"torch": "2.13.0"},
        rounds=2,
        rows=tuple(rows),
    )


def test_a_record_comes_back_as_it_was(tmp_path):
    before = record([MEASURED, FAILED])
    before.save(tmp_path / "record.json")
    assert Record.load(tmp_path / "record.json") == before
    assert before.label == (
        "A CPU, 2 threads, torch 2.13.0, 2000-01-31: python -m lstm_lessons.benchmark.lstm --preset quick"
    )


def test_what_a_lesson_measures_itself_is_shown_alike():
    seconds = timing.measure({"a": lambda: None, "b": lambda: None}, rounds=3)
    rows = timing.compare(seconds, "a").values()
    assert list(timing.table(rows).columns) == [("run", "ms"), ("run", "ratio")]
    figure, alt = plots.benchmark.draw(rows)
    assert figure.axes[0].get_title(loc="left") == "variants"
    assert "variants, run: a: 1.00; b: " in alt


def test_a_variant_that_cannot_run_is_named_in_the_figure():
    other = Row("dense", "tiny", "training", "b", "b", (1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
    figure, alt = plots.benchmark.draw([other, MEASURED, FAILED])
    assert "b: 1.00; a: 0.50; c: cannot run here." in alt
    assert "cannot run here" in {text.get_text() for text in figure.axes[0].texts}


def test_the_machine_is_described():
    found = timing.machine("cpu")
    assert found["device"] == "cpu" and found["threads"] == torch.get_num_threads()
    assert found["model"] and found["cores"] >= 1
    assert timing.versions("cpu")["torch"] == torch.__version__
