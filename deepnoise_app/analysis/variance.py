"""Shares out the variance of a measure: experiment, plate, row, column, perturbation, residual.

Method of moments, unbiased for any unbalanced screen: rows and columns from what each explains on
a plate beyond the other (Henderson 1953, method 3), all else from products of pairs of wells or
plates that have something in common. Because every pair lies on two different plates, plates can
be drawn again for a bootstrap without a plate ever meeting its own copy. The intervals are about
other plates with these perturbations, not about other perturbations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.moments import Moments, pair_moments, plate_moments
from deepnoise_app.analysis.values import PlateValues

RESAMPLES = 1000
# With fewer experiments, plates are drawn from all of them together.
LEAST_EXPERIMENTS = 4
NAMES = ("experiment", "plate", "row", "column", "perturbation", "residual")


@dataclass(frozen=True, slots=True)
class Component:
    """One source of variance: its variance and its share of the total, 0 to 1, with 95 %.

    A variance may come out below 0 by chance; as a share it counts as 0.
    """

    name: str
    variance: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class VarianceShares:
    """Sources of variance; a source that cannot be told apart is missing, and a note says why."""

    components: tuple[Component, ...]
    plates: int
    wells: int
    notes: tuple[str, ...] = ()

    def of(self, name: str) -> Component | None:
        """One source; None where it could not be told."""
        return next((one for one in self.components if one.name == name), None)


def variance_shares(
    plates: Sequence[PlateValues], resamples: int = RESAMPLES, seed: int = 0
) -> VarianceShares:
    """Share out the variance among the samples of all plates.

    Parameters
    ----------
    resamples
        Draws of plates, with replacement, for the intervals.

    Returns
    -------
    shares
        Without components if no plate has samples enough.
    """
    parts = [m for m in map(plate_moments, plates) if m is not None]
    wells = sum(part.wells for part in parts)
    if not parts or sum(part.freedom for part in parts) == 0:
        return VarianceShares((), len(parts), wells, ("too few sample wells have a value",))
    told, notes = _told_apart(parts)
    draws = _draws([part.experiment for part in parts], resamples, np.random.default_rng(seed))
    weights = np.vstack([np.ones((1, len(parts))), draws])
    variances = _solve(parts, weights, told)
    shares = _shares(variances, told)
    low, high = np.nanpercentile(shares[1:], (2.5, 97.5), axis=0)
    components = tuple(
        Component(name, *(float(x[i]) for x in (variances[0], shares[0], low, high)))
        for i, name in enumerate(NAMES)
        if told[i]
    )
    if len(parts) < 5:
        notes.append(f"intervals over {len(parts)} plates mean little")
    return VarianceShares(components, len(parts), wells, tuple(notes))


def _draws(
    experiments: Sequence[str], resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(resamples, plates): how often each plate is drawn.

    Whole experiments first, where there are enough of them, then their plates.
    """
    names, code = np.unique(experiments, return_inverse=True)
    if len(names) < LEAST_EXPERIMENTS:
        code = np.zeros(len(experiments), dtype=np.intp)
    sizes = np.bincount(code)
    times = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=resamples)
    drawn = np.zeros((resamples, len(experiments)))
    for group, size in enumerate(sizes):
        drawn[:, code == group] = rng.multinomial(times[:, group] * size, np.full(size, 1 / size))
    return drawn


def _told_apart(parts: Sequence[Moments]) -> tuple[list[bool], list[str]]:
    """Which sources can be told apart, and why the others cannot."""
    experiments = {part.experiment for part in parts}
    notes = []
    several = len(experiments) < len(parts)
    if len(experiments) < 2:
        notes.append("one experiment: how much experiments differ is not known")
    elif not several:
        notes.append("one plate per experiment: the plate is counted as its experiment")
    rows, columns = any(p.rows[1] > 0 for p in parts), any(p.columns[1] > 0 for p in parts)
    alone = not _replicated(parts)
    if alone:
        notes.append("no perturbation is repeated: it is counted as residual")
    elif _same_places(parts):
        notes.append(
            "each perturbation lies in the same well on all its plates: what that place does"
            " beyond its row and column is counted as perturbation"
        )
    return [len(experiments) > 1, several, rows, columns, not alone, True], notes


