"""Trivial profiles are of the model's wells, and are judged as the model is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.profiles import Profiles, Profiling
from deepnoise_app.analysis.proof import prove
from deepnoise_app.analysis.trivial import COUNT, INTENSITIES, MEASURES, trivial_profiles

WELLS = 24


@pytest.fixture
def table() -> pd.DataFrame:
    """Four plates: brightness tells the plate alone, the cell count the perturbation alone."""
    rng = np.random.default_rng(0)
    count = 4 * WELLS
    plate, well = np.arange(count) // WELLS, np.arange(count) % WELLS
    return pd.DataFrame(
        {
            "Metadata_Experiment": "E",
            "Metadata_Plate": [f"P{i}" for i in plate],
            "Metadata_Well": [f"{'ABCD'[i // 6]}{i % 6 + 1:02d}" for i in well],
            "Metadata_Role": "treatment",
            "Metadata_Perturbation": [f"k{i % 8}" for i in well],
            "Sites": 2,
            "Intensity_Mean_DNA": 100 + 50 * plate + rng.normal(size=count),
            "Intensity_Mean_RNA": 300 - 80 * plate + rng.normal(size=count),
            "Quality_Saturated_DNA": 0.0,
            "Quality_Focus_DNA": rng.normal(size=count),
            "Cells_Count_DNA": 20.0 * (well % 8) + rng.normal(size=count),
            "Embedding_0": rng.normal(size=count),
            "Embedding_1": rng.normal(size=count),
        }
    )


def trivial(table: pd.DataFrame, measured: pd.DataFrame | None = None) -> dict[str, Profiles]:
    model = Profiles.of(table, "embeddings")
    return {one.name: one for one in trivial_profiles(Measures(table if measured is None
                                                               else measured), model)}  # fmt: skip


def test_each_kind_has_its_measures_with_equal_weight_and_constants_are_left_out(table) -> None:
    made = trivial(table)
    assert {name: one.features.shape[1] for name, one in made.items()} == {
        INTENSITIES: 2, MEASURES: 4, COUNT: 1,
    }  # fmt: skip
    for one in made.values():
        assert np.allclose(one.features.mean(axis=0), 0)
        assert np.allclose(one.features.std(axis=0), 1)


def test_wells_are_those_of_the_model_whatever_the_order_of_the_measures(table) -> None:
    shuffled = table.sample(frac=1, random_state=1)
    made = trivial(table.iloc[5:], shuffled)[COUNT]
    assert len(made) == len(table) - 5
    counts = table["Cells_Count_DNA"].to_numpy()[5:]
    assert np.corrcoef(made.features[:, 0], counts)[0, 1] == pytest.approx(1)


def test_a_well_that_lacks_a_measure_is_left_out_and_a_rare_measure_too(table) -> None:
    holed = table.copy()
    holed.loc[3, "Intensity_Mean_DNA"] = np.nan
    holed.loc[20:, "Cells_Count_DNA"] = np.nan
    made = trivial(table, holed)
    assert len(made[INTENSITIES]) == len(table) - 1
    assert COUNT not in made


def test_what_was_not_measured_makes_no_profile(table) -> None:
    assert list(trivial(table, table.drop(columns="Cells_Count_DNA"))) == [INTENSITIES, MEASURES]
    other = table.assign(Metadata_Plate="elsewhere")
    assert trivial(table, other) == {}


def test_brightness_is_seen_to_know_the_plate_and_the_count_to_find_replicates(table) -> None:
    found = {
        name: prove(one, [Profiling.NONE, Profiling.CENTRED, Profiling.HARMONY])
        for name, one in trivial(table).items()
    }
    plate = {name: proofs[0].probes[1] for name, proofs in found.items()}
    assert plate[INTENSITIES].low > 0.95
    assert plate[COUNT].high < 0.5
    assert found[INTENSITIES][1].probes[1].value < 0.5
    assert found[COUNT][0].precision.low > 0.95
    assert found[INTENSITIES][0].precision.high < 0.4
    assert "is a single number for each well" in found[COUNT][2].refusal
