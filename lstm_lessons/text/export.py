"""Ship a text classifier: save it safely, export it to ONNX, make it small, prove it equal.

``save`` and ``load`` keep weights and what belongs to them in a safetensors file. ``export`` writes an ONNX file for
batches of any size and texts of any length, ``quantize`` turns its weights into 8 bits, and ``parity`` says what that
cost. `lstm_lessons.text.predict` runs the result without torch; ``python -m lstm_lessons.text.export MODEL.safetensors
"a phrase"`` is its twin.

Letters in the shapes: B texts, T letters of the longest one, E numbers of an embedding, H units a direction, K classes.
What does not fit raises a ValueError, what is of another kind a TypeError.
"""

import contextlib
import functools
import json
import logging
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialize
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_lessons import checks, sequences
from lstm_lessons.cell import check_flags, has_hooks
from lstm_lessons.files import write_whole
from lstm_lessons.text import predict
from lstm_lessons.text.classifier import TextClassifier, TrainedClassifier
from lstm_lessons.text.predict import Runner
from lstm_lessons.text.tokenizer import checked_batch, finite_scores
from lstm_lessons.train import History

QUANTIZED_LSTM = "DynamicQuantizeLSTM"  # ONNX Runtime's name of an LSTM with 8-bit weights
_OPSET = 20
_SIZES = ("embedding_size", "hidden_size", "pool")


class NotQuantized(RuntimeError):
    """An LSTM of the graph still computes with 32 bits."""


def plain(model: nn.Module) -> TextClassifier:
    """A `TextClassifier` that its weights tell all about; of a compiled one, the original.

    No subclass, and none that was quantized, pruned, parametrized, turned into another dtype, or
    given hooks: it would be saved or exported as another model than it is.
    """
    model = getattr(model, "_orig_mod", model)
    checks.kind("model", model, "a TextClassifier", type(model) is TextClassifier)
    checks.parts("model", model, "embedding", "lstm", "head")
    if not hasattr(model.lstm, "hidden_size"):
        raise ValueError(f"model must have an LSTM of torch.nn or lstm_lessons.cell, got {type(model.lstm).__name__}")
    letters, size = model.embedding.num_embeddings, model.embedding.embedding_dim
    sizes = letters, model.head.out_features, size, model.lstm.hidden_size
    with torch.device("meta"):
        expected = TextClassifier(*sizes, pool=model.pool).state_dict()
    found = model.state_dict()
    for name in sorted(expected.keys() | found.keys()):
        got = found.get(name)
        is_right = isinstance(got, Tensor) and name in expected and got.dtype == torch.float32
        if not is_right or got.shape != expected[name].shape:
            raise ValueError(
                "model must hold the float32 weights of a TextClassifier, neither quantized nor "
                f"pruned, got {getattr(got, 'dtype', 'none or another kind')} for {name}"
            )
    if any(value.is_meta or not value.isfinite().all() for value in found.values()):
        raise ValueError("model must have finite weights, got NaN or infinity, or none on the device meta")
    if any(map(has_hooks, model.modules())):
        raise ValueError("model must have no forward hooks: they do not travel with its weights")
    return model


def save(classifier: TrainedClassifier, path: str | Path) -> None:
    """Write weights, sizes, alphabet and classes as one safetensors file: numbers and text only.

    Raises:
        FileNotFoundError: if the folder of ``path`` does not exist.
    """
    checks.kind("classifier", classifier, "a TrainedClassifier", isinstance(classifier, TrainedClassifier))
    path, model = checks.path("path", path), plain(classifier.model)
    sizes = (model.embedding.embedding_dim, model.lstm.hidden_size, model.pool)
    metadata = _metadata(classifier) | dict(zip(_SIZES, map(json.dumps, sizes), strict=True))
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    write_whole(path, serialize(weights, metadata=metadata))


