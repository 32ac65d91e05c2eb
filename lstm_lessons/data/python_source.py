"""Python source code: files of CPython's standard library, the text of the lesson on language models.

Whole files are held out, and those share next to nothing with any other file. ``python_source.md`` beside this file
tells which version they are of, and how they were chosen.
"""

import functools
import hashlib
import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from lstm_lessons import checks

CHECKSUM = "d5a3f2ee35c0cd5dbb69f35e182a727fe01eeedf8b453c47c72ce69322f6262d"
VERSION = "3.11.7"
PARTS = ("train", "validation", "test")
RUN = 80  # letters in a row that two files must have in common to count as shared


@dataclass(frozen=True)
class PythonSource:
    """Files of source code in three parts: text by the file's name."""

    train: dict[str, str]
    validation: dict[str, str]
    test: dict[str, str]

    @property
    def text(self) -> str:
        """The training files one after the other."""
        return "".join(self.train.values())

    @property
    def alphabet(self) -> str:
        """The letters of the training files, sorted; the other parts have no more."""
        return "".join(sorted(set(self.text)))

    def describe(self) -> str:
        """One line a part, and how much of the held-out files stands elsewhere, too."""
        lines = [f"the standard library of CPython {VERSION}, {len(self.alphabet)} different letters"]
        for name in PARTS:
            lengths = [len(text) for text in getattr(self, name).values()]
            lines.append(
                f"{name}: {len(lengths)} files, {sum(lengths):,} letters ({min(lengths):,}-{max(lengths):,} a file)"
            )
        held_out = self.validation | self.test
        most = max(shared_share(text, self.train) for text in held_out.values())
        lines.append(f"at most {most:.1%} of a held-out file stands in runs of {RUN} letters that training has, too")
        return "\n".join(lines)


def checksum(parts: Mapping[str, Mapping[str, str]]) -> str:
    """SHA-256 of the three parts, names and texts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def shared_share(text: str, others: Mapping[str, str]) -> float:
    """The share of a text that stands in runs of `RUN` letters which one of the others has, too; from 0 to 1."""
    checks.text("text", text)
    checks.kind("others", others, "a dictionary of texts", isinstance(others, Mapping))
    known = _runs(tuple(checks.texts("others", others.values())))
    covered = bytearray(len(text))
    for start in range(len(text) - RUN + 1):
        if hash(text[start : start + RUN]) in known:
            covered[start : start + RUN] = b"\1" * RUN
    return sum(covered) / max(1, len(text))


@functools.lru_cache(maxsize=1)
def _runs(texts: tuple[str, ...]) -> frozenset[int]:
    """Hashes of all runs of `RUN` letters: a number for each is enough, and takes a tenth of the memory."""
    return frozenset(hash(text[k : k + RUN]) for text in texts for k in range(len(text) - RUN + 1))


@functools.cache
def load() -> PythonSource:
    """The three parts, read from the file beside this module.

    Raises:
        ValueError: if their checksum is not the recorded one.
    """
    with resources.files(__package__).joinpath("python_source.json.xz").open("rb") as file:
        parts = json.loads(lzma.decompress(file.read()))
    if (found := checksum(parts)) != CHECKSUM:
        raise ValueError(
            f"python_source.json.xz is damaged: its texts should have the SHA-256 {CHECKSUM}, got {found}; "
            "restore it with `python -m lstm_lessons.data.rebuild_python_source`"
        )
    return PythonSource(**parts)
