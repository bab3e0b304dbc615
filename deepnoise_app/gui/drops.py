"""Folders dropped anywhere on the standalone window are opened, before napari sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QEvent, QMimeData, QObject
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QWidget

Take = Callable[[list[Path]], None]


def folders_in(data: QMimeData) -> list[Path]:
    """Folders among what is dragged, each once."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in dict.fromkeys(paths) if path.is_dir()]


class FolderDrops(QObject):
    """Watches a window and all its parts; `but` are widgets that take drops of their own."""

    def __init__(self, window: QWidget, take: Take, but: tuple[QWidget, ...] = ()) -> None:
        super().__init__(window)
        self._window, self._take, self._but = window, take, but
        window.setAcceptDrops(True)
        # A drop goes to the innermost widget that takes drops, so those are asked before.
        for widget in (window, *window.findChildren(QWidget)):
            if widget.acceptDrops():
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Take drags and drops of folders on the window."""
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if event.type() not in kinds or not isinstance(watched, QWidget):
            return False
        if watched.window() is not self._window or any(
            one is watched or one.isAncestorOf(watched) for one in self._but
        ):
            return False
        return isinstance(event, QDropEvent) and self._offer(event)

    def _offer(self, event: QDropEvent) -> bool:
        found = folders_in(event.mimeData())
        if not found:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._take(found)
        return True