def load(path: str | Path) -> TrainedClassifier:
    """Read what `save` wrote, in evaluation mode, without a history; nothing in it is executed.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no safetensors file, or not one of `save`.
    """
    path = checks.path("path", path, "a safetensors file")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}
    except SafetensorError as error:
        raise ValueError(f"path must be a safetensors file, {path.name} is none: {error}") from None
    letters, classes, longest, *sizes, pool = predict.carried_by(path, metadata, *_SIZES)
    try:
        with torch.device("meta"):  # whatever sizes the file names, nothing is reserved for them
            model = TextClassifier(len(letters) + 2, len(classes), *sizes, pool=pool)
        model.load_state_dict(weights, assign=True)
        plain(model)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path.name} must be written by `save`: {error}") from None
    return TrainedClassifier(model.eval(), letters, classes, History(), longest)


def _metadata(classifier: TrainedClassifier) -> dict[str, str]:
    """What every file carries beside the weights, as JSON."""
    model = plain(classifier.model)
    sizes = model.embedding.num_embeddings - 2, model.head.out_features
    if sizes != (len(classifier.letters), len(classifier.classes)):
        raise ValueError(
            f"letters and classes must be as many as the model knows, {sizes[0]} and {sizes[1]}, "
            f"got {len(classifier.letters)} and {len(classifier.classes)}"
        )
    values = (classifier.letters, classifier.classes, classifier.longest)
    metadata = dict(zip(predict.METADATA, map(json.dumps, values), strict=True))
    if predict.carried_by(Path("classifier"), metadata)[0] != classifier.letters:  # JSON makes texts of numbers
        raise ValueError(f"letters must be texts of one letter, got {checks.shown(list(classifier.letters))}")
    return metadata


def gates_for_onnx(weight: Tensor) -> Tensor:
    """The four blocks of a weight or bias, (4H, ...), from PyTorch's order to that of ONNX.

    PyTorch stacks i, f, g, o; the operator LSTM of ONNX stacks i, o, f, and g, which it calls c.
    """
    i, f, g, o = weight.chunk(4)
    return torch.cat([i, o, f, g])


class ForONNX(nn.Module):
    """A `TextClassifier` in the form that is exported. It cannot be run by torch itself.

    The model flips rows within their lengths; the operator LSTM of ONNX reads the lengths instead, so one operator does
    the work of both directions.

    The model is in evaluation mode, and such as `plain` takes it.
    """

    def __init__(self, model: TextClassifier) -> None:
        super().__init__()
        model = plain(model)
        if model.training:
            raise ValueError("model must be in evaluation mode, got one in training mode")
        self.model = model
        self.eval()

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        """Scores, (B, K), of numbers (B, T) int64 and lengths (B,) int64."""
        (batch, steps), hidden = numbers.shape, self.model.lstm.hidden_size
        x = self.model.embedding(numbers).transpose(0, 1)  # (T, B, E): time first, as ONNX wants
        bias = torch.cat([self._both("bias_ih"), self._both("bias_hh")], dim=1)  # (2, 8H)
        states = (2, batch, hidden)
        output, h_n, _ = torch.onnx.ops.symbolic_multi_out(
            "LSTM",
            [x, self._both("weight_ih"), self._both("weight_hh"), bias, lengths.to(torch.int32)],
            {"hidden_size": hidden, "direction": "bidirectional"},
            dtypes=[x.dtype] * 3,
            shapes=[(steps, 2, batch, hidden), states, states],
            version=_OPSET,
        )
        output, h_n = output.permute(2, 0, 1, 3).flatten(2), h_n.transpose(0, 1).flatten(1)
        return self.model.head(sequences.pool(self.model.pool, output, h_n, lengths))

    def _both(self, name: str) -> Tensor:
        """One weight of both directions, gates in the order of ONNX: (2, 4H, ...)."""
        lstm = self.model.lstm
        halves = getattr(lstm, f"{name}_l0"), getattr(lstm, f"{name}_l0_reverse")
        return torch.stack([gates_for_onnx(half) for half in halves])


