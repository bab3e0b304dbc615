"""What is special about RxRx screens: tables, levels, labels, the library, the real data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from reader_layouts import (
    BARE,
    CHALLENGE,
    RELEASE,
    Layout,
    label_of,
    random_planes,
    write_image,
    write_rows,
)

from deepnoise_app.readers import RXRX_CHANNELS, open_screen
from deepnoise_app.screen import Content, Problem, ProblemKind, Role, Screen, WellId

REAL = Path(__file__).parents[3] / "shared" / "data" / "rxrx1"
needs_real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real RxRx1 tables are not in ../shared/data"
)
B02, B03, C11 = (WellId.parse(name) for name in ("B02", "B03", "C11"))
WELLS = ("B02", "B03", "C11")


def written(root: Path, layout: Layout, wells: tuple[str, ...] = WELLS) -> Path:
    layout.write(root, random_planes(wells=wells, sites=(1,), size=4))
    return root


def of_kind(screen: Screen, kind: ProblemKind) -> list[Problem]:
    return [problem for problem in screen.problems if problem.kind is kind]


def test_labels_are_kept_as_in_the_table(tmp_path: Path) -> None:
    plate = open_screen(written(tmp_path, CHALLENGE)).plate("HUVEC-01", "Plate2")
    assert plate.map[B03] == Content("sirna_2B03", Role.TREATMENT)
    assert plate.map[B02] == Content("UNTREATED", Role.NEGATIVE)


def test_numbers_as_labels_stay_texts(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    rows = ["HUVEC-01,1,B03,0250", "HUVEC-01,1,C11,7"]
    write_rows(tmp_path / "train.csv", "experiment,plate,well,sirna", rows)
    found = open_screen(tmp_path).plate("HUVEC-01", "Plate1").map
    assert (found[B03].perturbation, found[C11].perturbation) == ("0250", "7")


def test_unlabelled_wells_are_treatments_without_a_name(tmp_path: Path) -> None:
    plate = open_screen(written(tmp_path, CHALLENGE)).plate("HUVEC-02", "Plate1")
    assert plate.map[B03] == Content("", Role.TREATMENT)
    assert plate.map[B02] == Content("UNTREATED", Role.NEGATIVE)


def test_the_public_release_lists_each_well_once_per_site(tmp_path: Path) -> None:
    RELEASE.write(tmp_path, random_planes(size=4))
    screen = open_screen(tmp_path)
    plate = screen.plate("HUVEC-02", "Plate1")
    assert plate.map[C11] == Content("sirna_1C11", Role.TREATMENT)
    assert plate.map[B02] == Content("EMPTY", Role.NEGATIVE)
    assert screen.problems == ()


def test_without_tables_nothing_is_known_of_the_wells(tmp_path: Path) -> None:
    screen = open_screen(written(tmp_path, BARE))
    assert screen.library is None
    assert screen.plates[0].map[B03].role is Role.UNKNOWN


def test_six_channels_bear_the_names_of_the_stains(tmp_path: Path) -> None:
    assert open_screen(written(tmp_path, BARE)).channels == RXRX_CHANNELS


def test_other_numbers_of_channels_are_numbered(tmp_path: Path) -> None:
    BARE.write(tmp_path, random_planes(channels=3, size=4))
    assert [c.name for c in open_screen(tmp_path).channels] == ["w1", "w2", "w3"]


@pytest.mark.parametrize(
    ("level", "plates"),
    [
        ("", [("HUVEC-01", "Plate1"), ("HUVEC-01", "Plate2"),
              ("HUVEC-02", "Plate1"), ("HUVEC-02", "Plate2")]),
        ("train", [("HUVEC-01", "Plate1"), ("HUVEC-01", "Plate2")]),
        ("train/HUVEC-01", [("HUVEC-01", "Plate1"), ("HUVEC-01", "Plate2")]),
        ("train/HUVEC-01/Plate2", [("HUVEC-01", "Plate2")]),
    ],
)  # fmt: skip
def test_it_opens_at_every_level_with_labels(
    tmp_path: Path, level: str, plates: list[tuple[str, str]]
) -> None:
    screen = open_screen(written(tmp_path, CHALLENGE) / level)
    assert [plate.key for plate in screen.plates] == plates
    assert screen.plates[-1].map[B02].role is Role.NEGATIVE
    assert screen.library is not None
    assert screen.problems == ()
    assert screen.plates[-1].read(B03, 1).shape == (6, 4, 4)


def test_a_relative_path_opens_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written(tmp_path, CHALLENGE) / "train" / "HUVEC-01" / "Plate2")
    assert [plate.key for plate in open_screen(".").plates] == [("HUVEC-01", "Plate2")]


def test_tables_below_the_opened_folder_are_found(tmp_path: Path) -> None:
    written(tmp_path / "unpacked" / "rxrx", CHALLENGE)
    assert open_screen(tmp_path).plates[0].map[B03].perturbation == label_of("Plate1", "B03")


def test_tables_above_that_list_other_plates_are_left_alone(tmp_path: Path) -> None:
    written(tmp_path / "mine", BARE)
    rows = ["OTHER-01,1,B03,a"]
    write_rows(tmp_path / "train.csv", "experiment,plate,well,sirna", rows)
    screen = open_screen(tmp_path / "mine")
    assert screen.problems == ()
    assert len(screen.plates) == 4


def test_a_listed_plate_without_images_is_one_problem(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    with (tmp_path / "train.csv").open("a") as table:
        table.writelines(f"x,HUVEC-03,1,{well},a\n" for well in ("B03", "B04", "B05"))
    screen = open_screen(tmp_path)
    (problem,) = screen.problems
    assert (problem.kind, problem.experiment, problem.well) == (
        ProblemKind.NOT_IMAGED, "HUVEC-03", None)  # fmt: skip
    plate = screen.plate("HUVEC-03", "Plate1")
    assert plate.wells == ()
    assert len(plate.map) == 3
    assert len(screen.imaged) == 4


def test_a_listed_well_without_image_is_told(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    for path in (tmp_path / "train" / "HUVEC-01" / "Plate1").glob("C11_*"):
        path.unlink()
    (problem,) = open_screen(tmp_path).problems
    assert (problem.kind, problem.plate, problem.well) == (ProblemKind.NOT_IMAGED, "Plate1", C11)


def test_mostly_absent_wells_are_one_problem(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    with (tmp_path / "train.csv").open("a") as table:
        table.writelines(f"x,HUVEC-01,1,D{i},a{i}\n" for i in range(1, 12))
    (problem,) = open_screen(tmp_path).problems
    assert problem.well is None
    assert "11 of 14" in problem.message


def test_a_well_that_no_table_lists_is_told(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    for channel in range(1, 7):
        write_image(CHALLENGE.path(tmp_path, ("HUVEC-01", "Plate1", "D04", 1, channel)),
                    np.zeros((4, 4), np.uint8))  # fmt: skip
    (problem,) = open_screen(tmp_path).problems
    assert (problem.kind, problem.well) == (ProblemKind.NOT_LISTED, WellId.parse("D04"))


def test_a_plate_that_no_table_lists_is_one_problem(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    for channel in range(1, 7):
        write_image(CHALLENGE.path(tmp_path, ("HUVEC-09", "Plate1", "D04", 1, channel)),
                    np.zeros((4, 4), np.uint8))  # fmt: skip
    (problem,) = open_screen(tmp_path).problems
    assert (problem.kind, problem.experiment, problem.well) == (
        ProblemKind.NOT_LISTED, "HUVEC-09", None)  # fmt: skip


def test_a_site_that_a_whole_plate_lacks_is_one_problem(tmp_path: Path) -> None:
    CHALLENGE.write(tmp_path, random_planes(size=4))
    for path in (tmp_path / "train" / "HUVEC-01" / "Plate1").glob("*_s2_*"):
        path.unlink()
    (problem,) = open_screen(tmp_path).problems
    assert (problem.kind, problem.well, problem.site) == (ProblemKind.MISSING, None, 2)


def test_an_unknown_well_in_a_table_is_told_with_its_row(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    with (tmp_path / "train.csv").open("a") as table:
        table.write("x,HUVEC-01,1,QQ99,a\n")
    (problem,) = open_screen(tmp_path).problems
    assert problem.kind is ProblemKind.TABLE
    assert "train.csv row 6" in problem.message
    assert "'QQ99'" in problem.message
    assert (problem.experiment, problem.plate) == ("HUVEC-01", "Plate1")


def test_a_well_listed_twice_with_other_content_is_told(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    with (tmp_path / "train.csv").open("a") as table:
        table.write("x,HUVEC-01,1,B03,another\n")
    screen = open_screen(tmp_path)
    (problem,) = screen.problems
    assert (problem.kind, problem.well) == (ProblemKind.TABLE, B03)
    assert screen.plates[0].map[B03].perturbation == "sirna_1B03"


@pytest.mark.parametrize(
    "content", [b"", b"who,what\n1,2\n", b"\xff\xfe\x00a\x00b", b'experiment,"']
)
def test_a_table_that_is_none_does_not_hide_the_images(tmp_path: Path, content: bytes) -> None:
    written(tmp_path, CHALLENGE)
    (tmp_path / "train.csv").write_bytes(content)
    screen = open_screen(tmp_path)
    assert len(screen.imaged) == 4
    assert "train.csv" in of_kind(screen, ProblemKind.TABLE)[0].message


@pytest.mark.parametrize(
    "name", ["B2_s1_w1.png", "b02_s1_w1.png", "B02_s01_w1.png", "B02_s1_w01.png"]
)
def test_other_spellings_are_the_same_plane(tmp_path: Path, name: str) -> None:
    key = ("HUVEC-01", "Plate1", "B02", 1, 1)
    planes = random_planes(size=4)
    BARE.write(tmp_path, planes)
    BARE.path(tmp_path, key).unlink()
    write_image(tmp_path / "HUVEC-01" / "Plate1" / name, planes[key])
    screen = open_screen(tmp_path)
    assert screen.problems == ()
    np.testing.assert_array_equal(screen.plates[0].read(B02, 1, [0])[0], planes[key])


def test_two_spellings_of_one_plane_are_a_duplicate(tmp_path: Path) -> None:
    written(tmp_path, BARE)
    place = tmp_path / "HUVEC-01" / "Plate1"
    write_image(place / "B2_s1_w1.tif", np.full((4, 4), 7, np.uint16))
    screen = open_screen(tmp_path)
    (problem,) = screen.problems
    assert problem.kind is ProblemKind.DUPLICATE
    assert "B2_s1_w1.tif is not used" in problem.message
    assert not (screen.plates[0].read(B02, 1, [0]) == 7).all()


@pytest.mark.parametrize(
    "name", ["B02_s1_w0.png", "B02_s1_w99.png", "AZ03_s1_w1.png", "B02_s1.png"]
)
def test_impossible_names_are_strays(tmp_path: Path, name: str) -> None:
    written(tmp_path, BARE)
    (tmp_path / "HUVEC-01" / "Plate1" / name).touch()
    (problem,) = open_screen(tmp_path).problems
    assert problem.kind is ProblemKind.STRAY
    assert name in problem.message


def test_documents_beside_the_plates_are_no_strays(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    (tmp_path / "README.md").touch()
    (tmp_path / "train" / "HUVEC-01" / "notes.txt").touch()
    assert open_screen(tmp_path).problems == ()


def test_plates_are_in_order_of_their_number(tmp_path: Path) -> None:
    BARE.write(tmp_path, random_planes(("X",), ("Plate10", "Plate2", "Plate1"), size=4))
    assert [p.name for p in open_screen(tmp_path).plates] == ["Plate1", "Plate2", "Plate10"]


def test_a_library_beside_the_tables_counts(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    rows = ["left,a,2", "left,b,", "right,c,1"]
    write_rows(tmp_path / "library.csv", "library_plate,perturbation,copies", rows)
    library = open_screen(tmp_path).library
    assert library is not None
    assert library.plates == {"left": {"a": 2, "b": 1}, "right": {"c": 1}}


def test_a_broken_library_is_told_and_inferred_instead(tmp_path: Path) -> None:
    written(tmp_path, CHALLENGE)
    write_rows(tmp_path / "library.csv", "library_plate,perturbation,copies", ["left,a,many"])
    screen = open_screen(tmp_path)
    assert "'many'" in of_kind(screen, ProblemKind.TABLE)[0].message
    assert screen.library is not None
    assert screen.library.names == ("p0", "p1")


@needs_real_data
def test_the_real_folder_is_understood() -> None:
    screen = open_screen(REAL)
    assert (screen.reader, len(screen.plates), len(screen.imaged)) == ("rxrx", 204, 8)
    missing = [(p.experiment, p.plate, str(p.well), p.site, p.channel)
               for p in of_kind(screen, ProblemKind.MISSING)]  # fmt: skip
    assert sorted(missing, key=str) == [
        (experiment, f"Plate{plate}", "B02", 2, channel)
        for experiment in ("HEPG2-01", "HUVEC-01")
        for plate in (1, 2, 3, 4)
        for channel in (5, 6)
    ]
    assert Counter(p.plate for p in of_kind(screen, ProblemKind.NOT_IMAGED)) == {
        f"Plate{i}": 51 for i in (1, 2, 3, 4)
    }
    assert {plate.shape.wells for plate in screen.plates} == {384}
    assert sum(len(plate.map) for plate in screen.plates) == 36517 + 19899 + 4097 + 2246
    assert screen.imaged[0].read(B02, 1).shape == (6, 512, 512)


@needs_real_data
def test_the_real_tables_tell_four_library_plates() -> None:
    library = open_screen(REAL / "train" / "HUVEC-01").library
    assert library is not None
    assert [len(library.plates[name]) for name in library.names] == [277] * 4
    assert len(library.perturbations) == 1108
    assert {n for plate in library.plates.values() for n in plate.values()} == {1}


@needs_real_data
def test_each_real_plate_holds_one_library_plate() -> None:
    screen = open_screen(REAL)
    assert screen.library is not None
    groups = [set(plate) for plate in screen.library.plates.values()]
    labelled = [plate for plate in screen.plates if plate.map.perturbations]
    assert len(labelled) == 132
    for plate in labelled:
        assert sum(set(plate.map.perturbations) <= group for group in groups) == 1
