"""How often each grey level occurs in a plane, and what follows from that alone.

One pass over the pixels gives the histogram; all basic measures are read from it, so that they
cost far less than decoding the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import Plane

# Brightest values of cameras with 8, 12, 14 and 16 bits.
FULL_SCALES = (255, 4095, 16383, 65535)
# Foreground: brighter than the background by this many of its deviations, and by two grey levels.
FOREGROUND_SD, FOREGROUND_LEVELS = 5.0, 2.0
# Glare: this many times as far above the background as the 99th percentile is.
GLARE = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The grey levels of one plane, ascending, and how many pixels have each."""

    values: NDArray[np.float64]
    counts: NDArray[np.float64]
    full_scale: float

    @classmethod
    def of(cls, plane: Plane) -> Levels:
        """Count the levels of a plane; pixels that are not finite are left out."""
        if plane.dtype == np.uint8:
            counts = _bytes(plane)
        elif plane.dtype == np.uint16:
            counts = np.bincount(plane.ravel())
        else:
            finite = plane[np.isfinite(plane)]
            values, counts = np.unique(finite, return_counts=True)
            return cls(values.astype(float), counts.astype(float), np.inf)
        values = np.flatnonzero(counts)
        top = int(values[-1]) if len(values) else 0
        full = float(top) if top in FULL_SCALES else float(np.iinfo(plane.dtype).max)
        return cls(values.astype(float), counts[values].astype(float), full)

    @property
    def pixels(self) -> float:
        """How many pixels were counted."""
        return float(self.counts.sum())

    @property
    def mean(self) -> float:
        """Mean of all pixels."""
        return float(self.values @ self.counts / self.pixels)

    @property
    def deviation(self) -> float:
        """Standard deviation of all pixels."""
        return float(np.sqrt((self.values - self.mean) ** 2 @ self.counts / self.pixels))

    def percentile(self, percent: float) -> float:
        """Smallest level that at least so many percent of the pixels do not exceed."""
        reached = np.searchsorted(np.cumsum(self.counts), percent / 100 * self.pixels)
        return float(self.values[min(int(reached), len(self.values) - 1)])

    @property
    def background(self) -> float:
        """The most frequent of the levels up to the median: what lies between the cells."""
        low = self.values <= self.percentile(50)
        return float(self.values[low][np.argmax(self.counts[low])])

    @property
    def background_deviation(self) -> float:
        """Spread of the background, from the pixels below its level alone: no cell is there."""
        base = self.background
        low = self.values <= base
        weight = self.counts[low]
        weight[-1] /= 2  # half of the pixels at the level itself belong to its upper side
        return float(np.sqrt((self.values[low] - base) ** 2 @ weight / weight.sum()))

    @property
    def foreground(self) -> float:
        """Share of pixels that stand out from the background, 0 to 1."""
        margin = max(FOREGROUND_SD * self.background_deviation, FOREGROUND_LEVELS)
        return self.above(self.background + margin)

    @property
    def saturated(self) -> float:
        """Share of pixels at the camera's brightest value, 0 to 1."""
        return float(self.counts[self.values >= self.full_scale].sum() / self.pixels)

    @property
    def glare(self) -> float:
        """Share of pixels far brighter than cells are: debris, fibres, dead cells; 0 to 1."""
        base = self.background
        return self.above(base + GLARE * max(self.percentile(99) - base, 1.0))

    def above(self, level: float) -> float:
        """Share of pixels brighter than a level, 0 to 1."""
        return float(self.counts[self.values > level].sum() / self.pixels)


def _bytes(plane: Plane) -> NDArray[np.signedinteger]:
    """Count 8-bit levels two pixels at a time, which takes half as long as one by one."""
    flat = np.ascontiguousarray(plane).ravel()
    even = len(flat) // 2 * 2
    pairs = np.bincount(flat[:even].view(np.uint16), minlength=1 << 16).reshape(256, 256)
    counts = pairs.sum(axis=0) + pairs.sum(axis=1)
    if even < len(flat):
        counts[flat[-1]] += 1
    return np.asarray(counts, dtype=np.int64)
