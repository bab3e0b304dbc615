"""Looks at OME-Zarr plates on disk: wells, fields, axes and channels, before one is a plate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.readers.omezarr_metadata import (
    ImageText,
    attributes,
    fields,
    read_image,
    read_plate,
)
from deepnoise_app.readers.remote import Place, below
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.readers.walk import note
from deepnoise_app.readers.zarr_pixels import array_at
from deepnoise_app.screen import Problem, ProblemKind, WellId

# More than any microscope writes; each is counted through, so a larger claim would fill the memory.
MOST = {"t": 100_000, "c": 1_000, "z": 100_000}
_ENDING = re.compile(r"(?:\.ome)?\.zarr$", re.IGNORECASE)


@dataclass(slots=True)
class FoundPlate:
    """One plate, or one acquisition of it, while it is looked at."""

    key: PlateKey
    place: Place
    corner: WellId
    wells: dict[WellId, tuple[str, dict[int, str]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    image: ImageText = ImageText("yx", (), (), 0)  # noqa: RUF009 (a frozen value)
    shape: dict[str, int] = field(default_factory=dict)


def is_plate(store: Place) -> bool:
    """Whether a store says that it is a plate."""
    try:
        return "plate" in attributes(store)
    except ScreenError:
        return False


def look(store: Place) -> list[FoundPlate]:
    """Read the plate of a store and the fields of its wells."""
    text = read_plate(store)
    name, experiment = _ENDING.sub("", store.name), store.parent.name or "screen"
    plain = FoundPlate((experiment, name), store, text.corner)
    plain.problems += [
        Problem(ProblemKind.TABLE, complaint, *plain.key) for complaint in text.complaints
    ]
    found: dict[int | None, FoundPlate] = {}
    for entry in text.wells:
        note(1)
        group = store
        try:
            group = below(store, entry.path)
            images = fields(group)
        except ScreenError as error:
            message = str(error) if group.is_dir() else f"it is listed, but {group} is not there"
            plain.problems.append(Problem(ProblemKind.MISSING, message, *plain.key, entry.well))
            continue
        for number, (path, acquisition) in enumerate(images, start=1):
            one = found.setdefault(acquisition, FoundPlate(plain.key, store, text.corner))
            well = one.wells.setdefault(entry.well, (entry.path, {}))[1]
            try:
                if below(group, path).is_dir():
                    well[number] = path
            except ScreenError as error:
                plain.problems.append(
                    Problem(ProblemKind.MISSING, str(error), *plain.key, entry.well, number)
                )
    plates = list(found.values()) or [plain]
    if len(found) > 1:
        for acquisition, one in found.items():
            told = "" if acquisition is None else text.acquisitions.get(acquisition, acquisition)
            one.key = (experiment, f"{name} acquisition {told}")
            _renumber(one)
    plates[0].problems += plain.problems if plates[0] is not plain else []
    for one in plates:
        _describe(one)
    return plates


def _renumber(one: FoundPlate) -> None:
    """Count the sites of an acquisition from 1."""
    for well, (path, images) in one.wells.items():
        ordered = {i: images[number] for i, number in enumerate(sorted(images), start=1)}
        one.wells[well] = (path, ordered)


def _describe(one: FoundPlate) -> None:
    """Read axes, levels and channels of the first image that can be understood."""
    wrong: list[str] = []
    for path, images in one.wells.values():
        for image in images.values():
            place = one.place / path / image
            try:
                one.image = read_image(place)
                one.shape = _shape(place, one.image)
            except (ScreenError, PixelError) as error:
                wrong.append(str(error))
                if len(wrong) >= 3:
                    break
                continue
            return
    one.wells = {}
    one.problems.append(
        Problem(ProblemKind.UNREADABLE, wrong[0] if wrong else "it has no image", *one.key)
    )


def _shape(place: Place, image: ImageText) -> dict[str, int]:
    array = place / image.levels[0].path
    below(place, image.levels[0].path)
    shape = array_at(str(array)).shape
    if len(shape) != len(image.axes):
        raise ScreenError(f"{array} has the shape {shape}, its axes are {image.axes}")
    sizes = dict(zip(image.axes, shape, strict=True))
    for axis, most in MOST.items():
        if sizes.get(axis, 1) > most:
            raise ScreenError(
                f"{array} claims {sizes[axis]:,} positions on the axis {axis}: expected at most"
                f" {most:,}"
            )
    return sizes
