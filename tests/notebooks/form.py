"""What a committed lesson must look like, as one function that lists what is wrong."""

from __future__ import annotations

import ast
import importlib
import re
import statistics
import symtable
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode

from lstm_lessons.authoring import article
from lstm_lessons.authoring.notebooks import (
    DEEPER_TAG,
    EXERCISE_TAG,
    NOTES_BEGIN,
    NOTES_END,
    SOLUTION_BEGIN,
    SOLUTION_END,
    exercise_name,
    goes_on_with,
    is_deeper,
    normalize,
    to_text,
    unwanted_outputs,
)
from lstm_lessons.exercises import Exercise
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.publish import worksheets
from lstm_lessons.publish.slides import LECTURE
from tests.notebooks import prose

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = sorted(FOLDER.glob("*.ipynb"))
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes"}
TAGS = {"parameters", "nbval-ignore-output", "study", DEEPER_TAG, article.TABLE, worksheets.TAG}
LINES_PER_CELL = 25
MEDIAN_LINES = 8
WORDS_PER_CELL = 180
RECAP_LINES = 5

# nbval obeys such comments, too: they would exempt a cell from the comparison unseen.
_NBVAL_COMMENT = re.compile(r"#\s*(?:NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_COLORED = re.compile(r"\\color\{([^}]*)\}\{(\w)")
_HEADING = re.compile(r"^#+ (.+)", re.MULTILINE)
_DEEPER = re.compile(r"(?:\d+\. )?Deeper\b")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)[^)]*\)")

BENCH = re.compile(r'SequenceExplorer\(puzzle="(\w+)", program=\1\)')


def lesson_name(path: Path) -> str:
    """The lesson's name, which its module of exercises has, too: the file's without its number."""
    return re.sub(r"^\d+_", "", path.stem)


def exercises_of(lesson: str) -> dict[str, Exercise]:
    """The exercises of a lesson by name, in the module's order."""
    module = importlib.import_module(f"lstm_lessons.exercises.{lesson}")
    return {name: value for name, value in vars(module).items() if isinstance(value, Exercise)}


