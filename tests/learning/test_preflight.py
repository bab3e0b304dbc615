"""The plan of a run tells what it would take, before any work."""

from __future__ import annotations

import json

import pytest

from deepnoise_app.learning.work import work
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.work import Ending


@pytest.fixture(scope="module")
def model(recipe, folder, tmp_path_factory):
    training = recipe.training.model_copy(update={"epochs": 1})
    asked = recipe.model_copy(update={"screen": [str(folder)], "training": training})
    run = RunFolder.create(tmp_path_factory.mktemp("model") / "run", asked)
    assert work(run).ending is Ending.FINISHED
    return run.model


def planned(recipe, path) -> dict[str, object]:
    run = RunFolder.create(path, recipe.model_copy(update={"task": "plan"}))
    ended = work(run)
    assert ended.ending is Ending.FINISHED, ended.message
    assert not run.predictions_path.exists()
    return json.loads(run.plan_path.read_text())


def test_plan_of_a_scoring_counts_wells_and_names_the_device(recipe, folder, model, tmp_path):
    scoring = recipe.scoring.model_copy(update={"model": str(model)})
    asked = recipe.model_copy(update={"screen": [str(folder)], "scoring": scoring})
    found = planned(asked, tmp_path / "p")
    assert (found["task"], found["plates"], found["wells"], found["sites"]) == ("score", 8, 48, 96)
    assert found["device"] == "this computer's CPU"
    assert 0 < found["seconds"] < 60
    assert found["unlike"] == []
    assert found["disk_free_bytes"] > 0


def test_plan_of_a_scoring_takes_only_the_plates_that_are_asked_for(
    recipe, folder, model, tmp_path
) -> None:
    scoring = recipe.scoring.model_copy(update={"model": str(model)})
    changes = {"screen": [str(folder)], "scoring": scoring, "plates": ["X-2/Plate1"]}
    assert planned(recipe.model_copy(update=changes), tmp_path / "p")["wells"] == 6
    none = recipe.model_copy(update={**changes, "plates": ["X-9/Plate1"], "task": "plan"})
    ended = work(RunFolder.create(tmp_path / "none", none))
    assert ended.ending is Ending.REFUSED
    assert "none of the plates X-9/Plate1" in ended.message


def test_plan_of_a_training_tells_classes_and_held_out_experiments(recipe, folder, tmp_path):
    found = planned(recipe.model_copy(update={"screen": [str(folder)]}), tmp_path / "p")
    assert found["task"] == "train"
    assert len(found["held_out"]) == 1
    assert sorted([*found["experiments"], *found["held_out"]]) == ["X-1", "X-2", "X-3", "X-4"]
    assert found["classes"] == 6
    assert found["fewest_wells_of_a_class"] == 6
    assert found["memory_needed_bytes"] == 96 * 2 * 16 * 16 * 2
    assert sum(found["wells_per_class"].values()) == found["wells"] == 36
    assert found["channels"] == ["w1", "w2"]
    assert found["epochs"] == [6, 0]
    assert found["disk_needed_bytes"] == 4 * found["weights"] * 7
    assert found["seconds"] >= sum(found["seconds_of_stages"]) > 0


def test_plan_of_a_training_counts_its_snapshots(recipe, folder, tmp_path) -> None:
    training = recipe.training.model_copy(update={"snapshot_every": 4})
    second = recipe.stage_two.model_copy(update={"epochs": 5, "learn_held_out": "yes"})
    changes = {"screen": [str(folder)], "training": training, "stage_two": second}
    found = planned(recipe.model_copy(update=changes), tmp_path / "p")
    assert found["snapshots"] == len([4, 6, 8, 11])
    assert found["disk_needed_bytes"] == 4 * found["weights"] * (1 + 4 + 2 * 3)


def test_plan_says_aloud_that_position_alone_names_the_perturbation(recipe, folder, tmp_path):
    """In this made screen every experiment has the same layout."""
    found = planned(recipe.model_copy(update={"screen": [str(folder)]}), tmp_path / "p")
    assert found["confounded_by_position"]
    assert found["position_share"] == 0.5  # two plates of different perturbations
    assert found["position_chance"] < 0.4
    assert any("learn the place instead of the biology" in note for note in found["notes"])


def test_plan_tells_both_stages(recipe, folder, tmp_path) -> None:
    second = recipe.stage_two.model_copy(update={"epochs": 5, "learn_held_out": "yes"})
    asked = recipe.model_copy(update={"screen": [str(folder)], "stage_two": second})
    found = planned(asked, tmp_path / "p")
    assert found["epochs"] == [6, 5]
    assert found["unlabelled"] == found["held_out"]
    assert found["unlabelled_wells"] == 8
    assert found["seconds_of_stages"][1] > found["seconds_of_stages"][0]


def test_fewer_bits_are_for_graphics_cards_and_the_cpu_says_so(recipe, folder, tmp_path) -> None:
    training = recipe.training.model_copy(update={"precision": "bf16"})
    changes = {"screen": [str(folder)], "training": training, "device": "cpu"}
    found = planned(recipe.model_copy(update=changes), tmp_path / "p")
    assert any("bf16 is for graphics cards" in note for note in found["notes"])
