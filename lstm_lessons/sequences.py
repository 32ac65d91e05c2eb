"""Batches of sequences that differ in length: padding, masks, pooling and length buckets.

Symbols: B sequences, T steps of the longest one, I features a step, H hidden units. PyTorch already packs
(``torch.nn.utils.rnn``); here is what it leaves to its users. What does not fit raises a ValueError that names the
argument.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_sequence

from lstm_lessons import checks
from lstm_lessons.cell import LSTM, check_lstm, check_tensor, is_dense, weights_of

Pool = Literal["final", "mean", "max", "final and max"]
POOLS: tuple[Pool, ...] = ("final", "mean", "max", "final and max")


def pad(sequences: Sequence[Tensor | np.ndarray]) -> tuple[Tensor, Tensor]:
    """Fill sequences with zeros up to the longest one: (T_n, I) each, T_n ≥ 1, to (B, T, I).

    Beside the batch come the true lengths, (B,) int64 on the CPU, where packing wants them.
    """
    try:
        checks.in_order("sequences", sequences, "a list of tensors or arrays")
        listed = checks.listed("sequences", sequences, "a list of tensors or arrays")
        tensors = [_tensor(f"sequences[{n}]", one) for n, one in enumerate(listed)]
    except TypeError as error:
        raise ValueError(f"sequences must be tensors or arrays of numbers: {error}") from None
    if not tensors:
        raise ValueError("sequences must hold at least one sequence, got none")
    first = tensors[0]
    if not all(is_dense(one) and one.device == first.device for one in tensors):
        raise ValueError("sequences must be dense and on one device, got sparse or nested ones, or several devices")
    if any(one.dtype.itemsize == 1 and one.is_floating_point() for one in tensors):
        raise ValueError(f"sequences must hold plain numbers, got {first.dtype}")
    width = max(1, first.shape[1]) if first.ndim == 2 else "I"
    for n, tensor in enumerate(tensors):
        is_sequence = tensor.ndim == 2 and len(tensor) and tensor.shape[1] == width
        if not is_sequence or tensor.dtype != first.dtype:
            advice = "; one number a step is I = 1: [:, None]" if tensor.ndim == 1 else ""
            raise ValueError(
                f"sequences[{n}] must have the shape (T ≥ 1, {width}) and {first.dtype}, "
                f"got {tuple(tensor.shape)} and {tensor.dtype}{advice}"
            )
    lengths = torch.tensor([len(tensor) for tensor in tensors])
    return pad_sequence(tensors, batch_first=True), lengths


def _tensor(name: str, one: object) -> Tensor:
    """A sequence as a tensor."""
    if isinstance(one, np.ndarray) or hasattr(one, "__array__") and not isinstance(one, Tensor):
        return torch.from_numpy(checks.array(name, one, kinds="biufc").copy())  # some arrays cannot be written to
    try:
        return torch.as_tensor(one)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"sequences must be tensors or arrays of numbers: {name}: {error}") from None


def pack(sequences: Sequence[Tensor | np.ndarray]) -> PackedSequence:
    """Pack sequences of shape (T_n, I), in any order of length, for an LSTM."""
    padded, lengths = pad(sequences)
    return pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)


Lengths = Tensor | np.ndarray | Sequence[int]
"""True lengths, one whole number a sequence, (B,), as packing takes them."""


def as_lengths(lengths: Lengths, steps: int | None = None) -> Tensor:
    """True lengths as a tensor, (B,) int64, where they are: one at least, each of 1 … ``steps``."""
    found = checks.integers("lengths", lengths, 1, steps)
    if not len(found):
        raise ValueError("lengths must hold one number for each sequence, got none")
    return torch.from_numpy(found).to(lengths.device if isinstance(lengths, Tensor) else "cpu")


def mask(lengths: Lengths, steps: int | None = None) -> Tensor:
    """True where a padded batch (B, T) holds data, False where it holds padding.

    T is ``steps``, or the longest length; the mask is on the device of ``lengths``.
    """
    steps = None if steps is None else checks.whole("steps", steps)
    lengths = as_lengths(lengths, steps)
    steps = steps or int(lengths.max())
    checks.room("lengths and steps", len(lengths), steps)
    return torch.arange(steps, device=lengths.device) < lengths[:, None]


def lengths_of(name: str, padded: Tensor, shape: str, lengths: Lengths) -> Tensor:
    """The lengths of a padded batch, on its device, after a check that the two fit."""
    got = tuple(padded.shape) if is_dense(padded) else type(padded).__name__
    if not is_dense(padded) or not (padded.ndim == 3 or "..." in shape and len(got) > 1):
        raise ValueError(f"{name} must have the shape {shape}, got {got}")
    found = as_lengths(lengths, padded.shape[1])
    if len(padded) != len(found):
        raise ValueError(f"{name} must have the shape {shape} with B = {len(found)} lengths, got {got}")
    return found.to(padded.device)


def last_valid(output: Tensor, lengths: Lengths) -> Tensor:
    """The output at the last true step of every sequence: (B, T, H) and (B,) to (B, H).

    This is the final state of a *forward* LSTM with ``batch_first=True``. Of a bidirectional one, the backward half at
    this step has seen a single step; use `final_states` there.
    """
    lengths = lengths_of("output", output, "(B, T, H)", lengths)
    return output[torch.arange(len(output), device=output.device), lengths - 1]


def mean_pool(output: Tensor, lengths: Lengths) -> Tensor:
    """Mean of the output over the true steps: (B, T, H) and (B,) to (B, H)."""
    return pool("mean", output, output, lengths_of("output", output, "(B, T, H)", lengths))


def max_pool(output: Tensor, lengths: Lengths) -> Tensor:
    """Largest output over the true steps, unit by unit: (B, T, H) and (B,) to (B, H)."""
    return pool("max", output, output, lengths_of("output", output, "(B, T, H)", lengths))


def pool(kind: Pool, output: Tensor, final: Tensor, lengths: Tensor) -> Tensor:
    """A whole sequence in one row, (B, H), by operations that ``torch.export`` can follow.

    An exported graph knows no lengths to compare: the sizes are checked where none is made.

    Args:
        kind: ``"final"`` takes ``final``, ``"mean"`` and ``"max"`` pool the output over the true steps, ``"final and
            max"`` puts the two side by side, (B, 2H).
        output: padded output of an LSTM with ``batch_first=True``, (B, T, H).
        final: what the LSTM knows at the end, (B, H); see `final_states`.
        lengths: true lengths, (B,).

    Raises:
        TypeError: if one of the last three is no tensor.
        ValueError: if the kind is unknown, or a shape is another.
    """
    if fault := not torch.compiler.is_exporting() and _pool_fault(kind, output, final, lengths):
        raise fault
    if kind == "final":
        return final
    lengths = lengths.to(output.device, torch.int64)[:, None]  # (B, 1)
    keep = (torch.arange(output.shape[1], device=output.device) < lengths)[..., None]  # (B, T, 1)
    if kind == "mean":
        return torch.where(keep, output, 0).sum(1) / lengths
    highest = torch.where(keep, output, -torch.inf).amax(1)
    return highest if kind == "max" else torch.cat([final, highest], dim=-1)


def _pool_fault(kind: object, output: object, final: object, lengths: object) -> TypeError | ValueError | None:
    """What is wrong with the arguments of `pool`, if anything is."""
    if not isinstance(kind, str) or kind not in POOLS:
        return ValueError(f"kind must be one of {', '.join(POOLS)}, got {checks.shown(kind)}")
    for name, value in {"output": output, "final": final, "lengths": lengths}.items():
        if not is_dense(value):
            return TypeError(f"{name} must be a tensor, a dense one, got {type(value).__name__}")
    if output.dim() != 3 or 0 in output.shape:
        return ValueError(f"output must have the shape (B, T, H), got {tuple(output.shape)}")
    B, _, H = output.shape
    for name, value, shape in (("final", final, (B, H)), ("lengths", lengths, (B,))):
        if tuple(value.shape) != shape and (name == "lengths" or "final" in kind):  # else it is not looked at
            return ValueError(f"{name} must have the shape {shape}, got {tuple(value.shape)}")
    if not output.is_floating_point() or output.device != final.device:
        return ValueError(f"output must hold floats on {final.device}, got {output.dtype} on {output.device}")
    if type(lengths) is not Tensor or lengths.is_meta or torch.compiler.is_compiling():
        return None  # it holds no numbers
    try:
        as_lengths(lengths, output.shape[1])
    except ValueError as error:
        return error
    return None


def final_states(h_n: Tensor, num_layers: int) -> Tensor:
    """The last layer's final hidden state, both directions side by side.

    From the h_n of an LSTM of ``num_layers`` layers, (layers · directions, B, H), to (B, directions · H).
    """
    (num_layers,) = checks.sizes(num_layers=num_layers)
    shape = tuple(h_n.shape) if is_dense(h_n) else type(h_n).__name__
    if not is_dense(h_n) or len(shape) != 3 or shape[0] not in (num_layers, 2 * num_layers):
        raise ValueError(f"h_n must have the shape (layers · directions, B, H) with {num_layers} layers, got {shape}")
    directions = h_n.shape[0] // num_layers
    return torch.cat(tuple(h_n[-directions:]), dim=-1)


def flip(padded: Tensor, lengths: Lengths) -> Tensor:
    """Reverse every row of (B, T, ...) within its true length; the padding stays behind it.

    Flipping twice gives ``padded`` again.
    """
    lengths = lengths_of("padded", padded, "(B, T, ...)", lengths)
    return padded[_turned(lengths, padded.shape[1])]


def _turned(lengths: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """The places of a padded batch, (B, 1) and (B, T), when every row is read backward."""
    times, lengths = torch.arange(steps, device=lengths.device), lengths[:, None]
    rows = torch.arange(len(lengths), device=lengths.device)[:, None]
    return rows, torch.where(times < lengths, lengths - 1 - times, times)


def run_padded(lstm: nn.LSTM | LSTM, padded: Tensor, lengths: Lengths) -> tuple[Tensor, Tensor]:
    """What an LSTM gives for the packed batch, computed without packing: pad and flip.

    A forward layer never sees the padding before its last true step. The reverse direction would start in it, so it
    gets every row flipped within its length and becomes a forward layer, too. On a CPU that is several times faster
    than packing: PyTorch hands dense batches to oneDNN, and leaves it as soon as one length differs (pytorch issue
    149194). What stands in the padding counts nowhere, nor does ``batch_first``.

    Returns:
        ``output``, (B, T, directions · H), zero in the padding, and ``h_n``, (layers · directions, B, H). The final
        cell states are not known: the dense call runs on into the padding and returns those of its end.

    Raises:
        TypeError: if ``lstm`` is no LSTM, or ``padded`` no tensor.
        ValueError: for an LSTM with ``proj_size`` or hooks (pruned, for example).
    """
    check_lstm(lstm)
    all_weights = weights_of(lstm)
    check_tensor("padded", padded, all_weights[0][0], ("B", "T", lstm.input_size))
    lengths = lengths_of("padded", padded, f"(B, T, {lstm.input_size})", lengths)
    turned = _turned(lengths, padded.shape[1]) if lstm.bidirectional else None
    last = torch.arange(len(padded), device=padded.device), lengths - 1
    keep = (torch.arange(padded.shape[1], device=padded.device) < lengths[:, None])[..., None]
    zeros = padded.new_zeros(1, len(padded), lstm.hidden_size)
    x, final = torch.where(keep, padded, 0), []  # a NaN in the padding would reach the gradients
    directions = 2 if lstm.bidirectional else 1
    for layer in range(lstm.num_layers):
        if layer:
            x = nn.functional.dropout(x, lstm.dropout, lstm.training)
        halves = []
        for weights in all_weights[layer * directions : (layer + 1) * directions]:
            backward = len(halves) == 1
            half = x[turned] if backward else x
            # The function behind nn.LSTM: biases, 1 layer, no dropout, one direction, batch first.
            half, _, _ = torch.lstm(half, (zeros, zeros), weights, lstm.bias, 1, 0.0, lstm.training, False, True)
            final.append(half[last])
            halves.append(half[turned] if backward else half)
        x = torch.cat(halves, dim=-1)
    return torch.where(keep, x, 0), torch.stack(final)


def length_buckets(lengths: Lengths, batch_size: int, *, seed: int, bucket: int = 20) -> list[np.ndarray]:
    """Indices of batches of similar length, in random order: little padding, still shuffled.

    The indices are shuffled, cut into buckets of so many batches, each bucket sorted by length, and the batches handed
    out in random order. Every index comes exactly once.

    Args:
        lengths: true lengths, (N,).
        batch_size: sequences a batch; the last batch may hold fewer.
        seed: of the shuffling; give another one each epoch.
        bucket: batches that are sorted together. 1 is plain shuffling; a larger bucket pads less and mixes less.
    """
    batch_size, bucket = checks.sizes(batch_size=batch_size, bucket=bucket)
    seed = checks.whole("seed", seed, 0)
    lengths = checks.integers("lengths", lengths)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), batch_size * bucket):
        together = order[start : start + batch_size * bucket]
        together = together[np.argsort(lengths[together], kind="stable")]
        batches += [together[k : k + batch_size] for k in range(0, len(together), batch_size)]
    return [batches[k] for k in rng.permutation(len(batches))]


def padding_share(lengths: Lengths, batches: Iterable[np.ndarray]) -> float:
    """Share of all padded steps that hold padding, between 0 and 1, of batches of indices."""
    lengths = as_lengths(lengths).cpu().numpy()
    batches = checks.listed("batches", batches, "arrays of indices")
    chosen = [lengths[checks.integers("batches", each, 0, len(lengths) - 1)] for each in batches]
    if not chosen or min(map(len, chosen)) == 0:
        raise ValueError("batches must hold at least one index each, got an empty one or none")
    return 1 - sum(each.sum() for each in chosen) / sum(len(each) * each.max() for each in chosen)
