"""What was dropped on the window, or given to it at its start: folders of plates, and models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.gui.run_records import is_run
from deepnoise_app.readers.remote import address_of
from deepnoise_app.readers.sheets import TABLES
from deepnoise_app.runs.card import CARD, WEIGHTS
from deepnoise_app.runs.ladder_table import LADDER

# Files of an OME-Zarr plate that a file manager may hand over in place of its folder.
ZARR = ("zarr.json", ".zattrs", ".zgroup")


@dataclass(frozen=True, slots=True)
class Given:
    """Folders and addresses to open, models to score with, runs to watch, plate maps to take.

    `ladders` are those of the runs that hold one.
    """

    folders: tuple[Path, ...] = ()
    models: tuple[Path, ...] = ()
    runs: tuple[Path, ...] = ()
    ladders: tuple[Path, ...] = ()
    tables: tuple[Path, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Given:
        """Tell models from plates; a file stands for its folder where it is known to.

        Raises
        ------
        ScreenError
            If a path is neither.
        """
        found = [_folder(path) for path in paths]
        models = tuple(path for path in found if is_model(path))
        return cls(tuple(path for path in found if path not in models), models)

    @classmethod
    def told_apart(cls, paths: Iterable[Path]) -> Given:
        """Tell runs and tables too; asks the disk, which may take minutes to answer.

        Raises
        ------
        ScreenError
            If a path is none of these.
        """
        left = list(dict.fromkeys(paths))
        tables = tuple(path for path in left if may_be_table(path) and path.is_file())
        runs = tuple(path for path in left if path not in tables and is_run(path))
        given = cls.of(path for path in left if path not in (*tables, *runs))
        ladders = tuple(run for run in runs if (run / LADDER).is_file())
        return replace(given, runs=runs, ladders=ladders, tables=tables)


def may_be_table(path: Path) -> bool:
    """Whether a path is called like a table; no disk is asked."""
    return path.suffix.lower() in TABLES


def is_model(folder: Path) -> bool:
    """Whether a folder is that of a model."""
    return (folder / CARD).is_file() and (folder / WEIGHTS).is_file()


def _folder(path: Path) -> Path:
    if address_of(path) is not None:
        return path
    if path.is_dir():
        return path.absolute()
    if path.is_file() and (path.name in ZARR or is_model(path.parent)):
        return path.parent.absolute()
    raise ScreenError(
        f"{path} is no folder: expected that of a screen, of a plate or of a model, or the address"
        " of an OME-Zarr plate"
    )


NOTHING = Given()
