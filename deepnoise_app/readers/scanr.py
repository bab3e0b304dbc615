"""Olympus (Evident) ScanR: `A1--W00001--P00001--Z00000--T00000--GFP.tif`.

Older versions store their 12 bits above 32768: pixels of such planes are brought back to 0.
"""

from __future__ import annotations

import re
from pathlib import Path

from deepnoise_app.readers.facts import Facts, Parts, Place, PlateFolder
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template
from deepnoise_app.untrusted import read_plain

DESCRIPTOR = "experiment_descriptor.xml"
_SIZE = re.compile(rb"conversion factor um/pixel</Name>\s*<Val>([\d.]+)</Val>", re.IGNORECASE)
_MOST_BYTES = 20_000_000


class ScanRReader(NamedReader):
    """Reads the `data` folder of an acquisition."""

    name = "scanr"
    example = "A1--W00001--P00001--Z00000--T00000--GFP.tif"
    templates = (
        Template.of(
            r"(?P<well>[A-Z]{1,2}\d{1,2})--W\d+--P(?P<site>\d+)--Z(?P<plane>\d+)--T(?P<time>\d+)"
            r"--(?P<channel>.+)\.tiff?"
        ),
    )
    offset = 32768

    def place(self, parts: Parts) -> Place:
        """Return the folder of the plate: the one above `data`."""
        inside = len(parts) > 1 and parts[-1].lower() == "data"
        return Place(parts[:-1] if inside else parts)

    def facts(self, plate: PlateFolder) -> Facts:
        """Read the pixel size from the description of the experiment."""
        return Facts(pixel_size_um=_pixel_size(plate.path / DESCRIPTOR))


def _pixel_size(path: Path) -> float:
    try:
        match = _SIZE.search(read_plain(path, _MOST_BYTES, head=True))
        return float(match[1]) if match else 0.0
    except (OSError, ValueError):
        return 0.0
