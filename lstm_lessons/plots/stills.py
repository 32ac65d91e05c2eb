"""Still pictures of the widgets that are charts, for viewers that run no script.

A widget hands over the numbers that it shows; nothing here knows a widget. Each function returns a figure, `shared.png`
makes an image of it, and the widget's summary is its alternative text.

Letters in the shapes: T steps, I input features, H hidden units, K classes.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from lstm_lessons.palette import LIGHT, RIVALS, SYMBOLS
from lstm_lessons.plots.shared import BLUE, GRAY, INK, STYLE, log_axis, new_figure, rivals, style_of, subplots

LINE, PALE, MARK = LIGHT.line, "#9aa2b1", "#e0a100"
NEGATIVE, POSITIVE = "#2a6fc9", "#d9760a"
WIDTH = 12  # inches, 72 pixels each
MOST_CLASSES = 12
FEWEST_LETTERS = 16  # columns of a short phrase
CURVES = {  # of the training explorer
    "train": ("training", {"linestyle": (0, (5, 2)), "marker": ""}),
    "validation": ("validation", {"linestyle": "-", "markersize": 9}),
    "norm": ("largest of each epoch", {"linestyle": "-", "markersize": 6, "markevery": 5}),
}
SPAN_KINDS = {  # of the timeline explorer: what a stretch of time is spent on, and its place in `RIVALS`
    "one call for all steps": 3,
    "matrix products": 0,
    "other arithmetic": 2,
    "calls of PyTorch": 1,
    "Python": 5,
}
_PLAIN = {"parse_math": False}  # a learner's text: "$5 or $6" is no formula


def _cut(text: str, most: int = 24) -> str:
    """A learner's text, no longer than there is room for."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def _still(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """In the style of all figures; a still has no grid, and smaller titles."""

    @functools.wraps(draw)
    def styled(*args, **kwargs) -> Figure:
        with mpl.rc_context(STYLE | {"axes.grid": False, "axes.titlesize": 12, "font.size": 11}):
            return draw(*args, **kwargs)

    return styled


def number(value: float, digits: int | None = None) -> str:
    """Two digits at most, or as many as asked for; a true minus, and none before a rounded zero.

    >>> number(-0.5), number(-0.004), number(3, digits=1)
    ('−0.5', '0', '3.0')
    """
    text = f"{abs(value):.{2 if digits is None else digits}f}"
    text = text.rstrip("0").rstrip(".") if digits is None else text
    return f"\u2212{text}" if value < 0 and float(text) else text


def nice_limit(value: float) -> float:
    """The first round number, 0.2 or more, that is not below ``value``.

    >>> nice_limit(0.3), nice_limit(1.2), nice_limit(31)
    (0.3, 1.2, 40.0)
    """
    value = max(value, 0.2)
    power = 10.0 ** math.floor(math.log10(value))
    steps = (float(f"{m * power:.3g}") for m in (1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10))
    return next(step for step in steps if step >= value - 1e-9)


def _range(key: str, values: np.ndarray) -> tuple[float, float]:
    """Lowest and highest that an axis shows of a symbol."""
    symbol = SYMBOLS[key]
    if symbol.high is not None:
        return symbol.low, symbol.high
    high = nice_limit(float(np.abs(values).max(initial=0)))
    return (-high if values.min(initial=0) < -0.005 * high else 0.0), high


def _trace(axes: Axes, values: np.ndarray, key: str) -> None:
    """A level for each step, in the symbol's color and line style."""
    symbol = SYMBOLS[key]
    axes.stairs(values, np.arange(len(values) + 1) + 0.5, baseline=None, linewidth=2,
                color=symbol.color, linestyle=symbol.linestyle,
                label=f"{key} {symbol.name}")  # fmt: skip


def _scale(axes: Axes, low: float, high: float) -> None:
    """An axis with room around its two ends, which alone have a number."""
    pad = 0.07 * (high - low)
    axes.set(ylim=(low - pad, high + pad), yticks=[low, high])
    axes.set_yticklabels([number(low), number(high)], fontsize=10, color=GRAY)


