"""What lies where: plate maps (well -> perturbation, role) and libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deepnoise_app.screen.well import WellId


class Role(StrEnum):
    """What a well is for. `UNKNOWN` where no table says it."""

    TREATMENT = "treatment"
    POSITIVE = "positive_control"
    NEGATIVE = "negative_control"
    EMPTY = "empty"
    UNKNOWN = "unknown"

    @property
    def is_control(self) -> bool:
        """Whether the well is a positive or negative control."""
        return self in (Role.POSITIVE, Role.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Content:
    """What one well got. An empty perturbation: known to be a treatment, but not which.

    `factors` are the further columns of the plate map, name and text, in their order.
    """

    perturbation: str = ""
    role: Role = Role.UNKNOWN
    factors: tuple[tuple[str, str], ...] = ()

    def factor(self, name: str) -> str:
        """Text of a further column; empty where the map says nothing."""
        return next((text for key, text in self.factors if key == name), "")


UNKNOWN = Content()


@dataclass(frozen=True, slots=True)
class PlateMap:
    """Content of the listed wells of one plate."""

    contents: Mapping[WellId, Content] = field(default_factory=dict)

    def __getitem__(self, well: WellId) -> Content:
        """Content of a well; `UNKNOWN` where the map does not list it."""
        return self.contents.get(well, UNKNOWN)

    def __iter__(self) -> Iterator[WellId]:
        return iter(self.contents)

    def __len__(self) -> int:
        return len(self.contents)

    def __contains__(self, well: object) -> bool:
        return well in self.contents

    def __or__(self, other: PlateMap) -> PlateMap:
        """Both maps together; for a well that both list, the other's content counts."""
        return PlateMap({**self.contents, **other.contents})

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the further columns of the map, in their order."""
        names = (name for c in self.contents.values() for name, _ in c.factors)
        return tuple(dict.fromkeys(names))

    @property
    def perturbations(self) -> tuple[str, ...]:
        """Sorted names of all treatments that are known."""
        treated = (c for c in self.contents.values() if c.role is Role.TREATMENT)
        return tuple(sorted({c.perturbation for c in treated if c.perturbation}))


@dataclass(frozen=True, slots=True)
class Library:
    """Library plate -> perturbation -> how many wells of a plate got it."""

    plates: Mapping[str, Mapping[str, int]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the library plates, sorted."""
        return tuple(sorted(self.plates))

    @property
    def perturbations(self) -> tuple[str, ...]:
        """All perturbations of all library plates, sorted."""
        return tuple(sorted({name for plate in self.plates.values() for name in plate}))

    def most_copies(self, perturbation: str) -> int:
        """Most copies of a perturbation that any one library plate holds; at least 1."""
        return max([1, *(plate.get(perturbation, 0) for plate in self.plates.values())])
