"""Rows of text from tables as people save them: CSV in any dialect, TSV, Excel, Parquet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.markup import elements
from deepnoise_app.screen.formulas import meant_text
from deepnoise_app.screen.tabular import check_parquet
from deepnoise_app.untrusted import read_plain

SPREADSHEETS = (".xlsx", ".xlsm")
TABLES = (".csv", ".tsv", ".txt", ".tab", *SPREADSHEETS, ".parquet")
# A plate map has thousands of rows; what unpacks to more than this is none.
MOST_BYTES = 500_000_000
# Cells of a table, empty ones included: a few bytes of a packed file can stand for any number.
MOST_CELLS = 50_000_000
_COMMA = re.compile(r"^[+-]?\d+,\d+(?:[eE][+-]?\d+)?$")
_WHOLE = re.compile(r"^[+-]?\d+$")

Rows = list[list[str]]


def read_rows(path: Path) -> Rows:
    """Read the rows of a table, the names of its columns included.

    Decimal commas become points in columns that hold nothing but such numbers.

    Raises
    ------
    ScreenError
        If the file cannot be read or is no table.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ScreenError(
                f"{path.name} has {path.stat().st_size:,} bytes: no table is so large"
            )
        ending = path.suffix.lower()
        if ending in SPREADSHEETS:
            return _excel(path)
        if ending == ".parquet":
            return _parquet(path)
        return _text(path)
    except OSError as error:
        raise ScreenError(f"{path} cannot be read: {error.strerror or error}") from error


def _text(path: Path) -> Rows:
    text = decoded(read_plain(path, MOST_BYTES))
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ScreenError(f"{path.name} is not a table: {error}") from error
    rows = [[meant_text(cell) for cell in row] for row in rows] if "'" in text else rows
    return rows if delimiter == "," else with_points(rows)


def decoded(content: bytes) -> str:
    """Return text of UTF-8 or UTF-16 as its mark says, else of UTF-8, else of Windows."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def with_points(rows: Rows) -> Rows:
    """Return the same rows with decimal points in columns of numbers with decimal commas."""
    width = max(map(len, rows), default=0)
    columns = [i for i in range(width) if _has_commas(row[i] for row in rows[1:] if i < len(row))]
    for row in rows[1:]:
        for i in columns:
            if i < len(row):
                row[i] = row[i].replace(",", ".")
    return rows


def _has_commas(texts: Iterable[str]) -> bool:
    some = False
    for text in texts:
        found = text.strip()
        if _COMMA.match(found):
            some = True
        elif found and not _WHOLE.match(found):
            return False
    return some


def _excel(path: Path) -> Rows:
    """Read the first sheet; spreadsheets are archives, so how large they unpack is looked at."""
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > MOST_BYTES:
                raise ScreenError(f"{path.name} unpacks to {size:,} bytes: no table is so large")
            _refuse_entities(path, archive)
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = _counted(path, sheet.iter_rows(values_only=True))
            book.close()
    except (ScreenError, OSError):
        raise
    except Exception as error:
        raise ScreenError(f"{path.name} is no Excel table, or damaged: {error}") from error
    width = max(map(len, rows), default=0)
    check_cells(path, len(rows) * width)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _refuse_entities(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse parts that declare a document type: entities grow while they are read."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as file:
                pieces = iter(lambda file=file: file.read(1 << 16), b"")  # type: ignore[misc]
                for _ in elements(pieces, f"{entry.filename} in {path.name}", ()):
                    pass


def _counted(path: Path, sheet: Iterable[Iterable[object]]) -> Rows:
    """Return the cells of a sheet as text; far too many are refused while they are counted."""
    rows, count = [], 0
    for values in sheet:
        row = [_cell(value) for value in values]
        count += len(row) + 1
        check_cells(path, count)
        rows.append(row)
    return rows


def check_cells(path: Path, count: int) -> None:
    """Refuse a table that would fill the memory.

    Raises
    ------
    ScreenError
        If it has too many cells.
    """
    if count > MOST_CELLS:
        raise ScreenError(f"{path.name} has over {MOST_CELLS:,} cells: no table is so large")


def _cell(value: object) -> str:
    """Return what a cell shows; whole numbers without a point, days without a time."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.min.time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _parquet(path: Path) -> Rows:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            check_cells(path, file.metadata.num_rows * file.metadata.num_columns)
            check_parquet(path, MOST_BYTES)
            table = file.read()
    except (ScreenError, OSError):
        raise
    except Exception as error:
        raise ScreenError(f"{path.name} is no Parquet table, or damaged: {error}") from error
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    return [list(table.column_names), *map(list, zip(*columns, strict=True))]
