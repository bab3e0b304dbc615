"""Which experiments are held out: always whole ones, so that no plate is divided."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deepnoise_app.errors import RecipeError
from deepnoise_app.screen import Plate, Role


def is_labelled(plate: Plate) -> bool:
    """Whether the treatment of at least one imaged well is known."""
    contents = (plate.map[well] for well in plate.wells)
    return any(c.perturbation and c.role is Role.TREATMENT for c in contents)


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
