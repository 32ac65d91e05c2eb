"""What one run spends its time on, span by span, from PyTorch's profiler."""

import math
import re
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from torch.profiler import profile

from lstm_lessons.plots.stills import SPAN_KINDS

LAYER, PRODUCTS, ARITHMETIC, CALLS, PYTHON = SPAN_KINDS
_PRODUCTS = {"mm", "addmm", "addmm_", "bmm", "baddbmm"}
_LAYERS = {"mkldnn_rnn_layer", "mkldnn_rnn_layer_backward"}
# Operations that compute nothing: views of a tensor, new memory, and what only calls other operations.
_VIEWS = re.compile(
    r"t|to|_to_copy|stack|(alias|as_strided|chunk|cudnn|detach|empty|expand|linear|lstm|matmul|narrow|new_empty|permute|"
    r"reshape|resize|result_type|select|slice|split|squeeze|transpose|unbind|_?unsafe|unsqueeze|view)\w*"
)


class Span(NamedTuple):
    """A stretch of time in which one thing was done."""

    kind: str  #: one of `SPAN_KINDS`.
    name: str  #: of the operation.
    seconds: float
    backward: bool  #: whether it is part of the backward pass.


class Event(NamedTuple):
    """One operation as the profiler recorded it; the operations that it calls lie within."""

    name: str
    start: float
    end: float


def kind_of(name: str) -> str:
    """What an operation of this name does itself, apart from the operations that it calls."""
    family, _, operation = name.rpartition("::")
    if operation in _LAYERS:
        return LAYER
    if operation in _PRODUCTS:
        return PRODUCTS
    if family == "aten":
        return CALLS if _VIEWS.fullmatch(operation) else ARITHMETIC
    is_ours = not family and not re.search(r"Backward\d+$|^detach$", operation)  # an autograd.Function of Python
    return PYTHON if is_ours else CALLS


def innermost(events: list[Event]) -> Iterator[tuple[Event | None, float, bool]]:
    """Cut the time from the first start to the last end so that each piece belongs to one innermost event.

    An operation that computes is one piece, with all that it calls.

    Yields:
        the event, or None between two calls; the length of the piece; and whether autograd's engine has begun.
    """
    stack: list[Event] = []
    backward, now = False, min(event.start for event in events)
    for event in [*sorted(events, key=lambda event: (event.start, -event.end)), None]:
        while stack and (event is None or stack[-1].end <= event.start):
            last = stack.pop()
            yield last, last.end - now, backward
            now = last.end
        if event is not None and not (stack and kind_of(stack[-1].name) in (LAYER, PRODUCTS, ARITHMETIC)):
            yield stack[-1] if stack else None, event.start - now, backward
            now, backward = event.start, backward or event.name.startswith("autograd::engine")
            stack.append(event)


def timeline(run: Callable[[], object], rounds: int = 20, most: int = 200) -> list[Span]:
    """The spans of one run, without a gap: of the shortest of some, which other work on the machine disturbed least.

    Neighbors that compute nothing are one span, of the longest one's name. The profiler takes time itself: a call looks
    longer than it is. On a busy machine every run may be disturbed; so there are more ``rounds``, up to ``most``, while
    the shortest takes more than 2.2 times as long as without the profiler.
    """
    alone = min(_seconds(run) for _ in range(rounds))
    shortest, events, done = math.inf, None, 0
    while done < rounds or (shortest > 2.2 * alone and done < most):
        time.sleep(0.005)  # a process that has rested is less soon interrupted
        with profile() as found:
            seconds = _seconds(run)
        if seconds < shortest:
            shortest, events = seconds, found.events()
        done += 1
    recorded = [Event(event.name, event.time_range.start, event.time_range.end) for event in events]
    pieces = [
        Span(kind_of(event.name) if event else PYTHON, _short(event), length / 1e6, backward)
        for event, length, backward in innermost(recorded)
        if length > 0
    ]
    spans = []
    for (kind, backward, _), group in groupby(pieces, _merged):
        group = list(group)
        longest = max(group, key=attrgetter("seconds"))
        spans.append(Span(kind, longest.name, sum(piece.seconds for piece in group), backward))
    return spans


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _merged(piece: Span) -> tuple[str, bool, int]:
    """Neighbors with the same key are one span; each operation that computes stays one of its own."""
    return piece.kind, piece.backward, 0 if piece.kind in (CALLS, PYTHON) else id(piece)


def _short(event: Event | None) -> str:
    return "between two calls" if event is None else event.name.replace("aten::", "").split(": ")[-1]
