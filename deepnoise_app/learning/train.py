"""The training loop, whole and visible. Knows nothing of run folders and windows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn

from deepnoise_app.errors import Interrupted, RunError
from deepnoise_app.learning.batches import STEP, Batches, collate
from deepnoise_app.learning.checkpoint import Reached, load_checkpoint, save_checkpoint
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.objective import SupervisedObjective
from deepnoise_app.learning.outcome import Outcome
from deepnoise_app.runs.events import EpochEnded, Event, Progress
from deepnoise_app.runs.recipe import Training

SAY_EVERY_S = 0.3
PRECISIONS: dict[str, Literal["32-true", "bf16-mixed"]] = {"32": "32-true", "bf16": "bf16-mixed"}


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """All that a training needs.

    `validate` gives the outcome on the held-out experiments after an epoch (counted from 1);
    `keep` saves the network as it is, with its outcome if it was validated.
    """

    network: DeepNoiseNet
    batches: Batches
    settings: Training
    seed: int
    device: torch.device
    checkpoint: Path
    validate: Callable[[int], Outcome]
    keep: Callable[[Outcome | None], None]


def train(course: Course, tell: Callable[[Event], None], should_stop: Callable[[], bool]) -> None:
    """Train, or go on where the checkpoint is.

    A stop is honoured after the batch under way: the checkpoint is written, and a network that was
    never validated is kept as it is.

    Raises
    ------
    Interrupted
        If `should_stop` says so.
    RunError
        If the loss is no longer finite.
    """
    settings, steps = course.settings, len(course.batches)
    fabric = Fabric(
        accelerator=course.device.type, devices=1, precision=PRECISIONS[settings.precision]
    )
    optimizer = make_optimizer(course.network, settings)
    reached = load_checkpoint(course.checkpoint, course.network, optimizer) or Reached()
    raw = SupervisedObjective(course.network, settings.label_smoothing)
    objective, optimizer = fabric.setup(raw, optimizer)
    said = 0.0

    def save(now: Reached) -> None:
        save_checkpoint(course.checkpoint, now, course.network, optimizer)

    for epoch in range(reached.epoch, settings.epochs):
        began = time.monotonic() - reached.seconds
        course.network.train()
        for items in course.batches.epoch(epoch, skip=reached.step):
            step = epoch * steps + reached.step
            torch.manual_seed(step_seed(course.seed, step))
            set_learning_rate(optimizer, learning_rate(settings, step, steps))
            losses = objective(*collate(items, course.device))
            loss = sum(losses.values())
            value = float(loss.detach())
            if not math.isfinite(value):
                raise RunError(f"the loss is {value} at step {step}: try a lower learning_rate")
            fabric.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            reached = replace(
                reached,
                step=reached.step + 1,
                loss_sum=reached.loss_sum + value,
                seconds=time.monotonic() - began,
            )
            if should_stop():
                save(reached)
                if reached.best < 0:
                    course.keep(None)
                raise Interrupted(f"stopped in epoch {epoch + 1} of {settings.epochs}")
            if (step + 1) % settings.save_every_steps == 0:
                save(reached)
            if time.monotonic() - said > SAY_EVERY_S:
                said = time.monotonic()
                tell(Progress(phase="Training", done=step + 1, total=settings.epochs * steps))
        best, outcome = reached.best, None
        if (epoch + 1) % settings.validate_every == 0 or epoch + 1 == settings.epochs:
            outcome = course.validate(epoch + 1)
            score = outcome.value("free") or 0.0
            if score > best:
                best = score
                course.keep(outcome)
        tell(_ended(reached, steps, settings.epochs, outcome))
        reached = reached.after_epoch(best)
        save(reached)


def _ended(reached: Reached, steps: int, epochs: int, outcome: Outcome | None) -> EpochEnded:
    return EpochEnded(
        epoch=reached.epoch + 1,
        epochs=epochs,
        step=(reached.epoch + 1) * steps,
        loss=reached.loss_sum / steps,
        free=outcome.value("free") if outcome else None,
        one_per_well=outcome.value("one_per_well") if outcome else None,
        plate_prior=outcome.value("plate_prior") if outcome else None,
        seconds=reached.seconds,
    )


def make_optimizer(network: nn.Module, settings: Training) -> torch.optim.Optimizer:
    """Return the recipe's optimiser; with AdamW, vectors (biases, batch norm) do not decay."""
    parameters = list(network.parameters())
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, weight_decay=decay)
    if settings.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=rate, weight_decay=decay)
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate)


def learning_rate(settings: Training, step: int, steps_per_epoch: int) -> float:
    """Return the rate of a step (from 0): linear warm-up, then constant or half a cosine."""
    warmup = settings.warmup_epochs * steps_per_epoch
    if step < warmup:
        return settings.learning_rate * (step + 1) / (warmup + 1)
    if settings.schedule == "constant":
        return settings.learning_rate
    total = settings.epochs * steps_per_epoch
    done = (step - warmup) / max(total - warmup, 1)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * done))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the rate of every group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def step_seed(seed: int, step: int) -> int:
    """Seed of what torch itself draws in a step (dropout)."""
    return int(np.random.SeedSequence((seed, STEP, step)).generate_state(1)[0])