def _replicated(parts: Sequence[Moments]) -> bool:
    seen: set[str] = set()
    for part in parts:
        names = {name for name in part.names if name}
        twice = any(n and count > 1 for n, count in zip(part.names, part.counts, strict=True))
        if twice or names & seen:
            return True
        seen |= names
    return False


def _same_places(parts: Sequence[Moments]) -> bool:
    places: dict[str, set[object]] = {}
    for part in parts:
        for name, well in zip(part.names, part.places, strict=True):
            if name:
                places.setdefault(name, set()).add(well)
    return all(len(found) == 1 for found in places.values())


def _solve(
    parts: Sequence[Moments], weights: NDArray[np.float64], told: Sequence[bool]
) -> NDArray[np.float64]:
    """(resamples, 6): variances in the order of `NAMES`; NaN where a draw does not tell."""
    pairs = pair_moments(parts)

    def total(get: Callable[[Moments], float]) -> NDArray[np.float64]:
        return np.asarray(weights @ np.array([get(part) for part in parts], dtype=np.float64))

    def crossed(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(((weights @ matrix) * weights).sum(axis=1))

    with np.errstate(divide="ignore", invalid="ignore"):
        row = total(lambda p: p.rows[0]) / total(lambda p: p.rows[1])
        column = total(lambda p: p.columns[0]) / total(lambda p: p.columns[1])
        freedom, within = total(lambda p: p.freedom), total(lambda p: p.squares)
        alike = total(lambda p: p.alike)
        left = crossed(pairs.products) + total(lambda p: p.own_products)
        right = crossed(pairs.expected) + total(lambda p: p.own_expected)
        perturbation = np.zeros(len(weights))
        if told[4]:
            # within = residual * freedom + perturbation * alike; left = residual * alike + ...
            perturbation = (left * freedom - within * alike) / (right * freedom - alike**2)
        residual = (within - perturbation * alike) / freedom
        variances = tuple(map(np.nan_to_num, (row, column, perturbation, residual)))
        near = _noise(weights, pairs.near, parts, pairs.shared, variances)
        far = _noise(weights, pairs.far, parts, pairs.shared, variances)
        plate = (crossed(pairs.near_squares) - near) / crossed(pairs.near)
        experiment = (crossed(pairs.far_squares) - far) / crossed(pairs.far)
        experiment = experiment - (np.nan_to_num(plate) if told[1] else 0)
    return np.stack([experiment, plate, row, column, perturbation, residual], axis=1)


def _noise(
    weights: NDArray[np.float64],
    mask: NDArray[np.float64],
    parts: Sequence[Moments],
    shared: NDArray[np.float64],
    variances: tuple[NDArray[np.float64], ...],
) -> NDArray[np.float64]:
    """What rows, columns, perturbations and residual add to half the squared differences of means.

    Perturbations that lie on both plates of a pair add less: `shared`.
    """
    spread = np.array([part.mean_weights for part in parts])  # (plates, 4)
    made = np.zeros(len(weights))
    for k, variance in enumerate(variances):
        both = mask * (spread[:, None, k] + spread[None, :, k]) / 2
        if k == 2:
            both = both - mask * shared
        made += variance * ((weights @ both) * weights).sum(axis=1)
    return made


def _shares(variances: NDArray[np.float64], told: Sequence[bool]) -> NDArray[np.float64]:
    kept = np.where(np.array(told), np.maximum(np.nan_to_num(variances), 0), 0)
    kept[np.isnan(variances) & np.array(told)] = np.nan
    total = np.nansum(kept, axis=1, keepdims=True)
    return np.asarray(kept / np.where(total > 0, total, np.nan))
