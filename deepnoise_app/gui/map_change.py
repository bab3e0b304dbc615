"""What plate maps from files change on open plates, worked out and put into a sentence. No Qt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError, ScreenError
from deepnoise_app.gui.words import count, listed
from deepnoise_app.readers import PlateMaps, read_plate_map
from deepnoise_app.readers.platemap import plate_name
from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen import UNKNOWN, Content, Plate, PlateMap, WellId
from deepnoise_app.screen.formulas import write_csv
from deepnoise_app.session import PlateKey
from deepnoise_app.writers.platemap import plate_map_table

Maps = dict[PlateKey, PlateMap]


@dataclass(frozen=True, slots=True)
class Change:
    """Plate maps as they shall be, the sentence about them, and a file that says the same."""

    maps: Mapping[PlateKey, PlateMap]
    sentence: str
    details: str
    file: Path


def read_changes(paths: Sequence[Path], plates: Sequence[Plate], folder: Path) -> Change:
    """Read what tables say of these plates, one after the other; the later one counts.

    Parameters
    ----------
    folder
        Where a table is written that says the same, if no single one of the files does.

    Raises
    ------
    ScreenError
        If none of the tables can be read and lists one of the plates.
    """
    now: Maps = {plate.key: plate.map for plate in plates}
    changed: Maps = {}
    said, details, faults = [], [], []
    for path in paths:
        try:
            found, sentence, more = _read_one(path, plates, now | changed)
        except DeepNoiseError as error:
            faults.append(error)
            continue
        changed |= found
        said.append(sentence)
        details += more
    if faults and not changed:
        raise faults[0]
    said += [f"left out: {fault}" for fault in faults]
    named = now | changed
    file = paths[0] if len(paths) == 1 else None
    return Change(changed, ". ".join(said), "\n".join(details), written(named, folder, file))


def proposed(keys: Sequence[PlateKey], file: Path, plates: Sequence[Plate], folder: Path) -> Change:
    """Take what a map check proposes for some plates.

    Raises
    ------
    ScreenError
        If the proposal cannot be read, or speaks of none of the plates.
    """
    maps = read_plate_map(file)
    mine = [plate for plate in plates if plate.key in keys and plate.key in maps]
    if not mine:
        raise ScreenError(f"{file} proposes nothing for the open plates: check the maps again")
    changed: Maps = {plate.key: _complete(plate, maps[plate.key]) for plate in mine}
    moved = sum(changed[plate.key][well] != plate.map[well] for plate in mine
                for well in plate.wells)  # fmt: skip
    names = listed([" ".join(plate.key) for plate in mine])
    now: Maps = {plate.key: plate.map for plate in plates}
    sentence = (
        f"Corrected as the images say: {count(moved, 'well')} of {names} now hold something else."
        " Predictions stay, accuracies are counted anew. No file has changed"
    )
    return Change(changed, sentence, "", written(now | changed, folder, None))


def written(maps: Mapping[PlateKey, PlateMap], folder: Path, file: Path | None) -> Path:
    """Return a file that says what these maps say: `file` if it does, else one in a folder."""
    told = {key: found for key, found in maps.items() if len(found)}
    if file is not None and _says(read_plate_map(file), told):
        return file
    table = plate_map_table(told)
    digest = hashlib.sha256(table.to_json().encode()).hexdigest()[:10]
    path = folder / f"plate-map-{digest}.csv"
    if not path.is_file():
        write_beside(path, lambda beside: write_csv(table, beside))
    return path


def _says(found: PlateMaps, told: Mapping[PlateKey, PlateMap]) -> bool:
    return all(key in found and found[key].contents == maps.contents for key, maps in told.items())


def _complete(plate: Plate, found: PlateMap) -> PlateMap:
    """Return a map that takes the place of the plate's own: what it does not list is unknown."""
    return PlateMap(dict.fromkeys((*plate.map, *plate.wells), UNKNOWN)) | found


