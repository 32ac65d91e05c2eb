"""Bad arguments: every public function answers with an error that it documents, in words.

A call is right but for one argument, which gets a value from a hoard of unsuitable ones. It may give
a result, since some of these are fine for some arguments. If it raises, then a kind of error that the
docstring of the function, its class or its module names, in a line of ours and not of a library
below, with the name of the argument in the message.
"""

from __future__ import annotations

import contextlib
import copy
import datetime
import decimal
import fractions
import functools
import importlib
import inspect
import itertools
import re
import traceback
import warnings
from dataclasses import is_dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

import lstm_lessons
from lstm_lessons import checks, claims, train
from lstm_lessons.benchmark import data_parallel
from lstm_lessons.cell import has_hooks
from lstm_lessons.publish import site
from lstm_lessons.text import translation
from lstm_lessons.widgets.shared.base import LessonWidget
from tests import hostile_calls as calls

PACKAGE = Path(lstm_lessons.__file__).parent
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)]

SCALARS = [
    *(None, True, False, 0, 1, -1, 2, 10**30, 0.5, -0.5, 1.5, float("nan"), float("inf"), 1j),
    *("", "a", "False", "3", "\0", b"bytes", object(), datetime.date(2013, 1, 1), print, int),
    *(np.int64(3), np.float32(0.5), np.True_, np.datetime64("NaT"), Path("nowhere") / "file"),
]
HOLDERS = [
    *([], [[]], [1], [0], [-1], [1.0], [True], [None], ["a"], [[1], [2, 3]], [10**30], [float("nan")]),
    *((), {}, {"a": 1}, {1: 2}, set(), range(3), {"i": [1]}),
    *(np.zeros(0), np.zeros((2, 0)), np.zeros((2, 3)), np.array("a"), np.array(["a", "b"])),
    *(np.array([None]), np.full((2, 3), np.nan), np.zeros(3, complex), np.zeros((1, 2, 3, 4))),
    *(np.array([2**63], np.uint64), np.array([-3]), np.array([True, False])),
    np.array(["2013-01-01", "NaT"], "datetime64[D]"),
    *(torch.zeros(0), torch.zeros(2, 3), torch.zeros(2, 3, 4), torch.full((2, 3), torch.nan)),
    *(torch.zeros(2, 3, dtype=torch.int64), torch.zeros(3, dtype=torch.bool), torch.zeros(())),
    *(torch.zeros(2, 3, dtype=torch.complex64), torch.zeros(2, 3, 3, device="meta")),
    *(torch.zeros(2, 3, dtype=torch.bfloat16), torch.zeros(2, 3, requires_grad=True)),
    *(nn.GRU(2, 3), nn.Linear(2, 3), nn.Flatten(), nn.LSTM(2, 3, proj_size=1), nn.LSTM),
]


class Unwilling:
    """What raises whatever it is asked for."""

    def __repr__(self):
        raise RuntimeError("no words")

    def __index__(self):
        raise ZeroDivisionError("no number")

    def __array__(self, *arguments, **options):
        raise KeyError("no array")


class Lying(dict):
    """A dictionary whose keys are not there."""

    def keys(self):
        return ["x"]


