"""The question before a changed recipe gives way to another one."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget

from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.words import count

MOST_SHOWN = 8


def may_replace(parent: QWidget, training: TrainingDesk, name: str) -> bool:
    """Ask before settings that somebody has changed give way to the recipe `name`."""
    lost = training.unsaved(name)
    if not lost:
        return True
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Replace the recipe")
    box.setText(plain(f"Lose {count(len(lost), 'change')} of the recipe in Train?"))
    more = [f"and {len(lost) - MOST_SHOWN} more"] * (len(lost) > MOST_SHOWN)
    box.setInformativeText(plain("\n".join([*lost[:MOST_SHOWN], *more])))
    replace = box.addButton("Lose them", QMessageBox.ButtonRole.DestructiveRole)
    save = box.addButton("Save them first…", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    if box.clickedButton() is save:
        path, _ = QFileDialog.getSaveFileName(parent, "Save recipe", "recipe.json", "*.json")
        return bool(path) and training.save(Path(path))
    return box.clickedButton() is replace
