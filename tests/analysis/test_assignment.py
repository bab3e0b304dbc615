from itertools import permutations

import numpy as np
import pytest

from deepnoise_app.analysis.assignment import UNASSIGNED, assign


def brute_force(scores: np.ndarray) -> float:
    wells, candidates = scores.shape
    if wells <= candidates:
        return max(scores[range(wells), p].sum() for p in permutations(range(candidates), wells))
    return max(scores[list(p), range(candidates)].sum()
               for p in permutations(range(wells), candidates))  # fmt: skip


@pytest.mark.parametrize("shape", [(6, 6), (4, 6), (6, 4)])
@pytest.mark.parametrize("seed", range(5))
def test_assignment_equals_brute_force(shape: tuple[int, int], seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=shape)
    assert assign(scores).value == pytest.approx(brute_force(scores))


def test_surplus_wells_stay_unassigned() -> None:
    chosen = assign(np.array([[1.0], [3.0], [2.0]])).candidate
    assert chosen.tolist() == [UNASSIGNED, 0, UNASSIGNED]


def test_each_candidate_goes_to_no_more_wells_than_it_has_copies() -> None:
    scores = np.tile([5.0, 1.0, 0.0], (4, 1))
    chosen = assign(scores, copies=[2, 1, 1]).candidate
    assert sorted(chosen.tolist()) == [0, 0, 1, 2]


def test_no_candidate_leaves_all_wells_unassigned() -> None:
    assert assign(np.empty((2, 0))).candidate.tolist() == [UNASSIGNED, UNASSIGNED]


def test_a_score_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        assign(np.array([[np.nan, 1.0]]))
