"""What the metadata of an OME-Zarr plate say, versions 0.4 (Zarr 2) and 0.5 (Zarr 3).

The models of `yaozarrs` check it. What breaks the specification but can be understood is told, not
refused: writers of plates are not all alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from typing import Any

from pydantic import ValidationError

from deepnoise_app.errors import ScreenError, UnreachableError
from deepnoise_app.readers.remote import Place, json_at
from deepnoise_app.readers.zarr_pixels import Level
from deepnoise_app.screen import Channel, Problem, ProblemKind, WellId, row_letters
from deepnoise_app.untrusted import stays_inside

_TO_UM = {"micrometer": 1.0, "micron": 1.0, "µm": 1.0, "um": 1.0, "nanometer": 1e-3,
          "millimeter": 1e3, "meter": 1e6}  # fmt: skip
_COLOUR = re.compile(r"^#?([0-9A-Fa-f]{6})")


@dataclass(frozen=True, slots=True)
class ListedWell:
    """A well that the plate lists, with the path of its group."""

    well: WellId
    path: str


@dataclass(frozen=True, slots=True)
class PlateText:
    """What the group of a plate says."""

    wells: tuple[ListedWell, ...]
    corner: WellId
    acquisitions: dict[int, str]
    complaints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageText:
    """What the group of an image says: axes such as `tczyx`, levels, channels, pixel size."""

    axes: str
    levels: tuple[Level, ...]
    channels: tuple[Channel, ...]
    pixel_size_um: float


def attributes(group: Place) -> dict[str, Any]:
    """Return the OME attributes of a group, of either version; empty if there are none.

    Raises
    ------
    ScreenError
        If the file that should hold them cannot be read.
    """
    for name, inner in (("zarr.json", ("attributes", "ome")), (".zattrs", ())):
        path = group / name
        try:
            found = json_at(path)
        except FileNotFoundError:
            continue
        except UnreachableError:
            raise
        except (OSError, ValueError) as error:
            raise ScreenError(f"{path} cannot be read: {error}") from error
        for key in inner:
            found = found.get(key, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}
    return {}


def fault_of(store: Place) -> Problem | None:
    """What hinders the reading of a store's metadata."""
    try:
        attributes(store)
    except ScreenError as error:
        return Problem(ProblemKind.UNREADABLE, str(error))
    return None


def read_plate(group: Place) -> PlateText:
    """Read the wells that a plate lists.

    Raises
    ------
    ScreenError
        If they cannot be understood.
    """
    found = attributes(group)
    try:
        plate = found["plate"]
        rows = [str(row["name"]) for row in plate["rows"]]
        columns = [str(column["name"]) for column in plate["columns"]]
        wells = [_well(entry, rows, columns) for entry in plate["wells"]]
        rounds = plate.get("acquisitions") or []
        acquisitions = {int(a["id"]): str(a.get("name") or a["id"]) for a in rounds}
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ScreenError(
            f"{group.name} lists no wells that can be understood: {error!r}"
        ) from None
    inside = [entry.well for entry in wells]
    declared = [_parse(rows[-1], columns[-1]) or inside[0]] if rows and columns and inside else []
    corners = [*inside, *declared]
    corner = WellId(max((w.row for w in corners), default=0),
                    max((w.column for w in corners), default=0))  # fmt: skip
    return PlateText(tuple(wells), corner, acquisitions, _complaints(found))


def read_image(group: Place) -> ImageText:
    """Read how an image is made up.

    Raises
    ------
    ScreenError
        If it has no axes and levels that can be understood.
    """
    found = attributes(group)
    try:
        scales = found["multiscales"][0]
        axes = [a if isinstance(a, dict) else {"name": a} for a in scales["axes"]]
        names = "".join(str(axis["name"]) for axis in axes)
        sizes = [_scale(dataset, len(axes)) for dataset in scales["datasets"]]
        levels = tuple(
            Level(str(dataset["path"]), max(1, round(size[-1] / sizes[0][-1])))
            for dataset, size in zip(scales["datasets"], sizes, strict=True)
        )
        size = sizes[0][-1] * _TO_UM.get(str(axes[-1].get("unit") or ""), 0.0)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as error:
        raise ScreenError(f"{group} has no levels that can be understood: {error!r}") from None
    if not names.endswith("yx") or set(names) - set("tczyx") or len(set(names)) < len(names):
        raise ScreenError(f"{group} has the axes {names!r}: expected some of t, c, z, then y and x")
    stray = next((level.path for level in levels if not stays_inside(level.path)), None)
    if stray is not None:
        raise ScreenError(f"{group} names the level {stray!r}: expected a path below the image")
    powers = tuple(level for level in levels if level.factor & (level.factor - 1) == 0)
    return ImageText(names, powers, _channels(found), size if 0 < size < inf else 0.0)


def fields(group: Place) -> list[tuple[str, int | None]]:
    """Return paths and acquisitions of the images of a well.

    Raises
    ------
    ScreenError
        If they cannot be understood.
    """
    try:
        images = attributes(group)["well"]["images"]
        return [(str(image["path"]), image.get("acquisition")) for image in images]
    except (KeyError, TypeError, AttributeError) as error:
        raise ScreenError(f"{group} lists no images that can be understood: {error!r}") from None


def _well(entry: dict[str, Any], rows: list[str], columns: list[str]) -> ListedWell:
    path = str(entry["path"])
    row, column = (*path.split("/"), "")[:2]
    if "rowIndex" in entry and "columnIndex" in entry:
        at = int(entry["rowIndex"]), int(entry["columnIndex"])
        row, column = rows[at[0]], columns[at[1]]
        found = _parse(row, column) or WellId(*at)
    else:
        found = _parse(row, column) or WellId.parse(row + column)
    return ListedWell(found, path)


def _parse(row: str, column: str) -> WellId | None:
    """Return the well of a row and a column, either of them a letter or a number."""
    if row.isdecimal() and 1 <= int(row) <= 32:
        row = row_letters(int(row) - 1)
    try:
        return WellId.parse(row + column)
    except ScreenError:
        return None


def _scale(dataset: dict[str, Any], count: int) -> list[float]:
    for transformation in dataset.get("coordinateTransformations") or []:
        if transformation.get("type") == "scale" and len(transformation["scale"]) == count:
            return [float(value) for value in transformation["scale"]]
    return [1.0] * count


def _channels(found: dict[str, Any]) -> tuple[Channel, ...]:
    """Return names and colours for display, where the writer gave them."""
    shown = found.get("omero") or {}
    listed = shown.get("channels") if isinstance(shown, dict) else None
    channels = []
    for i, one in enumerate(listed if isinstance(listed, list) else []):
        told = one if isinstance(one, dict) else {}
        match = _COLOUR.match(str(told.get("color") or ""))
        name = str(told.get("label") or i + 1)
        channels.append(Channel(name, colour=f"#{match[1].lower()}" if match else ""))
    return tuple(channels)


def _complaints(found: dict[str, Any]) -> tuple[str, ...]:
    """What the specification's models find wrong with the group of a plate."""
    import yaozarrs

    version = str(found.get("version") or "")
    model = yaozarrs.v05.Plate if version.startswith("0.5") else yaozarrs.v04.Plate
    try:
        model.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return (f"the metadata break the specification at {place}: {first['msg']}",)
    return ()
