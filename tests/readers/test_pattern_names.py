"""Patterns of file names: their syntax, the guesses, plate maps beside the images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader_layouts import FLAT, TREE, random_planes, write_image, write_rows

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import check_files, open_screen
from deepnoise_app.readers.pattern import PatternReader, suggest
from deepnoise_app.readers.template import Template
from deepnoise_app.screen import Content, ProblemKind, Role, Screen, WellId

B02 = WellId.parse("B02")
IMAGE = np.arange(16, dtype=np.uint8).reshape(4, 4)


def opened(root: Path, *names: str, reader: str | None = None) -> Screen:
    for name in names:
        write_image(root / name, IMAGE)
    return open_screen(root, reader)


@pytest.mark.parametrize(
    ("name", "key", "site", "channel"),
    [
        ("run/P7/B02_s3_w2.png", ("run", "P7"), 3, "2"),
        ("run/P7_B02_s3_w2.tif", ("run", "P7"), 3, "2"),
        ("run/P_7_B02_s3_w2.tif", ("run", "P_7"), 3, "2"),
        ("run/P7/B02_f03_c2.png", ("run", "P7"), 3, "2"),
        ("run/P7/B02_3_DAPI.png", ("run", "P7"), 3, "DAPI"),
        ("run/P7_B02_3_DAPI.png", ("run", "P7"), 3, "DAPI"),
        ("run/P7/B02_w2.png", ("run", "P7"), 1, "2"),
        ("run/P7_B02_w2.png", ("run", "P7"), 1, "2"),
        ("run/P7/B02_DAPI.png", ("run", "P7"), 1, "DAPI"),
        ("run/P7_B02_Alexa 488.tiff", ("run", "P7"), 1, "Alexa 488"),
        ("run/P7/b2.png", ("run", "P7"), 1, "1"),
        ("run/9987_B02.TIF", ("run", "9987"), 1, "1"),
        ("run/P7_B02_s3.tif", ("run", "P7"), 3, "1"),
    ],
)
def test_common_names_are_guessed(
    tmp_path: Path, name: str, key: tuple[str, str], site: int, channel: str
) -> None:
    screen = opened(tmp_path, name)
    (plate,) = screen.plates
    assert screen.reader == "pattern"
    assert (plate.key, plate.wells, plate.sites) == (key, (B02,), (site,))
    assert [c.name for c in screen.channels] == [channel]
    np.testing.assert_array_equal(plate.read(B02, site)[0], IMAGE)
    assert check_files(screen).problems == ()


@pytest.mark.parametrize("level", ["", "HUVEC-01", "HUVEC-01/barcode Plate1"])
def test_names_mean_the_same_wherever_they_are_opened(tmp_path: Path, level: str) -> None:
    planes = random_planes(("HUVEC-01",), ("Plate1",), size=4)
    TREE.write(tmp_path, planes)
    (plate,) = open_screen(tmp_path / level).plates
    assert plate.key == ("HUVEC-01", "barcode Plate1")
    key = ("HUVEC-01", "Plate1", "C11", 2, 5)
    read = plate.read(WellId.parse("C11"), 2, [4])[0]
    np.testing.assert_array_equal(read, planes[key])


def test_channels_are_in_natural_order(tmp_path: Path) -> None:
    names = [f"P7/B02_s1_w{i}.png" for i in (10, 2, 1)]
    assert [c.name for c in opened(tmp_path, *names).channels] == ["1", "2", "10"]


def test_a_given_pattern_reads_rows_and_columns(tmp_path: Path) -> None:
    reader = "pattern:{plate}/r{row}c{column}f{site}p*-ch{channel}sk*"
    screen = opened(tmp_path, "BR1/r02c11f03p01-ch4sk1fk1fl1.tiff", reader=reader)
    (plate,) = screen.plates
    assert (plate.name, plate.wells, plate.sites) == ("BR1", (WellId(1, 10),), (3,))
    assert screen.channels[0].name == "4"
    np.testing.assert_array_equal(plate.read(WellId(1, 10), 3)[0], IMAGE)


def test_a_pattern_may_start_above_the_opened_folder(tmp_path: Path) -> None:
    write_image(tmp_path / "E {1}" / "P7" / "Images" / "B02-1.png", IMAGE)
    place = tmp_path / "E {1}" / "P7" / "Images"
    (plate,) = open_screen(place, "pattern:{experiment}/{plate}/Images/{well}-{channel}").plates
    assert plate.key == ("E {1}", "P7")
    np.testing.assert_array_equal(plate.read(B02, 1)[0], IMAGE)


def test_wells_as_folders_can_be_read(tmp_path: Path) -> None:
    (plate,) = opened(tmp_path, "E/P7/B02/2.png", reader="pattern:{plate}/{well}/{channel}").plates
    assert (plate.key, plate.wells) == (("E", "P7"), (B02,))


def test_a_pattern_with_an_ending_takes_that_ending_alone(tmp_path: Path) -> None:
    screen = opened(tmp_path, "P7/B02-1.png", "P7/B02-1.tif", reader="pattern:{well}-{channel}.tif")
    assert screen.plates[0].present.sum() == 1
    assert [p.kind for p in screen.problems] == [ProblemKind.STRAY]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{plate}/{site}", "does not tell the well"),
        ("{plate}/{row}", "does not tell the well"),
        ("{well}_{row}{column}", "twice"),
        ("{spot}_{channel}", r"'\{spot\}' in the pattern"),
        ("{well}_{channel", r"'\{' in the pattern"),
        ("", "does not tell the well"),
    ],
)
def test_a_pattern_that_is_none_is_told(tmp_path: Path, pattern: str, message: str) -> None:
    with pytest.raises(ScreenError, match=message):
        PatternReader(pattern)
    (tmp_path / "B02_1.png").touch()
    if pattern:
        with pytest.raises(ScreenError, match=message):
            open_screen(tmp_path, f"pattern:{pattern}")


def test_a_pattern_that_fits_nothing_shows_a_name_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "B02_1.png").touch()
    with pytest.raises(
        ScreenError, match=r"such as B02_1\.png, is named like \{well\}-\{channel\}"
    ):
        open_screen(tmp_path, "pattern:{well}-{channel}")


def test_a_folder_of_holiday_pictures_is_refused(tmp_path: Path) -> None:
    for i in range(40):
        (tmp_path / f"beach at noon {i}.png").touch()
    with pytest.raises(ScreenError, match="no file, such as beach at noon 0"):
        open_screen(tmp_path)


def test_names_that_end_in_serial_numbers_are_no_channels(tmp_path: Path) -> None:
    for i in range(40):
        (tmp_path / f"P7_B02_{i}-A7.png").touch()
    with pytest.raises(ScreenError, match="finds 40 channels"):
        open_screen(tmp_path)


def test_a_guess_is_suggested_for_editing(tmp_path: Path) -> None:
    assert suggest(tmp_path) is None
    write_image(tmp_path / "P7" / "B02_DAPI.png", IMAGE)
    assert suggest(tmp_path) == "{plate}/{well}_{channel}"


def test_a_plate_map_beside_the_images_is_used(tmp_path: Path) -> None:
    FLAT.write(tmp_path, random_planes(size=4))
    screen = open_screen(tmp_path)
    assert screen.plates[1].map[WellId.parse("C11")] == Content("sirna_2C11", Role.TREATMENT)
    assert screen.plates[1].map[B02] == Content("DMSO", Role.NEGATIVE)
    assert screen.library is not None
    assert screen.library.names == ("p0", "p1")


def test_a_plate_map_may_number_the_plates(tmp_path: Path) -> None:
    write_rows(tmp_path / "plate_map.csv", "experiment;plate;well;perturbation", ["E;7;B2;drug"])
    (plate,) = opened(tmp_path, "E/Plate07/B02_DAPI.png").plates
    assert plate.key == ("E", "Plate07")
    assert plate.map[B02] == Content("drug", Role.TREATMENT)


def test_a_plate_map_that_is_none_does_not_hide_the_images(tmp_path: Path) -> None:
    write_rows(tmp_path / "platemap.csv", "who,what", ["1,2"])
    screen = opened(tmp_path, "E/P7/B02_DAPI.png")
    assert [p.kind for p in screen.problems] == [ProblemKind.TABLE]


@given(
    row=st.integers(0, 31),
    column=st.integers(0, 47),
    site=st.integers(1, 999),
    channel=st.from_regex(r"[A-Za-z][A-Za-z0-9 {}]{0,6}[A-Za-z0-9]", fullmatch=True),
    spelled=st.sampled_from(["B02", "B2", "b02", "b2", "B002"]),
    width=st.integers(1, 4),
)
def test_a_form_spells_the_name_it_was_read_from(
    row: int, column: int, site: int, channel: str, spelled: str, width: int
) -> None:
    from deepnoise_app.readers.names import spell
    from deepnoise_app.screen import row_letters

    letters = row_letters(row)
    letters = letters.lower() if spelled[0] == "b" else letters
    well = f"{letters}{column + 1:0{len(spelled) - 1}d}"
    name = f"P {{x}}/{well}_s{site:0{width}d}_w{channel}.png"
    parsed = Template.compile("{plate}/{well}_s{site}_w{channel}").parse(name)
    assert parsed is not None
    assert (parsed.well, parsed.site, parsed.channel) == (WellId(row, column), site, channel)
    assert spell(parsed.form, parsed.well, site, channel) == name
