"""A classifier that reads text letter by letter, in both directions, and how it is trained.

Letters in the shapes: B texts, T letters of the longest one, E numbers of an embedding, H units a direction, K classes.
What does not fit raises a ValueError, what is of another kind a TypeError.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from lstm_lessons import checks, sequences, train
from lstm_lessons.data.text import LabeledText, TextSplits
from lstm_lessons.models import SequenceClassifier, evaluating
from lstm_lessons.sequences import Pool
from lstm_lessons.text.tokenizer import LONGEST, PADDING, build_vocabulary, checked_batch, encode_all, finite_scores

Batch = tuple[Tensor, Tensor, Tensor]


class TextClassifier(SequenceClassifier):
    """Which class does a text belong to? An embedding, a bidirectional LSTM, one score a class.

    The LSTM reads so that padding changes nothing, as `SequenceClassifier` does.

    Args:
        letters: how many numbers a letter can have, padding and unknown counted: the size of the alphabet plus 2.
        dropout: on what the linear layer sees, in training alone.
    """

    def __init__(
        self,
        letters: int,
        classes: int,
        embedding_size: int = 24,
        hidden_size: int = 64,
        *,
        dropout: float = 0.2,
        pool: Pool = "final and max",
    ) -> None:
        letters, embedding_size = checks.sizes(letters=letters, embedding_size=embedding_size)
        checks.probability(dropout=dropout)
        checks.room("letters and embedding_size", letters, embedding_size)
        super().__init__(embedding_size, hidden_size, classes, pool=pool)
        self.embedding = nn.Embedding(letters, embedding_size, padding_idx=PADDING)
        self.dropout = nn.Dropout(dropout)

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        """Scores before softmax, (B, K), of a batch as from `encode_batch`."""
        checked, _ = checked_batch(numbers, lengths, self.embedding.num_embeddings)
        numbers = numbers if isinstance(numbers, Tensor) else torch.as_tensor(checked)
        embedded = self.embedding(numbers.long())  # (B, T, E)
        return self.head(self.dropout(self.features(embedded, lengths)))


def encode_batch(texts: Sequence[str], letters: Mapping[str, int], *, longest: int = LONGEST) -> tuple[Tensor, Tensor]:
    """Texts as one padded batch: numbers of the letters, (B, T) int64, and lengths, (B,) int64.

    Each text is made tidy, and cut after ``longest`` letters, with a warning; 0 stands behind it.
    """
    return _padded(encode_all(texts, letters, longest))


def _padded(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    rows = [torch.tensor(row) for row in rows]
    return pad_sequence(rows, batch_first=True), torch.tensor([len(row) for row in rows])


def excerpt(text: str, rng: np.random.Generator, *, shortest: int = 5) -> str:
    """Some words of a text in their order, or all of it.

    Args:
        text: words with spaces between them.
        rng: draws the first word and the last.
        shortest: letters that an excerpt has at least; the text itself if it would have fewer.
    """
    checks.kind("text", text, "a text", isinstance(text, str))
    checks.kind("rng", rng, "a numpy.random.Generator", isinstance(rng, np.random.Generator))
    shortest = checks.whole("shortest", shortest, 0)
    words = text.split(" ")
    first, last = np.sort(rng.choice(len(words) + 1, 2, replace=False))
    part = " ".join(words[first:last])
    return part if len(part) >= shortest else text


@dataclass(frozen=True)
class TrainedClassifier:
    """A model, and what belongs to it wherever it goes."""

    model: TextClassifier  #: trained, in evaluation mode.
    letters: dict[str, int]  #: number of each letter that it knows.
    classes: tuple[str, ...]  #: K names.
    history: train.History  #: of its training.
    longest: int = LONGEST  #: letters of a text that it reads.

    @torch.no_grad()
    def probabilities(self, texts: Sequence[str], *, batch_size: int = 256) -> np.ndarray:
        """How probable each class is for each text: (N, K) float32, rows that sum to 1.

        Warns if a text has more letters than are read.
        """
        (batch_size,) = checks.sizes(batch_size=batch_size)
        numbers, lengths = _padded(encode_all(texts, self.letters, self.longest))
        parts = []
        with evaluating(self.model):
            for start in range(0, len(numbers), batch_size):
                part = slice(start, start + batch_size)
                steps = int(lengths[part].max())
                parts.append(self.model(numbers[part, :steps], lengths[part]).softmax(1))
        return finite_scores(torch.cat(parts)).float().numpy()

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """The most probable class of each text, (N,) int64, places in ``classes``."""
        return self.probabilities(texts).argmax(1)

    def accuracy(self, part: LabeledText) -> float:
        """Share of the texts whose class is found, between 0 and 1."""
        checks.kind("part", part, "a LabeledText", isinstance(part, LabeledText))
        return float((self.predict(part.texts) == part.labels).mean())


def fit_classifier(
    splits: TextSplits,
    *,
    embedding_size: int = 24,
    hidden_size: int = 64,
    dropout: float = 0.2,
    excerpts: float = 0.4,
    label_smoothing: float = 0.1,
    epochs: int = 8,
    batch_size: int = 64,
    learning_rate: float = 2e-2,
    patience: int | None = 3,
    longest: int = LONGEST,
    seed: int = 0,
    progress: bool = True,
) -> TrainedClassifier:
    """Train a `TextClassifier` on labeled text, as from ``data.languages.load`` or ``load_csv``.

    In each epoch a share of the texts, ``excerpts``, is cut down to some of its words, in their
    order: the same names in ever new lengths are harder to learn by heart. The target is not 100 % for the true class,
    but a little less (``label_smoothing``, as in ``torch.nn.functional.cross_entropy``): the network need not grow its
    scores forever. Batches of similar length, Adam with a learning rate that rises to the one given over the first
    sixth of the steps and then falls to zero, early stopping on the loss of the validation part, without label
    smoothing, after ``patience`` epochs without a better one (None for never). A data set too small to have one trains
    for all epochs. Of each text ``longest`` letters are read, with a warning if it has more. The seed is of the first
    weights, of excerpts, batches and dropout.

    Raises:
        lstm_lessons.train.TrainingDiverged: if a loss is not finite.
    """
    checks.kind("splits", splits, "TextSplits", isinstance(splits, TextSplits))
    epochs, batch_size, longest = checks.sizes(epochs=epochs, batch_size=batch_size, longest=longest)
    checks.probability(excerpts=excerpts, label_smoothing=label_smoothing)
    checks.positive(learning_rate=learning_rate)
    seed = checks.whole("seed", seed, 0, 10**12)
    train_texts = splits.train.texts
    encode_all(train_texts, {}, longest)  # warns once of all that are too long
    letters = build_vocabulary(train_texts)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = TextClassifier(len(letters) + 2, len(splits.classes), embedding_size, hidden_size, dropout=dropout)
    labels = torch.from_numpy(splits.train.labels)
    steps = epochs * math.ceil(len(labels) / batch_size)
    # A thousand steps are few: squared gradients are averaged over the last 50 of them, not 1000.
    optimizer = torch.optim.Adam(model.parameters(), learning_rate, (0.9, 0.98), fused=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, total_steps=steps + 1, pct_start=0.15, anneal_strategy="linear", cycle_momentum=False
    )

    def batches(epoch: int) -> Iterator[Batch]:
        rng = np.random.default_rng([seed, epoch])
        texts = [excerpt(text, rng) if rng.random() < excerpts else text for text in train_texts]
        numbers, lengths = _padded(encode_all(texts, letters, longest, warn=False))
        for rows in sequences.length_buckets(lengths, batch_size, seed=seed * 1000 + epoch):
            rows = torch.from_numpy(rows)
            steps = int(lengths[rows].max())
            yield numbers[rows, :steps], lengths[rows], labels[rows]
            rate.step()

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        numbers, lengths, classes = batch
        return cross_entropy(model(numbers, lengths), classes, label_smoothing=label_smoothing)

    history = train.fit(
        model,
        loss,
        batches,
        epochs=epochs,
        validate=_validation(splits.validation, letters, longest),
        optimizer=optimizer,
        patience=patience if len(splits.validation) else None,
        seed=seed,
        progress=progress,
    )
    return TrainedClassifier(model, letters, splits.classes, history, longest)


def _validation(part: LabeledText, letters: Mapping[str, int], longest: int):
    """Mean cross-entropy over a part, as `train.fit` calls it; None for an empty part."""
    if not len(part):
        return None
    numbers, lengths = _padded(encode_all(part.texts, letters, longest, warn=False))
    labels = torch.from_numpy(part.labels)
    # Neighbors of similar length, so that little padding is computed.
    order = torch.argsort(lengths, stable=True).split(256)

    def validate(model: nn.Module) -> float:
        total = 0.0
        for rows in order:
            scores = model(numbers[rows, : int(lengths[rows].max())], lengths[rows])
            total += float(cross_entropy(scores, labels[rows], reduction="sum"))
        return total / len(labels)

    return validate
