"""Confidence that means what it says: temperature scaling and its error (Guo et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

BINS = 15
COLDEST, HOTTEST = 0.05, 20.0

Logits = NDArray[np.floating]
Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A temperature and the expected calibration error before and after it.

    `crossed` says whether the error after it was taken on groups that the temperature had not seen.
    """

    temperature: float
    error_before: float
    error_after: float
    crossed: bool


def calibrate(logits: Logits, labels: Labels, groups: Labels) -> Calibrated:
    """Fit a temperature, and tell what it brings.

    Parameters
    ----------
    logits, labels
        (wells, classes) of wells that the network has not learned from; their classes.
    groups
        (wells,): number of each well's experiment. With two or more, the error after calibration
        is that of temperatures fitted on the other experiments.
    """
    before = calibration_error(*_confidence(logits, labels, 1.0))
    kinds = np.unique(groups)
    crossed = len(kinds) > 1
    temperature = np.full(len(labels), fit_temperature(logits, labels))
    overall = float(temperature[0])
    if crossed:
        for kind in kinds:
            mine = groups == kind
            temperature[mine] = fit_temperature(logits[~mine], labels[~mine])
    after = calibration_error(*_confidence(logits, labels, temperature[:, None]))
    return Calibrated(overall, before, after, crossed)


def fit_temperature(logits: Logits, labels: Labels) -> float:
    """Temperature with the highest likelihood of the labels.

    One well more is imagined, whose label says nothing: so a network that names every well right
    does not become infinitely sure.
    """
    wells = len(labels)

    def loss(log_temperature: float) -> float:
        log_p = scipy.special.log_softmax(
            np.asarray(logits, np.float64) / np.exp(log_temperature), axis=1
        )
        right = log_p[np.arange(wells), labels].sum()
        return float(-(right + log_p.mean()) / (wells + 1))

    bounds = (float(np.log(COLDEST)), float(np.log(HOTTEST)))
    return float(np.exp(scipy.optimize.minimize_scalar(loss, bounds=bounds, method="bounded").x))


def calibration_error(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], bins: int = BINS
) -> float:
    """Mean distance of confidence and share of right ones in bins of confidence, 0 to 1."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    away = np.bincount(place, confidence - right, minlength=bins)
    return float(np.abs(away).sum() / max(1, count.sum()))


def _confidence(
    logits: Logits, labels: Labels, temperature: NDArray[np.floating] | float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    shares = scipy.special.softmax(np.asarray(logits, np.float64) / temperature, axis=1)
    return shares.max(axis=1), np.asarray(shares.argmax(axis=1) == labels, dtype=np.bool_)
