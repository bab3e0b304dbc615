"""What the place of a well does to a measure: row, column, edge and a smooth trend, with p.

Tests use ranks, so that strong hits do not matter, and samples only: controls often have rows or
columns of their own. Row and column are each tested with the other taken out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from deepnoise_app.analysis.polish import mad, median_polish
from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import row_letters

Kind = Literal["row", "column", "edge", "trend"]
LEAST_WELLS = 12
Z95 = 1.959963984540054
# Huber's constant: 95 % efficient where there are no outliers.
HUBER, HUBER_ROUNDS = 1.345, 30


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind of effect on one plate.

    `size` is in the measure's unit: for rows, columns and the trend from the lowest to the
    highest, for the edge how much higher its wells are than inner ones (`low` to `high`: 95 %).
    `relative` is the size over the robust deviation of the samples; `share` is the part of the
    variance of ranks that it accounts for, 0 to 1. `where` names lowest and highest place.
    """

    kind: Kind
    size: float
    relative: float
    share: float
    p: float
    where: str = ""
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class PlateEffects:
    """All effects on one measure of one plate; `note` says why some could not be told."""

    experiment: str
    plate: str
    wells: int
    effects: tuple[Effect, ...]
    note: str = ""

    def of(self, kind: Kind) -> Effect | None:
        """One effect; None where it could not be told."""
        return next((effect for effect in self.effects if effect.kind == kind), None)


def plate_effects(plate: PlateValues) -> PlateEffects:
    """Measure and test all effects of position on a plate."""
    mask = plate.samples
    note = why_not(plate, mask)
    if note:
        return PlateEffects(*plate.key, int(mask.sum()), (), note)
    polish = median_polish(plate.grid(mask))
    made = (
        _lines(plate, mask, "row", polish.rows),
        _lines(plate, mask, "column", polish.columns),
        _edge(plate, mask),
        _trend(plate, mask),
    )
    found = tuple(effect for effect in made if effect is not None)
    names = {"row", "column", "edge", "trend"} - {effect.kind for effect in found}
    note = f"too few places to tell: {', '.join(sorted(names))}" if names else ""
    return PlateEffects(*plate.key, int(mask.sum()), found, note)


