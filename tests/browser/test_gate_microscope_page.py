"""The gate microscope in Chromium: its maths against torch, and what hand and eye meet."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons.models import POOLS, SequenceClassifier
from lstm_lessons.widgets import GateMicroscope
from lstm_lessons.widgets.gate_microscope.analysis import SORTS, unit_order
from lstm_lessons.widgets.shared.bundling import module_source, page_script
from tests.browser.hands.base import TWO_FRAMES
from tests.browser.looks import colliding_text, cut_off, objections
from tests.browser.samples import sample
from tests.widgets import microscope_reference
from tests.widgets.microscope_reference import strong

AGREED = 1e-6
MATHS = module_source("network")
ANSWER = """(states) => states.map((state) => {
    const network = unpackNetwork(decodeFloats(state.weights), state.architecture);
    const sequences = state.inputs.map(decodeFloats);
    const xs = sequences[state.sequence];
    const [I, H] = [state.architecture.input_size, state.architecture.hidden_size];
    const T = xs.length / I;
    const row = (flat, t) => [...flat.slice(t * H, t * H + H)];
    const rows = (flat) => Array.from({ length: T }, (_, t) => row(flat, t));
    const traces = runNetwork(network, xs, T, state.edits).map((layer) => layer.map((trace) =>
        Object.fromEntries(Object.entries(trace).map(([key, flat]) => [key, rows(flat)]))));
    const beliefs = [];
    if (state.architecture.classes) {
        for (const [t, row] of prefixBeliefs(network, xs, T, state.edits)) beliefs[t] = row;
    }
    const counting = saturationShares(network, sequences, I);
    let counted = counting.next();
    while (!counted.done) counted = counting.next();
    return { traces, beliefs, shares: counted.value };
})"""


def microscopes() -> list[GateMicroscope]:
    """Every pooling, direction and number of layers, each with nothing, a lesion, a clamp held."""
    made = []
    kinds = itertools.product((*POOLS, None), (False, True), (1, 2))
    for seed, (pool, two_ways, layers) in enumerate(kinds):
        torch.manual_seed(seed)
        drawn = np.random.default_rng(seed)
        options = {"num_layers": layers, "bidirectional": two_ways}
        if pool:
            model = SequenceClassifier(3, 4, 5, pool=pool, **options)
        else:
            model = nn.LSTM(3, 4, **options)
        xs = [drawn.normal(size=(int(length), 3)) for length in drawn.integers(1, 11, size=3)]
        top, back = layers - 1, int(two_ways)
        for edits in (
            {},
            {"0.0.1.h": 0, f"{top}.{back}.2.h": 0},
            {f"0.{back}.3.f": 1, f"0.{back}.3.g": -0.5, f"{top}.0.0.i": 0, "0.0.2.o": 0.25},
        ):
            made.append(GateMicroscope.from_torch(strong(model), xs, edits=edits, sequence=seed % 3))
    return made


@pytest.fixture
def answers(compute):
    """What the browser computes for a list of microscopes, from a source of the maths."""
    return lambda shown, source=MATHS: compute(source, ANSWER, [one.state() for one in shown])


def expected(state: dict) -> dict[tuple, torch.Tensor]:
    """Torch's numbers, by what they are."""
    model, a = microscope_reference.model_of(state), state["architecture"]
    xs = [microscope_reference.decoded(text, -1, a["input_size"]) for text in state["inputs"]]
    x, edits, numbers = xs[state["sequence"]], state["edits"], {}
    for place in itertools.product(range(a["num_layers"]), range(a["directions"])):
        traces = microscope_reference.traces(model, x, *place, edits)
        numbers |= {("traces", *place, key): value for key, value in traces.items()}
        plain = [microscope_reference.traces(model, one, *place, {}) for one in xs]
        for gate in "ifo":
            values = torch.cat([one[gate] for one in plain])
            shares = [(values < 0.1).double().mean(0), (values > 0.9).double().mean(0)]
            numbers["shares", *place, gate] = torch.stack(shares)
    if a["classes"]:
        numbers["beliefs",] = microscope_reference.beliefs(model, x, edits)
    return numbers


