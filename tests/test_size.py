"""How long a file and a function may be, and what stands at the top of the repository."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES_PER_FILE = 700
LINES_PER_FUNCTION = 120
REPOSITORY, NOTEBOOK = 30e6, 3e6  # bytes: what everybody downloads, and what a browser has to open
TOP = {
    *("README.md", "LICENSE", "Makefile", "environment.yml", "pyproject.toml", "constraints.txt"),
    *("lstm_lessons", "notebooks", "tests"),
}


def tracked() -> list[Path]:
    """The files that git knows, from the repository's root."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in map(Path, done.stdout.split("\0")[:-1]) if (ROOT / path).exists()]


def long_files(texts: dict[str, str]) -> dict[str, int]:
    """The files with too many lines, and how many they have."""
    lengths = {name: len(text.splitlines()) for name, text in texts.items()}
    return {name: length for name, length in lengths.items() if length > LINES_PER_FILE}


def long_functions(texts: dict[str, str]) -> dict[str, int]:
    """The Python functions with too many lines, what is defined within them included."""
    return {
        f"{name}: {node.name}": length
        for name, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := node.end_lineno - node.lineno + 1) > LINES_PER_FUNCTION
    }


def large_notebooks(sizes: dict[Path, int]) -> dict[str, int]:
    """The notebooks with too many bytes, and how many they have."""
    return {str(path): size for path, size in sizes.items() if path.suffix == ".ipynb" and size > NOTEBOOK}


def sources(*suffixes: str) -> dict[str, str]:
    """The texts of the files with these endings."""
    found = [path for path in tracked() if path.suffix in suffixes]
    assert found
    return {str(path): (ROOT / path).read_text(encoding="utf-8") for path in found}


def test_no_file_is_too_long_to_be_read():
    assert long_files(sources(".py", ".mjs")) == {}


def test_no_function_is_too_long_to_be_read():
    assert long_functions(sources(".py")) == {}


def test_the_files_are_small_enough_to_be_downloaded_and_opened():
    sizes = {path: (ROOT / path).stat().st_size for path in tracked()}
    assert sum(sizes.values()) < REPOSITORY
    assert len(list((ROOT / "notebooks").glob("*.ipynb"))) == sum(path.suffix == ".ipynb" for path in sizes)
    assert large_notebooks(sizes) == {}


def test_nothing_else_stands_at_the_top():
    names = {path.parts[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} == TOP


def test_the_limits_are_seen():
    body = "    x = 1\n"
    fits, long = (f"def f():\n{body * n}" for n in (LINES_PER_FUNCTION - 1, LINES_PER_FUNCTION))
    assert long_functions({"fits": fits, "long": long}) == {"long: f": LINES_PER_FUNCTION + 1}
    within = f"def outer():\n    def inner():\n{'    ' + body}{body * LINES_PER_FUNCTION}"
    assert set(long_functions({"within": within})) == {"within: outer"}
    assert long_files({"a": "\n" * LINES_PER_FILE, "b": "\n" * 701}) == {"b": 701}
    notebooks = {Path("small.ipynb"): 3_000_000, Path("large.ipynb"): 3_000_001, Path("voices.npz"): 9_000_000}
    assert large_notebooks(notebooks) == {"large.ipynb": 3_000_001}
