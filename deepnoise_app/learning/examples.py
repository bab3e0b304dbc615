"""Which wells are learned from: classes and labelled wells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deepnoise_app.analysis.hold_out import is_labelled, split
from deepnoise_app.screen import Plate, Role, natural

__all__ = [
    "Classes",
    "Example",
    "find_classes",
    "find_examples",
    "is_labelled",
    "most_copies",
    "natural",
    "split",
]

# Stands for the class number of a well whose content is not known, or not to be known.
UNLABELLED = -1


@dataclass(frozen=True, slots=True)
class Classes:
    """What a network tells apart: treatments first, then perturbations that only controls get."""

    names: tuple[str, ...]
    controls: tuple[str, ...]

    @property
    def index(self) -> dict[str, int]:
        """Class number of each name."""
        return {name: i for i, name in enumerate(self.names)}


@dataclass(frozen=True, slots=True)
class Example:
    """A well to learn from: indices of plate and well, number of its class or `UNLABELLED`."""

    plate: int
    well: int
    label: int


def find_classes(plates: Iterable[Plate], include_controls: bool) -> Classes:
    """Gather the perturbations of all imaged wells of these plates."""
    treated: set[str] = set()
    controls: set[str] = set()
    for plate in plates:
        for well in plate.wells:
            content = plate.map[well]
            if content.perturbation and content.role is Role.TREATMENT:
                treated.add(content.perturbation)
            elif content.perturbation and content.role.is_control:
                controls.add(content.perturbation)
    only = sorted(controls - treated, key=natural) if include_controls else []
    return Classes((*sorted(treated, key=natural), *only), tuple(only))


def find_examples(plates: Sequence[Plate], classes: Classes) -> list[Example]:
    """Return the imaged wells whose perturbation is one of the classes."""
    index = classes.index
    return [
        Example(p, w, index[plate.map[well].perturbation])
        for p, plate in enumerate(plates)
        for w, well in enumerate(plate.wells)
        if plate.map[well].perturbation in index and plate.map[well].role is not Role.EMPTY
    ]


def find_unlabelled(plates: Sequence[Plate], first: int) -> list[Example]:
    """Return the imaged wells that are, or may be, treated; what they got is not looked at.

    Parameters
    ----------
    first
        Number of the first of these plates.
    """
    wanted = (Role.TREATMENT, Role.UNKNOWN)
    return [
        Example(first + p, w, UNLABELLED)
        for p, plate in enumerate(plates)
        for w, well in enumerate(plate.wells)
        if plate.map[well].role in wanted
    ]


def find_controls(plates: Sequence[Plate], classes: Classes, first: int) -> list[Example]:
    """Return the imaged control wells whose perturbation is one of the classes."""
    index = classes.index
    return [
        Example(first + p, w, index[plate.map[well].perturbation])
        for p, plate in enumerate(plates)
        for w, well in enumerate(plate.wells)
        if plate.map[well].role.is_control and plate.map[well].perturbation in index
    ]


def most_copies(plates: Iterable[Plate]) -> dict[str, int]:
    """Treatment -> most wells that it has on one plate."""
    most: Counter[str] = Counter()
    for plate in plates:
        contents = (plate.map[well] for well in plate.map)
        mine = Counter(c.perturbation for c in contents if c.role is Role.TREATMENT)
        for name in mine.keys() - {""}:
            most[name] = max(most[name], mine[name])
    return dict(most)
