"""The benchmark measures what it says. No test asserts a time: machines differ, and get busy."""

from __future__ import annotations

import json
import math
import os
import platform
import shlex

import matplotlib.figure
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from lstm_lessons import ladder, plots
from lstm_lessons.benchmark import lstm as benchmark
from lstm_lessons.benchmark import timing
from lstm_lessons.benchmark.lstm import PRESETS, Shape
from lstm_lessons.benchmark.timing import LIMIT, Record

QUICK = PRESETS["quick"]
FLOAT32 = 1e-5  # errors of one step of rounding, grown over the few time steps here
BFLOAT16 = 0.05
DENSE = {"nn.LSTM", "nn.LSTM, bfloat16 autocast", *ladder.RUNGS, "PackedLSTM", LIMIT}
PACKED = {"packed nn.LSTM", "PackedLSTM", "pad and flip", "pad and flip, bfloat16 autocast", LIMIT}


@pytest.fixture(scope="module")
def measured():
    """Every table, tiny."""
    options = {"rounds": 2, "progress": False}
    return {
        "dense": benchmark.dense(QUICK.dense[0], **options),
        "packed": benchmark.packed(QUICK.packed[0], **options),
        "classifier": benchmark.classifier(QUICK.text, batches=2, **options),
        "adam": benchmark.adam(QUICK.text, **options),
    }


# What is measured


@pytest.mark.parametrize("name", ["dense", "packed"])
def test_every_variant_is_measured_in_both_phases(measured, name):
    rows = measured[name]
    wanted = DENSE if name == "dense" else PACKED
    for phase in ("forward", "training"):
        assert {row.variant for row in rows if row.phase == phase} == wanted
    assert {row.table for row in rows} == {name}


def test_texts_are_learned_in_every_way_and_adam_steps_in_three(measured):
    assert len(measured["classifier"]) == 7
    assert {row.phase for row in measured["classifier"]} == {"epoch"}
    assert [row.variant for row in measured["adam"]] == [
        "Adam", "Adam, foreach=True", "Adam, fused=True"
    ]  # fmt: skip


def test_ratios_are_finite_and_errors_small(measured):
    for row in (row for rows in measured.values() for row in rows):
        if row.failed is not None:
            assert "bfloat16" in row.variant
            assert row.seconds is row.ratio is row.state_error is None
            continue
        assert all(math.isfinite(value) and value > 0 for value in (*row.seconds, *row.ratio))
        assert row.seconds == tuple(sorted(row.seconds))
        if row.variant == row.baseline:
            assert row.ratio == (1, 1, 1)
        if row.table in ("dense", "packed") and row.variant != LIMIT:
            bound = BFLOAT16 if "bfloat16" in row.variant else FLOAT32
            assert 0 < row.state_error < bound
            assert (row.gradient_error is None) == (row.phase == "forward")
            assert row.gradient_error is None or 0 < row.gradient_error < bound
            assert row.to_limit > 0 and row.per_second > 0


def test_a_variant_that_computes_something_else_shows_in_its_error(monkeypatch):
    def without_state(x, state, weights):
        return ladder.hoisted_layer(x, (state[0], state[1] + 0.1), weights)

    monkeypatch.setitem(ladder.RUNGS, "own BPTT", without_state)
    rows = benchmark.dense(Shape(2, 3, 2, 3), rounds=1, progress=False)
    errors = {row.variant: row.state_error for row in rows if row.phase == "training"}
    assert errors["own BPTT"] > 1e-3 > FLOAT32 > errors["2 products a step"]


def test_only_mixed_precision_may_fail(monkeypatch):
    def broken(*arguments):
        raise RuntimeError("no such primitive. More words")

    assert benchmark._reason_to_skip(broken, torch.bfloat16) == "no such primitive"
    with pytest.raises(RuntimeError, match="no such primitive"):
        monkeypatch.setitem(ladder.RUNGS, "own BPTT", broken)
        benchmark.dense(Shape(2, 3, 2, 3), rounds=1, progress=False)


def test_padding_and_flipping_beats_no_one_by_leaving_something_out():
    # Each variant reads every real step: its output changes with the last one of each row.
    shape = QUICK.packed[0]
    lstm, x = benchmark._lstm_and_input(shape, "cpu", 0, batch_first=True)
    lengths = shape.lengths(0)
    changed = x.clone()
    changed[torch.arange(len(x)), lengths - 1] += 1
    for call in (benchmark.call_packed, benchmark.sequences.run_padded):
        before, after = (call(lstm, each, lengths)[1] for each in (x, changed))
        assert bool((before != after).any(-1).all())


