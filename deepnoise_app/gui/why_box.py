"""*Why?* below the channels: asks, shows how far it is, and says what the map means."""

from __future__ import annotations

from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.gui.panel_body import bring_forward, icon_button
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_strip import RunStrip
from deepnoise_app.gui.why_desk import WhyDesk
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import Session


class WhyBox(QWidget):
    """Reads the session, calls the desk."""

    def __init__(self, session: Session, desk: RunDesk, why: WhyDesk) -> None:
        super().__init__()
        self._session = session
        self.button = icon_button(
            "mdi6.help-circle-outline",
            "Why this name?",
            "Have the chosen model show which pixels of the well speak for its name",
        )
        self.away = icon_button("mdi6.close", "Take it away", "Show the well without the map")
        self.told = quiet_label("What the map means")
        self.strip = RunStrip(session, desk, "explain")
        row = QHBoxLayout()
        row.addWidget(self.button, 1)
        row.addWidget(self.away)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.strip)
        layout.addWidget(self.told)
        self.button.clicked.connect(why.ask)
        self.away.clicked.connect(why.forget)
        for fact in ("plate", "wells", "card", "why", "runs"):
            getattr(session.events, fact).connect(self._show)
        session.events.front.connect(self._on_front)
        self._show()

    def _on_front(self, panel: str) -> None:
        if panel == "View":
            bring_forward(self)

    def _show(self) -> None:
        why, plate = self._session.why, self._session.plate
        there = plate is not None and self._session.well is not None
        self.button.setEnabled(there and self._session.card is not None)
        self.away.setVisible(why is not None)
        going = any(v.task == "explain" and not v.status.is_over for v in self._session.runs)
        last = self.strip.view.status.state if self.strip.view is not None else None
        unanswered = last in (RunState.FAILED, RunState.STOPPED) and why is None
        self.strip.setVisible(going or unanswered)
        mine = why is not None and plate is not None and why.plate == plate.key
        shown = mine and why is not None and why.well in self._session.wells
        say(self.told, why.sentence if shown and why is not None else "")
