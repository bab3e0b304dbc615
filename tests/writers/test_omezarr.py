"""OME-Zarr plates that we write: valid by the specification's models, readable by zarr alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaozarrs
import zarr

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import open_screen
from deepnoise_app.screen import Channel, Plate, PlateShape, Screen, WellId
from deepnoise_app.writers.omezarr import write_omezarr


class Ramp:
    """Planes of 600 x 520 pixels that rise from left to right; site 2 of B03 lacks a channel."""

    present = np.ones((2, 2, 2), dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
        ramp = np.arange(520, dtype=np.uint16) * 10 + 1000 * well + 100 * site + channel
        return np.broadcast_to(ramp, (600, 520))


@pytest.fixture
def screen() -> Screen:
    channels = (Channel("DNA", colour="#0000ff"), Channel("Actin"))
    wells = (WellId.parse("B02"), WellId.parse("B03"))
    pixels = Ramp()
    pixels.present = np.ones((2, 2, 2), dtype=bool)
    pixels.present[1, 1, 1] = False
    plate = Plate("E", "P1", PlateShape(8, 12), channels, (3, 7), wells, pixels, pixel_size_um=0.5)
    return Screen("memory", "memory", channels, (plate,))


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_a_written_plate_is_valid(tmp_path: Path, screen: Screen, version: Any) -> None:
    write_omezarr(screen, tmp_path, version)
    store = tmp_path / "E" / "P1.ome.zarr"
    name = ".zattrs" if version == "0.4" else "zarr.json"
    for group, kind in (("", "Plate"), ("B/2", "Well"), ("B/2/0", "Image")):
        text = (store / group / name).read_text()
        found = yaozarrs.validate_ome_json(text)
        inner = found if version == "0.4" else found.attributes.ome
        assert type(inner).__name__ == kind
    group = zarr.open_group(str(store), mode="r")
    assert group.metadata.zarr_format == (2 if version == "0.4" else 3)
    assert group["B/3/1/0"].shape == (2, 600, 520)
    assert group["B/3/1/2"].shape == (2, 150, 130)


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_what_is_written_comes_back(tmp_path: Path, screen: Screen, version: Any) -> None:
    told: list[tuple[int, int]] = []
    write_omezarr(screen, tmp_path, version, lambda done, total: told.append((done, total)))
    assert told[-1] == (4, 4)
    (plate,) = open_screen(tmp_path).plates
    assert (plate.key, plate.shape, plate.pixel_size_um) == (("E", "P1"), PlateShape(8, 12), 0.5)
    assert [c.name for c in plate.channels] == ["DNA", "Actin"]
    well = WellId.parse("B03")
    assert plate.sites == (1, 2)
    read = plate.read(well, 2)
    np.testing.assert_array_equal(read[0], Ramp().read(1, 1, 0))
    assert (read[1] == 0).all()
    np.testing.assert_array_equal(plate.read(well, 2, [1, 0]), read[::-1])
    assert plate.read(well, 1, level=1).shape == (2, 300, 260)
    mean = read[0].reshape(300, 2, 260, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(plate.read(well, 2, [0], level=1)[0], mean, atol=0.5)


def test_a_plate_that_is_there_is_not_overwritten(tmp_path: Path, screen: Screen) -> None:
    write_omezarr(screen, tmp_path)
    with pytest.raises(ScreenError, match=r"P1\.ome\.zarr is there already"):
        write_omezarr(screen, tmp_path)


def test_opening_a_plate_reads_no_chunk(tmp_path: Path, screen: Screen) -> None:
    write_omezarr(screen, tmp_path)
    opened: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and str(tmp_path) in str(arguments[0]):
            opened.append(str(arguments[0]))

    sys.addaudithook(hook)
    open_screen(tmp_path)
    assert opened
    assert not [name for name in opened if "/c/" in name]


def test_acquisitions_of_a_plate_become_plates(tmp_path: Path, screen: Screen) -> None:
    write_omezarr(screen, tmp_path, "0.4")
    store = tmp_path / "E" / "P1.ome.zarr"
    for well in ("2", "3"):
        path = store / "B" / well / ".zattrs"
        text = path.read_text().replace('"path": "0"', '"path": "0", "acquisition": 0')
        path.write_text(text.replace('"path": "1"', '"path": "1", "acquisition": 1'))
    text = (store / ".zattrs").read_text()
    rounds = '"acquisitions": [{"id": 0, "name": "first"}, {"id": 1}], "name"'
    (store / ".zattrs").write_text(text.replace('"name"', rounds, 1))
    opened = open_screen(tmp_path)
    assert [plate.name for plate in opened.plates] == ["P1 acquisition 1", "P1 acquisition first"]
    second = opened.plates[0]
    np.testing.assert_array_equal(second.read(second.wells[0], 1)[0], Ramp().read(0, 1, 0))


def test_what_breaks_the_specification_and_can_be_understood_is_told(
    tmp_path: Path, screen: Screen
) -> None:
    write_omezarr(screen, tmp_path, "0.4")
    path = tmp_path / "E" / "P1.ome.zarr" / ".zattrs"
    path.write_text(path.read_text().replace('"field_count": 2', '"field_count": -2'))
    opened = open_screen(tmp_path)
    assert len(opened.imaged) == 1
    assert "break the specification" in opened.problems[0].message


@pytest.mark.parametrize("lost", ["B/3", "B/3/1"])
def test_what_a_plate_lists_and_nobody_finds_is_told(
    tmp_path: Path, screen: Screen, lost: str
) -> None:
    write_omezarr(screen, tmp_path)
    place = tmp_path / "E" / "P1.ome.zarr" / lost
    place.rename(tmp_path / "away")
    (problem,) = open_screen(tmp_path).problems
    assert str(problem.well) == "B03"
    assert problem.site == (None if lost == "B/3" else 2)
