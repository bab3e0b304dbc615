"""Lists the files below a folder, in a fixed order and without those that systems leave behind.

Several readers look at the same tree: within `looking` it is listed once for all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import Problem, ProblemKind

READABLE = (".png", ".tif", ".tiff")
IMAGES = (
    *READABLE,
    ".jpg",
    ".jpeg",
    ".jp2",
    ".bmp",
    ".gif",
    ".webp",
    ".flex",
    ".czi",
    ".nd2",
    ".c01",
    ".dib",
)
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db"})
# What marks the folder of a Zarr store, versions 2 and 3.
_STORE = frozenset({".zgroup", ".zattrs", "zarr.json"})
_FEW = 20
# A large folder on a slow drive says how far it is after so many names.
_OFTEN = 1000
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder with its file names, sorted; `parts` lead to it from the folder opened.

    `refused` says why its content could not be listed; the inside of a Zarr `store` is not.
    """

    parts: tuple[str, ...]
    names: tuple[str, ...]
    refused: str = ""
    store: bool = False

    def file(self, name: str) -> str:
        """Path of a file, relative to the folder opened, with forward slashes."""
        return "/".join((*self.parts, name))


@dataclass(slots=True)
class _Look:
    """What was listed so far while a screen is opened, and who wants to know."""

    tell: Tell | None
    files: int = 0
    seen: dict[Path, list[Folder]] = field(default_factory=dict)

    def note(self, files: int) -> None:
        """Count further files."""
        self.files += files
        self.say()

    def say(self) -> None:
        """Say how far it is."""
        if self.tell is not None:
            self.tell(self.files, 0)


_look: ContextVar[_Look | None] = ContextVar("look", default=None)


@contextmanager
def looking(tell: Tell | None = None) -> Iterator[None]:
    """List each tree once while this lasts, and say how many files were seen.

    Parameters
    ----------
    tell
        Called at each folder with the number of files seen and 0, as their total is not known
        before; what it raises ends the look.
    """
    token = _look.set(_Look(tell))
    try:
        yield
    finally:
        _look.reset(token)


def note(files: int) -> None:
    """Count files that a reader looks at itself, within `looking`."""
    look = _look.get()
    if look is not None:
        look.note(files)


def check_folder(place: Path) -> None:
    """Refuse what is no folder, or an empty one.

    Raises
    ------
    ScreenError
        If it cannot hold a screen.
    """
    if not place.exists():
        raise ScreenError(f"there is no folder {place}")
    if not place.is_dir():
        raise ScreenError(f"{place} is a file: expected the folder of a screen or a plate")
    try:
        empty = next(place.iterdir(), None) is None
    except OSError as error:
        raise ScreenError(f"{place} cannot be listed: {error.strerror}") from error
    if empty:
        raise ScreenError(f"{place} is empty: expected the folder of a screen or a plate")


def is_store(folder: Path) -> bool:
    """Whether a folder is a Zarr store, or called one: no names of files are read in it."""
    return folder.suffix == ".zarr" or any((folder / name).is_file() for name in _STORE)


def walk(root: Path) -> Iterator[Folder]:
    """Visit a folder and all below it, hidden ones and the insides of Zarr stores left out."""
    look = _look.get()
    if look is None:
        yield from _walk(root)
    elif root in look.seen:
        yield from look.seen[root]
    else:
        folders, count = [], 0
        for folder in _walk(root):
            count += len(folder.names)
            # A reader that saw enough leaves early, and the next one begins anew.
            look.files = max(look.files, count)
            look.say()
            folders.append(folder)
            yield folder
        look.seen[root] = folders


def _walk(root: Path) -> Iterator[Folder]:
    waiting: list[tuple[str, ...]] = [()]
    count = 0
    while waiting:
        parts = waiting.pop()
        place = root.joinpath(*parts)
        try:
            folders, names, store = _list(place, count)
        except OSError as error:
            yield Folder(parts, (), error.strerror or str(error))
            continue
        count += len(names)
        yield Folder(parts, tuple(names), store=store)
        waiting.extend((*parts, name) for name in reversed(folders))


def normal(path: Path) -> Path:
    """Return the absolute path without `.` and `..`; links keep the names that the user gave."""
    return Path(os.path.normpath(path.absolute()))


def is_image(name: str) -> bool:
    """Whether a file name ends like an image, readable here or not."""
    return name.lower().endswith(IMAGES)


def refused_folders(folders: list[Folder]) -> list[Problem]:
    """Name the folders that could not be listed."""
    return [
        Problem(ProblemKind.UNREADABLE, f"cannot list {f.file('')}: {f.refused}")
        for f in folders
        if f.refused
    ]


def strays(names: list[str], expected: str) -> list[Problem]:
    """Report files that fit no layout: each one if they are few, else one problem per folder."""
    if len(names) <= _FEW:
        return [Problem(ProblemKind.STRAY, f"{n} is not named like {expected}") for n in names]
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.rpartition("/")[0], []).append(name)
    if len(groups) > _FEW:
        groups = {"": names}
    return [Problem(ProblemKind.STRAY, _many(group, expected)) for group in groups.values()]


def _many(names: list[str], expected: str) -> str:
    if len(names) == 1:
        return f"{names[0]} is not named like {expected}"
    return f"{len(names)} files such as {names[0]} are not named like {expected}"


def _list(place: Path, before: int) -> tuple[list[str], list[str], bool]:
    """Folders and files of a folder; neither for a Zarr store. `before` were listed elsewhere."""
    look = _look.get()
    folders, names, store = [], [], False
    with os.scandir(place) as entries:
        for entry in entries:
            name = entry.name
            store = store or name in _STORE
            if name[0] == "." or name.lower() in _LEFT_BEHIND:
                continue
            if not _is_folder(entry):
                if _is_special(entry):
                    continue
                names.append(name)
                if look is not None and len(names) % _OFTEN == 0:
                    look.files = max(look.files, before + len(names))
                    look.say()
            elif not _leads_back(entry, place):
                folders.append(name)
    return ([], [], True) if store else (sorted(folders), sorted(names), False)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _is_special(entry: os.DirEntry[str]) -> bool:
    """Whether it is a device or a pipe, which would be read for ever; dangling links are not."""
    try:
        return not entry.is_file() and (not entry.is_symlink() or Path(entry.path).exists())
    except OSError:  # a link that leads in a circle
        return False


def _leads_back(entry: os.DirEntry[str], place: Path) -> bool:
    """Whether a link leads to a folder above itself: following it would never end."""
    return entry.is_symlink() and place.resolve().is_relative_to(Path(entry.path).resolve())
