"""Black and white points: of whole grey levels, of fractions, of what is no number."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from deepnoise_app.analysis.contrast import plate_contrast, white_above
from deepnoise_app.screen import Channel, Plate, PlateShape, WellId


class One:
    """Every site is the same plane."""

    present = np.ones((1, 1, 1), dtype=bool)

    def __init__(self, plane: NDArray[np.generic]) -> None:
        self.plane = plane

    def read(self, well: int, site: int, channel: int, level: int = 0) -> NDArray[np.generic]:
        return self.plane


def contrast_of(plane: NDArray[np.generic]) -> list[float]:
    wells = (WellId(0, 0),)
    plate = Plate("A", "1", PlateShape(8, 12), (Channel("DNA"),), (1,), wells, One(plane))
    return plate_contrast(plate)[0].tolist()


def test_fractions_get_the_contrast_that_they_have() -> None:
    rng = np.random.default_rng(0)
    black, white = contrast_of(rng.uniform(0, 0.2, (64, 64)).astype(np.float32))
    assert 0 < black < 0.02
    assert 0.18 < white < 0.2


def test_whole_levels_are_at_least_one_apart() -> None:
    assert contrast_of(np.full((8, 8), 7, np.uint16)) == [7, 8]


def test_pixels_that_are_no_numbers_do_not_count() -> None:
    plane = np.full((8, 8), np.nan, np.float32)
    assert contrast_of(plane) == [0, 255]
    plane[::2, ::4] = 0.5
    plane[0, 0] = np.inf
    black, white = contrast_of(plane)
    assert black == 0.5
    assert 0.5 < white < 0.51


@pytest.mark.parametrize(
    ("black", "white", "dtype", "found"),
    [
        (50, 20, np.uint8, 51),
        (50, 50.5, np.uint8, 51),
        (50, 60, np.uint8, 60),
        (0.05, 0.5, np.float32, 0.5),
        (0.2, 0.1, np.float32, 0.2002),
        (0.0, 0.0, np.float32, 1.0),
        (-3.0, -4.0, np.float64, -2.997),
    ],
)
def test_white_lies_above_black(black, white, dtype, found) -> None:
    assert white_above(black, white, dtype) == pytest.approx(found)
