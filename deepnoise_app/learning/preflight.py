"""Tells beforehand what a run would take, by trying it on a few sites; writes `plan.json`."""

from __future__ import annotations

import json
import shutil
from typing import Any

import psutil
import torch

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.augment import dihedral
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.device import memory_budget, name_device, pick_device, thread_count
from deepnoise_app.learning.familiar import unlike_outwardly
from deepnoise_app.learning.forecast import forecast
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.material import Reading
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.package import load_package
from deepnoise_app.learning.plan import ScoringPlan
from deepnoise_app.learning.survey import sites_of, survey_sites
from deepnoise_app.learning.trial import pace, seconds_of, spread
from deepnoise_app.runs.events import Progress
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe

# Sites looked at on each plate, and plates looked at: a look, not a measurement.
LOOKED_AT, PLATES_LOOKED_AT = 8, 12
TRIED_BATCH = 16

Plan = TrainingPlan | ScoringPlan


def check(run: RunFolder, recipe: Recipe, plan: Plan, reading: Reading) -> str:
    """Write `plan.json`: device, plates, wells, sites, seconds, and what should be known before."""
    if isinstance(plan, ScoringPlan):
        found = _scoring(recipe, plan, reading)
    else:
        found = forecast(recipe, plan, reading)
    found["disk_free_bytes"] = shutil.disk_usage(run.path).free
    found["memory_free_bytes"] = int(psutil.virtual_memory().available)
    write_whole(run.plan_path, json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return f"the plan is in {run.plan_path}"


def _scoring(recipe: Recipe, plan: ScoringPlan, reading: Reading) -> dict[str, Any]:
    device = pick_device(recipe.device)
    models = [load_package(model.folder) for model in plan.models]
    card = models[0][0]
    store = SiteStore(plan.plates, plan.models[0].channels, card.input_size, memory_budget())
    decoding, unlike = 0.0, []
    looked_at = spread(len(plan.plates), PLATES_LOOKED_AT)
    for done, at in enumerate(looked_at):
        reading.tell(Progress(phase="Looking at the plates", done=done, total=len(looked_at)))
        if reading.should_stop():
            raise Interrupted("stopped before the plan was made")
        refs = sites_of(store, at)
        some = [refs[i] for i in spread(len(refs), LOOKED_AT)]
        decoding += seconds_of(lambda some=some: [store.read(ref) for ref in some]) / len(some)  # type: ignore[misc]
        plate = plan.plates[at]
        survey = survey_sites(store, some, reading.pool, LOOKED_AT)
        reasons = unlike_outwardly(card, survey, len(plate.wells))
        if reasons:
            unlike.append({"experiment": plate.experiment, "plate": plate.name, "reasons": reasons})
    forward = sum(
        _pace_of(network.to(device), len(card.channels), card.input_size, device, recipe)
        for card, network in models
    )
    sites = sum(int(plate.present.any(axis=2).sum()) for plate in plan.plates)
    each = decoding / len(looked_at) / thread_count(recipe.workers) + forward / TRIED_BATCH
    return {
        "task": "score",
        "device": name_device(device),
        "plates": len(plan.plates),
        "wells": sum(len(plate.wells) for plate in plan.plates),
        "sites": sites,
        "seconds": round(sites * each, 3),
        "unlike": unlike,
    }


def _pace_of(
    network: DeepNoiseNet, channels: int, size: int, device: torch.device, recipe: Recipe
) -> float:
    """Seconds that a model takes for the batch that is tried."""
    batch = torch.zeros(TRIED_BATCH, channels, size, size, device=device)
    # AdaBN looks at every site twice more: for what is unlike, and for the statistics.
    views = recipe.scoring.views + 2 * recipe.scoring.adapt
    return pace(lambda: _forward(network, batch, views))


def _forward(network: DeepNoiseNet, batch: torch.Tensor, views: int) -> None:
    network.eval()
    with torch.inference_mode():
        for view in range(views):
            network.head(network.features(dihedral(batch, view))).sum().item()
