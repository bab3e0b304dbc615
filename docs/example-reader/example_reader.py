"""Reads the plates of a laboratory whose images are called `dye2 of B02 field1.tif`."""

from deepnoise_app.readers.facts import Facts, PlateFolder
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.template import Template
from deepnoise_app.screen import Channel

DYES = {"1": Channel("Nuclei", "Hoechst"), "2": Channel("Mitochondria", "MitoTracker")}


class LabCameraReader(NamedReader):
    """A plate is a folder, its experiment the folder above."""

    name = "lab-camera"
    example = "dye2 of B02 field1.tif"
    templates = (
        Template.of(
            r"dye(?P<channel>\d+) of (?P<well>[A-Z]{1,2}\d\d) field(?P<site>\d+)\.(?:tiff?|png)"
        ),
    )

    def facts(self, plate: PlateFolder) -> Facts:
        """Say what the names do not: what the dyes are called, and how large a pixel is."""
        there = plate.files.channels()
        named = {dye: channel for dye, channel in DYES.items() if dye in there}
        return Facts(channels=named, pixel_size_um=0.65)
