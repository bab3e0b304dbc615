"""The question before something is lost that was changed and not saved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtpy.QtWidgets import QMessageBox, QWidget

from deepnoise_app.gui.map_desk import MapDesk
from deepnoise_app.gui.map_save import save_before_it_is_lost
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.recipe_question import MOST_SHOWN, save_recipe
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.words import count
from deepnoise_app.screen import Screen
from deepnoise_app.session import PlateKey

Save = Callable[[QWidget], bool]


@dataclass(frozen=True, slots=True)
class Loss:
    """What would be lost, line by line, and how it is saved: true if it was."""

    lines: tuple[str, ...]
    save: Save


def of_maps(maps: MapDesk, screen: Screen | None = None) -> list[Loss]:
    """Return what plates hold on screen alone: those of a screen, or all."""
    keys = maps.unsaved()
    if screen is not None:
        keys = tuple(plate.key for plate in screen.plates if plate.key in keys)
    if not keys:
        return []
    line = f"The plate map of {count(len(keys), 'plate')}: {_named(keys)}"
    return [Loss((line,), lambda parent: save_before_it_is_lost(parent, maps))]


def may_be_replaced(parent: QWidget, maps: MapDesk, gone: Sequence[Screen], new: Screen) -> bool:
    """Ask before plates with an unsaved plate map give way to others; whether they may."""
    losses = [loss for screen in gone for loss in of_maps(maps, screen)]
    return may_lose(parent, f"Open {Path(new.path).name}", losses)


def of_recipe(training: TrainingDesk) -> list[Loss]:
    """Return what somebody has changed in the recipe of the next training."""
    changed = training.unsaved("")
    if not changed:
        return []
    more = [f"and {len(changed) - MOST_SHOWN} more"] * (len(changed) > MOST_SHOWN)
    lines = (
        f"{count(len(changed), 'change')} of the recipe in Train:",
        *(f"    {one}" for one in (*changed[:MOST_SHOWN], *more)),
    )
    return [Loss(lines, lambda parent: save_recipe(parent, training))]


def may_lose(parent: QWidget, title: str, losses: Sequence[Loss], can_stay: bool = True) -> bool:
    """Ask once for all that would be lost; returns whether to go on.

    Where what is under way cannot be held up, it is only asked whether to save.
    """
    if not losses:
        return True
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText("Save what you have changed?")
    box.setInformativeText(plain("\n".join(line for loss in losses for line in loss.lines)))
    save = box.addButton(QMessageBox.StandardButton.Save)
    discard = box.addButton(QMessageBox.StandardButton.Discard)
    if can_stay:
        box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(save)
    box.exec()
    if box.clickedButton() is save:
        return all(loss.save(parent) for loss in losses) or not can_stay
    return box.clickedButton() is discard or not can_stay


def _named(keys: Collection[PlateKey], most: int = 3) -> str:
    names = [" ".join(key) for key in keys]
    more = [f"and {len(names) - most} more"] * (len(names) > most)
    return ", ".join([*names[:most], *more])
