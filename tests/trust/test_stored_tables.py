"""Tables of runs and ladders that strangers made: they fill no memory, and say what they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.errors import RunError, ScreenError
from deepnoise_app.readers import read_plate_map
from deepnoise_app.runs.ladder_table import LadderTable
from deepnoise_app.screen import COLUMNS, Predictions, read_csv, read_parquet

Read = Callable[[Path], object]


def long_text(path: Path) -> Path:
    """Ten million letters that are kept once, and stand in a thousand rows."""
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1000, np.int8)), ["x" * 10_000_000])
    pq.write_table(pa.table({"well": text}), path)
    return path


def many_zeros(path: Path) -> Path:
    """Numbers that are all alike."""
    zeros = np.zeros(1_000_000)
    pq.write_table(pa.table({f"v{i}": zeros for i in range(150)}), path)
    return path


@pytest.mark.parametrize("bomb", [long_text, many_zeros])
@pytest.mark.parametrize(
    "read", [read_parquet, Predictions.read, Measures.read, LadderTable.read, read_plate_map]
)
def test_a_small_table_that_unpacks_without_end_is_refused(
    bomb: Callable[[Path], Path], read: Read, tmp_path: Path
) -> None:
    path = bomb(tmp_path / "predictions.parquet")
    assert path.stat().st_size < 2_000_000
    with pytest.raises((ScreenError, RunError), match=r"unpacks to|over 50,000,000 cells"):
        read(path)


@pytest.mark.parametrize("read", [Predictions.read, Measures.read, read_parquet])
def test_what_is_no_table_is_said(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    with pytest.raises(ScreenError, match="no Parquet table, or damaged"):
        read(tmp_path / "a.parquet")
    (tmp_path / "folder.parquet").mkdir()
    os.mkfifo(tmp_path / "pipe.parquet")
    for name in ("folder.parquet", "pipe.parquet"):
        with pytest.raises(ScreenError, match="a folder, a device or a pipe"):
            read(tmp_path / name)


def test_a_column_of_lists_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"well": pa.array([[1, 2]] * 3)}), tmp_path / "a.parquet")
    with pytest.raises(ScreenError, match="is none of our tables'"):
        read_parquet(tmp_path / "a.parquet")


def test_a_pipe_in_place_of_a_csv_is_told_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(OSError, match="a device or a pipe"):
        read_csv(tmp_path / "a.csv")


def test_our_own_tables_are_read_as_pandas_reads_them(tmp_path: Path) -> None:
    table = pd.DataFrame({
        "text": ["a", None, "c"], "kind": pd.Categorical(["x", "y", "x"]), "none": [None] * 3,
        "number": [1.5, np.nan, 3.0], "whole": [1, 2, 3], "yes": [True, False, True],
    })  # fmt: skip
    table.to_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(
        read_parquet(tmp_path / "a.parquet"), pd.read_parquet(tmp_path / "a.parquet")
    )


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Path]:
    """Write a table of predictions with other values in some columns."""

    def write(ending: str = "parquet", **values: object) -> Path:
        table = pd.DataFrame({name: ["x", "y"] for name in COLUMNS}).assign(
            Metadata_Well=["B02", "B03"], Metadata_Role="treatment", Confidence=0.5, Margin=0.1,
            Sites=2,
        )  # fmt: skip
        path = tmp_path / f"predictions.{ending}"
        table = table.assign(**values)
        table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
        return path

    return write


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"Metadata_Well": ["B02", "../B03"]}, "is not a well"),
        ({"Metadata_Role": ["treatment", "boss"]}, "'boss' in .* is no role"),
        ({"Confidence": ["0.5", "=1+1"]}, "Confidence in .* is not all numbers"),
        ({"Sites": [1, np.nan]}, "Sites in .* is not all numbers"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_predictions_that_nobody_would_write_are_a_sentence(
    values: dict, said: str, ending: str, stored: Callable[..., Path]
) -> None:
    with pytest.raises(ScreenError, match=said):
        Predictions.read(stored(ending, **values))


def test_names_that_are_numbers_are_texts(stored: Callable[..., Path]) -> None:
    path = stored(Metadata_Plate=[1, 2], Prediction_Free=[None, "a"])
    table = Predictions.read(path).table
    assert table["Metadata_Plate"].tolist() == ["1", "2"]
    assert table["Prediction_Free"].tolist() == ["", "a"]
