"""The recorded study of regularization: every technique on few spoken digits, several seeds each.

``regularization_study.json`` beside this file was written by the command that it names, from the training cells of the
lesson itself. Run that command to make it anew on your machine.
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from lstm_lessons import checks

RESULTS = ("test accuracy", "test loss", "training accuracy", "training loss", "epochs")


@dataclass(frozen=True)
class Study:
    """What was found."""

    #: one dict a training: ``technique``, ``seed``, ``train_loss``, ``validation_loss``,
    #: ``median_norm`` and ``largest_norm`` (one number an epoch), ``best_epoch``, and ``training``
    #: and ``test`` (cross-entropy and accuracy at the end).
    runs: tuple[dict[str, Any], ...]
    parameters: dict[str, Any]  #: sizes that all trainings share.
    versions: dict[str, str]  #: of Python and the libraries that it ran with.
    command: str  #: that ran it.
    digest: str  #: of what decides the result; see `lstm_lessons.authoring.study.digest_of`.

    @property
    def techniques(self) -> list[str]:
        """In the order of the lesson."""
        return list(dict.fromkeys(run["technique"] for run in self.runs))

    @property
    def seeds(self) -> list[int]:
        """Every technique was run with each of them."""
        return sorted({run["seed"] for run in self.runs})

    def of(self, technique: str) -> list[dict[str, Any]]:
        """The runs of a technique, by seed.

        Raises:
            ValueError: if there is no such technique.
        """
        checks.one_of("technique", technique, self.techniques)
        found = (run for run in self.runs if run["technique"] == technique)
        return sorted(found, key=lambda run: run["seed"])

    def values(self, result: str) -> dict[str, np.ndarray]:
        """One number a seed for each technique, (S,).

        Args:
            result: one of `RESULTS`; losses are cross-entropies in nats.

        Raises:
            ValueError: if it is none of them.
        """
        checks.one_of("result", result, RESULTS)
        part, _, what = result.partition(" ")

        def value(run: dict[str, Any]) -> float:
            if not what:
                return len(run["train_loss"])
            return run[part][("loss", "accuracy").index(what)]

        return {name: np.array([value(run) for run in self.of(name)]) for name in self.techniques}

    def describe(self) -> str:
        """One paragraph: how much was run, with what, and how to run it again."""
        sizes = ", ".join(f"{name} = {value}" for name, value in self.parameters.items())
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return (
            f"{len(self.techniques)} techniques, {len(self.seeds)} seeds each, "
            f"{len(self.runs)} trainings on a CPU ({sizes}); {versions}; `{self.command}`"
        )


def load() -> Study:
    """The study that is stored with the package."""
    path = resources.files(__package__) / "regularization_study.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    names = ("parameters", "versions", "command", "digest")
    return Study(tuple(content["runs"]), **{name: content[name] for name in names})
