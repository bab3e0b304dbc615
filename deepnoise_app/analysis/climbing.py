"""What each step of a ladder brings: means over seeds and plates, and gains, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Crossed:
    """A mean over seeds and plates with its 95 % interval; equal bounds where nothing varies."""

    value: float
    low: float
    high: float


def crossed_mean(table: NDArray[np.float64], weights: NDArray[np.float64]) -> Crossed:
    """Mean of a quantity measured with every seed on every plate.

    Seeds and plates are both drawn from many, so that the variances of the means of both are
    added up (an upper bound for crossed effects, Owen 2007, Ann. Appl. Stat. 1:386); degrees of
    freedom after Satterthwaite (1946). One seed or one plate alone tells nothing of its kind's
    variance, which is then left out.

    Parameters
    ----------
    table
        (seeds, plates), for instance the share of wells that are right, or a difference of such.
    weights
        (plates,), above 0: how many wells a plate has.
    """
    share = weights / weights.sum()
    value = float((table * share).sum(axis=1).mean())
    parts = [_of_seeds(table, share), _of_plates(table, share, value)]
    variance = sum(part for part, _ in parts)
    if variance <= 0:
        return Crossed(value, value, value)
    freedom = variance**2 / sum(part**2 / degrees for part, degrees in parts if part > 0)
    half = float(student_t.ppf(0.5 + LEVEL / 2, freedom)) * float(np.sqrt(variance))
    return Crossed(value, value - half, value + half)


def _of_seeds(table: NDArray[np.float64], share: NDArray[np.float64]) -> tuple[float, int]:
    """Variance of the mean that comes from the choice of seeds, and its degrees of freedom."""
    count = len(table)
    if count < 2:
        return 0.0, 1
    return float((table * share).sum(axis=1).var(ddof=1)) / count, count - 1


def _of_plates(
    table: NDArray[np.float64], share: NDArray[np.float64], value: float
) -> tuple[float, int]:
    """Variance of the weighted mean that comes from the choice of plates."""
    count = table.shape[1]
    if count < 2:
        return 0.0, 1
    off = share * (table.mean(axis=0) - value)
    return float((off**2).sum()) * count / (count - 1), count - 1
