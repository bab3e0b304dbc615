"""When a dock widget of napari has come to its end: its dock is closed, or napari is.

What napari does: the eye in a dock's title and the entry of the menu hide the dock, and it comes
back as it was. The cross takes the widget out of its dock and forgets it; the next call of the menu
makes another one. When napari closes, its docks are told nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from napari.qt import QtViewer
from qtpy.QtCore import QEvent, QObject, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QMainWindow, QWidget

KINDS = (QEvent.Type.ParentChange, QEvent.Type.Show, QEvent.Type.Close, QEvent.Type.Hide)


class DockEnd(QObject):
    """Tells once that a widget has lost its dock, or that the window around it has closed.

    Parameters
    ----------
    may_end
        Asked before, with the window to ask in, and whether the end can still be held up: the
        cross of a dock cannot, nor can a window whose canvas has ended.
    """

    ended = Signal()

    def __init__(self, widget: QWidget, may_end: Callable[[QWidget, bool], bool]) -> None:
        super().__init__(widget)
        self._widget, self._may_end = widget, may_end
        self._docked = self._closing = self._over = False
        self._window: QMainWindow | None = None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Follow the widget into its dock and out of it, and the window to its end."""
        kind = event.type()
        if kind not in KINDS:
            return False
        if watched is self._widget and kind == QEvent.Type.ParentChange:
            docked = self._widget.parentWidget() is not None
            lost, self._docked = self._docked and not docked, docked
            if lost:
                self._may_end(self._window or self._widget, False)
                self._end()
        elif watched is self._widget and kind == QEvent.Type.Show:
            self._follow_window()
        elif watched is self._window and kind == QEvent.Type.Close:
            self._closing = self._closes()  # napari may still ask, and refuse
            if not self._closing:
                event.ignore()
            return not self._closing
        elif watched is self._window and kind == QEvent.Type.Hide and self._closing:
            self._end()
        return False

    def _closes(self) -> bool:
        """Whether the window may close: it can stay as long as its canvas is there."""
        window = self._window
        if window is None:
            return True
        can_stay = any(one.isVisibleTo(window) for one in window.findChildren(QtViewer))
        return self._may_end(window, can_stay) or not can_stay

    def _follow_window(self) -> None:
        around = self._widget.parentWidget()
        while around is not None and not isinstance(around, QMainWindow):
            around = around.parentWidget()
        if isinstance(around, QMainWindow) and around is not self._window:
            self._window = around
            around.installEventFilter(self)

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._widget.removeEventFilter(self)
            if self._window is not None:
                self._window.removeEventFilter(self)
                self._window = None
            self.ended.emit()
