"""How plates differ from one another: offsets, drift in the order of plates, experiments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from deepnoise_app.analysis.polish import mad
from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import natural

LEAST_PLATES = 5


@dataclass(frozen=True, slots=True)
class PlateOffset:
    """One plate: median of its samples, and how far it lies from its experiment's plates.

    `deviations` is the offset over the robust deviation of the plates; NaN with too few plates.
    """

    experiment: str
    plate: str
    median: float
    offset: float
    deviations: float


@dataclass(frozen=True, slots=True)
class ExperimentDrift:
    """Drift of an experiment's plates in the order of their names.

    `median` of its plates; `slope` per plate (Theil and Sen, `low` to `high`: 95 %), `p` of no
    trend (Kendall 1938). NaN with fewer than `LEAST_PLATES` plates.
    """

    experiment: str
    plates: int
    median: float
    slope: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Drift:
    """All plates and experiments of a screen; plates without a sample value are left out."""

    plates: tuple[PlateOffset, ...]
    experiments: tuple[ExperimentDrift, ...]


def drift(plates: Sequence[PlateValues]) -> Drift:
    """Compare the medians of plates within experiments, and the experiments."""
    groups: dict[str, list[PlateValues]] = {}
    for plate in plates:
        if plate.samples.any():
            groups.setdefault(plate.experiment, []).append(plate)
    offsets: list[PlateOffset] = []
    experiments = []
    for name in sorted(groups, key=natural):
        mine = sorted(groups[name], key=lambda plate: natural(plate.plate))
        medians = np.array([np.median(plate.values[plate.samples]) for plate in mine])
        offsets += _offsets(mine, medians)
        experiments.append(_trend(name, medians))
    return Drift(tuple(offsets), tuple(experiments))


def _offsets(plates: Sequence[PlateValues], medians: np.ndarray) -> list[PlateOffset]:
    centre, spread = float(np.median(medians)), mad(medians)
    told = len(plates) >= LEAST_PLATES and spread > 0
    return [
        PlateOffset(
            plate.experiment,
            plate.plate,
            float(median),
            float(median - centre),
            float((median - centre) / spread) if told else float("nan"),
        )
        for plate, median in zip(plates, medians, strict=True)
    ]


def _trend(name: str, medians: np.ndarray) -> ExperimentDrift:
    centre, nan = float(np.median(medians)), float("nan")
    if len(medians) < LEAST_PLATES:
        return ExperimentDrift(name, len(medians), centre, nan, nan, nan, nan)
    if np.ptp(medians) == 0:
        return ExperimentDrift(name, len(medians), centre, 0.0, 0.0, 0.0, 1.0)
    order = np.arange(len(medians))
    fit = scipy.stats.theilslopes(medians, order)
    p = float(scipy.stats.kendalltau(order, medians).pvalue)
    return ExperimentDrift(name, len(medians), centre, float(fit.slope), float(fit.low_slope),
                           float(fit.high_slope), p)  # fmt: skip
