"""Plate maps as laboratories write them: columns, encodings, drawn plates, JUMP, controls."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader_layouts import write_image, write_rows

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import open_screen, read_plate_map, sheets
from deepnoise_app.readers.sheets import decoded, with_points
from deepnoise_app.screen import Content, ProblemKind, Role, WellId, row_letters

A1, B02, C03, P24 = (WellId.parse(name) for name in ("A1", "B02", "C03", "P24"))
REAL = Path(__file__).parents[3] / "shared" / "data" / "operetta"
LIST = "Experiment;Plate;Well;Compound;Dose (µM);Replicate"


def test_other_names_of_columns_are_understood_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "map.csv", LIST, ["E;P1;b-2;Taxol;0,125;1", "E;P1;C3;DMSO;;2"])
    found = read_plate_map(path)["E", "P1"]
    assert found[B02] == Content(
        "Taxol", Role.TREATMENT, (("Dose (µM)", "0.125"), ("Replicate", "1"))
    )
    assert found[B02].factor("Dose (µM)") == "0.125"
    assert found[C03].factor("Dose (µM)") == ""
    assert found.factors == ("Dose (µM)", "Replicate")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_is_fine(tmp_path: Path, encoding: str) -> None:
    path = write_rows(tmp_path / "map.csv", LIST, ["E;P1;B2;Séroquel;1;1"], encoding)
    content = read_plate_map(path)["E", "P1"][B02]
    assert (content.perturbation, content.factors[0]) == ("Séroquel", ("Dose (µM)", "1"))


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"plate": ["P1", "P2"], "well": ["B02", "C03"], "drug": ["x", "DMSO"], "dose": [0.5, 2.0]}
    )


@pytest.mark.parametrize("name", ["map.csv", "map.tsv", "map.txt", "map.xlsx", "map.parquet"])
def test_every_kind_of_file_gives_the_same_map(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".xlsx":
        frame().to_excel(path, index=False)
    elif path.suffix == ".parquet":
        frame().to_parquet(path)
    else:
        frame().to_csv(path, index=False, sep="," if path.suffix == ".csv" else "\t")
    maps = read_plate_map(path)
    assert maps["any", "P1"][B02] == Content("x", Role.TREATMENT, (("dose", "0.5"),))
    role = maps["other", "P2"][C03]
    assert (role.perturbation, role.role, float(role.factor("dose"))) == ("DMSO", Role.NEGATIVE, 2)
    assert ("any", "P3") not in maps


def test_a_map_without_plates_counts_for_all(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "map.csv", "row,col,drug", ['C,"""03""",x', "2,2,y"])
    maps = read_plate_map(path)
    for key in (("E", "P1"), ("F", "anything")):
        assert (maps[key][C03].perturbation, maps[key][B02].perturbation) == ("x", "y")


def drawn(rows: int = 16, columns: int = 24, corner: str = "") -> list[list[str]]:
    head = [corner, *(str(i + 1) for i in range(columns))]
    wells = [[f"{row_letters(r)}{c + 1:02d}" for c in range(columns)] for r in range(rows)]
    return [head, *([row_letters(r), *wells[r]] for r in range(rows))]


def test_a_drawn_plate_is_read(tmp_path: Path) -> None:
    grid = drawn()
    grid[1][1], grid[2][2] = "DMSO", ""
    (tmp_path / "grid.csv").write_text("\n".join(",".join(row) for row in grid))
    found = read_plate_map(tmp_path / "grid.csv")["E", "P1"]
    assert len(found) == 383
    assert found[A1] == Content("DMSO", Role.NEGATIVE)
    assert B02 not in found
    assert found[P24].perturbation == "P24"


def test_drawn_plates_below_each_other_have_their_names(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ([["Layout of 3 May"]], drawn(8, 12, "P1"), [[]], [["P2"]], drawn(8, 12), [["end"]]):
        for cells in row:
            sheet.append([int(c) if c.isdecimal() else c for c in cells])
    book.save(tmp_path / "grid.xlsx")
    maps = read_plate_map(tmp_path / "grid.xlsx")
    assert set(maps) == {("", "P1"), ("", "P2")}
    assert len(maps["E", "P2"]) == 96


def jump(root: Path) -> Path:
    header = "well_position\tbroad_sample\tmmoles_per_liter\tcontrol_type"
    rows = ["A01\tBRD-1\t5\t", "B02\t\t\tnegcon", "C03\tBRD-2\t5\tposcon_cp"]
    write_rows(root / "platemap" / "layout-1.txt", header, rows)
    rows = ["BR1,layout-1", "BR2,layout-1", "BR3,layout-9"]
    return write_rows(root / "barcode_platemap.csv", "Assay_Plate_Barcode,Plate_Map_Name", rows)


def test_jump_barcodes_lead_to_their_layouts(tmp_path: Path) -> None:
    maps = read_plate_map(jump(tmp_path))
    assert set(maps) == {("", "BR1"), ("", "BR2")}
    found = maps["batch", "BR2"]
    assert [found[well].role for well in (A1, B02, C03)] == [
        Role.TREATMENT, Role.NEGATIVE, Role.POSITIVE
    ]  # fmt: skip
    assert found[C03].factor("control_type") == "poscon_cp"
    assert "names the layout layout-9, which is not beside it" in maps.problems[0].message


def test_controls_that_only_a_name_tells_are_said_and_can_be_corrected(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "map.csv", "well,drug", ["A1,DMSO", "B2,water", "C3,empty"])
    maps = read_plate_map(path)
    assert maps.assumed == {"DMSO": Role.NEGATIVE, "empty": Role.EMPTY}
    changed = maps.corrected({"water": Role.NEGATIVE, "DMSO": Role.TREATMENT})["E", "P"]
    assert [changed[w].role for w in (A1, B02, C03)] == [
        Role.TREATMENT, Role.NEGATIVE, Role.EMPTY
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "role"),
    [("poscon_diverse", Role.POSITIVE), ("Neg. Ctrl", Role.NEGATIVE), ("trt", Role.TREATMENT),
     ("blank", Role.EMPTY), ("untreated", Role.NEGATIVE)],
)  # fmt: skip
def test_roles_of_other_people_are_understood(tmp_path: Path, text: str, role: Role) -> None:
    path = write_rows(tmp_path / "map.csv", "well,drug,role", [f"A1,x,{text}"])
    assert read_plate_map(path)["E", "P"][A1].role is role


@pytest.mark.parametrize("name", ["map.xlsx", "map.parquet"])
@pytest.mark.parametrize("content", [b"", b"no table", b"PK\x03\x04 cut off"])
def test_a_file_that_is_none_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ScreenError, match=name):
        read_plate_map(tmp_path / name)


def test_a_spreadsheet_that_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 1_000_000)
    path = tmp_path / "map.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(8_000_000))
    assert path.stat().st_size < 100_000
    with pytest.raises(ScreenError, match="unpacks to 8,000,000 bytes"):
        read_plate_map(path)


def test_what_does_not_match_is_listed_both_ways(tmp_path: Path) -> None:
    for well in ("B02", "B03"):
        write_image(tmp_path / "E" / "P1" / f"{well}_DAPI.png", np.zeros((4, 4), np.uint8))
    write_image(tmp_path / "E" / "P2" / "B02_DAPI.png", np.zeros((4, 4), np.uint8))
    rows = ["P1,B02,x", "P1,B04,y", "P1,B03,z", "P9,B02,x"]
    write_rows(tmp_path / "platemap.tsv", "plate\twell\tdrug", [r.replace(",", "\t") for r in rows])
    told = {
        (p.kind, p.plate, p.well and str(p.well)) for p in open_screen(tmp_path).problems
        if p.kind is not ProblemKind.MISSING
    }  # fmt: skip
    assert told == {
        (ProblemKind.NOT_IMAGED, "P1", "B04"),
        (ProblemKind.NOT_LISTED, "P2", None),
        (ProblemKind.NOT_IMAGED, "P9", None),
    }


@given(st.lists(st.lists(st.text(max_size=8), max_size=5), max_size=6))
def test_decimal_points_change_nothing_but_numbers(rows: list[list[str]]) -> None:
    changed = with_points([list(row) for row in rows])
    for before, after in zip(rows, changed, strict=True):
        for one, other in zip(before, after, strict=True):
            assert one == other or (one.replace(",", ".") == other and float(other) is not None)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_become_a_map_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(content)
    try:
        read_plate_map(path)
    except ScreenError as error:
        assert "fuzz.csv" in str(error)  # noqa: PT017 (either outcome is right)
    assert isinstance(decoded(content), str)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real plates are not in ../shared/data")
def test_the_real_layouts_are_understood() -> None:
    one = read_plate_map(REAL / "drug_layout.csv")["E", "P"]
    assert one[C03] == Content("DMSO", Role.NEGATIVE, (("concentration", "0.125"), ("unit", "%")))
    other = read_plate_map(REAL / "drug_layout_utf8-dom.csv")["E", "P"]
    content = other[WellId.parse("B03")]
    assert (content.perturbation, content.factor("my_metadata")) == ("my_drug", "example")
