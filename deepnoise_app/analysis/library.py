"""Which library plate lies on which plate of an experiment, told from the scores of the wells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from deepnoise_app.analysis.assignment import assign
from deepnoise_app.screen import Library


@dataclass(frozen=True, slots=True)
class LibraryOrder:
    """Library plate of each plate; `margin` is the total score minus that of the runner-up."""

    names: tuple[str, ...]
    margin: float


def infer_library_order(
    plates: Sequence[NDArray[np.floating]], classes: Sequence[str], library: Library
) -> LibraryOrder:
    """Choose the order of library plates with the highest total assignment value.

    All orders are searched, not only those seen in training (the fourth cyclic shift of RxRx1
    occurs in its test experiments alone). Where an experiment has more plates than the library,
    each library plate may lie on as many as needed.

    Parameters
    ----------
    plates
        One array (treated wells, classes) per plate of one experiment; comparable within a well.
    classes
        Perturbation of each column.

    Returns
    -------
    order
        `margin` is infinite where no other order exists.
    """
    values = np.array([[_value(p, classes, library, name) for name in library.names]
                       for p in plates])  # fmt: skip
    repeats = -(-len(plates) // len(library.names))
    tiled = np.tile(values, repeats)
    rows, best = linear_sum_assignment(tiled, maximize=True)
    total = float(tiled[rows, best].sum())
    kinds = best % len(library.names)
    margin = total - _runner_up(tiled, kinds, len(library.names))
    return LibraryOrder(tuple(library.names[k] for k in kinds), margin)


def candidates_of(
    classes: Sequence[str], library: Library, name: str
) -> tuple[NDArray[np.intp], list[int]]:
    """Columns of `classes` that a library plate holds, and the copies of each."""
    held = library.plates[name]
    columns = [i for i, perturbation in enumerate(classes) if held.get(perturbation, 0) > 0]
    return np.array(columns, dtype=np.intp), [held[classes[i]] for i in columns]


def _value(
    scores: NDArray[np.floating], classes: Sequence[str], library: Library, name: str
) -> float:
    columns, copies = candidates_of(classes, library, name)
    if not len(columns) or not len(scores):
        return 0.0
    return assign(scores[:, columns], copies).value


def _runner_up(tiled: NDArray[np.float64], kinds: NDArray[np.intp], count: int) -> float:
    """Best total of any other order: each choice of the best one is forbidden in turn."""
    found = -np.inf
    forbidden = float(tiled.min() - 2 * np.abs(tiled).sum() - 1)
    for row, kind in enumerate(kinds):
        trial = tiled.copy()
        trial[row, kind::count] = forbidden
        rows, columns = linear_sum_assignment(trial, maximize=True)
        if (columns[row] % count) != kind:
            found = max(found, float(trial[rows, columns].sum()))
    return found
