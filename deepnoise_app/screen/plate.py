"""Plates and their pixels.

A plate knows names and addresses; pixels are read one site at a time. It holds no open file and
pickles quickly, so that it can travel to worker processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.screen.platemap import PlateMap
from deepnoise_app.screen.well import PlateShape, WellId

Plane = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: its name (what is stained, or as the microscope calls it) and the dye, if known.

    `emission_nm` is the wavelength that was recorded, `colour` (`#rrggbb`) the one that the file
    wishes for; 0 and empty where nothing is known.
    """

    name: str
    dye: str = ""
    emission_nm: float = 0
    colour: str = ""


class PixelSource(Protocol):
    """Where the pixels of a plate come from. All arguments are indices, not names."""

    @property
    def present(self) -> NDArray[np.bool_]:
        """(wells, sites, channels): which planes exist."""
        ...

    def read(self, well: int, site: int, channel: int, level: int = 0) -> Plane:
        """Return one plane (H, W), dtype as stored; each level halves the resolution.

        Raises
        ------
        PixelError
            If the plane cannot be read.
        """
        ...


@runtime_checkable
class SiteSource(PixelSource, Protocol):
    """A source that reads several planes of a site with less work than one by one."""

    def read_site(
        self, well: int, site: int, channels: Sequence[int], level: int = 0
    ) -> Sequence[Plane] | Plane:
        """Return planes that all exist, in the order of `channels`.

        Raises
        ------
        PixelError
            If a plane cannot be read.
        """
        ...


