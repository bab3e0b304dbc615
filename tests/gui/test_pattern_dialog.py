"""The dialog in which the user says how files are named, on a real folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from qtpy.QtCore import Qt
from skimage.io import imsave

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.notice_bar import NoticeBar
from deepnoise_app.gui.pattern_dialog import FIELDS, PatternDialog
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.session import Session
from deepnoise_app.writers.omezarr import write_omezarr

STAINS = ("blue", "red")
NAMES = [f"run{row}{n:02d} {stain}.tif" for row in "AB" for n in (1, 2) for stain in STAINS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder whose names no reader knows."""
    place = tmp_path / "Batch 1" / "Dish"
    place.mkdir(parents=True)
    for name in NAMES:
        imsave(place / name, np.full((8, 8), 7, dtype=np.uint8), check_contrast=False)
    return place


@pytest.fixture
def workbench(qapp, folder):
    background = Background()
    yield Workbench(Session(), background)
    background.close()


@pytest.fixture
def dialog(workbench, folder, qtbot, wait) -> PatternDialog:
    made = PatternDialog(folder, workbench)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    wait(lambda: made.names.rowCount() == len(NAMES))
    return made


def row(dialog: PatternDialog, at: int) -> list[str]:
    return [dialog.names.item(at, column).text() for column in range(1 + len(FIELDS))]


def test_each_key_shows_what_ten_names_say(dialog, wait) -> None:
    assert dialog.field.text()
    dialog.field.setText("run{well} {channel}")
    wait(lambda: "8 of 8 names fit" in dialog.verdict.text())
    assert row(dialog, 1) == ["runA01 red.tif", "", "", "A01", "1", "red", "1", "1"]
    dialog.field.setText("{plate}/run{well} blue")
    assert not dialog.ok.isEnabled()
    wait(lambda: "4 of 8 names fit" in dialog.verdict.text())
    assert row(dialog, 0)[:4] == ["Dish/runA01 blue.tif", "", "Dish", "A01"]
    assert row(dialog, 1)[1:] == ["", "", "does not fit", "", "", "", ""]


def test_a_pattern_that_cannot_be_understood_opens_nothing(dialog, wait, workbench) -> None:
    dialog.field.setText("run{hole}")
    wait(lambda: "'{hole}'" in dialog.verdict.text())
    assert not dialog.ok.isEnabled()
    dialog.accept()
    assert workbench.session.busy == ""
    assert dialog.isVisible()


def test_open_opens_the_folder_so_and_the_next_time_begins_with_it(
    dialog, wait, workbench, folder, qtbot
) -> None:
    dialog.field.setText("run{well} {channel}")
    wait(dialog.ok.isEnabled)
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    session = workbench.session
    wait(lambda: session.plate is not None)
    assert session.plate.key == ("Batch 1", "Dish")
    assert [channel.name for channel in session.plate.channels] == ["blue", "red"]
    assert session.reader_for([str(folder)]) == "pattern:run{well} {channel}"
    again = PatternDialog(folder, workbench)
    qtbot.addWidget(again)
    wait(lambda: again.field.text() == "run{well} {channel}")


def test_where_no_names_are_read_nobody_is_asked_how(window, plates, tmp_path, wait) -> None:
    session, change = window.parts.session, window.parts.notice.change
    window.open([plates])
    wait(change.isVisible)
    pack_screen(plan_packing(open_screen(plates), tmp_path / "packed"))
    for folder in (tmp_path / "packed", tmp_path / "damaged.zarr"):
        folder.mkdir(exist_ok=True)
        window.open([folder])
        wait(lambda: session.notice is not None and not session.busy)
        wait(lambda name=folder.name: name in session.notice.text or "OME" in session.notice.text)
        assert not change.isVisible()


def test_the_notice_of_a_folder_that_no_reader_knows_leads_to_the_dialog(
    workbench, folder, qtbot, wait
) -> None:
    bar = NoticeBar(workbench.session, workbench)
    qtbot.addWidget(bar)
    bar.show()
    assert not bar.change.isVisible()
    (folder / "runA01 blue.tif").rename(folder / "one.tif")
    for name in NAMES[1:]:
        (folder / name).unlink()
    workbench.open([folder])
    wait(bar.change.isVisible)
    qtbot.mouseClick(bar.change, Qt.MouseButton.LeftButton)
    (opened,) = bar.findChildren(PatternDialog)
    wait(lambda: opened.names.rowCount() == 1)
    opened.reject()


def test_names_can_be_changed_when_the_notice_is_gone(window, wait, plates) -> None:
    parts, session, menus = window.parts, window.parts.session, window.menus
    menus.plates._on_show()
    assert not menus.plates.names.isEnabled()
    window.open([plates])
    wait(lambda: session.picture is not None)
    parts.workbench.dismiss()
    menus.plates._on_show()
    assert menus.plates.names.isEnabled()
    for ask in (
        menus.plates.names.trigger,
        parts.plates.tree.menu_of(session.screens[0]).actions()[0].trigger,
    ):
        ask()
        dialog = parts.plates.findChild(PatternDialog)
        assert dialog.windowTitle() == f"How names are read in {plates.name}"
        wait(lambda dialog=dialog: bool(dialog.field.text()))
        dialog.reject()
        wait(lambda: parts.plates.findChild(PatternDialog) is None)


def test_where_no_names_are_read_none_can_be_changed(window, wait, plates, tmp_path) -> None:
    write_omezarr(open_screen(plates), tmp_path / "zarr")
    window.open([tmp_path / "zarr"])
    session = window.parts.session
    wait(lambda: session.picture is not None)
    window.menus.plates._on_show()
    assert not window.menus.plates.names.isEnabled()
    (only,) = window.parts.plates.tree.menu_of(session.screens[0]).actions()
    assert only.text() == "Close zarr"
