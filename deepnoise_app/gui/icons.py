"""Icons in the ink of the theme, as napari's own; fainter where disabled."""

from __future__ import annotations

from functools import cache

import qtawesome
from qtpy.QtCore import QRect, QSize
from qtpy.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache

# Seen on dark and on light panels alike: for edges, and for signs that do not follow the theme.
ICON_GREY = "#7f8896"
# How much of its colour the icon of a disabled control keeps; the rest is what lies below it.
DISABLED_SHARE = 0.45
_inks = [ICON_GREY]


def painted_icon(name: str, colour: str | None = None) -> QIcon:
    """Return an icon of qtawesome; disabled, it is fainter than enabled in every theme.

    Without a colour it is painted in the ink that `write_icons_in` said last.
    """
    return QIcon(_Inked(name)) if colour is None else _made(name, colour)


def write_icons_in(ink: str) -> None:
    """Paint the icons that have no colour of their own in this one from now on."""
    _inks[:] = [ink]


@cache
def _made(name: str, colour: str) -> QIcon:
    faint = QColor(colour)
    faint.setAlphaF(DISABLED_SHARE)
    made: QIcon = qtawesome.icon(name, color=colour, color_disabled=faint)
    return made


class _Inked(QIconEngine):
    """Asks for the ink each time: the theme may be another one. Drawn once in each ink and size."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        size = rect.size() * painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self.pixmap(size, mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        ink = _inks[0]
        key = f"{self._name} {ink} {size.width()} {size.height()} {mode} {state}"
        found = QPixmap()
        if not QPixmapCache.find(key, found):
            found = _made(self._name, ink).pixmap(size, mode, state)
            QPixmapCache.insert(key, found)
        return found

    def clone(self) -> QIconEngine:
        return _Inked(self._name)
