"""The strip of a run: what it does, how far it is, how long it will take, and how to stop it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import Callout, quiet_label, say
from deepnoise_app.gui.icons import ICON_GREY, painted_icon
from deepnoise_app.gui.panel_body import show_progress
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.words import duration, from_home, sentence
from deepnoise_app.runs.status import RunState, RunStatus
from deepnoise_app.session import RunView, Session

SIGNS = {
    RunState.FINISHED: ("mdi6.check-circle", "#35b07f"),
    RunState.STOPPED: ("mdi6.stop-circle-outline", ICON_GREY),
    RunState.FAILED: ("mdi6.alert-circle", "#e0703a"),
}
SAID = {RunState.STOPPED: "Stopped", RunState.FAILED: "Failed", RunState.FINISHED: "Done"}


class RunStrip(QWidget):
    """Shows the run of one task that goes on, or else the last one; absent without a run."""

    def __init__(
        self, session: Session, desk: RunDesk, task: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._task = task
        self._signed: RunState | None = None
        self._known = ""
        self._build()
        session.events.runs.connect(self._show)
        self._show()

    @property
    def view(self) -> RunView | None:
        """The run that is shown."""
        return shown_run(self._session, self._task)

    def pass_over(self, warning: str) -> None:
        """Repeat a warning no more: it is said elsewhere."""
        self._known = warning
        self._show()

    def _build(self) -> None:
        self.sign = QLabel()
        self.title = quiet_label("What runs")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("How far it is")
        self.bar.setToolTip("How far this phase is")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.left = QLabel()
        self.left.setAccessibleName("Time left")
        self.left.setToolTip("Estimated from how fast it went so far")
        self.message = quiet_label("How it ended")
        self.warning = Callout("Warnings of the run")
        self.stop = _button("mdi6.stop", "Stop", "Stop at the next safe point; results are kept")
        self.stop.clicked.connect(self._on_stop)
        self.resume = _button("mdi6.play", "Go on", "Go on from where it stopped")
        self.resume.clicked.connect(self._on_resume)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        foot.addWidget(self.left)
        foot.addStretch(1)
        foot.addWidget(self.stop)
        foot.addWidget(self.resume)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        layout.addLayout(foot)
        layout.addWidget(self.warning)

    def _show(self) -> None:
        view = self.view
        self.setVisible(view is not None)
        if view is None:
            return
        status = view.status
        self._show_sign(status.state)
        self.title.setText(f"<b>{escape(view.title)}</b><br>{doing(view)}")
        self.bar.setVisible(not status.is_over)
        show_progress(self.bar, status.done, 0 if view.stopping else max(status.total, 0))
        left = status.seconds_left
        known = left is not None and not view.stopping and not status.is_over
        say(self.left, f"{duration(left)} left" if known and left is not None else "")
        say(self.message, plain(from_home(sentence(status.message))) if status.is_over else "")
        self.warning.say(_warnings([one for one in status.warnings if one != self._known]))
        self.stop.setVisible(not status.is_over)
        self.stop.setEnabled(not view.stopping)
        self.resume.setVisible(status.state in (RunState.STOPPED, RunState.FAILED))

    def _show_sign(self, state: RunState) -> None:
        if state is self._signed:  # events come several times a second
            return
        self._signed = state
        icon, colour = SIGNS.get(state, ("mdi6.progress-clock", ICON_GREY))
        self.sign.setPixmap(painted_icon(icon, colour).pixmap(18, 18))
        self.sign.setToolTip(str(state))

    def _on_stop(self) -> None:
        if self.view is not None:
            self._desk.stop(self.view.path)

    def _on_resume(self) -> None:
        if self.view is not None:
            self._desk.resume(self.view.path)


def shown_run(session: Session, task: str) -> RunView | None:
    """Return the last run of a task that goes on, or else the last that is over."""
    mine = [view for view in session.runs if view.task == task]
    going = [view for view in mine if not view.status.is_over]
    return next(reversed(going or mine), None)


def doing(view: RunView) -> str:
    """Say what a run does at the moment."""
    status = view.status
    if status.is_over:
        return SAID[status.state]
    if view.stopping:
        return "Stopping… what is done so far is kept."
    if status.state is RunState.WAITING or not status.phase:
        return "Starting…"
    if view.task == "train" and status.phase == "Training":
        return _epoch(status)
    if not status.total:
        return f"{status.phase}…"
    return f"{status.phase}: {status.done:,} of {status.total:,}"


def _epoch(status: RunStatus) -> str:
    if not status.epochs:
        return "Epoch 1"
    last = status.epochs[-1]
    return f"Epoch {min(last.epoch + 1, last.epochs)} of {last.epochs}"


def _warnings(told: Sequence[str]) -> str:
    if not told:
        return ""
    more = len(told) - 1
    return plain(sentence(told[-1])) + (f" (and {more} more)" if more else "")


def _button(icon: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(painted_icon(icon), text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button
