"""Run, describe and print the programs that the puzzles ask for (see `lstm_lessons.handmade`)."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import torch

from lstm_lessons.handmade import lstm_from_gates
from lstm_lessons.trace import trace_gates

Program = dict[str, list]
Case = Mapping[str, list]
"""One sequence: the name of each input, and its value at every step."""


def _inputs(case: Case) -> torch.Tensor:
    """The inputs side by side, shape (T, I)."""
    return torch.tensor(list(case.values()), dtype=torch.get_default_dtype()).T


def _hidden_state(program: Program, case: Case) -> list[float]:
    """h of the first unit after every step."""
    with torch.no_grad():
        return lstm_from_gates(program)(_inputs(case))[0][:, 0].tolist()


def cell_state(program: Program, case: Case) -> list[float]:
    """c of the first unit after every step, to two decimals."""
    with torch.no_grad():
        trace = trace_gates(lstm_from_gates(program), _inputs(case))
    return [round(c, 2) for c in trace.c[0, 0, :, 0].tolist()]


def averages(values: Iterable[float], keep: float) -> list[float]:
    """The leaky average after every value, from 0: it keeps a share of itself and takes the rest of the value."""
    steps = itertools.accumulate(values, lambda average, value: keep * average + (1 - keep) * value, initial=0.0)
    return [*steps][1:]


ON, OFF = 0.4, 0.25
"""From here on h is on, and up to there it is off."""


def signs(program: Program, case: Case) -> str:
    """h as one sign a step: ``+`` or ``-`` from 0.4, ``0`` up to 0.25, ``?`` between."""
    return "".join(
        "+" if h >= ON else "-" if h <= -ON else "0" if abs(h) <= OFF else "?" for h in _hidden_state(program, case)
    )


def switch(program: Program, case: Case) -> str:
    """h as ``1`` (on, from 0.4), ``0`` (off, up to 0.25 or negative) or ``?`` a step."""
    return "".join("1" if h >= ON else "0" if h <= OFF else "?" for h in _hidden_state(program, case))


def _timeline(legend: str) -> Callable[[Case], str]:
    """Draw a case: one line per input, one sign a step, above the signs of the result."""

    def drawn(case: Case) -> str:
        signs = {-1: "-", 0: ".", 1: "+" if any(-1 in values for values in case.values()) else "1"}
        # The blank at the front stands above the quotation mark of the result.
        rows = [f" {''.join(signs[v] for v in values)}   {name}" for name, values in case.items()]
        return "\n".join([*rows, f" ({legend})"])

    return drawn


SIGNED = _timeline("h: + from 0.4, - from -0.4 down, 0 near 0, ? between")
ON_OR_OFF = _timeline("h: 1 from 0.4, 0 up to 0.25, ? between")


def form_of_program(inputs: Sequence[str]) -> Callable[[Program], str | None]:
    """Say why an answer is no program with these inputs, or give ``None``."""
    columns = ", ".join([*inputs, "h", "bias"])

    def complaint(answer: Program) -> str | None:
        try:
            lstm_from_gates(answer, len(inputs))
        except (TypeError, ValueError) as error:
            return f"This is not a program yet: {error}. A row holds {columns} (h for each unit)."
        return None

    return complaint


def source_of_program(name: str, columns: Sequence[str], program: Program) -> str:
    """A program as the text of a cell, its columns lined up under their names."""
    table = {gate: np.atleast_2d(np.array(program[gate], dtype=object)) for gate in "ifgo"}
    texts = np.array([columns, *(row for rows in table.values() for row in rows)]).astype(str)
    widths = [max(map(len, column)) for column in texts.T]

    def line(values: Sequence[object], separator: str = ", ") -> str:
        return separator.join(f"{v:>{width}}" for v, width in zip(values, widths, strict=True))

    units = len(table["i"])
    rows = [f"{name} = {{", f"    #{' ' * (5 + (units > 1))}{line(columns, '  ')}"]
    for gate, matrix in table.items():
        brackets = ("[[", "]]") if units > 1 else ("[", "]")
        lines = f"],\n{' ' * 10}[".join(map(line, matrix))
        rows.append(f'    "{gate}": {brackets[0]}{lines}{brackets[1]},')
    return "\n".join([*rows, "}"])
