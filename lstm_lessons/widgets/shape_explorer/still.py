"""The still picture of a shape explorer: what a viewer shows that runs no script."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS
from lstm_lessons.widgets.shape_explorer.shapes import KINDS, Settings, is_parameter

if TYPE_CHECKING:
    from lstm_lessons.widgets.shape_explorer.widget import ShapeExplorer

TEXT, QUIET, PANEL, LINE = "#1f2430", "#555e6e", "#f6f7f9", "#c9ced8"
CELL, CELL_EDGE, PADDED_CELL, PADDED_EDGE = "#cadcf4", "#0b5fd0", "#f2d999", "#b07d00"
H, C = SYMBOLS["h"].color, SYMBOLS["c"].color
WIDTH, NETWORK, LEFT, RIGHT, BOX = 980, 664, 160, 104, 24
MOST_COLUMNS = 12


def shown_steps(steps: int, length: int) -> list[int | None]:
    """The steps to draw, and None for each place where some are left out."""
    if steps <= MOST_COLUMNS:
        return list(range(steps))
    wanted = {0, 1, 2, length - 2, length - 1, length, steps - 2, steps - 1}
    shown: list[int | None] = []
    for t in sorted(t for t in wanted if 0 <= t < steps):
        if shown and t > shown[-1] + 1:
            shown.append(None)
        shown.append(t)
    return shown


def draw_shapes(explorer: ShapeExplorer) -> str:
    """The unrolled network and the shape of every tensor as SVG, as on a light page."""
    settings, sheet = explorer.settings(), _Sheet()
    picked = explorer.sequence if explorer.batched else 0
    bottom = max(_network(sheet, settings, picked), _tensors(sheet, explorer))
    bottom = _parameters(sheet, explorer, bottom + 24) + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" width="{WIDTH}" '
        f'height="{bottom}" role="img" font-family="system-ui, DejaVu Sans, sans-serif" '
        f'font-size="12"><title>{html.escape(explorer.summary())}</title>'
        f'<rect width="100%" height="100%" fill="{LIGHT_PAGE}"/>{"".join(sheet.parts)}</svg>'
    )


class _Sheet:
    """SVG text that grows."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def text(self, x: float, y: float, text: str, fill: str = TEXT, **style: Any) -> None:
        self.parts.append(
            f'<text x="{_short(x)}" y="{_short(y)}" fill="{fill}"{_style(style)}>'
            f"{html.escape(text)}</text>"
        )

    def code(self, x: float, y: float, text: str, fill: str = TEXT, **style: Any) -> None:
        monospace = {"font_family": "DejaVu Sans Mono, monospace", "font_size": 13}
        self.text(x, y, text, fill, **monospace | style)

    def box(self, x: float, y: float, width: float, height: float, **style: Any) -> None:
        """A rectangle; x is its middle."""
        style = {"fill": LIGHT_PAGE, "rx": 4} | style
        self.parts.append(
            f'<rect x="{_short(x - width / 2)}" y="{_short(y)}" width="{_short(width)}" '
            f'height="{_short(height)}"{_style(style)}/>'
        )

    def arrow(self, x1: float, y1: float, x2: float, y2: float) -> None:
        dx, dy = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
        corners = [
            (x2 - 6 * dx - 3.5 * dy, y2 - 6 * dy - 3.5 * dx),
            (x2, y2),
            (x2 - 6 * dx + 3.5 * dy, y2 - 6 * dy + 3.5 * dx),
        ]
        head = "L".join(f"{_short(x)} {_short(y)}" for x, y in corners)
        line = f"M{_short(x1)} {_short(y1)}L{_short(x2 - 5 * dx)} {_short(y2 - 5 * dy)}"
        self.parts.append(
            f'<path d="{line}" stroke="{QUIET}" stroke-width="1.4"/>'
            f'<path d="M{head}Z" fill="{QUIET}"/>'
        )


