"""Thermo Fisher Cellomics ArrayScan and CellInsight: `PLATE_O01f00d2.TIF`.

`f` counts fields from 0, `d` channels from 0. Only exported TIFF and PNG files are read; the
native `.C01` and `.DIB` files are named among the files that are not.
"""

from __future__ import annotations

import re

from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template


class CellomicsReader(NamedReader):
    """Reads exported images."""

    name = "cellomics"
    example = "PLATE_B02f00d0.TIF"
    templates = (
        Template.of(
            r"(?P<name>.+)_(?P<well>[A-Z]{1,2}\d\d)f(?P<site>\d+)d(?P<channel>\d+)\.(?:tiff?|png)"
        ),
    )
    # Overlays of the objects that the instrument found.
    passed_over = re.compile(r"f\d+o\d+\.(?:tiff?|png)$", re.IGNORECASE)
