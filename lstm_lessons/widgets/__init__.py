"""Widgets that draw an LSTM and do its maths in the browser."""

from lstm_lessons.widgets.gate_explorer import GateExplorer
from lstm_lessons.widgets.sequence_explorer import SequenceExplorer

__all__ = ["GateExplorer", "SequenceExplorer"]
