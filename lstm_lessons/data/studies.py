"""Recorded studies: what a lesson trains, with every technique, on every voice, several networks each.

``<name>_study.json`` beside this file was written by ``make study``, from the training cells of the lesson itself. Run
that command to make it anew on your machine.
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from lstm_lessons import checks
from lstm_lessons.data import digits

NAMES = ("voices", "regularization", "speech")  # of lessons 4, 5 and 12


@dataclass(frozen=True)
class Study:
    """What was found."""

    #: one dict a run: ``technique``, ``seed``, and what the lesson left in its ``record``: a number, a curve with
    #: one number an epoch, or for a part of the data cross-entropy and accuracy.
    runs: tuple[dict[str, Any], ...]
    parameters: dict[str, Any]  #: sizes that all runs share.
    versions: dict[str, str]  #: of Python and the libraries that it ran with.
    command: str  #: that ran it.
    digest: str  #: of what decides the result; see `lstm_lessons.authoring.study.digest_of`.

    @property
    def techniques(self) -> list[str]:
        """In the order of the lesson."""
        return list(dict.fromkeys(run["technique"] for run in self.runs))

    @property
    def seeds(self) -> list[int]:
        """Every technique was run with each of them; a seed trains on the fold that it has modulo 6."""
        return sorted({run["seed"] for run in self.runs})

    @property
    def parts(self) -> list[str]:
        """The parts of the data whose accuracy `by_voice` tells."""
        asked = ("training", "known voices", "validation voice", "new voice")
        return [part for part in asked if self.runs and part in self.runs[0]]

    def of(self, technique: str) -> list[dict[str, Any]]:
        """The runs of a technique, by seed.

        Raises:
            ValueError: if there is no such technique.
        """
        checks.one_of("technique", technique, self.techniques)
        found = (run for run in self.runs if run["technique"] == technique)
        return sorted(found, key=lambda run: run["seed"])

    def by_voice(self, part: str = "new voice") -> dict[str, np.ndarray]:
        """What was measured on one of `parts`, by technique and voice that was left out, (V,), in percent: accuracy,
        or in the study of speech the digit error rate. A technique that was not asked about this part is passed over.

        Networks that leave out the same voice are averaged: what was sampled is voices, and six are six, however many
        networks are trained on each.

        Raises:
            ValueError: if there is no such part.
        """
        checks.one_of("part", part, self.parts)
        voices = len(digits.VOICES)
        table = {}
        for technique in self.techniques:
            runs = self.of(technique)
            if part in runs[0]:
                found = [100 * np.atleast_1d(run[part])[-1] for run in runs]
                table[technique] = np.array([np.mean(found[voice::voices]) for voice in range(voices)])
        return table

    def describe(self) -> str:
        """One paragraph: how much was run, with what, and how to run it again."""
        sizes = ", ".join(f"{name} = {value}" for name, value in self.parameters.items())
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return (
            f"{len(self.techniques)} techniques, {len(digits.VOICES)} voices left out in turn, "
            f"{len(self.seeds)} seeds each, {len(self.runs)} runs on a CPU ({sizes}); {versions}; `{self.command}`"
        )


def load(name: str) -> Study:
    """A study that is stored with the package, one of `NAMES`.

    Raises:
        ValueError: if there is none of that name.
    """
    checks.one_of("name", name, NAMES)
    path = resources.files(__package__) / f"{name}_study.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    names = ("parameters", "versions", "command", "digest")
    return Study(tuple(content["runs"]), **{name: content[name] for name in names})
