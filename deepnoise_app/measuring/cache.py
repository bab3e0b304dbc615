"""Keeps the measures of whole plates, so that no plate is measured twice.

A plate is known by the path, size and time of each of its files: whatever changes on disk is
measured anew. Nothing is ever written into the screen's own folder.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deepnoise_app.analysis.kinds import Depth
from deepnoise_app.analysis.measures import PLACE, Measures
from deepnoise_app.errors import RunError
from deepnoise_app.readers.pack_pixels import PackPixels
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.readers.zarr_pixels import ZarrPixels
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.places import cache_folder
from deepnoise_app.screen import PixelSource, Plate, read_parquet

if TYPE_CHECKING:
    import pandas as pd

# Goes up whenever a measure changes its meaning.
VERSION = 2


def measures_folder() -> Path:
    """Folder of the measures of plates."""
    return cache_folder() / "measures"


def stamp(plate: Plate, depth: Depth) -> str | None:
    """Name under which a plate's measures are kept; None where its files cannot be told."""
    return stamp_for(plate, f"{VERSION} {depth}")


def stamp_for(plate: Plate, what: str) -> str | None:
    """Name under which something that follows from a plate's files is kept."""
    chosen = _files(plate.pixels)
    if chosen is None:
        return None
    choice, files = chosen
    known = hashlib.sha256(f"{what} {plate.key} {plate.channels} {choice}".encode())
    known.update(f"{plate.wells} {plate.sites}".encode() + plate.present.tobytes())
    for path in files:
        try:
            found = path.stat()
        except OSError:
            return None
        known.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return known.hexdigest()[:32]


def _files(pixels: PixelSource) -> tuple[str, list[Path]] | None:
    """All files of a plate, sorted, and what is chosen in them: pages, Z-planes, time.

    None on a server, which does not tell when it has changed something.
    """
    if "://" in getattr(pixels, "root", ""):
        return None
    match pixels:
        case FilePixels():
            places = (map(int, place) for place in zip(*pixels.present.nonzero(), strict=True))
            names = {name for place in places for name in pixels.names(*place)}
            choice = f"{pixels.stacks} {pixels.offset} {pixels.stack_of.tobytes().hex()}"
            return choice, [Path(pixels.root, name) for name in sorted(names)]
        case ZarrPixels():
            choice = f"{pixels.images} {pixels.channel_at} {pixels.plane} {pixels.time}"
            wells = [Path(pixels.root, well) for well in pixels.wells]
            return choice, sorted(path for well in wells for path in well.rglob("*"))
        case PackPixels():
            return "pack", sorted(Path(pixels.root).rglob("*"))
        case _:
            return None


def keep(plate: Plate, depth: Depth, wells: pd.DataFrame, sites: pd.DataFrame) -> None:
    """Keep the tables of a plate that is measured whole; a full disk is no fault."""
    name = stamp(plate, depth)
    if name is None:
        return
    with suppress(RunError):
        for kind, table in (("wells", wells), ("sites", sites)):
            write_beside(
                measures_folder() / f"{name}.{kind}.parquet",
                lambda path, table=table: table.to_parquet(path, index=False),  # type: ignore[misc]
            )


def kept(plate: Plate, depth: Depth) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Tables of wells and sites as `keep` got them, with what the plate map says now."""
    name = stamp(plate, depth)
    if name is None:
        return None
    try:
        wells = read_parquet(measures_folder() / f"{name}.wells.parquet")
        sites = read_parquet(measures_folder() / f"{name}.sites.parquet")
    except (OSError, ValueError):
        return None
    if any(column not in table.columns for table in (wells, sites) for column in PLACE):
        return None
    return Measures(wells).mapped(plate).table, Measures(sites).mapped(plate).table
