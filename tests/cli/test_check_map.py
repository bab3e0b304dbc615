"""`deepnoise check-map`: from images and a plate map to a verdict on every plate."""

from __future__ import annotations

import csv
import json

import pytest

from deepnoise_app.gui.job import saved
from deepnoise_app.gui.run_records import read_record
from deepnoise_app.readers import read_plate_map
from deepnoise_app.runs.events import read_events
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.status import RunState
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    """One experiment of two plates that the shipped model has not seen, and its true plate map."""
    folder = tmp_path_factory.mktemp("unseen")
    made = simulate_screen(ScreenDesign(experiments=24, unlabelled=1, size=64))
    write_rxrx(made.screen.only(["HUVEC-25"]), made.truth, folder / "screen")
    rows = [
        (*key, well.name, content.perturbation, str(content.role))
        for key, plate_map in made.truth.items()
        if key[0] == "HUVEC-25"
        for well, content in plate_map.contents.items()
    ]
    write(folder / "true.csv", rows)
    other = {"Plate1": "Plate2", "Plate2": "Plate1"}
    write(folder / "swapped.csv", [(e, other[p], *rest) for e, p, *rest in rows])
    return folder


def write(path, rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["experiment", "plate", "well", "perturbation", "role"])
        table.writerows(rows)


def test_swapped_plates_are_told_and_the_proposal_undoes_the_swap(
    deepnoise, unseen, tmp_path
) -> None:
    out = tmp_path / "check"
    said = deepnoise("check-map", unseen / "screen", "--plate-map", unseen / "swapped.csv",
                     "--model", "demo", "--out", out)  # fmt: skip
    assert said.code == 0
    assert "HUVEC-25 Plate1: is swapped with HUVEC-25 Plate2 (probability 1.00)" in said.out
    assert dict(read_plate_map(out / "proposal.csv")) == dict(read_plate_map(unseen / "true.csv"))
    with (out / "map-check.csv").open(encoding="utf-8") as file:
        assert [row["verdict"] for row in csv.DictReader(file)] == ["differs", "differs"]
    run = RunFolder(out)
    assert (run.recipe.task, run.recipe.screen) == ("check-map", [str(unseen / "screen")])
    assert run.status().state is RunState.FINISHED
    assert "2 plate maps compared with the images, 2 do not fit" in run.status().message
    assert read_record(out).outcome == run.status().message
    events, _ = read_events(run.events_path, 0)
    assert saved(out, events, "map-check") == [out / "map-check.json"]


def test_without_a_model_wells_that_hold_the_same_are_compared(deepnoise, screen, tmp_path) -> None:
    said = deepnoise("check-map", screen, "--json")
    assert said.code == 0
    plates = json.loads(said.out)["plates"]
    assert len(plates) == 3
    assert "differs" not in {plate["verdict"] for plate in plates}
    assert {fit["kind"] for fit in plates[0]["fits"]} >= {"as-mapped", "rearranged"}


def test_a_map_of_other_plates_is_refused(deepnoise, screen, tmp_path) -> None:
    table = tmp_path / "map.csv"
    write(table, [("U2OS-09", "1", "B02", "x", "treatment")])
    said = deepnoise("check-map", screen, "--plate-map", table, "--model", "demo")
    assert said.code == 2
    assert "says of no imaged plate what its wells hold" in said.err


def test_a_folder_that_is_not_empty_is_refused_before_any_work(deepnoise, screen, tmp_path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    said = deepnoise("check-map", screen, "--out", tmp_path)
    assert said.code == 2
    assert "is not empty" in said.err
