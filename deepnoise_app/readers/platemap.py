"""Plate maps: what each well got, from a list, a drawn plate, or JUMP's barcodes and layouts.

A list has a column for the well, or row and column, and one for what it got; without a plate it
counts for all plates, without an experiment for those plates in all experiments. All columns are
kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.platemap_columns import Meaning, meaning_of, role_by_name, well_of
from deepnoise_app.readers.platemap_grid import Grid, find_grids
from deepnoise_app.readers.sheets import TABLES, read_rows
from deepnoise_app.readers.tables import Contents, PlateKey, Table, table_of
from deepnoise_app.screen import Content, PlateMap, Problem, ProblemKind, Role

_NUMBERED = re.compile(r"^(?:plate[ _-]?)?0*(\d+)$", re.IGNORECASE)
# Where JUMP keeps the layouts that the table of barcodes names.
_LAYOUTS = ("", "platemap", "platemaps", "metadata")


@dataclass(frozen=True, slots=True)
class PlateMaps(Mapping[PlateKey, PlateMap]):
    """Plate maps by experiment and plate, and what is wrong with the table.

    An empty experiment or plate counts for all. `Plate1`, `plate 1`, `01` and `1` are the same
    plate. `assumed` says what was taken for a control by its name alone, `lost` which columns could
    not be kept.
    """

    path: str
    maps: Mapping[PlateKey, PlateMap]
    problems: tuple[Problem, ...] = ()
    assumed: Mapping[str, Role] | None = None
    lost: tuple[str, ...] = ()

    def __getitem__(self, key: PlateKey) -> PlateMap:
        if key in self.maps:
            return self.maps[key]
        wanted = plate_name(key[1])
        for asked in (key[0], ""):
            for (experiment, plate), found in self.maps.items():
                if experiment == asked and plate and plate_name(plate) == wanted:
                    return found
            if (asked, "") in self.maps:
                return self.maps[asked, ""]
        raise KeyError(key)

    def __iter__(self) -> Iterator[PlateKey]:
        return iter(self.maps)

    def __len__(self) -> int:
        return len(self.maps)

    def corrected(self, roles: Mapping[str, Role]) -> PlateMaps:
        """Return the same maps with the roles of some perturbations changed."""
        maps = {
            key: PlateMap({w: _with_role(content, roles) for w, content in found.contents.items()})
            for key, found in self.maps.items()
        }
        return replace(self, maps=maps)


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
    rows = read_rows(path)
    grids = find_grids(rows)
    if grids:
        return _from_grids(path, grids)
    table = table_of(path, rows, ())
    meaning = meaning_of(table.columns)
    if meaning.map and meaning.plate and not (meaning.well or meaning.row):
        return _from_barcodes(path, table, meaning)
    contents, assumed = _from_list(path, table, meaning)
    return PlateMaps(str(path), contents.maps(), tuple(contents.problems), assumed, table.lost)


def _from_list(path: Path, table: Table, meaning: Meaning) -> tuple[Contents, dict[str, Role]]:
    if not meaning.well and not (meaning.row and meaning.column):
        raise ScreenError(_lacks(path, "well", table))
    if not meaning.perturbation:
        raise ScreenError(_lacks(path, "perturbation", table))
    known = {
        "experiment": meaning.experiment,
        "plate": meaning.plate,
        "well": meaning.well,
        "role": meaning.role,
    }
    columns = dict(table.columns)
    columns |= {what: table.columns[name] for what, name in known.items() if name}
    if not meaning.well:
        places = zip(table.column(meaning.row), table.column(meaning.column), strict=True)
        columns["well"] = tuple(well_of(row, column) for row, column in places)
    # A column called `role` says nothing more than the role; `control_type` may.
    plain = {meaning.perturbation, "role", "well_type"} | meaning.used
    factors = [name for name in table.columns if name and name not in plain]
    named = set(table.column(meaning.perturbation))
    roles = {name: role_by_name(name) for name in named}
    contents = Contents()
    contents.add(replace(table, columns=columns), meaning.perturbation, None, factors, roles)
    if not contents.plates:
        first = contents.problems[0].message if contents.problems else "it has no rows"
        raise ScreenError(f"{path.name} holds no plate map: {first}")
    silent = not meaning.role
    assumed: dict[str, Role] = {
        name: role for name, role in roles.items() if silent and name and role != Role.TREATMENT
    }
    return contents, assumed


def _from_grids(path: Path, grids: list[Grid]) -> PlateMaps:
    maps: dict[PlateKey, PlateMap] = {}
    problems = []
    assumed: dict[str, Role] = {}
    for grid in grids:
        key = ("", grid.name)
        roles = {text: role_by_name(text) for text in grid.texts.values()}
        assumed |= {text: role for text, role in roles.items() if role is not Role.TREATMENT}
        if key in maps:
            message = f"{path.name} draws {grid.name or 'a plate without a name'} twice"
            problems.append(Problem(ProblemKind.TABLE, message, None, grid.name or None))
            continue
        maps[key] = PlateMap({w: Content(text, roles[text]) for w, text in grid.texts.items()})
    return PlateMaps(str(path), maps, tuple(problems), assumed)


def _from_barcodes(path: Path, table: Table, meaning: Meaning) -> PlateMaps:
    """Read the layouts that a table of barcodes names, each once."""
    maps: dict[PlateKey, PlateMap] = {}
    problems: list[Problem] = []
    layouts: dict[str, PlateMaps | None] = {}
    assumed: dict[str, Role] = {}
    for plate, name in zip(table.column(meaning.plate), table.column(meaning.map), strict=True):
        if not plate or not name:
            continue
        if name not in layouts:
            layouts[name] = _layout(path, name, problems)
        found = layouts[name]
        if found is not None:
            maps["", plate] = found["", plate]
            assumed |= found.assumed or {}
    if not maps:
        first = problems[0].message if problems else "it has no rows"
        raise ScreenError(f"{path.name} holds no plate map: {first}")
    return PlateMaps(str(path), maps, tuple(problems), assumed)


def _layout(path: Path, name: str, problems: list[Problem]) -> PlateMaps | None:
    places = (
        path.parent / folder / f"{name}{ending}" for folder in _LAYOUTS for ending in ("", *TABLES)
    )
    place = next((place for place in places if place.is_file()), None)
    message = f"{path.name} names the layout {name}, which is not beside it"
    if place is not None:
        try:
            table = table_of(place, read_rows(place), ())
            contents, assumed = _from_list(place, table, meaning_of(table.columns))
        except ScreenError as error:
            message = str(error)
        else:
            problems += contents.problems
            (one, *_) = contents.maps().values()
            return PlateMaps(str(place), {("", ""): one}, (), assumed)
    problems.append(Problem(ProblemKind.TABLE, message))
    return None


def _with_role(content: Content, roles: Mapping[str, Role]) -> Content:
    role = roles.get(content.perturbation)
    return content if role is None else replace(content, role=role)


def _lacks(path: Path, column: str, table: Table) -> str:
    there = ", ".join(name for name in table.spelled.values() if name) or "none"
    return (
        f"{path.name} lacks the column {column!r}: expected well and perturbation (and experiment,"
        f" plate, role), or a drawn plate; found {there}"
    )
