"""What the figures share: their look, how they are shown, and the parts they are made of.

Two figures that several lessons show stand here as well: `history` and `accuracies`.
"""

import base64
import functools
import io
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lstm_lessons.checks import kind, text
from lstm_lessons.palette import FIGURE_MARK, LIGHT, RIVALS, SYMBOLS, Line
from lstm_lessons.plots import arguments

if TYPE_CHECKING:
    from lstm_lessons.train import History

Drawn = tuple[Figure, str]  # a figure and its alt text
DOTS_PER_INCH = 144  # twice the shown size, so that figures are sharp on a projector
INK, GRAY = LIGHT.text, LIGHT.quiet
BLUE, RED = RIVALS[0].color, RIVALS[-1].color  # what a figure is about; what is wrong
YELLOW = "#f2c94c"  # points a place out, behind the curves
_INKED = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
STYLE = dict.fromkeys(_INKED, INK) | {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same widths everywhere
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#d9dde5",
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "lines.linewidth": 2.2,
    "legend.frameon": False,
    "figure.facecolor": LIGHT.page,
}


def png(figure: Figure, dots_per_inch: int = DOTS_PER_INCH) -> bytes:
    """A figure as a PNG in 256 colors, which take a third of the bytes of all of them."""
    figure.set_dpi(dots_per_inch)
    canvas = FigureCanvasAgg(figure)
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # A letter that no font here has is drawn as a box.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        canvas.draw()
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    file, marked = io.BytesIO(), PngInfo()
    marked.add_text("Software", FIGURE_MARK)  # on a dark page it is turned dark
    few = pixels.quantize(256, dither=Image.Dither.NONE)
    few.save(file, "png", optimize=True, pnginfo=marked)
    return file.getvalue()


