"""The maths in the browser equals torch's, for every size, layer, direction and kind of module."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lstm_lessons import cell as ours
from lstm_lessons.widgets.shared.bundling import module_source
from lstm_lessons.widgets.shared.weights import layer_weights

SOURCE = module_source("cell")
AGREED = 1e-6


@pytest.fixture
def maths(compute):
    """Run a function of the module: ``maths("lstmStep", x, h, c, weights)``."""
    return lambda *given, source=SOURCE: compute(source, *given)


def random_lstm(kind, input_size: int, hidden_size: int, scale: float = 1.0, **options) -> nn.Module:
    """A module in float64 whose weights are `scale` times as wide as torch draws them."""
    torch.manual_seed(input_size * 100 + hidden_size)
    module = kind(input_size, hidden_size, dtype=torch.float64, **options)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(scale)
    return module


def difference(result, expected: torch.Tensor) -> float:
    """Largest absolute difference between nested lists and a tensor of the same shape."""
    result = torch.tensor(result, dtype=torch.float64)
    assert result.shape == expected.shape
    return float((result - expected).abs().max())


def stack_difference(maths, module: nn.Module, steps: int, source: str = SOURCE) -> float:
    """Largest difference between browser and torch: output and every final h and c."""
    x = torch.randn(steps, module.input_size, dtype=torch.float64)
    with torch.no_grad():
        output, (h, c) = module(x)
    result = maths("lstmStack", x.tolist(), layer_weights(module), source=source)
    last = [direction[-1 if d == 0 else 0] for layer in result["traces"] for d, direction in enumerate(layer)]
    return max(
        difference(result["output"], output),
        difference([step["h"] for step in last], h),
        difference([step["c"] for step in last], c),
    )


SIZES = [(1, 1, 40, 1.0), (3, 5, 100, 4.0), (8, 16, 60, 8.0), (2, 32, 5, 0.2), (4, 3, 1, 1.0)]


@pytest.mark.parametrize(("inputs", "hidden", "steps", "scale"), SIZES)
@pytest.mark.parametrize(
    "options",
    [{}, {"num_layers": 3}, {"bidirectional": True}, {"num_layers": 2, "bidirectional": True}],
    ids=["one", "3-layers", "2-directions", "2-layers-2-directions"],
)
def test_stack_equals_torch(maths, inputs, hidden, steps, scale, options):
    module = random_lstm(nn.LSTM, inputs, hidden, scale, **options)
    reached = stack_difference(maths, module, steps)
    print(f"largest difference: {reached:.1e}")
    assert reached < AGREED


@pytest.mark.parametrize("kind", [nn.LSTM, ours.LSTM])
@pytest.mark.parametrize("bias", [True, False])
def test_weights_of_layers_come_from_torch_and_from_ours(maths, kind, bias):
    module = random_lstm(kind, 3, 4, 2.0, num_layers=2, bidirectional=True, bias=bias)
    assert stack_difference(maths, module, 20) < AGREED


@pytest.mark.parametrize("kind", [nn.LSTMCell, ours.LSTMCell])
@pytest.mark.parametrize("bias", [True, False])
def test_step_equals_a_cell_from_any_state(maths, kind, bias):
    module = random_lstm(kind, 3, 4, 3.0, bias=bias)
    x, h, c = (torch.randn(n, dtype=torch.float64) for n in (3, 4, 4))
    with torch.no_grad():
        next_h, next_c = module(x, (h, c))
    [[weights]] = layer_weights(module)
    step = maths("lstmStep", x.tolist(), h.tolist(), c.tolist(), weights)
    assert difference(step["h"], next_h) < AGREED
    assert difference(step["c"], next_c) < AGREED


def test_gates_follow_their_definitions(maths):
    module = random_lstm(nn.LSTMCell, 2, 3, 3.0)
    x, h, c = (torch.randn(n, dtype=torch.float64) for n in (2, 3, 3))
    with torch.no_grad():
        z = module.weight_ih @ x + module.bias_ih + module.weight_hh @ h + module.bias_hh
    i, f, g, o = z.chunk(4)
    [[weights]] = layer_weights(module)
    step = maths("lstmStep", x.tolist(), h.tolist(), c.tolist(), weights)
    expected = {"z": z, "i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
    assert max(difference(step[name], value) for name, value in expected.items()) < AGREED


def test_a_layer_starts_from_the_given_state(maths):
    module = random_lstm(nn.LSTM, 2, 3, 2.0)
    x, h, c = (torch.randn(n, s, dtype=torch.float64) for n, s in ((9, 2), (1, 3), (1, 3)))
    with torch.no_grad():
        output, _ = module(x, (h, c))
    [[weights]] = layer_weights(module)
    steps = maths("lstmLayer", x.tolist(), weights, h[0].tolist(), c[0].tolist())
    assert difference([step["h"] for step in steps], output) < AGREED


def test_forget_products_are_the_gradient_along_the_cell_state(maths):
    # With W_hh = 0 no gate sees h, so all of dc_T/dc_k runs along the cell state.
    module = random_lstm(nn.LSTMCell, 2, 3, 2.0)
    nn.init.zeros_(module.weight_hh)
    h = c = torch.zeros(3, dtype=torch.float64)
    states = []
    x = torch.randn(7, 2, dtype=torch.float64)
    for x_t in x:
        h, c = module(x_t, (h, c))
        states.append(c)
    unit = 1
    expected = torch.stack([g[unit] for g in torch.autograd.grad(states[-1][unit], states)])
    [[weights]] = layer_weights(module)
    steps = maths("lstmLayer", x.tolist(), weights)
    assert difference(maths("forgetProducts", steps, unit), expected) < AGREED


def test_very_large_sums_saturate_without_nan(maths):
    module = random_lstm(nn.LSTM, 2, 3, 5000.0)
    assert stack_difference(maths, module, 10) < AGREED


@pytest.mark.parametrize(
    "edits",
    [
        {
            "const i = z.slice(0, H)": "const i = z.slice(H, 2 * H)",
            "const f = z.slice(H, 2 * H)": "const f = z.slice(0, H)",
        },
        {"f[k] * old + i[k] * g[k]": "i[k] * old + f[k] * g[k]"},
        {"lstmLayer(below.toReversed()": "lstmLayer(below"},
        {" + b_hh[r]": ""},
        {"o[k] * Math.tanh(value)": "o[k] * value"},
    ],
    ids=["swapped-rows", "swapped-gates", "reverse-reads-forward", "no-b_hh", "no-tanh"],
)
def test_broken_maths_is_caught(maths, edits):
    broken = SOURCE
    for right, wrong in edits.items():
        assert broken.count(right) == 1
        broken = broken.replace(right, wrong)
    module = random_lstm(nn.LSTM, 3, 4, 2.0, num_layers=2, bidirectional=True)
    assert stack_difference(maths, module, 12) < AGREED
    assert stack_difference(maths, module, 12, source=broken) > 1e-3


@pytest.mark.parametrize(
    ("module", "error", "says"),
    [
        (nn.Linear(2, 3), TypeError, "got Linear"),
        (nn.GRU(2, 3), TypeError, "got GRU"),
        (nn.RNN(2, 3), TypeError, "got RNN"),
        (nn.GRUCell(2, 3), TypeError, "got GRUCell"),
        (nn.LSTM(2, 3, proj_size=2), ValueError, "proj_size"),
        ("a string", TypeError, "got str"),
    ],
)
def test_what_is_no_lstm_is_refused_by_name(module, error, says):
    with pytest.raises(error, match=says):
        layer_weights(module)
