"""Ways in which a plate and its plate map come apart at the bench: turned, mirrored, shifted.

Each takes a plate map and tells what would lie where if that had happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from deepnoise_app.screen import PlateMap, PlateShape, WellId

Move = Callable[[PlateShape, WellId], WellId]
MOST_SHIFTED = 2


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """One way, in words: `what happened` to the plate compared with its map."""

    name: str
    words: str
    move: Move

    def apply(self, plate_map: PlateMap, shape: PlateShape) -> PlateMap:
        """Return what lies where; what would fall off the plate is left out."""
        moved = {self.move(shape, well): plate_map[well] for well in plate_map}
        return PlateMap({well: moved[well] for well in sorted(moved) if _inside(shape, well)})


def rearrangements() -> tuple[Rearrangement, ...]:
    """Turned by 180 degrees, mirrored either way, shifted by up to `MOST_SHIFTED` wells."""
    return (
        Rearrangement("rotated", "is turned by 180 degrees", _turned),
        Rearrangement("mirrored-columns", "has its columns in reverse order", _columns_mirrored),
        Rearrangement("mirrored-rows", "has its rows in reverse order", _rows_mirrored),
        *_shifts(),
    )


def _shifts() -> Iterator[Rearrangement]:
    for by in (*range(-MOST_SHIFTED, 0), *range(1, MOST_SHIFTED + 1)):
        count = f"{abs(by)} {{}}{'s' * (abs(by) > 1)}"
        way = "down" if by > 0 else "up"
        yield Rearrangement(f"rows{by:+d}", f"is shifted {way} by {count.format('row')}",
                            partial(_shifted, rows=by, columns=0))  # fmt: skip
        way = "right" if by > 0 else "left"
        yield Rearrangement(f"columns{by:+d}", f"is shifted to the {way} by "
                            f"{count.format('column')}",
                            partial(_shifted, rows=0, columns=by))  # fmt: skip


def _turned(shape: PlateShape, well: WellId) -> WellId:
    return WellId(shape.rows - 1 - well.row, shape.columns - 1 - well.column)


def _columns_mirrored(shape: PlateShape, well: WellId) -> WellId:
    return WellId(well.row, shape.columns - 1 - well.column)


def _rows_mirrored(shape: PlateShape, well: WellId) -> WellId:
    return WellId(shape.rows - 1 - well.row, well.column)


def _shifted(shape: PlateShape, well: WellId, rows: int, columns: int) -> WellId:
    del shape
    return WellId(well.row + rows, well.column + columns)


def _inside(shape: PlateShape, well: WellId) -> bool:
    return 0 <= well.row < shape.rows and 0 <= well.column < shape.columns
