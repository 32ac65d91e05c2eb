"""Exercises of lesson 11: a rule, what the decoder reads and says, where it looks, and how it writes."""

from lstm_lessons.exercises.translation.training import german, look, masked_loss, shifted
from lstm_lessons.exercises.translation.writing import beam_step, greedy

__all__ = ["german", "shifted", "masked_loss", "look", "greedy", "beam_step"]
