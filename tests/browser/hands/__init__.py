"""Hands that move every control of a widget, and eyes that compare what it draws with torch.

The same hands work in JupyterLab and on a page with no kernel. They differ in where the
widget's state is read from: the kernel, or the page itself.
"""

from __future__ import annotations

from tests.browser.hands.dropout_explorer import DropoutHands
from tests.browser.hands.forecast_explorer import ForecastHands
from tests.browser.hands.gate_explorer import GateHands
from tests.browser.hands.gate_microscope import MicroscopeHands
from tests.browser.hands.gradient_explorer import GradientHands
from tests.browser.hands.lag_explorer import LagHands
from tests.browser.hands.phrase_explorer import PhraseHands
from tests.browser.hands.playground import PlaygroundHands
from tests.browser.hands.prediction import PredictionHands, SelfCheckHands
from tests.browser.hands.quantization_explorer import QuantizationHands
from tests.browser.hands.sequence_explorer import SequenceHands
from tests.browser.hands.shape_explorer import ShapeHands
from tests.browser.hands.speech_explorer import SpeechHands
from tests.browser.hands.timeline_explorer import TimelineHands
from tests.browser.hands.training_explorer import TrainingHands
from tests.browser.hands.translation_explorer import TranslationHands
from tests.browser.hands.writing_explorer import WritingHands

HANDS = {
    "dropout_explorer": DropoutHands,
    "forecast_explorer": ForecastHands,
    "gate_explorer": GateHands,
    "gate_microscope": MicroscopeHands,
    "gradient_explorer": GradientHands,
    "lag_explorer": LagHands,
    "phrase_explorer": PhraseHands,
    "playground": PlaygroundHands,
    "prediction": PredictionHands,
    "quantization_explorer": QuantizationHands,
    "self_check": SelfCheckHands,
    "sequence_explorer": SequenceHands,
    "shape_explorer": ShapeHands,
    "speech_explorer": SpeechHands,
    "timeline_explorer": TimelineHands,
    "training_explorer": TrainingHands,
    "translation_explorer": TranslationHands,
    "writing_explorer": WritingHands,
}
