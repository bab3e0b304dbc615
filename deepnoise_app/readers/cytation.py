"""BioTek (Agilent) Cytation and Lionheart with Gen5: `D6_01_1_2_DAPI_001.tif`.

The parts are well, reading step, measurement, field, channel and time point; a Z-plane follows the
field (`2Z1`). A channel `ZProj[DAPI]` is a projection of DAPI.
"""

from __future__ import annotations

import re

from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template


class CytationReader(NamedReader):
    """Reads exported images."""

    name = "cytation"
    example = "D6_01_1_2_DAPI_001.tif"
    templates = (
        Template.of(
            r"(?P<well>[A-Z]{1,2}\d{1,2})_\d+_\d+_(?P<site>\d+)(?:Z(?P<plane>\d+))?"
            r"_(?P<channel>[^_/\[\]]+)_(?P<time>\d{3,})\.tiff?"
        ),
        Template.of(
            r"(?P<well>[A-Z]{1,2}\d{1,2})_\d+_\d+_(?P<site>\d+)(?:Z\d+)?"
            r"_ZProj\[(?P<channel>[^_/\[\]]+)\](?P<projection>)_(?P<time>\d{3,})\.tiff?"
        ),
    )
    # Mosaics of all fields of a well.
    passed_over = re.compile(r"_Stitched\[", re.IGNORECASE)
