"""A training from a recipe to a model package with its card, in one or two stages."""

from __future__ import annotations

import copy
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from deepnoise_app.learning.batches import Batches, Drawing, Lesson
from deepnoise_app.learning.checkpoint import check_checkpoint, has_checkpoint
from deepnoise_app.learning.companions import together
from deepnoise_app.learning.conclude import conclude
from deepnoise_app.learning.describe import as_snapshot, make_card
from deepnoise_app.learning.examples import (
    Example,
    find_controls,
    find_examples,
    find_unlabelled,
    most_copies,
)
from deepnoise_app.learning.held_out import HeldOut
from deepnoise_app.learning.lesson_material import check_lesson, read_material
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.material import Material, Reading
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.outcome import Outcome
from deepnoise_app.learning.package import load_package, save_package
from deepnoise_app.learning.pseudo import Prior
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.stage import Stage, SupervisedStage, lay_out
from deepnoise_app.learning.start import take_over
from deepnoise_app.learning.student import School, StudentStage, views_of
from deepnoise_app.learning.train import Course, train
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.events import Saved, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.snapshots import kept_snapshots
from deepnoise_app.screen import Plate

# Training plates whose embeddings describe what is usual; more tell little that is new.
DESCRIBED_PLATES = 64
# Where the second stage keeps its checkpoint, within that of the first.
SECOND = "stage-two"


