"""A pack that is damaged: each command says where, does the rest, and leaves the files alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.measures import measure_well
from deepnoise_app.packing import encode, pack_screen, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.screen import WellId

PLATE = "HUVEC-01/Plate1.ome.zarr"
IMAGE = f"{PLATE}/B/2/0/0"
CHUNK = f"{IMAGE}/c/0/0/0"
WELL = ("HUVEC-01", "Plate1", "B02")
COMMANDS = ("inspect", "measure", "score", "train", "check-map", "report")


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def sound(screen, tmp_path_factory) -> Path:
    """Pack the screen: 3 plates of 6 wells with 2 sites."""
    out = tmp_path_factory.mktemp("packed") / "pack"
    pack_screen(plan_packing(open_screen(screen), out))
    return out


@pytest.fixture
def pack(sound, tmp_path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "pack"))


def flip(pack: Path) -> None:
    content = bytearray((pack / CHUNK).read_bytes())
    content[len(content) // 2] ^= 16
    (pack / CHUNK).write_bytes(content)


def cut(pack: Path) -> None:
    (pack / CHUNK).write_bytes((pack / CHUNK).read_bytes()[:-9])


def lose_chunk(pack: Path) -> None:
    (pack / CHUNK).unlink()


def lose_site(pack: Path) -> None:
    shutil.rmtree(pack / IMAGE)


def garble_array(pack: Path) -> None:
    (pack / IMAGE / "zarr.json").write_text('{"zarr_format": 3,')


def reshape(pack: Path) -> None:
    text = json.loads((pack / IMAGE / "zarr.json").read_text())
    text["shape"] = [2, *text["shape"][1:]]
    (pack / IMAGE / "zarr.json").write_text(json.dumps(text))


DAMAGES = {
    flip: "is damaged: its checksum does not fit",
    cut: "is cut off",
    lose_chunk: "is incomplete: a chunk of it is not there",
    lose_site: "is gone",
    garble_array: "cannot be read: it is damaged or cut off, at line",
    reshape: "has the shape (2, 16, 16)",
}


def words(command: str, pack: Path, trained: Path, out: Path) -> tuple[object, ...]:
    match command:
        case "inspect":
            return (command, pack, "--all")
        case "check-map":
            return (command, pack)
        case "report":
            return (command, pack, "--out", out / "page.html")
        case "score":
            return (command, trained / "model", pack, "--out", out)
        case "train":
            return (command, pack, "--recipe", trained.parent / "recipe.toml", "--out", out)
    return (command, pack, "--out", out)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_site_is_told_once_with_its_cure(
    deepnoise, pack, damage: Callable[[Path], None]
) -> None:
    damage(pack)
    said = deepnoise("inspect", pack, "--all", "--json")
    assert said.code == 0
    (problem,) = json.loads(said.out)["problems"]
    place = ("HUVEC-01", "Plate1", "B02", 1, None)
    assert tuple(problem[k] for k in ("experiment", "plate", "well", "site", "channel")) == place
    assert str(pack / IMAGE) in problem["message"]
    assert DAMAGES[damage] in problem["message"]
    assert "The pack is damaged: delete its Plate1.ome.zarr, then" in problem["message"]


def test_a_well_with_a_damaged_site_is_measured_by_the_other_one_and_flagged(
    deepnoise, pack, trained, tmp_path
) -> None:
    flip(pack)
    before = contents(pack)
    said = deepnoise(*words("measure", pack, trained, tmp_path / "out"))
    assert said.code == 0
    assert said.err.count("note: ") == 1
    assert f"HUVEC-01 Plate1 B02 site 1: {pack / IMAGE}" in said.err
    assert "HUVEC-01 Plate1 B02: 6 images cannot be read" in said.out
    wells = pd.read_csv(tmp_path / "out" / "measures.csv").set_index(
        ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
    )
    assert len(wells) == 18
    assert wells["Sites"].value_counts().to_dict() == {2: 17, 1: 1}
    assert wells.loc[WELL, ["Sites", "Metadata_Unreadable"]].tolist() == [1, 6]
    flags = pd.read_csv(tmp_path / "out" / "flags.csv")
    assert [*WELL, "images cannot be read"] in flags.iloc[:, :4].to_numpy().tolist()
    assert contents(pack) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_which_site_is_damaged(
    deepnoise, pack, trained, tmp_path, command: str
) -> None:
    flip(pack)
    before = contents(pack)
    said = deepnoise(*words(command, pack, trained, tmp_path / "out"))
    assert said.code == 0
    told = said.out + said.err
    if command == "report":
        told = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert f"HUVEC-01 Plate1 B02 site 1: {pack / IMAGE} is damaged" in told
    assert contents(pack) == before


def test_a_well_with_a_damaged_site_is_named_by_the_other_one(
    deepnoise, pack, sound, trained, tmp_path
) -> None:
    flip(pack)
    tables = {}
    for one in (sound, pack):
        out = tmp_path / f"of {one.parent.name}"
        assert deepnoise(*words("score", one, trained, out)).code == 0
        table = pd.read_csv(out / "predictions.csv", keep_default_na=False)
        tables[one] = table.set_index(["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"])
    assert tables[pack].loc[WELL, ["Sites", "Flags"]].tolist() == [1, "site-left-out;unreadable"]
    assert (tables[pack]["Sites"] == 2).sum() == 17
    assert tables[pack]["Prediction_Free"].all()
    others = tables[pack].index.get_level_values(0) != "HUVEC-01"  # its plate has other averages
    assert tables[pack][others].equals(tables[sound][others])


def test_a_well_without_any_readable_site_keeps_its_row_and_is_flagged(
    deepnoise, pack, trained, tmp_path
) -> None:
    for site in (0, 1):
        (pack / PLATE / f"B/2/{site}/0/c/0/0/0").unlink()
    assert deepnoise(*words("score", pack, trained, tmp_path / "s")).code == 0
    table = pd.read_csv(tmp_path / "s" / "predictions.csv", keep_default_na=False)
    assert len(table) == 18
    (lost,) = table[table["Sites"] == 0].to_dict("records")
    assert (lost["Metadata_Well"], lost["Prediction_Free"]) == ("B02", "")
    assert lost["Flags"] == "no-image;unreadable"
    assert deepnoise(*words("measure", pack, trained, tmp_path / "m")).out.count(
        "HUVEC-01 Plate1 B02: no image can be read"
    )
    assert deepnoise(*words("report", pack, trained, tmp_path)).code == 0
    said = deepnoise(*words("train", pack, trained, tmp_path / "t"))
    assert said.code == 0
    assert "2 of 12 sites are incomplete" in said.err


def test_a_damaged_channel_of_a_sharded_site_is_told_and_the_others_are_used(
    deepnoise, screen, trained, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(encode, "SHARDED_BYTES", 1)
    pack = tmp_path / "pack"
    pack_screen(plan_packing(open_screen(screen), pack))
    content = bytearray((pack / CHUNK).read_bytes())
    content[20] ^= 1  # in the first of the six parts
    (pack / CHUNK).write_bytes(content)
    (problem,) = json.loads(deepnoise("inspect", pack, "--all", "--json").out)["problems"]
    assert problem["channel"] == 1
    assert f"HUVEC-01 Plate1 B02 site 1: {pack / IMAGE} is damaged" in problem["message"]
    plate = open_screen(pack).plate("HUVEC-01", "Plate1")
    measured = measure_well(plate, WellId.parse("B02"))
    assert (measured.sites, len(measured.faults)) == (2, 1)
    assert np.isnan(measured.values[..., 0]).sum() == 1
    (pack / CHUNK).write_bytes(content[:-30])
    said = deepnoise(*words("score", pack, trained, tmp_path / "scored"))
    assert said.code == 0
    assert said.err.count("HUVEC-01 Plate1 B02 site 1") == 1  # without its index none is found


def lose_plate(pack: Path) -> None:
    shutil.rmtree(pack / PLATE)


def garble_plate(pack: Path) -> None:
    path = pack / PLATE / "zarr.json"
    path.write_text(path.read_text()[:-40])


def age_plate(pack: Path) -> None:
    _change(pack / PLATE / "zarr.json", "format", 2)


def contradict_plate(pack: Path) -> None:
    _change(pack / PLATE / "zarr.json", "missing", [[999, 0, 0]])


def _change(path: Path, name: str, value: object) -> None:
    text = json.loads(path.read_text())
    text["attributes"]["deepnoise"][name] = value
    path.write_text(json.dumps(text))


LOSSES = {
    lose_plate: "is gone. Pack again",
    garble_plate: ". Delete HUVEC-01/Plate1.ome.zarr and pack",
    age_plate: "was packed in form 2, this version reads form 1",
    contradict_plate: "is a damaged pack: index 999 is out of bounds",
}


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
def test_a_lost_plate_is_told_and_the_others_are_there(
    deepnoise, pack, loss: Callable[[Path], None]
) -> None:
    loss(pack)
    said = deepnoise("inspect", pack, "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert [plate["wells"] for plate in found["plates"]] == [0, 6, 6]
    (problem,) = found["problems"]
    place = ("unreadable", "HUVEC-01", "Plate1")
    assert (problem["kind"], problem["experiment"], problem["plate"]) == place
    assert LOSSES[loss] in problem["message"]


@pytest.mark.parametrize("command", ["measure", "score", "check-map", "report"])
def test_every_command_says_which_plate_is_lost(
    deepnoise, pack, trained, tmp_path, command: str
) -> None:
    garble_plate(pack)
    said = deepnoise(*words(command, pack, trained, tmp_path / "out"))
    assert said.code == 0
    told = said.out + said.err
    if command == "report":
        told = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert "unreadable, HUVEC-01 Plate1: " in told


def test_too_few_experiments_to_train_on_for_a_lost_plate_is_said_so(
    deepnoise, pack, trained, tmp_path
) -> None:
    garble_plate(pack)
    said = deepnoise(*words("train", pack, trained, tmp_path / "out"))
    assert said.code == 2
    assert "1 labelled experiment: training needs at least 2" in said.err
    assert "unreadable, HUVEC-01 Plate1: " in said.err


def test_plates_of_a_pack_without_its_root_are_read_with_their_maps(
    deepnoise, pack, trained, tmp_path
) -> None:
    (pack / "zarr.json").unlink()
    garble_plate(pack)
    found = json.loads(deepnoise("inspect", pack, "--json").out)
    assert [plate["perturbations"] for plate in found["plates"]] == [4, 0]
    (problem,) = found["problems"]
    assert f"{PLATE}/zarr.json cannot be read" in problem["message"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("root", ["version", "garbled", "unfinished"])
def test_a_pack_that_cannot_serve_at_all_is_refused_in_one_sentence(
    deepnoise, pack, trained, tmp_path, command: str, root: str
) -> None:
    path = pack / "zarr.json"
    match root:
        case "version":
            _change(path, "format", 2)
            expected = "was packed in form 2, this version reads form 1: pack it anew"
        case "garbled":
            path.write_text(path.read_text()[:-40])
            expected = "zarr.json cannot be read: it is damaged or cut off, at line"
        case _:  # as a packing leaves it that was killed
            _change(path, "complete", False)
            expected = f"was not finished: the command deepnoise pack {tmp_path.anchor}"
    said = deepnoise(*words(command, pack, trained, tmp_path / "out"))
    assert said.code == 2
    assert said.out == ""
    assert expected in said.err
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_the_cure_that_is_named_makes_the_pack_whole(deepnoise, screen, pack, sound) -> None:
    flip(pack)
    shutil.rmtree(pack / PLATE)
    kept = pack / "HUVEC-02/Plate1.ome.zarr/B/2/0/0/c/0/0/0"
    before = kept.stat().st_mtime_ns
    assert deepnoise("pack", screen, pack).code == 0
    assert (pack / CHUNK).read_bytes() == (sound / CHUNK).read_bytes()
    assert kept.stat().st_mtime_ns == before  # only that plate was packed


def test_a_stale_pack_beside_the_originals_is_said_and_they_are_read(
    deepnoise, screen, trained, tmp_path
) -> None:
    originals = Path(shutil.copytree(screen, tmp_path / "screen"))
    pack_screen(plan_packing(open_screen(originals), tmp_path / "screen.zarr"))
    image = originals / "train/HUVEC-01/Plate1/B02_s1_w1.png"
    shutil.copyfile(originals / "train/HUVEC-01/Plate1/B03_s1_w1.png", image)
    said = deepnoise(*words("score", originals, trained, tmp_path / "out"))
    assert said.code == 0
    assert "files of HUVEC-01 Plate1 have changed since screen.zarr was packed" in said.err
    (one, two) = (
        open_screen(originals, use_pack=use).plate("HUVEC-01", "Plate1") for use in (True, False)
    )
    well = WellId.parse("B02")
    np.testing.assert_array_equal(one.read(well, 1), two.read(well, 1))
