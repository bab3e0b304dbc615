"""The last plates, how they looked, and the settings come back at the next start."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtCore import QEvent

from deepnoise_app.assets import shipped_models
from deepnoise_app.gui.come_back import Kept
from deepnoise_app.gui.host import application, keep_napari_apart, standalone
from deepnoise_app.gui.main_widget import MainWidget
from deepnoise_app.gui.nothing_open import NothingOpen
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.session import Paint, Painting, Tone


@pytest.fixture
def start(qapp, qtbot, tmp_path, monkeypatch):
    """Start a window on the settings that the last one left; each ends before the next begins."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    keep_napari_apart(tmp_path)
    application()
    from deepnoise_app.gui.window import MainWindow

    made: list[MainWindow] = []

    def end() -> None:
        while made:
            made.pop().close()
            qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            qapp.processEvents()

    def begin() -> MainWindow:
        end()
        window = MainWindow(standalone(), Preferences(tmp_path / "window.ini"), tmp_path / "runs")
        made.append(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield begin
    end()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_models()["demo"], tmp_path / "my model"))


def test_plates_looks_locks_model_and_tab_come_back(start, wait, plates, model) -> None:
    window = start()
    window.open([plates])
    parts, session = window.parts, window.parts.session
    wait(lambda: session.picture is not None and session.card is not None)
    key, well = session.plates[2].key, session.plates[2].wells[7]
    parts.workbench.show_plate(key)
    parts.workbench.choose([well])
    wait(lambda: key in session.contrast)
    looks = parts.workbench.looks
    looks.set_palette("Grey")
    looks.set_visible(1, False)
    looks.set_contrast(0, 5, 77)
    looks.lock_contrast(True)
    shown = session.looks
    parts.desk.use(session.scoring.model_copy(update={"model": str(model), "views": 4}))
    wait(lambda: session.scoring.views == 4)
    parts.painter.paint(Painting(Paint.MEAN, 2))
    wait(lambda: session.overlay is not None and len(session.overlay.values) == 19)
    parts.painter.set_range(3, 40)
    parts.painter.lock_range(True)
    session.bring_forward("Score")

    window = start()
    session = window.parts.session
    assert window.work.tabText(window.work.currentIndex()) == "Score"
    assert session.screens == ()
    window.go_on()
    wait(lambda: session.picture is not None and session.well == well)
    assert session.plate.key == key
    assert session.looks == shown
    assert session.contrast_locked
    other = session.plates[0].key
    for one in (key, other):
        np.testing.assert_allclose(session.contrast[one][0], (5, 77))
    assert session.painting == Painting(Paint.MEAN, 2)
    assert session.range_locked
    assert session.shown_range == (3, 40)
    wait(lambda: session.scoring.model == str(model))
    assert session.scoring.views == 4
    assert window.parts.score.form.model.currentData() == str(model)
    assert window.preferences.recent == (plates,)


def test_what_is_gone_is_said_once_and_the_window_works(start, wait, plates, model, tmp_path):
    copy = Path(shutil.copytree(plates, tmp_path / "copy"))
    window = start()
    window.open([copy])
    session = window.parts.session
    wait(lambda: session.picture is not None and session.card is not None)
    window.parts.desk.use(session.scoring.model_copy(update={"model": str(model)}))
    wait(lambda: session.scoring.model == str(model))
    shutil.rmtree(copy)
    shutil.rmtree(model)

    window = start()
    session = window.parts.session
    told: list[str] = []
    session.events.notice.connect(lambda one: told.append(one.text if one else ""))
    window.go_on()
    wait(lambda: any("copy" in one for one in told) and any("my model" in one for one in told))
    assert session.notice.tone is Tone.PROBLEM
    assert session.scoring.model == "demo"
    assert session.contrast == {}
    assert window.welcome.isVisible()

    window = start()
    window.go_on()
    wait(lambda: window.parts.session.card is not None)
    assert window.parts.session.notice is None


def test_a_window_that_is_closed_before_all_came_back_loses_nothing(start, wait, plates) -> None:
    window = start()
    window.open([plates])
    session = window.parts.session
    wait(lambda: session.picture is not None and session.card is not None)
    window.parts.desk.use(session.scoring.model_copy(update={"views": 4}))
    start()
    start().go_on()
    window = start()
    window.go_on()
    wait(lambda: bool(window.parts.session.screens))
    wait(lambda: window.parts.session.scoring.views == 4)


def test_a_window_without_plates_comes_back_without_plates(start, wait, plates) -> None:
    window = start()
    window.open([plates])
    wait(lambda: window.parts.session.picture is not None)
    window.parts.workbench.close(window.parts.session.screens[0])
    window = start()
    window.go_on()
    assert not window.parts.session.busy
    assert f">{plates.name}</a>" in window.welcome.recent.text()


def test_in_napari_the_settings_come_back_and_the_plates_are_offered(
    qtbot, wait, plates, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))

    def begin() -> MainWidget:
        widget = MainWidget(ViewerModel(), tmp_path / "runs")
        qtbot.addWidget(widget)
        widget.show()
        return widget

    widget = begin()
    parts, session = widget.parts, widget.parts.session
    assert not widget.findChild(NothingOpen).go_on.isVisible()
    parts.workbench.open([plates])
    wait(lambda: session.picture is not None and session.card is not None)
    parts.workbench.show_plate(session.plates[1].key)
    parts.workbench.looks.lock_contrast(True)
    parts.desk.use(session.scoring.model_copy(update={"views": 4}))
    widget.close()
    begin().close()  # nothing is opened in this one

    widget = begin()
    session, offer = widget.parts.session, widget.findChild(NothingOpen).go_on
    assert offer.isVisible()
    assert offer.text() == f"Go on with {plates.name}"
    assert str(plates) in offer.toolTip()
    assert session.contrast_locked
    offer.click()
    wait(lambda: session.picture is not None and session.scoring.views == 4)
    wait(lambda: session.plate.key == session.plates[1].key)
    widget.close()


@pytest.mark.parametrize("text", ["", "{", '{"looks": [["red", true]]}', "[]", '{"scoring": 3}'])
def test_what_cannot_be_understood_tells_nothing(text: str) -> None:
    assert Kept.read(text) == Kept()
