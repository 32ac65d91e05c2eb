"""In what way results are near the expected ones: a part of them, their order, their shape, a number too large.

A relation is named only if it holds in every case.
"""

from collections.abc import Callable, Sequence
from typing import Any

from lstm_lessons.exercises._compare import Tolerance, difference, flat_numbers, or_else

PLACES = ("first", "second", "third", "fourth")


@or_else(lambda *results: "")
def relation(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    """What wrong results have in common with the expected ones, in a sentence; empty if nothing."""
    relations = (_part, _more, _order, _arrangement, _amount, _rounded, _some)
    found = (relate(expected, got, tolerance) for relate in relations)
    return next((sentence for sentence in found if sentence), "")


def _always(holds: Callable[[Any, Any], bool], expected: Sequence[Any], got: Sequence[Any]) -> bool:
    return len(expected) == len(got) and all(map(holds, expected, got))


def _part(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    sizes = {len(value) if isinstance(value, tuple) else 0 for value in expected}
    for k in range(min(sizes)):
        if _always(lambda whole, part, k=k: difference(whole[k], part, tolerance) is None, expected, got):
            place = PLACES[k] if k < len(PLACES) else f"{k + 1}th"
            return f"It is the {place} of the {max(sizes)} values that are asked for, and right: return all of them."
    return ""


def _more(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    def begins(whole: Any, found: Any) -> bool:
        if not isinstance(found, (tuple, list)) or (isinstance(whole, (tuple, list)) and len(found) <= len(whole)):
            return False
        first = found[: len(whole)] if isinstance(whole, tuple) else found[0] if found else None
        return difference(whole, first, tolerance) is None

    if not _always(begins, expected, got):
        return ""
    if isinstance(expected[0], tuple):
        return f"The first {len(expected[0])} values are right: return them alone."
    if all(len(found) == 1 for found in got):
        return "The right value, but in a tuple or list of its own. (A comma at the end of `return` makes a tuple.)"
    return "The first value is the right one: return it alone."


def _order(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    def same_parts(wanted: Any, found: Any) -> bool:
        if not (isinstance(wanted, tuple) and isinstance(found, (tuple, list)) and len(wanted) == len(found)):
            return False
        left = list(found)
        for part in wanted:
            place = next((k for k, item in enumerate(left) if difference(part, item, tolerance) is None), None)
            if place is None:
                return False
            del left[place]
        return True

    return "All values are right, but in another order." if _always(same_parts, expected, got) else ""


def _arrangement(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    import numpy as np

    loose = Tolerance(tolerance.atol, tolerance.rtol)

    def same_numbers(wanted: Any, found: Any) -> bool:
        first, second = flat_numbers(wanted), flat_numbers(found)
        if first is None or second is None or first.shape != second.shape:
            return False
        return np.allclose(np.sort(first), np.sort(second), tolerance.rtol, tolerance.atol)

    if not _always(same_numbers, expected, got) or max(flat_numbers(value).size for value in expected) < 2:
        return ""
    if _always(lambda wanted, found: difference(wanted, found, loose) is None, expected, got):
        return "The right numbers, but of another kind."
    return "The right numbers, but in another shape, or in other places."


def _amount(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    import numpy as np

    pairs = [(flat_numbers(first), flat_numbers(second)) for first, second in zip(expected, got, strict=False)]
    if len(expected) != len(got) or any(a is None or b is None or a.shape != b.shape for a, b in pairs):
        return ""
    first, second = (np.concatenate(numbers) for numbers in zip(*pairs, strict=True))
    largest = int(np.argmax(np.abs(first))) if first.size else 0
    if np.unique(first).size < 2 or np.iscomplexobj(first) or not first[largest]:
        return ""
    gap, factor = second[largest] - first[largest], second[largest] / first[largest]
    if np.allclose(second, first, 1e-6, tolerance.atol):  # the same numbers, in another kind
        return ""
    if np.allclose(second, first + gap, 1e-6, tolerance.atol):
        return f"Everywhere {abs(gap):.4g} too {'large' if gap > 0 else 'small'}."
    if not factor or not np.allclose(second, factor * first, 1e-4, tolerance.atol * max(1, abs(factor))):
        return ""
    if abs(factor - 1) < 1e-3:  # noise, or rounded
        return ""
    return "The sign is reversed everywhere." if np.isclose(factor, -1) else f"Everywhere {factor:.4g} times as much."


def _rounded(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    import numpy as np

    def same(wanted: Any, found: Any, decimals: int) -> bool:
        first, second = flat_numbers(wanted), flat_numbers(found)
        if first is None or second is None or first.shape != second.shape:
            return False
        return np.allclose(np.round(first, decimals), second, 0, 1e-9)

    def equal(wanted: Any, found: Any) -> bool:
        return np.array_equal(flat_numbers(wanted), flat_numbers(found))

    for decimals in range(1, 5):
        if not _always(equal, expected, got) and _always(
            lambda a, b, decimals=decimals: same(a, b, decimals), expected, got
        ):
            return "You rounded. Return all decimals, and round only what you print."
    return ""


def _some(expected: Sequence[Any], got: Sequence[Any], tolerance: Tolerance) -> str:
    sizes = {len(value) if isinstance(value, (tuple, list)) else 0 for value in (*expected, *got)}
    if len(sizes) > 1 or not all(isinstance(value, tuple) for value in expected):
        return ""
    right = [
        PLACES[k]
        for k in range(min(sizes.pop(), len(PLACES)))
        if _always(lambda wanted, found, k=k: difference(wanted[k], found[k], tolerance) is None, expected, got)
    ]
    values = "value is" if len(right) == 1 else "values are"
    return f"The {' and the '.join(right)} {values} right." if right else ""
