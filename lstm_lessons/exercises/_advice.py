"""What to do about errors that Python, NumPy and torch raise."""

import re

ADVICE = (  # a pattern that errors of Python, NumPy and torch match, and what to do; the first match counts
    (r"^NameError", "Has the cell that defines this name been run? Is the name spelled right?"),
    (
        r"mat1 and mat2 shapes|inconsistent tensor size|size mismatch, got|matmul: |two dimensions of batch2 tensor",
        "In a product `A @ B`, the last size of A must equal the last but one of B. Print both shapes.",
    ),
    (
        r"must match the existing size|could not broadcast input array|shape mismatch: value",
        "What is assigned has another size than the place it goes to. Print both shapes.",
    ),
    (
        r"must match the size of tensor|could not be broadcast",
        "Two tensors that are added or multiplied have different sizes. Print both shapes.",
    ),
    (r"must match except in dim|stack expects each", "The parts that are joined differ in size. Print their shapes."),
    (r"is invalid for input of size", "The new sizes must multiply to as many numbers as there are."),
    (r"same dtype|expected scalar type", "Two tensors differ in dtype."),
    (r"^RecursionError", "The function calls itself without end."),
    (r"in-?place operation", "Make a new tensor: `c = f * c` rather than `c *= f`."),
    (r"Dimension out of range|^AxisError|tuple index out of range", "There is no such axis. The last one is -1."),
    (r"is out of bounds for", "Places count from 0: of n, the last one is n - 1. Print the shape and the index."),
    (r"Boolean value of Tensor|truth value of an array", "`if`, `and` and `max` of Python take single values."),
    (r"step must be greater than zero", "A tensor takes no negative step: `.flip(0)` turns its first axis round."),
    (r"unsupported operand.*'(tuple|list)'", "One of the two is a tuple or a list: unpack it first."),
    (
        r"'builtin_function_or_method' object is not subs|'Tensor' object is not call",
        "Parentheses call, square brackets index.",
    ),
    (r"must be Tensor, not", "This function of torch takes a tensor."),
    (
        r"only one element tensors|cannot be converted to Scalar|only 0-dimensional arrays",
        "Functions of Python and `math` take one number. For all at once there are those of `torch` and `np`.",
    ),
)


def advice_for(error: str) -> list[str]:
    """What fits an error, given as ``"TypeError: what it says"``; what fits best comes first."""
    return [text for pattern, text in ADVICE if re.search(pattern, error)]
