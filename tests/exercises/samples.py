"""Small exercises, and answers to them, on which the engine is tested."""

from __future__ import annotations

import torch
from torch import nn

from lstm_lessons.exercises import Exercise, Mistake


def keep_and_write(c, f, i, g):
    return f * c + i * g


def swapped(c, f, i, g):
    return i * c + f * g


def in_place(c, f, i, g):
    c *= f
    c += i * g
    return c


def _raises_for_want_of_a_dimension(c, f, i, g):
    return torch.cat([c, f]).reshape(7, 7, 7)


def tensors(rng):
    for size in (3, 1, 5):
        yield tuple(torch.from_numpy(rng.normal(size=size)) for _ in range(4))


def make_memory(**changes) -> Exercise:
    fields = {
        "name": "memory",
        "title": "a memory",
        "reference": keep_and_write,
        "cases": tensors,
        "mistakes": [
            Mistake("swapped_gates", swapped, "You swapped f and i."),
            Mistake("in_place", in_place, "You changed `c` itself."),
            Mistake("bad_reshape", _raises_for_want_of_a_dimension, "Do not reshape."),
        ],
        "hints": ["Two products.", "One is `f * c`.", "Add `i * g`."],
        "seconds": 0.5,
    }
    return Exercise(**(fields | changes))


def make_latch() -> Exercise:
    """Weights for which a one-unit memory does what is wanted; many settings are right."""

    def run(weights, pulses):
        state = 0.0
        for pulse in pulses:
            state = weights["keep"] * state + weights["write"] * pulse
        return state

    return Exercise(
        name="latch",
        title="a latch",
        reference={"keep": 1.0, "write": 1.0},
        cases=[(1, 0, 0), (0, 0, 0), (0, 1, 0)],
        run=run,
        expected=lambda pulses: float(any(pulses)),
        atol=0.2,
        mistakes=[
            Mistake("forgets", {"keep": 0.0, "write": 1.0}, "It forgets at once."),
            Mistake("list_for_dict", [1.0, 1.0], "Name the numbers: use a dict."),
        ],
        hints=["What must stay?"],
    )


def stub(c, f, i, g): ...


class StubbedModule(nn.Module):
    def forward(self, x):
        return ...
