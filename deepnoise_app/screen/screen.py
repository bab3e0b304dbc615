"""The screen: all plates that are opened together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen.plate import Channel, Plate
from deepnoise_app.screen.platemap import Library
from deepnoise_app.screen.problem import Problem
from deepnoise_app.screen.stack import NO_STACK, Stack


@dataclass(frozen=True, eq=False)
class Screen:
    """Plates in order of experiment and name, what is wrong with them, and the library if known.

    `plates` includes plates that are listed in a table but have no image (no `wells`); `stack`
    says which Z-planes and time points their pixels show.
    """

    path: str
    reader: str
    channels: tuple[Channel, ...]
    plates: tuple[Plate, ...]
    problems: tuple[Problem, ...] = ()
    library: Library | None = None
    stack: Stack = NO_STACK

    @property
    def experiments(self) -> tuple[str, ...]:
        """Names of the experiments, sorted."""
        return tuple(sorted({plate.experiment for plate in self.plates}))

    @property
    def imaged(self) -> tuple[Plate, ...]:
        """Plates with at least one image."""
        return tuple(plate for plate in self.plates if plate.wells)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], Plate]:
        return {plate.key: plate for plate in self.plates}

    def plate(self, experiment: str, name: str) -> Plate:
        """Return one plate by its names."""
        found = self._by_key.get((experiment, name))
        if found is None:
            raise ScreenError(f"the screen has no plate {name!r} in experiment {experiment!r}")
        return found

    def only(self, experiments: Iterable[str]) -> Screen:
        """Return the same screen with the plates of these experiments alone."""
        wanted = set(experiments)
        unknown = sorted(wanted - set(self.experiments))
        if unknown:
            there = ", ".join(self.experiments)
            raise ScreenError(f"no experiment {unknown[0]!r} in {self.path}, only {there}")
        plates = tuple(plate for plate in self.plates if plate.experiment in wanted)
        kept = tuple(p for p in self.problems if p.experiment is None or p.experiment in wanted)
        return replace(self, plates=plates, problems=kept)
