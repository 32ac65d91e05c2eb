"""Four gates from one row of sums, and the order in which other libraries stack their blocks.

Shapes: B sequences, H hidden units. The lesson defines ``sigmoid`` before `split_gates`.
"""

import numpy as np
import torch

from lstm_lessons.exercises._cases import in_order, random_tensor
from lstm_lessons.exercises._engine import exercise


def sigmoid(z: np.ndarray) -> np.ndarray:
    """σ(z) = 1 / (1 + exp(-z)), entry by entry."""
    return 1 / (1 + np.exp(-z))


def _stacked_sums(rng):
    """One vector of 4H sums, then batches of them; B and H differ. The last has imaginary parts."""
    for shape in ((12,), (8, 4), (4, 20), (1, 8)):
        yield rng.normal(0, 2, size=shape).round(2)
    yield rng.normal(size=(3, 8)).round(2) + 0.1j * rng.normal(size=(3, 8)).round(2)


@exercise(
    title="four gates from one row of sums",
    minutes=4,
    given={"sigmoid": sigmoid},
    cases=_stacked_sums,
    hints=[
        "`np.split(z, 4, axis=...)` cuts an array into four equal parts along one axis. "
        "Along which axis do the 4H sums stand, in `(4H,)` and in `(B, 4H)` alike?",
        "`z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)`. Now three sigmoids and one tanh.",
    ],
    errors={
        "array split does not result in an equal division": "The 4H sums stand along the last axis, -1, "
        "and make four equal parts.",
        "has no attribute 'chunk'": "`chunk` is torch's. NumPy's is `np.split`.",
    },
    why="The axis -1 works for one vector and for a batch alike. The blocks stand in PyTorch's "
    "order, so weights of `nn.LSTMCell` fit without any rearranging.",
)
def split_gates(z):
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _taken(order, blocks):
    """The gates, if the blocks stood in another order."""
    z = dict(zip(order, blocks, strict=True))
    return sigmoid(z["i"]), sigmoid(z["f"]), np.tanh(z["g"]), sigmoid(z["o"])


@split_gates.mistake
def order_of_onnx(z):
    """You split in the order i, o, f, g, which is ONNX's. PyTorch's order is i, f, g, o."""
    return _taken("iofg", np.split(z, 4, axis=-1))


@split_gates.mistake
def order_with_g_last(z):
    """You split in the order i, f, o, g: the three gates, then the candidate. PyTorch's order is i, f, g, o, with the
    candidate third.
    """
    return _taken("ifog", np.split(z, 4, axis=-1))


@split_gates.mistake
def order_with_f_first(z):
    """You took the first block for the forget gate. PyTorch's order is i, f, g, o."""
    return _taken("figo", np.split(z, 4, axis=-1))


@split_gates.mistake
def returned_with_g_last(z):
    """All four are right. Return them in the order in which they stand in z: the candidate g comes third."""
    i, f, g, o = split_gates(z)
    return i, f, o, g


@split_gates.mistake
def splits_the_batch(z):
    """You split along the first axis. In a batch that is the sequences; the 4H sums stand
    along the *last* axis: `axis=-1`.
    """
    return _taken("ifgo", np.split(z, 4, axis=0))


@split_gates.mistake
def axis_one(z):
    """You split along axis 1. A single vector, (4H,), has no such axis, and a stack has its sums elsewhere: count from
    the end, `axis=-1`.
    """
    return _taken("ifgo", np.split(z, 4, axis=1))


@split_gates.mistake
def takes_every_fourth(z):
    """You took every fourth number. The blocks stand one after another: first H numbers for i, the next H for f, and so
    on.
    """
    return _taken("ifgo", [z[..., k::4] for k in range(4)])


@split_gates.mistake
def no_activations(z):
    """These are still the sums. A gate is σ of its sum, and the candidate is tanh of its sum."""
    return tuple(np.split(z, 4, axis=-1))


