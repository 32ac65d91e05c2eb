"""What the template of the shape explorer's diagram is filled with; the browser's ``layout`` too.

``shape_explorer_layout.json`` has the sizes that vary, ``shape_explorer_picture.svg`` the drawing: Python and the
browser read both, and a test compares what they fill in.
"""

import json
from importlib import resources
from itertools import pairwise
from typing import Any

from lstm_lessons.widgets.shape_explorer.shapes import Settings

_TEXT = resources.files(__package__).joinpath("shape_explorer_layout.json").read_text("utf-8")
SIZES = json.loads(_TEXT)


def shown_steps(steps: int, length: int) -> list[int | None]:
    """The steps to draw, and None for each place where some are left out."""
    if steps <= SIZES["most_columns"]:
        return list(range(steps))
    wanted = {0, 1, 2, length - 2, length - 1, length, steps - 2, steps - 1}
    shown: list[int | None] = []
    for t in sorted(t for t in wanted if 0 <= t < steps):
        if shown and t > shown[-1] + 1:
            shown.append(None)
        shown.append(t)
    return shown


def layout(settings: Settings, picked: int) -> dict[str, Any]:
    """The network as sequence ``picked`` of the batch runs through it, as the template names it."""
    L, D = settings.num_layers, settings.directions
    length, steps = settings.lengths[picked], settings.steps
    end = steps if settings.batched and not settings.packed else length  # reads steps 0 to end - 1
    box, cell, row, band = (SIZES[name] for name in ("box", "cell", "row", "band"))
    columns = shown_steps(steps, length)
    pitch = (SIZES["right"] - SIZES["left"]) / len(columns)
    middles = [SIZES["left"] + (k + 0.5) * pitch for k in range(len(columns))]
    width = min(box["most"], pitch - box["gap"])
    cell_width = max(cell["least"], min(cell["most"], pitch - cell["gap"]))
    row_height = max(row["least"], min(row["most"], row["together"] // (L * D)))
    band_height = D * row_height + 2 * band["padding"]
    band_gap = band["gap"] if L <= band["few"] else band["narrow_gap"]
    # Of the layers and, last, of the input.
    *tops, input_top = (box["height"] + band_gap + n * (band_height + band_gap) for n in range(L + 1))
    tops.reverse()
    places = [
        {"step": t, "x": x, "padding": t >= length, "idle": t >= end}
        for t, x in zip(columns, middles, strict=True)
        if t is not None
    ]
    return {
        "cell": cell_width,
        "cell_half": cell_width / 2,
        "cell_height": row_height - row["gap"],
        "cell_rise": (row_height - row["gap"]) / 2,
        "band": band_height,
        "middle": band_height / 2,
        "box": width,
        "box_half": width / 2,
        "output": width / D,
        "output_half": width / D / 2,
        "input": input_top + box["height"] / 2,
        "height": input_top + box["height"],
        "gaps": [{"x": x} for t, x in zip(columns, middles, strict=True) if t is None],
        "layers": [
            {
                "layer": layer,
                "y": y,
                "rows": [
                    {"y": band["padding"] + (direction + 0.5) * row_height, "direction": direction}
                    | _row(places, direction, layer * D + direction, cell_width)
                    for direction in range(D)
                ],
            }
            for layer, y in enumerate(tops)
        ],
        "steps": [place | _column(place, D, pitch, width / D, [input_top, *tops, 0], band_height) for place in places],
    }


def _row(places: list[dict], direction: int, index: int, cell_width: float) -> dict[str, Any]:
    """One layer and direction: its cells, the arrows in the order of reading, and its states."""
    read = [place["x"] for place in places if not place["idle"]]
    start, stop = SIZES["ends"]
    edges = [(x - cell_width / 2, x + cell_width / 2) for x in read]
    edges = [(start, start), *edges, (stop, stop)]
    if direction:
        edges = [edge[::-1] for edge in reversed(edges)]
    before, after = SIZES["states"][:: -1 if direction else 1]
    states = zip(("h_0", "c_0", "h_n", "c_n"), (*before, *after), strict=True)
    return {
        "angle": 180 if direction else 0,
        "index": index,
        "size": "sx-small" if index > 9 else None,
        "arrows": [{"x": tip, "length": abs(tip - x)} for (_, x), (tip, _) in pairwise(edges)],
        "cells": places,
        "states": [{"part": part, "x": x} for part, x in states],
    }


def _column(
    place: dict, directions: int, pitch: float, half: float, levels: list[float], band_height: float
) -> dict[str, Any]:
    """One step: its input, its output, and the arrows up from level to level."""
    t, padding = place["step"], "pad" if pitch > SIZES["roomy"]["step"] else "\u2013"
    sides = (":H", "H:") if half > SIZES["roomy"]["half"] else ("\u2192", "\u2190")
    names = sides if directions == 2 else (f"h{_lowered(t + 1)}",)
    heights = [*[band_height] * (len(levels) - 2), SIZES["box"]["height"]]
    tips = [y + height for y, height in zip(levels[1:], heights, strict=True)]
    arrows = [{"y": tip, "length": start - tip} for (start, tip) in zip(levels, tips, strict=False)]
    return {
        "label": padding if place["padding"] else f"x{_lowered(t + 1)}",
        "outputs": [
            {
                "direction": direction,
                "x": (direction - (directions - 1) / 2) * half,
                "label": "0" if place["idle"] else name,
            }
            for direction, name in enumerate(names)
        ],
        "ups": [] if place["idle"] else arrows,
    }


def _lowered(number: int) -> str:
    return "".join(chr(0x2080 + int(digit)) for digit in str(number))
