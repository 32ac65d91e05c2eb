"""The palette as CSS, on light and on dark pages: of widgets, figures and equations."""

from base64 import b64encode

from lstm_lessons.palette import DARK, DARK_FILTER, FIGURE_MARK, LIGHT, RIVALS, SYMBOLS, Page


def _where_dark(selector: str, declarations: str) -> str:
    """A rule for JupyterLab's dark themes, and for a Sphinx page that is dark; paper is light."""
    rule = f":is({selector}) {{ {declarations} }}"
    return (
        f'@media not print {{ [data-jp-theme-light="false"] {rule}\nbody[data-theme="dark"] {rule} }}\n'
        # Set to neither, such a page follows the system.
        f'@media not print {{ @media (prefers-color-scheme: dark) {{ body[data-theme="auto"] {rule} }} }}\n'
    )


def _variables(page: Page, shade: str) -> str:
    symbols = {key: getattr(symbol, shade) for key, symbol in SYMBOLS.items()}
    rivals = {f"rival-{rank}": getattr(line, shade) for rank, line in enumerate(RIVALS)}
    colors = vars(page) | symbols | rivals
    return " ".join(f"--ll-{name}: {color};" for name, color in colors.items())


def variables() -> str:
    """The colors as CSS variables of a widget."""
    dark = f"{_variables(DARK, 'dark_color')} color-scheme: dark;"
    # Twice as long as in matplotlib, which counts in widths of the line.
    dashes = (" ".join(f"{2 * float(part):g}" for part in line.dash.split()) for line in RIVALS)
    lines = " ".join(f"--ll-rival-{n}-dash: {dash or 'none'};" for n, dash in enumerate(dashes))
    light = f".lstm-lessons {{ {_variables(LIGHT, 'color')} {lines} }}\n"
    return light + _where_dark(".lstm-lessons", dark) + _forced()


def _forced() -> str:
    """Where the system forces its colors on a page, its background decides, whatever the page's theme is."""
    shades = {"light": _variables(LIGHT, "color"), "dark": _variables(DARK, "dark_color")}
    return "".join(
        f"@media (forced-colors: active) and (prefers-color-scheme: {scheme}) {{ html .lstm-lessons.lstm-lessons "
        f"{{ {colors} color-scheme: {scheme}; }} }}\n"
        for scheme, colors in shades.items()
    )


def figures() -> str:
    """What turns a figure dark.

    JupyterLab writes a figure's whole file, in base64, into the page; our mark in it tells it from a reader's own
    images. The 33 bytes before the mark are 44 letters, whatever they are.
    """
    text = f"tEXtSoftware\0{FIGURE_MARK}".encode()
    chunk = (len(text) - 4).to_bytes(4, "big") + text
    mark = b64encode(chunk[: len(chunk) // 3 * 3]).decode()
    card = f"padding: 8px 10px; box-sizing: border-box; border-radius: 8px; background: {LIGHT.page};"
    return _where_dark(f"img[src*='{mark}'], .cell_output img", f"filter: {DARK_FILTER}; {card}")


def equations() -> str:
    """What gives the symbols in an equation their dark shade: as SVG, and as JupyterLab's HTML."""
    rules = []
    for symbol in SYMBOLS.values():
        if symbol.color in symbol.tex:
            rgb = ", ".join(str(int(symbol.color[start : start + 2], 16)) for start in (1, 3, 5))
            shade = f"fill: {symbol.dark_color}; stroke: {symbol.dark_color};"
            rules.append(_where_dark(f"mjx-container [fill='{symbol.color}']", shade))
            shade = f"color: {symbol.dark_color} !important;"
            rules.append(_where_dark(f"mjx-container [style*='rgb({rgb})']", shade))
    return "".join(rules)
