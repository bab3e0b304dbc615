"""What anybody can do without a network: names from simple features, by a linear classifier.

A model is worth its name where it beats these on the same wells, under the same rules.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.special import log_softmax

from deepnoise_app.analysis.discriminants import LEAST, fit_discriminants

Features = NDArray[np.float64]
# Added to every count of a place, as if each perturbation had lain there this often.
SMOOTHING = 0.1
# Of several plates' means and deviations, a deviation below this is none.
FLAT = 1e-9


def within_plates(features: Features, plates: Sequence[str]) -> Features:
    """Bring each feature to mean 0 and deviation 1 on every plate, as the model's pixels are.

    Parameters
    ----------
    features
        (wells, F), finite.
    plates
        Unique name of the plate of each well.
    """
    made = np.empty_like(features, dtype=np.float64)
    _, plate = np.unique(np.asarray(plates), return_inverse=True)
    for number in range(int(plate.max()) + 1 if len(plate) else 0):
        mine = plate == number
        spread = features[mine].std(axis=0)
        made[mine] = (features[mine] - features[mine].mean(axis=0)) / np.where(
            spread > FLAT, spread, np.inf
        )
    return made


def within(values: NDArray[np.floating]) -> Features:
    """Bring features of one plate to mean 0 and deviation 1 over its wells; NaN stays NaN."""
    there = np.isfinite(values).all(axis=1)
    made = np.array(values, dtype=np.float64)
    if there.any():
        made[there] = within_plates(made[there], ["one"] * int(there.sum()))
    return made


def linear_shares(
    learned: Features, labels: Sequence[str], asked: Features, classes: Sequence[str]
) -> NDArray[np.float32]:
    """Logarithm of how likely each class is, by linear discriminants (`discriminants.py`).

    Where every class has a single well, which tells nothing of how wells of one class differ, the
    nearest is the likeliest.

    Parameters
    ----------
    learned, labels
        (wells, F) and the class of each.
    asked
        (other wells, F).

    Returns
    -------
    shares
        (other wells, classes), `LEAST` for a class without a learned well.
    """
    place = {name: i for i, name in enumerate(classes)}
    code = np.array([place[label] for label in labels], dtype=np.intp)
    discriminants = fit_discriminants(learned, code, len(classes))
    if discriminants is not None:
        return np.maximum(discriminants.shares(asked), np.float32(LEAST))
    found = np.full((len(asked), len(classes)), LEAST, dtype=np.float32)
    found[:, code] = log_softmax(-cdist(asked, learned, "sqeuclidean") / 2, axis=1)
    return found


def position_shares(
    learned: Sequence[str], labels: Sequence[str], asked: Sequence[str], classes: Sequence[str]
) -> NDArray[np.float32]:
    """Logarithm of how often each class lay in the place of a well, in what was learned from.

    Parameters
    ----------
    learned, labels
        Names of wells, such as B07, and the class of each.
    asked
        Names of other wells.

    Returns
    -------
    shares
        (other wells, classes).
    """
    row = {name: i for i, name in enumerate(dict.fromkeys([*learned, *asked]))}
    column = {name: i for i, name in enumerate(classes)}
    counts = np.full((len(row), len(classes)), SMOOTHING)
    for well, label in zip(learned, labels, strict=True):
        if label in column:
            counts[row[well], column[label]] += 1
    shares = np.log(counts / counts.sum(axis=1, keepdims=True))
    return np.asarray(shares[[row[well] for well in asked]], dtype=np.float32)
