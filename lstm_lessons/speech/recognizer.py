"""A network that gives each frame a probability for each digit, and for none of them: the blank of CTC.

Symbols: B strings, T frames, I coefficients a frame, H units a direction, K classes with the blank, U digits said.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from lstm_lessons import checks, sequences, train
from lstm_lessons.cell import check_flags, check_room
from lstm_lessons.data.digits import CLASSES as DIGITS
from lstm_lessons.data.digits import FEATURES, SpokenDigits
from lstm_lessons.data.spoken_strings import SpokenStrings, centered, splice
from lstm_lessons.models import evaluating
from lstm_lessons.sequences import Lengths
from lstm_lessons.speech import ctc

BLANK = 0  # as in torch.nn.functional.ctc_loss
CLASSES = ("–", *DIGITS)  # class k is digit k - 1


class Recognizer(nn.Module):
    """An LSTM over the frames, and a linear layer that scores K classes at each; class 0 is the blank."""

    def __init__(
        self,
        hidden_size: int = 64,
        *,
        bidirectional: bool = True,
        dropout: float = 0.3,
        input_size: int = FEATURES,
        classes: int = len(CLASSES),
    ) -> None:
        super().__init__()
        I, H, K = checks.sizes(input_size=input_size, hidden_size=hidden_size, classes=classes)  # noqa: E741
        (both,) = check_flags(bidirectional=bidirectional)
        checks.probability(dropout=dropout)
        check_room(I, H, directions=2 if both else 1)
        checks.room("hidden_size and classes", 2 * H, K)
        self.lstm = nn.LSTM(I, H, batch_first=True, bidirectional=both)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * H if both else H, K)

    def forward(self, padded: Tensor, lengths: Lengths) -> Tensor:
        """Log-probabilities of the classes at each frame, (B, T, K), of what `sequences.pad` gives: (B, T, I), (B,)."""
        output, _ = sequences.run_padded(self.lstm, padded, lengths)  # (B, T, directions · H)
        return self.head(self.dropout(output)).log_softmax(-1)


class Batch(NamedTuple):
    """Strings as CTC's loss takes them."""

    padded: Tensor  #: MFCCs, (B, T, 13).
    lengths: Tensor  #: frames of each string, (B,) int64.
    targets: Tensor  #: classes of all digits said, one string after the other, (sum of U,) int64.
    target_lengths: Tensor  #: digits of each string, (B,) int64.


def _fault(frames: object) -> TypeError | ValueError | None:
    """What is wrong with the frames of some strings, if anything is."""
    if not isinstance(frames, list | tuple):
        return TypeError(f"frames must be a list of arrays, got {type(frames).__name__}")
    forms = {
        (one.dtype, one.shape[1]) if isinstance(one, np.ndarray | Tensor) and one.ndim == 2 and len(one) else None
        for one in frames
    }
    if None in forms or len(forms) > 1:
        return ValueError("frames must be arrays of shape (T ≥ 1, I), with the same I and dtype")
    return None


def as_batch(frames: Sequence[np.ndarray], labels: Sequence[np.ndarray]) -> Batch:
    """Some strings and their digits as one padded batch: digit d is class d + 1."""
    if isinstance(labels, str) or not hasattr(labels, "__iter__") or getattr(labels, "ndim", 1) == 0:
        raise TypeError(f"labels must be a list of rows, got {type(labels).__name__}")
    if checks.hinted_length(labels) > checks.MOST:
        raise ValueError(f"labels must be one row for each string, got {checks.hinted_length(labels)}")
    if fault := _fault(frames) or (None if frames else ValueError("frames must hold one string at least, got none")):
        raise fault
    padded, lengths = sequences.pad(frames)
    digits = [torch.as_tensor(checks.integers("labels", row, 0, len(DIGITS) - 1)) for row in labels]
    if len(digits) != len(lengths):
        raise ValueError(f"labels must be one row for each of {len(lengths)} strings, got {len(digits)}")
    return Batch(padded, lengths, torch.cat(digits) + 1, torch.tensor([len(row) for row in digits]))