MORE = [
    *(type("Int", (int,), {})(2), type("Text", (str,), {})("a"), type("List", (list,), {})([1, 2]), Unwilling()),
    *(np.float16(0.5), np.longdouble(0.5), np.str_("a"), np.array(3), np.array(True), np.array([1, "a", None], object)),
    *(np.ma.masked_array([1, 2, 3], [0, 1, 0]), np.ma.masked_array([1.0, 2, 3]), pd.Series([1, 2], index=[9, 8])),
    *(pd.DataFrame({"a": [1, 2]}), np.array([3], "m8[h]"), np.zeros(3, [("a", "f4")]), np.zeros((2, 3), ">f4")),
    *(np.zeros((2, 3), np.longdouble), np.arange(6.0).reshape(2, 3)[::-1], np.arange(3)[::-1]),
    *(np.zeros((2, 3), np.float16), np.broadcast_to(np.float32(0), (2, 3)), np.broadcast_to(0, 2**40)),
    *([Unwilling()], {"a": Unwilling()}, {Unwilling(): 1}, [10**5000], {10**5000: 1}, ["x" * 10**6]),
    *(fractions.Fraction(1, 2), decimal.Decimal("0.5"), range(10**12), range(3, 0, -1)),
    *(torch.zeros(2, 3).T, torch.zeros(1, 3).expand(2, 3), torch.zeros(1).expand(2**40), torch.zeros(2, 0, 3)),
    *(torch.zeros(2, 3).half(), torch.zeros(2, 3).to_sparse(), torch.zeros(2, 3).to_sparse_csr()),
    *(torch.quantize_per_tensor(torch.zeros(2, 3), 0.1, 0, torch.qint8), torch.zeros(2, 3).to(torch.float8_e4m3fn)),
    *(torch.nested.nested_tensor([torch.zeros(2, 3), torch.zeros(1, 3)]), torch.zeros((), device="meta")),
    *(torch.tensor(True), torch.tensor([3]), torch.tensor([1, 2], dtype=torch.uint16), torch.tensor([2, 3]).int()),
    *(-0.0, 5e-324, 1e308, -float("inf"), 2**31, 2**40, 2**63, -(2**63), 10**400, 10**5000),
    *("\ud800", "\u202eab", "e\u0301", "x" * 100_000, "/", "..", "\r", "\ufeff", bytearray(b"a"), memoryview(b"ab")),
    *(slice(1), type, Ellipsis, Lying(a=1), {"a", "b"}, frozenset([1]), ["\ud800"], ["", ""], [10**400], [2**63]),
    *(torch.float32, torch.float8_e4m3fn, torch.device("meta"), "cuda", "meta", np.dtype("f4"), np.float32),
    *(nn.LSTM(3, 4, batch_first=True, device="meta"), nn.LSTM(3, 4, batch_first=True, dtype=torch.bfloat16)),
    *(nn.LSTM(3, 4, batch_first=True).double(), torch.nn.utils.weight_norm(nn.LSTM(3, 4), "weight_hh_l0")),
]  # of which each argument gets every eighth
HOSTILE = st.one_of(
    st.sampled_from([*SCALARS, *HOLDERS]),
    st.builds(lambda: (n for n in (1, 2))),
    st.integers(-3, 9),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.one_of(st.integers(-2, 9), st.floats(), st.none()), max_size=4),
)


FUNCTIONS = {"layer", "loss", "batches", "validate", "runner", "prior", "prepare"}  # what they do is their own affair


def unread(command, **options):
    """A process that writes no report."""
    Path(command[-1]).write_text("{}")
    return SimpleNamespace(returncode=0)


@functools.cache
def documented(function):
    """The errors that a function, its class, its module or the package names."""
    bare = getattr(function, "func", function)
    whose = [bare, getattr(bare, "__self__", None), type(bare) if isinstance(bare, nn.Module) else None]
    owner = next((each for each in whose if isinstance(each, type)), None)
    if owner is not None and issubclass(owner, LessonWidget):
        whose += [LessonWidget, owner.__init__, owner.from_torch if hasattr(owner, "from_torch") else None]
    whose += [inspect.getmodule(type(bare) if isinstance(bare, nn.Module) else bare), lstm_lessons]
    texts = [thing.__doc__ or "" for thing in whose if thing is not None]
    return set(re.findall(r"\w+Error|TrainingDiverged|SharedHour|NotQuantized|ClaimFailed", "\n".join(texts)))


