"""The WILDS variant of RxRx1: `images/EXPERIMENT/Plate1/B02_s1.png`, three channels in one file.

Red, green and blue are nuclei, ER and actin. The table `metadata.csv` is that of the release.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from deepnoise_app.readers.beside import Tables
from deepnoise_app.readers.facts import Facts, Part, PlateFolder
from deepnoise_app.readers.headers import is_colour
from deepnoise_app.readers.named import NamedReader
from deepnoise_app.readers.rxrx import LEVELS_UP, RXRX_CHANNELS
from deepnoise_app.readers.rxrx_tables import has_tables, read_tables
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.readers.template import Parsed, Template
from deepnoise_app.readers.walk import Folder


class WildsReader(NamedReader):
    """Reads sites whose channels lie in the colours of one PNG file."""

    name = "wilds"
    example = "EXPERIMENT/Plate1/B02_s1.png in colour"
    unsure = "the images are not in colour"
    templates = (Template.of(r"(?P<well>[A-Z]{1,2}\d{1,2})_s(?P<site>\d+)\.png"),)

    def accepts(self, root: Path, folder: Folder) -> bool:
        """Whether the first image of the folder is in colour."""
        first = next(name for name in folder.names if self.parse(name) is not None)
        return is_colour(root.joinpath(*folder.parts, first))

    def parts(self, parsed: Parsed, plate: PlateFolder) -> Iterable[Part]:
        """Return the three colours."""
        del plate
        return (Part(parsed.site, str(i + 1), page=i) for i in range(3))

    def facts(self, plate: PlateFolder) -> Facts:
        """Return the stains."""
        del plate
        return Facts(channels={str(i + 1): RXRX_CHANNELS[i] for i in range(3)})

    def tables(self, root: Path, plates: Collection[PlateKey]) -> Tables:
        """Read the table of the release, in the folder or above it."""
        for folder in [root, *root.parents][: LEVELS_UP + 1]:
            if has_tables(folder):
                found = read_tables(folder)
                if folder != root:
                    alone = plates if len(plates) == 1 else ()
                    found = found.within({key[0] for key in plates}, alone)
                return dict(found.maps), found.library, list(found.problems)
        return super().tables(root, plates)
