"""Pseudo-labels: the same whatever the computer does, and never more than the library allows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.examples import UNLABELLED
from deepnoise_app.learning.pseudo import Prior, assign_labels, look_at, mix, unlabelled_plates


def looked(room, batch_size: int = 4, epoch: int = 5):
    return look_at(room.teacher, room.batches, epoch, 2, batch_size, room.ranks, lambda: False)


def test_the_same_teacher_makes_the_same_pseudo_labels(classroom) -> None:
    one, two = classroom("a"), classroom("b")
    first, second = looked(one), looked(two)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, looked(one))
    assert not np.array_equal(first[24:], looked(one, epoch=6)[24:])
    assert np.isnan(first[:24]).all()
    assert np.isfinite(first[24:]).all()


def test_number_of_threads_changes_no_pseudo_label(classroom) -> None:
    room = classroom()
    first = looked(room)
    with ThreadPoolExecutor(5) as pool:
        room.batches._pool = pool
        np.testing.assert_array_equal(first, looked(room))


def test_looking_changes_nothing_in_the_teacher(classroom) -> None:
    room = classroom()
    room.teacher.eval()
    before = room.state()
    looked(room)
    after = room.state()
    assert not room.teacher.training
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_batch_norm_takes_out_what_all_wells_of_a_plate_share(classroom) -> None:
    """In training mode the plate's own statistics count, whatever was gathered before."""
    room = classroom(drop_rate=0.0)
    first = looked(room)
    for module in room.teacher.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.running_mean.add_(3)
    np.testing.assert_array_equal(first, looked(room))


def test_a_stop_is_honoured_while_looking(classroom) -> None:
    room = classroom()
    with pytest.raises(Interrupted, match="pseudo-labels"):
        look_at(room.teacher, room.batches, 5, 2, 4, room.ranks, lambda: True)


def test_new_scores_are_mixed_with_a_share_of_the_old() -> None:
    new, old = np.float32([[1, 2], [3, 4]]), np.float32([[11, 12], [np.nan, np.nan]])
    np.testing.assert_allclose(mix(new, old, 0.1), [[2, 3], [3, 4]])
    assert mix(new, None, 0.1) is new


def scores(batches, right: dict[int, int]) -> np.ndarray:
    """Logits that favour a class for each row, and a little another one."""
    made = np.full((len(batches.examples), 6), np.nan, dtype=np.float32)
    for row, label in right.items():
        made[row] = 0
        made[row, label] = 5
    return made


def test_labels_keep_to_the_inferred_library_plate_and_its_copies(classroom) -> None:
    """Plate 4 holds sirna_0 and sirna_1, two wells each; one well looks like sirna_2."""
    room = classroom()
    (_, first), (_, second) = unlabelled_plates(room.batches)
    right = dict(zip(map(int, first), [0, 0, 1, 2], strict=True))
    right |= dict(zip(map(int, second), [2, 2, 3, 3], strict=True))
    experiments = room.school.experiments
    labels = assign_labels(
        scores(room.batches, right), room.batches, experiments, room.school.prior
    )
    assert labels[first].tolist() == [0, 0, 1, 1]
    assert labels[second].tolist() == [2, 2, 3, 3]
    assert (labels[:24] == UNLABELLED).all()


def test_without_a_library_copies_limit_and_wells_too_many_stay_without_a_label(classroom):
    room = classroom()
    (_, first), (_, second) = unlabelled_plates(room.batches)
    right = dict.fromkeys(map(int, [*first, *second]), 0)
    prior = Prior(room.school.prior.treatments[:2], None, {"sirna_0": 2})
    labels = assign_labels(scores(room.batches, right), room.batches, ["X"] * 6, prior)
    for rows in (first, second):
        assert sorted(labels[rows].tolist()) == [UNLABELLED, 0, 0, 1]
