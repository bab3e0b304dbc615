"""Tells whether the files of a plate are still those that somebody has worked on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from deepnoise_app.readers.pack_pixels import PackPixels
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.readers.zarr_pixels import ZarrPixels
from deepnoise_app.screen import PixelSource, Plate, WellId


def stamp_of(plate: Plate, base: Path) -> str:
    """Return what changes as soon as a file of a plate, or what is made of the files, changes.

    Path below `base`, size and time of every file count, and which planes are read of them: a
    folder that is moved as a whole keeps its stamps. On a server, which does not tell when it has
    changed something, the address counts alone.

    Parameters
    ----------
    base
        The folder that the files lie in.

    Returns
    -------
    stamp
        Empty where the files cannot be told: pixels of no files, or a file that is gone.
    """
    lines = _lines(plate.pixels, base)
    if lines is None:
        return ""
    channels = [channel.name for channel in plate.channels]
    known = hashlib.sha256(f"{channels} {plate.wells} {plate.sites}".encode())
    known.update(plate.present.tobytes())
    try:
        for line in lines:
            known.update(line.encode() + b"\n")
    except (OSError, ValueError):
        return ""
    return known.hexdigest()[:32]


def _lines(pixels: PixelSource, base: Path) -> Iterator[str] | None:
    """Return what is known of the files, a line each; None where there are no files."""
    match pixels:
        case ZarrPixels() | PackPixels() if "://" in pixels.root:
            return iter([pixels.root])
        case FilePixels():
            return _files(pixels, base)
        case ZarrPixels():
            return _store(pixels, base)
        case PackPixels():
            return _below([Path(pixels.root)], base)
        case _:
            return None


def _files(pixels: FilePixels, base: Path) -> Iterator[str]:
    """One line for each plane, with size and time of files that were not named before."""
    yield str(pixels.offset)
    told: set[str] = set()
    root = Path(pixels.root)
    prefix = "" if root == base else f"{root.relative_to(base).as_posix()}/"
    for place in pixels.planes():
        for name, page in pixels.pieces(*place):
            yield f"{place} {prefix}{name} {page}"
            if name not in told:
                told.add(name)
                yield _state(f"{pixels.root}/{name}")


def _store(pixels: ZarrPixels, base: Path) -> Iterator[str]:
    """Every file of the wells of a Zarr store, and what is chosen in it."""
    yield f"{pixels.images} {pixels.channel_at} {pixels.plane} {pixels.time}"
    yield np.ascontiguousarray(pixels.image_of).tobytes().hex()
    yield from _below([Path(pixels.root, well) for well in pixels.wells], base)


def _below(folders: list[Path], base: Path) -> Iterator[str]:
    """Every file below some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield f"{path.relative_to(base).as_posix()} {_state(str(path))}"


def _state(path: str) -> str:
    found = os.stat(path)  # noqa: PTH116 (a Path costs more)
    return f"{found.st_size} {found.st_mtime_ns}"


def pixel_bytes(plate: Plate, well: WellId, site: int) -> int:
    """Return how many bytes the files of one site take; 0 where it has no files of its own."""
    pixels = plate.pixels
    if not isinstance(pixels, FilePixels):
        return 0
    w, s = plate.well_index[well], plate.sites.index(site)
    names = {
        name
        for channel in np.flatnonzero(plate.present[w, s])
        for name, _ in pixels.pieces(w, s, int(channel))
    }
    found = 0
    for name in names:
        with suppress(OSError):
            found += os.stat(f"{pixels.root}/{name}").st_size  # noqa: PTH116
    return found
