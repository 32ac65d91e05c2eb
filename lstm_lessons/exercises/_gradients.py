"""The gradients that flow back through an answer: values alone do not show where its graph is cut."""

from collections.abc import Iterator
from typing import Any

from lstm_lessons.exercises._compare import is_tensor


def gradients(answer: Any, case: tuple) -> list[Any]:
    """What each tensor of floats in a case gets from the results of a function, each weighed with another number.

    Zeros where nothing flows back.
    """
    import torch

    leaves = [tensor.requires_grad_() for tensor in _tensors(case) if tensor.is_floating_point()]
    results = [torch.as_tensor(part).double().flatten() for part in _tensors(answer(*case))]
    result = torch.cat(results) if results else torch.zeros(0)
    if not result.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    weights = torch.linspace(1, 2, len(result), dtype=result.dtype)
    found = torch.autograd.grad(result, leaves, weights, allow_unused=True, materialize_grads=True)
    return [gradient.detach() for gradient in found]


def same_gradients(wanted: list[Any], got: list[Any]) -> bool:
    """Whether two are equal wherever both are finite: how 0 · ∞ comes out is left to the way of computing."""
    for first, second in zip(wanted, got, strict=True):
        both = first.isfinite() & second.isfinite()
        if not first[both].allclose(second[both], rtol=1e-3, atol=1e-4):
            return False
    return True


def _tensors(value: Any) -> Iterator[Any]:
    """The tensors in nested tuples and lists, in their order."""
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from _tensors(part)
    elif is_tensor(value):
        yield value
