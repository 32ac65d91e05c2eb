"""What is special to lesson 9's exercises: each reference against the package and PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons.exercises import deployment as exercises
from lstm_lessons.text import export

unhurried = settings(deadline=None, max_examples=40)  # a busy machine is no failure
seeds = st.integers(0, 1000)


@unhurried
@given(seeds, st.integers(1, 5), st.integers(1, 4))
def test_the_package_has_the_same_order_of_gates(seed, hidden, inputs):
    rng = np.random.default_rng(seed)
    weight = torch.from_numpy(rng.normal(size=(4 * hidden, inputs)))
    found = exercises.gates_for_onnx.reference(weight)
    torch.testing.assert_close(found, export.gates_for_onnx(weight), rtol=0, atol=0)


@unhurried
@given(seeds)
def test_no_weight_is_off_by_more_than_half_a_step(seed):
    weight = np.random.default_rng(seed).normal(size=(5, 3))
    q, scale = exercises.to_int8.reference(weight)
    assert q.dtype == np.int8 and np.abs(q).max() == 127
    assert np.abs(q * scale - weight).max() <= scale / 2 * (1 + 1e-9)


@unhurried
@given(seeds)
def test_the_package_counts_the_same_points(seed):
    rng = np.random.default_rng(seed)
    before, after = rng.normal(size=(2, 30, 4))
    labels = rng.integers(0, 4, 30)
    lost = exercises.points_lost.reference(before, after, labels)
    assert lost == pytest.approx(export.parity(after, before, labels).lost)


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("steps", [None, 7])
def test_the_models_of_the_cases_refuse_what_they_say(batch, steps):
    run = exercises.ExportedModel(batch, steps)
    assert run(3, 7) == "scores of 3 texts"
    expected = [name for name, size in (("batch", batch), ("time", steps)) if size]
    assert exercises.frozen_axes.reference(run) == expected


# Answers that learners write in other ways.


def gates_by_index(weight):
    h = len(weight) // 4
    return torch.cat([weight[:h], weight[3 * h :], weight[h : 2 * h], weight[2 * h : 3 * h]])


def gates_by_reshape(weight):
    return weight.unflatten(0, (4, -1))[[0, 3, 1, 2]].flatten(0, 1)


def frozen_by_a_helper(run):
    def fails(*sizes):
        try:
            run(*sizes)
        except Exception:
            return True
        return False

    return [name for name, sizes in {"batch": (1, 7), "time": (3, 20)}.items() if fails(*sizes)]


def int8_by_rint(weight):
    scale = max(weight.max(), -weight.min()) / 127
    return np.rint(weight / scale).astype("int8"), scale


def lost_counted(before, after, labels):
    right = [sum(np.argmax(scores, -1) == labels) for scores in (before, after)]
    return 100 * (right[0] - right[1]) / len(labels)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("gates_for_onnx", gates_by_index),
        ("gates_for_onnx", gates_by_reshape),
        ("gates_for_onnx", export.gates_for_onnx),
        ("frozen_axes", frozen_by_a_helper),
        ("to_int8", int8_by_rint),
        ("points_lost", lost_counted),
    ],
)
def test_another_right_answer_passes(name, answer):
    verdict = getattr(exercises, name).check(answer)
    assert verdict.status == "correct", verdict


def wrong_blocks(weight):
    i, f, g, o = weight.chunk(4)
    return torch.cat([g, o, f, i])


def int8_of_ones(weight):
    return np.ones_like(weight, dtype=np.int8), 1.0


def frozen_without_try(run):
    run(5, 7)
    run(3, 11)
    return []


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("gates_for_onnx", wrong_blocks, "the result is not the expected one"),
        ("frozen_axes", frozen_without_try, "That is the error to catch"),
        ("to_int8", int8_of_ones, "part `[0]` of the result is not the expected one"),
    ],
)
def test_another_wrong_answer_is_told_so(name, answer, said):
    verdict = getattr(exercises, name).check(answer)
    assert verdict.status == "wrong"
    assert said in f"{verdict.message} {verdict.after}"
