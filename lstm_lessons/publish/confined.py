"""Run foreign code in a process of its own, which can do little to others, and say what it tried.

Three fences stand around it, for Linux and, without the third, macOS: limits of the system (time, memory, size of
files, new processes); a hook of Python that refuses and names what foreign code has no use for; and Landlock, where the
kernel has it, which lets nothing be written outside one folder and no signal out.

The hook is no wall: code that is written to get round it does, and then stands before the other two alone. Whoever
does not trust the authors puts a container around the whole.
"""

import contextlib
import ctypes
import io
import os
import resource
import secrets
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

REMARKS = {
    "endless": "did not come to an end and was stopped",
    "ended": "ended its own process",
    "memory": "wanted more memory than it gets",
    "output": "printed more than it may",
    "disk": "wrote too many files, or too large a one",
    "files": "tried to write outside its folder",
    "neighbors": "tried to read what others handed in",
    "processes": "tried to start a process",
    "signals": "tried to end a process",
    "network": "tried to reach the network",
    "system": "tried to reach under Python, or into the grader",
    "forged": "wrote into the grader's channel",
}
_REFUSED = {  # how an audit event of Python begins, and what it shows
    **dict.fromkeys(
        ("os.fork", "os.posix_spawn", "os.exec", "os.spawn", "os.system", "pty.", "subprocess."), "processes"
    ),
    **dict.fromkeys(("os.kill", "signal.pthread_kill"), "signals"),
    **dict.fromkeys(("socket.", "urllib.", "ftplib.", "smtplib."), "network"),
    **dict.fromkeys(("ctypes.", "gc.get", "sys.addaudithook"), "system"),
}
_WRITES = (
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.ch", "os.utime"),
    *("os.setxattr", "os.removexattr", "sqlite3.connect"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True)
class Limits:
    """What foreign code gets."""

    seconds: float = 30.0  #: until it is killed.
    memory: int = 2 << 30  #: bytes beyond what the process holds when it begins.
    output: int = 1 << 20  #: characters printed.
    files: int = 20  #: files and folders made or changed.
    file: int = 10 << 20  #: bytes of a file.


class Refused(BaseException):
    """What foreign code gets from the fences. Not an Exception, so that few handlers swallow it."""


def apart(work: Callable[[], str], limits: Limits, others: Path) -> tuple[str, set[str]]:
    """What ``work`` gives, called in a copy of this process; and the keys of `REMARKS` on it.

    Args:
        work: gives a line of text. What it imports should be imported before, where it is not foreign.
        limits: beyond which it is stopped.
        others: a folder of which it may read nothing.

    Returns:
        The line, empty if it gave none.
    """
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        receiving, sending = os.pipe()
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                _confined(work, limits, Path(folder).resolve(), others.resolve(), sending, token)
            os._exit(0)
        os.close(sending)
        try:
            text, in_time = _received(receiving, time.monotonic() + limits.seconds, f"{token} result ")
        finally:
            os.close(receiving)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
        full = any(file.lstat().st_size >= limits.file for file in Path(folder).iterdir())
    lines = [line.split(" ", 2) for line in text.splitlines()]
    remarks = {line[2] for line in lines if line[:2] == [token, "remark"] and line[2] in REMARKS}
    results = [line[2] for line in lines if line[:2] == [token, "result"]]
    remarks |= {"disk"} if full else set()
    remarks |= {"forged"} if any(line[0] != token for line in lines) else set()
    if not results:
        remarks.add("ended" if in_time else "endless")
    return (results or [""])[0], remarks


def _received(pipe: int, deadline: float, last: str) -> tuple[str, bool]:
    """What comes through a pipe until a line begins with ``last``; and whether it ended before the deadline."""
    content = b""
    while len(content) < 1 << 16:
        ready, _, _ = select.select([pipe], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return content.decode(errors="replace"), False
        piece = os.read(pipe, 4096)
        content += piece
        if not piece or (f"\n{last}".encode() in b"\n" + content and content.endswith(b"\n")):
            break
    return content.decode(errors="replace"), True


def _confined(work: Callable[[], str], limits: Limits, folder: Path, others: Path, sending: int, token: str) -> None:
    """In the new process: put up the fences, work, send what came of it."""
    os.setsid()
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.environ |= {"HOME": str(folder), "TMPDIR": str(folder)}
    tempfile.tempdir = str(folder)
    sys.dont_write_bytecode = True
    sys.modules["__main__"] = ModuleType("__main__")

    def send(kind: str, text: str) -> None:
        os.write(sending, f"{token} {kind} {text}\n".encode())

    def refuse(key: str) -> None:
        send("remark", key)
        raise Refused(REMARKS[key])

    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = _Output(limits.output, lambda: refuse("output"))
    _limit(limits)
    _lock_in(folder)
    sys.modules["_posixsubprocess"].fork_exec = lambda *_: refuse("processes")  # Python has no event for it
    sys.addaudithook(_hook(folder, others, limits.files, refuse))
    try:
        result = work()
    except MemoryError:
        return send("remark", "memory")
    send("result", result)


class _Output(io.TextIOBase):
    """Takes so many characters, and shows none."""

    def __init__(self, characters: int, full: Callable[[], None]) -> None:
        self.left, self.full = characters, full

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            self.full()
        return len(text)


def _limit(limits: Limits) -> None:
    """Limits of the system. Those on memory and processes do not hold on every one, nor for its superuser."""
    wanted = {
        resource.RLIMIT_CPU: int(limits.seconds) + 1,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    held = Path("/proc/self/statm")
    if held.exists():
        pages = int(held.read_text().split()[0])
        wanted[resource.RLIMIT_AS] = pages * resource.getpagesize() + limits.memory
    for kind, value in wanted.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _hook(folder: Path, others: Path, files: int, refuse: Callable[[str], None]) -> Callable[[str, tuple], None]:
    """An audit hook: Python tells it what is about to happen, and what it raises stops it."""
    written = 0

    def inside(path: Any, where: Path) -> bool:
        return Path(os.path.realpath(os.fsdecode(path))).is_relative_to(where)

    def paths(values: tuple) -> Iterator[Any]:
        return (value for value in values if isinstance(value, str | bytes | os.PathLike))

    def hook(event: str, values: tuple) -> None:
        nonlocal written
        for beginning, key in _REFUSED.items():
            if event.startswith(beginning):
                refuse(key)
        writes = event.startswith(_WRITES)
        if event == "open":
            values, flags = values[:1], values[2] or 0
            writes = bool(flags & _WRITING)
            if not writes and any(inside(path, others) for path in paths(values)):
                refuse("neighbors")
        if writes and event != "os.chdir":
            if not all(inside(path, folder) for path in paths(values)):
                refuse("files")
            written += 1
            if written > files:
                refuse("disk")

    return hook


class _Ruleset(ctypes.Structure):
    """``struct landlock_ruleset_attr`` of Linux."""

    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    """``struct landlock_path_beneath_attr`` of Linux."""

    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def _lock_in(folder: Path) -> bool:
    """Let this process write beneath a folder alone, and send no signal out, as far as Linux's Landlock does it here.

    See https://docs.kernel.org/userspace-api/landlock.html, where the numbers stand.
    """
    if sys.platform != "linux":
        return False
    system = ctypes.CDLL(None, use_errno=True)
    create, add_rule, restrict, no_new_privileges = 444, 445, 446, 38
    version = system.syscall(create, None, 0, 1)
    if version < 1:
        return False
    newer = {2: 1 << 13, 3: 1 << 14}  # to move between folders, and to truncate, can be refused since
    files = (
        1 << 1 | sum(1 << bit for bit in range(4, 13)) | sum(bit for since, bit in newer.items() if version >= since)
    )
    rules = _Ruleset(files, 0b11 if version >= 4 else 0, 0b11 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = system.syscall(create, ctypes.byref(rules), size, 0)
    beneath = _Beneath(files, os.open(folder, os.O_RDONLY))
    return (
        ruleset >= 0
        and system.syscall(add_rule, ruleset, 1, ctypes.byref(beneath), 0) == 0
        and system.prctl(no_new_privileges, 1, 0, 0, 0) == 0
        and system.syscall(restrict, ruleset, 0) == 0
    )
