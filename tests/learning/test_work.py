"""Training and scoring through a run folder: begun, stopped, gone on with, failed, refused."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from deepnoise_app.errors import ModelError, RecipeError, ScreenError
from deepnoise_app.learning import material, scoring_run, so_far
from deepnoise_app.learning.work import make_plan, work
from deepnoise_app.runs import files
from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.events import EpochEnded, Saved, Scored, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState
from deepnoise_app.runs.work import Ending
from deepnoise_app.screen import Predictions

SCORES = ["Prediction_Free", "Prediction_OnePerWell", "Prediction_PlatePrior", "Confidence"]


def train_recipe(recipe: Recipe, folder: Path, **changes: object) -> Recipe:
    training = recipe.training.model_copy(update={"epochs": 10, "learning_rate": 1e-2, **changes})
    return recipe.model_copy(update={"screen": [str(folder)], "training": training})


def score_recipe(recipe: Recipe, folder: Path, model: Path, **changes: object) -> Recipe:
    scoring = recipe.scoring.model_copy(update={"model": str(model), **changes})
    return recipe.model_copy(update={"task": "score", "screen": [str(folder)], "scoring": scoring})


@pytest.fixture(scope="module")
def trained(folder, recipe, tmp_path_factory) -> RunFolder:
    """Return one finished training that all tests may look at."""
    run = RunFolder.create(tmp_path_factory.mktemp("work") / "run", train_recipe(recipe, folder))
    ended = work(run)
    assert ended.ending is Ending.FINISHED, ended.message
    return run


def table(run: RunFolder) -> pd.DataFrame:
    return pd.read_parquet(run.predictions_path)


def test_a_training_leaves_model_predictions_summary_and_validations(trained) -> None:
    assert trained.status().state is RunState.FINISHED
    card = load_card(trained.model)
    assert card.name == "run"
    assert len(card.provenance.held_out) == 1
    assert set(card.accuracy) == {"free", "one_per_well", "plate_prior"}
    assert card.library is not None
    assert card.training_embedding is not None
    assert len(list(trained.validation.glob("epoch-*.parquet"))) == 10
    summary = json.loads((trained.path / "summary.json").read_text())
    assert summary["accuracy"]["plate_prior"]["value"] >= 0.75
    assert summary["accuracy"]["free"] == card.accuracy["free"].model_dump()
    assert len(table(trained)) == 12
    assert set(table(trained)["Metadata_Experiment"]) == set(card.provenance.held_out)


def test_a_training_tells_its_epochs_with_three_accuracies(trained) -> None:
    ended = [event for event in trained.events() if isinstance(event, EpochEnded)]
    assert [event.epoch for event in ended] == list(range(1, 11))
    assert ended[-1].loss < ended[0].loss
    assert None not in {ended[-1].free, ended[-1].one_per_well, ended[-1].plate_prior}


def test_the_card_names_no_path_of_this_computer(trained, folder) -> None:
    text = (trained.model / "model.json").read_text()
    assert str(folder.parent) not in text
    assert load_card(trained.model).provenance.screen == "tiny"


def test_stopped_by_the_file_and_resumed_ends_like_the_run_that_was_never_stopped(
    trained, recipe, folder, tmp_path
) -> None:
    run = RunFolder.create(tmp_path / "run", train_recipe(recipe, folder))

    def stop_after_two_epochs(event: object) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 2:
            run.request_stop()

    assert work(run, listen=stop_after_two_epochs).ending is Ending.STOPPED
    assert run.status().state is RunState.STOPPED
    load_card(run.model)  # the best so far can be used
    assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED
    a = load_file(trained.model / "model.safetensors")
    b = load_file(run.model / "model.safetensors")
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert table(run)[SCORES].equals(table(trained)[SCORES])


def test_scoring_gives_every_imaged_well_a_row(trained, recipe, folder, tmp_path) -> None:
    run = RunFolder.create(tmp_path / "s", score_recipe(recipe, folder, trained.model))
    assert work(run).ending is Ending.FINISHED
    found = table(run)
    assert len(found) == 48
    assert (tmp_path / "s" / "predictions.csv").is_file()
    csv = pd.read_csv(tmp_path / "s" / "predictions.csv", keep_default_na=False)
    assert csv["Prediction_Free"].tolist() == found["Prediction_Free"].tolist()
    summary = json.loads((tmp_path / "s" / "summary.json").read_text())
    assert (summary["wells"], summary["sites"]) == (48, 96)
    assert summary["problems"] == []
    assert set(summary["experiments"]) == {"X-1", "X-2", "X-3", "X-4"}
    libraries = summary["experiments"]["X-1"]["library"]["plates"]
    assert sorted(libraries) == ["Plate1", "Plate2"]


def test_names_come_while_a_scoring_goes_on_and_stay_when_it_is_stopped(
    trained, recipe, folder, tmp_path, monkeypatch
) -> None:
    for name, value in (("PAUSE_S", 0.0), ("MOST_SHARE", np.inf), ("MOST_IN_DOUBLE", np.inf)):
        monkeypatch.setattr(so_far, name, value)
    quiet = RunFolder.create(tmp_path / "a", score_recipe(recipe, folder, trained.model))
    work(quiet)
    asked = score_recipe(recipe, folder, trained.model, batch_size=5)
    run = RunFolder.create(tmp_path / "b", asked)
    come: list[pd.DataFrame] = []

    def look(event: object) -> None:
        if isinstance(event, Saved) and event.what == "so far":
            come.append(Predictions.read(Path(event.path)).table)
            assert not run.predictions_path.exists()
            if len(come) == 9:
                run.request_stop()

    assert work(run, listen=look).ending is Ending.STOPPED
    counts = [len(one) for one in come]
    # Five sites are two wells and a half, of two plates of six wells and the next one.
    assert counts[:6] == [2, 5, 6, 6, 8, 11]
    assert counts == sorted(counts)
    keys = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
    both = come[-1].merge(table(quiet), on=keys)
    assert len(both) == counts[-1] > 12
    assert (both["Prediction_Free_x"] == both["Prediction_Free_y"]).all()
    assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED
    assert table(run)[SCORES[:3]].equals(table(quiet)[SCORES[:3]])


def test_a_plate_alone_is_scored_as_in_the_screen(trained, recipe, folder, tmp_path) -> None:
    whole = RunFolder.create(tmp_path / "a", score_recipe(recipe, folder, trained.model))
    alone = RunFolder.create(
        tmp_path / "b", score_recipe(recipe, folder / "train" / "X-2" / "Plate1", trained.model)
    )
    work(whole)
    work(alone)
    keys = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
    both = table(whole).merge(table(alone), on=keys, suffixes=("_a", "_b"))
    assert len(both) == len(table(alone)) == 6
    assert (both["Prediction_Free_a"] == both["Prediction_Free_b"]).all()
    np.testing.assert_allclose(both["Confidence_a"], both["Confidence_b"], atol=1e-4)


def test_a_scoring_cut_off_goes_on_behind_the_plates_it_reached(
    trained, recipe, folder, tmp_path, monkeypatch
) -> None:
    whole = RunFolder.create(tmp_path / "a", score_recipe(recipe, folder, trained.model))
    work(whole)
    run = RunFolder.create(tmp_path / "b", score_recipe(recipe, folder, trained.model))
    seen = 0

    def stop_after_three(event: object) -> None:
        nonlocal seen
        seen += isinstance(event, Scored)
        if seen == 3:
            run.request_stop()

    assert work(run, listen=stop_after_three).ending is Ending.STOPPED
    surveyed = []
    prepare = material.prepare
    monkeypatch.setattr(material, "prepare", lambda *a, **k: surveyed.append(1) or prepare(*a, **k))
    assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED
    assert len(surveyed) == 5  # of 8 plates
    assert table(run).equals(table(whole))


def test_broken_files_are_listed_flagged_and_scored_around(
    trained, recipe, folder, tmp_path
) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(folder, copy)
    plate = copy / "train" / "X-1" / "Plate1"
    names = sorted(path.name for path in plate.iterdir())
    (plate / names[0]).unlink()
    (plate / names[5]).write_bytes((plate / names[5]).read_bytes()[:60])
    run = RunFolder.create(tmp_path / "s", score_recipe(recipe, copy, trained.model))
    warned: list[str] = []
    ended = work(run, listen=lambda e: warned.append(e.message) if isinstance(e, Warned) else None)
    assert ended.ending is Ending.FINISHED
    assert len(table(run)) == 48
    flags = table(run).set_index(["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"])
    assert "site-left-out" in flags.loc[("X-1", "Plate1", names[0][:3]), "Flags"]
    assert "unreadable" in flags.loc[("X-1", "Plate1", names[5][:3]), "Flags"]
    kinds = {p["kind"] for p in json.loads((run.path / "summary.json").read_text())["problems"]}
    assert kinds == {"unreadable", "missing"}
    assert any(names[5] in message for message in warned)


def test_a_training_says_what_is_wrong_with_its_images_and_tables(recipe, folder, tmp_path):
    copy = tmp_path / "tiny"
    shutil.copytree(folder, copy)
    names = sorted(path.name for path in (copy / "train" / "X-1" / "Plate1").iterdir())
    (copy / "train" / "X-1" / "Plate1" / names[0]).unlink()
    broken = copy / "train" / "X-2" / "Plate2" / names[5]
    broken.write_bytes(broken.read_bytes()[:60])
    training = recipe.training.model_copy(update={"epochs": 1})
    run = RunFolder.create(
        tmp_path / "r", recipe.model_copy(update={"screen": [str(copy)], "training": training})
    )
    assert work(run).ending is Ending.FINISHED
    well = f"{names[0][:3]} site 1"
    *found, position = run.status().warnings
    assert "the position of a well alone names its perturbation" in position  # so it was made
    assert tuple(found) == (
        f"missing, X-1 Plate1 {well}: no image of channel 1 (w1)",
        f"X-1 Plate1: 1 of 12 sites are incomplete ({well}: w1 is missing) and are used only in"
        " wells without a complete one",
        f"X-2 Plate2: 1 of 12 sites are incomplete (X-2 Plate2 {names[5][:3]} site"
        f" {names[5][5]}, w{names[5][8]}: {names[5]} is cut off or damaged) and are used only in"
        " wells without a complete one",
    )


def test_a_model_whose_weights_do_not_fit_its_card_is_refused(trained, recipe, folder, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(trained.model, model)
    card = json.loads((model / "model.json").read_text())
    (model / "model.json").write_text(json.dumps({**card, "classes": [*card["classes"], "more"]}))
    run = RunFolder.create(tmp_path / "s", score_recipe(recipe, folder, model))
    ended = work(run)
    assert ended.ending is Ending.REFUSED
    assert "do not fit their card" in ended.message


def test_a_wrong_expectation_changes_no_prediction(trained, recipe, folder, tmp_path) -> None:
    path = tmp_path / "map.csv"
    columns = ["experiment", "plate", "well", "perturbation", "role"]
    plain = RunFolder.create(tmp_path / "a", score_recipe(recipe, folder, trained.model))
    work(plain)
    real = table(plain)
    rows = [
        ("X-1", "Plate1", well, "sirna_3", "treatment")
        for well in real.query("Metadata_Experiment == 'X-1' and Metadata_Plate == 'Plate1'")[
            "Metadata_Well"
        ]
    ]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    asked = score_recipe(recipe, folder, trained.model, plate_map=str(path))
    told = RunFolder.create(tmp_path / "b", asked)
    work(told)
    assert table(told)[SCORES].equals(real[SCORES])
    assert (table(told)["Metadata_Perturbation"][:6] == "sirna_3").all()


def test_a_full_disk_ends_with_a_sentence_and_keeps_what_was_reached(
    recipe, folder, tmp_path, monkeypatch
) -> None:
    run = RunFolder.create(tmp_path / "run", train_recipe(recipe, folder))
    full = False
    rename = files._rename

    def no_room(beside: Path, path: Path) -> None:
        if full and path.suffix == ".safetensors":
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(beside, path)

    monkeypatch.setattr(files, "_rename", no_room)

    def fill(event: object) -> None:
        nonlocal full
        full = full or (isinstance(event, Saved) and event.what == "model")

    ended = work(run, listen=fill)
    assert ended.ending is Ending.FAILED
    assert ended.message.startswith("the disk is full: ")
    load_card(run.model)
    assert run.status().state is RunState.FAILED
    full = False
    monkeypatch.undo()
    assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED


def test_an_unexpected_fault_is_logged_and_said_in_a_sentence(
    trained, recipe, folder, tmp_path, monkeypatch
) -> None:
    def fault(*args: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(scoring_run, "load_package", fault)
    run = RunFolder.create(tmp_path / "s", score_recipe(recipe, folder, trained.model))
    ended = work(run)
    assert ended.ending is Ending.FAILED
    assert "an unexpected fault (ZeroDivisionError: a slip)" in ended.message
    assert "Traceback" in run.log_path.read_text()


def test_what_cannot_be_served_is_refused_before_any_work(trained, recipe, folder, tmp_path):
    with pytest.raises(RecipeError, match="names no screen"):
        make_plan(recipe.model_copy(update={"screen": []}))
    with pytest.raises(ScreenError):
        make_plan(train_recipe(recipe, tmp_path / "nothing"))
    with pytest.raises(ModelError, match="no model 'nowhere'"):
        make_plan(score_recipe(recipe, folder, Path("nowhere")))
    with pytest.raises(RecipeError, match="no labelled experiment 'X-9'"):
        make_plan(train_recipe(recipe, folder, hold_out=["X-9"]))
    with pytest.raises(RecipeError, match="only whole experiments"):
        make_plan(train_recipe(recipe, folder, hold_out=["X-1 Plate1"]))
    strange = recipe.network.model_copy(update={"backbone": "no_such_net"})
    asked = train_recipe(recipe, folder).model_copy(update={"network": strange})
    with pytest.raises(ModelError, match="timm has no network 'no_such_net'"):
        make_plan(asked)


def test_a_refused_run_folder_says_why(recipe, tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", train_recipe(recipe, tmp_path / "nothing"))
    ended = work(run)
    assert ended.ending is Ending.REFUSED
    assert run.status().state is RunState.FAILED
    assert "nothing" in ended.message
