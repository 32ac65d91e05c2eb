"""Hands and eyes for the forecast explorer: what it shows is what numpy computes."""

from __future__ import annotations

import functools
import json
from typing import Any

import numpy as np

from tests.browser.hands.base import Hands, Key, options_of
from tests.browser.reading import drawn, read, read_twin

YOURS = "(root) => root.querySelector('[data-series=yours]')?.dataset.points ?? null"

SERIES = """(root) => [...root.querySelectorAll("[data-series]")].map(
    (node) => [node.dataset.series, JSON.parse(node.dataset.points)])"""
SETTINGS = """(root) => Object.fromEntries([...root.querySelectorAll("[data-name]")].map((node) => {
    const { type, checked, valueAsNumber, value } = node;
    return [node.dataset.name, { checkbox: checked, range: valueAsNumber }[type] ?? value];
}))"""


def expected_numbers(state: dict[str, Any]) -> dict[tuple, Any]:
    """All that a page in this state shows, from its data, by numpy."""
    data, row = state["data"], state["data"]["stations"].index(state["station"])
    series = np.array(data["series"][row]) / 10
    forecasts = {m["name"]: np.array(m["forecast"][row]) / 10 for m in data["methods"]}
    at, day, hour = np.array(data["origins"]), state["day"], state["hour"]
    horizon = next(iter(forecasts.values())).shape[-1]
    truth = np.stack([series[o + 1 : o + 1 + horizon] for o in at])
    result: dict[tuple, Any] = {("series", "past"): series[at[day] + 1 - data["past"] : at[day] + 1].tolist()}
    if state["truth"]:
        result["series", "truth"] = truth[day].tolist()
        result["value", "truth"] = truth[day, hour - 1]
    guess = state["guesses"].get(f"{state['station']} {day}")
    yours = {} if guess is None else {"yours": np.tile(guess, (len(truth), 1))}
    for name, values in (forecasts | yours).items():
        if name in [*state["methods"], "yours"]:
            result["series", name] = values[day].tolist()
        result["value", name] = values[day, hour - 1]
        if name != "yours":
            result["all", name] = np.abs(values - truth).mean()
        if state["truth"]:
            result["error", name] = abs(values - truth)[day, hour - 1]
            result["day", name] = np.abs(values - truth)[day].mean()
    if data["low"]:
        low, high = (np.array(data[side][row]) / 10 for side in ("low", "high"))
        inside = (low <= truth) & (truth <= high)
        result["inside-all", ""] = inside.mean()
        if state["truth"]:
            result["inside", ""] = int(inside[day].sum())
        if state["interval"] and data["interval_of"] in state["methods"]:
            result["series", "interval"] = [low[day].tolist(), high[day].tolist()]
    return result


def found_numbers(root) -> dict[tuple, Any]:
    """The same, as drawn; each text must be its number, rounded."""
    result: dict[tuple, Any] = {("series", name): points for name, points in read(root, SERIES)}
    for item in drawn(root):
        symbol, value = item["symbol"], float(item["value"])
        text = item["text"].replace("\u2212", "-")
        number = float(text.removesuffix(" %")) / (100 if "%" in text else 1)
        digits = len(text.partition(".")[2]) + (2 if "%" in text else 0)
        assert abs(number - value) <= 0.5 * 10**-digits + 1e-9, f"{text} stands for {value}"
        result[symbol, item.get("method", "")] = value
    return result


def settings_of_page(root) -> dict[str, Any]:
    """The state as the controls say it, and the data from the twin around them."""
    twin = read_twin(root)
    controls = read(root, SETTINGS)
    methods = [m["name"] for m in twin["data"]["methods"] if controls[f"method {m['name']}"]]
    chosen = {name: controls[name] for name in ("station", "day", "hour", "truth")}
    interval = controls.get("interval", twin["interval"])
    return twin | chosen | {"methods": methods, "interval": interval}


def score_a_day(hands) -> None:
    """Draw a day with the arrow keys, erase it, draw it again, have it scored, and go on."""
    root, actions = hands.root, ("erase", "score", "another")
    pad = root.locator("[data-role=pad]")
    erase, score, another = (root.locator(f"[data-action={name}]") for name in actions)
    for end in (erase, score):
        hands.see_change(functools.partial(hands.press, pad, "ArrowUp"), "a drawn hour")
        hands.press(pad, "ArrowRight")
        hands.press(pad, "PageDown")
        hands.drawn_day = json.loads(read(root, YOURS))
        hands.see_change(end.click, "a button")
    assert hands.check()["truth"], "a score shows what came"
    hands.change(another.click, "another day")
    hands.used |= {"role pad", *(f"action {name}" for name in actions)}


def use_all_controls(hands) -> None:
    """Move each control there and back; each step changes what is drawn."""
    root = hands.root
    select = root.locator("select[data-name=station]")
    first = select.input_value()
    for option in [*(name for name in options_of(select) if name != first), first]:
        hands.change(functools.partial(select.select_option, option), f"station {option}")
    hands.note("name", "station")
    sliders = [(name, root.locator(f"input[data-name={name}]")) for name in ("day", "hour")]
    hands.move_all(sliders, lambda state, name: state[name])
    for name, _ in sliders:
        hands.note("name", name)
    interval, own = root.locator("input[data-name=interval]"), hands.state()["data"]["interval_of"]
    if own not in hands.state()["methods"] and interval.count():
        assert interval.is_disabled(), "it is drawn with its method alone"
        hands.change(root.locator(f"input[data-name='method {own}']").click, "the interval's method")
    for name in hands.values("data-name"):
        box = root.locator(f"input[type=checkbox][data-name='{name}']")
        if not box.count():
            continue
        for _ in range(2):
            hands.change(functools.partial(hands.press, box, "Space"), name)
        hands.note("name", name)
    for name in ("next day", "previous day"):
        hands.change(root.locator(f"[data-action='{name}']").click, name)
        hands.note("action", name)
    score_a_day(hands)
    hands.assert_all_used()


class ForecastHands(Hands):
    """Hands for a `ForecastExplorer`; its numbers are averages, and numpy is the judge."""

    drawn_day: list[float] | None = None

    def look(self) -> str:
        return json.dumps([super().look(), read(self.node, SERIES)])

    def state_of_page(self) -> dict[str, Any]:
        state = settings_of_page(self.node)
        if state["truth"] and read(self.node, YOURS) is not None:  # scored: it must be what was drawn
            state["guesses"] = {f"{state['station']} {state['day']}": self.drawn_day}
        return state

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return expected_numbers(state)

    def found(self) -> dict[Key, Any]:
        return found_numbers(self.node)

    def touch(self) -> None:
        self.change(self.root.locator("input[data-name=truth]").click, "the truth")

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals numpy's."""
        self.check()
        use_all_controls(self)
