"""The timeline explorer: which operation each stretch of a run belongs to, and what the widget makes of it."""

from __future__ import annotations

import pytest
import torch
import traitlets
from torch import nn

from lstm_lessons import ladder
from lstm_lessons.plots.stills import SPAN_KINDS
from lstm_lessons.widgets import TimelineExplorer
from lstm_lessons.widgets.timeline_explorer import profiled
from lstm_lessons.widgets.timeline_explorer.profiled import Event, Span, innermost, kind_of, timeline

LAYER, PRODUCTS, ARITHMETIC, CALLS, PYTHON = SPAN_KINDS
STEPS = 5


def training(layer):
    """A function that runs one rung of the ladder forward and backward."""
    torch.manual_seed(0)
    lstm, x = nn.LSTM(3, 4), torch.randn(STEPS, 2, 3)
    return lambda: ladder.run(lstm, x, layer=layer)[0].sum().backward()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("aten::addmm", PRODUCTS),
        ("aten::mm", PRODUCTS),
        ("aten::tanh", ARITHMETIC),
        ("aten::tanh_backward", ARITHMETIC),
        ("aten::cat", ARITHMETIC),
        ("aten::t", CALLS),
        ("aten::to", CALLS),
        ("aten::linear", CALLS),
        ("aten::matmul", CALLS),
        ("aten::empty_strided", CALLS),
        ("aten::mkldnn_rnn_layer", LAYER),
        ("aten::mkldnn_rnn_layer_backward", LAYER),
        ("autograd::engine::evaluate_function: MmBackward0", CALLS),
        ("torch::autograd::AccumulateGrad", CALLS),
        ("MmBackward0", CALLS),
        ("detach", CALLS),
        ("BackpropagationThroughTime", PYTHON),
        ("BackpropagationThroughTimeBackward", PYTHON),
    ],
)
def test_an_operation_counts_as_what_it_does_itself(name, kind):
    assert kind_of(name) == kind


def test_each_moment_belongs_to_the_innermost_event_and_none_is_lost():
    linear, product, within = Event("aten::linear", 1, 9), Event("aten::addmm", 2, 7), Event("aten::t", 3, 4)
    engine, inner = Event("autograd::engine::evaluate_function: X", 12, 15), Event("aten::mm", 12, 15)
    pieces = [piece for piece in innermost([engine, inner, within, product, linear]) if piece[1]]
    assert pieces[:4] == [(linear, 1, False), (product, 5, False), (linear, 2, False), (None, 3, False)]
    assert sum(length for _, length, _ in pieces) == 14
    assert [(event, backward) for event, _, backward in pieces[4:]] == [(inner, True)]


def test_of_events_that_begin_together_the_shorter_one_is_within():
    longer, shorter = Event("aten::linear", 0, 6), Event("aten::addmm", 0, 5)
    assert [event for event, length, _ in innermost([shorter, longer]) if length] == [shorter, longer]


@pytest.mark.parametrize(("rung", "forward", "backward"), [("8 products a step", 8, 16), ("2 products a step", 2, 4)])
def test_the_products_of_a_step_are_counted_forward_and_backward(rung, forward, backward):
    spans = timeline(training(ladder.RUNGS[rung]), rounds=2)
    found = [sum(s.kind == PRODUCTS and s.backward == back for s in spans) for back in (False, True)]
    # Nothing asks for the gradient of x and of the first h, so as many products less.
    assert found[0] == forward * STEPS and backward * STEPS / 2 < found[1] <= backward * STEPS
    assert all(span.seconds > 0 for span in spans)
    assert [s.backward for s in spans] == sorted(s.backward for s in spans), "forward comes first"


def test_neighbors_that_compute_nothing_are_one_span():
    spans = timeline(training(ladder.RUNGS["2 products a step"]), rounds=2)
    idle = {CALLS, PYTHON}
    pairs = [(a, b) for a, b in zip(spans, spans[1:], strict=False) if a.kind == b.kind and a.kind in idle]
    assert all(a.backward != b.backward for a, b in pairs)


@pytest.mark.parametrize(
    ("seconds", "parsed"),
    [
        ([5, 2, 7], [1, 2]),  # the third run is longer than the second
        ([9, 8, 7, 2, 1], [1, 2, 3, 4]),  # all were disturbed, so they go on until one is not
        ([9, 9, 9, 9, 9, 9, 9], [1]),  # but not forever
    ],
)
def test_of_some_runs_the_shortest_is_shown(monkeypatch, seconds, parsed):
    asked = []

    class Profile:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def events(self):
            asked.append(len(runs) - 3)
            return recorded.events()

    runs, clock = [], []
    for length in [1, 1, 1, *seconds]:  # three without the profiler come first
        clock += [0, length]
    ticks = iter(clock)
    recorded = torch.profiler.profile()
    with recorded:
        torch.ones(2).tanh()
    monkeypatch.setattr(profiled, "profile", Profile)
    monkeypatch.setattr(profiled.time, "perf_counter", lambda: next(ticks))
    assert timeline(lambda: runs.append(0), rounds=3, most=6)
    assert asked == parsed
    assert len(runs) == 3 + {3: 3, 5: 4, 7: 6}[len(seconds)]


SPANS = {
    "a": [Span(PRODUCTS, "mm", 3e-6, False), Span(PYTHON, "between two calls", 1e-6, False)],
    "b": [Span(PRODUCTS, "mm", 1e-6, False), Span(PRODUCTS, "mm", 5e-6, True)],
}


def test_what_a_page_gets():
    explorer = TimelineExplorer(SPANS, {"a": [3e-6, 2e-6], "b": 1e-6}, "b")
    assert explorer.runs["a"] == {
        "names": [["mm", 1], ["between two calls", 4]], "spans": [0, 30, 1, 10], "backward": 2, "seconds": 2e-6
    }  # fmt: skip
    assert explorer.runs["b"]["backward"] == 1
    count, seconds = explorer.totals("b")[PRODUCTS]
    assert (count, seconds) == (2, pytest.approx(6e-6))
    assert "a 0.00 ms (matrix products 75%, Python 25%)" in explorer.summary()


@pytest.mark.parametrize(
    ("spans", "seconds", "chosen", "message"),
    [
        ({}, {}, None, "spans must hold at least one run"),
        ({"a": []}, {"a": 1}, None, r"spans\['a'\] must hold 1 to 20,000 spans, got 0"),
        (SPANS, {"a": 1}, None, r"seconds must hold those of 'b', got \['a'\]"),
        (SPANS, {"a": 1, "b": 1}, "c", "chosen must be one of a, b, got 'c'"),
    ],
)
def test_what_does_not_fit_is_refused(spans, seconds, chosen, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        TimelineExplorer(spans, seconds, chosen)


@pytest.mark.parametrize("zoom", [-1, 11, 1.5])
def test_a_zoom_that_is_not_there_is_refused(zoom):
    explorer = TimelineExplorer(SPANS, {"a": 1, "b": 1})
    with pytest.raises((ValueError, traitlets.TraitError), match="zoom"):
        explorer.zoom = zoom
