"""Exported tables: exact in Parquet, harmless in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from deepnoise_app.screen.formulas import harmless
from deepnoise_app.writers.table import write_table

TABLE = pd.DataFrame(
    {
        "Metadata_Perturbation": ["=1+1", "+drug", "-drug", "@a", "\tx", "plain", "a=b"],
        "Margin": [-0.5, 0.25, 0, 1, 1, 1, 1],
    }
)


def test_texts_like_formulas_get_an_apostrophe_and_numbers_stay(tmp_path: Path) -> None:
    write_table(TABLE, tmp_path / "a.csv")
    found = pd.read_csv(tmp_path / "a.csv")
    assert found["Metadata_Perturbation"].tolist() == [
        "'=1+1", "'+drug", "'-drug", "'@a", "'\tx", "plain", "a=b",
    ]  # fmt: skip
    assert found["Margin"].tolist() == TABLE["Margin"].tolist()


def test_parquet_holds_every_text_exactly(tmp_path: Path) -> None:
    write_table(TABLE, tmp_path / "a.PARQUET")
    assert pd.read_parquet(tmp_path / "a.PARQUET").equals(TABLE)


def test_the_table_in_hand_is_not_changed() -> None:
    harmless(TABLE)
    assert TABLE["Metadata_Perturbation"][0] == "=1+1"


def test_nothing_is_left_where_nothing_could_be_written(tmp_path: Path) -> None:
    kept = tmp_path / "a.csv"
    kept.mkdir()
    with pytest.raises(OSError, match=r"a\.csv"):
        write_table(TABLE, kept)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
