"""Linear discriminants of features from which each plate's own mean and deviation were taken.

What a plate does to all of its wells goes with its mean and deviation; in what is left, wells of
one perturbation differ mostly along directions that technical noise shares. Linear discriminants
(Fisher 1936) weigh those directions down. One covariance within classes is pooled over all of them
and shrunken after Ledoit & Wolf (2004), since a class has few wells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

# Stands for the logarithm of 0.
LEAST = -1e4


@dataclass(frozen=True, slots=True, eq=False)
class Discriminants:
    """Scores of classes, linear in the features: `weight` (classes, F), `bias` (classes,)."""

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def shares(self, features: NDArray[np.floating]) -> NDArray[np.float32]:
        """Logarithm of how likely each class is, all equally likely before.

        Parameters
        ----------
        features
            (wells, F), of each plate with mean 0 and deviation 1.

        Returns
        -------
        shares
            (wells, classes); NaN for a well of which a feature is NaN.
        """
        values = features.astype(np.float64) @ self.weight.T + self.bias
        return np.asarray(scipy.special.log_softmax(values, axis=1), dtype=np.float32)


def fit_discriminants(
    features: NDArray[np.floating], labels: NDArray[np.integer], classes: int
) -> Discriminants | None:
    """Fit linear discriminants with one covariance for all classes.

    Parameters
    ----------
    features, labels
        (wells, F), finite, of each plate with mean 0 and deviation 1; class number of each well.
    classes
        How many classes there are; one without a well is never likely.

    Returns
    -------
    discriminants
        None where no class has two wells: nothing tells how wells of one class differ.
    """
    from sklearn.covariance import ledoit_wolf  # slow to load

    features = np.asarray(features, dtype=np.float64)
    counts = np.bincount(labels, minlength=classes)
    free = len(features) - int((counts > 0).sum())
    if free < 1:
        return None
    means = np.zeros((classes, features.shape[1]))
    np.add.at(means, labels, features)
    means /= np.maximum(counts, 1)[:, None]
    within, _ = ledoit_wolf(features - means[labels], assume_centered=True)
    # By least squares, since features that never differ within a class make it singular.
    weight = np.linalg.lstsq(within * len(features) / free, means.T, rcond=None)[0].T
    bias = np.where(counts > 0, -(weight * means).sum(axis=1) / 2, LEAST)
    return Discriminants(weight, bias)
