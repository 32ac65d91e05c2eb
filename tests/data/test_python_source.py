"""Python source as data: what its file holds, how it is made again, and that what is held out is held out."""

from __future__ import annotations

import io
import lzma
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest

from lstm_lessons.data import python_source, rebuild_python_source
from lstm_lessons.data.python_source import RUN, shared_share
from lstm_lessons.data.rebuild_python_source import choose, read, rebuild, shares


def test_whole_files_are_held_out():
    source = python_source.load()
    names = [*source.train, *source.validation, *source.test]
    assert len(set(names)) == len(names)
    assert len(source.test) >= 20 and len(source.validation) >= 5
    assert 550_000 < len(source.text) <= 600_000
    for text in (source.validation | source.test).values():
        compile(text, "held out", "exec")  # whole: half a file has no closing brackets


def test_what_is_held_out_stands_nowhere_else():
    source = python_source.load()
    texts = source.train | source.validation | source.test
    found = shares(texts)
    for name in source.validation | source.test:
        assert found[name] <= rebuild_python_source.SHARED, name
    assert max(found[name] for name in source.train) > 0.4  # chunk.py stands in wave.py once more: it would be seen


def test_the_alphabet_of_training_has_every_letter():
    source = python_source.load()
    held_out = "".join((source.validation | source.test).values())
    assert set(held_out) <= set(source.alphabet) and len(source.alphabet) == 96


def test_it_describes_itself():
    said = python_source.load().describe()
    assert "CPython 3.11.7" in said and "test: 24 files, 195,848 letters (3,135-11,786 a file)" in said
    assert "at most 1.4% of a held-out file" in said


def test_a_shared_run_is_seen_and_a_shorter_one_is_not():
    text = "".join(chr(65 + k % 26) + str(k) for k in range(100))
    assert shared_share(text, {"a": "x" + text[:RUN]}) == RUN / len(text)
    assert shared_share(text, {"a": text[: RUN - 1]}) == 0
    assert shares({"a": text, "b": text[:RUN], "c": "c" * RUN}) == {"a": RUN / len(text), "b": 1, "c": 0}


def test_a_damaged_file_is_refused(monkeypatch):
    monkeypatch.setattr(python_source, "CHECKSUM", "0" * 64)
    with pytest.raises(ValueError, match="is damaged: its texts should have the SHA-256 0000"):
        python_source.load.__wrapped__()


@pytest.mark.skipif(sys.version_info[:3] != (3, 11, 7), reason="this interpreter is not CPython 3.11.7")
def test_the_file_is_made_again_from_an_installed_library(tmp_path, capsys):
    target = tmp_path / "again.xz"
    rebuild(Path(sysconfig.get_path("stdlib")), target)
    stored = Path(python_source.__file__).with_name("python_source.json.xz")
    assert lzma.decompress(target.read_bytes()) == lzma.decompress(stored.read_bytes())
    assert python_source.CHECKSUM in capsys.readouterr().out


def test_other_texts_are_refused(tmp_path):
    (tmp_path / "module.py").write_text("x = 1\n" * 1000)
    with pytest.raises(SystemExit, match="gave other texts"):
        rebuild(tmp_path, tmp_path / "again.xz")
    assert not (tmp_path / "again.xz").exists()


def test_an_archive_is_read_like_a_folder(tmp_path):
    contents = {"good.py": "a = 1\n" * 600, "_private.py": "a = 1\n" * 600, "tiny.py": "a\n", "tab.py": "\ta\n" * 2000}
    with tarfile.open(tmp_path / "source.tar.xz", "w:xz") as archive:
        for name, text in {f"Python-3.11.7/Lib/{n}": t for n, t in contents.items()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        other = tarfile.TarInfo("Python-3.11.7/Lib/test/good2.py")
        other.size = 6000
        archive.addfile(other, io.BytesIO(b"a = 2\n" * 1000))
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    assert read(tmp_path / "source.tar.xz") == read(tmp_path) == {"good.py": contents["good.py"]}


def test_the_choice_depends_on_the_names_alone():
    texts = {f"m{k}.py": "".join(chr(33 + (k * 7 + n * n) % 90) for n in range(4000)) for k in range(40)}
    parts = choose(texts)
    assert [len(part) for part in parts.values()] == [10, 6, 24]
    assert choose(dict(reversed(texts.items()))) == parts
