"""Yokogawa CellVoyager CV7000, CV8000 and CQ1: `PLATE_C05_T0001F001L01A01Z01C01.tif`.

The names tell the planes; `MeasurementData.mlf` what should be there and what went wrong,
`MeasurementDetail.mrf` the pixel size, the `.mes` file the names of the channels. Correction
images (`DC_...`, `SC_...`, `IC_...`) are passed over.
"""

from __future__ import annotations

import re
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.facts import Facts, Parts, Place, PlateFolder, without_number
from deepnoise_app.readers.markup import Element, read_elements
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template
from deepnoise_app.screen import Channel
from deepnoise_app.untrusted import read_plain

DATA, DETAIL = "MeasurementData.mlf", "MeasurementDetail.mrf"
# A plate of 1,536 wells with 100 planes each has 40 MB.
_MOST_BYTES = 2_000_000_000
_RECORD = re.compile(rb'Type="IMG"[^>]*>([^<]{1,1000})</(?:\w+:)?MeasurementRecord>')
_FAULT = re.compile(rb'Type="ERR"[^>]*>([^<]{0,1000})</(?:\w+:)?MeasurementRecord>')


class YokogawaReader(NamedReader):
    """Reads what a CellVoyager measured."""

    name = "yokogawa"
    example = "PLATE_C05_T0001F001L01A01Z01C01.tif"
    templates = (
        Template.of(
            r"(?P<name>.+)_(?P<well>[A-Z]{1,2}\d\d)_T(?P<time>\d+)F(?P<site>\d+)L\d+A\d+"
            r"Z(?P<plane>\d+)C(?P<channel>\d+)\.(?:tiff?|png)"
        ),
    )
    passed_over = re.compile(r"^(?:DC|SC|IC)_.*\.tiff?$", re.IGNORECASE)

    def place(self, parts: Parts) -> Place:
        """Return the folder of the plate: the one above `Image`, where images lie in one."""
        inside = len(parts) > 1 and parts[-1].lower() == "image"
        return Place(parts[:-1] if inside else parts)

    def facts(self, plate: PlateFolder) -> Facts:
        """Read the measurement's files beside the images."""
        folder = plate.first.parent if plate.first else plate.path
        problems: list[str] = []
        expected, faults = _data(folder / DATA, problems)
        if faults:
            problems.append(f"{DATA} reports {len(faults)} errors of the microscope: {faults[0]}")
        size = _pixel_size(folder / DETAIL, problems)
        settings = sorted(folder.glob("*.mes"))
        channels = _channels(settings[0], problems) if settings else {}
        known = without_number(channels, plate.files.channels())
        return Facts("", known, size, expected=expected, problems=tuple(problems))


def _data(path: Path, problems: list[str]) -> tuple[frozenset[str], list[str]]:
    """Return the images that were measured, and the errors; found without parsing."""
    try:
        content = read_plain(path, _MOST_BYTES)
    except FileNotFoundError:
        return frozenset(), []
    except OSError as error:
        problems.append(f"{path.name} cannot be read: {error.strerror}")
        return frozenset(), []
    names = frozenset(m[1].decode("utf-8", "replace") for m in _RECORD.finditer(content))
    return names, [m[1].decode("utf-8", "replace") for m in _FAULT.finditer(content)]


def _elements(path: Path, name: str, problems: list[str]) -> list[Element]:
    if not path.is_file():
        return []
    try:
        return list(read_elements(path, (name,)))
    except ScreenError as error:
        problems.append(str(error))
        return []


def _pixel_size(path: Path, problems: list[str]) -> float:
    found = _elements(path, "MeasurementChannel", problems)
    return next((e.number("HorizontalPixelDimension") for e in found), 0.0)


def _channels(path: Path, problems: list[str]) -> dict[str, Channel]:
    found = {}
    for element in _elements(path, "Channel", problems):
        name = element.get("Target") or element.get("Fluorophore") or element.get("Acquisition")
        colour = element.get("Color").lstrip("#")
        if element.get("Ch") and name:
            # Colours are written with the opacity in front: #FF002FFF.
            shown = f"#{colour[-6:].lower()}" if re.fullmatch(r"[0-9A-Fa-f]{6,8}", colour) else ""
            found[element.get("Ch")] = Channel(name, colour=shown)
    return found
