"""Scorings with corrections and with several models, through a run folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
import torch

from deepnoise_app.errors import ModelError, RecipeError
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.package import network_of, save_package
from deepnoise_app.learning.work import make_plan, work
from deepnoise_app.reports.annotated import write_anndata
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.card_parts import Calibration, LibraryLimit
from deepnoise_app.runs.events import Scored, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.work import Ending
from deepnoise_app.screen import PlateMap, PlateShape, Screen, WellId
from deepnoise_app.writers.rxrx import write_rxrx

TREATMENTS = ["sirna_0", "sirna_1", "sirna_2", "sirna_3"]
CONTROLS = ["sirna_9", "UNTREATED"]
NAMED = ["Prediction_Free", "Prediction_OnePerWell", "Prediction_PlatePrior", "Top2", "Top3"]


def joined(first, second):
    """Return a plate of twelve wells: those of two plates, one below the other."""
    below = tuple(WellId(well.row + 2, well.column) for well in second.wells)
    moved = {WellId(w.row + 2, w.column): second.map[w] for w in second.map}
    pixels = replace(
        first.pixels,
        planes=np.concatenate([first.pixels.planes, second.pixels.planes]),
        present=np.concatenate([first.present, second.present]),
    )
    plate_map = PlateMap({**first.map.contents, **moved})
    wells = (*first.wells, *below)
    return replace(first, shape=PlateShape(4, 3), wells=wells, pixels=pixels, map=plate_map)


@pytest.fixture(scope="module")
def wide(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two experiments of two plates of twelve wells, and one plate of six, on disk."""
    p = screen.plates
    plates = (joined(p[0], p[4]), joined(p[1], p[5]), joined(p[2], p[6]), joined(p[3], p[7]))
    made = replace(screen, plates=(*plates, p[6]))
    path = tmp_path_factory.mktemp("wide") / "screen"
    write_rxrx(made, {plate.key: plate.map for plate in made.plates}, path)
    return path


def save_model(recipe: Recipe, folder: Path, seed: int, **changes: object) -> ModelCard:
    """Save a network of chance, large enough to tell wells apart."""
    fields: dict[str, object] = {
        "name": folder.name,
        "classes": [*TREATMENTS, *CONTROLS],
        "control_classes": CONTROLS,
        "channels": ["Nuclei", "Actin"],
        "input_size": 16,
        "backbone": recipe.network.backbone,
        "backbone_options": recipe.network.options,
        "embedding": 8,
        "library": {"p0": dict.fromkeys(TREATMENTS[:2], 4), "p1": dict.fromkeys(TREATMENTS[2:], 4)},
    }
    card = ModelCard.model_validate(fields | changes)
    torch.manual_seed(seed)
    network = DeepNoiseNet(network_of(card), len(card.channels), len(card.classes), card.scale, 0)
    with torch.no_grad():
        size = card.input_size
        network.train()(torch.randn(32, len(card.channels), size, size))
    return save_package(card, network.state_dict(), folder)


@pytest.fixture
def model(recipe: Recipe, tmp_path: Path) -> Path:
    save_model(recipe, tmp_path / "chance", 1)
    return tmp_path / "chance"


def asked(recipe: Recipe, wide: Path, model: Path, **changes: object) -> Recipe:
    scoring = recipe.scoring.model_copy(update={"model": str(model), **changes})
    return recipe.model_copy(update={"task": "score", "screen": [str(wide)], "scoring": scoring})


def scored(wish: Recipe, path: Path) -> tuple[pd.DataFrame, dict[str, object], list[str]]:
    """Score; returns predictions, summary and warnings."""
    warned: list[str] = []
    run = RunFolder.create(path, wish)
    ended = work(run, listen=lambda e: warned.append(e.message) if isinstance(e, Warned) else None)
    assert ended.ending is Ending.FINISHED, ended.message
    return *results(run), warned


def results(run: RunFolder) -> tuple[pd.DataFrame, dict[str, object]]:
    summary = json.loads((run.path / "summary.json").read_text())
    return pd.read_parquet(run.predictions_path), summary


def embeddings(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path / "embeddings.parquet")


