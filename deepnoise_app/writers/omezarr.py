"""Writes plates as OME-Zarr, version 0.4 (Zarr 2) or 0.5 (Zarr 3): one image a site, few levels.

One chunk holds all channels of a site at most levels of use: a network that reads whole sites then
reads one file for each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

from deepnoise_app.errors import RunError, ScreenError
from deepnoise_app.screen import Plane, Plate, Screen, WellId
from deepnoise_app.screen.halving import halve
from deepnoise_app.untrusted import file_stem
from deepnoise_app.writers.omezarr_text import (
    column_path,
    group_json,
    image_group,
    plate_group,
    row_path,
    well_group,
)

Tell = Callable[[int, int], None]
Version = Literal["0.4", "0.5"]
# Levels are written until the longer side is at most this.
SMALLEST = 256


def write_omezarr(
    screen: Screen,
    out: Path,
    version: Version = "0.5",
    tell: Tell | None = None,
    workers: int = 2,
) -> None:
    """Write each plate to `OUT/EXPERIMENT/PLATE.ome.zarr`; planes that are missing become 0.

    A site that has no image at all is left out.

    Parameters
    ----------
    tell
        Called with the number of sites written and of all.

    Raises
    ------
    ScreenError
        If a plate is there already.
    RunError
        If it cannot be written.
    PixelError
        If a site cannot be read.
    """
    places = {plate.key: _place(plate, Path(out)) for plate in screen.imaged}
    for place in places.values():
        if place.exists():
            raise ScreenError(f"{place} is there already: choose a new folder")
    sites = list(_sites(screen))

    def write(site: tuple[Plate, WellId, int]) -> None:
        plate, well, number = site
        group = (
            places[plate.key] / row_path(well) / column_path(well) / str(plate.sites.index(number))
        )
        _write_image(group, plate, plate.read(well, number, fill=0), version)

    try:
        for plate in screen.imaged:
            _write_groups(plate, places[plate.key], version)
        with ThreadPoolExecutor(max(1, workers)) as pool:
            for done, _ in enumerate(pool.map(write, sites), start=1):
                if tell is not None:
                    tell(done, len(sites))
    except OSError as error:
        if isinstance(error, RunError) or error.errno is None:
            raise
        raise RunError(f"cannot write {out}: {error.strerror or error}") from error


def _place(plate: Plate, out: Path) -> Path:
    return out / file_stem(plate.experiment) / f"{file_stem(plate.name)}.ome.zarr"


def _sites(screen: Screen) -> Iterator[tuple[Plate, WellId, int]]:
    for plate in screen.imaged:
        for well in plate.wells:
            for site in plate.sites_of(well):
                yield plate, well, site


def _write_groups(plate: Plate, place: Path, version: Version) -> None:
    _group(place, plate_group(plate), version)
    for row in {row_path(well) for well in plate.wells}:
        _group(place / row, {}, version)
    for well in plate.wells:
        _group(place / row_path(well) / column_path(well), well_group(plate, well), version)


def _write_image(group: Path, plate: Plate, pixels: Plane, version: Version) -> None:
    levels = list(_levels(pixels))
    factors = [2**i for i in range(len(levels))]
    _group(group, image_group(plate, pixels.dtype, factors), version)
    for i, level in enumerate(levels):
        _write_array(group / str(i), level, version)


def _levels(pixels: Plane) -> Iterator[Plane]:
    """The site itself and its halves, by the mean of 2 x 2 pixels."""
    yield pixels
    while max(pixels.shape[-2:]) > SMALLEST and min(pixels.shape[-2:]) > 1:
        pixels = halve(pixels)
        yield pixels


def _write_array(place: Path, pixels: Plane, version: Version) -> None:
    import zarr

    kind = 2 if version == "0.4" else 3
    array = zarr.create_array(
        str(place),
        shape=pixels.shape,
        chunks=pixels.shape,
        dtype=pixels.dtype,
        zarr_format=kind,  # type: ignore[arg-type]
        dimension_names=None if kind == 2 else ("c", "y", "x"),
        chunk_key_encoding={"name": "v2" if kind == 2 else "default", "separator": "/"},
    )
    array[:] = pixels


def _group(place: Path, text: dict[str, Any], version: Version) -> None:
    """Write the metadata of a group; 0.4 states its version in each part, 0.5 once."""
    place.mkdir(parents=True, exist_ok=True)
    if version == "0.4":
        stated = {key: _stated(value) for key, value in text.items() if key != "omero"}
        stated |= {key: value for key, value in text.items() if key == "omero"}
        (place / ".zgroup").write_text('{"zarr_format": 2}')
        (place / ".zattrs").write_text(json.dumps(stated, indent=1))
        return
    (place / "zarr.json").write_text(group_json(text))


def _stated(part: Any) -> Any:
    if isinstance(part, list):
        return [{**one, "version": "0.4"} for one in part]
    return {**part, "version": "0.4"}
