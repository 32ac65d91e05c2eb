"""Files that are written whole or not at all, and set aside rather than overwritten; and words about them."""

import datetime
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that at any moment it holds either the old content or the new, never a part.

    The content goes into a file beside it first, and to the disk. A process that is killed in between may leave that
    file, ``.<name>.*.partial``. The mode of a file that was there is kept.

    Args:
        path: the file; its folder must exist.
        content: bytes, or text for UTF-8, with the line ends that it has.
    """
    descriptor, partial = tempfile.mkstemp(".partial", f".{path.name}.", path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(descriptor)
        os.chmod(partial, path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def say(line: str) -> None:
    """Print a line; a letter that the terminal lacks, in the name of a folder perhaps, stops nobody."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)


def exit_code(work: Callable[[], object], *also: type[Exception]) -> int:
    """Do a command's work; 0, or 1 after a sentence on what cannot be done, such as errors of its own."""
    try:
        work()
    except (OSError, ValueError, ModuleNotFoundError, *also) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def set_aside(path: Path) -> Path:
    """Put the date of its last change into a file's name; return where it is now."""
    day = datetime.date.fromtimestamp(path.stat().st_mtime).isoformat()
    aside = path.with_stem(f"{path.stem}_{day}")
    return path.rename(next(name for name in numbered(aside) if not name.exists()))


def numbered(path: Path) -> Iterator[Path]:
    """The path, then ``<name>_2``, ``<name>_3`` and so on, without end."""
    yield path
    for number in itertools.count(2):
        yield path.with_stem(f"{path.stem}_{number}")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
