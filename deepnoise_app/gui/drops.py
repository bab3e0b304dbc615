"""What is dropped anywhere on a window is opened, or taken for a plate map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QEvent, QMimeData, QObject
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QWidget

from deepnoise_app.gui.given import may_be_table

Take = Callable[[list[Path]], object]


def paths_in(data: QMimeData) -> list[Path]:
    """Files and folders that are dragged, each once; no disk is asked what they are."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return list(dict.fromkeys(paths))


def has_folders(data: QMimeData) -> bool:
    """Whether something is dragged that is not called like a table: a folder most likely."""
    return not all(map(may_be_table, paths_in(data)))


class FolderDrops(QObject):
    """Watches a widget and all its parts; `but` are widgets that take folders of their own."""

    def __init__(self, window: QWidget, take: Take, but: tuple[QWidget, ...] = ()) -> None:
        super().__init__(window)
        self._window, self._take, self._but = window, take, but
        window.setAcceptDrops(True)
        # A drop goes to the innermost widget that takes drops, so those are asked before.
        for widget in (window, *window.findChildren(QWidget)):
            if widget.acceptDrops():
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Take drags and drops of folders and plate maps."""
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if event.type() not in kinds or not isinstance(watched, QWidget):
            return False
        if watched is not self._window and not self._window.isAncestorOf(watched):
            return False
        apart = any(one is watched or one.isAncestorOf(watched) for one in self._but)
        return isinstance(event, QDropEvent) and self._offer(event, apart)

    def _offer(self, event: QDropEvent, apart: bool) -> bool:
        """Take what is dragged if it is of this computer; folders on a widget `apart` are its own.

        What it is turns out when it is opened: a drive that is gone must not hold up the window.
        """
        paths = paths_in(event.mimeData())
        if not paths or (apart and has_folders(event.mimeData())):
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._take(paths)
        return True
