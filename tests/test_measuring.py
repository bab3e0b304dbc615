"""Plates are measured well by well, and what is measured so far can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.measuring import measure, measures_path, sites_path
from deepnoise_app.measuring import run as measuring
from deepnoise_app.measuring.cache import stamp
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.zarr_pixels import ZarrPixels
from deepnoise_app.runs.events import Progress, Saved
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.work import Ending
from deepnoise_app.screen import Channel, Plate, PlateShape, WellId
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("m") / "screen"
    design = ScreenDesign(experiments=1, unlabelled=0, plates=2, perturbations=8, sites=2, size=16)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, path)
    return path


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))


def recipe(folder, *plates: str) -> Recipe:
    return Recipe(task="measure", screen=[str(folder)], plates=list(plates))


def test_measures_are_means_over_sites_of_each_sites_own(folder, tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", recipe(folder))
    assert measure(run).ending is Ending.FINISHED
    for plate in open_screen(folder).plates:
        found = Measures.read(measures_path(run, plate.key))
        assert len(found) == len(plate.wells)
        well = plate.wells[3]
        sites = np.stack([plate.read(well, site) for site in plate.sites]).astype(float)
        mean = found.overlay("Mean", plate.channels[2])
        assert mean.values[well] == pytest.approx(sites[:, 2].mean())
        deviation = found.overlay("Std", plate.channels[2])
        assert deviation.values[well] == pytest.approx(sites[:, 2].std(axis=(1, 2)).mean())
        assert mean.unit == "grey levels"


def test_only_the_plates_that_are_asked_for_are_measured(folder, tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", recipe(folder, "HUVEC-01/Plate2"))
    measure(run)
    assert [p.name for p in (run.path / "measures").iterdir()] == ["HUVEC-01-Plate2.parquet"]
    none = RunFolder.create(tmp_path / "none", recipe(folder, "HUVEC-01/Plate9"))
    assert measure(none).ending is Ending.REFUSED


def test_what_is_measured_so_far_is_there_well_by_well(folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(measuring, "SAVE_EVERY_S", 0.0)
    run = RunFolder.create(tmp_path / "run", recipe(folder, "HUVEC-01/Plate1"))
    seen = []

    def look(event: object) -> None:
        if isinstance(event, Saved):
            seen.append(len(Measures.read(measures_path(run, ("HUVEC-01", "Plate1")))))

    measure(run, look)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_a_stop_keeps_what_was_measured(folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(measuring, "SAVE_EVERY_S", 0.0)
    run = RunFolder.create(tmp_path / "run", recipe(folder))

    def stop(event: object) -> None:
        if isinstance(event, Progress) and event.done == 3:
            run.request_stop()

    ended = measure(run, stop)
    assert ended.ending is Ending.STOPPED
    assert "stopped after" in ended.message
    assert len(Measures.read(measures_path(run, ("HUVEC-01", "Plate1")))) >= 3


def test_an_unreadable_plane_is_told_and_the_rest_measured(folder, tmp_path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    plate = open_screen(copy).plates[0]
    path = plate.pixels.path(0, 0, 1)
    path.write_bytes(path.read_bytes()[:30])
    warned = []
    run = RunFolder.create(tmp_path / "run", recipe(copy, "/".join(plate.key)))
    measure(run, lambda event: warned.append(getattr(event, "message", "")))
    assert any(path.name in message for message in warned)
    values = Measures.read(measures_path(run, plate.key)).overlay("Mean", plate.channels[1]).values
    other = plate.read(plate.wells[0], plate.sites[1], [1]).astype(float)
    assert values[plate.wells[0]] == pytest.approx(other.mean())


def test_a_plate_is_not_measured_twice_until_a_file_changes(folder, tmp_path, monkeypatch) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    asked = recipe(copy, "HUVEC-01/Plate1")
    first = RunFolder.create(tmp_path / "first", asked)
    measure(first)
    read = []
    real = measuring.measure_well
    monkeypatch.setattr(measuring, "measure_well", lambda *a: read.append(a[1]) or real(*a))
    again = RunFolder.create(tmp_path / "again", asked)
    measure(again)
    assert read == []
    path = measures_path(first, ("HUVEC-01", "Plate1"))
    same = Measures.read(measures_path(again, ("HUVEC-01", "Plate1")))
    pd.testing.assert_frame_equal(same.table, Measures.read(path).table)
    plate = open_screen(copy).plates[0]
    one, other = plate.pixels.path(0, 0, 1), plate.pixels.path(1, 0, 1)
    one.write_bytes(other.read_bytes())
    third = RunFolder.create(tmp_path / "third", asked)
    measure(third)
    assert len(read) == len(plate.wells)


def test_sites_have_a_table_of_their_own(folder, tmp_path) -> None:
    asked = recipe(folder, "HUVEC-01/Plate1").model_copy(update={"measures": "all"})
    run = RunFolder.create(tmp_path / "run", asked)
    measure(run)
    sites = pd.read_parquet(sites_path(run, ("HUVEC-01", "Plate1")))
    wells = Measures.read(measures_path(run, ("HUVEC-01", "Plate1"))).table
    assert len(sites) == 2 * len(wells)
    one = sites[sites["Metadata_Well"] == wells["Metadata_Well"][2]]
    assert list(one["Metadata_Site"]) == [1, 2]
    for name in ("Intensity_P99_Actin", "Quality_Focus_Nuclei", "Cells_Count_Nuclei"):
        assert one[name].mean() == pytest.approx(wells[name][2])


def test_a_plate_map_says_what_wells_hold(folder, tmp_path) -> None:
    table = tmp_path / "map.csv"
    table.write_text("experiment,plate,well,perturbation,role\nHUVEC-01,1,B02,water,negative\n")
    asked = recipe(folder, "HUVEC-01/Plate1")
    scoring = asked.scoring.model_copy(update={"plate_map": str(table)})
    run = RunFolder.create(tmp_path / "run", asked.model_copy(update={"scoring": scoring}))
    measure(run)
    found = Measures.read(measures_path(run, ("HUVEC-01", "Plate1"))).table
    told = found[found["Metadata_Well"] == "B02"].iloc[0]
    assert (told["Metadata_Perturbation"], told["Metadata_Role"]) == ("water", "negative_control")
    table.write_text("experiment,plate,well,perturbation,role\nRPE-01,1,B02,water,negative\n")
    other = RunFolder.create(tmp_path / "o", asked.model_copy(update={"scoring": scoring}))
    ended = measure(other)
    assert ended.ending is Ending.REFUSED
    assert "lists none of the plates (it lists RPE-01" in ended.message


def test_another_choice_in_the_same_files_is_another_plate(folder) -> None:
    plate = open_screen(folder).plates[0]
    same = stamp(open_screen(folder).plates[0], "basic")
    assert stamp(plate, "basic") == same
    assert stamp(plate, "all") != same
    paged = tuple(tuple(p._replace(page=1) for p in stack) for stack in plate.pixels.stacks)
    for changed in ({"stacks": paged}, {"offset": 5}):
        assert stamp(replace(plate, pixels=replace(plate.pixels, **changed)), "basic") != same
    assert stamp(replace(plate, channels=plate.channels[::-1]), "basic") != same


def test_a_zarr_plate_is_known_by_its_chunks_and_the_plane_that_is_shown(tmp_path) -> None:
    chunk = tmp_path / "A" / "1" / "0" / "c"
    chunk.parent.mkdir(parents=True)
    chunk.write_bytes(b"one")
    pixels = ZarrPixels(
        str(tmp_path), ("A/1",), ("0",), np.zeros((1, 1), np.int16), (), "cyx", (0,)
    )
    plate = Plate("E", "P", PlateShape(2, 3), (Channel("DNA"),), (1,), (WellId(0, 0),), pixels)
    first = stamp(plate, "basic")
    assert first is not None
    assert stamp(replace(plate, pixels=replace(pixels, plane=2)), "basic") != first
    chunk.write_bytes(b"three")
    assert stamp(plate, "basic") != first


def test_pixels_that_are_made_are_not_kept() -> None:
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=2, size=16)
    assert stamp(simulate_screen(design).screen.plates[0], "basic") is None
