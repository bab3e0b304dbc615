"""Screens whose file names follow a pattern: one that is given, or the best of several guesses.

A name that tells no plate takes that of its folder, one that tells no experiment takes the folder
above: the same wherever in the tree the screen is opened.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.assemble import Findings, assemble
from deepnoise_app.readers.beside import tables_beside
from deepnoise_app.readers.index import PlateFiles
from deepnoise_app.readers.names import literal
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.readers.template import Template
from deepnoise_app.readers.walk import Folder, is_image, normal, refused_folders, strays, walk
from deepnoise_app.screen import (
    Channel,
    Screen,
    StackChoice,
    natural,
)

GUESSES = (
    "{plate}/{well}_s{site}_w{channel}",
    "{plate}_{well}_s{site}_w{channel}",
    "{plate}/{well}_f{site}_c{channel}",
    "{plate}_{well}_f{site}_c{channel}",
    "{plate}/{well}_{site}_{channel}",
    "{plate}_{well}_{site}_{channel}",
    "{plate}/{well}_w{channel}",
    "{plate}_{well}_w{channel}",
    "{plate}/{well}_s{site}",
    "{plate}_{well}_s{site}",
    "{plate}/{well}_{channel}",
    "{plate}_{well}_{channel}",
    "{plate}/{well}",
    "{plate}_{well}",
)
# What the name of a reader begins with that was given a pattern.
PREFIX = "pattern:"
# Names that are tried on the guesses: enough to choose, few enough to be quick.
SAMPLE = 2000
MOST_CHANNELS = 32


@dataclass(frozen=True, slots=True)
class _Choice:
    """The pattern to use, and more particular ones: a name that fits one of these is not ours."""

    template: Template
    others: tuple[Template, ...]


@dataclass(slots=True)
class _Found:
    files: dict[PlateKey, PlateFiles] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)


class PatternReader:
    """Reads names after a pattern; without one, after the guess that fits most of the names.

    Raises
    ------
    ScreenError
        If the pattern cannot be understood.
    """

    def __init__(self, pattern: str | None = None) -> None:
        self.template = None if pattern is None else Template.compile(pattern)

    @property
    def name(self) -> str:
        """Name under which `open_screen` reads the same again, a given pattern included."""
        return PREFIX + self.template.pattern if self.template is not None else "pattern"

    def refusal(self, path: Path) -> str | None:
        """Why no name fits; None if one does."""
        folders = _image_folders(normal(path))
        if not folders:
            return "there is no PNG or TIFF file"
        if self._choose(normal(path), folders) is None:
            tried = GUESSES[0] if self.template is None else self.template.pattern
            more = " or the other common patterns" if self.template is None else ""
            names = [folder.names[0] for folder in folders if folder.names]
            if not names:
                return f"{folders[0].file('') or 'it'} cannot be listed: {folders[0].refused}"
            return f"no file, such as {names[0]}, is named like {tried}{more}"
        return None

    def open(self, path: Path, stack: StackChoice | None = None) -> Screen:
        """Read names, and the plate map and library beside them."""
        root = normal(path)
        folders = _image_folders(root)
        choice = self._choose(root, folders)
        if choice is None:
            raise ScreenError(f"{path}: {self.refusal(path)}")
        template = choice.template
        found = _look(root, folders, choice)
        texts = {text for files in found.files.values() for text in files.channels()}
        if len(texts) > MOST_CHANNELS:
            raise ScreenError(
                f"{path}: {template.pattern} finds {len(texts)} channels, more than"
                f" {MOST_CHANNELS}: give a pattern that ends the channel earlier"
            )
        ordered = tuple(sorted(texts, key=natural))
        maps, library, problems = tables_beside(root, found.files)
        problems = [
            *refused_folders(folders),
            *problems,
            *strays(found.strays, template.pattern),
        ]
        channels = tuple(Channel(text) for text in ordered)
        return assemble(
            Findings(root, self.name, channels, ordered, found.files, maps, problems, library),
            stack,
        )

    def _choose(self, root: Path, folders: list[Folder]) -> _Choice | None:
        """The pattern given, or the guess that fits most names; None if no name fits."""
        guesses = [self.template] if self.template else [Template.compile(g) for g in GUESSES]
        names = [(folder, name) for folder in folders for name in folder.names]
        if self.template is None:
            names = names[:: -(-len(names) // SAMPLE) or 1]
        count: Counter[int] = Counter()
        for folder, name in names:
            for i, template in enumerate(guesses):
                if template.fits(_above(root, folder, template.depth)[1] + name):
                    count[i] += 1
                    break
        if not count:
            return None
        best = max(count, key=lambda i: (count[i], -i))
        return _Choice(guesses[best], tuple(guesses[i] for i in sorted(count) if i < best))


def suggest(path: Path) -> str | None:
    """Return the guess that fits most names below a folder, for the user to edit."""
    chosen = PatternReader()._choose(normal(path), _image_folders(normal(path)))
    return None if chosen is None else chosen.template.pattern


def _image_folders(root: Path) -> list[Folder]:
    """Folders with images, the names of these alone; and those that could not be listed."""
    found = (Folder(f.parts, tuple(filter(is_image, f.names)), f.refused) for f in walk(root))
    return [folder for folder in found if folder.names or folder.refused]


def _above(root: Path, folder: Folder, depth: int) -> tuple[tuple[str, ...], str]:
    """Folders above a pattern of some depth, and the start of the path that it shall fit."""
    parts = (*root.parts[1:], *folder.parts)
    cut = max(0, len(parts) - (depth - 1))
    return parts[:cut], "".join(f"{part}/" for part in parts[cut:])


def _look(root: Path, folders: list[Folder], choice: _Choice) -> _Found:
    found, template = _Found(), choice.template
    for folder in folders:
        above, start = _above(root, folder, template.depth)
        above = ("screen", "screen", *above)
        outside = template.depth - 1 - len(folder.parts)
        inside = literal("".join(f"{part}/" for part in folder.parts[: max(0, -outside)]))
        for name in folder.names:
            parsed = template.parse(start + name)
            ours = not any(t.fits(_above(root, folder, t.depth)[1] + name) for t in choice.others)
            if parsed is None or not ours:
                found.strays.append(folder.file(name))
                continue
            plate = parsed.plate or above[-1]
            experiment = parsed.experiment or above[-1 if parsed.plate else -2]
            key = (experiment, plate)
            files = found.files.get(key) or found.files.setdefault(key, PlateFiles(*key))
            form = parsed.form.split("/", max(0, outside))[-1] if outside > 0 else parsed.form
            files.add(
                parsed.well, parsed.site, parsed.channel, inside + form,
                time=parsed.time, plane=parsed.plane,
            )  # fmt: skip
    return found
