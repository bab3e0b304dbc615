"""TIFF files that hold all channels of a site, or all sites of a well: OME-TIFF, ImageJ stacks.

The first file of a plate tells which page holds what; that the others have those pages too is seen
when they are checked or read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.facts import Facts, Part, PlateFolder
from deepnoise_app.readers.markup import Element, elements
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Parsed, Template
from deepnoise_app.readers.walk import Folder
from deepnoise_app.screen import Channel

_ENDING = r"(?:\.ome)?\.tiff?"
# In capitals: `_w1` at the end of a name is a wavelength, not a well of the last row.
_WELL = r"(?P<well>(?-i:[A-Z]{1,2})\d{1,2})"
_TO_UM = {"": 1.0, "µm": 1.0, "um": 1.0, "nm": 1e-3, "mm": 1e3}
MOST_CHANNELS = 32


@dataclass(frozen=True, slots=True)
class Inside:
    """How the files of a plate are made up; the site of a part counts the images in a file."""

    parts: tuple[Part, ...] = ()
    channels: tuple[Channel, ...] = ()
    pixel_size_um: float = 0
    guessed: bool = False


class PagesReader(NamedReader):
    """Reads files of several pages that are named after wells."""

    name = "tiff-pages"
    example = "PLATE_B02_s1.ome.tif with several pages"
    unsure = "the TIFF files have one page each"
    templates = (
        Template.of(rf"(?:.+_)?{_WELL}_[sf]?(?P<site>\d+){_ENDING}"),
        Template.of(rf"(?:.+_)?{_WELL}{_ENDING}"),
    )

    def __init__(self) -> None:
        self._inside: dict[Path, Inside] = {}

    def accepts(self, root: Path, folder: Folder) -> bool:
        """Whether the first file of the folder has several pages."""
        first = next(name for name in folder.names if self.parse(name) is not None)
        return len(look_inside(root.joinpath(*folder.parts, first)).parts) > 1

    def parts(self, parsed: Parsed, plate: PlateFolder) -> Iterable[Part]:
        """Return the pages; where a file holds several sites, they count from its number on."""
        inside = self._of(plate)
        for part in inside.parts:
            site = parsed.site if part.site == 1 else parsed.site + part.site - 1
            yield Part(site, part.channel, part.plane, part.time, part.page)

    def facts(self, plate: PlateFolder) -> Facts:
        """Return what the first file says."""
        inside = self._of(plate)
        channels = {str(i): channel for i, channel in enumerate(inside.channels, start=1)}
        told = ("the files do not say what their pages are: taken as channels",)
        return Facts("", channels, inside.pixel_size_um, problems=told if inside.guessed else ())

    def _of(self, plate: PlateFolder) -> Inside:
        """How the files are made up; looked up once for each plate."""
        if plate.first is None:
            return Inside()
        if plate.path not in self._inside:
            self._inside[plate.path] = look_inside(plate.first)
        return self._inside[plate.path]


def look_inside(path: Path) -> Inside:
    """Read how a file is made up; nothing inside where it is no TIFF file of several pages."""
    import tifffile  # half a second, so only where there are TIFF files

    try:
        # Without this word tifffile opens whatever files the OME-XML of one names, anywhere.
        with tifffile.TiffFile(path, _multifile=False) as file:
            if len(file.pages) < 2:
                return Inside()
            described = _described(file.ome_metadata or "")
            parts = [part for i, one in enumerate(file.series, start=1) for part in _parts(i, one)]
            guessed = any(set(one.axes) & set("IQ") for one in file.series)
    except Exception:  # noqa: BLE001 (a damaged file is told when it is read or checked)
        return Inside()
    if len({part.channel for part in parts}) > MOST_CHANNELS:
        return Inside()
    return Inside(tuple(parts), *described, guessed)


def _parts(number: int, series: Any) -> Iterator[Part]:
    """Pages of one image of a file, in the order of its axes."""
    axes, shape = series.axes[:-2], series.shape[:-2]
    if not series.axes.endswith("YX") or len(series.pages) != prod(shape):
        return
    for page, at in zip(series.pages, np.ndindex(*shape), strict=True):
        place = dict(zip(axes, at, strict=True))
        channel = next((int(place[axis]) for axis in "CIQ" if axis in place), 0)
        plane, time = int(place.get("Z", 0)), int(place.get("T", 0))
        yield Part(number, str(channel + 1), plane + 1, time + 1, page.index)


def _described(text: str) -> tuple[tuple[Channel, ...], float]:
    """Channels and pixel size of the first image in OME-XML; what it does not say is left out."""
    channels: list[Channel] = []
    try:
        for element in elements([text.encode()] if text else [], "OME-XML", ("Channel", "Pixels")):
            if element.name == "Pixels":
                unit = element.get("PhysicalSizeXUnit")
                return tuple(channels), element.number("PhysicalSizeX") * _TO_UM.get(unit, 0.0)
            channels.append(_channel(element, len(channels) + 1))
    except ScreenError:
        pass
    return (), 0.0


def _channel(element: Element, number: int) -> Channel:
    """Return a channel; its colour is one signed number, red, green, blue and opacity."""
    colour = element.get("Color")
    value = int(colour) & 0xFFFFFFFF if re.fullmatch(r"-?\d{1,12}", colour) else 0
    return Channel(
        element.get("Name") or str(number),
        element.get("Fluor"),
        element.number("EmissionWavelength"),
        f"#{value >> 8:06x}" if value else "",
    )
