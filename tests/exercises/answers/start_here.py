"""Answers to the exercise of lesson 0."""

ANSWERS = {
    "new_memory": [
        ("correct", "c * f + g * i"),
        ("correct", "sum([f * c, i * g])"),
        ("correct", "np.dot([f, i], [c, g])"),
        ("correct", "torch.tensor(f * c + i * g, dtype=torch.float64)"),
        ("forget_gate_upside_down", "(1 - f) * c + i * g"),
        ("candidate_forgotten", "f * c + i"),
        ("swapped_gates", "i * c + f * g"),
        ("keeps_everything", "c + i * g"),
        ("writes_everything", "f * c + g"),
        ("shares_one_gate", "f * c + (1 - f) * g"),
        ("nothing_written", "f * c"),
        ("! is not the expected one", "i * g"),
        ("! is not the expected one", "f * (c + i * g)"),
        ("! is not the expected one", "f * c - i * g"),
        ("! is None. Did you forget `return`?", "c = f * c + i * g"),
        ("! In code the symbols lose their index", "f_t * c + i * g"),
        ("! For plain numbers write `*`", "f @ c + i @ g"),
        ("! is not the expected one", "(f + c) * (i + g)"),
    ]
}
