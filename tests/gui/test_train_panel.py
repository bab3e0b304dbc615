"""The Train panel with real clicks: recipe, held-out experiments, plan, curves, and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QPlainTextEdit, QSpinBox

from deepnoise_app.gui.curves import Curves, legend, points
from deepnoise_app.gui.notice_bar import DetailsDialog
from deepnoise_app.gui.start_choice import NOTHING, StartChoice
from deepnoise_app.gui.train_panel import TrainPanel
from deepnoise_app.gui.training_desk import Division
from deepnoise_app.runs.events import EpochEnded, Failed, Finished, Progress, Saved, Started
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunStatus
from deepnoise_app.screen import Plate, PlateShape, Screen, WellId
from deepnoise_app.session import Notice, RunView, Session, Tone

RUN = Path("/runs/2026-training")
PLAN = {
    "wells": 1234, "classes": 33, "fewest_wells_of_a_class": 1, "experiments": ["E1", "E2"],
    "held_out": ["E3"], "device": "this computer's CPU", "seconds": 300.0, "epochs": [16, 20],
    "unlabelled": ["E7"], "unlabelled_wells": 308, "channels": ["Nuclei", "Actin"],
    "memory_needed_bytes": 3.5e8, "memory_free_bytes": 3.1e9, "disk_free_bytes": 2e10,
    "disk_needed_bytes": 1e7, "notes": ["Position <alone> tells 40 % of the wells apart."],
}  # fmt: skip


class Desks:
    """Both desks at once; notes what they are asked for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asked: list[tuple[object, ...]] = []
        self.refusal = ""
        self.is_checking = False

    def check(self) -> None:
        self.asked.append(("check",))
        self.is_checking = True

    def recipes(self) -> dict[str, str]:
        return {"laptop": "Minutes on two cores.\n\n- a point", "quick-look": "Seconds."}

    def models(self) -> dict[str, str]:
        return {"demo (shipped)": "demo"}

    def division(self) -> Division:
        if not self.session.screens:
            return Division()
        held_out = tuple(self.session.recipe.training.hold_out) or ("E3",)
        return Division({"E1": 2, "E2": 2, "E3": 1}, () if self.refusal else held_out, self.refusal)

    def __getattr__(self, verb: str):
        return lambda *given: self.asked.append((verb, *given))


class NoPixels:
    """Planes that are never read."""

    present = np.ones((1, 1, 1), dtype=bool)


@pytest.fixture
def screen() -> Screen:
    wells = (WellId(0, 0),)
    plate = Plate("E1", "P1", PlateShape(2, 3), (), (1,), wells, NoPixels())
    return Screen("/screens/mine", "pattern", (), (plate,))


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def desk(session: Session) -> Desks:
    return Desks(session)


@pytest.fixture
def panel(qtbot, session: Session, desk: Desks) -> TrainPanel:
    made = TrainPanel(session, desk, desk)
    qtbot.addWidget(made)
    made.resize(380, 900)
    made.show()
    return made


@pytest.fixture
def ready(panel: TrainPanel, session: Session, screen: Screen) -> TrainPanel:
    session.screens = (screen,)
    return panel


def training(*events: object, stopping: bool = False) -> RunView:
    status = RunStatus().after_all([Started(time=0.0), *events])
    return RunView(RUN, "train", "mine", status, stopping)


def epoch(number: int, **told: float) -> EpochEnded:
    return EpochEnded(epoch=number, epochs=40, step=number, loss=3.0 / number, seconds=6, **told)


def test_without_a_screen_the_button_says_why_it_rests(panel: TrainPanel) -> None:
    assert not panel.button.isEnabled()
    assert not panel.check.isEnabled()
    assert "at least two experiments" in panel.reason.text()
    assert not panel.dividing.isVisible()
    assert not panel.watching.isVisible()


def test_recipes_are_chosen_by_name_and_say_what_they_are_for(ready, desk, qtbot) -> None:
    assert ready.recipes.currentText() == "laptop"
    assert ready.about.text().startswith("Minutes on two cores. <a")
    ready.recipes.setFocus()
    qtbot.keyClick(ready.recipes, Qt.Key.Key_Down)
    assert ready.recipes.currentText() == "quick-look"
    ready.recipes.activated.emit(1)
    assert desk.asked[-1] == ("choose", "quick-look")


def test_the_whole_text_of_a_recipe_is_a_click_away(ready, qtbot) -> None:
    ready.about.linkActivated.emit("more")
    dialog = ready.findChild(DetailsDialog)
    assert "- a point" in dialog.findChild(QPlainTextEdit).toPlainText()
    dialog.reject()


def test_what_is_rarely_changed_is_shown_when_wished(ready, qtbot) -> None:
    ready.form.fold.toggleButton().click()
    rare = ready.form.forms["training"].control("weight_decay")
    common = ready.form.forms["training"].control("epochs")
    assert (common.isVisible(), rare.isVisible()) == (True, False)
    ready.form.rare.click()
    assert rare.isVisible()


