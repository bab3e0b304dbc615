"""Right and wrong in a table of predictions, against counting by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from deepnoise_app.analysis.verdict import is_judged, is_learned, is_right, judge

# plate, role, expected, free, one per well, plate prior, model
ROWS = [
    ("1", "treatment", "a", "a", "a", "", "M"),
    ("1", "treatment", "b", "a", "b", "", "M"),
    ("2", "treatment", "c", "c", "d", "", "M"),
    ("2", "treatment", "z", "a", "a", "", "M"),
    ("2", "treatment", "", "a", "a", "", "M"),
    ("2", "positive_control", "p", "", "", "", "M"),
    ("2", "treatment", "z", "z", "z", "", "N"),
]
COLUMNS = [
    "Metadata_Plate",
    "Metadata_Role",
    "Metadata_Perturbation",
    "Prediction_Free",
    "Prediction_OnePerWell",
    "Prediction_PlatePrior",
    "Model",
]


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=COLUMNS).assign(Metadata_Experiment="E")


def test_accuracies_are_shares_of_the_treated_wells_that_the_model_can_name(table) -> None:
    learned = is_learned(table, {"M": {"a", "b", "c", "d"}})
    found = judge(table, learned)
    assert found.accuracies["free"].value == pytest.approx(3 / 4)
    assert found.accuracies["one_per_well"].value == pytest.approx(3 / 4)
    assert (found.wells, found.unknown) == (4, 1)


def test_an_empty_column_has_no_accuracy(table) -> None:
    found = judge(table, is_learned(table, {}))
    assert set(found.accuracies) == {"free", "one_per_well"}


def test_a_model_that_is_not_known_is_taken_to_know_everything(table) -> None:
    assert is_learned(table, {}).all()
    assert is_learned(table, {"M": {"a"}}).tolist() == [
        True, False, False, False, False, False, True,
    ]  # fmt: skip


def test_controls_and_wells_of_unknown_contents_are_not_judged(table) -> None:
    assert is_judged(table).tolist() == [True, True, True, True, False, False, True]


def test_right_is_the_same_name(table) -> None:
    assert is_right(table, "Prediction_OnePerWell").tolist() == [
        True, True, False, False, False, False, True,
    ]  # fmt: skip


def test_without_any_truth_there_is_no_accuracy(table) -> None:
    found = judge(table.assign(Metadata_Perturbation=""), is_learned(table, {}))
    assert found.accuracies == {}
    assert found.wells == 0
