"""Exercises of lesson 2: an LSTM step and a layer from the equations, and the way back."""

from lstm_lessons.exercises.manual_cell.adding import baseline_mse
from lstm_lessons.exercises.manual_cell.backward import step_backward
from lstm_lessons.exercises.manual_cell.gates import from_onnx_order, split_gates
from lstm_lessons.exercises.manual_cell.layer import lstm_layer
from lstm_lessons.exercises.manual_cell.step import lstm_step

__all__ = ["split_gates", "lstm_step", "lstm_layer", "step_backward", "from_onnx_order", "baseline_mse"]
