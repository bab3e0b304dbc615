"""Plate maps from files and from a map check, with real clicks and workers, in both hosts."""

from __future__ import annotations

from pathlib import Path

import pytest
from qtpy.QtWidgets import QFileDialog

from deepnoise_app.cli.app import run
from deepnoise_app.gui.map_alarm import MapAlarm
from deepnoise_app.readers import open_screen, read_plate_map
from deepnoise_app.screen import Predictions, Role
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.untrusted import read_json
from deepnoise_app.writers.platemap import plate_map_table
from deepnoise_app.writers.rxrx import write_rxrx


@pytest.fixture(scope="module")
def unseen(tmp_path_factory) -> Path:
    """An unlabelled experiment of two plates, and beside it tables of what is where, or not."""
    folder = tmp_path_factory.mktemp("unseen")
    made = simulate_screen(ScreenDesign(experiments=24, unlabelled=1, size=64))
    write_rxrx(made.screen.only(["HUVEC-25"]), made.truth, folder / "screen")
    true = {key: one for key, one in made.truth.items() if key[0] == "HUVEC-25"}
    first, second = true
    for name, maps in (
        ("true.csv", true),
        ("first.csv", {first: true[second]}),
        ("second.csv", {second: true[first]}),
    ):
        plate_map_table(maps).to_csv(folder / name, index=False)
    return folder


@pytest.fixture
def opened(hosted, wait, unseen, drop):
    """A host with the plates open, each with the plate map of the other, from a file each."""
    parts, session = hosted.parts, hosted.parts.session
    parts.open([unseen / "screen"])
    wait(lambda: session.picture is not None and session.card is not None)
    drop(hosted, unseen / "first.csv")
    wait(lambda: session.can_undo_map)
    drop(hosted, unseen / "second.csv")
    wait(lambda: session.notice is not None and "second.csv" in session.notice.text)
    return parts


def held(session) -> dict:
    """What treated wells and controls hold now."""
    return {p.key: {w: p.map[w].perturbation for w in p.wells} for p in session.plates}


def truth(unseen: Path) -> dict:
    maps = read_plate_map(unseen / "true.csv")
    screen = open_screen(unseen / "screen")
    return {p.key: {w: maps[p.key][w].perturbation for w in p.wells} for p in screen.imaged}


def free(session) -> float:
    return session.summary["accuracy"]["free"]["value"]


def test_a_swap_is_told_accepted_taken_back_and_saved(
    opened, unseen, wait, tmp_path, monkeypatch
) -> None:
    session, part = opened.session, opened.quality.check
    opened.desk.score()
    wait(lambda: bool(session.scorings) and session.insight is not None)
    named = session.predictions.table["Prediction_Free"].tolist()
    wrong = free(session)
    assert wrong < 0.1

    part.check.click()
    wait(lambda: bool(session.findings))
    assert all(one.alarm and one.proposal for one in session.findings)
    alarms = [part.alarms.itemAt(at).widget() for at in range(part.alarms.count())]
    assert len(alarms) == 2
    assert "is swapped with" in alarms[0].label.text()
    swapped = held(session)
    alarms[0].accept.click()
    wait(lambda: held(session) == truth(unseen))
    wait(lambda: free(session) > 0.3)
    assert session.predictions.table["Prediction_Free"].tolist() == named
    assert all(one.accepted for one in session.findings)
    assert "2 corrected" in part.overall.text()
    assert "Predictions stay" in session.notice.text
    wait(lambda: session.insight.whole.accuracies["free"].value == free(session))

    part.undo.click()
    assert held(session) == swapped
    wait(lambda: free(session) == wrong)
    assert not any(one.accepted for one in session.findings)

    part.findChildren(MapAlarm)[0].accept.click()
    wait(lambda: held(session) == truth(unseen))
    wait(lambda: free(session) > 0.3)
    saved = tmp_path / "corrected.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(saved), ""))
    part.save.click()
    wait(saved.is_file)
    out = tmp_path / "scored"
    words = ["score", "demo", unseen / "screen", "--out", out, "--plate-map", saved]
    assert run([str(word) for word in words]) == 0
    assert read_json(out / "summary.json")["accuracy"]["free"]["value"] == pytest.approx(
        free(session)
    )
    again = Predictions.read(out / "predictions.csv").table
    assert again["Metadata_Perturbation"].tolist() == (
        session.predictions.table["Metadata_Perturbation"].tolist()
    )


def test_each_map_is_taken_back_by_itself(opened, unseen, wait) -> None:
    session, plates = opened.session, opened.plates
    told = read_plate_map(Path(session.scoring.plate_map))
    assert {key: dict(told[key].contents) for key in held(session)} == {
        p.key: dict(p.map.contents) for p in session.plates
    }
    plates.undo.click()
    assert [sum(p.map[w].role is Role.TREATMENT and bool(p.map[w].perturbation)
                for w in p.wells) > 0 for p in session.plates] == [True, False]  # fmt: skip
    assert "1 earlier change can be taken back too" in session.notice.text
    plates.undo.click()
    assert not session.can_undo_map
    assert session.scoring.plate_map is None
    assert plates.save_map.isHidden()


def test_other_plates_have_other_maps(opened, plates, wait) -> None:
    session = opened.session
    opened.workbench.close(session.screens[0])
    assert not session.can_undo_map
    assert session.scoring.plate_map is None
