"""A voice is recorded in the page: read as Python reads it, told apart from the string, never sent."""

from __future__ import annotations

import json
import wave

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

from lstm_lessons.data import seventh_voice
from lstm_lessons.data.seventh_voice import RATE, mfcc
from lstm_lessons.data.spoken_strings import center
from tests.browser import chromium
from tests.browser.looks import cut_off, objections
from tests.browser.pages import open_page, write_page
from tests.browser.speech_samples import sample_speech

MICROPHONE_RATE = 48_000
SAID = "290"
# Bit for bit what the page has recorded: its samples before any change of their rate. Blocks may still come when the
# page has taken its own.
SPY = """() => {
    window.blocks = [];
    let over = false;
    const { close } = AudioContext.prototype;
    AudioContext.prototype.close = async function () {
        await close.call(this);
        over = true;
    };
    const Node = window.AudioWorkletNode;
    window.AudioWorkletNode = class extends Node {
        constructor(...given) {
            super(...given);
            this.port.addEventListener("message", ({ data }) => over || window.blocks.push(...data));
            window.rate = given[0].sampleRate;
        }
    };
}"""
REFUSALS = {
    "it does not allow": ("NotAllowedError", "does not allow this page to use the microphone"),
    "there is none": ("NotFoundError", "No microphone was found"),
    "it is broken": ("NotReadableError", "does not answer (NotReadableError)"),
}


def voice() -> np.ndarray:
    """Digits of the telephone with pauses, at the rate of a microphone: each sample six times, smoothed."""
    sounds = seventh_voice.load()
    pause = np.zeros(RATE // 5, np.float32)
    said = np.concatenate([part for digit in SAID for part in (pause, sounds[digit])] + [pause])
    times = np.arange(len(said) * 6) / 6
    return np.interp(times, np.arange(len(said)), said)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A Chromium whose microphone plays a file, again and again."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_RATE)
        file.writeframes((voice() * 2**15 * 0.9).astype("<i2").tobytes())
    flags = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    flags = (*flags, f"--use-file-for-fake-audio-capture={path}")
    with sync_playwright() as playwright:
        started = chromium.launch(playwright, *flags)
        if not isinstance(started, Browser):
            chromium.give_up(started)
        yield started
        started.close()


@pytest.fixture
def opened(open_visit, tmp_path):
    """``opened(script="")``: the widget on a page with a microphone, and no network."""

    def open_one(script: str = ""):
        page = open_visit(offline=True).page
        page.add_init_script(f"({script})()" if script else "")
        [root] = open_page(page, write_page(tmp_path / "lesson.html", [sample_speech()]))
        return root

    return open_one


def note(root) -> str:
    return root.locator("[data-role=note]").inner_text()


def record(root, seconds: float) -> None:
    button = root.locator("[data-action=record]")
    button.click()
    root.locator("[data-action=record]", has_text="Stop recording (").wait_for()
    root.page.wait_for_timeout(1000 * seconds)
    button.click()
    root.locator("[data-source=own]").wait_for()
    root.page.wait_for_timeout(300)  # the last blocks of a recording come late
    assert button.inner_text() == "Record again"


def test_a_recording_is_read_as_python_reads_it(opened):
    root = opened(SPY)
    record(root, 2.2)
    page = root.page
    raw, rate = np.array(page.evaluate("() => window.blocks"), np.float32), page.evaluate("() => window.rate")
    values = json.loads(root.locator("[data-symbol=features]").get_attribute("data-values"))
    found = np.array(values)
    heard = at_8_khz(raw, rate)
    (loud,) = np.nonzero(np.abs(heard) > seventh_voice.QUIET * np.abs(heard).max())
    sound = heard[loud[0] : loud[-1] + 1]
    expected = center(mfcc(sound).astype(np.float64))
    assert found.shape == expected.shape and 40 < len(found) < 120
    assert np.abs(found - expected).max() < 1e-3
    assert "stays in this page" in note(root)
    assert "your voice" in root.locator(".vx-words").inner_text()
    assert root.locator("[data-pause]").count() == 0
    assert cut_off(root) == [] and objections(root) == []


def at_8_khz(sound: np.ndarray, rate: int) -> np.ndarray:
    """The windowed sinc of the page, as a sum over all samples in reach."""
    edge = 0.95 * RATE / rate
    reach = 24 / edge
    result = []
    for m in range(len(sound) * RATE // rate):
        at = m * rate / RATE
        n = np.arange(max(0, int(np.ceil(at - reach))), min(len(sound) - 1, int(np.floor(at + reach))) + 1)
        window = 0.5 + 0.5 * np.cos(np.pi * (n - at) / reach)
        result.append((sound[n] * edge * np.sinc(edge * (n - at)) * window).sum())
    return np.array(result, dtype=np.float32)


def test_a_recording_is_heard_again_left_and_done_once_more(opened):
    root = opened()
    before = root.locator("[data-symbol=answer]").inner_text()
    record(root, 0.7)
    mine = root.locator("[data-symbol=features]").get_attribute("data-values")
    assert before != root.locator("[data-symbol=answer]").inner_text()
    listen = root.locator("[data-action=listen]")
    assert listen.is_visible()
    listen.click()
    root.locator("[data-action=listen]", has_text="Stop").wait_for()
    root.locator("[data-action=listen]", has_text="Listen").wait_for()  # it is over
    record(root, 1.2)
    assert root.locator("[data-symbol=features]").get_attribute("data-values") != mine
    root.locator("[data-action=back]").click()
    assert root.locator("[data-symbol=answer]").inner_text() == before
    assert "nobody said this string" in note(root)


def test_a_string_that_is_typed_takes_the_place_of_a_recording(opened):
    root = opened()
    record(root, 0.7)
    root.locator("input[data-name=digits]").fill("42")
    assert root.locator("[data-symbol=answer]").get_attribute("data-source") == "spliced"
    assert root.locator("[data-pause]").count() == 3


def test_it_stops_by_itself(opened):
    root = opened()
    root.locator("[data-action=record]").click()
    root.locator("[data-source=own]").wait_for(timeout=20_000)
    T = len(json.loads(root.locator("[data-symbol=features]").get_attribute("data-values")))
    assert 7.0 < T * 0.025 <= 8.1


@pytest.mark.parametrize("name", REFUSALS)
def test_without_a_microphone_the_page_says_why(opened, name):
    kind, sentence = REFUSALS[name]
    root = opened(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '" + kind + "')); }"
    )
    root.locator("[data-action=record]").click()
    root.locator("[data-role=note].vx-trouble").wait_for()
    assert sentence in note(root)
    assert root.locator("[data-action=record]").inner_text() == "Record your voice"
    root.locator("input[data-name=digits]").fill("7")  # and all else goes on
    assert "nobody said this string" in note(root)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("() => Object.defineProperty(window, 'isSecureContext', { value: false })", "only to pages of this machine"),
        ("() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined })", "gives pages no microphone"),
    ],
)
def test_a_page_or_a_browser_that_gets_none_says_so(opened, script, sentence):
    root = opened(script)
    root.locator("[data-action=record]").click()
    assert sentence in note(root)


def test_silence_is_no_recording(opened):
    silent = """() => {
        navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream;
    }"""
    root = opened(silent)
    button = root.locator("[data-action=record]")
    button.click()
    root.locator("[data-action=record]", has_text="Stop recording").wait_for()
    root.page.wait_for_timeout(400)
    button.click()
    root.locator("[data-role=note].vx-trouble").wait_for()
    assert "Nothing was heard" in note(root)
    assert root.locator("[data-symbol=answer]").get_attribute("data-source") == "spliced"
