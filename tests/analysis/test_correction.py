"""Corrections take out what they say, name themselves, and refuse to erase declared biology."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.confounding import bound_to_batches
from deepnoise_app.analysis.correction import COLUMN, Correction, correct, correct_table
from deepnoise_app.analysis.polish import b_score
from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import Role

from .made_plates import made_plate, made_screen


def with_controls(seed: int = 0):
    """Column 1 negative, column 24 positive and 20 higher, the rest samples."""
    plate = made_plate(seed, field=lambda r, c: 0.1 * c + 20.0 * (c == 23))
    roles = tuple(
        {0: Role.NEGATIVE, 23: Role.POSITIVE}.get(int(c), Role.TREATMENT) for c in plate.columns
    )
    names = tuple({0: "water", 23: "kill"}.get(int(c), f"s{i}")
                  for i, c in enumerate(plate.columns))  # fmt: skip
    return replace(plate, roles=roles, perturbations=names)


def test_the_plate_median_is_that_of_the_samples() -> None:
    (found,) = correct([with_controls()], Correction.PLATE_MEDIAN)
    assert np.median(found.values[found.samples]) == pytest.approx(0)
    assert np.median(found.values[found.of_role(Role.POSITIVE)]) > 18


def test_the_b_score_of_samples_is_the_published_one() -> None:
    plate = made_plate(1)
    (found,) = correct([plate], Correction.B_SCORE)
    assert np.allclose(found.grid(), b_score(plate.grid()))


def test_a_column_of_controls_keeps_its_level_under_the_b_score() -> None:
    (found,) = correct([with_controls()], Correction.B_SCORE)
    assert np.median(found.values[found.of_role(Role.POSITIVE)]) > 5


def test_anchored_to_controls_the_negative_ones_lie_at_0_with_deviation_1() -> None:
    (found,) = correct([with_controls()], Correction.CONTROLS)
    controls = found.values[found.of_role(Role.NEGATIVE)]
    assert np.median(controls) == pytest.approx(0)
    assert 1.4826 * np.median(np.abs(controls)) == pytest.approx(1, abs=1e-3)


def test_none_changes_nothing() -> None:
    plate = made_plate(0)
    (found,) = correct([plate], Correction.NONE)
    assert found is plate


def test_a_perturbation_that_fills_a_plate_forbids_its_median() -> None:
    plate = made_plate(0)
    names = tuple("drug" if i % 3 else f"s{i}" for i in range(len(plate)))
    with pytest.raises(ScreenError, match=r"plate-median is refused: drug is in 67% of the sample"):
        correct([replace(plate, perturbations=names)], Correction.PLATE_MEDIAN)


def test_a_perturbation_that_fills_a_column_forbids_the_b_score_alone() -> None:
    plate = made_plate(0)
    names = tuple(f"dose {c}" for c in plate.columns)
    striped = replace(plate, perturbations=names)
    with pytest.raises(ScreenError, match=r"dose 0 fills 100% of column 1"):
        correct([striped], Correction.B_SCORE)
    correct([striped], Correction.PLATE_MEDIAN)


def test_no_controls_or_controls_that_do_not_vary_forbid_anchoring() -> None:
    with pytest.raises(ScreenError, match="E1 P1 has 0 negative control wells"):
        correct([made_plate(0)], Correction.CONTROLS)
    plate = with_controls()
    flat = plate.with_values(np.where(plate.columns == 0, 3.0, plate.values))
    with pytest.raises(ScreenError, match="do not vary"):
        correct([flat], Correction.CONTROLS)


def test_batches_that_share_nothing_cannot_be_made_alike() -> None:
    screen = made_screen(0, experiments=2, plates=2)
    assert bound_to_batches(screen) == ""
    apart = [
        replace(p, perturbations=tuple(f"{p.key}{n}" for n in p.perturbations)) for p in screen
    ]
    assert "cannot be told apart" in bound_to_batches(apart)
    chained = [replace(p, perturbations=(f"link{i}", f"link{i + 1}", *p.perturbations[2:]))
               for i, p in enumerate(apart)]  # fmt: skip
    assert bound_to_batches(chained) == ""


def table() -> pd.DataFrame:
    plates = made_screen(0, experiments=2, plates=2)
    parts = [
        pd.DataFrame(
            {
                "Metadata_Experiment": p.experiment,
                "Metadata_Plate": p.plate,
                "Metadata_Well": [w.name for w in p.wells],
                "Metadata_Role": "treatment",
                "Metadata_Perturbation": p.perturbations,
                "Intensity_Mean_DNA": p.values,
            }
        )
        for p in plates
    ]
    return pd.concat(parts, ignore_index=True).sample(frac=1, random_state=0)


def test_a_corrected_table_names_the_correction_and_keeps_its_rows_in_order() -> None:
    before = table()
    after = correct_table(before, ["Intensity_Mean_DNA"], Correction.PLATE_MEDIAN)
    assert set(after[COLUMN]) == {"plate-median"}
    assert list(after.index) == list(before.index)
    keys = ["Metadata_Experiment", "Metadata_Plate"]
    expected = before["Intensity_Mean_DNA"] - before.groupby(keys)["Intensity_Mean_DNA"].transform(
        "median"
    )
    assert np.allclose(after["Intensity_Mean_DNA"], expected)
    assert set(correct_table(before, [], Correction.NONE)[COLUMN]) == {"none"}


def test_a_corrected_table_is_not_corrected_again() -> None:
    once = correct_table(table(), ["Intensity_Mean_DNA"], Correction.B_SCORE)
    with pytest.raises(ScreenError, match=r"already corrected \(b-score\)"):
        correct_table(once, ["Intensity_Mean_DNA"], Correction.PLATE_MEDIAN)
