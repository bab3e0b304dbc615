"""Icons in one colour that is read on dark and on light panels; fainter where disabled."""

from __future__ import annotations

import qtawesome
from qtpy.QtGui import QColor, QIcon

# Readable on dark and on light panels alike.
ICON_GREY = "#7f8896"
# How much of its colour the icon of a disabled control keeps; the rest is what lies below it.
DISABLED_SHARE = 0.45


def painted_icon(name: str, colour: str = ICON_GREY) -> QIcon:
    """Return an icon of qtawesome; disabled, it is fainter than enabled in every theme."""
    faint = QColor(colour)
    faint.setAlphaF(DISABLED_SHARE)
    made: QIcon = qtawesome.icon(name, color=colour, color_disabled=faint)
    return made
