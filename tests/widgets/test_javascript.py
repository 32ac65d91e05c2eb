"""The package's JavaScript passes its gate, and the gate is shut to what it must keep out."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
from pygments.lexers import JavascriptLexer
from pygments.token import Comment

from lstm_lessons.widgets.shared.bundling import module_source, page_script

ROOT = Path(__file__).parents[2]
FILES = sorted(path for kind in ("mjs", "js") for path in ROOT.glob(f"lstm_lessons/**/*.{kind}"))
LONGEST_LINE = 120
FUNCTION = re.compile(
    r"^export (?:async )?function\*? (\w+)|^export const (\w+) = (?:async )?(?:\([^=]*\)|\w+) =>", re.MULTILINE
)


def run(tool: str, *arguments: str | Path) -> tuple[int, str]:
    """Run a program of the environment at the repository's root: its exit status and output."""
    program = Path(sysconfig.get_path("scripts")) / tool
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def lint(*paths: str | Path) -> tuple[int, str]:
    return run("oxlint", "-c", ROOT / ".oxlintrc.json", "--deny-warnings", "-f", "unix", *paths)


def without_types(source: str) -> list[str]:
    """Exported functions with no JSDoc right above. What JSDoc must say, the linter knows."""
    names = []
    for function in FUNCTION.finditer(source):
        if not source[: function.start()].endswith("*/\n"):
            names.append(function[1] or function[2])
    return names


def long_lines(source: str) -> list[int]:
    """Numbers of the lines that are too long, from 1."""
    lines = enumerate(source.splitlines(), start=1)
    return [number for number, line in lines if len(line) > LONGEST_LINE]


def test_there_is_something_to_look_at():
    assert {"cell.mjs", "ui.mjs", "gate_microscope.mjs", "slides.js"} <= {f.name for f in FILES}


def test_the_linter_has_no_objection():
    status, output = lint("lstm_lessons")
    assert status == 0, output


def test_the_formatter_would_change_nothing():
    status, output = run("oxfmt", "--check", *FILES)
    assert status == 0, output


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_lines_are_short_and_exports_have_types(path):
    source = path.read_text(encoding="utf-8")
    assert long_lines(source) == []
    assert without_types(source) == []


def test_modules_of_one_bundle_share_no_name(tmp_path):
    for path in FILES:
        if path.suffix == ".mjs":
            (tmp_path / path.name).write_text(module_source(path.stem), encoding="utf-8")
    status, output = run("oxlint", "-A", "all", tmp_path)
    assert status == 0, output


def code_of(source: str) -> list[str]:
    found = JavascriptLexer().get_tokens(source)
    return [text.strip() for kind, text in found if kind not in Comment and text.strip()]


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == path.stem], ids=lambda path: path.stem)
def test_a_page_has_all_of_a_program_but_its_comments(path):
    """A line of a template literal may look like a comment, and must stay."""
    script = page_script(path.stem).removeprefix('<script type="module">\n')
    code, whole = code_of(script), code_of(module_source(path.stem))
    assert code[: len(whole)] == whole
    assert len(script) < 0.9 * len(module_source(path.stem))


TYPED = "/**\n * One more.\n * @param {number} x a number\n * @returns {number} x + 1\n */\n"
ONE = "export function one(x) {\n  return x + 1;\n}\n"
LONG = "export function long() {\n" + "  one();\n" * 119 + "}\n"


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (f'import {{ one }} from "./other.mjs";\n\n{LONG}', "max-lines-per-function"),
        (TYPED + ONE + "\n" * 700, "max-lines"),
        (TYPED.replace(" * @param {number} x a number\n", "") + ONE, "require-param"),
        (TYPED.replace("{number} x", "x") + ONE, "require-param-type"),
        (TYPED.replace(" * @returns {number} x + 1\n", "") + ONE, "require-returns"),
        (TYPED.replace("@returns {number}", "@returns") + ONE, "require-returns-type"),
        (TYPED + ONE.replace("x + 1", "y + 1"), "no-undef"),
        (TYPED + ONE.replace("x + 1", "x == 1"), "eqeqeq"),
        (TYPED + ONE + "const two = 2;\n", "no-unused-vars"),
        ('import { two } from "./other.mjs";\n\nexport const four = two + two;\n', "import(named)"),
        ("export const a = 1;\nconst a = 2;\n", "already been declared"),
    ],
    ids=lambda text: text if "\n" not in text else "",
)
def test_the_linter_objects(tmp_path, source, rule):
    (tmp_path / "other.mjs").write_text(TYPED + ONE, encoding="utf-8")
    assert lint(tmp_path)[0] == 0
    (tmp_path / "broken.mjs").write_text(source, encoding="utf-8")
    status, output = lint(tmp_path)
    assert status != 0 and rule in output, output


def test_a_function_of_120_lines_passes(tmp_path):
    (tmp_path / "long.mjs").write_text(LONG.replace("one();", "alert();").replace("  alert();\n", "", 1))
    assert lint(tmp_path)[0] == 0


def test_the_eyes_see_exports_without_types_and_long_lines():
    arrow = "export const one = (x) => x + 1;\n"
    plain = "export const ONE = 1;\nexport const [A, B] = [1, 2];\nfunction inner() {}\n"
    assert without_types(ONE) == without_types(f"// One more.\n{arrow}") == ["one"]
    assert without_types(f"{TYPED}{ONE}{TYPED}{arrow}{plain}") == []
    assert without_types("export async function later() {}\nexport function* some() {}\n") == ["later", "some"]
    assert long_lines("x" * 120 + "\n" + "y" * 121 + "\n") == [2]