@pytest.mark.parametrize("directions", [1, 2])
def test_the_limit_makes_the_products_of_an_lstm_and_no_others(directions):
    shape = Shape(4, 6, 5, 3, 2, directions, 0.3)
    lengths = shape.lengths(0)
    total, H = int(lengths.sum()), 3
    widths = 5 + directions * H  # of the input of both layers
    forward = 2 * total * 4 * H * (widths + 2 * H) * directions
    for phase, flops in (("forward", forward), ("training", 3 * forward)):
        variant = benchmark.matrix_products(shape, lengths, "cpu", phase)
        with FlopCounterMode(display=False) as counter:
            variant()
        assert counter.get_total_flops() == flops


def test_lengths_reach_from_the_shortest_to_the_longest():
    lengths = Shape(500, 100, 1, 1, shortest=0.2).lengths(0)
    assert (int(lengths.min()), int(lengths.max())) == (20, 100)
    assert Shape(4, 9, 1, 1).lengths(0).tolist() == [9] * 4


def test_global_randomness_is_left_alone():
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    benchmark.adam(QUICK.text, rounds=1, progress=False)
    benchmark.classifier(QUICK.text, batches=1, rounds=1, progress=False)
    benchmark.dense(Shape(2, 3, 2, 3), rounds=1, progress=False)
    assert torch.equal(torch.rand(2), wanted)


# Tables, records, figures


def test_a_table_has_a_line_for_each_variant(measured):
    for name, rows in measured.items():
        frame = timing.table(rows)
        assert list(frame.index) == list(dict.fromkeys(row.variant for row in rows))
        assert ("error", "gradient") in frame.columns or name in ("classifier", "adam")
    with pytest.raises(ValueError, match="one comparison"):
        timing.table(measured["dense"] + measured["packed"])
    with pytest.raises(ValueError, match="one comparison"):
        timing.table([])


def test_the_figure_has_a_panel_for_each_comparison(measured):
    rows = [row for rows in measured.values() for row in rows]
    figure, alt = plots.benchmark.draw(rows, source="measured on A CPU")
    panels = [axes for axes in figure.axes if axes.axison]
    assert len(panels) == 4
    for axes, (name, group) in zip(panels, measured.items(), strict=True):
        assert axes.get_xlabel() == (f"time, as a multiple of {group[0].baseline} (left is faster)")
        title = axes.get_title(loc="left").replace("\n", " ")  # a long one is wrapped
        assert title == f"{name}: {group[0].shape}"
        labels = [tick.get_text() for tick in axes.get_yticklabels()]
        assert labels == list(dict.fromkeys(row.variant for row in group))
    legend = {text.get_text() for text in figure.legends[0].get_texts()}
    assert legend == {"forward", "training"}
    assert figure.get_supxlabel() == "measured on A CPU"
    medians = {row.variant: row.ratio for row in measured["dense"] if row.phase == "training"}
    assert f"own BPTT: {medians['own BPTT'][1]:.2f};" in alt


def test_phases_differ_without_color(measured):
    figure, _ = plots.benchmark.draw(measured["dense"])
    marks = [line for line in figure.axes[0].lines if line.get_label() in ("forward", "training")]
    assert len({line.get_marker() for line in marks}) == len(marks) == 2


# The command


def test_the_command_prints_tables_and_writes_figure_and_record(monkeypatch, tmp_path, capsys, measured):
    drawn = []
    save = matplotlib.figure.Figure.savefig
    monkeypatch.setattr(
        matplotlib.figure.Figure,
        "savefig",
        lambda self, path, **options: (drawn.append(path), save(self, path, dpi=20)),
    )
    words = ["--preset", "quick", "--rounds", "1", "--threads", "1", "--out", str(tmp_path / "new")]
    benchmark.main(words)
    shown = capsys.readouterr()
    for name, rows in measured.items():
        assert f"\n{name}, {rows[0].shape if name != 'classifier' else 'B=4'}" in shown.out
    assert "%|" in shown.err and "dense" in shown.err  # the progress bar
    found = Record.load(tmp_path / "new" / "ladder-cpu.json")
    assert {row.table for row in found.rows} == set(measured)
    assert found.machine["threads"] == 1 and found.versions["torch"] == torch.__version__
    assert found.rounds == 1
    assert drawn == [tmp_path / "new" / "ladder-cpu.png"]
    assert (tmp_path / "new" / "ladder-cpu.png").stat().st_size > 1000
    # The command repeats the run, and nothing tells whose machine it was.
    repeated = benchmark._arguments(shlex.split(found.command)[3:])
    assert (repeated.preset, repeated.rounds, repeated.threads) == ("quick", 1, 1)
    text = json.dumps(found.machine | found.versions) + found.command
    assert str(tmp_path) not in text and os.getcwd() not in text
    assert platform.node() not in text


