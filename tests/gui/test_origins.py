"""Two screens whose plates are called alike: what is known of one is never shown of the other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from deepnoise_app.analysis.measures import Measures, measure_well
from deepnoise_app.gui.results_desk import read_maps
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.events import Finished, Saved, Started
from deepnoise_app.runs.explanation import Explanation
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Plate, Predictions
from deepnoise_app.session import Origin, Paint, Painting, Session, Tone

BY_PLATE = ("contrast", "sights", "measures", "origins")


@pytest.fixture
def namesake(plates: Path, tmp_path: Path) -> Path:
    """Return a copy of the screen: other wells, the same names of experiments and plates."""
    return Path(shutil.copytree(plates, tmp_path / "namesake"))


@pytest.fixture
def idle(window, monkeypatch):
    """Return the window's parts; its workers are spoken for by the test."""
    monkeypatch.setattr(window.parts.jobs, "_start", lambda _: 0)
    yield window.parts
    for view in window.parts.jobs.views:
        window.parts.jobs.forget(view.path)


def show(parts, folder: Path, wait) -> Plate:
    """Open a folder and wait until its first plate is on the canvas."""
    parts.workbench.open([folder])
    session = parts.session
    wait(lambda: any(one.path == str(folder) for one in session.screens))
    wait(lambda: session.picture is not None and session.plate.key in session.contrast)
    return session.plate


def names_of(plate: Plate, predicted) -> Predictions:
    """Make predictions of all wells of a plate."""
    table = predicted(1).table.iloc[: len(plate.wells)]
    experiment, name = plate.key
    wells = [well.name for well in plate.wells]
    return Predictions(table.assign(
        Metadata_Experiment=experiment, Metadata_Plate=name, Metadata_Well=wells))  # fmt: skip


def leave(run: RunFolder, plate: Plate, predicted) -> None:
    """Leave what trainings, scorings, measures, checks and explanations leave; say it is done."""
    names, saved = names_of(plate, predicted), {}
    names.table.to_parquet(run.predictions_path, index=False)
    embeddings = names.table.assign(Embedding_0000=1.0, Embedding_0001=np.arange(len(names)))
    embeddings.to_parquet(run.path / "embeddings.parquet", index=False)
    write_whole(run.path / "summary.json", json.dumps({"wells": len(names)}))
    experiment, name = plate.key
    one = {"experiment": experiment, "plate": name, "sentence": "It does not fit.",
           "verdict": "differs", "exchanged": []}  # fmt: skip
    write_whole(run.path / "map-check.json", json.dumps({"plates": [one]}))
    saved["map-check"] = run.path / "map-check.json"
    wells = plate.wells[:3]
    measured = Measures.of(plate, wells, [measure_well(plate, well) for well in wells], "basic")
    saved["measures"] = run.path / "measures.parquet"
    measured.table.to_parquet(saved["measures"], index=False)
    explained = Explanation(experiment=experiment, plate=name, well=plate.wells[0].name,
                            target="sirna_1", model="demo", sites=[], channels={})  # fmt: skip
    saved["explanation"] = explained.write(run.path)
    saved["validation"] = run.predictions_path
    run.tell(Started())
    for what, path in saved.items():
        run.tell(Saved(what=what, path=str(path)))
    run.tell(Finished(message="done"))


def known(session: Session) -> list[str]:
    """Return which facts runs have told of the open plates."""
    facts = ("predictions", "why", "embeddings", "insight", "sheet", "measures", "findings",
             "scorings", "origins")  # fmt: skip
    return [fact for fact in facts if getattr(session, fact) not in (None, (), {})]


def test_a_screen_with_plates_of_the_same_names_takes_the_place_of_the_other(
    idle, plates, namesake, predicted, wait
) -> None:
    session = idle.session
    first = show(idle, plates, wait)
    session.predictions, session.painting = names_of(first, predicted), Painting(Paint.PREDICTION)
    session.measures = {first.key: Measures.of(first, (), (), "basic")}
    limits = session.contrast[first.key]
    second = show(idle, namesake, wait)
    assert [screen.path for screen in session.screens] == [str(namesake)]
    assert session.plate is second
    assert second is not first
    assert known(session) == []
    assert session.painting == Painting()
    assert session.contrast[second.key] is not limits
    assert "screen was closed: it holds plates of the same names too" in session.notice.text
    assert "(HUVEC-01 Plate1 and 3 more plates)" in session.notice.text
    assert session.notice.tone is Tone.INFORMATION


