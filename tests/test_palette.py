"""The palette holds what it promises: readable on its page, and apart for every kind of eye."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from lstm_lessons.palette import DARK, DARK_FILTER, DARK_PAGE, GATES, LIGHT, LIGHT_PAGE, RIVALS, SYMBOLS, Symbol

# The least distance between two of them in CAM02-UCS, where about 1 is just noticeable; with a
# missing cone type it is simulated at severity 100 after Machado et al. (2009). The bounds lie a
# little below what was measured, so that a color may be tuned but no pair may come closer.
LEAST_DISTANCE = {"full": 19.0, "deuteranomaly": 8.0, "protanomaly": 8.0, "tritanomaly": 8.0}


def srgb(color: str) -> np.ndarray:
    """Red, green and blue of "#rrggbb", from 0 to 1."""
    return np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)]) / 255


def contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2.2, from 1 to 21."""

    def luminance(color: str) -> float:
        value = srgb(color)
        linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def seen(color: str, vision: str) -> np.ndarray:
    """The color as an eye with this vision sees it, in sRGB."""
    if vision == "full":
        return srgb(color)
    space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
    return np.clip(cspace_convert(srgb(color), space, "sRGB1"), 0, 1)


def turned(color: str) -> str:
    """What `DARK_FILTER` makes of a color, after the W3C's Filter Effects Module."""
    amount, degrees = map(float, re.fullmatch(r"invert\((.+)\) hue-rotate\((.+)deg\)", DARK_FILTER).groups())
    gray = np.array([0.213, 0.715, 0.072])
    sine = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]]
    angle = np.radians(degrees)
    turn = gray + np.cos(angle) * (np.eye(3) - gray) + np.sin(angle) * np.array(sine)
    value = turn @ (amount - (2 * amount - 1) * srgb(color))
    return "#" + "".join(f"{round(255 * part):02x}" for part in np.clip(value, 0, 1))


# The shades that a line has: on a light page, on a dark one, and in a figure on a dark page.
SHADES = {
    "light": (lambda line: line.color, LIGHT_PAGE),
    "dark": (lambda line: line.dark_color, DARK_PAGE),
    "figure on a dark page": (lambda line: turned(line.color), turned(LIGHT_PAGE)),
}
EVERY_SHADE = pytest.mark.parametrize("shade, page", SHADES.values(), ids=SHADES)
EVERY_SET = pytest.mark.parametrize(
    "lines", [tuple(SYMBOLS.values()), (SYMBOLS["c"], *RIVALS)], ids=["symbols", "rivals and data"]
)


def test_contrast_of_known_colors():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@EVERY_SET
@EVERY_SHADE
def test_every_line_reads_on_its_page(lines, shade, page):
    for line in lines:
        ratio = contrast(shade(line), page)
        assert ratio >= 4.5, f"{line} has contrast {ratio:.2f} on {page}, below 4.5"


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_text_reads_on_its_page_and_in_a_panel(colors):
    for color in (colors.text, colors.quiet, colors.focus):
        assert min(contrast(color, colors.page), contrast(color, colors.panel)) >= 4.5


@pytest.mark.parametrize("key", SYMBOLS)
def test_every_equation_reads_on_light_and_on_dark_pages(key):
    if SYMBOLS[key].color in SYMBOLS[key].tex:  # 4.5 on both is out of any color's reach
        assert contrast(SYMBOLS[key].color, "#111111") >= 3.4, "in JupyterLab's dark theme"


@EVERY_SET
@EVERY_SHADE
@pytest.mark.parametrize("vision", LEAST_DISTANCE)
def test_lines_stay_apart(vision, shade, page, lines):
    for first, second in itertools.combinations(lines, 2):
        pair = [seen(shade(line), vision) for line in (first, second)]
        distance = float(deltaE(*pair, input_space="sRGB1"))
        assert distance >= LEAST_DISTANCE[vision], f"{first}, {second}: {distance:.1f} apart"


@EVERY_SET
def test_a_figure_on_a_dark_page_has_colors_near_the_dark_shades(lines):
    for line in lines:
        pair = [srgb(turned(line.color)), srgb(line.dark_color)]
        assert deltaE(*pair, input_space="sRGB1") < 14, line


def test_color_is_never_the_only_clue():
    assert len({symbol.marker for symbol in SYMBOLS.values()}) == len(SYMBOLS)
    assert len({gate.dash for gate in GATES}) == len(GATES)
    assert SYMBOLS["c"].dash != SYMBOLS["h"].dash
    for attribute in ("dash", "marker"):
        assert len({getattr(rival, attribute) for rival in RIVALS}) == len(RIVALS)


def test_gates_stand_in_the_order_of_torch():
    assert [gate.key for gate in GATES] == ["i", "f", "g", "o"]
    assert list(SYMBOLS) == list("ifgoch")


def test_linestyle_and_latex():
    dashed = Symbol("#123456", "#ffffff", "6 2", "s", "q", "query", "q_t", 0, 1)
    assert dashed.linestyle == (0, (6.0, 2.0))
    assert dashed.tex == r"{\color{#123456}{q_t}}"
    plain = dataclasses.replace(dashed, dash="", color=LIGHT.text)
    assert (plain.linestyle, plain.tex) == ("-", "q_t")
