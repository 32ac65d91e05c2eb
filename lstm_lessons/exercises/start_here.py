"""Lesson 0: one warm-up, to see what a verdict looks like.

It needs plain Python alone, so that it works where torch does not yet.
"""

import math

from lstm_lessons.exercises._engine import exercise


def _cases(rng):
    """A case that is easily checked in the head, then random ones: (c, f, i, g)."""
    yield 4.0, 0.5, 0.25, -1.0
    for _ in range(9):
        c, g = rng.uniform(-2, 2, 2).round(2).tolist()
        f, i = rng.uniform(0.05, 0.95, 2).round(2).tolist()
        yield c, f, i, g


@exercise(
    title="a memory in one line",
    minutes=3,
    cases=_cases,
    hints=[
        "A gate is a number between 0 and 1 that multiplies what passes through it. 0 lets "
        "nothing through, 1 lets all of it through.",
        "Two things add up to the new memory: what is left of the old one, and what is written.",
        "What is left of the old memory is `f * c`. Write the second product in the same way.",
    ],
    errors={
        "NameError: name 'f_t'": "In code the symbols lose their index: write `f`, not `f_t`.",
        "for @: 'float' and 'float'": "`@` multiplies matrices. For plain numbers write `*`.",
    },
    why="This line is the heart of the LSTM: the old memory is scaled, and something is added. "
    "Lesson 1 shows why that is what a memory needs.",
)
def new_memory(c, f, i, g):
    return f * c + i * g


@new_memory.mistake
def swapped_gates(c, f, i, g):
    """You swapped the two gates. `f` is the forget gate: it says how much of the old memory `c` stays. `i` is the input
    gate: it says how much of `g` is written.
    """
    return i * c + f * g


@new_memory.mistake
def keeps_everything(c, f, i, g):
    """Your memory never forgets: the old value `c` stays whole. Let the forget gate `f` decide how much of it stays."""
    return c + i * g


@new_memory.mistake
def writes_everything(c, f, i, g):
    """Everything offered is written: `g` comes in whole. Let the input gate `i` decide how much of it is written."""
    return f * c + g


@new_memory.mistake
def forget_gate_upside_down(c, f, i, g):
    """Your `f` is upside down. Its name misleads: `f` says how much is *kept*. 1 keeps all of `c`, 0 none of it."""
    return (1 - f) * c + i * g


@new_memory.mistake
def candidate_forgotten(c, f, i, g):
    """You added the gate itself. `i` says how much of the candidate is written: multiply it by `g`."""
    return f * c + i


@new_memory.mistake
def nothing_written(c, f, i, g):
    """That is what is left of the old memory. Add what is written: a part of `g`."""
    return f * c


@new_memory.mistake
def shares_one_gate(c, f, i, g):
    """You write as much as you forget, as a GRU does. An LSTM decides twice: `f` says what stays, and `i`,
    independently, what is written.
    """
    return f * c + (1 - f) * g


@new_memory.mistake
def nothing_kept(c, f, i, g):
    """That is only what is written. Add what is kept of the old memory: a part of `c`."""
    return i * g


@new_memory.mistake
def forgets_what_is_written(c, f, i, g):
    """You multiplied both parts by the forget gate. It acts on the old memory only; what is written is added as
    it is.
    """
    return f * (c + i * g)


@new_memory.mistake
def subtracted(c, f, i, g):
    """You subtracted what is written. It is *added*; whether that raises or lowers the memory is up to the sign
    of `g`.
    """
    return f * c - i * g


@new_memory.mistake
def input_gate_upside_down(c, f, i, g):
    """Your input gate is upside down. `i` says how much is written: 1 writes all of `g`, 0 none of it."""
    return f * c + (1 - i) * g


@new_memory.mistake
def products_of_sums(c, f, i, g):
    """You added first, then multiplied the sums. Multiply first, each gate with what it acts on; then add the two
    products.
    """
    return (f + c) * (i + g)


@new_memory.mistake
def all_multiplied(c, f, i, g):
    """You multiplied all four. What is kept and what is written are two products, and they are *added*."""
    return f * c * i * g


@new_memory.mistake
def tanh_around_it(c, f, i, g):
    """You put a tanh around the sum. In lesson 1 a tanh comes in when the memory is *read*. The memory itself is the
    plain sum of the two products.
    """
    return math.tanh(f * c + i * g)
