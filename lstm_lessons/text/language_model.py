"""A network that says what letter comes next: read a stream with its state carried on, score, sample, save.

Letters in the shapes: B streams side by side, T letters, E numbers of an embedding, H units, V letters of the alphabet.
What does not fit raises a ValueError, what is of another kind a TypeError.
"""

import copy
import json
import math
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialize
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from lstm_lessons import checks, train
from lstm_lessons.cell import check_flags, check_lstm, check_room, has_hooks, initial_state, weights_of
from lstm_lessons.files import write_whole
from lstm_lessons.text.tokenizer import checked_numbers
from lstm_lessons.trace import trace_gates

State = tuple[Tensor, Tensor]
MOST_WRITTEN = 1_000_000  # letters
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
        if not checks.letters("alphabet", alphabet) or len(set(alphabet)) < len(alphabet):
            raise ValueError(f"alphabet must hold each letter once, at least one, got {checks.shown(alphabet)}")
        embedding_size, hidden_size = checks.sizes(embedding_size=embedding_size, hidden_size=hidden_size)
        checks.probability(dropout=dropout)
        check_room(embedding_size, hidden_size, first="embedding_size")
        checks.room("alphabet and sizes", len(alphabet), max(embedding_size, hidden_size))
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
        numbers = torch.as_tensor(checked_numbers("numbers", numbers, len(self.alphabet))).to(self.head.weight.device)
        shape, weight = (1, len(numbers), self.lstm.hidden_size), self.lstm.weight_hh_l0
        if state is not None:
            initial_state("state", state, shape, weight, weight)
        output, state = self.lstm(self.dropout(self.embedding(numbers)), state)  # (B, T, H)
        output = self.dropout(output)
        return self.head(output if self.narrow is None else self.narrow(output)), state


def _writer(model: object) -> LanguageModel:
    model = getattr(model, "_orig_mod", model)  # of a compiled one
    checks.kind("model", model, "a LanguageModel", isinstance(model, LanguageModel))
    checks.parts("model", model, "embedding", "lstm", "head")
    check_lstm(model.lstm, name="model.lstm", hooked=True)
    weights_of(model.lstm, "model.lstm")
    if not model.lstm.batch_first or model.lstm.num_layers > 1 or model.lstm.bidirectional:
        raise ValueError(f"model.lstm must have one layer and direction, and batch_first, got {model.lstm}")
    weights = [model.head.weight, *model.parameters()]
    if any(not isinstance(one, Tensor) or one.is_meta or not one.is_floating_point() for one in weights):
        raise ValueError("model must hold real numbers, got one that is quantized, complex or on the device meta")
    return model


def _copied(model: LanguageModel) -> LanguageModel:
    """A copy in evaluation mode that can learn; a pruned one has weights that cannot be copied."""
    try:
        return copy.deepcopy(_writer(model)).eval().requires_grad_(True)
    except RuntimeError:
        return _of_own_weights(model)  # says why


def _of_own_weights(model: object) -> LanguageModel:
    """A model that is neither pruned nor parametrized."""
    model = _writer(model)
    found = model.state_dict()
    sizes = model.embedding.embedding_dim, model.lstm.hidden_size
    with torch.device("meta"):
        expected = LanguageModel(model.alphabet, *sizes, tied=model.narrow is not None).state_dict()
    if other := sorted(found.keys() ^ expected.keys()):
        raise ValueError(f"model must have its own weights, neither pruned nor parametrized, got {', '.join(other)}")
    return model


def _plain(model: object) -> LanguageModel:
    """A model whose weights are all there is of it: finite, its own, and without hooks."""
    model = _of_own_weights(model)
    found = model.state_dict()
    if any(map(has_hooks, model.modules())):
        raise ValueError("model must have no forward hooks: they do not travel with its weights")
    if not all(value.isfinite().all() for value in found.values()):
        raise ValueError("model must have finite weights, got NaN or infinity")
    return model


def _numbers(values: Tensor) -> np.ndarray:
    """Of a tensor, in 32 or 64 bits: NumPy has no bfloat16."""
    if not values.isfinite().all():
        raise ValueError("model must have finite weights, got what is not finite from it")
    return (values if values.dtype == torch.float64 else values.float()).numpy()


def encode(text: str, alphabet: str) -> Tensor:
    """The numbers of a text's letters, (T,) int64.

    Raises:
        ValueError: if a letter is not of the alphabet.
    """
    return _encoded("text", text, alphabet)


