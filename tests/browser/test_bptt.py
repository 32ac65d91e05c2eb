"""Training in the browser equals torch's: gradients of weights, inputs and states, clipping, and 200 updates."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lstm_lessons.widgets.shared.bundling import module_source

SOURCE = module_source("bptt")
MODULES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
SIZES = [(1, 1, 1, 1, 1), (2, 20, 8, 16, 1), (3, 7, 5, 2, 2), (1, 33, 3, 4, 3), (5, 2, 13, 3, 1)]  # I, T, H, B, O
GRADIENTS = """({ kind, T, B, I, H, O, weights, x, target }) => {
    const network = makeNetwork({ kind, I, H, O });
    const gradients = makeNetwork({ kind, I, H, O });
    network.all.set(weights);
    const trace = makeTrace(network, T, B);
    const dx = new Float64Array(T * B * I).fill(7); // what was there before does not count
    for (let time = 0; time < 2; time++) { // nor does the batch before
        const y = predict(network, x, trace);
        const { loss, dy } = squaredError(y, target);
        backward(network, x, trace, dy, { weights: gradients, x: dx });
        if (time) return { y: [...y], loss, weights: [...gradients.all], x: [...dx], states: stateGradients(trace) };
    }
}"""
UPDATES = """({ kind, T, B, I, H, O, weights, batches, rate, limit, optimizer }) => {
    const network = makeNetwork({ kind, I, H, O });
    const gradients = makeNetwork({ kind, I, H, O });
    network.all.set(weights);
    const trace = makeTrace(network, T, B);
    const update = makeOptimizer(optimizer, weights.length);
    const norms = batches.map(([x, target]) => {
        const { dy } = squaredError(predict(network, x, trace), target);
        backward(network, x, trace, dy, { weights: gradients });
        const norm = clipNorm(gradients.all, limit ?? Infinity);
        update(network.all, gradients.all, rate);
        return norm;
    });
    return { weights: [...network.all], norms };
}"""


class Network(nn.Module):
    """The same network in torch, in float64; its parameters come in the order of `makeNetwork`."""

    def __init__(self, kind: str, inputs: int, units: int, outputs: int) -> None:
        super().__init__()
        self.layer = MODULES[kind](inputs, units, dtype=torch.float64)
        self.head = nn.Linear(units, outputs, dtype=torch.float64)
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.copy_(0.6 * torch.randn_like(parameter))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.layer(x)[0])

    def loss(self, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        y = self(x)
        return nn.functional.mse_loss(y if target.dim() == 3 else y[-1], target)


def flat(tensors) -> list[float]:
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).tolist()


def off(found: list[float], expected: list[float]) -> float:
    """Largest difference, relative to the largest number."""
    a, b = torch.tensor(found, dtype=torch.float64), torch.tensor(expected, dtype=torch.float64)
    return float((a - b).abs().max() / b.abs().max())


def state_gradients(net: Network, x: torch.Tensor, target: torch.Tensor) -> list[float]:
    """The loss's gradient with respect to the state after each step, by cutting the run there."""
    norms = []
    for cut in range(1, len(x) + 1):
        first, state = net.layer(x[:cut])
        parts = [part.detach().requires_grad_() for part in (state if isinstance(state, tuple) else (state,))]
        # The output of the step itself is a part of its state, h.
        outputs = [first[:-1].detach(), parts[0]]
        if cut < len(x):
            outputs.append(net.layer(x[cut:], tuple(parts) if isinstance(state, tuple) else parts[0])[0])
        y = net.head(torch.cat(outputs))
        loss = nn.functional.mse_loss(y if target.dim() == 3 else y[-1], target)
        gradients = torch.autograd.grad(loss, parts, allow_unused=True)
        norms.append(sum(float((g**2).sum()) for g in gradients if g is not None) ** 0.5)
    return norms


def gradients_off(
    compute, kind: str, sizes: tuple[int, ...], every_step: bool, source: str = SOURCE
) -> dict[str, float]:
    inputs, steps, units, batch, outputs = sizes
    torch.manual_seed(sum(sizes) + every_step)
    net = Network(kind, inputs, units, outputs)
    x = torch.randn(steps, batch, inputs, dtype=torch.float64, requires_grad=True)
    target = torch.randn(*([steps] if every_step else []), batch, outputs, dtype=torch.float64)
    loss = net.loss(x, target)
    loss.backward()
    given = {"T": steps, "B": batch, "I": inputs, "H": units, "O": outputs}
    given |= {"weights": flat(net.parameters()), "x": flat([x]), "target": flat([target])}
    found = compute(source, GRADIENTS, given | {"kind": kind})
    return {
        "loss": off([found["loss"]], [loss.item()]),
        "y": off(found["y"], flat([net(x)])),
        "weights": off(found["weights"], flat(p.grad for p in net.parameters())),
        "x": off(found["x"], flat([x.grad])),
        "states": off(found["states"], state_gradients(net, x.detach(), target)),
    }


@pytest.mark.parametrize("every_step", [False, True], ids=["last step", "every step"])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("kind", MODULES)
def test_gradients_equal_autograd(compute, kind, sizes, every_step):
    for name, difference in gradients_off(compute, kind, sizes, every_step).items():
        assert difference < 1e-9, name


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "where"),
    [
        ("lstm", "dzx[f] = d * c[p] *", "dzx[f] = d * c[now] *", "weights"),
        ("lstm", "dc[p] += d * gates[f]", "dc[p] += d", "states"),
        ("gru", "dzh[n] = dzx[n] * gates[r]", "dzh[n] = dzx[n]", "weights"),
        ("gru", "dh[p] += d * gates[z]", "dh[p] += d * gates[n]", "states"),
        ("rnn", "(1 - h[p + size] ** 2)", "(1 - h[p] ** 2)", "x"),
    ],
)
def test_a_wrong_gradient_is_found(compute, kind, right, wrong, where):
    assert SOURCE.count(right) == 1
    found = gradients_off(compute, kind, SIZES[1], every_step=True, source=SOURCE.replace(right, wrong))
    assert found["loss"] < 1e-9 < 1e-4 < found[where]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("limit", [None, 0.1])
@pytest.mark.parametrize("kind", MODULES)
def test_200_updates_give_the_weights_of_torch(compute, kind, limit, optimizer):
    inputs, steps, units, batch = 2, 12, 6, 4
    torch.manual_seed(3)
    net = Network(kind, inputs, units, 1)
    given = {"kind": kind, "T": steps, "B": batch, "I": inputs, "H": units, "O": 1, "limit": limit}
    given |= {"weights": flat(net.parameters()), "rate": 0.01, "optimizer": optimizer, "batches": []}
    learner = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer](net.parameters(), lr=0.01)
    norms = []
    for _ in range(200):
        x, target = torch.randn(steps, batch, inputs, dtype=torch.float64), torch.randn(batch, 1, dtype=torch.float64)
        given["batches"].append([flat([x]), flat([target])])
        learner.zero_grad()
        net.loss(x, target).backward()
        norms.append(float(nn.utils.clip_grad_norm_(net.parameters(), limit or float("inf"))))
        learner.step()
    if limit:
        assert max(norms) > limit, "nothing was clipped"
    found = compute(SOURCE, UPDATES, given)
    assert off(found["weights"], flat(net.parameters())) < 1e-6
    assert off(found["norms"], norms) < 1e-6
