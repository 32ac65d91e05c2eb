"""Whether each number of a lesson's prose is one that the lesson shows, and each claim about one shows its value; and
whether bounds stand in claims, not in parameters, and caveats in the text, not in teachers' notes alone.

A number with a unit (%, °C, ms, points, times ...) is a measurement: some cell of the lesson must print it, or claim it
with that value, rounded as the prose rounds it. Any other must be printed or stand in the code. Free are counts up to
twelve, years, the lesson's number in its title, what stands in a formula, in code or in a link's address, the line that
tells the time needed (held by tests/authoring/test_minutes.py) and that of an exercise. What no run can show, a fact,
is declared below with its source.

That a cell shows the same number by chance is possible, so this finds sentences that a run has left behind, and not all
of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Set

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
    "01_gate_equations": {
        "90 %": _TASK,
        "0.25": _TASK,
        "100": _TASK,
        "12 times": "the factor in the next cell, which is code",
    },
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
        **dict.fromkeys(
            ("2.13", "2.15"), "tests/text/test_export.py: the first freezes a named axis, the second does not"
        ),
        "1024 times": "the factor in the next cell, which is code",
    },
    "11_translation": dict.fromkeys(
        ("1,500", "0.003", "90 %", "1 %"),
        "measured once: `fit_translator` with `attention=False, updates=1500, batch_size=32, learning_rate=3e-3` on "
        "`number_words.load` below 1,000 (`count=2000, held=200`: 90 % exact), 10,000 (1 %), and, with "
        "`hidden_size=192`, 100,000 (0.5 %)",
    ),
    "12_speech": dict.fromkeys(
        ("106", "49 ms", "107 ms"),
        "measured once: the cells of sections 1, 4 and 7 with `seed` 0, 1, 2 and 3: +0, +106, -107 and +49 ms; digit "
        "error rates of both directions 2.9, 1.7, 4.1 and 2.4 %, of forward only 11.9, 11.2, 7.1 and 6.0 %",
    ),
    "13_finance": {"22": "days of trading in a month: volatility.MONTH", "1 %": _TASK},
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
    r"^# \d+\. |^```.*?^```|\$\$.*?\$\$|\$[^$\n]*\$|`[^`]*`|(?<=\])\([^)]*\)|^\*\*Time:.*|^\*Difficulty .*?\*",
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
            if not (_is_claim(call) and len(call.args) == 2):
                continue
            sentence, condition = call.args
            if not _THRESHOLD.match(ast.unparse(sentence)) or call.keywords:
                continue
            if not _names_a_number(condition):
                yield f"cell {number}: show the value behind {ast.unparse(sentence)}"
            elif isinstance(sentence, ast.Constant) and f"{sentence.value} [here: " not in _outputs(cell):
                yield f"cell {number}: execute it again: its output shows no value behind {ast.unparse(sentence)}"


_TIME = re.compile(r"\d ?(?:ms|µs|s|seconds?|minutes?)\b")
_ARITHMETIC = {"abs", "min", "max", "round", "int", "float", "len"}
_TIMED = re.compile(r"seconds|elapsed|perf_counter|latenc")


def thresholds(notebook: NotebookNode, parameters: Set[str]) -> Iterator[str]:
    """Bounds that stand in a learner's cell for the sake of a test: a parameter that nothing is run with, only judged
    by, and a claim about a time by the clock, which another machine need not keep.
    """
    trees = [(n, ast.parse(cell.source)) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    reads = _reads([tree for _, tree in trees])
    for name in sorted(parameters & reads.keys()):
        if _only_judges(name, reads):
            yield f"the parameter {name} is a bound of claims alone: let the claim say it, or ask what can be measured"
    for number, tree in trees:
        for call in filter(_is_claim, ast.walk(tree)):
            sentence, holds = ast.unparse(call.args[0]), call.args[1]
            compared = (part for part in ast.walk(holds) if isinstance(part, ast.Compare))
            by_the_clock = any(
                _TIMED.search(ast.unparse(part)) and any(isinstance(side, ast.Constant) for side in part.comparators)
                for part in compared
            )
            if _TIME.search(sentence) or by_the_clock:
                yield f"cell {number}: {sentence} is about a time by the clock: claim a ratio, or print it"


def _is_claim(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "claim"


def _reads(trees: Iterable[ast.Module]) -> dict[str, list[tuple[str, ...] | None]]:
    """Where each name is read: None where something is run or shown with it, else the names that it becomes part of,
    without a call: none of them in a claim or an outcome.
    """
    found: dict[str, list[tuple[str, ...] | None]] = {}

    def visit(node: ast.AST, becomes: tuple[str, ...] | None) -> None:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.setdefault(node.id, []).append(becomes)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "claim" or called.endswith(".outcome"):
                becomes = ()
            elif called not in _ARITHMETIC:
                becomes = None
        for part in ast.iter_child_nodes(node):
            visit(part, becomes)

    for statement in (statement for tree in trees for statement in tree.body):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        names = tuple(target.id for target in targets if isinstance(target, ast.Name))
        visit(statement, names or None)
    return found


def _only_judges(name: str, reads: Mapping[str, list[tuple[str, ...] | None]], above: Set[str] = frozenset()) -> bool:
    """Whether a name is read in claims and outcomes alone, or becomes part of such a name."""
    ways = reads.get(name, [])
    return bool(ways) and all(
        way is not None and all(n in above or _only_judges(n, reads, above | {name}) for n in way) for way in ways
    )


# What changes the meaning of a result: how a teacher's note says it, and how a text must that everybody sees.
CAVEATS: Mapping[str, tuple[str, str]] = {
    "a leak": (r"\bleak", r"\bleak"),
    "the same speakers": (
        r"(?:speakers?|people|voices?)\b.{0,40}\b(?:in all|same|known)\b|\bknown voices",
        r"\bin all (?:three )?parts|known voices|voices? (?:of its training|that it knows)",
    ),
    "few seeds": (r"\b(?:few|one|two|three|more) seeds?\b", r"\bseeds?\b"),
    "luck": (r"\bluck\b", r"\bluck|\bchance\b|another seed|interval"),
    "not shown": (
        r"\b(?:cannot|does not) (?:show|prove|say|tell)\b|\bnot shown\b",
        r"\bcannot\b|\bnot (?:shown|seen)|no effect|no difference|interval|does not (?:show|prove|say|tell)",
    ),
    "another machine": (r"machine to machine|busy machine|your laptop", r"machine"),
    "few data": (r"\b(?:few examples|one year|little data|so few)\b", r"\bfew\b|one year|little data|proves nothing"),
}


def hidden_caveats(notebook: NotebookNode) -> Iterator[str]:
    """Caveats of `CAVEATS` that a section, up to the next H2, says in its teacher's notes alone; what the notes at the
    top say is of the whole lesson.
    """
    section, notes, shown = 0, [], {0: ""}  # each note with its cell and section; the text of each section
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown" and cell.source.startswith("## ") and "Contents" not in cell.source:
            section += 1
            shown[section] = ""
        if cell.source.startswith(NOTES_BEGIN):
            notes.append((number, section, " ".join(cell.source.split())))
        elif not _is_folded(cell):
            shown[section] += f"{cell.source}\n"
    for number, section, note in notes:
        text = shown[section] if section else "".join(shown.values())
        for name, (hedge, said) in CAVEATS.items():
            if re.search(hedge, note, re.IGNORECASE) and not re.search(said, text, re.IGNORECASE):
                yield f"cell {number}: {name}, a caveat, stands in the teacher's notes alone: say it in the text"


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
