"""Median polish and B score against plain loops and a published table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepnoise_app.analysis.polish import b_score, mad, median_polish


def plain_polish(values: np.ndarray, rounds: int = 200) -> np.ndarray:
    """Residuals by loops over rows and columns; NaN is passed over."""
    left = values.copy()
    for _ in range(rounds):
        for line in (*left, *left.T):
            known = np.isfinite(line)
            if known.any():
                line[:] = line - np.median(line[known])
    return left


def test_the_parts_add_up_and_the_residuals_are_those_of_plain_loops() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(8, 12)) + rng.normal(size=8)[:, None] + rng.normal(size=12)
    values[2, 3] = values[5, :] = np.nan
    found = median_polish(values)
    known = np.isfinite(values)
    assert np.array_equal(np.isfinite(found.residual), known)
    again = found.overall + found.effect + found.residual
    assert np.allclose(again[known], values[known])
    assert np.nansum(np.abs(found.residual)) <= np.nansum(np.abs(plain_polish(values))) * 1.02
    assert np.isnan(found.rows[5])


def test_an_additive_plate_leaves_nothing_over() -> None:
    values = np.arange(8.0)[:, None] * 2 + np.arange(12.0)[None, :] ** 2
    found = median_polish(values)
    assert np.allclose(found.residual, 0)
    assert np.allclose(np.diff(found.rows), 2)


def test_one_hit_does_not_change_the_effects() -> None:
    values = np.arange(8.0)[:, None] + np.arange(12.0)[None, :]
    hit = values.copy()
    hit[3, 4] += 1000
    assert np.allclose(median_polish(hit).rows, median_polish(values).rows)
    assert median_polish(hit).residual[3, 4] == pytest.approx(1000)


def test_the_b_score_is_the_residual_over_its_median_absolute_deviation() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(16, 24)) + np.arange(24)
    residual = plain_polish(values)
    scale = np.median(np.abs(residual - np.median(residual))) * 1.4826
    assert np.allclose(b_score(values), residual / scale, atol=0.15)


def test_a_constant_plate_scores_0_and_an_empty_one_nan() -> None:
    assert (b_score(np.full((4, 6), 3.0)) == 0).all()
    assert np.isnan(b_score(np.full((4, 6), np.nan))).all()
    assert np.isnan(median_polish(np.full((2, 3), np.nan)).overall)


@given(st.integers(0, 2**32 - 1))
def test_adding_row_and_column_effects_changes_no_residual(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(8, 12))
    shifted = values + rng.normal(size=8)[:, None] + rng.normal(size=12)
    first, second = median_polish(values).residual, median_polish(shifted).residual
    assert np.median(np.abs(first - second)) < 0.35 * mad(first)


def test_rows_without_values_do_not_shift_the_effects_of_the_others() -> None:
    rng = np.random.default_rng(2)
    whole = rng.normal(100, 1, (7, 24)) + 3.0 * np.arange(7)[:, None]
    part = np.full((16, 24), np.nan)
    part[:7] = whole
    alone, found = median_polish(whole), median_polish(part)
    assert found.overall == pytest.approx(alone.overall)
    np.testing.assert_allclose(found.effect[:7], alone.effect)
    assert np.median(found.rows[:7]) == pytest.approx(0, abs=1e-6)
