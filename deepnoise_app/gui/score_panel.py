"""The Score panel: choose a model, see what a scoring takes, score, watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from deepnoise_app.errors import ModelError
from deepnoise_app.gui.callout import Callout, quiet_label, say
from deepnoise_app.gui.drops import has_folders, paths_in
from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.opener import Opener
from deepnoise_app.gui.panel_body import bring_forward, column, line, scroll
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.queue_list import QueueList
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_strip import RunStrip, shown_run
from deepnoise_app.gui.score_form import ScoreForm
from deepnoise_app.gui.telling_button import TellingButton
from deepnoise_app.gui.words import accuracies, card_accuracies, count, duration, unlike_plates
from deepnoise_app.runs.status import RunState
from deepnoise_app.screen.match import match_channels
from deepnoise_app.session import Session

NO_PLATE = "Open a plate first, or drop folders here to score them one after the other."
KEYS = "Ctrl+Return"
UNASKED = "Press <i>Check</i> to see how long it takes and whether the model knows such plates."
PLATE_MAP_LIMITS = (
    "Only what the plate map names can be found then: the plate prior is no longer independent"
    " of what was expected."
)


class ScorePanel(QWidget):
    """Settings of a scoring, what it would take, the queue and the scoring that runs."""

    def __init__(
        self,
        session: Session,
        desk: RunDesk,
        opener: Opener,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._opener = opener
        self._build()
        self._connect()
        for show in (self._show_models, self._show_scoring, self._show_card, self._show_plan):
            show()
        self._show_button()
        self._show_outcome()

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self.form = ScoreForm(self._session.scoring)
        self.about = quiet_label("What the model is for")
        self.judged = quiet_label("How good the model is")
        self.warning = Callout("What everybody who uses the model must know")
        self.limits = quiet_label("What the candidates mean")
        self.plan = quiet_label("What pressing will do")
        self.check = QPushButton(painted_icon("mdi6.timer-outline"), "Check")
        self.check.setAccessibleName("Check")
        self.check.setToolTip("Find out how long it takes and whether the plates fit the model")
        self.unlike = Callout("Plates that are unlike the training data")
        self.button = TellingButton(painted_icon("mdi6.play"), KEYS)
        self.button.setMinimumHeight(36)
        self.reason = quiet_label("Why nothing can be scored")
        self.queue = QueueList(self._session, self._desk)
        self.run = RunStrip(self._session, self._desk, "score")
        self.outcome = quiet_label("How often the names are right")
        # As in the Train panel, what goes on stands first and the settings below it.
        self.watching = column((self.run, self.outcome, self.queue, line()))
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setSpacing(8)
        for widget in (
            self.watching,
            QLabel("<b>Model</b>"), self.form.model, self.about, self.judged, self.warning,
            line(), self.form, self.limits,
            line(), self.plan, self.check, self.unlike, self.button, self.reason,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self._area = scroll(self, body)

    def _connect(self) -> None:
        events = self._session.events
        self.form.value_changed.connect(self._desk.use)
        self.check.clicked.connect(self._on_check)
        self.button.clicked.connect(self._on_score)
        events.scoring.connect(self._show_scoring)
        events.card.connect(self._show_card)
        events.plan.connect(self._show_plan)
        events.screens.connect(self._show_button)
        events.runs.connect(self._show_outcome)
        events.waiting.connect(self._show_outcome)
        events.summary.connect(self._show_outcome)
        # A model that was refused is told by a notice: the form goes back to the one in use.
        events.notice.connect(self._on_notice)
        events.front.connect(self._on_front)

    # What is shown ---------------------------------------------------------------------------

    def _show_models(self) -> None:
        self.form.offer(self._desk.models())

    def _show_scoring(self) -> None:
        self.form.set_value(self._session.scoring)
        by_map = self._session.scoring.candidates == "plate-map"
        say(self.limits, PLATE_MAP_LIMITS if by_map else "")

    def _show_card(self) -> None:
        card = self._session.card
        say(self.about, plain(card.description) if card is not None else "The model is being read…")
        say(self.judged, card_accuracies(card) if card is not None else "")
        self.warning.say(plain(card.warning) if card is not None else "")
        self.run.pass_over(card.warning if card is not None else "")
        self._show_plan()

    def _show_plan(self) -> None:
        plan, refusal = self._session.plan, self._refusal()
        self.check.setText("Checking…" if self._desk.is_checking else "Check")
        # What was refused would be refused again; other settings make it a new question.
        self.button.setEnabled(self.check.isEnabled() and not refusal)
        self.unlike.say(plain(refusal))
        if refusal:
            say(self.plan, "This cannot be scored:")
        elif not plan:
            say(self.plan, UNASKED if self._session.screens else "")
        else:
            say(self.plan, "")  # the button says it
            self.unlike.say(unlike_plates(plan["unlike"]))
        self.button.say(*_promises(self._session, {} if refusal else plan))

    def _refusal(self) -> str:
        """What the plan refused, or the first plate that lacks a channel of the model."""
        card = self._session.card
        if "refusal" in self._session.plan:
            return str(self._session.plan["refusal"])
        kinds = {plate.channels: " ".join(plate.key) for plate in reversed(self._session.plates)}
        try:
            for channels, place in kinds.items():
                match_channels(card.channels if card is not None else (), channels, place)
        except ModelError as error:
            return str(error)
        return ""

    def _show_button(self) -> None:
        wells = sum(len(plate.wells) for plate in self._session.plates)
        self.button.setToolTip(
            f"Name every well of the open plates ({KEYS}); the results appear below"
            if wells
            else NO_PLATE
        )
        self.check.setEnabled(wells > 0)
        say(self.reason, "" if wells else NO_PLATE)
        self._show_plan()

    def _show_outcome(self) -> None:
        view = shown_run(self._session, "score")
        done = view is not None and view.status.state is RunState.FINISHED
        shown = done and self._session.summary
        say(self.outcome, accuracies(self._session.summary) if shown else "")
        there = view is not None or bool(self._session.waiting)
        if there and self.watching.isHidden():
            self._area.verticalScrollBar().setValue(0)  # there it is shown
        self.watching.setVisible(there)

    # What the user does ----------------------------------------------------------------------

    def _on_front(self, panel: str) -> None:
        if panel == "Score":
            bring_forward(self)

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Offer also the models that were trained since the panel was last seen."""
        self._show_models()
        super().showEvent(event)  # type: ignore[arg-type]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Take folders, and nothing else."""
        if has_folders(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """Take a dropped model, and score dropped plates, one folder after the other."""
        event.acceptProposedAction()
        self._opener.score(paths_in(event.mimeData()))

    def _on_score(self) -> None:
        self._desk.score()

    def _on_check(self) -> None:
        self._desk.check()
        self._show_plan()

    def _on_notice(self) -> None:
        self._show_scoring()
        self._show_plan()


def _promises(session: Session, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what pressing will do, the fullest first, as far as it is known."""
    wells = sum(len(plate.wells) for plate in session.plates)
    if not wells:
        return ("Score",)
    if not plan:
        return (f"Score {count(wells, 'well')}",)
    doing, taking = f"Score {count(plan['wells'], 'well')}", duration(plan["seconds"])
    where = f"on {plan['device']}, {taking}"
    return f"{doing} {where}", f"{doing}\n{where}", f"{doing}, {taking}", doing
