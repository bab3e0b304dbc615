"""Plate maps and libraries as people save them."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_layouts import write_rows

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import infer_library, read_library, read_plate_map
from deepnoise_app.screen import Content, PlateMap, ProblemKind, Role, WellId

HEADER = "experiment,plate,well,perturbation,role"
B02, B03 = WellId(1, 1), WellId(1, 2)


def table(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    return write_rows(tmp_path / "table.csv", header, list(rows), encoding)


def treated(*names: str) -> PlateMap:
    return PlateMap({WellId(1, i): Content(n, Role.TREATMENT) for i, n in enumerate(names)})


def test_a_plate_map_is_read_plate_by_plate(tmp_path: Path) -> None:
    rows = ("E,P1,B02,DMSO,negative_control", "E,P1,B03,drug,treatment", "E,P2,B02,x,empty")
    maps = read_plate_map(table(tmp_path, *rows))
    assert set(maps) == {("E", "P1"), ("E", "P2")}
    assert maps["E", "P1"][B02] == Content("DMSO", Role.NEGATIVE)
    assert maps["E", "P2"][B02].role is Role.EMPTY
    assert maps.problems == ()
    assert len(maps) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_byte_order_marks_and_semicolons_are_fine(
    tmp_path: Path, encoding: str, comma: str
) -> None:
    row, header = "E,P1,b3,drug,treatment".replace(",", comma), HEADER.replace(",", comma)
    maps = read_plate_map(table(tmp_path, row, header=header, encoding=encoding))
    assert maps["E", "P1"][B03] == Content("drug", Role.TREATMENT)


def test_windows_line_ends_blank_rows_and_blanks_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b" Experiment , Plate,Well,Perturbation\r\n\r\n,,,\r\nE, P1 ,B03, drug \r\n")
    assert read_plate_map(path)["E", "P1"][B03] == Content("drug", Role.TREATMENT)


@pytest.mark.parametrize("asked", ["1", "Plate1", "plate 1", "01"])
@pytest.mark.parametrize("listed", ["1", "Plate1", "plate_01"])
def test_numbered_plates_are_the_same_however_written(
    tmp_path: Path, asked: str, listed: str
) -> None:
    maps = read_plate_map(table(tmp_path, f"E,{listed},B03,drug,treatment"))
    assert maps["E", asked][B03].perturbation == "drug"
    assert ("E", "2") not in maps


@pytest.mark.parametrize(
    ("text", "role"),
    [("Positive Control", Role.POSITIVE), ("negative", Role.NEGATIVE), ("", Role.TREATMENT),
     ("TREATMENT", Role.TREATMENT), ("unknown", Role.UNKNOWN)],
)  # fmt: skip
def test_roles_may_be_written_freely(tmp_path: Path, text: str, role: Role) -> None:
    assert read_plate_map(table(tmp_path, f"E,1,B03,drug,{text}"))["E", "1"][B03].role is role


def test_unknown_wells_and_roles_are_told_with_their_row(tmp_path: Path) -> None:
    rows = ("E,1,B03,drug,treatment", "E,1,3B,drug,treatment", "E,1,B02,drug,friend")
    maps = read_plate_map(table(tmp_path, *rows))
    assert [p.kind for p in maps.problems] == [ProblemKind.TABLE] * 2
    assert "row 3: '3B'" in maps.problems[0].message
    assert "row 4: 'friend'" in maps.problems[1].message
    assert list(maps["E", "1"]) == [B03]


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    rows = ("E,1,B03,drug", "", ",,,", '"E","1","B02","two\nlines"', "E,1,??,drug,treatment,more")
    maps = read_plate_map(table(tmp_path, *rows))
    (problem,) = maps.problems
    assert "row 6: '??'" in problem.message
    assert maps["E", "1"][B02].perturbation == "two\nlines"


def test_a_well_listed_twice_is_told(tmp_path: Path) -> None:
    rows = ("E,1,B03,drug,treatment", "E,1,B03,drug,treatment", "E,1,B3,other,treatment")
    (problem,) = read_plate_map(table(tmp_path, *rows)).problems
    assert "row 4: B03 is listed before as drug" in problem.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lacks the column 'well'.*found none"),
        (b"experiment,plate,well\nE,1,B02\n", "lacks the column 'perturbation'"),
        (b"experiment,plate,well,perturbation\n", "it has no rows"),
        (b"experiment,plate,well,perturbation\nE,1,?,x\n", r"row 2: '\?' is not a well"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "lacks the column"),
    ],
)
def test_a_table_that_is_no_plate_map_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(ScreenError, match=message):
        read_plate_map(path)


@pytest.mark.parametrize("read", [read_plate_map, read_library])
def test_a_table_that_is_not_there_is_told(tmp_path: Path, read: object) -> None:
    assert callable(read)
    with pytest.raises(ScreenError, match=r"nothing\.csv cannot be read"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(ScreenError, match="cannot be read"):
        read(tmp_path)


def test_a_library_counts_copies(tmp_path: Path) -> None:
    path = table(tmp_path, "a,x,2", "a,y", "b,z,1", header="library_plate,perturbation,copies")
    assert read_library(path).plates == {"a": {"x": 2, "y": 1}, "b": {"z": 1}}


def test_a_library_without_copies_holds_one_of_each(tmp_path: Path) -> None:
    library = read_library(
        table(tmp_path, "a,x", ",", "", "a,y", header="library_plate,perturbation")
    )
    assert library.plates == {"a": {"x": 1, "y": 1}}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a,x,0"], "row 2: copies is '0'"),
        (["a,x,1", "a,y,two"], "row 3: copies is 'two'"),
        (["a,x,-1"], "copies is '-1'"),
        (["a,x,1", "a,x,1"], "row 3: 'x' is on 'a' twice"),
        (["a,,1"], "names no library plate or no perturbation"),
        ([], "it has no rows"),
    ],
)
def test_a_library_that_cannot_be_used_is_told(
    tmp_path: Path, rows: list[str], message: str
) -> None:
    with pytest.raises(ScreenError, match=message):
        read_library(table(tmp_path, *rows, header="library_plate,perturbation,copies"))


def test_library_plates_are_told_from_plates_that_lack_some_wells() -> None:
    maps = [treated(*"abcd"), treated(*"wxyz"), treated("a", "b", "d", "e"), treated(*"yzw")]
    library = infer_library([*maps, PlateMap({B02: Content("", Role.TREATMENT)})])
    assert library is not None
    assert library.plates == {"p0": dict.fromkeys("abcde", 1), "p1": dict.fromkeys("wxyz", 1)}


def test_copies_on_a_plate_are_counted_and_controls_are_not() -> None:
    maps = treated("a", "b", "a")
    control = {WellId(5, 5): Content("k", Role.POSITIVE)}
    library = infer_library([treated("a", "b"), PlateMap({**maps.contents, **control})])
    assert library is not None
    assert library.plates == {"p0": {"a": 2, "b": 1}}


@pytest.mark.parametrize(
    "maps",
    [
        [],
        [PlateMap()],
        [treated(*"abcd"), treated(*"axyz")],
        [treated(*"abc"), treated(*"xyz"), treated(*"abxy")],
    ],
    ids=["nothing", "unlabelled", "shared", "mixed"],
)
def test_plates_that_fall_into_no_groups_have_no_library(maps: list[PlateMap]) -> None:
    assert infer_library(maps) is None
