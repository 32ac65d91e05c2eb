"""Recorded trainings beside each other, with losses and gradient norms: `TrainingExplorer`.

What the page carries, for tests and for anyone who scripts it:

- ``[data-symbol]``: one cell of the table per technique (``data-technique``): ``train``,
  ``validation`` and ``norm`` at the chosen epoch, ``best`` (the epoch, from 1) and ``test`` (%).
  ``data-value`` holds the whole number; it is empty where every run had stopped before.
- ``[data-name]``: the controls: ``quantity``, ``epoch``, and a checkbox for each technique.

Epochs count from 0 in Python, and from 1 on the screen.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets

from lstm_lessons.data.regularization_study import Study
from lstm_lessons.palette import LIGHT_PAGE
from lstm_lessons.widgets.shared.base import LessonWidget
from lstm_lessons.widgets.shared.bundling import module_source

MOST_CHOSEN = 3
CURVES = ("train", "validation", "norm")
COLORS = ("#0b5fd0", "#b3460a", "#8432b8")
Runs = Mapping[str, Sequence[Mapping[str, Any]]]


class TrainingExplorer(LessonWidget):
    """Compare recorded trainings: tick up to three techniques and move the epoch.

    Traits:
        runs: per technique, one dict a seed: ``train``, ``validation`` and ``norm``, one number an
            epoch, and ``test``, the accuracy at the end between 0 and 1. Fixed once it is shown.
        chosen: the techniques that are drawn, one to three.
        quantity: ``"loss"`` or ``"norm"``.
        epoch: the epoch whose numbers the table shows, from 0.
    """

    module = "training_explorer"
    _esm = module_source(module)

    runs = traitlets.Dict().tag(sync=True, shown=True)
    chosen = traitlets.List(traitlets.Unicode()).tag(sync=True, shown=True)
    quantity = traitlets.Enum(("loss", "norm"), "loss").tag(sync=True, shown=True)
    epoch = traitlets.Int(0).tag(sync=True, shown=True)

    def __init__(
        self,
        runs: Runs,
        chosen: Sequence[str] | None = None,
        *,
        quantity: str = "loss",
        epoch: int = 0,
    ) -> None:
        """Show recorded runs.

        Args:
            runs: as the trait.
            chosen: the techniques to begin with; the first two if not given.
            quantity: what is drawn.
            epoch: where the cursor stands.

        Raises:
            ValueError: if a run lacks a curve, has curves of different length or numbers that a
                log axis cannot show, or ``chosen`` or ``epoch`` is out of range.
        """
        super().__init__()
        self.runs = {name: [_run(name, run) for run in group] for name, group in runs.items()}
        self.chosen = list(self.runs)[:2] if chosen is None else list(chosen)
        self.quantity, self.epoch = quantity, epoch

    @classmethod
    def from_study(
        cls, study: Study, chosen: Sequence[str] | None = None, *, seeds: int = 3, **traits: Any
    ) -> TrainingExplorer:
        """Show a recorded study: each technique with its first few seeds.

        Args:
            study: as from ``data.regularization_study.load()``.
            chosen, traits: as in `TrainingExplorer`.
            seeds: runs a technique; all of them would make a page large.
        """
        names = {"train": "train_loss", "validation": "validation_loss", "norm": "largest_norm"}
        runs = {
            technique: [
                {curve: run[name] for curve, name in names.items()} | {"test": run["test"][1]}
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
        """Mean of a curve over the seeds that came so far, one number an epoch.

        Args:
            technique: a key of ``runs``.
            curve: ``"train"``, ``"validation"`` or ``"norm"``.
        """
        curves = [run[curve] for run in self.runs[technique]]
        longest = max(map(len, curves))
        padded = np.array([[*c, *[np.nan] * (longest - len(c))] for c in curves])
        return np.nanmean(padded, axis=0)

    def best_epoch(self, technique: str) -> int:
        """The epoch, from 0, with the smallest mean validation loss."""
        return int(self.means(technique, "validation").argmin())

    def summary(self) -> str:
        said = [
            f"{name}, validation loss {self.means(name, 'validation').min():.2f} at best in epoch "
            f"{self.best_epoch(name) + 1} and {self.means(name, 'validation')[-1]:.2f} at the end"
            for name in self.chosen
        ]
        return f"TrainingExplorer: {'; '.join(said)} (of {len(self.runs)} techniques)"

    def picture(self) -> str:
        return _draw(self)

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
                f"chosen must name one to {MOST_CHOSEN} of {', '.join(self.runs)}, got {chosen!r}"
            )
        return chosen

    @traitlets.validate("epoch")
    def _check_epoch(self, proposal: dict) -> int:
        if not 0 <= proposal["value"] < self.longest:
            raise ValueError(f"epoch must lie in 0..{self.longest - 1}, got {proposal['value']}")
        return proposal["value"]


def _run(technique: str, run: Mapping[str, Any]) -> dict[str, Any]:
    missing = [name for name in (*CURVES, "test") if name not in run]
    if missing:
        raise ValueError(f"runs[{technique!r}] must have {', '.join(missing)}, got {list(run)}")
    curves = {name: [float(value) for value in run[name]] for name in CURVES}
    if len({len(curve) for curve in curves.values()}) > 1 or not curves["train"]:
        lengths = {name: len(curve) for name, curve in curves.items()}
        raise ValueError(f"runs[{technique!r}] must have curves of one length, got {lengths}")
    if not all(0 < value < math.inf for curve in curves.values() for value in curve):
        raise ValueError(f"runs[{technique!r}] must hold numbers above 0, for a log axis")
    return curves | {"test": float(run["test"])}


# --- The still picture --------------------------------------------------------------------

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 920, 390, 60, 28, 110
_TEXT, _LINE = "#1f2430", "#c9ced8"


def _draw(explorer: TrainingExplorer) -> str:
    """The mean curves of the chosen techniques as SVG, as on a light page."""
    names = ("train", "validation") if explorer.quantity == "loss" else ("norm",)
    curves = {(t, n): explorer.means(t, n) for t in explorer.chosen for n in names}
    values = np.concatenate(list(curves.values()))
    low, high = values.min() * 0.85, values.max() * 1.15

    def x(epoch: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - 16) * epoch / max(1, explorer.longest - 1)

    def y(value: float) -> float:
        share = math.log(high / value) / math.log(high / low)
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * share

    title = "loss" if explorer.quantity == "loss" else "gradient norm"
    parts = [f'<text x="{_LEFT}" y="16">{title} (log scale)</text>']
    for power in range(-6, 6):
        for tick in (10.0**power, 3 * 10.0**power):
            if low <= tick <= high:
                at = f"{y(tick):.1f}"
                parts.append(
                    f'<line x1="{_LEFT}" x2="{_WIDTH - 16}" y1="{at}" y2="{at}" stroke="{_LINE}"/>'
                    f'<text x="{_LEFT - 8}" y="{at}" dy="4" text-anchor="end">{tick:g}</text>'
                )
    for epoch in range(explorer.longest):
        if epoch == 0 or (epoch + 1) % 10 == 0:
            parts.append(
                f'<text x="{x(epoch):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">'
                f"{epoch + 1}</text>"
            )
    parts.append(
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - _BOTTOM + 40}" text-anchor="middle">epoch</text>'
    )
    for (technique, name), curve in curves.items():
        color = COLORS[explorer.chosen.index(technique)]
        points = " ".join(f"{x(e):.1f},{y(v):.1f}" for e, v in enumerate(curve))
        dash = ' stroke-dasharray="7 4"' if name == "train" else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2.4"{dash}/>'
        )
        if name == "validation":
            best = explorer.best_epoch(technique)
            slot = explorer.chosen.index(technique)
            parts.append(_mark(slot, x(best), y(curve[best])))
    for slot, technique in enumerate(explorer.chosen):
        at = _HEIGHT - 46 + 18 * slot
        said = f"{technique}: " + (
            f"best in epoch {explorer.best_epoch(technique) + 1}; solid validation, dashed training"
            if explorer.quantity == "loss"
            else "largest gradient norm of each epoch"
        )
        parts.append(_mark(slot, _LEFT + 6, at - 4))
        parts.append(f'<text x="{_LEFT + 20}" y="{at}">{html.escape(said)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img" font-size="13" fill="{_TEXT}" '
        f'font-family="system-ui, DejaVu Sans, sans-serif">'
        f"<title>{html.escape(explorer.summary())}</title>"
        f'<rect width="100%" height="100%" fill="{LIGHT_PAGE}"/>{"".join(parts)}</svg>'
    )


def _mark(slot: int, x: float, y: float) -> str:
    """A circle, a square or a triangle."""
    fill = f'fill="{COLORS[slot]}" stroke="{LIGHT_PAGE}"'
    if slot == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" {fill}/>'
    if slot == 1:
        return f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" {fill}/>'
    corners = f"{x:.1f},{y - 7.5:.1f} {x + 7:.1f},{y + 6:.1f} {x - 7:.1f},{y + 6:.1f}"
    return f'<polygon points="{corners}" {fill}/>'