def export(classifier: TrainedClassifier, path: str | Path) -> None:
    """Write a classifier as an ONNX file that takes any B and any T, 32-bit floating point.

    Its inputs are ``numbers``, (B, T) int64, and ``lengths``, (B,) int64; its output is ``scores``, (B, K). Alphabet,
    classes and the longest text are in its metadata.

    Raises:
        FileNotFoundError: if the folder of ``path`` does not exist.
    """
    checks.kind("classifier", classifier, "a TrainedClassifier", isinstance(classifier, TrainedClassifier))
    path = checks.path("path", path)
    _metadata(classifier)  # what is wrong with it is said before the work
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.onnx"
        export_raw(classifier.model, raw)
        finish(raw, path, classifier)


def export_raw(model: TextClassifier, path: str | Path) -> None:
    """The first half of `export`: the graph as torch writes it, to be finished by `finish`."""
    any_size = torch.export.Dim.AUTO  # torch before 2.15 may freeze a named T where nn.LSTM is exported
    example = torch.ones(3, 7, dtype=torch.int64), torch.tensor([7, 4, 2])
    with quiet():
        torch.onnx.export(
            ForONNX(model),
            example,
            path,
            dynamo=True,
            verbose=False,
            external_data=False,  # one file
            opset_version=_OPSET,
            input_names=["numbers", "lengths"],
            output_names=["scores"],
            dynamic_shapes={"numbers": {0: any_size, 1: any_size}, "lengths": {0: any_size}},
        )


def finish(raw: str | Path, path: str | Path, classifier: TrainedClassifier) -> None:
    """Compute what depends on no input, add what must travel, leave out where it was made.

    Without the first the quantizer would not find the LSTM's weights, but only the operators that make them. The
    exporter notes the file and line behind each operator, with the folders of your machine; those stay here.
    """
    import onnx  # where they are needed, so that the twin of `predict` starts with torch alone
    import onnxruntime

    # Not `quant_pre_process`: in ONNX Runtime 1.24 to 1.29 it writes the graph as it was if no shapes are asked for.
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "optimized.onnx")
        onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])
        model = onnx.load(options.optimized_model_filepath)
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
    del graph.value_info[:]
    onnx.helper.set_model_props(model, _metadata(classifier))
    write_whole(Path(path), model.SerializeToString())


def quantize(source: str | Path, target: str | Path, *, signed: bool = False, per_channel: bool = False) -> None:
    """Turn the weights of an ONNX model into 8 bits; activations are quantized as they come.

    The target is written when all went well.

    Args:
        signed: the weights of embedding and head from -127 to 127 instead of 0 to 255; ONNX Runtime makes those of an
            LSTM signed in any case. With signed ones its sums may saturate on processors that have AVX2 or AVX-512
            without VNNI.
        per_channel: a scale for each row of a weight instead of one for all.

    Raises:
        FileNotFoundError: if there is no ``source``, or no folder for ``target``.
        ValueError: if the source is no ONNX model, or a damaged one.
        NotQuantized: if an LSTM is left with 32 bits. Nothing else would tell you: such a model runs, and is as slow
            and nearly as large as before.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = checks.path("target", target)
    signed, per_channel = check_flags(signed=signed, per_channel=per_channel)
    operators(source, "source")  # is it an ONNX file at all?
    if target.exists() and target.samefile(source):
        raise ValueError(f"target must be another file than source, got {target.name} twice")
    weight_type = QuantType.QInt8 if signed else QuantType.QUInt8
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.onnx"
        try:
            with quiet():
                quantize_dynamic(str(source), str(small), weight_type=weight_type, per_channel=per_channel)
        except OSError:
            raise
        except Exception as error:  # what ONNX Runtime raises for a graph with missing parts has no base but this
            reason = str(error).partition("\n")[0]
            raise ValueError(f"source must be a whole ONNX model, {Path(source).name} is damaged: {reason}") from None
        found = operators(small)
        if found["LSTM"] or not found[QUANTIZED_LSTM]:
            raise NotQuantized(
                f"{target.name} must hold {QUANTIZED_LSTM} and no LSTM; it holds "
                f"{found[QUANTIZED_LSTM]} and {found['LSTM']}. Is {Path(source).name} from `export`?"
            )
        write_whole(target, small.read_bytes())


def operators(path: str | Path, name: str = "path") -> Counter[str]:
    """How often each operator stands in an ONNX file; ``name`` is the caller's for it.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    import onnx

    path = checks.path(name, path, "an ONNX file")
    try:
        found = Counter(node.op_type for node in onnx.load(str(path)).graph.node)
    except Exception as error:  # protobuf's errors share no base but this
        raise ValueError(f"{name} must be an ONNX model, {path.name} is none: {error}") from None
    if not found:  # an empty file is a model of nothing
        raise ValueError(f"{name} must be an ONNX model, {path.name} holds no operators")
    return found


