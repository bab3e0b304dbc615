"""A scoring from a recipe to predictions and their summary, experiment by experiment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from deepnoise_app.analysis.library import LibraryOrder
from deepnoise_app.learning.device import pick_device
from deepnoise_app.learning.discriminants import load_discriminants
from deepnoise_app.learning.embeddings import write_embeddings
from deepnoise_app.learning.material import Materials, Reading
from deepnoise_app.learning.member import Member, ScoredPlate, together
from deepnoise_app.learning.package import load_package
from deepnoise_app.learning.plan import PlannedModel, PlateKey, ScoringPlan
from deepnoise_app.learning.predictions import Naming, name_experiment
from deepnoise_app.learning.score import PlateScores, Scorer
from deepnoise_app.learning.scored import load_scores, part_path, save_scores
from deepnoise_app.learning.so_far import SoFar
from deepnoise_app.learning.tables import (
    library_summary,
    summarise,
    write_predictions,
    write_summary,
)
from deepnoise_app.learning.well_count import WellCount
from deepnoise_app.runs.events import Saved, Scored, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Plate, Predictions, Problem, ProblemKind

UNLIKE = "unlike-training"
BOTH = (
    "batch-norm statistics of the whole plate mostly undo the anchoring to its negative controls:"
    " on plates full of hits, anchor without adapting"
)


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
    # Tables of the experiments that are done, and the plates so far of the one at work.
    tables: list[Predictions] = field(default_factory=list)
    at_work: list[tuple[Plate, PlateScores]] = field(default_factory=list)

    def work(self) -> str:
        """Score every plate and write the tables; returns a closing sentence."""
        began = time.monotonic()
        for screen in self.plan.screens:
            self.problems += screen.problems
        for problem in self.plan.problems:
            self.problems.append(problem)
            self.reading.tell(Warned(message=problem.message))
        count = WellCount(self.reading.tell, self.plan.plates, len(self.plan.models))
        so_far = SoFar(self.run.checkpoint, self.reading.tell)
        members = self._members(count, so_far)
        materials = Materials(self.reading)
        scores: list[PlateScores] = []
        # Said before the first plate: on a computer without a graphics card one takes minutes.
        count.start()
        for places in self._experiments():
            self.at_work = []
            for at in places:
                scored = self._score(members, materials, at, places, count)
                self.at_work.append((self.plan.plates[at], scored))
                so_far.offer(self._named_so_far)
            scores += [scored for _, scored in self.at_work]
            self.tables += self._name()
        predictions = Predictions.joined(self.tables)
        self._write(predictions, scores, time.monotonic() - began)
        return f"{len(predictions)} wells scored, see {self.run.path / 'predictions.csv'}"

    def _write(self, predictions: Predictions, scores: list[PlateScores], seconds: float) -> None:
        card, scoring = self.plan.card, self.recipe.scoring
        write_predictions(predictions, self.run.path)
        write_embeddings(scores, predictions, card, self.run.path)
        summary = summarise(
            predictions,
            card,
            seconds,
            scoring.candidates,
            self.libraries,
            self.unlike,
            self.problems,
            scoring.abstain_below,
            [model.card for model in self.plan.models],
        )
        write_summary(summary, self.run.path)
        self.reading.tell(Saved(what="predictions", path=str(self.run.predictions_path)))

    def _members(self, count: WellCount, so_far: SoFar) -> list[Member]:
        scoring = self.recipe.scoring
        device = pick_device(self.recipe.device)
        if self.plan.card.warning:
            self.reading.tell(Warned(message=self.plan.card.warning))
        if scoring.adapt and scoring.anchor:
            self.reading.tell(Warned(message=BOTH))

        def heard(done: int, total: int, scored: Callable[[], PlateScores]) -> None:
            count.heard(done, total)
            if len(self.plan.models) == 1:
                so_far.offer(lambda: self._named_so_far(scored()))

        members = []
        for model in self.plan.models:
            card, network = load_package(model.folder)
            scorer = Scorer(
                network.to(device),
                device,
                scoring.views,
                scoring.batch_size,
                self.reading.pool,
                scoring.sites,
                heard,
            )
            found = load_discriminants(model.folder, card) if scoring.discriminate else None
            members.append(Member.of(card, scorer, scoring, found, self.reading.should_stop))
        return members

    def _experiments(self) -> Iterator[list[int]]:
        """Yield the plates of each experiment together: they share the library inference."""
        names = [plate.experiment for plate in self.plan.plates]
        for name in sorted(set(names)):
            yield [at for at, one in enumerate(names) if one == name]

    def _score(
        self,
        members: list[Member],
        materials: Materials,
        at: int,
        places: list[int],
        count: WellCount,
    ) -> PlateScores:
        """Score one plate with every model, and say what was noticed."""
        plate = self.plan.plates[at]
        parts = []
        for number, (member, model) in enumerate(zip(members, self.plan.models, strict=True)):
            count.begin(plate, number)
            parts.append(self._part(member, model, materials, at, places))
        scored = together(parts, [member.card for member in members], self.plan.card)
        self.unlike[plate.key] = list(scored.reasons)
        tell = self.reading.tell
        tell(Scored(experiment=plate.experiment, plate=plate.name, wells=len(plate.wells)))
        self._note(plate, scored)
        count.end()
        if not scored.reasons:
            return scored.scores
        flags = tuple((*flags, UNLIKE) for flags in scored.scores.flags)
        return replace(scored.scores, flags=flags)

    def _part(
        self,
        member: Member,
        model: PlannedModel,
        materials: Materials,
        at: int,
        places: list[int],
    ) -> ScoredPlate:
        """Score one plate with one model, or take what an earlier attempt has reached."""
        plate = self.plan.plates[at]
        roles = self.plan.roles(plate)
        scoring = self.recipe.scoring
        path = part_path(self.run.checkpoint, plate, model.card.sha256, scoring, roles)
        kept = load_scores(path)
        if kept is not None:
            return kept
        # With a normalisation by experiment, all its plates are read.
        read = places if model.card.normalisation == "experiment" else [at]
        material = materials.of(
            model.card,
            [self.plan.plates[place] for place in read],
            [model.channels[place] for place in read],
        )
        scored = member.score(material, read.index(at), roles)
        save_scores(path, scored)
        return scored

    def _note(self, plate: Plate, scored: ScoredPlate) -> None:
        """Tell what was noticed on a plate; add to the problems what only decoding could tell."""
        for well, site, fault in scored.faults:
            self.problems.append(Problem(ProblemKind.UNREADABLE, fault, *plate.key, well, site))
        for message in (*(fault for _, _, fault in scored.faults), *scored.notes):
            self.reading.tell(Warned(message=message))
        if scored.reasons:
            self.reading.tell(
                Warned(
                    message=f"{' '.join(plate.key)} is unlike the training data of the model"
                    f" {self.plan.card.name}: {'; '.join(scored.reasons)}"
                )
            )

    def _name(self) -> list[Predictions]:
        """Name the wells of the experiment at work, of which all is scored."""
        tables, order = self._named(self.at_work)
        if order is not None:
            plates = [plate for plate, _ in self.at_work]
            self.libraries[plates[0].experiment] = library_summary(plates, order)
        return tables

    def _named_so_far(self, part: PlateScores | None = None) -> Predictions:
        """Name what is scored, and the wells of a plate of which a part is."""
        here = list(self.at_work)
        if part is not None:
            plate = next(p for p in self.plan.plates if p.key == (part.experiment, part.plate))
            here.append((plate, part))
        tables, _ = self._named(here)
        if part is not None:
            tables[-1] = Predictions(tables[-1].table[part.sites > 0])
        return Predictions.joined([*self.tables, *tables])

    def _named(
        self, scored: list[tuple[Plate, PlateScores]]
    ) -> tuple[list[Predictions], LibraryOrder | None]:
        scoring = self.recipe.scoring
        naming = Naming.by_card(
            self.plan.card, self.plan.library, scoring.candidates, scoring.abstain_below
        )
        roles = [plate.map for plate, _ in scored]
        expected = [self.plan.expected[plate.key] for plate, _ in scored]
        return name_experiment([scores for _, scores in scored], roles, expected, naming)


def run_scoring(run: RunFolder, recipe: Recipe, plan: ScoringPlan, reading: Reading) -> str:
    """Do what a scoring recipe asks; returns a closing sentence."""
    return ScoringRun(run, recipe, plan, reading).work()
