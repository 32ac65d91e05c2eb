"""Whether each number of a lesson's prose is one that the lesson shows, and each claim about one shows its value.

A number with a unit (%, °C, ms, points, times ...) is a measurement: some cell of the lesson must print it, or claim it
with that value, rounded as the prose rounds it. Any other must be printed or stand in the code. Free are counts up to
twelve, years, what stands in a formula, in code or in a link's address, the line that tells the time needed (held by
tests/authoring/test_minutes.py) and that of an exercise. What no run can show, a fact, is declared below with its
source.

That a cell shows the same number by chance is possible, so this finds sentences that a run has left behind, and not all
of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from nbformat import NotebookNode

from lstm_lessons.authoring.notebooks import NOTES_BEGIN, SOLUTION_BEGIN

DECLARED = "tests/notebooks/prose.py"
_GPU = "K. Pöppel, M. Beck and S. Hochreiter, FlashRNN, 2024, their table for an H100"
_CUDNN = "PyTorch, aten/src/ATen/native/cudnn/RNN.cpp"
_TASK = "what an exercise or a task asks for"

FACTS: Mapping[str, Mapping[str, str]] = {
    "00_start_here": {
        "30 seconds": _TASK,
        "5 %": _TASK,
        "24 hours": "the question of lesson 7",
        "13": "the number of lesson 13",
        "64": "the article's advice, which the table quotes",
        "512": "the article's advice, which the table quotes",
    },
    "01_gate_equations": {"90 %": _TASK, "0.25": _TASK, "12 times": "the factor in the next cell, which is code"},
    "04_bidirectional_lstm": {"500": "recordings by each voice: lstm_lessons/data/digits.md"},
    "05_regularization": {"500": "the parts of data.digits.load: all recordings of a voice, and as many by known ones"},
    "06_gpu_and_amp": {
        "149194": "the number of an issue of PyTorch's, which is linked",
        "65,504": "the largest number of IEEE 754's binary16",
        "0.004": "2 to the power -8: bfloat16 has 8 significant bits, and between 0.5 and 1 its step is 2 to the -8",
        "8.6": _CUDNN,
        "7.5": _CUDNN,
        "768": _GPU,
        **dict.fromkeys(("147 ms", "484 ms", "4.87 ms", "13.6 ms", "2.01 ms", "5.19 ms"), _GPU),
    },
    "09_deployment": {
        "2.6": "PyTorch's release notes: weights_only=True is the default from 2.6 on",
        "2.13": "the torch with which it was seen; a later one may do better",
        "1024 times": "the factor in the next cell, which is code",
    },
    "11_translation": dict.fromkeys(
        ("1,500", "0.003", "90 %", "1 %"),
        "measured once: `fit_translator` with `attention=False, updates=1500, batch_size=32, learning_rate=3e-3` on "
        "`number_words.load` below 1,000 (`count=2000, held=200`: 90 % exact), 10,000 (1 %), and, with "
        "`hidden_size=192`, 100,000 (0.5 %)",
    ),
    "13_finance": {"13": "the lesson's number", "22": "days of trading in a month: volatility.MONTH", "1 %": _TASK},
}

_UNITS = {
    "%": "%", "points": "%", "point": "%", "°C": "°C", "°F": "°F", "mph": "mph", "times": "times", "hours": "hours",
    "ms": "ms", "µs": "µs", "s": "s", "seconds": "s", "kB": "kB", "MB": "MB", "GB": "GB",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\d)"
    rf"(?: ?-?(?P<unit>%|°C|°F|(?:{'|'.join(name for name in _UNITS if name.isalpha())})\b))?"
)
_LEFT_OUT = re.compile(
    r"^```.*?^```|\$\$.*?\$\$|\$[^$\n]*\$|`[^`]*`|(?<=\])\([^)]*\)|^\*\*Time:.*|^\*Difficulty .*?\*",
    re.MULTILINE | re.DOTALL,
)
_FREE_COUNT, _YEARS = 12, range(1900, 2101)
_COUNTED = {"hours"}  # a count of things, as often set in code as printed


def unshown(notebook: NotebookNode, facts: Mapping[str, str]) -> Iterator[str]:
    """Numbers of the prose that no cell shows, and declared facts that the prose no longer needs."""
    shown = [found for cell in notebook.cells if cell.cell_type == "code" for found in _numbers(_outputs(cell))]
    coded = {value for cell in notebook.cells if cell.cell_type == "code" for _, value, *_ in _numbers(cell.source)}
    needed = set()
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "markdown" or _is_folded(cell):
            continue
        for text, value, decimals, unit in _numbers(_LEFT_OUT.sub(" ", cell.source)):
            if text in facts:
                needed.add(text)
            elif not _is_shown(value, decimals, unit, shown, coded):
                yield f"cell {number}: no cell shows {text!r}: print it, claim it, or declare it in {DECLARED}"
    for text in sorted(set(facts) - needed):
        yield f"{DECLARED} declares {text!r}, which the prose does not say"


_THRESHOLD = re.compile(
    r"(?=.*(?:\d|\b(?:half|third|quarter|fifth|tenth|twice|tenfold|fourfold)\b))"
    r".*\b(?:more|less|fewer|above|below|within|least|most|over|under)\b"
)


def bare_claims(notebook: NotebookNode) -> Iterator[str]:
    """Claims of a threshold that show no value: none is given, and the condition names no number to show."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        for call in ast.walk(ast.parse(cell.source)):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "claim" and len(call.args) == 2):
                continue
            sentence, condition = call.args
            if _THRESHOLD.match(ast.unparse(sentence)) and not call.keywords and not _names_a_number(condition):
                yield f"cell {number}: show the value behind {ast.unparse(sentence)}"


