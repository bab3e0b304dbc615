"""Whether replicates find each other: average precision and correlation between plates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.profiles import Profiles

LEAST_PAIRS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Retrieval:
    """Average precision of each well with a replicate on another plate; NaN for the others.

    `mean` over perturbations of the mean over their wells (mAP). `chance` is what shuffled
    similarities give on average.
    """

    precision: NDArray[np.float64]
    mean: float
    chance: float


def retrieval(profiles: Profiles) -> Retrieval:
    """Rank the wells of other plates by cosine similarity and see where replicates come.

    Profiles of a single feature have no direction: there the nearest come first.

    Positives hold the same perturbation on another plate, negatives another perturbation on
    another plate or the same; average precision as in Kalinin et al. 2025 (copairs).
    """
    features = profiles.features
    unit = features if features.shape[1] == 1 else _unit(features)
    names, plates = np.array(profiles.perturbations), np.array(profiles.plates)
    precision = np.full(len(names), np.nan)
    expected = np.full(len(names), np.nan)
    for well in range(len(names)):
        if not names[well]:
            continue
        same = names == names[well]
        positive = same & (plates != plates[well])
        candidates = positive | (~same & (names != ""))
        if not positive.any():
            continue
        like = _likeness(unit[candidates], unit[well])
        order = np.argsort(-like, kind="stable")
        precision[well] = average_precision(positive[candidates][order])
        expected[well] = positive.sum() / candidates.sum()
    told = np.isfinite(precision)
    means = [precision[told & (names == n)].mean() for n in sorted(set(names[told]))]
    return Retrieval(
        precision,
        float(np.mean(means)) if means else float("nan"),
        float(expected[told].mean()) if means else float("nan"),
    )


def _likeness(others: NDArray[np.float64], one: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-np.abs(others - one)[:, 0] if len(one) == 1 else others @ one)


def average_precision(relevant: NDArray[np.bool_]) -> float:
    """Mean over the relevant ones of the precision at their rank; best ranks first."""
    ranks = np.flatnonzero(relevant) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).mean())


@dataclass(frozen=True, slots=True)
class Replication:
    """Correlation of replicates on different plates.

    `median` over perturbations of the median correlation of their pairs of wells; `null` is the
    95th percentile of as many pairs of different perturbations, `replicating` the share of
    perturbations above it.
    """

    perturbations: int
    median: float
    null: float
    replicating: float


def replication(profiles: Profiles, seed: int = 0) -> Replication:
    """Correlate wells that hold the same with each other, and with wells that do not.

    A single feature correlates with nothing: there all is NaN.
    """
    values = _unit(profiles.features - profiles.features.mean(axis=1, keepdims=True))
    names, plates = np.array(profiles.perturbations), np.array(profiles.plates)
    medians, counts = [], []
    for name in sorted(set(names) - {""}):
        at = np.flatnonzero(names == name)
        first, second = np.triu_indices(len(at), 1)
        apart = plates[at[first]] != plates[at[second]]
        if apart.any():
            pairs = (values[at[first][apart]] * values[at[second][apart]]).sum(axis=1)
            medians.append(float(np.median(pairs)))
            counts.append(len(pairs))
    nan = float("nan")
    if not medians or profiles.features.shape[1] == 1:
        return Replication(0, nan, nan, nan)
    null = _null(values, names, plates, counts, np.random.default_rng(seed))
    share = float((np.array(medians) > null).mean())
    return Replication(len(medians), float(np.median(medians)), null, share)


def _null(
    values: NDArray[np.float64],
    names: NDArray[np.str_],
    plates: NDArray[np.str_],
    counts: list[int],
    rng: np.random.Generator,
) -> float:
    """Return the 95th percentile of medians over pairs of different perturbations and plates."""
    known = np.flatnonzero(names != "")
    medians = []
    for count in rng.choice(counts, 500):
        first, second = rng.choice(known, (2, 4 * int(count) + 20))
        other = (names[first] != names[second]) & (plates[first] != plates[second])
        pairs = (values[first[other]] * values[second[other]]).sum(axis=1)[: int(count)]
        if len(pairs):
            medians.append(float(np.median(pairs)))
    return float(np.percentile(medians, 95)) if medians else float("nan")


def _unit(features: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.where(length > 0, length, 1))
