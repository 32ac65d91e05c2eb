"""Make ``python_source.json.xz`` again: ``python -m lstm_lessons.data.rebuild_python_source [SOURCE]``.

SOURCE is the source archive of CPython, or the folder of an installed standard library, of version
`python_source.VERSION`; without it the archive comes from python.org (about 20 MB). The texts must have the checksum
that `python_source.CHECKSUM` records, or nothing is written.
"""

import hashlib
import json
import lzma
import sys
import tarfile
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from lstm_lessons.data import python_source
from lstm_lessons.data.python_source import RUN, VERSION

SOURCE = f"https://www.python.org/ftp/python/{VERSION}/Python-{VERSION}.tar.xz"
TARGET = Path(__file__).with_name("python_source.json.xz")
SIZES = (3_000, 28_000)  # letters of a file
HELD_OUT = 12_000  # letters of a held-out file, at most
COUNTS = {"test": 24, "validation": 6}  # held-out files
TRAINING = 600_000  # letters of all training files, at most
SHARED = 0.02  # of a held-out file, in common with any other file of the archive, at most


def read(source: Path) -> dict[str, str]:
    """The modules at the top of a standard library: plain ASCII, neither private nor tiny nor huge, by name."""
    if source.is_dir():
        contents = {path.name: path.read_bytes() for path in source.glob("*.py")}
    else:
        with tarfile.open(source) as archive:
            inside = [member for member in archive if Path(member.name).match("Python-*/Lib/*.py")]
            contents = {Path(member.name).name: archive.extractfile(member).read() for member in inside}
    texts = {name: content.decode() for name, content in contents.items() if content.isascii()}
    low, high = SIZES
    return {
        name: text
        for name, text in sorted(texts.items())
        if low <= len(text) <= high and not name.startswith("_") and not set("\t\f\r") & set(text)
    }


def choose(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The three parts, in an order that only the names decide: the SHA-256 of each."""
    order = sorted(texts, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    shared = shares(texts)
    clean = iter(name for name in order if shared[name] <= SHARED and len(texts[name]) <= HELD_OUT)
    parts = {part: {name: texts[name] for name, _ in zip(clean, range(n), strict=False)} for part, n in COUNTS.items()}
    parts["train"], size = {}, 0
    for name in order:
        if not any(name in parts[part] for part in COUNTS) and size + len(texts[name]) <= TRAINING:
            parts["train"][name] = texts[name]
            size += len(texts[name])
    return {part: parts[part] for part in python_source.PARTS}


def shares(texts: Mapping[str, str]) -> dict[str, float]:
    """How much of each text stands in runs of `RUN` letters that another text has, too."""
    times = Counter(run for text in texts.values() for run in {text[k : k + RUN] for k in range(len(text) - RUN + 1)})
    found = {}
    for name, text in texts.items():
        covered = bytearray(len(text))
        for k in range(len(text) - RUN + 1):
            if times[text[k : k + RUN]] > 1:
                covered[k : k + RUN] = b"\1" * RUN
        found[name] = sum(covered) / len(text)
    return found


def rebuild(source: Path, target: Path) -> None:
    """Write the file again if, and only if, its texts are the recorded ones.

    Raises:
        SystemExit: if the texts are others; nothing is written then.
    """
    parts = choose(read(source))
    if (found := python_source.checksum(parts)) != python_source.CHECKSUM:
        sys.exit(f"{source} gave other texts: SHA-256 {found}, expected {python_source.CHECKSUM}")
    target.write_bytes(lzma.compress(json.dumps(parts).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"wrote {target.name}: {target.stat().st_size:,} bytes, SHA-256 of the texts {found}")


def main(arguments: list[str]) -> None:
    """From the source that is named, or from the archive of python.org."""
    if arguments:
        rebuild(Path(arguments[0]), TARGET)
        return
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "source.tar.xz")
        urllib.request.urlretrieve(SOURCE, archive)
        rebuild(archive, TARGET)


if __name__ == "__main__":
    main(sys.argv[1:])
