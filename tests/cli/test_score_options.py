"""`deepnoise score` with corrections, doubts, ensembles and AnnData."""

from __future__ import annotations

import json
import shutil

import anndata
import numpy as np
import pandas as pd


def test_score_corrects_and_says_so(deepnoise, screen, trained, tmp_path) -> None:
    out = tmp_path / "s"
    words = ("--adapt", "--anchor", "--abstain-below", "0.9", "--anndata")
    said = deepnoise("score", trained / "model", screen / "test", "--out", out, *words)
    assert said.code == 0
    table = pd.read_csv(out / "predictions.csv")
    anchored = "control-anchored" if len(table) < 8 else "adabn+control-anchored"
    assert set(table["Correction"]) == {anchored}
    assert f"Corrected: {anchored}" in said.out
    assert "anchored to only 1 negative control" in said.err
    summary = json.loads((out / "summary.json").read_text())
    assert summary["abstain_below"] == 0.9
    assert summary["uncalled"] == table["Flags"].str.contains("uncalled", na=False).sum()
    found = anndata.read_h5ad(out / "embeddings.h5ad")
    assert found.obs["Prediction_Free"].tolist() == table["Prediction_Free"].tolist()


def test_discriminants_name_the_wells_where_it_is_asked_for(deepnoise, learned, tmp_path) -> None:
    screen, model = learned
    words = ("score", model, screen, "--out")
    assert deepnoise(*words, tmp_path / "plain").code == 0
    said = deepnoise(*words, tmp_path / "s", "--discriminate")
    assert said.code == 0
    assert "Corrected: discriminants" in said.out
    table, plain = (
        pd.read_parquet(tmp_path / one / "predictions.parquet") for one in ("s", "plain")
    )
    assert set(table["Correction"]) == {"discriminants"}
    assert not np.allclose(table["Confidence"], plain["Confidence"])
    # The flags of wells unlike the library rest on the network, whoever names the wells.
    pd.testing.assert_series_equal(table["Flags"], plain["Flags"])


def test_models_together_name_by_the_discriminants_of_all(deepnoise, learned, tmp_path) -> None:
    screen, mine = learned
    for name in ("a", "b"):
        shutil.copytree(mine, tmp_path / "folds" / name)
    tables = []
    for model, out in ((mine, "one"), (tmp_path / "folds", "two")):
        said = deepnoise("score", model, screen, "--out", tmp_path / out, "--discriminate")
        assert said.code == 0
        tables.append(pd.read_parquet(tmp_path / out / "predictions.parquet"))
    np.testing.assert_allclose(tables[0]["Confidence"], tables[1]["Confidence"], atol=1e-4)


def test_a_model_without_discriminants_is_refused_where_they_are_to_name(
    deepnoise, screen, trained, tmp_path
) -> None:
    model = shutil.copytree(trained / "model", tmp_path / "old")
    card = json.loads((model / "model.json").read_text())
    (model / "model.json").write_text(json.dumps({**card, "discriminants": False}))
    said = deepnoise("score", model, screen / "test", "--out", tmp_path / "s", "--discriminate")
    assert said.code == 2
    assert "holds no discriminants" in said.err
    assert not (tmp_path / "s").exists()


def test_a_folder_of_models_scores_together(deepnoise, screen, trained, tmp_path) -> None:
    for name in ("a", "b"):
        shutil.copytree(trained / "model", tmp_path / "folds" / name)
    said = deepnoise("score", tmp_path / "folds", screen / "test", "--out", tmp_path / "s")
    assert said.code == 0
    assert "by the model run + run" in said.out


def test_a_screen_without_negative_controls_cannot_be_anchored(
    deepnoise, screen, trained, tmp_path
) -> None:
    plate = tmp_path / "images" / "HUVEC-03" / "Plate1"
    shutil.copytree(screen / "test" / "HUVEC-03" / "Plate1", plate)
    words = ("score", trained / "model", tmp_path / "images", "--out", tmp_path / "s", "--anchor")
    said = deepnoise(*words)
    assert said.code == 2
    assert "is known to be a negative control" in said.err
    assert not (tmp_path / "s").exists()
