"""A scoring from a recipe to predictions and their summary, experiment by experiment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.device import memory_budget, pick_device
from deepnoise_app.learning.familiar import unlike_reasons
from deepnoise_app.learning.material import Material, Reading, prepare
from deepnoise_app.learning.package import load_package
from deepnoise_app.learning.plan import PlateKey, ScoringPlan
from deepnoise_app.learning.predictions import Naming, name_experiment
from deepnoise_app.learning.score import PlateScores, Scorer
from deepnoise_app.learning.scored import load_scores, part_path, save_scores
from deepnoise_app.learning.tables import (
    library_summary,
    summarise,
    write_predictions,
    write_summary,
)
from deepnoise_app.runs.events import Progress, Saved, Scored, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Plate, Predictions, Problem, ProblemKind

UNLIKE = "unlike-training"
Channels = tuple[int, ...]


@dataclass(slots=True, eq=False)
class ScoringRun:
    """One scoring in its run folder."""

    run: RunFolder
    recipe: Recipe
    plan: ScoringPlan
    reading: Reading
    problems: list[Problem] = field(default_factory=list)
    unlike: dict[PlateKey, list[str]] = field(default_factory=dict)
    libraries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def work(self) -> str:
        """Score every plate and write the tables; returns a closing sentence."""
        began = time.monotonic()
        for screen in self.plan.screens:
            self.problems += screen.problems
        for problem in self.plan.problems:
            self.problems.append(problem)
            self.reading.tell(Warned(message=problem.message))
        scorer = self._scorer()
        tables: list[Predictions] = []
        for plates in self._experiments():
            scored = [self._score(scorer, plate, plates) for plate in plates]
            tables += self._name([plate for plate, _ in plates], scored)
        predictions = Predictions.joined(tables)
        write_predictions(predictions, self.run.path)
        candidates = self.recipe.scoring.candidates
        summary = summarise(
            predictions,
            self.plan.card,
            time.monotonic() - began,
            candidates,
            self.libraries,
            self.unlike,
            self.problems,
        )
        write_summary(summary, self.run.path)
        self.reading.tell(Saved(what="predictions", path=str(self.run.predictions_path)))
        return f"{len(predictions)} wells scored, see {self.run.path / 'predictions.csv'}"

    def _scorer(self) -> Scorer:
        scoring = self.recipe.scoring
        card, network = load_package(scoring.model or "")
        device = pick_device(self.recipe.device)
        if card.warning:
            self.reading.tell(Warned(message=card.warning))
        return Scorer(
            network.to(device), device, scoring.views, scoring.batch_size, self.reading.pool
        )

    def _experiments(self) -> Iterator[list[tuple[Plate, Channels]]]:
        """Yield the plates of each experiment together: they share the library inference."""
        pairs = list(zip(self.plan.plates, self.plan.channels, strict=True))
        for name in sorted({plate.experiment for plate, _ in pairs}):
            yield [pair for pair in pairs if pair[0].experiment == name]

    def _score(
        self, scorer: Scorer, one: tuple[Plate, Channels], plates: list[tuple[Plate, Channels]]
    ) -> PlateScores:
        """Score one plate, or take what an earlier attempt has reached."""
        plate, _ = one
        path = part_path(
            self.run.checkpoint, plate, self.plan.card.sha256, self.recipe.scoring.views
        )
        kept = load_scores(path)
        if kept is None:
            together = plates if self.plan.card.normalisation == "experiment" else [one]
            material = self._material(together)
            at = together.index(one)
            scores = scorer.score(
                material.store,
                material.surveys[at],
                at,
                material.groups[at],
                self.reading.should_stop,
            )
            reasons = unlike_reasons(self.plan.card, material.surveys[at], scores.embeddings)
            self._note_faults(plate, material, at)
            save_scores(path, scores, reasons)
            kept = scores, reasons
        scores, reasons = kept
        self.unlike[plate.key] = reasons
        self.reading.tell(
            Scored(experiment=plate.experiment, plate=plate.name, wells=len(plate.wells))
        )
        if reasons:
            self._warn(plate, reasons)
            flags = tuple((*flags, UNLIKE) for flags in scores.flags)
            scores = replace(scores, flags=flags)
        done = len(self.unlike)
        self.reading.tell(Progress(phase="Scoring", done=done, total=len(self.plan.plates)))
        return scores

    def _material(self, pairs: list[tuple[Plate, Channels]]) -> Material:
        card = self.plan.card
        store = SiteStore(
            [plate for plate, _ in pairs],
            [channels for _, channels in pairs],
            card.input_size,
            memory_budget(),
        )
        quiet = replace(self.reading, tell=lambda _: None)
        return prepare(store, card.normalisation, quiet, card.channel_statistics)

    def _note_faults(self, plate: Plate, material: Material, at: int) -> None:
        """Add to the problems what only decoding could tell."""
        survey = material.surveys[at]
        for ref, faults in zip(survey.refs, survey.faults, strict=True):
            for fault in faults:
                if not fault.endswith("is missing"):
                    well, site = plate.wells[ref.well], plate.sites[ref.site]
                    self.problems.append(
                        Problem(ProblemKind.UNREADABLE, fault, *plate.key, well, site)
                    )
                    self.reading.tell(Warned(message=fault))

    def _warn(self, plate: Plate, reasons: list[str]) -> None:
        self.reading.tell(
            Warned(
                message=f"{' '.join(plate.key)} is unlike the training data of the model"
                f" {self.plan.card.name}: {'; '.join(reasons)}"
            )
        )

    def _name(self, plates: list[Plate], scored: list[PlateScores]) -> list[Predictions]:
        card, scoring = self.plan.card, self.recipe.scoring
        naming = Naming(
            tuple(card.classes),
            tuple(card.control_classes),
            self.plan.library,
            card.copies,
            scoring.candidates,
            card.name,
        )
        roles = [plate.map for plate in plates]
        expected = [self.plan.expected[plate.key] for plate in plates]
        tables, order = name_experiment(scored, roles, expected, naming)
        if order is not None:
            self.libraries[plates[0].experiment] = library_summary(plates, order)
        return tables


def run_scoring(run: RunFolder, recipe: Recipe, plan: ScoringPlan, reading: Reading) -> str:
    """Do what a scoring recipe asks; returns a closing sentence."""
    return ScoringRun(run, recipe, plan, reading).work()
