"""Screens whose microscope names its files by a fixed rule: what the readers of vendors share.

A reader says how names are read, which folder is the plate's, and what the index of the plate
tells beyond the names. A plate takes the name of its folder, its experiment that of the folder
above, unless the index knows better.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.assemble import Findings, assemble
from deepnoise_app.readers.beside import Tables, tables_beside
from deepnoise_app.readers.channels import unify
from deepnoise_app.readers.facts import Facts, Part, Parts, Place, PlateFolder
from deepnoise_app.readers.index import PlateFiles
from deepnoise_app.readers.names import literal
from deepnoise_app.readers.tables import PlateKey
from deepnoise_app.readers.template import Parsed, Template
from deepnoise_app.readers.walk import Folder, is_image, normal, refused_folders, strays, walk
from deepnoise_app.screen import (
    Channel,
    Problem,
    ProblemKind,
    Screen,
    StackChoice,
    WellId,
)


class NamedReader:
    """Reads plates whose files are named by one rule; the readers of vendors say which."""

    name: ClassVar[str]
    # What a name looks like, for messages.
    example: ClassVar[str]
    templates: ClassVar[tuple[Template, ...]]
    # Files that the microscope writes beside its images and that nobody misses.
    passed_over: ClassVar[re.Pattern[str] | None] = None
    # Taken from pixels that lie at or above it.
    offset: ClassVar[int] = 0

    def place(self, parts: Parts) -> Place:
        """Where the images of a folder belong; `parts` is its absolute path."""
        return Place(parts)

    def parts(self, parsed: Parsed, plate: PlateFolder) -> Iterable[Part]:  # noqa: ARG002
        """Planes that a file holds: most files hold one."""
        return (Part(parsed.site, parsed.channel, parsed.plane, parsed.time),)

    def tables(self, root: Path, plates: Collection[PlateKey]) -> Tables:
        """Plate maps, the library, and what is wrong with their tables."""
        return tables_beside(root, plates)

    def facts(self, plate: PlateFolder) -> Facts:  # noqa: ARG002 (most indices tell more)
        """Read the index of a plate, if there is one."""
        return Facts()

    def accepts(self, root: Path, folder: Folder) -> bool:  # noqa: ARG002
        """Whether a folder is of this microscope; asked where names fit."""
        return True

    def refusal(self, path: Path) -> str | None:
        """Why this is not the reader's layout; None if it is."""
        root = normal(path)
        near = False
        for folder in walk(root):
            if any(self.parse(name) is not None for name in folder.names):
                if self.accepts(root, folder):
                    return None
                near = True
        return self.unsure if near else f"no image is named like {self.example}"

    unsure: ClassVar[str] = "the names would fit, but no index of this microscope is there"

    def parse(self, name: str) -> Parsed | None:
        """Read a file name; None if it is none of the microscope's."""
        for template in self.templates:
            parsed = template.parse(name)
            if parsed is not None:
                return parsed
        return None

    def open(self, path: Path, stack: StackChoice | None = None) -> Screen:
        """Read names and indices."""
        root = normal(path)
        folders = [folder for folder in walk(root) if folder.names or folder.refused]
        plates, odd = self._gather(root, folders)
        if not plates:
            raise ScreenError(f"{path}: {self.refusal(path)}")
        told = {parts: self.facts(plate) for parts, plate in plates.items()}
        keys = _keys(told)
        files: dict[PlateKey, PlateFiles] = {}
        problems = [*refused_folders(folders), *strays(odd, self.example)]
        for parts, plate in plates.items():
            experiment, name = key = keys[parts]
            plate.files.experiment, plate.files.name = key
            files[key] = plate.files
            problems += [
                Problem(ProblemKind.TABLE, text, experiment, name) for text in told[parts].problems
            ]
            problems += self._absent(plate, told[parts])
        texts = {keys[parts]: plate.files.channels() for parts, plate in plates.items()}
        known = {keys[parts]: facts.channels for parts, facts in told.items()}
        channels, own = unify(texts, known)
        for parts, facts in told.items():
            problems += _undeclared(keys[parts], facts, channels)
        maps, library, wrong = self.tables(root, files)
        found = Findings(
            root, self.name, channels, (), files, maps, [*problems, *wrong], library, own,
            {keys[parts]: facts.pixel_size_um for parts, facts in told.items()},
            {keys[parts]: facts.shape for parts, facts in told.items() if facts.shape is not None},
            self.offset,
        )  # fmt: skip
        return assemble(found, stack)

    def _gather(
        self, root: Path, folders: Iterable[Folder]
    ) -> tuple[dict[Parts, PlateFolder], list[str]]:
        """All planes by the folder of their plate, and the images that are named otherwise."""
        plates: dict[Parts, PlateFolder] = {}
        odd: list[str] = []
        above = root.parts[1:]
        for folder in folders:
            place = self.place((*above, *folder.parts))
            start = literal(folder.file(""))
            plate = plates.get(place.plate)
            for name in folder.names:
                parsed = self.parse(name)
                if parsed is None:
                    if is_image(name) and not self._passes(name):
                        odd.append(folder.file(name))
                    continue
                if plate is None:
                    path = Path(root.anchor, *place.plate)
                    plate = plates[place.plate] = PlateFolder(path, PlateFiles("", ""))
                plate.first = plate.first or root.joinpath(*folder.parts, name)
                plate.names.add(name)
                for part in self.parts(parsed, plate):
                    plate.files.add(
                        parsed.well, part.site, part.channel, start + parsed.form, part.page,
                        time=part.time if place.time is None else place.time,
                        plane=part.plane if place.plane is None else place.plane,
                    )  # fmt: skip
        return plates, odd

    def _passes(self, name: str) -> bool:
        return self.passed_over is not None and self.passed_over.search(name) is not None

    def _absent(self, plate: PlateFolder, facts: Facts) -> list[Problem]:
        """Wells that the index lists and of which no image is there; planes are told elsewhere."""
        wells: dict[WellId, list[str]] = {}
        for name in sorted(facts.expected - plate.names):
            parsed = self.parse(name)
            if parsed is not None and parsed.well not in plate.files.planes:
                wells.setdefault(parsed.well, []).append(name)
        key = plate.files.experiment, plate.files.name
        if 2 * len(wells) > len(plate.files.planes):
            count = sum(map(len, wells.values()))
            message = f"the index names {count} images of {len(wells)} wells that are not there"
            return [Problem(ProblemKind.MISSING, message, *key)]
        return [
            Problem(
                ProblemKind.MISSING,
                f"the index names {len(names)} images such as {names[0]}, none is there",
                *key,
                well,
            )
            for well, names in sorted(wells.items())
        ]


def _undeclared(key: PlateKey, facts: Facts, channels: Collection[Channel]) -> Iterable[Problem]:
    """Channels that an index declares and of which no plate has an image."""
    there = {channel.name for channel in channels}
    for name in facts.declared:
        if name not in there:
            message = f"the index names the channel {name}, of which there is no image"
            yield Problem(ProblemKind.MISSING, message, *key)


def _keys(told: Mapping[Parts, Facts]) -> dict[Parts, PlateKey]:
    """Experiment and name of each plate; folders that claim one name keep their own."""
    keys = {}
    for parts, facts in told.items():
        above = ("screen", "screen", *parts)
        keys[parts] = (above[-2], facts.name or above[-1])
    claimed = list(keys.values())
    for parts, key in keys.items():
        if claimed.count(key) > 1:
            keys[parts] = (key[0], f"{key[1]} ({parts[-1]})" if key[1] != parts[-1] else key[1])
    taken: set[PlateKey] = set()
    for parts, key in keys.items():
        number, unique = 2, key
        while unique in taken:
            unique = (key[0], f"{key[1]} ({number})")
            number += 1
        taken.add(unique)
        keys[parts] = unique
    return keys
