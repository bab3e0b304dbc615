"""*Use the model* of a run: the best one, or where there are snapshots, the one that is chosen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qtpy.QtWidgets import QMenu, QPushButton, QWidget

from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.session import RunRecord

BEST = "Best model"
ALONE = "Score with the model of this run"
MANY = "Score with the best model of this run or with a snapshot, or start a training from it"


class UseButton(QPushButton):
    """Scores with the model of a run; a run with snapshots gets a menu in place of that."""

    def __init__(self, training: TrainingDesk, parent: QWidget | None = None) -> None:
        super().__init__(painted_icon("mdi6.check"), "Use the model", parent)
        self.setAccessibleName(self.text())
        self.setToolTip(ALONE)
        self._training = training
        self._run = Path()
        self._models: tuple[int | None, ...] = ()
        self.clicked.connect(self._on_click)

    def offer(self, record: RunRecord) -> None:
        """Offer the models of a run."""
        models = (*[None] * record.has_model, *record.snapshots)
        if (self._run, self._models) == (record.view.path, models):
            return  # the menu may be open, and a run at work tells of itself often
        self._run, self._models = record.view.path, models
        self.setEnabled(bool(models))
        before = self.menu()
        self.setMenu(self._choices() if record.snapshots else None)  # type: ignore[arg-type]
        if before is not None:
            before.deleteLater()
        self.setToolTip(MANY if record.snapshots else ALONE)

    def _choices(self) -> QMenu:
        menu = QMenu(self)
        for text, verb in (
            ("Score with", self._training.use_model),
            ("Start a training from", self._training.train_on_from),
        ):
            choice = menu.addMenu(text)
            for epoch in self._models:
                action = choice.addAction(BEST if epoch is None else f"Epoch {epoch}")
                act = partial(verb, self._run, epoch)
                action.triggered.connect(lambda _=False, act=act: act())
        return menu

    def _on_click(self) -> None:
        if self.menu() is None:
            self._training.use_model(self._run)
