"""A box for one number, without buttons: as narrow as the number needs."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QDoubleSpinBox

# napari's style keeps room for two buttons, and Qt gives the text of a styled box that is told to
# have no buttons a width of one pixel: so the buttons stay and are made as wide as nothing.
STYLE = """
QDoubleSpinBox { padding: 1px 4px; min-width: 0; }
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
  subcontrol-origin: border; width: 0; height: 0; border: none; background: none;
}
QDoubleSpinBox::up-arrow, QDoubleSpinBox::down-arrow { image: none; width: 0; height: 0; }
QDoubleSpinBox::up-button { subcontrol-position: top right; }
QDoubleSpinBox::down-button { subcontrol-position: bottom right; }
"""


class NumberBox(QDoubleSpinBox):
    """Edits a number that is told when it is complete; the wheel is left to what scrolls."""

    def __init__(self, widest: str) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet(STYLE)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(widest) + 14)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave the wheel to the panel."""
        event.ignore()
