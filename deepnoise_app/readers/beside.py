"""The plate map and the library that lie in the folder of a screen, under the plates' names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.library import infer_library, read_library
from deepnoise_app.readers.platemap import PlateMaps, plate_name, read_plate_map
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.screen import Library, PlateMap, Problem, ProblemKind

PLATE_MAPS = ("platemap.csv", "plate_map.csv")
LIBRARY = "library.csv"
Tables = tuple[dict[PlateKey, PlateMap], Library | None, list[Problem]]


def tables_beside(root: Path, plates: Iterable[PlateKey]) -> Tables:
    """Plate maps under the names that the images have, and the library, as far as they exist."""
    problems: list[Problem] = []
    maps: dict[PlateKey, PlateMap] = {}
    library = None
    try:
        path = next((root / name for name in PLATE_MAPS if (root / name).is_file()), None)
        if path is not None:
            listed = read_plate_map(path)
            problems += listed.problems
            maps = _renamed(listed, plates)
        if (root / LIBRARY).is_file():
            library = read_library(root / LIBRARY)
    except ScreenError as error:
        problems.append(Problem(ProblemKind.TABLE, str(error)))
    return maps, library or infer_library(maps[key] for key in sorted(maps)), problems


def _renamed(listed: PlateMaps, plates: Iterable[PlateKey]) -> dict[PlateKey, PlateMap]:
    imaged = {(experiment, plate_name(plate)): plate for experiment, plate in plates}
    return {
        (experiment, imaged.get((experiment, plate_name(plate)), plate)): found
        for (experiment, plate), found in listed.items()
    }
