"""Pixels of an OME-Zarr plate: one image per site, several levels.

The index of a plate holds paths and numbers; arrays are opened when they are read, and what was
learned of their metadata is kept as long as their file stays the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError, ScreenError, UnreachableError
from deepnoise_app.readers.headers import MOST_PIXELS, Header, check_size
from deepnoise_app.readers.zarr_arrays import DRIVERS, ZarrArray, open_array
from deepnoise_app.screen import Plane
from deepnoise_app.screen.halving import halve
from deepnoise_app.untrusted import within

# More than this is not brought together for one site: a stack is then looked at plane by plane.
MOST_READ = 4 * MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution: the path of its array below the image, and how much smaller it is."""

    path: str
    factor: int


@dataclass(frozen=True, slots=True, eq=False)
class ZarrPixels:
    """Planes of one plate in the images of an OME-Zarr store.

    `image_of` (wells, sites) points into `images`, paths below the well, -1 where there is none;
    `channel_at` are positions on the channel axis, -1 for channels that the plate lacks. `plane`
    and `time` are positions, `plane` None for the brightest of all.
    """

    root: str
    wells: tuple[str, ...]
    images: tuple[str, ...]
    image_of: NDArray[np.int16]
    levels: tuple[Level, ...]
    axes: str
    channel_at: tuple[int, ...]
    plane: int | None = None
    time: int = 0

    @property
    def present(self) -> NDArray[np.bool_]:
        """(wells, sites, channels): which planes exist."""
        has = np.array([at >= 0 for at in self.channel_at], dtype=bool)
        there: NDArray[np.bool_] = (self.image_of >= 0)[:, :, None] & has
        return there

    def header(self, well: int, site: int, channel: int) -> Header:
        """Size and depth of a plane, from the metadata of its array."""
        array = self._array(well, site, self.levels[0])
        self._check(array, self.channel_at[channel])
        height, width = array.shape[-2:]
        return Header(height, width, array.dtype.itemsize * 8)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> Plane:
        """Return one plane (H, W), dtype as stored; each level halves the resolution."""
        plane: Plane = self.read_site(well, site, (channel,), level)[0]
        return plane

    def read_site(self, well: int, site: int, channels: Sequence[int], level: int = 0) -> Plane:
        """Return several planes of a site (C, H, W): what lies in one chunk is decoded once."""
        stored = max(
            (found for found in self.levels if found.factor <= 2**level), key=lambda f: f.factor
        )
        array = self._array(well, site, stored)
        at = [self.channel_at[channel] for channel in channels]
        self._check(array, max(at))
        selection = self._selection(array, at)
        check_read(array.shape, selection, self._place(well, site))
        try:
            planes = array.read(selection)
        except (PixelError, UnreachableError):
            raise
        except Exception as error:
            raise PixelError(f"{self._place(well, site)} is cut off or damaged: {error}") from error
        planes = self._ordered(planes, at)
        for _ in range(level - stored.factor.bit_length() + 1):
            planes = halve(planes)
        return planes

    def _selection(self, array: ZarrArray, at: Sequence[int]) -> tuple[slice, ...]:
        """What to read: from the first channel wished for to the last, one or all planes."""
        chosen = {"t": slice(self.time, self.time + 1), "c": slice(min(at), max(at) + 1)}
        if self.plane is not None and array.shape[self.axes.find("z")] > 1:
            chosen["z"] = slice(self.plane, self.plane + 1)
        return tuple(chosen.get(axis, slice(None)) for axis in self.axes)

    def _ordered(self, planes: Plane, at: Sequence[int]) -> Plane:
        """Bring what was read to (C, H, W), in the order wished for."""
        if "z" in self.axes:
            planes = planes.max(axis=self.axes.index("z"), keepdims=True)
        if "c" not in self.axes:
            planes = planes[None]
        planes = planes.reshape(-1, *planes.shape[-2:])  # (T=1, C, Z=1, H, W) -> (C, H, W)
        wanted = [position - min(at) for position in at]
        return planes if wanted == list(range(len(planes))) else planes[wanted]

    def _check(self, array: ZarrArray, channel: int) -> None:
        if array.ndim != len(self.axes):
            raise PixelError(f"the image has the shape {array.shape}, its axes are {self.axes}")
        count = array.shape[self.axes.index("c")] if "c" in self.axes else 1
        if channel >= count:
            raise PixelError(f"the image has {count} channels: expected {channel + 1} or more")
        moments = array.shape[self.axes.index("t")] if "t" in self.axes else 1
        if self.time >= moments:
            raise PixelError(f"the image has {moments} time points: expected {self.time + 1}")

    def _array(self, well: int, site: int, level: Level) -> ZarrArray:
        place = self._place(well, site)
        try:
            if "://" not in place:
                within(Path(place), level.path)
        except ScreenError as error:
            raise PixelError(str(error)) from error
        return array_at(f"{place}/{level.path}")

    def _place(self, well: int, site: int) -> str:
        number = int(self.image_of[well, site])
        if number < 0:
            raise PixelError("there is no image of this site")
        return "/".join((self.root, self.wells[well], self.images[number]))


def check_read(shape: Sequence[int], selection: Sequence[slice], place: str) -> None:
    """Refuse to bring together more than fits into memory.

    Raises
    ------
    PixelError
        If what is to be read has more pixels.
    """
    sizes = [len(range(*part.indices(size))) for part, size in zip(selection, shape, strict=True)]
    if prod(sizes) > MOST_READ:
        raise PixelError(
            f"{place} has {' × '.join(map(str, sizes))} pixels to read at once: choose a Z-plane"
        )


def array_at(place: str, whole: bool = False) -> ZarrArray:
    """Open the array in a folder, of either version.

    Raises
    ------
    PixelError
        If there is none, or it cannot be understood.
    """
    if "://" in place:
        return _far_array(place, whole)
    for name in DRIVERS:
        try:
            changed = os.stat(f"{place}/{name}").st_mtime_ns  # noqa: PTH116 (a Path costs more)
        except OSError:
            continue
        array = open_array(place, name, changed, whole)
        check_size(Path(place), *array.shape[-2:])
        return array
    raise PixelError(f"{place} is gone")


def _far_array(place: str, whole: bool) -> ZarrArray:
    for name in DRIVERS:
        try:
            array = open_array(place, name, 0, whole)
        except PixelError as error:
            if not str(error).endswith("is gone"):
                raise
        else:
            check_size(Path(place), *array.shape[-2:])
            return array
    raise PixelError(f"{place} is gone")
