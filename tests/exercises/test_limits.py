"""An answer runs for a limited time, and what is around it stays as it was."""

from __future__ import annotations

import dataclasses
import gc
import importlib
import io
import random
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch

from lstm_lessons.exercises import nn_lstm, speech
from lstm_lessons.exercises._compare import difference
from lstm_lessons.exercises._observe import TimeLimitReached, call_within
from tests.exercises.samples import keep_and_write, make_memory, swapped

# Time


def _busy(seconds: float):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            sum(range(100))
        except Exception:  # must not swallow the time limit
            pass


def _too_long(c, f, i, g):
    _busy(20)
    return f * c + i * g


def test_an_answer_that_runs_too_long_is_stopped(memory):
    began = time.monotonic()
    verdict = memory.check(_too_long)
    assert time.monotonic() - began < 10
    assert verdict.status == "wrong"
    assert "still running after 0.5 seconds" in verdict.message
    assert "It was at line" in verdict.details


def test_a_library_that_takes_long_to_import_is_imported_whole(memory, tmp_path, monkeypatch):
    """Stopped halfway it would stay half imported, and break each later answer that uses it."""
    (tmp_path / "slow_library.py").write_text("import time\ntime.sleep(1.5)\nname = 'whole'\n")
    monkeypatch.syspath_prepend(tmp_path)

    def answer(c, f, i, g):
        return (f * c + i * g) * (importlib.import_module("slow_library").name == "whole")

    assert memory.check(answer).status == "correct"


def test_the_time_of_an_import_is_not_the_answers(tmp_path, monkeypatch):
    (tmp_path / "library_of_two_seconds.py").write_text("import time\ntime.sleep(2)\n")
    monkeypatch.syspath_prepend(tmp_path)

    def answer(c, f, i, g):
        importlib.import_module("library_of_two_seconds")
        time.sleep(0.1)  # the alarm rings here
        return f * c + i * g

    assert make_memory(seconds=1.5).check(answer).status == "correct"


def test_an_answer_that_runs_too_long_after_an_import_is_stopped(memory, tmp_path, monkeypatch):
    (tmp_path / "quick_library.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    def answer(c, f, i, g):
        importlib.import_module("quick_library")
        return _too_long(c, f, i, g)

    assert "still running" in memory.check(answer).message


def test_the_time_limit_is_for_all_cases_together():
    exercise = make_memory(seconds=1.0)

    def answer(c, f, i, g):
        time.sleep(0.45)
        return f * c + i * g

    assert "still running after 1 second " in exercise.check(answer).message


def test_a_list_that_grows_while_it_is_read_is_an_endless_loop():
    """The time limit may strike where the loop jumps back, a place without a line."""

    def answer(path):
        for n, k in enumerate(path):
            if k != 0 and (n == 0 or k != path[n - 1]):
                path.append(k)
        return path

    verdict = dataclasses.replace(speech.collapse, seconds=0.3).check(answer)
    assert "Is there a loop that never ends?" in verdict.message


def test_except_exception_does_not_catch_the_limit():
    caught = []

    def careful():
        try:
            while True:
                pass
        except Exception as error:
            caught.append(error)
            raise

    with pytest.raises(TimeLimitReached):
        call_within(0.2, careful)
    assert caught == []


def test_a_bare_except_does_not_outlive_the_limit():
    def stubborn():
        try:
            _busy(20)
        except:  # noqa: E722
            _busy(20)

    began = time.monotonic()
    with pytest.raises(TimeLimitReached):
        call_within(0.2, stubborn)
    assert time.monotonic() - began < 10


def test_outside_the_main_thread_an_answer_is_stopped_too(memory):
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.extend([memory.check(_too_long), "end"]))
    thread.start()
    thread.join(15)
    assert "still running" in verdicts[0].message
    assert verdicts[1] == "end"


def test_outside_the_main_thread_answers_and_errors_come_back(memory):
    verdicts = []

    def work():
        verdicts.append(memory.check(keep_and_write).status)
        verdicts.append(memory.check(swapped).mistake)
        verdicts.append(memory.check(lambda c, f, i, g: 1 / 0).details)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(15)
    assert verdicts[:2] == ["correct", "swapped_gates"]
    assert verdicts[2].startswith("ZeroDivisionError")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm signal on this system")
