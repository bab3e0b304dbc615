"""How the marks of a well are drawn; the plate grid and its legend draw them alike."""

from __future__ import annotations

from dataclasses import dataclass

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QBrush, QColor, QPainter, QPalette, QPen, QPolygonF

from deepnoise_app.screen import CONTROL_COLOURS, Role

CONTROLS = {role: QColor(colour) for role, colour in CONTROL_COLOURS.items()}
# How much of a well is covered that does not pass the filter.
VEIL = 0.82
PROBLEM = QColor("#ff4f64")


@dataclass(frozen=True, slots=True)
class Tones:
    """The neutral colours of a theme."""

    text: QColor
    faint_text: QColor
    ground: QColor
    imaged: QColor
    empty: QColor
    outline: QColor
    hatch: QColor
    veil: QColor

    @classmethod
    def of(cls, palette: QPalette) -> Tones:
        """Take the tones between the background and the text of a palette."""
        ground, text = palette.color(palette.ColorRole.Window), palette.color(
            palette.ColorRole.WindowText
        )  # fmt: skip
        veil = QColor(ground)
        veil.setAlphaF(VEIL)
        return cls(
            text,
            mixed(ground, text, 0.62),
            ground,
            mixed(ground, text, 0.34),
            mixed(ground, text, 0.12),
            mixed(ground, text, 0.24),
            mixed(ground, text, 0.45),
            veil,
        )


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """Return a colour between two: `share` 0 is the first, 1 the second."""
    ends = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in ends))


def draw_outline(painter: QPainter, cell: QRectF, tones: Tones) -> None:
    """Draw a well that was not imaged."""
    draw_frame(painter, cell, tones.outline, 1)


def draw_hatched(painter: QPainter, cell: QRectF, tones: Tones) -> None:
    """Draw a well whose value is not known: lines rising to the right."""
    painter.fillRect(cell, tones.empty)
    lines = max(2, round(cell.width() / 6))
    painter.save()
    painter.setClipRect(cell)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tones.hatch, 1))
    for line in range(1, 2 * lines):
        offset = line * cell.width() / lines
        painter.drawLine(
            QPointF(cell.left() + offset - cell.width(), cell.bottom()),
            QPointF(cell.left() + offset, cell.bottom() - cell.width()),
        )
    painter.restore()


def draw_frame(painter: QPainter, cell: QRectF, colour: QColor, width: float) -> None:
    """Draw a frame inside the edge of a cell: four filled bars, crisp at every scale."""
    x, y, w, h = cell.x(), cell.y(), cell.width(), cell.height()
    painter.fillRect(QRectF(x, y, w, width), colour)
    painter.fillRect(QRectF(x, y + h - width, w, width), colour)
    painter.fillRect(QRectF(x, y + width, width, h - 2 * width), colour)
    painter.fillRect(QRectF(x + w - width, y + width, width, h - 2 * width), colour)


def draw_control(painter: QPainter, cell: QRectF, role: Role, tones: Tones) -> None:
    """Frame a control; a line of the background keeps the frame apart from the cell's colour."""
    width = control_width(cell)
    draw_frame(painter, cell, CONTROLS[role], width)
    if cell.width() >= 11:
        inner = cell.adjusted(width, width, -width, -width)
        draw_frame(painter, inner, tones.ground, 1)


def control_width(cell: QRectF) -> float:
    """Return how wide the frame of a control is."""
    return 1.0 if cell.width() < 11 else min(4.0, max(2.0, round(cell.width() / 14)))


def draw_problem(painter: QPainter, cell: QRectF, tones: Tones) -> None:
    """Mark a well that has a problem: a triangle in the upper right corner."""
    side = min(12.0, max(min(7.0, cell.width() * 0.6), cell.width() * 0.42))
    corner = cell.topRight()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for size, colour in ((side + 1.5, tones.ground), (side, PROBLEM)):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(colour))
        left, below = corner - QPointF(size, 0), corner + QPointF(0, size)
        painter.drawPolygon(QPolygonF([left, corner, below]))
    painter.restore()


def draw_verdict(painter: QPainter, place: QRectF, right: bool, ink: QColor) -> None:
    """Draw a dot for right, a cross for wrong, within a small square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if right:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(ink))
        inset = place.width() * 0.18
        painter.drawEllipse(place.adjusted(inset, inset, -inset, -inset))
    else:
        painter.setPen(QPen(ink, max(1.0, place.width() * 0.2)))
        painter.drawLine(place.topLeft(), place.bottomRight())
        painter.drawLine(place.topRight(), place.bottomLeft())
    painter.restore()


def verdict_place(cell: QRectF, beside_text: bool) -> QRectF:
    """Where a verdict stands: in the middle, or in the lower right corner beside a text."""
    if beside_text:
        side = max(5.0, cell.width() * 0.14)
        away = side + max(4.0, cell.width() * 0.09)
        corner = cell.bottomRight() - QPointF(away, away)
        return QRectF(corner.x(), corner.y(), side, side)
    side = min(8.0, max(3.0, cell.width() * 0.36))
    middle = cell.center()
    return QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)


def draw_chosen(painter: QPainter, cell: QRectF, tones: Tones) -> None:
    """Ring a chosen well: a strong ring around the cell and a dark one inside it."""
    width = 2.0
    draw_frame(painter, cell.adjusted(-width, -width, width, width), tones.text, width)
    draw_frame(painter, cell, tones.ground, 1)
