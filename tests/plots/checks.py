"""What every figure is held to: named axes, lines apart without color, alt text that names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstm_lessons import plots


def names(value: object) -> Iterator[str]:
    """The names in what a figure is given: the keys of its mappings, inner ones too."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str):
                yield key
            yield from names(inner)


def draw(name: str, arguments: tuple, **options):
    """Draw a figure, check what every figure must keep, and return it with its alt text.

    Panels of pictures (a heat map, a grid of letters) and those that are switched off are left
    out; a y axis may name its rows one by one instead of having a label.
    """
    figure, alt = getattr(plots, name).draw(*arguments, **options)
    for given in (*arguments, *options.values()):
        missing = {key for key in names(given) if key not in alt}
        assert not missing, f"the alt text does not name {missing}: {alt}"
    for axes in figure.axes:
        if not axes.axison or axes.get_label() == "<colorbar>":
            continue
        place = axes.get_subplotspec()
        rows_named = any(label.get_text() for label in axes.get_yticklabels())
        assert axes.get_xlabel() or not place.is_last_row()
        assert axes.get_ylabel() or rows_named or not place.is_first_col()
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        named = [line for line in named if line.get_label()]
        styles = {(line.get_linestyle(), line.get_marker()) for line in named}
        assert len(styles) == len(named), "two lines differ in color alone"
    return figure, alt
