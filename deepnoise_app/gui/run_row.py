"""How a run stands in a list: its name strong, what it is and how it went fainter below."""

from __future__ import annotations

from qtpy.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from qtpy.QtGui import QPainter, QPalette
from qtpy.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

FAINT_SHARE = 0.72
# Where a line is cut that does not fit: the names of models differ at their ends.
CUT = (Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight)
# Between the icon and the text.
GAP_PX = 4


class RunRow(QStyledItemDelegate):
    """Paints the lines of an item's text, each cut where it does not fit."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint ground and icon as the style does, and the text line by line."""
        self.initStyleOption(option, index)
        lines = str(index.data()).split("\n")  # in the option they are parted by another sign
        style = option.widget.style() if option.widget is not None else QApplication.style()
        place = style.subElementRect(
            QStyle.SubElement.SE_ItemViewItemText, option, option.widget
        ).adjusted(GAP_PX, 0, -GAP_PX, 0)
        option.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        ink = option.palette.color(QPalette.ColorRole.Text)
        painter.save()
        font, height = option.font, option.fontMetrics.lineSpacing()
        top = place.top() + (place.height() - height * len(lines)) // 2
        for at, line in enumerate(lines):
            font.setBold(at == 0)
            painter.setFont(font)
            ink.setAlphaF(1.0 if at == 0 else FAINT_SHARE)
            painter.setPen(ink)
            box = QRect(place.left(), top + at * height, place.width(), height)
            told = painter.fontMetrics().elidedText(line, CUT[min(at, 2)], box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told)
        painter.restore()
