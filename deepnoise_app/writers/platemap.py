"""Plate maps as a table that every reader of plate maps takes back as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deepnoise_app.screen import PlateMap

if TYPE_CHECKING:
    import pandas as pd

PlateKey = tuple[str, str]
KNOWN = ("experiment", "plate", "well", "perturbation", "role")


def plate_map_table(maps: Mapping[PlateKey, PlateMap]) -> pd.DataFrame:
    """One row per listed well; further columns of the maps follow the known ones.

    A well that a map lists without content has a row too: laid over another map, it takes away
    what that one says.
    """
    import pandas as pd

    factors = list(dict.fromkeys(name for one in maps.values() for name in one.factors))
    rows = []
    for key, plate_map in maps.items():
        for well in sorted(plate_map):
            content = plate_map[well]
            told = dict(content.factors)
            rows.append((*key, well.name, content.perturbation, str(content.role),
                         *(told.get(name, "") for name in factors)))  # fmt: skip
    return pd.DataFrame(rows, columns=[*KNOWN, *factors])
