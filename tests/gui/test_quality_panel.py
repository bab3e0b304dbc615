"""The Quality panel in both hosts: real plates, real workers, real clicks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from qtpy.QtCore import Qt

from deepnoise_app.analysis.correction import Correction
from deepnoise_app.analysis.flags import Reason, WellFlag
from deepnoise_app.analysis.sheet import Quality
from deepnoise_app.gui.map_alarm import MapAlarm
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import MapFinding, Paint


def opened(hosted, wait, plates: Path):
    parts = hosted.parts
    parts.workbench.open([plates])
    wait(lambda: parts.session.picture is not None)
    return parts, parts.session, parts.quality


def measured(hosted, wait, plates: Path):
    parts, session, panel = opened(hosted, wait, plates)
    panel.whole.setChecked(False)
    panel.button.click()
    wait(lambda: session.quality is not None)
    return parts, session, panel


def choose(combo, text: str) -> None:
    combo.setCurrentIndex(combo.findText(text))
    combo.activated.emit(combo.currentIndex())


def test_measured_plates_stand_beside_each_other_and_are_told_about(
    hosted, wait, plates, qtbot, tmp_path
):
    parts, session, panel = measured(hosted, wait, plates)
    assert [plate.key for plate in panel.plates.plates] == [p.key for p in session.plates]
    assert panel.measure.currentText() == "Mean intensity, Nuclei"
    assert "Rows" in panel.effects.text()
    assert "Experiment" in panel.shares.text()
    assert "SSMD" in panel.controls.text()

    third = session.plates[2].key
    panel.plates.chosen.emit(third)
    assert session.plate.key == third
    assert session.painting.paint is Paint.QUALITY
    assert len(session.overlay.values) == 19
    assert session.shown_range == session.sheet.shown

    choose(panel.measure, "Mean intensity, Actin")
    choose(panel.correction, "plate median")
    wait(lambda: session.sheet.choice.correction is Correction.PLATE_MEDIAN)
    assert session.sheet.title == "Mean intensity, Actin"
    for ending in ("png", "svg", "csv"):
        path = tmp_path / f"sheet.{ending}"
        parts.quality_desk.export(path)
        wait(path.is_file)
    table = pd.read_csv(tmp_path / "sheet.csv")
    assert len(table) == 76
    assert set(table["Correction"]) == {"plate-median"}


def test_the_plate_maps_are_checked_by_the_chosen_model(hosted, wait, plates):
    parts, session, panel = opened(hosted, wait, plates)
    assert panel.check.model.currentText() == "demo (shipped)"
    panel.check.check.click()
    wait(lambda: bool(session.findings))
    assert {one.plate for one in session.findings} == {plate.key for plate in session.plates}
    assert "Of 4 plate maps" in panel.check.overall.text()
    parts.workbench.close(session.screens[0])
    assert session.findings == ()


def test_an_alarm_stands_first_and_its_link_goes_to_the_plate(window, wait, plates):
    _, session, panel = opened(window, wait, plates)
    first, second = session.plates[:2]
    session.findings = (
        MapFinding(first.key, "fits: 19 of 19 wells", alarm=False),
        MapFinding(second.key, "is swapped with <x> (probability 0.99)", alarm=True),
    )
    (alarm,) = panel.check.findChildren(MapAlarm)
    assert "swapped with &lt;x&gt;" in alarm.label.text()
    assert alarm.accept.isHidden()  # nothing is proposed
    assert "fits: 19" in panel.check.found.text()
    alarm.label.linkActivated.emit("plate")
    assert session.plate is second
    panel.check.found.linkActivated.emit("0")
    assert session.plate is first


def test_a_flag_leads_to_its_well(window, wait, plates, qtbot):
    _, session, panel = measured(window, wait, plates)
    key, well = session.plates[3].key, session.plates[3].wells[7]
    flag = WellFlag(*key, well, Reason.BLURRED, "Actin", 0.1, 0.4)
    session.quality = Quality(session.quality.measure, (flag,))
    assert "1 fault" in panel.flagged.text()
    window.work.setCurrentWidget(panel)
    item = panel.flags.item(0)
    panel.flags.scrollToItem(item)
    at = panel.flags.visualItemRect(item).center()
    qtbot.mouseClick(panel.flags.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (session.plate.key, session.well) == (key, well)


def test_a_refused_correction_says_why(window, wait, plates):
    _, _, panel = measured(window, wait, plates)
    choose(panel.correction, "anchored at negative controls")
    wait(lambda: "Shown as measured" in panel.refused.text())
    assert "negative control" in panel.refused.text()
    assert panel.correction.currentText() == "anchored at negative controls"


def test_measuring_shows_how_far_it_is_and_stops(window, wait, plates):
    _, _, panel = opened(window, wait, plates)
    panel.button.click()
    assert not panel.button.isEnabled()
    wait(lambda: panel.run.view is not None)
    panel.run.stop.click()
    wait(lambda: panel.run.view.status.is_over)
    assert panel.run.view.status.state in (RunState.STOPPED, RunState.FINISHED)
    assert panel.button.isEnabled()


def test_closed_plates_leave_the_sheet(window, wait, plates):
    parts, session, panel = measured(window, wait, plates)
    parts.workbench.close(session.screens[0])
    wait(lambda: session.sheet is None)
    assert panel.measured.isHidden()
    assert not panel.button.isEnabled()


def test_a_double_click_shows_the_plate_where_one_walks_on_it(hosted, wait, plates):
    parts, session, quality = measured(hosted, wait, plates)
    session.bring_forward("Quality")
    assert quality.isVisible()
    quality.plates.enlarged.emit(session.plates[1].key)
    assert session.plate is session.plates[1]
    assert parts.plates.isVisible()
