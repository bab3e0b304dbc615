"""Rows of results: sorting, filtering, verdicts and places, against the plain table."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.gui.result_rows import ResultRows, no_rows
from deepnoise_app.screen import Predictions, WellId, natural, parse_filter


@pytest.fixture(scope="module")
def rows(predicted) -> ResultRows:
    return ResultRows(predicted(4, wells=60))


def test_columns_that_hold_nothing_are_not_shown(rows: ResultRows) -> None:
    titles = [column.title for column in rows.columns]
    assert "Plate prior" not in titles
    assert titles[:6] == ["Experiment", "Plate", "Well", "Role", "Expected", "One per well"]
    assert rows.best == "Prediction_OnePerWell"


@pytest.mark.parametrize("descending", [False, True])
def test_names_sort_by_their_numbers_both_ways(rows: ResultRows, descending: bool) -> None:
    order = rows.sorted(np.arange(len(rows)), "Prediction_OnePerWell", descending)
    names = rows.table["Prediction_OnePerWell"].iloc[order].tolist()
    filled = [name for name in names if name]
    assert filled == sorted(filled, key=natural, reverse=descending)
    assert names[len(filled) :] == [""] * 4


def test_equal_rows_keep_the_order_of_the_file(rows: ResultRows) -> None:
    for descending in (False, True):
        order = rows.sorted(np.arange(len(rows)), "Sites", descending)
        assert order.tolist() == list(range(len(rows)))


def test_unknown_numbers_go_last_both_ways(predicted) -> None:
    table = predicted(1, wells=5).table.assign(Confidence=[0.5, np.nan, 0.1, 0.9, np.nan])
    rows = ResultRows(Predictions(table))
    assert rows.sorted(np.arange(5), "Confidence", False).tolist() == [2, 0, 3, 1, 4]
    assert rows.sorted(np.arange(5), "Confidence", True).tolist() == [3, 0, 2, 1, 4]
    assert rows.cell(1, "Confidence") == ""


def test_wells_of_large_plates_sort_by_their_place(predicted) -> None:
    table = predicted(1, wells=3).table.assign(Metadata_Well=["AA01", "B01", "Z02"])
    assert ResultRows(Predictions(table)).sorted(np.arange(3), "Metadata_Well", False).tolist() == [
        1,
        2,
        0,
    ]


def test_filter_speaks_of_titles_and_of_right_and_wrong(rows: ResultRows) -> None:
    table = rows.table
    wrong = rows.passing(parse_filter("right = no and confidence < 0.5"))
    expected = (
        (table["Prediction_OnePerWell"] != table["Metadata_Perturbation"])
        & (table["Metadata_Role"] == "treatment")
        & (table["Confidence"] < 0.5)
    )
    assert wrong.tolist() == np.flatnonzero(expected).tolist()
    assert len(rows.passing(parse_filter("role = control"))) == 4
    name = table["Metadata_Perturbation"][7]
    assert 7 in rows.passing(parse_filter(f"perturbation = {name}"))


def test_verdict_counts_the_rows_that_are_shown(rows: ResultRows) -> None:
    some = rows.passing(parse_filter("experiment = E02"))
    mine = rows.table.iloc[some]
    mine = mine[mine["Metadata_Role"] == "treatment"]
    share = (mine["Prediction_Free"] == mine["Metadata_Perturbation"]).mean()
    found = rows.verdict(some)
    assert found.accuracies["free"].value == pytest.approx(share)
    assert found.wells == 118


def test_wells_that_the_model_cannot_name_are_not_judged(rows: ResultRows) -> None:
    known = frozenset(rows.table["Metadata_Perturbation"][:30])
    found = ResultRows(rows.predictions, {"demo": known}).verdict(np.arange(len(rows)))
    assert found.wells + found.unknown == 4 * 59
    assert found.unknown > 0


def test_rows_and_wells_find_each_other(rows: ResultRows) -> None:
    wells = [WellId(0, 3), WellId(1, 0)]
    found = rows.rows_of(("E01", "Plate2"), wells)
    assert [rows.place(int(row)) for row in found] == [(("E01", "Plate2"), w) for w in wells]
    assert rows.wells_of(("E01", "Plate2"), np.array([3, *found])) == wells
    assert rows.rows_of(("E01", "elsewhere"), wells).tolist() == []


def test_cells_read_better_than_the_file(rows: ResultRows) -> None:
    assert rows.cell(1, "Metadata_Role") == "positive control"
    assert rows.cell(1, "Flags") == "site-missing; unlike-training"
    assert rows.cell(0, "Sites") == "2"
    assert rows.cell(0, "Confidence") == f"{rows.table['Confidence'][0]:.3f}"


def test_a_table_without_rows_has_nothing_to_show() -> None:
    assert len(no_rows()) == 0
    assert no_rows().passing(parse_filter("sirna")).tolist() == []
    assert no_rows().verdict(np.arange(0)).accuracies == {}
