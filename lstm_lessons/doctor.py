"""Look over a machine before the first lesson, and say how to fix what is missing.

When all is well that is one line; the details are a click away, in a terminal ``python -m lstm_lessons.doctor
--details``. The doctor loads nothing before it
looks, and no check may fail it: it must work where torch or matplotlib does not.
"""

import argparse
import html
import importlib.metadata
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lstm_lessons import install

PACKAGE = "lstm-lessons"
LAB_EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
FONT = "DejaVu Sans"
SIGNS = {"ok": "✓", "note": "i", "fix": "✗"}
WORDS = {"ok": "ok", "note": "note", "fix": "to fix"}
# Asks a Python where its JupyterLab looks for extensions.
_FOLDERS = "from jupyter_core.paths import jupyter_path as p; print(*p('labextensions'), sep='\\n')"


def how_to_install(checkout: Path) -> str:
    """What brings what is missing: ``make`` in a checkout, uv where there is no ``make``, else the notebook's cell."""
    if not (checkout / "Makefile").exists():
        return "Run the cell at the top that installs the lessons' package, then restart the kernel."
    type_this = "In a terminal, in the folder of the lessons, stop JupyterLab and type"
    if shutil.which("make"):
        return f"{type_this} `make lab`."
    return f"{type_this} the command `uv pip install ...` of README.md."


INSTALL = how_to_install(Path(__file__).resolve().parents[1])


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report."""

    what: str  #: what was looked at.
    state: str  #: "ok", "note" (works, but worth knowing) or "fix".
    found: str  #: what was found, in words.
    fix: str = ""  #: what to do about it; empty if nothing is to be done.


@dataclass(frozen=True, repr=False)
class Report:
    """What the doctor found: what is not well, and on demand the rest."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is to be fixed."""
        return all(finding.state != "fix" for finding in self.findings)

    @property
    def summary(self) -> str:
        """The whole in one line."""
        count = sum(finding.state == "fix" for finding in self.findings)
        if not count:
            return "All is well: your machine can run every lesson."
        return f"{count} thing{'s' if count > 1 else ''} to fix first."

    def text(self, *, details: bool = False) -> str:
        """Lines for a terminal, the summary last; with ``details`` also what is well."""
        shown = [item for item in self.findings if details or item.state != "ok"]
        width = max((len(item.what) for item in shown), default=0)
        lines = []
        for item in shown:
            texts = textwrap.wrap(item.found, 76) + [f"-> {item.fix}"] * bool(item.fix)
            head = f"{WORDS[item.state]:6}  {item.what:{width}}"
            for line in texts:
                lines.append(f"{head}  {line}")
                head = " " * len(head)
        return "\n".join([*lines, self.summary])

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        well = [item for item in self.findings if item.state == "ok"]
        others = [item for item in self.findings if item.state != "ok"]
        said = f"<strong>{html.escape(self.summary)}</strong>"
        if not others:
            sign = f'<span aria-hidden="true">{SIGNS["ok"]}</span>'
            return f"<details><summary>{sign} {said}</summary>{_table(well)}</details>"
        rest = f"<details><summary>What is well</summary>{_table(well)}</details>"
        return f'<p role="status">{said}</p>{_table(others)}{rest}'


def examine() -> Report:
    """Look at Python, the packages, torch, the device, the widgets and the fonts."""
    looks = {"Packages": packages, "One LSTM step": lstm_step, "Device": device, "Widgets": widgets, "Fonts": fonts}
    return Report(tuple(found for what, look in looks.items() for found in _tried(what, look)))


