"""Pictures of wells, read in threads; the one that is likely wanted next is read ahead."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.look import read_picture
from deepnoise_app.screen import Plate, WellId
from deepnoise_app.session import Picture, Sight

# Pictures that are kept, and how large one may be to be read before it is wanted.
MOST_PAGES = 4
MOST_AHEAD_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What a picture shows: wells of a plate, one site of each or all, as a model sees them."""

    plate: Plate
    wells: tuple[WellId, ...]
    site: int | None = None
    sight: Sight | None = None

    @property
    def name(self) -> tuple[object, ...]:
        """Tells pages apart; a plate that is opened again has pages of its own."""
        return id(self.plate), self.wells, self.site, id(self.sight)

    def read(self) -> Picture:
        """Read the picture."""
        return read_picture(self.plate, self.wells, self.site, self.sight)


class Album:
    """Keeps the pictures seen last; of several that are wanted only the last is shown."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._kept: OrderedDict[tuple[object, ...], tuple[Page, Future[Picture]]] = OrderedDict()
        self._lock = threading.Lock()
        self._before: Page | None = None

    def open(
        self, page: Page, show: Callable[[Picture], None], failed: Callable[[Exception], None]
    ) -> None:
        """Have a page read and shown, and then the next one read."""
        ahead, self._before = following(self._before, page), page

        def shown(picture: Picture) -> None:
            if ahead is not None and picture.pixels.nbytes <= MOST_AHEAD_BYTES:
                self._background.ask("ahead", lambda: self._read(ahead), _heard, _heard)
            show(picture)

        self._background.ask("picture", lambda: self._read(page), shown, failed)

    def _read(self, page: Page) -> Picture:
        """Read a page, or wait for the thread that reads it; what has a fault is not kept."""
        with self._lock:
            known = self._kept.get(page.name)
            if known is not None:
                self._kept.move_to_end(page.name)
            else:
                # The page goes along, so that the names of its parts stay its own.
                mine = self._kept[page.name] = (page, Future())
                while len(self._kept) > MOST_PAGES:
                    self._kept.popitem(last=False)
        if known is not None:
            return known[1].result()
        try:
            picture = page.read()
        except BaseException as error:
            self._drop(page)
            mine[1].set_exception(error)
            raise
        if picture.faults:
            self._drop(page)
        mine[1].set_result(picture)
        return picture

    def _drop(self, page: Page) -> None:
        with self._lock:
            self._kept.pop(page.name, None)


def following(before: Page | None, page: Page) -> Page | None:
    """Return the page that comes next if one goes on as before; row by row at first."""
    plate = page.plate
    if len(page.wells) != 1 or page.wells[0] not in plate.well_index:
        return None
    well, found = page.wells[0], None
    if before is not None and before.plate is plate and len(before.wells) == 1:
        down, across = well.row - before.wells[0].row, well.column - before.wells[0].column
        if (down == 0) != (across == 0):
            found = beside(plate, well, _sign(down), _sign(across))
    if found is None:
        at = plate.well_index[well] + 1
        found = plate.wells[at] if at < len(plate.wells) else None
    return replace(page, wells=(found,)) if found is not None else None


def beside(plate: Plate, well: WellId, rows: int, columns: int) -> WellId | None:
    """Return the next imaged well in a direction, passing over those that were not imaged."""
    row, column = well.row + rows, well.column + columns
    while 0 <= row < plate.shape.rows and 0 <= column < plate.shape.columns:
        if WellId(row, column) in plate.well_index:
            return WellId(row, column)
        row, column = row + rows, column + columns
    return None


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _heard(_: object) -> None:
    """Nothing is done with a picture before it is wanted; its fault is told then."""