def edge_wells(plate: PlateValues, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(wells,): those of the outermost ring of the plate that has any of the masked wells."""
    away = np.minimum.reduce(
        [
            plate.rows,
            plate.columns,
            plate.shape.rows - 1 - plate.rows,
            plate.shape.columns - 1 - plate.columns,
        ]
    )
    return np.asarray(away == away[mask].min()) & mask


def surface(plate: PlateValues) -> NDArray[np.float64]:
    """(wells,): smooth trend over the plate, a robust quadratic surface with median 0."""
    mask = plate.samples
    if mask.sum() < LEAST_WELLS:
        return np.zeros(len(plate))
    design = _quadratic(plate)
    fitted = design @ _robust_fit(design[mask], plate.values[mask])
    return np.asarray(fitted - np.median(fitted[mask]))


def why_not(plate: PlateValues, mask: NDArray[np.bool_]) -> str:
    """Why effects cannot be told from the masked wells; empty where they can."""
    count = int(mask.sum())
    if not count:
        return "no sample well has a value"
    if count < LEAST_WELLS:
        return f"only {count} sample wells have a value, at least {LEAST_WELLS} are needed"
    if np.ptp(plate.values[mask]) == 0:
        return f"the measure is {plate.values[mask][0]:g} in all sample wells"
    return ""


def _lines(
    plate: PlateValues, mask: NDArray[np.bool_], kind: Kind, levels: NDArray[np.float64]
) -> Effect | None:
    mine, other = plate.rows[mask], plate.columns[mask]
    if kind == "column":
        mine, other = other, mine
    if len(np.unique(mine)) < 2:
        return None
    reduced = _dummies(other)
    test = _rank_test(plate.values[mask], reduced, np.hstack([reduced, _dummies(mine)]))
    if test is None:
        return None
    low, high = int(np.nanargmin(levels)), int(np.nanargmax(levels))
    names = [row_letters(i) if kind == "row" else str(i + 1) for i in (low, high)]
    return _effect(plate, mask, kind, float(levels[high] - levels[low]), test,
                   f"lowest {names[0]}, highest {names[1]}")  # fmt: skip


def _edge(plate: PlateValues, mask: NDArray[np.bool_]) -> Effect | None:
    edge = edge_wells(plate, mask)
    outer, inner = plate.values[edge], plate.values[mask & ~edge]
    if min(len(outer), len(inner)) < 3:
        return None
    p = float(scipy.stats.mannwhitneyu(outer, inner, method="asymptotic").pvalue)
    difference, low, high = _hodges_lehmann(outer, inner)
    ranks = scipy.stats.rankdata(np.concatenate([outer, inner]))
    effect = (np.arange(len(ranks)) < len(outer)).astype(float)
    share = float(np.corrcoef(ranks, effect)[0, 1] ** 2)
    share = max(0.0, 1 - (1 - share) * (len(ranks) - 1) / (len(ranks) - 2))
    spread = mad(plate.values[mask]) or float("nan")
    return Effect("edge", difference, difference / spread, share, p, "", low, high)


def _hodges_lehmann(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Median of all pairwise differences with its 95 % interval (Hodges and Lehmann 1963)."""
    pairs = np.sort((first[:, None] - second[None, :]).ravel())
    m, n = len(first), len(second)
    reach = m * n / 2 - Z95 * np.sqrt(m * n * (m + n + 1) / 12)
    low = max(0, int(np.floor(reach)))
    return float(np.median(pairs)), float(pairs[low]), float(pairs[-1 - low])


def _trend(plate: PlateValues, mask: NDArray[np.bool_]) -> Effect | None:
    design = _quadratic(plate)[mask]
    test = _rank_test(plate.values[mask], np.ones((int(mask.sum()), 1)), design)
    if test is None:
        return None
    fitted = surface(plate)
    wells, at = plate.wells, np.flatnonzero(mask)
    low, high = at[np.argmin(fitted[mask])], at[np.argmax(fitted[mask])]
    return _effect(plate, mask, "trend", float(np.ptp(fitted[mask])), test,
                   f"lowest {wells[low]}, highest {wells[high]}")  # fmt: skip


def _effect(
    plate: PlateValues,
    mask: NDArray[np.bool_],
    kind: Kind,
    size: float,
    test: tuple[float, float],
    where: str,
) -> Effect:
    spread = mad(plate.values[mask]) or float("nan")
    return Effect(kind, size, size / spread, test[0], test[1], where)


def _rank_test(
    values: NDArray[np.float64], reduced: NDArray[np.float64], full: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Share (omega squared, at least 0) and p of what `full` explains beyond `reduced`.

    F test on ranks (Conover and Iman 1981). None where nothing is left over to compare with.
    """
    ranks = scipy.stats.rankdata(values)
    small, large = _residual(ranks, reduced), _residual(ranks, full)
    gained, left = small[1] - large[1], large[1]
    if gained < 1 or left < 1:
        return None
    total = float(((ranks - ranks.mean()) ** 2).sum())
    noise = large[0] / left
    if noise <= 1e-12 * total:
        return 1.0, 0.0
    ratio = (small[0] - large[0]) / gained / noise
    share = (small[0] - large[0] - gained * noise) / (total + noise)
    return max(0.0, share), float(scipy.stats.f.sf(ratio, gained, left))


def _residual(values: NDArray[np.float64], design: NDArray[np.float64]) -> tuple[float, int]:
    """Sum of squares that a design leaves over, and its degrees of freedom."""
    solution, _, rank, _ = np.linalg.lstsq(design, values, rcond=None)
    return float(((values - design @ solution) ** 2).sum()), len(values) - int(rank)


def _dummies(levels: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.asarray(levels[:, None] == np.unique(levels)[None, :], dtype=np.float64)


def _quadratic(plate: PlateValues) -> NDArray[np.float64]:
    """(wells, 6): polynomials of degree 2 in row and column, both -1 to 1 over the plate."""
    row = 2 * plate.rows / max(plate.shape.rows - 1, 1) - 1
    column = 2 * plate.columns / max(plate.shape.columns - 1, 1) - 1
    return np.stack([np.ones(len(row)), row, column, row * column, row**2, column**2], axis=1)


def _robust_fit(design: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Huber's M estimate by reweighted least squares (Huber 1964), scale by the MAD."""
    weights = np.ones(len(values))
    solution: NDArray[np.floating] = np.zeros(design.shape[1])
    for _ in range(HUBER_ROUNDS):
        root = np.sqrt(weights)
        before = solution
        solution = np.linalg.lstsq(design * root[:, None], values * root, rcond=None)[0]
        left = np.abs(values - design @ solution)
        scale = mad(left * np.sign(values - design @ solution))
        if not scale > 0 or np.allclose(solution, before, rtol=1e-6, atol=1e-12):
            break
        weights = np.minimum(1, HUBER * scale / np.maximum(left, 1e-300))
    return np.asarray(solution, dtype=np.float64)
