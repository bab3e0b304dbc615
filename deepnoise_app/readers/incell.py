"""GE (Cytiva) IN Cell Analyzer: `B - 02(fld 01 wv DAPI - DAPI).tif`.

Written by the documentation, untried on real files. An `.xdce` file beside the images tells the
pixel size.
"""

from __future__ import annotations

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.facts import Facts, PlateFolder
from deepnoise_app.readers.markup import read_elements
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template


class InCellReader(NamedReader):
    """Reads plates of 2D fields, Z-planes and time points."""

    name = "incell"
    example = "B - 02(fld 01 wv DAPI - DAPI).tif"
    templates = (
        Template.of(
            r"(?P<row>[A-Z]{1,2}) - (?P<column>\d{1,2})\(fld (?P<site>\d+) wv (?P<channel>.+?)"
            r"(?: z (?P<plane>\d+))?(?: time (?P<time>\d+)(?: - \d+ ms)?)?\)\.tiff?"
        ),
    )

    def facts(self, plate: PlateFolder) -> Facts:
        """Read the pixel size."""
        for path in sorted(plate.path.glob("*.xdce")):
            try:
                found = list(read_elements(path, ("ObjectiveCalibration",)))
            except ScreenError as error:
                return Facts(problems=(str(error),))
            return Facts(pixel_size_um=next((e.number("pixel_width") for e in found), 0.0))
        return Facts()
