"""Molecular Devices ImageXpress and MetaXpress: `PLATE_B02_s1_w1.TIF` beside a `.HTD` file.

Time points lie in `TimePoint_1/`, Z-planes in `ZStep_1/` below; images beside these folders, or in
`ZStep_0/`, are projections. In the database layout a GUID follows the wavelength. A name without
site or wavelength is the only one. Thumbnails (`_thumb`) are passed over.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from deepnoise_app.readers.facts import Facts, Parts, Place, PlateFolder, standard_shape
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template
from deepnoise_app.readers.walk import Folder
from deepnoise_app.screen import PROJECTION, Channel
from deepnoise_app.untrusted import read_plain

_GUID = r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"
_TIME = re.compile(r"^TimePoint_(\d+)$", re.IGNORECASE)
_DEPTH = re.compile(r"^ZStep_(\d+)$", re.IGNORECASE)
_CALIBRATION = re.compile(r'id="spatial-calibration-x"[^>]*value="(\d{1,6}(?:\.\d{1,12})?)"')
_UNITS = re.compile(r'id="spatial-calibration-units"[^>]*value="(?:um|µm|micron|micrometer)')


class ImageXpressReader(NamedReader):
    """Reads exported plates and those of the database."""

    name = "imagexpress"
    example = "PLATE_B02_s1_w1.TIF beside a .HTD file"
    unsure = "there is no .HTD file and no folder TimePoint_1"
    templates = (
        Template.of(
            r"(?P<name>.+?)_(?P<well>[A-Z]{1,2}\d\d)(?:_s(?P<site>\d+))?(?:_w(?P<channel>\d))?"
            rf"(?P<guid>{_GUID})\.tiff?"
        ),
        Template.of(
            r"(?P<name>.+?)_(?P<well>[A-Z]{1,2}\d\d)(?:_s(?P<site>\d+))?(?:_w(?P<channel>\d+))?"
            r"\.tiff?"
        ),
    )
    passed_over = re.compile(rf"_thumb(?:{_GUID})?\.|_thumb_|\.htd$", re.IGNORECASE)

    def place(self, parts: Parts) -> Place:
        """Return the plate above `TimePoint_1/ZStep_1`."""
        plane = time = None
        match = _DEPTH.match(parts[-1]) if len(parts) > 1 else None
        if match:
            plane, parts = int(match[1]) or None, parts[:-1]
        match = _TIME.match(parts[-1]) if len(parts) > 1 else None
        if match:
            time, parts = int(match[1]), parts[:-1]
        return Place(parts, PROJECTION if plane is None else plane, time)

    def accepts(self, root: Path, folder: Folder) -> bool:
        """Whether an index lies beside the images or above, or the folders are this one's."""
        parts = (*root.parts[1:], *folder.parts)
        place = self.place(parts)
        if (
            place.time is not None
            or place.plane != PROJECTION
            or any(_has_index(name) for name in folder.names)
        ):
            return True
        return bool(find_index(Path(root.anchor, *place.plate)))

    def facts(self, plate: PlateFolder) -> Facts:
        """Read the index and the calibration of the first image."""
        size = _pixel_size(plate.first) if plate.first else 0.0
        path = find_index(plate.path) or (find_index(plate.first.parent) if plate.first else None)
        if path is None:
            return Facts(pixel_size_um=size)
        table = read_htd(path)
        texts = plate.files.channels()
        names = {
            key[8:]: row[0] for key, row in table.items() if key.startswith("WaveName") and row
        }
        channels = {text: Channel(name) for text, name in names.items() if text in texts and name}
        shape = standard_shape(*(_number(table, name) for name in ("YWells", "XWells")))
        problems = tuple(_lacks(path.name, table, plate))
        # A plate of one wavelength does not say in its names which one it is.
        declared = () if texts == {"1"} else tuple(names.values())
        return Facts("", channels, size, shape, declared, problems=problems)


def read_htd(path: Path) -> dict[str, list[str]]:
    """Read the settings of an acquisition: values by name. Bytes of any encoding are taken."""
    try:
        text = read_plain(path, 1_000_000, head=True).decode("latin-1")
    except OSError:
        return {}
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    try:
        return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows if row}
    except csv.Error:
        return {}


def _number(table: dict[str, list[str]], name: str) -> int:
    text = (table.get(name) or [""])[0]
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def find_index(folder: Path) -> Path | None:
    """Return the first index in a folder, or in its first time point."""
    try:
        names = sorted(path for path in folder.iterdir() if _has_index(path.name))
    except OSError:
        return None
    return names[0] if names else None


def _has_index(name: str) -> bool:
    return name.lower().endswith(".htd")


def _lacks(name: str, table: dict[str, list[str]], plate: PlateFolder) -> Iterator[str]:
    """What the index declares and no file shows."""
    declared, there = _number(table, "TimePoints"), len(plate.files.times())
    if declared > there:
        yield f"{name} declares {declared} time points, {there} are there"


def _pixel_size(path: Path) -> float:
    """Micrometres per pixel as the first image tells, 0 if it does not."""
    import tifffile  # half a second, so only where there are such images

    try:
        with tifffile.TiffFile(path) as file:
            text = file.pages.first.description
    except Exception:  # noqa: BLE001 (a damaged image is told when it is read or checked)
        return 0.0
    match = _CALIBRATION.search(text)
    return float(match[1]) if match and _UNITS.search(text) else 0.0