def test_shapes_of_ones_own(tmp_path, capsys):
    words = "--dense 2,3,4,5 --dense 2,3,4,5,2,2 --packed 3,9,2,2,1,2,0.5 --rounds 1 --threads 1"
    benchmark.main([*words.split(), "--out", str(tmp_path)])
    found = Record.load(tmp_path / "ladder-cpu.json")
    shapes = ["B=2 T=3 I=4 H=5", "B=2 T=3 I=4 H=5 L=2 D=2", "B=3 T=9 I=2 H=2 L=1 D=2, lengths 4-9"]
    assert list(dict.fromkeys(row.shape for row in found.rows)) == shapes
    repeated = benchmark._arguments(shlex.split(found.command)[3:])
    assert repeated.dense == [Shape(2, 3, 4, 5), Shape(2, 3, 4, 5, 2, 2)]
    assert repeated.packed == [Shape(3, 9, 2, 2, 1, 2, 0.5)]


def test_no_gpu_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit) as caught:
        benchmark.main(["--device", "cuda"])
    assert caught.value.code == ("--device cuda needs a GPU that torch can use, and torch finds none here")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--dense 2,3,4", "B,T,I,H"),
        ("--dense 2,3,4,5,1", "B,T,I,H"),
        ("--dense 2,3,4,0", "got '2,3,4,0'"),
        ("--dense 2,3,4,x", "got '2,3,4,x'"),
        ("--packed 2,3,4,5,1,3", "D at most 2"),
        ("--packed 2,3,4,5,1,1,1.5", "got '2,3,4,5,1,1,1.5'"),
        ("--packed 2,3,4,5,1,1,0.5,7", "B,T,I,H"),
        ("--rounds 0", "whole number of at least 1, got '0'"),
        ("--threads two", "whole number of at least 1, got 'two'"),
        ("--preset huge", "invalid choice: 'huge'"),
    ],
)
def test_wrong_words_are_refused(words, said, capsys):
    with pytest.raises(SystemExit):
        benchmark.main(words.split())
    assert said in capsys.readouterr().err


def test_a_preset_and_shapes_exclude_each_other():
    with pytest.raises(SystemExit) as caught:
        benchmark.main(["--preset", "quick", "--dense", "2,3,4,5"])
    assert "not both" in caught.value.code


def test_the_shapes_that_the_promises_speak_of_are_in_the_preset():
    preset = PRESETS["cpu"]
    assert Shape(64, 50, 128, 256) in preset.dense
    assert Shape(32, 100, 100, 128, 2, 2, 0.2) in preset.packed
    assert Shape(64, 100, 64, 64, 1, 2, 0.2) in preset.packed
    assert preset.text == Shape(32, 100, 100, 128, 2, 2)


@pytest.mark.parametrize("table", [benchmark.dense, benchmark.packed, benchmark.classifier, benchmark.adam])
@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        *(("shape", (8, 20, 16, 32), TypeError), ("rounds", 0, ValueError), ("seed", -1, ValueError)),
        *(("device", "tpu", ValueError), ("progress", 1, TypeError)),
    ],
)
def test_an_argument_that_does_not_fit_is_refused_before_anything_runs(table, name, value, error):
    with pytest.raises(error, match=f"^{name} must be "):
        table(**{"shape": benchmark.Shape(2, 3, 2, 2), name: value})


@pytest.mark.parametrize(("name", "value"), [("batch", 0), ("hidden", 1.5), ("directions", 3), ("shortest", 1.1)])
def test_a_shape_that_is_none_is_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a"):
        benchmark.Shape(**{"batch": 2, "steps": 3, "inputs": 2, "hidden": 2, name: value})
