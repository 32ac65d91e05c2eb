"""The still picture of a gate microscope: what a viewer shows that runs no script."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from PIL import Image
from torch import Tensor

from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS
from lstm_lessons.widgets.sequence_explorer.still import nice_limit

if TYPE_CHECKING:
    from lstm_lessons.widgets.gate_microscope.widget import GateMicroscope

TEXT, QUIET, LINE, CURSOR = "#1f2430", "#555e6e", "#c9ced8", "#0b5fd0"
NEGATIVE, POSITIVE = "#2a6fc9", "#d9760a"
WIDTH, LEFT, PLOT, BARS = 960, 96, 560, 696
MOST_CLASSES = 12
NAMES = {key: symbol.name for key, symbol in SYMBOLS.items()}


def input_limits(values: np.ndarray) -> tuple[float, float]:
    """The range of the input's colors: round numbers that 98 % of all values stay within."""
    limit = nice_limit(float(np.quantile(np.abs(values), 0.98)))
    return (-limit if values.min() < 0 else 0.0), limit


def shown_classes(beliefs: np.ndarray, label: int | None) -> list[int]:
    """At most twelve classes: the true one, and those that the model ever believed in most."""
    count = beliefs.shape[1]
    if count <= MOST_CLASSES:
        return list(range(count))
    first = [] if label is None else [label]
    by_belief = sorted(range(count), key=lambda k: (-round(float(beliefs[:, k].max()), 9), k))
    return sorted((first + [k for k in by_belief if k != label])[:MOST_CLASSES])


def draw_microscope(microscope: GateMicroscope) -> str:
    """Input, the chosen map, belief over time, and the answer, as SVG on a light page."""
    m, picture = microscope, _Picture(len(microscope._x))
    x = m._x.numpy()
    limits = input_limits(np.concatenate([one.numpy() for one in m._xs]))
    colors = _colors(_SIGNED if limits[0] < 0 else _SIGNED[2:])
    name = f"input: {m.names[m.sequence]}"
    picture.heat_map(name, x.T, limits, colors, 91)
    if m.step_names and PLOT / picture.steps >= 8:
        picture.letters(m.step_names[m.sequence])
    values = m.traces()[m.symbol].numpy()
    limits = map_limits(m.symbol, values)
    colors = _colors(_SIGNED) if m.symbol in "gch" else _gate_map(SYMBOLS[m.symbol].color)
    order = m.order()
    where = f"layer {m.layer + 1}" if m.architecture["num_layers"] > 1 else ""
    if m.architecture["directions"] == 2:
        where = f"{where}, {('forward', 'reverse')[m.direction]}".removeprefix(", ")
    name = f"{NAMES[m.symbol]} {m.symbol} of {len(order)} units{where and f' ({where})'}"
    picture.heat_map(name, values.T[order], limits, colors, 180, row=order.index(m.unit))
    label = m.labels[m.sequence] if m.labels else None
    if m.architecture["classes"]:
        believed = m.beliefs().numpy()
        classes = shown_classes(believed, label)
        title = "belief: class probabilities if the sequence ended after step t"
        rows = picture.heat_map(
            title, believed.T[classes], (0, 1), _gate_map(CURSOR), 12 * len(classes)
        )
        for k, y in zip(classes, rows, strict=True):
            picture.class_name(LEFT - 6, y + 4, m.class_names[k], k == label)
        picture.bars(m.class_names, classes, label, *m.scores())
    gate = m.symbol if m.symbol in "ifo" else "f"
    picture.scatter(gate, *m.saturation(gate), m.unit)
    return picture.svg(m.summary(), m.step)


def map_limits(symbol: str, values: np.ndarray) -> tuple[float, float]:
    """The range of a heat map's colors."""
    if symbol == "c":
        limit = nice_limit(float(np.abs(values).max()))
        return -limit, limit
    return SYMBOLS[symbol].low, SYMBOLS[symbol].high


def _gate_map(color: str) -> LinearSegmentedColormap:
    return _colors([LIGHT_PAGE, _mixed(LIGHT_PAGE, color), color, _mixed(color, TEXT)])


