"""A fingerprint of what a program computes: the same as long as its numbers must be the same.

It is taken of code, not of text: of the program itself, and of those functions, classes and constants of this package
that it reaches, step by step. A number or an operation that changes anywhere on the way changes it. Comments,
docstrings, type hints and layout do not, nor the order of imports, nor a definition that moves to another module or
gets another name, nor what the program never reaches, nor a check that only raises: a run that came to its end has
passed it.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from pathlib import Path

FOLDER = Path(__file__).parents[2]  # where the package lies
PACKAGE = "lstm_lessons"
DIGITS = 16
_IGNORED = ("ctx", "type_comment", "type_params", "kind", "annotation", "returns")


def fingerprint(source: str, folder: Path = FOLDER) -> str:
    """Of a program.

    Args:
        source: in Python. What it imports from other packages counts by its name alone.
        folder: where ``lstm_lessons`` lies.

    Raises:
        SyntaxError: if the source is no Python.
    """
    tree = ast.parse(source)
    return _Reader(folder).digest(tree.body, _imports(tree))


class _Reader:
    """Follows names from module to module; each definition is read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trees: dict[str, ast.Module] = {}
        self.digests: dict[str, str] = {}

    def digest(self, statements: list[ast.stmt], names: dict[str, str]) -> str:
        """Of statements in which some names stand for a full one."""
        plain = [_Plain(self, names).visit(copy.deepcopy(each)) for each in statements]
        return hashlib.sha256(repr(_nested(plain)).encode()).hexdigest()[:DIGITS]

    def meaning(self, full: str) -> str:
        """The digest of a definition or a module of the package; any other name as it is."""
        if full in self.digests:
            return self.digests[full]
        module, _, name = ("", "", "") if self.tree(full) else full.rpartition(".")
        tree = self.tree(module or full)
        if tree is None:
            return full
        imports = _imports(tree)
        if name in imports:  # there, too, it comes from elsewhere
            return self.meaning(imports[name])
        here = {bound: statement for statement in tree.body for bound in _binds(statement)}
        names = imports | {bound: f"{module or full}.{bound}" for bound in here}
        self.digests[full] = "itself"  # if it is met again before it is known
        statements = [s for s in tree.body if not name or name in _binds(s)]
        self.digests[full] = self.digest(statements, names)
        return self.digests[full]

    def tree(self, module: str) -> ast.Module | None:
        """The code of a module, None for what is no module of the package."""
        if module not in self.trees:
            path = self.folder.joinpath(*module.split("."))
            path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            ours = module.partition(".")[0] == PACKAGE and path.is_file()
            self.trees[module] = ast.parse(path.read_text(encoding="utf-8")) if ours else None
        return self.trees[module]


class _Plain(ast.NodeTransformer):
    """Takes out what changes no number, and puts meanings in place of names."""

    def __init__(self, reader: _Reader, names: dict[str, str]) -> None:
        self.reader, self.names = reader, names

    def full(self, node: ast.AST) -> str | None:
        """What a name, or one behind a module's dot, is called outside."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute) and (module := self.full(node.value)):
            return f"{module}.{node.attr}" if self.reader.tree(module) else None
        return None

    def visit_Name(self, node: ast.Name | ast.Attribute) -> ast.AST:
        full = self.full(node)
        return ast.Name(self.reader.meaning(full)) if full else self.generic_visit(node)

    visit_Attribute = visit_Name

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        if node.name in self.names:
            node.name = ""
        return self.generic_visit(node)

    visit_ClassDef = visit_AsyncFunctionDef = visit_FunctionDef

    def visit_If(self, node: ast.If) -> ast.AST | None:
        only_raises = not node.orelse and all(isinstance(line, ast.Raise) for line in node.body)
        return None if only_raises else self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.Raise()  # whatever it says

    def drop(self, node: ast.AST) -> None:
        """Imports, and assertions."""

    visit_Import = visit_ImportFrom = visit_Assert = visit_Pass = drop


def _imports(tree: ast.Module) -> dict[str, str]:
    """The full name of what is imported anywhere in a module, by the name that it has there."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def _binds(statement: ast.stmt) -> set[str]:
    """The names that a statement of a module gives a meaning."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return {node.id for node in stored if isinstance(node.ctx, ast.Store)}


def _nested(node: object) -> object:
    """A tree as nested lists, in one form for every version of Python."""
    if isinstance(node, ast.AST):
        fields = [(name, _nested(value)) for name, value in ast.iter_fields(node)
                  if value not in (None, []) and name not in _IGNORED]  # fmt: skip
        return [type(node).__name__, fields]
    return [_nested(item) for item in node if item is not None] if isinstance(node, list) else node
