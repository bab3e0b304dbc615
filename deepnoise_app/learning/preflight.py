"""Tells beforehand what a run would take, by trying it on a few sites; writes `plan.json`."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import psutil
import torch

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.augment import dihedral
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.device import memory_budget, name_device, pick_device, thread_count
from deepnoise_app.learning.familiar import unlike_outwardly
from deepnoise_app.learning.lesson_material import training_store
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.material import Reading
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.objective import SupervisedObjective
from deepnoise_app.learning.package import load_package
from deepnoise_app.learning.plan import ScoringPlan
from deepnoise_app.learning.survey import sites_of, survey_sites
from deepnoise_app.runs.events import Progress
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Plate

# Sites looked at on each plate, and plates looked at: a look, not a measurement.
LOOKED_AT, PLATES_LOOKED_AT = 8, 12
TRIED_BATCH = 16

Plan = TrainingPlan | ScoringPlan


def check(run: RunFolder, recipe: Recipe, plan: Plan, reading: Reading) -> str:
    """Write `plan.json`: device, plates, wells, sites, seconds; for a scoring what is unlike."""
    if isinstance(plan, ScoringPlan):
        found = _scoring(recipe, plan, reading)
    else:
        found = _training(recipe, plan, reading)
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
    looked_at = _spread(len(plan.plates), PLATES_LOOKED_AT)
    for done, at in enumerate(looked_at):
        reading.tell(Progress(phase="Looking at the plates", done=done, total=len(looked_at)))
        if reading.should_stop():
            raise Interrupted("stopped before the plan was made")
        refs = sites_of(store, at)
        some = [refs[i] for i in _spread(len(refs), LOOKED_AT)]
        decoding += _seconds(lambda some=some: [store.read(ref) for ref in some]) / len(some)  # type: ignore[misc]
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


def _training(recipe: Recipe, plan: TrainingPlan, reading: Reading) -> dict[str, Any]:
    device = pick_device(recipe.device)
    settings, size = recipe.training, plan.network.input_size
    plates = plan.plates
    names = [channel.name for channel in plan.channels]
    store = training_store(plan, 0)
    reading.tell(Progress(phase="Looking at the plates", done=0, total=1))
    refs = sites_of(store, 0)
    some = [refs[i] for i in _spread(len(refs), LOOKED_AT)]
    decoding = _seconds(lambda: [store.read(ref) for ref in some]) / len(some)
    network = DeepNoiseNet(
        plan.network, len(names), len(plan.classes.names), settings.scale, settings.margin
    ).to(device)
    count = min(settings.batch_size, TRIED_BATCH)
    batch = torch.zeros(count, len(names), size, size, device=device)
    labels = torch.zeros(count, dtype=torch.long, device=device)
    step = _pace(lambda: _step(network, batch, labels)) / count
    sites = sum(int(plate.present.any(axis=2).sum()) for plate in plates)
    kept = sites * len(names) * size * size * 2
    again = max(0.0, 1 - memory_budget() / kept)  # the share of sites that is decoded each epoch
    wells = Counter(_labelled(plan.training, set(plan.classes.names)))
    items = sum(wells.values())
    each = step + again * decoding / thread_count(recipe.workers)
    return {
        "task": "train",
        "device": name_device(device),
        "plates": len(plates),
        "wells": items,
        "sites": sites,
        "classes": len(plan.classes.names),
        "fewest_wells_of_a_class": min(wells.values(), default=0),
        "experiments": plan.experiments,
        "held_out": plan.held_out_experiments,
        "memory_needed_bytes": kept,
        "seconds": round(sites * decoding + settings.epochs * items * each, 3),
        "unlike": [],
    }


def _labelled(plates: Sequence[Plate], names: set[str]) -> list[str]:
    held = [plate.map[well].perturbation for plate in plates for well in plate.wells]
    return [name for name in held if name in names]


def _spread(count: int, most: int) -> list[int]:
    """Up to `most` of `count` positions, evenly spread."""
    return [int(i) for i in np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))]


def _pace_of(
    network: DeepNoiseNet, channels: int, size: int, device: torch.device, recipe: Recipe
) -> float:
    """Seconds that a model takes for the batch that is tried."""
    batch = torch.zeros(TRIED_BATCH, channels, size, size, device=device)
    return _pace(lambda: _forward(network, batch, recipe.scoring.views))


def _forward(network: DeepNoiseNet, batch: torch.Tensor, views: int) -> None:
    network.eval()
    with torch.inference_mode():
        for view in range(views):
            network.head(network.features(dihedral(batch, view))).sum().item()


def _step(network: DeepNoiseNet, batch: torch.Tensor, labels: torch.Tensor) -> None:
    network.train()
    network.zero_grad()
    losses = SupervisedObjective(network)(batch, labels)
    torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]


def _pace(work: Callable[[], object]) -> float:
    """Seconds of the second try: the first one warms up."""
    work()
    return _seconds(work)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
