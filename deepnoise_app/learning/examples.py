"""Which wells are learned from: classes, labelled wells, and the split by experiment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deepnoise_app.errors import RecipeError
from deepnoise_app.screen import Plate, PlateMap, Role, natural


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
    """A well to learn from: indices of plate and well, number of its class."""

    plate: int
    well: int
    label: int


def is_labelled(plate: Plate) -> bool:
    """Whether the treatment of at least one imaged well is known."""
    return any(_treatment(plate.map, plate, i) for i in range(len(plate.wells)))


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


def most_copies(plates: Iterable[Plate]) -> dict[str, int]:
    """Treatment -> most wells that it has on one plate."""
    most: Counter[str] = Counter()
    for plate in plates:
        contents = (plate.map[well] for well in plate.map)
        mine = Counter(c.perturbation for c in contents if c.role is Role.TREATMENT)
        for name in mine.keys() - {""}:
            most[name] = max(most[name], mine[name])
    return dict(most)


def split(labelled: Sequence[str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """Divide experiments into those to learn from and those held out.

    Without a wish, one labelled experiment in five is held out, at least one, evenly spread over
    their names (and so over cell types).

    Raises
    ------
    RecipeError
        If a wish is no experiment of the screen (a part of one least of all), or nothing would be
        left to learn from.
    """
    if len(labelled) < 2:
        raise RecipeError(
            f"the screen has {len(labelled)} labelled experiment{'s' * (len(labelled) != 1)}:"
            " training needs at least 2, one of them to be held out"
        )
    for name in wanted:
        _refuse_unknown(name, labelled)
    count = max(1, len(labelled) // 5)
    step = len(labelled) / count
    chosen = set(wanted) or {labelled[int((i + 1) * step) - 1] for i in range(count)}
    training = [name for name in labelled if name not in chosen]
    if not training:
        raise RecipeError("every labelled experiment is held out: none is left to learn from")
    return training, sorted(chosen)


def _refuse_unknown(name: str, labelled: Sequence[str]) -> None:
    if name in labelled:
        return
    parts = [one for one in labelled if re.match(rf"{re.escape(one)}\W", name)]
    if parts:
        raise RecipeError(
            f"{name!r} is a part of the experiment {parts[0]}: only whole experiments can be held"
            " out, because a model that has seen other plates or wells of one knows its noise"
        )
    raise RecipeError(f"no labelled experiment {name!r} to hold out, only {', '.join(labelled)}")


def _treatment(plate_map: PlateMap, plate: Plate, well: int) -> str:
    content = plate_map[plate.wells[well]]
    return content.perturbation if content.role is Role.TREATMENT else ""
