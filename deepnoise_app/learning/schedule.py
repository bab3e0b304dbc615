"""Optimisers and learning rates of both stages."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from deepnoise_app.learning.batches import STEP
from deepnoise_app.runs.stages import StageTwo, Training


def make_optimizer(network: nn.Module, settings: Training | StageTwo) -> torch.optim.Optimizer:
    """Return the recipe's optimiser; with AdamW, vectors (biases, batch norm) do not decay.

    With Adam and SGD the decay is L2 on every parameter, as published.
    """
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
    """Return the rate of a step (from 0): linear warm-up, then as the schedule says."""
    warmup = settings.warmup_epochs * steps_per_epoch
    if step < warmup:
        return settings.learning_rate * (step + 1) / (warmup + 1)
    if settings.schedule == "constant":
        return settings.learning_rate
    if settings.schedule == "steps":
        epoch = step // steps_per_epoch + 1
        begun = [(first, rate) for first, rate in settings.rate_steps if first <= epoch]
        return max(begun)[1] if begun else settings.learning_rate
    total = settings.epochs * steps_per_epoch
    done = (step - warmup) / max(total - warmup, 1)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * done))


def cycle_rate(settings: StageTwo, epoch: int) -> float:
    """Return the rate of an epoch (from 0) of stage two: cosines with restarts, then the tail."""
    falling = settings.epochs - settings.tail_epochs
    if epoch >= falling:
        return settings.tail_rate
    length = falling / settings.cycles
    done = (epoch % length) / length
    low, high = settings.lowest_rate, settings.learning_rate
    return low + (high - low) * 0.5 * (1 + math.cos(math.pi * done))


def step_seed(seed: int, step: int, part: int = 0) -> int:
    """Seed of what torch itself draws in a part of a step (dropout)."""
    return int(np.random.SeedSequence((seed, STEP, step, part)).generate_state(1)[0])
