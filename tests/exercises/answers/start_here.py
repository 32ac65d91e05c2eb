"""Answers to the exercise of lesson 0."""

ANSWERS = {
    "new_memory": [
        ("correct", "c * f + g * i"),
        ("correct", "sum([f * c, i * g])"),
        ("correct", "from decimal import Decimal as D\nreturn D(f) * D(c) + D(i) * D(g)"),
        ("correct", "np.dot([f, i], [c, g])"),
        ("correct", "torch.tensor(f * c + i * g, dtype=torch.float64)"),
        ("forget_gate_upside_down", "(1 - f) * c + i * g"),
        ("candidate_forgotten", "f * c + i"),
        ("swapped_gates", "i * c + f * g"),
        ("keeps_everything", "c + i * g"),
        ("writes_everything", "f * c + g"),
        ("shares_one_gate", "f * c + (1 - f) * g"),
        ("nothing_written", "f * c"),
        ("nothing_kept", "i * g"),
        ("forgets_what_is_written", "f * (c + i * g)"),
        ("subtracted", "f * c - i * g"),
        ("! is not the expected one", "c - i * g"),  # lesson 0 shows with it what a mistake without a name is told
        ("! is None. Did you forget `return`?", "c = f * c + i * g"),
        ("! In code the symbols lose their index", "f_t * c + i * g"),
        ("! For plain numbers write `*`", "f @ c + i @ g"),
        ("products_of_sums", "(f + c) * (i + g)"),
        ("correct", "kept = f * c\nwritten = i * g\nreturn kept + written"),
        ("correct", "import operator\nreturn sum(map(operator.mul, (f, i), (c, g)))"),
        ("correct", "math.fsum((f * c, i * g))"),
        ("input_gate_upside_down", "f * c + (1 - i) * g"),
        ("all_multiplied", "f * c * i * g"),
        ("! in a tuple or list of its own", "return f * c + i * g,"),
        ("! Something is None", "return print(f * c) + i * g"),
        ("! assign a value", "return f(c) + i * g"),
    ]
}
