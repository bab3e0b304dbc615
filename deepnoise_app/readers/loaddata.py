"""CellProfiler's LoadData tables, as JUMP and the Cell Painting Gallery keep them.

`load_data.csv` names the file of each channel (`FileName_DNA`, `PathName_DNA`), plate, well and
site (`Metadata_...`). Files are looked for below the folder opened and nowhere else, whatever the
paths say: tables are written on one computer and read on another, and a stranger's table could
name any file, or a server that would be asked for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.assemble import Findings, assemble
from deepnoise_app.readers.beside import tables_beside
from deepnoise_app.readers.index import PlateFiles
from deepnoise_app.readers.names import general_form, literal
from deepnoise_app.readers.tables import PlateKey, Table, read_table
from deepnoise_app.readers.walk import READABLE, Folder, is_image, normal, note, strays, walk
from deepnoise_app.screen import Channel, Problem, ProblemKind, Screen, StackChoice, WellId, natural
from deepnoise_app.untrusted import read_plain

_HEAD = re.compile(r"(?:^|[,;\t\"])(?:FileName|URL)_", re.IGNORECASE)
_FILE = re.compile(r"^(?:filename|url)_(.+)$")
_PLATE = ("metadata_plate", "metadata_plate_map_name", "metadata_barcode")
_WELL = ("metadata_well", "metadata_well_position", "metadata_wellid")
_SITE = ("metadata_site", "metadata_field", "metadata_fieldid", "metadata_fov")
_BATCH = ("metadata_batch", "metadata_experiment")
EXAMPLE = "load_data.csv with FileName_DNA and Metadata_Well"


@dataclass(slots=True)
class _Files:
    """Image files below the folder opened, by name."""

    by_name: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def find(self, folder: str, name: str) -> str | None:
        """Path of a file, relative to the folder opened; None if none of that name lies there."""
        inside = self.by_name.get(name.lower())
        if not inside:
            return None
        wanted = [*_parts(folder), name]
        found = max(inside, key=lambda path: _alike(_parts(path), wanted))
        self.used.add(found)
        return found


class LoadDataReader:
    """Reads screens by the tables that list their images."""

    name = "load-data"

    def refusal(self, path: Path) -> str | None:
        """Why this is not the reader's layout; None if it is."""
        root = normal(path)
        return None if any(_tables(root, walk(root))) else f"there is no table like {EXAMPLE}"

    def open(self, path: Path, stack: StackChoice | None = None) -> Screen:
        """Read the tables, and which of their files are there."""
        root = normal(path)
        folders = list(walk(root))
        files = _Files()
        for folder in folders:
            for name in filter(is_image, folder.names):
                files.by_name.setdefault(name.lower(), []).append(folder.file(name))
        plates: dict[PlateKey, PlateFiles] = {}
        problems: list[Problem] = []
        for table in _tables(root, folders):
            problems += _read(table, plates, files)
        plates = {key: found for key, found in plates.items() if found.planes}
        if not plates:
            more = f": {problems[0].message}" if problems else ""
            raise ScreenError(f"{path}: no image of its tables is there{more}")
        names = sorted(
            {text for found in plates.values() for text in found.channels()}, key=natural
        )
        maps, library, wrong = tables_beside(root, plates)
        every = {path for paths in files.by_name.values() for path in paths}
        odd = strays(sorted(every - files.used), "those in the table")
        return assemble(
            Findings(
                root, self.name, tuple(map(Channel, names)), tuple(names), plates, maps,
                [*problems, *wrong, *odd], library,
            ),
            stack,
        )  # fmt: skip


def _tables(root: Path, folders: Iterable[Folder]) -> Iterator[Path]:
    """Tables of images; of one folder the plain one, not that with illumination functions."""
    for folder in folders:
        found = [n for n in folder.names if n.lower().endswith(".csv") and "illum" not in n.lower()]
        for name in found:
            path = root.joinpath(*folder.parts, name)
            if _is_table(path):
                yield path


def _is_table(path: Path) -> bool:
    try:
        head = read_plain(path, 100_000, head=True).partition(b"\n")[0].decode("utf-8", "replace")
    except OSError:
        return False
    return _HEAD.search(head) is not None and "metadata_" in head.lower()


def _read(path: Path, plates: dict[PlateKey, PlateFiles], files: _Files) -> list[Problem]:
    try:
        table = read_table(path, ())
    except (ScreenError, csv.Error) as error:
        return [Problem(ProblemKind.TABLE, str(error))]
    channels = _channels(table)
    wells = _first(table, _WELL)
    if wells is None or not channels:
        needed = "Metadata_Well and FileName_..."
        return [Problem(ProblemKind.TABLE, f"{path.name} lacks the columns {needed}")]
    problems: list[Problem] = []
    absent: dict[PlateKey, list[str]] = {}
    none = [""] * len(table)
    names = _first(table, _PLATE) or none
    batches, numbers = _first(table, _BATCH) or none, _first(table, _SITE) or none
    rows = zip(table.numbers(), names, wells, numbers, batches, strict=True)
    for i, (line, plate, well, number, batch) in enumerate(rows):
        if not well:
            continue
        key = _key(path, plate, batch)
        try:
            place, site = WellId.parse(well), int(float(number or 1))
        except (ScreenError, ValueError, OverflowError) as error:
            problems.append(Problem(ProblemKind.TABLE, f"{path.name} row {line}: {error}", *key))
            continue
        held = plates.setdefault(key, PlateFiles(*key))
        for text, (file, folder) in channels.items():
            if not file[i].lower().endswith(READABLE):
                continue
            name = PurePosixPath(file[i].replace("\\", "/"))
            found = files.find(folder[i] or str(name.parent), name.name)
            if found is None:
                absent.setdefault(key, []).append(file[i])
                continue
            above, _, last = found.rpartition("/")
            form = general_form(last, place, site)
            held.add(place, site, text, f"{literal(above)}/{form}" if above else form)
        note(1)
    for key, lost in absent.items():
        message = (
            f"{path.name} lists {len(lost)} images that are not there, such as {lost[0]}: images"
            " are looked for below the folder that is opened"
        )
        problems.append(Problem(ProblemKind.MISSING, message, *key))
    return problems


def _channels(table: Table) -> Mapping[str, tuple[list[str], list[str]]]:
    """Columns of file names and folders, by the channel as the table spells it."""
    found = {}
    for column in table.columns:
        match = _FILE.match(column)
        if match and not match[1].startswith("illum"):
            folder = table.column(f"pathname_{match[1]}")
            name = table.spelled.get(column, column).partition("_")[2]
            found[name.removeprefix("Orig")] = (table.column(column), folder)
    return found


def _first(table: Table, names: Iterable[str]) -> list[str] | None:
    found = next((name for name in names if name in table.columns), None)
    return None if found is None else table.column(found)


def _key(path: Path, plate: str, batch: str) -> PlateKey:
    """Experiment and plate; a table alone in the folder of its plate stands for the plate."""
    name = plate or path.parent.name or "plate"
    above = path.parent.parent if path.parent.name == name else path.parent
    return batch or above.name or "screen", name


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part]


def _alike(path: list[str], wanted: list[str]) -> int:
    """How many parts two paths share, counted from the end."""
    count = 0
    for one, other in zip(reversed(path), reversed(wanted), strict=False):
        if one.lower() != other.lower():
            break
        count += 1
    return count
