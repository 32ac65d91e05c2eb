"""What the gate microscope says of a network: saturation, an order of the units, lesions."""

import torch
from torch import Tensor

from lstm_lessons.models import SequenceClassifier
from lstm_lessons.widgets.shared.checks import numbers
from lstm_lessons.widgets.shared.network import Edits, check_edits, network_of, prefix_beliefs

LOW, HIGH = 0.1, 0.9
SORTS = ("index", "mean", "saturation", "change")


def beliefs(model: SequenceClassifier, x: Tensor, edits: Edits | None = None) -> Tensor:
    """What the model would say if the sequence (T, I) ended after step 1, 2, ... T.

    Class probabilities, (T, K) in float64; the last row is the model's answer. A bidirectional
    model runs both directions again on every beginning of the sequence: its reverse half has to start at the end, and
    the end has moved. For ``edits`` see `shared.network`.

    Raises:
        TypeError: if ``model`` is no `SequenceClassifier`.
        ValueError: if ``x`` or ``edits`` do not fit it.
    """
    if not isinstance(model, SequenceClassifier):
        raise TypeError(f"model must be a SequenceClassifier, got {type(model).__name__}")
    network = network_of(model)
    x = torch.from_numpy(numbers("x", x, ("T", network.input_size)))
    return prefix_beliefs(network, x, check_edits(edits or {}, network))


def saturation(gate: Tensor, low: float = LOW, high: float = HIGH) -> tuple[Tensor, Tensor]:
    """Share of time that each unit's gate is nearly shut, and nearly open: (..., H) to (H,) twice.

    After Karpathy, Johnson and Fei-Fei, Visualizing and Understanding Recurrent Networks (arXiv 1506.02078, section
    4.3): left-saturated below 0.1, right-saturated above 0.9.

    Raises:
        ValueError: if there is no step.
    """
    if gate.ndim < 2 or gate[..., 0].numel() == 0:
        raise ValueError(f"gate must have the shape (T, H) with T >= 1, got {tuple(gate.shape)}")
    flat = gate.reshape(-1, gate.shape[-1])
    return (flat < low).double().mean(0), (flat > high).double().mean(0)


def unit_order(values: Tensor, sort: str, *, signed: bool) -> list[int]:
    """The units in the order in which the heat map shows them, from the top.

    Args:
        values: (T, H), without edits.
        sort: ``"index"``; ``"mean"``, the largest first; ``"saturation"``, by the share of time below 0.1 or above 0.9,
            the largest first; ``"change"``, by the time of the largest change from one step to the next.
        signed: for g, c and h: saturated means above 0.9 in size.
    """
    T, H = values.shape
    if sort == "mean":
        keys = -values.mean(0)
    elif sort == "saturation":
        ends = values.abs() > HIGH if signed else (values < LOW) | (values > HIGH)
        keys = -ends.double().mean(0)
    elif sort == "change" and T > 1:
        keys = values.diff(dim=0).abs().argmax(0)
    else:
        keys = torch.zeros(H)
    # Sums may differ in their last digit from the browser's: equal ones keep the units' order.
    rounded = [round(key, 9) for key in keys.tolist()]
    return sorted(range(H), key=lambda unit: (rounded[unit], unit))