class Stored(NamedTuple):
    """A weight as a file holds it: it stands for ``scale * (numbers - zero)``."""

    numbers: np.ndarray  #: int8 or uint8, or the float32 weight itself.
    scale: float  #: 1 for a float32 weight.
    zero: int  #: the number that stands for 0.


def stored(path: str | Path) -> dict[str, Stored]:
    """The weights in a file of `finish` or `quantize`, by their names in torch and in its order of gates.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no such file, or its weights have a scale for each row.
    """
    import onnx

    operators(path)  # is it an ONNX file at all?
    graph = onnx.load(str(path)).graph
    arrays = {part.name: onnx.numpy_helper.to_array(part) for part in graph.initializer}
    found = {}
    try:
        for name in ("embedding.weight", "head.weight", "head.bias"):
            (key,) = (k for k in arrays if name in k and not k.endswith(("_scale", "_zero_point")))
            scale, zero = (arrays.get(key.removesuffix("_quantized") + end, n) for end, n in _CODES)
            turned = any(
                key in node.input and node.op_type.startswith("MatMul") for node in graph.node
            )  # Gemm turns it
            found[name] = Stored(arrays[key].T if turned else arrays[key], float(scale), int(zero))
        (lstm,) = (node for node in graph.node if node.op_type in ("LSTM", QUANTIZED_LSTM))
        for place, name in enumerate(("weight_ih_l0", "weight_hh_l0"), 1):
            for direction, end in enumerate(("", "_reverse")):
                weight, scale, zero = arrays[lstm.input[place]][direction], 1.0, 0
                if lstm.op_type == QUANTIZED_LSTM:
                    weight = weight.T
                    scale, zero = (arrays[lstm.input[2 * place + n]][direction] for n in (6, 7))
                i, o, f, g = np.split(weight, 4)
                found[f"lstm.{name}{end}"] = Stored(np.concatenate([i, f, g, o]), float(scale), int(zero))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        name = Path(path).name
        raise ValueError(f"path must be a file of `export` or `quantize`, {name} is none: {error}") from None
    return found


_CODES = (("_scale", 1.0), ("_zero_point", 0))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what the exporter and the quantizer say about themselves."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@dataclass(frozen=True)
class Parity:
    """What a variant costs, against the scores of the model that was trained."""

    accuracy: float  #: share of the texts whose class is found, between 0 and 1.
    lost: float  #: points of accuracy lost, in percent; below 0 if some are gained.
    agreement: float  #: share of the texts on which both say the same, between 0 and 1.
    error: float  #: largest difference of a score.


def parity(scores: np.ndarray, reference: np.ndarray, labels: np.ndarray) -> Parity:
    """What a variant costs: its scores and those of the trained model, (N, K) each, labels (N,).

    Raises:
        ValueError: if the shapes do not fit, there is no text, or a score is not finite.
    """
    scores, reference = checks.array("scores", scores), checks.array("reference", reference)
    labels = checks.array("labels", labels, 1)
    if not scores.size or scores.ndim != 2 or scores.shape != reference.shape or len(scores) != len(labels):
        raise ValueError(
            f"scores must have the shape of reference, (N, K) with N = {len(labels)} labels; "
            f"got {scores.shape} and {reference.shape}"
        )
    if not ((np.abs(scores) < 1e30).all() and (np.abs(reference) < 1e30).all()):  # NaN is not
        raise ValueError("scores and reference must be finite and below 1e30, got NaN, infinity or more")
    said, expected = scores.argmax(1), reference.argmax(1)
    accuracy = float((said == labels).mean())
    return Parity(
        accuracy=accuracy,
        lost=100 * (float((expected == labels).mean()) - accuracy),
        agreement=float((said == expected).mean()),
        error=float(np.abs(scores - reference).max()),
    )


