"""Each command on good input: what it prints and what it leaves."""

from __future__ import annotations

import json
import shutil
import time

import pandas as pd
import pytest

from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import is_alive
from deepnoise_app.runs.status import RunState

COLUMNS = (
    "Metadata_Experiment Metadata_Plate Metadata_Well Metadata_Role Metadata_Perturbation"
    " Prediction_Free Prediction_OnePerWell Prediction_PlatePrior Confidence Margin"
    " Top2 Top3 Top4 Top5 Sites Flags Model Correction"
)


def test_simulate_hides_the_truth_beside_the_screen(screen) -> None:
    truth = pd.read_csv(screen.with_name("screen.truth.csv"))
    assert list(truth.columns) == ["experiment", "plate", "well", "perturbation", "role"]
    assert set(truth["experiment"]) == {"HUVEC-03"}


def test_inspect_answers_for_programs(deepnoise, screen) -> None:
    said = deepnoise("inspect", screen, "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert found["reader"] == "rxrx"
    assert found["experiments"] == ["HUVEC-01", "HUVEC-02", "HUVEC-03"]
    assert len(found["channels"]) == 6
    plate = found["plates"][0]
    assert set(plate) == {
        "experiment", "plate", "rows", "columns", "wells", "listed", "sites", "perturbations",
        "problems",
    }  # fmt: skip
    assert plate["wells"] == plate["listed"]
    assert plate["sites"] == 2 * plate["wells"]
    assert plate["perturbations"] == 4
    assert found["problems"] == []
    wells = found["controls"]["negative_control"]["UNTREATED"]
    assert wells >= len(found["plates"])
    assert set(found["controls"]) == {"positive_control", "negative_control"}


def test_inspect_says_what_is_taken_for_a_control(deepnoise, screen) -> None:
    said = deepnoise("inspect", screen).out.splitlines()
    assert any(line.startswith("negative control: UNTREATED (") for line in said)
    assert any(line.startswith("positive control: sirna_") for line in said)


def test_inspect_answers_for_people(deepnoise, screen) -> None:
    said = deepnoise("inspect", screen)
    assert said.code == 0
    assert "layout rxrx" in said.out
    assert "HUVEC-03" in said.out


def test_inspect_shows_what_a_pattern_reads_in_ten_names(deepnoise, screen) -> None:
    folder = screen / "train" / "HUVEC-01" / "Plate1"
    said = deepnoise("inspect", folder, "--pattern", "{well}_s{site}_w{channel}")
    assert said.code == 0
    shown = [line for line in said.out.splitlines() if line.split(":")[0].endswith(".png")]
    assert len(shown) == 10
    assert shown[0] == "A01_s1_w1.png: well A01, site 1, channel 1, plane 1, time 1"
    said = deepnoise("inspect", folder, "--pattern", "{well}_s1_w{channel}", "--json")
    found = json.loads(said.out)
    assert found["reader"] == "pattern:{well}_s1_w{channel}"
    assert {one["fits"] for one in found["names"]} == {True, False}
    assert all(("well" in one) is one["fits"] for one in found["names"])


def test_inspect_lists_a_truncated_image_with_its_place(deepnoise, screen, tmp_path) -> None:
    plate = tmp_path / "HUVEC-01" / "Plate1"
    plate.mkdir(parents=True)
    for path in (screen / "train" / "HUVEC-01" / "Plate1").glob("B0[23]_*.png"):
        (plate / path.name).write_bytes(path.read_bytes())
    (plate / "B02_s1_w3.png").write_bytes((plate / "B02_s1_w3.png").read_bytes()[:40])
    (plate / "B03_s2_w6.png").unlink()
    said = deepnoise("inspect", tmp_path, "--json")
    assert said.code == 0
    places = {
        (p["kind"], p["well"], p["site"], p["channel"]) for p in json.loads(said.out)["problems"]
    }
    assert places == {("unreadable", "B02", 1, 3), ("missing", "B03", 2, 6)}


def test_inspect_tells_people_where_each_problem_is(deepnoise, screen, tmp_path) -> None:
    shutil.copytree(screen, tmp_path / "s")
    plate = tmp_path / "s" / "train" / "HUVEC-01" / "Plate1"
    (plate / "B02_s1_w3.png").write_bytes((plate / "B02_s1_w3.png").read_bytes()[:40])
    (plate / "B03_s2_w6.png").unlink()
    shutil.rmtree(tmp_path / "s" / "train" / "HUVEC-02")
    said = deepnoise("inspect", tmp_path / "s")
    assert said.code == 0
    assert said.out.splitlines()[-3:] == [
        "1 plate is listed but has no image here.",
        "missing, HUVEC-01 Plate1 B03 site 2: no image of channel 6 (Golgi and membrane)",
        "unreadable, HUVEC-01 Plate1 B02 site 1 channel 3: B02_s1_w3.png is cut off",
    ]


def test_train_goes_on_from_a_model_in_two_stages_and_says_stage_and_epoch(
    deepnoise, screen, trained, tmp_path
) -> None:
    """Another size, and a second stage on the experiment without labels."""
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        "[network]\ninput_size = 24\n[training]\nepochs = 1\nbatch_size = 8\n"
        "[stage_two]\nepochs = 2\nbatch_size = 8\npseudo_from = 2\npseudo_passes = 1\n"
    )
    words = ["train", screen, "--recipe", recipe, "--from", trained / "model"]
    said = deepnoise(*words, "--out", tmp_path / "run")
    assert said.code == 0, said.err
    assert "note: the model run was trained at 16 pixels, this run works at 24" in said.err
    assert "stage 1/2, epoch 1/3: loss" in said.err
    assert "stage 2/2, epoch 3/3: loss" in said.err
    assert "; student: free " in said.err
    assert "; teacher: free " in said.err


