"""The plates of a training made ready, and what only their pixels can tell."""

from __future__ import annotations

import numpy as np

from deepnoise_app.analysis.placement import guess_by_position
from deepnoise_app.errors import RecipeError
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.device import memory_budget
from deepnoise_app.learning.examples import find_unlabelled
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.material import Material, Reading, prepare
from deepnoise_app.runs.events import Warned
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen.match import match_channels


def training_store(plan: TrainingPlan, budget_bytes: int) -> SiteStore:
    """Return a store of all plates of a training."""
    names = [channel.name for channel in plan.channels]
    channels = [match_channels(names, p.channels, " ".join(p.key)) for p in plan.plates]
    return SiteStore(plan.plates, channels, plan.network.input_size, budget_bytes)


def read_material(recipe: Recipe, plan: TrainingPlan, reading: Reading) -> Material:
    """Read all plates of a training once; only training plates tell global statistics."""
    return prepare(
        training_store(plan, memory_budget() // recipe.devices),
        recipe.training.normalisation,
        reading,
        fitted=len(plan.training),
    )


def check_lesson(plan: TrainingPlan, material: Material, reading: Reading) -> None:
    """Refuse what only the pixels can tell, and say what cannot be learned or judged.

    Raises
    ------
    RecipeError
        If a channel is nowhere to be read.
    """
    position = guess_by_position([*plan.training, *plan.held_out])
    confounded = position is not None and position.confounded
    for note in [*plan.notes, *([str(position)] if confounded else [])]:
        reading.tell(Warned(message=note))
    training = material.surveys[: len(plan.training)]
    means = np.concatenate([survey.means for survey in training])
    for index, channel in enumerate(plan.channels):
        if np.isnan(means[:, index]).all():
            raise RecipeError(
                f"no image of {channel.name} can be read on any training plate:"
                " a network cannot learn a channel that it never sees"
            )
    for plate, survey in zip(plan.plates, material.surveys, strict=True):
        lost = len(plate.wells) - len(survey.chosen())
        if lost and plate not in plan.held_out:
            reading.tell(
                Warned(message=f"{' '.join(plate.key)}: {lost} wells have no readable image")
            )
    for plate in plan.unlabelled:
        if len(find_unlabelled([plate], 0)) == 1:
            reading.tell(
                Warned(
                    message=f"{' '.join(plate.key)} has a single treated well: it gets no"
                    " pseudo-label, because its noise cannot be told from its content"
                )
            )
    known = set(plan.classes.names)
    held = {name for plate in plan.held_out for name in plate.map.perturbations}
    unknown = sorted(held - known)
    if unknown:
        reading.tell(
            Warned(
                message=f"{len(unknown)} perturbations of the held-out experiments are in no"
                f" training experiment and cannot be named: {', '.join(unknown[:5])}"
            )
        )
