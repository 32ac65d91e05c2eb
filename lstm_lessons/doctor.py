"""Look over a machine before the first lesson, and say how to fix what is missing.

``python -m lstm_lessons.doctor`` says the same in a terminal. The doctor loads
nothing before it looks, and no check may fail it: it must work where torch or
matplotlib does not.
"""

from __future__ import annotations

import html
import importlib
import importlib.metadata
import os
import platform
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PACKAGE = "lstm-lessons"
LAB_EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
FONT = "DejaVu Sans"
SIGNS = {"ok": "✓", "note": "i", "fix": "✗"}
WORDS = {"ok": "ok", "note": "note", "fix": "to fix"}
INSTALL = "In a terminal, in the folder of the lessons, stop JupyterLab and type `make lab`."


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        what: what was looked at.
        state: "ok", "note" (works, but worth knowing) or "fix".
        found: what was found, in words.
        fix: what to do about it; empty if nothing is to be done.
    """

    what: str
    state: str
    found: str
    fix: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """What the doctor found; a table in a notebook, lines of text elsewhere."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is to be fixed."""
        return all(finding.state != "fix" for finding in self.findings)

    @property
    def summary(self) -> str:
        count = sum(finding.state == "fix" for finding in self.findings)
        if not count:
            return "All is well: your machine can run every lesson."
        return f"{count} thing{'s' if count > 1 else ''} to fix first."

    def __str__(self) -> str:
        width = max(len(finding.what) for finding in self.findings)
        lines = []
        for item in self.findings:
            state = f"{SIGNS[item.state]} {WORDS[item.state]}"
            first, *more = textwrap.wrap(item.found, 76) or [""]
            lines.append(f"{state:9}  {item.what:{width}}  {first}")
            lines += [f"{'':9}  {'':{width}}  {line}" for line in more]
            if item.fix:
                lines.append(f"{'':9}  {'':{width}}  -> {item.fix}")
        return "\n".join([*lines, self.summary])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        left = ' style="text-align: left"'
        rows = "".join(
            f'<tr><th scope="row"{left}>{html.escape(item.what)}</th>'
            f'<td{left}><span aria-hidden="true">{SIGNS[item.state]}</span> '
            f"{WORDS[item.state]}</td>"
            f"<td{left}>{html.escape(item.found)}"
            + (f"<br><strong>{_with_code(item.fix)}</strong>" if item.fix else "")
            + "</td></tr>"
            for item in self.findings
        )
        head = "".join(f'<th scope="col"{left}>{name}</th>' for name in ("Part", "State", "Found"))
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
            f'<p role="status"><strong>{html.escape(self.summary)}</strong></p>'
        )


def examine() -> Report:
    """Look at Python, the packages, torch, the device, the widgets and the fonts."""
    findings = [python(), *packages()]
    for what, look in (
        ("One LSTM step", lstm_step),
        ("Device", device),
        ("Widgets", widgets),
        ("Fonts", fonts),
    ):
        findings.append(_never_failing(what, look))
    return Report(tuple(findings))


def python() -> Finding:
    """The version of Python, against the one that the package asks for."""
    version = platform.python_version()
    wanted = _metadata("Requires-Python")
    if wanted and not _fits(version, wanted):
        fix = f"Install Python {wanted}, delete the folder `.venv`, then type `make lab`."
        return Finding("Python", "fix", version, fix)
    return Finding("Python", "ok", version)


def packages() -> Iterator[Finding]:
    """The packages that the lessons need, against the ranges in ``pyproject.toml``.

    One finding for all that fit, and one for each that does not.
    """
    found, faults = [], []
    try:
        lines = importlib.metadata.requires(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("Packages", "fix", f"{PACKAGE} is not installed in this Python", INSTALL)
        return
    for line in lines:
        name, _, wanted = _parsed(line)
        if name is None:  # for tests or for those who write lessons
            continue
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            faults.append(Finding(name, "fix", "not installed", INSTALL))
            continue
        if _fits(version, wanted):
            found.append(f"{name} {version}")
        else:
            faults.append(Finding(name, "fix", f"{version}, but {wanted} is needed", INSTALL))
    if found:
        yield Finding("Packages", "ok", ", ".join(found))
    yield from faults


def lstm_step() -> Finding:
    """Whether torch loads and an LSTM runs, forward and backward."""
    import torch

    lstm = torch.nn.LSTM(2, 3)
    output, _ = lstm(torch.ones(4, 2))  # (T, H)
    output.sum().backward()
    if lstm.weight_ih_l0.grad is None or not output.isfinite().all():
        return Finding("One LSTM step", "fix", "the numbers are not finite", INSTALL)
    return Finding("One LSTM step", "ok", "forward and backward")


def device() -> Finding:
    """Where the lessons compute. None but lesson 6 has a use for a GPU."""
    import torch

    if torch.cuda.is_available():
        return Finding("Device", "ok", f"GPU: {torch.cuda.get_device_name(0)}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Finding("Device", "ok", f"CPU with {cores} cores; that is enough for every lesson")


def widgets() -> Finding:
    """Whether JupyterLab has the two extensions that draw the widgets."""
    from jupyter_core.paths import jupyter_path

    folders = jupyter_path("labextensions")
    missing = [
        name
        for name in LAB_EXTENSIONS
        if not any(os.path.isdir(os.path.join(folder, name)) for folder in folders)
    ]
    if missing:
        return Finding("Widgets", "fix", f"JupyterLab lacks {' and '.join(missing)}", INSTALL)
    return Finding("Widgets", "ok", "JupyterLab has both extensions")


def fonts() -> Finding:
    """Whether the figures find their font, with the signs that formulas need."""
    from matplotlib import font_manager

    try:
        path = font_manager.findfont(FONT, fallback_to_default=False)
    except ValueError:
        return Finding("Fonts", "fix", f"matplotlib does not find {FONT}", INSTALL)
    known = font_manager.get_font(path).get_charmap()
    missing = [sign for sign in "σ∂⊙·×≤" if ord(sign) not in known]
    if missing:
        return Finding("Fonts", "note", f"{FONT} lacks {' '.join(missing)}", INSTALL)
    return Finding("Fonts", "ok", FONT)


def _never_failing(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # a patient may be ill in ways that no doctor foresaw
        text = " ".join(str(error).split())[:160]
        return Finding(what, "fix", f"{type(error).__name__}: {text}", INSTALL)


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _metadata(key: str) -> str | None:
    try:
        return importlib.metadata.metadata(PACKAGE).get(key)
    except importlib.metadata.PackageNotFoundError:
        return None


def _parsed(line: str) -> tuple[str | None, str, str]:
    """Name, marker and version range of a requirement; the name is ``None`` if not needed here."""
    from packaging.requirements import Requirement

    needed = Requirement(line)
    marker = str(needed.marker or "")
    here = needed.marker is None or needed.marker.evaluate({"extra": ""})
    return (needed.name if here else None), marker, str(needed.specifier)


def _fits(version: str, wanted: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(wanted).contains(version, prereleases=True)


def main() -> int:
    """Print the report; the exit status is 1 if something is to be fixed."""
    report = examine()
    print(report)
    return 0 if report.healthy else 1


if __name__ == "__main__":
    sys.exit(main())
