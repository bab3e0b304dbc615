"""Packs one site: its image, the levels below it, and last what it says of itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.packing.encode import encode
from deepnoise_app.readers.pack_pixels import APART, image_path
from deepnoise_app.readers.pack_text import KEY, Codec, SiteText, own_text
from deepnoise_app.runs.files import write_beside, write_whole
from deepnoise_app.screen import MosaicLayout, Plane, Plate, WellId
from deepnoise_app.screen.halving import halve
from deepnoise_app.writers.omezarr_text import group_json, image_group

# The level that is stored for other programs, and the next, as far as their longer side keeps so
# many pixels. Both add 2 % to the pack; every halving would add a third.
USUAL, NEXT = 8, 4
SMALLEST = 48
# The finest level that is stored for the picture of the whole plate: it adds 7 %.
FINEST = 4


def levels_of(plate: Plate, plane: Plane) -> tuple[int, ...]:
    """By how much each array of an image is smaller: the image itself, then what plates show.

    Parameters
    ----------
    plane
        One plane of the plate, for size and depth.
    """
    pixel_bytes = plane.itemsize * len(plate.channels)
    layout = MosaicLayout.fitting(plate.shape, plate.sites, plane.shape[:2], pixel_bytes)
    shown: int = 2**layout.level
    first = shown if shown >= FINEST else USUAL
    enough = max(plane.shape[:2]) // SMALLEST
    return (1, *(f for f in (first, first * NEXT) if f <= enough or f == shown > 1))


@dataclass(frozen=True, slots=True)
class PackedSite:
    """What became of a site: its text, and how many bytes were written (0: it was there)."""

    text: SiteText
    written: int


@dataclass(frozen=True, slots=True)
class SitePacker:
    """Packs the sites of one plate into `place`."""

    plate: Plate
    place: Path
    levels: tuple[int, ...]
    codec: Codec

    def pack(self, well: WellId, site: int) -> PackedSite:
        """Pack a site unless it is there whole.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        where = image_path(well.row, well.column, self.plate.sites.index(site))
        group = self.place.joinpath(*where.split("/"))
        there = _finished(group)
        if there is not None:
            return PackedSite(there, 0)
        read = self.plate.read_each(well, site)
        planes = {c: one for c, one in read.items() if not isinstance(one, PixelError)}
        faults = {c: str(one) for c, one in read.items() if isinstance(one, PixelError)}
        apart, files = self._files(planes, faults)
        written = 0
        for name, content in files.items():
            _write(group / name, content)
            written += len(content)
        text = self._text(planes, faults, tuple(sorted(apart - faults.keys())))
        kind = next((p.dtype for c, p in planes.items() if c not in apart), np.dtype(np.uint8))
        ome = image_group(self.plate, kind, self.levels)
        own = {KEY: text.model_dump(mode="json")}
        write_whole(group / "zarr.json", group_json(ome, own))
        return PackedSite(text, written)

    def _files(
        self, planes: dict[int, Plane], faults: dict[int, str]
    ) -> tuple[set[int], dict[str, bytes]]:
        """Files of the image, and which channels lie apart; 0 stands for what is not there."""
        kinds = Counter((plane.shape, plane.dtype) for plane in planes.values())
        shape, dtype = max(kinds, key=kinds.__getitem__, default=((1, 1), np.dtype(np.uint8)))
        image = np.zeros((len(self.plate.channels), *shape), dtype=dtype)
        apart: set[int] = set()
        files: dict[str, bytes] = {}
        for channel, plane in planes.items():
            if (plane.shape, plane.dtype) == (shape, dtype):
                image[channel] = plane
                continue
            apart.add(channel)
            try:
                files |= _below(f"{APART}/{channel}", encode(plane, self.codec))
            except PixelError as error:
                faults[channel] = str(error)
        try:
            files |= self._image(image)
        except PixelError as error:
            faults |= {channel: str(error) for channel in planes if channel not in apart}
            files |= self._image(np.zeros((len(self.plate.channels), 1, 1), np.uint8))
        return apart, files

    def _image(self, image: Plane) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        at = 1
        for i, factor in enumerate(self.levels):
            while at < factor:
                image, at = halve(image), at * 2
            files |= _below(str(i), encode(np.ascontiguousarray(image), self.codec))
        return files

    def _text(
        self,
        planes: dict[int, Plane],
        faults: dict[int, str],
        apart: tuple[int, ...],
    ) -> SiteText:
        count = range(len(self.plate.channels))
        whole = {c: plane for c, plane in planes.items() if c not in faults}
        return SiteText(
            mean=tuple(_number(whole[c].mean(dtype=np.float64)) if c in whole else None
                       for c in count),
            std=tuple(_number(whole[c].std(dtype=np.float64)) if c in whole else None
                      for c in count),
            missing=tuple(c for c in count if c not in planes and c not in faults),
            faults=faults,
            apart=apart,
        )  # fmt: skip


def _finished(group: Path) -> SiteText | None:
    """What a site says that was packed before; None where it was not, or not to its end."""
    try:
        own = own_text(group)
        return None if own is None else SiteText.model_validate(own)
    except (ScreenError, ValidationError):
        return None


def _write(path: Path, content: bytes) -> None:
    write_beside(path, lambda beside: beside.write_bytes(content))


def _below(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def _number(value: np.floating) -> float | None:
    return float(value) if isfinite(value) else None
