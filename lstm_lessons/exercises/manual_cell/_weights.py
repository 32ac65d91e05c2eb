"""Random weights of a cell, and of a stack of cells."""

from lstm_lessons.exercises._cases import random_tensor


def cell_weights(rng, inputs, units):
    """W_ih (4H, I), W_hh (4H, H), b_ih (4H,) and b_hh (4H,)."""
    return [random_tensor(rng, 4 * units, *size) for size in ((inputs,), (units,), (), ())]


def stacked_weights(rng, networks, inputs, units):
    """The same for a stack: (S, 4H, I), (S, 4H, H), and biases of shape (S, 1, 4H)."""
    sizes = (4 * units, inputs), (4 * units, units), (1, 4 * units), (1, 4 * units)
    return [random_tensor(rng, networks, *size) for size in sizes]