def difference(answer: dict, numbers: dict[tuple, torch.Tensor]) -> float:
    """The largest difference between the browser's numbers and torch's."""
    worst = 0.0
    for key, value in numbers.items():
        found = functools.reduce(lambda part, name: part[name], key, answer)
        found = torch.tensor(found, dtype=torch.float64)
        assert found.shape == value.shape, key
        worst = max(worst, float((found - value).abs().nan_to_num(1e9).max()))
    return worst


@functools.cache
def small_ones() -> tuple[list[GateMicroscope], list[dict]]:
    """`microscopes`, and what torch makes of them."""
    made = microscopes()
    return made, [expected(one.state()) for one in made]


def test_every_trace_belief_lesion_clamp_and_saturation_is_torchs(answers):
    shown, numbers = small_ones()
    worst = [difference(a, n) for a, n in zip(answers(shown), numbers, strict=True)]
    print(f"{len(shown)} microscopes, largest difference {max(worst):.1e}")
    assert max(worst) < AGREED


def test_a_model_of_the_size_of_a_lesson_is_torchs(answers):
    torch.manual_seed(0)
    model = strong(SequenceClassifier(13, 48, 10))
    shown = [GateMicroscope.from_torch(model, [np.random.default_rng(0).normal(size=(60, 13))], edits={"0.1.40.h": 0})]
    assert shown[0].weights
    assert difference(answers(shown)[0], expected(shown[0].state())) < AGREED


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (  # i and f swapped
            "let zi = projected[z];\n      let zf = projected[z + H];",
            "let zf = projected[z];\n      let zi = projected[z + H];",
        ),
        ("zg += w_hh[row + 2 * gap] * before", "zg += w_hh[row + gap] * before"),
        (  # the lesion reaches the output, and the recurrence goes on as if nothing were
            "statesHeld) h[now + unit] = value;",
            "statesHeld) if (n === T - 1) for (let s = 0; s < T; s++) h[s * H + unit] = value;",
        ),
        (  # the clamp is drawn, and the cell goes on as if nothing were
            "for (const { symbol, unit, value } of gatesHeld) trace[symbol][now + unit] = value;",
            "if (n === T - 1) for (const { symbol, unit, value } of gatesHeld) "
            "for (let s = 0; s < T; s++) trace[symbol][s * H + unit] = value;",
        ),
        ("{ reverse: d === 1, held: heldIn(edits, l, d) }", "{ held: heldIn(edits, l, d) }"),
        ("h[(d === 1 ? 0 : T - 1) * H + u]", "h[(T - 1) * H + u]"),
        ("value + h[t * H + u] / T", "value + h[t * H + u]"),
        ("[traces[0][0], ", "[runNetwork(network, xs, T, {})[0][0], "),
        ("{ reverse: true, held: heldIn(edits, 0, 1) }", "{ reverse: true }"),
        ("besides(halves, t, H), t, edits, room[l]", "besides(halves, t, H), t, {}, room[l]"),
        ("yield belief(traces.at(-1), T);", "yield belief(traces[0], T);"),
        ("value > SATURATED_HIGH) right", "value > SATURATED_LOW) right"),
        ("bias[k];", "0;"),
    ],
    ids=lambda text: text[:30] if isinstance(text, str) else None,
)
def test_the_judge_sees_broken_maths(answers, right, wrong):
    assert MATHS.count(right) == 1
    shown, numbers = small_ones()
    found = answers(shown, MATHS.replace(right, wrong))
    assert max(difference(a, n) for a, n in zip(found, numbers, strict=True)) > 1e-3


def test_the_orders_of_units_are_pythons(compute):
    drawn = np.random.default_rng(0)
    for values, signed in (
        (drawn.uniform(size=(9, 30)), False),
        (drawn.normal(size=(12, 20)), True),
        (drawn.choice([0.0, 0.5, 1.0], size=(6, 25)), False),  # many equal ones
        (drawn.uniform(size=(1, 7)), False),
    ):
        for sort in SORTS:
            program = "(flat, ...rest) => unitOrder(Float64Array.from(flat), ...rest)"
            found = compute(MATHS, program, values.flatten().tolist(), values.shape[1], sort, signed)
            assert found == unit_order(torch.from_numpy(values), sort, signed=signed), sort


