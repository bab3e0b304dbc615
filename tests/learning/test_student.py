"""One step of the second stage against a plain slow reference; batches; going on bit for bit."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.batches import Item
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.step import Stepper
from deepnoise_app.learning.teacher import consistency_weight
from deepnoise_app.runs.events import EpochEnded


def plain_view(item: Item, number: int) -> NDArray[np.float64]:
    """One view pixel by pixel: normalised, sampled bilinearly along the draw's matrix, erased."""
    draw = item.views[number]
    planes = item.site.planes / 65_535
    planes = (planes - item.mean[:, None, None]) / item.std[:, None, None]
    size = planes.shape[1]
    made = np.zeros_like(planes)
    top, bottom, left, right = draw.erased
    for row in range(size):
        for column in range(size):
            y, x = (row + 0.5) / size, (column + 0.5) / size
            if top <= y < bottom and left <= x < right:
                continue
            there = draw.matrix.astype(np.float64) @ (2 * x - 1, 2 * y - 1, 1)
            at_x, at_y = (there + 1) * size / 2 - 0.5
            for r in (math.floor(at_y), math.floor(at_y) + 1):
                for c in (math.floor(at_x), math.floor(at_x) + 1):
                    if 0 <= r < size and 0 <= c < size:
                        share = (1 - abs(at_y - r)) * (1 - abs(at_x - c))
                        made[:, row, column] += share * planes[:, r, c]
    return made


def plain_logits(
    network: DeepNoiseNet, sites: list[NDArray[np.float64]], labels: list[int] | None = None
) -> torch.Tensor:
    """ArcFace by angles, sample by sample and class by class."""
    features = network.features(torch.tensor(np.array(sites), dtype=torch.float32))
    rows = []
    for n, feature in enumerate(features):
        row = []
        for c, direction in enumerate(network.head.weight):
            cosine = (feature @ direction) / (feature.norm() * direction.norm())
            angle = torch.acos(cosine)
            if labels is not None and labels[n] == c:
                angle = angle + 0.1
            row.append(30 * torch.cos(angle))
        rows.append(torch.stack(row))
    return torch.stack(rows)


def plain_step(room, items: list[Item], epoch: int, rate: float) -> None:
    """Teach one step without anything that makes it fast; changes student and teacher."""
    student, teacher, settings = room.student, room.teacher, room.school.settings
    steady = settings.teacher_norm == "average"
    student.train()
    teacher.train(not steady)
    pseudo = room.stage.notes["pseudo_labels"]
    known = [n for n, item in enumerate(items) if item.label >= 0]
    guessed = [n for n, item in enumerate(items) if pseudo[item.example] >= 0]
    normal, own, other = ([plain_view(item, v) for item in items] for v in range(3))
    with torch.no_grad():
        taught = plain_logits(teacher, other)
    named = plain_logits(student, [normal[n] for n in known], [items[n].label for n in known])
    seen = plain_logits(student, own)
    right = sum(
        -torch.log_softmax(row, 0)[items[n].label] for n, row in zip(known, named, strict=True)
    )
    squares = settings.consistency_form == "squares"
    agreement = sum(
        (a - b) ** 2 / len(one) if squares else b * torch.log(b / a)
        for one, other in zip(seen, taught, strict=True)
        for a, b in zip(torch.softmax(one, 0), torch.softmax(other, 0), strict=True)
    )
    guess = sum(-torch.log_softmax(seen[n], 0)[pseudo[items[n].example]] for n in guessed)
    w = settings.pseudo_weight
    c = consistency_weight(epoch + 1, settings.consistency, settings.consistency_epochs)
    loss = (1 - w) * right / len(known) + c * agreement / len(items) + w * guess / len(guessed)
    loss.backward()
    with torch.no_grad():
        for mine, its in zip(student.parameters(), teacher.parameters(), strict=True):
            mine.copy_(mine - rate * (mine.grad + settings.weight_decay * mine))
            keep = min(1 - 1 / (7 + 1), 0.9)
            its.copy_(keep * its + (1 - keep) * mine)
        for name, its in teacher.named_buffers():
            if steady and name.endswith(("running_mean", "running_var")):
                its.copy_(keep * its + (1 - keep) * student.get_buffer(name))


OTHERWISE = {
    "consistency": 1.0,
    "consistency_form": "divergence",
    "student_view": "hard",
    "teacher_view": "easy",
    "teacher_norm": "average",
}


