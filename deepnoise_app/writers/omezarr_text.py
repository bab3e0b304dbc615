"""The metadata of OME-Zarr plates: what the groups of a plate, a well and an image say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from deepnoise_app.screen import Channel, Plate, WellId, row_letters


def plate_group(plate: Plate) -> dict[str, Any]:
    """Return rows, columns and wells of a plate."""
    rows = [row_letters(row) for row in range(plate.shape.rows)]
    columns = [str(column + 1) for column in range(plate.shape.columns)]
    wells = [
        {
            "path": f"{row_path(well)}/{column_path(well)}",
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
    return {"plate": text}


def well_group(plate: Plate, well: WellId) -> dict[str, Any]:
    """Return the images of a well, one a site; each is called by its position."""
    images = [{"path": str(plate.sites.index(site))} for site in plate.sites_of(well)]
    return {"well": {"images": images}}


def image_group(plate: Plate, dtype: np.dtype[Any], factors: Sequence[int]) -> dict[str, Any]:
    """Return axes, levels and channels of the image of a site.

    Parameters
    ----------
    factors
        By how much each level is smaller than the first; their arrays are called 0, 1, ...
    """
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
                {"type": "scale", "scale": [1.0, size * factor, size * factor]}
            ],
        }
        for i, factor in enumerate(factors)
    ]
    scales = {"name": "0", "axes": axes, "datasets": datasets}
    shown = {"channels": [_channel(channel, dtype) for channel in plate.channels]}
    return {"multiscales": [scales], "omero": shown}


def group_json(ome: dict[str, Any], more: dict[str, Any] | None = None) -> str:
    """Return `zarr.json` of a group of version 0.5; `more` are attributes beside those of OME."""
    said = {"ome": {"version": "0.5", **ome}} if ome else {}
    group = {"zarr_format": 3, "node_type": "group", "attributes": {**said, **(more or {})}}
    return json.dumps(group, indent=1)


def row_path(well: WellId) -> str:
    """Name of the group of a row."""
    return row_letters(well.row)


def column_path(well: WellId) -> str:
    """Name of the group of a column."""
    return str(well.column + 1)


def _channel(channel: Channel, kind: np.dtype[Any]) -> dict[str, Any]:
    high = int(np.iinfo(kind).max) if np.issubdtype(kind, np.integer) else 1
    window = {"min": 0, "max": high, "start": 0, "end": high}
    colour = (channel.colour or "#ffffff").lstrip("#").upper()
    return {"label": channel.name, "color": colour, "window": window, "active": True}
