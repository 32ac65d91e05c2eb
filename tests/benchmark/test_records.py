"""A record is found where it lies, and where none lies none is made up."""

from __future__ import annotations

import pytest

from lstm_lessons.benchmark import records
from lstm_lessons.benchmark.timing import Record, Row

RECORD = Record(
    command="python -m lstm_lessons.benchmark.lstm",
    date="2000-01-01",
    machine={"device": "cpu", "model": "a processor", "threads": 2},
    versions={"python": "3", "torch": "2"},
    rounds=3,
    rows=(Row("dense", "tiny", "forward", "a", "a", (0.1, 0.2, 0.3), (1.0, 1.0, 1.0)),),
)


def test_a_record_of_ones_own_is_found_and_no_other(tmp_path):
    assert records.load("cpu", tmp_path) is None
    RECORD.save(tmp_path / "ladder-cpu.json")
    assert records.load("cpu", tmp_path) == RECORD
    assert records.load("cuda", tmp_path) is None


@pytest.mark.parametrize("device", records.DEVICES)
def test_a_record_that_comes_with_the_lessons_says_where_it_is_from(device):
    record = records.load(device)
    if record is not None:
        assert record.machine["device"] == device
        assert record.command.startswith("python -m lstm_lessons.benchmark.lstm")
        assert {"dense", "packed"} <= {row.table for row in record.rows}


def test_another_device_is_refused():
    with pytest.raises(ValueError, match="device must be one of cpu, cuda, got 'tpu'"):
        records.load("tpu")
