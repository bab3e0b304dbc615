"""The known effects of a real screen, by the definitions of the literature.

KcViab (Boutros 2004; data of the R package cellHTS2): 57 plates twice, one number per well.
"""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.analysis.controls import control_pairs
from deepnoise_app.analysis.correction import Correction, correct
from deepnoise_app.analysis.drift import drift
from deepnoise_app.analysis.position import plate_effects
from deepnoise_app.analysis.variance import variance_shares
from deepnoise_app.screen import Role

from .kcviab import ABSENT, FOLDER, read_kcviab

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)


@pytest.fixture(scope="module")
def plates():
    return read_kcviab()


@pytest.fixture(scope="module")
def columns(plates) -> np.ndarray:
    """Median over the wells of a column of the median over plates, plate medians taken out."""
    level = [plate.grid() for plate in correct(plates, Correction.PLATE_MEDIAN)]
    return np.nanmedian(np.nanmedian(level, axis=0), axis=0)


def test_the_edge_lies_a_tenth_of_a_doubling_higher(plates) -> None:
    edges = [effects.of("edge") for effects in map(plate_effects, plates)]
    assert np.median([edge.size for edge in edges]) == pytest.approx(0.11, abs=0.015)
    assert np.mean([edge.p < 1e-3 for edge in edges]) > 0.8


def test_the_first_and_last_column_are_high_and_the_middle_is_low(plates, columns) -> None:
    assert columns[0] == pytest.approx(0.16, abs=0.01)
    assert columns[23] == pytest.approx(0.18, abs=0.01)
    assert columns[8:16].min() == pytest.approx(-0.06, abs=0.01)
    found = [plate_effects(plate).of("column") for plate in plates]
    assert np.mean([effect.p < 1e-3 for effect in found]) > 0.95


def test_plates_differ_threefold_and_most_of_the_variance_is_theirs(plates) -> None:
    medians = [2**plate.median for plate in drift(plates).plates]
    assert min(medians) == pytest.approx(0.52e6, rel=0.02)
    assert max(medians) == pytest.approx(1.66e6, rel=0.02)
    found = variance_shares(plates, 200)
    assert found.of("plate").share > 0.6
    assert found.of("experiment").share < 0.05
    assert found.of("column").share > found.of("row").share > 0.01


def test_the_b_score_takes_rows_and_columns_out(plates) -> None:
    scored = correct(plates, Correction.B_SCORE)
    level = np.nanmedian(np.nanmedian([plate.grid() for plate in scored], axis=0), axis=0)
    assert np.abs(level).max() < 0.15  # deviations of the residuals
    assert sum(plate_effects(plate).of("column").p < 1e-3 for plate in scored) <= 2
    one = scored[0].values[scored[0].samples]
    assert 1.4826 * np.median(np.abs(one - np.median(one))) == pytest.approx(1, abs=0.02)


def test_z_prime_over_all_plates_is_that_of_its_formula(plates) -> None:
    centred = correct(plates, Correction.PLATE_MEDIAN)
    found = next(pair for pair in control_pairs(centred) if not pair.plate)
    assert (found.positives, found.negatives) == (57, 57)
    first = [plate for plate in centred if plate.experiment == "replicate 1"]
    positive, negative = (
        np.concatenate([plate.values[plate.of_role(role)] for plate in first])
        for role in (Role.POSITIVE, Role.NEGATIVE)
    )
    spread = positive.std(ddof=1) + negative.std(ddof=1)
    expected = 1 - 3 * spread / abs(positive.mean() - negative.mean())
    assert found.z_prime == pytest.approx(expected)
    assert found.robust_z_prime > 0.5 > found.z_prime  # a few failed controls spoil the mean
