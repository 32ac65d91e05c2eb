"""Puzzles on the bench: the page judges as `check` does, and a hand solves each of the five."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lstm_lessons.exercises import gate_equations
from lstm_lessons.exercises.gate_equations.bench import PUZZLES
from lstm_lessons.widgets import SequenceExplorer
from lstm_lessons.widgets.shared.bundling import module_source
from tests.browser.hands.base import TWO_FRAMES, drag, place_in
from tests.browser.looks import colliding_text, cut_off, objections
from tests.browser.pages import open_page, write_page

JUDGE = """(puzzle, programs) => {
    const judge = judgeOf(puzzle);
    return programs.map((program) => judge(weightsOf(program))).map(({ solved, mistake }) =>
        [solved, mistake?.name ?? ""]);
}"""
SOURCE = """(puzzles, columns) => puzzles.map(([name, program], k) =>
    programSource(name, columns[k], programRows(weightsOf(program))))"""
HANDS = ["slider", "field"]


def exercise(name: str):
    return getattr(gate_equations, name)


def at_random(rng: np.random.Generator, like: dict[str, list]) -> dict[str, list]:
    """A program of the same shape: the right one with some numbers changed, or any."""
    if rng.random() < 0.5:
        return {gate: rng.choice([-20, -10, -2, 0, 1, 10, 20], np.shape(rows)).tolist() for gate, rows in like.items()}
    changed = {gate: np.array(rows, float) for gate, rows in like.items()}
    rows = changed[rng.choice(list("ifgo"))]
    rows.flat[rng.integers(rows.size)] = rng.choice([-20, -5, 0, 0.5, 5, 20])
    return {gate: rows.tolist() for gate, rows in changed.items()}


@pytest.fixture
def bench(show):
    """Open a page with one bench; its root."""

    def open_bench(puzzle: str, program=None, width: int = 1100, height: int = 800):
        widget = SequenceExplorer(puzzle=puzzle, program=program)
        return show(widget, viewport={"width": width, "height": height}).root

    return open_bench


def verdict(root) -> tuple[str, str]:
    found = root.locator("[data-role=verdict]").evaluate("(node) => ({ ...node.dataset })")
    return found["state"], found["mistake"]


def wrong_steps(root) -> list[int]:
    return json.loads(root.locator("[data-role=wrong]").get_attribute("data-steps"))


@pytest.mark.parametrize("name", PUZZLES)
def test_the_page_judges_a_program_as_the_exercise_does(compute, name):
    rng, right = np.random.default_rng(5), exercise(name).reference
    programs = [right, PUZZLES[name]["blank"], *(mistake.answer for mistake in exercise(name).mistakes)]
    programs += [at_random(rng, right) for _ in range(60)]
    found = compute(module_source("sequence_judge"), JUDGE, PUZZLES[name], programs)
    verdicts = [exercise(name).check(program) for program in programs]
    assert found == [[v.status == "correct", v.mistake or ""] for v in verdicts]
    assert {v.status for v in verdicts} == {"correct", "mistake", "wrong"}


def set_number(root, gate: str, column: int, value: float, hand: str) -> None:
    """Give a number to the program: typed, or by the slider's keys and a drag."""
    field = root.locator(f"[data-field='{gate}.{column}']")
    if hand == "field":
        field.fill(f"{value:g}")
        return
    slider = field.locator("xpath=following-sibling::input")
    box = slider.bounding_box()
    low, high, thumb = -20, 20, 16
    left = box["x"] + thumb / 2 + (box["width"] - thumb) * (value - low) / (high - low)
    x, y = place_in(slider)
    drag(root.page, (x, y), (left, y))
    for _ in range(60):  # to the tenth, by keys
        off = round(10 * (value - float(slider.input_value())))
        if off == 0:
            return
        slider.press("ArrowRight" if off > 0 else "ArrowLeft")
    raise AssertionError(f"the slider of {gate} does not reach {value}")


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("name", PUZZLES)
def test_a_hand_solves_each_puzzle_and_what_it_copies_is_correct_in_the_notebook(bench, name, hand):
    root = bench(name)
    page = root.page
    assert verdict(root) == ("blank", "")
    assert page.locator("[data-case]").count() == len(PUZZLES[name]["cases"])
    assert wrong_steps(root), "an empty program is wrong somewhere, and that is seen"
    answer = exercise(name).reference
    for gate, rows in answer.items():
        for column, value in enumerate(rows[0] if isinstance(rows[0], list) else rows):
            if value:
                set_number(root, gate, column, round(value, 1), hand)
    page.evaluate(TWO_FRAMES)
    assert verdict(root) == ("solved", "")
    assert wrong_steps(root) == []
    assert root.locator("[data-case][data-wrong='0']").count() == len(PUZZLES[name]["cases"])
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    root.locator("[data-role=copy]").click()
    page.wait_for_function("() => window.copied")
    made: dict = {}
    exec(page.evaluate("() => window.copied"), made)
    assert exercise(name).check(made[name]).status == "correct"


