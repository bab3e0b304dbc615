"""The Score panel says what it will do, does it, and shows how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QFileDialog, QToolButton, QWidget

from deepnoise_app.assets import shipped_models
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.opener import Opener
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.score_form import CORRECTIONS
from deepnoise_app.gui.score_panel import ScorePanel
from deepnoise_app.gui.words import sentence
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.events import Failed, Finished, Progress, Started, Stopped, Warned
from deepnoise_app.runs.recipe import Scoring
from deepnoise_app.runs.status import RunStatus
from deepnoise_app.screen import Channel, Plate, PlateShape, Screen, WellId
from deepnoise_app.session import Notice, RunView, Session, Tone

RUN = Path("/runs/one")


class Desk:
    """Notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.is_checking = False

    def models(self) -> dict[str, str]:
        return {"demo (shipped)": "demo", "2026-training": "/runs/2026/model"}

    def use(self, scoring: Scoring) -> None:
        self.asked.append(("use", scoring))

    def check(self) -> None:
        self.asked.append(("check",))
        self.is_checking = True

    def score(self, paths: list[Path] | None = None) -> None:
        self.asked.append(("score", paths))

    def forget(self, path: Path) -> None:
        self.asked.append(("forget", path))

    def stop(self, path: Path) -> None:
        self.asked.append(("stop", path))

    def resume(self, path: Path) -> None:
        self.asked.append(("resume", path))


class NoPixels:
    """Planes that exist and are never read."""

    present = np.ones((2, 1, 1), dtype=bool)


@pytest.fixture
def screen() -> Screen:
    wells = (WellId(0, 0), WellId(1, 3))
    channels = (Channel("Nuclei"),)
    plate = Plate("HUVEC-01", "1", PlateShape(16, 24), channels, (1,), wells, NoPixels())
    return Screen("/screens/a", "pattern", channels, (plate,))


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def panel(session: Session, desk: Desk, qtbot: QtBot, tmp_path: Path) -> Iterator[ScorePanel]:
    background, rest = Background(), (None, None, None)
    workbench = Workbench(session, background)
    kept = Preferences(tmp_path / "window.ini")
    made = ScorePanel(session, desk, Opener(session, background, workbench, desk, *rest, kept))
    qtbot.addWidget(made)
    made.show()
    yield made
    background.close()


def running(*events: object) -> RunView:
    status = RunStatus().after_all([Started(time=0.0), *events])
    return RunView(RUN, "score", "HUVEC-01", status)


def test_without_plates_the_button_says_why_it_rests(panel: ScorePanel) -> None:
    assert not panel.button.isEnabled()
    assert "Open a plate first" in panel.reason.text()
    assert not panel.check.isEnabled()


def test_the_button_says_how_many_wells_and_scores_them(
    panel: ScorePanel, session: Session, desk: Desk, screen: Screen, qtbot: QtBot
) -> None:
    session.screens = (screen,)
    assert panel.button.text() == "Score 2 wells"
    assert not panel.reason.isVisible()
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert desk.asked[-1] == ("score", None)


def test_a_key_scores_where_the_panel_is_seen(
    panel: ScorePanel, session: Session, desk: Desk, screen: Screen, qtbot: QtBot
) -> None:
    session.screens = (screen,)
    with qtbot.waitActive(panel):
        panel.activateWindow()
    qtbot.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ("score", None) in desk.asked)


def test_the_card_is_shown_with_its_warning_and_accuracies(
    panel: ScorePanel, session: Session
) -> None:
    assert not panel.warning.isVisible()
    session.card = load_card("demo")
    assert session.card.description == panel.about.text()
    assert "plate prior 100 %" in panel.judged.text()
    assert panel.warning.isVisible()
    assert "demonstration" in panel.warning.label.text()


