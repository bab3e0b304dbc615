"""The question before a changed recipe gives way to another one, and where it is saved."""

from __future__ import annotations

from qtpy.QtWidgets import QMessageBox, QWidget

from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.where_to_write import where_to_write
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
        return save_recipe(parent, training)
    return box.clickedButton() is replace


def save_recipe(parent: QWidget, training: TrainingDesk) -> bool:
    """Let the user choose a file, and write the recipe to it; returns whether that was done."""
    path = where_to_write(parent, "Save the recipe", "recipe.json", "Recipe (*.json)")
    return path is not None and training.save(path)
