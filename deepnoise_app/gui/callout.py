"""A box with an amber edge, for what everybody must read before going on."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from deepnoise_app.gui.icons import painted_icon

AMBER = "#e0a030"
# What is wrong, in words: an orange that is read on dark and on light panels alike.
FAULT = "#d0622c"
# A blue that is read on dark and on light panels alike.
LINK = "#4a90e2"


class Callout(QFrame):
    """Shows a text in an amber box; without a text it is not there."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("callout")
        self.setAccessibleName(name)
        self.setStyleSheet(
            f"#callout {{ border: 1px solid {AMBER}; border-left: 4px solid {AMBER};"
            " border-radius: 3px; }"
        )
        sign = QLabel()
        sign.setPixmap(painted_icon("mdi6.alert", AMBER).pixmap(18, 18))
        self.label = quiet_label(name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.label, 1)
        self.say("")

    def say(self, text: str) -> None:
        """Show a text, rich or plain."""
        self.label.setText(text)
        self.setVisible(bool(text))


def quiet_label(name: str, text: str = "") -> QLabel:
    """Return a label that wraps, whose text can be copied."""
    label = QLabel(text)
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def say(label: QLabel, text: str) -> None:
    """Show a text in a label; a label without text takes no room."""
    label.setText(text)
    label.setVisible(bool(text))
