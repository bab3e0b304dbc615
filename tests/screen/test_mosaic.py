"""Where wells and sites lie on the picture of a whole plate."""

from __future__ import annotations

import pytest

from deepnoise_app.screen import STANDARD_SHAPES, MosaicLayout, PlateShape, WellId
from deepnoise_app.screen.mosaic import LONGEST_SIDE, MOST_BYTES

PLATE = PlateShape(16, 24)


@pytest.mark.parametrize("shape", STANDARD_SHAPES)
@pytest.mark.parametrize("sites", [1, 2, 9])
@pytest.mark.parametrize("side", [64, 512, 2160])
def test_picture_stays_within_its_bounds(shape, sites, side):
    layout = MosaicLayout.fitting(shape, tuple(range(sites)), (side, side), 12)
    height, width = layout.size
    assert max(height, width) <= LONGEST_SIDE
    assert height * width * 12 <= MOST_BYTES
    assert (layout.height, layout.width) == (side >> layout.level,) * 2


def test_finest_picture_that_fits_is_taken():
    layout = MosaicLayout.fitting(PLATE, (1, 2), (512, 512), 6)
    assert layout.level == 3
    finer = MosaicLayout(PLATE, (1, 2), 128, 128, 2)
    assert finer.is_too_large(6)


def test_sites_never_overlap_and_lie_within_the_picture():
    layout = MosaicLayout(PlateShape(2, 3), (1, 2, 3, 4, 5), 4, 6)
    seen = set()
    for row in range(2):
        for column in range(3):
            for site in layout.sites:
                top, left = layout.site_corner(WellId(row, column), site)
                mine = {(top + y, left + x) for y in range(4) for x in range(6)}
                assert not mine & seen
                seen |= mine
    assert max(y for y, _ in seen) < layout.size[0]
    assert max(x for _, x in seen) < layout.size[1]


def test_place_on_the_picture_tells_the_well():
    layout = MosaicLayout(PLATE, (1, 2), 64, 64, 3)
    for well in (WellId(0, 0), WellId(7, 11), WellId(15, 23)):
        top, left = layout.corner(well)
        height, width = layout.well_size
        for place in ((top, left), (top + height - 1, left + width - 1)):
            assert layout.well_at(*place) == well
    assert layout.well_at(-1, 5) is None
    assert layout.well_at(5, layout.size[1]) is None


def test_wells_of_a_rectangle_are_those_that_it_touches():
    layout = MosaicLayout(PlateShape(4, 6), (1,), 32, 32)
    rows, columns = layout.pitch
    found = list(layout.wells_in(rows * 1.5, columns * 2.5, rows * 2.5, columns * 2.6))
    assert found == [WellId(1, 2), WellId(2, 2)]
    assert list(layout.wells_in(-99, -99, 0, 0)) == []
    assert len(list(layout.wells_in(-9, -9, 9999, 9999))) == 24


def test_the_picture_of_two_sites_is_nearly_square():
    layout = MosaicLayout(PLATE, (1, 2), 64, 64)
    assert layout.across == 1
    assert MosaicLayout(PLATE, (1, 2, 3, 4), 64, 64).across == 2