def in_batches(runner: Runner, numbers: np.ndarray, lengths: np.ndarray, batch_size: int = 32) -> np.ndarray:
    """Scores of many texts, (N, K), from numbers (N, T) and lengths (N,), batch by batch.

    Each batch is cut to its own longest text, so that T differs from batch to batch.
    """
    checks.kind("runner", runner, "a function of numbers and lengths", callable(runner))
    (batch_size,) = checks.sizes(batch_size=batch_size)
    numbers = checks.array("numbers", numbers, 2, "iu")
    lengths = checks.integers("lengths", lengths, 1, numbers.shape[1])
    if len(lengths) != len(numbers) or not len(lengths):
        raise ValueError(f"lengths must be one for each of {len(numbers)} texts, got {len(lengths)}")
    parts = []
    for start in range(0, len(numbers), batch_size):
        part = slice(start, start + batch_size)
        parts.append(runner(numbers[part, : lengths[part].max()], lengths[part]))
    return np.concatenate(parts)


def lean_scores(model: TextClassifier, numbers: Tensor, lengths: Tensor) -> Tensor:
    """Scores, (B, K), by ``nn.LSTM`` itself: dense if all lengths are equal, else packed.

    The fastest way in torch for a single text, and the one that works for a model of `quantize_in_torch`, whose LSTM
    has no weights to flip rows with.
    """
    checks.kind("model", model, "a TextClassifier", isinstance(model, TextClassifier))
    if model.embedding.weight.is_meta:
        raise ValueError("model must hold numbers, got one on the device meta")
    checked = checked_batch(numbers, lengths, model.embedding.num_embeddings)
    numbers, lengths = map(torch.from_numpy, checked)
    x = model.embedding(numbers)  # (B, T, E)
    if int(lengths.min()) == numbers.shape[1] and model.lstm.batch_first:
        output, (h_n, _) = model.lstm(x)
    else:
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, (h_n, _) = model.lstm(packed)
        output, _ = pad_packed_sequence(output, batch_first=True)
    final = sequences.final_states(h_n, 1)
    return finite_scores(model.head(sequences.pool(model.pool, output, final, lengths)))


def quantize_in_torch(model: TextClassifier) -> nn.Module:
    """A copy whose LSTM and linear layer have 8-bit weights, by the deprecated ``torch.ao``.

    Raises:
        NotQuantized: if its LSTM is not ``torch.nn.LSTM``; torch would leave it as it is.
    """
    model = plain(model)
    small = torch.ao.quantization.quantize_dynamic(model, {nn.LSTM, nn.Linear}, dtype=torch.qint8)
    if type(small.lstm) is type(model.lstm):
        raise NotQuantized(f"model.lstm must be torch.nn.LSTM, got {type(model.lstm)}")
    return small


WAYS = ("as trained", "lean", "int8")


def runner(path: str, way: str) -> Runner:
    """A model of `save` as a function of NumPy arrays, on one thread, for `benchmark.processes`.

    Args:
        path: a safetensors file.
        way: ``"as trained"`` pads and flips, ``"lean"`` is `lean_scores`, ``"int8"`` is the same on a model of
            `quantize_in_torch`.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    checks.one_of("way", way, WAYS)
    model = load(path).model
    if way == "int8":
        with quiet():
            model = quantize_in_torch(model)
    program = model if way == "as trained" else functools.partial(lean_scores, model)
    torch.set_num_threads(1)  # last: what is refused leaves them as they were

    def scores(numbers: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return program(numbers, lengths).numpy()

    return scores


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of `lstm_lessons.text.predict`, for a model of `save`."""
    torch.set_num_threads(1)
    description = "Name the class of a text, by torch and a model in a safetensors file."
    predict.main(arguments, load=load, description=description)


if __name__ == "__main__":
    main()
