"""The end of a training: the card describes the training data, held-out plates are scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from deepnoise_app.analysis.discriminants import Discriminants
from deepnoise_app.learning.anchor import control_anchors
from deepnoise_app.learning.calibrate import calibrated
from deepnoise_app.learning.discriminants import TOO_FEW, fit_to
from deepnoise_app.learning.embeddings import write_embeddings
from deepnoise_app.learning.familiar import training_distribution
from deepnoise_app.learning.held_out import HeldOut
from deepnoise_app.learning.member import Member, ScoredPlate
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.outcome import judge
from deepnoise_app.learning.package import load_package, save_package
from deepnoise_app.learning.score import PlateScores, Scorer
from deepnoise_app.learning.tables import summarise, write_predictions, write_summary
from deepnoise_app.learning.trial import spread
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.events import Event, Progress, Saved, Scored, Warned
from deepnoise_app.screen import Plate

# Training plates whose embeddings describe what is usual; more tell little that is new.
DESCRIBED_PLATES = 64


def conclude(judging: HeldOut, tell: Callable[[Event], None], began: float) -> None:
    """Complete the card of the kept model, and write predictions, embeddings and summary.

    Parameters
    ----------
    began
        When the run began, on the monotonic clock.
    """
    card, network = load_package(judging.run.model)
    network.to(judging.ranks.fabric.device)
    plates = judging.plan.judged or judging.plan.held_out
    described = _described(judging, network, tell)
    count = len(judging.plan.training)
    discriminants = fit_to(card, described, [plate.map for plate in judging.plan.training])
    if discriminants is None and judging.recipe.scoring.discriminate:
        tell(Warned(message=TOO_FEW))
    anchors = control_anchors(
        judging.plan.training, judging.material.surveys[:count], judging.material.groups[:count]
    )
    card = card.model_copy(update={"control_anchor": anchors})
    parts = _corrected(judging, card, network, discriminants, plates, tell)
    scored = [part.scores for part in parts]
    unusual = [(part.unadapted or part.scores).embeddings for part in parts]
    card = calibrated(card, scored, [plate.map for plate in plates], discriminants)
    predictions, libraries = judging.named(scored, plates, card)
    for one in scored:
        tell(Scored(experiment=one.experiment, plate=one.plate, wells=len(one.wells)))
    usual = [described[at].embeddings for at in spread(count, DESCRIBED_PLATES)]
    readable = [e[np.isfinite(e).all(axis=1)] for e in [*usual, *unusual]]
    outcome = judge(predictions, judging.naming.treatments)
    distribution = training_distribution(np.concatenate(readable[: len(usual)]), readable)
    card = card.model_copy(
        update={
            "training_embedding": distribution,
            "accuracy": outcome.intervals(),
        }
    )
    card = save_package(card, network.state_dict(), judging.run.model, discriminants)
    write_predictions(predictions, judging.run.path)
    in_order = sorted(scored, key=lambda one: one.experiment)
    write_embeddings(in_order, predictions, card, judging.run.path)
    summary = summarise(
        predictions,
        card,
        time.monotonic() - began,
        judging.naming.candidates,
        libraries,
        {},
        (),
        judging.recipe.scoring.abstain_below,
    )
    write_summary(summary, judging.run.path)
    tell(Saved(what="predictions", path=str(judging.run.predictions_path)))


def _described(
    judging: HeldOut, network: DeepNoiseNet, tell: Callable[[Event], None]
) -> list[PlateScores]:
    """Scores of the training plates in one view."""
    plates, found = judging.plan.training, []
    for done, plate in enumerate(plates):
        tell(Progress(phase="Describing the training data", done=done, total=len(plates)))
        found.append(judging.score_plate(network, plate, 1))
    return found


def _corrected(
    judging: HeldOut,
    card: ModelCard,
    network: DeepNoiseNet,
    discriminants: Discriminants | None,
    plates: Sequence[Plate],
    tell: Callable[[Event], None],
) -> list[ScoredPlate]:
    """Score plates as the recipe wants plates to be scored; their controls may anchor them."""
    reading, material, scoring = judging.reading, judging.material, judging.recipe.scoring
    device = next(network.parameters()).device
    scorer = Scorer(network, device, scoring.views, scoring.batch_size, reading.pool, scoring.sites)
    member = Member.of(card, scorer, scoring, discriminants, reading.should_stop)
    scored = []
    for done, plate in enumerate(plates):
        tell(Progress(phase="Scoring held-out plates", done=done, total=len(plates)))
        part = member.score(material, material.store.plates.index(plate), plate.map)
        for note in part.notes:
            tell(Warned(message=note))
        scored.append(part)
    return scored
