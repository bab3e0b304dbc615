"""What was dropped on the window, or given to it at its start: folders of plates, and models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.remote import address_of
from deepnoise_app.runs.card import CARD, WEIGHTS

# Files of an OME-Zarr plate that a file manager may hand over in place of its folder.
ZARR = ("zarr.json", ".zattrs", ".zgroup")


@dataclass(frozen=True, slots=True)
class Given:
    """Folders and addresses to open, and models to score with."""

    folders: tuple[Path, ...]
    models: tuple[Path, ...]

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


NOTHING = Given((), ())
