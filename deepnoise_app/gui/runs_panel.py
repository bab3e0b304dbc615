"""The Runs panel: what was trained and scored, and what can be done with it."""

from __future__ import annotations

from html import escape
from pathlib import Path

import qtawesome
from qtpy.QtCore import QSignalBlocker, QSize, Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.callout import ICON_GREY, quiet_label, say
from deepnoise_app.gui.panel_body import icon_button
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_shelf import RunShelf
from deepnoise_app.gui.run_strip import SIGNS, doing
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.words import ACCURACIES, duration, moment, percent
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import RunRecord, Session

NOTHING = "No run yet. Train or score and it appears here, or watch the folder of a run."
TASKS = {"train": "Training", "score": "Scoring"}
CAN_GO_ON = (RunState.STOPPED, RunState.FAILED)


class RunsPanel(QWidget):
    """Lists runs, the newest first; what is done to the chosen one stands below the list."""

    def __init__(
        self,
        session: Session,
        desk: RunDesk,
        training: TrainingDesk,
        shelf: RunShelf,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._training = training
        self._shelf = shelf
        self._build()
        self._connect()
        self._show()

    def _build(self) -> None:
        self.watch = icon_button(
            "mdi6.eye-outline", "Watch a folder…", "Watch a run that was begun elsewhere"
        )
        self.refresh = icon_button("mdi6.refresh", "Refresh", "Look through the runs again (F5)")
        self.nothing = quiet_label("What will be listed here")
        self.nothing.setText(NOTHING)
        self.list = QListWidget()
        self.list.setAccessibleName("Runs")
        self.list.setToolTip("Runs on this computer and those that are watched, newest first")
        self.list.setIconSize(QSize(18, 18))
        self.list.setSpacing(2)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = quiet_label("About the chosen run")
        self.go_on = icon_button("mdi6.play", "Go on", "Go on from where it stopped")
        self.stop = icon_button("mdi6.stop", "Stop", "Stop at the next safe point")
        self.use = icon_button("mdi6.check", "Use the model", "Score with the model of this run")
        self.repeat = icon_button(
            "mdi6.repeat", "Repeat with changes", "Take its recipe into the Train panel"
        )
        self.folder = icon_button("mdi6.folder-open-outline", "Open folder", "Show its files")
        self.delete = icon_button(
            "mdi6.delete-outline", "Delete…", "Move the run to the bin, after a question (Del)"
        )
        head = QHBoxLayout()
        head.addWidget(self.watch, 1)
        head.addWidget(self.refresh)
        self.verbs = QWidget()
        grid = QGridLayout(self.verbs)
        grid.setContentsMargins(0, 0, 0, 0)
        for at, button in enumerate(
            (self.go_on, self.stop, self.use, self.repeat, self.folder, self.delete)
        ):
            grid.addWidget(button, at // 2, at % 2)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.about)
        layout.addWidget(self.verbs)
        layout.addStretch(0)

    def _connect(self) -> None:
        self._session.events.history.connect(self._show)
        self.watch.clicked.connect(self._on_watch)
        self.refresh.clicked.connect(self._on_refresh)
        self.list.currentRowChanged.connect(lambda _: self._show_chosen())
        for button, verb in (
            (self.go_on, self._desk.resume),
            (self.stop, self._desk.stop),
            (self.use, self._training.use_model),
            (self.repeat, self._training.repeat),
            (self.folder, self._shelf.open_folder),
        ):
            button.clicked.connect(lambda _=False, verb=verb: self._do(verb))
        self.delete.clicked.connect(self._on_delete)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        again = QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, context=within)
        again.activated.connect(self._on_refresh)
        gone = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list, context=within)
        gone.activated.connect(self._on_delete)

    @property
    def chosen(self) -> RunRecord | None:
        """The run that is chosen in the list."""
        row, history = self.list.currentRow(), self._session.history
        return history[row] if 0 <= row < len(history) else None

    # What is shown --------------------------------------------------------------------------

    def _show(self) -> None:
        history = self._session.history
        item = self.list.currentItem()
        before = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        paths = [str(record.view.path) for record in history]
        with QSignalBlocker(self.list):
            while self.list.count() > len(history):
                self.list.takeItem(self.list.count() - 1)
            for row, record in enumerate(history):
                self._fill(row, record)
            self.list.setCurrentRow(paths.index(before) if before in paths else 0)
        self.nothing.setVisible(not history)
        self.list.setVisible(bool(history))
        self._show_chosen()

    def _fill(self, row: int, record: RunRecord) -> None:
        """Show a record in a row; items are changed and not made anew, so that nothing jumps."""
        item = self.list.item(row)
        if item is None:
            item = QListWidgetItem()
            self.list.addItem(item)
        text = f"{record.view.title}\n{summary_line(record)}"
        if item.text() != text:
            icon, colour = SIGNS.get(record.view.status.state, ("mdi6.progress-clock", ICON_GREY))
            item.setText(text)
            item.setIcon(qtawesome.icon(icon, color=colour))
        item.setData(Qt.ItemDataRole.UserRole, str(record.view.path))
        item.setToolTip(plain(str(record.view.path)))

    def _show_chosen(self) -> None:
        record = self.chosen
        self.verbs.setVisible(record is not None)
        say(self.about, _about(record) if record is not None else "")
        if record is None:
            return
        state = record.view.status.state
        at_work = not record.view.status.is_over
        self.go_on.setEnabled(state in CAN_GO_ON)
        self.stop.setEnabled(at_work and not record.view.stopping)
        self.use.setEnabled(record.has_model)
        self.repeat.setEnabled(record.view.task == "train")
        self.delete.setEnabled(not at_work)

    # What the user does ---------------------------------------------------------------------

    def _do(self, verb: object) -> None:
        record = self.chosen
        if record is not None and callable(verb):
            verb(record.view.path)

    def _on_watch(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Folder of a run")
        if path:
            self._shelf.watch(Path(path))

    def _on_refresh(self) -> None:
        self._shelf.refresh()

    def _on_delete(self) -> None:
        record = self.chosen
        if record is None or not self.delete.isEnabled():
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Delete run")
        box.setText(plain(f"Move {record.view.path.name} to the bin?"))
        lost = "its model, predictions and log" if record.has_model else "its files"
        box.setInformativeText(
            f"The whole folder goes, with {lost}. It can be restored from there."
        )
        delete = box.addButton("Move to the bin", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        if box.clickedButton() is delete:
            self._shelf.delete(record.view.path)

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Look through the runs again: others may have come since the panel was last seen."""
        self._shelf.refresh()
        super().showEvent(event)  # type: ignore[arg-type]


def summary_line(record: RunRecord) -> str:
    """Return in a line what a run is for, what it does or when it was, and its best accuracy."""
    view = record.view
    over = view.status.is_over
    now = [str(view.status.state), moment(record.when)] if over else [doing(view)]
    parts = [TASKS.get(view.task, view.task), *now]
    name = next((name for name in ACCURACIES if name in record.accuracy), None)
    if name is not None:
        parts.append(f"{ACCURACIES[name]} {percent(record.accuracy[name])}")
    return " · ".join(parts)


def _about(record: RunRecord) -> str:
    """Say more of a run: its accuracies, how it ended or how long it takes, where it lies."""
    status = record.view.status
    known = [name for name in ACCURACIES if name in record.accuracy]
    lines = [", ".join(f"{ACCURACIES[n]} <b>{percent(record.accuracy[n])}</b>" for n in known)]
    if status.is_over:
        lines.append(escape(status.message[:300]).replace("\n", "<br>"))
    elif status.seconds_left is not None:
        lines.append(f"{duration(status.seconds_left)} left")
    return "<br>".join(line for line in lines if line)
