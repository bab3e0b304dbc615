"""The strip for newcomers says the next step, from what is open and done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QPushButton

from deepnoise_app.gui.first_steps import FirstSteps
from deepnoise_app.runs.events import Progress, Started
from deepnoise_app.runs.status import RunStatus
from deepnoise_app.session import Paint, Painting, RunView, Session

DEMO = Path("/data/demo/screen")


def screen(path: Path) -> object:
    plate = SimpleNamespace(key=("E01", "Plate1"), wells=(1,))
    return SimpleNamespace(path=str(path), imaged=(plate,), plates=(plate,))


@pytest.fixture
def steps(qtbot):
    session, asked = Session(), []
    made = FirstSteps(session, DEMO, lambda: asked.append("score"))
    qtbot.addWidget(made)
    return session, made, asked


def test_it_is_there_with_the_demo_alone(steps, qtbot):
    session, strip, _ = steps
    assert strip.isHidden()
    session.screens = (screen(DEMO),)
    assert not strip.isHidden()
    with qtbot.assertNotEmitted(strip.left):
        session.screens = (screen(DEMO), screen(Path("/mine")))
    assert strip.isHidden()


def test_it_leads_from_looking_to_names_and_on_to_the_own_plates(steps, qtbot, predicted):
    session, strip, asked = steps
    session.screens = (screen(DEMO),)
    assert "1 of 3" in strip.text.text()
    strip.button.click()
    assert asked == ["score"]
    status = RunStatus().after(Started()).after(Progress(phase="Scoring", done=3, total=38))
    view = RunView(Path("run"), "score", "screen", status)
    session.runs = (view,)
    assert "2 of 3" in strip.text.text()
    assert "Scoring: 3 of 38" in strip.text.text()
    assert strip.button.isHidden()
    session.runs = (replace(view, status=RunStatus()),)
    session.predictions = predicted(1)
    assert "3 of 3" in strip.text.text()
    with qtbot.waitSignal(strip.own_wanted):
        strip.button.click()
    with qtbot.waitSignal(strip.left):
        session.screens = (screen(DEMO), screen(Path("/mine")))


def test_who_knows_the_way_is_left_alone(steps):
    session, strip, _ = steps
    session.screens = (screen(DEMO),)
    strip.close_button.click()
    assert strip.isHidden()
    session.screens = (screen(DEMO),)
    assert strip.isHidden()


def test_the_own_plates_take_the_place_of_the_demo(window, wait, plates, qtbot):
    session, parts = window.parts.session, window.parts
    by_text = {button.text(): button for button in window.welcome.findChildren(QPushButton)}
    qtbot.mouseClick(by_text["Open the demo screen"], Qt.MouseButton.LeftButton)
    wait(parts.notice.isVisible)  # above the welcome page
    assert parts.notice.text == "Simulating two plates"
    assert window.welcome.mapToGlobal(QPoint()).y() >= parts.notice.mapToGlobal(QPoint()).y() + (
        parts.notice.height()
    )
    wait(lambda: session.picture is not None)
    assert window.windowTitle() == "DeepNoise · Demo screen"
    parts.steps.button.click()
    wait(lambda: bool(session.scorings))
    assert session.painting.paint is Paint.PREDICTION
    parts.steps.own_wanted.disconnect()
    parts.steps.button.click()
    window.open([plates])
    wait(lambda: window.windowTitle() == "DeepNoise · screen")
    assert [screen.path for screen in session.screens] == [str(plates)]
    assert session.predictions is None
    assert session.painting == Painting()
    assert not window.results_dock.isVisible()


def test_what_is_just_opened_shows_its_layout(window, wait, plates, predicted):
    session = window.parts.session
    session.predictions = predicted(1)
    session.painting = Painting(Paint.PREDICTION)
    window.open([plates])
    wait(lambda: session.picture is not None)
    assert session.painting == Painting()
