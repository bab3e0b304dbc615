"""Writes files that hold all channels of a site, or all sites of a well: OME-TIFF and WILDS."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np

from deepnoise_app.errors import RunError, ScreenError
from deepnoise_app.screen import Plate, Screen, WellId


def write_ome_tiff(screen: Screen, out: Path, *, one_file_a_well: bool = False) -> None:
    """Write `EXPERIMENT/PLATE/PLATE_B02_s1.ome.tif`, or `PLATE_B02.ome.tif` with all sites.

    Raises
    ------
    RunError
        If a file cannot be written.
    PixelError
        If a site lacks a channel or cannot be read.
    """
    for plate in screen.imaged:
        for well in plate.wells:
            sites = plate.sites_of(well)
            groups = [sites] if one_file_a_well else [(site,) for site in sites]
            for group in groups:
                end = "" if one_file_a_well else f"_s{group[0]}"
                name = f"{plate.name}_{well}{end}.ome.tif"
                _write(plate, well, group, out / plate.experiment / plate.name / name)


def write_wilds(screen: Screen, out: Path) -> None:
    """Write `images/EXPERIMENT/PLATE/B02_s1.png`, three channels as red, green and blue.

    Raises
    ------
    ScreenError
        If the screen has not three channels.
    RunError
        If a file cannot be written.
    PixelError
        If a site lacks a channel or cannot be read.
    """
    if len(screen.channels) != 3:
        count = len(screen.channels)
        raise ScreenError(f"this layout holds 3 channels: expected a screen of 3, not {count}")
    for plate in screen.imaged:
        folder = out / "images" / plate.experiment / plate.name
        for well in plate.wells:
            for site in plate.sites_of(well):
                pixels = np.ascontiguousarray(plate.read(well, site).transpose(1, 2, 0))
                path = folder / f"{well}_s{site}.png"
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(imagecodecs.png_encode(pixels, level=4))
                except OSError as error:
                    raise RunError(f"cannot write {path}: {error.strerror or error}") from error


def _write(plate: Plate, well: WellId, sites: tuple[int, ...], path: Path) -> None:
    import tifffile  # half a second, so only where images are written

    metadata = {
        "axes": "CYX",
        "PhysicalSizeX": plate.pixel_size_um,
        "PhysicalSizeXUnit": "µm",
        "Channel": {"Name": [channel.name for channel in plate.channels]},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tifffile.TiffWriter(path, ome=True) as file:
            for site in sites:
                file.write(plate.read(well, site), photometric="minisblack", metadata=metadata)
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}") from error
