"""The legend of the plate grid: what its marks mean, drawn as the grid draws them."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QPointF, QRectF, QSize
from qtpy.QtGui import QFontMetricsF, QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from deepnoise_app.gui.plate_marks import (
    Tones,
    draw_control,
    draw_hatched,
    draw_outline,
    draw_problem,
    draw_verdict,
)
from deepnoise_app.screen import Plate, PlateOverlay, Role

Draw = Callable[[QPainter, QRectF, Tones], None]
SIDE, GAP, BETWEEN = 13, 5, 14


def entries(plate: Plate | None, overlay: PlateOverlay | None, problems: bool) -> tuple[str, ...]:
    """Names of the marks that the grid shows at the moment; others would only be clutter."""
    if plate is None:
        return ()
    roles = {plate.map[well].role for well in plate.wells}
    found = [
        ("positive control", Role.POSITIVE in roles),
        ("negative control", Role.NEGATIVE in roles),
        ("not imaged", len(plate.wells) < plate.shape.rows * plate.shape.columns),
        ("problem", problems),
        ("no value", overlay is not None and len(overlay.values) < len(plate.wells)),
        ("right", overlay is not None and any(overlay.right.values())),
        ("wrong", overlay is not None and not all(overlay.right.values())),
    ]
    return tuple(name for name, there in found if there)


class GridLegend(QWidget):
    """A line, or more where it is narrow, of marks and their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, names: tuple[str, ...]) -> None:
        """Show other marks."""
        if names != self._names:
            self._names = names
            self.setAccessibleName(f"Legend: {', '.join(names)}" if names else "Legend")
            self.setVisible(bool(names))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """The width of a dock, and the lines that this takes."""
        return QSize(340, self.heightForWidth(340))

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """Height of all lines at this width."""
        places = self._places(width)
        return round(places[-1].y() + self._line) if places else 0

    @property
    def _line(self) -> float:
        return max(SIDE, QFontMetricsF(self.font()).height()) + 3

    def _places(self, width: float) -> list[QPointF]:
        """Top left corner of each entry."""
        metrics, places = QFontMetricsF(self.font()), []
        x = y = 0.0
        for name in self._names:
            taken = SIDE + GAP + metrics.horizontalAdvance(name)
            if x and x + taken > width:
                x, y = 0.0, y + self._line
            places.append(QPointF(x, y))
            x += taken + BETWEEN
        return places

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 (Qt's name)
        """Paint mark and name of each entry."""
        painter, tones = QPainter(self), Tones.of(self.palette())
        metrics, line = QFontMetricsF(self.font()), self._line
        for name, at in zip(self._names, self._places(self.width()), strict=True):
            box = QRectF(at.x(), at.y() + (line - SIDE) / 2, SIDE, SIDE)
            MARKS[name](painter, box, tones)
            painter.setPen(tones.text)
            base = at.y() + (line + metrics.capHeight()) / 2
            painter.drawText(QPointF(at.x() + SIDE + GAP, base), name)
        painter.end()


def _control(role: Role) -> Draw:
    def draw(painter: QPainter, box: QRectF, tones: Tones) -> None:
        painter.fillRect(box, tones.imaged)
        draw_control(painter, box, role, tones)

    return draw


def _problem(painter: QPainter, box: QRectF, tones: Tones) -> None:
    painter.fillRect(box, tones.imaged)
    draw_problem(painter, box, tones)


def _verdict(right: bool) -> Draw:
    def draw(painter: QPainter, box: QRectF, tones: Tones) -> None:
        draw_verdict(painter, box.adjusted(2, 2, -2, -2), right, tones.text)

    return draw


def _outline(painter: QPainter, box: QRectF, tones: Tones) -> None:
    draw_outline(painter, box, tones)


MARKS: dict[str, Draw] = {
    "positive control": _control(Role.POSITIVE),
    "negative control": _control(Role.NEGATIVE),
    "not imaged": _outline,
    "problem": _problem,
    "no value": draw_hatched,
    "right": _verdict(True),
    "wrong": _verdict(False),
}
