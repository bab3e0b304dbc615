"""Principal components of embeddings, and what centring of plates takes away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from deepnoise_app.analysis.embedding_map import Described, embedding_maps


def table(controls: bool = True, shift: float = 50.0) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(40, 6)) * (5, 3, 1, 1, 1, 1)
    values[20:] += shift
    roles = ["negative_control" if at % 20 < 4 and controls else "treatment" for at in range(40)]
    made = pd.DataFrame(
        {
            "Metadata_Experiment": "E",
            "Metadata_Plate": ["P1"] * 20 + ["P2"] * 20,
            "Metadata_Well": [f"A{at % 20 + 1:02d}" for at in range(40)],
            "Metadata_Role": roles,
            "Metadata_Perturbation": "x",
        }
    )
    for at in range(6):
        made[f"Embedding_{at:04d}"] = values[:, at]
    return made


def test_places_are_those_of_a_principal_component_analysis():
    found = embedding_maps([Described(table())])
    assert found is not None
    values = table().filter(regex="^Embedding_").to_numpy()
    plain = PCA(2).fit(values)
    wanted = plain.transform(values)
    signs = np.sign((found.views[0].map.places * wanted).sum(axis=0))
    assert np.allclose(found.views[0].map.places, wanted * signs)
    assert np.allclose(found.views[0].map.shares, plain.explained_variance_ratio_)


@pytest.mark.parametrize("controls", [True, False])
def test_centring_takes_away_what_divides_the_plates(controls):
    found = embedding_maps([Described(table(controls))])
    assert found is not None
    assert found.anchored is controls
    first = found.views[0].map.places[:20, 0].mean() - found.views[0].map.places[20:, 0].mean()
    after = found.views[1].map.places[:20].mean(axis=0) - found.views[1].map.places[20:].mean(
        axis=0
    )
    assert abs(first) > 100
    assert np.abs(after).max() < 6


def test_controls_of_one_plate_only_are_not_used():
    one = table()
    one.loc[one["Metadata_Plate"] == "P2", "Metadata_Role"] = "treatment"
    found = embedding_maps([Described(one)])
    assert found is not None
    assert not found.anchored


def test_wells_without_an_image_are_left_out():
    one = table()
    one.loc[3, "Embedding_0000"] = np.nan
    found = embedding_maps([Described(one)])
    assert found is not None
    assert 3 not in found.views[0].map.rows
    assert len(found.views[0].map.places) == 39


def test_too_few_wells_have_no_map():
    assert embedding_maps([Described(table().head(2))]) is None


def test_measures_and_another_correction_are_views_of_the_same_wells():
    measures = table()[["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]].copy()
    rng = np.random.default_rng(0)
    for name in ("Intensity_Mean_a", "Intensity_Mean_b", "Intensity_Std_a"):
        measures[name] = rng.normal(size=40)
    measures["Intensity_Std_b"] = 1.0
    plain = Described(table(shift=9).iloc[:30], "uncorrected")
    found = embedding_maps([plain, Described(table(), "AdaBN")], [measures[:20], measures[20:39]])
    assert found is not None
    assert [view.title for view in found.views] == [
        "Simple measures", "As scored, uncorrected", "As scored, AdaBN", "Plates centred",
    ]  # fmt: skip
    assert [len(view.map.rows) for view in found.views] == [39, 30, 40, 40]
    assert (found.before, found.after) == (1, 3)
