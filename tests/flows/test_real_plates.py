"""Real RxRx1 files, where they lie beside the checkout; they are no part of the project."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from deepnoise_app.cli import run

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "rxrx1"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real plates are not in {REAL}")


def test_inspect_lists_exactly_the_channels_that_are_missing(capfd) -> None:
    assert run(["inspect", str(REAL), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    imaged = [plate for plate in found["plates"] if plate["wells"]]
    assert len(imaged) == 8
    assert sum(plate["listed"] for plate in found["plates"]) > 56_000
    for plate in imaged:
        key = plate["experiment"], plate["plate"]
        missing = [
            (p["well"], p["site"], p["channel"])
            for p in found["problems"]
            if p["kind"] == "missing" and (p["experiment"], p["plate"]) == key
        ]
        assert missing == [("B02", 2, 5), ("B02", 2, 6)]


def test_real_plates_are_scored_flagged_and_said_to_be_unlike(tmp_path, capfd) -> None:
    out = tmp_path / "scores"
    assert run(["score", "demo", str(REAL / "train" / "HUVEC-01"), "--out", str(out)]) == 0
    said = capfd.readouterr().out
    assert "These plates are unlike the model's training data" in said
    table = pd.read_csv(out / "predictions.csv", keep_default_na=False)
    assert table["Metadata_Plate"].tolist() == ["Plate1", "Plate2", "Plate3", "Plate4"]
    assert set(table["Metadata_Role"]) == {"negative_control"}
    assert set(table["Flags"]) == {"site-left-out;unlike-training"}
    assert set(table["Sites"]) == {1}
