"""A training from a recipe to a model package with its card."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch

from deepnoise_app.errors import RecipeError
from deepnoise_app.learning.anchor import control_anchors
from deepnoise_app.learning.batches import Batches, Lesson
from deepnoise_app.learning.calibrate import calibrated
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.describe import make_card
from deepnoise_app.learning.device import memory_budget, pick_device
from deepnoise_app.learning.embeddings import write_embeddings
from deepnoise_app.learning.examples import find_examples, most_copies
from deepnoise_app.learning.familiar import training_distribution
from deepnoise_app.learning.material import Material, Reading, prepare
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.outcome import Outcome, judge
from deepnoise_app.learning.package import load_package, match_channels, save_package
from deepnoise_app.learning.plan import TrainingPlan
from deepnoise_app.learning.predictions import Naming, name_experiment
from deepnoise_app.learning.score import PlateScores, Scorer
from deepnoise_app.learning.tables import (
    library_summary,
    summarise,
    write_predictions,
    write_summary,
)
from deepnoise_app.learning.train import Course, train
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.events import Progress, Saved, Scored, Warned
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Predictions

# Training plates whose embeddings describe what is usual; more tell little that is new.
DESCRIBED_PLATES = 64


@dataclass(slots=True, eq=False)
class TrainingRun:
    """One training in its run folder."""

    run: RunFolder
    recipe: Recipe
    plan: TrainingPlan
    reading: Reading

    def work(self) -> str:
        """Train, validate, describe, score the held-out plates; returns a closing sentence."""
        began = time.monotonic()
        material = self._material()
        self._check_lesson(material)
        device = pick_device(self.recipe.device)
        torch.manual_seed(self.recipe.seed)
        settings = self.recipe.training
        network = DeepNoiseNet(
            self.recipe.network,
            len(self.plan.channels),
            len(self.plan.classes.names),
            settings.scale,
            settings.margin,
        ).to(device)
        lesson = Lesson(
            material.store,
            material.surveys,
            material.groups,
            find_examples(self.plan.training, self.plan.classes),
        )

        def validate(epoch: int) -> Outcome:
            scored = self._score(network, material, views=1)
            predictions = self._name(scored)[0]
            self._save_validation(predictions, epoch)
            return judge(predictions, self._naming.treatments)

        def keep(outcome: Outcome | None) -> None:
            card = make_card(self._name_of_model, self.recipe, self.plan, material, outcome)
            save_package(card, network.state_dict(), self.run.model)
            self.reading.tell(Saved(what="model", path=str(self.run.model)))

        course = Course(
            network,
            Batches(lesson, settings, self.recipe.seed, self.reading.pool),
            settings,
            self.recipe.seed,
            device,
            self.run.checkpoint,
            validate,
            keep,
        )
        train(course, self.reading.tell, self.reading.should_stop)
        return self._finish(material, device, began)

    def _material(self) -> Material:
        plates = (*self.plan.training, *self.plan.held_out)
        names = [channel.name for channel in self.plan.channels]
        channels = [match_channels(names, p.channels, " ".join(p.key)) for p in plates]
        store = SiteStore(plates, channels, self.recipe.network.input_size, memory_budget())
        return prepare(
            store,
            self.recipe.training.normalisation,
            self.reading,
            fitted=len(self.plan.training),
        )

    def _check_lesson(self, material: Material) -> None:
        """Refuse what only the pixels can tell, and say which held-out wells cannot be judged."""
        training = material.surveys[: len(self.plan.training)]
        means = np.concatenate([survey.means for survey in training])
        for index, channel in enumerate(self.plan.channels):
            if np.isnan(means[:, index]).all():
                raise RecipeError(
                    f"no image of {channel.name} can be read on any training plate:"
                    " a network cannot learn a channel that it never sees"
                )
        for plate, survey in zip(self.plan.training, training, strict=True):
            lost = len(plate.wells) - len(survey.chosen())
            if lost:
                self.reading.tell(
                    Warned(message=f"{' '.join(plate.key)}: {lost} wells have no readable image")
                )
        known = set(self.plan.classes.names)
        held = {n for plate in self.plan.held_out for n in plate.map.perturbations}
        unknown = sorted(held - known)
        if unknown:
            self.reading.tell(
                Warned(
                    message=f"{len(unknown)} perturbations of the held-out experiments are in no"
                    f" training experiment and cannot be named: {', '.join(unknown[:5])}"
                )
            )

    @property
    def _naming(self) -> Naming:
        classes = self.plan.classes
        return Naming(
            classes.names,
            classes.controls,
            self.plan.library,
            most_copies(self.plan.training),
            "library" if self.recipe.scoring.candidates == "plate-map" else
            self.recipe.scoring.candidates,
            self._name_of_model,
        )  # fmt: skip

    @property
    def _name_of_model(self) -> str:
        return self.recipe.card.name or self.run.path.name

    def _score(self, network: DeepNoiseNet, material: Material, views: int) -> list[PlateScores]:
        """Score the held-out plates."""
        first = len(self.plan.training)
        return [
            self._score_plate(network, material, first + index, views)
            for index in range(len(self.plan.held_out))
        ]

    def _score_plate(
        self, network: DeepNoiseNet, material: Material, plate: int, views: int
    ) -> PlateScores:
        device = next(network.parameters()).device
        scorer = Scorer(network, device, views, self.recipe.scoring.batch_size, self.reading.pool)
        return scorer.score(
            material.store,
            material.surveys[plate],
            plate,
            material.groups[plate],
            self.reading.should_stop,
        )

    def _name(
        self, scored: list[PlateScores], card: ModelCard | None = None
    ) -> tuple[Predictions, dict[str, dict[str, object]]]:
        naming = self._naming
        if card is not None:
            naming = naming.doubting(card, self.recipe.scoring.abstain_below)
        tables: list[Predictions] = []
        libraries: dict[str, dict[str, object]] = {}
        for experiment in self.plan.held_out_experiments:
            mine = [s for s in scored if s.experiment == experiment]
            plates = [p for p in self.plan.held_out if p.experiment == experiment]
            maps = [plate.map for plate in plates]
            named, order = name_experiment(mine, maps, maps, naming)
            tables += named
            if order is not None:
                libraries[experiment] = library_summary(plates, order)
        return Predictions.joined(tables), libraries

    def _save_validation(self, predictions: Predictions, epoch: int) -> None:
        path = self.run.validation / f"epoch-{epoch:03d}.parquet"
        write_beside(path, lambda beside: predictions.table.to_parquet(beside, index=False))
        self.reading.tell(Saved(what="validation", path=str(path)))

    def _finish(self, material: Material, device: torch.device, began: float) -> str:
        """Describe the training data in the card, score the held-out plates in all views."""
        card, network = load_package(self.run.model)
        network.to(device)
        tell, count = self.reading.tell, len(self.plan.training)
        chosen = np.unique(np.linspace(0, count - 1, min(count, DESCRIBED_PLATES)).astype(int))
        usual = []
        for done, plate in enumerate(chosen):
            tell(Progress(phase="Describing the training data", done=done, total=len(chosen)))
            usual.append(self._score_plate(network, material, int(plate), 1).embeddings)
        scored = self._score(network, material, self.recipe.scoring.views)
        card = calibrated(card, scored, [plate.map for plate in self.plan.held_out])
        predictions, libraries = self._name(scored, card)
        for one in scored:
            tell(Scored(experiment=one.experiment, plate=one.plate, wells=len(one.wells)))
        readable = [
            e[np.isfinite(e).all(axis=1)] for e in [*usual, *(s.embeddings for s in scored)]
        ]
        outcome = judge(predictions, self._naming.treatments)
        distribution = training_distribution(np.concatenate(readable[: len(usual)]), readable)
        card = card.model_copy(
            update={
                "training_embedding": distribution,
                "accuracy": outcome.intervals(),
                "control_anchor": control_anchors(
                    self.plan.training, material.surveys[:count], material.groups[:count]
                ),
            }
        )
        card = save_package(card, network.state_dict(), self.run.model)
        write_predictions(predictions, self.run.path)
        in_order = sorted(scored, key=lambda one: one.experiment)
        write_embeddings(in_order, predictions, card, self.run.path)
        seconds = time.monotonic() - began
        candidates = self._naming.candidates
        write_summary(
            summarise(
                predictions,
                card,
                seconds,
                candidates,
                libraries,
                {},
                (),
                self.recipe.scoring.abstain_below,
            ),
            self.run.path,
        )
        tell(Saved(what="predictions", path=str(self.run.predictions_path)))
        return f"the model is in {self.run.model}"


def run_training(run: RunFolder, recipe: Recipe, plan: TrainingPlan, reading: Reading) -> str:
    """Do what a training recipe asks; returns a closing sentence."""
    return TrainingRun(run, recipe, plan, reading).work()
