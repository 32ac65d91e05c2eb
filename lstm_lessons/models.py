"""The small models that the lessons train: an LSTM, a way to sum it up, and a linear layer.

What does not fit raises a ValueError, what is of another kind a TypeError, by the argument's name.
"""

import contextlib
import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_lessons import checks, sequences
from lstm_lessons.cell import check_flags, check_room, check_tensor, describe, has_hooks
from lstm_lessons.sequences import POOLS, Lengths, Pool


class SequenceClassifier(nn.Module):
    """Which class does a whole sequence belong to?

    An LSTM reads the batch so that padding changes nothing (padded and flipped on a CPU, where that is faster; packed
    on a GPU, and if it has hooks, as a pruned one has); its output is pooled over the true steps; a linear layer gives
    one score for each of K classes. The LSTM has I inputs a step, H units a direction, and the other arguments of
    ``torch.nn.LSTM``. The pool is one of `POOLS`, as in `sequences.pool`; the final states are the last layer's, of
    both directions.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        classes: int,
        *,
        num_layers: int = 1,
        bidirectional: bool = True,
        dropout: float = 0.0,
        pool: Pool = "final",
    ) -> None:
        super().__init__()
        input_size, hidden_size, classes, num_layers = checks.sizes(
            input_size=input_size, hidden_size=hidden_size, classes=classes, num_layers=num_layers
        )
        (bidirectional,) = check_flags(bidirectional=bidirectional)
        checks.probability(dropout=dropout)
        checks.whole("num_layers", num_layers, 1, 1000)
        self.pool = checks.one_of("pool", pool, POOLS)
        check_room(input_size, hidden_size, num_layers, 2 if bidirectional else 1)
        checks.room("hidden_size and classes", 4 * hidden_size, classes)
        self.lstm = nn.LSTM(
            input_size, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional, dropout=dropout
        )
        sides = (2 if bidirectional else 1) * (2 if pool == "final and max" else 1)
        self.head = nn.Linear(hidden_size * sides, classes)

    def features(self, padded: Tensor, lengths: Lengths) -> Tensor:
        """What the linear layer sees: (B, T, I) and (B,) to (B, directions · H).

        Twice as wide with the pool ``"final and max"``.
        """
        if has_hooks(self.lstm) or (isinstance(padded, Tensor) and padded.is_cuda):
            lengths = sequences.lengths_of("padded", padded, "(B, T, I)", lengths).cpu()
            packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
            output, (h_n, _) = self.lstm(packed)
            output, _ = pad_packed_sequence(output, batch_first=True, total_length=padded.shape[1])
        else:
            output, h_n = sequences.run_padded(self.lstm, padded, lengths)
        final = sequences.final_states(h_n, self.lstm.num_layers)
        lengths = lengths if isinstance(lengths, Tensor) else sequences.as_lengths(lengths)
        return sequences.pool(self.pool, output, final, lengths)

    def forward(self, padded: Tensor, lengths: Lengths) -> Tensor:
        """Scores before softmax, (B, K), of what `sequences.pad` gives: (B, T, I) and (B,)."""
        return self.head(self.features(padded, lengths))


class Forecaster(nn.Module):
    """How does it go on? An LSTM reads the past, a linear layer says all hours to come at once.

    The linear layer starts at zero: before any training the answer is 0 everywhere. So let it learn the *change* from a
    simple forecast, and it starts as good as that one. The shape is that of one forecast, for example (stations, hours)
    or (stations, hours, quantiles); dropout is on the final state, in training alone.
    """

    def __init__(self, input_size: int, hidden_size: int, shape: Sequence[int], *, dropout: float = 0.0) -> None:
        super().__init__()
        input_size, hidden_size = checks.sizes(input_size=input_size, hidden_size=hidden_size)
        checks.probability(dropout=dropout)
        self.shape = tuple(checks.integers("shape", shape, 1).tolist())
        if not self.shape or math.prod(self.shape) * hidden_size >= 2**31:
            raise ValueError(f"shape must hold one size or more, with fewer than 2**31 weights, got {self.shape}")
        check_room(input_size, hidden_size)
        self.lstm = nn.LSTM(input_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden_size, math.prod(self.shape))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Forecasts: (B, T, I), windows of equal length, to (B, *shape)."""
        weight = self.head.weight  # of a quantized layer that is a method
        check_tensor("x", x, weight if isinstance(weight, Tensor) else x, ("B", "T", self.lstm.input_size))
        if 0 in x.shape:
            raise ValueError(f"x must have the shape (B, T, I) with at least one window and step, got {tuple(x.shape)}")
        _, (h_n, _) = self.lstm(x)
        return self.head(self.dropout(h_n[-1])).unflatten(-1, self.shape)


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """A module in evaluation mode, and each part of it again in its own mode after that, also after an error."""
    checks.kind("model", model, "a module", isinstance(model, nn.Module))
    before = {part: part.training for part in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for part, training in before.items():
            part.training = training


@torch.no_grad()
def accuracy(model: nn.Module, padded: Tensor, lengths: Lengths, labels: Tensor, batch_size: int = 256) -> float:
    """Share of sequences whose highest score is that of their label, between 0 and 1, in evaluation mode."""
    (batch_size,) = checks.sizes(batch_size=batch_size)
    checks.kind("model", model, "a module", isinstance(model, nn.Module))
    sequences.lengths_of("padded", padded, "(B, T, ...)", lengths)
    lengths = sequences.as_lengths(lengths).cpu()
    given = checks.array("labels", labels, 1)
    if not (given % 1 == 0).all():
        raise ValueError(f"labels must be whole numbers, got {given.tolist()!r:.60}")
    labels = torch.from_numpy(checks.integers("labels", given.astype("int64"))).to(padded.device)
    if len(labels) != len(lengths):
        raise ValueError(f"labels must be one for each of {len(lengths)} rows, got {len(labels)}")
    hits = 0
    with evaluating(model):
        for start in range(0, len(labels), batch_size):
            part = slice(start, start + batch_size)
            steps = int(lengths[part].max())
            scores = model(padded[part, :steps], lengths[part])
            if not isinstance(scores, Tensor) or scores.ndim != 2 or len(scores) != len(labels[part]):
                raise ValueError(f"model must give scores, (B, K), got {describe(scores)}")
            if scores.is_meta or not scores.isfinite().all():
                raise ValueError("model must have finite weights, got scores that are not finite")
            if int(labels[part].max()) >= scores.shape[1]:
                raise ValueError(f"labels must be below the model's {scores.shape[1]} classes, got {int(labels.max())}")
            hits += int((scores.argmax(1) == labels[part]).sum())
    return hits / len(labels)
