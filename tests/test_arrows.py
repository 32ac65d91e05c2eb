"""Imports point one way: each module and wing says what it may import, and there is no circle.

An import counts wherever it stands: in a function and under ``TYPE_CHECKING``, too.
"""

from __future__ import annotations

import ast
import functools
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lstm_lessons"

# What each module and wing may import of the others, in reading order.
MAY_IMPORT = {
    "cell": (),
    "trace": ("cell",),
    "ladder": ("cell",),
    "sequences": ("cell", "checks"),
    "models": ("cell", "sequences", "checks"),
    "train": ("cell", "checks"),
    "handmade": ("checks",),
    "regularization": ("checks",),
    "forecasting": ("cell", "checks"),
    "volatility": ("checks",),
    "text": ("cell", "trace", "sequences", "models", "train", "checks", "files", "data"),
    "speech": ("cell", "sequences", "models", "train", "confidence", "checks", "data"),
    "claims": (),
    "confidence": ("checks",),
    "checks": (),
    "files": (),
    "palette": (),
    "install": (),
    "doctor": ("install",),
    "workcopy": ("checks", "files"),
    "progress": ("checks", "files"),
    "data": ("checks",),
    "plots": ("train", "confidence", "checks", "palette"),
    "exercises": ("progress", "cell", "trace", "sequences", "handmade"),
    "widgets": (
        *("cell", "trace", "sequences", "models", "handmade", "text", "speech"),
        *("checks", "palette", "data", "plots", "progress", "exercises"),
    ),
    "benchmark": ("ladder", "sequences", "models", "train", "checks", "files", "data", "plots"),
    "authoring": ("checks", "claims", "files", "palette", "progress"),
    "publish": ("checks", "files", "palette", "workcopy", "progress", "exercises", "widgets", "authoring"),
    "lab": ("files", "workcopy"),
}
HEAVY = {"torch", "numpy", "matplotlib", "pandas", "sklearn", "anywidget", "ipywidgets", "IPython"}


def _name(path: Path) -> str:
    """The full name of a module, of a package where the file is an ``__init__.py``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(source: str, modules: Iterable[str] = FILES) -> set[str]:
    """The full names that a module's source imports: of a module, or of a name in a foreign one."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import; write the full name"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(node.module if node.module in modules and full not in modules else full)
    return found


def room(name: str) -> str:
    """The first-level module or wing of this package that a name belongs to, else ``""``."""
    package, _, rest = name.partition(".")
    return rest.partition(".")[0] if package == PACKAGE.name else ""


@functools.cache
def graph() -> dict[str, set[str]]:
    """For every module of the package, those of its modules that it imports."""
    return {
        name: {found for found in imported(path.read_text(encoding="utf-8")) if room(found)}
        for name, path in FILES.items()
    }


def rooms(modules: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """For every first-level module and wing, the others that it imports."""
    found: dict[str, set[str]] = {}
    for name, targets in modules.items():
        here = room(name)
        found.setdefault(here, set()).update({room(target) for target in targets} - {here})
    found.pop("", None)  # the package's own __init__.py
    return found


def circle(edges: Mapping[str, set[str]]) -> list[str]:
    """Names that import each other in a round, the first one also last; empty if none do."""
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def test_every_module_and_wing_says_what_it_may_import():
    assert set(rooms(graph())) == set(MAY_IMPORT)


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_a_module_or_wing_imports_what_it_may(name):
    assert rooms(graph())[name] <= set(MAY_IMPORT[name])


def test_no_modules_import_each_other_in_a_circle():
    assert circle(graph()) == []


def test_no_wings_import_each_other_in_a_circle():
    assert circle(rooms(graph())) == []
    assert circle({name: set(targets) for name, targets in MAY_IMPORT.items()}) == []


def test_the_package_itself_imports_none_of_its_modules():
    assert graph()[PACKAGE.name] == set()


def test_importing_the_package_imports_nothing_heavy():
    program = "import sys, lstm_lessons; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) & HEAVY == set()


def test_the_cell_imports_torch_alone():
    tops = {name.partition(".")[0] for name in imported((PACKAGE / "cell.py").read_text())}
    assert tops - set(sys.stdlib_module_names) == {"torch"}


@pytest.mark.parametrize("name", FILES)
def test_no_module_knows_a_notebook_or_a_test(name):
    source = FILES[name].read_text(encoding="utf-8")
    assert re.findall(r"\b\d\d_[a-z]\w+", source) == []
    assert {found.partition(".")[0] for found in imported(source)} & {"tests", "notebooks"} == set()


# --- The tests above see what they are to see ---------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "from lstm_lessons import plots",
        "from lstm_lessons.plots import history",
        "import lstm_lessons.plots",
        "def draw():\n    from lstm_lessons import plots",
        "if TYPE_CHECKING:\n    from lstm_lessons import plots",
        "try:\n    import lstm_lessons.plots as p\nexcept ImportError:\n    pass",
    ],
)
def test_an_import_is_seen_wherever_it_stands(source):
    assert imported(source) == {"lstm_lessons.plots"}


def test_a_module_within_a_wing_is_told_from_a_name_within_a_module():
    assert imported("from lstm_lessons.text import export, predict") == {
        "lstm_lessons.text.export",
        "lstm_lessons.text.predict",
    }
    assert imported("from lstm_lessons.train import fit") == {"lstm_lessons.train"}


def test_a_circle_of_modules_is_seen_and_one_of_wings_too():
    straight = {"lstm_lessons.a.x": {"lstm_lessons.b.y"}, "lstm_lessons.b.y": set()}
    assert circle(straight) == circle(rooms(straight)) == []
    # No two modules import each other, but the two wings do.
    wings = straight | {"lstm_lessons.b.z": {"lstm_lessons.a.w"}, "lstm_lessons.a.w": set()}
    assert circle(wings) == [] and set(circle(rooms(wings))) == {"a", "b"}
    wings["lstm_lessons.a.w"] = {"lstm_lessons.b.z"}
    assert set(circle(wings)) == {"lstm_lessons.a.w", "lstm_lessons.b.z"}