def _read_one(
    path: Path, plates: Sequence[Plate], now: Mapping[PlateKey, PlateMap]
) -> tuple[Maps, str, list[str]]:
    if not plates:
        raise ScreenError(f"{path.name} may be a plate map: open its plates first, then drop it")
    maps = read_plate_map(path)
    mine = [plate for plate in plates if plate.key in maps]
    bare = not any(name for _, name in maps)
    meant = _meant_by_name(path, mine) if bare else []
    mine = meant or mine
    if not mine:
        raise ScreenError(
            f"{path.name} lists none of the open plates (it lists {listed(_names(maps))}):"
            f" experiment and plate have to be called as here, such as {' '.join(plates[0].key)}"
        )
    changed: Maps = {}
    lost: dict[str, int] = {}
    for plate in mine:
        changed[plate.key] = _laid_over(now[plate.key], maps[plate.key], lost)
    said = [_named(path, mine, changed)]
    if meant:
        said.append("plate taken from the name of the file")
    elif bare and len(mine) > 1:
        said.append(f"it names no plate: taken for all {len(mine)}")
    said += _differences(mine, now, changed)
    said += _unfitting(mine, plates, maps)
    said += [f"{column} of {count(wells, 'well')} is lost, as they hold something else now"
             for column, wells in lost.items()]  # fmt: skip
    factors = list(dict.fromkeys(name for key in changed for name in maps[key].factors))
    said += [f"kept beside: {listed(factors)}"] * bool(factors)
    said += [f"not kept: {listed(list(maps.lost))}"] * bool(maps.lost)
    said += [f"{count(len(maps.problems), 'row')} left out"] * bool(maps.problems)
    assumed = [f"{name} as {str(role).replace('_', ' ')}"
               for name, role in (maps.assumed or {}).items()]  # fmt: skip
    said += [f"taken by its name: {listed(assumed)}"] * bool(assumed)
    return changed, "; ".join(said), [problem.message for problem in maps.problems]


def _meant_by_name(path: Path, plates: Sequence[Plate]) -> list[Plate]:
    """Return the plates after which a file is named that names no plate itself."""
    stem = path.stem.casefold()
    whole = [p for p in plates if stem == " ".join(p.key).casefold()
             or (p.experiment.casefold() in stem and stem.endswith(p.name.casefold()))]  # fmt: skip
    named = [p for p in plates if plate_name(path.stem).casefold() == plate_name(p.name).casefold()]
    return whole or named


def _laid_over(old: PlateMap, new: PlateMap, lost: dict[str, int]) -> PlateMap:
    """Return both maps together; counts in `lost` what further columns said and nobody says now.

    A well that holds the same as before keeps what only the old map says of it.
    """
    contents: dict[WellId, Content] = {}
    for well in new:
        before, after = old[well], new[well]
        gone = {name: text for name, text in before.factors if not after.factor(name)}
        if before.perturbation == after.perturbation:
            contents[well] = replace(after, factors=(*after.factors, *gone.items()))
            continue
        contents[well] = after
        for name in gone:
            lost[name] = lost.get(name, 0) + 1
    return old | PlateMap(contents)


def _named(path: Path, plates: Sequence[Plate], changed: Mapping[PlateKey, PlateMap]) -> str:
    named = sum(bool(changed[p.key][well].perturbation) for p in plates for well in p.wells)
    return f"{path.name}: {count(named, 'well')} named on {count(len(plates), 'plate')}"


def _differences(
    plates: Sequence[Plate], now: Mapping[PlateKey, PlateMap], changed: Mapping[PlateKey, PlateMap]
) -> list[str]:
    pairs = [(now[p.key][well], changed[p.key][well]) for p in plates for well in p.wells]
    fresh = sum(new != old and not old.perturbation for old, new in pairs)
    other = sum(new != old and bool(old.perturbation) for old, new in pairs)
    said = [f"{fresh:,} that nothing was known of"] * bool(fresh)
    said += [f"{other:,} held something else before"] * bool(other)
    return said or ["nothing has changed"]


def _unfitting(mine: Sequence[Plate], plates: Sequence[Plate], maps: PlateMaps) -> list[str]:
    """Say which plates and wells are on one side only."""
    said = []
    left = len(plates) - len(mine)
    said += [f"{count(left, 'open plate')} not listed"] * bool(left)
    used = {_listed_as(maps, plate.key) for plate in mine}
    closed = [" ".join(key).strip() for key in maps if key not in used and key[1]]
    if closed:
        said.append(f"{count(len(closed), 'listed plate')} not open ({listed(closed)})")
    beyond = [f"{p.name} {well}" for p in mine for well in maps[p.key]
              if well not in p.well_index and maps[p.key][well].perturbation]  # fmt: skip
    if beyond:
        said.append(f"{count(len(beyond), 'listed well')} not imaged ({listed(beyond)})")
    return said


def _listed_as(maps: PlateMaps, key: PlateKey) -> PlateKey:
    """Return how a table calls a plate."""
    found = maps[key]
    return next(one for one in maps if maps.maps[one] is found)


def _names(maps: PlateMaps) -> list[str]:
    return sorted({" ".join(key).strip() or "wells without a plate" for key in maps})
