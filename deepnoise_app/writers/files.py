"""Writes a screen as files that are named by some layout: what the writers of vendors share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import imagecodecs

from deepnoise_app.errors import RunError
from deepnoise_app.screen import Plane, Plate, Screen, WellId

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of one plane: well, site, channel (from 0), Z-plane and time point."""

    well: WellId
    site: int
    channel: int
    plane: int = 1
    time: int = 1


class FileLayout(Protocol):
    """How the files of a plate are called, and what lies beside them."""

    def path(self, plate: Plate, spot: Spot) -> str:
        """Path of the file of a plane below the folder written to."""
        ...

    def write_index(self, plate: Plate, out: Path) -> None:
        """Write what the microscope writes besides images."""
        ...


def write_files(
    screen: Screen, layout: FileLayout, out: Path, tell: Tell | None = None, workers: int = 2
) -> None:
    """Write all planes of a screen that exist, then the index of each plate.

    Parameters
    ----------
    tell
        Called with the number of sites written and of all.

    Raises
    ------
    RunError
        If a file cannot be written.
    PixelError
        If a plane cannot be read.
    """
    sites = list(_sites(screen))

    def write(place: tuple[Plate, WellId, int]) -> None:
        plate, well, site = place
        missing = plate.missing(well, site)
        channels = [c for c in range(len(plate.channels)) if c not in missing]
        for channel, plane in zip(channels, plate.read(well, site, channels), strict=True):
            write_plane(out / layout.path(plate, Spot(well, site, channel)), plane)

    with ThreadPoolExecutor(max(1, workers)) as pool:
        for done, _ in enumerate(pool.map(write, sites), start=1):
            if tell is not None:
                tell(done, len(sites))
    for plate in screen.imaged:
        layout.write_index(plate, out)


def write_plane(path: Path, plane: Plane) -> None:
    """Write one image, PNG or LZW-compressed TIFF by its name, and the folders above it.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    import tifffile  # half a second, so only where images are written

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".png":
            path.write_bytes(imagecodecs.png_encode(plane, level=4))
        else:
            tifffile.imwrite(path, plane, compression="lzw")
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}") from error


def write_text(path: Path, lines: Iterable[str], encoding: str = "utf-8") -> None:
    """Write lines to a file, and the folders above it.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}") from error


def all_spots(plate: Plate) -> Iterator[Spot]:
    """Places of all planes of a plate that exist."""
    for w, s, c in zip(*plate.present.nonzero(), strict=True):
        yield Spot(plate.wells[w], plate.sites[s], int(c))


def _sites(screen: Screen) -> Iterator[tuple[Plate, WellId, int]]:
    for plate in screen.imaged:
        for well in plate.wells:
            for site in plate.sites_of(well):
                yield plate, well, site
