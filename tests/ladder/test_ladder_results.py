"""The table of a ladder, as other programs get it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from deepnoise_app.ladder.results import Rung, write_results
from deepnoise_app.screen import read_parquet


def test_titles_of_steps_are_no_formulas_for_a_spreadsheet(tmp_path: Path) -> None:
    right, wells = np.full((2, 3), 0.5), np.full(3, 10.0)
    titles = {"plate": "Normalised by plate", "arcface": "+ ArcFace margin", "evil": "=1+1"}
    rungs = [Rung(step, title, "at hand", "free", right, wells) for step, title in titles.items()]
    write_results(rungs, tmp_path)
    with (tmp_path / "ladder.csv").open(newline="", encoding="utf-8") as file:
        told = {row["step"]: row["title"] for row in csv.DictReader(file)}
    assert told == {
        "plate": "Normalised by plate", "arcface": "with ArcFace margin", "evil": "'=1+1",
    }  # fmt: skip
    kept = read_parquet(tmp_path / "ladder.parquet")
    assert set(kept["title"]) == set(titles.values())