PIXELS = """(root) => Object.fromEntries([...root.querySelectorAll(".gm-plot canvas")].map(
    (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const box = [canvas, canvas.parentElement].map((node) => node.getBoundingClientRect());
    return ["map" in canvas.dataset ? "map" : canvas.dataset.symbol, {
        width: canvas.width, height: canvas.height, data: [...data],
        fills: ["left", "top", "right", "bottom"].every((k) => Math.abs(box[0][k] - box[1][k]) < 1),
    }];
}))"""


def lightness(picture: dict) -> np.ndarray:
    """How light each pixel is, (rows, T), from the mean of its channels."""
    data = np.array(picture["data"], dtype=float).reshape(picture["height"], picture["width"], 4)
    assert (data[..., 3] == 255).all() and picture["fills"]
    return data[..., :3].mean(-1)


def test_the_pixels_are_the_numbers(show):
    hands = show(sample("microscope"))
    hands.check()
    pixels, found = hands.root.evaluate(PIXELS), hands.found()
    values = np.array(found["map", "f", 0, 0])[:, found["order",]].T
    shade = lightness(pixels["map"])
    assert shade.shape == values.shape == (5, 9)
    order = np.argsort(values.flatten())
    assert (np.diff(shade.flatten()[order]) <= 0).all(), "the larger the gate, the darker"
    assert len(set(shade.flatten())) > 30
    believed = np.array(found["belief",]).T
    order = np.argsort(believed.flatten())
    assert (np.diff(lightness(pixels["belief"]).flatten()[order]) <= 0).all()
    x = np.array(found["x",]).T
    order = np.argsort(np.abs(x).flatten())
    shade = lightness(pixels["x"]).flatten()[order]
    for sign in (-1, 1):  # two colors that both grow dark away from zero
        assert (np.diff(shade[np.sign(x.flatten()[order]) == sign]) <= 0).all()


def test_zero_has_the_color_of_the_page(show):
    hands = show(sample("microscope letters"))
    hands.check()
    x = np.array(hands.found()["x",]).T
    shade = lightness(hands.root.evaluate(PIXELS)["x"])
    assert set(x.flatten()) == {0, 1}
    assert (shade[x == 0] == 255).all() and (shade[x == 1] < 120).all()
    legend = hands.root.locator(".gm-legend").first.inner_text()
    assert legend.split() == ["0", "1"]


def test_a_theme_that_changes_repaints_the_pictures(show):
    hands = show(sample("microscope"))
    hands.check()
    light = lightness(hands.root.evaluate(PIXELS)["belief"])
    hands.page.evaluate("() => document.body.setAttribute('data-theme', 'dark')")
    hands.page.evaluate(TWO_FRAMES)
    dark = lightness(hands.root.evaluate(PIXELS)["belief"])
    assert light.mean() > 150 > 110 > dark.mean()
    hands.check()


def test_the_work_for_a_long_sequence_is_spread_over_frames(show):
    torch.manual_seed(0)
    model = strong(SequenceClassifier(13, 64, 10))
    xs = [np.random.default_rng(0).normal(size=(40, 13))]
    hands = show(GateMicroscope.from_torch(model, xs, labels=[0]))
    hands.check()
    # A clock that runs on at each look makes every machine slow, and the frames countable.
    answered, paints = hands.root.evaluate(
        """async (root) => {
            let now = 0;
            performance.now = () => (now += 5);
            const frame = () => new Promise((done) => requestAnimationFrame(done));
            const belief = root.querySelector("[data-symbol=belief]");
            const answer = () => root.querySelector("[data-symbol=after]").dataset.value;
            const [value, values] = [answer(), belief.dataset.values];
            root.querySelector("[data-name='hold h']").click();
            await frame();
            await frame();
            const answered = answer() !== value;
            const pictures = new Set();
            while (belief.dataset.values === values) {  // written once all is done
                pictures.add(belief.toDataURL());
                await frame();
            }
            return [answered, pictures.size];
        }"""
    )
    assert answered, "the answer comes first"
    assert paints > 10
    hands.check()


def test_without_python_a_large_network_says_so_and_keeps_the_rest_alive(show):
    hands = show(sample("microscope large"))
    note = hands.root.locator("[data-role=note]").inner_text()
    weights = hands.state()["architecture"]["weights"]
    assert f"{weights:,} weights" in note and "No Python runs here" in note
    for name in ("sequence", "direction", "hold h", "hold f", "value f"):
        assert hands.root.locator(f"[data-name='{name}']").is_disabled(), name
    for name in ("sort", "unit"):
        assert hands.root.locator(f"[data-name='{name}']").is_enabled(), name
    small = show(sample("microscope"))
    assert not small.root.locator("[data-role=note]").is_visible()


