"""Where the time of a training step goes, span by span, for several ways to run an LSTM: `TimelineExplorer`."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, Self

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_lessons import checks
from lstm_lessons.checks import array, kind, listed, number, one_of, texts, whole
from lstm_lessons.plots import stills
from lstm_lessons.plots.stills import SPAN_KINDS
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.timeline_explorer.profiled import Span, timeline

MOST_SPANS = 20_000  # of a run; a page of more would be slow
DEEPEST = 10
TICKS = 1e-7  # seconds: what a page counts in


class TimelineExplorer(LessonWidget):
    """Spans of recorded runs; make one with `from_runs`.

    Traits:
        runs: by name, ``names`` (pairs of name and place in `SPAN_KINDS`), ``spans`` (place of the name and length in
            tenths of a microsecond, in turns), ``backward`` (the first span of the backward pass) and ``seconds``
            (without the profiler).
        chosen: the run that is drawn in detail.
        zoom: the picture shows the run's length / 2^zoom.
        start: where the picture begins, as a share of the run.
    """

    module = "timeline_explorer"

    runs = shown(traitlets.Dict())
    chosen = shown(traitlets.Unicode())
    zoom = shown(traitlets.Int(0))
    start = shown(traitlets.Float(0.0, min=0.0, max=1.0))
    kinds = shown(traitlets.List(traitlets.Unicode(), list(SPAN_KINDS)))

    def __init__(self, spans: Mapping[str, list[Span]], seconds: Mapping[str, Any], chosen: str | None = None) -> None:
        """Show recorded runs.

        Args:
            spans: of each run, as `profiled.timeline` returns them.
            seconds: of each run without the profiler: one number, or several of which the smallest counts.
            chosen: the first one if not given.

        Raises:
            TypeError: if spans or seconds is no dict, or holds something else than spans.
            ValueError: if there is no run, one has no span or more than 20,000, or no ``seconds``.
        """
        _check(spans=spans, seconds=seconds)
        super().__init__(runs={name: _packed(name, spans[name], seconds) for name in spans})
        self.chosen = next(iter(self.runs)) if chosen is None else chosen

    @classmethod
    def from_runs(
        cls, runs: Mapping[str, Callable[[], object]], seconds: Mapping[str, Any], chosen: str | None = None
    ) -> Self:
        """Profile each run. Arguments as for `TimelineExplorer`; what they lack is said before a run begins."""
        _check(runs=runs, seconds=seconds)
        for name, run in runs.items():
            kind(f"runs[{name!r}]", run, "a function without arguments", callable(run))
            _alone(name, seconds)
        chosen = chosen if chosen is None else one_of("chosen", chosen, runs)
        return cls({name: timeline(run) for name, run in runs.items()}, seconds, chosen)

    def totals(self, name: str) -> dict[str, tuple[int, float]]:
        """How many spans a run has of each kind, and their seconds."""
        run = self.runs[name]
        found = dict.fromkeys(SPAN_KINDS, (0, 0.0))
        for place, length in _pairs(run["spans"]):
            kind = list(SPAN_KINDS)[run["names"][place][1]]
            count, seconds = found[kind]
            found[kind] = count + 1, seconds + length * TICKS
        return found

    def summary(self) -> str:
        said = []
        for name in self.runs:
            totals = self.totals(name)
            everything = sum(seconds for _, seconds in totals.values())
            shares = ", ".join(f"{kind} {seconds / everything:.0%}" for kind, (_, seconds) in totals.items() if seconds)
            said.append(f"{name} {1e3 * everything:.2f} ms ({shares})")
        return f"TimelineExplorer: {'; '.join(said)}"

    def picture(self) -> Figure:
        run = self.runs[self.chosen]
        spans = [(run["names"][place][1], 1e3 * TICKS * length) for place, length in _pairs(run["spans"])]
        totals = {name: [1e3 * seconds for _, seconds in self.totals(name).values()] for name in self.runs}
        return stills.timeline(totals, spans, self.chosen)

    @traitlets.validate("runs")
    def _check_runs(self, proposal: dict) -> dict:
        if not proposal["value"]:
            raise ValueError("spans must hold at least one run, got none")
        return proposal["value"]

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: dict) -> str:
        return one_of("chosen", proposal["value"], self.runs)

    @traitlets.validate("zoom")
    def _check_zoom(self, proposal: dict) -> int:
        return whole("zoom", proposal["value"], 0, DEEPEST)


def _check(**given: object) -> None:
    for name, value in given.items():
        kind(name, value, "a dict with an entry for each run", isinstance(value, Mapping))
        texts(name, value)


def _alone(name: str, seconds: Mapping[str, Any]) -> float:
    """The seconds of a run without the profiler."""
    if name not in seconds:
        raise ValueError(f"seconds must hold those of {name!r}, got {checks.shown(list(seconds))}")
    alone = array(f"seconds[{name!r}]", seconds[name])
    if not alone.size or not np.isfinite(alone).all():
        raise ValueError(f"seconds[{name!r}] must be a time or several, got {checks.shown(seconds[name])}")
    return float(alone.min())


def _pairs(flat: list[int]) -> Iterable[tuple[int, int]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _packed(name: str, spans: list[Span], seconds: Mapping[str, Any]) -> dict[str, Any]:
    spans = listed(f"spans[{name!r}]", spans, "a list of spans")
    kind(f"spans[{name!r}]", spans, "a list of spans", all(isinstance(span, Span) for span in spans))
    if not 1 <= len(spans) <= MOST_SPANS:
        raise ValueError(f"spans[{name!r}] must hold 1 to {MOST_SPANS:,} spans, got {len(spans)}")
    alone = _alone(name, seconds)
    kinds = list(SPAN_KINDS)
    for span in spans:
        one_of(f"spans[{name!r}]: kind", span.kind, kinds)
        number(f"spans[{name!r}]: seconds", span.seconds, "a time of at least 0", lambda time: 0 <= time < 1e6)
    keys = [(span.name, kinds.index(span.kind)) for span in spans]
    names = list(dict.fromkeys(keys))
    place = {key: n for n, key in enumerate(names)}
    pairs = [(place[key], max(1, round(span.seconds / TICKS))) for key, span in zip(keys, spans, strict=True)]
    begun = [span.backward for span in spans]
    return {
        "names": [list(key) for key in names],
        "spans": list(chain.from_iterable(pairs)),
        "backward": begun.index(True) if True in begun else len(begun),
        "seconds": alone,
    }
