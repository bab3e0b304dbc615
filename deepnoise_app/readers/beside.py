"""The plate map and the library that lie in the folder of a screen, under the plates' names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.library import infer_library, read_library
from deepnoise_app.readers.platemap import PlateMaps, plate_name, read_plate_map
from deepnoise_app.readers.sheets import TABLES
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.screen import Library, PlateMap, Problem, ProblemKind

# The first one that is there counts.
PLATE_MAPS = tuple(
    f"{folder}{name}{ending}"
    for folder in ("", "metadata/")
    for name in ("platemap", "plate_map", "barcode_platemap")
    for ending in TABLES
)
LIBRARY = "library.csv"
Tables = tuple[dict[PlateKey, PlateMap], Library | None, list[Problem]]


def tables_beside(root: Path, plates: Iterable[PlateKey]) -> Tables:
    """Plate maps under the names that the images have, and the library, as far as they exist."""
    problems: list[Problem] = []
    maps: dict[PlateKey, PlateMap] = {}
    library = None
    keys = list(plates)
    try:
        path = next((root / name for name in PLATE_MAPS if (root / name).is_file()), None)
        if path is not None:
            listed = read_plate_map(path)
            problems += listed.problems
            maps = renamed(listed, keys)
        if (root / LIBRARY).is_file():
            library = read_library(root / LIBRARY)
    except ScreenError as error:
        problems.append(Problem(ProblemKind.TABLE, str(error)))
    return maps, library or infer_library(maps[key] for key in sorted(maps)), problems


def renamed(listed: PlateMaps, plates: Collection[PlateKey]) -> dict[PlateKey, PlateMap]:
    """Return plate maps under the names that the images have; listed plates without images too."""
    maps = {key: listed[key] for key in plates if key in listed}
    taken = {(experiment, plate_name(plate)) for experiment, plate in plates}
    named = {plate for _, plate in taken}
    for (experiment, plate), found in listed.items():
        known = plate_name(plate) in named if not experiment else (
            (experiment, plate_name(plate)) in taken)  # fmt: skip
        if plate and not known:
            maps[experiment or "(no experiment)", plate] = found
    return maps
