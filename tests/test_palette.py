"""The palette holds what it promises: readable on its page, and apart for every kind of eye."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from lstm_lessons.palette import DARK, DARK_PAGE, GATES, LIGHT, LIGHT_PAGE, RIVALS, SYMBOLS, Symbol

PAGES = pytest.mark.parametrize(
    "attribute, page", [("color", LIGHT_PAGE), ("dark_color", DARK_PAGE)], ids=["light", "dark"]
)

# The least distance between two symbols in CAM02-UCS, where about 1 is just noticeable.
# Measured with full color vision: 25.9 on the light page, 20.8 on the dark one (f and h).
# With a missing cone type, simulated at severity 100 after Machado et al. (2009): 8.6 on the
# light page (c and h, protanopia), 9.2 on the dark one (i and o, tritanopia). The bounds lie
# a little below, so that a color may be tuned but no pair may come closer.
LEAST_DISTANCE = {"full": 20.0, "deuteranomaly": 8.0, "protanomaly": 8.0, "tritanomaly": 8.0}


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


def test_contrast_of_known_colors():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@PAGES
@pytest.mark.parametrize("key", SYMBOLS)
def test_every_symbol_reads_on_its_page(key, attribute, page):
    ratio = contrast(getattr(SYMBOLS[key], attribute), page)
    assert ratio >= 4.5, f"{key} has contrast {ratio:.2f} on {page}, below 4.5"


@pytest.mark.parametrize("page", [LIGHT_PAGE, "#111111"], ids=["light", "dark JupyterLab"])
@pytest.mark.parametrize("key", SYMBOLS)
def test_every_equation_reads_on_light_and_dark_pages(key, page):
    color = SYMBOLS[key].equation_color
    assert not color or contrast(color, page) >= 3.5  # 4.5 on both is out of any color's reach


@PAGES
@pytest.mark.parametrize("vision", LEAST_DISTANCE)
def test_symbols_stay_apart(vision, attribute, page):
    colors = {key: seen(getattr(symbol, attribute), vision) for key, symbol in SYMBOLS.items()}
    for first, second in itertools.combinations(colors, 2):
        distance = float(deltaE(colors[first], colors[second], input_space="sRGB1"))
        assert distance >= LEAST_DISTANCE[vision], (
            f"{first} and {second} are {distance:.1f} apart on {page} with {vision} vision"
        )


@PAGES
def test_every_rival_and_every_text_reads_on_its_page(attribute, page):
    on_page = LIGHT if page == LIGHT_PAGE else DARK
    for color in (on_page.text, on_page.quiet, on_page.focus):
        assert min(contrast(color, page), contrast(color, on_page.panel)) >= 4.5
    for rival in RIVALS:
        assert contrast(getattr(rival, attribute), page) >= 4.5, rival


@PAGES
@pytest.mark.parametrize("vision", LEAST_DISTANCE)
def test_rivals_stay_apart_from_each_other_and_from_the_measured_data(vision, attribute, page):
    data = (LIGHT if page == LIGHT_PAGE else DARK).text
    colors = [data, *(getattr(rival, attribute) for rival in RIVALS)]
    for first, second in itertools.combinations(colors, 2):
        distance = float(deltaE(seen(first, vision), seen(second, vision), input_space="sRGB1"))
        # Measured: 27.6 with full color vision (blue and purple, dark), 14.5 with a cone missing.
        assert distance >= (25 if vision == "full" else 13), f"{first} and {second}: {distance:.1f}"


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
    dashed = Symbol("#000000", "#ffffff", "6 2", "s", "q", "query", "q_t", "#123456", 0, 1)
    assert dashed.linestyle == (0, (6.0, 2.0))
    assert dashed.tex == r"{\color{#123456}{q_t}}"
    plain = dataclasses.replace(dashed, dash="", equation_color="")
    assert (plain.linestyle, plain.tex) == ("-", "q_t")