def test_an_alarm_that_was_set_is_set_again():
    rung = []
    old_handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    old_timer = signal.setitimer(signal.ITIMER_REAL, 30)
    try:
        assert call_within(5, lambda: 7) == 7
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left <= 30
        began = time.monotonic()
        with pytest.raises(TimeLimitReached):  # the outer limit holds within the inner one
            call_within(0.1, lambda: call_within(20, lambda: _busy(30)))
        assert time.monotonic() - began < 10
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 30
        assert not rung
        signal.raise_signal(signal.SIGALRM)
        assert rung == [True]
    finally:
        signal.signal(signal.SIGALRM, old_handler)
        signal.setitimer(signal.ITIMER_REAL, *old_timer)


# What surrounds the check


def test_a_check_leaves_the_random_generators_alone(memory):
    def answer(c, f, i, g):
        torch.rand(3), np.random.rand(3), random.random()  # noqa: NPY002
        return f * c

    states = []
    for _ in range(2):
        states.append((torch.rand(1).item(), np.random.rand(), random.random()))  # noqa: NPY002
        torch.manual_seed(5), np.random.seed(5), random.seed(5)  # noqa: NPY002
        if not states[1:]:
            memory.check(answer)
            states[0] = (torch.rand(1).item(), np.random.rand(), random.random())  # noqa: NPY002
            torch.manual_seed(5), np.random.seed(5), random.seed(5)  # noqa: NPY002
    assert states[0] == states[1]


def settings():
    return (
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.get_default_device(),
        np.geterr(),
        warnings.filters[:],
    )


def set_all():
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.set_default_device("meta")
    np.seterr(all="raise")
    warnings.simplefilter("error")


def test_a_check_leaves_the_settings_of_libraries_alone(memory):
    def answer(c, f, i, g):
        set_all()
        return f * c + i * g

    before = settings()
    assert memory.check(answer).status == "correct"
    assert settings() == before


def test_what_an_answer_sets_holds_neither_in_the_next_case_nor_for_our_mistakes():
    def answer(output, lengths):
        steps = torch.arange(len(lengths)), lengths - 1
        set_all()
        return output[steps]

    assert nn_lstm.last_true_step.check(answer).status == "correct"


@pytest.mark.filterwarnings("error")
def test_a_coroutine_is_told_what_it_is_and_closed(memory):
    async def answer(c, f, i, g):
        return f * c + i * g

    assert "write `def`, not `async def`" in memory.check(answer).details
    gc.collect()


def test_an_answer_that_prints_without_end_does_not_fill_the_page(memory, capsys):
    def answer(c, f, i, g):
        while True:
            print("x" * 1000)

    assert "still running" in memory.check(answer).message
    out = capsys.readouterr().out
    assert 9_000 < len(out) < 11_000
    assert "The rest of what it prints is not shown" in out


def test_an_answer_that_waits_for_the_keyboard_is_told_so(memory, monkeypatch):
    monkeypatch.setattr("builtins.input", time.sleep)

    def answer(c, f, i, g):
        return float(input(20))

    assert "It waits for `input()`" in memory.check(answer).message


def test_a_huge_result_is_not_copied(memory):
    verdict = memory.check(lambda c, f, i, g: torch.empty(1).expand(10**9))
    assert "is of another shape" in verdict.message


def test_prints_of_the_second_look_are_not_shown(memory):
    def answer(c, f, i, g):
        print("here")
        return f * c

    out = io.StringIO()
    with redirect_stdout(out):
        memory.check(answer)
    assert out.getvalue().count("here") == 3


def test_the_cases_are_the_same_each_time():
    first, second = (make_memory()._all_cases for _ in range(2))
    assert difference(first, second) is None


def test_a_verdict_is_the_same_each_time(memory):
    def answer(c, f, i, g):
        return object()

    first, second = memory.check(answer), memory.check(answer)
    assert str(first) == str(second)
    assert first._repr_html_() == second._repr_html_()
    details = memory.check(lambda c, f, i, g: int(repr(object()))).details
    assert "ValueError" in details
    assert not re.search(r"0x[0-9a-f]", details)


def test_an_exercise_of_plain_numbers_loads_no_torch():
    code = (
        "import sys\n"
        "from lstm_lessons.exercises import start_here\n"
        "print(start_here.new_memory.check(lambda c, f, i, g: f * c + i * g).status)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["correct", "False"]
