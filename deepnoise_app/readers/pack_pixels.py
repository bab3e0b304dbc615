"""Pixels of a packed plate: one chunk a site, with what the pack knows to be missing or damaged."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.headers import Header
from deepnoise_app.readers.zarr_arrays import ZarrArray
from deepnoise_app.readers.zarr_pixels import array_at
from deepnoise_app.screen import PixelSource, Plane, row_letters
from deepnoise_app.screen.halving import halve
from deepnoise_app.screen.plate import SiteSource

# Array of a plane that has another size or dtype than the others of its site, below the image.
APART = "apart"
Place = tuple[int, int, int]
_log = logging.getLogger(__name__)


class DamagedPackError(PixelError):
    """What a pack holds of a site cannot be read."""


def image_path(row: int, column: int, site: int) -> str:
    """Path of the image of a site below its plate; all count from 0."""
    return f"{row_letters(row)}/{column + 1}/{site}"


@dataclass(frozen=True, slots=True, eq=False)
class PackPixels:
    """Planes of one plate of a pack.

    `root` is the folder or address of the plate, `places` (wells, 2) rows and columns, `present`
    (wells, sites, channels) which planes the originals had; `levels` by how much each array of an
    image is smaller; `faults` what was wrong with planes when they were packed. Where the pack is
    damaged, `originals` are read, which hold the same; that is said once, so far it is `unsaid`.
    """

    root: str
    places: NDArray[np.uint8]
    present: NDArray[np.bool_]
    levels: tuple[int, ...]
    faults: Mapping[Place, str]
    apart: frozenset[Place]
    originals: PixelSource | None = None
    unsaid: list[bool] = field(default_factory=lambda: [True])

    def header(self, well: int, site: int, channel: int) -> Header:
        """Size and depth of a plane, from the metadata of its array.

        Raises
        ------
        PixelError
            If the array is gone, or the plane could not be read when it was packed.
        """
        self._check(well, site, channel)
        apart = (well, site, channel) in self.apart
        array = self._array(well, site, f"{APART}/{channel}" if apart else "0")
        height, width = array.shape[-2:]
        return Header(height, width, array.dtype.itemsize * 8)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> Plane:
        """Return one plane (H, W), dtype as stored; each level halves the resolution."""
        self._check(well, site, channel)
        try:
            if (well, site, channel) in self.apart:
                array = self._array(well, site, f"{APART}/{channel}")
                return _halved(self._pixels(array, (slice(None),) * array.ndim), level)
            found: Plane = self._image(well, site, slice(channel, channel + 1), level)[0]
        except DamagedPackError as error:
            return self._instead(error).read(well, site, channel, level)
        return found

    def read_site(
        self, well: int, site: int, channels: Sequence[int], level: int = 0
    ) -> Sequence[Plane] | Plane:
        """Return several planes of a site, decoded together."""
        if any((well, site, channel) in self.apart for channel in channels):
            return [self.read(well, site, channel, level) for channel in channels]
        for channel in channels:
            self._check(well, site, channel)
        low, high = min(channels), max(channels) + 1
        try:
            found = self._image(well, site, slice(low, high), level)
        except DamagedPackError as error:
            source = self._instead(error)
            if isinstance(source, SiteSource):
                return source.read_site(well, site, channels, level)
            return [source.read(well, site, channel, level) for channel in channels]
        wanted = [channel - low for channel in channels]
        return found if wanted == list(range(len(found))) else found[wanted]

    def _image(self, well: int, site: int, channels: slice, level: int) -> Plane:
        at = max(i for i, factor in enumerate(self.levels) if factor <= 2**level)
        array = self._array(well, site, str(at))
        if array.ndim != 3 or array.shape[0] != self.present.shape[2]:
            raise self._damaged(f"{array.place} has the shape {array.shape}")
        planes = self._pixels(array, (channels, slice(None), slice(None)))
        return _halved(planes, level - self.levels[at].bit_length() + 1)

    def _array(self, well: int, site: int, name: str) -> ZarrArray:
        row, column = map(int, self.places[well])
        place = f"{self.root}/{image_path(row, column, site)}/{name}"
        try:
            return array_at(place, whole=True)
        except PixelError as error:
            raise self._damaged(error) from error

    def _pixels(self, array: ZarrArray, selection: tuple[slice, ...]) -> Plane:
        try:
            return array.read(selection)
        except PixelError as error:
            raise self._damaged(error) from error

    def _instead(self, damage: DamagedPackError) -> PixelSource:
        """Return the originals, and say once that they are read; the damage where there are none.

        Any thread may ask.
        """
        if self.originals is None:
            raise damage
        with suppress(IndexError):
            self.unsaid.pop()
            _log.warning("%s. Until then the originals are read where it is damaged", damage)
        return self.originals

    def _damaged(self, fault: object) -> DamagedPackError:
        """Say what is wrong, and what makes it whole."""
        if "://" in self.root:
            return DamagedPackError(f"{fault}. The pack is damaged there, or on its way here")
        cure = f"delete its {self.root.rpartition('/')[2]}, then pack again"
        return DamagedPackError(f"{fault}. The pack is damaged: {cure}")

    def _check(self, well: int, site: int, channel: int) -> None:
        if not self.present[well, site, channel]:
            raise PixelError("there is no image of this plane")
        fault = self.faults.get((well, site, channel))
        if fault is not None:
            raise PixelError(f"it could not be read when it was packed: {fault}")


def _halved(pixels: Plane, times: int) -> Plane:
    for _ in range(times):
        pixels = halve(pixels)
    return pixels
