"""A study runs its whole grid, each point once, however often it is stopped on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lstm_lessons.authoring import study
from lstm_lessons.authoring.study import Point, StudyFailed

ROOT = Path(__file__).parents[2]
TECHNIQUES = 'techniques = {"none": {}, "half the rate": {"rate": 0.5}}'
PARAMETERS = 'technique = "none"\nseed = 0\nlog = "runs.log"'
TRAINING = """\
import os, time
from pathlib import Path
with open(log, "a") as file:
    file.write(f"begin {technique} {seed}\\n")
while (technique, seed) == ("none", 1) and not Path("gate").exists():
    time.sleep(0.05)
with open(log, "a") as file:
    file.write(f"end {technique} {seed}\\n")
record = {"score": seed + techniques[technique].get("rate", 1.0), "by epoch": [1 / 3, 2.0]}"""


def lesson(folder: Path, training: str = TRAINING) -> Path:
    """A lesson whose training notes in ``runs.log`` that it ran; one point waits for a gate."""
    cells = [
        new_markdown_cell("# A lesson"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell("raise RuntimeError('a cell of the story was run')"),
        new_code_cell(TECHNIQUES, metadata={"tags": ["study"]}),
        new_code_cell(training, metadata={"tags": ["study", "nbval-ignore-output"]}),
    ]
    path = folder / "lesson.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


GRID = [Point(technique, seed) for technique in ("none", "half the rate") for seed in range(2)]


def log_of(folder: Path) -> list[str]:
    log = folder / "runs.log"
    return log.read_text().splitlines() if log.exists() else []


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_study_that_is_stopped_goes_on_where_it_was(tmp_path, how):
    path, results = lesson(tmp_path), tmp_path / "results"
    command = [sys.executable, "-m", "lstm_lessons.authoring.study", path, "--seeds", "2"]
    command += ["--workers", "1", "--folder", results]
    started = subprocess.Popen(
        command,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # A shell lets what it runs in the background ignore Ctrl+C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        wait_for(lambda: "begin none 1" in log_of(tmp_path))
        started.send_signal(how)
        if how == signal.SIGINT:  # what runs may end, and is kept
            (tmp_path / "gate").touch()
        said = started.communicate(timeout=60)[1]
    finally:
        os.killpg(started.pid, signal.SIGKILL) if started.poll() is None else None
    before = log_of(tmp_path)
    assert "begin half the rate 0" not in before, "the rest must not be begun"
    if how == signal.SIGINT:
        assert started.returncode == 130 and b"goes on from here" in said
        assert "end none 1" in before

    (tmp_path / "gate").touch()
    findings = study.run(path, GRID, results, workers=1, progress=False)
    assert [record["score"] for record in findings.values()] == [1.0, 2.0, 0.5, 1.5]
    assert list(findings) == GRID
    ends = [line for line in log_of(tmp_path) if line.startswith("end")]
    assert sorted(ends) == sorted(f"end {p.technique} {p.seed}" for p in GRID), "each point once"
    begins = [line for line in log_of(tmp_path) if line.startswith("begin")]
    assert len(begins) == (5 if how == signal.SIGKILL else 4), "only the killed one begins again"
    assert not list(results.glob("*.ipynb"))

    study.run(path, GRID, results, workers=1, progress=False)
    assert len(log_of(tmp_path)) == len(begins) + len(ends), "a finished study runs nothing"


def test_a_changed_program_is_run_again_and_the_story_around_it_is_not_looked_at(tmp_path):
    (tmp_path / "gate").touch()
    path = lesson(tmp_path)
    first = study.digest_of(nbformat.read(path, 4))
    study.run(path, GRID[:1], tmp_path / "results", progress=False)
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source = "# Another title"
    assert study.digest_of(notebook) == first
    lesson(tmp_path, TRAINING.replace('"score": seed', '"score": 10 + seed'))
    assert study.digest_of(nbformat.read(path, 4)) != first
    findings = study.run(path, GRID[:1], tmp_path / "results", progress=False)
    assert findings[GRID[0]]["score"] == 11.0


def test_another_version_of_a_library_is_another_program(monkeypatch, tmp_path):
    notebook = nbformat.read(lesson(tmp_path), 4)
    first = study.digest_of(notebook)
    monkeypatch.setattr(study, "_version", {"torch": "1.0", "numpy": "1.0"}.get)
    assert study.digest_of(notebook) != first


def test_a_point_that_raises_is_named_after_all_others_are_done(tmp_path):
    path = lesson(tmp_path, "assert technique != 'none', 'no luck'\nrecord = {}")
    with pytest.raises(StudyFailed, match="none: (?s:.*)no luck"):
        study.run(path, GRID[::2], tmp_path / "results", progress=False)
    files = sorted(file.name for file in (tmp_path / "results").iterdir())
    assert files == ["half-the-rate-0.json", "none.ipynb"], "the failed notebook can be read"


def test_the_command_writes_one_table_with_versions_and_command(tmp_path, capsys, monkeypatch):
    """Two kernels at once, and all paths relative, as `make study` has them."""
    (tmp_path / "gate").touch()
    monkeypatch.chdir(tmp_path)
    path = lesson(tmp_path).relative_to(tmp_path)
    arguments = [str(path), "--seeds", "1", "--folder", "results", "--workers", "2"]
    assert study.main([*arguments, "--record", "table.json"]) == 0
    content = json.loads((tmp_path / "table.json").read_text())
    assert content["command"] == "make study"
    assert content["parameters"] == {"log": "runs.log"}
    assert set(content["versions"]) == {"python", "torch", "numpy"}
    assert content["runs"] == [
        {"technique": "none", "seed": 0, "score": 1.0, "by epoch": [0.3333, 2.0]},
        {"technique": "half the rate", "seed": 0, "score": 0.5, "by epoch": [0.3333, 2.0]},
    ]
    assert "2 runs, all in" in capsys.readouterr().out


def test_a_lesson_without_a_study_is_refused(tmp_path):
    with pytest.raises(StudyFailed, match="some tagged 'study'"):
        study.study_cells(new_notebook(cells=[new_code_cell("1")]))
    with pytest.raises(StudyFailed, match="a dict of literals to `techniques`"):
        study.techniques_of(
            new_notebook(
                cells=[
                    new_code_cell("seed = 0", metadata={"tags": ["parameters"]}),
                    new_code_cell("record = {}", metadata={"tags": ["study"]}),
                ]
            )
        )


def test_two_techniques_of_one_file_name_are_refused(tmp_path):
    points = [Point("a b", 0), Point("a-b", 0)]
    with pytest.raises(StudyFailed, match="the same file"):
        study.run(lesson(tmp_path), points, tmp_path / "results", progress=False)


def test_bad_options_are_named(capsys):
    with pytest.raises(SystemExit):
        study.main(["lesson.ipynb", "--seeds", "0"])
    assert "--seeds: must be a whole number of at least 1" in capsys.readouterr().err
