"""The teacher, its losses and the schedules against plain references and published values."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from deepnoise_app.learning.objective import consistency, divergence
from deepnoise_app.learning.schedule import cycle_rate
from deepnoise_app.learning.teacher import consistency_weight, teacher_keep, update_teacher
from deepnoise_app.runs.recipe import StageTwo

DECAY = [(1, 0.5), (2, 0.9), (11, 0.99), (21, 0.999)]


def test_teacher_after_50_steps_is_the_closed_formula() -> None:
    """T = sum over i of (1 - a_i) S_i times the product of all later a_j."""
    steps_per_epoch = 4
    torch.manual_seed(0)
    student, teacher = nn.Linear(5, 3), nn.Linear(5, 3)
    seen, kept = [teacher.weight.detach().double().numpy()], []
    for step in range(50):
        with torch.no_grad():
            student.weight.copy_(torch.randn(3, 5))
        keep = teacher_keep(step, step // steps_per_epoch + 1, DECAY)
        update_teacher(teacher, student, keep)
        kept.append(keep)
        seen.append(student.weight.detach().double().numpy())
    start = np.prod(kept) * seen[0]
    closed = start + sum((1 - kept[i]) * np.prod(kept[i + 1 :]) * seen[i + 1] for i in range(50))
    assert kept[0] == 0  # nothing is left of where the teacher began
    assert kept[1] == 0.5
    assert kept[3:6] == [0.5, 0.8, 1 - 1 / 6]
    np.testing.assert_allclose(teacher.weight.detach().numpy(), closed, rtol=1e-5, atol=1e-6)


def test_first_update_copies_the_weights_and_leaves_what_batch_norm_gathered() -> None:
    student, teacher = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    with torch.no_grad():
        student.weight.fill_(3)
        student.running_mean.fill_(5)
        teacher.running_mean.fill_(7)
    update_teacher(teacher, student, teacher_keep(0, 1, DECAY))
    assert torch.equal(teacher.weight, student.weight)
    assert teacher.running_mean.tolist() == [7, 7]


def test_what_batch_norm_has_gathered_may_follow_too() -> None:
    student, teacher = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    with torch.no_grad():
        student.running_mean.fill_(5)
        student.running_var.fill_(3)
        teacher.running_mean.fill_(7)
    update_teacher(teacher, student, 0.75, statistics=True)
    assert teacher.running_mean.tolist() == [6.5, 6.5]
    assert teacher.running_var.tolist() == [1.5, 1.5]
    assert student.running_mean.tolist() == [5, 5]


def test_teacher_keeps_more_of_itself_in_later_epochs() -> None:
    found = [teacher_keep(10**6, epoch, DECAY) for epoch in (1, 2, 10, 11, 20, 21, 99)]
    assert found == [0.5, 0.9, 0.9, 0.99, 0.99, 0.999, 0.999]


def test_consistency_is_the_loop_over_samples_and_classes() -> None:
    rng = np.random.default_rng(0)
    student, teacher = rng.normal(0, 3, (2, 6, 5))
    total = 0.0
    for one, other in zip(student, teacher, strict=True):
        shares = [[math.exp(v) / sum(map(math.exp, row)) for v in row] for row in (one, other)]
        for a, b in zip(*shares, strict=True):
            total += (a - b) ** 2 / 5 / 6
    found = consistency(
        torch.from_numpy(student), torch.from_numpy(teacher), torch.full((6,), 1 / 6)
    )
    assert float(found) == pytest.approx(total, rel=1e-5)


def test_divergence_is_the_loop_over_samples_and_classes() -> None:
    rng = np.random.default_rng(1)
    student, teacher = rng.normal(0, 3, (2, 6, 5))
    total = 0.0
    for one, other in zip(student, teacher, strict=True):
        said, taught = (
            [math.exp(v) / sum(map(math.exp, row)) for v in row] for row in (one, other)
        )
        for s, t in zip(said, taught, strict=True):
            total += t * math.log(t / s) / 6
    weights = torch.full((6,), 1 / 6)
    found = divergence(torch.from_numpy(student), torch.from_numpy(teacher), weights)
    assert float(found) == pytest.approx(total, rel=1e-5)
    assert float(divergence(torch.ones(6, 5), torch.ones(6, 5), weights)) == 0


def test_consistency_counts_from_a_fifth_of_its_ramp() -> None:
    found = [consistency_weight(epoch, 100, 5) for epoch in (1, 2, 5, 6)]
    assert found == pytest.approx([100 * math.exp(-5 * 0.64), 100 * math.exp(-5 * 0.36), 100, 100])
    assert consistency_weight(1, 7, 0) == 7


@pytest.mark.parametrize(("epochs", "length"), [(165, 40), (85, 20), (45, 10)])
def test_published_rates_restart_four_times_and_end_in_a_tail(epochs: int, length: int) -> None:
    settings = StageTwo(epochs=epochs, learning_rate=0.1, cycles=4, tail_epochs=5)
    rates = [cycle_rate(settings, epoch) for epoch in range(epochs)]
    assert [e for e, rate in enumerate(rates) if rate == 0.1] == [n * length for n in range(4)]
    assert rates[length // 2] == pytest.approx((0.1 + 1e-3) / 2)
    assert rates[-5:] == [1e-4] * 5
    assert rates[:length] == sorted(rates[:length], reverse=True)