def _names_a_number(condition: ast.expr) -> bool:
    """Whether a condition compares what has a name, or an item of it, so that a claim shows that."""
    parts = condition.values if isinstance(condition, ast.BoolOp) else [condition]
    compared = [side for part in parts if isinstance(part, ast.Compare) for side in (part.left, *part.comparators)]
    items = (side for side in compared if isinstance(side, ast.Subscript))
    return any(isinstance(side, ast.Name | ast.Attribute) for side in compared) or any(
        isinstance(item.slice, ast.Constant | ast.UnaryOp) for item in items
    )


def _is_shown(
    value: float, decimals: int, unit: str, shown: Iterable[tuple[str, float, int, str]], coded: set[float]
) -> bool:
    is_count = unit in _COUNTED or not unit
    if is_count and not decimals and (value <= _FREE_COUNT or value in _YEARS):
        return True
    if is_count and value in coded:
        return True
    printed = (there for _, there, _, other in shown if is_count or other in (unit, ""))
    return any(value == (round(there, decimals) if decimals or not is_count else there) for there in printed)


def _is_folded(cell: NotebookNode) -> bool:
    """Speaker notes and solutions, which hold answers and what a class says."""
    return cell.source.startswith((NOTES_BEGIN, SOLUTION_BEGIN))


def _outputs(cell: NotebookNode) -> str:
    """What a cell shows in words: printed lines, claims, and the text of figures and widgets."""
    data = (output.get("data", {}) for output in cell.outputs)
    return "\n".join([output.get("text", "") for output in cell.outputs] + [d.get("text/plain", "") for d in data])


def _numbers(text: str) -> Iterator[tuple[str, float, int, str]]:
    """Each number with its unit: as written, its value, its decimals, and the unit's one name."""
    for found in _NUMBER.finditer(text):
        decimals = found["decimals"] or ""
        value = float(found["digits"].replace(",", "") + decimals)
        yield found[0], value, max(len(decimals) - 1, 0), _UNITS.get(found["unit"] or "", "")
