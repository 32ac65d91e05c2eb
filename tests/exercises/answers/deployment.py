"""Answers to the exercises of lesson 9."""

CUT = "i, f, g, o = weight.chunk(4)\n"
TRY = (
    "def fails(*sizes):\n    try:\n        run(*sizes)\n    except ValueError:\n        return True\n    return False\n"
)
SCALE = "s = np.abs(weight).max() / 127\n"
SHARES = "a, b = [(x.argmax(1) == labels).mean() for x in (before, after)]\n"

ANSWERS = {
    "gates_for_onnx": [
        ("correct", CUT + "return torch.cat((i, o, f, g), dim=0)"),
        ("correct", "weight.unflatten(0, (4, -1))[[0, 3, 1, 2]].flatten(0, 1)"),
        ("! four blocks", CUT.replace("4", "5") + "return torch.cat((i, o, f, g))"),
        ("unchanged", "weight"),
        ("unchanged", CUT + "return torch.cat([i, f, g, o])"),
        ("wrong_way_round", "i, o, f, g = weight.chunk(4)\nreturn torch.cat([i, f, g, o])"),
        ("only_f_and_o_swapped", CUT + "return torch.cat([i, o, g, f])"),
        ("only_g_and_o_swapped", CUT + "return torch.cat([i, f, o, g])"),
        ("! The right numbers, but in", CUT + "return torch.cat([i, g, f, o])"),
        ("! The right numbers, but in", CUT + "return [i, o, f, g]"),
        ("! The right numbers, but in", CUT + "return torch.stack([i, o, f, g])"),
        ("blocks_side_by_side", CUT + "return torch.cat([i, o, f, g], -1)"),
        ("rows_one_by_one", CUT + "return torch.stack([i, o, f, g], 1).flatten(0, 1)"),
        ("! gives four blocks", "i, f, g, o = weight\nreturn torch.cat([i, o, f, g])"),
        ("! is not the expected one", CUT + "return torch.cat([g, i, f, o])"),
    ],
    "frozen_axes": [
        ("correct", TRY + "return [name for name, s in {'time': (3, 9), 'batch': (4, 7)}.items() if fails(*s)]"),
        ("correct", TRY + "return {name for name, s in {'time': (3, 1), 'batch': (1, 7)}.items() if fails(*s)}"),
        ("correct", TRY + "return ('batch',) * fails(8, 7) + ('time',) * fails(3, 8)"),
        ("both_at_once", TRY + "return ['batch', 'time'] if fails(5, 11) else []"),
        ("the_example_again", TRY + "return ['batch', 'time'] if fails(3, 7) else []"),
        ("batch_alone", TRY + "return ['batch'] if fails(5, 7) else []"),
        ("time_alone", TRY + "return ['time'] if fails(3, 9) else []"),
        ("names_swapped", TRY + "return ['time'] * fails(5, 7) + ['batch'] * fails(3, 9)"),
        ("those_that_work", TRY + "return ['batch'] * (not fails(5, 7)) + ['time'] * (not fails(3, 9))"),
        (
            "first_one_alone",
            "try:\n    run(5, 7)\n    name = 'time'\n    run(3, 9)\nexcept ValueError:\n"
            "    try:\n        run(5, 7)\n        return ['time']\n    except ValueError:\n"
            "        return ['batch']\nreturn []",
        ),
        ("first_one_alone", TRY + "if fails(5, 7):\n    return ['batch']\nreturn ['time'] if fails(3, 9) else []"),
        ("! is of another length", "['batch', 'time']"),
        ("the_example_again", "[]"),
        ("! is of another type", TRY + "return fails(5, 7), fails(3, 9)"),
        ("! `except ValueError:`", "run(5, 7)\nrun(3, 11)\nreturn []"),
        ("both_at_once", TRY + "return ['batch'] * fails(5, 7) + ['time'] * fails(5, 11)"),
    ],
    "to_int8": [
        ("correct", "w = torch.as_tensor(weight)\ns = w.abs().max() / 127\nreturn (w / s).round().to(torch.int8), s"),
        ("rounded_down", "scale = np.max(np.abs(weight)) / 127\nreturn (weight // scale).astype(np.int8), scale"),
        (
            "largest_as_the_scale",
            "scale = np.abs(weight).max()\nreturn np.round(weight / scale * 127).astype(np.int8), scale",
        ),
        ("correct", SCALE + "return [np.rint(weight / s).astype('int8'), s]"),
        ("correct", SCALE + "return torch.tensor(weight / s).round().to(torch.int8), torch.tensor(s)"),
        ("correct", SCALE + "return np.clip(np.round(weight / s), -128, 127).astype(np.int8), s"),
        ("cut_off", SCALE + "return (weight / s).astype(np.int8), s"),
        ("no_scale", "np.round(weight).astype(np.int8), 1"),
        ("by_128", "s = np.abs(weight).max() / 128\nreturn np.round(weight / s).astype(int).astype(np.int8), s"),
        ("largest_without_abs", "s = weight.max() / 127\nreturn np.round(weight / s).astype(int).astype(np.int8), s"),
        ("smallest_for_largest", "s = -weight.min() / 127\nreturn np.round(weight / s).astype(int).astype(np.int8), s"),
        (
            "by_the_range",
            "s = (weight.max() - weight.min()) / 255\nreturn np.round(weight / s).astype(int).astype(np.int8), s",
        ),
        ("scale_upside_down", SCALE + "return np.round(weight / s).astype(np.int8), 1 / s"),
        ("left_as_float", SCALE + "return np.round(weight / s), s"),
        ("! is of another dtype", SCALE + "return np.round(weight / s).astype(int), s"),
        ("! in another order", SCALE + "return s, np.round(weight / s).astype(np.int8)"),
        ("! right: return all", SCALE + "return np.round(weight / s).astype(np.int8)"),
        ("! is of another dtype", SCALE + "return np.round(weight / s).astype(np.int8) * s, s"),
        ("largest_becomes_one", "s = np.abs(weight).max()\nreturn np.round(weight / s).astype(np.int8), s"),
        (
            "by_128",
            "s = np.abs(weight).max() / 128\nreturn np.clip(np.round(weight / s), -128, 127).astype(np.int8), s",
        ),
        (
            "largest_without_abs",
            "s = weight.max() / 127\nreturn np.clip(np.round(weight / s), -128, 127).astype(np.int8), s",
        ),
    ],
    "points_lost": [
        (
            "correct",
            "rows = range(len(labels))\n"
            "hit = [sum(int(s[k].argmax() == labels[k]) for k in rows) for s in (before, after)]\n"
            "return 100 * (hit[0] - hit[1]) / len(labels)",
        ),
        ("agreement", "100 * np.mean(before.argmax(1) == after.argmax(1))"),
        ("after_alone", "100 * np.mean(np.argmax(after, axis=1) == labels)"),
        ("correct", SHARES + "return 100 * (a - b)"),
        (
            "correct",
            "a, b = [(torch.tensor(x).argmax(1) == torch.tensor(labels)).double().mean()\n"
            "        for x in (before, after)]\nreturn 100 * a - 100 * b",
        ),
        ("correct", "100 * ((before.argmax(1) == labels) * 1.0 - (after.argmax(1) == labels)).mean()"),
        ("sign_lost", SHARES + "return 100 * abs(a - b)"),
        ("never_below_zero", SHARES + "return max(0, 100 * (a - b))"),
        ("as_a_share", SHARES + "return a - b"),
        ("points_won", SHARES + "return 100 * (b - a)"),
        ("disagreement", "100 * (before.argmax(1) != after.argmax(1)).mean()"),
        ("relative", SHARES + "return 100 * (a - b) / a"),
        ("examples_counted", SHARES + "return (a - b) * len(labels)"),
        ("largest_error", "abs(before - after).max()"),
        ("after_alone", SHARES + "return 100 * b"),
        ("only_the_newly_wrong", "100 * ((before.argmax(1) == labels) & (after.argmax(1) != labels)).mean()"),
        ("! is not the expected one", "100 * ((before.argmax() == labels).mean() - (after.argmax() == labels).mean())"),
        ("! is not the expected one", "100 * (before.argmax(1) == labels).mean()"),
        ("relative", SHARES + "return (a - b) / a"),
        ("only_the_newly_wrong", "((before.argmax(1) == labels) & (after.argmax(1) != labels)).sum()"),
        ("disagreement", "(before.argmax(1) != after.argmax(1)).sum()"),
    ],
}
