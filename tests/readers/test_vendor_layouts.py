"""What the indices of microscopes tell, stacks and time points, names that differ by version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from reader_layouts import (
    CHANNELS,
    JOINT,
    LAYOUTS,
    Layout,
    memory_screen,
    random_planes,
    write_image,
    write_rows,
)

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import check_files, open_screen
from deepnoise_app.screen import ProblemKind, Screen, StackChoice, WellId

B02 = WellId.parse("B02")
REAL = Path(__file__).parents[3] / "shared" / "data"
needs_real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real plates are not in ../shared/data"
)
LAYOUT = {layout.name: layout for layout in (*LAYOUTS, *JOINT)}


def plane(value: int) -> np.ndarray:
    return np.full((4, 4), value, np.uint16)


def messages(screen: Screen, kind: ProblemKind | None = None) -> list[str]:
    return [p.message for p in screen.problems if kind in (None, p.kind)]


@pytest.mark.parametrize("name", ["harmony", "yokogawa", "ome-zarr-0.4", "ome-zarr-0.5"])
def test_names_colours_and_pixel_sizes_come_from_the_index(tmp_path: Path, name: str) -> None:
    layout = LAYOUT[name]
    layout.write(tmp_path, random_planes(("E",), ("P1",), ("B02",), (1,), dtype=layout.dtype))
    screen = open_screen(tmp_path)
    assert [c.name for c in screen.channels] == [c.name for c in CHANNELS]
    assert screen.plates[0].pixel_size_um == pytest.approx(0.65)
    if name == "harmony":
        assert [c.emission_nm for c in screen.channels] == [c.emission_nm for c in CHANNELS]
    else:
        assert [c.colour for c in screen.channels] == [c.colour for c in CHANNELS]


@pytest.mark.parametrize("name", ["harmony", "imagexpress", "ome-zarr-0.5"])
def test_the_index_tells_the_size_of_the_plate(tmp_path: Path, name: str) -> None:
    layout = LAYOUT[name]
    planes = random_planes(("E",), ("P1",), ("A01", "P24"), (1,), 1, dtype=layout.dtype)
    layout.write(tmp_path, planes)
    for path in [*tmp_path.rglob("*r16c24*"), *tmp_path.rglob("*_P24_*")]:
        path.unlink()
    assert open_screen(tmp_path).plates[0].shape.wells == 384


@pytest.mark.parametrize("name", ["harmony", "yokogawa"])
def test_a_well_that_the_index_names_and_nobody_finds_is_told(tmp_path: Path, name: str) -> None:
    layout = LAYOUT[name]
    planes = random_planes(("E",), ("P1",), ("B02", "B03", "C11"), (1,), 2, dtype=layout.dtype)
    layout.write(tmp_path, planes)
    for channel in (1, 2):
        layout.path(tmp_path, ("E", "P1", "C11", 1, channel)).unlink()
    (problem,) = open_screen(tmp_path).problems
    assert (problem.kind, problem.well) == (ProblemKind.MISSING, WellId.parse("C11"))
    assert "the index names 2 images" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    ],
    ids=["external", "growing"],
)
def test_an_index_with_entities_is_refused_and_the_images_are_read(
    tmp_path: Path, text: str
) -> None:
    layout = LAYOUT["harmony-bare"]
    layout.write(tmp_path, random_planes(("E",), ("P1",), ("B02",), (1,), 1, layout.dtype))
    (tmp_path / "E" / "P1" / "Images" / "Index.xml").write_text(text)
    screen = open_screen(tmp_path)
    assert "declares a document type" in messages(screen)[0]
    assert len(screen.imaged) == 1


@pytest.mark.parametrize("content", [b"", b"<a><b></a>", b"\x00\xff\xfe", b"no markup"])
def test_a_broken_index_is_told_and_the_images_are_read(tmp_path: Path, content: bytes) -> None:
    layout = LAYOUT["harmony-bare"]
    layout.write(tmp_path, random_planes(("E",), ("P1",), ("B02",), (1,), 1, layout.dtype))
    (tmp_path / "E" / "P1" / "Images" / "Index.xml").write_bytes(content)
    screen = open_screen(tmp_path)
    assert "no whole XML file" in messages(screen)[0]
    assert len(screen.imaged) == 1


def test_channels_are_matched_by_name_where_plates_number_them_differently(tmp_path: Path) -> None:
    for plate, waves in (("P1", ("DAPI", "FITC")), ("P2", ("FITC", "DAPI"))):
        folder = tmp_path / "E" / plate
        names = [f'"WaveName{i}", "{wave}"' for i, wave in enumerate(waves, start=1)]
        write_rows(folder / f"{plate}.HTD", '"HTSInfoFile", Version 1.0', names)
        for i, wave in enumerate(waves, start=1):
            write_image(folder / f"{plate}_B02_s1_w{i}.TIF", plane(7 if wave == "DAPI" else 9))
    screen = open_screen(tmp_path)
    assert [c.name for c in screen.channels] == ["DAPI", "FITC"]
    for plate in screen.plates:
        assert plate.read(B02, 1)[:, 0, 0].tolist() == [7, 9]
    assert screen.problems == ()


STACKS: dict[str, tuple[str, Callable[[int, int], str]]] = {
    "perkinelmer": ("E/P1/Images", lambda z, t: f"r02c02f01p{z:02d}-ch1sk{t}fk1fl1.tiff"),
    "perkinelmer-new": ("E/P1/Images", lambda z, t: f"r02c02f01p{z:02d}-ch01t{t:02d}.tiff"),
    "perkinelmer-old": ("E/P1", lambda z, t: f"002002-1-{z:03d}{t:03d}001.tif"),
    "imagexpress": (
        "E/P1", lambda z, t: f"TimePoint_{t}/ZStep_{z}/P1_B02_s1_w1.TIF"),
    "yokogawa": ("E/P1", lambda z, t: f"P1_B02_T{t:04d}F001L01A01Z{z:02d}C01.tif"),
    "scanr": ("E/P1/data", lambda z, t: f"B2--W00014--P00001--Z{z:05d}--T{t:05d}--DAPI.tif"),
    "cytation": ("E/P1", lambda z, t: f"B2_01_1_1Z{z}_DAPI_{t:03d}.tif"),
    "incell": ("E/P1", lambda z, t: f"B - 02(fld 01 wv DAPI - DAPI z {z:02d} time {t} - 0 ms).tif"),
    "pattern": ("E/P1", lambda z, t: f"B02_z{z}_t{t}.tif"),
}  # fmt: skip


def stacked(root: Path, kind: str) -> str | None:
    folder, name = STACKS[kind]
    for z in (1, 2, 3):
        for t in (1, 2):
            write_image(root / folder / name(z, t), plane(100 * t + (20 if z == 2 else z)))
    return "pattern:{plate}/{well}_z{plane}_t{time}" if kind == "pattern" else None


@pytest.mark.parametrize("kind", STACKS)
def test_the_brightest_of_all_planes_at_the_first_time_is_shown(tmp_path: Path, kind: str) -> None:
    reader = stacked(tmp_path, kind)
    screen = open_screen(tmp_path, reader)
    assert screen.reader.partition(":")[0] == kind.partition("-")[0]
    assert (len(screen.stack.planes), len(screen.stack.times)) == (3, 2)
    assert screen.stack.told == "Z-planes: brightest of all 3, time points: number 1 of 2"
    assert (screen.plates[0].read(B02, screen.plates[0].sites[0]) == 120).all()
    assert check_files(screen).problems == ()


@pytest.mark.parametrize("kind", STACKS)
def test_a_plane_and_a_time_can_be_chosen(tmp_path: Path, kind: str) -> None:
    reader = stacked(tmp_path, kind)
    screen = open_screen(tmp_path, reader, StackChoice(3, 2))
    assert (screen.stack.plane, screen.stack.time) == (3, 2)
    plate = screen.plates[0]
    assert (plate.read(B02, plate.sites[0]) == 203).all()


@pytest.mark.parametrize(
    ("wish", "message"),
    [(StackChoice(plane=9), "no Z-plane 9, only 1, 2, 3"),
     (StackChoice(time=5), "no time point 5, only 1, 2")],
)  # fmt: skip
def test_a_plane_or_time_that_is_not_there_is_told(
    tmp_path: Path, wish: StackChoice, message: str
) -> None:
    stacked(tmp_path, "yokogawa")
    with pytest.raises(ScreenError, match=message):
        open_screen(tmp_path, "yokogawa", wish)


def test_a_stack_that_lacks_a_plane_is_told(tmp_path: Path) -> None:
    stacked(tmp_path, "yokogawa")
    for z in (1, 2):
        write_image(tmp_path / "E" / "P1" / f"P1_B03_T0001F001L01A01Z0{z}C01.tif", plane(z))
    (problem,) = open_screen(tmp_path).problems
    assert (problem.kind, str(problem.well)) == (ProblemKind.MISSING, "B03")
    assert "lacks Z-plane 3" in problem.message


def test_planes_of_a_stack_that_differ_in_size_are_told(tmp_path: Path) -> None:
    stacked(tmp_path, "yokogawa")
    name = STACKS["yokogawa"][1](3, 1)
    write_image(tmp_path / "E" / "P1" / name, np.zeros((5, 5), np.uint16))
    screen = open_screen(tmp_path)
    (problem,) = check_files(screen).problems
    assert "its Z-planes differ" in problem.message
    with pytest.raises(OSError, match="the Z-plane before is"):
        screen.plates[0].read(B02, 1)


def test_a_projection_of_the_microscope_is_preferred_and_single_planes_always_serve(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "E" / "P1" / "TimePoint_1"
    for name, value in {
        "P1_B02_s1_w1.TIF": 50, "ZStep_1/P1_B02_s1_w1.TIF": 90, "ZStep_2/P1_B02_s1_w1.TIF": 91,
        "ZStep_1/P1_B02_s1_w2.TIF": 7,
    }.items():  # fmt: skip
        write_image(folder / name, plane(value))
    assert open_screen(tmp_path).plates[0].read(B02, 1)[:, 0, 0].tolist() == [50, 7]
    chosen = open_screen(tmp_path, stack=StackChoice(plane=2)).plates[0]
    assert chosen.read(B02, 1)[:, 0, 0].tolist() == [91, 7]


def test_thumbnails_corrections_and_mosaics_are_passed_over(tmp_path: Path) -> None:
    for layout, extra in (
        ("imagexpress", "P1_B02_s1_w1_thumb.tif"),
        ("yokogawa", "DC_sCMOS #1_CAM1.tif"),
        ("cytation", "B2_-1_1_1_Stitched[DAPI]_001.tif"),
        ("cellomics", "P1_B02f00o1.TIF"),
    ):
        found = LAYOUT[layout]
        root = tmp_path / layout
        found.write(root, random_planes(("E",), ("P1",), ("B02",), (1,), 2, found.dtype))
        place = found.path(root, ("E", "P1", "B02", 1, 1)).parent
        write_image(place / extra, plane(1))
        screen = open_screen(root)
        assert (screen.reader, screen.problems) == (layout, ())


def test_the_offset_of_older_scanr_images_is_taken_out(tmp_path: Path) -> None:
    folder = tmp_path / "E" / "P1" / "data"
    for i, value in enumerate((32768, 33000, 120), start=1):
        name = f"B2--W00014--P0000{i}--Z00000--T00000--DAPI.tif"
        write_image(folder / name, plane(value))
    plate = open_screen(tmp_path).plates[0]
    assert [int(plate.read(B02, site)[0, 0, 0]) for site in plate.sites] == [0, 232, 120]


def test_one_plate_measured_twice_stays_two_plates(tmp_path: Path) -> None:
    for name in ("P1__2024-01-02T10_00_00-Measurement 1", "P1__2024-01-03T10_00_00-Measurement 2"):
        write_image(tmp_path / "E" / name / "Images" / "r02c02f01p01-ch1sk1fk1fl1.tiff", plane(1))
    names = [plate.name for plate in open_screen(tmp_path).plates]
    assert len(set(names)) == 2
    assert all(name.startswith("P1") for name in names)


def test_faults_of_the_microscope_are_told(tmp_path: Path) -> None:
    layout = LAYOUT["yokogawa"]
    layout.write(tmp_path, random_planes(("E",), ("P1",), ("B02",), (1,), 1, layout.dtype))
    path = tmp_path / "E" / "P1" / "MeasurementData.mlf"
    fault = '<bts:MeasurementRecord bts:Type="ERR">no focus</bts:MeasurementRecord>\n</bts:M'
    path.write_text(path.read_text().replace("</bts:MeasurementData", fault + "easurementData"))
    assert messages(open_screen(tmp_path)) == [
        "MeasurementData.mlf reports 1 errors of the microscope: no focus"
    ]


def test_vendors_are_not_confused_with_plain_names(tmp_path: Path) -> None:
    write_image(tmp_path / "run" / "P7_B02_s3_w2.tif", plane(1))
    assert open_screen(tmp_path).reader == "pattern"
    with pytest.raises(ScreenError, match=r"there is no \.HTD file"):
        open_screen(tmp_path, "imagexpress")


@pytest.mark.parametrize("level", ["", "images", "images/HUVEC-01", "images/HUVEC-01/Plate2"])
def test_the_wilds_variant_has_the_table_of_the_release(tmp_path: Path, level: str) -> None:
    layout = LAYOUT["wilds"]
    planes = random_planes(("HUVEC-01",), ("Plate1", "Plate2"), channels=3)
    layout.write(tmp_path, planes)
    header = "site_id,well_id,cell_type,dataset,experiment,plate,well,site,well_type,sirna,sirna_id"
    rows = [
        f"x,x,HUVEC,train,HUVEC-01,{plate},{well},{site},treatment,s_{plate}{well},1"
        for plate in (1, 2) for well in ("B02", "B03", "C11") for site in (1, 2)
    ]  # fmt: skip
    write_rows(tmp_path / "metadata.csv", header, rows)
    screen = open_screen(tmp_path / level)
    assert (screen.reader, screen.problems) == ("wilds", ())
    assert [c.name for c in screen.channels] == ["Nuclei", "ER", "Actin"]
    plate = screen.plates[-1]
    assert plate.key == ("HUVEC-01", "Plate2")
    assert plate.map[B02].perturbation == "s_2B02"
    np.testing.assert_array_equal(plate.read(B02, 2)[1], planes["HUVEC-01", "Plate2", "B02", 2, 2])


@needs_real_data
def test_the_real_operetta_plate_is_understood() -> None:
    screen = open_screen(REAL / "operetta")
    (plate,) = screen.plates
    assert screen.reader == "perkinelmer"
    assert [(c.name, c.emission_nm) for c in screen.channels] == [("Fluorescein (FITC)", 525)]
    assert (plate.name, plate.shape.wells, plate.sites) == ("Test_Sample_BALL", 384, (1, 2))
    assert plate.pixel_size_um == pytest.approx(1.19595, rel=1e-4)
    assert plate.read(WellId.parse("C03"), 2).shape == (1, 1080, 1080)
    assert check_files(screen).problems == ()


@needs_real_data
def test_the_real_phenix_plate_is_understood_without_an_index() -> None:
    screen = open_screen(REAL / "phenix")
    (plate,) = screen.plates
    assert (plate.key, plate.sites) == (("phenix", "BR00143976"), (3,))
    pixels = plate.read(WellId.parse("C03"), 3)
    assert (pixels.shape, pixels.dtype) == ((6, 1080, 1080), np.uint16)
    assert check_files(screen).problems == ()


@needs_real_data
def test_the_real_imagexpress_plates_are_understood() -> None:
    screen = open_screen(REAL / "imagexpress")
    assert [c.name for c in screen.channels] == ["DAPI", "FITC", "Texas Red"]
    assert [plate.name[-4:] for plate in screen.plates] == ["3420", "3434", "3435"]
    assert {plate.pixel_size_um for plate in screen.plates} == {1.3672}
    assert (screen.stack.planes, screen.stack.times) == ((1, 2), (1, 2))
    stack, folder = screen.plates[1], REAL / "imagexpress" / "9987_Plate_3434" / "TimePoint_1"
    projection = stack.read(B02, 1)
    deeper = open_screen(folder, stack=StackChoice(plane=1)).plates[0].read(B02, 1)
    assert (projection[0] >= deeper[0]).all()
    assert (projection[0] > deeper[0]).any()
    told = messages(screen)
    assert any("channel Cy5, of which there is no image" in text for text in told)
    assert any("declares 6 time points, 2 are there" in text for text in told)


@needs_real_data
def test_the_real_ome_zarr_plate_is_understood() -> None:
    screen = open_screen(REAL / "omezarr" / "plate-rows-2.zarr")
    (plate,) = screen.plates
    assert screen.problems == ()
    assert [well.name for well in plate.wells] == ["A01", "B01"]
    assert plate.read(B02 if B02 in plate.wells else plate.wells[0], 1).shape == (1, 512, 512)
    assert plate.read(plate.wells[1], 1, level=1).shape == (1, 256, 256)
    assert plate.read(plate.wells[1], 1, level=2).shape == (1, 128, 128)


def test_memory_screens_are_whole() -> None:
    screen = memory_screen(random_planes(("E",), ("P1",), size=4))
    assert screen.plates[0].read(B02, 1).shape == (6, 4, 4)


def test_layouts_have_names_of_their_own() -> None:
    layouts: list[Layout] = [*LAYOUTS, *JOINT]
    assert len({layout.name for layout in layouts}) == len(layouts)
