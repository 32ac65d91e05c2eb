"""A network that says what letter comes next: read a stream with its state carried on, score, sample, save.

Letters in the shapes: B streams side by side, T letters, E numbers of an embedding, H units, V letters of the alphabet.
What does not fit raises a ValueError, what is of another kind a TypeError.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from lstm_lessons import checks, train
from lstm_lessons.cell import check_flags

State = tuple[Tensor, Tensor]
START = "\n"  # what stands before the first letter of every text


class LanguageModel(nn.Module):
    """Scores for the next letter after every letter: an embedding, an LSTM, one score for each of V letters.

    Args:
        alphabet: the letters, each once; a letter's number is its place.
        dropout: on what the LSTM reads and on what it gives, in training alone.
        tied: the matrix that reads letters also scores them (weight tying, Press & Wolf 2017); a linear layer leads
            from H to E numbers before it.
    """

    def __init__(
        self,
        alphabet: str,
        embedding_size: int = 64,
        hidden_size: int = 256,
        *,
        dropout: float = 0.2,
        tied: bool = False,
    ) -> None:
        super().__init__()
        checks.kind("alphabet", alphabet, "a text", isinstance(alphabet, str))
        if not alphabet or len(set(alphabet)) < len(alphabet):
            raise ValueError(f"alphabet must hold each letter once, at least one, got {alphabet!r}")
        embedding_size, hidden_size = checks.sizes(embedding_size=embedding_size, hidden_size=hidden_size)
        checks.probability(dropout=dropout)
        (tied,) = check_flags(tied=tied)
        self.alphabet = alphabet
        self.embedding = nn.Embedding(len(alphabet), embedding_size)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.narrow = nn.Linear(hidden_size, embedding_size) if tied else None
        self.head = nn.Linear(embedding_size if tied else hidden_size, len(alphabet))
        if tied:
            self.embedding.weight.data.normal_(std=embedding_size**-0.5)  # else the first scores are far too large
            self.head.weight = self.embedding.weight

    def forward(self, numbers: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Scores before softmax, (B, T, V), of the letter that follows each of (B, T), and the state after the last."""
        output, state = self.lstm(self.dropout(self.embedding(numbers)), state)  # (B, T, H)
        output = self.dropout(output)
        return self.head(output if self.narrow is None else self.narrow(output)), state


def encode(text: str, alphabet: str) -> Tensor:
    """The numbers of a text's letters, (T,) int64.

    Raises:
        ValueError: if a letter is not of the alphabet.
    """
    checks.kind("text", text, "a text", isinstance(text, str))
    number = {letter: k for k, letter in enumerate(alphabet)}
    if unknown := sorted(set(text) - number.keys()):
        raise ValueError(f"text must hold letters of the alphabet alone, got {', '.join(map(repr, unknown[:5]))}")
    return torch.tensor([number[letter] for letter in text], dtype=torch.int64)


def chunks(stream: Tensor, streams: int, steps: int, offset: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """One long text as batches that continue each other: inputs and targets, (B, T) each, the next piece of B streams.

    Row b of a batch goes on where row b of the batch before ended. The first ``offset`` letters of each stream are left
    out, so that pieces do not end at the same places in every epoch.
    """
    length = (len(stream) - 1) // streams
    x = stream[: length * streams].view(streams, length)
    y = stream[1 : length * streams + 1].view(streams, length)
    for start in range(offset, length - steps + 1, steps):
        yield x[:, start : start + steps], y[:, start : start + steps]


def fit_language_model(
    model: LanguageModel,
    text: str,
    *,
    epochs: int,
    streams: int = 32,
    steps: int = 100,
    learning_rate: float = 8e-3,
    weight_decay: float = 0.01,
    validate: Callable[[nn.Module], float] | None = None,
    seed: int = 0,
    progress: bool = True,
) -> train.History:
    """Train in place by truncated backpropagation: the state is carried from piece to piece, the gradient is not.

    The learning rate rises to ``learning_rate`` and falls to zero again (one cycle).

    Args:
        text: read as ``streams`` streams side by side, in pieces of ``steps`` letters.
        validate: as of `train.fit`, which does the rest.
    """
    stream = encode(text, model.alphabet)
    streams, steps, epochs = checks.sizes(streams=streams, steps=steps, epochs=epochs)
    per_epoch = (len(stream) - 1) // streams // steps - 1
    if per_epoch < 1:
        raise ValueError(f"text must hold more than {2 * streams * steps} letters, got {len(stream)}")
    optimizer = torch.optim.AdamW(model.parameters(), learning_rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=epochs * per_epoch + 1)
    rng = np.random.default_rng(seed)
    carried: State | None = None

    def batches(epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        nonlocal carried
        carried = None
        pieces = chunks(stream, streams, steps, int(rng.integers(steps)))
        for _, piece in zip(range(per_epoch), pieces, strict=False):
            yield piece
            schedule.step()

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        nonlocal carried
        scores, state = model(batch[0], carried)
        carried = tuple(part.detach() for part in state)  # values go on, gradients end here
        return cross_entropy(scores.flatten(0, 1), batch[1].flatten())

    return train.fit(
        model, loss, batches, epochs=epochs, validate=validate, optimizer=optimizer, seed=seed, progress=progress
    )
