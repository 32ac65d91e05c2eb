"""The doctor names what is missing, says how to fix it, and never falls ill itself."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest

from lstm_lessons import doctor
from lstm_lessons.doctor import Finding, Report


def state_of(report: Report, what: str) -> tuple[str, str]:
    (finding,) = [item for item in report.findings if item.what == what]
    return finding.state, finding.found


def test_this_machine_is_healthy():
    report = doctor.examine()
    assert report.healthy, str(report)
    assert {"Python", "Packages", "One LSTM step", "Device", "Widgets", "Fonts"} == {
        finding.what for finding in report.findings
    }
    assert max(map(len, str(report).splitlines())) < 110
    assert "All is well" in str(report)


def test_packages_for_tests_and_for_authors_are_not_asked_for():
    [found] = doctor.packages()
    names = {part.split()[0] for part in found.found.split(", ")}
    assert {"torch", "anywidget", "onnxruntime"} <= names
    assert not names & {"pytest", "nbval", "ruff", "jupytext"}


def test_a_missing_package_is_named_with_a_way_to_mend_it(monkeypatch):
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


def test_a_version_out_of_range_is_named_with_the_range(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["torch>=99", "numpy>=1"])
    found = {item.what: item for item in doctor.packages()}
    assert found["torch"].state == "fix"
    assert "but >=99 is needed" in found["torch"].found
    assert found["Packages"].state == "ok"
    assert found["Packages"].found == f"numpy {importlib.metadata.version('numpy')}"


def test_a_local_version_of_torch_fits_its_range():
    assert doctor._fits("2.13.0+cpu", ">=2.11")
    assert not doctor._fits("2.10.1", ">=2.11")


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.9.1")
    finding = doctor.python()
    assert finding.state == "fix"
    assert "Install Python >=3." in finding.fix


def test_a_package_that_is_not_installed_itself_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGE", "lstm-lessons-of-nobody")
    report = doctor.examine()
    assert state_of(report, "Packages")[0] == "fix"


@pytest.mark.parametrize(
    ("module", "what"),
    [("torch", "One LSTM step"), ("matplotlib", "Fonts"), ("jupyter_core.paths", "Widgets")],
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
    finding = doctor.widgets()
    assert finding.state == "fix"
    assert finding.found == "JupyterLab lacks @jupyter-widgets/jupyterlab-manager"


def test_a_missing_font_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "FONT", "No Such Font")
    assert doctor.fonts().found == "matplotlib does not find No Such Font"


def test_a_gpu_is_named(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "Some Card")
    assert doctor.device().found == "GPU: Some Card"


def test_the_table_escapes_and_reads_without_color():
    report = Report(
        (
            Finding("torch", "fix", "<script>", "do <this>, type `make lab`"),
            Finding("Python", "ok", "3.11"),
        )
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
    assert sys.prefix not in str(doctor.examine())


def test_in_a_terminal_the_exit_status_says_whether_something_is_to_be_mended(monkeypatch, capsys):
    assert doctor.main() == 0
    assert "All is well" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "FONT", "No Such Font")
    assert doctor.main() == 1
    assert "1 thing to fix first." in capsys.readouterr().out


def test_the_doctor_loads_nothing_before_it_looks():
    code = (
        "import sys, lstm_lessons.doctor;"
        "print([name for name in ('torch', 'numpy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
