"""What the place does to each well, as it is painted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.kinds import BY_NAME
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.position_overlay import effect_overlay
from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import Channel, Role, Scale, WellId

from .made_plates import made_plate

NUCLEI = Channel("Nuclei")


def measures_of(plate: PlateValues) -> Measures:
    columns = {
        "Metadata_Experiment": plate.experiment,
        "Metadata_Plate": plate.plate,
        "Metadata_Well": [well.name for well in plate.wells],
        "Metadata_Role": [str(role) for role in plate.roles],
        "Metadata_Perturbation": list(plate.perturbations),
        BY_NAME["Mean"].column(NUCLEI): plate.values,
    }
    return Measures(pd.DataFrame(columns))


def with_controls_in_column(plate: PlateValues, column: int, higher: float) -> PlateValues:
    there = plate.columns == column
    roles = [Role.NEGATIVE if one else Role.TREATMENT for one in there]
    return replace(plate, values=plate.values + higher * there, roles=tuple(roles))


def test_what_a_row_adds_is_painted_on_its_wells_whatever_they_hold() -> None:
    plate = made_plate(3, field=lambda r, c: 5.0 * (r == 4) + 100.0)
    overlay = effect_overlay(measures_of(plate), "Mean", NUCLEI)
    assert overlay.scale is Scale.DIVERGING
    assert overlay.title == "Position effect, mean intensity, Nuclei"
    assert overlay.unit == "grey levels"
    grid = overlay.grid(plate.shape)
    assert np.median(grid[4]) == pytest.approx(5.0, abs=1.0)
    assert np.median(np.delete(grid, 4, axis=0)) == pytest.approx(0.0, abs=0.3)
    assert np.ptp(grid - grid[:1]) > 0
    assert overlay.texts[WellId(4, 0)] == f"{overlay.values[WellId(4, 0)]:+.3g}"


def test_a_column_of_controls_is_no_effect_of_position() -> None:
    plate = with_controls_in_column(made_plate(5), 23, 50.0)
    overlay = effect_overlay(measures_of(plate), "Mean", NUCLEI)
    assert max(map(abs, overlay.values.values())) < 5
    assert WellId(3, 23) not in overlay.values  # no sample tells of its column


def test_of_too_few_wells_nothing_is_painted_and_the_title_says_why() -> None:
    overlay = effect_overlay(measures_of(made_plate(rows=2, columns=3)), "Mean", NUCLEI)
    assert overlay.values == {}
    assert "only 6 sample wells have a value" in overlay.title
