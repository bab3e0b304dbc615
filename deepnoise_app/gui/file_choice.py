"""A file that may be chosen, or not: its name, a button to choose, one to take it away."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget

from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.plain import plain

TABLES = "Tables (*.csv *.tsv *.txt *.xlsx *.xlsm *.parquet);;All files (*)"


class FileChoice(QWidget):
    """Edits the path of one file; None where none is chosen.

    Parameters
    ----------
    name
        What the file is, as the user calls it.
    without
        What happens without a file; it stands in the empty field.
    tip
        A sentence about the file's content.
    """

    value_changed = Signal(object)

    def __init__(self, name: str, without: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._path: str | None = None
        self._field = QLineEdit()
        self._field.setReadOnly(True)
        self._field.setPlaceholderText(without)
        self._field.setAccessibleName(name)
        self._field.setToolTip(tip)
        self._choose = self._button("mdi6.folder-open-outline", f"Choose a file: {name.lower()}")
        self._choose.clicked.connect(self.ask)
        self._clear = self._button("mdi6.close", f"Without a file: {name.lower()}")
        self._clear.clicked.connect(lambda: self._chosen(None))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._clear)
        layout.addWidget(self._choose)
        self._tip = tip
        self.set_value(None)

    def value(self) -> str | None:
        """Return the path of the file."""
        return self._path

    def set_value(self, path: str | None) -> None:
        """Show another file; nothing is told."""
        self._path = path
        self._field.setText(Path(path).name if path else "")
        self._field.setToolTip(plain(f"{self._tip}\n{path}") if path else self._tip)
        self._clear.setVisible(path is not None)

    def ask(self) -> None:
        """Let the user choose a file."""
        path, _ = QFileDialog.getOpenFileName(self, self._name, "", TABLES)
        if path:
            self._chosen(path)

    def _chosen(self, path: str | None) -> None:
        self.set_value(path)
        self.value_changed.emit(path)

    def _button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(painted_icon(icon))
        button.setAccessibleName(name)
        button.setToolTip(plain(name))
        return button