def test_table_and_summary_name_what_was_applied(recipe, wide, model, tmp_path) -> None:
    plain, told, _ = scored(asked(recipe, wide, model), tmp_path / "a")
    assert set(plain["Correction"]) == {"none"}
    assert told["correction"] == "none"
    wish = asked(recipe, wide, model, adapt=True, anchor=True)
    found, told, warned = scored(wish, tmp_path / "b")
    small = (found["Metadata_Experiment"] == "X-4") & (found["Metadata_Plate"] == "Plate1")
    assert set(found["Correction"][~small]) == {"adabn+control-anchored"}
    assert set(found["Correction"][small]) == {"control-anchored"}
    assert told["correction"] == "adabn+control-anchored (4 plates); control-anchored (1 plate)"
    assert any("6 wells with an image are too few" in message for message in warned)
    assert any("mostly undo the anchoring" in message for message in warned)
    assert any("anchored to only 1 negative control" in message for message in warned)
    assert not np.allclose(found["Confidence"], plain["Confidence"])


def test_adapted_scores_do_not_depend_on_batches_and_threads(recipe, wide, model, tmp_path):
    wish = asked(recipe, wide, model, adapt=True)
    first, _, _ = scored(wish, tmp_path / "a")
    other = wish.model_copy(
        update={"workers": 1, "scoring": wish.scoring.model_copy(update={"batch_size": 64})}
    )
    second, _, _ = scored(other, tmp_path / "b")
    assert first[NAMED].equals(second[NAMED])
    np.testing.assert_allclose(first["Confidence"], second["Confidence"], atol=1e-4)


def test_a_plate_without_negative_controls_keeps_its_own_normalisation_and_says_so(
    recipe, wide, model, tmp_path
) -> None:
    (control,) = wide.rglob("train_controls.csv")
    tables = pd.read_csv(control)
    copy = tmp_path / "screen"
    shutil.copytree(wide, copy)
    (control,) = copy.rglob("train_controls.csv")
    mine = (tables["experiment"] == "X-1") & (tables["plate"] == 1)
    tables[~mine].to_csv(control, index=False)
    found, told, warned = scored(asked(recipe, copy, model, anchor=True), tmp_path / "s")
    plate = (found["Metadata_Experiment"] == "X-1") & (found["Metadata_Plate"] == "Plate1")
    assert set(found["Correction"][plate]) == {"none"}
    assert set(found["Correction"][~plate]) == {"control-anchored"}
    assert told["correction"] == "control-anchored (4 plates); none (1 plate)"
    assert any("X-1 Plate1 is normalised by all its wells: no" in message for message in warned)


def test_anchoring_a_screen_without_any_negative_control_is_refused(
    recipe, wide, model, tmp_path
) -> None:
    bare = wide / "train" / "X-1" / "Plate1"
    folder = tmp_path / "images" / "X-1" / "Plate1"
    shutil.copytree(bare, folder)
    wish = asked(recipe, tmp_path / "images", model, anchor=True)
    with pytest.raises(RecipeError, match="is known to be a negative control"):
        make_plan(wish)
    plate_map = tmp_path / "map.csv"
    row = "X-1,Plate1,A01,UNTREATED,negative_control\nX-1,Plate1,A02,sirna_0,treatment\n"
    plate_map.write_text("experiment,plate,well,perturbation,role\n" + row)
    told = wish.scoring.model_copy(update={"plate_map": str(plate_map)})
    with pytest.raises(RecipeError, match="only with --candidates plate-map"):
        make_plan(wish.model_copy(update={"scoring": told}))
    may = told.model_copy(update={"candidates": "plate-map"})
    make_plan(wish.model_copy(update={"scoring": may}))


