"""Accuracy by plate, confused pairs, calibration and trivial baselines, against plain counting."""

from __future__ import annotations

import pandas as pd
import pytest

from deepnoise_app.analysis.insight import insight_of
from deepnoise_app.screen import COLUMNS

NAMES = ("a", "b", "c", "d")


def rows(experiment: str, plate: str, named: str, confidence: float = 0.9, truth: str = "abcd"):
    return [
        dict.fromkeys(COLUMNS, "")
        | {
            "Metadata_Experiment": experiment,
            "Metadata_Plate": plate,
            "Metadata_Well": f"A{at + 1:02d}",
            "Metadata_Role": "treatment",
            "Metadata_Perturbation": name,
            "Prediction_Free": named[at],
            "Confidence": confidence,
            "Sites": 1,
            "Model": "m",
        }
        for at, name in enumerate(truth)
    ]


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        [*rows("E1", "P1", "abcd"), *rows("E1", "P2", "badd", 0.4), *rows("E2", "P1", "abdd")]
    )


def test_the_worst_plate_and_experiment_come_first(table):
    found = insight_of(table, {})
    assert next((part.experiment, part.plate) for part in found.plates) == ("E1", "P2")
    values = [part.verdict.accuracies["free"].value for part in found.plates]
    assert values == [0.25, 0.75, 1.0]
    assert [part.experiment for part in found.experiments] == ["E1", "E2"]
    assert found.whole.accuracies["free"].value == pytest.approx(8 / 12)


def test_confused_pairs_are_counted_with_their_places(table):
    pairs = insight_of(table, {}).confusions
    assert (pairs[0].expected, pairs[0].named, pairs[0].wells, pairs[0].of) == ("c", "d", 2, 3)
    assert pairs[0].places == (("E1", "P2", "A03"), ("E2", "P1", "A03"))
    assert {(one.expected, one.named) for one in pairs[1:]} == {("a", "b"), ("b", "a")}


def test_calibration_compares_confidence_with_what_is_right(table):
    found = insight_of(table, {})
    low, high = found.calibration
    assert (low.confidence, low.right.value) == (pytest.approx(0.4), 0.25)
    assert (high.confidence, high.right.value) == (pytest.approx(0.9), 7 / 8)
    assert found.calibration_error == pytest.approx((4 * 0.15 + 8 * 0.025) / 12)


def test_baselines_are_chance_and_the_place_in_other_experiments(table):
    found = insight_of(table, {})
    assert found.chance == 0.25
    assert found.position is not None
    assert found.position.value == 1.0
    shuffled = pd.DataFrame([*rows("E1", "P1", "abcd"), *rows("E2", "P1", "bcda", truth="bcda")])
    assert insight_of(shuffled, {}).position.value == 0.0


def test_one_experiment_alone_tells_nothing_of_position():
    assert insight_of(pd.DataFrame(rows("E1", "P1", "abcd")), {}).position is None


def test_wells_without_truth_have_no_insight(table):
    unknown = table.assign(Metadata_Perturbation="")
    found = insight_of(unknown, {})
    assert not found.whole.accuracies
    assert not found.plates
    assert not found.confusions
    assert found.calibration_error is None


def test_what_the_model_cannot_name_does_not_count(table):
    found = insight_of(table, {"m": frozenset("abc")})
    assert found.whole.wells == 9
    assert {one.expected for one in found.confusions} <= set("abc")