@split_gates.mistake
def sigmoid_four_times(z):
    """You passed all four through a sigmoid. The candidate g needs a sign: tanh."""
    return tuple(np.split(sigmoid(z), 4, axis=-1))


@split_gates.mistake
def tanh_on_the_output_gate(z):
    """You took tanh for the output gate, so it can be negative. The tanh in the equation for h is on the cell state c;
    o is a sigmoid.
    """
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), np.tanh(z_o)


@split_gates.mistake
def loses_the_imaginary_part(z):
    """Your gates are right, but real: the imaginary part is lost on the way, and with it the slopes that this lesson
    finds by it. Build the results from z itself; an array that `np.zeros` or `np.empty` made holds real numbers.
    """
    return tuple(gate.real.copy() for gate in split_gates(z))


@split_gates.mistake
def order_with_g_second(z):
    """You took the second block for the candidate, as TensorFlow's first LSTM did. PyTorch's order is i, f, g, o."""
    return _taken("igfo", np.split(z, 4, axis=-1))


@split_gates.mistake
def order_with_f_first_and_g_last(z):
    """You took the blocks for f, i, o, g, the order in many textbooks. PyTorch's order is i, f, g, o."""
    return _taken("fiog", np.split(z, 4, axis=-1))


@split_gates.mistake
def tanh_four_times(z):
    """You passed all four through a tanh. A gate lies between 0 and 1: i, f and o need a sigmoid."""
    return tuple(np.split(np.tanh(z), 4, axis=-1))


@split_gates.mistake
def four_rows(z):
    """`reshape(4, -1)` works for one vector. In a batch it mixes the sequences, because it only counts the numbers off.
    Split the last axis.
    """
    return _taken("ifgo", z.reshape(4, -1))


def _onnx_weights(rng):
    """W_ih, W_hh and a bias whose blocks stand in the order i, o, f, g."""
    for shape in ((8, 3), (12, 3), (20,)):
        yield (random_tensor(rng, *shape),)


@exercise(
    title="weights from another library",
    minutes=4,
    cases=_onnx_weights,
    hints=[
        "`W.chunk(4)` gives the four blocks along the first axis, in the order in which they "
        "stand. Give them names in ONNX's order.",
        "`W_i, W_o, W_f, W_g = W.chunk(4)`, then `torch.cat` in PyTorch's order.",
    ],
    errors={"values to unpack": "`W.chunk(4)` cuts the first axis into four blocks, and needs four names."},
    why="Every shape fits in either order, so nothing warns you. Compare outputs whenever weights "
    "cross from one library to another.",
)
def from_onnx_order(W):
    W_i, W_o, W_f, W_g = W.chunk(4)
    return torch.cat([W_i, W_f, W_g, W_o])


@from_onnx_order.mistake
def moved_the_wrong_way(W):
    """You turned PyTorch's order into ONNX's. Here W comes *from* ONNX: its blocks are i, o, f, g when you receive
    it.
    """
    return in_order("iofg", W)


@from_onnx_order.mistake
def two_blocks_swapped(W):
    """You returned i, f, o, g: o and f have changed places. But g must move as well: i, f, g, o."""
    return in_order("ifog", from_onnx_order(W))


@from_onnx_order.mistake
def forget_and_candidate_swapped(W):
    """Your second block is g and your third is f. It should be i, f, g, o."""
    return in_order("igfo", from_onnx_order(W))


@from_onnx_order.mistake
def rows_for_blocks(W):
    """You rearranged single rows, four at a time. A block is H rows: all of i, then all of o, and so on."""
    return W.reshape(-1, 4, *W.shape[1:])[:, [0, 2, 3, 1]].reshape(W.shape)


@from_onnx_order.mistake
def left_as_it_was(W):
    """You returned W as it was. It would load without an error, since every shape fits."""
    return W.clone()


@from_onnx_order.mistake
def stacked_anew(W):
    """The order is right, but the four are apart: a list, or a new axis of size 4. `torch.cat` puts the blocks
    one below the other: (4H, ...).
    """
    return torch.stack(from_onnx_order(W).chunk(4))
