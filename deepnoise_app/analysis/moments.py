"""The sums of squares and products from which variances are told, per plate and pair of plates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.values import PlateValues


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What one plate adds.

    `squares` (on `freedom`) is left over by rows and columns; `rows` and `columns` are each a sum
    of squares cleared of that and the weight of its variance. `sums` are the residuals added up
    over each perturbation of `names`, `projection` how far their true effects survive in them;
    `alike`, `own_products` and `own_expected` are the moments of these sums on the plate itself.
    `mean_weights` tells how much of the variances of row, column, perturbation and residual is in
    the variance of the plate's `mean`.
    """

    experiment: str
    wells: int
    mean: float
    freedom: int
    squares: float
    rows: tuple[float, float]
    columns: tuple[float, float]
    names: tuple[str, ...]
    places: tuple[object, ...]
    sums: NDArray[np.float64]
    counts: NDArray[np.float64]
    projection: NDArray[np.float64]
    alike: float
    own_products: float
    own_expected: float
    mean_weights: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class PairMoments:
    """What pairs of plates add, all (plates, plates) with an empty diagonal.

    `products` of the sums of common perturbations and the weight `expected` of their variance;
    half the squared differences of means for pairs of the same experiment (`near`) and of
    different ones (`far`); `shared` as in the variance of such a difference.
    """

    products: NDArray[np.float64]
    expected: NDArray[np.float64]
    near: NDArray[np.float64]
    near_squares: NDArray[np.float64]
    far: NDArray[np.float64]
    far_squares: NDArray[np.float64]
    shared: NDArray[np.float64]


def plate_moments(plate: PlateValues) -> Moments | None:
    """Take a plate apart; None if fewer than two samples have a value."""
    mask = plate.samples
    n = int(mask.sum())
    if n < 2:
        return None
    y = plate.values[mask]
    rows, columns = _incidence(plate.rows[mask]), _incidence(plate.columns[mask])
    basis = _basis(np.hstack([rows, columns]))
    residual = y - basis @ (basis.T @ y)
    freedom = n - basis.shape[1]
    squares = float(residual @ residual) if freedom else 0.0
    noise = squares / freedom if freedom else 0.0
    names, group, places = _groups(plate, mask)
    left = group - basis @ (basis.T @ group)
    projection = group.T @ left
    sums = group.T @ residual
    counts = group.sum(axis=0)
    return Moments(
        plate.experiment,
        n,
        float(y.mean()),
        freedom,
        squares,
        _line(y, rows, columns, squares, noise, basis.shape[1]) if freedom else (0.0, 0.0),
        _line(y, columns, rows, squares, noise, basis.shape[1]) if freedom else (0.0, 0.0),
        names,
        places,
        sums,
        counts,
        projection,
        float(np.trace(projection)),
        float(sums @ sums),
        float((projection**2).sum()),
        (
            float((rows.sum(axis=0) ** 2).sum() / n**2),
            float((columns.sum(axis=0) ** 2).sum() / n**2),
            float((counts**2).sum() / n**2),
            1 / n,
        ),
    )


def pair_moments(parts: Sequence[Moments]) -> PairMoments:
    """Compare all pairs of plates."""
    count = len(parts)
    products, expected, shared = (np.zeros((count, count)) for _ in range(3))
    indices = [{name: k for k, name in enumerate(part.names) if name} for part in parts]
    for i in range(count):
        for j in range(i + 1, count):
            common = indices[i].keys() & indices[j].keys()
            if common:
                found = _pair(parts[i], parts[j], indices[i], indices[j], sorted(common))
                for matrix, value in zip((products, expected, shared), found, strict=True):
                    matrix[i, j] = matrix[j, i] = value
    means = np.array([part.mean for part in parts])
    names = np.array([part.experiment for part in parts])
    squares = (means[:, None] - means[None, :]) ** 2 / 2
    same = names[:, None] == names[None, :]
    near = (same & ~np.eye(count, dtype=bool)).astype(float)
    far = (~same).astype(float)
    return PairMoments(products, expected, near, near * squares, far, far * squares, shared)


def _pair(
    a: Moments, b: Moments, of_a: dict[str, int], of_b: dict[str, int], common: Sequence[str]
) -> tuple[float, float, float]:
    i, j = [of_a[name] for name in common], [of_b[name] for name in common]
    product = float(a.sums[i] @ b.sums[j])
    expected = float((a.projection[np.ix_(i, i)] * b.projection[np.ix_(j, j)]).sum())
    return product, expected, float(a.counts[i] @ b.counts[j]) / (a.wells * b.wells)


def _groups(
    plate: PlateValues, mask: NDArray[np.bool_]
) -> tuple[tuple[str, ...], NDArray[np.float64], tuple[object, ...]]:
    """Names, incidence (wells, names) and places; a well without a name is one of its own."""
    chosen = np.flatnonzero(mask)
    texts = [plate.perturbations[w] or f"\0{w}" for w in chosen]
    names, code = np.unique(texts, return_inverse=True)
    group = np.zeros((len(chosen), len(names)))
    group[np.arange(len(chosen)), code] = 1
    wells = plate.wells
    places = [frozenset(wells[chosen[w]] for w in np.flatnonzero(code == k))
              for k in range(len(names))]  # fmt: skip
    return tuple("" if n.startswith("\0") else str(n) for n in names), group, tuple(places)


def _line(
    y: NDArray[np.float64],
    mine: NDArray[np.float64],
    other: NDArray[np.float64],
    squares: float,
    noise: float,
    rank: int,
) -> tuple[float, float]:
    """Sum of squares of rows beyond columns (or the reverse), less noise, and its weight."""
    size = other.sum(axis=0)
    alone = float(((y - other @ (other.T @ y / size)) ** 2).sum())
    gained = alone - squares - (rank - other.shape[1]) * noise
    weight = len(y) - float(((other.T @ mine) ** 2 / size[:, None]).sum())
    return gained, weight


def _incidence(levels: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.asarray(levels[:, None] == np.unique(levels)[None, :], dtype=np.float64)


def _basis(design: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal basis of what a design spans."""
    left, values, _ = np.linalg.svd(design, full_matrices=False)
    return np.asarray(left[:, values > 1e-9 * values[0]])
