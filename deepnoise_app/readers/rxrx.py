"""The layout of the RxRx screens: `EXPERIMENT/Plate1/B02_s1_w1.png`, with or without tables.

Opens at any level: the screen, a part such as `train/` or `images/`, an experiment, a plate.
Tables are looked for upwards from the images.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.assemble import Findings, assemble
from deepnoise_app.readers.index import PlateFiles
from deepnoise_app.readers.names import literal, number_field, read_well
from deepnoise_app.readers.rxrx_tables import RxRxTables, has_tables, read_tables
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.readers.walk import Folder, is_image, normal, refused_folders, strays, walk
from deepnoise_app.screen import Channel, Problem, Screen, StackChoice, WellId

RXRX_CHANNELS = (
    Channel("Nuclei", "Hoechst"),
    Channel("ER", "ConA"),
    Channel("Actin", "Phalloidin"),
    Channel("Nucleoli and RNA", "Syto14"),
    Channel("Mitochondria", "MitoTracker"),
    Channel("Golgi and membrane", "WGA"),
)
EXAMPLE = "EXPERIMENT/Plate1/B02_s1_w1.png"
MOST_CHANNELS = 32
# How far above the opened folder tables are looked for: plate, experiment, part, screen.
LEVELS_UP = 3
_PLATE = re.compile(r"^plate[ _-]?0*(\d+)$", re.IGNORECASE)
_IMAGE = re.compile(r"^([A-Z]{1,2}\d{1,3})_s(\d+)_w(\d+)(\.(?:png|tiff?))$", re.IGNORECASE)


@dataclass(slots=True)
class _Found:
    """All files below the opened folder: those of plates, and those that fit nowhere."""

    files: dict[PlateKey, PlateFiles] = field(default_factory=dict)
    places: list[Path] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class RxRxReader:
    """Reads the layout of the challenge, of the public release, and bare trees of images."""

    name = "rxrx"

    def refusal(self, path: Path) -> str | None:
        """Why this is not an RxRx screen; None if it is."""
        root = normal(path)
        for folder in walk(root):
            if _plate_of(root, folder) and any(map(_parse, folder.names)):
                return None
        if has_tables(root):
            return f"there are tables, but no image named like {EXAMPLE}"
        return f"no image is named like {EXAMPLE}"

    def open(self, path: Path, stack: StackChoice | None = None) -> Screen:
        """Read names and tables."""
        root = normal(path)
        found = _look(root)
        if not found.files:
            raise ScreenError(f"{path}: no image is named like {EXAMPLE}")
        tables = _tables(root, found)
        channels = _channels(found)
        texts = tuple(str(i + 1) for i in range(len(channels)))
        problems = [*found.problems, *tables.problems, *strays(found.strays, EXAMPLE)]
        return assemble(
            Findings(
                root, self.name, channels, texts, found.files, tables.maps, problems, tables.library
            ),
            stack,
        )


def _look(root: Path) -> _Found:
    found = _Found()
    folders = []
    for folder in walk(root):
        key = _plate_of(root, folder)
        if folder.refused:
            folders.append(folder)
        elif key is None:
            found.strays += [folder.file(name) for name in folder.names if is_image(name)]
        else:
            _add(found, key, folder)
            found.places.append(root.joinpath(*folder.parts).parent)
    found.files = {key: files for key, files in found.files.items() if files.planes}
    found.problems += refused_folders(folders)
    return found


def _add(found: _Found, key: PlateKey, folder: Folder) -> None:
    files = found.files.setdefault(key, PlateFiles(*key))
    above = literal(folder.file(""))
    for name in folder.names:
        parsed = _parse(name)
        if parsed is None:
            found.strays.append(folder.file(name))
            continue
        (well, well_field), site, channel, suffix = parsed
        text = str(int(channel))
        shown = "{channel}" if text == channel else channel
        form = f"{above}{well_field}_s{number_field('site', site)}_w{shown}{suffix}"
        files.add(well, int(site), text, form)


def _plate_of(root: Path, folder: Folder) -> PlateKey | None:
    """Experiment and plate that a folder stands for; None if it is no plate."""
    place = folder.parts[-2:] if len(folder.parts) > 1 else (*root.parts, *folder.parts)[-2:]
    match = _PLATE.match(place[-1])
    return (place[0], f"Plate{match[1]}") if match and len(place) == 2 else None


def _parse(name: str) -> tuple[tuple[WellId, str], str, str, str] | None:
    """Return well and its field, site, channel and suffix of a file name."""
    match = _IMAGE.match(name)
    if match is None or not 1 <= int(match[3]) <= MOST_CHANNELS:
        return None
    well = read_well(match[1])
    return None if well is None else (well, match[2], match[3], match[4])


def _channels(found: _Found) -> tuple[Channel, ...]:
    """The six stains of RxRx; other numbers of channels are not known by name."""
    count = max(int(text) for files in found.files.values() for text in files.channels())
    if count == len(RXRX_CHANNELS):
        return RXRX_CHANNELS
    return tuple(Channel(f"w{i + 1}") for i in range(count))


def _tables(root: Path, found: _Found) -> RxRxTables:
    """Tables nearest above the images; from above the opened folder, only what concerns it."""
    for folder in _upwards(root, found.places):
        if not has_tables(folder):
            continue
        tables = read_tables(folder)
        if folder.is_relative_to(root):
            return tables
        if found.files.keys() & tables.maps.keys():
            one_plate = root not in found.places and _PLATE.match(root.name) is not None
            experiments = {experiment for experiment, _ in found.files}
            return tables.within(experiments, found.files if one_plate else ())
    return RxRxTables()


def _upwards(root: Path, places: list[Path]) -> Iterator[Path]:
    nearest = Path(os.path.commonpath(places))
    highest = [root, *root.parents][: LEVELS_UP + 1][-1]
    for folder in (nearest, *nearest.parents):
        if folder.is_relative_to(highest):
            yield folder
