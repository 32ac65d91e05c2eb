"""What every widget shares: its browser module, and a twin that lives without a kernel.

A widget is a class of traits in Python and one ``.mjs`` file that draws, and tells at its top what its page carries for
those who read it. The class sends the file to JupyterLab through anywidget. Beside that view its display data holds
``text/html``: an element with the widget's name, its state and a still picture of it. Viewers that run no script show
the picture; a published page adds each module once (`page_script`) and every such element comes alive, with no kernel,
no widget manager and no network.

The picture stands in the twin alone, not in an ``image/png`` of its own: JupyterLab, nbviewer and GitHub show
``text/html`` before ``image/png``, so a second copy would be stored and not seen.
"""

import base64
import functools
import hashlib
import html
import json
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets
from matplotlib.figure import Figure

from lstm_lessons import checks
from lstm_lessons.palette import LIGHT_PAGE
from lstm_lessons.plots.shared import png
from lstm_lessons.widgets.shared.bundling import module_source


class Misfit(traitlets.TraitError, TypeError):
    """A value of a type that a trait does not take."""


def shown(trait: traitlets.TraitType) -> traitlets.TraitType:
    """A trait that a page needs to draw the widget: it goes to the browser and into the twin."""
    return trait.tag(sync=True, shown=True)


def _fitting(trait: traitlets.TraitType, validate: Callable[[Any, Any], Any], widget: Any, value: Any) -> Any:
    """A value as its trait takes it; traitlets' own message writes it whole, and some cannot be written."""
    try:
        return validate(widget, value)
    except (traitlets.TraitError, OverflowError, RuntimeError, ValueError):
        raise Misfit(f"{trait.name} must be {trait.info()}, got {checks.shown(value)}") from None


class Choice(traitlets.Enum):
    """One of a few values; what has no single truth value, as an array, is none of them."""

    def validate(self, obj: Any, value: Any) -> Any:
        if not isinstance(value, str | int | float | None):
            self.error(obj, value)
        return super().validate(obj, value)


class LessonWidget(anywidget.AnyWidget):
    """Base of the widgets.

    A subclass sets ``module`` (its ``.mjs`` file), its synchronized traits, `summary` and `picture`. Show it as the
    last line of a cell: inside a ``VBox`` it would lose its twin.

    A trait that is given a value of another type raises `Misfit`, a TypeError and traitlets.TraitError that names it.
    """

    module: str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "module" in vars(cls):  # traitlets makes classes of its own that name none
            cls._esm = module_source(cls.module)
        for trait in vars(cls).values():
            if isinstance(trait, traitlets.TraitType) and hasattr(trait, "validate"):
                trait.validate = functools.partial(_fitting, trait, trait.validate)
        super().__init_subclass__(**kwargs)

    def set_traits(self, **traits: Any) -> None:
        """Traits by name, one after the other: what a trait is checked against stands before it."""
        for name, value in traits.items():
            self.set_trait(name, value)

    def state(self) -> dict[str, Any]:
        """The synchronized traits that a page needs to draw the widget, by name."""
        return {name: getattr(self, name) for name in self.trait_names(shown=True)}

    def picture(self) -> Figure | str:
        """A still picture of the present state: a chart's figure, or the SVG of a diagram."""
        raise NotImplementedError

    def summary(self) -> str:
        """The state in one line of plain text; also the alternative text of the picture."""
        raise NotImplementedError

    def twin(self) -> str:
        """The element that a published page brings to life; see the module's docstring."""
        state = json.dumps(_rounded(self.state()), separators=(",", ":"), allow_nan=False)
        digest = hashlib.sha256(f"{self.module}{state}".encode()).hexdigest()[:12]
        return (
            f'<div id="lstm-{digest}" data-lstm-widget="{self.module}" '
            f'data-state="{html.escape(state)}">{_image(self.picture(), self.summary())}{_CAPTION}</div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return data | {"text/html": self.twin(), "text/plain": self.summary()}, metadata

    def __repr__(self) -> str:
        return self.summary()


# A stored widget that is not alive never poses as alive; a page that brings it to life takes picture and caption away.
_CAPTION = '<p style="margin: 4px 0; font-size: 13px">A still picture. Run the cell in JupyterLab, and it answers.</p>'


def _image(picture: Figure | str, alt: str) -> str:
    """The picture as an element that needs no file.

    An image, not inline SVG: JupyterLab removes SVG from a notebook that it does not trust yet, and every fresh clone
    is one. It is drawn for a light page, so it brings one along.
    """
    if isinstance(picture, str):
        kind, data, width = "svg+xml", picture.encode(), ""
    else:
        kind, data, width = "png", png(picture, 108), f'width="{72 * picture.get_figwidth():.0f}" '
    return (
        f'<img src="data:image/{kind};base64,{base64.b64encode(data).decode()}" {width}'
        f'alt="{html.escape(alt)}" '
        f'style="max-width: 100%; background-color: {LIGHT_PAGE}; border-radius: 8px">'
    )


def _rounded(value: Any) -> Any:
    """Nine significant digits: far below what a picture shows, and the same text on every CPU."""
    return json.loads(json.dumps(value), parse_float=lambda text: float(f"{float(text):.9g}"))
