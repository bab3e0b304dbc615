"""Small files that claim to be enormous, nest without end or never stop: a sentence, at once."""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tifffile
from reader_layouts import memory_screen, random_planes, write_image

from deepnoise_app.errors import (
    DeepNoiseError,
    ModelError,
    PixelError,
    RecipeError,
    RunError,
    ScreenError,
)
from deepnoise_app.readers import check_files, open_screen, read_plate_map
from deepnoise_app.readers.markup import read_elements
from deepnoise_app.readers.pixels import decode
from deepnoise_app.readers.sheets import read_rows
from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.events import Unknown
from deepnoise_app.runs.events import decode as decode_event
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.untrusted import parse_json, read_plain
from deepnoise_app.writers.omezarr import write_omezarr

DEEP = 100_000
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)


def test_entities_in_an_index_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "Index.xml"
    for head in (LAUGHS, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE a>"):
        path.write_text(f"{head}<a>&b;</a>")
        with pytest.raises(ScreenError, match="declares a document type"):
            list(read_elements(path, ("a",)))


def test_an_index_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Index.xml"
    path.write_text("<a>" * DEEP)
    with pytest.raises(ScreenError, match="nests more than 200 elements"):
        list(read_elements(path, ("a",)))


def workbook(path: Path, sheet: str | None = None) -> Path:
    """Write a spreadsheet of one cell, or of the given XML."""
    openpyxl.Workbook().save(path)
    if sheet is not None:
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        parts["xl/worksheets/sheet1.xml"] = sheet.encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in parts.items():
                new.writestr(name, content)
    return path


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_entities_in_a_spreadsheet_are_refused(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "map.xlsx", LAUGHS + SHEET + "<row>&j;</row></sheetData></worksheet>"
    )
    with pytest.raises(ScreenError, match="declares a document type"):
        read_rows(path)


def test_a_spreadsheet_whose_few_cells_lie_far_apart_is_refused(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{i}"><c r="XFD{i}"><v>1</v></c></row>' for i in range(1, 5000))
    path = workbook(tmp_path / "map.xlsx", SHEET + rows + "</sheetData></worksheet>")
    assert path.stat().st_size < 100_000
    with pytest.raises(ScreenError, match="over 50,000,000 cells"):
        read_rows(path)


def test_a_spreadsheet_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("xl/sheet.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(60):
            part.write(bytes(10_000_000))
    assert path.stat().st_size < 5_000_000
    with pytest.raises(ScreenError, match="unpacks to 600,000,000 bytes"):
        read_rows(path)


def test_a_table_with_more_columns_than_rows_can_fill_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_text("well,perturbation" + ",x" * 20_000 + "\n" + "\n" * 10_000)
    with pytest.raises(ScreenError, match="over 50,000,000 cells"):
        read_plate_map(path)


def test_a_parquet_table_of_packed_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.parquet"
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(60_000_000, np.int8)), ["a"])
    pq.write_table(pa.table({"well": column}), path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(ScreenError, match="over 50,000,000 cells"):
        read_rows(path)


def png(path: Path, width: int, height: int, bits: int = 8, colour: int = 0) -> Path:
    """Write a PNG file of a few bytes that claims a size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(
            ">I", zlib.crc32(kind + content))  # fmt: skip

    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


@pytest.mark.parametrize("claim", [(2**31 - 1, 2**31 - 1), (100_000, 100_000), (0, 5)])
def test_a_png_of_absurd_size_is_refused(claim: tuple[int, int], tmp_path: Path) -> None:
    path = png(tmp_path / "E" / "Plate1" / "B02_s1_w1.png", *claim)
    with pytest.raises(PixelError, match="claims"):
        decode(path)
    (problem,) = check_files(open_screen(tmp_path)).problems
    assert "claims" in problem.message


def test_a_png_in_deep_colours_counts_by_what_it_decodes_to(tmp_path: Path) -> None:
    path = png(tmp_path / "a.png", 30_000, 30_000, bits=16, colour=6)
    with pytest.raises(PixelError, match="would decode to 7,200,000,000 bytes"):
        decode(path)


@pytest.mark.parametrize("tag", ["ImageWidth", "TileWidth"])
def test_a_tiff_of_absurd_size_is_refused(tag: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tile = (16, 16) if tag == "TileWidth" else None
    tifffile.imwrite(path, np.zeros((16, 16), np.uint8), tile=tile, compression="zlib")
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages.first.tags[tag].overwrite(0x7FFFFFF0)
    with pytest.raises(PixelError, match=r"claims|cut off"):
        decode(path)


def test_a_tiff_strip_unpacks_to_no_more_than_its_page_claims(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    bomb = zlib.compress(bytes(200_000_000), 9)
    tifffile.imwrite(path, iter([bomb]), shape=(64, 64), dtype=np.uint8, compression="zlib",
                     rowsperstrip=64)  # fmt: skip
    try:
        plane = decode(path)
    except PixelError:
        return
    assert plane.shape == (64, 64)


@pytest.mark.parametrize("packing", ["jpegxl", "jpeg2000", "png", "jpeg"])
def test_an_image_within_a_tiff_page_is_no_larger_than_the_page(
    packing: str, tmp_path: Path
) -> None:
    import imagecodecs

    path, large = tmp_path / "a.tif", np.zeros((3000, 3000), np.uint8)
    encode = {"jpegxl": imagecodecs.jpegxl_encode, "jpeg2000": imagecodecs.jpeg2k_encode,
              "png": imagecodecs.png_encode, "jpeg": imagecodecs.jpeg_encode}  # fmt: skip
    tifffile.imwrite(path, iter([encode[packing](large)]), shape=(64, 64), dtype=np.uint8,
                     compression=packing, rowsperstrip=64)  # fmt: skip
    with pytest.raises(PixelError, match=r"which is not read|claims 3000 × 3000 pixels"):
        decode(path)


@pytest.mark.parametrize("tile", [None, (32, 32)])
def test_a_tiff_page_of_jpeg_that_says_what_it_holds_is_read(tile: object, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.full((64, 64), 7, np.uint8), compression="jpeg", tile=tile)
    assert abs(int(decode(path).mean()) - 7) <= 1


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write_omezarr(memory_screen(random_planes(("E",), ("P1",), ("B02",), (1,), size=8)), tmp_path)
    return next(tmp_path.rglob("*.zarr"))


def change(path: Path, **values: object) -> None:
    found = json.loads(path.read_text())
    found.update(values)
    path.write_text(json.dumps(found))


@pytest.mark.parametrize("axis", ["t", "c", "z"])
def test_a_zarr_image_with_absurd_axes_is_refused(store: Path, axis: str) -> None:
    (image,) = store.glob("*/*/*/zarr.json")
    image.write_text(image.read_text().replace('"name": "c"', f'"name": "{axis}"'))
    (array,) = store.glob("*/*/*/0/zarr.json")
    change(array, shape=[10**12, 8, 8])
    told = " ".join(problem.message for problem in open_screen(store).problems)
    assert f"claims 1,000,000,000,000 positions on the axis {axis}" in told


def array_of(folder: Path, **values: object) -> Path:
    """Write the metadata of a Zarr array of version 2."""
    folder.mkdir()
    told = {"zarr_format": 2, "shape": [8, 8], "chunks": [8, 8], "dtype": "|u1", "order": "C",
            "fill_value": 0, "filters": None, "compressor": None}  # fmt: skip
    (folder / ".zarray").write_text(json.dumps(told | values))
    return folder


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"filters": [{"id": "pickle"}]}, "'pickle', which is not used"),
        ({"compressor": {"id": "pickle"}}, "'pickle', which is not used"),
        ({"dtype": "|O", "filters": [{"id": "vlen-utf8"}, {"id": "pickle"}]}, "expected whole"),
        ({"dtype": "|O"}, "expected whole numbers"),
        ({"filters": [{"id": "categorize"}]}, "'categorize', which is not used"),
        ({"chunks": [10**6, 10**6]}, "claims chunks of 1000000 × 1000000 pixels"),
        ({"chunks": [0, 8]}, "claims chunks of 0 × 8 pixels"),
    ],
)
def test_a_zarr_array_decodes_numbers_alone(values: dict, said: str, tmp_path: Path) -> None:
    from deepnoise_app.readers.zarr_pixels import open_array

    with pytest.raises(PixelError) as caught:
        open_array(str(array_of(tmp_path / "array", **values)), ".zarray", 0)
    assert said in str(caught.value)


def test_a_zarr_array_of_version_3_names_no_other_decoder(store: Path) -> None:
    (array,) = store.glob("*/*/*/0/zarr.json")
    change(array, codecs=[{"name": "bytes"}, {"name": "numcodecs.pickle"}])
    told = " ".join(problem.message for problem in open_screen(store).problems)
    assert "'numcodecs.pickle', which is not used" in told


def test_json_without_end_is_a_fault_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json("[" * DEEP)
    assert isinstance(decode_event('{"event": ' + "[" * DEEP), Unknown)
    assert isinstance(decode_event('{"event": "Odd", "time": 1' + "0" * 400 + "}"), Unknown)


@pytest.mark.parametrize(
    "text",
    ['{"task": ' + "[" * DEEP, '{"seed": 1' + "0" * 5000 + "}", '{"network": {"options": {"a": '
     + "[" * 900 + "]" * 900 + "}}}"],
)  # fmt: skip
def test_an_absurd_recipe_is_refused_with_a_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"recipe\.json"):
        Recipe.from_json(text)
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises(DeepNoiseError):
        _ = RunFolder(tmp_path).recipe


def test_an_absurd_toml_recipe_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="nested too deeply"):
        Recipe.from_toml("screen = " + "[" * DEEP)
    with pytest.raises(RecipeError, match="not valid TOML"):
        Recipe.from_toml("seed = 1" + "0" * 5000)


def sparse(path: Path) -> Path:
    """Write a file of a terabyte that takes no room on disk."""
    with path.open("wb") as file:
        os.truncate(file.fileno(), 10**12)
    return path


def test_files_of_absurd_size_are_not_read(tmp_path: Path) -> None:
    try:
        sparse(tmp_path / "recipe.json")
    except OSError:
        pytest.skip("this disk holds no sparse file of a terabyte")
    with pytest.raises(OSError, match="it has 1,000,000,000,000 bytes"):
        read_plain(tmp_path / "recipe.json")
    with pytest.raises(RunError, match=r"no recipe\.json to read"):
        _ = RunFolder(tmp_path).recipe
    with pytest.raises(RecipeError, match="cannot be read"):
        Recipe.load(tmp_path / "recipe.json")
    with pytest.raises(ScreenError, match="no table is so large"):
        read_rows(sparse(tmp_path / "map.csv"))
    with pytest.raises(PixelError, match="cannot be read"):
        decode(sparse(tmp_path / "B02.png"))


def test_a_model_card_of_absurd_size_or_depth_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    (tmp_path / "model.json").write_text('{"classes": ' + "[" * DEEP)
    with pytest.raises(ModelError, match="not a model card"):
        load_card(tmp_path)
    sparse(tmp_path / "model.json")
    with pytest.raises(ModelError, match="cannot be read"):
        load_card(tmp_path)


def test_a_plate_of_absurd_numbers_is_a_sentence(tmp_path: Path) -> None:
    name = f"{'9' * 200}_B02_s{'9' * 6}_w1.png"
    write_image(tmp_path / name, np.ones((4, 4), np.uint8))
    (plate,) = open_screen(tmp_path).plates
    assert plate.sites == (999_999,)
    assert plate.read(plate.wells[0], 999_999).shape == (1, 4, 4)
