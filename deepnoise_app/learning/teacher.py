"""The mean teacher (Tarvainen and Valpola 2017): a running average of the student's weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


def update_teacher(
    teacher: nn.Module, student: nn.Module, keep: float, statistics: bool = False
) -> None:
    """Set teacher = keep * teacher + (1 - keep) * student, parameters only.

    What batch norm has gathered stays the teacher's own, which runs in training mode on its
    batches, or with `statistics` follows in the same way.
    """
    with torch.no_grad():
        for mine, its in zip(teacher.parameters(), student.parameters(), strict=True):
            mine.lerp_(its, 1 - keep)
        if statistics:
            pairs = zip(norm_statistics(teacher), norm_statistics(student), strict=True)
            for old, new in pairs:
                old.lerp_(new, 1 - keep)


def norm_statistics(network: nn.Module) -> list[Tensor]:
    """Return means and variances that batch norm has gathered, as they are kept."""
    return [
        statistic
        for module in network.modules()
        if isinstance(module, nn.modules.batchnorm._BatchNorm)
        for statistic in (module.running_mean, module.running_var)
        if statistic is not None
    ]


def teacher_keep(step: int, epoch: int, decay: Sequence[tuple[int, float]]) -> float:
    """Return the share of itself that a teacher keeps: min(1 - 1 / (step + 1), that of the epoch).

    Parameters
    ----------
    step
        Steps of the stage so far, from 0: the first update copies the student.
    epoch
        Of the stage, from 1.
    decay
        (epoch, share) pairs: the share from that epoch on.
    """
    begun = [(first, share) for first, share in decay if first <= epoch]
    share = max(begun)[1] if begun else 0.0
    return min(1 - 1 / (step + 1), share)


def consistency_weight(epoch: int, highest: float, ramp_epochs: float) -> float:
    """Return highest * exp(-5 (1 - t)^2), t = epoch / ramp_epochs up to 1; `epoch` from 1."""
    t = min(1.0, epoch / ramp_epochs) if ramp_epochs else 1.0
    return highest * math.exp(-5 * (1 - t) ** 2)
