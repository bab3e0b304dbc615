"""Whatever is read comes back from its pack value by value, with names, tables and problems."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaozarrs
from reader_layouts import (
    CHALLENGE,
    FLAT,
    JOINT,
    LAYOUTS,
    LISTED,
    SOME,
    VENDORS,
    Layout,
    random_planes,
    write_image,
    write_rows,
)

from deepnoise_app.errors import PixelError
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import check_files, open_screen
from deepnoise_app.screen import Plate, Screen, WellId
from deepnoise_app.screen.halving import halve

B03 = WellId.parse("B03")
ODD = ("HUVEC-01", "Plate2", "B03", 2, 4)


@pytest.fixture(scope="module", params=(*LAYOUTS, *JOINT, *LISTED), ids=lambda layout: layout.name)
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


def packed(screen: Screen, out: Path, **options: object) -> Screen:
    pack_screen(plan_packing(screen, out, **options))  # type: ignore[arg-type]
    return open_screen(out)


def assert_same(one: Screen, other: Screen) -> None:
    assert other.channels == one.channels
    assert [p.key for p in other.plates] == [p.key for p in one.plates]
    assert (other.problems, other.library, other.stack) == (one.problems, one.library, one.stack)
    for mine, theirs in zip(one.plates, other.plates, strict=True):
        assert_same_plate(mine, theirs)


def assert_same_plate(one: Plate, other: Plate) -> None:
    for fact in ("experiment", "name", "shape", "channels", "sites", "wells", "pixel_size_um"):
        assert getattr(other, fact) == getattr(one, fact), fact
    assert other.map == one.map
    assert other.map.factors == one.map.factors
    np.testing.assert_array_equal(other.present, one.present)
    for well in one.wells:
        for site in one.sites_of(well):
            for level in (0, 1, 3):
                assert_same_planes(one, other, well, site, level)


def assert_same_planes(one: Plate, other: Plate, well: WellId, site: int, level: int) -> None:
    mine, theirs = (plate.read_each(well, site, level=level) for plate in (one, other))
    assert mine.keys() == theirs.keys()
    for channel, plane in mine.items():
        if isinstance(plane, PixelError):
            assert isinstance(theirs[channel], PixelError)
        else:
            assert theirs[channel].dtype == plane.dtype
            np.testing.assert_array_equal(theirs[channel], plane)


def test_a_pack_equals_its_originals(layout: Layout, tmp_path: Path) -> None:
    options = {"channels": layout.channels, "dtype": layout.dtype}
    layout.write(tmp_path / "screen", random_planes(("HUVEC-01",), ("Plate1",), **options))
    screen = open_screen(tmp_path / "screen", layout.asked)
    assert_same(screen, packed(screen, tmp_path / "pack"))


@pytest.mark.parametrize("layout", SOME, indirect=True, ids=lambda layout: layout.name)
def test_missing_and_damaged_planes_stay_what_they_are(layout: Layout, tmp_path: Path) -> None:
    root = tmp_path / "screen"
    layout.write(root, random_planes(("HUVEC-01",), dtype=layout.dtype))
    layout.path(root, ODD).unlink()
    for channel in range(1, 7):
        layout.path(root, (*ODD[:2], "C11", 1, channel)).unlink()
    damaged = layout.path(root, (*ODD[:2], "B02", 1, 2))
    damaged.write_bytes(damaged.read_bytes()[:-60])
    smaller = layout.path(root, (*ODD[:2], "B02", 2, 1))
    write_image(smaller, np.full((10, 30), 7, dtype=layout.dtype))
    screen = open_screen(root, layout.asked)
    there = packed(screen, tmp_path / "pack")
    assert_same(screen, there)
    plate = there.plates[1]
    with pytest.raises(PixelError, match="could not be read when it was packed"):
        plate.read(WellId.parse("B02"), 1, [1])
    with pytest.raises(PixelError, match=r"is 24 × 24 pixels, .* is 10 × 30"):
        plate.read(WellId.parse("B02"), 2)
    with pytest.raises(PixelError, match="lacks"):
        plate.read(B03, 2)
    assert (plate.read(B03, 2, fill=9)[3] == 9).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_every_kind_of_number_comes_back(tmp_path: Path, dtype: type, codec: str) -> None:
    screen = written(FLAT, tmp_path)
    kind = np.dtype(dtype)
    pixels = screen.plates[0].pixels

    class Other:
        present = pixels.present

        def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
            plane = pixels.read(well, site, channel)
            plane = plane.astype(kind) if channel else plane
            for _ in range(level):
                plane = halve(plane)
            return plane

    plate = replace(screen.plates[0], pixels=Other())
    other = packed(replace(screen, plates=(plate,)), tmp_path / "pack", codec=codec)
    assert_same_plate(plate, other.plates[0])


def written(layout: Layout, tmp_path: Path) -> Screen:
    layout.write(tmp_path / "screen", random_planes(("HUVEC-01",), dtype=layout.dtype))
    return open_screen(tmp_path / "screen", layout.asked)


def test_all_columns_of_the_plate_map_are_kept(tmp_path: Path) -> None:
    screen = written(FLAT, tmp_path)
    rows = [f"Plate1,{w},KIF11,treatment,{d},x" for w, d in (("B02", "0.5"), ("B03", "5"))]
    rows.append("Plate9,B02,DMSO,negative_control,0,y")
    header = "plate,well,perturbation,role,dose (uM),donor"
    write_rows(tmp_path / "screen" / "platemap.csv", header, rows)
    screen = open_screen(tmp_path / "screen")
    there = packed(screen, tmp_path / "pack")
    assert_same(screen, there)
    assert there.imaged[0].map[B03].factor("donor") == "x"
    assert len(there.plates) == 3  # a plate that is listed without images, too


def test_a_pack_is_valid_by_the_models_of_the_specification(tmp_path: Path) -> None:
    screen = written(VENDORS[0], tmp_path)
    packed(screen, tmp_path / "pack")
    for store in sorted((tmp_path / "pack" / "HUVEC-01").iterdir()):
        yaozarrs.validate_zarr_store(str(store))
        text = (store / "B" / "2" / "0" / "zarr.json").read_text()
        assert type(yaozarrs.validate_ome_json(text).attributes.ome).__name__ == "Image"


def test_other_programs_see_the_same_plate(tmp_path: Path) -> None:
    """A plate of a pack is an ordinary OME-Zarr plate: here read by zarr-python alone."""
    import zarr

    screen = written(CHALLENGE, tmp_path)
    packed(screen, tmp_path / "pack")
    plate = screen.plates[0]
    found = zarr.open_array(str(tmp_path / "pack/HUVEC-01/Plate1.ome.zarr/B/3/0/0"), mode="r")
    np.testing.assert_array_equal(found[:], plate.read(B03, 1))
    assert found.chunks == found.shape == (6, 24, 24)


def test_a_plate_of_a_pack_can_be_moved_alone(tmp_path: Path) -> None:
    screen = written(FLAT, tmp_path)
    packed(screen, tmp_path / "pack")
    assert len(open_screen(tmp_path / "pack" / "HUVEC-01").plates) == 2
    shutil.move(tmp_path / "pack" / "HUVEC-01" / "Plate2.ome.zarr", tmp_path / "one.zarr")
    (plate,) = open_screen(tmp_path / "one.zarr").plates
    assert_same_plate(screen.plates[1], plate)


def test_statistics_are_averages_over_sites_of_each_sites_own(tmp_path: Path) -> None:
    from deepnoise_app.readers.pack_text import plate_text

    screen = written(CHALLENGE, tmp_path)
    packed(screen, tmp_path / "pack")
    text = plate_text(tmp_path / "pack" / "HUVEC-01" / "Plate1.ome.zarr")
    assert text is not None
    plate = screen.plates[0]
    sites = np.stack([plate.read(w, s) for w in plate.wells for s in plate.sites]).astype(float)
    np.testing.assert_allclose(text.statistics.mean, sites.mean(axis=(2, 3)).mean(axis=0))
    np.testing.assert_allclose(text.statistics.std, sites.std(axis=(2, 3)).mean(axis=0))
    assert text.origin.reader == "rxrx"
    assert text.origin.path == screen.path


def test_large_sites_are_sharded_by_channel_in_one_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("deepnoise_app.packing.encode.SHARDED_BYTES", 1000)
    screen = written(FLAT, tmp_path)
    there = packed(screen, tmp_path / "pack")
    assert_same(screen, there)
    image = tmp_path / "pack" / "HUVEC-01" / "Plate1.ome.zarr" / "B" / "3" / "0" / "0"
    assert [p.name for p in image.rglob("*") if p.is_file()].count("0") == 1
    assert "sharding_indexed" in (image / "zarr.json").read_text()


def test_levels_for_the_viewer_are_stored(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("deepnoise_app.packing.site.SMALLEST", 3)
    screen = written(CHALLENGE, tmp_path)
    there = packed(screen, tmp_path / "pack")
    assert (tmp_path / "pack/HUVEC-01/Plate1.ome.zarr/B/3/0/1/zarr.json").is_file()
    assert_same(screen, there)
    assert check_files(there).problems == ()
