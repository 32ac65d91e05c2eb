"""The page of measurements says what was measured, when and how, and what was not."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.benchmarks import page as bench_page

AROUND = {
    "date": "2030-01-02",
    "command": "python -m tests.benchmarks.page 01",
    "load": 0.1,
    "machine": {"processor": "Abacus", "cores": 2, "system": "Linux x86_64"},
    "versions": {"python": "3.11.0", "torch": "2.13.0"},
}
LATER = AROUND | {"date": "2030-02-03", "command": "python -m tests.benchmarks.page 02"}
README = """Words.

| Lesson | The question | For you | Runs in |
|---|---|---|---|
| [0. Start](notebooks/00_start.ipynb) | What? | 15 min | 7 s |
| [1. Gates](notebooks/01_gates.ipynb) | Which? | 45 min | |
| 2. Later | When? | planned | |

| Where | What |
|---|---|
| `notebooks/` | the lessons |
"""


def lesson(name, seconds):
    return {"name": name, "seconds": seconds, "cpu_seconds": 2 * seconds, "memory_mb": 300.4}


@pytest.fixture
def record():
    return bench_page.merged({}, "lessons", [lesson("01_gates", 12.4)], AROUND)


def test_a_part_that_was_not_measured_is_said_with_the_way_to_measure_it(record):
    page = bench_page.page(record)
    assert "| 01_gates | 12 | 25 | 300 |" in page
    for part in ("slider", "playground", "decks", "site", "install"):
        assert f'Not measured: `make bench PARTS="{part}"` does it.' in page
    assert page.count("Not measured") == 5


def test_numbers_stand_with_date_command_machine_and_versions(record):
    page = bench_page.page(record)
    for word in ("2030-01-02", "`python -m tests.benchmarks.page 01`", "Abacus", "2 cores", "load 0.1"):
        assert word in page
    assert "python 3.11.0, torch 2.13.0" in page


def test_a_lesson_run_again_replaces_its_numbers_and_keeps_the_others(record):
    record = bench_page.merged(record, "lessons", [lesson("00_start", 3.0)], LATER)
    assert [row["name"] for row in record["lessons"]["rows"]] == ["00_start", "01_gates"]
    record = bench_page.merged(record, "lessons", [lesson("01_gates", 20.0)], LATER)
    page = bench_page.page(record)
    assert "| 01_gates | 20 | 40 | 300 |" in page and "| 00_start | 3 | 6 | 300 |" in page
    assert "| together | 23 | 46 |  |" in page
    assert "2030-02-03" in page and "2030-01-02" not in page


def test_rows_of_two_days_name_both(record):
    record = bench_page.merged(record, "lessons", [lesson("00_start", 3.0)], LATER)
    page = bench_page.page(record)
    assert "2030-01-02" in page and "2030-02-03" in page


def test_a_slider_stands_with_its_ratio():
    moved = [
        {"name": "interactive + matplotlib", "presses": 40, "median": 99.0, "p90": 120.0},
        {"name": "GateExplorer", "presses": 40, "median": 11.0, "p90": 15.0},
    ]
    page = bench_page.page(bench_page.merged({}, "slider", {"chromium": "150.0", "moved": moved}, AROUND))
    assert "| GateExplorer | 40 | 11.0 | 15.0 |" in page
    assert "Chromium 150.0" in page and "takes 9.0 times as long" in page


def test_the_playground_says_what_was_solved_and_what_was_not():
    lstm = {"solved": 900, "seconds": 8.04, "mean": 0.008, "rate": 0.01}
    rnn = {"solved": None, "seconds": 30.0, "mean": 0.1661, "rate": 0.003}
    found = {
        "speeds": {"alone": 1234.5, "racing": 300.2, "longest": 21.0, "share": 0.001},
        "adding": [3.0, 1.0, 9.0],
        "far": {"LSTM": lstm, "RNN": rnn},
        "start": {"seconds": 0.31, "kb": 401.2},
    }
    page = bench_page.page(bench_page.merged({}, "playground", found, AROUND))
    for words in (
        "1234 of an LSTM alone, 300 where three networks race",
        "over 30 steps in 3.0 s, median of 3 seeds (1.0, 3.0, 9.0)",
        "LSTM at its best of 5 rates, 0.01: solved in 8.0 s.",
        "RNN at its best of 5 rates, 0.003: loss 0.166 after 30 s.",
        "drawn after 0.31 s; 401 kB",
    ):
        assert words in page


def test_a_deck_over_a_limit_is_named():
    rows = [
        {"name": "01_gates", "mb": 8.4, "first_slide": 0.5, "slowest": 0.7},
        {"name": "02_cell", "mb": 3.0, "first_slide": 1.2, "slowest": 1.4},
    ]
    page = bench_page.page(bench_page.merged({}, "decks", {"build_seconds": 9.0, "rows": rows}, AROUND))
    assert "Over 8 MB: 01_gates." in page and "Over 1 s: 02_cell." in page
    within = [rows[0] | {"mb": 3.0}]
    page = bench_page.page(bench_page.merged({}, "decks", {"build_seconds": 9.0, "rows": within}, AROUND))
    assert "None is over 8 MB. None is over 1 s." in page


def test_an_installation_is_told_beside_pips():
    found = {"seconds": 30.2, "pip_seconds": 120.8, "mb": 1500.0, "packages": 150, "torch": "2.13.0"}
    page = bench_page.page(bench_page.merged({}, "install", found, AROUND))
    assert "30 s and 1500 MB for 150 packages, with torch 2.13.0" in page
    assert "with pip alone 121 s (ratio 0.25)" in page


def test_the_readme_takes_the_times_of_the_record_and_nothing_else(record):
    changed = bench_page.with_times(README, record)
    assert "| [1. Gates](notebooks/01_gates.ipynb) | Which? | 45 min | 12 s |" in changed
    differing = [(old, new) for old, new in zip(README.splitlines(), changed.splitlines(), strict=True) if old != new]
    assert len(differing) == 1


def test_a_time_that_rounds_to_nothing_is_a_second(record):
    record = bench_page.merged(record, "lessons", [lesson("00_start", 0.2)], AROUND)
    assert "| 15 min | 1 s |" in bench_page.with_times(README, record)


def test_a_lesson_without_a_row_is_named():
    record = bench_page.merged({}, "lessons", [lesson("09_new", 1.0)], AROUND)
    with pytest.raises(ValueError, match="no row for 09_new"):
        bench_page.with_times(README, record)


def test_every_lesson_has_a_row_in_the_real_readme():
    there = [path.stem for path in sorted((bench_page.ROOT / "notebooks").glob("[0-9]*.ipynb"))]
    record = bench_page.merged({}, "lessons", [lesson(name, 1234.0) for name in there], AROUND)
    readme = (bench_page.ROOT / bench_page.README).read_text(encoding="utf-8")
    assert bench_page.with_times(readme, record).count("| 1234 s |") == len(there) > 0


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A house with a README and no Makefile target; the record goes there."""
    monkeypatch.setattr(bench_page, "ROOT", tmp_path)
    monkeypatch.setattr(bench_page, "RECORD", tmp_path / "build/page.json")
    monkeypatch.setattr(bench_page, "PAGE", tmp_path / "build/page.md")
    monkeypatch.setattr(bench_page, "circumstances", lambda command: AROUND)
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "Makefile").write_text("slides:\n\ttrue\n")
    return tmp_path


