"""Paths that are written in files never lead out of the folder that was opened."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from reader_layouts import JOINT, LAYOUTS, LISTED, memory_screen, random_planes, write_image

from deepnoise_app.errors import DeepNoiseError, PixelError, ScreenError
from deepnoise_app.readers import check_files, look_at_pixels, open_screen
from deepnoise_app.untrusted import stays_inside, within
from deepnoise_app.writers.omezarr import write_omezarr

Watching = Callable[[], AbstractContextManager[Callable[[Path], list[str]]]]
ESCAPES = ("../outside", "{outside}", "..\\outside", "A/../../outside", "C:\\outside",
           "\\\\server\\share", "//server/share", "~/outside", "A/1\0", "")  # fmt: skip


@pytest.mark.parametrize("name", ESCAPES)
def test_a_path_that_leads_out_is_refused_with_the_path(name: str, tmp_path: Path) -> None:
    written = name.replace("{outside}", str(tmp_path / "outside"))
    with pytest.raises(ScreenError, match="leads out of"):
        within(tmp_path / "inside", written)


@given(st.text(alphabet="ab./\\:~", max_size=12))
def test_what_stays_inside_by_its_text_stays_inside_on_disk(name: str) -> None:
    if stays_inside(name):
        place = os.path.normpath(f"/opened/{name}")
        assert place == "/opened" or place.startswith("/opened/")


def test_a_link_below_the_folder_may_lead_within_it_and_not_out_of_it(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    (inside / "real").mkdir(parents=True)
    outside.mkdir()
    (inside / "near").symlink_to(inside / "real")
    (inside / "far").symlink_to(outside)
    assert within(inside, "near") == inside / "near"
    with pytest.raises(ScreenError, match="leads out of"):
        within(inside, "far")
    link = tmp_path / "link"
    link.symlink_to(inside)
    assert within(link, "real") == link / "real"


def open_and_read(root: Path) -> None:
    """Do with a folder all that the app does before anybody trusts it."""
    try:
        screen = look_at_pixels(check_files(open_screen(root)), sites=None)
    except DeepNoiseError:
        return
    for plate in screen.imaged:
        for well in plate.wells:
            for site in plate.sites_of(well):
                try:
                    plate.read(well, site, fill=0)
                except PixelError:
                    continue


@pytest.mark.parametrize("written", ESCAPES)
def test_a_load_data_table_names_no_file_elsewhere(
    written: str, tmp_path: Path, watching: Watching
) -> None:
    root, outside = tmp_path / "screen", tmp_path / "outside"
    write_image(outside / "a.tif", np.ones((4, 4), np.uint8))
    write_image(root / "b.tif", np.ones((4, 4), np.uint8))
    folder = written.replace("{outside}", str(outside)).replace("\0", "")
    (root / "load_data.csv").write_text(
        "FileName_DNA,PathName_DNA,Metadata_Plate,Metadata_Well,Metadata_Site\n"
        f"b.tif,{root},P1,B02,1\na.tif,{folder},P1,B03,1\n{folder}/a.tif,,P1,B04,1\n"
        f"file://{outside}/a.tif,,P1,B05,1\nhttps://server/a.tif,,P1,B06,1\n"
    )
    screen = open_screen(root)
    assert [well.name for well in screen.plates[0].wells] == ["B02"]
    assert "looked for below the folder that is opened" in screen.problems[0].message
    with watching() as touched:
        open_and_read(root)
    assert touched(outside) == []


def zarr_plate(root: Path) -> Path:
    write_omezarr(memory_screen(random_planes(("E",), ("P1",), ("B02",), (1,), size=8)), root)
    return next(root.rglob("*.zarr"))


def rewrite(path: Path, old: str, new: str) -> None:
    """Name another path in the metadata of a group, wherever the old one stood."""
    text, count = re.subn(
        rf'("path": *)"{old}"', lambda match: match[1] + json.dumps(new), path.read_text()
    )
    assert count
    path.write_text(text)


@pytest.mark.parametrize("written", ESCAPES[:-1])
@pytest.mark.parametrize("what", ["well", "image", "level"])
def test_ome_zarr_metadata_name_no_group_elsewhere(
    what: str, written: str, tmp_path: Path, watching: Watching
) -> None:
    outside = zarr_plate(tmp_path / "outside")
    store = zarr_plate(tmp_path / "screen")
    there = {"well": outside / "B/2", "image": outside / "B/2/0", "level": outside / "B/2/0/0"}
    path = written.replace("{outside}", str(there[what]))
    path = path.replace("outside", f"../../../../../outside/{there[what].relative_to(tmp_path)}")
    groups = {"well": "", "image": "B/2", "level": "B/2/0"}
    (metadata,) = (store / groups[what]).glob("zarr.json")
    rewrite(metadata, {"well": "B/2", "image": "0", "level": "0"}[what], path)
    with watching() as touched:
        open_and_read(store)
    assert touched(tmp_path / "outside") == []
    try:
        told = " ".join(problem.message for problem in open_screen(store).problems)
    except ScreenError as error:
        told = str(error)
    assert "expected a path below" in told or "no levels that can be understood" in told


@pytest.mark.parametrize("link", ["B/2", "B/2/0", "B/2/0/0"])
def test_links_within_an_ome_zarr_plate_lead_nowhere_else(
    link: str, tmp_path: Path, watching: Watching
) -> None:
    outside = zarr_plate(tmp_path / "outside")
    store = zarr_plate(tmp_path / "screen")
    (store / link).rename(tmp_path / "aside")
    (store / link).symlink_to(outside / link)
    with watching() as touched:
        open_and_read(store)
    assert touched(tmp_path / "outside") == []


INDICES = {
    "harmony": ("Images/Index.xml", "<Images><Image><URL>{}</URL></Image></Images>"),
    "imagexpress": ("P1.HTD", '"XWells", 12\n"WaveName1", "{}"\n'),
    "yokogawa": ("MeasurementData.mlf",
                 '<a><MeasurementRecord Type="IMG">{}</MeasurementRecord></a>'),
    "incell": ("P1.xdce", '<a><Images><Image filename="{}"/></Images></a>'),
    "scanr": ("experiment_descriptor.xml", "<a>{}</a>"),
}  # fmt: skip


@pytest.mark.parametrize("layout", [*LAYOUTS, *JOINT, *LISTED], ids=lambda layout: layout.name)
def test_no_reader_leaves_the_folder_whatever_its_index_says(
    layout, tmp_path: Path, watching: Watching
) -> None:
    root, outside = tmp_path / "screen", tmp_path / "outside"
    planes = random_planes(("E",), ("P1",), ("B02",), (1,), layout.channels, layout.dtype, 8)
    layout.write(root, planes)
    layout.write(outside, planes)
    for name, (index, text) in INDICES.items():
        if layout.name.startswith(name):
            for folder in {path.parent for path in root.rglob("*") if path.is_file()} | {root}:
                place = folder / Path(index).name
                place.write_text(text.format(outside) + text.format("../../outside/x.tif"))
    with watching() as touched:
        open_and_read(root)
    assert touched(root)
    assert touched(outside) == []


OME = """<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">
<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="8" SizeY="8"
SizeC="4" SizeZ="1" SizeT="1"><TiffData IFD="0" FirstC="0" PlaneCount="2">
<UUID FileName="B02_s1.ome.tif">urn:uuid:1</UUID></TiffData><TiffData IFD="0" FirstC="2"
PlaneCount="2"><UUID FileName="{}">urn:uuid:2</UUID></TiffData></Pixels></Image></OME>"""
MASTER = """<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">
<BinaryOnly MetadataFile="{}" UUID="urn:uuid:2"/></OME>"""


@pytest.mark.parametrize("form", [OME, MASTER])
@pytest.mark.parametrize("written", ["../../../outside/a.ome.tif", "{outside}/a.ome.tif"])
def test_ome_xml_within_an_image_names_no_file_elsewhere(
    form: str, written: str, tmp_path: Path, watching: Watching
) -> None:
    root, outside = tmp_path / "screen" / "E" / "P1", tmp_path / "outside"
    planes = np.ones((2, 8, 8), np.uint8)
    for folder in (root, outside):
        folder.mkdir(parents=True)
    tifffile.imwrite(outside / "a.ome.tif", planes, photometric="minisblack")
    text = form.format(written.replace("{outside}", str(outside)))
    tifffile.imwrite(root / "B02_s1.ome.tif", planes, photometric="minisblack", metadata=None,
                     description=f'<?xml version="1.0" encoding="UTF-8"?>{text}')  # fmt: skip
    with watching() as touched:
        open_and_read(tmp_path / "screen")
    assert touched(root)
    assert touched(outside) == []


def test_a_device_or_a_pipe_among_the_images_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "E" / "Plate1"
    write_image(folder / "B02_s1_w1.png", np.ones((4, 4), np.uint8))
    os.mkfifo(folder / "B03_s1_w1.png")
    (folder / "B04_s1_w1.png").symlink_to("/dev/zero")
    screen = check_files(open_screen(tmp_path))
    assert [well.name for well in screen.plates[0].wells] == ["B02"]


def test_an_image_that_becomes_a_pipe_is_told_at_once(tmp_path: Path) -> None:
    path = write_image(tmp_path / "E" / "Plate1" / "B02_s1_w1.png", np.ones((4, 4), np.uint8))
    plate = open_screen(tmp_path).plates[0]
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(PixelError, match="a device or a pipe"):
        plate.read(plate.wells[0], 1)
