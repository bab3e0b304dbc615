"""Names from simple features and from places alone."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.analysis.baselines import linear_shares, position_shares, within_plates


def test_each_plate_has_mean_0_and_deviation_1():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(5, 2, (20, 3)), rng.normal(-3, 9, (30, 3))])
    plates = ["a"] * 20 + ["b"] * 30

    made = within_plates(values, plates)

    for mine in (made[:20], made[20:]):
        assert np.allclose(mine.mean(axis=0), 0)
        assert np.allclose(mine.std(axis=0), 1)


def test_a_feature_that_does_not_vary_on_a_plate_becomes_0():
    made = within_plates(np.array([[7.0, 1.0], [7.0, 3.0]]), ["a", "a"])

    assert made[:, 0].tolist() == [0, 0]


def test_separate_classes_are_named_right():
    rng = np.random.default_rng(0)
    centres = {"x": (0, 0), "y": (9, 0), "z": (0, 9)}
    learned = np.concatenate([rng.normal(c, 1, (20, 2)) for c in centres.values()])
    labels = [name for name in centres for _ in range(20)]

    shares = linear_shares(learned, labels, np.array([[9.0, 0], [0, 9], [0, 0]]), ("x", "y", "z"))

    assert [("x", "y", "z")[at] for at in shares.argmax(axis=1)] == ["y", "z", "x"]
    assert np.exp(shares).sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_a_class_that_was_never_learned_is_never_named():
    learned = np.array([[0.0], [0.1], [1.0], [1.1]])

    shares = linear_shares(learned, ["x", "x", "z", "z"], np.array([[0.5]]), ("x", "y", "z"))

    assert shares[0, 1] <= -1e4


def test_a_single_well_of_each_class_names_what_is_nearest():
    learned = np.array([[0.0, 0.0], [5.0, 0.0]])

    shares = linear_shares(learned, ["y", "x"], np.array([[4.0, 1.0]]), ("x", "y"))

    assert shares.argmax() == 0
    assert np.exp(shares).sum() == pytest.approx(1, abs=1e-6)


def test_place_tells_what_lay_there_before():
    shares = position_shares(["A1", "A1", "B1"], ["x", "x", "y"], ["A1", "B1", "C1"], ("x", "y"))

    assert shares[0].argmax() == 0
    assert shares[1].argmax() == 1
    assert shares[2, 0] == pytest.approx(shares[2, 1])  # nothing ever lay there
