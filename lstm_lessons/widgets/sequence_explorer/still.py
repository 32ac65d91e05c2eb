"""The still picture of a sequence explorer: what a viewer shows that runs no script."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS

if TYPE_CHECKING:
    from lstm_lessons.widgets.sequence_explorer.widget import SequenceExplorer

TEXT, QUIET, PANEL, LINE, CURSOR = "#1f2430", "#555e6e", "#f6f7f9", "#c9ced8", "#0b5fd0"
WIDTH, LEFT, RIGHT = 960, 156, 64
ROW_HEIGHT = {"c": 56, "h": 42, "product": 42}
GAP = 9
MOST_PADS = 3


def nice_limit(value: float) -> float:
    """The first round number, 0.2 or more, that is not below ``value``.

    >>> nice_limit(0.3), nice_limit(1.2), nice_limit(31)
    (0.3, 1.2, 40.0)
    """
    value = max(value, 0.2)
    power = 10.0 ** math.floor(math.log10(value))
    steps = (float(f"{m * power:.3g}") for m in (1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10))
    return next(step for step in steps if step >= value - 1e-9)


def draw_sequence(explorer: SequenceExplorer) -> str:
    """Input, traces and gradient path of the chosen unit as SVG, as on a light page.

    Other units are a pale band from the lowest to the highest of them, which keeps
    the file small. Coordinates have one decimal, so every machine writes the same text.
    """
    xs, unit, traces = explorer.xs, explorer.unit, explorer.traces()
    chart = _Chart(len(xs), explorer.step)
    features = range(len(xs[0])) if len(xs[0]) <= MOST_PADS else [explorer.feature]
    for feature in features:
        name = explorer.feature_names[feature] if explorer.feature_names else "input"
        height = 80 if len(features) == 1 else 50
        row = chart.row("x", name, TEXT, explorer.limits[feature], height)
        chart.bars(row, [x[feature] for x in xs])
    if explorer.labels and chart.column >= 7:
        chart.labels(explorer.labels)
    for key, symbol in SYMBOLS.items():
        values = traces[key][:, unit].tolist()
        shown = traces[key] if explorer.overlay else traces[key][:, [unit]]
        limits = (symbol.low, symbol.high)
        if symbol.high is None:
            high = nice_limit(float(shown.abs().max()))
            limits = (-high if float(shown.min()) < -0.005 * high else 0, high)
        row = chart.row(key, symbol.name, symbol.color, limits, ROW_HEIGHT.get(key, 36))
        if shown.shape[1] > 1:
            chart.band(row, shown.amin(1).tolist(), shown.amax(1).tolist(), symbol.color)
        chart.trace(row, values, symbol.color, symbol.dash)
        chart.value(row, values[explorer.step], symbol.color)
    if explorer.gradient_path:
        f, forget = traces["f"][:, unit].tolist(), SYMBOLS["f"]
        path = gradient_path(f, explorer.step, explorer.direction == 1)
        row = chart.row("\u220ff", "gradient path", forget.color, (0, 1), ROW_HEIGHT["product"])
        chart.trace(row, path, forget.color, forget.dash)
        chart.value(row, path[-1 if explorer.direction else 0], forget.color)
    c, h = (float(traces[key][explorer.step, unit]) for key in "ch")
    return chart.svg(
        title=explorer.summary(),
        about=f"Input and traces of i, f, g, o, c and h of unit {unit} over {len(xs)} steps. "
        f"At step {explorer.step + 1}, c is {c:.2f} and h is {h:.2f}.",
        marks=explorer.marks,
    )


def gradient_path(f: Sequence[float], end: int, reverse: bool) -> list[float | None]:
    """Product of the forget gates from every step to step ``end``; None for steps not yet read."""
    order = range(end, len(f)) if reverse else range(end, -1, -1)
    products: list[float | None] = [None] * len(f)
    product = 1.0
    for t in order:
        products[t] = product
        product *= f[t]
    return products


@dataclass(frozen=True)
class _Row:
    """One field of the chart; ``y`` places a value in it."""

    top: float
    height: float
    low: float
    high: float
    inset: float

    def y(self, value: float) -> str:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return _short(self.top + self.inset + (self.height - 2 * self.inset) * (1 - share))


class _Chart:
    """Rows of one width under each other, as SVG text."""

    def __init__(self, steps: int, cursor: int) -> None:
        self.steps, self.cursor = steps, cursor
        self.column = (WIDTH - LEFT - RIGHT) / steps
        self.top = 24.0
        self.parts: list[str] = []

    def edge(self, t: float) -> str:
        return _short(LEFT + t * self.column)

    def text(self, x: float | str, y: float, text: str, fill: str = QUIET, **style: Any) -> None:
        style = {"font_size": 11} | style
        more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
        self.parts.append(
            f'<text x="{x}" y="{_short(y)}" fill="{fill}"{more}>{html.escape(text)}</text>'
        )

    def row(self, key: str, name: str, color: str, limits: Sequence[float], height: int) -> _Row:
        """Field, names and axis of the next row."""
        row = _Row(self.top, height, *limits, inset=0 if key == "x" else 4)
        middle = self.top + height / 2
        self.top += height + GAP
        self.parts.append(
            f'<rect x="{LEFT}" y="{_short(row.top)}" width="{WIDTH - LEFT - RIGHT}" '
            f'height="{height}" rx="3" fill="{PANEL}"/>'
        )
        serif = {"font_style": "italic", "font_family": "Georgia, DejaVu Serif, serif"}
        self.text(4, middle + 6, key, color, font_size=20, **serif)
        self.text(40 if len(key) > 1 else 26, middle + 5, name, font_size=13)
        self.text(LEFT - 6, row.top + 9, _number(row.high), text_anchor="end")
        self.text(LEFT - 6, row.top + height - 1, _number(row.low), text_anchor="end")
        if row.low < 0 < row.high:
            line = f"M{LEFT} {row.y(0)}H{WIDTH - RIGHT}"
            self.parts.append(f'<path d="{line}" stroke="{LINE}"/>')
        return row

    def labels(self, labels: Sequence[str]) -> None:
        """One short text under each step of the input."""
        for t, label in enumerate(labels):
            style = {"font_size": 13, "font_weight": 600, "text_anchor": "middle"}
            self.text(self.edge(t + 0.5), self.top + 8, label, TEXT, **style)
        self.top += 20

    def value(self, row: _Row, value: float, color: str) -> None:
        """The number at the cursor, at the right of its row."""
        y = row.top + row.height / 2 + 5
        style = {"font_size": 15, "font_weight": 600, "text_anchor": "end"}
        self.text(WIDTH - 6, y, _signed(f"{abs(value):.2f}", value), color, **style)

    def bars(self, row: _Row, values: Sequence[float]) -> None:
        zero, width = row.y(0), _short(self.column * 0.72)
        bars = caps = ""
        for t, value in enumerate(values):
            start, level = self.edge(t + 0.14), row.y(value)
            caps += f"M{start} {level}h{width}"
            if level != zero:
                bars += f"M{start} {zero}V{level}h{width}V{zero}Z"
        self.parts.append(f'<path d="{bars}" fill="{TEXT}" opacity="0.38"/>')
        self.parts.append(f'<path d="{caps}" stroke="{TEXT}" stroke-width="2.4"/>')
        self.value(row, values[self.cursor], TEXT)

    def trace(self, row: _Row, values: Sequence[float | None], color: str, dash: str) -> None:
        stairs = self._stairs([None if value is None else row.y(value) for value in values])
        zero = row.y(0)
        start, rest = stairs[1:].split(" ")
        area = f"M{start} {zero}V{rest}V{zero}Z"
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{area}" fill="{color}" opacity="0.16"/>')
        self.parts.append(
            f'<path d="{stairs}" fill="none" stroke="{color}" stroke-width="2.3"{dashed}/>'
        )
        self.parts.append(
            f'<circle cx="{self.edge(self.cursor + 0.5)}" cy="{row.y(values[self.cursor])}" '
            f'r="4" fill="{color}" stroke="{LIGHT_PAGE}" stroke-width="1.5"/>'
        )

    def band(self, row: _Row, lower: list[float], upper: list[float], color: str) -> None:
        """From the lowest to the highest unit, to whole pixels."""
        low, high = ([f"{float(row.y(v)):.0f}" for v in values] for values in (lower, upper))
        back = ""
        for t in reversed(range(self.steps)):
            if t + 1 == self.steps or low[t] != low[t + 1]:
                back += f"H{self.edge(t + 1)}V{low[t]}"
        self.parts.append(
            f'<path d="{self._stairs(high)}{back}H{LEFT}Z" fill="{color}" opacity="0.14"/>'
        )

    def _stairs(self, levels: list[str | None]) -> str:
        """Each level as a stretch over its step; steps without one are left out."""
        known = [t for t, level in enumerate(levels) if level is not None]
        path = f"M{self.edge(known[0])} {levels[known[0]]}"
        for t in known[1:]:
            if levels[t] != levels[t - 1]:
                path += f"H{self.edge(t)}V{levels[t]}"
        return f"{path}H{self.edge(known[-1] + 1)}"

    def svg(self, title: str, about: str, marks: Sequence[int]) -> str:
        bottom = self.top - GAP
        width = max(self.column, 3)
        columns = [(mark, "#e0a100", 0.28) for mark in marks] + [(self.cursor, CURSOR, 0.18)]
        self.parts += [
            f'<rect x="{_short(LEFT + (t + 0.5) * self.column - width / 2)}" y="20" '
            f'width="{_short(width)}" height="{_short(bottom - 20)}" fill="{color}" '
            f'opacity="{opacity}"/>'
            for t, color, opacity in columns
        ]
        badge = {"font_size": 13, "font_weight": 600, "text_anchor": "middle"}
        self.text(self.edge(self.cursor + 0.5), 14, f"t = {self.cursor + 1}", CURSOR, **badge)
        every = next(gap for gap in (1, 2, 5, 10, 20, 50, 100) if gap * self.column >= 34)
        for t in range(1, self.steps + 1):
            if t == 1 or t % every == 0:
                self.text(self.edge(t - 0.5), bottom + 13, str(t), text_anchor="middle")
        self.text(LEFT - 6, bottom + 13, "step t", text_anchor="end")
        height = _short(bottom + 18)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" '
            f'font-family="system-ui, DejaVu Sans, sans-serif">'
            f"<title>{html.escape(title)}</title><desc>{html.escape(about)}</desc>"
            f'<rect width="100%" height="100%" fill="{LIGHT_PAGE}"/>{"".join(self.parts)}</svg>'
        )


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _number(value: float) -> str:
    """Two digits at most."""
    return _signed(f"{abs(value):.2f}".rstrip("0").rstrip("."), value)


def _signed(digits: str, value: float) -> str:
    """A true minus sign, and none before a rounded zero."""
    return f"\u2212{digits}" if value < 0 and float(digits) else digits