def test_after_a_check_the_button_says_what_it_will_do(
    panel: ScorePanel, session: Session, screen: Screen
) -> None:
    session.screens = (screen,)
    assert "Press" in panel.plan.text()
    session.plan = {
        "task": "score", "device": "this computer's CPU", "plates": 1, "wells": 308,
        "sites": 616, "seconds": 131.0, "unlike": [],
    }  # fmt: skip
    said = "Score 308 wells on this computer's CPU, about 2 min"
    assert panel.button.accessibleName() == said
    assert not panel.plan.isVisible()
    assert not panel.unlike.isVisible()
    panel.resize(700, 900)
    assert panel.button.text() == said
    panel.resize(300, 900)
    assert panel.button.text() == "Score 308 wells\non this computer's CPU, about 2 min"
    assert panel.button.shortcut().toString() == "Ctrl+Return"
    session.plan = {}
    assert panel.button.text() == "Score 2 wells"


@pytest.mark.parametrize("width", range(180, 480, 20))
def test_the_button_is_never_cut_and_never_widens_the_panel(
    panel: ScorePanel, session: Session, screen: Screen, width: int
) -> None:
    session.screens = (screen,)
    session.plan = {
        "device": "NVIDIA GeForce RTX 3090",
        "wells": 12345,
        "seconds": 40,
        "unlike": [],
    }
    panel.button.setFixedWidth(width)
    text = panel.button.fontMetrics().size(0, panel.button.text()).width()
    assert text + panel.button.iconSize().width() < width
    assert panel.button.minimumSizeHint().width() <= 180


def test_plates_unlike_the_training_data_are_named_with_reasons(
    panel: ScorePanel, session: Session, screen: Screen
) -> None:
    session.screens = (screen,)
    unlike = [{"experiment": "HUVEC-01", "plate": str(i), "reasons": ["too dark"]} for i in "1234"]
    session.plan = {"device": "x", "wells": 2, "seconds": 1, "unlike": unlike}
    text = panel.unlike.label.text()
    assert panel.unlike.isVisible()
    assert "HUVEC-01 1</b> is unlike the training data: too dark." in text
    assert "1 more plate" in text


def test_names_of_plates_are_shown_as_they_are_written(
    panel: ScorePanel, session: Session, screen: Screen
) -> None:
    session.screens = (screen,)
    unlike = [{"experiment": "A<b>", "plate": "1", "reasons": ["5 < 7"]}]
    session.plan = {"device": "x", "wells": 2, "seconds": 1, "unlike": unlike}
    assert "A&lt;b&gt; 1" in panel.unlike.label.text()
    assert "5 &lt; 7" in panel.unlike.label.text()


def test_a_refusal_is_shown(panel: ScorePanel, session: Session, screen: Screen) -> None:
    session.screens = (screen,)
    session.plan = {"refusal": "plate 1 lacks the channel ER"}
    assert "cannot be scored" in panel.plan.text()
    assert panel.unlike.label.text() == "plate 1 lacks the channel ER"
    assert not panel.button.isEnabled()
    assert panel.check.isEnabled()
    session.plan = {}
    assert panel.button.isEnabled()


def test_a_model_that_needs_another_channel_says_so_unasked(
    panel: ScorePanel, session: Session, screen: Screen
) -> None:
    session.card = load_card("demo").model_copy(
        update={"channels": [c.name for c in screen.channels]}
    )
    session.screens = (screen,)
    assert panel.button.isEnabled()
    assert not panel.unlike.label.text()
    session.card = load_card("demo").model_copy(
        update={"channels": [screen.channels[0].name, "Golgi"]}
    )
    assert not panel.button.isEnabled()
    assert "Golgi has no counterpart" in panel.unlike.label.text()
    session.screens = ()
    assert not panel.unlike.label.text()


def test_check_asks_and_says_so_until_the_plan_is_there(
    panel: ScorePanel, session: Session, desk: Desk, screen: Screen, qtbot: QtBot
) -> None:
    session.screens = (screen,)
    qtbot.mouseClick(panel.check, Qt.MouseButton.LeftButton)
    assert desk.asked[-1] == ("check",)
    assert panel.check.text() == "Checking…"
    desk.is_checking = False
    session.plan = {"refusal": "no"}
    assert panel.check.text() == "Check"


