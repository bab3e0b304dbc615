"""Explains the name of one well: an attribution for each of its sites, in the run folder."""

from __future__ import annotations

import numpy as np
import torch

from deepnoise_app.errors import Interrupted, RecipeError
from deepnoise_app.learning.attribution import Attribution, attribute
from deepnoise_app.learning.device import pick_device
from deepnoise_app.learning.material import Materials, Reading
from deepnoise_app.learning.package import load_package
from deepnoise_app.learning.plan import ScoringPlan
from deepnoise_app.learning.score import Scorer
from deepnoise_app.runs.events import Progress, Saved, Warned
from deepnoise_app.runs.explanation import Explanation, SiteExplanation
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import WellId

PHASE = "Asking the network why"


def run_explaining(run: RunFolder, recipe: Recipe, plan: ScoringPlan, reading: Reading) -> str:
    """Do what an explaining recipe asks; returns a closing sentence.

    Raises
    ------
    RecipeError
        If the well was not imaged, or the model does not know what is to be explained.
    Interrupted
        If a stop was asked for.
    """
    well = WellId.parse(recipe.explaining.well)
    plate, model = plan.plates[0], plan.models[0]
    if well not in plate.well_index:
        raise RecipeError(f"well {well} of {' '.join(plate.key)} was not imaged")
    if len(plan.models) > 1:
        reading.tell(Warned(message=f"of the ensemble, {model.card.name} alone is explained"))
    card, network = load_package(model.folder)
    device = pick_device(recipe.device)
    material = Materials(reading).of(card, [plate], [model.channels[0]])
    scorer = Scorer(network.to(device), device, 1, recipe.scoring.batch_size, reading.pool)
    if recipe.scoring.adapt:
        scorer = scorer.adapted(
            material.store, material.surveys[0], material.groups[0], reading.should_stop
        )
    survey = material.surveys[0]
    places = survey.chosen().get(plate.well_index[well], [])
    if not places:
        raise RecipeError(f"well {well} of {' '.join(plate.key)} has no readable image")
    refs = [survey.refs[at] for at in places]
    sites = scorer.prepared([material.store.read(ref) for ref in refs], material.groups[0])
    scorer.network.eval().requires_grad_(False)
    with torch.no_grad():
        mean = scorer.network(sites).mean(dim=0)
    target = _target(card.classes, card.control_classes, recipe.explaining.target, mean)
    made = []
    for at, (site, ref) in enumerate(zip(sites, refs, strict=True)):
        reading.tell(Progress(phase=PHASE, done=at, total=len(refs)))
        found = attribute(scorer.network, site, target, lambda: _honour(reading))
        number = plate.sites[ref.site]
        np.save(run.path / f"attribution-s{number}.npy", found.values, allow_pickle=False)
        made.append(_told(number, found))
    shares = _shares(run, made)
    names = dict(zip((str(name) for name in card.channels), shares, strict=True))
    explanation = Explanation(
        experiment=plate.experiment, plate=plate.name, well=well.name,
        target=card.classes[target], model=card.name, sites=made, channels=names,
    )  # fmt: skip
    path = explanation.write(run.path)
    reading.tell(Progress(phase=PHASE, done=len(refs), total=len(refs)))
    reading.tell(Saved(what="explanation", path=str(path)))
    return explanation.sentence


def _target(
    classes: list[str], controls: list[str], wanted: str | None, logits: torch.Tensor
) -> int:
    """Position of the class to explain: the one asked for, or the likeliest that is no control."""
    if wanted is not None:
        if wanted not in classes:
            raise RecipeError(f"the model does not know {wanted!r}, so it cannot say why")
        return classes.index(wanted)
    taken = logits.clone()
    if len(controls) < len(classes):
        taken[[at for at, name in enumerate(classes) if name in set(controls)]] = -torch.inf
    return int(taken.argmax())


def _honour(reading: Reading) -> None:
    if reading.should_stop():
        raise Interrupted("stopped before the explanation was complete")


def _told(site: int, found: Attribution) -> SiteExplanation:
    return SiteExplanation(
        site=site,
        start=found.start,
        end=found.end,
        attributed=float(found.values.sum(dtype=np.float64)),
        steps=found.steps,
    )


def _shares(run: RunFolder, sites: list[SiteExplanation]) -> list[float]:
    """Share of each channel in all that speaks for or against, 0 to 1."""
    planes = [
        np.abs(np.load(run.path / one.file, allow_pickle=False)).sum(axis=(1, 2)) for one in sites
    ]
    total = np.stack(planes).sum(axis=0, dtype=np.float64)
    return [float(share) for share in total / max(float(total.sum()), 1e-12)]
