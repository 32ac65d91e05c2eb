"""The package away from its checkout: as a wheel, on GitHub, in a development container."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lstm_lessons"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

USE_EVERYTHING = """
import sys
from pathlib import Path
import lstm_lessons
assert Path(lstm_lessons.__file__).is_relative_to(sys.argv[1]), lstm_lessons.__file__
from lstm_lessons.data import catalog, digits, python_source, seventh_voice, studies, weather
catalog.load(), digits.load(), python_source.load(), seventh_voice.load(), weather.load()
studies.load("voices"), studies.load("regularization"), studies.load("speech")
from lstm_lessons.text import language_model
language_model.trained()
from lstm_lessons.publish import pages
from lstm_lessons.widgets.shared.bundling import page_script
folders = [path.parent for path in Path(sys.argv[1], "lstm_lessons", "widgets").glob("*/widget.py")]
assert len(folders) > 9
for folder in folders:
    assert "<script" in page_script(folder.name), folder
assert pages.template("slides.html.j2")
"""


def test_the_wheel_carries_data_sounds_widgets_templates_and_licenses(tmp_path):
    house = tmp_path / "house"  # setuptools leaves files where it builds
    shutil.copytree(PACKAGE, house / "lstm_lessons", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, house)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run((sys.executable, "-c", build, tmp_path), cwd=house, check=True, capture_output=True, timeout=300)
    [wheel] = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
        names = set(archive.namelist())
    files = (path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert {path.relative_to(ROOT).as_posix() for path in files} <= names
    notes = {path.relative_to(ROOT).as_posix() for path in PACKAGE.glob("data/*.md")}
    carried = {name.partition(".dist-info/licenses/")[2] for name in names} - {""}
    assert carried == {"LICENSE"} | notes
    elsewhere = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(unpacked)}}
    used = subprocess.run(
        (sys.executable, "-P", "-c", USE_EVERYTHING, unpacked), **elsewhere, capture_output=True, text=True, timeout=300
    )
    assert used.returncode == 0, used.stderr


def test_workflows_are_what_github_reads():
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    checked = subprocess.run(check, capture_output=True, text=True)
    assert len(WORKFLOWS) == 3 and checked.returncode == 0, checked.stdout


def test_what_workflows_and_container_call_is_there():
    """Files, targets of make, and folders that tests leave out."""
    commands = [
        step["run"]
        for path in WORKFLOWS
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    commands.append(container["postCreateCommand"])
    said = "\n".join(commands)
    for path in re.findall(r"(?<=--ignore )\S+|(?<=--constraint )\S+|\.ci/\w+", said):
        assert (ROOT / path).exists(), path
    for module in re.findall(r"-m ([\w.]+)", said):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    targets = re.findall(r"\bmake (\S+)", said)
    assert len(targets) == 2
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target
    extras = set(re.findall(r"\.\[([\w,]+)\]", said))
    assert extras == {"lab,publish,test,lint"}


def test_the_commands_without_make_name_what_is_there():
    [commands] = re.findall(r"^uv venv.*?(?=^```)", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.M)
    install = re.search(r"^uv pip install (.*)$", commands, re.M)[1]
    in_ci = next(line for line in WORKFLOWS[0].read_text(encoding="utf-8").splitlines() if "uv pip install" in line)
    assert set(re.findall(r"--[\w-]+", install)) == set(re.findall(r"--[\w-]+", in_ci))
    assert (ROOT / re.search(r"--constraint (\S+)", install)[1]).exists()
    [module] = re.findall(r"-m ([\w.]+) --open$", commands, re.M)
    assert (ROOT / module.replace(".", "/") / "__main__.py").exists()
