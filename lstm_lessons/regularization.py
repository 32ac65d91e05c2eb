"""What keeps an LSTM from learning its training data by heart, and where its weights start.

Shapes: B sequences, T steps, I inputs, H hidden units. Every dropout here is inverted: what is kept is divided by 1 -
p, so that the expectation stays and nothing is to be done in use.
"""

import re
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from lstm_lessons import checks


def _check_probability(p: float) -> None:
    checks.number("p", p, "a probability, at least 0 and below 1", lambda p: 0 <= p < 1)


class VariationalDropout(nn.Module):
    """Dropout of units whose mask is drawn once a sequence and held over all of its steps.

    From Y. Gal and Z. Ghahramani, A theoretically grounded application of dropout in recurrent neural networks, 2016
    (the mask z_x on the inputs of a layer). Plain dropout draws anew at every step, so that a unit which is dropped now
    is back one step later.

    Raises:
        ValueError: if ``p`` is not in [0, 1), or the input has not the shape (B, T, I).
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        _check_probability(p)
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, I) to (B, T, I); in evaluation the input itself."""
        is_right = isinstance(x, Tensor) and not x.is_nested and x.is_floating_point()
        checks.kind("x", x, "a tensor of real numbers, no nested one", is_right)
        if x.ndim != 3:
            raise ValueError(f"x must have the shape (B, T, I), got {tuple(x.shape)}")
        if not self.training or self.p == 0:
            return x
        kept = torch.ones_like(x[:, :1])  # (B, 1, I): one decision for all steps
        return x * functional.dropout(kept, self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class _DroppedRecurrence(nn.Module):
    """An LSTM whose matrices W_hh lose weights while it trains, new ones in every call."""

    def __init__(self, lstm: nn.Module, p: float = 0.5) -> None:
        super().__init__()
        _check_probability(p)
        is_right = isinstance(lstm, nn.Module) and not isinstance(lstm, torch.jit.ScriptModule)
        checks.kind("lstm", lstm, "a module, not scripted", is_right)
        names = [name for name, _ in lstm.named_parameters() if name.startswith("weight_hh")]
        if not names or not all(re.fullmatch(r"weight_hh(_l\d+(_reverse)?)?(_orig)?", name) for name in names):
            raise ValueError(
                "lstm must have recurrent weights named weight_hh_l0 and so on, or pruned ones, "
                f"got {type(lstm).__name__} with {', '.join(names) or 'none'}"
            )
        self.lstm = lstm
        self.p = p

    def forward(self, *arguments: Any) -> Any:
        """What ``lstm(*arguments)`` returns."""
        if not self.training or self.p == 0:
            return self.lstm(*arguments)
        weights = {
            name: weight * self._kept(weight)
            for name, weight in self.lstm.named_parameters()
            if name.startswith("weight_hh")
        }
        return functional_call(self.lstm, weights, arguments)

    def _kept(self, weight: Tensor) -> Tensor:
        """What W_hh, (4H, H), is multiplied with."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        return f"p={self.p}"


class WeightDrop(_DroppedRecurrence):
    """DropConnect on the recurrent weights: single entries of W_hh are set to zero.

    From S. Merity, N. Keskar and R. Socher, Regularizing and optimizing LSTM language models, 2017, section 2. The
    dropped weights are the same at every step of a call and for every sequence of the batch, and the fast layer does
    the work.

    Args:
        lstm: ``torch.nn.LSTM`` or ``cell.LSTM``, of any layers and directions.
        p: probability of dropping a weight, at least 0 and below 1.

    Raises:
        ValueError: if ``p`` is out of range, or ``lstm`` has no recurrent weights.
    """

    def _kept(self, weight: Tensor) -> Tensor:
        return functional.dropout(torch.ones_like(weight), self.p)


class RecurrentDropout(_DroppedRecurrence):
    """Variational dropout of h_{t-1}: a unit that is dropped tells nobody its past.

    The mask z_h of Gal and Ghahramani, 2016, on h_{t-1}, held over all steps. The product W_hh (z_h ∘ h_{t-1}) is (W_hh
    diag(z_h)) h_{t-1}: whole columns of W_hh are dropped, and the fast layer does the work. The price: one mask for all
    sequences of a batch, where the paper draws one for each. The memory c_t is never dropped.

    Args:
        lstm: ``torch.nn.LSTM`` or ``cell.LSTM``, of any layers and directions.
        p: probability of dropping a unit, at least 0 and below 1.

    Raises:
        ValueError: if ``p`` is out of range, or ``lstm`` has no recurrent weights.
    """

    def _kept(self, weight: Tensor) -> Tensor:
        return functional.dropout(torch.ones_like(weight[:1]), self.p)


def _named(lstm: nn.Module, start: str) -> list[Tensor]:
    checks.kind("lstm", lstm, "a module", isinstance(lstm, nn.Module))
    found = {name: p for name, p in lstm.named_parameters() if name.startswith(start)}
    plain = all(re.fullmatch(rf"{start}(_l\d+(_reverse)?)?", name) for name in found)
    # A GRU's have the same names, but 3H rows.
    if not found or not plain or any(len(p) != 4 * getattr(lstm, "hidden_size", 0) for p in found.values()):
        raise ValueError(
            f"lstm must have parameters of 4H rows named {start}_l0 and so on, got {type(lstm).__name__} with "
            f"{', '.join(found) or 'none'}; what was pruned or normalized has others"
        )
    return list(found.values())


@torch.no_grad()
def set_forget_bias(lstm: nn.Module, value: float = 1.0) -> None:
    """Let every forget gate start half-way open or wider: its two biases add up to ``value``.

    After R. Jozefowicz, W. Zaremba and I. Sutskever, An empirical exploration of recurrent
    network architectures, 2015: a forget bias of 1. PyTorch adds b_ih and b_hh, each of 4H numbers in the order i, f,
    g, o; here b_ih gets the value and b_hh gets 0, in place. σ(0) is 0.5, σ(1) is 0.73, σ(3) is 0.95.

    Raises:
        ValueError: if ``lstm`` has no biases.
    """
    checks.number("value", value, "between -1e30 and 1e30", lambda value: abs(value) < 1e30)  # float32 ends later
    for start, bias in (("bias_ih", value), ("bias_hh", 0.0)):
        for parameter in _named(lstm, start):
            parameter.chunk(4)[1].fill_(float(bias))


@torch.no_grad()
def init_per_gate(lstm: nn.Module) -> None:
    """Xavier for every input matrix and orthogonal for every recurrent one, gate by gate, in place.

    X. Glorot and Y. Bengio, 2010, equation 16, and A. Saxe, J. McClelland and S. Ganguli, 2014. PyTorch stacks four
    gates in a matrix of 4H rows. Xavier on the whole of it would take 4H for the number of outputs; orthogonal columns
    of length 4H leave each gate's block a shrunken piece. The biases stay as they are.

    Raises:
        ValueError: if ``lstm`` has no such weights.
    """
    if any(p.dtype not in (torch.float32, torch.float64) for k in ("ih", "hh") for p in _named(lstm, f"weight_{k}")):
        raise ValueError("lstm must have weights of float32 or float64: what is shorter has no orthogonal matrices")
    for start, init in (("weight_ih", nn.init.xavier_uniform_), ("weight_hh", nn.init.orthogonal_)):
        for parameter in _named(lstm, start):
            for gate in parameter.chunk(4):
                init(gate)


def decay_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Parameter groups for an optimizer: weight decay for matrices, none for biases.

    A bias decides where a gate rests, the forget bias most of all, and it multiplies no input: to pull it to zero is no
    regularization. ``torch.optim.AdamW`` takes the two groups (I. Loshchilov and F. Hutter, Decoupled weight decay
    regularization, 2019).

    Raises:
        ValueError: if ``weight_decay`` is negative.
    """
    checks.kind("model", model, "a module", isinstance(model, nn.Module))
    checks.number("weight_decay", weight_decay, "at least 0", lambda decay: decay >= 0)
    parameters = list(model.parameters())
    return [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
