"""What a training costs, whatever computes it: counted in forward passes of one site."""

from __future__ import annotations

from collections.abc import Mapping

from deepnoise_app.ladder.climb import Task
from deepnoise_app.learning.examples import find_examples, find_unlabelled
from deepnoise_app.learning.lesson_plan import plan_training
from deepnoise_app.learning.plan import open_screens

# A step of learning: one pass forward, and about two for the gradients.
LEARNING = 3


def site_passes(trainings: Mapping[str, Task], name: str) -> float:
    """Compute of a training and of those that it begins from, in forward passes of a site.

    Of a labelled site in the second stage the student sees two views, of any other one, and the
    teacher one of each; pseudo-labels, validation and scoring are left out.
    """
    total, task = 0.0, trainings.get(name)
    while task is not None:
        total += passes_of(task)
        task = trainings.get(task.step.start_from or "")
    return total


def passes_of(task: Task) -> float:
    """Compute of one training alone."""
    recipe = task.recipe.model_copy(update={"start_from": None})
    if not recipe.training.epochs:  # a plan without a first stage would ask for a model
        training = recipe.training.model_copy(update={"epochs": 1})
        recipe = recipe.model_copy(update={"training": training})
    plan = plan_training(recipe, open_screens(recipe))
    first = LEARNING * len(find_examples(plan.training, plan.classes))
    labelled = len(find_examples(plan.second, plan.classes))
    every = labelled + len(find_unlabelled(plan.unlabelled, 0))
    second = LEARNING * labelled + (LEARNING + 1) * every
    return float(task.recipe.training.epochs * first + task.recipe.stage_two.epochs * second)
