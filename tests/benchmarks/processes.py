"""What processes cost: memory of whole trees, looked at while they run."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psutil


@dataclass
class Peak:
    """The most memory that was seen in use, in bytes.

    Attributes:
        bytes: the largest sum over the processes that were there at one moment.
        looks: how many times it was looked at.
    """

    bytes: int = 0
    looks: int = 0
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)


def resident(process: psutil.Process) -> int:
    """Resident memory of a process in bytes; 0 if it is gone."""
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss
    return 0


def newcomers(before: set[psutil.Process]) -> list[psutil.Process]:
    """The processes below this one that were not there before."""
    return [p for p in psutil.Process().children(recursive=True) if p not in before]


@contextlib.contextmanager
def watched(memory: Callable[[psutil.Process], int] = resident, every: float = 0.05) -> Iterator[Peak]:
    """Watch the memory of all processes that start below this one in the meantime.

    Args:
        memory: of one process, in bytes.
        every: seconds between two looks.
    """
    before = set(psutil.Process().children(recursive=True))
    peak = Peak()

    def look() -> None:
        while not peak._stop.wait(every):
            peak.bytes = max(peak.bytes, sum(map(memory, newcomers(before))))
            peak.looks += 1

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        peak._stop.set()
        thread.join()
