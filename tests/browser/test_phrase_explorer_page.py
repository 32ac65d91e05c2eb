"""The phrase explorer on a page of its own: whatever is typed, at once, and nothing but text."""

from __future__ import annotations

import json

import pytest

from lstm_lessons.text.tokenizer import normalize
from tests.browser.hands.base import TWO_FRAMES
from tests.browser.hands.phrase_explorer import LETTERS, TRACES
from tests.browser.looks import cut_off, objections
from tests.browser.phrase_samples import sample_phrases

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>window.hacked = 1</script>",
    "<!--<script> ]]> \u2028 </svg>",
    "&lt;b&gt; ${window.hacked = 1} {{7*7}} '\"",
]
ODD = ["\u2603\U0001f600 é e\u0301", "שלום עולם", "a\tb\u00a0c\u3000d\x1ce", "W" * 64, "x" * 200]


@pytest.mark.parametrize("phrase", HOSTILE + ODD)
def test_any_phrase_is_read_as_python_reads_it_and_stays_text(show, phrase):
    widget = sample_phrases(phrase=phrase, examples=[phrase])
    hands = show(widget)
    root = hands.root
    hands.check()
    for act in (lambda: root.locator("[data-name=phrase]").fill("a"), choose(root)):
        act()
        hands.check()
    letters = [letter for letter, *_ in root.evaluate(LETTERS)]
    assert letters == list(normalize(phrase)[:64]) == widget.read()
    note = root.locator("[data-role=note]").inner_text()
    unknown = {c for c, n in zip(widget.read(), widget.numbers(), strict=True) if n == 1}
    assert all(letter in note for letter in unknown if letter != " ")
    assert ("first 64 letters" in note) == (len(normalize(phrase)) > 64)
    assert hands.page.evaluate("() => window.hacked") is None
    assert hands.page.locator("img").count() == 0
    assert cut_off(root) == []


def choose(root):
    return lambda: root.locator("select[data-name=example]").select_option("0")


def test_an_empty_phrase_asks_for_one(show):
    hands = show(sample_phrases(phrase=""))
    hands.check()
    assert "Type a phrase" in hands.root.locator("[data-role=answer]").inner_text()
    assert hands.root.locator("[data-action=strongest]").is_disabled()
    assert objections(hands.root) == []


def test_it_says_what_it_was_trained_on_and_its_gates_have_scales(show):
    """Whoever types is told that the model has seen names; each row of traces names both ends of its range."""
    hands = show(sample_phrases(trained_on="names of rivers", phrase="gran \u2603"))
    for phrase in ("gran \u2603", "an", ""):
        hands.root.locator("[data-name=phrase]").fill(phrase)
        note = hands.root.locator("[data-role=note]").inner_text()
        assert note.startswith("It has seen names of rivers, and nothing else.")
        assert ("Never seen in training: \u2603" in note) == ("\u2603" in phrase)
        ranges = [text.split() for text in hands.root.locator(".px-range").all_inner_texts()]
        assert ranges[:2] == [["1", "0"], ["1", "\u22121"]]
        limit = max([0.2, *(abs(value) for value in dict(hands.root.evaluate(TRACES))["c"])])
        assert ranges[2] == [f"{limit:.1f}", f"\u2212{limit:.1f}"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("number * I, (number + 1) * I", "(number + 1) * I, (number + 2) * I"),
        ("(d === 1 ? 0 : T - 1) * H + u", "(T - 1) * H + u"),
        ("features[p * width + d * H + u]", "features[d * H + u]"),
        ("numberOf.get(letter) ?? UNKNOWN", "numberOf.get(letter) ?? 0"),
        ('shown.halves[get("direction")][key]', "shown.halves[0][key]"),
    ],
)
def test_the_eyes_see_broken_maths(assert_broken_maths_is_seen, right, wrong):
    widget = sample_phrases(phrase="an Øystein \u2603", direction=1)
    assert_broken_maths_is_seen(widget, right, wrong)


# How far letters stand from the middle of their columns in the map and in the traces, and whether the box shows the
# letter under the cursor.
ALIGNED = """(root) => {
    const letters = [...root.querySelectorAll("[data-letter]")];
    const middle = (box) => box.left + box.width / 2;
    const column = (box, t, count) => box.left + ((t + 0.5) * box.width) / count;
    const off = [...root.querySelectorAll(".px-map > svg, .px-plot > svg")].flatMap((picture) => {
        const count = picture.viewBox.baseVal.width;
        return letters.map((one, t) => Math.abs(
            middle(one.getBoundingClientRect()) - column(picture.getBoundingClientRect(), t, count)));
    });
    const [now, box] = [".px-now", ".px-letters"].map((part) => root.querySelector(part).getBoundingClientRect());
    return { off: Math.max(...off), seen: now.left > box.left - 1 && now.right < box.right + 1 };
}"""


@pytest.mark.parametrize("width", [332, 414, 1280])
def test_letters_stand_above_their_columns_and_the_one_under_the_cursor_is_seen(show, width):
    hands = show(sample_phrases(phrase="grandmother of nobody ate six" * 2), viewport={"width": width, "height": 740})
    area = hands.root.locator("[data-role=map]")
    for press in (["End"], ["ArrowLeft"] * 9, ["Home"]):
        for key in press:
            area.press(key)
        hands.page.evaluate(TWO_FRAMES)
        found = hands.node.evaluate(ALIGNED)
        assert found["off"] < 1.5 and found["seen"], (press[0], found)
    box = area.bounding_box()
    hands.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 5)  # the pointer, too, points at what it sees
    hands.page.evaluate(TWO_FRAMES)
    now = hands.root.locator(".px-now").evaluate("(node) => node.getBoundingClientRect().right")
    assert width > 500 or now > box["x"]
    assert cut_off(hands.root) == []


TYPE = """([root, letters]) => {
    const field = root.querySelector("[data-name=phrase]");
    return [...letters].map((letter) => {
        field.value += letter;
        field.dispatchEvent(new Event("input"));
        return root.querySelector("[data-symbol=probability]").dataset.value;
    });
}"""


def test_each_letter_has_its_answer_before_the_page_is_drawn(show):
    """With a network of lesson 8's size, up to the longest phrase."""
    widget = sample_phrases(classes=15, units=64, phrase="")
    hands = show(widget)
    text = "the grandmother of nobody ate six and a star in an orange seas"
    answers = hands.page.evaluate(TYPE, [hands.root.element_handle(), text])
    read = {text[:end].strip() for end in range(1, len(text) + 1)}  # a last space says nothing
    assert all(answers) and len(set(answers)) == len(read)
    hands.page.evaluate(TWO_FRAMES)
    hands.check()


def test_a_pasted_phrase_has_its_answer_at_once_and_all_beliefs_soon(show):
    widget = sample_phrases(classes=15, units=64, phrase="")
    hands = show(widget)
    first = hands.page.evaluate(
        """([root, text]) => {
            const field = root.querySelector("[data-name=phrase]");
            field.value = text;
            field.dispatchEvent(new Event("input"));
            return root.querySelector("[data-symbol=probability]").dataset.value;
        }""",
        [hands.root.element_handle(), "no grandmother " * 5],
    )
    assert first  # the answer is there before the page is drawn
    hands.check()
    beliefs = hands.root.locator("[data-symbol=belief]").get_attribute("data-values")
    assert len(json.loads(beliefs)) == 64
