"""The writing explorer on a page of its own: fast enough to write, and nothing but text."""

from __future__ import annotations

import statistics

import pytest
import torch

from lstm_lessons.text.language_model import LanguageModel
from lstm_lessons.widgets import WritingExplorer
from tests.browser.looks import colliding_text, cut_off, objections
from tests.browser.writing_samples import ALPHABET, sample_writing

FRAME = 16  # milliseconds
EACH = """([root, count, color]) => {
    const select = root.querySelector("[data-name=color]");
    select.value = color;
    select.dispatchEvent(new Event("change"));
    const button = root.querySelector("[data-action=one]");
    return Array.from({ length: count }, () => {
        const start = performance.now();
        button.click();
        return performance.now() - start;
    });
}"""


@pytest.mark.parametrize("color", ["influence", "cost", "f"])
def test_a_letter_takes_less_than_a_frame_with_a_model_of_the_lessons_size(show, color):
    torch.manual_seed(0)
    alphabet = "\n" + "".join(map(chr, range(32, 127)))
    widget = WritingExplorer.from_torch(LanguageModel(alphabet, 64, 256), text="for row in table:\n" * 10)
    hands = show(widget)
    times = hands.page.evaluate(EACH, [hands.root.element_handle(), 60, color])
    assert len(hands.state()["text"]) == 240
    print(f"{color}: {min(times):.1f} to {statistics.median(times):.1f} ms a letter")
    assert min(times) < FRAME  # on a busy machine the others count what else is running
    hands.check()


@pytest.mark.parametrize("text", ["</script><script>", "<cab>&'\"", "", "\n\n  \n", "abc " * 100])
def test_any_text_is_read_as_python_reads_it_and_stays_text(show, text):
    widget = sample_writing(text="", begins=["bad"])
    widget.text = text
    hands = show(widget)
    assert hands.check()["text"] == widget.read()
    assert hands.page.locator("img").count() == 0
    assert cut_off(hands.root) == [] and objections(hands.root) == []


@pytest.mark.parametrize("width", [560, 350])  # of a window of 700 pixels, without JupyterLab's sidebar and with it
def test_it_fits_a_narrow_jupyterlab_whole(show, width):
    screen = {"width": width, "height": 900}
    hands = show(sample_writing(), viewport=screen)
    assert hands.root.bounding_box()["height"] <= 650
    assert cut_off(hands.root) == [] and colliding_text(hands.root) == []


def test_it_stops_where_the_page_is_full(show):
    hands = show(sample_writing(text="ab" * 198))
    write, one = (hands.root.locator(f"[data-action={name}]") for name in ("write", "one"))
    write.click()
    hands.page.wait_for_function("(node) => node.querySelectorAll('[data-letter]').length === 400", arg=hands.node)
    assert write.is_disabled() and one.is_disabled() and write.inner_text() == "Write"
    hands.root.locator("[data-name=letter]").press_sequentially("c")
    assert len(hands.check()["text"]) == 400
    hands.root.locator("[data-action=back]").click()
    assert write.is_enabled() and len(hands.check()["text"]) == 399


def test_the_same_seed_writes_the_same_letters_and_they_come_as_often_as_they_should(show):
    written = []
    for seed in (0, 0, 1):
        hands = show(sample_writing(text="a", seed=seed, temperature=1.0))
        hands.page.evaluate(EACH, [hands.root.element_handle(), 300, "f"])
        written.append(hands.state()["text"])
    assert written[0] == written[1] != written[2]
    widget = sample_writing(text=written[2])
    chances = widget.chances()
    expected = chances[1:300].sum(0)  # of each letter, in the places after the first
    for k, letter in enumerate(ALPHABET):
        spread = (chances[1:300, k] * (1 - chances[1:300, k])).sum() ** 0.5
        assert abs(written[2][1:300].count(letter) - expected[k]) < 4 * spread + 1, letter


def test_it_says_how_many_bits_the_rounding_costs(show):
    widget = sample_writing()
    hands = show(widget)
    note = hands.root.locator(".wx-note").inner_text()
    assert f"{widget.bits[1]:.3f} bits a letter on held-out text, {widget.bits[0]:.3f} with 32 bits" in note


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("scale[Math.floor(k / columns)]", "scale[0]"),
        ("Number(k === target) - chances[k]", "Number(k === target)"),
        ("rows[k] = 0", "rows[k] = 1"),
        ("reached < enough", "reached < enough + 0.3"),
        ("t * H + u];", "(t + 1) * H + u];"),
    ],
)
def test_the_eyes_see_broken_maths(assert_broken_maths_is_seen, right, wrong):
    widget = sample_writing(top_p=0.5)
    widget.silent = True
    assert_broken_maths_is_seen(widget, right, wrong)