def test_a_plate_map_that_only_expects_moves_no_anchor(recipe, wide, model, tmp_path) -> None:
    wish = asked(recipe, wide, model, anchor=True)
    plain, _, _ = scored(wish, tmp_path / "a")
    rows = plain[["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]].assign(
        perturbation="UNTREATED", role="negative_control"
    )
    rows.columns = ["experiment", "plate", "well", "perturbation", "role"]
    rows.to_csv(tmp_path / "map.csv", index=False)
    told = wish.scoring.model_copy(update={"plate_map": str(tmp_path / "map.csv")})
    table, _, _ = scored(wish.model_copy(update={"scoring": told}), tmp_path / "b")
    assert set(table["Metadata_Role"]) == {"negative_control"}
    assert table[[*NAMED, "Confidence"]].equals(plain[[*NAMED, "Confidence"]])


def test_cut_off_with_all_corrections_and_two_models_a_scoring_goes_on_exactly(
    recipe, wide, tmp_path
) -> None:
    for seed in (1, 2):
        save_model(recipe, tmp_path / "both" / f"m{seed}", seed)
    wish = asked(recipe, wide, tmp_path / "both", adapt=True, anchor=True, abstain_below=0.5)
    whole, told, _ = scored(wish, tmp_path / "a")
    run = RunFolder.create(tmp_path / "b", wish)
    seen = 0

    def stop_after_two(event: object) -> None:
        nonlocal seen
        seen += isinstance(event, Scored)
        if seen == 2:
            run.request_stop()

    assert work(run, listen=stop_after_two).ending is Ending.STOPPED
    assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED
    table, again = results(run)
    assert table.equals(whole)
    assert again | {"seconds": 0} == told | {"seconds": 0}
    assert embeddings(run.path).equals(embeddings(tmp_path / "a"))


def test_faults_of_plates_scored_before_the_cut_stay_in_the_summary(
    recipe, wide, model, tmp_path
) -> None:
    copy = tmp_path / "screen"
    shutil.copytree(wide, copy)
    first = sorted((copy / "train" / "X-1" / "Plate1").iterdir())[0]
    first.write_bytes(first.read_bytes()[:60])
    run = RunFolder.create(tmp_path / "s", asked(recipe, copy, model))

    def stop(event: object) -> None:
        if isinstance(event, Scored):
            run.request_stop()

    assert work(run, listen=stop).ending is Ending.STOPPED
    assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED
    problems = results(run)[1]["problems"]
    assert [problem["kind"] for problem in problems].count("unreadable") >= 1


def test_an_ensemble_says_the_mean_of_what_its_models_say(recipe, wide, tmp_path) -> None:
    """Other order of classes, other size, one channel: each model as it was made."""
    one = save_model(recipe, tmp_path / "both" / "m1", 1)
    two = save_model(
        recipe,
        tmp_path / "both" / "m2",
        2,
        classes=[*CONTROLS, *reversed(TREATMENTS)],
        channels=["w2"],
        input_size=32,
    )
    cosines = []
    for name, card in (("m1", one), ("m2", two)):
        scored(asked(recipe, wide, tmp_path / "both" / name), tmp_path / name)
        features = embeddings(tmp_path / name).filter(like="Embedding_").to_numpy()
        assert features.shape == (54, 8)
        nearest = pd.read_csv(tmp_path / name / "nearest.csv", keep_default_na=False)
        wells = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
        cosines.append(nearest.pivot_table("Similarity", wells, "Nearest", aggfunc="first"))
        assert set(cosines[-1].columns) <= set(card.classes)
    table, told, _ = scored(asked(recipe, wide, tmp_path / "both"), tmp_path / "s")
    assert told["model"] == "m1 + m2"
    assert [model["name"] for model in told["models"]] == ["m1", "m2"]
    both = pd.read_csv(tmp_path / "s" / "nearest.csv", keep_default_na=False)
    mean = (cosines[0] + cosines[1]) / 2
    for _, row in both.iterrows():
        expected = mean.loc[
            (row["Metadata_Experiment"], row["Metadata_Plate"], row["Metadata_Well"]),
            row["Nearest"],
        ]
        if np.isfinite(expected):  # among the five nearest of both models
            assert row["Similarity"] == pytest.approx(expected, abs=1e-5)
    assert len(table) == 54
    assert embeddings(tmp_path / "s").filter(like="Embedding_").shape == (54, 16)


def test_an_ensemble_of_one_model_twice_says_what_the_model_says(recipe, wide, tmp_path) -> None:
    for name in ("m1", "m2"):
        save_model(recipe, tmp_path / "both" / name, 5)
    alone, _, _ = scored(asked(recipe, wide, tmp_path / "both" / "m1"), tmp_path / "a")
    twice, _, _ = scored(asked(recipe, wide, tmp_path / "both"), tmp_path / "b")
    assert twice[NAMED].equals(alone[NAMED])
    np.testing.assert_allclose(twice["Confidence"], alone["Confidence"], atol=1e-6)


def test_models_that_do_not_fit_together_are_refused(recipe, wide, tmp_path) -> None:
    save_model(recipe, tmp_path / "both" / "m1", 1)
    save_model(recipe, tmp_path / "both" / "m2", 2, classes=["sirna_7", *TREATMENTS, *CONTROLS])
    with pytest.raises(ModelError, match="m2 knows the perturbation sirna_7, m1 does not"):
        make_plan(asked(recipe, wide, tmp_path / "both"))


def test_doubts_are_flagged_and_change_no_prediction(recipe, wide, model, tmp_path) -> None:
    plain, told, _ = scored(asked(recipe, wide, model), tmp_path / "a")
    assert told["not_in_library"] is None
    similar = best_similarities(tmp_path / "a", plain)
    cosine, sure = float(similar.median()), float(plain["Confidence"].median())
    calibration = Calibration(
        temperature=2, wells=9, experiments=1, error_before=0.2, error_after=0.1, crossed=False
    )
    limit = LibraryLimit(cosine=cosine, source="known classes", members_flagged=0.05)
    save_model(recipe, model, 1, calibration=calibration, library_limit=limit)
    found, told, _ = scored(asked(recipe, wide, model, abstain_below=sure), tmp_path / "b")
    assert found[NAMED].equals(plain[NAMED])
    assert (found["Confidence"] < plain["Confidence"]).all()
    treated = ~found["Metadata_Role"].isin(["positive_control", "negative_control"])
    uncalled = found["Flags"].str.contains("uncalled")
    assert (uncalled == (treated & (found["Confidence"] < sure))).all()
    assert 0 < told["uncalled"] == uncalled.sum()
    assert told["temperature"] == 2
    assert told["called"]["treated_wells"] == (treated & ~uncalled).sum()
    strange = (similar < cosine) & treated
    assert (found["Flags"].str.contains("not-in-library") == strange).all()
    assert 0 < told["not_in_library"] == strange.sum()


def best_similarities(folder: Path, table: pd.DataFrame) -> pd.Series:
    """Highest cosine of each well to a treatment; of six classes one is never in the table."""
    nearest = pd.read_csv(folder / "nearest.csv", keep_default_na=False)
    wells = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
    treatments = nearest[nearest["Nearest"].isin(TREATMENTS)]
    best = treatments.groupby(wells, as_index=False)["Similarity"].max()
    return table[wells].merge(best, how="left", validate="one_to_one")["Similarity"]


def test_embeddings_open_as_anndata_with_what_made_them(recipe, wide, model, tmp_path) -> None:
    table, _, _ = scored(asked(recipe, wide, model, adapt=True), tmp_path / "s")
    found = anndata.read_h5ad(write_anndata(tmp_path / "s"))
    assert found.shape == (54, 8)
    for column in table.columns:
        assert found.obs[column].tolist() == table[column].tolist()
    features = embeddings(tmp_path / "s").filter(like="Embedding_").to_numpy()
    np.testing.assert_array_equal(found.X, features)
    made = found.uns["deepnoise"]
    assert made["model"] == "chance"
    assert made["correction"] == "adabn (4 plates); none (1 plate)"
    assert len(made["model_sha256"]) == 64
    assert found.obs_names[0] == "X-1/Plate1/A01"


def test_a_training_ends_with_the_corrections_that_its_recipe_asks_for(
    recipe, wide, tmp_path
) -> None:
    scoring = recipe.scoring.model_copy(update={"adapt": True, "anchor": True})
    training = recipe.training.model_copy(update={"epochs": 1, "hold_out": ["X-2", "X-4"]})
    wish = recipe.model_copy(
        update={
            "screen": [str(wide)],
            "training": training,
            "scoring": scoring,
        }
    )
    trained, _, warned = scored(wish, tmp_path / "run")
    assert set(trained["Correction"]) == {"adabn+control-anchored", "control-anchored"}
    assert any("anchored to only 1 negative control" in message for message in warned)
    again = asked(wish, wide, tmp_path / "run" / "model", adapt=True, anchor=True)
    held_out = sorted(set(trained["Metadata_Experiment"]))
    later, _, _ = scored(again, tmp_path / "again")
    later = later[later["Metadata_Experiment"].isin(held_out)].reset_index(drop=True)
    assert later["Prediction_Free"].equals(trained["Prediction_Free"])
    np.testing.assert_allclose(later["Confidence"], trained["Confidence"], atol=1e-4)