def test_train_leaves_a_run_folder_with_a_model(trained) -> None:
    assert RunFolder(trained).status().state is RunState.FINISHED
    assert (trained / "model" / "model.safetensors").is_file()
    assert (trained / "predictions.csv").is_file()


def test_score_writes_the_agreed_columns_and_a_summary(
    deepnoise, screen, trained, tmp_path
) -> None:
    said = deepnoise("score", trained / "model", screen / "test", "--out", tmp_path / "s", "--json")
    assert said.code == 0
    table = pd.read_csv(tmp_path / "s" / "predictions.csv", keep_default_na=False)
    assert list(table.columns) == COLUMNS.split()
    assert f"predictions: {tmp_path / 's' / 'predictions.csv'}\n" in said.err
    summary = json.loads(said.out)
    assert summary == json.loads((tmp_path / "s" / "summary.json").read_text())
    assert summary["wells"] == len(table)
    assert "accuracy" not in summary  # nothing is known of the treatments
    treated = table["Metadata_Role"] == "unknown"
    assert (table.loc[treated, "Metadata_Perturbation"] == "").all()
    assert (table["Prediction_Free"] != "").all()


def test_score_with_a_plate_map_reports_three_accuracies(
    deepnoise, screen, trained, tmp_path
) -> None:
    truth = screen.with_name("screen.truth.csv")
    said = deepnoise(
        "score", trained / "model", screen / "test", "--out", tmp_path / "s", "--plate-map", truth
    )
    assert said.code == 0
    for name in ("free", "one per well", "plate prior"):
        assert f"\n  {name}" in said.out
    summary = json.loads((tmp_path / "s" / "summary.json").read_text())
    assert summary["treated_wells_of_known_perturbation"] == 4
    assert set(summary["accuracy"]["free"]) == {"value", "low", "high"}
    roles = pd.read_csv(tmp_path / "s" / "predictions.csv")["Metadata_Role"].value_counts()
    assert roles["treatment"] == 4  # from the plate map
    assert set(roles.index) == {"treatment", "positive_control", "negative_control"}


