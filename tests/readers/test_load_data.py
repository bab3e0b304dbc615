"""Tables of CellProfiler's LoadData, and files of several pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from reader_layouts import CHANNELS, JOINT, LOAD_DATA, random_planes, write_image, write_rows

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.readers import check_files, open_screen
from deepnoise_app.readers.names import general_form, spell
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.screen import ProblemKind, Screen, StackChoice, WellId

B02 = WellId.parse("B02")
HEADER = "FileName_DNA,PathName_DNA,Metadata_Plate,Metadata_Well,Metadata_Site"


def plane(value: int, size: int = 4) -> np.ndarray:
    return np.full((size, size), value, np.uint16)


def listed(root: Path, *rows: str, header: str = HEADER) -> Screen:
    write_rows(root / "load_data.csv", header, list(rows))
    return open_screen(root)


def test_channels_are_called_as_in_the_table_and_the_index_is_small(tmp_path: Path) -> None:
    LOAD_DATA.write(tmp_path, random_planes(("E",), ("P1",), dtype=np.uint16, size=4))
    screen = open_screen(tmp_path)
    assert [c.name for c in screen.channels] == [c.name for c in CHANNELS]
    assert screen.plates[0].key == ("E", "P1")
    pixels = screen.plates[0].pixels
    assert isinstance(pixels, FilePixels)
    assert len(pixels.stacks) == 6


def test_images_beside_the_folder_are_read_from_the_folder_that_holds_both(tmp_path: Path) -> None:
    elsewhere = tmp_path / "far away"
    write_image(elsewhere / "x y.tif", plane(5))
    screen = tmp_path / "screen" / "P1"
    with pytest.raises(ScreenError, match="looked for below the folder that is opened"):
        listed(screen, f"x y.tif,{elsewhere},P1,B02,1")
    screen = open_screen(tmp_path)
    assert (screen.plates[0].read(B02, 1) == 5).all()
    assert screen.problems == ()


def test_paths_of_another_system_lead_to_files_below(tmp_path: Path) -> None:
    write_image(tmp_path / "P1" / "a.tif", plane(1))
    write_image(tmp_path / "P2" / "a.tif", plane(2))
    rows = (r"a.tif,D:\data\P1,P1,B02,1", r"a.tif,D:\data\P2,P2,B02,1")
    plates = listed(tmp_path, *rows).plates
    assert [int(plate.read(B02, 1)[0, 0, 0]) for plate in plates] == [1, 2]


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    write_image(tmp_path / "a.tif", plane(1))
    screen = listed(tmp_path, "a.tif,/x,P1,B02,1", "b.tif,/x,P1,B03,1", "c.tif,/x,P1,B04,1")
    (problem,) = screen.problems
    assert problem.kind is ProblemKind.MISSING
    assert "lists 2 images that are not there, such as b.tif" in problem.message
    with pytest.raises(ScreenError, match="no image of its tables is there"):
        open_screen(write_rows(tmp_path / "none" / "load_data.csv", HEADER, ["z.tif,/x,P,B02,1"])
                    .parent, "load-data")  # fmt: skip


def test_rows_that_cannot_be_used_are_told_with_their_number(tmp_path: Path) -> None:
    write_image(tmp_path / "a.tif", plane(1))
    screen = listed(tmp_path, "a.tif,,P1,B02,1", "a.tif,,P1,??,1", "a.tif,,P1,B03,one", ",,,,")
    told = [p.message for p in screen.problems if p.kind is ProblemKind.TABLE]
    assert [text.split(":")[0] for text in told] == ["load_data.csv row 3", "load_data.csv row 4"]


def test_images_that_the_table_does_not_list_are_told(tmp_path: Path) -> None:
    for name in ("a.tif", "b.tif"):
        write_image(tmp_path / name, plane(1))
    (problem,) = listed(tmp_path, "a.tif,,P1,B02,1").problems
    assert problem.kind is ProblemKind.STRAY
    assert "b.tif" in problem.message


@pytest.mark.parametrize(
    "name",
    ["r02c03f04p01-ch1sk1fk1fl1.tiff", "B03_f04_DNA.tif", "b3_s4.tif", "x{1}_B03.png", "q.tif"],
)
def test_a_general_form_spells_its_name(name: str) -> None:
    well = WellId.parse("B03")
    form = general_form(name, well, 4)
    assert spell(form, well, 4, "DNA") == name
    assert ("{" in form) == (name != "q.tif")


def test_what_a_file_says_of_itself_is_kept(tmp_path: Path) -> None:
    layout = next(found for found in JOINT if found.name == "ome-tiff")
    layout.write(tmp_path, random_planes(("E",), ("P1",), dtype=np.uint16, size=4))
    screen = open_screen(tmp_path)
    assert [c.name for c in screen.channels] == [c.name for c in CHANNELS]
    assert screen.plates[0].pixel_size_um == pytest.approx(0.65)


def test_stacks_within_files_are_understood(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.uint16).reshape(2, 3, 2)  # (T, Z, C)
    pixels = np.broadcast_to(values[..., None, None], (2, 3, 2, 4, 4))
    path = tmp_path / "E" / "P1" / "P1_B02.tif"
    path.parent.mkdir(parents=True)
    tifffile.imwrite(path, pixels, imagej=True, metadata={"axes": "TZCYX"})
    screen = open_screen(tmp_path)
    assert (screen.reader, screen.stack.planes, screen.stack.times) == (
        "tiff-pages",
        (1, 2, 3),
        (1, 2),
    )
    assert screen.plates[0].read(B02, 1)[:, 0, 0].tolist() == [4, 5]
    chosen = open_screen(tmp_path, stack=StackChoice(1, 2)).plates[0]
    assert chosen.read(B02, 1)[:, 0, 0].tolist() == [6, 7]


def test_pages_that_say_nothing_are_taken_as_channels_and_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "E" / "P1" / "B02_s1.tif"
    path.parent.mkdir(parents=True)
    with tifffile.TiffWriter(path) as file:
        for value in (3, 4):
            file.write(plane(value), contiguous=False, metadata=None)
    screen = open_screen(tmp_path)
    assert screen.plates[0].read(B02, 1)[:, 0, 0].tolist() == [3, 4]
    assert "taken as channels" in screen.problems[0].message


def test_a_file_with_fewer_pages_than_the_first_is_told(tmp_path: Path) -> None:
    layout = next(found for found in JOINT if found.name == "ome-tiff")
    layout.write(tmp_path, random_planes(("E",), ("P1",), ("B02", "B03"), (1,), 2, np.uint16, 4))
    write_image(layout.path(tmp_path, ("E", "P1", "B03", 1, 1)), plane(1))
    screen = open_screen(tmp_path)
    (problem,) = check_files(screen).problems
    assert "has 1 pages: expected 2 or more" in problem.message
    with pytest.raises(PixelError, match="expected 2 or more"):
        screen.plates[0].read(WellId.parse("B03"), 1)


def test_a_plane_among_several_pages_is_not_taken_silently(tmp_path: Path) -> None:
    path = tmp_path / "E" / "P1" / "B02_s1_w1.tif"
    path.parent.mkdir(parents=True)
    tifffile.imwrite(path, np.zeros((3, 4, 4), np.uint16), photometric="minisblack")
    screen = open_screen(tmp_path)
    with pytest.raises(PixelError, match="has 3 pages: expected one grey plane"):
        screen.plates[0].read(B02, 1)