def test_what_is_held_stays_when_another_sequence_is_shown(show):
    hands = show(sample("microscope"))
    start = hands.check()["edits"]
    hands.root.locator("[data-name=sequence]").select_option("2")
    hands.page.evaluate(TWO_FRAMES)
    state = hands.check()
    assert (state["sequence"], state["edits"], state["step"]) == (2, start, 5)
    assert "3 held in 3 units" in hands.root.locator("[data-role=held]").inner_text()


def test_the_answer_is_said_in_words_and_aloud(show):
    hands = show(sample("microscope"))
    hands.root.locator("[data-action=undo]").click()
    hands.page.evaluate(TWO_FRAMES)
    numbers = hands.found()
    best = max(range(4), key=lambda k: numbers["after", k])
    text = hands.root.locator("[data-role=answer]").inner_text()
    assert text == f"True: 2. The model says {best} ({numbers['after', best]:.2f})."
    spoken = hands.root.locator("[role=status]").filter(has_text=text)
    spoken.wait_for(state="attached")
    hands.root.locator("[data-role=map]").press("Home")
    said = hands.root.locator("[role=status]").filter(has_text="step 1 of 9, unit")
    said.wait_for(state="attached")


def test_letters_stand_below_their_steps(show):
    hands = show(sample("microscope letters"))
    canvas = hands.root.locator("canvas[data-symbol=x]").bounding_box()
    letters = hands.root.locator(".gm-letters span")
    assert "".join(letters.all_inner_texts()) == "memory"
    for t, letter in enumerate(letters.all()):
        box = letter.bounding_box()
        middle = canvas["x"] + canvas["width"] * (t + 0.5) / 6
        assert abs(box["x"] + box["width"] / 2 - middle) < 1.5
        assert box["y"] >= canvas["y"] + canvas["height"]
    assert hands.root.locator("[data-symbol=belief]").count() == 0
    assert not hands.root.locator("[data-role=answer]").is_visible()


def test_an_arrow_key_is_the_widgets_alone(show):
    hands = show(sample("microscope"))
    hands.page.evaluate("() => { window.keys = []; addEventListener('keydown', (e) => keys.push(e.key)); }")
    area = hands.root.locator("[data-role=map]")
    for key in ("ArrowRight", "ArrowDown", "Home", "PageUp"):
        hands.press(area, key)
    assert hands.page.evaluate("() => keys") == []


def test_levers_move_one_unit_the_brushed_all_shown_or_all(show):
    """Silence falls on as many units as the scope says; a box that some of them hold is neither on nor off."""
    torch.manual_seed(0)
    x = np.random.default_rng(0).normal(size=(12, 3))
    model = strong(SequenceClassifier(3, 20, 4))
    hands = show(GateMicroscope.from_torch(model, [x], unit=5))
    silence = hands.root.locator("[data-name='hold h']")
    silence.check()
    units = hands.brush(0.2, 0.6)
    assert len(units) == 9 and silence.is_checked() == (units == [5])
    assert silence.evaluate("(box) => box.indeterminate") == (5 in units)
    assert hands.root.locator(".gm-brushed").count() == 1
    silence.check()
    hands.reach(edits={f"0.0.{unit}.h": 0 for unit in {5, *units}})
    hands.root.locator("[data-name=sort]").select_option("index")
    hands.page.evaluate(TWO_FRAMES)
    runs = 1 + sum(b - a > 1 for a, b in itertools.pairwise(sorted(units)))
    assert hands.root.locator(".gm-brushed").count() == runs, "what is brushed are units, wherever their rows go"
    hands.root.locator("[data-action='scope all']").click()
    hands.page.evaluate(TWO_FRAMES)  # until then the box shows what the brushed hold, and is checked already
    silence.check()
    hands.reach(edits={f"0.{d}.{unit}.h": 0 for d in range(2) for unit in range(20)})
    hands.root.locator("[data-name=direction]").select_option("1")
    hands.page.evaluate(TWO_FRAMES)
    assert hands.root.locator("[data-action='scope brushed']").is_disabled(), "they were of the other direction"


