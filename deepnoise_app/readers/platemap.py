"""Plate maps from a table: `experiment, plate, well, perturbation, role`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.tables import Contents, PlateKey, read_table
from deepnoise_app.screen import PlateMap, Problem

_NUMBERED = re.compile(r"^(?:plate[ _-]?)?0*(\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlateMaps(Mapping[PlateKey, PlateMap]):
    """Plate maps by experiment and plate, and what is wrong with the table.

    `Plate1`, `plate 1`, `01` and `1` are the same plate.
    """

    path: str
    maps: Mapping[PlateKey, PlateMap]
    problems: tuple[Problem, ...] = ()

    def __getitem__(self, key: PlateKey) -> PlateMap:
        if key in self.maps:
            return self.maps[key]
        wanted = plate_name(key[1])
        for (experiment, plate), found in self.maps.items():
            if experiment == key[0] and plate_name(plate) == wanted:
                return found
        raise KeyError(key)

    def __iter__(self) -> Iterator[PlateKey]:
        return iter(self.maps)

    def __len__(self) -> int:
        return len(self.maps)


def plate_name(text: str) -> str:
    """Return `Plate1` for `1`, `01`, `plate_1` and the like; other names as they are."""
    match = _NUMBERED.match(text.strip())
    return f"Plate{match[1]}" if match else text


def read_plate_map(path: Path) -> PlateMaps:
    """Read a plate map; rows with an unknown well or role are left out and listed as problems.

    Raises
    ------
    ScreenError
        If the file cannot be read, lacks a column or has no usable row.
    """
    table = read_table(path, ("experiment", "plate", "well", "perturbation"))
    contents = Contents()
    contents.add(table, "perturbation")
    if not contents.plates:
        first = contents.problems[0].message if contents.problems else "it has no rows"
        raise ScreenError(f"{path.name} holds no plate map: {first}")
    return PlateMaps(str(path), contents.maps(), tuple(contents.problems))