@dataclass(slots=True, eq=False)
class TrainingRun:
    """One training in its run folder: first stage, second stage, description, final scores."""

    run: RunFolder
    recipe: Recipe
    plan: TrainingPlan
    reading: Reading
    material: Material
    held_out: HeldOut
    ranks: Ranks

    def work(self) -> str:
        """Train, validate, describe, score the held-out plates; returns a closing sentence."""
        began = time.monotonic()
        network = self._network()
        second = self.run.checkpoint / SECOND
        if self.recipe.training.epochs and not has_checkpoint(second):
            self._first_stage(network)
        if self.plan.two_stages:
            self._second_stage(network)
        self.ranks.wait()
        if self.ranks.rank == 0:
            conclude(self.held_out.alone(), self.reading.tell, began)
        return f"the model is in {self.run.model}"

    def _network(self) -> DeepNoiseNet:
        """Make the network, fresh or with what a model brings."""
        recipe, plan = self.recipe, self.plan
        torch.manual_seed(recipe.seed)
        network = DeepNoiseNet(
            plan.network,
            len(plan.channels),
            len(plan.classes.names),
            recipe.training.scale,
            recipe.training.margin,
        )
        if recipe.start_from is not None:
            for note in take_over(network, plan, recipe.start_from):
                self.reading.tell(Warned(message=note))
        lay_out(network, recipe.training)
        return network.to(self.ranks.fabric.device)

    def _first_stage(self, network: DeepNoiseNet) -> None:
        settings = self.recipe.training
        examples = self._labelled(self.plan.training)
        batches = self._batches(
            examples, Drawing(settings.batch_size, (settings.view,), settings.jitter)
        )
        stage = SupervisedStage(
            network, batches, settings, self.recipe.seed, self.ranks.fabric.device
        )
        self._train(stage, -1.0, self.plan.held_out)

    def _second_stage(self, network: DeepNoiseNet) -> None:
        """Teach a student; the teacher starts as the best network of the first stage."""
        settings, training = self.recipe.stage_two, self.recipe.training
        checkpoint = self.run.checkpoint / SECOND
        if training.epochs and not has_checkpoint(checkpoint):
            network.load_state_dict(load_package(self.run.model)[1].state_dict())
        student = copy.deepcopy(network)
        if settings.fresh_head:
            torch.manual_seed(self.recipe.seed + 1)
            torch.nn.init.xavier_uniform_(student.head.weight)
        examples = self._labelled(self.plan.second)
        for plate in self.plan.unlabelled:
            examples += find_unlabelled([plate], self.material.store.plates.index(plate))
        batches = self._batches(
            examples, Drawing(settings.batch_size, views_of(settings), training.jitter, mixed=True)
        )
        school = School(
            student,
            network,
            batches,
            settings,
            training,
            Prior(self.held_out.naming.treatments, self.plan.library, self._copies()),
            [plate.experiment for plate in self.material.store.plates],
            training.epochs,
            self.ranks,
        )
        best = -1.0
        if not has_checkpoint(checkpoint):
            outcome = self.held_out.judged(network, self.plan.judged)[1]
            best = outcome.score(training.select_by)
            if not training.epochs:
                self._keep(network, outcome)
        self._train(StudentStage(school), best, self.plan.judged, SECOND)

    def _train(
        self, stage: Stage, best: float, judged: tuple[Plate, ...], folder: str = ""
    ) -> None:
        def validate(epoch: int, networks: Mapping[str, DeepNoiseNet]) -> dict[str, Outcome]:
            return self.held_out.validate(epoch, networks, judged)

        second = self.recipe.stage_two.epochs if self.plan.two_stages else 0
        course = Course(
            stage,
            self.recipe.training,
            self.recipe.seed,
            self.ranks,
            self.run.checkpoint / folder,
            mark_of(self.recipe),
            1 + self.plan.two_stages,
            self.recipe.training.epochs + second,
            best,
            validate,
            self._keep,
            self._snap,
        )
        train(course, self.reading.tell, self.reading.should_stop)

    def _labelled(self, plates: tuple[Plate, ...]) -> list[Example]:
        """Labelled wells of training plates and, where the recipe asks, controls of the others."""
        at = self.material.store.plates.index
        found = []
        for plate in plates:
            found += [
                Example(at(plate), one.well, one.label)
                for one in find_examples([plate], self.plan.classes)
            ]
        if self.recipe.training.held_out_controls:
            for plate in self.plan.plates[len(self.plan.training) :]:
                found += find_controls([plate], self.plan.classes, at(plate))
        return found

    def _batches(self, examples: list[Example], drawing: Drawing) -> Batches:
        material = self.material
        lesson = Lesson(material.store, material.surveys, material.groups, examples)
        return Batches(
            lesson,
            drawing,
            self.recipe.seed,
            self.reading.pool,
            self.ranks.rank,
            self.ranks.count,
        )

    def _copies(self) -> dict[str, int]:
        return most_copies(self.plan.training)

    def _keep(self, network: DeepNoiseNet, outcome: Outcome | None) -> None:
        if self.ranks.rank:
            return
        save_package(self._card(outcome), network.state_dict(), self.run.model)
        self.reading.tell(Saved(what="model", path=str(self.run.model)))

    def _snap(self, epoch: int, network: DeepNoiseNet, outcome: Outcome | None) -> None:
        """Keep the model of an epoch; one that a training gone on with has kept already stays."""
        if self.ranks.rank or epoch in kept_snapshots(self.run):
            return
        folder = self.run.snapshot(epoch)
        save_package(as_snapshot(self._card(outcome), epoch), network.state_dict(), folder)
        self.reading.tell(Saved(what="snapshot", path=str(folder)))

    def _card(self, outcome: Outcome | None) -> ModelCard:
        name = self.held_out.naming.model
        return make_card(name, self.recipe, self.plan, self.material, outcome)


def run_training(run: RunFolder, recipe: Recipe, plan: TrainingPlan, reading: Reading) -> str:
    """Do what a training recipe asks; returns a closing sentence."""
    with together(run, recipe) as ranks:
        material = read_material(recipe, plan, reading)
        check_lesson(plan, material, reading)
        held_out = HeldOut(run, recipe, plan, material, reading, ranks)
        return TrainingRun(run, recipe, plan, reading, material, held_out, ranks).work()


def check_resumable(run: RunFolder, recipe: Recipe) -> None:
    """Refuse to go on with what another recipe has begun, or with a checkpoint cut short.

    Raises
    ------
    RunError
        If a checkpoint in the run folder cannot be gone on with.
    """
    for folder in (run.checkpoint, run.checkpoint / SECOND):
        check_checkpoint(folder, mark_of(recipe))


def mark_of(recipe: Recipe) -> str:
    """Return what tells checkpoints of one recipe from those of another."""
    parts = {"network", "training", "stage_two", "seed", "start_from"}
    # It changes nothing of what is learned.
    apart = {"training": {"snapshot_every"}}
    told = recipe.model_dump_json(include=parts, exclude=apart)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
