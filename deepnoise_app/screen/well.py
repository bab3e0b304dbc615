"""Well addresses and plate shapes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from deepnoise_app.errors import ScreenError

_WELL = re.compile(r"^([A-Za-z]{1,2})0*([1-9]\d?)$")


def row_letters(row: int) -> str:
    """Name of a row counted from 0: A..Z, then AA..AF as on 1,536-well plates."""
    return chr(65 + row) if row < 26 else chr(64 + row // 26) + chr(65 + row % 26)


@dataclass(frozen=True, slots=True, order=True)
class WellId:
    """The address of one well. Rows and columns count from 0."""

    row: int
    column: int

    @classmethod
    def parse(cls, name: str) -> WellId:
        """Read `A1`, `a01` or `AF48` (two row letters as on 1,536-well plates)."""
        match = _WELL.match(name.strip())
        if match is None:
            raise ScreenError(
                f"{name!r} is not a well: expected a row letter and a column number, like 'B07'"
            )
        letters, column = match[1].upper(), int(match[2])
        row = 0
        for letter in letters:
            row = row * 26 + ord(letter) - 64
        if row > 32 or column > 48:
            raise ScreenError(
                f"{name!r} is not a well: the largest plates end at AF48 (1,536 wells)"
            )
        return cls(row - 1, column - 1)

    @property
    def name(self) -> str:
        """The usual name, with two digits: `B07`."""
        return f"{row_letters(self.row)}{self.column + 1:02d}"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, order=True)
class PlateShape:
    """Number of rows and columns of a plate."""

    rows: int
    columns: int

    def __contains__(self, well: WellId) -> bool:
        return well.row < self.rows and well.column < self.columns

    @property
    def wells(self) -> int:
        """Number of wells that such a plate has."""
        return self.rows * self.columns

    @classmethod
    def holding(cls, wells: Iterable[WellId]) -> PlateShape:
        """Return the smallest standard plate (6 to 1,536 wells) in which all these wells lie."""
        rows, columns = 0, 0
        for well in wells:
            rows, columns = max(rows, well.row + 1), max(columns, well.column + 1)
        for shape in STANDARD_SHAPES:
            if rows <= shape.rows and columns <= shape.columns:
                return shape
        raise ScreenError(f"no standard plate has {rows} rows and {columns} columns")


STANDARD_SHAPES = tuple(
    PlateShape(rows, columns)
    for rows, columns in ((2, 3), (3, 4), (4, 6), (6, 8), (8, 12), (16, 24), (32, 48))
)
