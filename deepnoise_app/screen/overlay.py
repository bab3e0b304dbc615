"""What is painted on a plate: one value and one text per well, effect and prediction alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen.platemap import Role
from deepnoise_app.screen.well import PlateShape, WellId


class Scale(StrEnum):
    """How values become colours."""

    SEQUENTIAL = "sequential"
    DIVERGING = "diverging"
    SHARE = "share"


# Perceptually uniform, safe for every colour vision, and centred where 0 is; matplotlib's names.
COLOUR_MAPS = {Scale.SEQUENTIAL: "viridis", Scale.SHARE: "viridis", Scale.DIVERGING: "RdBu_r"}
# Orange and sky blue of Okabe and Ito's palette (2008): told apart by every kind of colour vision.
CONTROL_COLOURS = {Role.POSITIVE: "#f0941f", Role.NEGATIVE: "#56b4e9"}


@dataclass(frozen=True, slots=True, eq=False)
class PlateOverlay:
    """Values and texts of the wells of one plate.

    A well without a value is not known (yet). `right` says of wells whether what was predicted is
    what was expected; wells of which that is not known are left out. `SHARE` runs from 0 to 1,
    `DIVERGING` is centred at 0. `words` name the values from low to high, in equal steps, where
    these are few.
    """

    title: str
    unit: str = ""
    scale: Scale = Scale.SEQUENTIAL
    values: Mapping[WellId, float] = field(default_factory=dict)
    texts: Mapping[WellId, str] = field(default_factory=dict)
    right: Mapping[WellId, bool] = field(default_factory=dict)
    words: Mapping[float, str] = field(default_factory=dict)

    def robust_range(self, low: float = 2, high: float = 98) -> tuple[float, float]:
        """Percentiles of the finite values; (0, 1) for shares and where there is none."""
        known = np.array([v for v in self.values.values() if np.isfinite(v)])
        if self.scale is Scale.SHARE or not len(known):
            return 0.0, 1.0
        first, last = np.percentile(known, (low, high))
        if self.scale is Scale.DIVERGING:
            last = max(abs(first), abs(last))
            first = -last
        if first == last:
            first, last = first - 0.5, last + 0.5
        return float(first), float(last)

    def grid(self, shape: PlateShape) -> NDArray[np.float64]:
        """Values at their places, (rows, columns); NaN where nothing is known."""
        made = np.full((shape.rows, shape.columns), np.nan)
        for well, value in self.values.items():
            made[well.row, well.column] = value
        return made
