"""CSV that we write is harmless in a spreadsheet, and we read back exactly what we wrote."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deepnoise_app.learning.tables import write_predictions
from deepnoise_app.readers import read_library, read_plate_map
from deepnoise_app.screen import Predictions
from deepnoise_app.screen.formulas import harmless, harmless_text, meant, meant_text, write_csv

DANGEROUS = ["=1+1", "+drug", "-drug", "@SUM(A1)", "\tx", "\rx", "\nx", "=cmd|' /C calc'!A0",
             "'=1+1", "''-x", "+", "-"]  # fmt: skip
texts = st.text(alphabet="'=+-@\t\n0.,eab ", max_size=6)


@given(texts)
@example("'=")
@example("''-1")
def test_every_text_comes_back_exactly(text: str) -> None:
    assert meant_text(str(harmless_text(text))) == text


@given(texts)
def test_no_text_is_left_that_a_spreadsheet_would_run(text: str) -> None:
    shown = str(harmless_text(text))
    number = shown.replace(",", ".").lower().removeprefix("+").removeprefix("-")
    if shown[:1] in "=+-@\t\r\n" and shown:
        float(number)


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_like_a_formula_is_shown_as_text(text: str) -> None:
    assert str(harmless_text(text)).startswith("'")


def test_numbers_written_as_text_and_other_texts_stay(tmp_path: Path) -> None:
    for text in ("-5", "+1.5e-3", "-0,5", "plain", "a=b", "'quoted'", ""):
        assert harmless_text(text) == text
        assert meant_text(text) == text


def test_names_of_columns_are_harmless_too(tmp_path: Path) -> None:
    table = pd.DataFrame([["x", -1.0]], columns=["=evil()", "-channel"])
    write_csv(table, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        assert next(csv.reader(file)) == ["'=evil()", "'-channel"]
    back = meant(pd.read_csv(tmp_path / "a.csv"))
    assert list(back.columns) == ["=evil()", "-channel"]
    assert list(harmless(table)["'-channel"]) == [-1.0]


def test_predictions_of_a_hostile_library_come_back_exactly(
    tmp_path: Path, predicted: Callable[..., Predictions]
) -> None:
    table = predicted(1, len(DANGEROUS)).table.assign(
        Metadata_Perturbation=DANGEROUS, Prediction_Free=DANGEROUS[::-1], Metadata_Plate="=plate"
    )
    write_predictions(Predictions(table), tmp_path)
    with (tmp_path / "predictions.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+@\t\r\n")]
    for ending in ("csv", "parquet"):
        back = Predictions.read(tmp_path / f"predictions.{ending}").table
        for name in ("Metadata_Perturbation", "Prediction_Free", "Metadata_Plate", "Margin"):
            assert back[name].tolist() == table[name].tolist()


def test_plate_maps_and_libraries_that_we_wrote_come_back_exactly(tmp_path: Path) -> None:
    names = ["=1+1", "-drug", "'+x", "plain"]
    wells = [f"A0{i + 1}" for i in range(4)]
    plate_map = pd.DataFrame({"experiment": "@E", "plate": "-P", "well": wells,
                              "perturbation": names, "role": "treatment"})  # fmt: skip
    write_csv(plate_map, tmp_path / "map.csv")
    (found,) = read_plate_map(tmp_path / "map.csv").values()
    assert [found[well].perturbation for well in sorted(found)] == names
    assert list(read_plate_map(tmp_path / "map.csv")) == [("@E", "-P")]
    library = pd.DataFrame({"library_plate": "=p", "perturbation": names, "copies": 1})
    write_csv(library, tmp_path / "library.csv")
    assert sorted(read_library(tmp_path / "library.csv").plates["=p"]) == sorted(names)