def _mixed(one: str, other: str) -> str:
    """Halfway between two colors."""
    pairs = zip(*(bytes.fromhex(color[1:]) for color in (one, other)), strict=True)
    return "#" + bytes((a + b) // 2 for a, b in pairs).hex()


def _colors(stops: Sequence[str]) -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("", stops, N=255)  # odd: zero has the page's color


_SIGNED = [_mixed(NEGATIVE, TEXT), NEGATIVE, LIGHT_PAGE, POSITIVE, _mixed(POSITIVE, TEXT)]


def _png(pixels: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


class _Picture:
    """Panels under each other, as SVG text."""

    def __init__(self, steps: int) -> None:
        self.steps, self.column = steps, PLOT / steps
        self.top = 8.0
        self.parts: list[str] = []

    def text(self, x: float, y: float, text: str, fill: str = QUIET, **style: Any) -> None:
        style = {"font_size": 12} | style
        more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}"{more}>{html.escape(text)}</text>'
        )

    def heat_map(
        self,
        title: str,
        rows: np.ndarray,
        limits: tuple[float, float],
        colors: LinearSegmentedColormap,
        height: float,
        row: int | None = None,
    ) -> list[float]:
        """A panel of one pixel per row and step; returns the middle of every row."""
        low, high = limits
        self.text(LEFT, self.top + 12, title, TEXT, font_weight=600, font_size=13)
        self._legend(limits, colors)
        self.top += 20
        shares = np.clip((rows - low) / (high - low), 0, 1)
        pixels = (colors(shares)[..., :3] * 255).round().astype(np.uint8)
        self.parts.append(
            f'<image x="{LEFT}" y="{self.top:.1f}" width="{PLOT}" height="{height:.1f}" '
            'preserveAspectRatio="none" style="image-rendering: pixelated" '
            f'href="data:image/png;base64,{_png(pixels)}"/>'
            f'<rect x="{LEFT}" y="{self.top:.1f}" width="{PLOT}" height="{height:.1f}" '
            f'fill="none" stroke="{LINE}"/>'
        )
        each = height / len(rows)
        if row is not None:
            y = self.top + row * each
            self.parts.append(
                f'<rect x="{LEFT}" y="{y:.1f}" width="{PLOT}" height="{each:.1f}" fill="none" '
                f'stroke="{TEXT}" stroke-width="1.5"/>'
            )
        middles = [self.top + (n + 0.5) * each for n in range(len(rows))]
        self.top += height + 12
        return middles

    def _legend(self, limits: tuple[float, float], colors: LinearSegmentedColormap) -> None:
        strip = (colors(np.linspace(0, 1, 64))[None, :, :3] * 255).round().astype(np.uint8)
        right, y = LEFT + PLOT, self.top + 3
        low, high = (f"{'−' * (value < 0)}{abs(value):g}" for value in limits)
        self.parts.append(
            f'<image x="{right - 94}" y="{y:.1f}" width="70" height="10" '
            f'preserveAspectRatio="none" href="data:image/png;base64,{_png(strip)}"/>'
        )
        self.text(right - 98, y + 9, low, text_anchor="end")
        self.text(right, y + 9, high, text_anchor="end")

    def letters(self, names: Sequence[str]) -> None:
        """A short text under every step."""
        for t, name in enumerate(names):
            x = LEFT + (t + 0.5) * self.column
            self.text(x, self.top + 2, name, TEXT, font_size=13, text_anchor="middle")
        self.top += 16

    def class_name(self, x: float, y: float, name: str, is_true: bool) -> None:
        style = {"font_weight": 700} if is_true else {}
        text = f"\u25b8 {name}" if is_true else name
        self.text(x, y, text, TEXT if is_true else QUIET, text_anchor="end", **style)

    def bars(
        self,
        names: Sequence[str],
        classes: Sequence[int],
        label: int | None,
        before: Tensor,
        after: Tensor,
    ) -> None:
        """The answer after the last step, without and with the edits."""
        self.text(BARS, 20, "answer: before (pale), after", TEXT, font_weight=600, font_size=13)
        for n, k in enumerate(classes):
            y = 40 + 20 * n
            self.class_name(BARS + 46, y + 8, names[k], k == label)
            for top, value, color in ((0, before[k], "#9aa2b1"), (6, after[k], CURSOR)):
                self.parts.append(
                    f'<rect x="{BARS + 54}" y="{y + top - 2}" width="{150 * float(value):.1f}" '
                    f'height="5" fill="{color}"/>'
                )
            self.text(WIDTH - 6, y + 8, f"{float(after[k]):.2f}", TEXT, text_anchor="end")

    def scatter(self, gate: str, left: Tensor, right: Tensor, unit: int) -> None:
        """Shares of time that the units' gate is nearly shut and nearly open."""
        size, x0, top = 150, BARS + 54, self.top - 12 - 178
        about = {"text_anchor": "middle", "font_size": 11}
        self.text(BARS, top - 12, f"saturation of {gate}", TEXT, font_weight=600, font_size=13)
        self.parts.append(
            f'<path d="M{x0} {top:.1f}v{size}h{size}" fill="none" stroke="{QUIET}"/>'
            f'<path d="M{x0} {top:.1f}l{size} {size}" stroke="{LINE}" stroke-dasharray="3 3"/>'
        )
        for share in (0, 1):
            self.text(x0 + share * size, top + size + 13, str(share), **about)
            self.text(x0 - 8, top + size + 4 - share * size, str(share), **about)
        self.text(x0 + size / 2, top + size + 27, "share of time below 0.1", **about)
        turned = f"rotate(-90 {x0 - 24} {top + size / 2:.1f})"
        self.text(x0 - 24, top + size / 2, "share above 0.9", transform=turned, **about)
        for u, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
            x, y = x0 + size * pair[0], top + size * (1 - pair[1])
            ring = f' stroke="{TEXT}" stroke-width="2"' if u == unit else ' fill-opacity="0.5"'
            color = SYMBOLS[gate].color
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"{ring}/>')

    def svg(self, title: str, step: int) -> str:
        bottom = self.top - 12
        self.parts.append(
            f'<rect x="{LEFT + step * self.column:.1f}" y="26" width="{self.column:.1f}" '
            f'height="{bottom - 26:.1f}" fill="none" stroke="{CURSOR}" stroke-width="1.5"/>'
        )
        every = next(gap for gap in (1, 2, 5, 10, 20, 50) if gap * self.column >= 30)
        for t in range(1, self.steps + 1):
            if t == 1 or (t % every == 0 and t > every / 2):
                x = LEFT + (t - 0.5) * self.column
                self.text(x, bottom + 14, str(t), text_anchor="middle")
        self.text(LEFT - 6, bottom + 14, "step t", text_anchor="end")
        height = bottom + 20
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.1f}" '
            f'width="{WIDTH}" height="{height:.1f}" role="img" '
            f'font-family="system-ui, DejaVu Sans, sans-serif">'
            f"<title>{html.escape(title)}</title>"
            f'<rect width="100%" height="100%" fill="{LIGHT_PAGE}"/>{"".join(self.parts)}</svg>'
        )
