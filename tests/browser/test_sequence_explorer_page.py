"""The sequence explorer on a page without a kernel: the cell at a step, and time that flows."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lstm_lessons.widgets import SequenceExplorer
from tests.browser.hands.base import TWO_FRAMES
from tests.browser.hands.sequence_explorer import SequenceHands
from tests.browser.samples import sample


def click_step(hands: SequenceHands, step: int, row: float = 0.75) -> None:
    """Click over the traces, `row` of the way down."""
    area = hands.root.locator("[data-role=traces]")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    steps = len(hands.state()["xs"])
    hands.page.mouse.click(box["x"] + (step + 0.5) / steps * box["width"], box["y"] + row * box["height"])
    hands.page.evaluate(TWO_FRAMES)


@pytest.mark.parametrize("name", ["sequence", "sequence 2 layers", "sequence labels"])
def test_a_click_on_a_step_shows_the_cell_with_the_numbers_of_that_step(show, name):
    hands = show(sample(name), viewport={"width": 1280, "height": 700})
    area = hands.root.locator("[data-role=pipes]")
    assert not area.is_visible()
    for step in (0, 7):
        click_step(hands, step)
        assert hands.cursor()["step"] == step
        hands.check_pipes()
    box = area.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 700, "it came into view"
    area.hover()  # on the way there the pointer crosses other steps
    assert hands.cursor()["step"] == 7
    seen = hands.root.locator(".ll-sequence-chart").bounding_box(), area.bounding_box()
    assert seen[1]["y"] + seen[1]["height"] - seen[0]["y"] < 650, "chart and cell are seen together"


def test_a_click_beside_the_lines_keeps_the_unit_and_one_on_a_line_chooses_it(show):
    lstm = nn.LSTM(1, 2)
    for weight in lstm.parameters():
        nn.init.zeros_(weight)
    lstm.bias_ih_l0.data[:2] = torch.tensor([-9.0, 9.0])  # one input gate is shut, the other open
    hands = show(SequenceExplorer.from_torch(lstm, [[0.0]] * 20, unit=0))
    top = hands.root.locator("[data-role=traces]").bounding_box()["height"]
    for pixels, unit in ((14, 0), (3, 1)):  # in the row of i: between the lines, and on the one at 1
        click_step(hands, 5, pixels / top)
        assert hands.cursor() == {"step": 5, "unit": unit}
        hands.check_pipes()
        hands.root.locator("[data-action=pipes]").click()  # the rows are high again
        hands.page.evaluate(TWO_FRAMES)


def test_play_walks_to_the_end_and_a_hand_stops_it(show):
    hands = show(SequenceExplorer("latch", step=56))
    play = hands.root.locator("[data-action=play]")
    play.click()
    assert play.get_attribute("aria-label") == "Pause"
    hands.page.wait_for_function("(node) => node.getAttribute('aria-label') === 'Play'", arg=play.element_handle())
    assert hands.cursor()["step"] == 59
    hands.check_pipes()
    play.click()  # at the end it starts again
    hands.page.wait_for_function("(root) => root.querySelector('[data-symbol=h][data-step]').dataset.step < 3",
                                 arg=hands.node)  # fmt: skip
    click_step(hands, 20)
    assert play.get_attribute("aria-label") == "Play"
    hands.page.wait_for_timeout(700)
    assert hands.cursor()["step"] == 20


def test_the_reverse_direction_is_played_from_the_last_step_to_the_first(show):
    widget = sample("sequence 2 layers")
    widget.direction, widget.layer, widget.step = 1, 1, 11
    hands = show(widget)
    hands.root.locator("[data-action=play]").click()
    hands.page.wait_for_function("(root) => root.querySelector('[data-symbol=h][data-step]').dataset.step < 9",
                                 arg=hands.node)  # fmt: skip
    hands.root.locator("[data-action=play]").click()
    hands.check_pipes()
    subscripts = hands.root.locator("[data-role=pipes] svg > text tspan").all_text_contents()
    assert {int(text) for text in subscripts} == {hands.cursor()["step"] + 1, hands.cursor()["step"] + 2}


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_with_reduced_motion_time_goes_on_and_nothing_moves(show, motion):
    hands = show(SequenceExplorer("toggle", step=0), reduced_motion=motion)
    hands.root.locator("[data-action=play]").click()
    hands.root.locator("[data-role=pipes] rect[transform]").first.wait_for()  # it is painted in the next frame
    counted = hands.page.evaluate("""() => new Promise((done) => {
        const valve = document.querySelector("[data-role=pipes] rect[transform]");
        const seen = new Set();
        const drops = document.querySelector(".ll-sequence-drops");
        const look = () => {
            seen.add(valve.getAttribute("transform"));
            const step = Number(document.querySelector("[data-role=pipes] svg").dataset.step);
            if (step < 8) requestAnimationFrame(look);
            else done([seen.size, getComputedStyle(drops).display]);
        };
        look();
    })""")
    if motion == "reduce":
        assert counted == [2, "none"], "the valve is open or shut"
    else:
        assert counted[0] > 4 and counted[1] == "inline"
    hands.root.locator("[data-action=play]").click()
    hands.check_pipes()


def test_marks_are_set_carried_and_taken_away_and_answer_truth_and_bands_follow(show):
    hands = show(sample("sequence adding"))
    pad, mouse = hands.root.locator("[data-role=pad][data-feature='1']"), hands.page.mouse
    pad.scroll_into_view_if_needed()
    box, first = pad.bounding_box(), hands.state()["xs"]
    start = [t for t, (_, mark) in enumerate(first) if mark]

    def x(step: int) -> float:
        return box["x"] + (step + 0.5) / len(first) * box["width"]

    def marked(*steps: int) -> None:
        hands.page.evaluate(TWO_FRAMES)
        hands.remember(xs=hands.read_input())
        hands.check()  # answer, truth and bands are torch's of this input
        assert [t for t, (_, mark) in enumerate(hands.state()["xs"]) if mark] == sorted(steps)

    free = next(t for t in range(4, 12) if t not in start)
    low = box["y"] + 0.7 * box["height"]  # anywhere: a mark is all or nothing
    mouse.click(x(free), low)
    marked(*start, free)
    mouse.move(x(free), low)
    mouse.down()
    for step in range(free, 20):
        mouse.move(x(step), low)
    marked(*{*start, 19})  # it passed over another mark, and left it there
    mouse.up()
    marked(*{*start, 19})
    mouse.click(x(19), low)
    marked(*(set(start) - {19}))
    pad.focus()
    hands.press(pad, "Home")
    hands.press(pad, "ArrowUp")
    marked(0, *(set(start) - {19}))
    words = hands.root.locator("[role=status]").filter(has_text="at the end it answers").filter(has_text="true")
    words.wait_for(state="attached")
    hands.press(pad, "ArrowDown")
    marked(*(set(start) - {0, 19}))
    said = hands.root.locator(".ll-sequence-result").inner_text()
    widget = SequenceExplorer("", **{key: hands.state()[key] for key in ("layers", "limits", "xs", "head", "task")})
    answer, truth = (f"{value:.2f}".replace("-", "\u2212") for value in (widget.answers()[-1], widget.truth()[-1]))
    assert f"answers {answer}." in said and said.endswith(f"is {truth}.")


def test_no_name_of_a_gate_lies_on_its_number_late_in_a_long_sequence(show):
    lstm = nn.LSTM(1, 1)
    for weight in lstm.parameters():
        nn.init.constant_(weight, -0.4)
    hands = show(SequenceExplorer.from_torch(lstm, [[0.5]] * 120, step=110))
    hands.root.locator("[data-action=pipes]").click()
    hands.check_pipes()
    gates = hands.root.locator("[data-role=pipes] svg > g")
    assert gates.count() == 4
    for gate in gates.all():
        name, number = (text.bounding_box() for text in gate.locator("> text").all())
        assert name["x"] + name["width"] <= number["x"], gate.inner_text()