def _network(sheet: _Sheet, settings: Settings, picked: int) -> float:
    """The network as sequence `picked` runs through it; the lower edge of the drawing."""
    layers, directions, steps = settings.num_layers, settings.directions, settings.steps
    length = settings.lengths[picked]
    end = steps if settings.batched and not settings.packed else length
    columns = shown_steps(steps, length)
    wide = (NETWORK - LEFT - RIGHT) / len(columns)
    row_height = max(24, min(34, 190 // (layers * directions)))
    gap = 12 if layers > 3 else 18
    band = directions * row_height + 6
    top = 10
    input_top = top + BOX + gap + layers * (band + gap)
    cell_wide, cell_high, box_wide = max(10, min(48, wide - 18)), row_height - 12, min(56, wide - 6)
    half = box_wide / directions

    def at(column: int) -> float:
        return LEFT + (column + 0.5) * wide

    def band_top(layer: int) -> float:
        return top + BOX + gap + (layers - 1 - layer) * (band + gap)

    for layer in range(layers):
        sheet.box(NETWORK / 2, band_top(layer), NETWORK, band, fill=PANEL, rx=8)
        sheet.text(8, band_top(layer) + band / 2 + 4, f"layer {layer}")
    for name, y in (("output", top), ("input", input_top)):
        sheet.code(LEFT - 12, y + BOX / 2 + 4, name, text_anchor="end")
    dashes = {"fill": PANEL, "stroke": LINE, "stroke_dasharray": "3 3"}
    for column, t in enumerate(columns):
        x = at(column)
        if t is None:
            for y in (top, input_top):
                sheet.text(x, y + BOX / 2 + 4, "\u2026", text_anchor="middle")
            continue
        padding, idle = t >= length, t >= end
        sheet.box(x, input_top, box_wide, BOX, **dashes if padding else {"stroke": QUIET})
        label = ("pad" if wide > 30 else "\u2013") if padding else f"x{_lowered(t + 1)}"
        sheet.text(x, input_top + 16, label, QUIET if padding else TEXT, text_anchor="middle")
        for direction in range(directions):
            place = x + (half * (direction - 0.5) if directions == 2 else 0)
            style = dashes if idle else {"fill": "#efe1e7", "stroke": H}
            sheet.box(place, top, half, BOX, **style)
            name = f"h{_lowered(t + 1)}" if directions == 1 else (":H", "H:")[direction]
            if directions == 2 and half <= 20:
                name = "\u2192\u2190"[direction]
            sheet.text(place, top + 16, "0" if idle else name, text_anchor="middle")
        if not idle:
            for layer in range(layers):
                below = band_top(layer - 1) if layer else input_top
                sheet.arrow(x, below, x, band_top(layer) + band)
            sheet.arrow(x, band_top(layers - 1), x, top + BOX)
    shown = [(t, at(column)) for column, t in enumerate(columns) if t is not None]
    for layer in range(layers):
        for direction in range(directions):
            y = band_top(layer) + 3 + (direction + 0.5) * row_height
            order = -1 if direction else 1
            read = [x for t, x in shown if t < end][::order]
            edge, to_edge = order * cell_wide / 2, (LEFT - 6, NETWORK - RIGHT + 6)[::order]
            sheet.arrow(to_edge[0], y, read[0] - edge, y)
            for x, following in zip(read, read[1:], strict=False):
                sheet.arrow(x + edge, y, following - edge, y)
            sheet.arrow(read[-1] + edge, y, to_edge[1], y)
            for t, x in shown:
                style = {"fill": CELL, "stroke": CELL_EDGE}
                if t >= end:
                    style = dashes
                elif t >= length:
                    style = {"fill": PADDED_CELL, "stroke": PADDED_EDGE}
                sheet.box(x, y - cell_high / 2, cell_wide, cell_high, rx=7, **style)
            row = layer * directions + direction
            for n, name in enumerate(("h_0", "c_0", "h_n", "c_n")):
                at_left = name.endswith("0") is (direction == 0)
                x = (LEFT - 80 if at_left else NETWORK - RIGHT + 34) + n % 2 * 47
                color = H if name[0] == "h" else C
                sheet.box(x, y - 10, 45, 20, stroke=color)
                size = 12 if row < 10 else 10.5
                label = f"{name}[{row}]"
                sheet.text(x, y + 4, label, color, text_anchor="middle", font_size=size)
    return input_top + BOX


def _tensors(sheet: _Sheet, explorer: ShapeExplorer) -> float:
    """Shapes of what goes in and out, and the equal slices; the lower edge."""
    left, y = NETWORK + 22, 26
    shapes, axes = explorer.shapes(), explorer.axes()
    for name, shape in shapes.items():
        if is_parameter(name):
            continue
        sheet.code(left, y, name, H if name == "output" or name[0] == "h" else TEXT)
        sheet.text(left + 66, y, _times(shape), font_weight=700, font_size=15)
        sheet.text(left + 190, y, _times(axes[name]), QUIET)
        y += 28
    for output, state in explorer.equalities():
        size = 13 if len(output) < 26 else 11
        sheet.code(left, y + 4, output, font_size=size)
        sheet.code(left, y + 20, f"== {state}", font_size=size)
        y += 42
    return y


def _parameters(sheet: _Sheet, explorer: ShapeExplorer, top: float) -> float:
    """A row per layer and direction; the lower edge."""
    shapes, axes = explorer.shapes(), explorer.axes()
    names = [name for name in shapes if is_parameter(name)]
    columns = len(KINDS) if explorer.bias else 2
    sheet.text(8, top, f"{explorer.parameter_count():,} parameters", font_weight=700, font_size=14)
    for n, name in enumerate(names):
        x, y = 8 + n % columns * (WIDTH - 8) / columns, top + 20 + 18 * (n // columns)
        sheet.code(x, y, name, font_size=11)
        sheet.text(x + 144, y, _times(shapes[name]), font_weight=700)
        if columns == 2:
            sheet.text(x + 260, y, _times(axes[name]), QUIET)
    return top + 20 + 18 * ((len(names) - 1) // columns)


def _times(sizes: tuple) -> str:
    return " \u00d7 ".join(map(str, sizes))


def _lowered(number: int) -> str:
    return "".join(chr(0x2080 + int(digit)) for digit in str(number))


def _style(style: dict[str, Any]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
