"""The set-up files agree with each other, and `make` says what is missing."""

from __future__ import annotations

import ast
import datetime
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import lstm_lessons
from lstm_lessons import install
from lstm_lessons.lab import __main__ as opening
from tests.conftest import LONGEST

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lstm_lessons"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def pins() -> dict[str, Version]:
    """The versions in constraints.txt by canonical name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    split = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in split}


def declared() -> list[Requirement]:
    """Every requirement of pyproject.toml, the extras' too."""
    return [Requirement(line) for group in (PROJECT["dependencies"], *EXTRAS.values()) for line in group]


# --- The lists of packages ----------------------------------------------------------------


def test_environment_yml_hands_everything_to_pip_and_repeats_no_version():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, from_pip = environment["dependencies"]
    python, pip = conda
    assert pip == "pip"
    # As repo2docker reads it: an exact minor version, or its default, which is too old.
    named = re.fullmatch(r"python=(\d+\.\d+)", python)
    assert named and SpecifierSet(PROJECT["requires-python"]).contains(named[1])
    [index, *rest] = from_pip["pip"]
    assert index == f"--extra-index-url {install.CPU_BUILDS.removesuffix('/')}"
    assert rest == ["-c constraints.txt", "-e .[lab,test]"]
    assert "test" in EXTRAS


def test_each_requirement_is_declared_once_and_its_pin_is_in_range():
    names = [canonicalize_name(requirement.name) for requirement in declared()]
    assert len(names) == len(set(names))
    for requirement in declared():
        assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_versions_that_lessons_readme_and_guides_name_are_the_pinned_ones():
    """What they say was seen with these: after a move to newer ones, look again."""
    texts = [ROOT / "README.md", *sorted((PACKAGE / "publish/sphinx/guides").glob("*.md"))]
    prose = [text.read_text(encoding="utf-8") for text in texts]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        prose += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    named = re.findall(r"\b(torch|JupyterLab) (\d+(?:\.\d+)+)", "\n".join(prose))
    assert {name for name, _ in named} == {"torch", "JupyterLab"}
    for name, version in named:
        pinned = str(pins()[canonicalize_name(name)])
        assert f"{pinned}.".startswith(f"{version}."), f"{name} {version} is named, not {pinned}"


def imported(folder: str, *, without: tuple[str, ...] = ()) -> set[str]:
    """First-level names that the Python files of a folder, or its notebooks, import from others."""
    kept = (path for path in (ROOT / folder).rglob("*") if not set(path.parts) & set(without))
    sources = []
    for path in kept:
        if path.suffix == ".py":
            sources.append(path.read_text(encoding="utf-8"))
        elif path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found = set()
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"lstm_lessons", "tests"}


@pytest.mark.parametrize(
    ("folder", "without", "extras"),
    [
        ("notebooks", (), ()),
        ("lstm_lessons", ("authoring", "publish"), ()),
        ("lstm_lessons/publish", (), ("publish",)),
        ("lstm_lessons/authoring", (), ("publish", "test")),
        ("tests", (), ("lab", "publish", "test", "lint")),
    ],
)
def test_what_is_imported_is_declared(folder, without, extras):
    groups = PROJECT["dependencies"], *(EXTRAS[name] for name in extras)
    names = {canonicalize_name(Requirement(line).name) for group in groups for line in group}
    brought_by = importlib.metadata.packages_distributions()
    found = imported(folder, without=without)
    assert {"torch", "nbformat", "pytest"} & found  # it has looked
    missing = {
        name: brought_by.get(name)
        for name in found
        if not names & set(map(canonicalize_name, brought_by.get(name, ())))
    }
    assert missing == {}


@pytest.mark.skipif(not Path(sys.prefix, "installed-test").exists(), reason="other versions bring other packages")
def test_every_package_that_an_install_brings_is_pinned():
    extras = "lab", "publish", "test", "lint"  # what `make test` installs
    groups = PROJECT["dependencies"], *(EXTRAS[name] for name in extras)
    todo, seen = [Requirement(line) for group in groups for line in group], set()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        # torch's own pins on CUDA are exact; the CPU build has none.
        if name in seen or name.startswith(("nvidia-", "cuda-")) or name == "triton":
            continue
        seen.add(name)
        for line in importlib.metadata.requires(name) or []:
            needed = Requirement(line)
            extras = ["", *requirement.extras]
            if not needed.marker or any(needed.marker.evaluate({"extra": e}) for e in extras):
                todo.append(needed)
    assert sorted(seen - set(pins())) == []


@pytest.mark.skipif(not Path(sys.prefix, "installed-test").exists(), reason="not the environment of `make test`")
def test_make_installed_what_is_pinned():
    installed = {
        canonicalize_name(found.metadata["Name"]): Version(found.version).public
        for found in importlib.metadata.distributions()
    }
    differing = {
        name: (installed[name], str(version))
        for name, version in pins().items()
        if name in installed and installed[name] != str(version)
    }
    assert differing == {}


