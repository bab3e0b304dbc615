"""Row and column effects by medians: Tukey's median polish and the B score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Makes the median absolute deviation that of a normal distribution.
MAD_TO_SD = 1.4826022185056018
ROUNDS, TOLERANCE = 50, 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Polish:
    """A plate taken apart: value = `overall` + `rows` + `columns` + `residual`.

    Of the rows, and of the columns, that have a value the median is 0.
    `rows` and `columns` are NaN where a row or column has no value.
    """

    overall: float
    rows: NDArray[np.float64]
    columns: NDArray[np.float64]
    residual: NDArray[np.float64]

    @property
    def effect(self) -> NDArray[np.float64]:
        """(rows, columns): what the place does to each well."""
        return np.asarray(self.rows[:, None] + self.columns[None, :])


def median_polish(values: NDArray[np.float64]) -> Polish:
    """Take medians out of rows and columns in turn until nothing changes (Tukey 1977).

    Parameters
    ----------
    values
        (rows, columns), one number per well; NaN where nothing was measured.
    """
    residual = np.array(values, dtype=np.float64)
    known = np.isfinite(residual)
    residual[~known] = np.nan
    some_row, some_column = known.any(axis=1), known.any(axis=0)
    rows, columns = np.zeros(residual.shape[0]), np.zeros(residual.shape[1])
    overall, before = 0.0, np.inf
    for _ in range(ROUNDS):
        step = _medians(residual, 1)
        residual -= step[:, None]
        rows += step
        centre = _median(columns[some_column])
        columns, overall = columns - centre, overall + centre
        step = _medians(residual, 0)
        residual -= step[None, :]
        columns += step
        centre = _median(rows[some_row])
        rows, overall = rows - centre, overall + centre
        total = float(np.abs(residual[known]).sum())
        if total == 0 or abs(before - total) < TOLERANCE * total:
            break
        before = total
    rows[~some_row] = np.nan
    columns[~some_column] = np.nan
    return Polish(float(overall) if known.any() else float("nan"), rows, columns, residual)


def b_score(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Residual of the median polish over its median absolute deviation (Brideau 2003).

    Parameters
    ----------
    values
        (rows, columns); NaN where nothing was measured.

    Returns
    -------
    scores
        Same shape, without unit; all 0 where the residuals do not vary.
    """
    residual = median_polish(values).residual
    spread = mad(residual)
    return residual / spread if spread > 0 else residual * 0.0


def mad(values: NDArray[np.float64]) -> float:
    """Median absolute deviation from the median, scaled to a normal's deviation; NaN left out."""
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan")
    return MAD_TO_SD * float(np.median(np.abs(known - np.median(known))))


def _medians(residual: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Medians along an axis, NaN left out; 0 where there is no value. Faster than nanmedian."""
    ordered = np.sort(residual if axis == 1 else residual.T, axis=1)  # NaN goes to the end
    count = np.isfinite(ordered).sum(axis=1)
    lines = np.arange(len(ordered))
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, ordered.shape[1] - 1)
    middle = (ordered[lines, low] + ordered[lines, high]) / 2
    return np.where(count > 0, middle, 0.0)


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if len(values) else 0.0
