"""The recorded benchmark: how long an LSTM took in every way, on the machine a record names.

``ladder-cpu.json`` and ``ladder-cuda.json`` beside this file, where they exist, were written by the command that they
name (``make bench-ladder``). A record is of one machine: read its label with every number.
"""

from pathlib import Path

from lstm_lessons import checks
from lstm_lessons.benchmark.timing import Record

DEVICES = ("cpu", "cuda")
FOLDER = Path(__file__).parent


def load(device: str, folder: Path | str = FOLDER) -> Record | None:
    """The record of a device, "cpu" or "cuda", or None if there is none.

    It comes with the lessons, or is your own, from the folder ``build/bench``.

    Raises:
        ValueError: if the device is neither of the two.
    """
    checks.one_of("device", device, DEVICES)
    checks.kind("folder", folder, "a path", isinstance(folder, str | Path))
    if "\0" in str(folder):
        raise ValueError(f"folder must be a path, got {str(folder)!r}")
    path = Path(folder) / f"ladder-{device}.json"
    return Record.load(path) if path.exists() else None
