"""What to do about errors that Python, NumPy and torch raise."""

import re

ADVICE = (  # a pattern that errors of Python, NumPy and torch match, and what to do; the first match counts
    (
        r"^UnboundLocalError",
        "The function assigns to this name, but here it has no value yet. Inside, it hides what has this name outside.",
    ),
    (r"^NameError", "Has the cell that defines this name been run? Is the name spelled right?"),
    (
        r"mat1 and mat2 shapes|inconsistent tensor size|size mismatch, got|matmul: |two dimensions of batch2 tensor",
        "In a product `A @ B`, the last size of A must equal the second to last of B. Print both shapes.",
    ),
    (
        r"must match the existing size|could not broadcast input array|shape mismatch: value",
        "What is assigned does not have the size of the place it goes to. Print both shapes.",
    ),
    (
        r"must match the size of tensor|could not be broadcast",
        "Two tensors that are added or multiplied have different sizes. Print both shapes.",
    ),
    (r"must match except in dim|stack expects each", "The parts that are joined differ in size. Print their shapes."),
    (r"is invalid for input of size", "The new sizes must multiply to the number of values that are there."),
    (
        r"same dtype|expected scalar type",
        "Two tensors differ in dtype. `x.new_zeros(...)` and `torch.zeros_like(x)` take the dtype of x.",
    ),
    (r"^RecursionError", "The function calls itself without end."),
    (r"in-?place operation", "Make a new tensor: `c = f * c` rather than `c *= f`."),
    (r"Dimension out of range|^AxisError|too many indices", "There is no such axis. The last one is -1."),
    (r"tuple index out of range", "There is no such axis, or no such index. The last one is -1."),
    (
        r"(list|string) index out of range|pop from empty list",
        "There is no such index: n values have the indices 0 to n - 1, and an empty list has none.",
    ),
    (r"is out of bounds for", "Indices count from 0: the last of n is n - 1. Print the shape and the index."),
    (r"Boolean value of Tensor|truth value of an array", "Python's `if`, `and` and `max` take single values."),
    (r"step must be greater than zero", "A tensor takes no negative step: `.flip(0)` reverses its first axis."),
    (
        r"bad operand type for unary|unsupported operand.*'(tuple|list)'",
        "Tuples and lists do no arithmetic: unpack them, loop over them, or make arrays of them.",
    ),
    (
        r"zero-dimensional arrays cannot be concat|expected Tensor as element|must be tuple of Tensors",
        "What is joined comes as a list, and each of its parts is an array or a tensor itself: `[0]` rather than `0`.",
    ),
    (r"inhomogeneous shape", "The rows differ in length, so they make no array. Print their lengths."),
    (
        r"'builtin_function_or_method' object is not subs|'(Tensor|numpy.ndarray)' object is not call",
        "Parentheses call, square brackets index.",
    ),
    (r"must be Tensor, not", "This function of torch takes a tensor."),
    (
        r"only one element tensors|cannot be converted to Scalar|only 0-dimensional arrays|only length-1 arrays",
        "Functions of Python and `math` take one number. Those of `torch` and `np` take all at once.",
    ),
    (
        r"object is not callable",
        "Is a `*` missing before a parenthesis? Or did you assign a value to the name of a function, such as `sum`?",
    ),
    (
        r"'NoneType'",
        "Something is None. A function without `return` returns None; so do `append` and `sort`, and `.get` for a "
        "missing key.",
    ),
    (
        r"list indices must be integers or slices, not tuple",
        "A list takes one index at a time, `m[a][b]`. An array and a tensor take both, `m[a, b]`.",
    ),
    (
        r"Cannot interpret '\d+' as a data type",
        "The shape is one argument: `np.zeros((3, 4))`, with its own parentheses.",
    ),
    (
        r"tensors of a single element can be converted|only integer scalar arrays",
        "A slice, `range` or an axis takes one whole number. Here it gets several at once.",
    ),
    (
        r"missing \d+ required positional",
        "A call gives fewer arguments than are needed. The message names what is missing.",
    ),
    (
        r"indices must be integers|cannot be interpreted as an integer|must be of integer|used as indices must be",
        "Indices and sizes are whole numbers: `//` keeps them whole, `/` gives a float.",
    ),
    (r"values to unpack|cannot unpack non-iterable", "There must be as many names on the left as there are values."),
    (r"^KeyError", "The dict has no such key. `d.get(key, 0)` gives 0 instead."),
    (r"^ZeroDivisionError", "Something is divided by 0. In which case is there nothing to divide by?"),
    (
        r"math domain error",
        "`math` takes no logarithm of 0 or less, and no root of a negative number. Print the value.",
    ),
    (r"'(generator|map|zip|filter)'", "`list(...)` makes a list of it."),
    (
        r"unhashable type",
        "What can change, such as a list, cannot be a dict key or in a set. `tuple(...)` makes one of it that can.",
    ),
    (
        r"changed size during iteration",
        "A loop must not change what it runs over: loop over `list(...)` of it instead.",
    ),
    (r"allocate memory|Unable to allocate|^MemoryError", "That would be too large for the memory. Print the sizes."),
    (r"^SystemExit", "`exit` ends the program. A function ends with `return`."),
    (r"^AttributeError: module", "This library has no such name. Is it spelled right, and is it the right library?"),
    (r"has no attribute", "Arrays, tensors and lists have different methods. Which is it? `print(type(...))`."),
    (r"No module named", "This library is not installed. Python, NumPy, SciPy and torch are enough."),
    (r"numpy\(\) on Tensor that requires grad", "Call `.detach()` first, if no gradient has to flow back."),
)


def advice_for(error: str) -> list[str]:
    """What fits an error, given as ``"TypeError: what it says"``; what fits best comes first."""
    return [text for pattern, text in ADVICE if re.search(pattern, error)]
