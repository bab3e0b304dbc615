"""A form shows every knob of a value, and hands back a changed value."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox

from deepnoise_app.gui.form import Form
from deepnoise_app.runs.recipe import Network, Recipe, Training


@pytest.fixture
def training(qtbot: QtBot) -> Form[Training]:
    form = Form(Training(), leave_out=["hold_out"])
    qtbot.addWidget(form)
    return form


def test_each_kind_of_knob_has_its_control(training: Form[Training]) -> None:
    assert isinstance(training.control("epochs"), QSpinBox)
    assert isinstance(training.control("learning_rate"), QDoubleSpinBox)
    assert isinstance(training.control("optimizer"), QComboBox)
    assert isinstance(training.control("include_controls"), QCheckBox)
    with pytest.raises(KeyError):
        training.control("hold_out")


def test_range_unit_and_sentence_come_from_the_value(training: Form[Training]) -> None:
    epochs = training.control("epochs")
    assert (epochs.minimum(), epochs.maximum()) == (0, 10_000)
    assert epochs.text() == "16 epochs"
    assert epochs.toolTip() == Training.model_fields["epochs"].description
    assert epochs.accessibleName() == "Epochs (epochs)"
    smoothing = training.control("label_smoothing")
    assert 0.99 < smoothing.maximum() < 1


def test_all_values_that_the_form_allows_are_valid(training: Form[Training]) -> None:
    for name in Training.model_fields:
        if name in ("hold_out", "unseen", "rate_steps"):  # lists are edited elsewhere, or in a file
            continue
        control = training.control(name)
        if isinstance(control, QSpinBox | QDoubleSpinBox):
            control.setValue(control.minimum())
            control.setValue(control.maximum())
    assert training.value().learning_rate == 10


def test_a_change_is_told_as_a_new_value(training: Form[Training], qtbot: QtBot) -> None:
    before = training.value()
    with qtbot.waitSignal(training.value_changed) as told:
        training.control("epochs").setValue(40)
    assert told.args == [before.model_copy(update={"epochs": 40})]
    assert training.value().epochs == 40
    assert before.epochs == 16


def test_what_is_left_out_is_kept(qtbot: QtBot) -> None:
    form = Form(Training(hold_out=["HEPG2-01"]), leave_out=["hold_out"])
    qtbot.addWidget(form)
    form.control("view").setCurrentText("hard")
    assert form.value() == Training(hold_out=["HEPG2-01"], view="hard")


def test_showing_another_value_tells_nothing(training: Form[Training], qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(training.value_changed):
        training.set_value(Training(epochs=3, learning_rate=0.003, optimizer="sgd"))
    assert training.control("optimizer").currentText() == "sgd"
    assert training.control("learning_rate").text() == "0.003"


def test_a_small_number_survives_the_form(training: Form[Training]) -> None:
    training.set_value(Training(learning_rate=1.5e-5))
    training.control("epochs").setValue(2)
    assert training.value().learning_rate == 1.5e-5


def test_an_empty_text_is_none_where_that_is_allowed(qtbot: QtBot) -> None:
    form = Form(Network(weights="start.safetensors"))
    qtbot.addWidget(form)
    weights = form.control("weights")
    assert isinstance(weights, QLineEdit)
    weights.clear()
    weights.editingFinished.emit()
    assert form.value().weights is None


def test_a_text_that_must_not_be_empty_comes_back(qtbot: QtBot) -> None:
    form = Form(Network())
    qtbot.addWidget(form)
    backbone = form.control("backbone")
    backbone.clear()
    backbone.editingFinished.emit()
    assert form.value().backbone == "resnet10t"
    assert backbone.text() == "resnet10t"


def test_the_wheel_turns_no_knob(training: Form[Training], qtbot: QtBot) -> None:
    epochs = training.control("epochs")
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    epochs.wheelEvent(turn)
    assert epochs.value() == 16
    assert not turn.isAccepted()


def test_a_number_that_may_be_absent_reads_none_below_its_smallest(qtbot: QtBot) -> None:
    form = Form(Recipe(plane=3))
    qtbot.addWidget(form)
    plane, time = form.control("plane"), form.control("time")
    assert isinstance(plane, QSpinBox)
    assert isinstance(time, QSpinBox)
    assert (plane.value(), time.text()) == (3, "none")
    plane.setValue(plane.minimum())
    time.setValue(2)
    assert (form.value().plane, form.value().time) == (None, 2)
