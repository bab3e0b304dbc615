"""How well controls are told apart: Z', robust Z' and SSMD of every pair of controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.polish import mad
from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import Role

LEAST_WELLS = 2


@dataclass(frozen=True, slots=True)
class ControlPair:
    """A positive against a negative control, by name, on one plate or (no plate) pooled.

    `z_prime` is 1 at best and below 0 where the controls overlap (Zhang 1999), `robust_z_prime`
    the same with medians and MADs, `ssmd` the difference in deviations of a difference (Zhang
    2007). NaN where a control does not vary or has fewer than two wells; `note` says so.
    """

    experiment: str
    plate: str
    positive: str
    negative: str
    positives: int
    negatives: int
    z_prime: float
    robust_z_prime: float
    ssmd: float
    note: str = ""


def control_pairs(plates: Sequence[PlateValues]) -> tuple[ControlPair, ...]:
    """Compare every positive control with every negative one, plate by plate.

    Where no plate has two wells of each, as on plates with one control well each, the wells of
    all plates of an experiment are pooled: give plates that are corrected for their level then.
    """
    pairs = [pair for plate in plates for pair in _of_plate(plate)]
    if pairs and all(min(pair.positives, pair.negatives) < LEAST_WELLS for pair in pairs):
        pairs += _pooled(plates)
    return tuple(pairs)


def no_pairs(plates: Sequence[PlateValues]) -> str:
    """Why there is nothing to compare; empty if there is."""
    there = {role for plate in plates for role in (Role.POSITIVE, Role.NEGATIVE)
             if plate.of_role(role).any()}  # fmt: skip
    if len(there) == 2:
        return ""
    if not there:
        return "no well is a control, so Z' and SSMD are not known"
    name = next(iter(there)).value.replace("_", " ")
    return f"only {name}s are there, so Z' and SSMD are not known: they need both kinds"


def z_prime(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """1 - 3 (s+ + s-) / |m+ - m-| with means and deviations (Zhang 1999)."""
    spread = positive.std(ddof=1) + negative.std(ddof=1)
    return _window(float(spread), float(positive.mean() - negative.mean()))


def robust_z_prime(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Z' with medians and scaled median absolute deviations."""
    spread = mad(positive) + mad(negative)
    return _window(spread, float(np.median(positive) - np.median(negative)))


def ssmd(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """(m+ - m-) / sqrt(s+^2 + s-^2) (Zhang 2007)."""
    spread = float(np.sqrt(positive.var(ddof=1) + negative.var(ddof=1)))
    difference = float(positive.mean() - negative.mean())
    return difference / spread if spread > 0 else float("nan")


def _window(spread: float, difference: float) -> float:
    if difference == 0:
        return float("nan") if spread == 0 else float("-inf")
    return 1 - 3 * spread / abs(difference)


def _of_plate(plate: PlateValues) -> list[ControlPair]:
    return _pairs(*plate.key, _wells(plate, Role.POSITIVE), _wells(plate, Role.NEGATIVE))


def _pooled(plates: Sequence[PlateValues]) -> list[ControlPair]:
    found = []
    for experiment in dict.fromkeys(plate.experiment for plate in plates):
        mine = [plate for plate in plates if plate.experiment == experiment]
        positive, negative = (
            _joined([_wells(plate, role) for plate in mine])
            for role in (Role.POSITIVE, Role.NEGATIVE)
        )
        found += _pairs(experiment, "", positive, negative)
    return found


Wells = dict[str, NDArray[np.float64]]


def _wells(plate: PlateValues, role: Role) -> Wells:
    mask, names = plate.of_role(role), np.array(plate.perturbations, dtype=object)
    return {str(n): plate.values[mask & (names == n)] for n in sorted(set(names[mask]))}


def _joined(parts: Sequence[Wells]) -> Wells:
    names = sorted({name for part in parts for name in part})
    return {n: np.concatenate([part[n] for part in parts if n in part]) for n in names}


def _pairs(experiment: str, plate: str, positive: Wells, negative: Wells) -> list[ControlPair]:
    return [
        _pair(experiment, plate, p, n, positive[p], negative[n])
        for p, n in product(positive, negative)
    ]


def _pair(
    experiment: str,
    plate: str,
    name: str,
    other: str,
    positive: NDArray[np.float64],
    negative: NDArray[np.float64],
) -> ControlPair:
    counts = len(positive), len(negative)
    nan = float("nan")
    if min(counts) < LEAST_WELLS:
        note = f"{counts[0]} and {counts[1]} wells: two of each are needed"
        return ControlPair(experiment, plate, name, other, *counts, nan, nan, nan, note)
    note = "a control does not vary" if 0 in (np.ptp(positive), np.ptp(negative)) else ""
    return ControlPair(
        experiment,
        plate,
        name,
        other,
        *counts,
        z_prime(positive, negative),
        robust_z_prime(positive, negative),
        ssmd(positive, negative),
        note,
    )
