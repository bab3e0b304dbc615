"""How many wells of the plate in front are measured, and a way to go on where that ended early."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QWidget

from deepnoise_app.gui.callout import LINK, say
from deepnoise_app.gui.painter import Painter
from deepnoise_app.session import MEASURED, Session


class MeasuredLine(QLabel):
    """A line while a painted measure is not known of all wells."""

    def __init__(self, session: Session, painter: Painter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._painter = painter
        self.setAccessibleName("How many wells are measured")
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.linkActivated.connect(self._on_link)
        for fact in ("plate", "painting", "measures", "runs"):
            getattr(session.events, fact).connect(self._show)
        self._show()

    def _show(self) -> None:
        plate = self._session.plate
        if plate is None or self._session.painting.paint not in MEASURED:
            say(self, "")
            return
        measures = self._session.measures.get(plate.key)
        done, total = len(measures) if measures is not None else 0, len(plate.wells)
        told = f"Measured {done:,} of {total:,} wells"
        if done >= total:
            told = ""
        elif self._goes_on():
            told += "…"
        else:
            told += f". <a href='go' style='color: {LINK}'>Measure the plate</a>"
        say(self, told)

    def _goes_on(self) -> bool:
        """Whether measures of the plate are on their way."""
        plate = self._session.plate
        screen = self._session.screen_of(plate) if plate is not None else None
        return screen is not None and any(
            view.task == "measure" and not view.status.is_over and view.origin.tells_of(screen)
            for view in self._session.runs
        )

    def _on_link(self) -> None:
        self._painter.paint(self._session.painting)
