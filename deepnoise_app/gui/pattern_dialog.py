"""Lets the user say how files are named: a pattern, and what it reads in ten real names, live."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.readers.learn import Shown

SIZE = (860, 540)
REST_MS = 150
HELP = (
    "Write a file name with <code>{well}</code> (or <code>{row}</code> and <code>{column}</code>)"
    " where the well stands, and likewise <code>{site}</code>, <code>{channel}</code>,"
    " <code>{plane}</code>, <code>{time}</code>, <code>{plate}</code>,"
    " <code>{experiment}</code>; <code>*</code> stands for anything, <code>/</code> parts folders."
)
FIELDS = ("experiment", "plate", "well", "site", "channel", "plane", "time")
TITLES = ("Name", *(field.capitalize() for field in FIELDS))


class PatternDialog(QDialog):
    """Edits the pattern of a folder; *Open* opens the folder with it."""

    def __init__(self, folder: Path, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._workbench = workbench
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"How names are read in {folder.name}")
        self.resize(*SIZE)
        text = QLabel(HELP)
        text.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setAccessibleName("Pattern of file names")
        self.field.setToolTip("How the files are named; their ending may be left out")
        self.names = _table()
        self.verdict = QLabel("Looking for names…")
        self.verdict.setWordWrap(True)
        self.verdict.setAccessibleName("What the pattern reads")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel,
            parent=self,
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Open)
        self.ok.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (text, self.field, self.names, self.verdict, buttons):
            column.addWidget(widget)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask)
        self.field.textChanged.connect(self._on_typed)
        self.finished.connect(lambda _: workbench.names.forget())
        workbench.names.suggest(folder, self.field.setText, self._on_fault)

    def _on_typed(self) -> None:
        self.ok.setEnabled(False)
        self._rest.start()

    def _ask(self) -> None:
        self._workbench.names.read(self._folder, self.field.text(), self._on_read, self._on_fault)

    def _on_read(self, shown: Sequence[Shown]) -> None:
        self.names.setRowCount(len(shown))
        for row, one in enumerate(shown):
            read = one.told or {"well": "does not fit"}
            cells = (one.name, *(read.get(field, "") for field in FIELDS))
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(plain(text))
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.names.setItem(row, column, item)
        self.names.resizeColumnsToContents()
        fitting = sum(one.parsed is not None for one in shown)
        self.ok.setEnabled(fitting > 0)
        told = f"{fitting} of {len(shown)} names fit. An empty experiment or plate is its folder's."
        self.verdict.setText(told if shown else "There is no image file in this folder.")

    def _on_fault(self, error: Exception) -> None:
        self.names.setRowCount(0)
        self.ok.setEnabled(False)
        self.verdict.setText(plain(str(error)))

    def accept(self) -> None:
        """Open the folder with the pattern."""
        if self.ok.isEnabled():
            self._workbench.open([self._folder], f"pattern:{self.field.text()}")
            super().accept()


def _table() -> QTableWidget:
    table = QTableWidget(0, len(TITLES))
    table.setAccessibleName("Ten real names and what is read in them")
    table.setHorizontalHeaderLabels(TITLES)
    table.verticalHeader().hide()
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideLeft)
    table.horizontalHeader().setMaximumSectionSize(360)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    return table
