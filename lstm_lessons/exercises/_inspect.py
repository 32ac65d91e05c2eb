"""Look at an answer before running it: is it finished, and can it be called as it will be?"""

import ast
import dis
import functools
import inspect
import textwrap
from collections.abc import Callable
from types import CodeType, FunctionType, MethodType
from typing import Any

from lstm_lessons.exercises._compare import holds_ellipsis, kind_of

_EMPTY_BODY = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def unfinished(answer: Any) -> str | None:
    """Say where ``answer`` still has its ``...``, or ``None`` if it has none.

    A function counts as unfinished if its body does nothing, or if ``...`` stands anywhere in it but as an index
    (``x[..., 0]``).
    """
    if holds_ellipsis(answer):
        return "Replace the `...`, then run the cell again."
    for function in _functions(answer):
        line = _unfinished_line(function)
        if line is not None:
            place = f" in line {line}" if line else ""
            return f"Replace the `...`{place}, then run the cell again."
    return None


def uncallable(reference: Any, answer: Any) -> str | None:
    """Say why ``answer`` cannot be used where ``reference`` is, or ``None`` if it can."""
    if isinstance(reference, type):
        if isinstance(answer, type):
            return None
        return f"Your answer should be a class, without calling it; it is {kind_of(answer)}."
    if callable(reference) and not callable(answer):
        return (
            f"Your answer should be a function; it is {kind_of(answer)}. "
            "Hand over the function itself, without calling it: `check(f)`, not `check(f(x))`."
        )
    if not callable(reference):
        if isinstance(answer, FunctionType | MethodType | type):
            return f"Your answer should be {kind_of(reference)}; it is {kind_of(answer)}."
        return None
    return _wrong_parameters(reference, answer) if inspect.isroutine(reference) else None


def parameter_names(function: Any) -> list[str]:
    """The names of a function's parameters; empty if Python does not know them."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _wrong_parameters(reference: Callable, answer: Callable) -> str | None:
    try:
        wanted = inspect.signature(reference).parameters.values()
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # some built-in functions have no signature
        return None
    needed = [parameter for parameter in wanted if parameter.default is parameter.empty]
    positional = [p.name for p in needed if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    keywords = {p.name: None for p in needed if p.kind is p.KEYWORD_ONLY}
    try:
        signature.bind(*positional, **keywords)
    except TypeError:
        call = ", ".join([*positional, *(f"{name}=…" for name in keywords)])
        taken = ", ".join(signature.parameters) or "nothing"
        return f"Your function takes `{taken}`; it will be called with `{call}`."
    return None


def _functions(answer: Any) -> list[FunctionType]:
    """The Python functions that make up an answer: itself, or the methods of its class."""
    while isinstance(answer, functools.partial):
        answer = answer.func
    answer = inspect.unwrap(answer) if callable(answer) else answer
    if isinstance(answer, MethodType):
        answer = answer.__func__
    if isinstance(answer, FunctionType):
        return [answer]
    if not callable(answer):
        return []
    owner = answer if isinstance(answer, type) else type(answer)
    own = (vars(base) for base in owner.__mro__ if base.__module__ == owner.__module__)
    return [item for names in own for item in names.values() if isinstance(item, FunctionType)]


def _unfinished_line(function: FunctionType) -> int | None:
    """The line of the first ``...``; 0 if it is not known; ``None`` if there is none."""
    definition = _definition(function)
    if definition is None:
        return 0 if _does_nothing(function.__code__) else None
    offset = function.__code__.co_firstlineno - 1
    body = definition.body
    indices = {
        id(node)
        for subscript in ast.walk(definition)
        if isinstance(subscript, ast.Subscript)
        for node in ast.walk(subscript.slice)
    }
    for node in (node for statement in body for node in ast.walk(statement)):
        if isinstance(node, ast.Constant) and node.value is Ellipsis and id(node) not in indices:
            return offset + node.lineno
    if all(isinstance(statement, ast.Pass) or _is_text(statement) for statement in body):
        return 0
    return None


def _definition(function: FunctionType) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Its source as a tree; ``None`` if there is none, or it is a lambda."""
    try:
        found = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):  # no source, or a lambda within a line
        return None
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    # From Python 3.13 on the text of `python -c` passes for the source of whatever `exec` defines.
    return found if found.name == function.__code__.co_name else None


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _does_nothing(code: CodeType) -> bool:
    instructions = list(dis.get_instructions(code))
    loaded = {i.argval for i in instructions if i.opname in ("LOAD_CONST", "RETURN_CONST")}
    empty = {Ellipsis} if code.co_name == "<lambda>" else {None, Ellipsis}  # whoever writes `lambda: None` means it
    return {i.opname for i in instructions} <= _EMPTY_BODY and loaded <= empty
