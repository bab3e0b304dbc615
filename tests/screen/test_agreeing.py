"""Predictions as they are painted beside what a plate map says."""

from __future__ import annotations

import pandas as pd

from deepnoise_app.screen import COLUMNS, Predictions, WellId

KEY = ("E01", "Plate1")
WELLS = [WellId(1, column) for column in range(5)]


def row(well: WellId, truth: str, free: str, role: str = "treatment") -> dict[str, object]:
    """A row that names a well, with four names more that the model finds likely."""
    blank: dict[str, object] = dict.fromkeys(COLUMNS, "")
    place = {"Metadata_Experiment": KEY[0], "Metadata_Plate": KEY[1], "Metadata_Well": well.name}
    held = {"Metadata_Role": role, "Metadata_Perturbation": truth}
    best = {"Prediction_Free": free, "Top2": "two", "Top5": "five", "Confidence": 0.5}
    return blank | place | held | best


def test_a_name_agrees_wholly_nearly_or_not_and_nothing_is_said_without_a_truth():
    right, nearly, unlike, unknown, control = WELLS
    predictions = Predictions(
        pd.DataFrame(
            [
                row(right, "one", "one"),
                row(nearly, "five", "one"),
                row(unlike, "nine", "one"),
                row(unknown, "", "one"),
                row(control, "one", "one", "negative_control"),
            ]
        )
    )
    names = predictions.overlay(KEY, "Prediction_Free", "Prediction").texts
    found = predictions.agreement(KEY, names, "Agreement")
    assert found.values == {right: 1.0, nearly: 0.5, unlike: 0.0}
    assert found.texts == {right: "one", nearly: "one ← five", unlike: "one ← nine"}
    assert [found.words[value] for value in (0, 0.5, 1)] == [
        "neither", "among the five best", "right",
    ]  # fmt: skip
    assert found.robust_range() == (0, 1)


def test_a_name_of_another_rule_is_near_where_the_free_one_was_right():
    (well, *_) = WELLS
    predictions = Predictions(pd.DataFrame([row(well, "one", "one")]))
    found = predictions.agreement(KEY, {well: "other"}, "Agreement")
    assert found.values == {well: 0.5}
    assert found.texts == {well: "other ← one"}