@pytest.mark.parametrize(
    ("name", "changes", "mistake"),
    [
        ("latch", {"f": [0, 0, 0, 10]}, "never_erases"),
        ("counter", {"f": [0, -20, 0, 0]}, "forgets_half"),
        ("leaky_average", {"i": [0, 0, 0]}, "half_as_large"),
        ("first_input", {"g": [[-10, 0, 0, 0], [0, 0, 0, 10]]}, "sign_turned"),
        ("toggle", {"i": [20, 0, -10]}, "never_goes_off"),
    ],
)
def test_a_wrong_program_shows_its_wrong_steps_and_the_name_of_the_mistake(bench, name, changes, mistake):
    program = exercise(name).reference | changes
    root = bench(name, program)
    assert verdict(root) == ("wrong", mistake)
    message = next(item.message for item in exercise(name).mistakes if item.name == mistake)
    text = root.locator("[data-role=verdict]").inner_text()
    assert message.replace("`", "").replace("*", "") in text
    case = next(
        k
        for k, one in enumerate(PUZZLES[name]["cases"])
        if root.locator(f"[data-case='{k}']").get_attribute("data-wrong") != "0"
    )
    root.locator(f"[data-case='{case}']").click()
    root.page.evaluate(TWO_FRAMES)
    # The drawn values leave the drawn outline at these steps alone.
    symbol = PUZZLES[name]["reads"]
    values = json.loads(root.locator(f"path[data-symbol={symbol}][data-unit='0']").first.get_attribute("data-values"))
    wanted = json.loads(root.locator("[data-role=wanted]").get_attribute("data-values"))
    outside = [
        t
        for t, (value, (low, high)) in enumerate(zip(values, wanted, strict=True))
        if not low - 0.006 <= value <= high + 0.006
    ]
    judged = [step - 1 for step in PUZZLES[name].get("at", range(1, len(values) + 1))]
    assert wrong_steps(root) == [t for t in judged if t in outside] != []


def test_the_copied_program_is_written_as_the_solution_is(compute):
    names = list(PUZZLES)
    columns = []
    for name in names:
        head = exercise(name).solution_code.splitlines()[1]
        columns.append(head.replace("#", "").split())
    programs = [[name, exercise(name).reference] for name in names]
    found = compute(module_source("sequence_judge"), SOURCE, programs, columns)
    assert found == [exercise(name).solution_code for name in names]


def test_an_input_of_ones_own_is_drawn_on_a_solved_bench(bench):
    root = bench("latch", exercise("latch").reference)
    page = root.page
    assert verdict(root) == ("solved", "")
    pad = root.locator("[data-role=pad][data-feature='0']")
    assert pad.get_attribute("aria-valuemin") == "-1"
    assert "data" in pad.get_attribute("aria-label")
    pad.press("Home")
    pad.press("ArrowDown")
    page.evaluate(TWO_FRAMES)
    assert root.locator("[data-case][aria-pressed=true]").count() == 0
    assert root.locator("[data-role=wanted]").get_attribute("d") == ""
    assert verdict(root) == ("solved", ""), "the exercise's sequences are as right as before"
    root.locator("[data-case='0']").click()
    page.evaluate(TWO_FRAMES)
    assert root.locator("[data-role=wanted]").get_attribute("d")


def test_the_second_unit_has_rows_of_its_own_and_reset_clears_the_bench(bench):
    root = bench("first_input")
    page = root.page
    set_number(root, "g", 0, 10, "field")
    root.locator("select[data-name=unit]").select_option("1")
    page.evaluate(TWO_FRAMES)
    assert root.locator("[data-field='i.3']").input_value() == "10", "unit b is given"
    assert root.locator("[data-role=wanted]").get_attribute("d") == ""
    root.locator("select[data-name=unit]").select_option("0")
    page.evaluate(TWO_FRAMES)
    assert root.locator("[data-field='g.0']").input_value() == "10"
    root.locator("[data-role=reset]").click()
    page.evaluate(TWO_FRAMES)
    assert verdict(root) == ("blank", "")


@pytest.mark.parametrize("name", PUZZLES)
def test_a_bench_fits_its_height_and_a_phone(bench, name):
    longest = max(exercise(name).mistakes, key=lambda mistake: len(mistake.message))
    for program in (exercise(name).reference, longest.answer):
        root = bench(name, program, 880, 700)  # as wide as in JupyterLab at 1280 px
        assert root.bounding_box()["height"] <= 650
    for width in (390, 700):
        narrow = bench(name, width=width)
        assert cut_off(narrow) + colliding_text(narrow) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_bench_is_accessible(open_visit, tmp_path, theme):
    wrong = exercise("latch").reference | {"f": [0, 0, 0, 10]}
    solved = SequenceExplorer(puzzle="first_input", program=exercise("first_input").reference)
    widgets = [solved, SequenceExplorer(puzzle="latch", program=wrong)]
    page = open_visit(offline=True).page
    for root in open_page(page, write_page(tmp_path / "bench.html", widgets, theme)):
        assert objections(root) == []