def problem(function, arguments, name, value):
    """What is wrong with the answer to one spoiled argument; None if nothing is."""
    # Training changes its model, and a value is tried on many.
    given = {key: copy.deepcopy(each) if isinstance(each, nn.Module) else each for key, each in arguments.items()}
    is_leaf = isinstance(value, nn.Module) and not has_hooks(value)  # a normalized weight cannot be copied
    given[name] = copy.deepcopy(value) if is_leaf else value
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(**given)
    except (train.TrainingDiverged, claims.ClaimFailed, site.SiteBroken):
        return None  # what came of a right call
    except Exception as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        faults = [
            f"undocumented {type(error).__name__}" * (not kinds & documented(function)),
            f"raised in {frame.f_code.co_filename}" * (PACKAGE not in Path(frame.f_code.co_filename).parents),
            "a message without end" * (len(str(error)) > 1000),
            "names no argument" * (not any(re.search(rf"\b{argument}\b", str(error)) for argument in arguments)),
        ]
        if any(faults):
            return f"{name}={checks.shown(value)}: {', '.join(filter(None, faults))}: {str(error)[:200]}"
    return None


@pytest.fixture(scope="module")
def every_case(shipped, tmp_path_factory):
    """Every function with right arguments, and one of them to spoil, in a folder where files may be written."""
    folder = tmp_path_factory.mktemp("hostile")
    found = [*calls.cases(), *calls.widget_cases(), *calls.shipped_cases(shipped, folder)]
    found += [*calls.writer_cases(folder), *calls.translator_cases(), *calls.speech_cases()]
    for function, arguments in found:
        function(**arguments)  # right as it is
    with contextlib.chdir(folder):
        yield [(function, arguments, name) for function, arguments in found for name in arguments]


def acceptable(name, value):
    """Whether what the value does is not ours to answer for."""
    return name in FUNCTIONS and callable(value)


def test_every_unsuitable_value_is_answered(every_case):
    """The hoard itself, whole: each value for each argument."""
    faults = [
        problem(function, arguments, name, value)
        for function, arguments, name in every_case
        for value in [*SCALARS, *HOLDERS]
        if not acceptable(name, value)
    ]
    assert len(faults) > 10_000
    assert not list(filter(None, faults))


def test_rarer_kinds_are_answered():
    """Subclasses, other byte orders and layouts, what has no end, no words or no room: an eighth for each argument."""
    found = [*calls.cases(), *calls.speech_cases(), *calls.translator_cases()]
    found = [case for case in [*found, *calls.widget_cases()] if case[0] not in SLOW]
    asked = [(*case, name) for case in found for name in case[1]]
    faults = [
        problem(function, arguments, name, value)
        for turn, (function, arguments, name) in enumerate(asked)
        for value in MORE[turn % 8 :: 8]
        if not acceptable(name, value)
    ]
    assert len(faults) > 3000
    assert not list(filter(None, faults))


SLOW = (train.fit, translation.fit_translator)  # a right one of the rarer values trains for long

# What no reader calls, or calls with nothing that could be wrong; whole names, as patterns.
UNTRIED = {
    "the checks themselves": r"checks\.\w+|cell\.(check|describe|shape_text|is_|has_|written|\w+_fault)\w*"
    r"|cell\.(arguments_text|weights_of|layer_suffixes)",
    "parts of a function that checks first": r"cell\.(parameter_shapes|empty_parameter|draw_uniformly|prepare"
    r"|restore_layout|initial_state)|models\.evaluating"
    r"|ladder\.(\w+_by_hand|refuse_transforms|BackpropagationThroughTime|folded"
    r"|PackedLayer|checked_state|joined|gates_to_state|autocast_off|check_dtype)|sequences\.(as|of)?_?lengths(_of)?"
    r"|text\.tokenizer\.(encode_all|checked_\w+|finite_scores)|text\.predict\.carried_by"
    r"|text\.export\.(plain|gates_for_onnx|ForONNX|export_raw|finish|quiet)|text\.translation\.loss"
    r"|plots\.(arguments|shared|stills)\.\w+|widgets\.\w+\.widget\.(figures|preset_state|flow|gradient_path)"
    r"|data\.normalization\.normalize|data\.\w+\.checksum",
    "commands, and what they call with what they read": r".*\.main|authoring\..*|(data|text)\.rebuild_.*|install\..*"
    r"|lab\.install|files\.\w+|workcopy\.\w+|progress\.(path|note|note_prediction|is_sound)"
    r"|publish\.(answers|confined|head|pages|room)\.\w+|publish\.(site|slides|worksheets)\.\w+"
    r"|publish\.student\.lesson_of|publish\.grade\.(trusted|known_lessons|judged|shown|as_csv|as_html|Learner)",
    "without arguments": r"doctor\.\w+|data\.catalog\.pairs|text\.language_model\.(trained|recorded)"
    r"|progress\.reset|exercises\.(all_exercises|untouched)|data\.weather\.load",
    "tried in tests/text/test_export.py, since a call takes a second": r"text\.export\.(export|quantize)",
    "benchmarks, which take minutes": r"benchmark\.(gpu|lstm|data_parallel)\.\w+|benchmark\.timing\.checked_device",
}


