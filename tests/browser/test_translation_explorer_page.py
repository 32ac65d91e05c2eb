"""The translation explorer on a page of its own: any number and any text, at once, and nothing but text."""

from __future__ import annotations

import json

import pytest

from lstm_lessons.data.number_words import draw, words
from tests.browser.hands.base import TWO_FRAMES
from tests.browser.looks import cut_off, objections
from tests.browser.translation_samples import sample_translations

HOSTILE = ["<img src=x onerror=alert(1)>", "</script><script>window.hacked = 1</script>", "שלום", "x" * 200, "²"]
READ = """([root, numbers]) => {
    const field = root.querySelector("[data-name=phrase]");
    return numbers.map((n) => {
        field.value = String(n);
        field.dispatchEvent(new Event("input"));
        return [...root.querySelectorAll("[data-letter]")].map(({ dataset }) => dataset.letter).join("");
    });
}"""


def test_numbers_are_put_into_words_as_python_does(show):
    hands = show(sample_translations())
    short = [
        n for n in [*range(130), 200, 999, 1000, 1001, 1100, *draw(300, 10**6).tolist()] if len(words(n, "en")) <= 64
    ]
    assert hands.page.evaluate(READ, [hands.root.element_handle(), short]) == [words(n, "en") for n in short]


@pytest.mark.parametrize("phrase", HOSTILE)
def test_any_text_is_read_as_python_reads_it_and_stays_text(show, phrase):
    widget = sample_translations(phrase=phrase, examples=[phrase])
    hands = show(widget)
    hands.check()
    letters = hands.root.locator("[data-letter]").evaluate_all("(nodes) => nodes.map((n) => n.dataset.letter)")
    assert "".join(letters) == widget.read()
    assert hands.page.evaluate("() => window.hacked") is None and hands.page.locator("img").count() == 0
    assert cut_off(hands.root) == []


@pytest.mark.parametrize("width", [560, 350])  # of a window of 700 pixels, without JupyterLab's sidebar and with it
def test_it_fits_a_narrow_jupyterlab_whole(show, width):
    screen = {"width": width, "height": 900}
    letters = {str(step): 5 for step in range(46)}  # as many as 84,321 has in German
    about = "English numbers below 100,000 and their German"
    widget = sample_translations(phrase="84321", forced=letters, trained_on=about)
    hands = show(widget, viewport=screen)
    assert len(json.loads(hands.root.locator("[data-role=map]").get_attribute("data-signs"))) >= 46
    assert hands.root.bounding_box()["height"] <= 650
    assert cut_off(hands.root) == []


# As in the phrase explorer, of columns and of rows.
ALIGNED = """(root) => {
    const rect = (part) => root.querySelector(part).getBoundingClientRect();
    const [map, canvas] = [rect(".tx-attention"), rect(".tx-states")];
    const read = [...root.querySelectorAll("[data-letter]")].map((one) => one.getBoundingClientRect());
    const written = [...root.querySelectorAll(".tx-written > span")].map((one) => one.getBoundingClientRect());
    const across = [map, canvas].flatMap((box) => read.map((one, s) =>
        Math.abs(one.left + one.width / 2 - box.left - ((s + 0.5) * box.width) / read.length)));
    const down = written.map((one, t) =>
        Math.abs(one.top + one.height / 2 - map.top - ((t + 0.5) * map.height) / written.length));
    const [now, row, box] = [rect(".tx-letters .tx-now"), rect(".tx-written .tx-now"), rect(".tx-map")];
    const within = [now.left - box.left, box.right - now.right, row.top - box.top, box.bottom - row.bottom];
    return { off: Math.max(...across, ...down), seen: Math.min(...within) > -1 };
}"""


