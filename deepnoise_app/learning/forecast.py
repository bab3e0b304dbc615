"""What a training would take: both stages tried for a step, and what should be known before."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch

from deepnoise_app.analysis.placement import guess_by_position
from deepnoise_app.learning.device import (
    arithmetic,
    memory_budget,
    name_device,
    pick_device,
    thread_count,
)
from deepnoise_app.learning.examples import UNLABELLED, find_examples, find_unlabelled
from deepnoise_app.learning.lesson_material import training_store
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.material import Reading
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.objective import (
    SupervisedObjective,
    Targets,
    TeacherObjective,
    Views,
)
from deepnoise_app.learning.stage import laid_out, lay_out
from deepnoise_app.learning.survey import sites_of
from deepnoise_app.learning.trial import pace, seconds_of, spread
from deepnoise_app.runs.events import Progress, Warned
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.snapshots import snapshot_epochs
from deepnoise_app.screen import Plate

LOOKED_AT, TRIED_BATCH = 8, 16
BYTES = {"adamw": 2, "adam": 2, "sgd": 0}  # further numbers that an optimiser keeps per weight


@dataclass(frozen=True, slots=True)
class _Pace:
    """Seconds of a site: read, learned from in either stage, looked at."""

    decoding: float
    first: float
    second: float
    looking: float


def forecast(recipe: Recipe, plan: TrainingPlan, reading: Reading) -> dict[str, Any]:
    """Return what `plan.json` says of a training."""
    reading.tell(Progress(phase="Trying a step", done=0, total=1))
    device, size = pick_device(recipe.device), plan.network.input_size
    network = DeepNoiseNet(
        plan.network,
        len(plan.channels),
        len(plan.classes.names),
        recipe.training.scale,
        recipe.training.margin,
    ).to(device)
    lay_out(network, recipe.training)
    trial = _tried(recipe, plan, network, device)
    sites = _sites(plan.plates)
    kept = sites * len(plan.channels) * size * size * 2
    held = [plate.map[plate.wells[e.well]].perturbation
            for plate in plan.training for e in find_examples([plate], plan.classes)]  # fmt: skip
    wells = Counter(held)
    seconds = _seconds(recipe, plan, trial, max(0.0, 1 - memory_budget() / kept))
    weights = sum(parameter.numel() for parameter in network.parameters())
    position = guess_by_position([*plan.training, *plan.held_out])
    confounded = position is not None and position.confounded
    stages = [recipe.training.epochs, recipe.stage_two.epochs if plan.two_stages else 0]
    every = recipe.training.snapshot_every
    snapshots = len(snapshot_epochs(every, 0, stages[0]))
    snapshots += len(snapshot_epochs(every, *stages))
    notes = [*plan.notes, *([str(position)] if confounded else [])]
    for note in notes:
        reading.tell(Warned(message=note))
    return {
        "task": "train",
        "device": name_device(device),
        "plates": len(plan.plates),
        "wells": len(held),
        "sites": sites,
        "channels": [channel.name for channel in plan.channels],
        "classes": len(plan.classes.names),
        "fewest_wells_of_a_class": min(wells.values(), default=0),
        "wells_per_class": {name: wells[name] for name in plan.classes.names},
        "experiments": plan.experiments,
        "held_out": plan.held_out_experiments,
        "unlabelled": plan.unlabelled_experiments,
        "unlabelled_wells": len(find_unlabelled(plan.unlabelled, 0)),
        "start_from": "" if plan.start is None else plan.start.name,
        "backbone": plan.network.backbone,
        "weights": weights,
        "epochs": stages,
        "snapshots": snapshots,
        "seconds_of_stages": [round(one, 3) for one in seconds[1:]],
        "seconds": round(sum(seconds), 3),
        "memory_needed_bytes": kept,
        **_graphics_memory(recipe, plan, device),
        "disk_needed_bytes": _disk(recipe, plan, weights, snapshots),
        "position_share": None if position is None else position.share,
        "position_chance": None if position is None else position.chance,
        "confounded_by_position": confounded,
        "notes": notes,
        "unlike": [],
    }


def _tried(
    recipe: Recipe, plan: TrainingPlan, network: DeepNoiseNet, device: torch.device
) -> _Pace:
    """Try a step of each stage on blank sites, and read a few real ones."""
    store = training_store(plan, 0)
    refs = sites_of(store, 0)
    some = [refs[i] for i in spread(len(refs), LOOKED_AT)]
    decoding = seconds_of(lambda: [store.read(ref) for ref in some]) / len(some)
    size = plan.network.input_size
    count = min(recipe.training.batch_size, TRIED_BATCH)
    blank = torch.zeros(count, len(plan.channels), size, size, device=device)
    sites = laid_out(blank, recipe.training)
    labels = torch.zeros(count, dtype=torch.long, device=device)
    bf16 = arithmetic(recipe.training.precision, device) == "bf16"
    supervised = SupervisedObjective(network)
    taught = TeacherObjective(network, copy.deepcopy(network))
    weights = torch.full((count,), 1 / count, device=device)
    half = labels.clone()
    half[count // 2 :] = UNLABELLED
    targets = Targets(half, weights, labels, weights, weights)

    def learn(objective: torch.nn.Module, *arguments: object) -> None:
        network.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            losses = objective(*arguments)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]

    def look() -> None:
        with torch.inference_mode():
            network(sites).sum().item()

    first = pace(lambda: learn(supervised, sites, labels))
    views = Views(sites, sites, sites)
    second = pace(lambda: learn(taught, views, targets, 1.0, 0.1)) if plan.two_stages else 0.0
    network.eval()
    return _Pace(decoding, first / count, second / count, pace(look) / count)


def _seconds(
    recipe: Recipe, plan: TrainingPlan, trial: _Pace, again: float
) -> tuple[float, float, float]:
    """Seconds of reading, first and second stage; `again` is the share decoded each epoch."""
    threads = thread_count(recipe.workers)
    anew = again * trial.decoding / threads
    reading = _sites(plan.plates) * trial.decoding / threads
    judging = _sites(plan.held_out) * (trial.looking + anew) / recipe.training.validate_every
    labelled = len(find_examples(plan.training, plan.classes))
    first = recipe.training.epochs * (labelled * (trial.first + anew) + judging)
    second = 0.0
    if plan.two_stages:
        items = len(find_examples(plan.second, plan.classes))
        items += len(find_unlabelled(plan.unlabelled, 0))
        judging = _sites(plan.judged) * (trial.looking + anew) * 2
        second = recipe.stage_two.epochs * (items * (trial.second + anew) + judging)
    return reading, first, second


def _sites(plates: tuple[Plate, ...]) -> int:
    return sum(int(plate.present.any(axis=2).sum()) for plate in plates)


def _graphics_memory(recipe: Recipe, plan: TrainingPlan, device: torch.device) -> dict[str, Any]:
    """Needed and free bytes of a graphics card; nothing where the network computes on a CPU."""
    if device.type != "cuda":
        return {}
    share = (recipe.training.micro_batch or recipe.training.batch_size) / TRIED_BATCH
    if plan.two_stages:
        share = max(share, recipe.stage_two.batch_size / TRIED_BATCH)
    free, _ = torch.cuda.mem_get_info(device)
    needed = int(torch.cuda.max_memory_allocated(device) * max(1.0, share))
    return {"graphics_memory_needed_bytes": needed, "graphics_memory_free_bytes": int(free)}


def _disk(recipe: Recipe, plan: TrainingPlan, weights: int, snapshots: int) -> int:
    """Bytes of the models and, twice, of the largest checkpoint: the old one goes last."""
    stages = [1 + BYTES[recipe.training.optimizer]]
    if plan.two_stages:
        stages.append(2 + BYTES[recipe.stage_two.optimizer])
    return 4 * weights * (1 + snapshots + 2 * max(stages))
