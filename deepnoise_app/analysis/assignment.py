"""Giving each candidate perturbation to at most as many wells as the library holds copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

UNASSIGNED = -1


@dataclass(frozen=True, slots=True)
class Assignment:
    """Candidate of each well, and the sum of the scores that it collects."""

    candidate: NDArray[np.intp]
    value: float


def assign(scores: NDArray[np.floating], copies: Sequence[int] | None = None) -> Assignment:
    """Assign wells to candidates with the highest total score (Hungarian method).

    Parameters
    ----------
    scores
        (wells, candidates), finite; higher is better.
    copies
        How many wells may get each candidate, at least 0; one each by default.

    Returns
    -------
    assignment
        `candidate` is (wells,), an index or `UNASSIGNED`. As many wells as possible are
        assigned: all of them unless there are more wells than copies. Among equals the lower
        index wins, so that the answer is defined.

    Raises
    ------
    ValueError
        If a score is not finite.
    """
    scores = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite: a well without a score has to be left out")
    wells, candidates = scores.shape
    counts = np.ones(candidates, np.intp) if copies is None else np.asarray(copies, np.intp)
    slots = np.repeat(np.arange(candidates), np.minimum(counts, wells))
    chosen = np.full(wells, UNASSIGNED, dtype=np.intp)
    rows, columns = linear_sum_assignment(scores[:, slots], maximize=True)
    chosen[rows] = slots[columns]
    return Assignment(chosen, float(scores[rows, slots[columns]].sum()))
