"""Batches of sequences that differ in length: padding, masks, pooling and length buckets.

Symbols: B sequences, T steps of the longest one, I features a step, H hidden units.
PyTorch already packs (``torch.nn.utils.rnn``); here is what it leaves to its users.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_sequence

from lstm_lessons import checks

Pool = Literal["final", "mean", "max", "final and max"]
POOLS: tuple[Pool, ...] = ("final", "mean", "max", "final and max")


def pad(sequences: Sequence[Tensor | np.ndarray]) -> tuple[Tensor, Tensor]:
    """Fill sequences with zeros up to the longest one.

    Args:
        sequences: B tensors or arrays of shape (T_n, I), each with T_n ≥ 1.

    Returns:
        The padded batch of shape (B, T, I), and the true lengths, (B,) int64 on the
        CPU, where packing wants them.

    Raises:
        ValueError: if there is no sequence, or one has no step, or another I.
    """
    tensors = [torch.as_tensor(sequence) for sequence in sequences]
    if not tensors:
        raise ValueError("sequences must hold at least one sequence, got none")
    for n, tensor in enumerate(tensors):
        if tensor.ndim != 2 or len(tensor) == 0 or tensor.shape[1] != tensors[0].shape[-1]:
            raise ValueError(
                f"sequences[{n}] must have the shape (T ≥ 1, {tensors[0].shape[-1]}), "
                f"got {tuple(tensor.shape)}"
            )
    lengths = torch.tensor([len(tensor) for tensor in tensors])
    return pad_sequence(tensors, batch_first=True), lengths


def pack(sequences: Sequence[Tensor | np.ndarray]) -> PackedSequence:
    """Pack sequences of shape (T_n, I), in any order of length, for an LSTM.

    Raises:
        ValueError: as `pad`.
    """
    padded, lengths = pad(sequences)
    return pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)


def mask(lengths: Tensor, steps: int | None = None) -> Tensor:
    """True where a padded batch holds data, False where it holds padding.

    Args:
        lengths: true lengths, (B,) integers, each ≥ 1.
        steps: T of the padded batch; the longest length if not given.

    Returns:
        Booleans of shape (B, T), on the device of ``lengths``.

    Raises:
        ValueError: if a length is below 1 or above ``steps``.
    """
    if lengths.ndim != 1 or lengths.is_floating_point() or len(lengths) == 0:
        raise ValueError(
            f"lengths must be one integer a sequence, shape (B,), got {lengths.dtype} "
            f"of shape {tuple(lengths.shape)}"
        )
    steps = int(lengths.max()) if steps is None else steps
    if int(lengths.min()) < 1 or int(lengths.max()) > steps:
        raise ValueError(
            f"lengths must lie in 1..{steps}, got {int(lengths.min())}..{int(lengths.max())}"
        )
    return torch.arange(steps, device=lengths.device) < lengths[:, None]


def _check_output(output: Tensor, lengths: Tensor) -> None:
    """Refuse an output that is no (B, T, H), and lengths that do not fit it."""
    if output.ndim != 3 or len(output) != len(lengths):
        raise ValueError(
            f"output must have the shape (B, T, H) with B = {len(lengths)} lengths, "
            f"got {tuple(output.shape)}"
        )
    mask(lengths, output.shape[1])


def last_valid(output: Tensor, lengths: Tensor) -> Tensor:
    """The output at the last true step of every sequence.

    This is the final state of a *forward* LSTM. Of a bidirectional one, the backward
    half at this step has seen a single step; use `final_states` there.

    Args:
        output: padded output of an LSTM with ``batch_first=True``, (B, T, H).
        lengths: true lengths, (B,).

    Returns:
        Shape (B, H).

    Raises:
        ValueError: if the shapes do not fit.
    """
    _check_output(output, lengths)
    return output[torch.arange(len(output), device=output.device), lengths.to(output.device) - 1]


def mean_pool(output: Tensor, lengths: Tensor) -> Tensor:
    """Mean of the output over the true steps: (B, T, H) and (B,) to (B, H).

    Raises:
        ValueError: if the shapes do not fit.
    """
    _check_output(output, lengths)
    return pool("mean", output, output, lengths)


def max_pool(output: Tensor, lengths: Tensor) -> Tensor:
    """Largest output over the true steps, unit by unit: (B, T, H) and (B,) to (B, H).

    Raises:
        ValueError: if the shapes do not fit.
    """
    _check_output(output, lengths)
    return pool("max", output, output, lengths)


def pool(kind: Pool, output: Tensor, final: Tensor, lengths: Tensor) -> Tensor:
    """A whole sequence in one row of numbers, by operations that ``torch.export`` can follow.

    So the shapes are not checked here: an exported graph knows no lengths to compare.

    Args:
        kind: ``"final"`` takes ``final``, ``"mean"`` and ``"max"`` pool the output over the true
            steps, ``"final and max"`` puts the two side by side.
        output: padded output of an LSTM with ``batch_first=True``, (B, T, H).
        final: what the LSTM knows at the end, (B, H); see `final_states`.
        lengths: true lengths, (B,).

    Returns:
        Shape (B, H), or (B, 2H) for ``"final and max"``.
    """
    if kind == "final":
        return final
    lengths = lengths.to(output.device)[:, None]  # (B, 1)
    keep = (torch.arange(output.shape[1], device=output.device) < lengths)[..., None]  # (B, T, 1)
    if kind == "mean":
        return torch.where(keep, output, 0).sum(1) / lengths
    highest = torch.where(keep, output, -torch.inf).amax(1)
    return highest if kind == "max" else torch.cat([final, highest], dim=-1)


def final_states(h_n: Tensor, num_layers: int) -> Tensor:
    """The last layer's final hidden state, both directions side by side.

    Args:
        h_n: what an LSTM returns beside its output, (layers · directions, B, H).
        num_layers: layers of that LSTM.

    Returns:
        Shape (B, directions · H).

    Raises:
        ValueError: if the first axis of ``h_n`` is not one or two times ``num_layers``.
    """
    if h_n.ndim != 3 or h_n.shape[0] not in (num_layers, 2 * num_layers):
        raise ValueError(
            f"h_n must have the shape (layers · directions, B, H) with {num_layers} layers, "
            f"got {tuple(h_n.shape)}"
        )
    directions = h_n.shape[0] // num_layers
    return torch.cat(tuple(h_n[-directions:]), dim=-1)


def flip(padded: Tensor, lengths: Tensor) -> Tensor:
    """Reverse every row within its true length; the padding stays behind it.

    Args:
        padded: (B, T, ...).
        lengths: true lengths, (B,).

    Returns:
        The shape of ``padded``. Flipping twice gives ``padded`` again.

    Raises:
        ValueError: if the shapes do not fit.
    """
    if padded.ndim < 2 or len(padded) != len(lengths):
        raise ValueError(
            f"padded must have the shape (B, T, ...) with B = {len(lengths)} lengths, "
            f"got {tuple(padded.shape)}"
        )
    keep = mask(lengths, padded.shape[1]).to(padded.device)
    lengths = lengths.to(padded.device)[:, None]
    steps = torch.arange(padded.shape[1], device=padded.device)
    rows = torch.arange(len(padded), device=padded.device)[:, None]
    return padded[rows, torch.where(keep, lengths - 1 - steps, steps)]


def run_padded(lstm: nn.LSTM, padded: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """What an LSTM gives for the packed batch, computed without packing: pad and flip.

    A forward layer never sees the padding before its last true step. The reverse
    direction would start in it, so it gets every row flipped within its length and
    becomes a forward layer, too. On a CPU that is several times faster than packing:
    PyTorch hands dense batches to oneDNN, and leaves it as soon as one length differs
    (pytorch issue 149194).

    Args:
        lstm: any number of layers, one direction or two, dropout between layers; its
            ``batch_first`` plays no part.
        padded: (B, T, I), finite in the padding, too; as from `pad`.
        lengths: true lengths, (B,).

    Returns:
        ``output``, (B, T, directions · H), zero in the padding, and ``h_n``, (layers ·
        directions, B, H). The final cell states are not known: the dense call runs on
        into the padding and returns those of its end.

    Raises:
        ValueError: for an LSTM with ``proj_size``, or if the shapes do not fit.
    """
    if lstm.proj_size:
        raise ValueError(f"lstm must have proj_size=0, got {lstm.proj_size}")
    if padded.ndim != 3 or padded.shape[2] != lstm.input_size:
        raise ValueError(
            f"padded must have the shape (B, T, {lstm.input_size}), got {tuple(padded.shape)}"
        )
    zeros = padded.new_zeros(1, len(padded), lstm.hidden_size)
    x, final = padded, []
    for layer in range(lstm.num_layers):
        if layer:
            x = nn.functional.dropout(x, lstm.dropout, lstm.training)
        halves = []
        for weights in _weights(lstm, layer):
            backward = len(halves) == 1
            half = flip(x, lengths) if backward else x
            # The function behind nn.LSTM: biases, 1 layer, no dropout, one direction, batch first.
            half, _, _ = torch.lstm(
                half, (zeros, zeros), weights, lstm.bias, 1, 0.0, lstm.training, False, True
            )
            final.append(last_valid(half, lengths))
            halves.append(flip(half, lengths) if backward else half)
        x = torch.cat(halves, dim=-1)
    keep = mask(lengths, padded.shape[1]).to(x.device)[..., None]
    return torch.where(keep, x, 0), torch.stack(final)


def _weights(lstm: nn.LSTM, layer: int) -> list[list[Tensor]]:
    """The weights of one layer, one list a direction, in the order that `torch.lstm` wants."""
    names = ["weight_ih", "weight_hh"] + ["bias_ih", "bias_hh"] * lstm.bias
    suffixes = ["", "_reverse"] if lstm.bidirectional else [""]
    return [[getattr(lstm, f"{n}_l{layer}{suffix}") for n in names] for suffix in suffixes]


def length_buckets(
    lengths: Sequence[int] | Tensor | np.ndarray, batch_size: int, *, seed: int, bucket: int = 20
) -> Iterator[np.ndarray]:
    """Batches of sequences of similar length, in random order: little padding, still shuffled.

    The indices are shuffled, cut into buckets of so many batches, each bucket sorted by
    length, and the batches handed out in random order. Every index comes exactly once.

    Args:
        lengths: true lengths, (N,).
        batch_size: sequences a batch; the last batch may hold fewer.
        seed: of the shuffling; give another one each epoch.
        bucket: batches that are sorted together. 1 is plain shuffling; a larger bucket
            pads less and mixes less.

    Yields:
        Arrays of indices into ``lengths``.

    Raises:
        ValueError: if ``batch_size`` or ``bucket`` is below 1.
    """
    checks.sizes(batch_size=batch_size, bucket=bucket)
    lengths = np.asarray(lengths)
    if lengths.ndim != 1:
        raise ValueError(f"lengths must have the shape (N,), got {lengths.shape}")
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), batch_size * bucket):
        together = order[start : start + batch_size * bucket]
        together = together[np.argsort(lengths[together], kind="stable")]
        batches += [together[k : k + batch_size] for k in range(0, len(together), batch_size)]
    for k in rng.permutation(len(batches)):
        yield batches[k]


def padding_share(lengths: Sequence[int] | Tensor | np.ndarray, batches: list[np.ndarray]) -> float:
    """Share of all padded steps that hold padding, between 0 and 1.

    Args:
        lengths: true lengths, (N,).
        batches: arrays of indices into ``lengths``, for example from `length_buckets`.
    """
    lengths = np.asarray(lengths)
    padded = sum(len(batch) * int(lengths[batch].max()) for batch in batches)
    return 1 - sum(int(lengths[batch].sum()) for batch in batches) / padded
