"""The preferences: what the window looks like, and with which Python runs work."""

from __future__ import annotations

import os
from pathlib import Path

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.callout import Callout, quiet_label
from deepnoise_app.gui.narrow_combo import narrow_combo
from deepnoise_app.gui.panel_body import icon_button
from deepnoise_app.gui.preferences import THEMES, Preferences
from deepnoise_app.gui.words import from_home

WORKER = (
    "Trainings and scorings run with this Python. Leave it empty to use the one of this window, or"
    " name that of another environment where DeepNoise is installed too, for instance one whose"
    " torch knows the graphics card."
)


class PreferencesDialog(QDialog):
    """Edits the preferences; each change counts at once, so there is nothing to lose."""

    theme_wanted = Signal(str)

    def __init__(self, preferences: Preferences, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.setWindowTitle("Preferences")
        self.resize(560, 340)
        self.theme = narrow_combo("Theme", "Colours of the window")
        for name in THEMES:
            self.theme.addItem(name.capitalize(), name)
        self.theme.setCurrentIndex(self.theme.findData(preferences.theme))
        self.worker = QLineEdit(preferences.worker_python)
        self.worker.setPlaceholderText("that of this window")
        self.worker.setAccessibleName("Worker Python")
        self.worker.setToolTip("Program with which trainings, scorings and measures run")
        self.choose = icon_button("mdi6.folder-open-outline", "Choose…", "Choose a Python program")
        self.fault = Callout("What is wrong with the worker Python")
        about = quiet_label("What the worker Python is for", WORKER)
        self.runs = QLineEdit(from_home(str(runs)))
        self.runs.setReadOnly(True)
        self.runs.setAccessibleName("Folder of runs")
        self.runs.setToolTip("Where trainings and scorings are kept")
        self.forget = QPushButton("Forget the plates opened lately")
        self.forget.setAccessibleName(self.forget.text())
        self.forget.setToolTip("Only the list is forgotten: no plate is touched")
        self.forget.setEnabled(bool(preferences.recent))
        self._lay_out(about)
        self.theme.activated.connect(lambda _: self.theme_wanted.emit(self.theme.currentData()))
        self.worker.editingFinished.connect(self._on_worker)
        self.choose.clicked.connect(self._on_choose)
        self.forget.clicked.connect(self._on_forget)
        self._on_worker()

    def _lay_out(self, about: QWidget) -> None:
        program = QHBoxLayout()
        program.addWidget(self.worker, 1)
        program.addWidget(self.choose)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Theme", self.theme)
        form.addRow("Worker Python", program)
        said = QVBoxLayout()
        said.addWidget(self.fault)
        said.addWidget(about)
        form.addRow("", said)
        form.addRow("Folder of runs", self.runs)
        form.addRow("", self.forget)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(buttons)

    def _on_worker(self) -> None:
        python = self.worker.text().strip()
        fault = worker_fault(python)
        self.fault.say(fault)
        if not fault:
            self._preferences.worker_python = python

    def _on_choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Worker Python", self.worker.text())
        if path:
            self.worker.setText(path)
            self._on_worker()

    def _on_forget(self) -> None:
        self._preferences.forget_recent()
        self.forget.setEnabled(False)


def worker_fault(python: str) -> str:
    """Why a program cannot be the worker Python; empty if it may be."""
    if not python:
        return ""
    path = Path(python)
    if not path.is_file():
        return f"There is no file {python}: the former one stays. Give the whole path of a Python."
    if not os.access(path, os.X_OK):
        return f"{python} is no program that can be started: the former one stays."
    return ""
