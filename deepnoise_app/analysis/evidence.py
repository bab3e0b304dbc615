"""How strongly the images of wells speak for a perturbation: a likelihood ratio against chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from deepnoise_app.screen import PlateMap, PlateShape, Role, WellId

Codes = NDArray[np.intp]
NOTHING = -1
TEMPERATURES = np.geomspace(0.25, 8, 11)
DOUBTS = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 0.99])


@dataclass(frozen=True, slots=True, eq=False)
class PlateEvidence:
    """What is seen on one plate and what its plate map says.

    `scores` are (wells, classes), comparable within a well and higher for what fits better, such
    as logits; NaN for a well without a readable image. `classes` are the columns' perturbations.
    """

    experiment: str
    plate: str
    shape: PlateShape
    wells: tuple[WellId, ...]
    scores: NDArray[np.floating]
    classes: tuple[str, ...]
    map: PlateMap

    @property
    def key(self) -> tuple[str, str]:
        """Experiment and plate name."""
        return self.experiment, self.plate

    @property
    def readable(self) -> NDArray[np.bool_]:
        """(wells,): those with scores."""
        return np.asarray(np.isfinite(self.scores).all(axis=1))

    def codes(self, plate_map: PlateMap) -> Codes:
        """(wells,): column of what a map says of each well; `NOTHING` where it cannot be checked.

        Wells that the map leaves empty or unnamed, and perturbations that are no class.
        """
        known = {name: i for i, name in enumerate(self.classes)}
        return np.array(
            [
                NOTHING
                if plate_map[well].role is Role.EMPTY
                else known.get(plate_map[well].perturbation, NOTHING)
                for well in self.wells
            ],
            dtype=np.intp,
        )

    def agreement(self) -> tuple[int, int]:
        """Wells in which what the map says scores best of all classes, and wells that count."""
        codes = self.codes(self.map)
        counts = self.readable & (codes != NOTHING)
        best = np.argmax(np.nan_to_num(self.scores), axis=1)
        return int((best[counts] == codes[counts]).sum()), int(counts.sum())


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far scores are to be trusted.

    The probability of a class is the softmax of scores over `temperature`, but for a share `doubt`
    of the wells, which look like anything. Both are fitted by maximum likelihood.
    """

    temperature: float = 1.0
    doubt: float = 0.2

    def ratios(self, plate: PlateEvidence) -> NDArray[np.float64]:
        """(wells, classes): logarithm of the likelihood ratio against chance; 0 if not readable."""
        count = len(plate.classes)
        shares = log_softmax(np.nan_to_num(plate.scores) / self.temperature, axis=1)
        ratios = np.log((1 - self.doubt) * count * np.exp(shares) + self.doubt)
        ratios[~plate.readable] = 0
        return np.asarray(ratios)


def fit_calibration(plates: Sequence[PlateEvidence], codes: Sequence[Codes]) -> Calibration:
    """Fit to what the wells are taken to hold (`codes` as from `PlateEvidence.codes`)."""
    totals = np.zeros((len(TEMPERATURES), len(DOUBTS)))
    for plate, mine in zip(plates, codes, strict=True):
        counts = plate.readable & (mine != NOTHING)
        if not counts.any():
            continue
        scores, truth = np.asarray(plate.scores[counts], np.float64), mine[counts]
        for t in range(len(TEMPERATURES)):
            shares = log_softmax(scores / TEMPERATURES[t], axis=1)[np.arange(len(truth)), truth]
            lifted = len(plate.classes) * np.exp(shares)
            totals[t] += np.log((1 - DOUBTS) * lifted[:, None] + DOUBTS).sum(axis=0)
    best = divmod(int(np.argmax(totals)), len(DOUBTS))
    return Calibration(float(TEMPERATURES[best[0]]), float(DOUBTS[best[1]]))
