"""What the desktop asks a running app to open: how the Finder of macOS hands over folders."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QEvent, QObject
from qtpy.QtGui import QFileOpenEvent
from qtpy.QtWidgets import QApplication

from deepnoise_app.gui.drops import Take


class FileOpens(QObject):
    """Gives each path that the desktop wants to be opened to `take`."""

    def __init__(
        self, application: QApplication, take: Take, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or application)
        self._take = take
        application.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Take the event; an address, or a file that is not on this computer, is left alone."""
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return False
        self._take([Path(event.file())])
        return True
