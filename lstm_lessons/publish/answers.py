"""The answers in a learner's notebook: for each exercise the statements that lead to it, and no others.

A lesson trains networks and draws figures on its way, which a grade does not need. So an answer is run with what it
uses alone: its own cell, and from the cells above the statements that give its names their values.
"""

import ast
import json
import linecache
import re
import symtable
from collections.abc import Iterator
from typing import Any, NamedTuple

from lstm_lessons.authoring.notebooks import EXERCISE_TAG

_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)  # a line for IPython


class Cell(NamedTuple):
    """A code cell."""

    source: str
    tags: tuple[str, ...]

    def asks_for(self, name: str) -> bool:
        """Whether it holds the answer to an exercise. A learner's copy of a cell may have lost its tag."""
        return f"{EXERCISE_TAG}{name}" in self.tags or f"exercises.{name}.check({name})" in self.source


def code_cells(content: bytes) -> list[Cell]:
    """The code cells of an ``.ipynb`` file.

    Raises:
        ValueError: if it is no notebook.
    """
    try:
        cells = [cell for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]
        return [Cell("".join(cell["source"]), tuple(cell.get("metadata", {}).get("tags", ()))) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("content must be a notebook") from None


def answer(cells: list[Cell], name: str) -> Any:
    """Run what leads to the answer of an exercise; the answer, or ``...`` where there is none.

    Raises:
        Exception: whatever the learner's code raises, and SyntaxError.
    """
    places = [index for index, cell in enumerate(cells) if cell.asks_for(name)]
    if not places:
        return ...
    names: dict[str, Any] = {"__name__": "__main__"}
    for index, statements in _leading_to(name, cells[: places[-1] + 1]):
        file = f"<cell {index + 1}>"
        source = _plain(cells[index].source)
        linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file  # for inspect
        exec(compile(ast.Module(statements, []), file, "exec"), names)
    return names.get(name, ...)


def uses_exercises(cells: list[Cell], name: str) -> bool:
    """Whether the cell of an answer mentions the exercises otherwise than to have itself judged.

    Raises:
        SyntaxError: if it is no Python.
    """
    [*_, cell] = [cell for cell in cells if cell.asks_for(name)] or [Cell("", ())]
    nodes = [node for statement in _statements(cell.source) for node in ast.walk(statement)]
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    imported = {ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)}
    return "exercises" in named or any("exercises" in line for line in imported)


def _leading_to(name: str, cells: list[Cell]) -> list[tuple[int, list[ast.stmt]]]:
    """The statements that the last cell's answer needs, cell by cell: from it upwards, by the names that are used."""
    programs = []
    for index, cell in enumerate(cells):
        try:
            programs.append(_statements(cell.source))
        except SyntaxError:
            if index == len(cells) - 1:
                raise
            programs.append([])  # such a cell defined nothing
    modules = {bound for program in programs for line in program if _imports(line) for bound in _bound(line)}
    called: set[str] = set()
    while True:
        chosen = _chosen(programs, {name} | called, modules)
        definitions = [
            line for _, lines in chosen for line in lines if isinstance(line, ast.FunctionDef | ast.ClassDef)
        ]
        later = called.union(
            *map(_used, definitions)
        )  # looked up when they are called, so their values may stand below
        if later == called:
            return chosen
        called = later


def _chosen(programs: list[list[ast.stmt]], needed: set[str], modules: set[str]) -> list[tuple[int, list[ast.stmt]]]:
    """All statements of the last cell, and those above that give its names, or those needed, a value."""
    chosen = []
    for index in range(len(programs) - 1, -1, -1):
        kept: list[ast.stmt] = []
        for statement in reversed(programs[index]):
            # A call such as torch.manual_seed(0) gives the module no other value.
            bound = set(_bound(statement)) - (set() if _imports(statement) else modules)
            if index == len(programs) - 1 or bound & needed or "*" in bound:
                kept.insert(0, statement)
                needed = (needed - bound if _binds_anew(statement) else needed) | _used(statement)
        chosen.insert(0, (index, kept))
    return chosen


def _plain(source: str) -> str:
    """A cell without its lines for IPython."""
    return _MAGIC.sub(r"\1pass", source)


def _statements(source: str) -> list[ast.stmt]:
    """A cell's statements, but for calls of the exercises: checks, hints, solutions."""
    return [
        statement
        for statement in ast.parse(_plain(source)).body
        if not (isinstance(statement, ast.Expr) and _root(statement.value) == "exercises")
    ]


def _root(node: ast.AST) -> str:
    """The name at the beginning of ``name.attribute[index](...)``; empty if there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imports(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a value or changes: ``x = ``, ``x[0] = ``, ``x.append()``."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif _imports(statement):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
    else:
        nodes = list(ast.walk(statement))
        within = {id(name) for node in nodes if isinstance(node, ast.comprehension) for name in ast.walk(node.target)}
        for node in nodes:
            if isinstance(getattr(node, "ctx", None), ast.Store) and id(node) not in within:
                yield _root(node)
            elif isinstance(node, ast.Expr) and isinstance(getattr(node.value, "func", None), ast.Attribute):
                yield _root(node.value)


def _binds_anew(statement: ast.stmt) -> bool:
    """Whether what its names stood for before does not matter any more."""
    if isinstance(statement, ast.Assign):
        parts = [part for target in statement.targets for part in getattr(target, "elts", [target])]
        return all(isinstance(part, ast.Name) for part in parts)
    return _imports(statement) or isinstance(statement, ast.FunctionDef | ast.ClassDef)


def _used(statement: ast.stmt) -> set[str]:
    """The names of the notebook that a statement uses, in the functions within it, too."""

    def found(table: symtable.SymbolTable) -> Iterator[str]:
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
                yield symbol.get_name()
        for child in table.get_children():
            yield from found(child)

    changed = {_root(statement.target)} if isinstance(statement, ast.AugAssign) else set()
    return changed | set(found(symtable.symtable(ast.unparse(statement), "<cell>", "exec")))
