"""Figures of the lessons: one visible call each, always with alt text.

A lesson calls ``plots.squashing()`` and sees a figure; how it is drawn would bury the story. Each function draws on a
figure of its own (pyplot and the global backend are left alone), names its axes with units, and writes the alt text
from the same numbers that it draws. There is one module a lesson; what several lessons share stands in ``shared``.

``plots.<name>.draw(...)`` returns ``(figure, alt)`` without showing anything.
"""

# Brought here for ``plots.<name>``, lesson by lesson:
# ruff: noqa: F401, I001

from lstm_lessons.plots.shared import DOTS_PER_INCH, accuracies, history, show
from lstm_lessons.plots.start_here import fading, symbols
from lstm_lessons.plots.gate_equations import (
    exploding_gradient, gradient_paths, silenced_memory, squashing,
)  # fmt: skip
from lstm_lessons.plots.manual_cell import (
    ablation, adding_sequence, by_step, gates_at_marks, learning_curves,
)  # fmt: skip
from lstm_lessons.plots.nn_lstm import (
    error_by_step, in_batches_and_alone, padding,
)  # fmt: skip
from lstm_lessons.plots.bidirectional_lstm import (
    as_the_future_arrives, lengths_by_class, reach, said_and_heard, spoken_digits, while_listening,
)  # fmt: skip
from lstm_lessons.plots.regularization import compare_techniques, dropout_masks
from lstm_lessons.plots.gpu_and_amp import batch_sweep, benchmark, error_and_time
from lstm_lessons.plots.temperature_forecasting import (
    error_by_hour_ahead, error_by_months, error_by_period, interval_by_hour, suspects, year_and_split,
)  # fmt: skip
from lstm_lessons.plots.text_classification import calibration, confusion, learning_curve, letters_of_a_unit
from lstm_lessons.plots.deployment import cold_starts, int8_steps, shipped
from lstm_lessons.plots.language_model import bits_by_order, cost_of_a_letter, right_by_distance
from lstm_lessons.plots.translation import alignment, still_right
from lstm_lessons.plots.speech import error_by_voice, posteriors, spoken_string
from lstm_lessons.plots.finance import forecast_and_truth, growth, leads, memory
