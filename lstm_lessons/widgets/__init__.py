"""Widgets that draw an LSTM and do its maths in the browser."""

from lstm_lessons.widgets.dropout_explorer.widget import DropoutExplorer
from lstm_lessons.widgets.forecast_explorer.widget import ForecastExplorer
from lstm_lessons.widgets.gate_explorer.widget import GateExplorer
from lstm_lessons.widgets.gate_microscope.widget import GateMicroscope
from lstm_lessons.widgets.gradient_explorer.widget import GradientExplorer
from lstm_lessons.widgets.lag_explorer.widget import LagExplorer
from lstm_lessons.widgets.phrase_explorer.widget import PhraseExplorer
from lstm_lessons.widgets.playground.widget import Playground
from lstm_lessons.widgets.prediction.widget import Prediction
from lstm_lessons.widgets.quantization_explorer.widget import QuantizationExplorer
from lstm_lessons.widgets.self_check.widget import SelfCheck
from lstm_lessons.widgets.sequence_explorer.widget import SequenceExplorer
from lstm_lessons.widgets.shape_explorer.widget import ShapeExplorer
from lstm_lessons.widgets.speech_explorer.widget import SpeechExplorer
from lstm_lessons.widgets.timeline_explorer.widget import TimelineExplorer
from lstm_lessons.widgets.training_explorer.widget import TrainingExplorer
from lstm_lessons.widgets.translation_explorer.widget import TranslationExplorer
from lstm_lessons.widgets.writing_explorer.widget import WritingExplorer

__all__ = [
    "DropoutExplorer",
    "ForecastExplorer",
    "GateExplorer",
    "GateMicroscope",
    "GradientExplorer",
    "LagExplorer",
    "PhraseExplorer",
    "Playground",
    "Prediction",
    "QuantizationExplorer",
    "SelfCheck",
    "SequenceExplorer",
    "ShapeExplorer",
    "SpeechExplorer",
    "TimelineExplorer",
    "TrainingExplorer",
    "TranslationExplorer",
    "WritingExplorer",
]
