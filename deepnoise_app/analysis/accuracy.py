"""Accuracy with an interval that knows that the wells of one plate are alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A share of correct wells, 0 to 1, with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def accuracy(
    correct: Iterable[bool] | NDArray[np.bool_], plates: Iterable[str] | NDArray[np.intp]
) -> Accuracy | None:
    """Share of correct wells, with a 95 % interval over plates.

    Wilson's interval (Wilson 1927) at the effective number of wells: the number of wells divided
    by the design effect of drawing whole plates (Kish 1965), which is taken as at least 1. It
    stays within 0 and 1 and does not shrink to a point when every well is right.

    Parameters
    ----------
    correct
        Per well.
    plates
        Name or number of each well's plate.

    Returns
    -------
    accuracy
        None without wells.
    """
    hits = np.asarray(correct if isinstance(correct, np.ndarray) else list(correct), np.float64)
    names = plates if isinstance(plates, np.ndarray) else list(plates)
    _, plate = np.unique(names, return_inverse=True)
    if not len(hits):
        return None
    share = float(hits.mean())
    size = len(hits) / _design_effect(hits, plate, share)
    centre = (share + _Z95**2 / (2 * size)) / (1 + _Z95**2 / size)
    half = _Z95 / (1 + _Z95**2 / size)
    half *= float(np.sqrt(share * (1 - share) / size + _Z95**2 / (4 * size**2)))
    return Accuracy(share, max(0.0, centre - half), min(1.0, centre + half))


def _design_effect(hits: NDArray[np.float64], plate: NDArray[np.intp], share: float) -> float:
    count = int(plate.max()) + 1
    if count < 2 or share in (0.0, 1.0):
        return 1.0
    residual = np.bincount(plate, hits - share)
    clustered = count / (count - 1) * float((residual**2).sum()) / len(hits) ** 2
    return max(1.0, clustered / (share * (1 - share) / len(hits)))
