"""Gathers the files of one plate while names are read, then packs them into `FilePixels`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from deepnoise_app.readers.names import spell
from deepnoise_app.readers.pixels import FilePixels, Piece
from deepnoise_app.screen import PROJECTION, Problem, ProblemKind, Stack, WellId

PlaneKey = tuple[WellId, int, str]
# Site, channel, time point, Z-plane.
Slice = tuple[int, str, int, int]


@dataclass(slots=True)
class PlateFiles:
    """Files of one plate: which form of name holds which plane. The first file of a plane counts.

    `planes` are those of each well, by site, channel, time point and Z-plane; `twice` are the
    planes that have a further file, with its form.
    """

    experiment: str
    name: str
    planes: dict[WellId, dict[Slice, int]] = field(default_factory=dict)
    pieces: dict[Piece, int] = field(default_factory=dict)
    twice: list[tuple[WellId, Slice, str]] = field(default_factory=list)

    def add(
        self,
        well: WellId,
        site: int,
        channel: str,
        form: str,
        page: int | None = None,
        *,
        time: int = 1,
        plane: int = 1,
    ) -> None:
        """Note one plane: a page of a file, or its only one."""
        planes = self.planes.setdefault(well, {})
        key = (site, channel, time, plane)
        if key in planes:
            self.twice.append((well, key, form))
        else:
            planes[key] = self.pieces.setdefault(Piece(form, page), len(self.pieces))

    def wells(self) -> tuple[WellId, ...]:
        """Wells with at least one file, sorted."""
        return tuple(sorted(self.planes))

    def sites(self) -> tuple[int, ...]:
        """Site numbers, sorted."""
        return tuple(sorted({key[0] for planes in self.planes.values() for key in planes}))

    def channels(self) -> set[str]:
        """Texts of the channels in the file names."""
        return {key[1] for planes in self.planes.values() for key in planes}

    def times(self) -> set[int]:
        """Numbers of the time points."""
        return {key[2] for planes in self.planes.values() for key in planes}

    def depths(self) -> set[int]:
        """Numbers of the Z-planes, `PROJECTION` included."""
        return {key[3] for planes in self.planes.values() for key in planes}

    def pixels(
        self, root: Path, channels: tuple[str, ...], stack: Stack | None = None
    ) -> FilePixels:
        """Pack the index of the planes that a stack shows.

        Parameters
        ----------
        channels
            Texts in the order of the last axis; empty ones for channels that the plate lacks.
        """
        wells, sites = self.wells(), self.sites()
        shown = stack or Stack(time=1)
        site_at = {site: i for i, site in enumerate(sites)}
        channel_at = {text: i for i, text in enumerate(channels) if text}
        stacks: dict[tuple[int, ...], int] = {}
        stack_of = np.full((len(wells), len(sites), len(channels)), -1, dtype=np.int32)
        for i, well in enumerate(wells):
            for (site, channel), layers in self._layers(well, shown.time).items():
                picked = _picked(layers, shown.plane)
                if picked:
                    number = stacks.setdefault(picked, len(stacks))
                    stack_of[i, site_at[site], channel_at[channel]] = number
        if len(stacks) < 2**15:
            stack_of = stack_of.astype(np.int16)
        rows = np.array([w.row for w in wells], dtype=np.uint8)
        columns = np.array([w.column for w in wells], dtype=np.uint8)
        pieces = tuple(self.pieces)
        packed = tuple(tuple(pieces[k] for k in numbers) for numbers in stacks)
        return FilePixels(str(root), rows, columns, sites, channels, packed, stack_of)

    def _layers(self, well: WellId, time: int | None) -> dict[tuple[int, str], dict[int, int]]:
        """Pieces of a well at a time point: by site and channel, then by Z-plane."""
        layers: dict[tuple[int, str], dict[int, int]] = {}
        for (site, channel, moment, plane), piece in self.planes[well].items():
            if moment == time:
                layers.setdefault((site, channel), {})[plane] = piece
        return layers

    def thin(self, time: int | None) -> list[tuple[WellId, int, str, tuple[int, ...]]]:
        """Planes whose stack lacks Z-planes that others of the channel have, and which."""
        if len(self.depths()) < 2:
            return []
        stacks = {well: self._layers(well, time) for well in self.planes}
        usual: dict[str, set[int]] = {}
        for layers in stacks.values():
            for (_, channel), planes in layers.items():
                usual.setdefault(channel, set()).update(planes)
        return [
            (well, site, channel, tuple(sorted(usual[channel] - planes.keys())))
            for well, layers in stacks.items()
            for (site, channel), planes in layers.items()
            if planes.keys() != usual[channel]
        ]

    def duplicates(self, channels: tuple[str, ...]) -> list[Problem]:
        """One problem for each file that is not used because another holds the same plane."""
        pieces = tuple(self.pieces)
        found = []
        for well, key, form in self.twice:
            site, channel = key[:2]
            place = (well, site, channel)
            used = spell(pieces[self.planes[well][key]].form, *place)
            message = f"{spell(form, *place)} is not used: {used} holds the same plane"
            number = channels.index(channel) + 1
            found.append(Problem(
                ProblemKind.DUPLICATE, message, self.experiment, self.name, well, site, number
            ))  # fmt: skip
        return found


def _picked(layers: dict[int, int], plane: int | None) -> tuple[int, ...]:
    """Pieces to look through: one plane, the microscope's projection, or all planes."""
    if len(layers) == 1:
        return tuple(layers.values())
    if plane is not None:
        return (layers[plane],) if plane in layers else ()
    return (layers[PROJECTION],) if PROJECTION in layers else tuple(_sorted(layers.items()))


def _sorted(items: Iterable[tuple[int, int]]) -> list[int]:
    return [piece for _, piece in sorted(items)]
