"""One measure of all plates: chosen, corrected or refused, on one scale, as a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.correction import Correction
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.sheet import SheetChoice, joined, make_sheet, tell_quality
from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import Scale, WellId

MEAN, FOCUS = "Intensity_Mean_DNA", "Quality_Focus_DNA"


def measured(plate: str, level: float, seed: int = 0) -> Measures:
    rng = np.random.default_rng(seed)
    wells = [WellId(row, column) for row in range(8) for column in range(12)]
    count = len(wells)
    return Measures(
        pd.DataFrame(
            {
                "Metadata_Experiment": "E1",
                "Metadata_Plate": plate,
                "Metadata_Well": [well.name for well in wells],
                "Metadata_Role": ["negative_control"] * 4 + ["treatment"] * (count - 4),
                "Metadata_Perturbation": ["dmso"] * 4 + [f"s{i % 40}" for i in range(count - 4)],
                "Sites": 2,
                MEAN: level + rng.normal(size=count),
                FOCUS: 1 + 0.01 * rng.normal(size=count),
            }
        )
    )


PLATES = joined([measured("P1", 10), measured("P2", 30, seed=1)])


def test_what_was_not_measured_gives_way_to_the_first_measure() -> None:
    sheet = make_sheet(PLATES, SheetChoice("Cells_Count_DNA"))
    assert sheet.choice.column == MEAN
    assert list(sheet.offered.values()) == ["Mean intensity, DNA", "Focus, DNA"]
    assert [plate.key for plate in sheet.plates] == [("E1", "P1"), ("E1", "P2")]


def test_all_plates_share_one_scale_and_a_correction_centres_it() -> None:
    plain = make_sheet(PLATES, SheetChoice(MEAN))
    assert plain.scale is Scale.SEQUENTIAL
    assert plain.shown[0] < 10 < 30 < plain.shown[1]
    level = make_sheet(PLATES, SheetChoice(MEAN, Correction.PLATE_MEDIAN))
    assert level.scale is Scale.DIVERGING
    assert level.shown[0] == -level.shown[1]
    assert level.unit == "grey levels, plate-median"
    assert abs(np.median(level.plates[1].values)) < 0.5


def test_a_correction_that_is_refused_is_not_applied_and_says_why() -> None:
    table = PLATES.table.assign(Metadata_Role="treatment")
    sheet = make_sheet(Measures(table), SheetChoice(MEAN, Correction.CONTROLS))
    assert "0 negative control wells" in sheet.refused
    assert sheet.choice.correction is Correction.NONE
    assert sheet.plates[0].values[0] == pytest.approx(table[MEAN].iloc[0])


def test_the_table_says_the_value_of_every_well_and_the_correction() -> None:
    table = make_sheet(PLATES, SheetChoice(MEAN, Correction.B_SCORE)).table()
    assert len(table) == 192
    assert set(table["Correction"]) == {"b-score"}
    assert table["Metadata_Well"].iloc[13] == "B02"


def test_a_plate_painted_large_has_the_values_of_the_sheet() -> None:
    sheet = make_sheet(PLATES, SheetChoice(FOCUS))
    overlay = sheet.overlay(("E1", "P2"))
    value = PLATES.table[FOCUS].iloc[96]
    assert overlay.values[WellId(0, 0)] == pytest.approx(value)
    assert sheet.overlay(("E1", "P9")) is None


def test_effects_and_flags_are_told_of_the_chosen_measure() -> None:
    blurred = PLATES.table.copy()
    blurred.loc[5, FOCUS] = 0.1
    quality = tell_quality(Measures(blurred), SheetChoice(FOCUS))
    assert quality.measure.column == FOCUS
    assert [str(flag.reason) for flag in quality.flags] == ["out of focus"]


def test_nothing_measured_is_said() -> None:
    bare = Measures(PLATES.table.drop(columns=[MEAN, FOCUS]))
    with pytest.raises(ScreenError, match="nothing was measured"):
        make_sheet(bare, SheetChoice())
