"""Hands and torch for the bars of what each input did."""

from __future__ import annotations

from collections.abc import Callable

import torch
from playwright.sync_api import ElementHandle
from torch import Tensor, nn

from tests.browser.hands.base import TWO_FRAMES, Hands

NAME = "slope class"


def features(model: nn.Module, x: Tensor) -> Tensor:
    """What the head of a classifier sees of one sequence (T, I): its pooling, with ties that share their slope.

    Where a sequence repeats itself, equal values of h differ by rounding, and torch.amax would take any of them.
    """
    output, (h_n, _) = model.lstm(x[None])  # (1, T, D * H)
    ways = 1 + model.lstm.bidirectional
    tied = (output >= output.amax(1, keepdim=True) - 1e-12).double().detach()
    pools = {
        "final": torch.cat(list(h_n[-ways:]), -1)[0],
        "mean": output.mean(1)[0],
        "max": ((output * tied).sum(1) / tied.sum(1))[0],
    }
    return torch.cat([pools[pool] for pool in model.pool.split(" and ")])


def slopes(score: Callable[[Tensor], Tensor], x: Tensor) -> list[float]:
    """The length of the gradient of a score with respect to each row of ``x``, (T,)."""
    x = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(score(x), x)
    return gradient.norm(dim=-1).tolist()


def slope_class(node: ElementHandle, answer: int) -> int:
    """The class whose score the bars are about: the chosen one, or the answer."""
    value = node.query_selector(f"select[data-name='{NAME}']").input_value()
    return int(value) if value else answer


def use_slopes(hands: Hands) -> None:
    """Choose two classes, then the answer again; what is drawn equals torch's."""
    select = hands.root.locator(f"select[data-name='{NAME}']")
    bars = hands.root.locator("[data-symbol=slope]")
    folded = hands.root.locator(f"details:has(select[data-name='{NAME}'])")
    if folded.count() and not select.is_visible():
        summary = folded.locator("summary")
        hands.press(summary, "Enter")
        hands.note("summary", summary.text_content())
    for option in ("1", "0", ""):
        select.select_option(option)
        hands.page.evaluate(TWO_FRAMES)
        hands.check()
        assert option in ("", bars.get_attribute("data-class"))
    hands.note("name", NAME)
