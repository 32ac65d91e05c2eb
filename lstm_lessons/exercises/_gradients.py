"""The gradients that flow back through an answer: values alone do not show where its graph is cut."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from lstm_lessons.exercises._compare import is_tensor


def gradients(answer: Any, case: tuple) -> tuple[list[Any], bool]:
    """What each tensor of floats in a case gets from the results of a function, each weighed with another number.

    Zeros where nothing flows back; and whether a backward of somebody's own computed them.
    """
    import torch

    leaves = [tensor.requires_grad_() for _, tensor in _tensors(case) if tensor.is_floating_point()]
    results = [torch.as_tensor(part).double().flatten() for _, part in _tensors(answer(*case))]
    result = torch.cat(results) if results else torch.zeros(0)
    if not result.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves], False
    weights = torch.linspace(1, 2, len(result), dtype=result.dtype)
    found = torch.autograd.grad(result, leaves, weights, allow_unused=True, materialize_grads=True)
    return [gradient.detach() for gradient in found], _has_backward_of_its_own(result)


def leaf_names(case: tuple, parameters: Sequence[str]) -> list[str]:
    """How each tensor of floats in a case is called inside a function: ``state[0]``."""
    named = zip(parameters, case, strict=False)
    return [f"{name}{path}" for name, part in named for path, leaf in _tensors(part) if leaf.is_floating_point()]


def wrong_gradients(wanted: Sequence[Any], got: Sequence[Any], names: Sequence[str]) -> tuple[bool, str]:
    """Whether wrong gradients are surely so because a graph is cut, and a line on each of them; none if all are right.

    Both hold what `gradients` gives, case by case. Only what is finite in both counts: how 0 · ∞ comes out is left to
    the way of computing. A cut loses some terms of a gradient, and so does not scale it as a whole.
    """
    import torch

    own, lines, scaled = any(backward for _, backward in got), [], False
    for k, name in enumerate(names):
        first, second = (torch.cat([found[k].flatten() for found, _ in cases]) for cases in (wanted, got))
        both = first.isfinite() & second.isfinite()
        first, second = first[both], second[both]
        if first.allclose(second, rtol=1e-3, atol=1e-4):
            continue
        largest = first.abs().argmax()
        factor = (second[largest] / first[largest]).item()
        one_factor = math.isfinite(factor) and second.allclose(factor * first, rtol=1e-3, atol=1e-4)
        scaled |= one_factor and abs(factor) > 1e-3
        times = "none" if abs(factor) <= 1e-3 else f"{factor:.4g} times the right one"
        lines.append(f"gradient of {name}: {times if one_factor else 'some of it is missing or wrong'}")
    return bool(lines) and not own and not scaled, "\n".join(lines)


def _has_backward_of_its_own(result: Any) -> bool:
    """Whether a `torch.autograd.Function` that is none of torch's stands on the way back."""
    import torch

    seen, left = set(), [result.grad_fn]
    while left:
        node = left.pop()
        if node is not None and node not in seen:
            seen.add(node)
            left += [following for following, _ in node.next_functions]
    return any(isinstance(node, torch.autograd.function.BackwardCFunction) for node in seen)


def _tensors(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The tensors in nested tuples and lists, in their order, each with its path."""
    if isinstance(value, (tuple, list)):
        for k, part in enumerate(value):
            yield from _tensors(part, f"{path}[{k}]")
    elif is_tensor(value):
        yield path, value
