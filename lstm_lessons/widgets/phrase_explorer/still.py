"""The still picture of a phrase explorer: what a viewer shows that runs no script."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS

if TYPE_CHECKING:
    from lstm_lessons.widgets.phrase_explorer.widget import PhraseExplorer

TEXT, QUIET, LINE, ACCENT = "#1f2430", "#555e6e", "#c9ced8", "#0b5fd0"
WIDTH, LEFT, RIGHT, BARS = 960, 110, 690, 706
TOP, ROW, TRACE = 78, 18, 44
FEWEST_COLUMNS = 24


def draw_phrase(explorer: PhraseExplorer) -> str:
    """The phrase, the belief after each letter, the answer, and a unit's traces, as SVG."""
    parts: list[str] = []

    def text(x: float, y: float, words: str, fill: str = TEXT, **style: Any) -> None:
        extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
        parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}"{extra}>{html.escape(words)}</text>'
        )

    def box(x: float, y: float, width: float, height: float, style: str) -> None:
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {style}/>'
        )

    letters, beliefs = explorer.read(), explorer.beliefs().numpy()
    column = (RIGHT - LEFT) / max(FEWEST_COLUMNS, len(letters))
    classes = len(explorer.class_names)
    text(LEFT, 24, explorer.summary().removeprefix("PhraseExplorer: "), font_size=16)
    text(LEFT, 48, "Belief if the phrase ended after this letter", QUIET)
    for t, letter in enumerate(letters):
        text(LEFT + (t + 0.5) * column, TOP - 8, letter, text_anchor="middle", font_size=15)
    best = int(beliefs[-1].argmax()) if letters else -1
    for k, name in enumerate(explorer.class_names):
        y = TOP + k * ROW
        style = {"font_weight": 700} if k == best else {}
        text(LEFT - 8, y + 13, name, TEXT if k == best else QUIET, text_anchor="end", **style)
        for t in range(len(letters)):
            if beliefs[t, k] >= 0.004:
                fill = f'fill="{ACCENT}" fill-opacity="{beliefs[t, k]:.3f}"'
                box(LEFT + t * column, y, column, ROW, fill)
        if letters:
            box(BARS, y + 4, 150 * float(beliefs[-1, k]), ROW - 8, f'fill="{ACCENT}"')
            color = TEXT if k == best else QUIET
            text(WIDTH - 12, y + 13, f"{beliefs[-1, k]:.0%}", color, text_anchor="end", **style)
    box(LEFT, TOP, RIGHT - LEFT, classes * ROW, f'fill="none" stroke="{LINE}"')
    top = TOP + classes * ROW + 34
    side = "reverse" if explorer.direction else "forward"
    text(LEFT, top - 10, f"Unit {explorer.unit}, {side} direction", font_weight=700)
    traces = explorer.traces()
    for keys in (("i", "f", "o"), ("g", "h"), ("c",)):
        series = {key: traces[key][:, explorer.unit].tolist() for key in keys}
        limit = max([0.2, *map(abs, series["c"])]) if keys == ("c",) else 1.0
        low = 0.0 if "i" in keys else -limit
        box(LEFT, top, RIGHT - LEFT, TRACE, f'fill="none" stroke="{LINE}"')
        for n, key in enumerate(keys):
            symbol = SYMBOLS[key]
            ys = [top + TRACE * (limit - value) / (limit - low) for value in series[key]]
            if ys:
                path = "".join(
                    f"{f'V{y:.1f}' if t else f'M{LEFT} {y:.1f}'}H{LEFT + (t + 1) * column:.1f}"
                    for t, y in enumerate(ys)
                )
                dash = f' stroke-dasharray="{symbol.dash}"' if symbol.dash else ""
                parts.append(
                    f'<path d="{path}" fill="none" stroke="{symbol.color}" stroke-width="2"{dash}/>'
                )
            text(BARS, top + 13 + 15 * n, f"{key}  {symbol.name}", symbol.color)
        top += TRACE + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 6}" width="{WIDTH}" '
        f'height="{top + 6}" role="img" font-family="system-ui, DejaVu Sans, sans-serif" '
        f'font-size="13"><title>{html.escape(explorer.summary())}</title>'
        f'<rect width="100%" height="100%" fill="{LIGHT_PAGE}"/>{"".join(parts)}</svg>'
    )
