"""Means over seeds and plates with intervals that know both."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.analysis.climbing import crossed_mean


def test_mean_is_weighted_by_wells():
    table = np.array([[1.0, 0.0], [1.0, 0.0]])

    assert crossed_mean(table, np.array([3.0, 1.0])).value == pytest.approx(0.75)


def test_nothing_varies_gives_a_point():
    one = crossed_mean(np.full((3, 4), 0.5), np.ones(4))

    assert (one.low, one.value, one.high) == (0.5, 0.5, 0.5)


def test_one_seed_gives_the_interval_over_plates_of_the_textbook():
    shares = np.array([[0.2, 0.4, 0.6, 0.8]])
    one = crossed_mean(shares, np.ones(4))
    half = 3.182446 * shares.std(ddof=1) / 2  # t of 3 degrees of freedom, four plates

    assert one.high - one.value == pytest.approx(half, rel=1e-5)
    assert one.value - one.low == pytest.approx(half, rel=1e-5)


def test_plates_of_little_weight_count_little():
    shares = np.array([[0.5, 0.5, 0.5, 1.0]])
    light = crossed_mean(shares, np.array([10.0, 10.0, 10.0, 1.0]))
    even = crossed_mean(shares, np.ones(4))

    assert light.high - light.low < even.high - even.low


def test_seeds_that_differ_widen_the_interval():
    rng = np.random.default_rng(0)
    plates = rng.normal(0.5, 0.05, 12)
    alike = np.tile(plates, (3, 1))
    apart = alike + np.array([[-0.1], [0.0], [0.1]])
    wells = np.ones(12)

    narrow, wide = crossed_mean(alike, wells), crossed_mean(apart, wells)

    assert wide.value == pytest.approx(narrow.value)
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_nominal_coverage_where_seeds_and_plates_both_vary():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        seeds, plates = rng.normal(0, 0.03, (4, 1)), rng.normal(0, 0.05, (1, 10))
        table = 0.7 + seeds + plates + rng.normal(0, 0.04, (4, 10))
        one = crossed_mean(table, np.ones(10))
        inside += one.low <= 0.7 <= one.high

    assert 0.93 <= inside / 400 <= 1.0
