"""`ShapeExplorer` in Python: its shapes and equal slices are torch's, and what it refuses."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
import traitlets
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_lessons import cell as ours
from lstm_lessons.widgets import ShapeExplorer
from lstm_lessons.widgets.shape_explorer.layout import layout, shown_steps

SVG = "{http://www.w3.org/2000/svg}"


def random_explorer(seed: int) -> ShapeExplorer:
    """Settings of every kind, small enough for a few hundred LSTMs a second."""
    drawn = np.random.default_rng(seed)
    flags = ("bias", "batch_first", "bidirectional", "packed")
    lengths = drawn.integers(1, 8, size=drawn.integers(1, 6))
    if drawn.random() < 0.3:
        lengths[:] = lengths[0]
    return ShapeExplorer(
        *drawn.integers(1, 7, size=2).tolist(),
        int(drawn.integers(1, 4)),
        **{flag: bool(drawn.random() < 0.5) for flag in flags},
        lengths=lengths,
        batched=bool(drawn.random() < 0.75),
    )


def run_torch(explorer: ShapeExplorer) -> tuple[nn.LSTM, dict[str, torch.Tensor]]:
    """The LSTM of the settings, and what goes in and comes out of it."""
    lstm, lengths = explorer.to_torch().double(), explorer.lengths
    features = explorer.input_size
    if explorer.batched:
        batch, steps = len(lengths), max(lengths)
        x = torch.randn(batch, steps, features, dtype=torch.float64)
        x *= (torch.arange(steps) < torch.tensor(lengths)[:, None])[..., None]
        if not explorer.batch_first:
            x = x.transpose(0, 1)
    else:
        x = torch.randn(lengths[0], features, dtype=torch.float64)
    state = [lstm.num_layers * (1 + lstm.bidirectional), lstm.hidden_size]
    if explorer.batched:
        state.insert(1, len(lengths))
    h_0, c_0 = (torch.randn(state, dtype=torch.float64) for _ in range(2))
    with torch.no_grad():
        if explorer.batched and explorer.packed:
            first = explorer.batch_first
            packed = pack_padded_sequence(x, torch.tensor(lengths), first, enforce_sorted=False)
            output, (h_n, c_n) = lstm(packed, (h_0, c_0))
            output, _ = pad_packed_sequence(output, batch_first=first)
        else:
            output, (h_n, c_n) = lstm(x, (h_0, c_0))
    names = {"input": x, "h_0": h_0, "c_0": c_0, "output": output, "h_n": h_n, "c_n": c_n}
    return lstm, names


@pytest.mark.parametrize("block", range(10))
def test_shapes_and_equal_slices_are_torchs(block):
    """Forty random settings in each block; torch is the judge of all of them."""
    torch.manual_seed(block)
    for seed in range(40 * block, 40 * block + 40):
        explorer = random_explorer(seed)
        lstm, tensors = run_torch(explorer)
        expected = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
        expected |= {name: tuple(p.shape) for name, p in lstm.named_parameters()}
        assert list(explorer.shapes().items()) == list(expected.items()), explorer
        assert explorer.parameter_count() == sum(p.numel() for p in lstm.parameters())
        assert_slices_are_equal(explorer, tensors)


def assert_slices_are_equal(explorer: ShapeExplorer, tensors: dict[str, torch.Tensor]) -> None:
    pairs = explorer.equalities()
    assert len(pairs) == (2 if explorer.bidirectional else 1)
    names = tensors | {"H": explorer.hidden_size, "lengths": explorer.lengths}
    for pair in pairs:
        each = range(len(explorer.lengths)) if "b" in re.findall(r"\w+", pair[0]) else [0]
        for b in each:
            output, state = (eval(one, {**names, "b": b}) for one in pair)
            assert output.shape == state.shape, pair
            torch.testing.assert_close(output, state, atol=1e-12, rtol=0, msg=f"{pair} {explorer}")


def test_the_notes_on_what_is_not_equal_are_true():
    torch.manual_seed(0)
    explorer = ShapeExplorer()
    _, tensors = run_torch(explorer)
    output, h_n, H = tensors["output"], tensors["h_n"], explorer.hidden_size
    for b, length in enumerate(explorer.lengths):
        assert not torch.isclose(output[b, length - 1, H:], h_n[-1, b]).any()
        assert (output[b, length:] == 0).all()
        assert not any(
            torch.equal(output[b, t, half], h_n[row, b])
            for row in (0, 1)
            for t in range(length)
            for half in (slice(H), slice(H, None))
        )
    explorer.packed = False
    _, tensors = run_torch(explorer)
    assert not torch.isclose(tensors["output"][1, 3, :H], tensors["h_n"][-2, 1]).any()
    assert (tensors["output"][1, 4:] != 0).all()


def test_the_judge_sees_a_wrong_shape_and_a_wrong_slice(monkeypatch):
    explorer = ShapeExplorer()
    lstm, tensors = run_torch(explorer)
    right = explorer.equalities()
    for old, new in (("lengths[b] - 1", "-1"), ("0, H:", "-1, H:"), (":H]", "H:]")):
        wrong = [tuple(side.replace(old, new) for side in pair) for pair in right]
        assert wrong != right
        monkeypatch.setattr(explorer, "equalities", lambda wrong=wrong: wrong, raising=False)
        with pytest.raises(AssertionError):
            assert_slices_are_equal(explorer, tensors)
    assert explorer.shapes()["weight_ih_l1"] == tuple(lstm.weight_ih_l1.shape) == (16, 8)
    explorer.bidirectional = False
    assert explorer.shapes()["weight_ih_l1"] != tuple(lstm.weight_ih_l1.shape)


def test_axes_name_the_sizes():
    explorer = ShapeExplorer(5, 7, 3, lengths=[11, 2], bidirectional=True)
    sizes = {"B": 2, "T": 11, "I": 5, "H": 7, "4H": 28, "D\u00b7H": 14, "L\u00b7D": 6}
    for name, axes in explorer.axes().items():
        assert tuple(sizes[axis] for axis in axes) == explorer.shapes()[name]
    assert explorer.axes()["output"] == ("B", "T", "D\u00b7H")
    explorer.batch_first = False
    assert explorer.axes()["output"] == ("T", "B", "D\u00b7H")
    assert explorer.axes()["h_n"] == ("L\u00b7D", "B", "H")


@pytest.mark.parametrize("kind", [nn.LSTM, ours.LSTM])
def test_from_torch_takes_the_arguments(kind):
    lstm = kind(3, 5, num_layers=2, bias=False, batch_first=True, bidirectional=True)
    for lengths in ([4, 2], np.array([4, 2]), torch.tensor([4, 2])):
        explorer = ShapeExplorer.from_torch(lstm, lengths, sequence=1, tensor="h_n")
        assert explorer.lengths == [4, 2] and explorer.sequence == 1
        parameters = {name: tuple(p.shape) for name, p in lstm.named_parameters()}
        shapes = explorer.shapes()
        assert {name: shapes[name] for name in parameters} == parameters
        assert explorer.parameter_count() == sum(p.numel() for p in lstm.parameters())
        assert explorer.batch_first and explorer.bidirectional and not explorer.bias


@pytest.mark.parametrize(
    "module, error, message",
    [
        (nn.GRU(1, 1), TypeError, "module must be an LSTM .* got GRU"),
        (nn.LSTMCell(1, 1), TypeError, "got LSTMCell"),
        ("lstm", TypeError, "got str"),
        (nn.LSTM(2, 4, proj_size=2), ValueError, "proj_size=0.*, got proj_size=2"),
        (nn.LSTM(1, 1, num_layers=7), ValueError, "num_layers must be .* from 1 to 6, got 7"),
    ],
    ids=["GRU", "cell", "str", "proj_size", "deep"],
)
def test_from_torch_refuses_what_it_cannot_show(module, error, message):
    with pytest.raises(error, match=message):
        ShapeExplorer.from_torch(module)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"input_size": 0}, "input_size must be a whole number from 1 to 4096, got 0"),
        ({"hidden_size": 5000}, "hidden_size must be a whole number from 1 to 4096, got 5000"),
        ({"hidden_size": True}, "hidden_size must be a whole number .* got True"),
        ({"num_layers": 2.5}, "num_layers must be an int, got 2.5"),
        ({"bias": "yes"}, "bias must be a boolean, got 'yes'"),
        ({"lengths": []}, r"lengths must hold one whole number per sequence, .* got \[\]"),
        ({"lengths": 5}, "lengths must hold .* got 5"),
        ({"lengths": [[1, 2]]}, r"lengths\[0\] must be .* got \[1, 2\]"),
        ({"lengths": np.int64(3)}, "lengths must hold"),
        ({"lengths": [3, 0]}, r"lengths\[1\] must be a whole number from 1 to 512, got 0"),
        ({"lengths": [3, 2.5]}, r"lengths\[1\] must be a whole number from 1 to 512, got 2.5"),
        ({"lengths": np.array([3.0])}, r"lengths\[0\] must be .* got 3.0"),
        ({"lengths": ["a"]}, r"lengths\[0\] must be a whole number from 1 to 512, got 'a'"),
        ({"lengths": [1] * 65}, "1 to 64 of them"),
        ({"sequence": 3}, "sequence must be a whole number from 0 to 2, got 3"),
        ({"tensor": "hn"}, "tensor must be one of input, h_0, .*, got 'hn'"),
        ({"tensor": "bias_ih_l0", "bias": False}, "tensor must be"),
    ],
)
def test_a_wrong_argument_is_named(arguments, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        ShapeExplorer(**arguments)


def test_a_wrong_value_later_changes_nothing():
    explorer = ShapeExplorer()
    before = explorer.state()
    for name, value in {"hidden_size": -1, "lengths": [9, 0], "sequence": 3, "tensor": "x"}.items():
        with pytest.raises(ValueError, match=name):
            setattr(explorer, name, value)
    assert explorer.state() == before


def test_what_no_longer_exists_is_let_go():
    explorer = ShapeExplorer(sequence=2, tensor="weight_ih_l1_reverse")
    explorer.bidirectional = False
    assert explorer.tensor == ""
    explorer.tensor = "bias_ih_l1"
    explorer.num_layers = 1
    assert explorer.tensor == ""
    explorer.lengths = [3, 2]
    assert explorer.sequence == 0


@pytest.mark.parametrize("seed", range(40))
def test_the_diagram_has_every_piece_and_none_overlaps_another(seed):
    explorer = random_explorer(seed)
    settings = explorer.settings()
    found = layout(settings, 0)
    assert [place["step"] for place in found["steps"]] == list(range(settings.steps))
    rows = [row for layer in found["layers"] for row in layer["rows"]]
    assert len(rows) == explorer.shapes()["h_n"][0]
    assert sorted(row["index"] for row in rows) == list(range(len(rows)))
    heights = sorted(layer["y"] + row["y"] for layer in found["layers"] for row in layer["rows"])
    assert all(np.diff([*heights, found["input"]]) > found["cell_height"])
    lowest_first = [layer["y"] for layer in found["layers"]]
    assert lowest_first == sorted(lowest_first, reverse=True)
    middles = [place["x"] for place in found["steps"]]
    assert all(np.diff(middles) >= max(found["cell"], found["box"]))
    for row in rows:
        read = settings.steps if not settings.packed and settings.batched else settings.lengths[0]
        assert len(row["arrows"]) == read + 1
        assert all(arrow["length"] > 0 for arrow in row["arrows"])


@pytest.mark.parametrize("T, length", [(1, 1), (12, 3), (13, 13), (13, 1), (200, 100), (512, 511)])
def test_long_sequences_leave_out_steps_in_the_middle(T, length):
    shown = shown_steps(T, length)
    assert len(shown) <= 12
    steps = [t for t in shown if t is not None]
    assert steps == sorted(set(steps))
    assert {0, T - 1, length - 1, min(length, T - 1)} <= set(steps)
    for before, after in zip(shown, shown[1:], strict=False):
        assert before is None or after is None or after == before + 1


def texts(explorer: ShapeExplorer) -> list[str]:
    root = ElementTree.fromstring(explorer.picture())
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def test_the_picture_shows_every_shape_and_stands_alone():
    explorer = ShapeExplorer(13, 64, lengths=[9, 5])
    shown = texts(explorer)
    for name, shape in explorer.shapes().items():
        assert name in shown
        assert " \u00d7 ".join(map(str, shape)) in shown
    assert f"{explorer.parameter_count():,} parameters" in shown
    for output, state in explorer.equalities():
        assert output in shown and f"== {state}" in shown
    picture = explorer.picture()
    assert "var(" not in picture and "None" not in picture
    title = ElementTree.fromstring(picture).find(f"{SVG}title")
    assert title.text == explorer.summary()
    assert "output (2, 9, 128)" in explorer.summary()
    assert explorer.twin() == ShapeExplorer(13, 64, lengths=[9, 5]).twin()


def test_the_picture_shows_the_padding_of_the_chosen_sequence():
    explorer = ShapeExplorer()
    assert "pad" not in texts(explorer)
    explorer.sequence = 2
    assert texts(explorer).count("pad") == 3 and texts(explorer).count("0") == 6
    explorer.packed = False
    assert texts(explorer).count("pad") == 3 and texts(explorer).count("0") == 0


def test_all_pictures_are_valid():
    for seed in range(60):
        ElementTree.fromstring(random_explorer(seed).picture())
