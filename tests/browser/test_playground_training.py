"""What the playground computes: its tasks, its start, its stories, and the program that it copies."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from lstm_lessons.widgets import Playground
from lstm_lessons.widgets.playground.tasks import TASKS, Random
from lstm_lessons.widgets.playground.widget import PRESETS, RACES
from lstm_lessons.widgets.shared.bundling import module_source

SETTINGS = ("task", "race", "length", "units", "rate", "optimizer", "forget_bias", "clip", "seed")


def settings_of(widget: Playground, **more) -> dict:
    return {name: getattr(widget, name) for name in SETTINGS} | more


@pytest.fixture
def run(compute):
    """``run(module, program, argument)``: a program that may name all that the module holds."""
    return lambda module, *given: compute(module_source(module), *given)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_draws_the_same_sequences_in_both_languages(run, name):
    program = """({ name, seed, T }) => {
        const random = randomOf(seed);
        return Array.from({ length: 5 }, () => TASKS[name].draw(random, T));
    }"""
    for seed, length in ((0, 30), (7992, 5), (12345, 61)):
        drawn = run("playground_tasks", program, {"name": name, "seed": seed, "T": length})
        random = Random(seed)
        for found in drawn:
            x, y = TASKS[name](random, length)
            assert found["x"] == pytest.approx(np.array(x), abs=1e-15)
            assert found["y"] == pytest.approx(np.array(y)[:, 0], abs=1e-15)


@pytest.mark.parametrize("name", TASKS)
def test_the_best_guess_is_the_best_constant(run, name):
    length = 24
    program = "({ name, T }) => ({ guess: TASKS[name].guess(T), I: TASKS[name].I, every: TASKS[name].everyStep })"
    task = run("playground_tasks", program, {"name": name, "T": length})
    random = Random(1)
    drawn = [TASKS[name](random, length) for _ in range(3000)]
    answers = np.array([y for _, y in drawn])
    assert task["guess"] == pytest.approx(answers.var(), rel=0.05)
    assert task["I"] == len(drawn[0][0][0]) and task["every"] == (answers.shape[1] == length)


def test_a_batch_holds_the_sequences_one_after_the_other(run):
    program = (
        "() => { const { x, target } = drawBatch(TASKS.adding, randomOf(5), 6, 3); return [[...x], [...target]]; }"
    )
    x, target = run("playground_tasks", program, None)
    random = Random(5)
    drawn = [TASKS["adding"](random, 6) for _ in range(3)]
    assert np.array(x).reshape(6, 3, 2).tolist() == np.array([one for one, _ in drawn]).swapaxes(0, 1).tolist()
    assert target == [y[0][0] for _, y in drawn]


@pytest.mark.parametrize("race", RACES)
def test_networks_start_alike_in_the_page_and_in_python(run, race):
    program = "(settings) => makeRace(settings).racers.map(({ network }) => [...network.all])"
    widget = Playground("first", race=race, units=5, forget_bias=2.5, seed=3)
    for racer, found in enumerate(run("playground_race", program, settings_of(widget))):
        widget.racer = racer
        layer, head = widget.to_torch()
        expected = [value for p in (*layer.parameters(), *head.parameters()) for value in p.flatten().tolist()]
        assert found == expected


def test_a_learned_network_comes_back_as_it_was_told():
    widget = Playground("echo", units=3)
    told = [np.random.default_rng(k).normal(size=n).tolist() for k, n in enumerate((22, 58, 76))]
    kinds = ({"kind": kind, "units": 3, "task": "echo"} for kind in ("rnn", "gru", "lstm"))
    widget.weights = {"settings": list(kinds), "all": told}
    for racer, name in enumerate(("RNN", "GRU", "LSTM")):
        widget.racer = racer
        layer, head = widget.to_torch()
        assert type(layer).__name__ == name
        flat = torch.cat([p.detach().flatten() for p in (*layer.parameters(), *head.parameters())])
        assert flat.tolist() == told[racer]


@pytest.mark.parametrize(
    ("racer", "traits"),
    [
        (2, {"task": "adding", "length": 12, "units": 5}),
        (1, {"task": "wave", "length": 14, "optimizer": "sgd", "clip": 0.0, "rate": 0.1}),
        (0, {"task": "brackets", "length": 9, "clip": 0.1, "seed": 4}),
        (0, {"task": "first", "length": 9, "race": "forget"}),
    ],
)
def test_the_copied_program_has_the_losses_of_the_page(run, tmp_path, racer, traits):
    settings = settings_of(Playground(**traits))
    program = """({ settings, racer }) => {
        const race = makeRace(settings);
        const text = pytorchProgram(race.racers[racer].settings);
        const losses = [];
        for (let k = 0; k < 100; k++) {
            race.learn(1);
            losses.push(race.racers[racer].loss);
        }
        return { text, losses };
    }"""
    found = run("playground_copy", program, {"settings": settings, "racer": racer})
    file = tmp_path / "copied.py"
    file.write_text(found["text"].replace("range(1, 501)", "range(1, 101)"), encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
    losses = re.findall(r"update (\d+): loss (\S+)", done.stdout)
    assert [int(update) for update, _ in losses] == [1, 50, 100]
    for update, loss in losses:
        assert float(loss) == pytest.approx(found["losses"][int(update) - 1], abs=1e-6)
    lines = found["text"].splitlines()
    assert len(lines) < 85 and max(map(len, lines)) <= 120


# What a story's sentence says, of the three networks after so many updates.
STORIES = {
    "The RNN forgets at 60 steps": (1000, lambda rnn, gru, lstm: lstm["solved"] and not rnn["solved"]),
    "Forget bias 0, 1 and 5": (
        600,
        lambda zero, one, five: (
            five["solved"]
            and five["flow"] > 0.01
            and not any(other["solved"] for other in (zero, one))
            and all(other["flow"] < 1e-3 for other in (zero, one))
        ),
    ),
    "One unit does parity": (500, lambda *all_three: all(one["solved"] for one in all_three)),
    "One unit does no echo": (400, lambda one, two, eight: eight["solved"] and not one["solved"]),
    "Without clipping": (400, lambda no, at_1, at_01: no["mean"] > 1.25 * max(at_1["mean"], at_01["mean"])),
}
RACED = """({ settings, updates }) => {
    const race = makeRace(settings);
    const { x, y } = race.task.draw(randomOf(8 * settings.seed + 4), settings.length);
    const flows = race.racers.map(({ network }) => askNetwork(network, x, y.at(-1)).flow[0]);
    race.learn(updates);
    return race.racers.map(({ mean, solved, lost }, k) => ({ mean, solved, lost, flow: flows[k] }));
}"""


def test_every_story_has_its_test():
    assert list(STORIES) == list(PRESETS)


@pytest.mark.parametrize("seed", (0, 1, 2))
@pytest.mark.parametrize("name", STORIES)
def test_what_a_story_says_holds(run, name, seed):
    updates, holds = STORIES[name]
    widget = Playground(preset=name, seed=seed)
    found = run("playground_race", RACED, {"settings": settings_of(widget), "updates": updates})
    print(name, seed, found)
    assert holds(*found)


def test_what_lesson_2_says_holds(run):
    """After 1,500 updates the RNN guesses still, and the gradients of the two others reach back to the marks."""
    program = RACED.replace("race.learn(updates);", "race.learn(updates);\n    const after = race.racers.map(").replace(
        "return race",
        "({ network }) => askNetwork(network, x, y.at(-1)).flow[x.findIndex(([, mark]) => mark)]);\n    return race",
    )
    program = program.replace("flow: flows[k]", "flow: after[k]")
    found = run("playground_race", program, {"settings": settings_of(Playground()), "updates": 1500})
    rnn, gru, lstm = found
    print(found)
    assert gru["solved"] and lstm["solved"] and not rnn["solved"]
    assert rnn["mean"] > 0.9 / 6
    assert min(gru["flow"], lstm["flow"]) > 100 * rnn["flow"]
