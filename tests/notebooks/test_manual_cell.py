"""What lesson 2 derives in its cells, its exercises solved, is what the package holds."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons import cell
from lstm_lessons.authoring.notebooks import solve

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02_manual_cell.ipynb"


def functions_of(path: Path, kinds: tuple[type, ...] = (ast.FunctionDef,)) -> dict[str, Any]:
    """The functions (or other ``kinds``) that a solved notebook's cells define, the last definition of each name."""
    solved = solve(nbformat.read(path, 4), path.stem)
    sources = [c.source for c in solved.cells if c.cell_type == "code"]
    names: dict[str, Any] = {"torch": torch, "np": np, "nn": nn, "LSTM": cell.LSTM}
    for source in sources:
        for part in ast.parse(source).body:
            if isinstance(part, kinds):
                exec(ast.unparse(part), names)
    return names


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return functions_of(NOTEBOOK, (ast.FunctionDef, ast.ClassDef))


@pytest.fixture
def layer() -> cell.LSTM:
    torch.manual_seed(0)
    return cell.LSTM(3, 5, dtype=torch.float64)


def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(0)
    shapes = (7, 2, 3), (2, 5), (2, 5)
    return tuple(torch.tensor(rng.normal(size=shape)).requires_grad_() for shape in shapes)


def close(ours, theirs) -> None:
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-12)


def test_the_step_is_the_packages_step(lesson, layer):
    x, h, c = inputs()
    (weights,) = layer.all_weights
    close(lesson["lstm_step"](x[0], (h, c), *weights), cell.lstm_step(x[0], (h, c), *weights))


def test_the_numpy_step_is_the_packages_step(lesson, layer):
    x, h, c = inputs()
    (weights,) = layer.all_weights
    arrays = [tensor.detach().numpy() for tensor in (x[0], h, c, *weights)]
    expected = cell.lstm_step(x[0], (h, c), *weights)
    close(map(torch.tensor, lesson["numpy_step"](*arrays)), (e.detach() for e in expected))


def test_the_layer_is_the_packages_layer_with_its_gradients(lesson, layer):
    x, h, c = inputs()
    outputs, (h_n, c_n) = lesson["lstm_layer"](x, (h, c), layer.all_weights[0])
    expected, (h_expected, c_expected) = layer(x, (h[None], c[None]))
    close([outputs, h_n, c_n], [expected, h_expected[0], c_expected[0]])
    wanted = [x, h, c, *layer.parameters()]
    gradients = (
        torch.autograd.grad(result.square().sum(), wanted, retain_graph=True) for result in (outputs, expected)
    )
    close(*gradients)


def test_what_follows_runs_on_the_step_and_the_layer_of_the_learner(lesson, layer, monkeypatch):
    x, h, c = inputs()
    calls = []

    def counted(name):
        own = lesson[name]

        def call(*arguments):
            calls.append(name)
            return own(*arguments)

        monkeypatch.setitem(lesson, name, call)

    for name in ("split_gates", "lstm_step", "lstm_layer", "step_backward"):
        counted(name)
    (weights,) = layer.all_weights
    lesson["lstm"](x, *weights)
    assert calls == ["lstm_layer"] + len(x) * ["lstm_step"]
    calls.clear()
    with torch.no_grad():
        remembered = lesson["forward_remembering"](x, (h, c), *weights)
        lesson["layer_backward"](remembered, x.new_ones(len(x), 2, 5), weights[1])
    assert calls == len(x) * ["lstm_step"] + len(x) * ["step_backward"]
    calls.clear()
    lesson["numpy_step"](*(tensor.detach().numpy() for tensor in (x[0], h, c, *weights)))
    assert calls == ["split_gates"]


def test_the_layer_for_training_ends_like_the_packages_layer(lesson, layer):
    x, _, _ = inputs()
    expected, _ = layer(x)
    close([lesson["lstm"](x, *layer.all_weights[0])], [expected[-1]])


def test_the_way_back_gives_the_packages_gradients(lesson, layer):
    x, h, c = inputs()
    outputs, _ = layer(x, (h[None], c[None]))
    expected = torch.autograd.grad(outputs.square().sum(), list(layer.parameters()))
    with torch.no_grad():
        (weights,) = layer.all_weights
        remembered = lesson["forward_remembering"](x, (h, c), *weights)
        close(lesson["layer_backward"](remembered, 2 * outputs, weights[1]), expected)


def test_networks_side_by_side_do_not_meet(lesson):
    """A stack of two networks gives what each gives alone."""
    rng = np.random.default_rng(1)
    shapes = (2, 20, 3), (2, 20, 5), (2, 1, 20), (2, 1, 20)
    weights = [torch.tensor(rng.normal(size=shape)) for shape in shapes]
    x = torch.tensor(rng.normal(size=(7, 2, 4, 3)))  # (T, S, B, I)
    together = lesson["lstm"](x, *weights)
    alone = [lesson["lstm"](x[:, n], *(w[n] for w in weights)) for n in range(2)]
    close(together, alone)


def test_the_module_that_is_trained_holds_parameters_and_runs_the_learners_own_layer(lesson, monkeypatch):
    torch.manual_seed(0)
    layer, head = cell.LSTM(2, 5), nn.Linear(5, 1)
    weights = [*(weight.unsqueeze(0) for weight in layer.all_weights[0]), head.weight.unsqueeze(0)]
    weights[2:4] = [bias.unsqueeze(1) for bias in weights[2:4]]  # (S, 1, 4H)
    model = lesson["Networks"](lesson["lstm"], [*weights, head.bias.view(1, 1, 1)])
    assert len(list(model.parameters())) == len(model.state_dict()) == 6
    assert all(isinstance(weight, nn.Parameter) for weight in model.weights)
    x = torch.rand(7, 1, 4, 2)  # (T, S, B, 2)
    torch.testing.assert_close(model(x)[0], head(layer(x[:, 0])[0][-1]).squeeze(-1))
    for own, other in zip(
        lesson["packaged"](*(weight[0].detach() for weight in model.weights)), (layer, head), strict=True
    ):
        for name, weight in other.state_dict().items():
            assert torch.equal(own.state_dict()[name], weight)
    monkeypatch.setitem(lesson, "lstm_step", lambda x, state, *weights: (state[0] + 1, state[1]))
    assert torch.equal(lesson["lstm"](x, *model.weights[:4]), torch.full((1, 4, 5), 7.0))


def test_training_draws_itself_while_it_learns(lesson):
    model = lesson["Networks"](lesson["rnn"], [torch.zeros(1, *shape) for shape in [(3, 2), (3, 3), (1, 3), (1, 3)]]
                               + [torch.zeros(1, 1, 3), torch.zeros(1, 1, 1)])  # fmt: skip
    drawn = []

    def watch(curve, update):
        drawn.append((curve.shape, update))

    def batch(number):
        return torch.zeros(4, 1, 5, 2), torch.ones(1, 5)

    curve = lesson["train"](model, 0.1, 7, batch, watch, every=3)
    assert drawn == [((3, 1), False), ((6, 1), True)]
    assert curve.shape == (7, 1) and curve[0] == 1 > curve[-1]
