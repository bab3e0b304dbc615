"""PerkinElmer (Revvity) Opera Phenix, Operetta and Sonata: `r01c01f01p01-ch1sk1fk1fl1.tiff`.

The names tell wells, fields, planes, times and channels; `Index.idx.xml` or `Index.xml`, where
there is one, the plate, the names and wavelengths of the channels, the pixel size, and what should
be there. Names of Harmony 3 (`001001-1-001001001.tif`) are read by its documentation alone.
"""

from __future__ import annotations

import mmap
import re
from html import unescape
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.facts import (
    Facts,
    Parts,
    Place,
    PlateFolder,
    standard_shape,
    without_number,
)
from deepnoise_app.readers.markup import Element, read_elements
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template
from deepnoise_app.screen import Channel

INDICES = ("Index.idx.xml", "Index.xml")
_MEASUREMENT = re.compile(r"^(.+?)__\d{4}-\d\d-\d\dT.*-Measurement ?\d+[a-z]?$", re.IGNORECASE)
_URL = re.compile(rb"<URL>([^<]{1,1000})</URL>")
# Elements of the index that are read for channels: those of the first wells tell them all.
_MOST_IMAGES = 2000


class PerkinElmerReader(NamedReader):
    """Reads what Harmony exported, with its index or without."""

    name = "perkinelmer"
    example = "r01c01f01p01-ch1sk1fk1fl1.tiff"
    templates = (
        Template.of(
            r"r(?P<row>\d\d)c(?P<column>\d\d)f(?P<site>\d+)p(?P<plane>\d+)-ch(?P<channel>\d+)"
            r"(?:sk(?P<time>\d+)fk\d+fl\d+)?\.tiff?"
        ),
        Template.of(
            r"r(?P<row>\d\d)c(?P<column>\d\d)f(?P<site>\d+)p(?P<plane>\d+)-ch(?P<channel>\d+)"
            r"t(?P<time>\d+)\.tiff?"
        ),
        Template.of(
            r"(?P<row>\d{3})(?P<column>\d{3})-(?P<site>\d+)-(?P<plane>\d{3})(?P<time>\d{3})"
            r"(?P<channel>\d{3})\.tiff?"
        ),
    )

    def place(self, parts: Parts) -> Place:
        """Return the folder of the plate: the one above `Images`."""
        inside = len(parts) > 1 and parts[-1].lower() == "images"
        return Place(parts[:-1] if inside else parts)

    def facts(self, plate: PlateFolder) -> Facts:
        """Read the index."""
        match = _MEASUREMENT.match(plate.path.name)
        name = match[1] if match else ""
        path = find_index(plate)
        if path is None:
            return Facts(name)
        try:
            return _read(path, name, plate.files.channels())
        except ScreenError as error:
            return Facts(name, problems=(str(error),))


def find_index(plate: PlateFolder) -> Path | None:
    """Return the index beside the first image of a plate, or in its folder."""
    folders = [plate.path] if plate.first is None else [plate.first.parent, plate.path]
    places = (folder / name for folder in folders for name in INDICES)
    return next((place for place in places if place.is_file()), None)


def _read(path: Path, name: str, texts: set[str]) -> Facts:
    channels: dict[str, Channel] = {}
    size, images = 0.0, 0
    shape = None
    for element in read_elements(path, ("Plate", "Entry", "Image")):
        if element.name == "Plate":
            name = element.get("Name") or element.get("PlateID") or name
            shape = standard_shape(element.number("PlateRows"), element.number("PlateColumns"))
            continue
        images += element.name == "Image" and bool(element.get("ChannelID"))
        number = element.get("ChannelID")
        if number and number not in channels and element.get("ChannelName"):
            channels[number] = _channel(element)
        size = size or _size_um(element)
        if images >= _MOST_IMAGES:
            break
    return Facts(name, without_number(channels, texts), size, shape, expected=_listed(path))


def _channel(element: Element) -> Channel:
    return Channel(element.get("ChannelName"), emission_nm=element.number("MainEmissionWavelength"))


def _size_um(element: Element) -> float:
    return element.number("ImageResolutionX") * 1e6


def _listed(path: Path) -> frozenset[str]:
    """Return the file names in an index; found without parsing, as it may have 100 MB."""
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            names = [match[1].decode("utf-8", "replace") for match in _URL.finditer(content)]
    except (OSError, ValueError) as error:
        raise ScreenError(f"{path.name} cannot be read: {error}") from error
    return frozenset(map(unescape, names))