@dataclass(frozen=True, eq=False)
class Plate:
    """One plate of one experiment.

    `wells` are those with at least one image, sorted; `sites` are site numbers as in the files;
    the axes of `pixels.present` are `wells`, `sites` and `channels`; `pixel_size_um` is 0 where
    it is not known.
    """

    experiment: str
    name: str
    shape: PlateShape
    channels: tuple[Channel, ...]
    sites: tuple[int, ...]
    wells: tuple[WellId, ...]
    pixels: PixelSource
    map: PlateMap = field(default_factory=PlateMap)
    pixel_size_um: float = 0

    @property
    def key(self) -> tuple[str, str]:
        """Experiment and plate name: unique within a screen."""
        return self.experiment, self.name

    @property
    def present(self) -> NDArray[np.bool_]:
        """(wells, sites, channels): which planes exist."""
        return self.pixels.present

    @cached_property
    def well_index(self) -> dict[WellId, int]:
        """Position of each imaged well in `wells`."""
        return {well: i for i, well in enumerate(self.wells)}

    def sites_of(self, well: WellId) -> tuple[int, ...]:
        """Numbers of the sites of a well that have at least one plane."""
        rows = self.present[self._index(well)].any(axis=1)
        return tuple(site for site, there in zip(self.sites, rows, strict=True) if there)

    def missing(self, well: WellId, site: int) -> tuple[int, ...]:
        """Indices (from 0) of the channels that a site lacks."""
        there = self.present[self._index(well), self._site(site)]
        return tuple(int(i) for i in np.flatnonzero(~there))

    def read(
        self,
        well: WellId,
        site: int,
        channels: Sequence[int] | None = None,
        level: int = 0,
        fill: float | None = None,
    ) -> Plane:
        """Read one site.

        Parameters
        ----------
        channels
            Indices from 0; all by default.
        level
            Each level halves the resolution.
        fill
            Value for missing channels; without it a missing channel is an error.

        Returns
        -------
        pixels
            (C, H, W), dtype as stored.

        Raises
        ------
        PixelError
            If a plane is missing (and no fill given), unreadable or of another size.
        """
        wanted = range(len(self.channels)) if channels is None else channels
        w, s = self._index(well), self._site(site)
        there = self.present[w, s]
        known = [c for c in dict.fromkeys(wanted) if there[c]]
        found = self._planes(w, s, known, level)
        if isinstance(found, np.ndarray) and known == list(wanted):
            return found
        planes = dict(zip(known, found, strict=True))
        absent = [c for c in wanted if c not in planes]
        if absent and (fill is None or not planes):
            names = ", ".join(self.channels[c].name for c in absent)
            raise PixelError(f"{self._place(w, s)} lacks {names}")
        first = next(iter(planes.values()))
        for c, plane in planes.items():
            if plane.shape != first.shape:
                raise PixelError(
                    f"{self._place(w, s)}: {self.channels[c].name} is {_size(plane)} pixels,"
                    f" {self.channels[next(iter(planes))].name} is {_size(first)}"
                )
        return np.stack([planes[c] if c in planes else np.full_like(first, fill) for c in wanted])

    def read_each(
        self, well: WellId, site: int, channels: Sequence[int] | None = None, level: int = 0
    ) -> dict[int, Plane | PixelError]:
        """Read the planes of one site that exist: each of them, or what is wrong with it.

        What lies together is decoded together; the planes may differ in size and dtype. A fault
        that all planes share is one fault, told of the site. A server that does not answer is told
        by its `UnreachableError`: no plane would come.
        """
        wanted = range(len(self.channels)) if channels is None else channels
        w, s = self._index(well), self._site(site)
        there = self.present[w, s]
        known = [c for c in dict.fromkeys(wanted) if there[c]]
        if known and isinstance(self.pixels, SiteSource):
            try:
                return dict(zip(known, self._planes(w, s, known, level), strict=True))
            except PixelError as error:
                each = {c: self._plane_or_fault(w, s, c, level) for c in known}
                return dict.fromkeys(known, error) if _one_fault(each.values(), error) else each
        return {c: self._plane_or_fault(w, s, c, level) for c in known}

    def _plane_or_fault(self, well: int, site: int, channel: int, level: int) -> Plane | PixelError:
        try:
            return self._plane(well, site, channel, level)
        except PixelError as error:
            return error

    def _planes(
        self, well: int, site: int, channels: list[int], level: int
    ) -> Sequence[Plane] | Plane:
        """Return planes that exist, in the order of `channels`; one array where they lie so."""
        if not channels or not isinstance(self.pixels, SiteSource):
            return [self._plane(well, site, c, level) for c in channels]
        try:
            return self.pixels.read_site(well, site, channels, level)
        except PixelError as error:
            raise PixelError(f"{self._place(well, site)}: {error}") from error

    def _plane(self, well: int, site: int, channel: int, level: int) -> Plane:
        try:
            plane = self.pixels.read(well, site, channel, level)
        except PixelError as error:
            place = f"{self._place(well, site)}, {self.channels[channel].name}"
            raise PixelError(f"{place}: {error}") from error
        if plane.ndim != 2:
            raise PixelError(
                f"{self._place(well, site)}, {self.channels[channel].name}:"
                f" expected one grey plane, found an image of shape {plane.shape}"
            )
        return plane

    def _index(self, well: WellId) -> int:
        found = self.well_index.get(well)
        if found is None:
            raise ScreenError(f"well {well} of {self.experiment} {self.name} was not imaged")
        return found

    def _site(self, site: int) -> int:
        if site not in self.sites:
            numbers = ", ".join(map(str, self.sites))
            raise ScreenError(f"{self.experiment} {self.name} has no site {site}, only {numbers}")
        return self.sites.index(site)

    def _place(self, well: int, site: int) -> str:
        name = self.wells[well].name
        return f"{self.experiment} {self.name} {name} site {self.sites[site]}"


def _one_fault(each: Iterable[Plane | PixelError], together: PixelError) -> bool:
    """Whether every plane of a site fails for the reason for which the site does."""
    causes = {str(p.__cause__) if isinstance(p, PixelError) else None for p in each}
    return causes == {str(together.__cause__)}


def _size(plane: Plane) -> str:
    return " × ".join(map(str, plane.shape))
