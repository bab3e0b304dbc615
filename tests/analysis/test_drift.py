"""Plates that lie apart and plates that drift, in the order of their numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.analysis.drift import drift
from deepnoise_app.screen import natural

from .made_plates import made_plate


def plates(levels: list[float]):
    return [replace(made_plate(i, 8, 12, lambda r, c, v=v: v), plate=f"Plate{i + 1}")
            for i, v in enumerate(levels)]  # fmt: skip


def test_a_drift_is_found_with_its_slope() -> None:
    (found,) = drift(plates([0.5 * i for i in range(12)])).experiments
    assert found.low < 0.5 < found.high
    assert found.slope == pytest.approx(0.5, abs=0.05)
    assert found.p < 1e-4


def test_plates_without_drift_rarely_drift() -> None:
    rng = np.random.default_rng(0)
    found = [drift(plates(list(rng.normal(size=8)))).experiments[0].p < 0.05 for _ in range(60)]
    assert sum(found) <= 9


def test_a_plate_that_lies_apart_has_many_deviations() -> None:
    found = drift(plates([0, 0.1, -0.1, 0.05, 5, -0.05, 0.02])).plates
    apart = max(found, key=lambda plate: abs(plate.deviations))
    assert apart.plate == "Plate5"
    assert apart.deviations > 10
    assert apart.offset == pytest.approx(5, abs=0.5)


def test_plate_10_comes_after_plate_9_and_few_plates_have_no_drift() -> None:
    found = drift(plates([0.0] * 11))
    assert [plate.plate for plate in found.plates][-2:] == ["Plate10", "Plate11"]
    assert natural("Plate2") < natural("Plate10")
    few = drift(plates([0.0, 1.0]))
    assert np.isnan(few.experiments[0].p)
    assert np.isnan(few.plates[0].deviations)


def test_a_plate_without_values_is_left_out() -> None:
    first, second = plates([0.0, 1.0])
    blank = second.with_values(np.full(len(second), np.nan))
    assert [plate.plate for plate in drift([first, blank]).plates] == ["Plate1"]