def parameters(notebook: NotebookNode) -> dict[str, object]:
    """What the cell tagged ``parameters`` assigns, by name."""
    (cell,) = (c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    return {
        target.id: ast.literal_eval(line.value)
        for line in ast.parse(cell.source).body
        if isinstance(line, ast.Assign)
        for target in line.targets
    }


def problems(path: Path) -> list[str]:
    """What is wrong with a lesson, one line each.

    Args:
        path: the notebook file. Its links are looked up from where it lies, and
            its exercises in the module of its name.
    """
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    found = [
        *_headings(notebook),
        *_slides(notebook),
        *_markdown(notebook, path.parent),
        *_code(notebook),
        *_tags(notebook),
        *_figures(notebook),
        *_predictions(notebook),
        *prose.unshown(notebook, prose.FACTS.get(path.stem, {})),
        *prose.bare_claims(notebook),
        *_bounds(notebook),
        *prose.hidden_caveats(notebook),
        *_marked_deeper(notebook),
        *_core_path(notebook),
        *unwanted_outputs(notebook),
        *_exercises(notebook, lesson_name(path)),
        *_answers(notebook, exercises_of(lesson_name(path))),
    ]
    if to_text(normalize(notebook)) != text:
        found.append(f"not in the committed form: run `make notebooks NAMES={path.stem}`")
    return found


def _of_type(notebook: NotebookNode, kind: str) -> Iterator[tuple[int, NotebookNode]]:
    return ((n, cell) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == kind)


def _headings(notebook: NotebookNode) -> Iterator[str]:
    texts = [_FENCE.sub("", cell.source) for _, cell in _of_type(notebook, "markdown")]
    titles = [title for text in texts for title in re.findall(r"^# .+", text, re.MULTILINE)]
    if len(titles) != 1:
        yield f"one H1 is wanted, there are {len(titles)}: {titles}"
    recaps = [text for text in texts if re.search(r"^#+ (?:\d+\. )?Recap", text, re.MULTILINE)]
    lines = [len(re.findall(r"^(?:[-*]|\d+\.) ", text, re.MULTILINE)) for text in recaps]
    if lines != [RECAP_LINES]:
        yield f"one recap of {RECAP_LINES} lines is wanted; there are recaps of {lines} lines"


def _slides(notebook: NotebookNode) -> Iterator[str]:
    types = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    for number, slide_type in enumerate(types, 1):
        if slide_type not in SLIDE_TYPES:
            yield f"cell {number}: slide type {slide_type!r} is none of {sorted(SLIDE_TYPES)}"
    if "notes" not in types:
        yield "there are no speaker notes"
    for number, cell in enumerate(notebook.cells, 1):
        if types[number - 1] != "notes":
            continue
        if cell.cell_type != "markdown":
            yield f"cell {number}: speaker notes must be text"
        elif not (cell.source.startswith(NOTES_BEGIN) and cell.source.endswith(NOTES_END)):
            yield f"cell {number}: speaker notes stand between {NOTES_BEGIN!r} and {NOTES_END!r}"


def _markdown(notebook: NotebookNode, folder: Path) -> Iterator[str]:
    texts = [_FENCE.sub("", cell.source) for _, cell in _of_type(notebook, "markdown")]
    headings = {title.replace(" ", "-").replace("`", "") for text in texts for title in _HEADING.findall(text)}
    for number, cell in _of_type(notebook, "markdown"):
        words = len(cell.source.split())
        if words > WORDS_PER_CELL and article.TABLE not in cell.metadata.get("tags", []):
            yield f"cell {number}: {words} words ({WORDS_PER_CELL} at most)"
        for color, letter in _COLORED.findall(cell.source):
            if rf"\color{{{color}}}" not in getattr(SYMBOLS.get(letter), "tex", ""):
                yield f"cell {number}: {letter} has the color {color!r}, not that of the palette"
        for image, label, target in _LINK.findall(_FENCE.sub("", cell.source)):
            if image and not label.strip():
                yield f"cell {number}: the picture {target} has no alt text"
            if target.startswith("#") and target[1:] not in headings:  # as JupyterLab names them
                yield f"cell {number}: the link to {target} leads to no heading"
            if not re.match(r"[a-z]+:|#", target):
                file = folder / unquote(target.partition("#")[0])
                if not file.exists():
                    yield f"cell {number}: the link to {target} leads nowhere"


def _code(notebook: NotebookNode) -> Iterator[str]:
    cells = [(n, cell) for n, cell in _of_type(notebook, "code") if cell.source.strip()]
    lengths = [cell.source.count("\n") + 1 for _, cell in cells]
    for (number, cell), lines in zip(cells, lengths, strict=True):
        if lines > LINES_PER_CELL:
            yield f"cell {number}: {lines} lines of code ({LINES_PER_CELL} at most)"
        if _NBVAL_COMMENT.search(cell.source):
            yield f"cell {number}: use a tag for nbval, not a comment"
    median = statistics.median(lengths)
    if median > MEDIAN_LINES:
        yield f"the median code cell has {median} lines ({MEDIAN_LINES} at most)"
    counts = [cell.execution_count for _, cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        yield f"not executed once from top to bottom; the execution counts are {counts}"


def _tags(notebook: NotebookNode) -> Iterator[str]:
    tagged = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]
    for tag in sorted(set(tagged) - TAGS):
        if not (tag.startswith((EXERCISE_TAG, article.PREFIX)) or LECTURE.fullmatch(tag)):
            ours = [*sorted(TAGS), f"{EXERCISE_TAG}<name>", f"{article.PREFIX}<name>", LECTURE.pattern]
            yield f"the tag {tag!r} is not one of ours: {ours}"
    if tagged.count("parameters") != 1:
        yield f"one cell must be tagged 'parameters'; {tagged.count('parameters')} are"
    elif "seed" not in parameters(notebook):
        yield "the cell tagged 'parameters' does not assign `seed`"


def _bounds(notebook: NotebookNode) -> Iterator[str]:
    if sum("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells) == 1:
        yield from prose.thresholds(notebook, parameters(notebook).keys())


def _figures(notebook: NotebookNode) -> Iterator[str]:
    for number, cell in _of_type(notebook, "code"):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                if not output.metadata.get("image/png", {}).get("alt", "").strip():
                    yield f"cell {number}: a figure has no alt text"


def _predictions(notebook: NotebookNode) -> Iterator[str]:
    """Whether each prediction is asked in a folded cell, and a later one says how it went."""
    asked: dict[str, int] = {}
    for number, cell in _of_type(notebook, "code"):
        for name in re.findall(r"\b(\w+)\.outcome\(", cell.source):
            if asked.pop(name, number) == number:
                yield f"cell {number}: {name} was not asked in a cell before it"
        for name in re.findall(r"^(\w+) = Prediction\(", cell.source, re.MULTILINE):
            asked[name] = number
            if not cell.metadata.get("jupyter", {}).get("source_hidden"):
                yield f"cell {number}: the prediction {name} must be folded: jupyter.source_hidden"
    for name, number in asked.items():
        yield f"cell {number} asks for the prediction {name}, and no later cell says {name}.outcome(...)"


def _marked_deeper(notebook: NotebookNode) -> Iterator[str]:
    """Whether the tag and the word go together, and every cell of a section has the tag that its heading asks for.

    A section ends at the next heading of its level or a higher one.
    """
    until = None  # the level of the heading Deeper that the cell stands under
    for number, cell in enumerate(notebook.cells, 1):
        text = _FENCE.sub("", cell.source) if cell.cell_type == "markdown" else ""
        headings = [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)", text, re.MULTILINE)]
        for place, (level, title) in enumerate(headings):
            if until is not None and level <= until:
                until = None
            if until is None and _DEEPER.match(title):
                until = level
                if place:
                    yield f"cell {number}: the heading {title!r} must be the first of its cell"
        if is_deeper(cell) and until is None:
            yield f"cell {number} is tagged {DEEPER_TAG!r}, and no heading above it says Deeper"
        elif until is not None and not is_deeper(cell):
            yield f"cell {number} stands in a section marked Deeper without the tag {DEEPER_TAG!r}"


def _core_path(notebook: NotebookNode) -> Iterator[str]:
    """Whether the lesson runs without its Deeper cells: none of the others reads a name as those left it."""
    given: dict[str, int] = {}  # the names whose last definition stands in a Deeper cell, and its number
    for number, cell in _of_type(notebook, "code"):
        used, made = _names(ast.parse(cell.source).body)
        if not is_deeper(cell):
            for name in sorted(used & given.keys()):
                yield f"cell {number}, of the core path, uses {name} as the Deeper cell {given[name]} leaves it"
        for name in made:
            given.pop(name, None)
            if is_deeper(cell):
                given[name] = number


def _names(parts: Iterable[ast.stmt], before: Set[str] = frozenset()) -> tuple[set[str], set[str]]:
    """The names that statements read from their notebook, in functions, too, and those that they give to it.

    Args:
        parts: statements at the top of a cell.
        before: names that the cell has made already.
    """
    used: set[str] = set()
    made = set(before)
    for part in parts:
        if isinstance(part, ast.For | ast.While | ast.If | ast.With):
            # what its first line reads and makes, then what stands under it
            first = type(part)(**{**dict(ast.iter_fields(part)), "body": [ast.Pass()], "orelse": []})
            inner = [*part.body, *getattr(part, "orelse", [])]
        else:
            first, inner = part, []
        reads, makes = _symbols(first)
        used |= reads - made - (makes if inner or isinstance(part, ast.FunctionDef | ast.ClassDef) else set())
        made |= makes
        reads, makes = _names(inner, made)
        used |= reads
        made |= makes
    return used, made


class _Generators(ast.NodeTransformer):
    """Comprehensions as generators: from Python 3.12 on they alone have a table of their own names."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.GeneratorExp:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> ast.GeneratorExp:
        self.generic_visit(node)
        return ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators)


def _symbols(part: ast.stmt) -> tuple[set[str], set[str]]:
    """The names of the notebook that a statement reads, and those that it makes."""
    part = _Generators().visit(part)
    top = symtable.symtable(ast.unparse(ast.fix_missing_locations(part)), "cell", "exec")
    inner, waiting = [], list(top.get_children())
    while waiting:
        inner.append(waiting.pop())
        waiting += inner[-1].get_children()
    makes = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    reads = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    reads |= {s.get_name() for table in inner for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
        reads.add(part.target.id)
    return reads, makes


def _exercises(notebook: NotebookNode, lesson: str) -> Iterator[str]:
    known = exercises_of(lesson)
    asked = []
    for number, cell in _of_type(notebook, "code"):
        name = exercise_name(cell)
        if name is None:
            continue
        asked.append(name)
        if name not in known:
            yield f"cell {number} asks for {name!r}, which exercises.{lesson} does not have"
        check = f"exercises.{name}.check({name})"
        if cell.source.splitlines()[-1] != check:
            yield f"cell {number} does not end in the line {check!r}"
        if "..." not in cell.source:
            yield f"cell {number} has no `...` to replace"
    if sorted(asked) != sorted(known):
        yield f"the lesson asks for the exercises {asked}; exercises.{lesson} has {list(known)}"


def folded_solution(exercise: Exercise) -> str:
    """The text of the cell that shows a solution on a click."""
    return f"{SOLUTION_BEGIN}{exercise.solution_code}{SOLUTION_END}"


def _answers(notebook: NotebookNode, known: dict[str, Exercise]) -> Iterator[str]:
    """Whether answers are given away, or go on as somebody else's than the learner's."""
    asked: set[str] = set()
    handed_on: set[str] = set()
    solutions = [cell.source for cell in notebook.cells[1:]] + [""]
    for number, cell in _of_type(notebook, "code"):
        name = exercise_name(cell)
        if name in known:
            asked.add(name)
            if solutions[number - 1] != folded_solution(known[name]):
                yield f"below cell {number} must stand\n{folded_solution(known[name])}"
        elif (bench := BENCH.fullmatch(cell.source)) and bench[1] in asked:
            continue  # it shows the learner's own program, right or wrong
        elif goes_on_with(cell):
            handed_on.add(goes_on_with(cell))
            if not cell.metadata.get("jupyter", {}).get("source_hidden"):
                yield f"cell {number} must be folded: jupyter.source_hidden"
        else:
            tree = ast.parse(cell.source)
            for name in sorted(_defined(tree) & known.keys()):
                yield f"cell {number} defines {name}, which an exercise asks for"
            for name in sorted(_read(tree) & asked - handed_on):
                line = f"{name} = exercises.{name}.yours_or_ours({name})"
                yield f"cell {number} uses {name}, and no cell before it says `{line}`"
            if re.search(r"\bexercises\.\w+\.(reference|solution_code)\b", cell.source):
                yield f"cell {number} takes an answer from the exercises: use yours_or_ours"


def _defined(tree: ast.Module) -> set[str]:
    """The names that a cell gives to its notebook."""
    functions = ast.FunctionDef | ast.ClassDef
    names = {part.name for part in tree.body if isinstance(part, functions)}
    plain = (part for part in tree.body if not isinstance(part, functions))
    return names | {
        node.id
        for part in plain
        for node in ast.walk(part)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _read(tree: ast.Module) -> set[str]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