def test_what_is_found_on_one_screen_is_never_shown_on_wells_of_another(
    qapp, idle, plates, namesake, predicted, wait
) -> None:
    session = idle.session
    first = show(idle, plates, wait)
    session.held_out_shown = True
    idle.why.ask()
    idle.quality_desk.check_maps(None)
    idle.quality_desk.measure(whole=False)
    idle.jobs.begin(Recipe(task="train", screen=[str(plates)]), "screen")
    idle.desk.score()
    runs = [RunFolder(view.path) for view in idle.jobs.views]
    assert sorted(run.recipe.task for run in runs) == [
        "check-map", "explain", "measure", "score", "train"]  # fmt: skip
    show(idle, namesake, wait)
    for run in runs:
        leave(run, first, predicted)
    refusal = "HUVEC-01 Plate1 is not shown, for plates of the same names are open"
    wait(lambda: refusal in session.notice.text)
    wait(lambda: all(view.status.is_over for view in idle.jobs.views))
    wait(lambda: idle.background.is_idle)
    qapp.processEvents()  # answers that have come
    assert known(session) == []
    # The very same runs do tell of the plates that they worked on.
    show(idle, plates, wait)
    for run in runs:
        idle.jobs.forget(run.path)
        idle.jobs.follow(run.path)
    wait(lambda: session.embeddings is not None and bool(session.measures))
    wait(lambda: bool(session.findings) and session.insight is not None)
    assert session.predictions.has(first.key)


def test_names_of_a_folder_that_is_not_open_wait_for_that_folder_and_no_other(
    idle, plates, namesake, predicted, wait
) -> None:
    session = idle.session
    idle.desk.score([plates])
    leave(RunFolder(idle.jobs.views[0].path), open_screen(plates).imaged[0], predicted)
    wait(lambda: bool(session.scorings))
    assert show(idle, plates, wait).key in session.predictions.plates
    show(idle, namesake, wait)
    wait(lambda: session.embeddings is None)
    assert known(session) == []


def test_the_same_folder_keeps_what_is_known_unless_its_names_are_read_in_another_way(
    idle, plates, predicted, wait
) -> None:
    session = idle.session
    first = show(idle, plates, wait)
    session.predictions = names_of(first, predicted)
    show(idle, plates, wait)
    wait(lambda: session.plate is not first)
    assert session.predictions is not None
    pattern = "pattern:{experiment}/{plate}/{well}_s{site}_w{channel}"
    idle.workbench.open([plates], pattern)
    wait(lambda: session.screens[0].reader == pattern)
    assert first.key in {plate.key for plate in session.plates}
    assert session.predictions is None


def test_a_changed_plate_map_is_not_laid_over_plates_of_the_same_names(
    idle, plates, namesake, tmp_path, wait
) -> None:
    session, before = idle.session, idle.session.scoring.plate_map
    first = show(idle, plates, wait)
    well = first.wells[0]
    row = f"{first.experiment},{first.name},{well},other,treatment"
    (tmp_path / "map.csv").write_text(f"experiment,plate,well,perturbation,role\n{row}\n")
    idle.maps.take([tmp_path / "map.csv"])
    wait(lambda: session.can_undo_map)
    assert session.plate.map[well].perturbation == "other"
    idle.workbench.may_replace = lambda *_: True  # what is asked before is told in test_losses
    second = show(idle, namesake, wait)
    assert second.map[well] == first.map[well]
    assert not session.can_undo_map
    assert session.scoring.plate_map == before


def test_a_plate_is_measured_again_when_it_is_opened_again(idle, plates, wait) -> None:
    show(idle, plates, wait)
    idle.painter.paint(Painting(Paint.MEAN))
    idle.workbench.close(idle.session.screens[0])
    show(idle, plates, wait)
    asked = [RunFolder(view.path).recipe for view in idle.jobs.views if view.task == "measure"]
    assert [recipe.plates for recipe in asked] == [["HUVEC-01/Plate1"]] * 2


def test_the_map_of_embeddings_leaves_out_what_another_folder_told(
    tmp_path, predicted: Callable[..., Predictions]
) -> None:
    runs = []
    for name, value in (("a", 1.0), ("b", 2.0)):
        run = RunFolder.create(tmp_path / name, Recipe(task="score", screen=[f"/{name}"]))
        table = predicted(2, wells=8).table
        if name == "b":
            table = table.iloc[:4]
        made = table.assign(Embedding_0000=value, Embedding_0001=np.arange(len(table)))
        made.to_parquet(run.path / "embeddings.parquet", index=False)
        runs.append(run.path)
    a, b = (Origin(frozenset({f"/{name}"})) for name in "ab")
    maps = read_maps(runs, (), {("E01", "Plate1"): b, ("E01", "Plate2"): a})
    assert maps is not None
    counted = maps.table.groupby("Metadata_Plate").size()
    assert counted.to_dict() == {"Plate1": 4, "Plate2": 8}


def test_origins_agree_on_the_folders_that_both_name() -> None:
    one, both = Origin(frozenset({"/a"})), Origin(frozenset({"/a", "/b"}), "pattern:{well}")
    assert one.shared(both) == Origin(frozenset({"/a"}), "pattern:{well}")
    assert one.shared(Origin(frozenset({"/b"}))) is None
    assert both.shared(Origin(frozenset({"/a"}), "rxrx")) is None
