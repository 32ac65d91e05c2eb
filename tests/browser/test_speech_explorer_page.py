"""The speech explorer on a page of its own: any input, the picture of a drag, numbers that are never rounded away."""

from __future__ import annotations

import itertools
import json
import math

import pytest

from tests.browser.hands.base import drag, place_in
from tests.browser.looks import cut_off, objections
from tests.browser.speech_samples import SOUND, sample_recognizer, sample_speech
from tests.widgets.test_speech_explorer import SCALE

HOSTILE = ["<img src=x onerror=alert(1)>", "</script><script>window.hacked = 1</script>", "３٣ 3", "9" * 300]


@pytest.mark.parametrize(
    "changes",
    [
        {"digits": "12345678", "voice": SOUND},
        {"digits": "47", "pauses": [-3, -20, -1]},
        {"scale": SCALE},
        {"model": sample_recognizer(bidirectional=False)},
        {"alignment": "__33_1_", "stage": "answer"},
        {"digits": ""},
    ],
)
def test_every_state_is_shown_as_torch_computes_it(show, changes):
    hands = show(sample_speech(**changes))
    hands.check()
    assert cut_off(hands.root) == [] and objections(hands.root) == []


def test_it_fits_a_narrow_jupyterlab_whole(show):
    screen = {"width": 560, "height": 900}  # what a window of 700 pixels leaves beside JupyterLab's bars
    hands = show(sample_speech(digits="331", voice=SOUND, alignment="__33_1_"), viewport=screen)
    assert hands.root.bounding_box()["height"] <= 650
    assert cut_off(hands.root) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_stays_text(show, text):
    hands = show(sample_speech(digits=text, alignment=text))
    hands.check()
    assert hands.page.evaluate("() => window.hacked") is None and hands.page.locator("img").count() == 0


def test_a_path_is_told_stage_by_stage(show):
    hands = show(sample_speech(digits="31", alignment="__33_1_"))
    path = json.loads(hands.root.locator("[data-symbol=path]").get_attribute("data-signs"))
    names = "–0123456789"
    merged = [k for k, _ in itertools.groupby(path)]
    wanted = ["".join(names[k] for k in some) for some in (path, merged, [k for k in merged if k])]
    assert wanted[1:] == ["–3–1–", "31"]
    for stage in range(3):
        hands.root.locator(f"[data-action=stage-{stage}]").click()
        lines = hands.root.locator(".vx-signs").all_inner_texts()
        assert lines == [line if n <= stage else "" for n, line in enumerate(wanted)]


def test_collapse_goes_step_by_step_and_at_once_where_motion_is_not_wanted(show):
    stage = "[data-stage][aria-pressed=true]"
    hands = show(sample_speech())
    hands.root.locator("[data-action=collapse]").click()
    assert hands.root.locator(stage).get_attribute("data-stage") == "path"
    for name in ("without repeats", "answer"):
        hands.root.locator(f"[data-stage='{name}'][aria-pressed=true]").wait_for()
    calm = show(sample_speech(), reduced_motion="reduce")
    calm.root.locator("[data-action=collapse]").click()
    assert calm.root.locator(stage).get_attribute("data-stage") == "answer"


def test_a_boundary_follows_the_pointer_frame_by_frame(show):
    hands = show(sample_speech(digits="314"))
    handle, T = hands.root.locator("[data-pause='1']"), len(hands.found()["path",])
    box, width = handle.bounding_box(), hands.root.locator(".vx-words").bounding_box()["width"]
    x, y, frame = box["x"] + box["width"] / 2, box["y"] + 10, width / T
    hands.page.mouse.move(x, y)
    hands.page.mouse.down()
    for frames in (-1, -9, -3):  # the scale stands still, so the handle is where the pointer is
        hands.page.mouse.move(x + frames * frame, y)
        assert hands.check()["pauses"] == [4, 4 + frames, 4, 4]
        now = handle.bounding_box()
        assert abs(now["x"] + now["width"] / 2 - x - frames * frame) < 1
    hands.page.mouse.move(x + 9 * frame, y)
    assert hands.check()["pauses"] == [4, 13, 4, 4]
    hands.page.mouse.up()
    hands.check()


def test_a_path_is_drawn_by_the_pointer(show):
    hands = show(sample_speech())
    area, T = hands.root.locator("[data-role=map]"), len(hands.found()["path",])
    drag(hands.page, *(place_in(area, (t + 0.5) / T, 8.5 / 11) for t in range(3, 8)), steps=1)
    assert hands.found()["path",][3:8] == [8] * 5
    hands.check()


def test_a_probability_is_never_rounded_to_nothing(show):
    hands = show(sample_speech(alignment="0"))
    text = hands.root.locator("[data-symbol=answer]").inner_text()
    shown = text.partition("this path: probability ")[2].partition(" ")[0]
    high = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    mantissa, _, power = shown.partition("\u00b710")
    log = float(hands.root.locator("[data-symbol=path]").get_attribute("data-value")) / math.log(10)
    assert log < -50 and 1 <= float(mantissa) < 10
    assert math.log10(float(mantissa)) + int(power.translate(high)) == pytest.approx(log, abs=0.03)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("skips[s] ? row[s - 2] : -Infinity", "row[s - 2] ?? -Infinity"),
        ("return logSum(...last.slice(-2));", "return last.at(-1);"),
        ("sign === path[t - 1] ? ", "sign === path[t - 2] ? "),
        ("labels.length - repeats, 2", "labels.length, 2"),
        ("(column.reduce((sum, value) => sum + (value - own) ** 2, 0) / T)", "(1)"),
        ("return scores.map((score) => score - total);", "return scores;"),
        ("w = k * width + d * H;", "w = k * width;"),
        ("-(pauses[k + 1] ?? 0)", "-(pauses[k] ?? 0)"),
    ],
)
def test_the_eyes_see_broken_maths(show, assert_broken_maths_is_seen, right, wrong):
    widget = sample_speech(digits="3312", pauses=[4, -4, 4, 0, 4], alignment="_3_3_1_")
    show(widget).check()
    assert_broken_maths_is_seen(widget, right, wrong)
