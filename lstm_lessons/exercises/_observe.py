"""Run a learner's answer safely: nothing that it does may escape as a traceback.

An answer may raise, run for ever, edit its inputs, call ``exit()`` or use up random numbers. ``observe`` turns each of
these into an ``Outcome``.
"""

import contextlib
import ctypes
import inspect
import linecache
import random
import signal
import sys
import sysconfig
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from lstm_lessons.exercises._compare import duplicate, shorten

_PACKAGE = str(Path(__file__).resolve().parents[1])
_LIBRARIES = {sysconfig.get_path(key) for key in ("stdlib", "purelib", "platlib")}
_LIBRARIES |= {"<frozen", "<__array_function__"}
PRINTED = 10_000  # characters that an answer may print in each case; a loop without end would fill the page
IMPORT_SECONDS = 60.0  # more for an answer that imports a library; the first time takes long on a slow machine


class TimeLimitReached(BaseException):
    """Raised inside an answer that runs too long.

    Not an ``Exception``, so that ``except Exception`` in the answer lets it pass.
    """


@dataclass(frozen=True)
class Raised:
    """An exception of an answer."""

    kind: type[BaseException]
    text: str  #: what it says, with its notes.
    line_number: int | None = None  #: of the learner's innermost line, if there is one.
    line: str = ""  #: the text of that line.
    within: str = ""  #: the library's function, called from that line, that raised it; empty for one written in C.

    def same(self, other: "Raised") -> bool:
        """Whether type, text and the function that raised are those of another."""
        return (self.kind, self.text, self.within) == (other.kind, other.text, other.within)

    @property
    def place(self) -> str:
        """ "line 3: `return h @ W`", or nothing if no line of the learner's is known."""
        if self.line_number is None:
            return ""
        return f"line {self.line_number}" + (f": {self.line}" if self.line else "")


@dataclass(frozen=True)
class Outcome:
    """What one run gave."""

    value: Any = None  #: the result, if nothing was raised.
    raised: Raised | None = None  #: the exception, if there was one.
    case: Any = None  #: the case as the answer left it, to see whether it was edited.

    @property
    def timed_out(self) -> bool:
        return self.raised is not None and issubclass(self.raised.kind, TimeLimitReached)