def name_of(function):
    """The full name of the function or the class that a case calls."""
    bare = getattr(function, "func", function)
    bare = getattr(bare, "__wrapped__", bare)
    owner = getattr(bare, "__self__", None)
    if owner is not None:
        bare = owner if isinstance(owner, type) else type(owner)
    elif isinstance(bare, nn.Module):
        bare = type(bare)
    return f"{bare.__module__}.{bare.__qualname__.partition('.')[0]}"


def public():
    """The full names of all public functions and classes, apart from errors and from what only holds values."""
    for name in site.modules():
        for each in vars(importlib.import_module(name)).values():
            of_here = getattr(each, "__module__", None) == name and (inspect.isfunction(each) or inspect.isclass(each))
            holds = inspect.isclass(each) and (issubclass(each, Exception | tuple) or is_dataclass(each))
            if of_here and not holds and not each.__name__.startswith("_"):
                yield f"{name}.{each.__name__}"


def test_every_public_function_is_tried_or_has_a_reason_not_to_be(shipped, tmp_path):
    of_files = [*calls.shipped_cases(shipped, tmp_path), *calls.writer_cases(tmp_path), *calls.tool_cases(tmp_path)]
    others = [
        calls.cases(),
        calls.widget_cases(),
        calls.translator_cases(),
        calls.speech_cases(),
        calls.slow_speech_cases(),
        calls.figure_cases(),
    ]
    tried = {
        name_of(function) for function, _ in [*of_files, *itertools.chain(*others), *calls.later_widget_cases(shipped)]
    }
    reasons = "|".join(UNTRIED.values())
    untried = [name for name in public() if name not in tried]
    assert [name for name in untried if not re.fullmatch(rf"lstm_lessons\.({reasons})", name)] == []


def test_what_takes_its_time_is_answered(shipped, tmp_path, monkeypatch):
    """Of the hoard each argument gets every tenth value."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(data_parallel.subprocess, "run", unread)
    monkeypatch.setattr(site, "build_main", lambda options: 1)  # Sphinx has warnings
    faults, hoard = [], [*SCALARS, *HOLDERS]
    slow = [
        *calls.slow_speech_cases(),
        *calls.later_widget_cases(shipped),
        *calls.figure_cases(),
        *calls.tool_cases(tmp_path),
    ]
    for function, arguments in slow:
        with contextlib.suppress(site.SiteBroken):
            function(**arguments)  # right as it is
        for name in arguments:
            tried = hoard[len(faults) % 10 :: 10]
            faults += [problem(function, arguments, name, value) for value in tried]
    assert len(faults) > 500
    assert not list(filter(None, faults))


@settings(max_examples=1500, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_nobody_thought_of_is_answered(every_case, data):
    function, arguments, name = data.draw(st.sampled_from(every_case))
    value = data.draw(HOSTILE)
    if not acceptable(name, value):
        assert problem(function, arguments, name, value) is None