def test_each_choice_is_one_wish(panel: ScorePanel, session: Session, desk: Desk) -> None:
    form = panel.form
    form.candidates.setCurrentIndex(form.candidates.findData("all"))
    form.candidates.activated.emit(form.candidates.currentIndex())
    assert desk.asked == [("use", session.scoring.model_copy(update={"candidates": "all"}))]
    form.model.setCurrentIndex(1)
    form.model.activated.emit(1)
    assert desk.asked[-1][1].model == "/runs/2026/model"
    assert desk.asked[-1][1].candidates == "all"


def test_facts_fill_the_form_and_ask_nothing(
    panel: ScorePanel, session: Session, desk: Desk
) -> None:
    session.scoring = Scoring(model="demo", views=2, candidates="plate-map", plate_map="/a/map.csv")
    assert panel.form.views.currentData() == 2
    assert panel.form.plate_map.value() == "/a/map.csv"
    assert "no longer independent" in panel.limits.text()
    assert desk.asked == []


def test_a_refused_model_goes_back_to_the_one_in_use(panel: ScorePanel, session: Session) -> None:
    panel.form.model.setCurrentIndex(1)
    panel.form.model.activated.emit(1)
    session.notice = Notice("the model has no weights", Tone.PROBLEM)
    assert panel.form.model.currentData() == "demo"


def test_another_folder_can_be_the_model(
    panel: ScorePanel, session: Session, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/else/where")
    panel.form.model.activated.emit(panel.form.model.count() - 1)
    assert desk.asked[-1][1].model == "/else/where"
    session.scoring = desk.asked[-1][1]
    assert panel.form.model.currentText() == "where"


def test_a_cancelled_choice_of_a_folder_changes_nothing(
    panel: ScorePanel, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    panel.form.model.setCurrentIndex(panel.form.model.count() - 1)
    panel.form.model.activated.emit(panel.form.model.count() - 1)
    assert desk.asked == []
    assert panel.form.model.currentData() == "demo"


def test_dropped_folders_are_scored(
    panel: ScorePanel, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder)) for folder in folders])
    enter = drag(data)
    panel.dragEnterEvent(enter)
    assert enter.isAccepted()
    panel.dropEvent(drop(data))
    qtbot.waitUntil(lambda: desk.asked == [("score", folders)])


def test_a_dropped_model_becomes_the_model_and_plates_beside_it_are_scored(
    panel: ScorePanel, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    model, plates = shipped_models()["demo"], tmp_path / "plates"
    plates.mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder)) for folder in (plates, model)])
    panel.dropEvent(drop(data))
    qtbot.waitUntil(lambda: len(desk.asked) == 2)
    (use, scoring), score = desk.asked
    assert (use, Path(scoring.model)) == ("use", model)
    assert score == ("score", [plates])


