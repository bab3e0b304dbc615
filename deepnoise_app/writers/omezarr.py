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

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import RunError, ScreenError
from deepnoise_app.screen import Channel, Plane, Plate, Screen, WellId, row_letters

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
        group = places[plate.key] / _row(well) / _column(well) / str(plate.sites.index(number))
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
    return out / plate.experiment / f"{plate.name}.ome.zarr"


def _sites(screen: Screen) -> Iterator[tuple[Plate, WellId, int]]:
    for plate in screen.imaged:
        for well in plate.wells:
            for site in plate.sites_of(well):
                yield plate, well, site


def _write_groups(plate: Plate, place: Path, version: Version) -> None:
    rows = [row_letters(row) for row in range(plate.shape.rows)]
    columns = [str(column + 1) for column in range(plate.shape.columns)]
    wells = [
        {
            "path": f"{_row(well)}/{_column(well)}",
            "rowIndex": well.row,
            "columnIndex": well.column,
        }
        for well in plate.wells
    ]
    text = {
        "name": plate.name,
        "rows": [{"name": row} for row in rows],
        "columns": [{"name": column} for column in columns],
        "wells": wells,
        "field_count": len(plate.sites),
    }
    _group(place, {"plate": text}, version)
    for row in {_row(well) for well in plate.wells}:
        _group(place / row, {}, version)
    for well in plate.wells:
        images = [{"path": str(plate.sites.index(site))} for site in plate.sites_of(well)]
        _group(place / _row(well) / _column(well), {"well": {"images": images}}, version)


def _write_image(group: Path, plate: Plate, pixels: Plane, version: Version) -> None:
    levels = list(_levels(pixels))
    size = plate.pixel_size_um or 1.0
    unit = {"unit": "micrometer"} if plate.pixel_size_um else {}
    axes = [
        {"name": "c", "type": "channel"},
        {"name": "y", "type": "space", **unit},
        {"name": "x", "type": "space", **unit},
    ]
    datasets = [
        {
            "path": str(i),
            "coordinateTransformations": [
                {"type": "scale", "scale": [1.0, size * 2**i, size * 2**i]}
            ],
        }
        for i in range(len(levels))
    ]
    scales = {"name": "0", "axes": axes, "datasets": datasets}
    shown = {"channels": [_channel(channel, pixels.dtype) for channel in plate.channels]}
    _group(group, {"multiscales": [scales], "omero": shown}, version)
    for i, level in enumerate(levels):
        _write_array(group / str(i), level, version)


def _levels(pixels: Plane) -> Iterator[Plane]:
    """The site itself and its halves, by the mean of 2 x 2 pixels."""
    yield pixels
    while max(pixels.shape[-2:]) > SMALLEST:
        height, width = pixels.shape[1] // 2 * 2, pixels.shape[2] // 2 * 2
        if not height or not width:
            return
        blocks = pixels[:, :height, :width].reshape(len(pixels), height // 2, 2, width // 2, 2)
        mean: NDArray[np.float64] = blocks.mean(axis=(2, 4))
        whole = np.issubdtype(pixels.dtype, np.integer)
        pixels = (np.floor(mean + 0.5) if whole else mean).astype(pixels.dtype)
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


def _channel(channel: Channel, kind: np.dtype[Any]) -> dict[str, Any]:
    high = int(np.iinfo(kind).max) if np.issubdtype(kind, np.integer) else 1
    window = {"min": 0, "max": high, "start": 0, "end": high}
    colour = (channel.colour or "#ffffff").lstrip("#").upper()
    return {"label": channel.name, "color": colour, "window": window, "active": True}


def _group(place: Path, text: dict[str, Any], version: Version) -> None:
    """Write the metadata of a group; 0.4 states its version in each part, 0.5 once."""
    place.mkdir(parents=True, exist_ok=True)
    if version == "0.4":
        stated = {key: _stated(value) for key, value in text.items() if key != "omero"}
        stated |= {key: value for key, value in text.items() if key == "omero"}
        (place / ".zgroup").write_text('{"zarr_format": 2}')
        (place / ".zattrs").write_text(json.dumps(stated, indent=1))
        return
    ome = {"ome": {"version": "0.5", **text}} if text else {}
    group = {"zarr_format": 3, "node_type": "group", "attributes": ome}
    (place / "zarr.json").write_text(json.dumps(group, indent=1))


def _stated(part: Any) -> Any:
    if isinstance(part, list):
        return [{**one, "version": "0.4"} for one in part]
    return {**part, "version": "0.4"}


def _row(well: WellId) -> str:
    return row_letters(well.row)


def _column(well: WellId) -> str:
    return str(well.column + 1)