@pytest.mark.parametrize("width", [332, 414, 1280])
def test_letters_stand_at_their_columns_and_rows_and_those_of_the_cursor_are_seen(show, width):
    widget = sample_translations(phrase="84321", forced={str(step): 5 for step in range(40)})
    hands = show(widget, viewport={"width": width, "height": 740})
    area = hands.root.locator("[data-role=map]")
    for keys in (["End"], ["ArrowRight"] * 25, ["ArrowUp"] * 15, ["Home"]):
        for key in keys:
            area.press(key)
        hands.page.evaluate(TWO_FRAMES)
        found = hands.node.evaluate(ALIGNED)
        assert found["off"] < 2 and found["seen"], (keys[0], found)


@pytest.mark.parametrize("width", [850, 560])
def test_the_map_stays_where_it_is_while_somebody_types(show, width):
    hands = show(sample_translations(phrase="21"), viewport={"width": width, "height": 900})
    tops = set()
    for phrase in ("21", "8", "84321", "\u2603 zz", "x" * 60, ""):
        hands.root.locator("[data-name=phrase]").fill(phrase)
        hands.page.evaluate(TWO_FRAMES)
        tops.add(hands.root.locator(".tx-grid").bounding_box()["y"])
    assert len(tops) == 1


def test_an_empty_field_asks_for_a_number(show):
    hands = show(sample_translations(phrase=""))
    hands.check()
    assert "Type a number" in hands.root.locator("[data-role=answer]").inner_text()
    assert hands.root.locator("[data-action=look]").is_disabled()
    assert objections(hands.root) == []


def test_edits_of_the_state_are_shown(show):
    hands = show(sample_translations(forced={"0": 5}, looked={"1": 3}, step=1))
    hands.check()
    assert hands.root.locator(".tx-forced").count() == hands.root.locator(".tx-looked").count() == 1


def test_it_is_written_row_by_row_and_at_once_where_motion_is_not_wanted(show):
    hands = show(sample_translations(phrase="ninety-nine"))
    rows = "(root) => root.querySelectorAll('.tx-attention rect').length"
    all_rows = hands.node.evaluate(rows)
    hands.root.locator("[data-action=write]").click()
    hands.page.wait_for_function(f"(root) => ({rows})(root) < {all_rows} / 2", arg=hands.node)
    hands.page.wait_for_function(f"(root) => ({rows})(root) === {all_rows}", arg=hands.node)
    calm = show(sample_translations(phrase="ninety-nine"), reduced_motion="reduce")
    calm.root.locator("[data-action=write]").click()
    calm.page.evaluate(TWO_FRAMES)
    assert calm.node.evaluate(rows) == all_rows


def test_the_tree_holds_every_text_that_was_kept(show):
    widget = sample_translations(phrase="35", view="beam", width=3)
    hands = show(widget)
    hands.check()
    tree = hands.root.locator("[data-symbol=beam]")
    assert json.loads(tree.get_attribute("data-texts")) == [text for text, _ in widget.beam()]
    levels = json.loads(tree.get_attribute("data-values"))
    assert all(
        0 <= parent < len(before) for before, level in zip(levels, levels[1:], strict=False) for _, parent, _ in level
    )
    assert tree.locator("path").count() == sum(map(len, levels))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("...backward.h.subarray(0, half)", "...backward.h.subarray((S - 1) * half, S * half)"),
        ("h: c.map(Math.tanh), c }", "h: c, c }"),
        ("score / Math.sqrt(H)", "score"),
        ("seen[H + u] += attention[s]", "seen[H + u] += 0.5 * attention[s]"),
        ("sign = forced[steps.length] ?? best(step.logs)", "sign = best(step.logs)"),
        ("decodeStep(model, memory, state, sign, looked[steps.length])", "decodeStep(model, memory, state, sign)"),
        ("log: one.log + logs[sign]", "log: logs[sign]"),
    ],
)
def test_the_eyes_see_broken_maths(show, assert_broken_maths_is_seen, right, wrong):
    view = "beam" if "one.log" in right else "attention"
    widget = sample_translations(phrase="ninety-nine", forced={"1": 6}, looked={"2": 4}, view=view)
    show(widget).check()
    assert_broken_maths_is_seen(widget, right, wrong)
