"""Recorded trainings beside each other, with losses and gradient norms: `TrainingExplorer`. Epochs count from 1."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_lessons import checks
from lstm_lessons.checks import array, kind, listed, one_of, probability, texts, whole
from lstm_lessons.data.studies import Study
from lstm_lessons.plots import stills
from lstm_lessons.widgets.shared.base import Choice, LessonWidget, shown

MOST_CHOSEN = 3
CURVES = ("train", "validation", "norm")
Runs = Mapping[str, Sequence[Mapping[str, Any]]]


class TrainingExplorer(LessonWidget):
    """Compare recorded trainings: tick up to three techniques and move the epoch.

    Traits:
        runs: per technique, one dict a seed: ``train``, ``validation`` and ``norm``, one number an epoch, and ``test``,
            the accuracy at the end between 0 and 1. Fixed once it is shown.
        chosen: the techniques that are drawn, one to three; at first two if not given.
        quantity: ``"loss"`` or ``"norm"``.
        epoch: the epoch whose numbers the table shows, from 1.
    """

    module = "training_explorer"

    runs = shown(traitlets.Dict())
    chosen = shown(traitlets.List(traitlets.Unicode()))
    quantity = shown(Choice(("loss", "norm"), "loss"))
    epoch = shown(traitlets.Int(1))

    def __init__(
        self, runs: Runs, chosen: Sequence[str] | None = None, *, quantity: str = "loss", epoch: int = 1
    ) -> None:
        """Show recorded runs; the arguments are the traits.

        Raises:
            TypeError: if ``runs`` is no dict of lists of dicts, or ``chosen`` no list.
            ValueError: if a run lacks a curve, has curves of different length or numbers that a log axis cannot show,
                or ``chosen``, ``quantity`` or ``epoch`` is out of range.
        """
        super().__init__()
        kind("runs", runs, "a dict of techniques", isinstance(runs, Mapping))
        for name, group in zip(texts("runs", runs), runs.values(), strict=True):
            each = listed(f"runs[{name!r}]", group, "a list of runs")
            kind(f"runs[{name!r}]", group, "a list of dicts", all(isinstance(run, Mapping) for run in each))
        chosen = None if chosen is None else listed("chosen", chosen, "a list of techniques")
        self.runs = {name: [_run(name, run) for run in group] for name, group in runs.items()}
        self.chosen = list(self.runs)[:2] if chosen is None else chosen
        self.quantity, self.epoch = one_of("quantity", quantity, ["loss", "norm"]), epoch

    @classmethod
    def from_study(cls, study: Study, chosen: Sequence[str] | None = None, *, seeds: int = 3, **traits: Any) -> Self:
        """Show a recorded study: each technique with its first few seeds.

        Args:
            chosen, traits: as in `TrainingExplorer`.
            seeds: runs a technique; all of them would make a page large.

        Raises:
            TypeError: if ``study`` is none.
            ValueError: if ``seeds`` is not at least 1, and as `TrainingExplorer`.
        """
        kind("study", study, "a Study", isinstance(study, Study))
        seeds = whole("seeds", seeds)
        names = {"train": "train_loss", "validation": "validation_loss", "norm": "largest_norm"}
        runs = {
            technique: [
                {curve: run[name] for curve, name in names.items()} | {"test": run["new voice"][1]}
                for run in study.of(technique)[:seeds]
            ]
            for technique in study.techniques
        }
        return cls(runs, chosen, **traits)

    @property
    def longest(self) -> int:
        """Epochs of the longest run."""
        return max(len(run["train"]) for group in self.runs.values() for run in group)

    def means(self, technique: str, curve: str) -> np.ndarray:
        """Mean of a curve of `CURVES` over the seeds that came so far, one number an epoch."""
        curves = [run[curve] for run in self.runs[technique]]
        longest = max(map(len, curves))
        padded = np.array([[*c, *[np.nan] * (longest - len(c))] for c in curves])
        return np.nanmean(padded, axis=0)

    def best_epoch(self, technique: str) -> int:
        """The epoch, from 1, with the smallest mean validation loss."""
        return int(self.means(technique, "validation").argmin()) + 1

    def summary(self) -> str:
        said = [
            f"{name}, validation loss {self.means(name, 'validation').min():.2f} at best in epoch "
            f"{self.best_epoch(name)} and {self.means(name, 'validation')[-1]:.2f} at the end"
            for name in self.chosen
        ]
        return f"TrainingExplorer: {'; '.join(said)} (of {len(self.runs)} techniques)"

    def picture(self) -> Figure:
        curves = ("train", "validation") if self.quantity == "loss" else ("norm",)
        return stills.training({name: {curve: self.means(name, curve) for curve in curves} for name in self.chosen})

    @traitlets.validate("runs")
    def _check_runs(self, proposal: dict) -> dict:
        if not proposal["value"] or not all(proposal["value"].values()):
            raise ValueError("runs must hold at least one technique, each with at least one run")
        return proposal["value"]

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: dict) -> list[str]:
        chosen = proposal["value"]
        known = [name for name in chosen if name in self.runs]
        if not 1 <= len(chosen) <= MOST_CHOSEN or known != chosen or len(set(chosen)) < len(chosen):
            raise ValueError(
                f"chosen must name one to {MOST_CHOSEN} of {', '.join(self.runs)}, got {checks.shown(chosen)}"
            )
        return chosen

    @traitlets.validate("epoch")
    def _check_epoch(self, proposal: dict) -> int:
        return whole("epoch", proposal["value"], 1, self.longest)


def _run(technique: str, run: Mapping[str, Any]) -> dict[str, Any]:
    missing = [name for name in (*CURVES, "test") if name not in run]
    if missing:
        raise ValueError(f"runs[{technique!r}] must have {', '.join(missing)}, got {list(run)}")
    curves = {name: array(f"runs[{technique!r}]", run[name], 1).astype(float).tolist() for name in CURVES}
    probability(**{f"runs[{technique!r}]: test": run["test"]})
    if len({len(curve) for curve in curves.values()}) > 1 or not curves["train"]:
        lengths = {name: len(curve) for name, curve in curves.items()}
        raise ValueError(f"runs[{technique!r}] must have curves of one length, got {lengths}")
    if not all(0 < value < math.inf for curve in curves.values() for value in curve):
        raise ValueError(f"runs[{technique!r}] must hold numbers above 0, for a log axis")
    return curves | {"test": float(run["test"])}
