"""The still picture of a forecast explorer: what a viewer shows that runs no script."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from lstm_lessons.palette import LIGHT_PAGE

if TYPE_CHECKING:
    from lstm_lessons.widgets.forecast_explorer.widget import ForecastExplorer

WIDTH, HEIGHT = 980, 372
LEFT, RIGHT, TOP, BOTTOM = 52, 648, 34, 326
TEXT, QUIET, LINE, BAND = "#1f2430", "#555e6e", "#c9ced8", "#d7e4f8"
# As in forecast_explorer_styles.css, by the order of the methods.
STYLES = (
    ("#7a5200", "2 3"),
    ("#067a75", "7 3"),
    ("#8c1240", "8 3 2 3"),
    ("#a834e8", "4 2"),
    ("#cc3a0c", "10 3"),
    ("#0b5fd0", ""),
)


def style_of(number: int, methods: int) -> tuple[str, str]:
    """Color and dash of a method; the last one has the solid line."""
    return STYLES[number + len(STYLES) - methods]


def draw_forecast(explorer: ForecastExplorer) -> str:
    """The chosen day as SVG, as on a light page."""
    data, past, horizon = explorer.data, explorer.data["past"], explorer.horizon
    measured = explorer.measured()
    drawn = {name: explorer.forecast(name)[explorer.day] for name in explorer.methods}
    band = explorer.band() if explorer.interval else None
    every = [measured if explorer.truth else measured[:past], *drawn.values()]
    every += [side[explorer.day] for side in band] if band else []
    low, high = math.floor(min(map(min, every))), math.ceil(max(map(max, every)))
    parts: list[str] = []

    def x(hour: float) -> float:
        return LEFT + (hour + past - 1) / (past - 1 + horizon) * (RIGHT - LEFT)

    def y(value: float) -> float:
        return BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP)

    def line(hours: Iterable[float], values: Iterable[float], color: str, dash: str = "") -> None:
        points = " ".join(f"{x(h):.1f},{y(v):.1f}" for h, v in zip(hours, values, strict=True))
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dashes}/>'
        )

    def text(at: float, height: float, words: str, color: str = TEXT, **style: str) -> None:
        extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
        parts.append(
            f'<text x="{at:.1f}" y="{height:.1f}" fill="{color}"{extra}>{html.escape(words)}</text>'
        )

    step = next(size for size in (1, 2, 5, 10, 20, 50) if (high - low) / size <= 8)
    for tick in range(math.ceil(low / step) * step, high + 1, step):
        parts.append(f'<path d="M{LEFT} {y(tick):.1f}H{RIGHT}" stroke="{LINE}"/>')
        text(LEFT - 8, y(tick) + 4, str(tick).replace("-", "\u2212"), QUIET, text_anchor="end")
    for hour in range(-(past // 12) * 12, horizon + 1, 12):
        if x(hour) >= LEFT:
            label = f"{hour:+d} h".replace("-", "\u2212") if hour else "now"
            text(x(hour), BOTTOM + 18, label, QUIET, text_anchor="middle")
    if band:
        sides = [side[explorer.day] for side in band]
        ring = [(h + 1, v) for h, v in enumerate(sides[0])]
        ring += [(h + 1, v) for h, v in enumerate(sides[1])][::-1]
        points = " ".join(f"{x(h):.1f},{y(v):.1f}" for h, v in ring)
        parts.append(f'<polygon points="{points}" fill="{BAND}"/>')
    parts.append(f'<path d="M{x(0):.1f} {TOP}V{BOTTOM}" stroke="{TEXT}" stroke-dasharray="2 3"/>')
    names = [method["name"] for method in data["methods"]]
    for name, values in drawn.items():
        line(range(1, horizon + 1), values, *style_of(names.index(name), len(names)))
    line(range(1 - past, 1), measured[:past], TEXT)
    if explorer.truth:
        line(range(horizon + 1), measured[past - 1 :], TEXT)
    last = np.datetime64(data["start"], "h") + data["origins"][explorer.day]
    place = f"{explorer.station}, known up to {str(last).replace('T', ' ')} h UTC"
    text(LEFT, 18, f"{place}: temperature, \u00b0C", font_weight="700")
    text((LEFT + RIGHT) / 2, HEIGHT - 8, "hours from the origin", QUIET, text_anchor="middle")
    _legend(text, parts, explorer)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" font-family="system-ui, DejaVu Sans, sans-serif" '
        f'font-size="13"><title>{html.escape(explorer.summary())}</title>'
        f'<rect width="100%" height="100%" fill="{LIGHT_PAGE}"/>{"".join(parts)}</svg>'
    )


def _legend(text, parts: list[str], explorer: ForecastExplorer) -> None:
    """The methods with their errors, this day and all days."""
    names = [method["name"] for method in explorer.data["methods"]]
    outcome, left, y = explorer.outcome(), RIGHT + 24, 58
    text(left + 216, y - 20, "this day", QUIET, text_anchor="end")
    text(left + 292, y - 20, "all days", QUIET, text_anchor="end")
    text(left, y - 20, "mean error in \u00b0C", QUIET)
    for number, name in enumerate(names):
        color, dash = style_of(number, len(names))
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<path d="M{left} {y - 4}h34" stroke="{color}" stroke-width="2.5"{dashes}/>')
        errors = np.abs(explorer.forecast(name) - outcome)
        text(left + 42, y, name)
        text(left + 216, y, f"{errors[explorer.day].mean():.1f}", text_anchor="end")
        text(left + 292, y, f"{errors.mean():.2f}", text_anchor="end")
        y += 24
    if band := explorer.band():
        inside = (band[0] <= outcome) & (outcome <= band[1])
        parts.append(f'<rect x="{left}" y="{y - 11}" width="34" height="13" fill="{BAND}"/>')
        text(left + 42, y, f"interval of {explorer.data['level']:.0%}: hours inside")
        text(left + 42, y + 20, f"{inside[explorer.day].sum()} of {explorer.horizon} this day, "
             f"{inside.mean():.0%} of all days")  # fmt: skip
