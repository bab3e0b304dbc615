"""Every command that takes a folder of plates takes the address of a plate or a pack as well."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from far_server import serving

from deepnoise_app.gui.given import Given
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen, zarr_arrays
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.status import RunState


@pytest.fixture(scope="module")
def www(screen, tmp_path_factory):
    """Pack the screen into a folder that is served."""
    folder = tmp_path_factory.mktemp("www")
    pack_screen(plan_packing(open_screen(screen), folder / "pack"))
    return folder


@pytest.fixture
def server(www, tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    zarr_arrays.open_array.cache_clear()
    with serving(www) as made:
        yield made


@pytest.fixture
def impatient(monkeypatch):
    """Give a server up after a second."""
    monkeypatch.setattr(zarr_arrays, "PATIENCE_S", 1.0)


@pytest.fixture
def recipe(trained):
    return trained.parent / "recipe.toml"


def predictions(folder: Path) -> bytes:
    return (folder / "predictions.csv").read_bytes()


def test_inspect_looks_at_a_server(deepnoise, server) -> None:
    said = deepnoise("inspect", f"{server[0]}/pack", "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert len(found["plates"]) == 3
    assert found["problems"] == []


def test_train_learns_from_a_server_as_from_files(
    deepnoise, server, trained, recipe, tmp_path
) -> None:
    out = tmp_path / "run"
    said = deepnoise("train", f"{server[0]}/pack", "--recipe", recipe, "--out", out)
    assert said.code == 0
    assert RunFolder(out).recipe.screen == [f"{server[0]}/pack"]
    weights = "model/model.safetensors"
    assert (out / weights).read_bytes() == (trained / weights).read_bytes()
    assert predictions(out) == predictions(trained)


def test_score_names_wells_of_a_plate_on_a_server(
    deepnoise, server, screen, trained, tmp_path
) -> None:
    address = f"{server[0]}/pack/HUVEC-03/Plate1.ome.zarr"
    said = deepnoise("score", trained / "model", address, "--out", tmp_path / "far")
    assert said.code == 0
    assert deepnoise("score", trained / "model", screen / "test", "--out", tmp_path / "n").code == 0
    assert predictions(tmp_path / "far") == predictions(tmp_path / "n")


def test_measure_measures_a_server(deepnoise, server, screen, tmp_path) -> None:
    address = f"{server[0]}/pack/HUVEC-03/Plate1.ome.zarr"
    assert deepnoise("measure", address, "--out", tmp_path / "far").code == 0
    assert deepnoise("measure", screen / "test", "--out", tmp_path / "near").code == 0
    tables = [tmp_path / side / "measures.csv" for side in ("far", "near")]
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_check_map_and_report_take_an_address(deepnoise, server, tmp_path) -> None:
    said = deepnoise("check-map", f"{server[0]}/pack", "--json")
    assert said.code == 0
    assert len(json.loads(said.out)["plates"]) == 3
    said = deepnoise("report", f"{server[0]}/pack", "--out", tmp_path / "page.html")
    assert said.code == 0
    assert "HUVEC-02 Plate1" in (tmp_path / "page.html").read_text()


def test_pack_brings_a_plate_from_a_server_here(deepnoise, server, tmp_path) -> None:
    address = f"{server[0]}/pack/HUVEC-03/Plate1.ome.zarr"
    words = ("pack", address, tmp_path / "here")
    assert "1 plates, " in deepnoise(*words).out
    asked = len(server[1].asked)
    assert deepnoise(*words).code == 0  # all of it is there: nothing is read again
    assert not any("/c/" in path for path in server[1].asked[asked:])
    (here,), (there,) = (open_screen(place).plates for place in (tmp_path / "here", address))
    assert (here.read(here.wells[0], 1) == there.read(there.wells[0], 1)).all()


def test_the_window_takes_addresses(server) -> None:
    address = Path(f"{server[0]}/pack")
    assert Given.of([address]) == Given((address,), ())


@pytest.mark.parametrize("words", [
    ("train", "{screen}", "--out", "{far}"),
    ("score", "demo", "{screen}", "--out", "{far}"),
    ("measure", "{screen}", "--out", "{far}"),
    ("check-map", "{screen}", "--out", "{far}"),
    ("ladder", "{screen}", "--out", "{far}"),
    ("pack", "{screen}", "{far}"),
    ("report", "{screen}", "--out", "{far}"),
    ("simulate", "{far}"),
    ("demo", "--out", "{far}"),
], ids=lambda words: words[0])  # fmt: skip
def test_nothing_is_written_to_an_address(
    deepnoise, screen, tmp_path, monkeypatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    far = "s3://bucket/results"
    said = deepnoise(*(word.format(screen=screen, far=far) for word in words))
    assert said.code == 2
    assert f"{far} is an address, where nothing is written" in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("command", ["train", "score", "measure", "check-map"])
def test_a_server_that_stalls_is_refused_before_any_work(
    deepnoise, server, recipe, trained, tmp_path, command: str
) -> None:
    server[1].mood, server[1].touchy = "stall", ("zarr.json",)
    model = (trained / "model",) if command == "score" else ()
    words = ("--recipe", recipe) if command == "train" else ()
    began = time.monotonic()
    out = tmp_path / "out"
    said = deepnoise(command, *model, f"{server[0]}/pack", "--out", out, *words)
    assert time.monotonic() - began < 20
    assert said.code == 2
    assert "did not answer within 1 s: is the server reachable?" in said.err
    assert not out.exists()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("command", ["train", "score", "measure"])
def test_a_server_that_stalls_under_way_ends_the_run_which_is_gone_on_with(
    deepnoise, server, recipe, trained, tmp_path, monkeypatch, command: str
) -> None:
    server[1].mood = "stall"
    model = (trained / "model",) if command == "score" else ()
    words = ("--recipe", recipe) if command == "train" else ()
    out = tmp_path / "out"
    asked = (command, *model, f"{server[0]}/pack", "--out", out, *words)
    began = time.monotonic()
    said = deepnoise(*asked)
    assert time.monotonic() - began < 30
    assert said.code == 1
    assert "did not answer within 1 s: is the server reachable?" in said.err
    assert RunFolder(out).status().state is RunState.FAILED
    server[1].mood = ""
    monkeypatch.setattr(zarr_arrays, "PATIENCE_S", 30.0)
    assert deepnoise(*asked, "--resume").code == 0