def test_a_dropped_file_is_not_for_this_panel(
    panel: ScorePanel, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    enter = drag(data)
    enter.ignore()
    panel.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_what_goes_on_stands_first_and_repeats_no_warning_of_the_model(
    panel: ScorePanel, session: Session
) -> None:
    assert not panel.watching.isVisible()
    session.card = load_card("demo")
    session.runs = (running(Warned(message=session.card.warning)),)
    assert panel.watching.isVisible()
    assert panel.watching.y() < panel.form.model.y()
    assert not panel.run.warning.isVisible()


def test_what_waits_is_listed_and_can_be_taken_out(
    panel: ScorePanel, session: Session, desk: Desk, qtbot: QtBot
) -> None:
    session.waiting = (Path("/s/a"), Path("/s/b"))
    buttons = panel.queue.findChildren(QToolButton)
    assert [b.accessibleName() for b in buttons] == ["Do not score a", "Do not score b"]
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert desk.asked == [("forget", Path("/s/b"))]
    session.waiting = ()
    assert not panel.queue.isVisible()


def test_a_scoring_shows_phase_progress_and_time_left(panel: ScorePanel, session: Session) -> None:
    session.runs = (
        running(
            Progress(time=0.0, phase="Scoring", done=0, total=8),
            Progress(time=60.0, phase="Scoring", done=3, total=8),
        ),
    )
    assert "Scoring: 3 of 8" in panel.run.title.text()
    assert (panel.run.bar.value(), panel.run.bar.maximum()) == (3, 8)
    assert panel.run.left.text() == "about 2 min left"
    assert not panel.run.resume.isVisible()


def test_stop_answers_at_once(
    panel: ScorePanel, session: Session, desk: Desk, qtbot: QtBot
) -> None:
    view = running(Progress(phase="Scoring", done=3, total=8))
    session.runs = (view,)
    qtbot.mouseClick(panel.run.stop, Qt.MouseButton.LeftButton)
    assert desk.asked == [("stop", RUN)]
    session.runs = (replace(view, stopping=True),)
    assert "Stopping…" in panel.run.title.text()
    assert not panel.run.stop.isEnabled()
    assert panel.run.left.text() == ""


@pytest.mark.parametrize("end", [Stopped(message="asked"), Failed(message="the disk is full")])
def test_a_scoring_that_ended_early_can_go_on(
    panel: ScorePanel, session: Session, desk: Desk, qtbot: QtBot, end: Stopped | Failed
) -> None:
    session.runs = (running(end),)
    assert panel.run.message.text() == sentence(end.message)
    assert not panel.run.stop.isVisible()
    qtbot.mouseClick(panel.run.resume, Qt.MouseButton.LeftButton)
    assert desk.asked == [("resume", RUN)]


def test_a_finished_scoring_shows_its_accuracies(panel: ScorePanel, session: Session) -> None:
    session.runs = (running(Warned(message="1 site is missing"), Finished(message="done")),)
    assert panel.run.warning.label.text() == "1 site is missing"
    session.summary = {
        "accuracy": {"free": {"value": 0.85, "low": 0.78, "high": 0.9}},
        "treated_wells_of_known_perturbation": 277,
    }
    assert "277 treated wells: <b>free 85 %</b> (78–90)" in panel.outcome.text()
    session.summary = {"wells": 308}
    assert "truth is not known" in panel.outcome.text()


def test_the_scoring_that_goes_on_is_shown_before_later_ones_that_ended(
    panel: ScorePanel, session: Session
) -> None:
    ended = replace(running(Finished(message="done")), path=Path("/runs/two"), title="two")
    session.runs = (running(), ended)
    assert "HUVEC-01" in panel.run.title.text()


def test_every_control_has_a_tooltip_and_a_name(panel: ScorePanel) -> None:
    controls = [panel.check, panel.button, panel.run.stop, panel.run.resume, panel.form.model]
    controls += [panel.form.candidates, panel.form.views, panel.form.correction]
    controls += panel.form.findChildren(QToolButton)
    assert all(isinstance(one, QWidget) for one in controls)
    assert [one for one in controls if not (one.toolTip() and one.accessibleName())] == []


@pytest.mark.parametrize("chosen", [(False, False), (True, False), (False, True), (True, True)])
def test_a_correction_is_chosen_and_shown_again(panel: ScorePanel, chosen) -> None:
    told = []
    panel.form.value_changed.connect(told.append)
    panel.form.correction.setCurrentIndex(list(CORRECTIONS).index(chosen))
    panel.form.correction.activated.emit(panel.form.correction.currentIndex())
    assert (told[-1].adapt, told[-1].anchor) == chosen
    panel.form.set_value(Scoring())
    assert panel.form.correction.currentIndex() == 0


def drag(data: QMimeData) -> QDragEnterEvent:
    return QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )


def drop(data: QMimeData) -> QDropEvent:
    return QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