def test_shift_and_arrows_brush_units_and_a_click_lets_them_go(show):
    torch.manual_seed(0)
    x = np.random.default_rng(0).normal(size=(12, 3))
    model = strong(SequenceClassifier(3, 20, 4))
    hands = show(GateMicroscope.from_torch(model, [x], unit=5, sort="index"))
    area = hands.root.locator("[data-role=map]")
    brushed = hands.root.locator("[data-action='scope brushed']")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        area.press(f"Shift+{key}")
        hands.page.evaluate(TWO_FRAMES)
    assert brushed.inner_text() == "3 brushed" and brushed.get_attribute("aria-pressed") == "true"
    hands.root.locator("[data-name='hold o']").check()
    hands.page.evaluate(TWO_FRAMES)
    assert list(hands.state()["edits"]) == [f"0.0.{unit}.o" for unit in (5, 6, 7)]
    area.click(position={"x": 60, "y": 4})
    hands.page.evaluate(TWO_FRAMES)
    assert brushed.is_disabled() and hands.state()["unit"] == 0


def test_the_levers_stand_beside_the_heat_map(show):
    """In JupyterLab at 1280 pixels a widget is 848 wide; narrower ones need a scroll to the belief."""
    torch.manual_seed(0)
    x = np.random.default_rng(0).normal(size=(20, 13))
    hands = show(GateMicroscope.from_torch(SequenceClassifier(13, 40, 10), [x], labels=[3]))
    levers = ["[data-role=map]", ".gm-answer", "[data-action=undo]"]
    for width, seen in ((900, [*levers, "[data-symbol=belief]"]), (760, levers)):
        hands.page.set_viewport_size({"width": width, "height": 900})
        hands.page.evaluate(TWO_FRAMES)
        top = hands.root.bounding_box()["y"]
        for selector in seen:
            box = hands.root.locator(selector).first.bounding_box()
            assert box["y"] + box["height"] - top <= 650, (width, selector)


def test_on_a_slide_two_faces_take_turns_and_each_fits(open_visit):
    torch.manual_seed(0)
    xs = [np.random.default_rng(0).normal(size=(40, 13)) for _ in range(3)]
    model = SequenceClassifier(13, 40, 10)
    microscope = GateMicroscope.from_torch(model, xs, labels=[0, 1, 2])
    page = open_visit(viewport={"width": 1280, "height": 720}).page
    page.set_content(
        '<!doctype html><html lang="en"><title>Slide</title><body style="margin: 0">'
        f'<main class="reveal" style="width: 1168px">{microscope.twin()}</main>'
        f"{page_script('gate_microscope')}</body></html>"
    )
    root = page.locator("[data-widget-root]")
    root.wait_for()
    belief, scatter = root.locator("[data-symbol=belief]"), root.locator("[data-role=scatter]")
    for face in (0, 1, 0):
        page.evaluate(TWO_FRAMES)
        assert [belief.is_visible(), scatter.is_visible()] == [face == 0, face == 1]
        assert root.bounding_box()["height"] < 580
        assert cut_off(root) == []
        assert colliding_text(root) == []
        assert objections(root) == []
        seen = [tick for tick in root.locator(".gm-axis span").all() if tick.is_visible()]
        boxes = sorted((tick.bounding_box() for tick in seen), key=lambda box: box["x"])
        assert len(boxes) > 5
        for one, other in itertools.pairwise(boxes):
            assert one["x"] + one["width"] <= other["x"] + 1
        root.locator("[data-action=turn]").click()


HOSTILE = '</script><img src=x onerror="window.hacked = 1"> &amp; <!-- \' ]]>'


def test_hostile_texts_stay_text(show):
    torch.manual_seed(0)
    microscope = GateMicroscope.from_torch(
        SequenceClassifier(2, 3, 2),
        [np.zeros((2, 2)), np.ones((2, 2))],
        labels=[0, 1],
        names=[HOSTILE, "b"],
        class_names=[HOSTILE, "d"],
        feature_names=[HOSTILE, "f"],
        step_names=[[HOSTILE, "g"], ["h", "i"]],
    )
    hands = show(microscope)
    hands.check()
    assert HOSTILE in hands.root.locator("option").all_inner_texts()
    assert hands.page.evaluate("() => window.hacked") is None
    assert hands.page.locator("img").count() == 0
