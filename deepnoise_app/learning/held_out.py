"""The held-out experiments while a network learns: scored, named, judged, saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deepnoise_app.learning.examples import most_copies
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.material import Material, Reading
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.outcome import Outcome, judge
from deepnoise_app.learning.predictions import Naming, name_experiment
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.score import PlateScores, Scorer
from deepnoise_app.learning.tables import library_summary
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.events import Progress, Saved
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Plate, Predictions


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Judges networks by the held-out plates; with several processes each scores its share."""

    run: RunFolder
    recipe: Recipe
    plan: TrainingPlan
    material: Material
    reading: Reading
    ranks: Ranks

    @property
    def naming(self) -> Naming:
        """What predictions may be made of; never the plate map of a held-out experiment."""
        classes = self.plan.classes
        wish = self.recipe.scoring.candidates
        return Naming(
            classes.names,
            classes.controls,
            self.plan.library,
            most_copies(self.plan.training),
            "library" if wish == "plate-map" else wish,
            self.recipe.card.name or self.run.path.name,
        )

    def validate(
        self, epoch: int, networks: Mapping[str, DeepNoiseNet], plates: Sequence[Plate]
    ) -> dict[str, Outcome]:
        """Judge networks by some held-out plates; the table of the better one is saved."""
        tables, outcomes = {}, {}
        for name, network in networks.items():
            tables[name], outcomes[name] = self.judged(network, plates)
        select = self.recipe.training.select_by
        best = max(outcomes, key=lambda one: outcomes[one].score(select))
        if self.ranks.rank == 0:
            path = self.run.validation / f"epoch-{epoch:03d}.parquet"
            table = tables[best].table
            write_beside(path, lambda beside: table.to_parquet(beside, index=False))
            self.reading.tell(Saved(what="validation", path=str(path)))
        return outcomes

    def judged(self, network: DeepNoiseNet, plates: Sequence[Plate]) -> tuple[Predictions, Outcome]:
        """Score some held-out plates in one view, and compare with the truth."""
        predictions = self.named(self.score(network, plates, views=1), plates)[0]
        return predictions, judge(predictions, self.naming.treatments)

    def score(
        self, network: DeepNoiseNet, plates: Sequence[Plate], views: int
    ) -> list[PlateScores]:
        """Score plates, in their order."""
        numbered = list(enumerate(plates))
        mine = []
        for at, plate in self.ranks.share(numbered):
            self.reading.tell(Progress(phase="Scoring held-out plates", done=at, total=len(plates)))
            mine.append((at, self.score_plate(network, plate, views)))
        return [scores for _, scores in sorted(self.ranks.gathered(mine), key=lambda one: one[0])]

    def score_plate(self, network: DeepNoiseNet, plate: Plate, views: int) -> PlateScores:
        """Score one plate of the material."""
        at = self.material.store.plates.index(plate)
        device = next(network.parameters()).device
        scorer = Scorer(network, device, views, self.recipe.scoring.batch_size, self.reading.pool)
        return scorer.score(
            self.material.store,
            self.material.surveys[at],
            at,
            self.material.groups[at],
            self.reading.should_stop,
        )

    def named(
        self,
        scored: Sequence[PlateScores],
        plates: Sequence[Plate],
        card: ModelCard | None = None,
    ) -> tuple[Predictions, dict[str, dict[str, Any]]]:
        """Name the wells of scored plates; also the inferred library plates by experiment.

        A card that is calibrated makes the confidences mean what they say.
        """
        naming = self.naming
        if card is not None:
            naming = naming.doubting(card, self.recipe.scoring.abstain_below)
        tables: list[Predictions] = []
        libraries: dict[str, dict[str, Any]] = {}
        for experiment in sorted({plate.experiment for plate in plates}):
            mine = [one for one in scored if one.experiment == experiment]
            theirs = [plate for plate in plates if plate.experiment == experiment]
            maps = [plate.map for plate in theirs]
            named, order = name_experiment(mine, maps, maps, naming)
            tables += named
            if order is not None:
                libraries[experiment] = library_summary(theirs, order)
        return Predictions.joined(tables), libraries

    def alone(self) -> HeldOut:
        """Return the same for work that one process does while the others do nothing."""
        return replace(self, ranks=Ranks.alone(self.ranks.fabric.device))
