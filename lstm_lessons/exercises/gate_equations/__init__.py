"""Exercises of lesson 1: one step by hand, five programs for a cell, gradients, counting."""

from lstm_lessons.exercises.gate_equations.equations import half_life_bias, one_step, parameter_count
from lstm_lessons.exercises.gate_equations.puzzles import counter, first_input, latch, leaky_average, toggle

__all__ = [
    "one_step",
    "latch",
    "counter",
    "leaky_average",
    "first_input",
    "toggle",
    "half_life_bias",
    "parameter_count",
]
