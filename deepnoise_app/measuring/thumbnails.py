"""The picture of a whole plate: read by some threads, kept on disk for the next time.

What is kept lies in the folder of what may be deleted at any time, under a name that follows from
the files of the plate; a damaged file is made anew.
"""

from __future__ import annotations

import io
import json
import threading
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from deepnoise_app.errors import PixelError, RunError
from deepnoise_app.measuring.cache import stamp_for
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.places import cache_folder
from deepnoise_app.screen import Mosaic, MosaicLayout, Plane, Plate, WellId
from deepnoise_app.screen.mosaic import ABOVE, BESIDE, LONGEST_SIDE, MOST_BYTES

VERSION = 1
MOST_KEPT_BYTES = 2 * 2**30
_WHAT = f"mosaic {VERSION} {ABOVE} {BESIDE} {LONGEST_SIDE} {MOST_BYTES}"


class Filling:
    """A mosaic that is being read: any number of threads may work on it, each well by well."""

    def __init__(self, plate: Plate) -> None:
        self._plate = plate
        self._mosaic = blank(plate)
        self._lock = threading.Lock()
        self._waiting = iter(plate.wells)
        self._done = 0
        self._faults: list[str] = []
        self._stopped = False

    @property
    def mosaic(self) -> Mosaic:
        """The mosaic as far as it is read; its pixels go on filling."""
        return replace(self._mosaic, done=self._done, faults=tuple(self._faults))

    def work(self) -> None:
        """Read wells until none is left or a stop is asked for."""
        while not self._stopped:
            with self._lock:
                well = next(self._waiting, None)
            if well is None:
                return
            faults = fill(self._plate, self._mosaic, well)
            with self._lock:
                self._done += 1
                self._faults += faults

    def keep(self) -> None:
        """Keep the mosaic if it is complete and all of it could be read."""
        if self.mosaic.is_complete and not self._faults:
            keep(self._plate, self.mosaic)

    def stop(self) -> None:
        """Ask all threads to stop at the next well."""
        self._stopped = True


def blank(plate: Plate) -> Mosaic:
    """Return the mosaic of a plate without any well: its layout follows from one site."""
    first = _first_plane(plate)
    layout = MosaicLayout.fitting(
        plate.shape, plate.sites, first.shape, first.itemsize * len(plate.channels)
    )
    pixels = np.zeros((len(plate.channels), *layout.size), first.dtype)
    return Mosaic(plate.key, layout, pixels, 0, len(plate.wells))


def fill(plate: Plate, mosaic: Mosaic, well: WellId) -> list[str]:
    """Read a well into a mosaic; returns what could not be read."""
    layout = mosaic.layout
    said: list[str] = []
    for site in plate.sites_of(well):
        read = plate.read_each(well, site, level=layout.level)
        said += dict.fromkeys(str(one) for one in read.values() if isinstance(one, PixelError))
        top, left = layout.site_corner(well, site)
        for channel, plane in read.items():
            if isinstance(plane, PixelError):
                continue
            rows, columns = min(len(plane), layout.height), min(plane.shape[1], layout.width)
            place = mosaic.pixels[channel, top : top + rows, left : left + columns]
            place[...] = plane[:rows, :columns]
    return said


def kept(plate: Plate) -> Mosaic | None:
    """Return the mosaic of a plate that was kept; None if it was not, or is damaged."""
    path = _path(plate)
    if path is None:
        return None
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        facts = json.loads(head)
        if zlib.crc32(body) != facts["crc32"]:
            return None
        pixels = np.load(io.BytesIO(body), allow_pickle=False)
        layout = MosaicLayout(plate.shape, plate.sites, *map(int, facts["layout"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if pixels.shape != (len(plate.channels), *layout.size):
        return None
    with suppress(OSError):
        path.touch()  # what was used last is deleted last
    return Mosaic(plate.key, layout, pixels, len(plate.wells), len(plate.wells))


def keep(plate: Plate, mosaic: Mosaic) -> None:
    """Keep a complete mosaic, in place of those not used for longest; a full disk is no fault."""
    path = _path(plate)
    if path is None:
        return
    file = io.BytesIO()
    np.save(file, mosaic.pixels, allow_pickle=False)
    body, layout = file.getvalue(), mosaic.layout
    facts = {"layout": [layout.height, layout.width, layout.level], "crc32": zlib.crc32(body)}
    content = json.dumps(facts).encode() + b"\n" + body
    with suppress(RunError):
        write_beside(path, lambda beside: beside.write_bytes(content))
    _tidy(path.parent)


def _tidy(folder: Path) -> None:
    """Delete what was not used for longest, until the rest has room."""
    with suppress(OSError):
        files = [(path.stat(), path) for path in folder.glob("*.mosaic")]
        room = MOST_KEPT_BYTES
        for found, path in sorted(files, key=lambda one: -one[0].st_mtime_ns):
            room -= found.st_size
            if room < 0:
                path.unlink(missing_ok=True)


def _path(plate: Plate) -> Path | None:
    name = stamp_for(plate, _WHAT)
    return cache_folder() / "mosaics" / f"{name}.mosaic" if name is not None else None


def _first_plane(plate: Plate) -> Plane:
    """Return any readable plane of the plate; a black pixel where there is none."""
    for well, site, channel in np.argwhere(plate.present):
        with suppress(PixelError):
            place = plate.wells[well], plate.sites[site]
            plane: Plane = plate.read(*place, [int(channel)])[0]
            return plane
    return np.zeros((1, 1), np.uint8)