def _steps(rows: Sequence[Axes], steps: int, labels: Sequence[str] = ()) -> None:
    """The axis of the steps below the last row: their numbers, or a short text for each."""
    for axes in rows:
        axes.set(xlim=(0.5, steps + 0.5), xticks=[])
    axes.set_xlabel("step t")
    if labels and steps <= 64:
        shown = [_cut(label, max(1, 50 // steps)) for label in labels]
        axes.set_xticks(range(1, len(shown) + 1), shown, fontsize=12, color=INK, **_PLAIN)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(12, integer=True, min_n_ticks=1))


def _legend(figure: Figure, place: str, **options) -> None:
    """What the lines are, beside the panel; the names are a learner's."""
    for text in figure.legend(loc=place, fontsize=10, **options).get_texts():
        text.set_parse_math(False)


@_still
def sequence(
    inputs: Sequence[tuple[str, np.ndarray, Sequence[float]]],
    traces: Mapping[str, np.ndarray],
    *,
    unit: int,
    step: int,
    overlay: bool = True,
    gradient_path: np.ndarray | None = None,
    answers: np.ndarray | None = None,
    truth: np.ndarray | None = None,
    labels: Sequence[str] = (),
    marks: Sequence[int] = (),
    wanted: tuple[str, np.ndarray] | None = None,
) -> Figure:
    """Input and traces (T, H) of one unit under each other; the other units as a pale band.

    Args:
        inputs: per feature its name, its values (T,), and the lowest and highest of its axis.
        step: the one whose numbers stand at the right, from 0, as the ``marks`` are counted.
        overlay: whether the band is drawn.
        gradient_path: (T,), NaN where there is none; None for no row.
        answers: the network's after each step, (T,), with the ``truth`` dashed; None for no row.
        labels: one short text a step.
        wanted: a key of the traces, and between what that one should be after each step, (T, 2).
    """
    aim, outline = wanted or ("", np.empty((0, 2)))
    heights = [1.5] * len(inputs) + [1.5 if key in ("c", aim) else 1 for key in traces]
    heights += [1] * ((gradient_path is not None) + (answers is not None))
    figure = new_figure(WIDTH, 0.5 * sum(heights) + 0.8)
    figure.get_layout_engine().set(h_pad=0.03, hspace=0.02)
    rows = list(figure.subplots(len(heights), height_ratios=heights))
    for axes, (name, values, limits) in zip(rows, inputs, strict=False):
        axes.bar(np.arange(len(values)) + 1, values, width=0.72, color=INK, alpha=0.6)
        _name_row(axes, f"x  {_cut(name)}", INK, limits, values[step])
    for axes, (key, values) in zip(rows[len(inputs) :], traces.items(), strict=False):
        symbol, own = SYMBOLS[key], values[:, unit]
        drawn = values if overlay else own[:, None]
        if drawn.shape[1] > 1:
            axes.stairs(drawn.max(1), np.arange(len(own) + 1) + 0.5, baseline=drawn.min(1),
                        fill=True, color=symbol.color, alpha=0.15)  # fmt: skip
        if key == aim:
            axes.stairs(outline[:, 1], np.arange(len(own) + 1) + 0.5, baseline=outline[:, 0],
                        fill=True, facecolor=LIGHT.line, edgecolor=GRAY, linewidth=1)  # fmt: skip
            drawn = np.append(drawn, outline)
        _trace(axes, own, key)
        _name_row(axes, f"{key}  {symbol.name}", symbol.color, _range(key, drawn), own[step])
    if gradient_path is not None:
        axes = rows[len(inputs) + len(traces)]
        _trace(axes, gradient_path, "f")
        farthest = np.nanmin(gradient_path)  # gates are at most 1, so the product falls
        _name_row(axes, "\u220ff  gradient path", SYMBOLS["f"].color, (0, 1), farthest)
    if answers is not None:
        edges, both = np.arange(len(answers) + 1) + 0.5, answers if truth is None else np.stack([answers, truth])
        rows[-1].stairs(answers, edges, color=INK, linewidth=2)
        if truth is not None:
            rows[-1].stairs(truth, edges, color=RIVALS[1].color, linestyle="--", linewidth=1.6)
        limit = nice_limit(np.abs(both).max())
        _name_row(rows[-1], "y  answer", INK, (-limit if both.min() < -0.005 * limit else 0, limit), answers[step])
    for axes in rows:
        for mark in marks:
            axes.axvspan(mark + 0.5, mark + 1.5, color=MARK, alpha=0.28, linewidth=0)
        axes.axvspan(step + 0.5, step + 1.5, color=BLUE, alpha=0.16, linewidth=0)
    rows[0].text(step + 1, 1.03, f"t = {step + 1}", transform=rows[0].get_xaxis_transform(),
                 color=BLUE, weight="bold", ha="center", va="bottom")  # fmt: skip
    _steps(rows, len(own), labels)
    figure.align_ylabels(rows)
    return figure


def _name_row(axes: Axes, name: str, color: str, limits: Sequence[float], value: float) -> None:
    """Name and limits at the left of a row, a number at its right."""
    _scale(axes, *limits)
    axes.set(facecolor=LIGHT.panel)
    axes.set_ylabel(name, rotation=0, ha="right", va="center", color=color, **_PLAIN)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if limits[0] < 0 < limits[1]:
        axes.axhline(0, color=LINE, linewidth=1, zorder=0)
    axes.text(1.01, 0.5, number(value, 2), transform=axes.transAxes, color=color, weight="bold",
              fontsize=13, va="center")  # fmt: skip


def _mixed(one: str, other: str) -> str:
    """Halfway between two colors."""
    pairs = zip(*(bytes.fromhex(color[1:]) for color in (one, other)), strict=True)
    return "#" + bytes((a + b) // 2 for a, b in pairs).hex()


_SIGNED = [_mixed(NEGATIVE, INK), NEGATIVE, LIGHT.page, POSITIVE, _mixed(POSITIVE, INK)]


def _heat_map(axes: Axes, title: str, rows: np.ndarray, limits: tuple[float, float], color: str = POSITIVE) -> None:
    """One cell per row and step, with a legend of its colors: two where values have two signs."""
    one_sign = [LIGHT.page, _mixed(LIGHT.page, color), color, _mixed(color, INK)]
    stops = _SIGNED if limits[0] < 0 else one_sign
    colors = LinearSegmentedColormap.from_list("", stops, N=255)  # odd: zero has the page's color
    extent = (0.5, rows.shape[1] + 0.5, len(rows) - 0.5, -0.5)
    if rows.size:
        axes.imshow(rows, cmap=colors, vmin=limits[0], vmax=limits[1], aspect="auto",
                    interpolation="nearest", extent=extent)  # fmt: skip
    axes.set_title(title, weight="bold", **_PLAIN)
    axes.set(yticks=[], ylim=extent[2:])
    axes.tick_params(length=0)
    axes.spines[:].set(visible=True, color=LINE)
    scale = mpl.cm.ScalarMappable(mpl.colors.Normalize(*limits), colors)
    bar = axes.figure.colorbar(scale, ax=axes, ticks=limits, pad=0.01, aspect=14, fraction=0.03)
    bar.ax.set_yticklabels([number(value) for value in limits], fontsize=10)
    bar.outline.set_edgecolor(LINE)


def _name_classes(axes: Axes, names: Sequence[str], classes: Sequence[int], bold: int | None, mark: str = "") -> None:
    """The classes at the left of their rows, one of them in bold."""
    shown = [f"{mark * (k == bold)}{_cut(names[k], 14)}" for k in classes]
    axes.set_yticks(range(len(classes)), shown, fontsize=10, **_PLAIN)
    for k, text in zip(classes, axes.get_yticklabels(), strict=True):
        text.set(color=INK if k == bold else GRAY, weight="bold" if k == bold else "normal")


def input_limits(values: np.ndarray) -> tuple[float, float]:
    """The range of the input's colors: round numbers that 98 % of all values stay within."""
    limit = nice_limit(float(np.quantile(np.abs(values), 0.98)))
    return (-limit if values.min() < 0 else 0.0), limit


def shown_classes(beliefs: np.ndarray, label: int | None) -> list[int]:
    """At most twelve classes: the true one, and those that (T, K) beliefs ever favored most."""
    count = beliefs.shape[1]
    if count <= MOST_CLASSES:
        return list(range(count))
    first = [] if label is None else [label]
    by_belief = sorted(range(count), key=lambda k: (-round(float(beliefs[:, k].max()), 9), k))
    return sorted((first + [k for k in by_belief if k != label])[:MOST_CLASSES])


@_still
def microscope(
    x: np.ndarray,
    key: str,
    values: np.ndarray,
    shares: np.ndarray,
    *,
    name: str,
    x_limits: tuple[float, float],
    order: Sequence[int],
    unit: int,
    step: int,
    where: str = "",
    letters: Sequence[str] = (),
    beliefs: np.ndarray | None = None,
    before: np.ndarray | None = None,
    class_names: Sequence[str] = (),
    label: int | None = None,
) -> Figure:
    """Input, one gate or state of all units, belief over time; answer and saturation beside them.

    Args:
        x: the input (T, I), and ``x_limits`` the range of its colors, see `input_limits`.
        key: symbol of the gate or state whose ``values`` (T, H) are shown.
        shares: of time that each unit's gate is below 0.1 and above 0.9, (2, H); of the forget gate where ``key`` is no
            gate between 0 and 1.
        name: what the sequence is called; ``where``, layer and direction.
        order: the units from the top row down; ``unit`` and ``step`` are picked.
        letters: one short text a step.
        beliefs: class probabilities (T, K), or None without classes; ``before``, those after the last step without the
            edits, (K,). There are K names, and ``label`` is the true class.
    """
    classes = [] if beliefs is None else shown_classes(beliefs, label)
    heights = [1.4, 2.8, 0.18 * len(classes)][: 3 if classes else 2]
    figure = new_figure(WIDTH, sum(heights) + 0.42 * len(heights) + 0.3)
    left, right = figure.subfigures(1, 2, width_ratios=[2.6, 1])
    maps = left.subplots(len(heights), height_ratios=heights)
    _heat_map(maps[0], f"input: {_cut(name, 40)}", x.T, x_limits)
    low, high = _range(key, values)
    limits = (-high, high) if key == "c" else (low, high)
    title = f"{SYMBOLS[key].name} {key} of {len(order)} units{where and f' ({where})'}"
    _heat_map(maps[1], title, values.T[list(order)], limits, SYMBOLS[key].color)
    row = list(order).index(unit)
    maps[1].axhspan(row - 0.5, row + 0.5, facecolor="none", edgecolor=INK, linewidth=1.6)
    maps[1].set_yticks([row], [f"unit {unit}"], fontsize=10)
    for axes in maps:
        axes.axvspan(step + 0.5, step + 1.5, facecolor="none", edgecolor=BLUE, linewidth=1.6)
    sides = right.subplots(2 if classes else 1, squeeze=False)[:, 0]
    if classes:
        title = "belief: class probabilities if the sequence ended after step t"
        _heat_map(maps[2], title, beliefs.T[classes], (0, 1), BLUE)
        for axes in (maps[2], sides[0]):
            _name_classes(axes, class_names, classes, label, "\u25b8 ")
        _answers(sides[0], before[classes], beliefs[-1, classes])
    _steps(maps, len(x), letters)
    _saturation(sides[-1], key if key in "ifo" else "f", shares, unit)
    return figure


def _answers(axes: Axes, before: np.ndarray, after: np.ndarray) -> None:
    """Class probabilities after the last step, without and with the edits."""
    rows = np.arange(len(after))
    axes.barh(rows - 0.2, before, 0.34, color=PALE, label="before")
    axes.barh(rows + 0.2, after, 0.34, color=BLUE, label="after")
    for row, value in enumerate(after):
        axes.text(1.02, row, f"{value:.2f}", va="center", fontsize=10)
    axes.set(xlim=(0, 1), xticks=[], ylim=(len(after) - 0.5, -0.5))
    axes.set_title("answer: before (gray), after", weight="bold", loc="right")
    axes.spines["bottom"].set_visible(False)


def _saturation(axes: Axes, gate: str, shares: np.ndarray, unit: int) -> None:
    """A dot per unit: the shares of time that its gate is nearly shut and nearly open."""
    color = SYMBOLS[gate].color
    axes.plot([0, 1], [1, 0], color=LINE, linestyle="--", linewidth=1)
    axes.scatter(*shares, s=36, color=color, alpha=0.5, linewidth=0, clip_on=False)
    axes.scatter(*shares[:, unit], s=50, color=color, edgecolor=INK, linewidth=2, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 1], yticks=[0, 1], box_aspect=1)
    axes.set(xlabel="share of time below 0.1", ylabel="share above 0.9")
    axes.set_title(f"saturation of {gate}", weight="bold")


def _headline(figure: Figure, title: str, most: int = 100) -> None:
    """What the model makes of the text, above all panels."""
    figure.suptitle(_cut(title, most), x=0.01, ha="left", fontsize=13, **_PLAIN)


def _unit(
    panels: Sequence[Axes], beside: Sequence[Axes], name: str, traces: Mapping[str, np.ndarray], most: int | None = None
) -> None:
    """Gates, g and h, and c of one unit in three panels, the last ``most`` steps; legends stand beside them."""
    panels[0].set_title(name, weight="bold")
    for axes, names, keys in zip(panels, beside, ("ifo", "gh", "c"), strict=True):
        for key in keys:
            _trace(axes, traces[key][-most if most else None :], key)
        _scale(axes, *_range(keys[0], traces[keys[0]]))
        names.legend(*axes.get_legend_handles_labels(), loc="center left", fontsize=10,
                     borderaxespad=0, labelspacing=0.2)  # fmt: skip
        names.axis("off")


@_still
def phrase(
    letters: Sequence[str],
    beliefs: np.ndarray,
    class_names: Sequence[str],
    traces: Mapping[str, np.ndarray],
    *,
    title: str,
    unit: str,
) -> Figure:
    """The belief (T, K) after each of T letters, the answer, and what one unit does there, (T,).

    Of an empty phrase there are no letters. The title says what the model makes of the phrase.
    """
    classes = range(len(class_names))
    heights = [0.22 * len(classes), 0.8, 0.8, 0.8]
    figure = new_figure(WIDTH, sum(heights) + 1.5)
    _headline(figure, title)
    left, right = figure.subplots(4, 2, height_ratios=heights, width_ratios=[3.4, 1]).T
    _heat_map(left[0], "belief if the phrase ended after this letter", beliefs.T, (0, 1), BLUE)
    answer = beliefs[-1] if len(letters) else np.zeros(len(classes))
    best = int(answer.argmax()) if len(letters) else None
    _name_classes(left[0], class_names, classes, best)
    right[0].barh(classes, answer, 0.6, color=BLUE)
    right[0].set(xlim=(0, 1), ylim=(len(classes) - 0.5, -0.5))
    right[0].set_title("answer", weight="bold")
    right[0].axis("off")
    for k, value in enumerate(answer if len(letters) else []):
        right[0].text(1.02, k, f"{value:.0%}", va="center", fontsize=10,
                      weight="bold" if k == best else "normal")  # fmt: skip
    _unit(left[1:], right[1:], unit, traces)
    _steps(left, max(FEWEST_LETTERS, len(letters)), letters)
    left[-1].set_xlabel("letter")
    return figure


@_still
def translation(
    source: str,
    written: Sequence[str],
    attention: np.ndarray,
    *,
    title: str,
    step: int,
    beam: Sequence[tuple[str, float]] = (),
) -> Figure:
    """Where a decoder looked in a source of S letters at each of the T letters that it wrote, (T, S).

    The row of a step is framed. Below stand the texts of a beam with their log-probabilities.
    """
    rows = 0.16 * max(len(written), FEWEST_LETTERS)
    figure = new_figure(WIDTH, rows + 1.4 + 0.3 * len(beam))
    _headline(figure, title)
    axes = figure.subplots()
    shares = attention if len(written) else np.zeros((1, 1))
    _heat_map(axes, "attention: where each letter was looked for", shares, (0, 1), SYMBOLS["h"].color)
    if written:
        axes.axhspan(step - 0.5, step + 0.5, facecolor="none", edgecolor=BLUE, linewidth=1.6)
    axes.set_yticks(range(len(written)), written, fontsize=8, color=INK, **_PLAIN)
    _steps([axes], max(FEWEST_LETTERS, len(source)), list(source))
    axes.set_xlabel("letter read")
    axes.set_ylabel("letter written")
    lines = [f"{log:.2f}  {_cut(text, 90)}" for text, log in beam]
    if lines:
        figure.supxlabel("beam, with log-probabilities:\n" + "\n".join(lines), x=0.01, ha="left", fontsize=10, **_PLAIN)
    return figure


@_still
def forecast(
    past: np.ndarray,
    truth: np.ndarray | None,
    forecasts: Mapping[str, np.ndarray],
    errors: Mapping[str, tuple[float, float]],
    *,
    horizon: int,
    title: str,
    interval: np.ndarray | None = None,
    inside: str = "",
) -> Figure:
    """What was known, what came, and what each method said; its errors stand beside its name.

    Args:
        past: temperatures in °C up to the origin, the last of them at hour 0.
        truth: those of the N hours after it (N,), or None to hide them.
        forecasts: (N,) for each method that is drawn.
        errors: for every method, its mean error on this day and on all days.
        interval: lower and upper end (2, N), or None; ``inside`` says how much truth it holds.
    """
    figure, axes = subplots(WIDTH, 4.6)
    hours = np.arange(1, horizon + 1)
    if interval is not None:
        axes.fill_between(hours, *interval, color="#d7e4f8", label=inside, linewidth=0)
    for name, values in forecasts.items():
        style = rivals(errors, main=-1)[name] | {"marker": ""}
        day, every = errors[name]
        this_day = "" if truth is None else f"{day:.1f} this day, "
        label = f"{_cut(name)}: {this_day}{every:.2f} all days"
        axes.plot(hours, values, label=label, **style)
    axes.plot(np.arange(1 - len(past), 1), past, color=INK, label="measured")
    if truth is not None:
        axes.plot(np.append(0, hours), np.append(past[-1], truth), color=INK)
    axes.axvline(0, color=INK, linestyle=":", linewidth=1.2)
    axes.grid(axis="y")
    axes.set(xlabel="hours from the origin", ylabel="\u00b0C", xlim=(1 - len(past), hours[-1]))
    axes.set_title(_cut(title, 80), **_PLAIN)
    axes.xaxis.set_major_locator(MultipleLocator(12))
    _legend(figure, "outside right upper", title="mean error in \u00b0C", alignment="left")
    return figure


@_still
def lag(
    truth: tuple[np.ndarray, np.ndarray],
    forecast: tuple[np.ndarray, np.ndarray],
    errors: Mapping[int, float],
    *,
    shift: int,
    persistence: float,
    title: str,
) -> Figure:
    """A forecast beside what came, and its mean error by the days that it is slid to the left.

    Args:
        truth, forecast: days and values, (N,) each; the forecast has been slid.
        errors: the mean error for each number of days.
        shift: days that the forecast is slid by here.
        persistence: its mean error on these days.
    """
    figure, (axes, bars) = subplots(WIDTH, 4, 1, 2, width_ratios=(2.6, 1))
    axes.plot(*truth, color=INK, label="what came")
    axes.plot(*forecast, color=BLUE, linestyle="--", label=f"forecast, slid by {shift}")
    axes.set(xlabel="day", xlim=(truth[0][0], truth[0][-1]))
    axes.set_title(_cut(title, 60), **_PLAIN)
    axes.grid(axis="y")
    axes.legend(fontsize=10)
    bars.bar(list(errors), list(errors.values()), color=[BLUE if by == shift else PALE for by in errors])
    bars.axhline(persistence, color=INK, linestyle=":", label="persistence")
    bars.set(xlabel="days slid to the left", title="mean error", xticks=list(errors))
    bars.legend(fontsize=10)
    return figure


@_still
def training(curves: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """Mean curves of recorded trainings by epoch, log scale.

    Args:
        curves: per technique, at most three, ``"train"`` and ``"validation"`` losses, whose best epoch gets a mark, or
            the gradient ``"norm"`` alone; (epochs,) each.
    """
    figure, axes = subplots(WIDTH, 4.4)
    for technique, style in rivals(curves).items():
        for kind, values in curves[technique].items():
            name, own = CURVES[kind]
            best = {"markevery": [int(values.argmin())]} if kind == "validation" else {}
            epochs = np.arange(len(values)) + 1
            axes.plot(epochs, values, label=f"{_cut(technique)}: {name}", **style | own | best)
    log_axis(axes.yaxis, 1, 2, 3, 5)
    axes.grid(axis="y")
    norms = "norm" in curves[technique]
    axes.set(xlabel="epoch", xlim=(1, None), title="" if norms else "a mark: the best epoch")
    axes.set_ylabel(f"{'gradient norm' if norms else 'loss'} (log scale)")
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True, min_n_ticks=1))
    _legend(figure, "outside lower left", ncols=len(curves))
    return figure


@_still
def timeline(totals: Mapping[str, Sequence[float]], spans: Sequence[tuple[int, float]], chosen: str) -> Figure:
    """What each run spends its time on, and one of them in order of time.

    Args:
        totals: milliseconds of each kind of `SPAN_KINDS`, by run.
        spans: place of the kind and milliseconds, of the chosen run.
    """
    figure, (bars, lanes) = subplots(WIDTH, 5.4, 2, 1)
    ends = np.cumsum([length for _, length in spans])
    for n, rank in enumerate(SPAN_KINDS.values()):
        color = RIVALS[rank].color
        left = [sum(parts[:n]) for parts in totals.values()]
        bars.barh(range(len(totals)), [parts[n] for parts in totals.values()], 0.7, left, color=color)
        those = [(end - length, length) for end, (of, length) in zip(ends, spans, strict=True) if of == n]
        lanes.broken_barh(those, (n - 0.4, 0.8), color=color, linewidth=0)
    bars.set_yticks(range(len(totals)), [_cut(name) for name in totals], **_PLAIN)
    lanes.set_yticks(range(len(SPAN_KINDS)), SPAN_KINDS)
    bars.set_title("one training step, in the profiler", weight="bold")
    lanes.set_title(_cut(chosen, 80), weight="bold", **_PLAIN)
    for axes in (bars, lanes):
        axes.invert_yaxis()
        axes.set(xlim=(0, None), xlabel="milliseconds")
        axes.tick_params(axis="y", length=0)
    return figure


@_still
def beliefs(models: Mapping[str, np.ndarray], classes: Sequence[str], *, title: str) -> Figure:
    """What several models say of one text: (K,) probabilities by model, and K names."""
    figure, axes = subplots(WIDTH, max(3.2, 0.3 * len(classes) + 1.2))
    height = 0.8 / len(models)
    for n, (name, values) in enumerate(models.items()):
        places = np.arange(len(classes)) + (n - (len(models) - 1) / 2) * height
        axes.barh(places, values, 0.9 * height, color=RIVALS[n].color, label=_cut(name))
        for place, value in zip(places, values, strict=True):
            axes.text(value + 0.005, place, f"{value:.1%}", va="center", fontsize=7)
    axes.set_yticks(range(len(classes)), [_cut(name) for name in classes], **_PLAIN)
    axes.set(xlim=(0, 1), ylim=(len(classes) - 0.5, -0.5), xlabel="probability")
    axes.set_title(_cut(title, 110), **_PLAIN)
    _legend(figure, "outside right upper")
    return figure


@_still
def gradient(lstm: np.ndarray, rnn: np.ndarray, *, bias: float, w: float) -> Figure:
    """What is left of a gradient after 0 to T steps, (T + 1,), of an LSTM and of a plain RNN; log scale."""
    figure, axes = subplots(WIDTH, 4.6)
    steps, every = np.arange(len(lstm)), max(1, len(lstm) // 6)
    name = f"LSTM, \u220ff with forget bias {number(bias)}"
    axes.plot(steps, lstm, label=name, markevery=every, **style_of(SYMBOLS["f"]))
    axes.plot(steps, rnn, label=f"plain RNN, at most, with w = {number(w)}",
              color=GRAY, linestyle=":", marker="x", markevery=every)  # fmt: skip
    axes.axhline(1, color=INK, linewidth=1)
    axes.set(yscale="log", ylim=(1e-20, 1e10), xlim=(0, steps[-1]), xlabel="steps back", ylabel="what is left")
    axes.grid(axis="y")
    _legend(figure, "outside lower left", ncols=2)
    return figure


@_still
def playground(x: np.ndarray, y: np.ndarray, flows: Mapping[str, Sequence[float]]) -> Figure:
    """A sequence (T, I) with its answers, one a step or the last alone; of three networks the gradient back in time."""
    figure, (top, bottom) = subplots(WIDTH, 4.8, 2, sharex=True)
    steps = np.arange(1, len(x) + 1)
    top.bar(steps, x[:, 0], color=PALE, label="input")
    if x.shape[1] > 1:
        top.plot(steps[x[:, 1] > 0], x[x[:, 1] > 0, 0], color=INK, linestyle="", marker="v", label="marked")
    top.plot(steps[-len(y) :], y, color=INK, linestyle="", marker="o", fillstyle="none", label="answer")
    top.set_ylabel("one sequence")
    for (name, flow), look in zip(flows.items(), reversed(RIVALS[: len(flows)]), strict=True):
        bottom.plot(steps, flow, label=name, markevery=max(1, len(x) // 8), **style_of(look))
    bottom.set(yscale="log", ylabel="gradient, start", xlabel="step", xlim=(0.5, len(x) + 0.5))
    for axes in (top, bottom):
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=10)
    return figure


@_still
def writing(
    text: str, chances: Mapping[str, tuple[float, float]], traces: Mapping[str, np.ndarray], *, title: str, unit: str
) -> Figure:
    """The end of a text, the likeliest next letters, and what one unit does at the last of them.

    Args:
        chances: of some letters, as the model has them and as they are drawn.
        traces: of i, f, g, o, c and h, (T,).
    """
    figure = new_figure(WIDTH, 5.6)
    _headline(figure, title, 110)
    left, right = figure.subplots(4, 2, height_ratios=[2.6, 0.8, 0.8, 0.8], width_ratios=[3.4, 1]).T
    lines = [_cut(line, 80) for line in text.split("\n")][-10:]
    left[0].text(0, 1, "\n".join(lines), va="top", family="monospace", fontsize=10, **_PLAIN)
    left[0].axis("off")
    rows = np.arange(len(chances))
    before, after = np.array(list(chances.values())).T
    right[0].barh(rows - 0.2, before, 0.4, color=PALE, label="the model's")
    right[0].barh(rows + 0.2, after, 0.4, color=BLUE, label="drawn from")
    right[0].set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xticks=[])
    right[0].set_yticks(rows, chances, fontsize=10, **_PLAIN)
    right[0].set_title("next letter", weight="bold")
    right[0].legend(loc="lower right", fontsize=10)
    _unit(left[1:], right[1:], unit, traces, 64)
    shown = list(text[-64:])
    _steps(left[1:], max(FEWEST_LETTERS, len(shown)), shown)
    left[-1].set_xlabel("letter")
    return figure


@_still
def speech(
    features: np.ndarray,
    probabilities: np.ndarray,
    words: Sequence[tuple[str, float, float]],
    *,
    path: Sequence[int],
    classes: Sequence[str],
    title: str,
) -> Figure:
    """What a recognizer reads, (T, I), what it says of each frame, (T, K), and a path through it, T classes.

    A word stands over the frames from its beginning to its end.
    """
    figure = new_figure(WIDTH, 5.6)
    _headline(figure, title)
    above, below = figure.subplots(2, 1, height_ratios=[1, 1.4])
    limit = nice_limit(float(np.abs(features).max(initial=0)))
    _heat_map(above, "coefficients, one row each", features.T, (-limit, limit))
    _heat_map(below, "probability of each sign, and a path", probabilities.T, (0, 1), BLUE)
    _name_classes(below, classes, range(len(classes)), None)
    below.step(np.arange(len(path)) + 1, path, where="mid", color=RIVALS[-1].color, linewidth=1.6)
    _steps([above, below], max(FEWEST_LETTERS, len(path)))
    above.set_xlabel("")
    below.set_xlabel("frame")
    for text, begin, end in words:
        for axes in (above, below):
            axes.axvline(begin + 0.5, color=GRAY, linewidth=1, linestyle=(0, (3, 2)))
        above.text(
            (begin + end + 1) / 2, len(features.T) - 0.7, text, weight="bold", ha="center", va="bottom", **_PLAIN
        )
    return figure