def _tried(what: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a look finds; what stops it is a finding, too."""
    try:
        yield from look()
    except Exception as error:  # a patient may be ill in ways that no doctor foresaw
        text = " ".join(str(error).split())[:160]
        yield Finding(what, "fix", f"{type(error).__name__}: {text}", INSTALL)


def packages() -> Iterator[Finding]:
    """Python and the packages that the lessons need, against the ranges in ``pyproject.toml``.

    One finding for all packages that fit, and one for each that does not; before them, whether PyTorch has a build for
    this machine, if it has none.
    """
    if reason := install.no_build():
        yield Finding("Machine", "fix", reason)
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    try:
        wanted = importlib.metadata.metadata(PACKAGE)["Requires-Python"]
        lines = importlib.metadata.requires(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("Packages", "fix", f"{PACKAGE} is not installed in this Python", INSTALL)
        return
    if SpecifierSet(wanted).contains(version := platform.python_version(), prereleases=True):
        yield Finding("Python", "ok", version)
    else:
        fix = f"Install Python {wanted}, and delete the folder `.venv`. {INSTALL}"
        yield Finding("Python", "fix", version, fix)
    found = []
    for needed in map(Requirement, lines):
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue  # for tests, or for those who write lessons
        try:
            version = importlib.metadata.version(needed.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(needed.name, "fix", "not installed", INSTALL)
            continue
        if needed.specifier.contains(version, prereleases=True):
            found.append(f"{needed.name} {version}")
        else:
            what = f"{version}, but {needed.specifier} is needed"
            yield Finding(needed.name, "fix", what, INSTALL)
    if found:
        yield Finding("Packages", "ok", ", ".join(found))


def lstm_step() -> Iterator[Finding]:
    """Whether torch loads and an LSTM runs, forward and backward."""
    import torch

    lstm = torch.nn.LSTM(2, 3)
    output, _ = lstm(torch.ones(4, 2))  # (T, H)
    output.sum().backward()
    if lstm.weight_ih_l0.grad is None or not output.isfinite().all():
        yield Finding("One LSTM step", "fix", "the numbers are not finite", INSTALL)
    else:
        yield Finding("One LSTM step", "ok", "forward and backward")


def device() -> Iterator[Finding]:
    """Where the lessons compute. None but lesson 6 has a use for a GPU."""
    import torch

    if torch.cuda.is_available():
        yield Finding("Device", "ok", f"GPU: {torch.cuda.get_device_name(0)}")
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("Device", "ok", f"CPU with {cores} cores; that is enough for every lesson")


def widgets() -> Iterator[Finding]:
    """Whether JupyterLab can draw the widgets: the one that runs this notebook, if one does."""
    from jupyter_core.paths import jupyter_path

    folders, where = jupyter_path("labextensions"), "the JupyterLab of this Python"
    if other := _python_of_jupyter():
        where = "this JupyterLab"
        if Path(other).parent != Path(sys.executable).parent:
            folders, where = _lab_folders(other), "JupyterLab runs in another Python, which"
    there = {name for name in LAB_EXTENSIONS for folder in folders if Path(folder, name).is_dir()}
    missing = [name for name in LAB_EXTENSIONS if name not in there]
    if missing:
        yield Finding("Widgets", "fix", f"{where} lacks {' and '.join(missing)}", INSTALL)
    else:
        yield Finding("Widgets", "ok", f"{where} draws them")


def _python_of_jupyter() -> str | None:
    """The Python of the Jupyter server that started this process; None if none did."""
    import psutil

    try:
        parent = psutil.Process().parent()
        command, *words = parent.cmdline()
        search = parent.environ().get("PATH")
    except (psutil.Error, AttributeError, ValueError):  # gone, another user's, or none
        return None
    runs = [Path(word).name for word in (command, *words[:2])]  # python [-m] jupyter…
    is_jupyter = runs[0].startswith("python") and any(n.startswith("jupyter") for n in runs[1:])
    return shutil.which(command, path=search) if is_jupyter else None


def _lab_folders(python: str) -> list[str]:
    """Where the JupyterLab of another Python looks for extensions; none if it cannot tell."""
    try:
        asked = subprocess.run([python, "-c", _FOLDERS], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []
    return asked.stdout.splitlines()


def fonts() -> Iterator[Finding]:
    """Whether the figures find their font, with the signs that formulas need."""
    from matplotlib import font_manager

    try:
        path = font_manager.findfont(FONT, fallback_to_default=False)
    except ValueError:
        yield Finding("Fonts", "fix", f"matplotlib does not find {FONT}", INSTALL)
        return
    known = font_manager.get_font(path).get_charmap()
    missing = [sign for sign in "σ∂⊙·×≤" if ord(sign) not in known]
    if missing:
        yield Finding("Fonts", "note", f"{FONT} lacks {' '.join(missing)}", INSTALL)
    else:
        yield Finding("Fonts", "ok", FONT)


def _table(findings: Sequence[Finding]) -> str:
    left = ' style="text-align: left"'
    head = "".join(f'<th scope="col"{left}>{name}</th>' for name in ("Part", "State", "Found"))
    rows = "".join(
        f'<tr><th scope="row"{left}>{html.escape(item.what)}</th>'
        f'<td{left}><span aria-hidden="true">{SIGNS[item.state]}</span> {WORDS[item.state]}</td>'
        f"<td{left}>{html.escape(item.found)}"
        + (f"<br><strong>{_with_code(item.fix)}</strong>" if item.fix else "")
        + "</td></tr>"
        for item in findings
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; the exit status is 1 if something is to be fixed."""
    parser = argparse.ArgumentParser(prog="python -m lstm_lessons.doctor", description=__doc__.partition("\n")[0])
    parser.add_argument("--details", action="store_true", help="say also what is well")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a sign that the terminal lacks stops nobody
        sys.stdout.reconfigure(errors="replace")
    report = examine()
    print(report.text(details=options.details))
    return 0 if report.healthy else 1


if __name__ == "__main__":
    sys.exit(main())
