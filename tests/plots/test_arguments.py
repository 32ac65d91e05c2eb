"""Arguments of figures: what fits goes through as arrays, what does not is named; a fault inside is no argument's."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from lstm_lessons.plots import arguments
from lstm_lessons.plots.shared import Drawn, shown


def drawn(
    lines: Mapping[str, np.ndarray],
    names: Sequence[str],
    at: Sequence[int] = (),
    pairs: Mapping[str, tuple[np.ndarray, int]] | None = None,
    level: float = 0.0,
    what: str = "",
) -> Drawn:
    """What a figure might be asked for."""
    return Figure(), f"{type(lines['a']).__name__} {level + 1} {at}"


draw = shown(lines="S T|T", names="T", at="<T", pairs="@_;_")(drawn).draw
RIGHT = {"lines": {"a": [[1, 2, 3]]}, "names": ["x", "y", "z"]}
TIMES = np.array(["2013-01-01"], "datetime64[D]")


@pytest.mark.parametrize("line", [[1, 2, 3], (1.5, 2, 3), np.ones((2, 3)), torch.ones(3).requires_grad_()])
def test_what_can_be_an_array_is_one(line):
    more = {"at": [0, 2], "level": np.float32(1), "pairs": {"p": (TIMES, 1)}}
    _, told = draw(**RIGHT | {"lines": {"a": line}} | more)
    assert told == "ndarray 2.0 [0 2]"


@pytest.mark.parametrize(
    ("spoiled", "error", "message"),
    [
        ({"lines": [1]}, TypeError, "lines must be a dict, got list"),
        ({"lines": {}}, ValueError, "lines must hold at least one entry, got none"),
        ({"lines": {1: [1, 2, 3]}}, TypeError, "a key of lines must be a text, got int"),
        ({"lines": {"a": np.zeros((1, 2, 3))}}, ValueError, r"lines\['a'\] must have the shape .*, got \(1, 2, 3\)"),
        ({"lines": {"a": np.zeros((0, 3))}}, ValueError, r"lines\['a'\] must have the shape .*, got \(0, 3\)"),
        ({"lines": {"a": [1, np.nan, 2]}}, ValueError, r"lines\['a'\] must be finite, got nan"),
        ({"lines": {"a": [1j]}}, ValueError, r"lines\['a'\] must hold numbers, got complex128"),
        ({"names": ["x"]}, ValueError, r"names must have the shape \(T\), T = 3, got \(1,\)"),
        ({"names": "xy"}, ValueError, r"names must have the shape \(T\), T = 3, got \(2,\)"),
        ({"names": 3}, TypeError, "names must be a list, got int"),
        ({"names": ["x", "y", 3]}, TypeError, r"names\[2\] must be a text, got int"),
        ({"at": [3]}, ValueError, r"at must lie in 0..2, got 3..3"),
        ({"pairs": {"p": (TIMES,)}}, ValueError, r"pairs\['p'\] must hold 2 things, got 1"),
        ({"pairs": {"p": ([1], 1)}}, ValueError, r"pairs\['p'\]\[0\] must hold .*, got int64"),
        ({"level": np.inf}, ValueError, "level must be a finite number, got inf"),
        ({"level": True}, ValueError, "level must be a finite number, got True"),
        ({"what": None}, TypeError, "what must be a text, got NoneType"),
    ],
)
def test_what_does_not_fit_is_named(spoiled, error, message):
    with pytest.raises(error, match=f"^{message}"):
        draw(**RIGHT | spoiled)


def test_a_fault_inside_stays_what_it_is():
    def broken(values: np.ndarray) -> Drawn:
        """Ours to fix, whatever came."""
        return values.missing, ""

    with pytest.raises(AttributeError, match="missing"):
        shown()(broken).draw([1.0])


def test_a_dict_needs_the_names_of_another():
    arguments.same_names("sizes", {"a": 1, "b": 2}, ["a"])
    with pytest.raises(ValueError, match=r"sizes must have an entry for each of \['a', 'c'\], got none for \['c'\]"):
        arguments.same_names("sizes", {"a": 1}, ["a", "c"])


def test_a_row_needs_its_attributes_or_entries():
    assert arguments.rows_with("rows", iter([{"B": 1}, np.ones(2)]), *()) != []
    for row in ({"ratio": 1}, 3):
        with pytest.raises(ValueError, match=r"rows\[0\] must have B, got (dict|int)"):
            arguments.rows_with("rows", [row], "B")