def _encoded(name: str, text: str, alphabet: str) -> Tensor:
    checks.text(name, text)
    number = {letter: k for k, letter in enumerate(checks.text("alphabet", alphabet))}
    if unknown := sorted(set(text) - number.keys()):
        raise ValueError(f"{name} must hold letters of the alphabet alone, got {', '.join(map(repr, unknown[:5]))}")
    return torch.tensor([number[letter] for letter in text], dtype=torch.int64)


def chunks(stream: Tensor, streams: int, steps: int, offset: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """One long text as batches that continue each other: inputs and targets, (B, T) each, the next piece of B streams.

    Row b of a batch goes on where row b of the batch before ended. The first ``offset`` letters of each stream are left
    out, so that pieces do not end at the same places in every epoch, and at its end what fills no piece.
    """
    streams, steps = checks.sizes(streams=streams, steps=steps)
    offset, stream = checks.whole("offset", offset, 0), torch.from_numpy(checks.integers("stream", stream))
    length = max(0, len(stream) - 1) // streams
    if length < offset + steps:
        raise ValueError(f"stream must give {streams} times {offset} + {steps} letters and one more, got {len(stream)}")
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
    cycle: bool = True,
    validate: Callable[[nn.Module], float] | None = None,
    seed: int = 0,
    progress: bool = True,
) -> train.History:
    """Train in place by truncated backpropagation: the state is carried from piece to piece, the gradient is not.

    Args:
        text: read as ``streams`` streams side by side, in pieces of ``steps`` letters.
        cycle: the learning rate rises to ``learning_rate`` and falls to zero again; else it stays there.
        validate: as of `train.fit`, which does the rest.
    """
    model = _writer(model)
    stream = encode(text, model.alphabet)
    (cycle,) = check_flags(cycle=cycle)
    streams, steps, epochs = checks.sizes(streams=streams, steps=steps, epochs=epochs)
    checks.positive(learning_rate=learning_rate)
    checks.number("weight_decay", weight_decay, "0 to 1", lambda value: 0 <= value <= 1)
    seed = checks.whole("seed", seed, 0)
    per_epoch = (len(stream) - 1) // streams // steps - 1
    if per_epoch < 1:
        raise ValueError(f"text must hold more than {2 * streams * steps} letters, got {len(stream)}")
    optimizer = torch.optim.AdamW(model.parameters(), learning_rate, weight_decay=weight_decay)
    if cycle:
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=epochs * per_epoch + 1)
    rng = np.random.default_rng(seed)
    carried: State | None = None

    def batches(epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        nonlocal carried
        carried = None
        pieces = chunks(stream, streams, steps, int(rng.integers(steps)))
        for _, piece in zip(range(per_epoch), pieces, strict=False):
            yield piece
            if cycle:
                schedule.step()

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        nonlocal carried
        scores, state = model(batch[0], carried)
        carried = tuple(part.detach() for part in state)  # values go on, gradients end here
        return cross_entropy(scores.flatten(0, 1), batch[1].flatten())

    return train.fit(
        model, loss, batches, epochs=epochs, validate=validate, optimizer=optimizer, seed=seed, progress=progress
    )


# --- What it costs, and what it knows


@torch.no_grad()
def letter_bits(model: LanguageModel, texts: Sequence[str], *, steps: int = 500) -> list[np.ndarray]:
    """What each letter of each text costs, -log2 of its probability: one array (T,) for each text.

    The texts are read side by side, each from its first letter on with a state of zeros; ``steps`` letters at once, so
    that long texts need little memory.
    """
    found, texts = [], checks.texts("texts", texts)
    for chances, text in zip(predictions(model, texts, steps=steps), texts, strict=True):
        numbers = encode(text, _writer(model).alphabet).numpy()
        found.append(-np.log2(np.maximum(chances[np.arange(len(numbers)), numbers], 1e-38)))
    return found


@torch.no_grad()
def predictions(
    model: LanguageModel, texts: Sequence[str], *, steps: int = 500, silent: Sequence[int] = ()
) -> list[np.ndarray]:
    """The probabilities of every letter at every place, from what stands before it: one array (T, V) for each text.

    Args:
        silent: units whose h is zero at every step, for the head and for the recurrence (a lesion).
    """
    texts = checks.texts("texts", texts)
    rows = [_encoded("texts", START + text, _writer(model).alphabet)[:-1] for text in texts]
    silent = checks.integers("silent", silent, 0, model.lstm.hidden_size - 1)
    if not rows or not max(map(len, rows)):
        raise ValueError(f"texts must hold at least one letter, got {texts!r:.60}")
    (steps,) = checks.sizes(steps=steps)
    padded = pad_sequence(rows, batch_first=True)  # padding stands at the end, and what follows a text is cut off
    lesioned = without(model, silent).eval()
    found, state = [], None
    for start in range(0, padded.shape[1], steps):
        scores, state = lesioned(padded[:, start : start + steps], state)
        found.append(_numbers(scores.softmax(-1)))
    chances = np.concatenate(found, axis=1)
    return [chances[row, : len(numbers)] for row, numbers in enumerate(rows)]


def without(model: LanguageModel, units: Sequence[int]) -> LanguageModel:
    """A copy whose given units tell nobody anything: what reads their h, there and one step on, has weight 0."""
    units = torch.from_numpy(checks.integers("units", units, 0, _writer(model).lstm.hidden_size - 1))
    copied = copy.deepcopy(_of_own_weights(model) if len(units) or has_hooks(_writer(model).lstm) else _writer(model))
    if len(units):
        with torch.no_grad():
            copied.lstm.weight_hh_l0[:, units] = 0
            (copied.head if copied.narrow is None else copied.narrow).weight[:, units] = 0
    return copied


@torch.no_grad()
def states(model: LanguageModel, texts: Sequence[str], *, steps: int = 500) -> list[np.ndarray]:
    """The cell state c after each letter of each text, (T, H) each; the letter itself has been read.

    The texts are read side by side, ``steps`` letters at once, as by `letter_bits`.
    """
    model = _writer(model)
    rows = [_encoded("texts", text, model.alphabet) for text in checks.texts("texts", texts)]
    if not rows or not max(map(len, rows)):
        raise ValueError(f"texts must hold at least one letter, got {texts!r:.60}")
    (steps,) = checks.sizes(steps=steps)
    padded = pad_sequence(rows, batch_first=True)
    found, state = [], None
    for start in range(0, padded.shape[1], steps):
        trace = trace_gates(model.lstm, model.embedding(padded[:, start : start + steps]), state)
        found.append(trace.c[0, 0])  # (steps, B, H)
        state = trace.h[0, :, -1], trace.c[0, :, -1]
    cells = _numbers(torch.cat(found))
    return [cells[: len(numbers), row] for row, numbers in enumerate(rows)]


def adapted_bits(model: LanguageModel, text: str, *, learning_rate: float = 0.2, steps: int = 50) -> np.ndarray:
    """What each letter costs while the model goes on learning: dynamic evaluation (Krause et al. 2018), (T,).

    A piece of ``steps`` letters is predicted first, and learned after that, by plain gradient descent; the model that
    is given stays as it was.
    """
    checks.number("learning_rate", learning_rate, "from 0 to 1000", lambda value: 0 < value <= 1000)
    (steps,) = checks.sizes(steps=steps)
    if not checks.text("text", text):
        raise ValueError("text must hold at least one letter, got an empty one")
    model = _copied(model)
    numbers = encode(START + text, model.alphabet)
    optimizer = torch.optim.SGD(model.parameters(), learning_rate)
    costs, state = [], None
    for start in range(0, len(numbers) - 1, steps):
        piece = numbers[start : start + steps + 1]
        scores, state = model(piece[None, :-1], state)
        state = tuple(part.detach() for part in state)
        losses = cross_entropy(scores[0], piece[1:], reduction="none")
        costs.append(_numbers(losses.detach()) / math.log(2))
        optimizer.zero_grad()
        losses.mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return np.concatenate(costs)


# --- Writing


def reshape(chances: np.ndarray, *, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> np.ndarray:
    """Probabilities made sharper or cut, (V,) to (V,): what sampling draws from.

    Args:
        temperature: below 1 the likely ones gain, above 1 the others; 0 leaves the first of the likeliest alone.
        top_k: keep the k likeliest; 0 keeps all.
        top_p: keep the fewest likeliest whose sum reaches p.
    """
    checks.number("temperature", temperature, "0 or more, and finite", lambda value: 0 <= value < math.inf)
    top_k = checks.whole("top_k", top_k, 0)
    checks.number("top_p", top_p, "above 0 and at most 1", lambda value: 0 < value <= 1)
    chances = checks.array("chances", chances, 1).astype(np.float64)
    if not len(chances) or not (chances >= 0).all() or not 0 < chances.sum() < np.inf:
        raise ValueError(f"chances must be probabilities, (V,), got {chances!r:.60}")
    order = np.argsort(-chances, kind="stable")
    with np.errstate(divide="ignore"):
        scores = np.log(chances[order]) / max(temperature, 1e-9)
    sharp = np.exp(scores - scores[0])
    sharp /= sharp.sum()
    kept = 1 if temperature == 0 else min(top_k or len(order), len(order))
    if top_p < 1:  # a sum may miss 1 by its rounding, and the rarest letters would be lost
        kept = min(kept, int(np.searchsorted(np.cumsum(sharp), top_p - 1e-12)) + 1)
    found = np.zeros(len(order))
    found[order[:kept]] = sharp[:kept] / sharp[:kept].sum()
    return found


@torch.no_grad()
def write(model: LanguageModel, begin: str, letters: int, *, seed: int = 0, **how: float) -> str:
    """Go on after a beginning, letter by letter, each drawn from `reshape` of its probabilities; ``how`` as there."""
    rng = np.random.default_rng(checks.seed(seed))
    letters = checks.whole("letters", letters, 0, MOST_WRITTEN)
    reshape(np.ones(1), **how)  # is it such as that takes?
    model = _copied(model)
    scores, state = model(encode(START + checks.text("begin", begin), model.alphabet)[None])
    written = []
    for _ in range(letters):
        chances = reshape(_numbers(scores[0, -1].double().softmax(0)), **how)
        number = int(rng.choice(len(chances), p=chances))
        written.append(model.alphabet[number])
        scores, state = model(torch.tensor([[number]]), state)
    return "".join(written)


# --- Eight bits, and files


def in_eight_bits(model: LanguageModel) -> tuple[LanguageModel, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """The model with every matrix rounded to 255 steps a row, and the steps themselves.

    Returns:
        A copy that computes with the rounded weights in 32 bits, and for each matrix its whole numbers, (rows, columns)
        int8, and the size of a step for each row, (rows,) float32. Biases stay as they are.
    """
    rounded, codes = copy.deepcopy(_plain(model)).eval(), {}
    with torch.no_grad():
        for name, weight in rounded.named_parameters():
            if weight.ndim < 2:
                continue
            scale = (weight.abs().amax(1).clamp(min=1e-12) / 127).float()
            steps = (weight / scale[:, None]).round()
            codes[name] = steps.to(torch.int8).numpy(), scale.numpy()
            weight.copy_(steps * scale[:, None])
    return rounded, codes


def save(model: LanguageModel, path: str | Path, **notes: str) -> None:
    """Write weights, alphabet, sizes and some notes as one safetensors file: numbers and text only.

    Raises:
        FileNotFoundError: if the folder is not there.
    """
    for name, note in notes.items():
        checks.letters(name, note)
    if taken := sorted(notes.keys() & {"alphabet", "sizes"}):
        raise ValueError(f"notes must have names that `save` has not taken, got {', '.join(taken)}")
    model = _plain(model)
    sizes = {"embedding_size": model.embedding.embedding_dim, "hidden_size": model.lstm.hidden_size}
    metadata = {"alphabet": model.alphabet, "sizes": json.dumps(sizes | {"tied": model.narrow is not None})}
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    if model.narrow is not None:
        del weights["head.weight"]  # the embedding's
    write_whole(checks.path("path", path), serialize(weights, metadata=metadata | notes))


def load(path: str | Path) -> tuple[LanguageModel, dict[str, str]]:
    """Read what `save` wrote: the model in evaluation mode, and the notes; nothing in the file is executed.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is none of `save`.
    """
    path = checks.path("path", path, "a safetensors file")
    try:
        with safe_open(path, framework="pt") as file:
            notes = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}
        with torch.device("meta"):  # whatever sizes the file names, nothing is reserved for them
            model = LanguageModel(notes.pop("alphabet"), **json.loads(notes.pop("sizes")))
        if model.narrow is not None:
            weights["head.weight"] = weights["embedding.weight"]
        model.load_state_dict({name: value.float() for name, value in weights.items()}, assign=True)
        if model.narrow is not None:
            model.head.weight = model.embedding.weight
        _plain(model)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path.name} must be written by `save`: {error}") from None
    return model.eval(), notes


def trained() -> tuple[LanguageModel, dict[str, str]]:
    """The stored model of the lesson on language models, and how it was trained; see ``language_model.md``."""
    with resources.as_file(resources.files(__package__) / "language_model.safetensors") as path:
        return load(path)


def recorded() -> dict[str, Any]:
    """What models of several seeds, and small ones with one thing changed, cost on each held-out file.

    ``seeds`` and ``changes`` hold by seed the bits a letter on the ``validation`` files after each epoch, and on each
    ``test`` file; see ``language_model.md``.
    """
    text = resources.files(__package__).joinpath("language_model_study.json").read_text(encoding="utf-8")
    return json.loads(text)
