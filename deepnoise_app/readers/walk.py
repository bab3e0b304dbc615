"""Lists the files below a folder, in a fixed order and without those that systems leave behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.screen import Problem, ProblemKind

READABLE = (".png", ".tif", ".tiff")
IMAGES = (*READABLE, ".jpg", ".jpeg", ".jp2", ".bmp", ".gif", ".webp", ".flex", ".czi", ".nd2")
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db"})
_FEW = 20


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder with its file names, sorted; `parts` lead to it from the folder opened.

    `refused` says why its content could not be listed.
    """

    parts: tuple[str, ...]
    names: tuple[str, ...]
    refused: str = ""

    def file(self, name: str) -> str:
        """Path of a file, relative to the folder opened, with forward slashes."""
        return "/".join((*self.parts, name))


def walk(root: Path) -> Iterator[Folder]:
    """Visit a folder and all below it; hidden ones and the insides of `.zarr` are passed over."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        place = root.joinpath(*parts)
        try:
            folders, names = _list(place)
        except OSError as error:
            yield Folder(parts, (), error.strerror or str(error))
            continue
        yield Folder(parts, tuple(names))
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


def _list(place: Path) -> tuple[list[str], list[str]]:
    folders, names = [], []
    with os.scandir(place) as entries:
        for entry in entries:
            name = entry.name
            if name[0] == "." or name.lower() in _LEFT_BEHIND:
                continue
            if not entry.is_dir():
                names.append(name)
            elif not (name.endswith(".zarr") or _leads_back(entry, place)):
                folders.append(name)
    return sorted(folders), sorted(names)


def _leads_back(entry: os.DirEntry[str], place: Path) -> bool:
    """Whether a link leads to a folder above itself: following it would never end."""
    return entry.is_symlink() and place.resolve().is_relative_to(Path(entry.path).resolve())
