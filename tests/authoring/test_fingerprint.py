"""The fingerprint changes with what changes numbers, and with nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lstm_lessons.authoring.fingerprint import FOLDER, fingerprint

PROGRAM = """\
import numpy as np
from lstm_lessons import nets
from lstm_lessons.loop import fit

model = nets.Net(3)
record = fit(model, np.arange(4))
"""
NETS = '''\
"""Networks."""
from __future__ import annotations

WIDTH = 2
OTHER = 7


class Net:
    """A network of some layers."""

    def __init__(self, layers: int) -> None:
        self.size = WIDTH * layers

    def run(self, x):
        return half(x) + self.size


def half(x):
    # An odd number loses its half.
    if x is None:
        raise ValueError("x must be there")
    return x // 2


def never_called(x):
    return x + 100
'''
LOOP = """\
from lstm_lessons.nets import half

def fit(model, xs):
    return [model.run(half(x)) for x in xs]
"""


def taken(folder: Path, program: str = PROGRAM, **modules: str) -> str:
    """The fingerprint beside a package of some modules; `nets` and `loop` unless given."""
    package = folder / "lstm_lessons"
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir()
    for name, source in ({"nets": NETS, "loop": LOOP, "__init__": ""} | modules).items():
        (package / f"{name}.py").write_text(source)
    return fingerprint(program, folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("WIDTH = 2", "WIDTH = 3"),
        ("x // 2", "x // 3"),
        ("x // 2", "x / 2"),
        ("half(x) + self.size", "half(x) - self.size"),
        ("layers: int", "layers: int = 4"),
        ("def half(x):", "@cache\ndef half(x):"),
        ("if x is None:\n        raise ValueError(", "if x is None:\n        return len("),
    ],
)
def test_a_number_or_an_operation_that_is_reached_changes_it(tmp_path, old, new):
    assert old in NETS
    assert taken(tmp_path, nets=NETS.replace(old, new)) != taken(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Networks."""', '"""Small networks."""'),
        ('    """A network of some layers."""\n', ""),
        ("    # An odd number loses its half.\n", ""),
        ("layers: int", "layers"),
        ("return half(x) + self.size", "return (\n            half(x)\n            + self.size)"),
        ("OTHER = 7", "OTHER = 8"),
        ("x + 100", "x + 200"),
        ("x must be there", "x must be a number"),
        ('    if x is None:\n        raise ValueError("x must be there")\n', ""),
        ("WIDTH = 2\nOTHER = 7", "OTHER = 7\nWIDTH = 2"),
    ],
)
def test_text_and_what_is_not_reached_do_not_change_it(tmp_path, old, new):
    assert old in NETS
    assert taken(tmp_path, nets=NETS.replace(old, new)) == taken(tmp_path)


def test_a_definition_may_move_and_get_another_name(tmp_path):
    head, _, tail = NETS.partition("class Net")
    head += "from lstm_lessons.parts import halved\n\n\n"
    body, _, _ = tail.replace("half(", "halved(").partition("\n\ndef halved")
    _, _, half = NETS.partition("def half")
    moved = taken(
        tmp_path,
        nets=f"{head}class Net{body}",
        parts=f"def halved{half}",
        loop=LOOP.replace("nets import half", "parts import halved").replace("half(", "halved("),
    )
    assert moved == taken(tmp_path)
    alias = "from lstm_lessons import nets as networks\nimport lstm_lessons.loop\nimport numpy\n"
    _, _, body = PROGRAM.partition("\n\n")
    body = body.replace("nets.", "networks.").replace("np.", "numpy.")
    body = body.replace("fit(", "lstm_lessons.loop.fit(")
    assert taken(tmp_path, f"{alias}\n{body}") == taken(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("nets.Net(3)", "nets.Net(4)"),
        ("import numpy as np", "import torch as np"),
        ("np.arange", "np.ones"),
        ("loop import fit", "nets import half as fit"),
    ],
)
def test_the_program_itself_counts(tmp_path, old, new):
    assert old in PROGRAM
    assert taken(tmp_path, PROGRAM.replace(old, new)) != taken(tmp_path)
    assert taken(tmp_path, f"# A title\n{PROGRAM}\n\n") == taken(tmp_path)


def test_a_module_that_is_handed_over_counts_as_a_whole(tmp_path):
    program = "from lstm_lessons import nets\nrecord = getattr(nets, name)(2)"
    first = taken(tmp_path, program)
    assert taken(tmp_path, program, nets=NETS.replace("x + 100", "x + 200")) != first
    assert taken(tmp_path, program, loop="") == first


def test_functions_that_call_each_other_come_to_an_end(tmp_path):
    loop = "def fit(a, b):\n    return even(b)\ndef even(n):\n    return odd(n - 1)\n"
    loop += "def odd(n):\n    return even(n - 1)\n"
    first = taken(tmp_path, loop=loop)
    assert taken(tmp_path, loop=loop.replace("odd(n - 1)", "odd(n - 2)")) != first


@pytest.mark.parametrize(
    ("path", "old", "new", "same"),
    [
        ("sequences.py", "Fill sequences with zeros", "Fill sequences with nothing", True),
        ("sequences.py", "def run_padded(", "def run_flipped(", True),
        ("train.py", "scaler.step(optimizer)", "scaler.step(other)", False),
        ("data/digits.py", "slice(0, 180)", "slice(0, 179)", False),
        ("regularization.py", "value: float = 1.0", "value: float = 2.0", False),
    ],
)  # fmt: skip
def test_in_the_package_itself(tmp_path, path, old, new, same):
    program = """\
from lstm_lessons import regularization, sequences, train
from lstm_lessons.data import digits
data = digits.load()
getattr(regularization, "set_forget_bias")(lstm)
train.fit(lstm, loss, lambda epoch: [sequences.pad(data.train.sequences)], epochs=1)
"""
    shutil.copytree(FOLDER / "lstm_lessons", tmp_path / "lstm_lessons",
                    ignore=shutil.ignore_patterns("*.npz", "*.mjs", "__pycache__"))  # fmt: skip
    file = tmp_path / "lstm_lessons" / path
    source = file.read_text(encoding="utf-8")
    assert old in source
    file.write_text(source.replace(old, new), encoding="utf-8")
    assert (fingerprint(program, tmp_path) == fingerprint(program)) == same
