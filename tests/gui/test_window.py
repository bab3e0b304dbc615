"""The standalone window: real widgets, real plates, real workers."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton

from deepnoise_app.gui import host as hosts
from deepnoise_app.gui.closing import ask_about_runs
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.session import Paint, Painting, RunView, Tone


def dropped(paths: list[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(widget, paths: list[Path]) -> bool:
    """Drag folders over a widget and let go; returns whether they were taken."""
    data = dropped(paths)
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), action, data, button, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), action, data, button, none))
    return enter.isAccepted()


def opened(window, wait, path: Path) -> None:
    window.open([path])
    wait(lambda: window.parts.session.picture is not None)


def test_a_dropped_folder_is_shown_measured_scored_and_saved(window, wait, plates, tmp_path):
    session, parts = window.parts.session, window.parts
    assert window.welcome.isVisible()
    assert drop(window.host.canvas, [plates])
    wait(lambda: session.picture is not None)
    assert not window.welcome.isVisible()
    assert "2 experiments, 4 plates" in session.notice.text
    assert len(window.host.viewer.layers) == 7
    assert window.windowTitle() == "DeepNoise · screen"

    parts.painter.paint(Painting(Paint.MEAN, 2))
    wait(lambda: session.overlay is not None and len(session.overlay.values) == 19)
    well = session.plate.wells[3]
    site = np.concatenate([session.plate.read(well, s)[2].ravel() for s in session.plate.sites])
    assert session.overlay.values[well] == pytest.approx(site.mean())
    for ending in ("png", "svg", "csv"):
        parts.painter.export(tmp_path / f"map.{ending}")
        wait(lambda ending=ending: (tmp_path / f"map.{ending}").exists())
        assert (tmp_path / f"map.{ending}").stat().st_size > 300
    saved = pd.read_csv(tmp_path / "map.csv").set_index("Metadata_Well")
    assert saved.loc[well.name, "Mean intensity, Actin"] == pytest.approx(site.mean())

    parts.desk.score()
    wait(lambda: bool(session.scorings))
    assert len(session.predictions) == 76
    assert session.painting.paint is Paint.PREDICTION
    wait(window.results_dock.isVisible)
    assert set(session.summary["accuracy"]) == {"free", "one_per_well", "plate_prior"}
    label = window.host.viewer.layers["Wells"].features["predicted"][0]
    assert label in set(session.predictions.table["Prediction_PlatePrior"])
    parts.desk.export(tmp_path / "named.csv")
    wait(lambda: "wells written" in session.notice.text)
    assert len(pd.read_csv(tmp_path / "named.csv")) == 76


def test_closed_results_stay_closed_while_a_training_tells_more_and_open_for_a_scoring(
    window, wait, predicted, tmp_path
):
    session, dock = window.parts.session, window.results_dock
    session.predictions = predicted(1)
    wait(dock.isVisible)
    dock.hide()
    session.predictions = predicted(2)
    turns: list[None] = []
    window.parts.background.ask("turn", lambda: None, turns.append, turns.append)
    wait(lambda: bool(turns))
    assert dock.isHidden()
    session.scorings = (tmp_path,)
    wait(dock.isVisible)
    session.predictions = None
    assert dock.isHidden()


def test_arrows_and_clicks_walk_over_the_plate(window, wait, plates, qtbot):
    opened(window, wait, plates)
    session, grid = window.parts.session, window.parts.plates.grid
    first = session.well
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert (session.well.row, session.well.column) == (first.row, first.column + 1)
    wait(lambda: session.picture.places[0][0] == session.well)
    far = session.plate.wells[-1]
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(far).center())
    assert session.wells == (far,)
    near = session.plate.wells[0]
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, control, grid.cell_rect(near).center())
    assert session.wells == (far, near)
    wait(lambda: [w for w, *_ in session.picture.places] == [far, far, near, near])


def test_the_tree_brings_another_plate_to_the_front_at_the_same_well(window, wait, plates):
    opened(window, wait, plates)
    session, tree = window.parts.session, window.parts.plates.tree
    well = session.plate.wells[5]
    window.parts.workbench.choose([well])
    other = session.plates[3]
    tree.setCurrentItem(tree._items[other.key])
    assert session.plate.key == other.key
    assert session.well == well


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.mkdir(), "no image"),
        (lambda path: None, "no folder"),
        (lambda path: (path.mkdir(), (path / "IMG_2041.jpg").write_bytes(b"x")), "IMG_2041"),
    ],
)
def test_a_folder_that_is_no_plate_gets_a_sentence(window, wait, plates, tmp_path, make, sentence):
    opened(window, wait, plates)
    path = tmp_path / "holiday"
    make(path)
    window.open([path])
    wait(lambda: window.parts.session.notice.tone is Tone.PROBLEM)
    assert str(path) in window.parts.session.notice.text
    assert window.parts.session.plate is not None
    assert window.preferences.recent == (plates,)
    shown = window.parts.notice.text
    assert "\n" not in shown
    assert window.parts.session.notice.text.startswith(shown)


def test_a_drive_that_vanishes_is_said_and_what_is_open_stays(window, wait, plates, tmp_path):
    import shutil

    copy = tmp_path / "drive"
    shutil.copytree(plates, copy)
    opened(window, wait, copy)
    shutil.rmtree(copy)
    window.parts.workbench.step(0, 1)  # this well may have been read ahead
    window.parts.workbench.step(0, 1)
    wait(lambda: window.parts.session.notice.tone is Tone.PROBLEM)
    assert "Nothing of this well can be read" in window.parts.session.notice.text
    assert len(window.parts.session.plates) == 4


def test_a_model_that_does_not_fit_is_said_and_the_plate_stays(window, wait, tmp_path):
    from deepnoise_app.screen import Channel, Plate, PlateMap, PlateShape, Screen, WellId
    from deepnoise_app.writers.rxrx import write_rxrx

    class Grey:
        present = np.ones((2, 1, 2), dtype=bool)

        def read(self, well, site, channel, level=0):
            return np.full((32, 32), 10 * (1 + channel), dtype=np.uint8)

    wells, channels = (WellId(0, 0), WellId(0, 1)), (Channel("Brightfield"), Channel("GFP"))
    plate = Plate("E1", "Plate1", PlateShape(8, 12), channels, (1,), wells, Grey())
    write_rxrx(Screen("", "", channels, (plate,)), {plate.key: PlateMap()}, tmp_path / "two")
    opened(window, wait, tmp_path / "two")
    window.parts.desk.score()
    wait(lambda: window.parts.session.notice.tone is Tone.PROBLEM)
    assert "channel" in window.parts.session.notice.text
    assert window.parts.session.plate is not None
    assert window.parts.session.predictions is None


def test_theme_recent_folders_and_layout_come_back(window, wait, plates, tmp_path):
    opened(window, wait, plates)
    window.set_theme("light")
    window.work_dock.hide()
    window.parts.session.runs = ()
    window.close()
    again = Preferences(tmp_path / "window.ini")
    assert again.theme == "light"
    assert again.recent == (plates,)
    geometry, arrangement = again.layout()
    assert not geometry.isEmpty()
    assert not arrangement.isEmpty()


def test_without_opengl_the_panels_still_work(qtbot, tmp_path, monkeypatch, wait, plates):
    from deepnoise_app.gui.window import MainWindow

    monkeypatch.setattr(hosts, "opengl_works", lambda: False)
    made = MainWindow(hosts.standalone(), Preferences(tmp_path / "w.ini"), tmp_path / "runs")
    made.show()
    assert not made.host.has_opengl
    assert "no OpenGL" in made.host.canvas.text()
    made.open([plates])
    wait(lambda: made.parts.session.picture is not None)
    made.close()


@pytest.mark.parametrize(
    ("button", "closes", "stopped"),
    [("Let it run on", True, False), ("Stop it", True, True), ("Cancel", False, False)],
)
def test_closing_asks_what_becomes_of_a_run(qtbot, monkeypatch, button, closes, stopped):
    from qtpy.QtWidgets import QWidget

    from deepnoise_app.session import Session

    class Desk:
        asked: tuple[Path, ...] = ()

        def stop(self, path):
            self.asked = (path,)

    def click(box):
        found = next(b for b in box.buttons() if b.text().replace("&", "") == button)
        found.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", click)
    widget, desk = QWidget(), Desk()
    qtbot.addWidget(widget)
    session = Session(runs=(RunView(Path("run"), "train", "my screen"),))
    assert ask_about_runs(widget, session, desk) is closes
    assert bool(desk.asked) is stopped


def test_the_welcome_page_offers_what_was_just_closed(window, wait, plates):
    assert window.welcome.recent.isHidden()
    window.open([plates])
    wait(lambda: bool(window.parts.session.screens))
    window.parts.workbench.close(window.parts.session.screens[0])
    assert window.welcome.isVisible()
    assert f">{plates.name}</a>" in window.welcome.recent.text()
    assert window.welcome.recent.isVisible()


def test_texts_of_the_welcome_page_are_not_cut(window, qtbot):
    wrapped = [label for label in window.welcome.findChildren(QLabel) if label.wordWrap()]
    assert wrapped
    qtbot.waitUntil(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in wrapped))


def test_the_keyboard_begins_on_the_welcome_page(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(lambda: isinstance(window.focusWidget(), QPushButton))
    assert window.focusWidget().text() == "Open plate folder…"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget().text() == "Open the demo screen"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.parts.session.busy == "Simulating two plates")


def test_the_question_at_closing_says_what_is_forgotten(qtbot, monkeypatch):
    from qtpy.QtWidgets import QWidget

    from deepnoise_app.session import Session

    said: list[str] = []

    def cancel(box):
        said.append(box.informativeText())
        next(b for b in box.buttons() if b.text().replace("&", "") == "Cancel").click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", cancel)
    widget = QWidget()
    qtbot.addWidget(widget)
    runs = (RunView(Path("run"), "score", "my screen"),)
    assert not ask_about_runs(widget, Session(runs=runs, waiting=(Path("a"), Path("b"))), None)
    assert "2 folders waiting to be scored will be forgotten" in said[0]


@pytest.mark.parametrize(
    "panel", ["Plates", "View", "Quality", "Train", "Score", "Runs", "Results"]
)
def test_a_panel_that_is_asked_for_opens_its_dock(window, panel: str) -> None:
    docks = [window.plates_dock, window.work_dock, window.results_dock]
    for dock in docks:
        dock.hide()
    window.parts.session.bring_forward(panel)
    (shown,) = [dock for dock in docks if dock.isVisible()]
    assert shown is {"Plates": docks[0], "Results": docks[2]}.get(panel, docks[1])
    if shown is window.work_dock:
        assert window.work.tabText(window.work.currentIndex()) == panel


@pytest.fixture
def disk(monkeypatch) -> list[tuple[Path, bool]]:
    """Each folder that is asked for, and whether the window's own thread has asked."""
    asked: list[tuple[Path, bool]] = []
    main, real = threading.current_thread(), Path.is_dir

    def is_dir(path: Path, **how: bool) -> bool:
        asked.append((path, threading.current_thread() is main))
        return real(path, **how)

    monkeypatch.setattr(Path, "is_dir", is_dir)
    return asked


def test_a_start_asks_no_disk_for_recent_folders_in_the_window_s_thread(
    qapp, tmp_path, monkeypatch, wait, disk
) -> None:
    from deepnoise_app.gui.window import MainWindow

    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    there, gone = tmp_path / "there", tmp_path / "gone"
    there.mkdir()
    kept = Preferences(tmp_path / "w.ini")
    kept.remember([gone, there])
    made = MainWindow(hosts.standalone(), kept, tmp_path / "runs")
    made.show()
    assert "gone</a>" in made.welcome.recent.text()
    wait(lambda: "gone</a>" not in made.welcome.recent.text())
    assert "there</a>" in made.welcome.recent.text()
    made.menus.plates.recent.aboutToShow.emit()
    assert [on_main for path, on_main in disk if path in (there, gone)] == [False, False]
    made.close()
