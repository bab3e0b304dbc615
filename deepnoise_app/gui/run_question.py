"""The question before the folder of a run goes to the bin."""

from __future__ import annotations

from qtpy.QtWidgets import QMessageBox, QWidget

from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.run_words import lost_with
from deepnoise_app.session import RunRecord


def may_delete(parent: QWidget, record: RunRecord) -> bool:
    """Ask whether a run shall go, naming what goes with it."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Delete run")
    box.setText(plain(f"Move {record.view.path.name} to the bin?"))
    box.setInformativeText(plain(lost_with(record)))
    delete = box.addButton("Move to the bin", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is delete
