"""The whole plate as one picture: where its sites lie on it, and how fine it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, log

from deepnoise_app.screen.plate import Plane
from deepnoise_app.screen.well import PlateShape, WellId

# Above and beside each well, shares of its height: the label of the well has room above it.
ABOVE, BESIDE = 1 / 8, 1 / 32
# Every graphics card takes textures of this side.
LONGEST_SIDE = 4096
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class MosaicLayout:
    """Places on the picture of a whole plate, in its own pixels.

    `height` and `width` are those of one site. Each pixel is the mean of `2**level` by `2**level`
    pixels of the files. The sites of a well lie in rows.
    """

    shape: PlateShape
    sites: tuple[int, ...]
    height: int
    width: int
    level: int = 0

    @classmethod
    def fitting(
        cls, shape: PlateShape, sites: tuple[int, ...], size: tuple[int, int], pixel_bytes: int
    ) -> MosaicLayout:
        """Return the finest layout that the bounds on side and memory allow.

        Parameters
        ----------
        size
            Rows and columns of one site as stored.
        pixel_bytes
            What one pixel takes, all channels together.
        """
        made = cls(shape, sites, max(size[0], 1), max(size[1], 1))
        while made.is_too_large(pixel_bytes) and max(made.height, made.width) > 1:
            halved = max(made.height // 2, 1), max(made.width // 2, 1)
            made = replace(made, height=halved[0], width=halved[1], level=made.level + 1)
        return made

    def is_too_large(self, pixel_bytes: int) -> bool:
        """Whether the picture would pass a bound."""
        height, width = self.size
        return max(height, width) > LONGEST_SIDE or height * width * pixel_bytes > MOST_BYTES

    @property
    def across(self) -> int:
        """Sites of a well that lie beside each other: so that the picture is nearly square."""
        count = max(len(self.sites), 1)

        def away(across: int) -> float:
            width = self.shape.columns * across * self.width
            height = self.shape.rows * ceil(count / across) * self.height
            return abs(log(width / height))

        return min(range(1, count + 1), key=away)

    @property
    def well_size(self) -> tuple[int, int]:
        """Rows and columns of a well, without the gap."""
        down = ceil(max(len(self.sites), 1) / self.across)
        return down * self.height, self.across * self.width

    @property
    def pitch(self) -> tuple[int, int]:
        """Rows and columns from one well to the next."""
        height, width = self.well_size
        return height + max(2, round(height * ABOVE)), width + max(2, round(height * BESIDE))

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the whole picture."""
        return self.shape.rows * self.pitch[0], self.shape.columns * self.pitch[1]

    def corner(self, well: WellId) -> tuple[int, int]:
        """Row and column of the top left pixel of a well; the gap lies before it."""
        rows, columns = self.pitch
        height, width = self.well_size
        return (well.row + 1) * rows - height, (well.column + 1) * columns - width

    def site_corner(self, well: WellId, site: int) -> tuple[int, int]:
        """Row and column of the top left pixel of a site."""
        top, left = self.corner(well)
        row, column = divmod(self.sites.index(site), self.across)
        return top + row * self.height, left + column * self.width

    def well_at(self, row: float, column: float) -> WellId | None:
        """Return the well at a place, the gap before it included; None outside the plate."""
        if not (0 <= row < self.size[0] and 0 <= column < self.size[1]):
            return None
        return WellId(int(row // self.pitch[0]), int(column // self.pitch[1]))

    def wells_in(self, top: float, left: float, bottom: float, right: float) -> Iterator[WellId]:
        """Yield the wells of which a part lies in a rectangle, row by row."""
        rows, columns = self.pitch
        down = range(max(0, int(top // rows)), min(self.shape.rows, ceil(bottom / rows)))
        across = range(max(0, int(left // columns)), min(self.shape.columns, ceil(right / columns)))
        return (WellId(row, column) for row in down for column in across)


@dataclass(frozen=True, slots=True, eq=False)
class Mosaic:
    """A plate on its picture, as far as it is read.

    `pixels` is (C, rows, columns), dtype as on disk, 0 where nothing was imaged or read yet;
    `done` wells of `total` are there; `faults` say what could not be read.
    """

    plate: tuple[str, str]
    layout: MosaicLayout
    pixels: Plane
    done: int
    total: int
    faults: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every well is there."""
        return self.done >= self.total
