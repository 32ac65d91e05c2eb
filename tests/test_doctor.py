"""The doctor names what is missing, says how to fix it, and never falls ill itself."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_lessons import doctor
from lstm_lessons.doctor import Finding, Report

ROOT = Path(__file__).parents[1]


def state_of(report: Report, what: str) -> tuple[str, str]:
    (finding,) = [item for item in report.findings if item.what == what]
    return finding.state, finding.found


def test_this_machine_is_healthy():
    report = doctor.examine()
    assert report.healthy, str(report)
    assert {"Python", "Packages", "One LSTM step", "Device", "Widgets", "Fonts"} == {
        finding.what for finding in report.findings
    }
    assert str(report) == report.summary == "All is well: your machine can run every lesson."
    assert max(map(len, report.text(details=True).splitlines())) < 110


def test_when_all_is_well_it_is_one_line_and_the_details_are_folded():
    report = Report((Finding("Python", "ok", "3.11"),))
    page = report._repr_html_()
    summary, _, details = page.partition("</summary>")
    assert summary.startswith("<details><summary>") and "All is well" in summary
    assert "3.11" in details
    assert report.text() == report.summary
    assert report.text(details=True) == f"ok      Python  3.11\n{report.summary}"


def test_packages_for_tests_and_for_authors_are_not_asked_for():
    _, found = doctor.packages()
    names = {part.split()[0] for part in found.found.split(", ")}
    assert {"torch", "anywidget", "onnxruntime"} <= names
    assert not names & {"pytest", "nbval", "ruff", "jupytext"}


def test_a_missing_package_is_named_with_a_way_to_fix_it(monkeypatch):
    version = importlib.metadata.version

    def without_anywidget(name):
        if name == "anywidget":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", without_anywidget)
    report = doctor.examine()
    assert state_of(report, "anywidget") == ("fix", "not installed")
    assert not report.healthy
    assert "make lab" in str(report)
    assert report.summary == "1 thing to fix first."


def test_the_way_to_fix_it_is_one_that_this_machine_has(monkeypatch, tmp_path):
    assert "Run the cell at the top" in doctor.how_to_install(tmp_path)  # Colab has the package alone
    (tmp_path / "Makefile").touch()
    for there, command in (("/usr/bin/make", "`make lab`"), (None, "`uv pip install ...`")):
        monkeypatch.setattr(doctor.shutil, "which", lambda name, there=there: there)
        assert command in doctor.how_to_install(tmp_path)


def test_a_version_out_of_range_is_named_with_the_range(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["torch>=99", "numpy>=1"])
    found = {item.what: item for item in doctor.packages()}
    assert found["torch"].state == "fix"
    assert "but >=99 is needed" in found["torch"].found
    assert found["Packages"].state == "ok"
    assert found["Packages"].found == f"numpy {importlib.metadata.version('numpy')}"


def test_a_local_version_of_torch_fits_its_range(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["torch>=2.11"])
    for version, state in (("2.13.0+cpu", "ok"), ("2.10.1", "fix")):
        monkeypatch.setattr(importlib.metadata, "version", lambda name, version=version: version)
        *_, found = doctor.packages()
        assert found.state == state


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.9.1")
    finding, *_ = doctor.packages()
    assert (finding.what, finding.state, finding.found) == ("Python", "fix", "3.9.1")
    assert "Install Python >=3." in finding.fix


def test_a_machine_that_pytorch_is_not_built_for_is_named_first(monkeypatch):
    monkeypatch.setattr(doctor.install, "no_build", lambda: "PyTorch is built for others")
    finding, *_ = doctor.packages()
    assert (finding.what, finding.state, finding.found) == ("Machine", "fix", "PyTorch is built for others")


def test_a_package_that_is_not_installed_itself_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGE", "lstm-lessons-of-nobody")
    report = doctor.examine()
    assert state_of(report, "Packages")[0] == "fix"


@pytest.mark.parametrize(
    ("module", "what"), [("torch", "One LSTM step"), ("matplotlib", "Fonts"), ("jupyter_core.paths", "Widgets")]
)
def test_a_module_that_does_not_load_is_a_finding_and_no_traceback(monkeypatch, module, what):
    monkeypatch.setitem(sys.modules, module, None)
    state, found = state_of(doctor.examine(), what)
    assert state == "fix"
    assert "Error" in found


def test_a_missing_extension_of_jupyterlab_is_named(monkeypatch, tmp_path):
    from jupyter_core import paths

    (tmp_path / "anywidget").mkdir()
    monkeypatch.setattr(paths, "jupyter_path", lambda name: [str(tmp_path)])
    (finding,) = doctor.widgets()
    assert finding.state == "fix"
    missing = "@jupyter-widgets/jupyterlab-manager"
    assert finding.found == f"the JupyterLab of this Python lacks {missing}"


@pytest.mark.parametrize("there", [(), ("anywidget",), doctor.LAB_EXTENSIONS])
def test_a_jupyterlab_in_another_python_is_asked_itself(monkeypatch, tmp_path, there):
    for name in there:
        (tmp_path / name).mkdir(parents=True)
    other = tmp_path / "bin" / "python"
    other.parent.mkdir()
    other.write_text(f"#!/bin/sh\n{'echo ' + str(tmp_path) if there else 'exit 1'}\n")
    other.chmod(0o755)
    monkeypatch.setattr(doctor, "_python_of_jupyter", lambda: str(other))
    (finding,) = doctor.widgets()
    missing = " and ".join(name for name in doctor.LAB_EXTENSIONS if name not in there)
    said = f"lacks {missing}" if missing else "draws them"
    assert finding.found == f"JupyterLab runs in another Python, which {said}"
    assert finding.state == ("fix" if missing else "ok")


@pytest.mark.parametrize("name", ["jupyter-lab", "train.py"])
def test_a_jupyter_server_is_known_by_its_command(tmp_path, name):
    """The doctor runs in a process of a Python that runs a script of that name."""
    script = tmp_path / name
    script.write_text(
        "import subprocess, sys\n"
        "code = 'from lstm_lessons import doctor; print(doctor._python_of_jupyter())'\n"
        "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == (sys.executable if name == "jupyter-lab" else "None")


def test_a_missing_font_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "FONT", "No Such Font")
    (finding,) = doctor.fonts()
    assert finding.found == "matplotlib does not find No Such Font"


def test_a_gpu_is_named(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "Some Card")
    (finding,) = doctor.device()
    assert finding.found == "GPU: Some Card"


def test_the_table_escapes_and_reads_without_color():
    report = Report(
        (Finding("torch", "fix", "<script>", "do <this>, type `make lab`"), Finding("Python", "ok", "3.11"))
    )
    page = report._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "do &lt;this&gt;" in page
    for word in ("to fix", "ok", 'scope="row"', 'role="status"', "1 thing to fix first."):
        assert word in page
    assert "type <code>make lab</code>" in page
    assert "color" not in page
    assert repr(report) == str(report)


def test_the_report_shows_no_path_of_the_machine():
    assert sys.prefix not in doctor.examine().text(details=True)


def test_in_a_terminal_the_exit_status_says_whether_something_is_to_be_fixed(monkeypatch, capsys):
    assert doctor.main([]) == 0
    assert capsys.readouterr().out.startswith("All is well")
    assert doctor.main(["--details"]) == 0
    assert "forward and backward" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "FONT", "No Such Font")
    assert doctor.main([]) == 1
    said = capsys.readouterr().out
    assert "1 thing to fix first." in said and "forward and backward" not in said


def test_a_terminal_that_lacks_a_sign_ends_in_no_traceback():
    code = (
        "import sys; from lstm_lessons import doctor;"
        "doctor.examine = lambda: doctor.Report((doctor.Finding('Fonts', 'fix', 'lacks σ ∂'),));"
        "sys.exit(doctor.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONIOENCODING": "cp1252"}, capture_output=True, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"lacks ? ?" in done.stdout


def test_the_doctor_loads_nothing_before_it_looks():
    code = (
        "import sys, lstm_lessons.doctor;"
        "print([name for name in ('torch', 'numpy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