def test_the_package_carries_its_browser_and_data_files():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = patterns["tool"]["setuptools"]["package-data"]["lstm_lessons"]
    carried = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    present = {
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
    }
    assert present and present <= carried


def test_the_license_names_every_data_file_with_its_own():
    listed = re.findall(r"^  (\w+) +\S", (ROOT / "LICENSE").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(note.stem for note in (PACKAGE / "data").glob("*.md"))


def test_the_wheel_is_under_the_licenses_of_its_data_too():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    table = text.partition("The data in")[2].partition("What is made")[0]
    listed = re.findall(r"^  \w* +([^,\n]+)", table, re.MULTILINE)
    names = {name.replace("PSF License Version 2", "PSF-2.0").replace(" ", "-") for name in listed}
    code, *data = PROJECT["license"].split(" AND ")
    assert code == "MIT" and sorted(data) == sorted(names) and len(names) > 4


def test_the_version_to_cite_is_this_one():
    assert f"note = {{Version {lstm_lessons.__version__}}}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_leads_to_every_guide_that_is_no_glossary_and_to_no_file_that_is_gone():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = {link for link in re.findall(r"\]\(([^)#\s]+)\)", readme) if ":" not in link}
    there = {str(path.relative_to(ROOT)) for path in (PACKAGE / "publish/sphinx/guides").glob("*.md")}
    assert there - links == {"lstm_lessons/publish/sphinx/guides/glossary.md"}
    assert {link for link in links if not (ROOT / link).exists()} == {"../../deployments"}  # a page of GitHub's
    assert len(readme.splitlines()) <= 120


# --- make says what is missing ------------------------------------------------------------


@pytest.fixture
def house(tmp_path):
    """A folder with what `make` needs to install, and no .venv."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    package = tmp_path / "lstm_lessons"
    package.mkdir()
    for name in ("__init__.py", "install.py"):
        shutil.copy(PACKAGE / name, package)
    return tmp_path


def make(house: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `make` as a person would, outside of any environment that this test runs in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=house, env=kept | environment, capture_output=True, text=True, timeout=300
    )


def complaint(done: subprocess.CompletedProcess) -> str:
    """The one line that `make` wrote before its own `make: *** ...`."""
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make:")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def fake_python(folder: Path, *, version: str = "3, 11", has_venv: bool = True) -> str:
    """A command that answers like another Python; beyond that it is this one."""
    path = folder / "python"
    lines = [
        "import sys",
        f"sys.version_info = ({version}, 0)",
        *([] if has_venv else ["sys.modules['ensurepip'] = None"]),
        "exec(sys.argv[2])",
    ]
    program = "; ".join(lines)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{program}" "$@"\n')
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("target", ["lab", "test"])
def test_no_python_is_said_in_one_line(house, target):
    line = complaint(make(house, target, "PYTHON=/nowhere/python3"))
    assert line == (
        f"No '/nowhere/python3' here. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3 {target}"
    )
    assert not (house / ".venv").exists()


def test_an_old_python_is_said_in_one_line(house):
    line = complaint(make(house, "lab", f"PYTHON={fake_python(house, version='3, 9')}"))
    assert "is Python 3.9; 3.11 or newer is needed" in line
    assert not (house / ".venv").exists()


def test_a_python_that_does_not_start_is_said_in_one_line(house):
    assert "'false' does not start" in complaint(make(house, "lab", "PYTHON=false"))


def test_a_python_without_venv_is_said_in_one_line(house):
    line = complaint(make(house, "lab", f"PYTHON={fake_python(house, has_venv=False)}"))
    assert "lacks its venv module. On Debian or Ubuntu: apt-get install python3-venv" in line
    assert not (house / ".venv").exists()


def test_no_network_is_said_in_one_line_and_the_half_made_venv_does_not_count(house):
    nowhere = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_FIND_LINKS": "",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_RETRIES": "0",
        "PIP_CACHE_DIR": str(house / "empty-cache"),
    }
    python = f"PYTHON={getattr(sys, '_base_executable', sys.executable)}"
    for _ in range(2):  # the second time the .venv is there, and still it does not count
        line = complaint(make(house, "lab", python, **nowhere))
        assert line.startswith("The packages could not be downloaded: no network?")
        assert (house / ".venv" / "bin" / "python").exists()
        assert not list((house / ".venv").glob("installed-*"))


def test_another_failure_of_the_install_is_told_by_the_installers_own_line(house):
    with open(house / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write("this is no TOML\n")
    python = f"PYTHON={getattr(sys, '_base_executable', sys.executable)}"
    line = complaint(make(house, "lab", python))
    assert line.startswith("The packages could not be installed: ERROR:")
    assert not list((house / ".venv").glob("installed-*"))


def test_the_files_that_make_test_begins_with_are_there():
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []


def test_make_alone_lists_every_command(house):
    done = make(house)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [commands] = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    for target in commands.split():
        assert re.search(rf"^  make {target} +\w", done.stdout, re.MULTILINE), done.stdout


def test_what_is_installed_is_not_installed_again(house):
    venv = house / ".venv"
    venv.mkdir()
    for stamp in ("installed-lab", "installed-test"):
        (venv / stamp).touch()
    assert "lstm_lessons.install" not in make(house, "--dry-run", "lab").stdout
    os.utime(house / "constraints.txt", (2**31, 2**31))
    assert "lstm_lessons.install" in make(house, "--dry-run", "lab").stdout


# --- make lab lays the learner's copies ---------------------------------------------------


@pytest.fixture
def lab(house):
    """`make lab` in a house with one lesson, and a `jupyter` that says what it sees."""
    for name in ("workcopy.py", "files.py"):
        shutil.copy(PACKAGE / name, house / "lstm_lessons")
    (house / "notebooks").mkdir()
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(lesson, house / "notebooks" / "01_gates.ipynb")
    commands = house / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands.parent / "installed-lab").touch()
    programs = {"python": f'exec "{sys.executable}" "$@"', "jupyter": 'ls work; echo "$@"'}
    for name, program in programs.items():
        (commands / name).write_text(f"#!/bin/sh\n{program}\n")
        (commands / name).chmod(0o755)
    return lambda *arguments: make(house, "lab", *arguments)


def test_make_lab_opens_copies_that_it_has_laid(lab):
    done = lab("LAB_ARGS=--no-browser")
    laid, called = done.stdout.splitlines()
    assert (done.returncode, laid) == (0, "01_gates.ipynb")
    assert "--LabApp.default_url=/lab/tree/work/00_start_here.ipynb" in called
    assert called.endswith("--no-browser")


def test_make_lab_begins_a_lesson_anew(lab, house):
    lab()
    copy = house / "work" / "01_gates.ipynb"
    edited = copy.read_text().replace("1 + 1", "1 + 2")
    copy.write_text(edited)
    noon = datetime.datetime(1997, 11, 15, 12).timestamp()
    os.utime(copy, (noon, noon))
    told, *laid, _ = lab("FRESH=01").stdout.splitlines()
    assert told == "01_gates.ipynb is now 01_gates_1997-11-15.ipynb"
    assert sorted(laid) == ["01_gates.ipynb", "01_gates_1997-11-15.ipynb"]
    assert (house / "work" / "01_gates_1997-11-15.ipynb").read_text() == edited
    assert "1 + 1" in copy.read_text()


def test_make_lab_says_which_lessons_there_are(lab):
    assert complaint(lab("FRESH=07")) == "no lesson begins with '07'; there are: 01_gates"


@pytest.mark.parametrize(("user", "root"), [(1000, []), (0, ["--allow-root"])])
def test_where_there_is_no_make_the_module_lays_copies_and_opens_them(user, root, house, lab, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    monkeypatch.chdir(house)
    monkeypatch.setattr(sys, "argv", ["lab", "--open", "--no-browser"])
    monkeypatch.setattr(opening.lab, "install", lambda: "here")
    called = []
    monkeypatch.setattr(opening.subprocess, "call", lambda command: called.append(command) or 0)
    assert opening.main() == 0
    lesson = os.path.join("work", "01_gates.ipynb")
    assert called == [[sys.executable, "-m", "jupyterlab", lesson, *root, "--no-browser"]]
    assert (house / "work" / "01_gates.ipynb").exists()


def test_make_clean_leaves_the_copies_alone(lab, house):
    lab()
    kept = house / "work" / ".ipynb_checkpoints" / "01_gates-checkpoint.ipynb"
    goes = house / "notebooks" / ".ipynb_checkpoints" / "01_gates-checkpoint.ipynb"
    for path in (kept, goes, house / "build" / "index.html"):
        path.parent.mkdir()
        path.touch()
    assert make(house, "clean").returncode == 0
    assert kept.exists() and (house / "work" / "01_gates.ipynb").exists()
    assert not any(map(Path.exists, (goes.parent, house / "build", house / ".venv")))


def test_what_a_learner_does_in_a_copy_is_seen_by_no_check():
    """Git does not, so ruff and typos, which read .gitignore, do not; and pytest does not."""
    ignored = subprocess.run(["git", "check-ignore", "-q", "work/01_gates.ipynb"], cwd=ROOT)
    assert ignored.returncode == 0
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert "--ignore=work" in options["pytest"]["ini_options"]["addopts"]
