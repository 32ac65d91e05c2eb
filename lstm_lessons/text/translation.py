"""A network that reads one text and writes another: an encoder and a decoder, with attention or without.

Letters in the shapes: B texts, S letters of the longest source, T of the longest target, V signs of the target's
alphabet, E numbers of an embedding, H units of the decoder (the encoder has H / 2 in each direction).

Sources: Sutskever et al. 2014 (encoder and decoder); Bahdanau et al. 2015 (attention, first state of the decoder);
Luong et al. 2015 (scores by a product, after the step). What does not fit raises a ValueError, what is of another kind
a TypeError.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from lstm_lessons import checks, sequences, train
from lstm_lessons.cell import check_flags, check_lstm, check_room, initial_state, is_dense
from lstm_lessons.data.pairs import Pairs
from lstm_lessons.text.tokenizer import (
    PADDING,
    build_vocabulary,
    checked_batch,
    checked_numbers,
    encode_all,
    finite_scores,
)

BEGIN, END = 1, 2  # what a decoder reads first, and writes last
MOST_WRITTEN = 10_000  # letters, whoever asks
LONGEST = 200  # letters that are read, and written
Batch = tuple[Tensor, Tensor, Tensor]


class Memory(NamedTuple):
    """What an encoder hands to a decoder."""

    states: Tensor  #: one for each source letter, (B, S, H).
    keep: Tensor  #: True at letters, False at padding, (B, S).
    first: tuple[Tensor, Tensor]  #: h and c that the decoder begins with, (1, B, H) each.


class Translator(nn.Module):
    """A bidirectional LSTM that reads, and an LSTM that writes letter by letter.

    Args:
        source_signs: how many numbers a source letter can have, padding and unknown counted.
        target_signs: how many a target letter can have, padding, begin and end counted.
        hidden_size: H, an even number.
        attention: look at all states of the encoder at every letter. Without it the decoder knows of the source what
            its first state holds.
    """

    def __init__(
        self,
        source_signs: int,
        target_signs: int,
        embedding_size: int = 32,
        hidden_size: int = 96,
        *,
        attention: bool = True,
    ) -> None:
        super().__init__()
        E, H = checks.sizes(embedding_size=embedding_size, hidden_size=hidden_size)
        checks.sizes(source_signs=source_signs, target_signs=target_signs)
        checks.number("hidden_size", H, "an even number", lambda value: value % 2 == 0)
        (self.attention,) = check_flags(attention=attention)
        check_room(E, H, first="embedding_size")
        checks.room("source_signs, target_signs and sizes", max(source_signs, target_signs), max(E, 2 * H))
        self.read = nn.Embedding(source_signs, E, padding_idx=PADDING)
        self.encoder = nn.LSTM(E, H // 2, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(H, H)
        self.written = nn.Embedding(target_signs, E, padding_idx=PADDING)
        self.decoder = nn.LSTM(E, H, batch_first=True)
        self.head = nn.Linear(2 * H if attention else H, target_signs)

    def encode(self, numbers: Tensor, lengths: Tensor) -> Memory:
        """Read sources, (B, S) and (B,)."""
        numbers, lengths = map(torch.as_tensor, checked_batch(numbers, lengths, self.read.num_embeddings))
        states, h_n = sequences.run_padded(self.encoder, self.read(numbers), lengths)  # (B, S, H)
        c = self.bridge(sequences.final_states(h_n, 1))[None]  # (1, B, H)
        return Memory(states, sequences.mask(lengths, numbers.shape[1]), (torch.tanh(c), c))

    def decode(
        self, previous: Tensor, memory: Memory, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor | None]:
        """Go on from letters that are written, (B, T).

        Returns:
            scores of the next letters, (B, T, V); the state behind them; and where it looked, (B, T, S), rows that sum
            to 1, or None without attention.
        """
        previous = torch.as_tensor(checked_numbers("previous", previous, self.written.num_embeddings))
        checks.kind("memory", memory, "a Memory", isinstance(memory, Memory))
        check_lstm(self.decoder, name="model.decoder", hooked=True)
        if not self.decoder.batch_first:
            raise ValueError(f"model.decoder must have batch_first=True, got {self.decoder}")
        shape, weight = (1, len(previous), self.decoder.hidden_size), self.decoder.weight_hh_l0
        state = initial_state("state", state, shape, weight, weight)
        h, state = self.decoder(self.written(previous), state)  # (B, T, H)
        if not self.attention:
            return self.head(h), state, None
        weights = attention_weights(h, memory.states, memory.keep)
        return self.head(torch.cat([h, weights @ memory.states], dim=-1)), state, weights

    def forward(self, numbers: Tensor, lengths: Tensor, targets: Tensor) -> Tensor:
        """Teacher forcing: scores (B, T, V) of ``targets[:, 1:]``, each with the true letters before it."""
        memory = self.encode(numbers, lengths)
        targets = torch.as_tensor(checked_numbers("targets", targets, self.written.num_embeddings))
        if targets.shape[0] != len(memory.states) or targets.shape[1] < 2:
            raise ValueError(
                f"targets must be one for each of {len(memory.states)} sources, begin and end counted, got shape "
                f"{tuple(targets.shape)}"
            )
        return self.decode(targets[:, :-1], memory, memory.first)[0]


def attention_weights(h: Tensor, states: Tensor, keep: Tensor) -> Tensor:
    """How much each step of the decoder looks at each source letter: (B, T, H), (B, S, H), (B, S) to (B, T, S).

    Products, over √H so that softmax does not saturate; none at padding.
    """
    for name, value in {"h": h, "states": states, "keep": keep}.items():
        checks.kind(name, value, "a tensor, a dense one", is_dense(value))
    wanted = (h.shape[0], states.shape[1] if states.ndim == 3 else 0, h.shape[-1]) if h.ndim == 3 else None
    if wanted is None or tuple(states.shape) != wanted or states.dtype != h.dtype or states.device != h.device:
        raise ValueError(
            "h must be (B, T, H) and states (B, S, H), of one dtype on one device, got "
            f"{h.dtype} {tuple(h.shape)} and {states.dtype} {tuple(states.shape)}"
        )
    if not h.is_floating_point():
        raise ValueError(f"h and states must hold real numbers, got {h.dtype}")
    if keep.dtype != torch.bool or keep.shape != states.shape[:2] or keep.device != h.device:
        raise ValueError(f"keep must be (B, S) booleans, got {keep.dtype} of shape {tuple(keep.shape)}")
    scores = h @ states.transpose(1, 2) / math.sqrt(h.shape[-1])  # (B, T, S)
    return scores.masked_fill(~keep[:, None], -torch.inf).softmax(-1)


def target_vocabulary(texts: Sequence[str]) -> dict[str, int]:
    """Number every letter of the training targets, from 3 on; 0 is padding, 1 begins and 2 ends a text."""
    return {letter: number + 1 for letter, number in build_vocabulary(texts, at_least=1).items()}


def _numbered(letters: object) -> Mapping[str, int]:
    checks.kind("letters", letters, "a dictionary", isinstance(letters, Mapping))
    for letter, number in letters.items():
        checks.text("letters: a key", letter)
        checks.whole(f"letters[{letter!r}]", number, END + 1)
    if len(set(letters.values())) < len(letters):
        raise ValueError("letters must have a number of their own each, got one twice")
    return letters


def _translator(model: object) -> "Translator":
    able = isinstance(model, nn.Module) and hasattr(model, "encode") and hasattr(model, "decode")
    checks.kind("model", model, "a Translator", able)
    return model


def encode_sources(texts: Sequence[str], letters: Mapping[str, int]) -> tuple[Tensor, Tensor]:
    """Sources as one padded batch, (B, S) int64, and lengths, (B,) int64."""
    rows = [torch.tensor(row) for row in encode_all(texts, letters, LONGEST)]
    return pad_sequence(rows, batch_first=True), torch.tensor([len(row) for row in rows])


def encode_targets(texts: Sequence[str], letters: Mapping[str, int]) -> Tensor:
    """Targets as one padded batch, (B, T + 1) int64: begin, the letters, end.

    Raises:
        ValueError: for a letter that has no number.
    """
    letters, texts = _numbered(letters), checks.texts("texts", texts)
    if not texts:
        raise ValueError("texts must hold at least one text, got none")
    if unknown := sorted(set("".join(texts)) - set(letters)):
        raise ValueError(f"letters must have a number for each letter of the texts, got none for {unknown[:5]}")
    rows = [torch.tensor([BEGIN, *(letters[letter] for letter in text), END]) for text in texts]
    return pad_sequence(rows, batch_first=True)


def decode_letters(numbers: Sequence[int], letters: Mapping[str, int]) -> str:
    """The text up to the first end sign, or all of it."""
    names = {number: letter for letter, number in _numbered(letters).items()}
    numbers = checks.integers("numbers", numbers).tolist()
    return "".join(names.get(n, "") for n in (numbers[: numbers.index(END)] if END in numbers else numbers))


@torch.no_grad()
def greedy(model: Translator, numbers: Tensor, lengths: Tensor, longest: int = LONGEST) -> Tensor:
    """The best letter at every step, fed back: (B, S) and (B,) to (B, T) int64, until all have ended."""
    longest = checks.whole("longest", longest, 1, MOST_WRITTEN)
    memory = _translator(model).encode(numbers, lengths)
    state, previous = memory.first, torch.full((len(numbers), 1), BEGIN)
    letters, ended = [], torch.zeros(len(numbers), dtype=torch.bool)
    while not ended.all() and len(letters) < longest:
        scores, state, _ = model.decode(previous, memory, state)
        previous = finite_scores(scores).argmax(-1)  # (B, 1)
        letters.append(previous[:, 0])
        ended |= previous[:, 0] == END
    return torch.stack(letters, dim=1)


class Hypothesis(NamedTuple):
    """One text of a beam."""

    numbers: tuple[int, ...]  #: of its letters, the end sign included if it has ended.
    log_probability: float  #: natural logarithm, the sum over its letters.
    ended: bool


@torch.no_grad()
def beam_search(
    model: Translator, numbers: Tensor, lengths: Tensor, width: int, longest: int = LONGEST
) -> list[list[Hypothesis]]:
    """The ``width`` most probable texts that the search finds for each source, (B, S) and (B,), best first.

    At every step each of the texts is continued by every sign, and the best of all are kept. One that has ended keeps
    its place. It stops when all have ended. With a width of 1 it is `greedy`.
    """
    width, longest = checks.whole("width", width, 1, 1000), checks.whole("longest", longest, 1, MOST_WRITTEN)
    memory = _translator(model).encode(numbers, lengths)
    B, state = len(memory.states), memory.first
    signs, ended = torch.full((B, 1, 1), BEGIN), torch.zeros(B, 1, dtype=torch.bool)  # (B, W, T), (B, W)
    logs = memory.states.new_zeros(B, 1)  # (B, W)
    for _ in range(longest):
        if ended.all():
            break
        W = logs.shape[1]
        rows = torch.arange(B).repeat_interleave(W)
        beams = memory._replace(states=memory.states[rows], keep=memory.keep[rows])
        scores, state, _ = model.decode(signs[..., -1].reshape(-1, 1), beams, state)
        grown = finite_scores(scores).log_softmax(-1).view(B, W, -1)  # (B, W, V)
        only = torch.full_like(grown[0, 0], -math.inf)  # what has ended is padded, at no cost
        only[PADDING] = 0
        grown = logs[..., None] + torch.where(ended[..., None], only, grown)
        logs, places = grown.flatten(1).topk(min(width, W * grown.shape[2]))
        origins, last = places // grown.shape[2], places % grown.shape[2]  # (B, W) each
        signs = torch.cat([signs[torch.arange(B)[:, None], origins], last[..., None]], dim=-1)
        ended = ended.gather(1, origins) | (last == END)
        kept = (torch.arange(B)[:, None] * W + origins).flatten()
        state = state[0][:, kept], state[1][:, kept]
    return [
        [Hypothesis(_to_end(row[1:]), log, end) for row, log, end in zip(*of, strict=True) if log > -math.inf]
        for of in zip(signs.tolist(), logs.tolist(), ended.tolist(), strict=True)
    ]


def _to_end(signs: list[int]) -> tuple[int, ...]:
    """Signs up to the first that ends a text, itself included, or all of them."""
    return tuple(signs[: signs.index(END) + 1] if END in signs else signs)


@dataclass(frozen=True)
class TrainedTranslator:
    """A model, and the two alphabets that belong to it."""

    model: Translator  #: trained, in evaluation mode.
    source_letters: dict[str, int]
    target_letters: dict[str, int]
    history: train.History

    def translate(self, texts: Sequence[str], *, longest: int = LONGEST, batch_size: int = 250) -> list[str]:
        """What `greedy` writes for each text; a letter that training has not seen is read as unknown."""
        longest, batch_size = checks.sizes(longest=longest, batch_size=batch_size)
        texts = checks.texts("texts", texts)
        numbers, lengths = encode_sources(texts, self.source_letters)
        found: list[str] = [""] * len(texts)
        for rows in torch.argsort(lengths, stable=True).split(batch_size):
            written = greedy(self.model, numbers[rows, : int(lengths[rows].max())], lengths[rows], longest)
            for row, letters in zip(rows.tolist(), written.tolist(), strict=True):
                found[row] = decode_letters(letters, self.target_letters)
        return found

    def beam(self, texts: Sequence[str], width: int) -> list[list[tuple[str, float]]]:
        """For each text what `beam_search` finds, translations and their log-probabilities, best first."""
        found = beam_search(self.model, *encode_sources(texts, self.source_letters), width)
        return [[(decode_letters(one.numbers, self.target_letters), one.log_probability) for one in of] for of in found]

    def exact(self, pairs: Pairs) -> float:
        """The share of texts that are translated right to the letter, between 0 and 1."""
        checks.kind("pairs", pairs, "Pairs", isinstance(pairs, Pairs))
        return exact_share(self.translate(pairs.source), pairs.target)


def exact_share(found: Sequence[str], expected: Sequence[str]) -> float:
    """The share of texts that are the same as expected, to the letter."""
    found, expected = checks.texts("found", found), checks.texts("expected", expected)
    if not found or len(found) != len(expected):
        raise ValueError(f"found and expected must be as many, at least one, got {len(found)} and {len(expected)}")
    return float(np.mean([a == b for a, b in zip(found, expected, strict=True)]))


def loss(model: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy of each letter, the end sign included, padding left out."""
    numbers, lengths, targets = batch
    scores = model(numbers, lengths, targets)
    return cross_entropy(scores.flatten(0, 1), targets[:, 1:].flatten(), ignore_index=PADDING)


