"""Masks of dropout, new at every step and held for the sequence, beside each other: `DropoutExplorer`."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_lessons import checks
from lstm_lessons.plots.regularization import dropout_masks
from lstm_lessons.widgets.shared.base import LessonWidget, shown

KINDS = {"new at every step": False, "held for the sequence": True}  # whether the first step's mask is held
_MOST = 1000  # numbers of the page: whole thousandths, which travel compactly


class DropoutExplorer(LessonWidget):
    """Turn p, and draw new masks; both kinds are cut from the same random numbers.

    Letters in the shapes: D draws, T steps, H units.

    Traits:
        noise: (D, T, H) random numbers from 0 to 999; what lies below 1000 p is dropped. Fixed once it is shown.
        p: share of the numbers that is dropped, 0 to 0.9.
        draw: which of the draws is shown, 0 to D - 1.
    """

    module = "dropout_explorer"

    noise = shown(traitlets.List())
    p = shown(traitlets.Float(0.3))
    draw = shown(traitlets.Int(0))

    def __init__(self, *, p: float = 0.3, steps: int = 24, units: int = 12, draws: int = 8, seed: int = 0) -> None:
        """Show masks of random numbers.

        Args:
            p: the trait.
            steps, units, draws: T, H and D.
            seed: of the random numbers.

        Raises:
            ValueError: if a size is not at least 1, or ``p`` lies outside.
        """
        super().__init__()
        size = checks.sizes(draws=draws, steps=steps, units=units)
        self.noise = np.random.default_rng(checks.whole("seed", seed, 0)).integers(_MOST, size=size).tolist()
        self.p = p

    def kept(self) -> dict[str, np.ndarray]:
        """What each kind keeps of the present draw: (T, H) booleans."""
        noise = np.array(self.noise[self.draw])
        return {kind: np.broadcast_to(noise[:1] if held else noise, noise.shape) >= round(_MOST * self.p)
                for kind, held in KINDS.items()}  # fmt: skip

    def summary(self) -> str:
        def told(kept: np.ndarray) -> str:
            return f"{(~kept).any(0).sum()} of {kept.shape[1]} units are dropped at least once"

        said = "; ".join(f"{kind}: {told(kept)}" for kind, kept in self.kept().items())
        return f"DropoutExplorer, p = {self.p:.2f}, {len(self.noise[0])} steps: {said}"

    def picture(self) -> Figure:
        return dropout_masks.draw(self.kept())[0]

    @traitlets.validate("p")
    def _check_p(self, proposal: dict) -> float:
        checks.number("p", proposal["value"], "between 0 and 0.9", lambda p: 0 <= p <= 0.9)
        return float(proposal["value"])

    @traitlets.validate("draw")
    def _check_draw(self, proposal: dict[str, Any]) -> int:
        return checks.whole("draw", proposal["value"], 0, max(0, len(self.noise) - 1))
