"""Whether replicates find each other: average precision and correlation between plates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.profiles import Profiles

LEAST_PAIRS = 2
# Wells whose likeness to all others is held at once.
_AT_ONCE = 64


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
    known = names != ""
    for name in sorted(set(names[known])):
        same = names == name
        mine, others = np.flatnonzero(same), np.flatnonzero(known & ~same)
        apart = plates[mine][:, None] != plates[mine]  # (wells, wells): which are each other's
        for part in range(0, len(mine), _AT_ONCE):
            at = slice(part, part + _AT_ONCE)
            wells, positive = mine[at], apart[at]
            precision[wells] = _precisions(
                _likeness(unit[mine], unit[wells]), positive, _likeness(unit[others], unit[wells])
            )
            count = positive.sum(axis=1)
            expected[wells[count > 0]] = count[count > 0] / (count[count > 0] + len(others))
    told = np.isfinite(precision)
    means = [precision[told & (names == n)].mean() for n in sorted(set(names[told]))]
    return Retrieval(
        precision,
        float(np.mean(means)) if means else float("nan"),
        float(expected[told].mean()) if means else float("nan"),
    )


def _likeness(others: NDArray[np.float64], ones: NDArray[np.float64]) -> NDArray[np.float64]:
    """(ones, others): how alike they are."""
    if ones.shape[1] == 1:
        return np.asarray(-np.abs(ones - others[:, 0]))
    return np.asarray(ones @ others.T)


def _precisions(
    replicates: NDArray[np.float64], positive: NDArray[np.bool_], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(wells,): average precision; NaN for a well without a positive one.

    Where a positive one and others are alike to the last digit, it ranks after half of them.

    Parameters
    ----------
    replicates
        (wells, replicates): how alike; only those that are `positive` count.
    others
        (wells, others): how alike those of other perturbations are.
    """
    found = np.full(len(replicates), np.nan)
    ordered = np.sort(others, axis=1)
    for well, (like, counts) in enumerate(zip(replicates, positive, strict=True)):
        if counts.any():
            mine = -np.sort(-like[counts])
            above = ordered.shape[1] - np.searchsorted(ordered[well], mine, "right")
            level = ordered.shape[1] - np.searchsorted(ordered[well], mine, "left") - above
            place = np.arange(1, len(mine) + 1)
            found[well] = (place / (place + above + level / 2)).mean()
    return found


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
