"""Shapes of an LSTM's tensors, from the settings alone: no module is built.

Symbols: B sequences, T steps of the longest one, I features a step, H hidden units, L layers, D directions (1 or 2).
The order of layers and directions in ``h_n`` and ``c_n``, the four gates under each other in every weight, and the two
bias vectors are those that https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html states.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Settings:
    """What decides every shape."""

    input_size: int  #: I.
    hidden_size: int  #: H.
    num_layers: int  #: L.
    bias: bool  #: whether there are bias vectors.
    batch_first: bool  #: whether B is the first axis of ``input`` and ``output``.
    bidirectional: bool  #: whether D is 2.
    lengths: tuple[int, ...]  #: the true length of every sequence; T is the longest.
    batched: bool  #: False for a single sequence without a batch axis, the first of ``lengths``.
    packed: bool  #: whether the batch goes through ``pack_padded_sequence``, so that no padding is read.

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def steps(self) -> int:
        return max(self.lengths) if self.batched else self.lengths[0]

    @property
    def padded(self) -> bool:
        """Whether a sequence is shorter than the batch."""
        return self.batched and min(self.lengths) < max(self.lengths)

    def sizes(self) -> dict[str, int]:
        """Size of every axis by its name."""
        D, L, H = self.directions, self.num_layers, self.hidden_size
        return {
            "B": len(self.lengths),
            "T": self.steps,
            "I": self.input_size,
            "H": H,
            "4H": 4 * H,
            "D\u00b7H": D * H,
            "L\u00b7D": L * D,
        }


def tensor_axes(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Axis names of ``input``, the states, ``output`` and every parameter, in PyTorch's order."""
    order = ("B", "T") if settings.batch_first else ("T", "B")
    batch = ("B",) if settings.batched else ()
    time = order if settings.batched else ("T",)
    state = ("L\u00b7D", *batch, "H")
    axes = {"input": (*time, "I"), "h_0": state, "c_0": state}
    axes |= {"output": (*time, "D\u00b7H"), "h_n": state, "c_n": state}
    for layer in range(settings.num_layers):
        columns = ("D\u00b7H" if layer else "I", "H")
        for suffix in ("", "_reverse")[: settings.directions]:
            for kind, column in zip(KINDS, (*columns, "", ""), strict=True):
                if column or settings.bias:
                    axes[f"{kind}_l{layer}{suffix}"] = ("4H", column) if column else ("4H",)
    return axes


def tensor_shapes(settings: Settings) -> dict[str, tuple[int, ...]]:
    """Shape of every tensor of `tensor_axes`."""
    sizes = settings.sizes()
    return {name: tuple(sizes[axis] for axis in axes) for name, axes in tensor_axes(settings).items()}


def is_parameter(name: str) -> bool:
    return name.startswith(KINDS)


def parameter_count(shapes: dict[str, Sequence[int]]) -> int:
    """Numbers in all parameters together."""
    return sum(math.prod(shape) for name, shape in shapes.items() if is_parameter(name))


def equalities(settings: Settings) -> list[tuple[str, str]]:
    """Which slice of ``output`` equals which slice of ``h_n``, as pairs of Python expressions.

    They name ``output``, ``h_n`` and H; where sequences end at different steps also ``lengths`` and ``b``, and hold for
    every ``b``.
    """

    def output(step: str, half: str, sequence: str) -> str:
        step_and_batch = [step]
        if settings.batched:
            step_and_batch.insert(0 if settings.batch_first else 1, sequence)
        while step_and_batch[-1] == ":" and not half:
            step_and_batch.pop()
        return f"output[{', '.join([*step_and_batch, *([half] if half else [])])}]"

    each = settings.padded and settings.packed
    sequence, of_each = ("b", ", b") if each else (":", "")
    last = "lengths[b] - 1" if each else "-1"
    if not settings.bidirectional:
        return [(output(last, "", sequence), f"h_n[-1{of_each}]")]
    return [(output(last, ":H", sequence), f"h_n[-2{of_each}]"), (output("0", "H:", sequence), f"h_n[-1{of_each}]")]
