"""Folders dropped anywhere on a window are opened, tables taken for plate maps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QEvent, QMimeData, QObject, QUrl
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QWidget

from deepnoise_app.readers.sheets import TABLES

Take = Callable[[list[Path]], object]
TakeTables = Callable[[list[Path]], None]


def folders_in(data: QMimeData) -> list[Path]:
    """Folders among what is dragged, each once."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in dict.fromkeys(paths) if path.is_dir()]


def tables_in(data: QMimeData) -> list[Path]:
    """Tables among what is dragged that may be plate maps."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [p for p in dict.fromkeys(paths) if p.suffix.lower() in TABLES and p.is_file()]


class FolderDrops(QObject):
    """Watches a widget and all its parts; `but` are widgets that take folders of their own."""

    def __init__(
        self, window: QWidget, take: Take, take_tables: TakeTables, but: tuple[QWidget, ...] = ()
    ) -> None:
        super().__init__(window)
        self._window, self._take, self._but = window, take, but
        self._take_tables = take_tables
        # What was found of the names that are dragged: a move asks no disk again.
        self._dragged: tuple[list[QUrl], list[Path], list[Path]] | None = None
        window.setAcceptDrops(True)
        # A drop goes to the innermost widget that takes drops, so those are asked before.
        for widget in (window, *window.findChildren(QWidget)):
            if widget.acceptDrops():
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Take drags and drops of folders and plate maps."""
        if event.type() == QEvent.Type.DragLeave:
            self._dragged = None
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if event.type() not in kinds or not isinstance(watched, QWidget):
            return False
        if watched is not self._window and not self._window.isAncestorOf(watched):
            return False
        apart = any(one is watched or one.isAncestorOf(watched) for one in self._but)
        return isinstance(event, QDropEvent) and self._offer(event, apart)

    def _offer(self, event: QDropEvent, apart: bool) -> bool:
        """Take what is dragged if it is ours; folders on a widget `apart` are its own."""
        folders, tables = self._found(event.mimeData())
        if event.type() == QEvent.Type.Drop:
            self._dragged = None
        if (folders and apart) or not (folders or tables):
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop and folders:
            self._take(folders)
        elif event.type() == QEvent.Type.Drop:
            self._take_tables(tables)
        return True

    def _found(self, data: QMimeData) -> tuple[list[Path], list[Path]]:
        """Folders and tables among what is dragged; each path is asked for once."""
        if self._dragged is None or self._dragged[0] != data.urls():
            self._dragged = data.urls(), folders_in(data), tables_in(data)
        return self._dragged[1:]
