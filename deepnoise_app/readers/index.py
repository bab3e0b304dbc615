"""Gathers the files of one plate while names are read, then packs them into `FilePixels`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from deepnoise_app.readers.names import spell
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.screen import Problem, ProblemKind, WellId

PlaneKey = tuple[WellId, int, str]


@dataclass(slots=True)
class PlateFiles:
    """Files of one plate: which form of name holds which plane. The first file of a plane counts.

    `planes` are those of each well, by site and channel; `twice` are the planes that have a
    further file, with its form.
    """

    experiment: str
    name: str
    planes: dict[WellId, dict[tuple[int, str], int]] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    twice: list[tuple[PlaneKey, str]] = field(default_factory=list)

    def add(self, well: WellId, site: int, channel: str, form: str) -> None:
        """Note one file."""
        planes = self.planes.setdefault(well, {})
        if (site, channel) in planes:
            self.twice.append(((well, site, channel), form))
        else:
            planes[site, channel] = self.forms.setdefault(form, len(self.forms))

    def wells(self) -> tuple[WellId, ...]:
        """Wells with at least one file, sorted."""
        return tuple(sorted(self.planes))

    def sites(self) -> tuple[int, ...]:
        """Site numbers, sorted."""
        return tuple(sorted({site for planes in self.planes.values() for site, _ in planes}))

    def channels(self) -> set[str]:
        """Texts of the channels in the file names."""
        return {channel for planes in self.planes.values() for _, channel in planes}

    def pixels(self, root: Path, channels: tuple[str, ...]) -> FilePixels:
        """Pack the index; `channels` give the order of the last axis."""
        wells, sites = self.wells(), self.sites()
        size = np.int16 if len(self.forms) < 2**15 else np.int32
        form_of = np.full((len(wells), len(sites), len(channels)), -1, dtype=size)
        site_at = {site: i for i, site in enumerate(sites)}
        channel_at = {text: i for i, text in enumerate(channels)}
        for i, well in enumerate(wells):
            for (site, channel), form in self.planes[well].items():
                form_of[i, site_at[site], channel_at[channel]] = form
        rows = np.array([w.row for w in wells], dtype=np.uint8)
        columns = np.array([w.column for w in wells], dtype=np.uint8)
        return FilePixels(str(root), rows, columns, sites, channels, tuple(self.forms), form_of)

    def duplicates(self, channels: tuple[str, ...]) -> list[Problem]:
        """One problem for each file that is not used because another holds the same plane."""
        forms = tuple(self.forms)
        found = []
        for key, form in self.twice:
            well, site, channel = key
            used, other = spell(forms[self.planes[well][site, channel]], *key), spell(form, *key)
            message = f"{other} is not used: {used} holds the same plane"
            number = channels.index(channel) + 1
            found.append(Problem(
                ProblemKind.DUPLICATE, message, self.experiment, self.name, well, site, number
            ))  # fmt: skip
        return found
