"""A file is written whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lstm_lessons.files import write_whole


@pytest.mark.parametrize("content", ["two\nlines, ü\r\n", b"\x00\xff"])
def test_what_is_written_is_read_again(content, tmp_path):
    path = tmp_path / "file"
    for _ in range(2):
        write_whole(path, content)
        wanted = content.encode() if isinstance(content, str) else content
        assert path.read_bytes() == wanted
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_content_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, "old")

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_others_may_read_it_as_any_file_and_a_mode_is_kept(tmp_path):
    plain, ours = tmp_path / "plain", tmp_path / "ours"
    plain.touch()
    write_whole(ours, "")
    assert ours.stat().st_mode == plain.stat().st_mode
    ours.chmod(0o600)
    write_whole(ours, "again")
    assert stat.S_IMODE(ours.stat().st_mode) == 0o600


def test_a_killed_process_leaves_one_of_the_two_contents(tmp_path):
    path = tmp_path / "file"
    program = (
        "import sys, itertools, pathlib; from lstm_lessons.files import write_whole\n"
        "for k in itertools.count(): write_whole(pathlib.Path(sys.argv[1]), str(k % 10) * 300_000)"
    )
    write_whole(path, "9" * 300_000)
    for _ in range(5):
        writer = subprocess.Popen([sys.executable, "-c", program, path])
        before = path.stat().st_ino
        while path.stat().st_ino == before:
            time.sleep(0.001)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        content = path.read_text()
        assert len(content) == 300_000 and len(set(content)) == 1


@pytest.mark.parametrize(("prefix", "said"), [("Łódź", b"JupyterLab's defaults: "), ("x", b"could not be written: ")])
def test_jupyterlabs_defaults_end_in_no_traceback(tmp_path, prefix, said):
    """In a folder whose name the terminal cannot print, and in one that nobody may write in."""
    if prefix == "x":
        (tmp_path / prefix).write_text("a file where the environment should be")
    code = (
        "import runpy; from lstm_lessons import lab;"
        f"lab.install.__defaults__ = ({str(tmp_path / prefix)!r},);"
        "runpy.run_module('lstm_lessons.lab', run_name='__main__')"
    )
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(Path(__file__).parents[1])}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert said in found.stdout and not found.stderr