def test_a_recipe_of_the_users_own_can_be_chosen(ready, desk, session, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/mine/own.toml", ""))
    ready.recipes.activated.emit(ready.recipes.count() - 1)
    assert desk.asked[-1] == ("choose", "/mine/own.toml")
    session.recipe_name = "/mine/own.toml"
    assert ready.recipes.currentText() == "/mine/own.toml"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    ready.recipes.setCurrentIndex(ready.recipes.count() - 1)
    ready.recipes.activated.emit(ready.recipes.count() - 1)
    assert ready.recipes.currentText() == "/mine/own.toml"


def test_space_holds_an_experiment_out(ready, desk, qtbot) -> None:
    assert [ready.held_out.item(i).text() for i in range(3)] == [
        "E1  ·  2 plates", "E2  ·  2 plates", "E3  ·  1 plate",
    ]  # fmt: skip
    assert ready.held_out.value() == ["E3"]
    ready.held_out.setFocus()
    ready.held_out.setCurrentRow(0)
    qtbot.keyClick(ready.held_out, Qt.Key.Key_Space)
    assert desk.asked == [("hold_out", ["E1", "E3"])]


def test_a_refused_choice_goes_back_to_what_is_so(ready, session, qtbot) -> None:
    ready.held_out.item(2).setCheckState(Qt.CheckState.Unchecked)
    assert ready.held_out.value() == []
    session.notice = Notice("at least one experiment must be held out", Tone.PROBLEM)
    assert ready.held_out.value() == ["E3"]


def test_what_cannot_be_divided_is_said_and_not_trained_on(ready, desk, session) -> None:
    desk.refusal = "'E1/P1' is a part of the experiment E1"
    session.recipe = session.recipe.model_copy(update={"seed": 1})
    session.training_plan = {"asked": True, "refusal": ""}
    assert "E1/P1" in ready.refusal.label.text()
    assert not ready.button.isEnabled()


def test_knobs_are_folded_away_and_edit_the_recipe(ready, session, desk, qtbot) -> None:
    assert not ready.form.fold.isExpanded()
    assert ready.form.forms == {}
    ready.form.fold.toggleButton().setFocus()
    qtbot.keyClick(ready.form.fold.toggleButton(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: ready.form.fold.content().height() > 300)
    box = ready.form.forms["training"].control("epochs")
    assert isinstance(box, QSpinBox)
    box.setValue(7)
    verb, recipe = desk.asked[-1]
    assert verb == "edit"
    assert recipe.training.epochs == 7
    assert recipe.network == session.recipe.network


def test_folded_knobs_are_passed_over_by_the_tab_key(ready, qtbot) -> None:
    button = ready.form.fold.toggleButton()
    button.click()
    assert ready.form.forms["network"].control("backbone").isVisible()
    button.click()
    assert not ready.form.forms["network"].control("backbone").isVisible()


def test_knobs_of_the_computer_keep_the_groups(ready, session, desk) -> None:
    ready.form.fold.toggleButton().click()
    ready.form.forms["training"].control("epochs").setValue(7)
    ready.form.forms[""].control("seed").setValue(5)
    recipe = desk.asked[-1][1]
    assert (recipe.seed, recipe.training.epochs) == (5, 7)


def test_a_recipe_from_elsewhere_fills_the_knobs_and_tells_nothing(ready, session, desk) -> None:
    session.recipe = Recipe.load("laptop").model_copy(update={"seed": 3})
    ready.form.fold.toggleButton().click()
    assert ready.form.forms[""].control("seed").value() == 3
    session.recipe = Recipe.load("quick-look")
    assert ready.form.forms["network"].control("input_size").value() == 32
    assert desk.asked == []


def test_the_plan_is_asked_for_and_shown_before_the_start(ready, session, desk, qtbot) -> None:
    assert ready.button.text() == "Train on 2 experiments"
    qtbot.mouseClick(ready.check, Qt.MouseButton.LeftButton)
    assert desk.asked == [("check",)]
    assert ready.check.text() == "Checking…"
    desk.is_checking = False
    session.training_plan = PLAN
    assert ready.check.text() == "Check"
    assert "1,234 wells of 2 experiments, 33 perturbations, at least 1 well of each" in (
        ready.plan.text()
    )
    assert "308 wells of 1 experiment without labels" in ready.plan.text()
    assert "2 channels: Nuclei, Actin" in ready.plan.text()
    assert "16 epochs and 20 with a teacher on this computer" in ready.plan.text()
    assert "Memory 350 MB of 3.1 GB free, disk 10 MB of 20.0 GB free" in ready.plan.text()
    session.training_plan = {**PLAN, "snapshots": 4}
    assert "disk 10 MB of 20.0 GB free, with 4 snapshots" in ready.plan.text()
    assert "Position &lt;alone&gt;" in ready.hindrance.label.text()
    assert ready.button.text() == "Train on 1,234 wells, about 5 min"


def test_a_plan_that_is_refused_says_why(ready, session) -> None:
    session.training_plan = {"refusal": "fewer than 2 perturbations"}
    assert ready.hindrance.label.text() == "Fewer than 2 perturbations"
    assert ready.plan.text() == ""


def test_pressing_the_button_trains(ready, desk, qtbot) -> None:
    qtbot.mouseClick(ready.button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("train",)]


def test_while_one_training_is_at_work_no_second_begins(ready, session) -> None:
    session.runs = (training(Progress(phase="Training", done=1, total=9)),)
    assert not ready.button.isEnabled()
    assert "at work" in ready.reason.text()
    session.runs = (training(Finished()),)
    assert ready.button.isEnabled()


def test_curves_grow_with_the_epochs(ready, session) -> None:
    session.runs = (training(Progress(phase="Training", done=1, total=9)),)
    assert not ready.curves.isVisible()
    session.runs = (training(epoch(1, free=0.1), epoch(2), epoch(3, free=0.5, one_per_well=0.6)),)
    assert ready.curves.isVisible()
    assert ready.curves.lines["loss"].getData()[1].tolist() == [3.0, 1.5, 1.0]
    x, y = ready.curves.lines["free"].getData()
    assert (x.tolist(), y.tolist()) == ([1, 3], [0.1, 0.5])
    assert "50 %" in ready.curves.legend.text()


def test_stop_is_answered_at_once(ready, session, desk, qtbot) -> None:
    session.runs = (training(epoch(12, free=0.5)),)
    qtbot.mouseClick(ready.run.stop, Qt.MouseButton.LeftButton)
    assert desk.asked == [("stop", RUN)]
    session.runs = (training(epoch(12, free=0.5), stopping=True),)
    assert "Stopping…" in ready.run.title.text()


def test_the_model_can_be_used_once_it_is_saved(ready, session, desk, qtbot) -> None:
    session.runs = (training(epoch(1)),)
    assert not ready.use.isVisible()
    session.runs = (training(epoch(1), Saved(what="model", path="/m"), Failed(message="gone")),)
    qtbot.mouseClick(ready.use, Qt.MouseButton.LeftButton)
    assert desk.asked == [("use_model", RUN)]


def test_what_a_training_saves_can_be_started_from_at_once(ready, session, desk) -> None:
    desk.models = lambda: {"cells-01, epoch 20": "/runs/cells-01/snapshots/epoch-020"}
    session.runs = (training(epoch(1)),)
    assert ready.start.combo.findText("cells-01, epoch 20") < 0
    session.runs = (training(epoch(1), Saved(what="snapshot", path="/s")),)
    ready.start.combo.activated.emit(ready.start.combo.findText("cells-01, epoch 20"))
    assert desk.asked == [("start_from", "/runs/cells-01/snapshots/epoch-020")]


def test_held_out_wells_light_up_when_wished(ready, session, desk, qtbot) -> None:
    session.runs = (training(epoch(1)),)
    ready.lights.setFocus()
    qtbot.keyClick(ready.lights, Qt.Key.Key_Space)
    assert desk.asked == [("show_held_out", True)]
    session.held_out_shown = True
    session.held_out_shown = False
    assert not ready.lights.isChecked()


def test_teacher_is_drawn_where_events_tell_of_it(qtbot) -> None:
    epochs = (EpochEnded(epoch=1, epochs=4, step=1, loss=1.0, free=0.5, teacher_free=0.75),)
    curves = Curves()
    qtbot.addWidget(curves)
    curves.show_epochs(epochs)
    assert curves.lines["teacher_free"].getData()[1].tolist() == [0.75]
    assert "teacher" in legend(epochs)
    assert "75 %" in legend(epochs)


def test_epochs_that_do_not_tell_are_left_out() -> None:
    epochs = [epoch(1), epoch(2, free=0.5)]
    assert points(epochs, "free") == ([2], [0.5])
    assert points(epochs, "teacher_free") == ([], [])
    assert legend([epoch(1)]) == ""


def test_a_start_can_be_a_model_or_nothing(qtbot, monkeypatch) -> None:
    choice = StartChoice()
    qtbot.addWidget(choice)
    heard: list[object] = []
    choice.value_changed.connect(heard.append)
    choice.offer({"demo (shipped)": "demo"})
    assert choice.combo.currentText() == NOTHING
    choice.combo.activated.emit(1)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/else/where")
    choice.combo.activated.emit(choice.combo.count() - 1)
    assert choice.combo.currentText() == "where"
    choice.set_value("/runs/cells-01/snapshots/epoch-020")
    assert choice.combo.currentText() == "cells-01, epoch 20"
    choice.combo.activated.emit(0)
    assert heard == ["demo", "/else/where", None]


def test_every_control_has_a_tooltip_and_a_name(ready) -> None:
    controls = [
        ready.recipes, ready.held_out, ready.check, ready.button, ready.lights, ready.use,
        ready.start.combo, ready.form.fold.toggleButton(),
    ]  # fmt: skip
    assert [one for one in controls if not (one.toolTip() and one.accessibleName())] == []
