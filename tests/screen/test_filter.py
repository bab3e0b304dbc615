"""The filter language, as people type it."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.errors import FilterError
from deepnoise_app.screen import TextColumn, natural, parse_filter

COLUMNS = {
    "plate": TextColumn.of(["1", "1", "2", "2"]),
    "well": TextColumn.of(["B02", "B03", "C12", "AA01"]),
    "role": TextColumn.of(["treatment", "positive_control", "negative_control", "treatment"]),
    "perturbation": TextColumn.of(["sirna_2", "sirna_10", "", "salt and pepper"]),
    "plate prior": TextColumn.of(["sirna_2", "", "", "sirna_10"]),
    "confidence": np.array([0.9, 0.5, np.nan, 0.1]),
}


def passed(text: str) -> list[int]:
    return np.flatnonzero(parse_filter(text).mask(COLUMNS)).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2, 3]),
        ("   ", [0, 1, 2, 3]),
        ("sirna_10", [1, 3]),
        ("SIRNA_2", [0]),
        ("positive", [1]),
        ("confidence < 0.5", [3]),
        ("confidence<=0.5", [1, 3]),
        ("confidence >= .5", [0, 1]),
        ("confidence = 0.5", [1]),
        ("confidence != 0.5", [0, 3]),
        ("role = treatment", [0, 3]),
        ("role = control", [1, 2]),
        ("role = positive control", [1]),
        ("role != control", [0, 3]),
        ("perturbation = sirna_2", [0]),
        ("perturbation = sirna_*", [0, 1]),
        ('perturbation = ""', [2]),
        ('perturbation = "salt and pepper"', [3]),
        ("perturbation ~ pepper", [3]),
        ("plate prior = sirna_10", [3]),
        ("Plate Prior = sirna_10", [3]),
        ("well = b2", [0]),
        ("well = B*", [0, 1]),
        ("plate = 1 and confidence > 0.6", [0]),
        ("plate = 1 or role = negative_control", [0, 1, 2]),
        ("plate = 2 and role = control or well = b3", [1, 2]),
        ("not sirna", [2]),
        ("not confidence > 0.6", [1, 2, 3]),
        ('"sirna_10', [1, 3]),
    ],
)
def test_filter_passes_the_rows_that_it_speaks_of(text: str, rows: list[int]) -> None:
    assert passed(text) == rows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("depth = 3", "no column 'depth' to filter by, only plate, well"),
        ("confidence <", "value is missing after confidence <"),
        ("= 3", "column is missing before ="),
        ("confidence < high", "expected one after <, not 'high'"),
        ("confidence ~ 0.5", "holds numbers"),
        ("role < 3", "holds texts: expected =, != or ~"),
        ("sirna and", "missing beside the word 'and'"),
        ("or sirna", "missing beside the word 'or'"),
        ("not", "missing after the word 'not'"),
    ],
)
def test_what_cannot_be_understood_gets_a_sentence(text: str, said: str) -> None:
    with pytest.raises(FilterError, match=said.replace("*", r"\*")):
        passed(text)


def test_signs_of_a_pattern_other_than_the_star_stand_for_themselves() -> None:
    columns = {"perturbation": TextColumn.of(["a[1]?", "a1b", "a[1]?x"])}
    found = parse_filter("perturbation = a[1]?*").mask(columns)
    assert found.tolist() == [True, False, True]


def test_nothing_is_filtered_from_an_empty_table() -> None:
    assert parse_filter("sirna").mask({"role": TextColumn.of([])}).tolist() == []


def test_numbers_in_names_sort_as_numbers_and_empty_texts_go_last() -> None:
    column = TextColumn.of(["sirna_10", "", "sirna_2", "sirna_10"])
    assert np.argsort(column.ranks, kind="stable").tolist() == [2, 0, 3, 1]
    assert [column[i] for i in range(4)] == ["sirna_10", "", "sirna_2", "sirna_10"]
    assert natural("sirna_2") < natural("sirna_10")


def test_a_column_sorts_by_a_key_of_its_own() -> None:
    column = TextColumn.of(["ccc", "bb", "a"], key=len)
    assert column.ranks.tolist() == [2, 1, 0]