def fit_translator(
    pairs: Pairs,
    *,
    embedding_size: int = 32,
    hidden_size: int = 96,
    attention: bool = True,
    updates: int = 500,
    batch_size: int = 64,
    learning_rate: float = 1e-2,
    seed: int = 0,
    progress: bool = True,
    kind: type[Translator] = Translator,
    loss: Callable[[nn.Module, Batch], Tensor] = loss,
) -> TrainedTranslator:
    """Train a `Translator` by teacher forcing, for a number of updates.

    Batches of similar length; AdamW with a learning rate that rises to the one given over the first three tenths of the
    updates and then falls to nearly zero. The seed is of the first weights and the batches; ``kind`` and ``loss`` are
    there to try another network, or another thing to learn.

    Raises:
        lstm_lessons.train.TrainingDiverged: if a loss is not finite.
    """
    checks.kind("pairs", pairs, "Pairs", isinstance(pairs, Pairs))
    updates, batch_size = checks.sizes(updates=updates, batch_size=batch_size)
    checks.positive(learning_rate=learning_rate)
    seed = checks.whole("seed", seed, 0, 10**12)
    checks.kind("kind", kind, "a class of translators", isinstance(kind, type) and issubclass(kind, Translator))
    source_letters, target_letters = build_vocabulary(pairs.source), target_vocabulary(pairs.target)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        signs = len(source_letters) + PADDING + 2, len(target_letters) + END + 1
        model = kind(*signs, embedding_size, hidden_size, attention=attention)
    optimizer = torch.optim.AdamW(model.parameters(), learning_rate)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=updates + 1)
    numbers, lengths = encode_sources(pairs.source, source_letters)
    targets = encode_targets(pairs.target, target_letters)
    ends = (targets != PADDING).sum(1)
    parts = np.array_split(np.arange(updates), min(updates, 20))  # of the progress bar, and of the history
    stream = _rows(lengths, batch_size, seed)

    def batches(part: int) -> Iterator[Batch]:
        for _ in parts[part]:
            rows = torch.from_numpy(next(stream))
            yield numbers[rows, : int(lengths[rows].max())], lengths[rows], targets[rows, : int(ends[rows].max())]
            rate.step()

    history = train.fit(model, loss, batches, epochs=len(parts), optimizer=optimizer, seed=seed, progress=progress)
    return TrainedTranslator(model, source_letters, target_letters, history)


def _rows(lengths: Tensor, batch_size: int, seed: int) -> Iterator[np.ndarray]:
    """Batches of similar length, pass after pass."""
    for turn in itertools.count():
        yield from sequences.length_buckets(lengths, batch_size, seed=seed * 1000 + turn)