def test_the_command_measures_the_parts_named_and_fills_the_readme(elsewhere, monkeypatch, capsys):
    asked = []
    monkeypatch.setitem(bench_page.PARTS, "lessons", lambda names: asked.append(names) or [lesson("01_gates", 5.0)])
    assert bench_page.main(["01", "--parts", "lessons", "--readme"]) == 0
    assert asked == [["01"]]
    assert "| 45 min | 5 s |" in (elsewhere / "README.md").read_text()
    assert json.loads(bench_page.RECORD.read_text())["lessons"]["rows"][0]["seconds"] == 5.0
    assert bench_page.PAGE.read_text().strip() in capsys.readouterr().out


def test_no_site_yet_is_one_line_and_no_failure(elsewhere, capsys):
    assert bench_page.main(["--parts", "site"]) == 0
    assert "site: not measured: there is no `make site` yet" in capsys.readouterr().err
    assert "## Site\n\nNot measured" in bench_page.PAGE.read_text()


def test_a_part_that_fails_is_said_and_leaves_the_old_numbers(elsewhere, monkeypatch, capsys):
    monkeypatch.setitem(bench_page.PARTS, "lessons", lambda names: [lesson("01_gates", 5.0)])
    bench_page.main(["--parts", "lessons"])

    def fail(names):
        raise bench_page.notebooks.NotebookFailed("cell 3 failed")

    monkeypatch.setitem(bench_page.PARTS, "lessons", fail)
    assert bench_page.main(["--parts", "lessons"]) == 1
    assert "lessons: not measured: cell 3 failed" in capsys.readouterr().err
    assert "| 01_gates | 5 | 10 | 300 |" in bench_page.PAGE.read_text()


def test_the_site_is_built_anew_and_weighed(elsewhere):
    old = elsewhere / "build/site/old.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    (elsewhere / "Makefile").write_text("site:\n\tmkdir -p build/site/a && printf 12345 > build/site/a/index.html\n")
    found = bench_page.site()
    assert found["files"] == 1 and found["mb"] == 5e-6 and not old.exists()


def test_make_bench_hands_on_what_it_is_asked():
    command = ["make", "--dry-run", "bench", "NAMES=01 02", "PARTS=lessons decks"]
    done = subprocess.run(
        [*command, "BENCH_ARGS=--readme"], cwd=bench_page.ROOT, capture_output=True, text=True, check=True
    )
    assert "tests.benchmarks.page 01 02 --parts lessons decks --readme" in done.stdout
