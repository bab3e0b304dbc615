"""A combo box that long names of folders do not widen, and that shows both ends of them."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QPaintEvent
from qtpy.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

# Styles leave as much beside a text within its field.
GAP_PX = 4


class NarrowCombo(QComboBox):
    """Cuts its text in the middle: the names of what a run has kept differ at their ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)
        self.setMinimumContentsLength(12)

    def shown(self) -> QStyleOptionComboBox:
        """Return what is painted, with as much of the text as there is room for."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        field = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        middle, room = Qt.TextElideMode.ElideMiddle, field.width() - GAP_PX
        option.currentText = option.fontMetrics.elidedText(option.currentText, middle, room)
        return option

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint as the style does."""
        del event
        painter, option = QStylePainter(self), self.shown()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def narrow_combo(name: str, tip: str) -> QComboBox:
    """Return such a combo box with its name and tooltip."""
    combo = NarrowCombo()
    combo.setAccessibleName(name)
    combo.setToolTip(tip)
    return combo
