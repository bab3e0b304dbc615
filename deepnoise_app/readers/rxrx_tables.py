"""The tables that come with RxRx screens: those of the challenge, or `metadata.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.library import infer_library, read_library
from deepnoise_app.readers.platemap import plate_name
from deepnoise_app.readers.tables import Contents, PlateKey, read_table
from deepnoise_app.screen import Library, PlateMap, Problem, ProblemKind, Role

# Wells in tables without a role are treatments; a table without `sirna` leaves them unnamed.
CHALLENGE = {
    "train.csv": Role.TREATMENT,
    "test.csv": Role.TREATMENT,
    "train_controls.csv": None,
    "test_controls.csv": None,
}
RELEASE = "metadata.csv"
LIBRARY = "library.csv"
NEEDED = ("experiment", "plate", "well")


@dataclass(frozen=True, slots=True)
class RxRxTables:
    """Plate maps of all listed plates, what is wrong with the tables, and the library."""

    folder: Path | None = None
    maps: Mapping[PlateKey, PlateMap] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    library: Library | None = None

    def within(self, experiments: Iterable[str], plates: Iterable[PlateKey]) -> RxRxTables:
        """Return the part on these experiments, or these plates alone if there are any.

        The library stays: it is a fact about the whole screen.
        """
        wanted, chosen = set(experiments), set(plates)
        maps = {
            key: found
            for key, found in self.maps.items()
            if key[0] in wanted and (not chosen or key in chosen)
        }
        kept = tuple(p for p in self.problems if p.experiment is None or p.experiment in wanted)
        return RxRxTables(self.folder, maps, kept, self.library)


def has_tables(folder: Path) -> bool:
    """Whether a folder holds tables of RxRx screens."""
    return any((folder / name).is_file() for name in (*CHALLENGE, RELEASE))


def read_tables(folder: Path) -> RxRxTables:
    """Read all tables of a folder; what cannot be used is a problem, not an error."""
    contents, problems = Contents(), []
    for name, role in [*CHALLENGE.items(), (RELEASE, None)]:
        path = folder / name
        if path.is_file():
            try:
                contents.add(read_table(path, NEEDED), "sirna", role)
            except ScreenError as error:
                problems.append(Problem(ProblemKind.TABLE, str(error)))
    maps = {(key[0], plate_name(key[1])): found for key, found in contents.maps().items()}
    library = None
    try:
        if (folder / LIBRARY).is_file():
            library = read_library(folder / LIBRARY)
    except ScreenError as error:
        problems.append(Problem(ProblemKind.TABLE, str(error)))
    if library is None:
        library = infer_library(maps[key] for key in sorted(maps))
    return RxRxTables(folder, maps, (*problems, *_named(contents.problems)), library)


def _named(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Call plates as the screen does."""
    for p in problems:
        yield Problem(p.kind, p.message, p.experiment, plate_name(p.plate or ""), p.well)