@pytest.mark.parametrize("changes", [{}, OTHERWISE], ids=["as published", "otherwise"])
def test_one_step_equals_the_plain_slow_one(classroom, changes) -> None:
    room = classroom(drop_rate=0.0, **changes)
    assert {len(item.views) for batch in room.batches.epoch(0) for item in batch.items} == {3}
    epoch, rate = 1, 0.03
    room.stage.begin(epoch, lambda: False, room.events.append)
    batch = next(room.batches.epoch(5))
    plain = copy.copy(room)
    plain.student, plain.teacher = copy.deepcopy(room.student), copy.deepcopy(room.teacher)
    plain_step(plain, batch.items, epoch, rate)
    room.stage.rate = lambda epoch, step: rate
    for network in room.stage.networks.values():
        network.train()
    stepper = Stepper(room.stage, room.ranks, 3, room.events.append, lambda: False)
    losses = stepper.take(batch, epoch, 0, 0).losses
    room.stage.stepped(epoch, 7)
    assert all(value > 0 for value in losses.values())
    for ours, theirs in ((room.student, plain.student), (room.teacher, plain.teacher)):
        for name, value in theirs.state_dict().items():
            torch.testing.assert_close(
                ours.state_dict()[name], value, rtol=2e-4, atol=2e-5, msg=lambda m, n=name: n + m
            )


def test_every_batch_holds_both_kinds_and_others_are_left_out(classroom) -> None:
    room = classroom(batch_size=4)
    for epoch in range(6):
        order = room.batches.order(epoch)
        assert len(order) <= len(room.batches)
        for part in order:
            assert 2 <= room.batches.labelled[part].sum() < len(part)
    whole = classroom(batch_size=40).batches.order(0)
    assert [len(part) for part in whole] == [32]


def test_views_of_an_item_share_site_and_jitter(classroom) -> None:
    item = classroom().batches.item(0, 3)
    _, easy, hard = item.views
    assert not np.array_equal(easy.matrix, hard.matrix)
    assert easy.erased == (0, 0, 0, 0)
    assert item.mean.shape == (2,)


def test_a_held_out_label_is_never_looked_at(classroom, screen) -> None:
    """The unlabelled plates of this screen do have labels: none reaches an example."""
    room = classroom()
    apart = [e for e in room.batches.examples if e.plate >= 4]
    assert {e.label for e in apart} == {-1}
    wells = {(e.plate, e.well) for e in apart}
    assert wells == {(plate, well) for plate in (4, 5) for well in range(4)}  # treated ones


def stop_after(steps: int):
    asked = iter(range(10**6))
    return lambda: next(asked) + 1 >= steps


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(
        torch.equal(one[n].nan_to_num(-9), other[n].nan_to_num(-9)) for n in one
    )


@pytest.mark.parametrize("steps", [1, 4, 7, 10])
def test_stopped_and_gone_on_with_equals_never_stopped_bit_for_bit(classroom, steps) -> None:
    whole = classroom("a").go()
    with pytest.raises(Interrupted):
        classroom("b").go(stop_after(steps))
    assert same(whole, classroom("b").go())


def test_crashed_in_the_middle_of_a_step_and_gone_on_with_equals_never_crashed(classroom):
    whole = classroom("a").go()
    room = classroom("b", training={"save_every_steps": 2})
    follow, left = room.stage.stepped, iter(range(5))

    def crash(epoch: int, steps: int) -> None:
        if next(left, None) is None:
            raise ZeroDivisionError
        follow(epoch, steps)

    room.stage.stepped = crash
    with pytest.raises(ZeroDivisionError):
        room.go()
    again = classroom("b", training={"save_every_steps": 2})
    assert same(whole, again.go())


def test_in_fewer_bits_and_another_layout_it_resumes_bit_for_bit_too(classroom) -> None:
    fast = {"precision": "bf16", "channels_last": True}
    whole = classroom("a", training=fast, size=32).go()
    assert all(value.dtype == torch.float32 for value in whole.values() if value.is_floating_point()
               and value.ndim)  # fmt: skip
    with pytest.raises(Interrupted):
        classroom("b", training=fast, size=32).go(stop_after(6))
    assert same(whole, classroom("b", training=fast, size=32).go())


def test_the_student_learns_and_tells_its_losses_by_name(classroom) -> None:
    room = classroom(epochs=6, learning_rate=1e-2, optimizer="adamw", consistency=1.0)
    room.go()
    ended = [event for event in room.events if isinstance(event, EpochEnded)]
    assert [event.epoch for event in ended] == [5, 6, 7, 8, 9, 10]
    assert {event.stage for event in ended} == {2}
    assert ended[-1].losses["classification"] < 0.7 * ended[0].losses["classification"]
    assert ended[0].losses["pseudo_labels"] == 0
    assert ended[1].losses["pseudo_labels"] > 0
    assert ended[-1].pseudo_labels == 8
    assert sum(ended[-1].losses.values()) == pytest.approx(ended[-1].loss)