def show(figure: Figure, *, alt: str, place: str | None = None, update: bool = False) -> None:
    """Display a figure as a PNG with alt text.

    Args:
        alt: one or two sentences that tell a reader who cannot see the figure what it shows and what to notice in it.
        place: a name for where it stands, so that a later one can ``update`` it.

    Raises:
        TypeError: if an argument is of another kind.
        ValueError: if ``alt`` is empty.
    """
    from IPython.display import display  # heavy, and not needed to draw

    kind("figure", figure, "a figure", isinstance(figure, Figure))
    kind("place", place, "a name or None", place is None or isinstance(place, str))
    kind("update", update, "True or False", isinstance(update, bool))
    if not text("alt", alt).strip():
        raise ValueError("alt must describe the figure in words; got an empty string")
    image = base64.b64encode(png(figure)).decode()
    width, height = (round(inches * DOTS_PER_INCH / 2) for inches in figure.get_size_inches())
    display(
        {"image/png": image, "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
        display_id=place,
        update=update,
    )


def shown(**shapes: str) -> Callable[[Callable[..., Drawn]], Callable[..., None]]:
    """Make ``draw(...) -> (figure, alt)`` a function that shows what it drew, at a ``place`` as `show` has it.

    Its arguments are held to their type hints and to the ``shapes`` of their arrays, as `plots.arguments` reads them.
    """

    def decorate(draw: Callable[..., Drawn]) -> Callable[..., None]:
        @functools.wraps(draw)
        def styled(*args, **kwargs) -> Drawn:
            bound = arguments.checked(draw, shapes, args, kwargs)
            with mpl.rc_context(STYLE):
                return draw(*bound.args, **bound.kwargs)

        @functools.wraps(draw)
        def show_it(*args, place: str | None = None, update: bool = False, **kwargs) -> None:
            figure, alt = styled(*args, **kwargs)
            show(figure, alt=alt, place=place, update=update)

        show_it.draw = styled
        return show_it

    return decorate


def new_figure(width: float, height: float) -> Figure:
    """A figure of the given size in inches whose labels never overlap."""
    return Figure(figsize=(width, height), layout="constrained")


def subplots(width: float, height: float, rows: int = 1, columns: int = 1, **options):
    """A new figure and its panel or panels, as from ``pyplot.subplots``."""
    figure = new_figure(width, height)
    return figure, figure.subplots(rows, columns, **options)


def style_of(line: Line) -> dict:
    """Color, line style and marker, as keyword arguments of ``Axes.plot``."""
    return {"color": line.color, "linestyle": line.linestyle, "marker": line.marker}


def symbol_style(key: str) -> dict:
    """`style_of` a symbol, and its label."""
    return style_of(SYMBOLS[key]) | {"label": f"${SYMBOLS[key].latex}$"}


def rivals(names: Iterable, *, main: int = 0) -> dict:
    """What is compared, each with a color, a line style and a marker for ``Axes.plot``.

    The figure is about the one at the place ``main``: its line is blue and solid.

    Raises:
        ValueError: if there are more names than styles.
    """
    names = list(names)
    if len(names) > len(RIVALS):
        raise ValueError(f"a figure compares at most {len(RIVALS)}, got {len(names)}: {names}")
    lines = list(RIVALS[1 : len(names)])
    lines.insert(range(len(names))[main], RIVALS[0])
    return dict(zip(names, map(style_of, lines), strict=True))


def curves(
    axes: Axes,
    values: Mapping[str, np.ndarray],
    *,
    at: Sequence = (),
    main: int = 0,
    styles: Mapping[str, dict] | None = None,
    **options,
) -> None:
    """A line for each name, or for each of its seeds; each name stands in the legend once.

    Args:
        values: per name, shape (K,) or (S, K).
        at: where on the x axis, at least K places; 1 to K if not given.
        main: as for `rivals`.
        styles: per name, if not those of `rivals`.
        options: for ``Axes.plot``.
    """
    for name, style in (styles or rivals(values, main=main)).items():
        for number, line in enumerate(np.atleast_2d(values[name])):
            places = at[: len(line)] if len(at) else range(1, len(line) + 1)
            label = "" if number else name
            axes.plot(places, line, label=label, **{"markersize": 5, **style, **options})


def dots(axes: Axes, row: float | np.ndarray, values: np.ndarray, *, bar: float | None = None, **style) -> None:
    """A row with a mark for each value and, if wanted, a bar at their mean or median."""
    style = {"markersize": 8, "alpha": 0.8, "clip_on": False} | style | {"linestyle": "none"}
    axes.plot(values, np.broadcast_to(row, len(values)), **style)
    if bar is not None:
        axes.plot(bar, row, "|", color=style["color"], markersize=18, markeredgewidth=3)


def whisker(axes: Axes, row: float, bounds: Sequence[float], **style) -> None:
    """A mark in a row, on a line from the lower to the upper of ``(low, middle, high)``."""
    low, middle, high = bounds
    axes.plot([low, high], [row, row], color=style["color"], linewidth=1.6)
    axes.plot(middle, row, **({"markersize": 8} | style | {"linestyle": "none"}))


def name_rows(axes: Axes, names: Iterable[str], *, room: float = 0.5) -> None:
    """Name the rows from the top down, with some room above the first."""
    names = list(names)
    axes.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.5, -room))