class _UpTo:
    """Passes on what is printed, up to a number of characters."""

    def __init__(self, left: int, stream: Any) -> None:
        self._left, self._stream = left, stream

    def write(self, text: str) -> int:
        if self._left > 0:
            self._stream.write(text[: self._left])
            if len(text) > self._left:
                self._stream.write("…\n(The rest of what it prints is not shown.)\n")
            self._left -= len(text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def observe(run: Callable[[Any, Any], Any], answer: Any, case: Any, seconds: float) -> Outcome:
    """Run ``answer`` on a copy of ``case`` for at most ``seconds``.

    ``KeyboardInterrupt`` passes: the learner pressed stop.
    """
    case = duplicate(case)

    def run_and_copy() -> Any:  # an answer may return the same object each time, and edit it
        with contextlib.redirect_stdout(_UpTo(PRINTED, sys.stdout)):
            return duplicate(run(answer, case))

    try:
        with _settings_kept():  # or the next answer, a mistake of ours among them, would give something else
            value = call_within(seconds, run_and_copy)
        if inspect.iscoroutine(value):
            value.close()  # Python warns of one that nobody awaits
        return Outcome(value=value, case=case)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # exit() and the time limit included
        return Outcome(raised=_raised(error, run))


def call_within(seconds: float, function: Callable[[], Any]) -> Any:
    """``function()``, or ``TimeLimitReached`` after ``seconds``.

    An alarm signal stops it where there is one (the main thread, on Unix); a worker thread elsewhere. A single call
    into C (one huge matrix product) is only stopped when it returns.
    """
    main_thread = threading.current_thread() is threading.main_thread()
    if main_thread and hasattr(signal, "setitimer"):
        with _alarm(seconds):
            return function()
    return _call_in_thread(seconds, function)


def _is_importing(frame: FrameType | None) -> bool:
    """Whether the answer imports a module, which must not be stopped: it would stay half imported in this kernel."""
    while frame is not None and frame.f_code is not call_within.__code__:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise ``TimeLimitReached`` in the block after ``seconds``; then put back what was there.

    An alarm that was set before and is due sooner rings for whoever set it.
    """
    began = time.monotonic()
    armed = True
    old_handler = signal.getsignal(signal.SIGALRM)
    old_delay, old_interval = signal.getitimer(signal.ITIMER_REAL)
    older_is_sooner = 0 < old_delay < seconds and callable(old_handler)

    def ring(signum: int, frame: Any) -> None:
        if armed and older_is_sooner and time.monotonic() - began < seconds:
            old_handler(signum, frame)
        elif armed and not (_is_importing(frame) and time.monotonic() - began < seconds + IMPORT_SECONDS):
            raise TimeLimitReached

    signal.signal(signal.SIGALRM, ring)
    # It rings again each second, in case a bare `except:` swallowed the first one.
    delay = old_delay if older_is_sooner else seconds
    signal.setitimer(signal.ITIMER_REAL, max(delay, 1e-3), 1.0)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old_handler)
        if old_delay:
            left = max(old_delay - (time.monotonic() - began), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, old_interval)


def _call_in_thread(seconds: float, function: Callable[[], Any]) -> Any:
    result: list[Any] = []
    error: list[BaseException] = []

    def work() -> None:
        try:
            result.append(function())
        except BaseException as caught:  # handed to the thread that waits
            error.append(caught)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():  # ask it to stop; a thread cannot be ended from outside
        stop = ctypes.py_object(TimeLimitReached)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident or 0), stop)
        worker.join(1.0)
        raise error[0] if error else TimeLimitReached
    if error:
        raise error[0]
    return result[0]


@contextlib.contextmanager
def state_kept() -> Iterator[None]:
    """Leave the random generators of Python, NumPy and torch, and all settings, as they were found."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    python_state = random.getstate()
    numpy_state = numpy.random.get_state() if numpy else None
    torch_state = torch.get_rng_state() if torch else None
    try:
        with warnings.catch_warnings(), _settings_kept():
            yield
    finally:
        random.setstate(python_state)
        if numpy:
            numpy.random.set_state(numpy_state)
        if torch:
            torch.set_rng_state(torch_state)


@contextlib.contextmanager
def _settings_kept() -> Iterator[None]:
    """Leave what NumPy does about errors, and torch's gradients, dtype and device, as they were found."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    errors = numpy.geterr() if numpy else {}
    settings = (torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_default_device()) if torch else ()
    try:
        yield
    finally:
        if numpy:
            numpy.seterr(**errors)
        if torch:
            torch.set_grad_enabled(settings[0])
            torch.set_default_dtype(settings[1])
            if torch.get_default_device() != settings[2]:
                torch.set_default_device(None if settings[2].type == "cpu" else settings[2])


def _raised(error: BaseException, run: Callable[..., Any]) -> Raised:
    try:
        text = str(error)
    except Exception:  # an exception of the learner's whose __str__ fails
        text = ""
    text = " ".join([text, *getattr(error, "__notes__", [])])
    place = _place(error.__traceback__, getattr(run, "__code__", None))
    return Raised(type(error), shorten(" ".join(text.split())), *place)


def _place(traceback: TracebackType | None, ours: CodeType | None) -> tuple[int | None, str, str]:
    """Number and text of the innermost line that is neither ours nor a library's, and what was called from it."""
    number, line, within = None, "", ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code is ours or code.co_filename.startswith(_PACKAGE):
            within = ""
        elif code.co_filename.startswith((*_LIBRARIES,)):
            within = within or code.co_name
        else:
            number, within = traceback.tb_lineno, ""
            if number is not None:  # it is None where a loop jumps back, and the time limit may strike there
                line = linecache.getline(code.co_filename, number, traceback.tb_frame.f_globals)
        traceback = traceback.tb_next
    return number, shorten(line.strip(), 120), within
