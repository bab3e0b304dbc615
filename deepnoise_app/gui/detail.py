"""The part of a mosaic that is looked at, in finer pixels: which it is, and how it is made."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, hypot, log2

import numpy as np
from numpy.typing import NDArray
from qtpy.QtGui import QColor

from deepnoise_app.gui.view_watch import View
from deepnoise_app.screen import Mosaic, MosaicLayout, Plane, Plate, WellId, readable_planes
from deepnoise_app.session import Detail, Look

# The mosaic itself is fine enough until its pixels are this large on the canvas.
COARSE_FROM = 1.5
MOST_PIXELS = 2**22
MOST_SITES = 256
MOST_TILE_BYTES = 64 * 2**20

Planes = dict[int, Plane]
Tile = tuple[str, str, WellId, int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """What to show finer: wells of a rectangle of the mosaic, and at which level of the files."""

    top: int
    left: int
    bottom: int
    right: int
    level: int

    @classmethod
    def of(cls, layout: MosaicLayout, view: View) -> Window | None:
        """Return what a view (in pixels of the mosaic) wants; None where the mosaic will do."""
        if layout.level == 0 or view.zoom < COARSE_FROM:
            return None
        rows, columns = layout.size
        top, bottom = max(0, int(view.top)), min(rows, ceil(view.bottom))
        left, right = max(0, int(view.left)), min(columns, ceil(view.right))
        if top >= bottom or left >= right:
            return None
        level = max(0, layout.level - ceil(log2(view.zoom) - 0.25))
        while level < layout.level:
            finer = 2 ** (layout.level - level)
            if (bottom - top) * (right - left) * finer**2 <= MOST_PIXELS:
                return cls(top, left, bottom, right, level)
            level += 1
        return None

    def sites(self, plate: Plate, layout: MosaicLayout) -> Iterator[tuple[WellId, int]]:
        """Yield the sites that can be seen, those in the middle first."""
        middle = (self.top + self.bottom) / 2, (self.left + self.right) / 2
        found = []
        for well in layout.wells_in(self.top, self.left, self.bottom, self.right):
            for site in plate.sites_of(well) if well in plate.well_index else ():
                row, column = layout.site_corner(well, site)
                within = row < self.bottom and column < self.right
                if within and row + layout.height > self.top and column + layout.width > self.left:
                    away = (
                        row + layout.height / 2 - middle[0],
                        column + layout.width / 2 - middle[1],
                    )
                    found.append((hypot(*away), well, site))
        return ((well, site) for _, well, site in sorted(found)[:MOST_SITES])


class Tiles:
    """Sites that were read lately, up to a bound of bytes; any thread may ask."""

    def __init__(self, room: int = MOST_TILE_BYTES) -> None:
        self._room = room
        self._kept: OrderedDict[Tile, Planes] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, plate: Plate, well: WellId, site: int, level: int) -> Planes:
        """Return the readable planes of a site."""
        key = (*plate.key, well, site, level)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        planes, _ = readable_planes(plate, well, site, level)
        with self._lock:
            self._room -= _bytes(planes)
            self._kept[key] = planes
            while self._room < 0 and len(self._kept) > 1:
                self._room += _bytes(self._kept.popitem(last=False)[1])
        return planes


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """How channels become colours: the same light as napari's layers add up.

    `limits` is (C, 2) in grey levels.
    """

    looks: tuple[Look, ...]
    limits: NDArray[np.floating]
    share: float

    def __call__(self, planes: Plane) -> NDArray[np.uint8]:
        """Return (rows, columns, RGB) of planes (C, rows, columns)."""
        light = np.zeros((*planes.shape[1:], 3), np.float32)
        for plane, look, (black, white) in zip(planes, self.looks, self.limits, strict=False):
            if look.visible:
                grey = (plane.astype(np.float32) - black) / max(white - black, 1e-6)
                np.clip(grey, 0, 1, out=grey)
                for part, colour in enumerate(_parts(look.colour)):
                    if colour:
                        light[..., part] += grey * np.float32(colour * self.share)
        made: NDArray[np.uint8] = (np.minimum(light, 1) * 255 + 0.5).astype(np.uint8)
        return made


def read_detail(
    plate: Plate,
    mosaic: Mosaic,
    window: Window,
    paint: Painted,
    tiles: Tiles,
    is_wanted: Callable[[], bool],
) -> Detail | None:
    """Read the sites of a window and paint them; None once it is not wanted any more."""
    layout = mosaic.layout
    finer = 2 ** (layout.level - window.level)
    coarse = mosaic.pixels[:, window.top : window.bottom, window.left : window.right]
    planes = coarse.repeat(finer, axis=1).repeat(finer, axis=2)
    for well, site in window.sites(plate, layout):
        if not is_wanted():
            return None
        row, column = layout.site_corner(well, site)
        corner = (row - window.top) * finer, (column - window.left) * finer
        size = layout.height * finer, layout.width * finer
        for channel, plane in tiles.read(plate, well, site, window.level).items():
            _lay(planes[channel], plane[: size[0], : size[1]], corner)
    step = 2**layout.level
    return Detail(
        plate.key, paint(planes), window.top * step, window.left * step, float(2**window.level)
    )


def _lay(ground: Plane, plane: Plane, corner: Sequence[int]) -> None:
    """Copy a plane to a place that may lie partly outside."""
    top, left = corner
    skip = max(0, -top), max(0, -left)
    part = plane[skip[0] :, skip[1] :]
    there = ground[max(0, top) :, max(0, left) :][: part.shape[0], : part.shape[1]]
    there[...] = part[: there.shape[0], : there.shape[1]]


def _parts(name: str) -> tuple[float, float, float]:
    """Red, green and blue of a colour, each 0 to 1."""
    colour = QColor(name)
    return colour.redF(), colour.greenF(), colour.blueF()


def _bytes(planes: Planes) -> int:
    return sum(plane.nbytes for plane in planes.values())
