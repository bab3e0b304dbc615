"""A second stage in memory, small enough to be taught in a second."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import torch

from deepnoise_app.learning.batches import Batches, Drawing, Lesson
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.examples import find_classes, find_examples, find_unlabelled
from deepnoise_app.learning.material import Reading, prepare
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.outcome import Outcome
from deepnoise_app.learning.pseudo import Prior
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.stage import STUDENT, TEACHER
from deepnoise_app.learning.step import Stepper
from deepnoise_app.learning.student import School, StudentStage, views_of
from deepnoise_app.learning.train import Course, train
from deepnoise_app.learning.training_run import mark_of
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.recipe import Recipe, StageTwo
from deepnoise_app.screen import Screen

CPU = torch.device("cpu")
SETTINGS = StageTwo(
    epochs=3,
    batch_size=12,
    learning_rate=0.05,
    consistency_epochs=1,
    pseudo_from=2,
    pseudo_weight=0.3,
    pseudo_passes=2,
)


class Classroom:
    """Student and teacher on plates 1 to 4 of a screen, unlabelled wells on plates 5 and 6."""

    def __init__(
        self,
        screen: Screen,
        recipe: Recipe,
        reading: Reading,
        folder: Path,
        ranks: Ranks | None = None,
    ) -> None:
        self.ranks = ranks or Ranks.alone(CPU, recipe.training.precision)
        labelled, unlabelled = screen.plates[:4], screen.plates[4:6]
        classes = find_classes(labelled, include_controls=True)
        store = SiteStore(screen.plates[:6], [(0, 1)] * 6, recipe.network.input_size, 10**8)
        material = prepare(store, "plate", reading)
        examples = find_examples(labelled, classes) + find_unlabelled(unlabelled, 4)
        self.lesson = Lesson(material.store, material.surveys, material.groups, examples)
        settings = recipe.stage_two
        drawing = Drawing(
            settings.batch_size, views_of(settings), recipe.training.jitter, mixed=True
        )
        self.batches = Batches(
            self.lesson, drawing, recipe.seed, reading.pool, self.ranks.rank, self.ranks.count
        )
        torch.manual_seed(recipe.seed)
        self.teacher = DeepNoiseNet(recipe.network, 2, len(classes.names), 30, 0.1)
        self.student = copy.deepcopy(self.teacher)
        torch.nn.init.xavier_uniform_(self.student.head.weight)
        treatments = tuple(n for n in classes.names if n not in classes.controls)
        self.school = School(
            self.student,
            self.teacher,
            self.batches,
            settings,
            recipe.training,
            Prior(treatments, screen.library, {}),
            [plate.experiment for plate in store.plates],
            4,
            self.ranks,
        )
        self.stage = StudentStage(self.school)
        self.events: list[Event] = []
        outcome = Outcome({}, 0, 0)
        self.course = Course(
            self.stage,
            recipe.training,
            recipe.seed,
            self.ranks,
            folder,
            mark_of(recipe),
            2,
            4 + settings.epochs,
            0.0,
            lambda epoch, networks: {STUDENT: outcome, TEACHER: outcome},
            lambda network, outcome: None,
            lambda epoch, network, outcome: None,
        )

    def go(self, should_stop: Callable[[], bool] = lambda: False) -> dict[str, torch.Tensor]:
        """Teach to the end, or to the stop; returns all that was learned."""
        train(self.course, self.events.append, should_stop)
        return self.state()

    def state(self) -> dict[str, torch.Tensor]:
        """Return all tensors of both networks, and the pseudo-labels."""
        found = {
            f"{name}.{key}": value.clone()
            for name, network in self.stage.networks.items()
            for key, value in network.state_dict().items()
        }
        return found | {name: value.clone() for name, value in self.stage.notes.items()}


def learn(room: Classroom, parts: int = 1) -> dict[str, float]:
    """Take one step with pseudo-labels; returns its losses."""
    for network in room.stage.networks.values():
        network.train()
    room.stage.begin(0, lambda: False, room.events.append)
    stepper = Stepper(room.stage, room.ranks, 3, room.events.append, lambda: False, parts=parts)
    losses = stepper.take(next(room.batches.epoch(4)), 1, 0, 0).losses
    room.stage.stepped(1, 0)
    return losses


def too_large_for(room: Classroom, most: int, error: Exception) -> list[int]:
    """Let the stage fail on more than `most` sites, as a full graphics card would."""
    losses, seen = room.stage.losses, []

    def take(whole, items, epoch):  # type: ignore[no-untyped-def]
        seen.append(len(items))
        made = losses(whole, items, epoch)  # batch norm has gathered, then the memory ends
        if len(items) > most:
            raise error
        return made

    room.stage.losses = take  # type: ignore[method-assign]
    return seen
