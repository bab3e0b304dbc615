"""Plate maps, libraries, problems, predictions and the screen that holds plates together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import (
    COLUMNS,
    UNKNOWN,
    Channel,
    Content,
    Library,
    Plate,
    PlateMap,
    PlateShape,
    Predictions,
    Problem,
    ProblemKind,
    Role,
    Screen,
    WellId,
)

A1, A2, A3, B1 = (WellId.parse(name) for name in ("A1", "A2", "A3", "B1"))


class Nothing:
    present = np.zeros((0, 0, 0), dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
        raise AssertionError("nothing is read here")


def plate(experiment: str, name: str, *wells: WellId) -> Plate:
    shape = PlateShape(8, 12)
    return Plate(experiment, name, shape, (Channel("DNA"),), (1,), wells, Nothing())


def screen() -> Screen:
    plates = (plate("E-01", "P1", A1), plate("E-01", "P2"), plate("E-02", "P1", A1))
    problems = (
        Problem(ProblemKind.STRAY, "somewhere"),
        Problem(ProblemKind.MISSING, "here", "E-01", "P1", A1, 1, 1),
        Problem(ProblemKind.MISSING, "there", "E-02", "P1"),
    )
    return Screen("/screen", "rxrx", (Channel("DNA"),), plates, problems)


def predictions(**changes: object) -> pd.DataFrame:
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row |= {"Metadata_Plate": "01", "Confidence": 0.25, "Margin": 0.5, "Sites": 2}
    return pd.DataFrame([row | changes])


def test_a_well_that_no_map_lists_is_unknown() -> None:
    plate_map = PlateMap({A1: Content("a", Role.TREATMENT)})
    assert plate_map[A2] == UNKNOWN
    assert A1 in plate_map
    assert A2 not in plate_map
    assert list(plate_map) == [A1]
    assert len(plate_map) == 1


def test_only_named_treatments_are_perturbations_of_a_plate() -> None:
    contents = {
        A1: Content("b", Role.TREATMENT),
        A2: Content("a", Role.TREATMENT),
        A3: Content("", Role.TREATMENT),
        B1: Content("control", Role.POSITIVE),
    }
    assert PlateMap(contents).perturbations == ("a", "b")


def test_controls_are_positive_or_negative() -> None:
    controls = {role for role in Role if role.is_control}
    assert controls == {Role.POSITIVE, Role.NEGATIVE}


def test_a_library_knows_its_perturbations_and_copies() -> None:
    library = Library({"p1": {"b": 3, "a": 1}, "p0": {"b": 2}})
    assert library.names == ("p0", "p1")
    assert library.perturbations == ("a", "b")
    assert library.most_copies("b") == 3
    assert library.most_copies("elsewhere") == 1


def test_a_problem_becomes_plain_json() -> None:
    found = Problem(ProblemKind.NOT_IMAGED, "no image", "E-01", "P1", A1, 2, 5).as_json()
    assert json.loads(json.dumps(found)) == {
        "kind": "not-imaged", "message": "no image", "experiment": "E-01", "plate": "P1",
        "well": "A01", "site": 2, "channel": 5,
    }  # fmt: skip
    assert Problem(ProblemKind.STRAY, "x").as_json()["well"] is None


def test_a_screen_finds_its_plates() -> None:
    assert screen().experiments == ("E-01", "E-02")
    assert [p.key for p in screen().imaged] == [("E-01", "P1"), ("E-02", "P1")]
    assert screen().plate("E-01", "P2").wells == ()
    with pytest.raises(ScreenError, match="no plate 'P9' in experiment 'E-01'"):
        screen().plate("E-01", "P9")


def test_a_part_of_a_screen_keeps_its_own_problems() -> None:
    part = screen().only(["E-01"])
    assert part.experiments == ("E-01",)
    assert [p.message for p in part.problems] == ["somewhere", "here"]
    with pytest.raises(ScreenError, match="no experiment 'E-09' in /screen, only E-01, E-02"):
        screen().only(["E-01", "E-09"])


def test_predictions_lacking_a_column_are_refused() -> None:
    with pytest.raises(ScreenError, match="lacks the column Margin"):
        Predictions(predictions().drop(columns="Margin"))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_predictions_come_back_from_a_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"predictions.{ending}"
    table = predictions(
        Metadata_Perturbation="007", Prediction_Free="NA", Metadata_Well="B02",
        Metadata_Role="treatment",
    )  # fmt: skip
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    (row,) = Predictions.read(path).table.to_dict("records")
    assert (row["Metadata_Plate"], row["Metadata_Perturbation"]) == ("01", "007")
    assert (row["Prediction_Free"], row["Top5"]) == ("NA", "")
    assert (row["Confidence"], row["Sites"]) == (0.25, 2)


def test_parts_of_predictions_join_in_their_order() -> None:
    parts = [Predictions(predictions(Metadata_Well=well)) for well in ("B02", "A01")]
    joined = Predictions.joined(parts)
    assert joined.table["Metadata_Well"].tolist() == ["B02", "A01"]
    assert joined.table.index.tolist() == [0, 1]
    assert len(Predictions.joined([])) == 0
