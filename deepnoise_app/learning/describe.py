"""Writes the card of a trained model: all that one needs to use it, or to decide not to."""

from __future__ import annotations

import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version

from deepnoise_app.learning.examples import most_copies
from deepnoise_app.learning.familiar import channel_ranges
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.material import Material
from deepnoise_app.learning.outcome import Outcome
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.card_parts import ChannelStatistics, Provenance
from deepnoise_app.runs.recipe import Recipe


def make_card(
    name: str,
    recipe: Recipe,
    plan: TrainingPlan,
    material: Material,
    outcome: Outcome | None,
) -> ModelCard:
    """Describe a model; the training plates are the first ones of the material."""
    count = len(plan.training)
    surveys, groups = material.surveys[:count], material.groups[:count]
    fixed = recipe.training.normalisation == "global"
    statistics = [
        ChannelStatistics(mean=float(m), std=float(s))
        for m, s in zip(groups[0].mean, groups[0].std, strict=True)
    ]
    library = plan.library
    return ModelCard(
        name=name,
        description=recipe.card.description,
        warning=recipe.card.warning,
        classes=list(plan.classes.names),
        control_classes=list(plan.classes.controls),
        channels=[channel.name for channel in plan.channels],
        input_size=plan.network.input_size,
        normalisation=recipe.training.normalisation,
        backbone=plan.network.backbone,
        backbone_options=plan.network.options,
        embedding=plan.network.embedding,
        neck=plan.network.neck,
        scale=recipe.training.scale,
        library=None if library is None else {k: dict(v) for k, v in library.plates.items()},
        copies=most_copies(plan.training),
        image_size=surveys[0].size,
        smallest_plate=min(len(plate.wells) for plate in plan.training),
        provenance=_provenance(recipe, plan),
        accuracy=outcome.intervals() if outcome is not None else {},
        channel_ranges=channel_ranges(surveys),
        channel_statistics=statistics if fixed else [],
    )


def as_snapshot(card: ModelCard, epoch: int) -> ModelCard:
    """Return the card of the network of one epoch, which says so, and what it lacks.

    Like the model of a training that was stopped, it has no calibration, no library limit and no
    discriminants: those are made once, at the end, for the best network.
    """
    told = "judged on the held-out experiments" if card.accuracy else "not judged"
    snapshot = (
        f"This is a snapshot after epoch {epoch}, {told}: its confidence is not calibrated, and it"
        " does not tell wells that hold nothing of its library."
    )
    return card.model_copy(
        update={
            "name": f"{card.name}, epoch {epoch}",
            "warning": f"{card.warning} {snapshot}".strip(),
            "provenance": card.provenance.model_copy(update={"epoch": epoch}),
        }
    )


def _provenance(recipe: Recipe, plan: TrainingPlan) -> Provenance:
    packages = ("deepnoise-app", "torch", "timm", "numpy")
    return Provenance(
        screen=", ".join(re.split(r"[/\\]", screen.path.rstrip("/\\"))[-1]
                         for screen in plan.screens),
        experiments=plan.experiments,
        held_out=plan.held_out_experiments,
        recipe=recipe.model_dump(mode="json", exclude={"screen", "start_from"}),
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in packages},
        },
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=recipe.seed,
        started_from="" if plan.start is None else plan.start.name,
        learned_from_held_out=any(plate in plan.unlabelled for plate in plan.judged),
    )  # fmt: skip
