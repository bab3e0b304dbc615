"""The Runs panel: every run that was made or found, and what can be done with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from qtpy.QtCore import QSignalBlocker, QSize, Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.ladder_record import TASK as LADDER
from deepnoise_app.gui.narrow_combo import narrow_combo
from deepnoise_app.gui.panel_body import bring_forward, icon_button
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.recipe_question import may_replace
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_question import may_delete
from deepnoise_app.gui.run_replay import REPEATABLE, RunReplay
from deepnoise_app.gui.run_row import RunRow
from deepnoise_app.gui.run_shelf import RunShelf
from deepnoise_app.gui.run_strip import SIGNS
from deepnoise_app.gui.run_words import TASKS, about_run, summary_line
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.use_button import UseButton
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import RunRecord, Session

NOTHING = (
    "No run yet. Train, score, measure or check a plate map and it appears here, or watch the"
    " folder of a run that was begun elsewhere."
)
ALL = "All kinds of runs"
CAN_GO_ON = (RunState.STOPPED, RunState.FAILED)
# What there is to show of a run that is not finished: nothing whole.
SHOWN = (RunState.FINISHED,)


class RunsPanel(QWidget):
    """Lists runs, the newest first; what is done to the chosen one stands below the list."""

    def __init__(
        self,
        session: Session,
        desk: RunDesk,
        training: TrainingDesk,
        shelf: RunShelf,
        replay: RunReplay,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._training = training
        self._shelf = shelf
        self._replay = replay
        self._build()
        self._connect()
        self._show()

    def _build(self) -> None:
        self.watch = icon_button(
            "mdi6.eye-outline", "Watch a folder…", "Watch a run that was begun elsewhere"
        )
        self.refresh = icon_button("mdi6.refresh", "Refresh", "Look through the runs again (F5)")
        self.kinds = narrow_combo("Kinds of runs", "List runs of one kind only")
        self.nothing = quiet_label("What will be listed here", NOTHING)
        self.list = QListWidget()
        self.list.setAccessibleName("Runs")
        self.list.setToolTip("Runs on this computer and those that are watched, newest first")
        self.list.setIconSize(QSize(18, 18))
        self.list.setSpacing(2)
        self.list.setItemDelegate(RunRow(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = quiet_label("About the chosen run")
        self.show_results = icon_button(
            "mdi6.table-eye", "Show results", "Show what it has found, on its plates (Enter)"
        )
        self.go_on = icon_button("mdi6.play", "Go on", "Go on from where it stopped")
        self.stop = icon_button("mdi6.stop", "Stop", "Stop at the next safe point")
        self.use = UseButton(self._training)
        self.repeat = icon_button(
            "mdi6.repeat", "Repeat with changes", "Take its settings into the Train or Score panel"
        )
        self.folder = icon_button("mdi6.folder-open-outline", "Open folder", "Show its files")
        self.forget = icon_button(
            "mdi6.eye-off-outline",
            "Watch no more",
            "List it no more; its files stay",
        )
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
            (self.show_results, self.use, self.go_on, self.stop, self.repeat, self.folder,
             self.delete, self.forget)
        ):  # fmt: skip
            grid.addWidget(button, at // 2, at % 2)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        for widget in (self.kinds, self.nothing, self.list, self.about, self.verbs):
            layout.addWidget(widget, int(widget is self.list))
        layout.addStretch(0)

    def _connect(self) -> None:
        self._session.events.history.connect(self._show)
        self._session.events.front.connect(self._on_front)
        self.watch.clicked.connect(self.ask_for_run)
        self.refresh.clicked.connect(self._shelf.refresh)
        self.list.currentRowChanged.connect(lambda _: self._show_chosen())
        self.list.itemActivated.connect(lambda _: self.show_results.click())
        self.kinds.activated.connect(lambda _: self._show())
        for button, verb in (
            (self.show_results, self._replay.show),
            (self.go_on, self._desk.resume),
            (self.stop, self._desk.stop),
            (self.repeat, self._on_repeat),
            (self.folder, self._shelf.open_folder),
            (self.forget, self._shelf.forget),
        ):
            button.clicked.connect(lambda _=False, verb=verb: self._do(verb))
        self.delete.clicked.connect(self._on_delete)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        again = QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, context=within)
        again.activated.connect(self._shelf.refresh)
        gone = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list, context=within)
        gone.activated.connect(self._on_delete)

    @property
    def chosen(self) -> RunRecord | None:
        """The run that is chosen in the list."""
        row, listed = self.list.currentRow(), self._listed()
        return listed[row] if 0 <= row < len(listed) else None

    # What is shown --------------------------------------------------------------------------

    def _listed(self) -> list[RunRecord]:
        """Runs of the kind that is wanted."""
        kind = self.kinds.currentData()
        return [one for one in self._session.history if kind in (None, one.view.task)]

    def _show(self) -> None:
        self._show_kinds()
        listed = self._listed()
        item = self.list.currentItem()
        before = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        paths = [str(record.view.path) for record in listed]
        with QSignalBlocker(self.list):
            while self.list.count() > len(listed):
                self.list.takeItem(self.list.count() - 1)
            for row, record in enumerate(listed):
                self._fill(row, record)
            self.list.setCurrentRow(paths.index(before) if before in paths else 0)
        self.nothing.setVisible(not listed)
        self.list.setVisible(bool(listed))
        self._show_chosen()

    def _show_kinds(self) -> None:
        """Offer the kinds that there are, with their numbers; one alone needs no choice."""
        numbers = Counter(record.view.task for record in self._session.history)
        wanted = self.kinds.currentData()
        with QSignalBlocker(self.kinds):
            self.kinds.clear()
            self.kinds.addItem(f"{ALL} ({sum(numbers.values())})", None)
            for task, name in TASKS.items():
                if numbers[task]:
                    self.kinds.addItem(f"{name} ({numbers[task]})", task)
            self.kinds.setCurrentIndex(max(0, self.kinds.findData(wanted)))
        self.kinds.setVisible(len(numbers) > 1)

    def _fill(self, row: int, record: RunRecord) -> None:
        """Show a record in a row; items are changed and not made anew, so that nothing jumps."""
        item = self.list.item(row)
        if item is None:
            item = QListWidgetItem()
            self.list.addItem(item)
        text = f"{record.view.title}\n{summary_line(record)}"
        if item.text() != text:
            icon, colour = SIGNS.get(record.view.status.state, ("mdi6.progress-clock", None))
            item.setText(text)
            item.setIcon(painted_icon(icon, colour))
        item.setData(Qt.ItemDataRole.UserRole, str(record.view.path))
        item.setToolTip(plain(str(record.view.path)))

    def _show_chosen(self) -> None:
        record = self.chosen
        self.verbs.setVisible(record is not None)
        say(self.about, about_run(record) if record is not None else "")
        if record is None:
            return
        view = record.view
        state, ladder = view.status.state, view.task == LADDER
        at_work = not view.status.is_over
        self.show_results.setEnabled(state in SHOWN)
        self.go_on.setEnabled(state in CAN_GO_ON and not ladder)
        self.stop.setEnabled(at_work and not view.stopping and not ladder)
        self.use.offer(record)
        self.repeat.setEnabled(view.task in REPEATABLE)
        self.delete.setEnabled(not at_work)
        self.forget.setEnabled(self._shelf.is_elsewhere(view.path))

    # What the user does ---------------------------------------------------------------------

    def _do(self, verb: object) -> None:
        record = self.chosen
        if record is not None and callable(verb):
            verb(record.view.path)

    def _on_repeat(self, path: Path) -> None:
        record = self.chosen
        training = record is not None and record.view.task == "train"
        if not training or may_replace(self, self._training, str(path / "recipe.json")):
            self._replay.repeat(path)

    def _on_front(self, panel: str) -> None:
        if panel == "Runs":
            bring_forward(self)

    def ask_for_run(self) -> None:
        """Let the user choose the folder of a run, and watch it."""
        path = QFileDialog.getExistingDirectory(self, "Folder of a run")
        if path:
            self._shelf.watch(Path(path))

    def _on_delete(self) -> None:
        record = self.chosen
        if record is not None and self.delete.isEnabled() and may_delete(self, record):
            self._shelf.delete(record.view.path)

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Look through the runs again: others may have come since the panel was last seen."""
        self._shelf.refresh()
        super().showEvent(event)  # type: ignore[arg-type]
