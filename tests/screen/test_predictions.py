"""Predictions of many plates: joined, renewed and left out, each plate keeps its own rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from deepnoise_app.screen import COLUMNS, Predictions

KEYS = st.tuples(st.sampled_from(["E1", "E2"]), st.sampled_from(["P1", "P2", "P3"]))
ROWS = st.lists(KEYS, max_size=12)


def table(keys: list[tuple[str, str]], model: str) -> Predictions:
    """One row per key, in this order; each confidence is there once."""
    columns = {name: [""] * len(keys) for name in COLUMNS}
    columns |= {
        "Metadata_Experiment": [key[0] for key in keys],
        "Metadata_Plate": [key[1] for key in keys],
        "Metadata_Well": [f"A{at + 1:02d}" for at in range(len(keys))],
        "Metadata_Role": ["treatment"] * len(keys),
        "Prediction_Free": [f"{model}-{at}" for at in range(len(keys))],
        "Confidence": list(np.linspace(0, 1, len(keys))),
        "Model": [model] * len(keys),
    }
    return Predictions(pd.DataFrame(columns, columns=list(COLUMNS)))


def rows_of(found: Predictions, key: tuple[str, str]) -> pd.DataFrame:
    """The rows of a plate, looked for in the plain way."""
    mine = (found.table["Metadata_Experiment"] == key[0]) & (
        found.table["Metadata_Plate"] == key[1]
    )
    return found.table[mine]


def is_sound(found: Predictions) -> bool:
    keys = set(zip(found.table["Metadata_Experiment"], found.table["Metadata_Plate"], strict=True))
    assert set(found.plates) == keys
    for key in keys:
        pd.testing.assert_frame_equal(found.of(key), rows_of(found, key))
    return list(found.table.index) == list(range(len(found)))


@given(ROWS, ROWS, st.sets(KEYS), ROWS)
def test_joined_left_out_and_renewed_plates_have_the_rows_of_the_table(
    first: list, second: list, gone: set, newer: list
) -> None:
    joined = Predictions.joined([table(first, "a"), table(second, "b")])
    assert is_sound(joined)
    left = joined.without(gone)
    assert is_sound(left)
    assert not gone & set(left.plates)
    kept = ~pd.MultiIndex.from_frame(joined.table.iloc[:, :2]).isin(list(gone))
    assert left.table["Prediction_Free"].tolist() == joined.table["Prediction_Free"][kept].tolist()
    renewed = left.renewed(table(newer, "c"))
    assert is_sound(renewed)
    assert all(set(renewed.of(key)["Model"]) == {"c"} for key in set(newer))
    assert len(renewed) == len(newer) + len(left.without(newer))


def test_what_is_painted_is_found_once_and_is_that_of_the_plate() -> None:
    found = table([("E1", "P1"), ("E1", "P2"), ("E1", "P1")], "a")
    overlay = found.overlay(("E1", "P1"), "Prediction_Free", "Free")
    assert list(overlay.texts.values()) == ["a-0", "a-2"]
    assert found.overlay(("E1", "P1"), "Prediction_Free", "Free") is overlay
    assert not found.overlay(("E1", "P1"), "Prediction_OnePerWell", "One per well").values
    again = found.renewed(table([("E1", "P1")], "b"))
    assert list(again.overlay(("E1", "P1"), "Prediction_Free", "Free").texts.values()) == ["b-0"]
