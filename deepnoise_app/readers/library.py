"""The library of a screen: read from a table, or told from the labelled plates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.tables import read_table
from deepnoise_app.screen import Library, PlateMap, Role

# Plates that share more than this part of their perturbations hold the same library plate.
SHARED = 0.5


def read_library(path: Path) -> Library:
    """Read `library_plate, perturbation, copies`; without `copies` each lies there once.

    Raises
    ------
    ScreenError
        If the file cannot be read, lacks a column or holds a row that cannot be used.
    """
    table = read_table(path, ("library_plate", "perturbation"))
    plates: dict[str, dict[str, int]] = {}
    names, held = table.column("library_plate"), table.column("perturbation")
    rows = zip(table.numbers(), names, held, table.column("copies"), strict=True)
    for line, name, perturbation, copies in rows:
        if not (name or perturbation or copies):
            continue
        if not name or not perturbation:
            raise ScreenError(f"{path.name} row {line} names no library plate or no perturbation")
        if perturbation in plates.setdefault(name, {}):
            raise ScreenError(f"{path.name} row {line}: {perturbation!r} is on {name!r} twice")
        plates[name][perturbation] = _copies(copies, f"{path.name} row {line}")
    if not plates:
        raise ScreenError(f"{path.name} holds no library: it has no rows")
    return Library(plates)


def infer_library(maps: Iterable[PlateMap]) -> Library | None:
    """Tell the library plates `p0`, `p1`, ... from what labelled plates have in common.

    Plates may lack some wells. None where plates do not fall into groups, each perturbation in
    exactly one of them.

    Parameters
    ----------
    maps
        Of all plates, in a fixed order; unlabelled ones are passed over.
    """
    groups: list[dict[str, int]] = []
    for plate_map in maps:
        counts = _treated(plate_map)
        alike = [group for group in groups if _shares(group, counts)]
        if not counts:
            continue
        if len(alike) > 1:
            return None
        group = alike[0] if alike else {}
        if not alike:
            groups.append(group)
        for name, count in counts.items():
            group[name] = max(count, group.get(name, 0))
    together = sum(len(group) for group in groups)
    if not groups or together != len(set().union(*groups)):
        return None
    return Library({f"p{i}": dict(sorted(group.items())) for i, group in enumerate(groups)})


def _treated(plate_map: PlateMap) -> Counter[str]:
    contents = plate_map.contents.values()
    return Counter(c.perturbation for c in contents if c.role is Role.TREATMENT and c.perturbation)


def _shares(group: dict[str, int], counts: Counter[str]) -> bool:
    common = len(group.keys() & counts.keys())
    return common > SHARED * min(len(group), len(counts))


def _copies(text: str, place: str) -> int:
    if not text:
        return 1
    if not text.isdecimal() or int(text) < 1:
        raise ScreenError(f"{place}: copies is {text!r}, expected a whole number from 1")
    return int(text)
