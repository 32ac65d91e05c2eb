"""Widgets that draw an LSTM and do its maths in the browser."""

from lstm_lessons.widgets.forecast_explorer import ForecastExplorer
from lstm_lessons.widgets.gate_explorer import GateExplorer
from lstm_lessons.widgets.gate_microscope import GateMicroscope
from lstm_lessons.widgets.phrase_explorer import PhraseExplorer
from lstm_lessons.widgets.sequence_explorer import SequenceExplorer
from lstm_lessons.widgets.shape_explorer import ShapeExplorer
from lstm_lessons.widgets.training_explorer import TrainingExplorer

__all__ = [
    "ForecastExplorer",
    "GateExplorer",
    "GateMicroscope",
    "PhraseExplorer",
    "SequenceExplorer",
    "ShapeExplorer",
    "TrainingExplorer",
]
