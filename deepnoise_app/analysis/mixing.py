"""How well batches mix while perturbations stay together: the scores of the scib benchmark.

Luecken et al. 2022; LISI after Korsunsky et al. 2019, scaled as in scib.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import silhouette_samples
from sklearn.neighbors import NearestNeighbors

NEIGHBOURS, GRAPH_NEIGHBOURS = 90, 15
_TRIES, _TOLERANCE = 50, 1e-5
# Wells whose neighbours are weighed at once.
_AT_ONCE = 4096


def silhouettes(
    features: NDArray[np.float64], batches: Sequence[str], labels: Sequence[str]
) -> NDArray[np.float64]:
    """(wells,): 1 - |silhouette of the batch| among the wells of the same label.

    NaN for the wells of a label that is in one batch only.
    """
    batch, label = np.array(batches), np.array(labels)
    values = np.full(len(label), np.nan)
    for name in sorted(set(label)):
        mine = label == name
        if 1 < len(set(batch[mine])) < mine.sum():
            values[mine] = 1 - np.abs(silhouette_samples(features[mine], batch[mine]))
    return values


def batch_silhouette(
    features: NDArray[np.float64], batches: Sequence[str], labels: Sequence[str]
) -> float:
    """1 where the batches of each label cannot be told apart, 0 where they lie apart (batch ASW).

    Mean over labels of the mean over their wells; NaN if no label is in two batches.
    """
    values, label = silhouettes(features, batches, labels), np.array(labels)
    told = np.isfinite(values)
    means = [values[told & (label == name)].mean() for name in sorted(set(label[told]))]
    return float(np.mean(means)) if means else float("nan")


def connectivities(features: NDArray[np.float64], labels: Sequence[str]) -> NDArray[np.float64]:
    """(labels,): share of each label's wells in its largest piece of the neighbour graph."""
    count = min(GRAPH_NEIGHBOURS, len(features) - 1)
    if count < 1:
        return np.zeros(0)
    graph = csr_matrix(NearestNeighbors(n_neighbors=count).fit(features).kneighbors_graph())
    label = np.array(labels)
    shares = []
    for name in sorted(set(label)):
        at = np.flatnonzero(label == name)
        _, piece = connected_components(graph[at][:, at], connection="strong")
        shares.append(np.bincount(piece).max() / len(at))
    return np.array(shares)


def graph_connectivity(features: NDArray[np.float64], labels: Sequence[str]) -> float:
    """Mean over labels of the share of its wells in its largest piece of the neighbour graph."""
    shares = connectivities(features, labels)
    return float(shares.mean()) if len(shares) else float("nan")


def mixing_indices(features: NDArray[np.float64], batches: Sequence[str]) -> NDArray[np.float64]:
    """(wells,): inverse Simpson index of the neighbours' batches, scaled to 0 to 1.

    Neighbours are weighted by a Gaussian of fixed perplexity. Empty with a single batch.
    """
    names, code = np.unique(batches, return_inverse=True)
    count = min(NEIGHBOURS, len(features) - 1)
    if len(names) < 2 or count < 3:
        return np.zeros(0)
    finder = NearestNeighbors(n_neighbors=count + 1).fit(features)
    distances, neighbours = finder.kneighbors(features)
    distances, neighbours = distances[:, 1:], neighbours[:, 1:]
    indices = np.empty(len(features))
    for first in range(0, len(features), _AT_ONCE):
        at = slice(first, first + _AT_ONCE)
        weights = gaussians(distances[at], count / 3)
        place = np.arange(len(weights))[:, None] * len(names) + code[neighbours[at]]
        shares = np.bincount(place.ravel(), weights.ravel(), minlength=len(weights) * len(names))
        indices[at] = 1 / (shares.reshape(len(weights), -1) ** 2).sum(axis=1)
    return np.asarray((indices - 1) / (len(names) - 1))


def mixing_index(features: NDArray[np.float64], batches: Sequence[str]) -> float:
    """iLISI: 0 where all neighbours are of one batch, 1 where all batches are among them alike.

    Median over wells; NaN with one batch.
    """
    indices = mixing_indices(features, batches)
    return float(np.median(indices)) if len(indices) else float("nan")


def gaussians(distances: NDArray[np.float64], perplexity: float) -> NDArray[np.float64]:
    """Weights of the same shape, (wells, neighbours), of the perplexity that is wanted.

    Those of a well sum to 1. Each well's rate is found by bisection, all wells together.
    """
    near = distances - distances.min(axis=1, keepdims=True)
    rate, low, high = np.ones(len(near)), np.zeros(len(near)), np.full(len(near), np.inf)
    wanted = np.log(perplexity)
    weights = np.full(near.shape, 1 / near.shape[1])
    open_ = np.arange(len(near))  # wells whose rate is still looked for
    for _ in range(_TRIES):
        raw = np.exp(-near[open_] * rate[open_, None])
        mine = raw / raw.sum(axis=1, keepdims=True)
        weights[open_] = mine
        entropy = -(mine * np.log(np.maximum(mine, 1e-300))).sum(axis=1)
        far = np.abs(entropy - wanted) >= _TOLERANCE
        wide, narrow = open_[far & (entropy > wanted)], open_[far & (entropy <= wanted)]
        low[wide] = rate[wide]
        rate[wide] = np.where(np.isinf(high[wide]), rate[wide] * 2, (rate[wide] + high[wide]) / 2)
        high[narrow] = rate[narrow]
        rate[narrow] = (rate[narrow] + low[narrow]) / 2
        open_ = open_[far]
        if not len(open_):
            break
    return weights