def log_axis(axis: Axis, *steps: float) -> None:
    """Make an axis logarithmic; its numbers are these steps times powers of ten, written out."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_locator(LogLocator(subs=steps))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())


def legend_beside(axes: Axes, **options) -> None:
    """The legend to the right of the panel, where it hides nothing."""
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), **options)


def note(axes: Axes, text: str, place: tuple, offset: tuple = (0, 3), **style) -> None:
    """Some words beside a place, as many points away as ``offset`` says."""
    style = {"fontsize": 11, "annotation_clip": False} | style
    axes.annotate(text, place, offset, textcoords="offset points", **style)


def level(axes: Axes, height: float, text: str = "") -> None:
    """A dashed line to compare with, from left to right, with its name above its end."""
    axes.axhline(height, color=GRAY, linewidth=1.2, linestyle="--")
    note(axes, text, (1, height), (-4, 8), ha="right", xycoords=axes.get_yaxis_transform())


def upright(axes: Axes, place: float, text: str = "") -> None:
    """A dashed line to compare with, from bottom to top, with its name to the left of its top."""
    axes.axvline(place, color=GRAY, linewidth=1.2, linestyle="--")
    at_top = {"xycoords": axes.get_xaxis_transform(), "ha": "right", "va": "top"}
    note(axes, text, (place, 1), (-4, -2), **at_top)


def change(first: float, last: float, form: str = ".3g") -> str:
    """Which way a number went, as in "falls from 2 to 1" or "begins and ends at 1"."""
    a, b = (f"{value:{form}}" for value in (first, last))
    if a == b:
        return f"begins and ends at {a}"
    verb = "falls" if last < first else "rises" if last > first else "goes"  # NaN does neither
    return f"{verb} from {a} to {b}"


def each(values: Mapping[str, np.ndarray], tell: Callable[[np.ndarray], str]) -> str:
    """What is told of each name, as in "RNN: 0.2; LSTM: 0.1"."""
    return "; ".join(f"{name}: {tell(value)}" for name, value in values.items())


@shown()
def history(record: "History") -> Drawn:
    """Losses by epoch and, beside them, the gradient norm of every step of ``train.fit``."""
    arguments.rows_with("record", [record], "train_loss", "validation", "best_epoch", "gradient_norm", "clip_norm")
    figure, (losses, norms) = subplots(10, 3.6, 1, 2)
    epochs = np.arange(1, len(record.train_loss) + 1)
    losses.plot(epochs, record.train_loss, color=GRAY, linestyle="--", label="training loss")
    went = change(record.train_loss[0], record.train_loss[-1])
    alt = f"Left: the training loss {went} in {len(epochs)} epochs. "
    if record.validation:
        best, epoch = record.validation[record.best_epoch], record.best_epoch + 1
        losses.plot(epochs, record.validation, color=BLUE, label="validation")
        losses.plot(epoch, best, "o", color=BLUE, markersize=9)
        note(losses, f"best: {best:.3g}", (epoch, best), (0, -9), ha="center", va="top")
        low, high = losses.get_ylim()
        losses.set_ylim(low - 0.1 * (high - low))  # room for the note
        alt += f"The best validation value, {best:.3g}, comes in epoch {epoch}. "
    losses.set(xlabel="epoch", ylabel="loss", title="Loss by epoch")
    losses.legend()

    norms.plot(record.gradient_norm, color=GRAY, linewidth=1)
    if record.clip_norm is not None:
        norms.axhline(record.clip_norm, color=RED, linestyle="--", label="clip_norm")
        norms.legend()
        alt += f"Right: {record.clipped_share:.0%} of the gradient norms lie above clip_norm. "
    norms.set(yscale="log", xlabel="step", ylabel="gradient norm", title="Before clipping")
    return figure, alt.strip()


@shown()
def accuracies(
    rows: Mapping[str, Mapping[str, np.ndarray]], *, baselines: Mapping[str, float] | None = None, lowest: float = 0.0
) -> Drawn:
    """Test accuracy of several kinds of network, one mark a seed.

    Args:
        rows: per kind of network and way to measure it, the accuracy of each seed, shape (S,), between 0 and 1. The
            ways are the same in every row.
        baselines: accuracies of simple methods, drawn as lines.
        lowest: where the axis begins, between 0 and 1; further left where a mark would not be seen.
    """
    for name, measured in rows.items():
        arguments.same_names(f"rows[{name!r}]", measured, next(iter(rows.values())))
    styles = rivals(dict.fromkeys(way for measured in rows.values() for way in measured))
    figure, axes = subplots(9, 0.5 * len(rows) + 1.2 + 0.25 * bool(baselines))
    said = []
    for row, (name, measured) in enumerate(rows.items()):
        for number, (way, style) in enumerate(styles.items()):
            values = 100 * measured[way]
            at = row + 0.16 * (number - (len(styles) - 1) / 2)
            dots(axes, at, values, label="" if row else way, **style)
            said.append(f"{name}{f', {way}' if len(styles) > 1 else ''}: {values.mean():.1f}")
    for name, value in (baselines or {}).items():
        upright(axes, 100 * value, name)
        said.append(f"{name}: {100 * value:.1f}")
    name_rows(axes, rows, room=0.9 if baselines else 0.5)
    drawn = [*(values.min() for measured in rows.values() for values in measured.values()), *(baselines or {}).values()]
    begin = min(100 * lowest, 5 * np.floor(20 * min(drawn)))
    axes.set(xlabel="test accuracy (%)", xlim=(begin, 100))
    if len(styles) > 1:
        legend_beside(axes)
    seeds = {len(values) for measured in rows.values() for values in measured.values()}
    counted = " or ".join(map(str, sorted(seeds)))
    return figure, (f"Test accuracy in percent, one mark for each of {counted} seeds. Means: {'; '.join(said)}.")