def loss(model: nn.Module, batch: Batch) -> Tensor:
    """CTC's loss by PyTorch: minus the log-probability of what was said, over its length, the mean of the batch."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a module such as a Recognizer, got {type(model).__name__}")
    if not isinstance(batch, Batch):
        raise TypeError(f"batch must be a Batch, got {type(batch).__name__}")
    log_probs = model(batch.padded, batch.lengths).transpose(0, 1)  # (T, B, K)
    return nn.functional.ctc_loss(log_probs, batch.targets, batch.lengths, batch.target_lengths, blank=BLANK)


@torch.no_grad()
def posteriors(model: nn.Module, frames: Sequence[np.ndarray], batch_size: int = 100) -> list[Tensor]:
    """Log-probabilities of each string's own frames, (T_n, K) each, in evaluation mode."""
    if fault := _fault(frames):
        raise fault
    found = []
    with evaluating(model):
        for begin in range(0, len(frames), checks.whole("batch_size", batch_size)):
            padded, lengths = sequences.pad(frames[begin : begin + batch_size])
            log_probs = model(padded, lengths)
            if not isinstance(log_probs, Tensor) or log_probs.is_meta or log_probs.isnan().any():
                raise ValueError("model must give log-probabilities, got NaN, or a model without numbers")
            found += [row[:n] for row, n in zip(log_probs, lengths.tolist(), strict=True)]
    return found


def heard(model: nn.Module, frames: Sequence[np.ndarray]) -> list[list[int]]:
    """The digits that a network hears in each string, by its most probable path."""
    return [[label - 1 for label in ctc.greedy(log_probs)] for log_probs in posteriors(model, frames)]


PART = 10  # batches that are spliced together, and sorted by length so that they pad less


def fit_recognizer(
    part: SpokenDigits,
    *,
    prepare: Callable[[SpokenStrings], SpokenStrings] = centered,
    hidden_size: int = 64,
    bidirectional: bool = True,
    dropout: float = 0.3,
    updates: int = 600,
    batch_size: int = 32,
    learning_rate: float = 1e-2,
    seed: int = 0,
    progress: bool = True,
    **spliced: object,
) -> Recognizer:
    """Train a `Recognizer` on strings that are spliced anew for every update, and return it in evaluation mode.

    AdamW, with a learning rate that rises to the one given over the first three tenths of the updates and falls again.

    Args:
        part: recordings in their own scale, of ``digits.load(scaled=False)``.
        prepare: what is done to all strings that the network reads, `centered` for example.
        seed: of the first weights, dropout and the strings.
        spliced: more arguments of `spoken_strings.splice`.

    Raises:
        lstm_lessons.train.TrainingDiverged: if a loss is not finite.
    """
    if not callable(prepare):
        raise TypeError(f"prepare must be a function of strings, got {type(prepare).__name__}")
    updates, batch_size = checks.sizes(updates=updates, batch_size=batch_size)
    checks.positive(learning_rate=learning_rate)
    seed = checks.whole("seed", seed, 0, 10**12)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Recognizer(hidden_size, bidirectional=bidirectional, dropout=dropout)
    optimizer = torch.optim.AdamW(model.parameters(), learning_rate)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=updates + 1)

    def batches(part_of_training: int) -> Iterator[Batch]:
        count = min(PART, updates - PART * part_of_training)
        strings = prepare(splice(part, count * batch_size, seed=[seed, part_of_training], **spliced))
        if not isinstance(strings, SpokenStrings):
            raise TypeError(f"prepare must return strings, got {type(strings).__name__}")
        by_length = np.array_split(np.argsort(strings.lengths, kind="stable"), count)
        for n in np.random.default_rng([seed, part_of_training]).permutation(count):
            yield as_batch([strings.sequences[k] for k in by_length[n]], [strings.labels[k] for k in by_length[n]])
            rate.step()

    train.fit(model, loss, batches, epochs=-(-updates // PART), optimizer=optimizer, seed=seed, progress=progress)
    return model
