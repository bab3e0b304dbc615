"""Reading sites of a plate: what is there, what is filled in, what is refused."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.screen import Channel, Plate, PlateShape, WellId

B02, B03, C11, H12 = (WellId.parse(name) for name in ("B02", "B03", "C11", "H12"))
HOLES = {(0, 1, 1), (1, 1, 0), (1, 1, 1), (1, 1, 2), (2, 0, 0)}


@dataclass
class Numbered:
    """Planes whose grey value says where they belong; those of `odd` are something else."""

    odd: dict[tuple[int, int, int], NDArray[Any]] = field(default_factory=dict)
    broken: tuple[int, int, int] | None = None

    @property
    def present(self) -> NDArray[np.bool_]:
        there = np.ones((3, 2, 3), dtype=bool)
        for hole in HOLES:
            there[hole] = False
        return there

    def read(self, well: int, site: int, channel: int, level: int = 0) -> NDArray[Any]:
        assert (well, site, channel) not in HOLES
        if (well, site, channel) == self.broken:
            raise PixelError("the file is cut off")
        size = 8 >> level
        usual = np.full((size, size), 100 * well + 10 * site + channel, np.uint16)
        return self.odd.get((well, site, channel), usual)


def plate(**changes: Any) -> Plate:
    channels = (Channel("DNA", "Hoechst"), Channel("ER"), Channel("Actin"))
    made = Plate("E-01", "Plate1", PlateShape(8, 12), channels, (3, 7), (B02, B03, C11), Numbered())
    return replace(made, **changes)


def values(pixels: NDArray[Any]) -> list[int]:
    assert all((plane == plane[0, 0]).all() for plane in pixels)
    return [int(plane[0, 0]) for plane in pixels]


def test_all_channels_come_in_their_order() -> None:
    pixels = plate().read(B02, 3)
    assert (pixels.shape, pixels.dtype) == ((3, 8, 8), np.uint16)
    assert values(pixels) == [0, 1, 2]


def test_chosen_channels_come_in_the_order_asked() -> None:
    assert values(plate().read(C11, 7, channels=[2, 0])) == [212, 210]


def test_a_channel_may_be_asked_for_twice() -> None:
    assert values(plate().read(C11, 7, channels=[1, 1])) == [211, 211]


def test_a_level_halves_each_side() -> None:
    assert plate().read(B02, 3, level=2).shape == (3, 2, 2)


def test_a_missing_channel_is_an_error_that_names_it() -> None:
    with pytest.raises(PixelError, match="E-01 Plate1 B02 site 7 lacks ER"):
        plate().read(B02, 7)


def test_a_missing_channel_that_is_not_asked_for_does_not_matter() -> None:
    assert values(plate().read(B02, 7, channels=[0, 2])) == [10, 12]


def test_a_missing_channel_is_filled_in_on_wish() -> None:
    pixels = plate().read(C11, 3, fill=5)
    assert pixels.dtype == np.uint16
    assert values(pixels) == [5, 201, 202]


def test_a_site_without_any_image_cannot_be_filled_in() -> None:
    with pytest.raises(PixelError, match="B03 site 7 lacks DNA, ER, Actin"):
        plate().read(B03, 7, fill=0)


def test_a_broken_file_is_told_with_its_place() -> None:
    broken = plate(pixels=Numbered(broken=(0, 0, 2)))
    with pytest.raises(PixelError, match="E-01 Plate1 B02 site 3, Actin: the file is cut off"):
        broken.read(B02, 3)
    with pytest.raises(PixelError, match="cut off"):
        broken.read(B02, 3, fill=0)


def test_planes_of_two_sizes_are_told() -> None:
    odd = plate(pixels=Numbered(odd={(0, 0, 1): np.zeros((4, 6), np.uint16)}))
    with pytest.raises(PixelError, match="B02 site 3: ER is 4 × 6 pixels, DNA is 8 × 8"):
        odd.read(B02, 3)


def test_a_colour_image_is_told() -> None:
    odd = plate(pixels=Numbered(odd={(0, 0, 1): np.zeros((8, 8, 3), np.uint8)}))
    with pytest.raises(PixelError, match=r"ER: expected one grey plane.*\(8, 8, 3\)"):
        odd.read(B02, 3)


def test_a_well_that_was_not_imaged_is_told() -> None:
    with pytest.raises(ScreenError, match="well H12 of E-01 Plate1 was not imaged"):
        plate().read(H12, 3)


def test_a_site_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ScreenError, match="E-01 Plate1 has no site 1, only 3, 7"):
        plate().read(B02, 1)


def test_sites_and_missing_channels_are_known_without_reading() -> None:
    assert plate().sites_of(B02) == (3, 7)
    assert plate().sites_of(B03) == (3,)
    assert plate().missing(B02, 7) == (1,)
    assert plate().missing(B02, 3) == ()


def test_a_plate_pickles_with_its_wells() -> None:
    there = pickle.loads(pickle.dumps(plate()))
    assert there.key == ("E-01", "Plate1")
    assert there.well_index[C11] == 2
    assert values(there.read(B03, 3)) == [100, 101, 102]
