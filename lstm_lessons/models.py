"""The small models that the lessons train: an LSTM, a way to sum it up, and a linear layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_lessons import checks, sequences
from lstm_lessons.sequences import POOLS, Pool


class SequenceClassifier(nn.Module):
    """Which class does a whole sequence belong to?

    An LSTM reads the batch so that padding changes nothing (packed on a GPU, padded and
    flipped on a CPU, where that is faster); its output is pooled over the true steps; a
    linear layer gives one score a class.

    Args:
        input_size: features a step, I.
        hidden_size: units a direction, H.
        classes: number of classes, K.
        num_layers, bidirectional, dropout: as in ``torch.nn.LSTM``.
        pool: one of `POOLS`, as in `sequences.pool`; the final states are the last layer's, of
            both directions.

    Raises:
        ValueError: if ``pool`` is none of the four.
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
        if pool not in POOLS:
            raise ValueError(f"pool must be one of {', '.join(POOLS)}, got {pool!r}")
        self.pool = pool
        self.lstm = nn.LSTM(
            input_size,
            hidden_size,
            num_layers,
            batch_first=True,
            bidirectional=bidirectional,
            dropout=dropout,
        )
        sides = (2 if bidirectional else 1) * (2 if pool == "final and max" else 1)
        self.head = nn.Linear(hidden_size * sides, classes)

    def features(self, padded: Tensor, lengths: Tensor) -> Tensor:
        """What the linear layer sees: (B, T, I) and (B,) to (B, directions · H).

        Twice as wide with the pool ``"final and max"``.
        """
        if padded.is_cuda:
            packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
            output, (h_n, _) = self.lstm(packed)
            output, _ = pad_packed_sequence(output, batch_first=True, total_length=padded.shape[1])
        else:
            output, h_n = sequences.run_padded(self.lstm, padded, lengths)
        final = sequences.final_states(h_n, self.lstm.num_layers)
        return sequences.pool(self.pool, output, final, lengths)

    def forward(self, padded: Tensor, lengths: Tensor) -> Tensor:
        """Scores before softmax.

        Args:
            padded: (B, T, I), as from `sequences.pad`.
            lengths: true lengths, (B,), on the CPU.

        Returns:
            Shape (B, K).
        """
        return self.head(self.features(padded, lengths))


class Forecaster(nn.Module):
    """How does it go on? An LSTM reads the past, a linear layer says all hours to come at once.

    The linear layer starts at zero: before any training the answer is 0 everywhere. So let it
    learn the *change* from a simple forecast, and it starts as good as that one.

    Args:
        input_size: features an hour, I.
        hidden_size: units, H.
        shape: of one forecast, for example (stations, hours) or (stations, hours, quantiles).
        dropout: on the final state, in training alone.

    Raises:
        ValueError: if ``shape`` is empty or a size in it is below 1.
    """

    def __init__(
        self, input_size: int, hidden_size: int, shape: Sequence[int], *, dropout: float = 0.0
    ) -> None:
        super().__init__()
        if not shape:
            raise ValueError("shape must hold at least one size, got ()")
        for place, size in enumerate(shape):
            checks.whole(f"shape[{place}]", size)
        self.shape = tuple(shape)
        self.lstm = nn.LSTM(input_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden_size, math.prod(shape))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Forecasts: (B, T, I), windows of equal length, to (B, *shape)."""
        _, (h_n, _) = self.lstm(x)
        return self.head(self.dropout(h_n[-1])).unflatten(-1, self.shape)


@torch.no_grad()
def accuracy(
    model: nn.Module, padded: Tensor, lengths: Tensor, labels: Tensor, batch_size: int = 256
) -> float:
    """Share of sequences whose highest score is that of their label, between 0 and 1."""
    was_training = model.training
    model.eval()
    hits = 0
    for start in range(0, len(labels), batch_size):
        part = slice(start, start + batch_size)
        steps = int(lengths[part].max())
        scores = model(padded[part, :steps], lengths[part])
        hits += int((scores.argmax(1) == labels[part]).sum())
    model.train(was_training)
    return hits / len(labels)
