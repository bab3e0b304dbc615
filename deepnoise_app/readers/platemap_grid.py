"""Plate maps drawn as a plate: column numbers above, row letters at the side.

Several grids may stand below each other, each with the name of its plate in its corner or in the
line above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.sheets import Rows
from deepnoise_app.screen import WellId

# Fewest columns that make a grid: those of a plate of six wells.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Grid:
    """One drawn plate: its name, and the text in each well that has one."""

    name: str
    texts: dict[WellId, str]


def find_grids(rows: Rows) -> list[Grid]:
    """Return the plates that are drawn in a table; none if it is a list."""
    grids = []
    for i, row in enumerate(rows):
        width = _width(row)
        if width < FEWEST:
            continue
        texts: dict[WellId, str] = {}
        for below in rows[i + 1 :]:
            wells = _row(below, width)
            if wells is None:
                break
            texts |= wells
        if texts or (i + 1 < len(rows) and _row(rows[i + 1], width) is not None):
            grids.append(Grid(_name(rows, i), texts))
    return grids


def _width(row: Sequence[str]) -> int:
    """How many columns a head of a grid counts, 1, 2, 3..., after its corner."""
    count = 0
    for text in row[1:]:
        if text.strip().lstrip("0") != str(count + 1):
            break
        count += 1
    return count


def _row(row: Sequence[str], width: int) -> dict[WellId, str] | None:
    """Return the wells of a line that begins with a row letter; None for another line."""
    letters = row[0].strip() if row else ""
    try:
        first = WellId.parse(f"{letters}1")
    except ScreenError:
        return None
    found = {}
    for column, text in enumerate(row[1 : width + 1]):
        if text.strip():
            found[WellId(first.row, column)] = text.strip()
    return found


def _name(rows: Rows, head: int) -> str:
    corner = rows[head][0].strip()
    if corner or not head:
        return corner
    above = [text.strip() for text in rows[head - 1] if text.strip()]
    return above[0] if len(above) == 1 else ""
