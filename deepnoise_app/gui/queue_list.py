"""The folders that wait to be scored, each with a button that takes it out."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.session import Session

MOST = 6


class QueueList(QWidget):
    """Lists what waits; absent while nothing does."""

    def __init__(self, session: Session, desk: RunDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        session.events.waiting.connect(self._show)
        self._show()

    def _show(self) -> None:
        while (old := self._rows.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        waiting = self._session.waiting
        self.setVisible(bool(waiting))
        if waiting:
            self._rows.addWidget(QLabel("<b>Waiting</b>"))
        for path in waiting[:MOST]:
            self._rows.addWidget(self._row(path))
        if len(waiting) > MOST:
            self._rows.addWidget(QLabel(f"and {len(waiting) - MOST} more"))

    def _row(self, path: Path) -> QWidget:
        row = QWidget()
        name = QLabel(plain(path.name))
        name.setToolTip(plain(str(path)))
        remove = QToolButton()
        remove.setIcon(painted_icon("mdi6.close"))
        remove.setToolTip("Do not score this folder")
        remove.setAccessibleName(f"Do not score {path.name}")
        remove.clicked.connect(lambda: self._desk.forget(path))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(name, 1)
        layout.addWidget(remove)
        return row
