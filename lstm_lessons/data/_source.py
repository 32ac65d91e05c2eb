"""What the rebuild scripts share: fetching a package, and a checksum of numbers."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np


def download(requirement: str, folder: Path, *, sdist: bool = False) -> Path:
    """Fetch one package with pip, without what it depends on.

    Args:
        requirement: name and exact version, as pip takes it.
        folder: an empty folder to put it in.
        sdist: fetch the source archive, not the wheel.

    Returns:
        The one file that came.
    """
    kind = "--no-binary=:all:" if sdist else "--only-binary=:all:"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", kind]
    subprocess.run([*command, "--quiet", "--dest", str(folder), requirement], check=True)
    (archive,) = folder.iterdir()
    return archive


def checksum(*arrays: tuple[np.ndarray, str]) -> str:
    """SHA-256 of the numbers themselves, whatever the compression around them.

    Args:
        arrays: each array with the dtype in which its bytes count, such as ``"<f4"``.
    """
    digest = hashlib.sha256()
    for array, dtype in arrays:
        digest.update(np.ascontiguousarray(array, dtype=dtype).tobytes())
    return digest.hexdigest()


def save(
    target: Path, arrays: dict[str, np.ndarray], *, source: str, found: str, recorded: str
) -> None:
    """Write arrays into ``target`` if, and only if, their numbers are the recorded ones.

    Args:
        target: ``.npz`` file to write.
        arrays: what to write, by name.
        source: where they come from, for the message.
        found, recorded: checksum of ``arrays``, and the one that they must have.

    Raises:
        SystemExit: if the checksums differ; nothing is written then.
    """
    if found != recorded:
        sys.exit(f"{source} gave other numbers: SHA-256 {found}, expected {recorded}")
    np.savez_compressed(target, **arrays)
    print(f"wrote {target.name}: {target.stat().st_size:,} bytes, SHA-256 of the numbers {found}")