def test_a_snapshot_scores_and_is_trained_on_from_like_any_model(
    deepnoise, screen, trained, tmp_path
) -> None:
    snapshot = trained / "snapshots" / "epoch-001"
    said = deepnoise("score", snapshot, screen / "test", "--out", tmp_path / "s", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["model"] == "run, epoch 1"
    assert "its confidence is not calibrated" in said.err
    words = ["train", screen, "--recipe", trained.parent / "recipe.toml", "--from", snapshot]
    said = deepnoise(*words, "--out", tmp_path / "t")
    assert said.code == 0, said.err
    assert load_card(tmp_path / "t" / "model").provenance.started_from == "run, epoch 1"


def test_a_plate_map_names_plates_and_wells_as_people_do(deepnoise, screen, trained, tmp_path):
    truth = pd.read_csv(screen.with_name("screen.truth.csv"))
    truth["plate"] = "1"
    truth.loc[len(truth)] = ["HUVEC-03", "1", "B0X", "sirna_1", "treatment"]
    truth.to_csv(tmp_path / "map.csv", index=False)
    words = ("--plate-map", tmp_path / "map.csv", "--out", tmp_path / "s", "--json")
    said = deepnoise("score", trained / "model", screen / "test", *words)
    assert said.code == 0
    summary = json.loads(said.out)
    assert summary["treated_wells_of_known_perturbation"] == 4
    assert [problem["kind"] for problem in summary["problems"]] == ["table"]
    assert "B0X" in summary["problems"][0]["message"]
    assert "B0X" in said.err


def test_score_takes_many_paths_and_resumes(deepnoise, screen, trained, tmp_path) -> None:
    plates = [screen / "train" / f"HUVEC-0{n}" / "Plate1" for n in (1, 2)]
    out = tmp_path / "s"
    assert deepnoise("score", trained / "model", *plates, "--out", out).code == 0
    again = deepnoise("score", trained / "model", *plates, "--out", out, "--resume")
    assert again.code == 0
    table = pd.read_csv(out / "predictions.csv")
    assert set(table["Metadata_Experiment"]) == {"HUVEC-01", "HUVEC-02"}


def test_candidates_from_the_plate_map_are_said_in_the_summary(
    deepnoise, screen, trained, tmp_path
) -> None:
    words = ("--plate-map", screen.with_name("screen.truth.csv"), "--candidates", "plate-map")
    out = tmp_path / "s"
    assert deepnoise("score", trained / "model", screen / "test", "--out", out, *words).code == 0
    summary = json.loads((out / "summary.json").read_text())
    assert summary["candidates"] == "plate-map"
    assert "the plate map limited the candidates" in summary["candidates_note"]


def test_doctor_lists_versions_devices_and_folders(deepnoise) -> None:
    said = deepnoise("doctor")
    assert said.code == 0
    for title in ("System", "Packages", "Computing", "Graphics", "Folders", "Models"):
        assert f"\n{title}\n" in f"\n{said.out}"


@pytest.mark.timeout(180)
def test_a_detached_training_goes_on_alone(deepnoise, screen, trained, tmp_path) -> None:
    recipe = trained.parent / "recipe.toml"
    out = tmp_path / "run"
    began = time.monotonic()
    said = deepnoise("train", screen, "--recipe", recipe, "--out", out, "--detach")
    assert said.code == 0
    assert f"works on {out}" in said.out
    while is_alive(out) and time.monotonic() - began < 150:
        time.sleep(0.2)
    assert RunFolder(out).status().state is RunState.FINISHED


def test_help_names_every_command(deepnoise) -> None:
    said = deepnoise("--help")
    for name in ("demo", "simulate", "inspect", "train", "score", "doctor"):
        assert name in said.out
    assert deepnoise("--version").out.startswith("deepnoise ")
