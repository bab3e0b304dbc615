"""Effects of position: found where they were put in, not found where they were not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from deepnoise_app.analysis.position import edge_wells, plate_effects, surface
from deepnoise_app.screen import Role

from .made_plates import made_plate

KINDS = ("row", "column", "edge", "trend")


def on_edge(row: np.ndarray, column: np.ndarray) -> np.ndarray:
    return 1.0 * ((row == 0) | (row == 15) | (column == 0) | (column == 23))


def test_an_edge_is_found_with_its_size_and_its_interval_holds_it() -> None:
    found = [plate_effects(made_plate(s, field=lambda r, c: 1.5 * on_edge(r, c), missing=0.1))
             for s in range(20)]  # fmt: skip
    edges = [effects.of("edge") for effects in found]
    assert np.mean([edge.size for edge in edges]) == pytest.approx(1.5, abs=0.1)
    assert sum(edge.low < 1.5 < edge.high for edge in edges) >= 17
    assert all(edge.p < 1e-4 for edge in edges)


def test_a_row_effect_is_found_in_the_rows_alone() -> None:
    plate = made_plate(3, field=lambda r, c: 2.0 * (r == 4))
    found = plate_effects(plate)
    assert found.of("row").p < 1e-4
    assert found.of("row").where.endswith("highest E")
    assert found.of("row").size == pytest.approx(2.0, abs=0.8)
    assert found.of("column").p > 0.01


def test_a_strong_column_effect_is_no_row_effect() -> None:
    rates = [plate_effects(made_plate(s, field=lambda r, c: 1.0 * c)).of("row").p < 0.05
             for s in range(40)]  # fmt: skip
    assert sum(rates) <= 7  # 2 expected; 8 or more has p < 0.001


def test_the_trend_is_the_surface_that_was_put_in() -> None:
    def bowl(row: np.ndarray, column: np.ndarray) -> np.ndarray:
        return 3 * ((row / 7.5 - 1) ** 2 + (column / 11.5 - 1))

    plate = made_plate(1, field=bowl)
    expected = bowl(plate.rows, plate.columns)
    assert np.abs(surface(plate) - (expected - np.median(expected))).mean() < 0.25
    assert plate_effects(plate).of("trend").share > 0.5


def test_hits_do_not_fake_an_effect() -> None:
    plate = made_plate(2)
    values = plate.values.copy()
    values[plate.rows == 7] += np.where(np.arange(24) < 3, 500.0, 0)
    found = plate_effects(plate.with_values(values))
    assert found.of("row").p > 0.001


def test_controls_in_a_column_of_their_own_do_not_count() -> None:
    plate = made_plate(4)
    values = np.where(plate.columns == 23, 50.0, plate.values)
    roles = tuple(Role.POSITIVE if c == 23 else Role.TREATMENT for c in plate.columns)
    found = plate_effects(replace(plate.with_values(values), roles=roles))
    assert found.wells == 16 * 23
    assert found.of("column").p > 0.01


def test_where_the_outer_ring_is_empty_the_next_one_is_the_edge() -> None:
    plate = made_plate(0)
    inner = (plate.rows > 0) & (plate.rows < 15) & (plate.columns > 0) & (plate.columns < 23)
    values = np.where(inner, plate.values, np.nan)
    edge = edge_wells(plate.with_values(values), inner)
    assert edge.sum() == 2 * 22 + 2 * 12
    assert set(plate.rows[edge & (plate.columns == 5)]) == {1, 14}


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (np.full(384, np.nan), "no sample well has a value"),
        (np.full(384, 7.0), "the measure is 7 in all sample wells"),
        (np.where(np.arange(384) < 5, 1.0, np.nan), "only 5 sample wells have a value"),
    ],
)
def test_a_plate_that_tells_nothing_says_why(values, note) -> None:
    found = plate_effects(made_plate(0).with_values(values))
    assert found.effects == ()
    assert note in found.note


def test_one_row_of_wells_has_no_row_effect_and_the_rest_is_told() -> None:
    plate = made_plate(0)
    found = plate_effects(plate.with_values(np.where(plate.rows == 3, plate.values, np.nan)))
    assert found.of("row") is None
    assert "row" in found.note
    assert found.of("trend") is not None


def test_an_exact_pattern_has_p_0_instead_of_a_division_by_0() -> None:
    plate = made_plate(0)
    exact = plate_effects(plate.with_values(plate.rows * 24.0 * 24 + plate.columns))
    assert exact.of("row").p == 0
    assert 0.9 < exact.of("row").share <= 1


@pytest.mark.slow
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("shape", [(16, 24), (8, 12)])
def test_where_nothing_was_put_in_the_nominal_rate_is_found(missing, shape) -> None:
    rates = dict.fromkeys(KINDS, 0)
    for seed in range(200):
        found = plate_effects(made_plate(seed, *shape, missing=missing))
        for kind in KINDS:
            rates[kind] += found.of(kind).p < 0.05
    most = int(stats.binom.ppf(0.9995, 200, 0.05))
    assert max(rates.values()) <= most, rates
