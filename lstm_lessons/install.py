"""Put the packages of the lessons into this environment: with uv, which is quick, or with pip where uv cannot be had.

``make`` runs this file with the Python of the new ``.venv``, before anything is installed, so it imports the standard
library alone. It reads pyproject.toml and constraints.txt in the current folder. What the installers write goes to a
log; the terminal sees the large downloads as they come, and one line if something fails.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

CPU_BUILDS = "https://download.pytorch.org/whl/cpu/"  # of PyTorch; PyPI's build for Linux brings CUDA
OLDEST_MACOS = 14  # that PyTorch is built for, on Apple silicon alone
LARGE = 10.0  # MiB: a download that is worth a line
NO_NETWORK = re.compile(
    r"Temporary failure|Name or service|NameResolution|NewConnection|ConnectTimeout|ProxyError|dns error"
    r"|Network is unreachable|nodename|from versions: none"
)
_SIZE = re.compile(r"^\s*Downloading .*\((\d+(?:\.\d+)?) ?([kMG])i?B\)")
_MEBIBYTES = {"k": 1 / 1024, "M": 1.0, "G": 1024.0}


class InstallError(RuntimeError):
    """The packages could not be installed; the text is one line for the reader."""


def has_nvidia_card() -> bool:
    """True where an NVIDIA driver runs, which PyTorch's CUDA build needs."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def wants_cpu_build() -> bool:
    """True where PyPI would bring gigabytes of CUDA libraries that this machine cannot use."""
    return sys.platform == "linux" and platform.machine() == "x86_64" and not has_nvidia_card()


def no_build() -> str | None:
    """Why PyTorch has no build for this machine that the lessons could use, in words; None if it has one."""
    if sys.platform != "darwin":
        return None
    system = platform.mac_ver()[0]
    if platform.machine() == "arm64" and int(system.partition(".")[0] or OLDEST_MACOS) >= OLDEST_MACOS:
        return None
    return (
        f"PyTorch is built for Macs with Apple silicon and macOS {OLDEST_MACOS} or newer; here is macOS {system} and a "
        f"Python for {platform.machine()}. On an Intel or older Mac, use the lessons in Colab, Codespaces or Binder"
    )


def reached(address: str, seconds: float = 8.0) -> bool:
    """True if a web address answers within some seconds."""
    try:
        urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=seconds).close()
    except OSError:  # urllib's own errors are of this kind
        return False
    return True


def uv_environment(settings: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that tell uv what pip was told about where packages are; uv does not read pip's settings.

    Args:
        settings: what ``pip config list`` prints. Variables (``:env:``) come first there, and win as they do for pip.
        environment: the variables so far; a ``UV_*`` of the reader's own stays.
    """
    last_first = "\n".join(reversed(settings.splitlines()))
    told = dict(re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", last_first, re.MULTILINE))
    web = [link for link in told.get("extra-index-url", "").split() if link.startswith("http")]
    found = {
        "UV_FIND_LINKS": ",".join(told.get("find-links", "").split()),
        "UV_DEFAULT_INDEX": told.get("index-url", ""),
        "UV_INDEX": " ".join(web),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if web else "",  # pip looks everywhere for the newest, too
        "SSL_CERT_FILE": told.get("cert", ""),
    }
    return {name: value for name, value in found.items() if value} | dict(environment)


def large_download(line: str) -> str | None:
    """The line of an installer's output, trimmed, if it says that a large file is being downloaded."""
    size = _SIZE.match(line)
    return line.strip() if size and float(size[1]) * _MEBIBYTES[size[2]] >= LARGE else None


def run(command: Sequence[str], log: TextIO, environment: Mapping[str, str] | None = None) -> str | None:
    """Run an installer into the log, and tell the terminal of large downloads.

    Returns:
        None if it succeeded, or all that it wrote.
    """
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    written = []
    for line in process.stdout or ():
        log.write(line)
        written.append(line)
        if told := large_download(line):
            print(f"  {told}", flush=True)
    return None if process.wait() == 0 else "".join(written)


def with_uv(packages: Sequence[str], cpu: bool, log: TextIO) -> str | None:
    """Install with uv; what went wrong, or None."""
    python = (sys.executable, "-m")
    missing = run((*python, "pip", "install", "--quiet", "--retries=1", "uv", "--constraint=constraints.txt"), log)
    if missing is not None:
        return missing
    settings = subprocess.run((*python, "pip", "config", "list"), capture_output=True, text=True).stdout
    backend = ("--torch-backend=cpu",) if cpu else ()
    command = (*python, "uv", "pip", "install", "--python", sys.executable, *backend, *packages)
    return run(command, log, uv_environment(settings, os.environ))


def with_pip(packages: Sequence[str], cpu: bool, log: TextIO) -> str | None:
    """Install with pip; what went wrong, or None."""
    index = (f"--extra-index-url={CPU_BUILDS}",) if cpu else ()
    return run((sys.executable, "-m", "pip", "install", "--progress-bar=off", *index, *packages), log)


def install(extras: str, log: TextIO, ways: Sequence[Callable[..., str | None]] = (with_uv, with_pip)) -> None:
    """Install the project of the current folder, editable, with its extras, by the first way that works.

    Raises:
        InstallError: if none does.
    """
    cpu = wants_cpu_build()
    if cpu and not reached(CPU_BUILDS):
        print(
            f"{CPU_BUILDS} does not answer: PyTorch comes from where pip looks. PyPI's build is several GB.", flush=True
        )
        cpu = False
    packages = ("--editable", f".[{extras}]" if extras else ".", "--constraint", "constraints.txt")
    wrong = ""
    for way in ways:
        if (wrong := way(packages, cpu, log) or "") == "":
            return
    if NO_NETWORK.search(wrong):
        raise InstallError(
            "The packages could not be downloaded: no network? Nothing is lost; run it again when there is one. "
            f"Details: {log.name}"
        )
    first = re.search(r"ERROR:.*|error:.*", wrong)
    reason = first[0] if first else "the installer gives no reason"
    raise InstallError(f"The packages could not be installed: {reason}. The whole story: {log.name}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, install, and end with one line if that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", default="", help="extras of pyproject.toml, with commas between them")
    parser.add_argument("--log", type=Path, default=Path(sys.prefix, "install.log"), help="what the installers write")
    chosen = parser.parse_args(arguments)
    shown = os.path.relpath(chosen.log)
    if reason := no_build():
        sys.exit(f"{reason}.")
    print(f"Installing into {os.path.relpath(sys.prefix)} (only the first time; a minute or some) ...", flush=True)
    with open(shown, "w", encoding="utf-8") as log:
        try:
            install(chosen.extras, log)
        except InstallError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
